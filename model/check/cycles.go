package check

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
)

// containmentCycles: nothing can be deployed inside itself (MOD-61). The detail is A -> B -> A (MOD-62).
func containmentCycles(s *subject) (found []diag.Problem) {
	for _, cycle := range s.graph.ContainmentCycles() {
		names := make([]string, len(cycle))
		for k, c := range cycle {
			names[k] = c.Name
		}
		c := cycle[0]
		p := onType(diag.RMCycleInComponents, c.Name, c.Origin, detail(diag.KindCycle, strings.Join(names, " -> ")))
		for _, step := range cycle[1 : len(cycle)-1] {
			p.Related = append(p.Related, related(header(step.Origin), "a step of the circle")...)
		}
		found = append(found, p)
	}
	return found
}

// componentCycles: a component cannot extend itself; each component of the cycle is told (MOD-62: A -> ... -> A).
func componentCycles(s *subject) (found []diag.Problem) {
	for _, c := range s.graph.Components() {
		if c.Extends.Name == "" {
			continue
		}
		supers := s.graph.Supers(c)
		if supers[len(supers)-1].Extends.Name != c.Name {
			continue
		}
		p := onType(diag.RMCycleInComponentsInheritance, c.Name, c.Origin, detail(diag.KindCycle, inheritance(c.Name)))
		for _, super := range supers {
			p.Related = append(p.Related, related(super.Place(super.Extends.Span), "a step of the circle")...)
		}
		found = append(found, p)
	}
	return found
}

// facetCycles: a facet cannot extend itself; each facet of the cycle that a component has is told.
func facetCycles(s *subject) (found []diag.Problem) {
	for _, f := range s.graph.Facets() {
		if len(f.Extends) == 0 || !slices.Contains(s.graph.SuperFacets(f), f) || len(s.graph.Members(f)) == 0 {
			continue
		}
		p := onType(diag.RMCycleInFacetsInheritance, f.Name, f.Origin, detail(diag.KindCycle, inheritance(f.Name)))
		for _, up := range s.graph.SuperFacets(f) {
			for _, ref := range up.Extends {
				if next := s.graph.Facet(ref.Name); next != nil && inCycleWith(s.graph, next, f) && inCycleWith(s.graph, up, f) {
					p.Related = append(p.Related, related(up.Place(ref.Span), "a step of the circle")...)
				}
			}
		}
		found = append(found, p)
	}
	return found
}

// inCycleWith says whether a facet leads back to f.
func inCycleWith(g *model.Graph, other, f *model.Facet) bool {
	return slices.Contains(g.SuperFacets(other), f)
}

func inheritance(name string) string { return name + " -> ... -> " + name }
