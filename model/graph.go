package model

import (
	"iter"
	"slices"
	"strings"
)

// Graph is the set of types of an application, with everything that inheritance, facets and containment imply
// (spec/model.md 6 and 7) computed once. It is immutable: nobody may change what its methods return.
//
// Inside, a type is its rank in alphabetical order, so that sorted sets are sorted numbers.
type Graph struct {
	components []*Component // in declaration order, each name once
	facets     []*Facet
	rank       ranks // of components
	facetRank  ranks
	sorted     []*Component // by rank
	sortedF    []*Facet
	rankAt     []int32 // rank of each of components
	facetAt    []int32 // rank of each of facets
	declared   int     // how many types were given, repeated names included

	super       []int32 // direct super component, or none
	supers      rows    // spec/model.md 6.1
	subs        rows
	ownFacets   rows // facets listed by each component, in order
	ownFacetsF  rows // facets extended by each facet, in order
	superFacets rows
	facetsOf    rows
	members     rows
	children    rows // MOD-40
	ancestors   rows // MOD-41
	roots       []int32

	installer    []string
	exports      [][]Variable
	facetExports [][]Variable
	imports      [][]Import

	unknown []missing
	names   *names // see Alike

	// What only a check asks for is computed when it is asked for, and shared by the graphs for which it is the same.
	cycles *lazy[[][]int32]
	open   *lazy[[]open]
	asked  *lazy[[][]string]

	history // how it came out of an earlier graph
}

// missing is an unknown reference: its owner by rank, its position in the property.
type missing struct {
	owner  int32
	facet  bool // the owner is a facet
	child  bool // the property is children; otherwise what the owner extends, or its facets
	at     int
	wanted Want
}

// Want says what kind of type a reference asks for.
type Want uint8

// The kinds of references (MOD-37).
const (
	WantType      Want = iota // children: a component or a facet
	WantComponent             // extends of a component
	WantFacet                 // facets, and extends of a facet
)

// Unknown is a reference that designates no type of the graph.
type Unknown struct {
	Owner  string // the type that refers
	Origin Origin // of the owner
	Ref    Ref
	Wanted Want
}

// none stands for "no such type".
const none = int32(-1)

// rows is a relation: for each rank, the ranks it is related to. Rows may share memory.
type rows [][]int32

// NewGraph computes a graph. Of several declarations with one name the first counts (MOD-36); unknown names are ignored;
// it terminates on every cycle (MOD-60).
func NewGraph(components []*Component, facets []*Facet) *Graph {
	g := &Graph{declared: len(components) + len(facets), names: new(names)}
	g.order(rankByName(components, componentName), rankByName(facets, facetName))
	g.relate()
	g.contain()
	g.qualify()
	g.postpone()
	g.id = new(identity)
	return g
}

// postpone leaves what only a check asks for until it is asked for.
func (g *Graph) postpone() {
	g.cycles, g.open, g.asked = later(g.findCycles), later(g.findOpen), later(g.findAsked)
}

// order takes the types in.
func (g *Graph) order(c ranked[*Component], f ranked[*Facet]) {
	g.components, g.sorted, g.rank, g.rankAt = c.kept, c.sorted, c.ranks, c.at
	g.facets, g.sortedF, g.facetRank, g.facetAt = f.kept, f.sorted, f.ranks, f.at
}

func componentName(c *Component) string { return c.Name }

func facetName(f *Facet) string { return f.Name }

// Components are all components, in declaration order.
func (g *Graph) Components() []*Component { return g.components }

// Facets are all facets, in declaration order.
func (g *Graph) Facets() []*Facet { return g.facets }

// Unknown are the references that designate nothing (MOD-37); the graph does without them.
func (g *Graph) Unknown() []Unknown {
	out := make([]Unknown, len(g.unknown))
	for i, m := range g.unknown {
		out[i] = g.describe(m)
	}
	return out
}

func (g *Graph) describe(m missing) Unknown {
	if m.facet {
		f := g.sortedF[m.owner]
		refs := f.Extends
		if m.child {
			refs = f.Children
		}
		return Unknown{f.Name, f.Origin, refs[m.at], m.wanted}
	}
	c := g.sorted[m.owner]
	switch {
	case m.child:
		return Unknown{c.Name, c.Origin, c.Children[m.at], m.wanted}
	case m.wanted == WantComponent:
		return Unknown{c.Name, c.Origin, c.Extends, m.wanted}
	}
	return Unknown{c.Name, c.Origin, c.Facets[m.at], m.wanted}
}

// Component finds a component by name; nil when there is none.
func (g *Graph) Component(name string) *Component {
	if i := g.rank.get(name); i != none {
		return g.sorted[i]
	}
	return nil
}

// Facet finds a facet by name; nil when there is none.
func (g *Graph) Facet(name string) *Facet {
	if i := g.facetRank.get(name); i != none {
		return g.sortedF[i]
	}
	return nil
}

