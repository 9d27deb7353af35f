package check

import (
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// similarTypes: two types whose names differ only by letter case.
func similarTypes(s *subject) (found []diag.Problem) {
	components, facets := s.graph.Components(), s.graph.Facets()
	f := newFolding(len(components) + len(facets))
	origin := func(k int) (string, *model.Origin) {
		if k < len(components) {
			return components[k].Name, &components[k].Origin
		}
		g := facets[k-len(components)]
		return g.Name, &g.Origin
	}
	for k := range len(components) + len(facets) {
		name, o := origin(k)
		j := f.add(name, k, func(k int) string { other, _ := origin(k); return other })
		if j < 0 {
			continue
		}
		other, first := origin(j)
		if after(first, o) {
			found = append(found, alike(name, o.Place(o.Name), other, first.Place(first.Name)))
		} else {
			found = append(found, alike(other, first.Place(first.Name), name, o.Place(o.Name)))
		}
	}
	return found
}

// after says whether b is declared after a: the files of two of them have no order, so that of reading counts.
func after(a, b *model.Origin) bool { return a.File != b.File || a.Base <= b.Base }

// alike is the finding on the second of two names.
func alike(name string, at source.Place, other string, first source.Place) diag.Problem {
	p := onWord(diag.XSimilarNames, name, at, detail(diag.KindName, name), detail(diag.KindConflicting, other))
	p.Related = related(first, diag.Say("%s is declared here", other))
	return p
}

// similarVariables: two variables of one type whose names differ only by letter case.
func similarVariables(s *subject, owner string, o *model.Origin, list []model.Variable) (found []diag.Problem) {
	const few = 16
	if len(list) > few {
		f := newFolding(len(list))
		for k, v := range list {
			if j := f.add(v.Name, k, func(k int) string { return list[k].Name }); j >= 0 {
				found = append(found, alikeVariables(owner, o, list[j], v))
			}
		}
		return found
	}
	for k := range list {
		for j := range k {
			if a, b := list[j].Name, list[k].Name; len(a) == len(b) && a != b && strings.EqualFold(a, b) {
				found = append(found, alikeVariables(owner, o, list[j], list[k]))
				break
			}
		}
	}
	return found
}

func alikeVariables(owner string, o *model.Origin, first, second model.Variable) diag.Problem {
	p := alike(second.Name, o.Place(second.Span), first.Name, o.Place(first.Span))
	p.On = owner
	return p
}

// similarSiblings: two instances at one place of the tree whose names differ only by letter case.
func similarSiblings(s *subject) (found []diag.Problem) {
	const few = 8
	byParent := make([][]int, len(s.instances)+1)
	for k := range s.instances {
		byParent[s.instances[k].parent+1] = append(byParent[s.instances[k].parent+1], k)
	}
	for _, level := range byParent {
		if len(level) <= few {
			for n, k := range level {
				for _, j := range level[:n] {
					if a, b := s.instances[j].Name, s.instances[k].Name; len(a) == len(b) && a != b && strings.EqualFold(a, b) {
						found = append(found, s.alikeInstances(j, k))
						break
					}
				}
			}
			continue
		}
		f := newFolding(len(level))
		for n, k := range level {
			if j := f.add(s.instances[k].Name, n, func(n int) string { return s.instances[level[n]].Name }); j >= 0 {
				found = append(found, s.alikeInstances(level[j], k))
			}
		}
	}
	return found
}

func (s *subject) alikeInstances(first, second int) diag.Problem {
	a, b := s.instances[first], s.instances[second]
	p := alike(b.Name, b.Place(b.NameSpan), a.Name, a.Place(a.NameSpan))
	p.On = s.path(second)
	return p
}

// folding finds names that differ only by letter case, without making other texts of them.
type folding struct {
	slots []int32 // position + 1; 0 is free
}

func newFolding(n int) *folding {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return &folding{slots: make([]int32, size)}
}

// add puts the name at a position in; it gives the position of an earlier one that differs only by letter case, or -1.
func (f *folding) add(name string, at int, nameAt func(int) string) int {
	mask := uint32(len(f.slots) - 1)
	for h := foldedHash(name) & mask; ; h = (h + 1) & mask {
		k := int(f.slots[h]) - 1
		if k < 0 {
			f.slots[h] = int32(at) + 1
			return -1
		}
		if other := nameAt(k); len(other) == len(name) && strings.EqualFold(other, name) {
			if other == name {
				return -1 // reported elsewhere
			}
			return k
		}
	}
}

// foldedHash is the same for names that differ only by letter case (FNV-1a). Names are ASCII.
func foldedHash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i]|0x20)) * 16777619
	}
	return h
}
