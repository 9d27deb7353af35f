package recipe

import (
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Class is the first class with parameters of a Puppet manifest.
type Class struct {
	Name string
	// NameSpan covers the name, Inside what stands between the parentheses.
	NameSpan, Inside source.Span
	Parameters       []Parameter
}

// Parameter is one parameter of a class.
type Parameter struct {
	Name string // with its dollar
	Span source.Span
}

// Has says whether the class has a parameter; its name is given with its dollar.
func (c Class) Has(name string) bool {
	for _, p := range c.Parameters {
		if p.Name == name {
			return true
		}
	}
	return false
}

// ReadClass reads the first "class name ( ... )" of a manifest; false when there is no such class.
func ReadClass(text string) (Class, bool) {
	for at := 0; ; {
		n := strings.Index(text[at:], "class")
		if n < 0 {
			return Class{}, false
		}
		start := at + n
		at = start + len("class")
		if c, ok := classAt(text, start, at); ok {
			return c, true
		}
	}
}

// classAt reads what follows the word class at [start, end).
func classAt(text string, start, end int) (c Class, ok bool) {
	if start > 0 && !isSpace(text[start-1]) || end >= len(text) || !isSpace(text[end]) || commented(text, start) {
		return c, false
	}
	c.NameSpan.Start = skipSpace(text, end)
	n := strings.IndexAny(text[c.NameSpan.Start:], " \t\r\n({")
	if n <= 0 {
		return c, false
	}
	c.NameSpan.End = c.NameSpan.Start + n
	c.Name = c.NameSpan.Of(text)
	open := skipSpace(text, c.NameSpan.End)
	if open >= len(text) || text[open] != '(' {
		return c, false
	}
	return c, c.readParameters(text, open+1)
}

// commented says whether an offset stands after a "#" of its line.
func commented(text string, at int) bool {
	line := text[strings.LastIndexByte(text[:at], '\n')+1 : at]
	return strings.Contains(line, "#")
}

// readParameters reads up to the parenthesis that closes. Commas inside brackets, quotes or comments separate nothing.
func (c *Class) readParameters(text string, start int) bool {
	c.Inside = source.Span{Start: start, End: start}
	depth, piece := 0, start
	for at := start; at < len(text); {
		switch text[at] {
		case '#':
			at = lineEnd(text, at)
			continue
		case '\'', '"':
			at = quoteEnd(text, at)
			continue
		case '(', '[', '{':
			depth++
		case ']', '}':
			depth--
		case ',':
			if depth == 0 {
				c.add(text, piece, at)
				piece = at + 1
			}
		case ')':
			if depth--; depth < 0 {
				c.Inside.End = at
				c.add(text, piece, at)
				return true
			}
		}
		at++
	}
	return false
}

// add reads a piece: perhaps a type, $name, perhaps a value.
func (c *Class) add(text string, start, end int) {
	for at := start; at < end; {
		switch text[at] {
		case '#':
			at = lineEnd(text, at)
		case '\'', '"':
			at = quoteEnd(text, at)
		case '=':
			return
		case '$':
			stop := wordEnd(text, at+1)
			c.Parameters = append(c.Parameters, Parameter{text[at:stop], source.Span{Start: at, End: stop}})
			return
		default:
			at++
		}
	}
}

// Adding gives the text that adds parameters without a value, and where it goes: before all others, in their layout.
func (c Class) Adding(text string, names ...string) (at int, with string) {
	var b strings.Builder
	space := " "
	if len(c.Parameters) > 0 {
		lead := text[c.Inside.Start:c.Parameters[0].Span.Start]
		if n := strings.LastIndexByte(lead, '\n'); n >= 0 {
			blanks := lead[n+1:]
			space = "\n" + blanks[:len(blanks)-len(strings.TrimLeft(blanks, " \t"))]
		}
	}
	for i, name := range names {
		if space != " " || i > 0 {
			b.WriteString(space)
		}
		b.WriteString(name + " = undef")
		if i < len(names)-1 || len(c.Parameters) > 0 {
			b.WriteByte(',')
		}
	}
	if space == " " && len(c.Parameters) > 0 {
		b.WriteByte(' ')
	}
	return c.Inside.Start, b.String()
}

func lineEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(text)
}

// quoteEnd is the offset after the quote that closes.
func quoteEnd(text string, at int) int {
	quote := text[at]
	for at++; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case quote:
			return at + 1
		}
	}
	return len(text)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func skipSpace(text string, at int) int {
	for at < len(text) && isSpace(text[at]) {
		at++
	}
	return at
}
