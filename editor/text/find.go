package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/roboconf/workbench/model/source"
)

// Query is what to look for.
type Query struct {
	Text string
	Case bool // upper and lower case differ
}

// All gives every match in a text, in order, without overlaps. It stops after limit matches when limit is positive.
func (q Query) All(s string, limit int) []source.Span {
	var all []source.Span
	for at := 0; limit <= 0 || len(all) < limit; {
		m, ok := q.first(s, at)
		if !ok {
			break
		}
		all = append(all, m)
		at = m.End
	}
	return all
}

// first is the first match at or after an offset.
func (q Query) first(s string, from int) (source.Span, bool) {
	if q.Text == "" || from > len(s) {
		return source.Span{}, false
	}
	if q.Case {
		i := strings.Index(s[from:], q.Text)
		return spanOf(from+i, len(q.Text)), i >= 0
	}
	folded := fold(q.Text)
	for at := from; at < len(s); {
		r, n := fold1(s[at:])
		if r == folded[0] {
			if end, ok := matches(s[at:], folded); ok {
				return spanOf(at, end), true
			}
		}
		at += n
	}
	return source.Span{}, false
}

// matches says whether a text starts with folded characters, and how many bytes of it they take.
func matches(s string, folded []rune) (int, bool) {
	at := 0
	for _, want := range folded {
		if at >= len(s) {
			return 0, false
		}
		r, n := fold1(s[at:])
		if r != want {
			return 0, false
		}
		at += n
	}
	return at, true
}

// fold gives characters that are equal for texts that differ in case only.
func fold(s string) []rune {
	folded := make([]rune, 0, len(s))
	for at := 0; at < len(s); {
		r, n := fold1(s[at:])
		folded, at = append(folded, r), at+n
	}
	return folded
}

// fold1 folds the first character of a text. A byte that is no text is a character of its own, equal to nothing else.
func fold1(s string) (rune, int) {
	if c := s[0]; c < utf8.RuneSelf {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return rune(c), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return -1 - rune(s[0]), 1
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if 'A' <= least && least <= 'Z' {
		least += 'a' - 'A'
	}
	return least, n
}

// Next is the first match that starts at an offset or after it; from the end the search goes on at the beginning.
func (q Query) Next(s string, from int) (source.Span, bool) {
	if m, ok := q.first(s, max(0, from)); ok {
		return m, true
	}
	return q.first(s, 0)
}

// Previous is the last match that ends at an offset or before it; from the beginning the search goes on at the end.
func (q Query) Previous(s string, from int) (source.Span, bool) {
	all := q.All(s, 0)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].End <= from {
			return all[i], true
		}
	}
	if len(all) == 0 {
		return source.Span{}, false
	}
	return all[len(all)-1], true
}

// ReplaceAll replaces every match, as one act, and gives their number.
func (b *Buffer) ReplaceAll(q Query, with string) int {
	all := q.All(b.String(), 0)
	c := make(change, 0, len(all))
	for _, m := range all {
		if old := b.text.Slice(m); old != with {
			c = append(c, Edit{At: m.Start, Old: old, New: with})
		}
	}
	b.commitMoved(c)
	return len(all)
}

// ReplaceSelection replaces the selection when it is a match, as one act; false when it is none.
func (b *Buffer) ReplaceSelection(q Query, with string) bool {
	s := b.Cursor().Span()
	old := b.text.Slice(s)
	if m, ok := q.first(old, 0); !ok || m.Len() != len(old) {
		return false
	}
	b.commit(alone, change{{At: s.Start, Old: old, New: with}}, []Cursor{At(s.Start + len(with))})
	return true
}
