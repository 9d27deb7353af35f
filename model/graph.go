package model

// Graph is the set of types of an application, with everything that inheritance, facets and containment imply
// (spec/model.md 6 and 7) computed once. It is immutable.
type Graph struct {
	components []*Component
	facets     []*Facet
}

// NewGraph computes a graph. Of several declarations with one name the first counts (MOD-36); unknown names are ignored;
// it terminates on every cycle (MOD-60).
func NewGraph(components []*Component, facets []*Facet) *Graph {
	return &Graph{components: components, facets: facets}
}

// Components are all components, in declaration order.
func (g *Graph) Components() []*Component { return g.components }

// Facets are all facets, in declaration order.
func (g *Graph) Facets() []*Facet { return g.facets }

// Component finds a component by name; nil when there is none.
func (g *Graph) Component(name string) *Component { panic("to be written") }

// Facet finds a facet by name; nil when there is none.
func (g *Graph) Facet(name string) *Facet { panic("to be written") }

// Roots are the components without ancestor, sorted by name (MOD-44).
func (g *Graph) Roots() []*Component { panic("to be written") }

// Supers starts with c and goes up (spec/model.md 6.1).
func (g *Graph) Supers(c *Component) []*Component { panic("to be written") }

// Subs are the components that extend c, directly or not, sorted by name.
func (g *Graph) Subs(c *Component) []*Component { panic("to be written") }

// FacetsOf are the facets of c and of its supers, with the facets they extend, sorted by name.
func (g *Graph) FacetsOf(c *Component) []*Facet { panic("to be written") }

// Members are the components that have the facet, sorted by name (6.1).
func (g *Graph) Members(f *Facet) []*Component { panic("to be written") }

// Children are the components that may be deployed on c, sorted by name (MOD-40).
func (g *Graph) Children(c *Component) []*Component { panic("to be written") }

// Ancestors are the components that c may be deployed on, sorted by name (MOD-41).
func (g *Graph) Ancestors(c *Component) []*Component { panic("to be written") }

// Installer is the effective installer of c, "" when there is none (MOD-50).
func (g *Graph) Installer(c *Component) string { panic("to be written") }

// IsMachine says whether the effective installer is "target", in any letter case (MOD-52).
func (g *Graph) IsMachine(c *Component) bool { panic("to be written") }

// Exports are the exports of c under their full names, sorted by full name (MOD-72).
func (g *Graph) Exports(c *Component) []Variable { panic("to be written") }

// FacetExports are the exports of a facet under their full names, sorted by full name (MOD-71).
func (g *Graph) FacetExports(f *Facet) []Variable { panic("to be written") }

// Imports are the imports of c, inherited ones included, farthest first (MOD-76).
func (g *Graph) Imports(c *Component) []Import { panic("to be written") }
