package rule

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// Format lays a rule file out in the one layout: keywords in lower case, attributes, when, then, end on lines of their own, events and
// commands below them behind a tab, one command per line. Comments stay with what they stand beside. A text that has not the form of a
// rule keeps its bytes, and so does what follows the rule. Line ends stay as the first line that is not blank has them; a byte-order mark goes.
func Format(text string) string {
	f := Parse("", text)
	end, whole := f.Find(KeywordEnd)
	for _, p := range f.Problems {
		if p.Code == diag.RuleInvalidSyntax && (!whole || p.Place.Span.Start < end.Span.End) {
			return text
		}
	}
	if !whole {
		return text
	}
	p := printer{source: text, eol: source.LineEnd(text), tail: f.rest >= 0}
	if strings.HasPrefix(text, "\uFEFF\uFEFF") {
		return text
	}
	for _, part := range f.parts {
		if p.tail && part.Span.Start >= end.Span.End {
			break
		}
		p.part(part)
	}
	if p.tail {
		p.out.WriteString(text[end.Span.End:])
	} else if !p.open() {
		p.out.WriteString(p.eol)
	}
	return p.out.String()
}

// printer writes a rule.
type printer struct {
	source string
	eol    string
	out    strings.Builder
	tail   bool // what follows the rule is kept
	depth  string
	last   *Part // that was written
}

// part writes one part with what belongs before it.
func (p *printer) part(x Part) {
	switch x.Kind {
	case KeywordWhen, KeywordThen, KeywordEnd:
		p.depth = ""
	}
	p.gap(&x)
	text := x.Span.Of(p.source)
	if x.text != "" {
		text = x.text
	}
	p.out.WriteString(text)
	if words := strings.Fields(text); x.Kind == Command && strings.EqualFold(words[len(words)-1], "end") {
		p.out.WriteString(";") // else it could be taken for the end of the rule
	}
	switch x.Kind {
	case KeywordWhen, KeywordThen:
		p.depth = "\t"
	}
	p.last = &x
}

// gap writes what stands between two parts: a blank, or a line end, perhaps a blank line.
func (p *printer) gap(x *Part) {
	if p.last == nil {
		return
	}
	between := p.source[p.last.Span.End:x.Span.Start]
	lines := strings.Count(between, "\n")
	if lines == 0 && !p.breaks(x) || x.Kind == Name && p.last.Kind == KeywordRule {
		p.out.WriteByte(' ')
		return
	}
	p.out.WriteString(p.eol)
	if lines > 1 && p.last.Kind != KeywordWhen && p.last.Kind != KeywordThen && x.Kind != KeywordThen && x.Kind != KeywordEnd {
		p.out.WriteString(p.eol)
	}
	p.out.WriteString(p.depth)
}

// open says whether the text ends inside a comment: a line end would be part of it.
func (p *printer) open() bool {
	if p.last == nil || p.last.Kind != Comment {
		return false
	}
	text := p.last.Span.Of(p.source)
	return strings.HasPrefix(text, "/*") && (len(text) < len("/**/") || !strings.HasSuffix(text, "*/"))
}

// breaks says whether a part begins a line, wherever it was.
func (p *printer) breaks(x *Part) bool {
	switch x.Kind {
	case KeywordRule, Attribute, Unrecognized, KeywordWhen, KeywordThen, Command, KeywordEnd:
		return true
	case Event, PerInstance:
		return p.last.Kind == KeywordWhen
	}
	return false
}
