// Package explain says why an instance is not as a person wants it.
package explain

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
)

// Code is a sort of reason. Sentences are kept in a catalogue by code.
type Code string

// The reasons.
const (
	Unknown       Code = "unknown"        // there is no instance at Path
	Started       Code = "started"        // all is well
	Busy          Code = "busy"           // something is being done
	NotAsked      Code = "not-asked"      // nobody asked for it, or its request was not answered yet
	Stopped       Code = "stopped"        // installed, nobody asked for a start
	ParentFirst   Code = "parent-first"   // Other, above, must come first
	MachineDown   Code = "machine-down"   // the machine at Other is not deployed
	MachineBusy   Code = "machine-busy"   // the machine at Other is being created or terminated
	MachineSilent Code = "machine-silent" // the agent of the machine at Other does not speak
	Missing       Code = "missing"        // a mandatory import of Prefix is missing
	Gives         Code = "gives"          // Path could give Prefix, once it is started
	OnItsWay      Code = "on-its-way"     // Path gives Prefix already: the news has not arrived
	NobodyGives   Code = "nobody-gives"   // no instance can give Prefix
	External      Code = "external"       // Prefix belongs to another application
	Deadlock      Code = "deadlock"       // Cycle: each waits for the next
	Failed        Code = "failed"         // the last try failed
	More          Code = "more"           // Count others could give Prefix
)

// Reason is one reason, with the reasons behind it.
type Reason struct {
	Code   Code
	Path   string // of the instance that it is about
	State  lifecycle.State
	Other  string   // the parent or the machine concerned
	Prefix string   // the import concerned
	Types  []string // components that export Prefix
	Cycle  []string // paths, the first one again at the end
	Count  int
	Fail   *lifecycle.Failure
	Behind []Reason
}

// Verb is what a person may do.
type Verb string

// The verbs.
const (
	Start    Verb = "start"     // request DEPLOYED_STARTED of Path
	Deploy   Verb = "deploy"    // request DEPLOYED_STARTED of the machine at Path
	Add      Verb = "add"       // add an instance of Component
	Declare  Verb = "declare"   // let some component export Prefix
	Bind     Verb = "bind"      // bind Prefix to an application that exports it
	Loosen   Verb = "loosen"    // make an import of Prefix by Component optional
	LookInto Verb = "look-into" // mend what failed at Path
	Revive   Verb = "revive"    // see why the agent of Path does not speak
)

// Advice is one thing that a person may do.
type Advice struct {
	Verb                    Verb
	Path, Component, Prefix string
}

// Answer says why.
type Answer struct {
	Path    string
	State   lifecycle.State
	Reasons []Reason
	Advice  []Advice // what helps first stands first
}

// shown is how many of the instances that could give a prefix are told one by one.
const shown = 5

// Why says why an instance is not started, or that it is. statuses are those of its application.
func Why(g *model.Graph, statuses []manager.Status, path string) Answer {
	w := &why{graph: g, statuses: statuses, at: make(map[string]int, len(statuses)), told: map[string]bool{}}
	for i := range statuses {
		w.at[statuses[i].Path] = i
	}
	a := Answer{Path: path}
	i, ok := w.at[path]
	if !ok {
		a.Reasons = []Reason{{Code: Unknown, Path: path}}
		return a
	}
	a.State = statuses[i].State
	a.Reasons = w.reasons(&statuses[i])
	a.Advice = w.advice
	return a
}

type why struct {
	graph    *model.Graph
	statuses []manager.Status
	at       map[string]int
	above    []string        // what is being explained, outermost first
	told     map[string]bool // explained already: not twice
	advice   []Advice
}

func (w *why) advise(a Advice) {
	if !slices.Contains(w.advice, a) {
		w.advice = append(w.advice, a)
	}
}

func parentOf(path string) string { return path[:strings.LastIndex(path, "/")] }

func (w *why) status(path string) *manager.Status {
	if i, ok := w.at[path]; ok {
		return &w.statuses[i]
	}
	return nil
}

// reasons explain one instance.
func (w *why) reasons(s *manager.Status) []Reason {
	if at := slices.Index(w.above, s.Path); at >= 0 {
		return []Reason{w.deadlock(slices.Concat(w.above[at:], []string{s.Path}))}
	}
	if w.told[s.Path] {
		return nil
	}
	w.told[s.Path] = true
	w.above = append(w.above, s.Path)
	defer func() { w.above = w.above[:len(w.above)-1] }()
	below := []Reason(nil)
	if !s.Machine {
		below = w.machineOf(s)
	}
	switch {
	case s.State == lifecycle.DeployedStarted:
		return slices.Concat([]Reason{{Code: Started, Path: s.Path, State: s.State}}, below, w.failure(s))
	case s.Machine:
		return w.machine(s)
	case below != nil:
		return below
	}
	return w.software(s)
}

