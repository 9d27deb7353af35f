package property

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

// System is everything that is true at a moment.
type System struct {
	Graph     *model.Graph
	App       string
	Instances []*Instance // parents first
	// Reachable says whether the agent of a machine runs and hears from the others; nil means that all do.
	Reachable func(machine *Instance) bool

	byPath map[string]*Instance
}

// AtRest checks what must hold once every fault is over and nothing but heartbeats is left to happen.
func (s *System) AtRest() []Broken {
	var all []Broken
	published := s.published()
	for _, i := range s.Instances {
		if b, broken := Hierarchy(i); broken {
			all = append(all, b)
		}
		if i.State.Transitive() && s.reached(i) {
			all = append(all, Broken{"LC-5", i.Path, "rests in " + i.State.String()})
		}
		if !i.Machine && s.reached(i) {
			all = append(all, s.exchanged(i, published)...)
		}
	}
	return all
}

// reached says whether the machine of an instance is up and heard.
func (s *System) reached(i *Instance) bool {
	for i != nil && !i.Machine {
		i = i.Parent
	}
	return i != nil && i.State == lifecycle.DeployedStarted && (s.Reachable == nil || s.Reachable(i))
}

// exports are the variables that started instances publish: prefix, path, variables sorted by name.
type exports map[string]map[string][]model.Variable

func (s *System) published() exports {
	all := exports{}
	for _, i := range s.Instances {
		if !i.started() || i.Declared == nil || !s.reached(i) {
			continue
		}
		for _, v := range model.EffectiveExports(s.Graph, i.Path, i.Declared, i.address()) {
			p := prefix(v.Name)
			if p == "" {
				continue
			}
			if all[p] == nil {
				all[p] = map[string][]model.Variable{}
			}
			all[p][i.Path] = append(all[p][i.Path], v)
		}
	}
	return all
}

// exchanged checks that an instance holds what the started exporters publish, tailored (LC-52, LC-53), and nothing else.
func (s *System) exchanged(i *Instance, published exports) []Broken {
	var all []Broken
	wanted := s.wanted(i)
	prefixes := make([]string, 0, len(wanted))
	for p := range wanted {
		prefixes = append(prefixes, p)
	}
	slices.Sort(prefixes)
	for _, p := range prefixes {
		want := texts(i.Path, published[p], wanted[p])
		got := s.held(i, p)
		if !slices.Equal(want, got) {
			all = append(all, Broken{"LC-56", i.Path, fmt.Sprintf("holds %s of %s, published are %s", list(got), p, list(want))})
		}
	}
	return all
}

// wanted gives the imported names by prefix; external ones are another application's.
func (s *System) wanted(i *Instance) map[string][]string {
	names := map[string][]string{}
	if i.Declared == nil {
		return names
	}
	c := s.Graph.Component(i.Declared.Component)
	if c == nil {
		return names
	}
	for _, imp := range s.Graph.Imports(c) {
		if !imp.External {
			names[imp.Prefix] = append(names[imp.Prefix], imp.Full())
		}
	}
	return names
}

// texts are the imports that an instance should hold of one prefix, as sorted texts.
func texts(self string, from map[string][]model.Variable, names []string) []string {
	var all []string
	for path, vars := range from {
		if path == self {
			continue
		}
		var kept []model.Variable
		for _, v := range vars {
			if slices.Contains(names, v.Name) || slices.Contains(names, prefix(v.Name)+".*") {
				kept = append(kept, v)
			}
		}
		all = append(all, text(path, kept))
	}
	slices.Sort(all)
	return all
}

// held are the imports that an instance holds of one prefix. Those of a machine that nobody hears prove nothing: whether what is
// on it still runs is not known (LC-95).
func (s *System) held(i *Instance, prefix string) []string {
	var all []string
	for _, imp := range i.Imports {
		if from := s.find(imp.Path); imp.Prefix == prefix && (from == nil || s.reached(from)) {
			all = append(all, text(imp.Path, imp.Vars))
		}
	}
	slices.Sort(all)
	return all
}

