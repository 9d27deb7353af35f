// Package near finds the names that a misspelt one may stand for.
package near

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"sync"
)

// most is how many names are proposed (DIA-45).
const most = 3

// classes of likeness, the best first (DIA-46).
const (
	sameLetters = iota // equal when case is ignored
	sameWords          // equal when "-", "_", "." and case are ignored
	alike              // a few letters differ
	starts             // the word is the start of the name
)

type candidate struct {
	name     string
	class    int
	distance int
}

// Known is a list of names, ready to be compared with many words. It is safe for concurrent use.
type Known struct {
	names   []string
	entries []entry

	mu    sync.Mutex
	found map[string][]string // answers given before
}

// entry is a name with what tells quickly that a word is not like it.
type entry struct {
	bare    string // without separators, in lower case
	letters uint64
}

// Among prepares names to be compared with words. before, when not nil, is given back if it knows the same names: it remembers
// what it was asked. If it knows nearly the same ones, what was prepared for those is taken over.
func Among(names []string, before *Known) *Known {
	if before != nil && slices.Equal(before.names, names) {
		return before
	}
	k := &Known{names: names, entries: make([]entry, len(names)), found: make(map[string][]string)}
	head, tail := 0, 0
	if before != nil {
		head, tail = shared(names, before.names)
		copy(k.entries, before.entries[:head])
		copy(k.entries[len(names)-tail:], before.entries[len(before.names)-tail:])
	}
	for i := head; i < len(names)-tail; i++ {
		k.entries[i] = entry{bare(names[i]), letters(names[i])}
	}
	return k
}

// shared is how many names two lists have in common at both ends.
func shared(a, b []string) (head, tail int) {
	n := min(len(a), len(b))
	for head < n && a[head] == b[head] {
		head++
	}
	for tail < n-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// Names gives up to three of the known names that resemble word, the most alike first (DIA-46). word itself is never one.
func Names(word string, known []string) []string { return Among(known, nil).Names(word) }

// Names gives up to three of the names that resemble word, the most alike first (DIA-46). word itself is never one.
func (k *Known) Names(word string) []string {
	if word == "" {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	names, asked := k.found[word]
	if !asked {
		names = k.search(word)
		k.found[word] = names
	}
	return slices.Clone(names)
}

func (k *Known) search(word string) []string {
	var found []candidate
	limit, plain := max(1, len(word)/3), entry{bare(word), letters(word)}
	for i, name := range k.names {
		if name != word && name != "" {
			if c, ok := compare(word, name, plain, k.entries[i], limit); ok {
				found = append(found, c)
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	found = slices.Compact(found)
	names := make([]string, 0, most)
	for _, c := range found[:min(most, len(found))] {
		names = append(names, c.name)
	}
	return names
}

func compare(word, name string, w, n entry, limit int) (candidate, bool) {
	if w.bare == n.bare {
		if strings.EqualFold(word, name) {
			return candidate{name, sameLetters, 0}, true
		}
		return candidate{name, sameWords, 0}, true
	}
	if far(w.letters, n.letters) <= limit {
		if d := Distance(word, name, limit); d <= limit {
			return candidate{name, alike, d}, true
		}
	}
	if len(word) >= 3 && len(word) < len(name) && strings.EqualFold(name[:len(word)], word) {
		return candidate{name, starts, len(name) - len(word)}, true
	}
	return candidate{}, false
}

var separators = strings.NewReplacer("-", "", "_", "", ".", "")

func bare(s string) string { return strings.ToLower(separators.Replace(s)) }

// letters is the set of bytes of a word: a bit for each byte that a name is usually made of, shared bits for others.
func letters(s string) (set uint64) {
	for i := range len(s) {
		set |= 1 << ((s[i] - '0') % 64)
	}
	return set
}

// far is a lower bound of the distance of two words: no change adds, or removes, more than one letter.
func far(a, b uint64) int { return max(bits.OnesCount64(a&^b), bits.OnesCount64(b&^a)) }

// Distance is the Damerau-Levenshtein distance of two words, adjacent swaps counting 1, as far as limit; beyond it the
// result is only known to be more than limit.
func Distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	var room [3 * 32]int // enough for most names, without asking for memory
	n, rows := len(b)+1, room[:]
	if 3*n > len(room) {
		rows = make([]int, 3*n)
	}
	before, last, row := rows[:n], rows[n:2*n], rows[2*n:3*n]
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}
