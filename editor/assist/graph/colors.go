package graph

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Colors are the pieces of the whole text, in order.
func (l Language) Colors(g ask.Ground, file string) []ask.Token {
	text, ok := g.Text(file)
	if !ok {
		return nil
	}
	return l.ColorsIn(g, file, source.Span{End: len(text)})
}

// ColorsIn are the pieces of the lines that a span touches, in order: only these lines are looked at.
func (Language) ColorsIn(g ask.Ground, file string, in source.Span) []ask.Token {
	p, ok := open(g, file)
	if !ok {
		return nil
	}
	in.Start, in.End = p.clamp(in.Start), p.clamp(in.End)
	// What a word is depends on the words before it on its line.
	in.Start = lineAround(p.text, in.Start).Start
	c := colorist{text: p.text, out: make([]ask.Token, 0, in.Len()/8)}
	for t := range p.tree.Tokens(in) {
		if t.Span.End > in.Start && t.Span.Start < in.End {
			c.take(t)
		}
	}
	return c.out
}

// colorist knows what stands before a token on its line.
type colorist struct {
	text  string
	out   []ask.Token
	at    int  // end of the token before
	any   bool // there was one
	first bool // the token before began its line
	facet bool // and was the word facet
	named string
}

// take adds a token. A name is declared in a header of a type, in exports, and behind the name of an instance.
func (c *colorist) take(t syntax.Token) {
	fresh := !c.any || strings.IndexByte(c.text[c.at:max(c.at, t.Span.Start)], '\n') >= 0
	word := t.Span.Of(c.text)
	declared := false
	switch t.Class {
	case syntax.ClassProperty:
		c.named = syntax.Clean(word)
	case syntax.ClassType:
		declared = fresh || c.first && c.facet
	case syntax.ClassVariable:
		declared = !fresh && c.named == "exports"
	case syntax.ClassName:
		declared = true
	}
	if fresh && t.Class != syntax.ClassProperty {
		c.named = ""
	}
	c.first, c.any, c.at = fresh, true, t.Span.End
	c.facet = t.Class == syntax.ClassKeyword && strings.EqualFold(syntax.Clean(word), "facet")
	c.put(t, declared)
}

// put adds a token; the names between $( and ) that stand for something are words of the language (MOD-115).
func (c *colorist) put(t syntax.Token, declared bool) {
	if t.Class == syntax.ClassValue || t.Class == syntax.ClassString {
		for {
			start, end := metaIn(t.Span.Of(c.text))
			if end == 0 {
				break
			}
			c.add(source.Span{Start: t.Span.Start, End: t.Span.Start + start}, t.Class, false)
			c.add(source.Span{Start: t.Span.Start + start, End: t.Span.Start + end}, syntax.ClassKeyword, false)
			t.Span.Start += end
		}
	}
	c.add(t.Span, t.Class, declared)
}

func (c *colorist) add(s source.Span, class syntax.Class, declared bool) {
	if s.Len() > 0 {
		c.out = append(c.out, ask.Token{Span: s, Class: class, Declaration: declared})
	}
}

// metaIn finds the first meta-variable of a value; end is 0 when there is none.
func metaIn(value string) (start, end int) {
	for at := 0; ; {
		open := strings.Index(value[at:], "$(")
		if open < 0 {
			return 0, 0
		}
		open += at
		shut := strings.IndexByte(value[open:], ')')
		if shut < 0 {
			return 0, 0
		}
		if slices.Contains(metaNames, value[open+2:open+shut]) {
			return open, open + shut + 1
		}
		at = open + 2
	}
}
