package check

import (
	"slices"

	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// unreachable: a component that no root can hold. Those of a circle, and those of orphan facets, have codes of their own.
func unreachable(s *subject) (found []diag.Problem) {
	for _, c := range s.graph.Unreachable() {
		if s.result.Holes || s.meant(c.Name) {
			continue
		}
		p := onType(diag.XUnreachableComponent, c.Name, c.Origin, detail(diag.KindComponent, c.Name))
		for _, a := range s.graph.Ancestors(c) {
			p.Related = append(p.Related, related(header(a.Origin), diag.Say("could hold it, but cannot be reached either"))...)
		}
		found = append(found, p)
	}
	return found
}

// neverInstantiated: there are instances, but none of this component nor of one that extends it, and no command creates one.
func neverInstantiated(s *subject) (found []diag.Problem) {
	if len(s.instances) == 0 || s.result.Loose {
		return nil
	}
	never := s.graph.Uncounted(s.counts)
	if len(never) == 0 {
		return nil
	}
	counts := slices.Clone(s.counts)
	var guesses load.Guesses
	for _, name := range s.createdByCommands() {
		if r := s.graph.Rank(name); r >= 0 {
			counts[r]++
			continue
		}
		for _, c := range s.meantFor(name, &guesses) {
			counts[s.graph.Rank(c.Name)]++
		}
	}
	for _, c := range s.graph.Uncounted(counts) {
		found = append(found, onType(diag.XNeverInstantiated, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
	}
	return found
}

// createdByCommands are the components that some command creates an instance of.
func (s *subject) createdByCommands() (names []string) {
	for _, r := range s.runScripts() {
		for _, in := range r.Instructions {
			if in.Kind == command.Create {
				names = append(names, in.Component.Text)
			}
		}
	}
	return names
}

// unusedFacets: a facet that gives nothing to those who have it, and that nobody names.
func unusedFacets(s *subject) (found []diag.Problem) {
	if s.result.Recipe || s.result.Holes {
		return nil
	}
	for _, f := range s.graph.Facets() {
		if len(f.Exports)+len(f.Children) > 0 || f.Installer.Name != "" || s.graph.IsOrphan(f) || s.doubtful[f.Name] || s.meant(f.Name) {
			continue
		}
		if len(s.graph.FacetExports(f)) > 0 || s.shared.named(s)[f.Name] {
			continue
		}
		useful := false
		for _, up := range s.graph.SuperFacets(f) {
			useful = useful || len(up.Children) > 0 || up.Installer.Name != "" || s.shared.named(s)[up.Name]
		}
		if !useful {
			found = append(found, onType(diag.XUnusedFacet, f.Name, f.Origin, detail(diag.KindFacet, f.Name)))
		}
	}
	return found
}
