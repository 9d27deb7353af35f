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
			p.Fixes = replace(diag.Say("Mark the import optional"), end, " (optional)")
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
	var guesses load.Guesses
	for _, a := range s.graph.Unresolved() {
		if !s.doubtfulPrefix(a.Import.Prefix) && (s.graph.Facet(a.Import.Prefix) == nil || !s.meant(a.Import.Prefix)) {
			found = append(found, s.unresolvable(a.Component, a.Import, &guesses))
		}
	}
	return found
}

// doubtfulPrefix says whether the exports of the type called prefix are not wholly known.
func (s *subject) doubtfulPrefix(prefix string) bool {
	c := s.graph.Component(prefix)
	return c != nil && s.unsure(c) || s.graph.Facet(prefix) != nil && (s.doubtful[prefix] || s.result.Torn(prefix))
}

func (s *subject) unresolvable(c *model.Component, i model.Import, guesses *load.Guesses) diag.Problem {
	f := s.graph.Facet(i.Prefix)
	if f != nil && len(s.graph.Members(f)) == 0 && model.Answered(s.graph.FacetExports(f), i) {
		p := s.onImport(diag.RMUnresolvableFacetVariable, c, i)
		p.Related = append(p.Related, related(header(f.Origin), diag.Say("no component has this facet"))...)
		return p
	}
	p := s.onImport(diag.RMUnresolvableVariable, c, i)
	if at := s.declaration(c, i); !at.IsZero() {
		var known *near.Known
		if guesses.Left() {
			known = guesses.Among(s.exportersLike(i))
		}
		p.Related = nil
		load.Suggest(&p, i.Full(), known, at)
	}
	return p
}

// exportersLike are the references that one may have meant: for a known prefix its variables; else the same variable, or all
// variables, of the types whose names are near (DIA-45).
func (s *subject) exportersLike(i model.Import) *near.Known {
	if s.graph.Component(i.Prefix) != nil || s.graph.Facet(i.Prefix) != nil {
		return near.Among(s.variablesOf(i.Prefix), nil)
	}
	var references []string
	for _, name := range s.typeNames().Names(i.Prefix) {
		switch variables := s.variablesOf(name); {
		case len(variables) == 0:
		case i.Name == "*":
			references = append(references, name+".*")
		default:
			references = append(references, variables...)
		}
	}
	return near.Among(references, nil)
}

// typeNames are the names of all types, ready to be compared with misspelt ones. A memo keeps what was prepared for them.
func (s *subject) typeNames() *near.Known {
	if s.shared.types == nil {
		var names []string
		for _, c := range s.graph.Components() {
			names = append(names, c.Name)
		}
		for _, f := range s.graph.Facets() {
			names = append(names, f.Name)
		}
		var before *near.Known
		if m := s.options.Memo; m != nil {
			before = m.types
		}
		s.shared.types = near.Among(names, before)
		if m := s.options.Memo; m != nil {
			m.types = s.shared.types
		}
	}
	return s.shared.types
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

// onImport is a finding about an import, on the header of the component that has it; the import itself, which may be
// inherited, stands beside (DIA-16).
func (s *subject) onImport(code diag.Code, c *model.Component, i model.Import) diag.Problem {
	p := onType(code, c.Name, c.Origin, detail(diag.KindVariable, i.Full()))
	p.Related = exact(s.declaration(c, i), diag.Say("imported here"))
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
