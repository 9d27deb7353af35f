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
		p := onType(diag.RMCycleInComponents, c.Name, c.Origin, detail(diag.KindCycle, circle(names)))
		for _, step := range cycle[1:min(len(cycle)-1, mostSteps)] {
			p.Related = append(p.Related, related(header(step.Origin), diag.Say("a step of the circle"))...)
		}
		found = append(found, p)
	}
	return found
}

// componentCycles: a component cannot extend itself; each component of the cycle is told (MOD-62: A -> ... -> A).
func componentCycles(s *subject) (found []diag.Problem) {
	for _, c := range s.graph.ExtendingThemselves() {
		supers := s.graph.Supers(c)
		if supers[len(supers)-1].Extends.Name != c.Name {
			continue
		}
		p := onType(diag.RMCycleInComponentsInheritance, c.Name, c.Origin, detail(diag.KindCycle, inheritance(c.Name)))
		for _, super := range supers[:min(len(supers), mostSteps)] {
			p.Related = append(p.Related, related(super.Place(super.Extends.Span), diag.Say("a step of the circle"))...)
		}
		found = append(found, p)
	}
	return found
}

// facetCycles: a facet cannot extend itself; each facet of the cycle that a component has is told.
func facetCycles(s *subject) (found []diag.Problem) {
	steps := make(map[*model.Facet][]diag.Related) // those of the circle that a facet is in
	for _, f := range s.graph.Facets() {
		if len(f.Extends) == 0 || !s.graph.FacetExtends(f, f) {
			continue
		}
		if steps[f] == nil {
			s.facetCircle(f, steps)
		}
		if len(s.graph.Members(f)) == 0 {
			continue
		}
		p := onType(diag.RMCycleInFacetsInheritance, f.Name, f.Origin, detail(diag.KindCycle, inheritance(f.Name)))
		p.Related = slices.Clone(steps[f]) // ranges are filled in for each
		found = append(found, p)
	}
	return found
}

// facetCircle gathers the steps of the circles that lead from a facet back to it, for all facets on the way.
func (s *subject) facetCircle(f *model.Facet, steps map[*model.Facet][]diag.Related) {
	members := slices.DeleteFunc(slices.Clone(s.graph.SuperFacets(f)), func(up *model.Facet) bool { return !s.graph.FacetExtends(up, f) })
	all := []diag.Related{}
	for _, up := range members {
		for _, ref := range up.Extends {
			if next := s.graph.Facet(ref.Name); len(all) < mostSteps && next != nil && s.graph.FacetExtends(next, f) {
				all = append(all, related(up.Place(ref.Span), diag.Say("a step of the circle"))...)
			}
		}
	}
	for _, up := range members {
		steps[up] = all
	}
}

// mostSteps is how many steps of a circle are shown: in a longer one nobody reads them all, for each of its members.
const mostSteps = 24

// circle writes A -> B -> A (MOD-62); of a long one its first steps and its last ones.
func circle(names []string) string {
	if len(names) > mostSteps {
		names = slices.Concat(names[:mostSteps-2], []string{"..."}, names[len(names)-2:])
	}
	return strings.Join(names, " -> ")
}

func inheritance(name string) string { return name + " -> ... -> " + name }
