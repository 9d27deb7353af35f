package mustache

import (
	"errors"
	"fmt"
	"strings"
)

// parser reads a template from left to right.
type parser struct {
	text       string
	at         int
	open, shut string
	stack      []node // sections that are open, around the one that is filled; the last is filled
	counted    int    // bytes of which the lines are counted
	line       int
}

// parse reads a template. Errors name the line.
func parse(text string) ([]node, error) {
	p := parser{text: text, open: "{{", shut: "}}", stack: []node{{}}, line: 1}
	for p.at < len(text) {
		n := strings.Index(text[p.at:], p.open)
		if n < 0 {
			p.literal(text[p.at:])
			break
		}
		start := p.at + n
		if err := p.tag(start); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.lineAt(start), err)
		}
	}
	if top := p.stack[len(p.stack)-1]; len(p.stack) > 1 {
		return nil, fmt.Errorf("line %d: the section %s is not closed", top.line, top.name)
	}
	return p.stack[0].inside, nil
}

// lineAt counts lines from 1; places are asked for in their order.
func (p *parser) lineAt(place int) int {
	if place > p.counted {
		p.line += strings.Count(p.text[p.counted:place], "\n")
		p.counted = place
	}
	return p.line
}

func (p *parser) literal(text string) {
	if text != "" {
		p.add(node{kind: literal, text: text})
	}
}

func (p *parser) add(n node) {
	top := &p.stack[len(p.stack)-1]
	top.inside = append(top.inside, n)
}

// tag reads the tag that begins at start, with the text before it.
func (p *parser) tag(start int) error {
	inner := start + len(p.open)
	shut, sign := p.shut, byte(0)
	if inner < len(p.text) {
		sign = p.text[inner]
	}
	switch sign {
	case '{':
		shut = "}" + shut
	case '=':
		shut = "=" + shut
	}
	n := 0
	if strings.IndexByte("#^/!>=&{", sign) >= 0 && sign != 0 {
		inner++
	} else {
		sign = 0
	}
	if n = strings.Index(p.text[inner:], shut); n < 0 {
		return fmt.Errorf("the tag %s is not closed by %s", p.open, shut)
	}
	name := strings.TrimSpace(p.text[inner : inner+n])
	end := inner + n + len(shut)
	before, after := start, end
	alone := strings.IndexByte("#^/!>=", sign) >= 0 && sign != 0 && p.alone(&before, &after)
	p.literal(p.text[p.at:before])
	blanks := ""
	if alone {
		blanks = p.text[before:start]
	}
	p.at = after
	if name == "" && sign != '!' {
		return errors.New("a tag without name")
	}
	return p.do(sign, name, blanks, p.lineAt(start))
}

// alone says whether a tag has its line for itself; then blanks before it and the end of the line belong to it.
func (p *parser) alone(before, after *int) bool {
	b, a := *before, *after
	for b > 0 && (p.text[b-1] == ' ' || p.text[b-1] == '\t') {
		b--
	}
	if b > 0 && p.text[b-1] != '\n' || b < p.at {
		return false
	}
	for a < len(p.text) && (p.text[a] == ' ' || p.text[a] == '\t') {
		a++
	}
	if strings.HasPrefix(p.text[a:], "\r\n") {
		a++
	}
	if a < len(p.text) && p.text[a] != '\n' {
		return false
	}
	*before, *after = b, min(a+1, len(p.text))
	return true
}

func (p *parser) do(sign byte, name, blanks string, line int) error {
	switch sign {
	case '!':
	case '#', '^':
		k := section
		if sign == '^' {
			k = inverted
		}
		if len(p.stack) > maxDepth {
			return fmt.Errorf("more than %d sections within each other", maxDepth)
		}
		p.stack = append(p.stack, node{kind: k, name: name, line: line})
	case '/':
		top := p.stack[len(p.stack)-1]
		if len(p.stack) == 1 || top.name != name {
			return p.unexpected(name)
		}
		p.stack = p.stack[:len(p.stack)-1]
		p.add(top)
	case '>':
		p.add(node{kind: include, name: name, text: blanks, line: line})
	case '=':
		words := strings.Fields(name)
		if len(words) != 2 || strings.Contains(name, "=") {
			return errors.New("new delimiters are two words without an equals sign")
		}
		p.open, p.shut = words[0], words[1]
	default:
		p.add(node{kind: variable, name: name, line: line})
	}
	return nil
}

func (p *parser) unexpected(name string) error {
	if len(p.stack) == 1 {
		return fmt.Errorf("the section %s is closed but was not opened", name)
	}
	return fmt.Errorf("the section %s is closed inside %s, which is open", name, p.stack[len(p.stack)-1].name)
}
