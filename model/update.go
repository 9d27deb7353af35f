package model

import (
	"slices"

	"github.com/roboconf/workbench/model/source"
)

// Update is NewGraph(components, facets), computed from an earlier graph of which little changed: what an editor needs at
// each keystroke. When only values, places or one type's variables changed, all relations are taken over.
func (g *Graph) Update(components []*Component, facets []*Facet) *Graph {
	if !g.sameShape(components, facets) {
		return g.reshape(components, facets)
	}
	u := *g
	u.history = history{id: new(identity), from: g.id}
	u.components, u.facets = components, facets
	u.sorted, u.sortedF = make([]*Component, len(components)), make([]*Facet, len(facets))
	done, doneF := make([]bool, len(components)), make([]bool, len(facets))
	var changed, changedF []int32
	for i, c := range components {
		r := g.rankAt[i]
		u.sorted[r] = c
		done[r] = true
		if old := g.components[i]; old != c && !sameContent(old, c) {
			changed = append(changed, r)
		}
	}
	for i, f := range facets {
		r := g.facetAt[i]
		u.sortedF[r] = f
		doneF[r] = true
		if old := g.facets[i]; old != f && !sameFacet(old, f) {
			changedF = append(changedF, r)
		}
	}
	if len(changed)+len(changedF) == 0 {
		return &u
	}
	u.installer, u.imports = slices.Clone(g.installer), slices.Clone(g.imports)
	u.exports, u.facetExports = slices.Clone(g.exports), slices.Clone(g.facetExports)
	u.spoil(changed, changedF, done, doneF)
	asked := u.touch(g, changed, changedF, done, doneF)
	u.requalify(done, doneF)
	sameAnswers := u.sameAnswers(g, changed, changedF)
	if !sameAnswers || !u.sameInstallers(g, changed, changedF) {
		u.names = new(names)
	}
	if !sameAnswers {
		u.answerAgain(g, asked, nil)
	}
	return &u
}

// answerAgain finds out later who answers whom, from what is known of the earlier graph. c says which ranks types had, nil when they
// kept them.
func (g *Graph) answerAgain(old *Graph, asked map[string]bool, c *comparison) {
	var was, wasF, now []int32
	if c != nil {
		was, wasF, now = c.was, c.wasF, c.now()
	}
	g.open, g.asked = later(g.findOpen), later(g.findAsked)
	if before, known := old.open.known(); known {
		g.open = later(func() []open { return g.reopen(before, now) })
	}
	if before, known := old.asked.known(); known {
		n := len(old.sorted)
		g.asked = later(func() [][]string { return g.reask(before, n, asked, was, wasF) })
	}
}

// sameAnswers says whether the same imports are answered as before: no type imports or exports another name.
func (g *Graph) sameAnswers(old *Graph, changed, changedF []int32) bool {
	names := func(a, b Variable) bool { return a.Name == b.Name }
	for _, r := range changed {
		a, b := old.sorted[r], g.sorted[r]
		if !slices.EqualFunc(a.Exports, b.Exports, names) || !slices.EqualFunc(a.Imports, b.Imports, sameImport) {
			return false
		}
	}
	for _, r := range changedF {
		if !slices.EqualFunc(old.sortedF[r].Exports, g.sortedF[r].Exports, names) {
			return false
		}
	}
	return true
}

func sameImport(a, b Import) bool {
	a.Span, b.Span = source.Span{}, source.Span{}
	return a == b
}

// sameShape says whether the types have the same names, in the same order, with the same references.
func (g *Graph) sameShape(components []*Component, facets []*Facet) bool {
	if len(components) != len(g.components) || len(facets) != len(g.facets) || len(components)+len(facets) != g.declared {
		return false
	}
	for i, c := range components {
		old := g.components[i]
		if old != c && (old.Name != c.Name || old.Extends.Name != c.Extends.Name ||
			!sameNames(old.Facets, c.Facets) || !sameNames(old.Children, c.Children)) {
			return false
		}
	}
	for i, f := range facets {
		old := g.facets[i]
		if old != f && (old.Name != f.Name || !sameNames(old.Extends, f.Extends) || !sameNames(old.Children, f.Children)) {
			return false
		}
	}
	return true
}

// sameContent says whether two declarations of one shape say the same; it may say no of equal ones.
func sameContent(a, b *Component) bool {
	return a.Installer.Name == b.Installer.Name && same(a.Exports, b.Exports) && same(a.Imports, b.Imports)
}

func sameFacet(a, b *Facet) bool {
	return a.Installer.Name == b.Installer.Name && same(a.Exports, b.Exports)
}

// same says whether two slices are one: declarations that did not change share theirs.
func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func sameNames(a, b []Ref) bool {
	return same(a, b) || slices.EqualFunc(a, b, func(x, y Ref) bool { return x.Name == y.Name })
}

// spoil marks what depends on the changed types as not done.
func (g *Graph) spoil(changed, changedF []int32, done, doneF []bool) {
	for _, r := range changed {
		done[r] = false
		for _, s := range g.subs[r] {
			done[s] = false
		}
	}
	for _, r := range changedF {
		doneF[r] = false
		for f, supers := range g.superFacets {
			if slices.Contains(supers, r) {
				doneF[f] = false
			}
		}
		for _, m := range g.members[r] {
			done[m] = false
		}
	}
	for f, fresh := range doneF {
		if !fresh {
			g.facetExports[f] = nil
		}
	}
}
