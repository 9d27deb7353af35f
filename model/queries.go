package model

import "slices"

// HasFacet says whether a component has a facet, be it through a super component or another facet.
func (g *Graph) HasFacet(c *Component, f *Facet) bool {
	i, k := g.of(c), g.ofFacet(f)
	if i == none || k == none {
		return false
	}
	_, found := slices.BinarySearch(g.facetsOf[i], k)
	return found
}

// FacetExtends says whether f extends super, directly or not.
func (g *Graph) FacetExtends(f, super *Facet) bool {
	i, k := g.ofFacet(f), g.ofFacet(super)
	if i == none || k == none {
		return false
	}
	_, found := slices.BinarySearch(g.superFacets[i], k)
	return found
}

// typeOf numbers types: components by rank, then facets. A name that designates nothing gives none.
func (g *Graph) typeOf(name string) int32 {
	if r := g.rank.get(name); r != none {
		return r
	}
	if f := g.facetRank.get(name); f != none {
		return int32(len(g.sorted)) + f
	}
	return none
}

// bearers are the ranks of the components that are, or extend, a type, or that have it as a facet.
func (g *Graph) bearers(t int32) []int32 {
	if n := int32(len(g.sorted)); t >= n {
		return g.members[t-n]
	}
	if len(g.subs[t]) == 0 {
		return g.supers[t][:1] // starts with t itself
	}
	return append([]int32{t}, g.subs[t]...)
}

// name is that of a numbered type.
func (g *Graph) name(t int32) string {
	if n := int32(len(g.sorted)); t >= n {
		return g.sortedF[t-n].Name
	}
	return g.sorted[t].Name
}

// findAsked gathers the local names that imports of the application itself ask of each type; "*" asks for all.
func (g *Graph) findAsked() [][]string {
	asked := make([][]string, len(g.sorted)+len(g.sortedF))
	for _, c := range g.sorted {
		for _, i := range c.Imports {
			if i.External {
				continue
			}
			if t := g.typeOf(i.Prefix); t != none && !slices.Contains(asked[t], i.Name) {
				asked[t] = append(asked[t], i.Name)
			}
		}
	}
	return asked
}

// reask is findAsked for a graph in which the imports from a few types changed: those of some names, and new ones. was and wasF are the
// earlier ranks, nil when they are the same.
func (g *Graph) reask(before [][]string, old int, dirty map[string]bool, was, wasF []int32) [][]string {
	n := len(g.sorted)
	asked := make([][]string, n+len(g.sortedF))
	if was == nil {
		copy(asked, before)
	}
	for r, w := range was {
		if w != none {
			asked[r] = before[w]
		} else {
			dirty[g.sorted[r].Name] = true
		}
	}
	for f, w := range wasF {
		if w != none {
			asked[n+f] = before[old+int(w)]
		} else {
			dirty[g.sortedF[f].Name] = true
		}
	}
	for name := range dirty { // the order cannot show: each name has a place of its own
		if t := g.typeOf(name); t != none {
			asked[t] = nil
		}
	}
	f := nameFilter(dirty)
	for _, c := range g.sorted {
		for _, i := range c.Imports {
			if i.External || !f.has(i.Prefix) {
				continue
			}
			if t := g.typeOf(i.Prefix); t != none && !slices.Contains(asked[t], i.Name) {
				asked[t] = append(slices.Clip(asked[t]), i.Name)
			}
		}
	}
	return asked
}

// filter finds a few names among many, mostly by their length.
type filter struct {
	names  map[string]bool
	length []bool
}

func nameFilter(names map[string]bool) filter {
	f := filter{names: names}
	for n := range names { // the order cannot show: the result is a set
		for len(f.length) <= len(n) {
			f.length = append(f.length, false)
		}
		f.length[len(n)] = true
	}
	return f
}

func (f filter) has(name string) bool {
	return len(name) < len(f.length) && f.length[len(name)] && f.names[name]
}

