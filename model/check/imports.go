package check

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// importsOwnExports: whoever needs what it gives itself waits for a twin (MOD-142). Inherited imports count (DIA-31).
func importsOwnExports(s *subject) (found []diag.Problem) {
	for _, c := range s.graph.Components() {
		for _, i := range s.graph.Imports(c) {
			if i.Optional || i.External || !exported(s.graph.Exports(c), i) {
				continue
			}
			p := s.onImport(diag.RMComponentImportsExports, c, i)
			if at := s.declaration(c, i); !at.IsZero() {
				end := source.Place{File: at.File, Span: source.Span{Start: at.Span.End, End: at.Span.End}}
				p.Fixes = replace("Mark the import optional", end, " (optional)")
			}
			found = append(found, p)
		}
	}
	return found
}

// exported says whether a list of exports, sorted by full name, answers an import.
func exported(exports []model.Variable, i model.Import) bool {
	if len(exports) == 0 {
		return false
	}
	want := i.Full()
	if i.Name == "*" {
		want = want[:len(want)-1]
	}
	at, found := slices.BinarySearchFunc(exports, want, func(v model.Variable, name string) int {
		return strings.Compare(v.Name, name)
	})
	return found || i.Name == "*" && at < len(exports) && strings.HasPrefix(exports[at].Name, want)
}

// unresolvableImports: some component must export what another one imports (MOD-140), be it optional. What a facet
// without component would export has a code of its own (MOD-141).
func unresolvableImports(s *subject) (found []diag.Problem) {
	if s.result.Holes {
		return nil
	}
	for _, c := range s.graph.Components() {
		for _, i := range s.graph.Imports(c) {
			if !i.External && !s.resolvable(i) {
				found = append(found, s.unresolvable(c, i))
			}
		}
	}
	return found
}

// resolvable looks for the exporter where it must be: the prefix of a variable is the name of the type that declares it.
func (s *subject) resolvable(i model.Import) bool {
	if c := s.graph.Component(i.Prefix); c != nil && (exported(s.graph.Exports(c), i) || s.unsure(c)) {
		return true
	}
	f := s.graph.Facet(i.Prefix)
	if f == nil {
		return false
	}
	for _, c := range s.graph.Members(f) {
		if exported(s.graph.Exports(c), i) {
			return true
		}
	}
	return s.doubtful[f.Name]
}

func (s *subject) unresolvable(c *model.Component, i model.Import) diag.Problem {
	f := s.graph.Facet(i.Prefix)
	if f != nil && len(s.graph.Members(f)) == 0 && exported(s.graph.FacetExports(f), i) {
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
func (s *subject) exportersLike(i model.Import) (known []string) {
	if s.graph.Component(i.Prefix) != nil || s.graph.Facet(i.Prefix) != nil {
		for _, c := range bind.Providers(s.graph, i.Prefix) {
			for _, v := range s.graph.Exports(c) {
				if strings.HasPrefix(v.Name, i.Prefix+".") {
					known = append(known, v.Name)
				}
			}
		}
		return known
	}
	for _, c := range s.graph.Components() {
		for _, v := range s.graph.Exports(c) {
			prefix, local := model.SplitName(v.Name)
			if i.Name == "*" {
				local = "*"
			}
			known = append(known, prefix+"."+local)
		}
	}
	return known
}

// onImport is a finding about an import, on the header of the component that has it; the import itself, which may be
// inherited, stands beside (DIA-16).
func (s *subject) onImport(code diag.Code, c *model.Component, i model.Import) diag.Problem {
	p := onType(code, c.Name, c.Origin, detail(diag.KindVariable, i.Full()))
	p.Related = related(s.declaration(c, i), "imported here")
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