// deadlock tells a cycle; the import that the last of it waits for is the one that may be made optional.
func (w *why) deadlock(cycle []string) Reason {
	last := w.status(cycle[len(cycle)-2])
	for _, p := range w.missing(last) {
		if slices.Contains(w.exporters(p.name), w.status(cycle[0]).Component) {
			w.advise(Advice{Verb: Loosen, Component: last.Component, Prefix: p.name})
		}
	}
	return Reason{Code: Deadlock, Path: cycle[0], Cycle: cycle}
}

// machine explains a machine that is not started.
func (w *why) machine(s *manager.Status) []Reason {
	switch s.State {
	case lifecycle.NotDeployed:
		r := append([]Reason{{Code: NotAsked, Path: s.Path, State: s.State}}, w.failure(s)...)
		if p := w.status(parentOf(s.Path)); p != nil && p.State != lifecycle.DeployedStarted {
			r = []Reason{{Code: ParentFirst, Path: s.Path, State: s.State, Other: p.Path, Behind: w.reasons(p)}}
		}
		w.advise(Advice{Verb: Deploy, Path: s.Path})
		return r
	case lifecycle.Problem:
		w.advise(Advice{Verb: Revive, Path: s.Path})
		return append([]Reason{{Code: MachineSilent, Path: s.Path, State: s.State, Other: s.Path}}, w.failure(s)...)
	}
	return append([]Reason{{Code: Busy, Path: s.Path, State: s.State}}, w.failure(s)...)
}

// machineOf explains what the machine below an instance has to do with it; nothing when that machine is well.
func (w *why) machineOf(s *manager.Status) []Reason {
	var machine *manager.Status
	for p := parentOf(s.Path); p != "" && machine == nil; p = parentOf(p) {
		if above := w.status(p); above != nil && above.Machine {
			machine = above
		}
	}
	if machine == nil || machine.State == lifecycle.DeployedStarted {
		return nil
	}
	r := Reason{Path: s.Path, State: s.State, Other: machine.Path, Behind: w.reasons(machine)}
	switch machine.State {
	case lifecycle.NotDeployed:
		r.Code = MachineDown
		w.advise(Advice{Verb: Start, Path: s.Path})
	case lifecycle.Problem:
		r.Code = MachineSilent
	default:
		r.Code = MachineBusy
	}
	return []Reason{r}
}

// software explains an instance whose machine is well.
func (w *why) software(s *manager.Status) []Reason {
	parent := w.status(parentOf(s.Path))
	blocked := parent != nil && parent.State != lifecycle.DeployedStarted
	switch s.State {
	case lifecycle.Unresolved:
		return w.unresolved(s)
	case lifecycle.NotDeployed, lifecycle.DeployedStopped, lifecycle.WaitingForAncestor:
		if blocked {
			r := Reason{Code: ParentFirst, Path: s.Path, State: s.State, Other: parent.Path, Behind: w.reasons(parent)}
			if s.State != lifecycle.WaitingForAncestor {
				w.advise(Advice{Verb: Start, Path: s.Path})
			}
			return append([]Reason{r}, w.failure(s)...)
		}
		return w.idle(s)
	}
	return append([]Reason{{Code: Busy, Path: s.Path, State: s.State}}, w.failure(s)...)
}

// idle explains an instance that only waits for somebody to ask, with what it would miss then.
func (w *why) idle(s *manager.Status) []Reason {
	r := Reason{Code: NotAsked, Path: s.Path, State: s.State}
	if s.State != lifecycle.NotDeployed {
		r.Code = Stopped
	}
	list := append([]Reason{r}, w.failure(s)...)
	list = append(list, w.gaps(s)...)
	w.advise(Advice{Verb: Start, Path: s.Path})
	return list
}

func (w *why) unresolved(s *manager.Status) []Reason {
	list := w.gaps(s)
	failed := w.failure(s)
	if len(list) == 0 && len(failed) > 0 {
		w.advise(Advice{Verb: Start, Path: s.Path})
	}
	return append(list, failed...)
}

// failure is the last thing that failed.
func (w *why) failure(s *manager.Status) []Reason {
	if s.Failure == nil {
		return nil
	}
	if s.State != lifecycle.Problem { // there, the agent must speak first
		w.advise(Advice{Verb: LookInto, Path: s.Path})
	}
	return []Reason{{Code: Failed, Path: s.Path, State: s.State, Fail: s.Failure}}
}