// Imported says whether some component imports a variable by the name of the type that is its prefix, alone or with all others.
func (g *Graph) Imported(prefix, local string) bool {
	asked := g.Asked(prefix)
	return slices.Contains(asked, local) || slices.Contains(asked, "*")
}

// Asked are the local names of the variables that components import by the name of a type; "*" stands for all of them. Nobody may
// change them.
func (g *Graph) Asked(prefix string) []string {
	if t := g.typeOf(prefix); t != none {
		return g.asked.get()[t]
	}
	return nil
}

// Unreachable are the components that no root can hold, directly or not, those of circles left out, sorted by name. A graph without
// roots has none: nothing in it can be reached.
func (g *Graph) Unreachable() []*Component {
	if len(g.cycles.get()) == 0 || len(g.roots) == 0 {
		return nil // without circles, whatever is held is held by a root in the end
	}
	reached := newSet(len(g.sorted))
	reached.clear()
	for _, way := range g.cycles.get() {
		reached.add(way[0])
	}
	g.reach(reached)
	var out []*Component
	for r, c := range g.sorted {
		if reached.add(int32(r)) {
			out = append(out, c)
		}
	}
	return out
}

// reach adds what roots can hold. Rows that components share are followed once.
func (g *Graph) reach(reached *set) {
	followed := make(map[*int32]bool)
	visited := newSet(len(g.sorted))
	visited.clear()
	todo := slices.Clone(g.roots)
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !visited.add(r) {
			continue
		}
		reached.add(r)
		if row := g.children[r]; len(row) > 0 && !followed[&row[0]] {
			followed[&row[0]] = true
			todo = append(todo, row...)
		}
	}
}

// Rank is the position of a component among all of them, sorted by name; -1 when there is none of that name.
func (g *Graph) Rank(name string) int { return int(g.rank.get(name)) }

// Len is the number of components.
func (g *Graph) Len() int { return len(g.sorted) }

// At is the component with a rank; nil for -1.
func (g *Graph) At(rank int) *Component {
	if rank < 0 {
		return nil
	}
	return g.sorted[rank]
}

// Uncounted are the components without an instance, neither of them nor of one that extends them, sorted by name. counts are the
// numbers of instances by rank.
func (g *Graph) Uncounted(counts []int32) (out []*Component) {
	lives := make([]bool, len(g.sorted))
	for r, n := range counts {
		if n > 0 {
			for _, super := range g.supers[r] {
				lives[super] = true
			}
		}
	}
	for r, c := range g.sorted {
		if !lives[r] {
			out = append(out, c)
		}
	}
	return out
}

// Unanswered are, for each component with instances, the mandatory imports with the prefixes that no other instance publishes, one
// for each prefix, sorted by component. counts are the numbers of instances by rank. What no component at all exports is left out.
func (g *Graph) Unanswered(counts []int32) (out []Asking) {
	for r, n := range counts {
		if n == 0 {
			continue
		}
		for k, i := range g.imports[r] {
			if i.Optional || i.External || slices.ContainsFunc(g.imports[r][:k], func(o Import) bool {
				return o.Prefix == i.Prefix && !o.Optional && !o.External
			}) {
				continue
			}
			if t := g.typeOf(i.Prefix); t != none && g.waitsFor(int32(r), t, counts) {
				out = append(out, Asking{g.sorted[r], i})
			}
		}
	}
	return out
}

// waitsFor says whether no instance publishes the variables of a type, but for the only one of a component itself.
func (g *Graph) waitsFor(r, t int32, counts []int32) bool {
	all := Import{Prefix: g.name(t), Name: "*"}
	exists := false
	for _, p := range g.bearers(t) {
		if !Answered(g.exports[p], all) {
			continue
		}
		exists = true
		if counts[p] > 1 || counts[p] == 1 && p != r {
			return false
		}
	}
	return exists
}
