// Package near finds the names that a misspelt one may stand for.
package near

import (
	"cmp"
	"slices"
	"strings"
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

// Names gives up to three of the known names that resemble word, the most alike first (DIA-46). word itself is never one.
func Names(word string, known []string) []string {
	if word == "" {
		return nil
	}
	limit := max(1, len(word)/3)
	var found []candidate
	for _, name := range known {
		if name != word && name != "" {
			if c, ok := compare(word, name, limit); ok {
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

func compare(word, name string, limit int) (candidate, bool) {
	if strings.EqualFold(word, name) {
		return candidate{name, sameLetters, 0}, true
	}
	if bare(word) == bare(name) {
		return candidate{name, sameWords, 0}, true
	}
	if d := Distance(word, name, limit); d <= limit {
		return candidate{name, alike, d}, true
	}
	if len(word) >= 3 && len(word) < len(name) && strings.EqualFold(name[:len(word)], word) {
		return candidate{name, starts, len(name) - len(word)}, true
	}
	return candidate{}, false
}

var separators = strings.NewReplacer("-", "", "_", "", ".", "")

func bare(s string) string { return strings.ToLower(separators.Replace(s)) }

// Distance is the Damerau-Levenshtein distance of two words, adjacent swaps counting 1, as far as limit; beyond it the
// result is only known to be more than limit.
func Distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
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
