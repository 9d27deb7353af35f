package decl

import (
	"iter"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// property is one line name: value;
type property struct {
	line     source.Span
	name     string
	nameSpan source.Span
	value    field
	repeated bool
}

// field is a value without CR that still knows where each of its bytes stands in the chunk.
type field struct {
	text string
	base int
	raw  string
}

func (r *reader) field(s source.Span) field {
	raw := s.Of(r.text)
	return field{text: syntax.Clean(raw), base: s.Start, raw: raw}
}

// at turns a span of the value into a span of the chunk.
func (f field) at(s source.Span) source.Span {
	if len(f.text) == len(f.raw) {
		return s.Shift(f.base)
	}
	if s.Len() == 0 {
		n := f.base + f.rawOffset(s.Start)
		return source.Span{Start: n, End: n}
	}
	return source.Span{Start: f.base + f.rawOffset(s.Start), End: f.base + f.rawOffset(s.End-1) + 1}
}

// rawOffset is where the byte with a number stands in the text with its CR.
func (f field) rawOffset(n int) int {
	for i := range len(f.raw) {
		if f.raw[i] == '\r' {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return len(f.raw)
}

// trimmed is the value without the blanks at its ends, and its span in the chunk.
func (f field) trimmed() (string, source.Span) {
	s := f.trimmedSpan()
	return s.Of(f.text), f.at(s)
}

func (f field) trimmedSpan() source.Span {
	text := syntax.Trim(f.text)
	start := strings.Index(f.text, text)
	return source.Span{Start: start, End: start + len(text)}
}

// all covers the whole value.
func (f field) all() source.Span { return f.at(source.Span{End: len(f.text)}) }

func (f field) empty() bool { return syntax.Trim(f.text) == "" }

// properties gives the properties of a block. What concerns any property is reported on the way: words before it, a
// repetition (DSL-41, DSL-60), a # in quotes.
func (r *reader) properties(n syntax.Node) iter.Seq[property] {
	return func(yield func(property) bool) {
		var seen names
		for child := range n.Children() {
			if child.Kind() != syntax.Property {
				continue
			}
			p := property{line: child.Head(), name: r.word(child.Name()), nameSpan: child.Name(), value: r.field(child.Value())}
			p.repeated = !seen.add(p.name) && !mayRepeat(p.name)
			r.common(p, child.Before())
			if !yield(p) {
				return
			}
		}
	}
}

// mayRepeat says whether a property escapes the check for repetitions: exports and imports do, in any case (DSL-60).
func mayRepeat(name string) bool {
	return strings.EqualFold(name, "exports") || strings.EqualFold(name, "imports")
}

func (r *reader) common(p property, before source.Span) {
	if before.Len() > 0 {
		r.report(diag.XTextBeforeProperty, before).fix(diag.Say("Remove the words before the property"),
			cut(source.Span{Start: before.Start, End: p.nameSpan.Start}))
	}
	if p.repeated {
		r.report(diag.PMDuplicateProperty, p.nameSpan, detail(diag.KindName, p.name))
	}
	if hash := strings.IndexByte(p.value.text, '#'); hash >= 0 {
		r.report(diag.XHashInQuotes, p.value.at(source.Span{Start: hash, End: hash + 1}))
	}
}

// filled reports a property without value.
func (r *reader) filled(p property) bool {
	if p.value.empty() {
		r.report(diag.PMEmptyPropertyValue, p.line)
		return false
	}
	return true
}

// tight gives the trimmed value of a property whose right blanks belong to the value for the reference (DEV-4).
func (r *reader) tight(p property) (string, source.Span) {
	text, span := p.value.trimmed()
	if end := p.value.all().End; end > span.End {
		blanks := source.Span{Start: span.End, End: end}
		r.report(diag.XTrailingBlanks, blanks).fix(diag.Say("Remove the blanks"), cut(blanks))
	}
	return text, span
}

// legacy hints at a construct of version 0.1.
func (r *reader) legacy(p property) finding { return r.report(diag.XLegacySyntax, p.nameSpan) }

// names is a set of names; blocks are small, so that looking through a slice is cheaper than hashing.
type names struct {
	few  []string
	many map[string]bool
}

const fewNames = 24

// add says whether the name is new.
func (n *names) add(name string) bool {
	if n.many != nil {
		if n.many[name] {
			return false
		}
		n.many[name] = true
		return true
	}
	for _, known := range n.few {
		if known == name {
			return false
		}
	}
	n.few = append(n.few, name)
	if len(n.few) > fewNames {
		n.many = make(map[string]bool, 2*fewNames)
		for _, known := range n.few {
			n.many[known] = true
		}
	}
	return true
}
