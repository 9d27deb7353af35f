package reply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/source"
)

// limit is how many items are given at once: nobody reads more, and a client asks again when more letters are there.
const limit = 250

// Items collects what can be written at a place.
type Items struct {
	// Replace is what an item takes the place of, unless it says otherwise; Typed is the part of it before the cursor.
	Replace source.Span
	Typed   string

	list []candidate
}

type candidate struct {
	rank, score int
	item        ask.Item
	replace     source.Span
}

// At starts a collection: items take the place of a span of a text, as far as at it was typed.
func At(text string, replace source.Span, at int) *Items {
	return &Items{Replace: replace, Typed: text[replace.Start:max(replace.Start, min(at, replace.End))]}
}

// Over says what the items that follow take the place of.
func (i *Items) Over(text string, replace source.Span, at int) {
	next := At(text, replace, at)
	i.Replace, i.Typed = next.Replace, next.Typed
}

// Add takes an item if it resembles what is typed. The lower the rank, the likelier it is.
func (i *Items) Add(rank int, item ask.Item) {
	filter := item.Filter
	if filter == "" {
		filter = item.Label
	}
	score, ok := Resemble(filter, strings.TrimLeft(i.Typed, " \t"))
	if !ok {
		return
	}
	if item.Text == "" {
		item.Text = item.Label
	}
	i.list = append(i.list, candidate{rank, score, item, i.Replace})
}

// Word adds an item that stands for itself.
func (i *Items) Word(rank int, kind ask.Kind, label, detail, doc string) {
	i.Add(rank, ask.Item{Label: label, Kind: kind, Detail: detail, Doc: doc})
}

// Snippet adds a text with tab stops.
func (i *Items) Snippet(rank int, kind ask.Kind, label, doc, text string) {
	i.Add(rank, ask.Item{Label: label, Kind: kind, Doc: doc, Text: text, Snippet: true})
}

// Keep leaves out the items that a condition refuses: of those that would be given only, the likeliest first.
func (i *Items) Keep(accept func(ask.Item) bool) {
	i.sort()
	kept := i.list[:0]
	for n, c := range i.list {
		c.item.Replace = c.replace
		if n >= 2*limit || len(kept) > limit {
			break
		}
		if accept(c.item) {
			kept = append(kept, c)
		}
	}
	i.list = kept
}

// sort puts the likeliest first; of items with one label over one span the first counts.
func (i *Items) sort() {
	slices.SortStableFunc(i.list, func(a, b candidate) int {
		switch {
		case a.score != b.score:
			return a.score - b.score
		case a.rank != b.rank:
			return a.rank - b.rank
		}
		return strings.Compare(a.item.Label, b.item.Label)
	})
	type key struct {
		label   string
		replace source.Span
	}
	seen := make(map[key]bool, len(i.list))
	i.list = slices.DeleteFunc(i.list, func(c candidate) bool {
		k := key{c.item.Label, c.replace}
		again := seen[k]
		seen[k] = true
		return again
	})
}

// Completion gives the likeliest items, in order.
func (i *Items) Completion() ask.Completion {
	i.sort()
	var out ask.Completion
	for n, c := range i.list {
		if n == limit {
			out.Incomplete = true
			break
		}
		c.item.Replace = c.replace
		c.item.Sort = fmt.Sprintf("%04d", n)
		out.Items = append(out.Items, c.item)
	}
	return out
}

// How much a label resembles what is typed, the best first.
const (
	Start  = iota // it begins with it
	Inside        // it stands somewhere in the label
	Spread        // its letters are there, in order
)

// Resemble compares a label with typed letters, whatever their case (dsl.md 13).
func Resemble(label, typed string) (int, bool) {
	switch {
	case len(typed) <= len(label) && strings.EqualFold(label[:len(typed)], typed):
		return Start, true
	case !spread(label, typed):
		return 0, false
	case containsFold(label, typed):
		return Inside, true
	}
	return Spread, true
}

// spread says whether the letters stand in the label in their order.
func spread(label, typed string) bool {
	i := 0
	for k := 0; k < len(label) && i < len(typed); k++ {
		if lower(label[k]) == lower(typed[i]) {
			i++
		}
	}
	return i == len(typed)
}

func containsFold(s, word string) bool {
	for k := 0; k+len(word) <= len(s); k++ {
		if strings.EqualFold(s[k:k+len(word)], word) {
			return true
		}
	}
	return false
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
