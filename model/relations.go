package model

import "slices"

// relate computes extension: supers and subs, facets and members (spec/model.md 6.1).
func (g *Graph) relate() {
	g.super = make([]int32, len(g.sorted))
	var refs arena
	g.ownFacets = make(rows, len(g.sorted))
	for i, c := range g.sorted {
		g.super[i] = none
		if c.Extends.Name != "" {
			if g.super[i] = g.rank.get(c.Extends.Name); g.super[i] == none {
				g.unknown = append(g.unknown, missing{owner: int32(i), wanted: WantComponent})
			}
		}
		g.ownFacets[i] = g.resolveFacets(&refs, missing{owner: int32(i), wanted: WantFacet}, c.Facets)
	}
	g.ownFacetsF = make(rows, len(g.sortedF))
	for i, f := range g.sortedF {
		g.ownFacetsF[i] = g.resolveFacets(&refs, missing{owner: int32(i), facet: true, wanted: WantFacet}, f.Extends)
	}
	g.supers = g.climb()
	g.subs = invert(g.supers, len(g.sorted), false)
	g.superFacets = g.climbFacets()
	g.facetsOf = g.spreadFacets()
	g.members = invert(g.facetsOf, len(g.sortedF), true)
}

// resolveFacets turns names into ranks, in order; repeated ones count once (DSL-48).
func (g *Graph) resolveFacets(space *arena, owner missing, refs []Ref) []int32 {
	for k, r := range refs {
		i := g.facetRank.get(r.Name)
		if i == none {
			owner.at = k
			g.unknown = append(g.unknown, owner)
		} else if !slices.Contains(space.block[space.start:], i) {
			space.push(i)
		}
	}
	return space.cut()
}

// climb follows extends from each component; it stops at the first repetition.
func (g *Graph) climb() rows {
	out := make(rows, len(g.super))
	var space arena
	seen := newSet(len(g.super))
	for i := range g.super {
		seen.clear()
		for j := int32(i); j != none && seen.add(j); j = g.super[j] {
			space.push(j)
		}
		out[i] = space.cut()
	}
	return out
}

// climbFacets follows extends from each facet, which may have several parents.
func (g *Graph) climbFacets() rows {
	out := make(rows, len(g.ownFacetsF))
	var space arena
	seen := newSet(len(g.ownFacetsF))
	var todo []int32
	for i := range g.ownFacetsF {
		seen.clear()
		todo = append(todo[:0], g.ownFacetsF[i]...)
		for len(todo) > 0 {
			f := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if seen.add(f) {
				space.push(f)
				todo = append(todo, g.ownFacetsF[f]...)
			}
		}
		out[i] = space.cutSorted()
	}
	return out
}

// spreadFacets gives each component the facets of its supers with the facets they extend.
func (g *Graph) spreadFacets() rows {
	out := make(rows, len(g.sorted))
	var space arena
	seen := newSet(len(g.sortedF))
	for i := range g.sorted {
		if len(g.supers[i]) == 1 && len(g.ownFacets[i]) == 0 {
			continue
		}
		seen.clear()
		for _, s := range g.supers[i] {
			for _, f := range g.ownFacets[s] {
				space.pushNew(seen, f)
				for _, up := range g.superFacets[f] {
					space.pushNew(seen, up)
				}
			}
		}
		out[i] = space.cutSorted()
	}
	return out
}

// contain computes who can hold whom (MOD-40, MOD-41).
//
// children(c) is what is listed by a member of supers(c) or by one of facets(c); a listed component brings its subs, a
// listed facet its members. Many components list the same facet only: they share one row.
func (g *Graph) contain() {
	n, m := len(g.sorted), len(g.sortedF)
	ofType, ofFacet := make([]listed, n), make([]listed, m)
	for i, c := range g.sorted {
		ofType[i] = g.resolveChildren(missing{owner: int32(i), child: true}, c.Children)
	}
	for i, f := range g.sortedF {
		ofFacet[i] = g.resolveChildren(missing{owner: int32(i), facet: true, child: true}, f.Children)
	}
	g.children = g.union(ofType, ofFacet)
	g.ancestors = g.union(g.listers(ofType, ofFacet))
	for i, a := range g.ancestors {
		if len(a) == 0 {
			g.roots = append(g.roots, int32(i))
		}
	}
}

// listed are the types that one type lists, or by which it is listed.
type listed struct{ components, facets []int32 }

// resolveChildren finds what names of children designate: a component if there is one, else a facet (MOD-37).
func (g *Graph) resolveChildren(owner missing, refs []Ref) (l listed) {
	for k, r := range refs {
		if c := g.rank.get(r.Name); c != none {
			l.components = append(l.components, c)
		} else if f := g.facetRank.get(r.Name); f != none {
			l.facets = append(l.facets, f)
		} else {
			owner.at = k
			g.unknown = append(g.unknown, owner)
		}
	}
	return l
}

