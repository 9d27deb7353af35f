package check

import (
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// importsOwnExports: whoever needs what it gives itself waits for a twin (MOD-142). Inherited imports count (DIA-31).
func importsOwnExports(s *subject) (found []diag.Problem) {
	for _, a := range s.graph.SelfImports() {
		p := s.onImport(diag.RMComponentImportsExports, a.Component, a.Import)
		if at := s.declaration(a.Component, a.Import); !at.IsZero() {
			end := source.Place{File: at.File, Span: source.Span{Start: at.Span.End, End: at.Span.End}}
			p.Fixes = replace("Mark the import optional", end, " (optional)")
		}
		found = append(found, p)
	}
	return found
}

// unresolvableImports: some component must export what another one imports (MOD-140), be it optional. What a facet
// without component would export has a code of its own (MOD-141).
func unresolvableImports(s *subject) (found []diag.Problem) {
	if s.result.Holes {
		return nil
	}
	for _, a := range s.graph.Unresolved() {
		if !s.doubtfulPrefix(a.Import.Prefix) {
			found = append(found, s.unresolvable(a.Component, a.Import))
		}
	}
	return found
}

// doubtfulPrefix says whether the exports of the type called prefix are not wholly known.
func (s *subject) doubtfulPrefix(prefix string) bool {
	c := s.graph.Component(prefix)
	return c != nil && s.unsure(c) || s.doubtful[prefix] && s.graph.Facet(prefix) != nil
}

func (s *subject) unresolvable(c *model.Component, i model.Import) diag.Problem {
	f := s.graph.Facet(i.Prefix)
	if f != nil && len(s.graph.Members(f)) == 0 && model.Answered(s.graph.FacetExports(f), i) {
		p := s.onImport(diag.RMUnresolvableFacetVariable, c, i)
		p.Related = append(p.Related, related(header(f.Origin), "no component has this facet")...)
		return p
	}
	p := s.onImport(diag.RMUnresolvableVariable, c, i)
	if at := s.declaration(c, i); !at.IsZero() {
		p.Related = nil
		load.Suggest(&p, i.Full(), s.exportersLike(i), at)
	}
	return p
}

// exportersLike are the references that one may have meant: for a known prefix its variables, else the same variable, or
// all variables, of the other types (DIA-45).
func (s *subject) exportersLike(i model.Import) *near.Known {
	switch {
	case s.graph.Component(i.Prefix) != nil || s.graph.Facet(i.Prefix) != nil:
		return near.Among(s.variablesOf(i.Prefix), nil)
	case i.Name == "*":
		if s.wildcards == nil {
			s.wildcards = near.Among(s.variables(true), nil)
		}
		return s.wildcards
	}
	if s.references == nil {
		s.references = near.Among(s.variables(false), nil)
	}
	return s.references
}

// variablesOf are the full names of what the type called prefix exports.
func (s *subject) variablesOf(prefix string) (names []string) {
	for _, c := range bind.Providers(s.graph, prefix) {
		for _, v := range s.graph.Exports(c) {
			if strings.HasPrefix(v.Name, prefix+".") {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// variables are the full names of all that is exported, or what imports all of each type.
func (s *subject) variables(wildcards bool) (names []string) {
	for _, c := range s.graph.Components() {
		for _, v := range s.graph.Exports(c) {
			if prefix, _ := model.SplitName(v.Name); wildcards {
				names = append(names, prefix+".*")
			} else {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// onImport is a finding about an import, on the header of the component that has it; the import itself, which may be
// inherited, stands beside (DIA-16).
func (s *subject) onImport(code diag.Code, c *model.Component, i model.Import) diag.Problem {
	p := onType(code, c.Name, c.Origin, detail(diag.KindVariable, i.Full()))
	p.Related = exact(s.declaration(c, i), "imported here")
	return p
}

// declaration is the place of an import, in the nearest of the super components that declares it.
func (s *subject) declaration(c *model.Component, i model.Import) source.Place {
	for _, super := range s.graph.Supers(c) {
		for _, own := range super.Imports {
			if own.Prefix == i.Prefix && own.Name == i.Name {
				return super.Place(own.Span)
			}
		}
	}
	return source.Place{}
}
