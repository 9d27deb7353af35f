package check

import (
	"slices"
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
	for k := range s.instances {
		i := s.instances[k].Instance
		if !programBuilt(i.Origin) {
			continue
		}
		path := s.path(k)
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
		if holder != nil && c != nil && !s.graph.MayContain(holder, c) && !s.unsure(holder) && !s.unsure(c) && !s.meant(c.Name) && !s.meant(holder.Name) {
			p := onInstance(diag.RMInvalidInstanceParent, at, i, acceptable(s.graph, c)...)
			p.Related = related(parent.Place(parent.Header), diag.Say("inside this one"))
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

// instanceValues looks at what each instance sets, and at what it leaves open.
func instanceValues(s *subject) (found []diag.Problem) {
	v := valueCheck{subject: s, open: make([]openList, s.graph.Len()), taken: make(map[portClash]givenPort)}
	for k := range s.instances {
		if l := &s.instances[k]; l.component != nil {
			v.at, v.located, v.exports = k, l, s.graph.Exports(l.component)
			found = append(found, v.overrides()...)
			found = append(found, v.missing()...)
		}
	}
	return found
}

// valueCheck is the instance that is looked at.
type valueCheck struct {
	*subject
	*located
	at      int
	exports []model.Variable
	matches []model.Match // what each override changes
	open    []openList    // by rank of the component
	taken   map[portClash]givenPort
}

// openList are the positions of the exports of a component that nobody fills in.
type openList struct {
	known bool
	list  []int
}

// overrides: a value is meant for exactly one exported variable (MOD-110), and is not the one that it has anyway (MOD-114).
func (v *valueCheck) overrides() (found []diag.Problem) {
	v.matches = v.matches[:0]
	for n := range v.Overrides {
		o := &v.Overrides[n]
		m := model.Overridden(v.exports, o.Name)
		v.matches = append(v.matches, m)
		switch {
		case m.Full >= 0:
			found = append(found, v.value(o, m.Full)...)
		case len(m.Local) == 1:
			found = append(found, v.value(o, m.Local[0])...)
		case len(m.Local) > 1:
			found = append(found, ambiguous(v.path(v.at), v.Instance, *o, v.exports, m.Local))
			found = append(found, v.port(o, m.Local)...)
		case isGraphProperty(o.Name):
			p := onInstance(diag.XGraphPropertyInInstance, v.path(v.at), v.Instance, detail(diag.KindName, o.Name))
			p.Place = v.Place(o.Span)
			found = append(found, p)
		case !v.unsure(v.component):
			found = append(found, magic(v.path(v.at), v.Instance, *o))
		}
		if strings.Contains(o.Value, "$(") {
			found = append(found, metaVariables(o.Value, v.path(v.at), v.Place(o.ValueSpan))...)
		}
	}
	return found
}

// value looks at an override that changes one export.
func (v *valueCheck) value(o *model.Override, k int) []diag.Problem {
	export := &v.exports[k]
	switch {
	case export.Random:
		return v.port(o, []int{k})
	case !export.Value.Set || export.Value.Text != o.Value || v.setTwice(o, k):
		return nil
	}
	p := onInstance(diag.XUselessOverride, v.path(v.at), v.Instance, detail(diag.KindVariable, o.Name))
	p.Place = v.Place(source.Span{Start: o.Span.Start, End: max(o.Span.End, o.ValueSpan.End)})
	p.Related = related(v.variable(v.component, export.Name), diag.Say("it has this value here"))
	p.Fixes = v.dropLine(diag.Say("Remove the line"), p.Place)
	return []diag.Problem{p}
}

// setTwice says whether another override changes the same export, by its local or its full name (MOD-112).
func (v *valueCheck) setTwice(o *model.Override, k int) bool {
	for n := range v.Overrides {
		if other := &v.Overrides[n]; other != o {
			if m := model.Overridden(v.exports, other.Name); m.Full == k || slices.Contains(m.Local, k) {
				return true
			}
		}
	}
	return false
}

// port: what is given to a random port is a port (MOD-113), and no other instance of the machine has it (MOD-122).
func (v *valueCheck) port(o *model.Override, changed []int) []diag.Problem {
	if !slices.ContainsFunc(changed, func(k int) bool { return v.exports[k].Random }) {
		return nil
	}
	if !isPortNumber(o.Value) {
		p := onInstance(diag.XInvalidPort, v.path(v.at), v.Instance, detail(diag.KindValue, o.Value))
		p.Place = valuePlace(&v.Origin, o.Span, o.ValueSpan)
		return []diag.Problem{p}
	}
	return v.portConflict(v.taken, v.at, o)
}

// missing: every variable that an instance publishes has a value (MOD-116). Addresses and random ports come later.
func (v *valueCheck) missing() (found []diag.Problem) {
	open := &v.open[v.rank]
	if !open.known {
		open.known, open.list = true, withoutValue(v.exports)
	}
	for _, k := range open.list {
		if _, local := model.SplitName(v.exports[k].Name); v.sets(k) || v.result.UnreadOfInstances(local) {
			continue
		}
		p := onInstance(diag.RMMissingVariableValue, v.path(v.at), v.Instance, detail(diag.KindVariable, v.exports[k].Name))
		p.Related = exact(v.variable(v.component, v.exports[k].Name), diag.Say("declared here without a value"))
		found = append(found, p)
	}
	return found
}

// sets says whether an override of the instance changes the export at a position.
func (v *valueCheck) sets(k int) bool {
	return slices.ContainsFunc(v.matches, func(m model.Match) bool { return m.Full == k || slices.Contains(m.Local, k) })
}

func ambiguous(path string, i *model.Instance, o model.Override, exports []model.Variable, local []int) diag.Problem {
	p := onInstance(diag.RMAmbiguousOverriding, path, i, detail(diag.KindVariable, o.Name))
	for _, k := range local {
		full := exports[k].Name
		p.Details = append(p.Details, detail(diag.KindConflicting, full))
		p.Fixes = append(p.Fixes, replace(diag.Say("Write %s", full), i.Place(o.Span), full)...)
	}
	p.Related = exact(i.Place(o.Span), diag.Say("set here"))
	return p
}

func magic(path string, i *model.Instance, o model.Override) diag.Problem {
	p := onInstance(diag.RMMagicInstanceVariable, path, i, detail(diag.KindVariable, o.Name))
	p.Related = exact(i.Place(o.Span), diag.Say("set here"))
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

// withoutValue are the positions of exports that nobody fills in.
func withoutValue(exports []model.Variable) (list []int) {
	for k, v := range exports {
		if !v.Value.Set && !v.Random && !model.IsNetworkName(v.Name) {
			list = append(list, k)
		}
	}
	return list
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
