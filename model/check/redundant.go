package check

import (
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// redundant is a finding about a name of a list that says nothing new, with the place that says it already.
func (s *subject) redundant(owner, name string, at source.Place, why []diag.Related) diag.Problem {
	p := onWord(diag.XRedundantReference, owner, at, detail(diag.KindName, name))
	p.Related = why
	p.Fixes = s.dropEntry(diag.Say("Remove %s", name), at)
	return p
}

// redundantFacets: a facet that a super component has, or that another facet of the list extends.
func redundantFacets(s *subject, c *model.Component) (found []diag.Problem) {
	super := s.super(c)
	if len(c.Facets) == 0 || super == nil && len(c.Facets) == 1 {
		return nil
	}
	for _, ref := range c.Facets {
		f := s.graph.Facet(ref.Name)
		if f == nil {
			continue
		}
		switch by := s.extended(f, c.Facets); {
		case super != nil && s.graph.HasFacet(super, f):
			why := related(header(super.Origin), diag.Say("has it already"))
			found = append(found, s.redundant(c.Name, f.Name, c.Place(ref.Span), why))
		case by != nil:
			found = append(found, s.redundant(c.Name, f.Name, c.Place(ref.Span), related(header(by.Origin), diag.Say("extends it"))))
		}
	}
	return onlyOne(found)
}

// super is what a component extends; nil for nothing, for itself and for what is in a circle.
func (s *subject) super(c *model.Component) *model.Component {
	if c.Extends.Name == "" {
		return nil
	}
	super := s.graph.Component(c.Extends.Name)
	if super == nil || s.graph.Extends(super, c) {
		return nil
	}
	return super
}

// extended is the facet of a list that extends f, when f does not extend it as well.
func (s *subject) extended(f *model.Facet, list []model.Ref) *model.Facet {
	for _, ref := range list {
		if g := s.graph.Facet(ref.Name); g != nil && g != f && s.graph.FacetExtends(g, f) && !s.graph.FacetExtends(f, g) {
			return g
		}
	}
	return nil
}

// redundantSuperFacets: a facet that another one of the list extends.
func redundantSuperFacets(s *subject, f *model.Facet) (found []diag.Problem) {
	if len(f.Extends) < 2 {
		return nil
	}
	for _, ref := range f.Extends {
		if up := s.graph.Facet(ref.Name); up != nil {
			if by := s.extended(up, f.Extends); by != nil {
				found = append(found, s.redundant(f.Name, up.Name, f.Place(ref.Span), related(header(by.Origin), diag.Say("extends it"))))
			}
		}
	}
	return onlyOne(found)
}

// redundantChildren: a child that is allowed already, by a super component, a facet or another name of the list.
func redundantChildren(s *subject, c *model.Component) (found []diag.Problem) {
	if len(c.Children) == 0 || len(c.Children) == 1 && c.Extends.Name == "" && len(c.Facets) == 0 {
		return nil
	}
	var above []lister
	if s.super(c) != nil {
		for _, up := range s.graph.Supers(c)[1:] {
			above = append(above, lister{&up.Origin, up.Children})
		}
	}
	for _, f := range s.graph.FacetsOf(c) {
		above = append(above, lister{&f.Origin, f.Children})
	}
	return s.allowedTwice(c.Name, &c.Origin, c.Children, above)
}

func redundantFacetChildren(s *subject, f *model.Facet) []diag.Problem {
	if len(f.Children) == 0 || len(f.Children) == 1 && len(f.Extends) == 0 {
		return nil
	}
	var above []lister
	for _, up := range s.graph.SuperFacets(f) {
		if up != f {
			above = append(above, lister{&up.Origin, up.Children})
		}
	}
	return s.allowedTwice(f.Name, &f.Origin, f.Children, above)
}

// lister is a type that lists children.
type lister struct {
	*model.Origin
	children []model.Ref
}

func (s *subject) allowedTwice(owner string, o *model.Origin, list []model.Ref, above []lister) (found []diag.Problem) {
	listed := make([]map[string]source.Place, 0, len(above)+1)
	for _, up := range append(above, lister{o, list}) {
		listed = append(listed, placesOf(up))
	}
	own := listed[len(above)]
	for _, ref := range list {
		at, ok := source.Place{}, false
		for _, up := range listed[:len(above)] {
			if at, ok = up[ref.Name]; !ok {
				at, ok = s.covered(up, ref.Name)
			}
			if ok {
				break
			}
		}
		if !ok {
			at, ok = s.covered(own, ref.Name)
		}
		if ok {
			found = append(found, s.redundant(owner, ref.Name, o.Place(ref.Span), related(at, diag.Say("allows it already"))))
		}
	}
	return onlyOne(found)
}

// placesOf are the names that a type lists, with their places.
func placesOf(up lister) map[string]source.Place {
	out := make(map[string]source.Place, len(up.children))
	for _, r := range up.children {
		out[r.Name] = up.Place(r.Span)
	}
	return out
}

// covered finds, in a list of children, a type that allows all that another one does, and more (MOD-40): a component that it extends, a
// facet that it has. A component of that name hides a facet.
func (s *subject) covered(listed map[string]source.Place, name string) (at source.Place, ok bool) {
	look := func(other string, super bool) bool {
		if at, ok = listed[other]; ok && other != name && (super || s.graph.Component(other) == nil) {
			return true
		}
		at, ok = source.Place{}, false
		return false
	}
	if c := s.graph.Component(name); c != nil {
		for _, super := range s.graph.Supers(c)[1:] {
			if !s.graph.Extends(super, c) && look(super.Name, true) {
				return at, ok
			}
		}
		for _, f := range s.graph.FacetsOf(c) {
			if look(f.Name, false) {
				return at, ok
			}
		}
		return at, ok
	}
	f := s.graph.Facet(name)
	for _, up := range s.graph.SuperFacets(f) {
		if !s.graph.FacetExtends(up, f) && look(up.Name, false) {
			return at, ok
		}
	}
	return at, ok
}

// redundantImports: an import that is inherited with the same flags (MOD-76).
func redundantImports(s *subject, c *model.Component) (found []diag.Problem) {
	super := s.super(c)
	if super == nil {
		return nil
	}
	for _, i := range c.Imports {
		for _, other := range s.graph.Imports(super) {
			if sameReference(i, other) {
				why := related(s.declaration(super, other), diag.Say("imported already"))
				found = append(found, s.redundant(c.Name, i.Full(), c.Place(i.Span), why))
			}
		}
	}
	return onlyOne(found)
}

func sameReference(a, b model.Import) bool {
	a.Span, b.Span = source.Span{}, source.Span{}
	return a == b
}

// importsBesideAll: one variable of a prefix beside all of them, with the same flags. It is a hint only: nothing is lost.
func importsBesideAll(s *subject, c *model.Component) (found []diag.Problem) {
	if !slices.ContainsFunc(c.Imports, func(i model.Import) bool { return i.Name == "*" }) {
		return nil
	}
	for k, one := range c.Imports {
		for j, all := range c.Imports {
			all.Name = one.Name
			if one.Name == "*" || c.Imports[j].Name != "*" || !sameReference(one, all) {
				continue
			}
			first, second := c.Imports[min(j, k)], c.Imports[max(j, k)]
			p := onWord(diag.XDuplicateImport, c.Name, c.Place(second.Span), detail(diag.KindVariable, one.Full()))
			p.Set = diag.SetTo(diag.Hint)
			p.Related = related(c.Place(first.Span), diag.Say("imported here too"))
			p.Fixes = s.dropEntry(diag.Say("Remove %s", one.Full()), c.Place(one.Span))
			found = append(found, p)
		}
	}
	return onlyOne(found)
}
