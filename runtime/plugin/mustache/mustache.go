// Package mustache renders the templates of recipes.
//
// The language is Mustache without lambdas; nothing is escaped, since what comes out is a script (PL-45). docs/adr/0011-mustache.md says why
// it is our own.
package mustache

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The bounds of a template, for one that includes itself for ever.
const (
	maxDepth  = 100      // of sections within sections, of partials within partials
	maxOutput = 16 << 20 // bytes
	maxSteps  = 10e6     // sections within sections can multiply to more than anybody waits for
)

// Tree is what names are looked up in: texts, integers, truths, Trees, lists of Trees.
type Tree = map[string]any

// Partial gives the text of a partial by the name in its tag.
type Partial func(name string) (text string, err error)

// ErrNoPartial is what a Partial that is nil says.
var ErrNoPartial = errors.New("no partials can be included here")

// Render fills a template. A name that nothing has gives the empty text. Errors name the line: a tag or section that is not closed, a partial
// that is not there, one that includes itself without end.
func Render(text string, data Tree, partial Partial) (string, error) {
	if partial == nil {
		partial = func(string) (string, error) { return "", ErrNoPartial }
	}
	nodes, err := parse(text)
	if err != nil {
		return "", err
	}
	r := renderer{partial: partial, parsed: map[string][]node{}, chain: []any{data}}
	if err := r.all(nodes); err != nil {
		return "", err
	}
	return r.out.String(), nil
}

type kind uint8

const (
	literal kind = iota
	variable
	section
	inverted
	include
)

// node is a piece of a template.
type node struct {
	kind   kind
	text   string // of a literal; the blanks before a partial that has a line of its own
	name   string
	line   int
	inside []node
}

type renderer struct {
	partial Partial
	parsed  map[string][]node // partials by indent, name
	chain   []any             // the innermost last
	depth   int
	steps   int
	out     strings.Builder
}

func (r *renderer) all(nodes []node) error {
	for i := range nodes {
		if err := r.one(&nodes[i]); err != nil {
			return err
		}
		if r.steps++; r.steps > maxSteps {
			return fmt.Errorf("line %d: more than %d steps", nodes[i].line, int(maxSteps))
		}
		if r.out.Len() > maxOutput {
			return fmt.Errorf("line %d: the result is larger than %d bytes", nodes[i].line, maxOutput)
		}
	}
	return nil
}

func (r *renderer) one(n *node) error {
	switch n.kind {
	case literal:
		r.out.WriteString(n.text)
	case variable:
		r.out.WriteString(show(r.find(n.name)))
	case inverted:
		if empty(r.find(n.name)) {
			return r.all(n.inside)
		}
	case section:
		return r.section(n)
	case include:
		return r.include(n)
	}
	return nil
}

func (r *renderer) section(n *node) error {
	value := r.find(n.name)
	if empty(value) {
		return nil
	}
	switch list := value.(type) {
	case []Tree:
		for _, item := range list {
			if err := r.with(item, n.inside); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for _, item := range list {
			if err := r.with(item, n.inside); err != nil {
				return err
			}
		}
		return nil
	}
	return r.with(value, n.inside)
}

func (r *renderer) with(value any, nodes []node) error {
	r.chain = append(r.chain, value)
	err := r.all(nodes)
	r.chain = r.chain[:len(r.chain)-1]
	return err
}

func (r *renderer) include(n *node) error {
	if r.depth++; r.depth > maxDepth {
		return fmt.Errorf("line %d: the partial %s includes itself more than %d times", n.line, n.name, maxDepth)
	}
	defer func() { r.depth-- }()
	key := n.text + "\x00" + n.name
	nodes, known := r.parsed[key]
	if !known {
		text, err := r.partial(n.name)
		if err == nil {
			nodes, err = parse(indent(text, n.text))
		}
		if err != nil {
			return fmt.Errorf("line %d: partial %s: %w", n.line, n.name, err)
		}
		r.parsed[key] = nodes
	}
	if err := r.all(nodes); err != nil {
		return fmt.Errorf("line %d: partial %s: %w", n.line, n.name, err)
	}
	return nil
}

// indent puts blanks before each line of a partial that has a line of its own.
func indent(text, blanks string) string {
	if blanks == "" {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(blanks)
		b.WriteString(line)
	}
	return b.String()
}

// find looks a name up from the innermost value outwards. Of a name with dots the first part is looked up so, the others in what it gives; a
// tree that has the whole name as a key gives that.
func (r *renderer) find(name string) any {
	if name == "." {
		return r.chain[len(r.chain)-1]
	}
	first, rest, dotted := strings.Cut(name, ".")
	for i := len(r.chain) - 1; i >= 0; i-- {
		t, ok := r.chain[i].(Tree)
		if !ok {
			continue
		}
		if v, ok := t[name]; ok {
			return v
		}
		if v, ok := t[first]; ok && dotted {
			return within(v, rest)
		}
	}
	return nil
}

func within(value any, name string) any {
	t, ok := value.(Tree)
	if !ok {
		return nil
	}
	if v, ok := t[name]; ok {
		return v
	}
	first, rest, dotted := strings.Cut(name, ".")
	if v, ok := t[first]; ok && dotted {
		return within(v, rest)
	}
	return nil
}

// empty says whether an inverted section shows: nothing, false, the empty text, the empty list. Zero is a value: the index of the first
// import.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case []Tree:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// show gives the text of a value; trees and lists have none.
func show(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
