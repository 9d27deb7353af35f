package syntax

import (
	"cmp"
	"iter"
	"slices"
	"sort"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Class is what a token means to an eye: it chooses the colour.
type Class uint8

// The classes of tokens.
const (
	ClassPlain Class = iota
	ClassComment
	ClassKeyword  // import, facet, instance of, external, (optional), random[...]
	ClassProperty // the name of a property
	ClassType     // a component or facet
	ClassVariable
	ClassValue  // defaults, overrides, installer names, counts
	ClassString // quoted text
	ClassName   // an instance's name
	ClassPunct
	ClassBad
)

// Token is a coloured piece of text.
type Token struct {
	Span  source.Span
	Class Class
}

// Tokens gives the tokens that touch span, in order, absolute. Blanks have none; only the lines that the span touches are
// looked at.
func (t *Tree) Tokens(span source.Span) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		first := sort.Search(len(t.entries), func(i int) bool { return t.entries[i].end() >= span.Start })
		for _, e := range t.entries[first:] {
			if e.start > span.End {
				return
			}
			p := painter{text: e.chunk.text, base: e.start, window: span.Shift(-e.start), yield: yield}
			if p.chunk(e.chunk); p.done {
				return
			}
		}
	}
}

// painter gives the tokens of one chunk.
type painter struct {
	text   string
	base   int
	window source.Span // relative to the chunk
	yield  func(Token) bool
	done   bool
	marks  []Token // of the current value
}

// put gives a token, unless it is empty or does not touch the window.
func (p *painter) put(start, end int, class Class) {
	if p.done || start >= end || start > p.window.End || end < p.window.Start {
		return
	}
	p.done = !p.yield(Token{source.Span{Start: p.base + start, End: p.base + end}, class})
}

func (p *painter) span(s source.Span, class Class) { p.put(s.Start, s.End, class) }

// chunk walks the lines that touch the window: nodes are in the order of the text, and what stands between the first line of
// a node and the next node are lines that close blocks.
func (p *painter) chunk(c *Chunk) {
	first := sort.Search(len(c.nodes), func(i int) bool { return int(c.nodes[i].start) > p.window.Start }) - 1
	for i := max(0, first); i < len(c.nodes) && !p.done; i++ {
		n := Node{c, i}
		if int(c.nodes[i].start) > p.window.End {
			return
		}
		p.line(n)
		end := len(c.text)
		if i+1 < len(c.nodes) {
			end = int(c.nodes[i+1].start)
		}
		p.closingLines(n.lineEnd(), end)
	}
}

func (p *painter) closingLines(at, end int) {
	for at < end && at <= p.window.End && !p.done {
		next := end
		if n := strings.IndexByte(p.text[at:end], '\n'); n >= 0 {
			next = at + n + 1
		}
		start, stop := trim(p.text, at, next)
		comment := commentAfter(p.text, start, stop)
		if comment.Len() > 0 {
			stop = trimRight(p.text, start, comment.Start)
		}
		p.put(start, min(start+1, stop), ClassPunct)
		rest, _ := trim(p.text, min(start+1, stop), stop)
		p.put(rest, stop, ClassBad)
		p.span(comment, ClassComment)
		at = next
	}
}

// line gives the tokens of a node's first line.
func (p *painter) line(n Node) {
	head := n.Head()
	switch n.Kind() {
	case Bad:
		p.span(head, ClassBad)
	case Import:
		p.span(n.Keyword(), ClassKeyword)
		p.span(n.Name(), ClassValue)
		p.rest(n.Name().End, head.End, 1)
	case Component, Facet, Instance:
		p.span(n.Keyword(), ClassKeyword)
		p.span(n.Name(), ClassType)
		p.rest(n.Name().End, head.End, n.Bracket().Len())
	case Property:
		p.property(n)
	}
	p.span(n.Comment(), ClassComment)
}

// rest gives what ends a line: so many bytes of punctuation, then what should not be there.
func (p *painter) rest(at, end, punctuation int) {
	at, end = trim(p.text, at, end)
	stop := min(at+punctuation, end)
	p.put(at, stop, ClassPunct)
	at, _ = trim(p.text, stop, end)
	p.put(at, end, ClassBad)
}

