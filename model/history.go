package model

import "slices"

// identity is a mark that two graphs share or not.
type identity struct{ _ byte }

// history says how a graph came out of an earlier one.
type history struct {
	id   *identity
	from *identity // of the graph that this one was computed from; nil when there was none
	// touched are the types about which something may be said that was not said of the earlier graph, and the reverse, as sets by
	// rank; nil when there are none.
	touched, touchedF []bool
	renamed           bool
}

// Difference is what sets a graph apart from an earlier one. A type that is not in it is declared with the same content, though
// perhaps elsewhere, and so is all that it inherits from, that inherits from it, that holds it and that it holds; the same
// variables are asked of it.
type Difference struct {
	Components []*Component // sorted by name
	Facets     []*Facet
	// Shape says that there are other types, or that they stand in other relations.
	Shape bool
}

// Since gives the difference from an earlier graph; false when this one was not computed from it, so that anything may differ.
func (g *Graph) Since(old *Graph) (d Difference, known bool) {
	switch {
	case old == nil:
		return d, false
	case g.id == old.id:
		return d, true
	case g.from != old.id:
		return d, false
	}
	d.Shape = g.renamed
	for r, is := range g.touched {
		if is {
			d.Components = append(d.Components, g.sorted[r])
		}
	}
	for r, is := range g.touchedF {
		if is {
			d.Facets = append(d.Facets, g.sortedF[r])
		}
	}
	return d, true
}

// touch widens the set of types that are computed again to those about which more may be said. It gives the names of the types of
// which other variables are asked.
func (g *Graph) touch(old *Graph, changed, changedF []int32, done, doneF []bool) (asked map[string]bool) {
	g.touched, g.touchedF = negated(done), negated(doneF)
	asked, others := make(map[string]bool), false
	for _, r := range changed {
		a, b := old.sorted[r], g.sorted[r]
		if !slices.EqualFunc(a.Imports, b.Imports, sameImport) {
			addPrefixes(asked, a.Imports)
			addPrefixes(asked, b.Imports)
		}
		others = others || !slices.EqualFunc(a.Exports, b.Exports, sameName)
	}
	for _, f := range changedF {
		others = others || !slices.EqualFunc(old.sortedF[f].Exports, g.sortedF[f].Exports, sameName)
	}
	said := make(map[string]bool) // types whose variables have other names
	for r, is := range g.touched {
		if is && others {
			g.addTypes(said, int32(r))
		}
	}
	g.touchAsked(asked)
	g.touchAround()
	g.touchAskers(said)
	return asked
}

func addPrefixes(names map[string]bool, imports []Import) {
	for _, i := range imports {
		names[i.Prefix] = true
	}
}

func sameName(a, b Variable) bool { return a.Name == b.Name }

// addTypes adds the names of the types that a component is.
func (g *Graph) addTypes(names map[string]bool, r int32) {
	for _, s := range g.supers[r] {
		names[g.sorted[s].Name] = true
	}
	for _, f := range g.facetsOf[r] {
		names[g.sortedF[f].Name] = true
	}
}

// touchAskers adds the components that import from the types with some names: their recipes speak of the variables of those.
func (g *Graph) touchAskers(names map[string]bool) {
	if len(names) == 0 {
		return
	}
	wanted := nameFilter(names)
	for r, c := range g.sorted {
		if slices.ContainsFunc(c.Imports, func(i Import) bool { return wanted.has(i.Prefix) }) {
			g.touched[r] = true
			for _, s := range g.subs[r] { // they inherit the import
				g.touched[s] = true
			}
		}
	}
}

func negated(list []bool) []bool {
	out := make([]bool, len(list))
	for i, b := range list {
		out[i] = !b
	}
	return out
}

// touchAsked adds the types whose variables are published under some prefixes.
func (g *Graph) touchAsked(prefixes map[string]bool) {
	for name := range prefixes { // the order cannot show: the result is a set
		if r := g.rank.get(name); r != none {
			g.touchAll(g.supers[r], g.subs[r], g.facetsOf[r])
		}
		if f := g.facetRank.get(name); f != none {
			g.touchedF[f] = true
			g.touchAll(g.members[f], nil, g.superFacets[f])
		}
	}
}

func (g *Graph) touchAll(components, more, facets []int32) {
	for _, r := range components {
		g.touched[r] = true
	}
	for _, r := range more {
		g.touched[r] = true
	}
	for _, f := range facets {
		g.touchedF[f] = true
	}
}

// touchAround adds those from which touched components inherit: what they export is of use or not by what their heirs do with it.
func (g *Graph) touchAround() {
	for r, is := range slices.Clone(g.touched) {
		if is {
			g.touchAll(g.supers[r], nil, g.facetsOf[r])
		}
	}
}
