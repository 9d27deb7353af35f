package model

import (
	"slices"
	"strings"
)

// Deadlock is a group of components that wait for one another: none of them will ever start (MOD-155, MOD-156).
type Deadlock struct {
	// Members are sorted by name.
	Members []*Component
	// Chain leads from the first member back to it, each one waiting for the next.
	Chain []*Component
	// Waits are the mandatory imports of members that only members would answer, sorted by component.
	Waits []Asking
}

// Deadlocks finds the groups among the components with instances, sorted by their first members. counts are the numbers of instances
// by rank; nil stands for an instance of each. The search is exact: what can start is added until nothing more can, then what is
// left over is told by who waits for whom (diagnostics.md 4.4). Components with an import that nobody could answer are left out; so
// are circles of components that may only contain one another: those are told as such, and no import is at fault (MOD-61).
func (g *Graph) Deadlocks(counts []int32) []Deadlock {
	s := g.startAll(counts)
	for _, a := range g.Unresolved() {
		if r := g.of(a.Component); s.state[r] == waits {
			s.state[r] = hopeless
		}
	}
	if !slices.Contains(s.state, waits) {
		return nil
	}
	next := s.waitGraph()
	var out []Deadlock
	for _, group := range stronglyConnected(next) {
		if len(group) < 2 {
			continue
		}
		slices.Sort(group)
		if d := s.describe(group, next); len(d.Waits) > 0 {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Deadlock) int { return strings.Compare(a.Members[0].Name, b.Members[0].Name) })
	return out
}

// The states of a component while starts are searched.
const (
	absent   uint8 = iota // it is not looked at
	waits                 // something it needs is missing
	hopeless              // nobody exports what it needs: it is told elsewhere
	started
)

// starts is the search for what can start.
type starts struct {
	*Graph
	state     []uint8
	missing   []int32 // how many conditions are open
	held      []bool  // by rank: something that can hold it can start
	needs     rows    // by rank: the types whose variables it needs
	waiting   rows    // by type: the components that need its variables
	published []bool  // by type
	followed  map[*int32]bool
	ready     []int32
}

func (g *Graph) startAll(counts []int32) *starts {
	n, types := len(g.sorted), len(g.sorted)+len(g.sortedF)
	s := &starts{
		Graph: g, state: make([]uint8, n), missing: make([]int32, n), held: make([]bool, n), needs: make(rows, n),
		published: make([]bool, types), followed: make(map[*int32]bool),
	}
	var space arena
	for r := range g.sorted {
		if counts == nil || counts[r] > 0 {
			s.state[r] = waits
			s.look(int32(r), &space)
		}
	}
	s.waiting = invert(s.needs, types, true)
	for len(s.ready) > 0 {
		r := s.ready[len(s.ready)-1]
		s.ready = s.ready[:len(s.ready)-1]
		if s.state[r] == waits {
			s.state[r] = started
			s.publish(r)
			s.hold(r)
		}
	}
	return s
}

// look counts what a component needs before it can start.
func (s *starts) look(r int32, space *arena) {
	for _, i := range s.imports[r] {
		if i.Optional || i.External {
			continue
		}
		t := s.typeOf(i.Prefix)
		if t == none {
			s.state[r] = hopeless
			continue
		}
		if !slices.Contains(space.block[space.start:], t) {
			space.push(t)
		}
	}
	s.needs[r] = space.cut()
	s.missing[r] = int32(len(s.needs[r]))
	if len(s.ancestors[r]) > 0 {
		s.missing[r]++
	}
	if s.missing[r] == 0 {
		s.ready = append(s.ready, r)
	}
}

// release meets one condition of a component.
func (s *starts) release(r int32) {
	if s.missing[r]--; s.missing[r] == 0 {
		s.ready = append(s.ready, r)
	}
}

// publish answers those who need a variable of a component that starts.
func (s *starts) publish(r int32) {
	for _, super := range s.supers[r] {
		s.answer(r, super)
	}
	for _, f := range s.facetsOf[r] {
		s.answer(r, int32(len(s.sorted))+f)
	}
}

func (s *starts) answer(r, t int32) {
	if s.published[t] || len(s.waiting[t]) == 0 || !s.publishes(r, t) {
		return
	}
	s.published[t] = true
	for _, w := range s.waiting[t] {
		s.release(w)
	}
}

// publishes says whether a component that is a type, be it by inheritance, exports variables with the name of the type as prefix:
// whatever exports something does so under its own name, and its heirs do as well, unless they are heirs of one another.
func (s *starts) publishes(r, t int32) bool {
	all := Import{Prefix: s.name(t), Name: "*"}
	switch n := int32(len(s.sorted)); {
	case t >= n:
		return Answered(s.facetExports[t-n], all)
	case t != r && s.extendsItself(t):
		return Answered(s.exports[r], all)
	}
	return len(s.exports[t]) > 0
}

// hold lets those start that a component can hold. Rows that components share are followed once.
func (s *starts) hold(r int32) {
	row := s.children[r]
	if len(row) == 0 || s.followed[&row[0]] {
		return
	}
	s.followed[&row[0]] = true
	for _, k := range row {
		if !s.held[k] {
			s.held[k] = true
			s.release(k)
		}
	}
}

// waitGraph leads from each component that is left over to those it waits for.
func (s *starts) waitGraph() [][]int32 {
	next := make([][]int32, len(s.sorted))
	for r := range s.sorted {
		if s.state[r] != waits {
			continue
		}
		for _, t := range s.needs[r] {
			if s.published[t] {
				continue
			}
			for _, p := range s.bearers(t) {
				if s.state[p] == waits && p != int32(r) && s.publishes(p, t) {
					next[r] = append(next[r], p)
				}
			}
		}
		if !s.held[r] {
			for _, a := range s.ancestors[r] {
				if s.state[a] == waits {
					next[r] = append(next[r], a)
				}
			}
		}
	}
	return next
}

func (s *starts) describe(group []int32, next [][]int32) Deadlock {
	d := Deadlock{Members: s.componentsOf(rows{group}, 0), Chain: s.componentsOf(rows{shortestWay(next, group[0])}, 0)}
	for _, r := range group {
		for _, i := range s.imports[r] {
			t := s.typeOf(i.Prefix)
			if i.Optional || i.External || s.published[t] {
				continue
			}
			if slices.ContainsFunc(s.bearers(t), func(p int32) bool {
				_, member := slices.BinarySearch(group, p)
				return member && p != r && s.publishes(p, t)
			}) {
				d.Waits = append(d.Waits, Asking{s.sorted[r], i})
			}
		}
	}
	return d
}
