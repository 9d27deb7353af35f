package source

import (
	"cmp"
	"slices"
	"strings"
)

// Apply makes edits of one text, given in any order; their files are not looked at. All spans are of the text as it was. Edits that
// insert at one offset keep their order; one that overlaps an earlier one is left out, so that no byte is replaced twice.
func Apply(text string, edits []Edit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Place.Span.Start, b.Place.Span.Start) })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		start, end := min(e.Place.Span.Start, len(text)), min(e.Place.Span.End, len(text))
		if start < at || end < start {
			continue
		}
		b.WriteString(text[at:start])
		b.WriteString(e.With)
		at = end
	}
	b.WriteString(text[at:])
	return b.String()
}