func (s *System) find(path string) *Instance {
	if s.byPath == nil {
		s.byPath = make(map[string]*Instance, len(s.Instances))
		for _, i := range s.Instances {
			s.byPath[i.Path] = i
		}
	}
	return s.byPath[path]
}

func text(path string, vars []model.Variable) string {
	parts := make([]string, len(vars))
	for n, v := range vars {
		value := "null"
		if v.Value.Set {
			value = v.Value.Text
		}
		parts[n] = v.Name + "=" + value
	}
	slices.Sort(parts)
	return path + "{" + strings.Join(parts, " ") + "}"
}

func list(items []string) string {
	if len(items) == 0 {
		return "nothing"
	}
	return strings.Join(items, ", ")
}

// CanStart is the set of instances that can be started when everybody tries: computed from the model alone, as the least
// fixpoint of "the parent can, and for each mandatory prefix somebody else who exports it can" (LC-21, LC-50, LC-53), begun
// with what keeps itself started.
func (s *System) CanStart() map[*Instance]bool {
	givers := s.givers()
	can := s.sustained(givers)
	for grown := true; grown; {
		grown = false
		for _, i := range s.Instances {
			if !can[i] && s.canNow(i, can, givers) {
				can[i], grown = true, true
			}
		}
	}
	return can
}

// sustained is the largest set of started instances that give each other what they need. A cycle that could not start by itself
// goes on when it was started with the help of somebody who is gone (LC-57).
func (s *System) sustained(givers map[string][]*Instance) map[*Instance]bool {
	set := map[*Instance]bool{}
	for _, i := range s.Instances {
		if i.started() {
			set[i] = true
		}
	}
	for shrunk := true; shrunk; {
		shrunk = false
		for _, i := range s.Instances {
			if set[i] && !s.canNow(i, set, givers) {
				delete(set, i)
				shrunk = true
			}
		}
	}
	return set
}

// givers are the instances that export a prefix.
func (s *System) givers() map[string][]*Instance {
	givers := map[string][]*Instance{}
	for _, i := range s.Instances {
		if i.Declared == nil {
			continue
		}
		seen := map[string]bool{}
		for _, v := range model.EffectiveExports(s.Graph, i.Path, i.Declared, "") {
			if p := prefix(v.Name); p != "" && !seen[p] {
				seen[p] = true
				givers[p] = append(givers[p], i)
			}
		}
	}
	return givers
}

func (s *System) canNow(i *Instance, can map[*Instance]bool, givers map[string][]*Instance) bool {
	if i.Parent != nil && !can[i.Parent] {
		return false
	}
	if i.Machine {
		return true
	}
	given := func(prefix string) bool {
		return slices.ContainsFunc(givers[prefix], func(g *Instance) bool { return g != i && can[g] })
	}
	return i.Declared != nil && len(Missing(s.Graph, i.Declared.Component, given)) == 0
}

// Everything checks the end of a run in which a start of everything was asked for and nothing failed: what can start is
// started, what cannot waits in the state that says why (LC-21).
func (s *System) Everything() []Broken {
	var all []Broken
	can := s.CanStart()
	for _, i := range s.Instances {
		want := lifecycle.DeployedStarted
		switch {
		case can[i]:
		case i.Parent != nil && !can[i.Parent]:
			want = lifecycle.WaitingForAncestor
		default:
			want = lifecycle.Unresolved
		}
		if i.State != want {
			all = append(all, Broken{"what can start is started", i.Path, fmt.Sprintf("is %s, not %s", i.State, want)})
		}
	}
	return all
}

// Same checks that the manager knows what is true, of everything that can be heard.
func (s *System) Same(known map[string]lifecycle.State) []Broken {
	var all []Broken
	for _, i := range s.Instances {
		if state, ok := known[i.Path]; (!ok || state != i.State) && (i.Machine || s.reached(i)) {
			all = append(all, Broken{"LC-142", i.Path, fmt.Sprintf("is %s, the manager believes %s", i.State, state)})
		}
	}
	return all
}
