package check

import (
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// shadowed: a component declares again what it inherits with that value. Another value under a local name overrides (MOD-72).
func shadowed(s *subject, c *model.Component) (found []diag.Problem) {
	if c.Extends.Name == "" && len(c.Facets) == 0 || len(c.Exports) == 0 {
		return nil
	}
	above := make([][]model.Variable, 0, 4)
	if super := s.super(c); super != nil {
		above = append(above, s.graph.Exports(super))
	}
	for _, ref := range c.Facets {
		above = append(above, s.graph.FacetExports(s.graph.Facet(ref.Name)))
	}
	for k := range c.Exports {
		v := &c.Exports[k]
		inherited := sameLocal(above, c.Name, v)
		if inherited == nil || !sameValue(inherited, v) || model.IsNetworkName(v.Name) {
			continue
		}
		found = append(found, s.shadow(c.Name, c.Place(v.Span), inherited.Name, v.Name))
	}
	return found
}

// sameLocal is the inherited variable that an own one stands for, the one of that very name first; nil for none.
func sameLocal(above [][]model.Variable, owner string, v *model.Variable) (like *model.Variable) {
	local := localName(owner, v.Name)
	for _, list := range above {
		for k := range list {
			name := list[k].Name
			if name == v.Name {
				return &list[k]
			}
			if n := len(name) - len(local) - 1; like == nil && n > 0 && name[n] == '.' && name[n+1:] == local {
				if _, other := model.SplitName(name); other == local {
					like = &list[k]
				}
			}
		}
	}
	return like
}

func sameValue(a, b *model.Variable) bool { return a.Value == b.Value && a.Random == b.Random }

func (s *subject) shadow(owner string, at source.Place, inherited, name string) diag.Problem {
	p := onWord(diag.XShadowedVariable, owner, at, detail(diag.KindVariable, name))
	p.Related = related(s.exported(inherited), diag.Say("%s is exported already", inherited))
	return p
}

// exported is the place where the variable with a full name is declared by the type that its prefix names.
func (s *subject) exported(full string) source.Place {
	prefix, _ := model.SplitName(full)
	if c := s.graph.Component(prefix); c != nil {
		if at := s.variable(c, full); !at.IsZero() {
			return at
		}
		return header(c.Origin)
	}
	if f := s.graph.Facet(prefix); f != nil {
		return declared(f.Name, f.Origin, f.Exports, full)
	}
	return source.Place{}
}

// facetShadowed: facets do not override by local name (MOD-71), so another value is a second variable, which surprises.
func facetShadowed(s *subject, f *model.Facet) (found []diag.Problem) {
	if len(f.Extends) == 0 || len(f.Exports) == 0 {
		return nil
	}
	var above [][]model.Variable
	for _, ref := range f.Extends {
		if up := s.graph.Facet(ref.Name); up != nil && up != f {
			above = append(above, s.graph.FacetExports(up))
		}
	}
	for k := range f.Exports {
		v := &f.Exports[k]
		inherited := sameLocal(above, f.Name, v)
		if inherited == nil {
			continue
		}
		same := sameValue(inherited, v)
		if inherited.Name == v.Name && !same || same && model.IsNetworkName(v.Name) {
			continue
		}
		p := s.shadow(f.Name, f.Place(v.Span), inherited.Name, v.Name)
		if !same {
			p.Set = diag.SetTo(diag.Warning)
		}
		found = append(found, p)
	}
	return found
}

// ambiguousValues: several values compete for a variable of the component's own prefix (MOD-75).
func ambiguousValues(s *subject, c *model.Component) (found []diag.Problem) {
	if c.Extends.Name == "" && len(c.Facets) < 2 && !s.manyFacets(c) || s.adrift(c) {
		return nil
	}
	super := s.super(c)
	for _, group := range competing(s.graph.Exports(c), c) {
		// What a super component inherits in the same way was told there.
		if super != nil && len(c.Facets) == 0 && competes(s.graph.Exports(super), super, group.local) {
			continue
		}
		p := onType(diag.XAmbiguousInheritedValue, c.Name, c.Origin, detail(diag.KindVariable, c.Name+"."+group.local))
		for _, v := range group.candidates {
			p.Related = append(p.Related, related(s.exported(v.Name), candidate(v))...)
		}
		found = append(found, p)
	}
	return found
}

// manyFacets says whether the only facet of a component brings others.
func (s *subject) manyFacets(c *model.Component) bool {
	if len(c.Facets) != 1 {
		return false
	}
	f := s.graph.Facet(c.Facets[0].Name)
	return f != nil && len(f.Extends) > 0
}

func candidate(v model.Variable) diag.Phrase {
	switch {
	case v.Value.Set:
		return diag.Say("%s is %s", v.Name, v.Value.Text)
	case v.Random:
		return diag.Say("%s is random", v.Name)
	}
	return diag.Say("%s has no value", v.Name)
}

// competition is a local name with the inherited variables that have it.
type competition struct {
	local      string
	candidates []model.Variable
}

// competing are the local names for which a component inherits several values. One that the component declares under its own
// prefix is settled.
func competing(exports []model.Variable, c *model.Component) (out []competition) {
	for k, v := range exports {
		prefix, local := model.SplitName(v.Name)
		if prefix == c.Name || slices.ContainsFunc(out, func(o competition) bool { return o.local == local }) || declares(c, local) {
			continue
		}
		group, differ := []model.Variable{v}, false
		for _, other := range exports[k+1:] {
			if p, l := model.SplitName(other.Name); l == local && p != c.Name {
				group = append(group, other)
				differ = differ || !sameValue(&v, &other)
			}
		}
		if differ {
			out = append(out, competition{local, group})
		}
	}
	return out
}

func competes(exports []model.Variable, c *model.Component, local string) bool {
	return slices.ContainsFunc(competing(exports, c), func(g competition) bool { return g.local == local })
}

// declares says whether a component declares a variable by its local name, with its own prefix or without one.
func declares(c *model.Component, local string) bool {
	return slices.ContainsFunc(c.Exports, func(v model.Variable) bool {
		return v.Name == local || v.Name == c.Name+"."+local
	})
}

// randomInherited: the reference gives no value to a random port that the component does not declare itself (DEV-13).
func randomInherited(s *subject, c *model.Component) (found []diag.Problem) {
	if c.Extends.Name == "" && len(c.Facets) == 0 {
		return nil
	}
	var told []string
	for _, v := range s.graph.Exports(c) {
		prefix, local := model.SplitName(v.Name)
		if !v.Random || v.Value.Set || prefix == c.Name || declares(c, local) || slices.Contains(told, local) {
			continue
		}
		told = append(told, local)
		p := onType(diag.XRandomInherited, c.Name, c.Origin, detail(diag.KindVariable, local))
		p.Related = related(s.variable(c, v.Name), diag.Say("declared here"))
		found = append(found, p)
	}
	return found
}
