package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// PartKind is what a part of a rule file is.
type PartKind uint8

// The parts of a rule file, in the order in which they stand; comments stand anywhere.
const (
	Comment PartKind = iota
	KeywordRule
	Name // with its quotes
	Attribute
	Unrecognized // a text that is no attribute, where attributes stand
	KeywordWhen
	PerInstance
	Event
	Joint // the word and, or
	KeywordThen
	Command
	KeywordEnd
)

// Part is one part of a rule file.
type Part struct {
	Kind PartKind
	Span source.Span
	// Key is what an attribute is about, as it is written in the one layout: "sleep period is", "on-sleep: drop" ...
	Key string
	// text is the part in the one layout; "" when it stays as it is.
	text string
}

// Parts are the parts that were read, in the order of the text.
func (f *File) Parts() []Part { return slices.Clone(f.parts) }

// Find is the first part of a kind; false when the file has none.
func (f *File) Find(kind PartKind) (Part, bool) {
	for _, p := range f.parts {
		if p.Kind == kind {
			return p, true
		}
	}
	return Part{}, false
}

// Attributes are the attributes that a rule may have, as they are written, a number being left out.
func Attributes() (keys []string) {
	for _, a := range attributes {
		if !slices.Contains(keys, a.canonical()) {
			keys = append(keys, a.canonical())
		}
	}
	return keys
}

// part keeps a part with its text in the one layout, "" for that which stands there. One with a comment in it stays as it is.
func (p *parser) part(kind PartKind, s source.Span, text string) {
	if len(p.within(s)) > 0 {
		text = ""
	}
	p.parts = append(p.parts, Part{Kind: kind, Span: s, text: text})
}

// canonical is the attribute in the one layout, without its number.
func (a *attribute) canonical() string {
	if key, value, ok := strings.Cut(a.name, ":"); ok {
		return key + ": " + strings.TrimSpace(value)
	}
	return a.name
}

// attributePart keeps an attribute.
func (p *parser) attributePart(a *attribute, n int, s source.Span) {
	text := a.canonical()
	if a.number {
		text += " " + strconv.Itoa(n) + a.unit
	}
	p.part(Attribute, s, text)
	p.parts[len(p.parts)-1].Key = a.canonical()
}

// within are the comments that a span holds.
func (p *parser) within(s source.Span) []source.Span {
	first, _ := slices.BinarySearchFunc(p.comments, s.Start, func(c source.Span, at int) int { return c.Start - at })
	end, _ := slices.BinarySearchFunc(p.comments, s.End, func(c source.Span, at int) int { return c.Start - at })
	return p.comments[first:max(first, end)]
}

// finish puts the parts in order, with the comments that stand between them.
func (p *parser) finish() {
	order := func(a, b Part) int { return a.Span.Start - b.Span.Start }
	slices.SortStableFunc(p.parts, order)
	all := make([]Part, 0, len(p.parts)+len(p.comments))
	end, next := 0, 0
	for _, x := range p.parts {
		for ; next < len(p.comments) && p.comments[next].Start < x.Span.Start; next++ {
			all = p.between(all, p.comments[next], end)
		}
		all, end = append(all, x), max(end, x.Span.End)
	}
	for ; next < len(p.comments); next++ {
		all = p.between(all, p.comments[next], end)
	}
	p.parts = all
}

// between adds a comment that stands between parts, not inside the one that ends there.
func (p *parser) between(all []Part, c source.Span, end int) []Part {
	if c.Start < end {
		return all
	}
	return append(all, Part{Kind: Comment, Span: c, text: trimmed(c.Of(p.text))})
}

// trimmed is a comment without the blanks that end its line.
func trimmed(comment string) string {
	if strings.HasPrefix(comment, "/*") {
		return comment
	}
	return strings.TrimRight(comment, " \t\v\f\r")
}