// Roots are the components without ancestor, sorted by name (MOD-44).
func (g *Graph) Roots() []*Component { return g.componentsOf(rows{g.roots}, 0) }

// Supers starts with c and goes up (spec/model.md 6.1).
func (g *Graph) Supers(c *Component) []*Component { return g.componentsOf(g.supers, g.of(c)) }

// Subs are the components that extend c, directly or not, sorted by name.
func (g *Graph) Subs(c *Component) []*Component { return g.componentsOf(g.subs, g.of(c)) }

// FacetsOf are the facets of c and of its supers, with the facets they extend, sorted by name.
func (g *Graph) FacetsOf(c *Component) []*Facet { return g.facetsAt(g.facetsOf, g.of(c)) }

// SuperFacets are the facets that f extends, directly or not, sorted by name; f is among them only in a cycle.
func (g *Graph) SuperFacets(f *Facet) []*Facet { return g.facetsAt(g.superFacets, g.ofFacet(f)) }

// Members are the components that have the facet, sorted by name (6.1).
func (g *Graph) Members(f *Facet) []*Component { return g.componentsOf(g.members, g.ofFacet(f)) }

// Children are the components that may be deployed on c, sorted by name (MOD-40).
func (g *Graph) Children(c *Component) []*Component { return g.componentsOf(g.children, g.of(c)) }

// Ancestors are the components that c may be deployed on, sorted by name (MOD-41).
func (g *Graph) Ancestors(c *Component) []*Component { return g.componentsOf(g.ancestors, g.of(c)) }

// IsRoot says whether c has no ancestor (MOD-44).
func (g *Graph) IsRoot(c *Component) bool {
	i := g.of(c)
	return i != none && len(g.ancestors[i]) == 0
}

// IsOrphan says whether no component has the facet (MOD-66).
func (g *Graph) IsOrphan(f *Facet) bool {
	i := g.ofFacet(f)
	return i != none && len(g.members[i]) == 0
}

// MayContain says whether child may be deployed on parent (MOD-95).
func (g *Graph) MayContain(parent, child *Component) bool {
	p, c := g.of(parent), g.of(child)
	if p == none || c == none {
		return false
	}
	_, found := slices.BinarySearch(g.children[p], c)
	return found
}

// Extends says whether c is super or extends it, directly or not.
func (g *Graph) Extends(c, super *Component) bool {
	i, s := g.of(c), g.of(super)
	return i != none && slices.Contains(g.supers[i], s)
}

// Installer is the effective installer of c, "" when there is none (MOD-50).
func (g *Graph) Installer(c *Component) string {
	if i := g.of(c); i != none {
		return g.installer[i]
	}
	return ""
}

// Installers gives each component, sorted by name, with its effective installer.
func (g *Graph) Installers() iter.Seq2[*Component, string] {
	return func(yield func(*Component, string) bool) {
		for r, c := range g.sorted {
			if !yield(c, g.installer[r]) {
				return
			}
		}
	}
}

// MachineInstaller is the installer that means "this is a machine" (MOD-51).
const MachineInstaller = "target"

// IsMachine says whether the effective installer is "target", in any letter case (MOD-52).
func (g *Graph) IsMachine(c *Component) bool {
	return strings.EqualFold(g.Installer(c), MachineInstaller)
}

// Exports are the exports of c under their full names, sorted by full name (MOD-72).
func (g *Graph) Exports(c *Component) []Variable {
	if i := g.of(c); i != none {
		return g.exports[i]
	}
	return nil
}

// FacetExports are the exports of a facet under their full names, sorted by full name (MOD-71).
func (g *Graph) FacetExports(f *Facet) []Variable {
	if i := g.ofFacet(f); i != none {
		return g.facetExports[i]
	}
	return nil
}

// Imports are the imports of c, inherited ones included, farthest first (MOD-76).
func (g *Graph) Imports(c *Component) []Import {
	if i := g.of(c); i != none {
		return g.imports[i]
	}
	return nil
}

func (g *Graph) of(c *Component) int32 {
	if c == nil {
		return none
	}
	return g.rank.get(c.Name)
}

func (g *Graph) ofFacet(f *Facet) int32 {
	if f == nil {
		return none
	}
	return g.facetRank.get(f.Name)
}

// componentsOf copies a row: a caller never shares memory with the graph.
func (g *Graph) componentsOf(r rows, i int32) []*Component {
	if i == none || len(r[i]) == 0 {
		return nil
	}
	out := make([]*Component, len(r[i]))
	for k, j := range r[i] {
		out[k] = g.sorted[j]
	}
	return out
}

func (g *Graph) facetsAt(r rows, i int32) []*Facet {
	if i == none || len(r[i]) == 0 {
		return nil
	}
	out := make([]*Facet, len(r[i]))
	for k, j := range r[i] {
		out[k] = g.sortedF[j]
	}
	return out
}
