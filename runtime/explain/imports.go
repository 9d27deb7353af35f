package explain

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
)

// gap is a mandatory prefix that an instance holds no import for (LC-50).
type gap struct {
	name     string
	external bool
}

func (w *why) missing(s *manager.Status) []gap {
	c := w.graph.Component(s.Component)
	if c == nil {
		return nil
	}
	var list []gap
	for _, i := range w.graph.Imports(c) {
		held := slices.ContainsFunc(s.Imports, func(h manager.Import) bool { return h.Prefix == i.Prefix })
		known := slices.ContainsFunc(list, func(g gap) bool { return g.name == i.Prefix })
		if !i.Optional && !held && !known {
			list = append(list, gap{name: i.Prefix, external: i.External})
		}
	}
	slices.SortFunc(list, func(x, y gap) int { return strings.Compare(x.name, y.name) })
	return list
}

// gaps explain each missing prefix: who could give it, and why they do not.
func (w *why) gaps(s *manager.Status) []Reason {
	var list []Reason
	for _, g := range w.missing(s) {
		r := Reason{Code: Missing, Path: s.Path, State: s.State, Prefix: g.name}
		if g.external {
			r.Behind = []Reason{{Code: External, Path: s.Path, Prefix: g.name}}
			w.advise(Advice{Verb: Bind, Prefix: g.name})
		} else {
			r.Types = w.exporters(g.name)
			r.Behind = w.givers(s, r.Types, g.name)
		}
		list = append(list, r)
	}
	return list
}

// exporters are the components that publish a prefix, sorted by name.
func (w *why) exporters(prefix string) []string {
	var list []string
	for _, c := range w.graph.Components() {
		if slices.ContainsFunc(w.graph.Exports(c), func(v model.Variable) bool { return strings.HasPrefix(v.Name, prefix+".") }) {
			list = append(list, c.Name)
		}
	}
	slices.Sort(list)
	return list
}

// givers explain the instances that could give a prefix. The first few are told one by one, those that are nearest to being
// started before the others.
func (w *why) givers(s *manager.Status, types []string, prefix string) []Reason {
	var found []*manager.Status
	for i := range w.statuses {
		if o := &w.statuses[i]; o.Path != s.Path && slices.Contains(types, o.Component) {
			found = append(found, o)
		}
	}
	if len(found) == 0 {
		w.adviseExporter(types, prefix)
		return []Reason{{Code: NobodyGives, Path: s.Path, Prefix: prefix, Types: types}}
	}
	slices.SortStableFunc(found, func(x, y *manager.Status) int { return distance(x.State) - distance(y.State) })
	var list []Reason
	for _, o := range found[:min(len(found), shown)] {
		r := Reason{Code: Gives, Path: o.Path, State: o.State, Prefix: prefix}
		if o.State == lifecycle.DeployedStarted {
			r.Code = OnItsWay
		} else {
			r.Behind = w.reasons(o)
		}
		list = append(list, r)
	}
	if more := len(found) - shown; more > 0 {
		list = append(list, Reason{Code: More, Path: s.Path, Prefix: prefix, Count: more})
	}
	return list
}

func (w *why) adviseExporter(types []string, prefix string) {
	if len(types) == 0 {
		w.advise(Advice{Verb: Declare, Prefix: prefix})
	}
	for _, t := range types {
		w.advise(Advice{Verb: Add, Component: t, Prefix: prefix})
	}
}

// distance tells how far a state is from being started.
func distance(s lifecycle.State) int {
	switch s {
	case lifecycle.DeployedStarted:
		return 0
	case lifecycle.Starting:
		return 1
	case lifecycle.Unresolved:
		return 2
	case lifecycle.WaitingForAncestor, lifecycle.DeployedStopped, lifecycle.Deploying:
		return 3
	}
	return 4
}
