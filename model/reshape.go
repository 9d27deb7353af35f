package model

import "slices"

// reshape is Update for types that are not the same, or refer to others: relations are computed again, and of what follows from them
// only that which can differ.
func (g *Graph) reshape(components []*Component, facets []*Facet) *Graph {
	u := &Graph{declared: len(components) + len(facets), names: new(names)}
	c := &comparison{old: g, new: u}
	oldC := ranked[*Component]{g.components, g.sorted, g.rank, g.rankAt}
	oldF := ranked[*Facet]{g.facets, g.sortedF, g.facetRank, g.facetAt}
	newC, was := oldC.again(components, componentName)
	newF, wasF := oldF.again(facets, facetName)
	c.was, c.wasF = was, wasF
	u.order(newC, newF)
	u.relate()
	u.contain()
	u.postpone()
	u.history = history{id: new(identity), from: g.id, renamed: true}
	c.compare()
	c.qualify()
	return u
}

// comparison holds a graph against the one that it comes from.
type comparison struct {
	old, new *Graph
	// was and wasF are the ranks that types had, none for new ones.
	was, wasF []int32
	// own and ownF say that a type declares the same, and refers to the same types.
	own, ownF []bool
}

// compare finds the types that declare the same as before.
func (c *comparison) compare() {
	g, old := c.new, c.old
	c.own, c.ownF = make([]bool, len(g.sorted)), make([]bool, len(g.sortedF))
	for f, t := range g.sortedF {
		if w := c.wasF[f]; w != none {
			o := old.sortedF[w]
			c.ownF[f] = (o == t || sameFacet(o, t) && sameNames(o.Children, t.Children)) &&
				alike(g.ownFacetsF[f], old.ownFacetsF[w], c.wasF)
		}
	}
	for r, t := range g.sorted {
		if w := c.was[r]; w != none {
			o := old.sorted[w]
			c.own[r] = (o == t || sameContent(o, t) && sameNames(o.Children, t.Children)) &&
				alike(g.super[r:r+1], old.super[w:w+1], c.was) && alike(g.ownFacets[r], old.ownFacets[w], c.wasF)
		}
	}
}

// alike says whether two rows name the same types, in the same order.
func alike(row, before, was []int32) bool {
	return slices.EqualFunc(row, before, func(a, b int32) bool {
		if a == none {
			return b == none
		}
		return was[a] == b
	})
}

// qualify computes what differs and takes over the rest.
func (c *comparison) qualify() {
	g, old := c.new, c.old
	n, m := len(g.sorted), len(g.sortedF)
	g.installer, g.imports, g.exports = make([]string, n), make([][]Import, n), make([][]Variable, n)
	g.facetExports = make([][]Variable, m)
	done, doneF := make([]bool, n), make([]bool, m)
	kept := func(r int32) bool { return c.own[r] }
	keptF := func(f int32) bool { return c.ownF[f] }
	for f := range g.sortedF {
		if doneF[f] = c.ownF[f] && all(g.superFacets[f], keptF); doneF[f] {
			g.facetExports[f] = old.facetExports[c.wasF[f]]
		}
	}
	for r := range g.sorted {
		if done[r] = all(g.supers[r], kept) && all(g.facetsOf[r], keptF); done[r] {
			w := c.was[r]
			g.installer[r], g.imports[r], g.exports[r] = old.installer[w], old.imports[w], old.exports[w]
		}
	}
	g.touched, g.touchedF = negated(done), negated(doneF)
	asked := c.touch()
	if before, known := old.cycles.known(); known && len(before) == 0 {
		g.cycles = later(g.newCycles)
	}
	g.requalify(done, doneF)
	g.answerAgain(old, asked, c)
}

func all(row []int32, ok func(int32) bool) bool {
	for _, r := range row {
		if !ok(r) {
			return false
		}
	}
	return true
}

// touch adds the types that stand in other relations, those around the ones that say something else, and those of which other
// variables are asked: their names are given.
func (c *comparison) touch() map[string]bool {
	g, old := c.new, c.old
	said, asked := c.names()
	held, holds := rowPair{was: c.was}, rowPair{was: c.was}
	for r := range g.sorted {
		w := c.was[r]
		switch {
		case w == none || !c.own[r]:
			g.touchAll(g.ancestors[r], g.children[r], nil)
		case !alike(g.subs[r], old.subs[w], c.was), !held.same(g.ancestors[r], old.ancestors[w]), !holds.same(g.children[r], old.children[w]):
			g.touched[r] = true
		}
	}
	for f := range g.sortedF {
		if w := c.wasF[f]; w == none || !c.ownF[f] || !alike(g.members[f], old.members[w], c.was) {
			g.touchedF[f] = true
		}
	}
	g.touchAsked(asked)
	g.touchAround()
	g.touchAskers(said)
	return asked
}

// names are those of the types whose variables may be others, and of the types of which other variables may be asked. Types that are
// gone are among them.
func (c *comparison) names() (said, asked map[string]bool) {
	said, asked = make(map[string]bool), make(map[string]bool)
	for r, w := range c.was {
		if c.new.touched[r] {
			c.new.addTypes(said, int32(r))
			addPrefixes(asked, c.new.sorted[r].Imports)
			if w != none {
				c.old.addTypes(said, w)
				addPrefixes(asked, c.old.sorted[w].Imports)
			}
		}
	}
	for w, r := range c.now() {
		if r == none {
			c.old.addTypes(said, int32(w))
			addPrefixes(asked, c.old.sorted[w].Imports)
		}
	}
	return said, asked
}

// now are the ranks that the earlier components have got, none for those that are gone.
func (c *comparison) now() []int32 {
	ranks := make([]int32, len(c.old.sorted))
	for w := range ranks {
		ranks[w] = none
	}
	for r, w := range c.was {
		if w != none {
			ranks[w] = int32(r)
		}
	}
	return ranks
}

// rowPair compares rows, those that many components share once.
type rowPair struct {
	was         []int32
	row, before *int32
	alike       bool
}

func (p *rowPair) same(row, before []int32) bool {
	if len(row) != len(before) {
		return false
	}
	if len(row) == 0 {
		return true
	}
	if p.row != &row[0] || p.before != &before[0] {
		p.row, p.before, p.alike = &row[0], &before[0], alike(row, before, p.was)
	}
	return p.alike
}
