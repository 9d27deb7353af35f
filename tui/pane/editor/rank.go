package editor

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/roboconf/workbench/editor/ask"
)

// fitting are the items that begin with what is typed, then those that hold its letters in order. One that is written already
// is left out, and so is everything when nothing is typed, unless bare is set.
func fitting(items []ask.Item, text string, at int, bare bool) []ask.Item {
	type ranked struct {
		ask.Item
		rank int
	}
	var found []ranked
	for _, it := range items {
		if it.Replace.Start > at || it.Replace.Start < 0 {
			continue
		}
		word := text[it.Replace.Start:at]
		rank := fit(or(it.Filter, it.Label), word)
		if rank == 0 && it.Kind == ask.KindComponent && it.Label == word+" {…}" {
			rank = 1 // something new of that name: what is there already comes first
		}
		named := word != "" || at > 0 && strings.IndexByte(".$/", text[at-1]) >= 0
		if rank < 0 || !named && !bare || it.Text == word && it.Replace.End <= at {
			continue
		}
		found = append(found, ranked{it, rank})
	}
	slices.SortStableFunc(found, func(a, b ranked) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(or(a.Sort, a.Label), or(b.Sort, b.Label))
	})
	out := make([]ask.Item, len(found))
	for i, f := range found {
		out[i] = f.Item
	}
	return out
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// fit says how well a word that is typed fits a name: 0 its beginning, 1 the same in another case, 2 its letters in order, of
// which the first begins a word of the name; -1 not at all.
func fit(name, word string) int {
	switch {
	case strings.HasPrefix(name, word):
		return 0
	case len(name) >= len(word) && strings.EqualFold(name[:len(word)], word):
		return 1
	case begun(name, strings.ToLower(word)):
		return 2
	}
	return -1
}

// begun says whether a name has letters in order from the beginning of one of its words on.
func begun(name, letters string) bool {
	first, size := utf8.DecodeRuneInString(letters)
	before := ' '
	for i, r := range name {
		begins := !unicode.IsLetter(before) || unicode.IsUpper(r) && !unicode.IsUpper(before)
		if begins && unicode.ToLower(r) == first && inOrder(strings.ToLower(after(name[i:])), letters[size:]) {
			return true
		}
		before = r
	}
	return false
}

func inOrder(name, letters string) bool {
	for _, r := range letters {
		i := strings.IndexRune(name, r)
		if i < 0 {
			return false
		}
		name = after(name[i:])
	}
	return true
}

// after is what stands after the first character.
func after(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[size:]
}