// listers turns "lists" into "is listed by".
func (g *Graph) listers(ofType, ofFacet []listed) (byType, byFacet []listed) {
	byType, byFacet = make([]listed, len(ofType)), make([]listed, len(ofFacet))
	for i, l := range ofType {
		for _, c := range l.components {
			byType[c].components = append(byType[c].components, int32(i))
		}
		for _, f := range l.facets {
			byFacet[f].components = append(byFacet[f].components, int32(i))
		}
	}
	for i, l := range ofFacet {
		for _, c := range l.components {
			byType[c].facets = append(byType[c].facets, int32(i))
		}
		for _, f := range l.facets {
			byFacet[f].facets = append(byFacet[f].facets, int32(i))
		}
	}
	return byType, byFacet
}

// union gathers, for each component, what is related to its supers and its facets, spread to subs and members.
func (g *Graph) union(ofType, ofFacet []listed) rows {
	spreadType, spreadFacet := make(rows, len(ofType)), make(rows, len(ofFacet))
	var space arena
	seen := newSet(len(g.sorted))
	for i, l := range ofType {
		spreadType[i] = g.spread(&space, seen, l)
	}
	for i, l := range ofFacet {
		spreadFacet[i] = g.spread(&space, seen, l)
	}
	out := make(rows, len(g.sorted))
	var parts [][]int32
	for i := range g.sorted {
		parts = parts[:0]
		for _, s := range g.supers[i] {
			parts = appendPart(parts, spreadType[s])
		}
		for _, f := range g.facetsOf[i] {
			parts = appendPart(parts, spreadFacet[f])
		}
		out[i] = space.merge(seen, parts)
	}
	return out
}

// spread is the set of components that a list of types stands for.
func (g *Graph) spread(space *arena, seen *set, l listed) []int32 {
	if len(l.components) == 0 && len(l.facets) == 1 {
		return g.members[l.facets[0]]
	}
	if len(l.components)+len(l.facets) == 0 {
		return nil
	}
	seen.clear()
	for _, c := range l.components {
		space.pushNew(seen, c)
		for _, s := range g.subs[c] {
			space.pushNew(seen, s)
		}
	}
	for _, f := range l.facets {
		for _, m := range g.members[f] {
			space.pushNew(seen, m)
		}
	}
	return space.cutSorted()
}

func appendPart(parts [][]int32, p []int32) [][]int32 {
	if len(p) == 0 {
		return parts
	}
	return append(parts, p)
}

// invert turns a relation round. Rows come out sorted; the diagonal is left out unless self is set.
func invert(r rows, n int, self bool) rows {
	count := make([]int32, n)
	total := 0
	for i, row := range r {
		for _, j := range row {
			if self || int(j) != i {
				count[j]++
				total++
			}
		}
	}
	flat := make([]int32, total)
	out := make(rows, n)
	for j, at := 0, int32(0); j < n; j++ {
		out[j] = flat[at : at : at+count[j]]
		at += count[j]
	}
	for i, row := range r {
		for _, j := range row {
			if self || int(j) != i {
				out[j] = append(out[j], int32(i))
			}
		}
	}
	return out
}

// set is a set of ranks that is emptied in no time.
type set struct {
	mark  []uint32
	epoch uint32
}

func newSet(n int) *set { return &set{mark: make([]uint32, n)} }

func (s *set) clear() { s.epoch++ }

func (s *set) add(i int32) bool {
	if s.mark[i] == s.epoch {
		return false
	}
	s.mark[i] = s.epoch
	return true
}

// arena hands out rows from large blocks: one allocation for many small rows.
type arena struct {
	block []int32
	start int
}

const arenaBlock = 8192

func (a *arena) push(i int32) {
	if len(a.block) == cap(a.block) {
		row := a.block[a.start:]
		a.block = append(make([]int32, 0, max(arenaBlock, 2*len(row))), row...)
		a.start = 0
	}
	a.block = append(a.block, i)
}

func (a *arena) pushNew(seen *set, i int32) {
	if seen.add(i) {
		a.push(i)
	}
}

// cut ends the current row.
func (a *arena) cut() []int32 {
	row := a.block[a.start:len(a.block):len(a.block)]
	a.start = len(a.block)
	return row
}

func (a *arena) cutSorted() []int32 {
	row := a.cut()
	slices.Sort(row)
	return row
}

// merge is the union of sorted rows; a single one is shared.
func (a *arena) merge(seen *set, parts [][]int32) []int32 {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	seen.clear()
	for _, p := range parts {
		for _, i := range p {
			a.pushNew(seen, i)
		}
	}
	return a.cutSorted()
}