func (p *painter) property(n Node) {
	name, value := n.Name(), n.Value()
	inInstance := n.chunk.nodes[n.chunk.item].kind == Instance
	word := Clean(name.Of(p.text))
	p.span(n.Before(), ClassBad)
	class := ClassProperty
	if inInstance && !IsInstanceProperty(word) {
		class = ClassVariable
	}
	p.span(name, class)
	colon := name.End + strings.IndexByte(p.text[name.End:], ':')
	p.put(colon, colon+1, ClassPunct)
	p.value(value, word, inInstance)
	if n.HasSemicolon() {
		p.put(n.Head().End-1, n.Head().End, ClassPunct)
	}
}

// value gives the tokens of a property's value.
func (p *painter) value(span source.Span, name string, inInstance bool) {
	text := span.Of(p.text)
	p.marks = p.marks[:0]
	switch {
	case inInstance:
		p.instanceValue(text, name)
	case name == "exports":
		p.exports(text)
	case name == "imports":
		p.imports(text)
	case name == "children", name == "facets", name == "extends":
		p.list(text, ClassType)
	default:
		p.whole(text, ClassValue)
	}
	p.flush(span)
}

func (p *painter) instanceValue(text, name string) {
	trimmed := Trim(text)
	switch {
	case name == "name":
		p.mark(source.Span{End: len(text)}, ClassName)
	case name == "channels", name == "instance-data":
		p.list(text, ClassValue)
	case len(trimmed) > 1 && trimmed[0] == '"' && trimmed[len(trimmed)-1] == '"' && !IsInstanceProperty(name):
		p.whole(text, ClassString)
	default:
		p.whole(text, ClassValue)
	}
}

func (p *painter) mark(s source.Span, class Class) { p.marks = append(p.marks, Token{s, class}) }

func (p *painter) whole(text string, class Class) {
	start, end := trim(text, 0, len(text))
	p.mark(source.Span{Start: start, End: end}, class)
}

func (p *painter) list(text string, class Class) {
	pieces, _ := SplitList(text)
	for _, piece := range pieces {
		p.mark(piece.Span, class)
	}
}

func (p *painter) exports(text string) {
	exports, faults := ScanExports(text)
	p.faults(faults)
	for _, e := range exports {
		p.mark(e.Random, ClassKeyword)
		p.mark(e.Span, ClassVariable)
		if e.Quoted {
			p.mark(source.Span{Start: max(e.ValueSpan.Start-1, 0), End: min(e.ValueSpan.End+1, len(text))}, ClassString)
			continue
		}
		p.mark(e.ValueSpan, ClassValue)
	}
}

func (p *painter) imports(text string) {
	entries, faults, _ := ScanImports(text)
	p.faults(faults)
	for _, e := range entries {
		dot := e.Span.Start + len(e.Prefix)
		p.mark(e.External, ClassKeyword)
		p.mark(source.Span{Start: e.Span.Start, End: dot}, ClassType)
		p.mark(source.Span{Start: dot + 1, End: e.Span.End}, ClassVariable)
		p.mark(e.Optional, ClassKeyword)
	}
}

func (p *painter) faults(faults []Fault) {
	for _, f := range faults {
		p.mark(f.Span, ClassBad)
	}
}

// flush gives the marks of a value in order, and what stands between them.
func (p *painter) flush(span source.Span) {
	slices.SortStableFunc(p.marks, func(a, b Token) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	at := span.Start
	for _, m := range p.marks {
		s := m.Span.Shift(span.Start)
		if s.Start < at || s.Len() == 0 {
			continue
		}
		p.between(at, s.Start)
		p.span(s, m.Class)
		at = s.End
	}
	p.between(at, span.End)
}

// between gives what no mark covers: punctuation, or the value of what was bad.
func (p *painter) between(start, end int) {
	start, end = trim(p.text, start, end)
	class := ClassPunct
	if strings.Trim(p.text[start:end], ",.= \t\"") != "" {
		class = ClassPlain
	}
	p.put(start, end, class)
}
