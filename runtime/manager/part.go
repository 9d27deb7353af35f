package manager

import (
	"maps"

	"github.com/roboconf/workbench/model"
)

// partFor is the graph that the agent of a machine needs: what may be deployed on it, however deep. Most applications have
// few sorts of machines, so that the parts are shared.
func (a *app) partFor(component string) *model.Graph {
	if g := a.parts[component]; g != nil {
		return g
	}
	g := part(a.graph, component)
	parts := maps.Clone(a.parts) // a copy of this mind may hold the old one
	if parts == nil {
		parts = map[string]*model.Graph{}
	}
	parts[component] = g
	a.parts = parts
	return g
}

func part(g *model.Graph, component string) *model.Graph {
	need := map[string]bool{}
	var visit func(c *model.Component)
	visit = func(c *model.Component) {
		if need[c.Name] {
			return
		}
		need[c.Name] = true
		for _, s := range g.Supers(c) {
			visit(s)
		}
		for _, child := range g.Children(c) {
			visit(child)
		}
	}
	visit(g.Component(component))
	facets := map[string]bool{}
	var components []*model.Component
	for _, c := range g.Components() {
		if need[c.Name] {
			components = append(components, c)
			for _, f := range g.FacetsOf(c) {
				facets[f.Name] = true
			}
		}
	}
	if len(components) == len(g.Components()) {
		return g
	}
	var kept []*model.Facet
	for _, f := range g.Facets() {
		if facets[f.Name] {
			kept = append(kept, f)
		}
	}
	return model.NewGraph(components, kept)
}
