package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Sort puts problems in the order of DIA-3: kind of file, file, line, column, code, details.
func Sort(list []Problem) { sortBy(list, compare) }

// sortBy is stable. It orders references, then moves each problem once: they are large, and an editor sorts them at each key.
func sortBy(list []Problem, order func(a, b *Problem) int) {
	if isSorted(list, order) {
		return
	}
	was := slices.Clone(list)
	refs := make([]*Problem, len(was))
	for i := range was {
		refs[i] = &was[i]
	}
	slices.SortStableFunc(refs, order)
	for i, p := range refs {
		list[i] = *p
	}
}

func isSorted(list []Problem, order func(a, b *Problem) int) bool {
	for i := 1; i < len(list); i++ {
		if order(&list[i-1], &list[i]) > 0 {
			return false
		}
	}
	return true
}

// SortByCode puts problems in the order of DIA-4, which does not change when files move (DIA-3).
func SortByCode(list []Problem) {
	sortBy(list, func(a, b *Problem) int {
		return cmp.Or(CompareCodes(a.Code, b.Code), compareDetails(a.Details, b.Details), compare(a, b))
	})
}

// Dedup leaves out the repetitions of a finding: same code, place and details (DIA-2). Without a place, what the finding is
// about counts in its stead. The list must be sorted.
func Dedup(list []Problem) []Problem {
	return slices.CompactFunc(list, func(a, b Problem) bool {
		return a.Code == b.Code && a.Place == b.Place && slices.Equal(a.Details, b.Details) && (!a.Place.IsZero() || a.On == b.On)
	})
}

// CompareCodes orders codes: by family, then by number (DIA-4).
func CompareCodes(a, b Code) int {
	if a == b {
		return 0
	}
	x, y := Lookup(a), Lookup(b)
	return cmp.Or(cmp.Compare(x.Category, y.Category), cmp.Compare(x.Number, y.Number), strings.Compare(string(a), string(b)))
}

func compare(a, b *Problem) int {
	if a.Place.File != b.Place.File {
		return cmp.Or(
			cmp.Compare(fileGroup(a.Place.File), fileGroup(b.Place.File)),
			strings.Compare(a.Place.File, b.Place.File))
	}
	if before := comparePositions(a.Range.Start, b.Range.Start); before != 0 {
		return before // nearly always; the rest costs more
	}
	return cmp.Or(
		cmp.Compare(a.Place.Span.Start, b.Place.Span.Start),
		CompareCodes(a.Code, b.Code),
		compareDetails(a.Details, b.Details),
		cmp.Compare(a.Place.Span.End, b.Place.Span.End))
}

func comparePositions(a, b source.Position) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func compareDetails(a, b []Detail) int {
	return slices.CompareFunc(a, b, func(x, y Detail) int {
		return cmp.Or(strings.Compare(string(x.Kind), string(y.Kind)), strings.Compare(x.Text, y.Text))
	})
}

// fileGroup is the rank of a kind of file in DIA-3.
func fileGroup(file string) int {
	switch name := strings.ToLower(file); {
	case file == "":
		return 7
	case strings.HasSuffix(name, "descriptor/application.properties"):
		return 0
	case strings.HasSuffix(name, ".graph"):
		return 1
	case strings.HasSuffix(name, ".instances"):
		return 2
	case strings.HasSuffix(name, ".commands"):
		return 3
	case strings.HasSuffix(name, ".drl"):
		return 4
	case strings.Contains(name, ".measures"):
		return 5
	}
	return 6
}

// String is the text form of DIA-5: file:line:column: level CODE message (detail; detail).
func (p Problem) String() string { return p.Text(English) }

// Text is the text form of DIA-5 in one of the languages. What has no place begins with the level; what has no details
// ends with the sentence.
func (p Problem) Text(lang Language) string {
	var b strings.Builder
	if p.Place.File != "" {
		fmt.Fprintf(&b, "%s:%d:%d: ", p.Place.File, p.Range.Start.Line, p.Range.Start.Column)
	}
	fmt.Fprintf(&b, "%s %s %s", p.Level(), p.Code, p.Message(lang))
	if len(p.Details) == 0 {
		return b.String()
	}
	texts := make([]string, len(p.Details))
	for i, d := range p.Details {
		texts[i] = d.Text
	}
	fmt.Fprintf(&b, " (%s)", strings.Join(texts, "; "))
	return b.String()
}

// Has says whether one of the problems is at least as serious as level. With Severe: the project is unfit for
// deployment (DIA-1).
func Has(list []Problem, level Level) bool {
	return slices.ContainsFunc(list, func(p Problem) bool { return p.Level() <= level })
}
