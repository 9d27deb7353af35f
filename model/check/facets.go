package check

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
)

// orphanFacets: a facet without any member serves nobody (MOD-66).
func orphanFacets(s *subject) (found []diag.Problem) {
	for _, f := range s.graph.Facets() {
		if !s.orphan(f) {
			continue
		}
		code := diag.RMOrphanFacet
		if len(f.Children) > 0 {
			code = diag.RMOrphanFacetWithChildren
		}
		found = append(found, onType(code, f.Name, f.Origin, detail(diag.KindFacet, f.Name)))
	}
	return found
}

// orphan says whether a facet has no member, and no name that designates nothing may have been meant for it.
func (s *subject) orphan(f *model.Facet) bool {
	return s.graph.IsOrphan(f) && !s.result.Holes && !s.meant(f.Name)
}

// unreachableComponents: what only orphan facets can hold is never deployed (MOD-65, MOD-66).
func unreachableComponents(s *subject) (found []diag.Problem) {
	held := make(map[*model.Component]*model.Facet)
	for _, f := range s.graph.Facets() {
		if !s.orphan(f) {
			continue
		}
		for _, c := range listedBy(s.graph, f) {
			if s.graph.IsRoot(c) && held[c] == nil {
				held[c] = f
			}
		}
	}
	for c, f := range held {
		p := onType(diag.RMUnreachableComponent, c.Name, c.Origin, detail(diag.KindComponent, c.Name))
		p.Related = related(header(f.Origin), diag.Say("no component has this facet"))
		found = append(found, p)
	}
	slices.SortFunc(found, func(a, b diag.Problem) int { return strings.Compare(a.On, b.On) })
	return found
}

// listedBy are the components that a facet lists, by name or by facet, with those that extend them.
func listedBy(g *model.Graph, f *model.Facet) (out []*model.Component) {
	for _, ref := range f.Children {
		if c := g.Component(ref.Name); c != nil {
			out = append(append(out, c), g.Subs(c)...)
		} else if listed := g.Facet(ref.Name); listed != nil {
			out = append(out, g.Members(listed)...)
		}
	}
	return out
}
