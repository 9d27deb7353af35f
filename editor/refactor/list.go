package refactor

import (
	"slices"

	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// list is the value of a property that holds a list.
type list struct {
	body
	property syntax.Node
	entries  []source.Span // in the file, without blanks around; empty pieces are left out
	raw      []source.Span // what stands between the commas, empty pieces included
}

// list cuts the value of a property at its commas; those in the quotes of exports are plain text (DSL-20).
func (b body) list(p syntax.Node) list {
	l := list{body: b, property: p}
	value, quotes := p.Value().Shift(b.base), b.word(p.Name()) == "exports"
	start, quoted := value.Start, false
	for at := value.Start; at <= value.End; at++ {
		switch {
		case at == value.End, b.text[at] == ',' && !quoted:
			l.raw = append(l.raw, source.Span{Start: start, End: at})
			start = at + 1
		case b.text[at] == '"' && quotes:
			quoted = !quoted
		}
	}
	for _, s := range l.raw {
		if s = s.Trim(b.text); s.Len() > 0 {
			l.entries = append(l.entries, s)
		}
	}
	return l
}

// at is the number of the entry at an offset; -1 when there is none.
func (l list) at(offset int) int {
	return slices.IndexFunc(l.entries, func(s source.Span) bool { return s.Contains(offset) })
}

// word is the text of an entry.
func (l list) text(i int) string { return syntax.Clean(l.entries[i].Of(l.body.text)) }

// without takes entries away: with the last one goes the whole line.
func (l list) without(drop ...int) (edits []source.Edit) {
	if len(drop) >= len(l.entries) {
		return []source.Edit{l.remove(l.property)}
	}
	for i := range l.entries {
		if !slices.Contains(drop, i) {
			continue
		}
		cut := l.entries[i]
		if after := l.keptAfter(i, drop); after >= 0 {
			cut.End = l.entries[i+1].Start
		} else {
			cut.Start = l.entries[i-1].End
		}
		edits = append(edits, l.edit(cut, ""))
	}
	return edits
}

// keptAfter is the number of the first entry after one that stays; -1 when there is none.
func (l list) keptAfter(i int, drop []int) int {
	for k := i + 1; k < len(l.entries); k++ {
		if !slices.Contains(drop, k) {
			return k
		}
	}
	return -1
}

// withoutEmpty takes all empty pieces away, each with one of the commas beside it.
func (l list) withoutEmpty() (edits []source.Edit) {
	if len(l.entries) == 0 {
		return []source.Edit{l.remove(l.property)}
	}
	last := len(l.raw) - 1
	for last > 0 && l.raw[last].Trim(l.body.text).Len() == 0 {
		last--
	}
	for _, s := range l.raw[:last] {
		if s.Trim(l.body.text).Len() == 0 {
			edits = append(edits, l.edit(source.Span{Start: s.Start, End: s.End + 1}, ""))
		}
	}
	if end := l.raw[len(l.raw)-1].End; l.raw[last].End < end {
		edits = append(edits, l.edit(source.Span{Start: l.raw[last].End, End: end}, ""))
	}
	return edits
}
