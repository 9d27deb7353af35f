package model

import (
	"cmp"
	"slices"
	"strings"
)

// Answered says whether one of the exports, sorted by full name, is what the import asks for (MOD-140).
func Answered(exports []Variable, i Import) bool {
	if len(exports) == 0 {
		return false
	}
	name := i.Name
	if name == "*" {
		name = ""
	}
	at, found := slices.BinarySearchFunc(exports, i.Prefix, func(v Variable, prefix string) int {
		return compareFull(v.Name, prefix, name)
	})
	if i.Name != "*" {
		return found
	}
	return at < len(exports) && hasPrefix(exports[at].Name, i.Prefix)
}

// compareFull compares full with prefix, dot, name, without putting these together.
func compareFull(full, prefix, name string) int {
	n := min(len(full), len(prefix))
	if c := strings.Compare(full[:n], prefix[:n]); c != 0 {
		return c
	}
	if len(full) <= len(prefix) {
		return -1
	}
	if c := cmp.Compare(full[len(prefix)], '.'); c != 0 {
		return c
	}
	return strings.Compare(full[len(prefix)+1:], name)
}

// hasPrefix says whether the full name of a variable has the prefix (spec/model.md 1).
func hasPrefix(full, prefix string) bool {
	return len(full) > len(prefix) && full[len(prefix)] == '.' && full[:len(prefix)] == prefix
}

// Exported says whether some component exports what a reference of the application itself asks for (MOD-140). The prefix of a
// variable is the name of the type that declares it: there, or among its members, the exporter must be.
func (g *Graph) Exported(i Import) bool {
	if r := g.rank.get(i.Prefix); r != none && Answered(g.exports[r], i) {
		return true
	}
	f := g.facetRank.get(i.Prefix)
	return f != none && slices.ContainsFunc(g.members[f], func(m int32) bool { return Answered(g.exports[m], i) })
}

// open is an import that a check must look at.
type open struct {
	owner int32 // rank of the component
	at    int   // position in its Imports
	self  bool  // it is mandatory, and its component exports it (MOD-142); otherwise nobody exports it
}

func (g *Graph) findOpen() (list []open) {
	for r := range g.sorted {
		list = g.addOpen(list, int32(r))
	}
	return list
}

func (g *Graph) addOpen(list []open, r int32) []open {
	for k, i := range g.imports[r] {
		if i.External {
			continue
		}
		if !i.Optional && Answered(g.exports[r], i) {
			list = append(list, open{r, k, true})
		} else if !g.Exported(i) {
			list = append(list, open{r, k, false})
		}
	}
	return list
}

// reopen is findOpen for a graph that differs from an earlier one in what it touched only. now are the ranks that components have
// got, nil when they kept them.
func (g *Graph) reopen(before []open, now []int32) (list []open) {
	for _, o := range before {
		if now != nil {
			o.owner = now[o.owner]
		}
		if o.owner != none && !g.touched[o.owner] {
			list = append(list, o)
		}
	}
	for r, is := range g.touched {
		if is {
			list = g.addOpen(list, int32(r))
		}
	}
	slices.SortFunc(list, func(a, b open) int { return cmp.Or(cmp.Compare(a.owner, b.owner), cmp.Compare(a.at, b.at)) })
	return list
}

// Asking is a component with one of its imports, which may be inherited.
type Asking struct {
	Component *Component
	Import    Import
}

// Unresolved are the imports that no component exports, external ones left out, sorted by component (MOD-140).
func (g *Graph) Unresolved() []Asking { return g.asking(false) }

// SelfImports are the mandatory imports of what the component exports itself, sorted by component (MOD-142).
func (g *Graph) SelfImports() []Asking { return g.asking(true) }

func (g *Graph) asking(self bool) (out []Asking) {
	for _, o := range g.open.get() {
		if o.self == self {
			out = append(out, Asking{g.sorted[o.owner], g.imports[o.owner][o.at]})
		}
	}
	return out
}
