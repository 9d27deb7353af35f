package check

import (
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// onInstance is a finding about an instance, on the header of its declaration (DIA-11).
func onInstance(code diag.Code, path string, i *model.Instance, details ...diag.Detail) diag.Problem {
	return diag.Problem{Code: code, Place: i.Place(i.Header), On: path, Details: details}
}

// instanceNames checks instances that a program built.
func instanceNames(s *subject) (found []diag.Problem) {
	for _, l := range s.instances {
		path, i := l.path, l.Instance
		if !programBuilt(i.Origin) {
			continue
		}
		switch {
		case i.Name == "":
			found = append(found, onInstance(diag.RMEmptyInstanceName, path, i))
		case !model.IsFlexID(i.Name):
			found = append(found, onInstance(diag.RMInvalidInstanceName, path, i, detail(diag.KindInstance, path)))
		}
		if i.Component == "" {
			found = append(found, onInstance(diag.RMEmptyInstanceComponent, path, i))
		}
	}
	return found
}

// instanceParents: an instance stands where its component can stand (MOD-95, MOD-96).
func instanceParents(s *subject) (found []diag.Problem) {
	for _, root := range s.app.Instances {
		c := s.graph.Component(root.Component)
		if c != nil && !s.graph.IsRoot(c) {
			found = append(found, onInstance(diag.RMMissingInstanceParent, "/"+root.Name, root, acceptable(s.graph, c)...))
		}
		found = append(found, s.children("/"+root.Name, root)...)
	}
	return found
}

func (s *subject) children(path string, parent *model.Instance) (found []diag.Problem) {
	holder := s.graph.Component(parent.Component)
	for _, i := range parent.Children {
		at := path + "/" + i.Name
		c := s.graph.Component(i.Component)
		if holder != nil && c != nil && !s.graph.MayContain(holder, c) && !s.unsure(holder) && !s.unsure(c) {
			p := onInstance(diag.RMInvalidInstanceParent, at, i, acceptable(s.graph, c)...)
			p.Related = related(parent.Place(parent.Header), "inside this one")
			found = append(found, p)
		}
		found = append(found, s.children(at, i)...)
	}
	return found
}

// acceptable are the components that c may run on, as details, sorted by name (DIA-30).
func acceptable(g *model.Graph, c *model.Component) (out []diag.Detail) {
	for _, a := range g.Ancestors(c) {
		out = append(out, detail(diag.KindExpected, a.Name))
	}
	return out
}

// overrides: a value is meant for exactly one exported variable (MOD-110).
func overrides(s *subject) (found []diag.Problem) {
	for _, l := range s.instances {
		path, i := l.path, l.Instance
		c := s.graph.Component(i.Component)
		if c == nil || len(i.Overrides) == 0 {
			continue
		}
		exports := s.graph.Exports(c)
		for _, o := range i.Overrides {
			m := model.Overridden(exports, o.Name)
			switch {
			case m.Full >= 0 || len(m.Local) == 1:
			case len(m.Local) > 1:
				found = append(found, ambiguous(path, i, o, exports, m.Local))
			case isGraphProperty(o.Name):
				p := onInstance(diag.XGraphPropertyInInstance, path, i, detail(diag.KindName, o.Name))
				p.Place = i.Place(o.Span)
				found = append(found, p)
			case !s.unsure(c):
				found = append(found, magic(path, i, o))
			}
		}
	}
	return found
}

func ambiguous(path string, i *model.Instance, o model.Override, exports []model.Variable, local []int) diag.Problem {
	p := onInstance(diag.RMAmbiguousOverriding, path, i, detail(diag.KindVariable, o.Name))
	for _, k := range local {
		full := exports[k].Name
		p.Details = append(p.Details, detail(diag.KindConflicting, full))
		p.Fixes = append(p.Fixes, replace("Write "+full, i.Place(o.Span), full)...)
	}
	p.Related = exact(i.Place(o.Span), "set here")
	return p
}

func magic(path string, i *model.Instance, o model.Override) diag.Problem {
	p := onInstance(diag.RMMagicInstanceVariable, path, i, detail(diag.KindVariable, o.Name))
	p.Related = exact(i.Place(o.Span), "set here")
	return p
}

// isGraphProperty is true for words that mean something in the graph only (dsl.md DSL-60).
func isGraphProperty(name string) bool {
	switch strings.ToLower(name) {
	case "exports", "imports", "children", "installer", "facets", "extends":
		return true
	}
	return false
}

// missingValues: every variable that an instance publishes has a value (MOD-116). Addresses and random ports come later.
func missingValues(s *subject) (found []diag.Problem) {
	open := make(map[*model.Component][]int)
	for _, l := range s.instances {
		path, i := l.path, l.Instance
		c := s.graph.Component(i.Component)
		if c == nil {
			continue
		}
		list, known := open[c]
		if !known {
			list = withoutValue(s.graph.Exports(c))
			open[c] = list
		}
		if len(list) == 0 {
			continue
		}
		exports := s.graph.Exports(c)
		set := overridden(exports, i.Overrides)
		for _, k := range list {
			if !set[k] {
				p := onInstance(diag.RMMissingVariableValue, path, i, detail(diag.KindVariable, exports[k].Name))
				p.Related = exact(s.variable(c, exports[k].Name), "declared here without a value")
				found = append(found, p)
			}
		}
	}
	return found
}

// withoutValue are the positions of exports that nobody fills in.
func withoutValue(exports []model.Variable) (list []int) {
	for k, v := range exports {
		if !v.Value.Set && !v.Random && !model.IsNetworkName(v.Name) {
			list = append(list, k)
		}
	}
	return list
}

// overridden are the positions of exports that the instance sets.
func overridden(exports []model.Variable, list []model.Override) map[int]bool {
	set := make(map[int]bool, len(list))
	for _, o := range list {
		m := model.Overridden(exports, o.Name)
		if m.Full >= 0 {
			set[m.Full] = true
		}
		for _, k := range m.Local {
			set[k] = true
		}
	}
	return set
}

// variable is the place where a variable of c is declared: by c, by a super component, or by a facet.
func (s *subject) variable(c *model.Component, full string) source.Place {
	for _, super := range s.graph.Supers(c) {
		if at := declared(super.Name, super.Origin, super.Exports, full); !at.IsZero() {
			return at
		}
	}
	for _, f := range s.graph.FacetsOf(c) {
		if at := declared(f.Name, f.Origin, f.Exports, full); !at.IsZero() {
			return at
		}
	}
	return source.Place{}
}

func declared(owner string, o model.Origin, list []model.Variable, full string) source.Place {
	for _, v := range list {
		if model.FullName(owner, v.Name) == full {
			return o.Place(v.Span)
		}
	}
	return source.Place{}
}
