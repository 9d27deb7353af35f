package agent

import (
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// View is what a recipe is told (PL-1). It is immutable and may be kept.
type View struct {
	Path, Name, Component, Installer string
	Ancestors                        []Ancestor       // nearest first
	Exports                          []model.Variable // final values
	Imports                          []Imports        // sorted by prefix: one entry for each prefix that is declared
	Data                             map[string]string
}

// Ancestor is an instance above, for ANCESTOR_ variables.
type Ancestor struct {
	Path, Component string
	Exports         []model.Variable
}

// Imports are the imports of one prefix, in order of arrival.
type Imports struct {
	Prefix string
	From   []Import
}

// Import is what was learned from one exporter for one prefix (LC-54).
type Import = message.Import

// Change is the import that an update is about.
type Change struct {
	Prefix string
	Import
	Status lifecycle.State // DeployedStarted: appeared or changed; DeployedStopped: disappeared
}

// Run is an effect: run a recipe, then say Ended with the same ID. One at a time.
type Run struct {
	ID     uint64
	Op     lifecycle.Operation
	View   View
	Change *Change           // updates only
	For    *message.Envelope // the message that is being handled; nil when the agent acts by itself
	// Remove are the instances whose directories go when an undeployment succeeds, before Ended (LC-23).
	Remove []Place
}

// Ended is an event: a recipe is over.
type Ended struct {
	ID       uint64
	ExitCode int    // 0 is a success
	Error    string // why it failed, "" after a success
	Took     time.Duration
}

// Failed says whether the recipe did not do what it should.
func (e Ended) Failed() bool { return e.ExitCode != 0 || e.Error != "" }

// Cancel is an effect: kill the recipe (LC-132); Ended follows as for a failure.
type Cancel struct{ ID uint64 }

// Stopping is an event: the process is asked to end; the agent says goodbye (LC-105).
type Stopping struct{ Reason string }

// Exit is an effect: the process may end now, once its last words are sent.
type Exit struct {
	// Released says that the machine is recycled: everything that the agent kept goes too (LC-106).
	Released bool
}

// view is what a recipe of instance i is told now.
func (a *Agent) view(i int32) View {
	in := &a.insts[i]
	v := View{
		Path: in.path, Name: in.decl.Name, Component: in.decl.Component, Installer: in.kind.installer,
		Exports: a.final(i), Data: in.decl.Data, Ancestors: a.ancestors(i),
	}
	if n := len(in.kind.prefixes); n > 0 {
		v.Imports = make([]Imports, n)
		for k, p := range in.kind.prefixes {
			v.Imports[k] = Imports{Prefix: p.name, From: in.imports[k]}
		}
	}
	return v
}

// ancestors are those of the scope, then those above the machine.
func (a *Agent) ancestors(i int32) []Ancestor {
	if known := a.insts[i].above; known != nil {
		return known
	}
	above := a.model.Ancestors
	list := make([]Ancestor, 0, int(a.insts[i].depth)+len(above))
	for p := a.insts[i].parent; p >= 0; p = a.insts[p].parent {
		in := &a.insts[p]
		list = append(list, Ancestor{Path: in.path, Component: in.decl.Component, Exports: a.final(p)})
	}
	for k := len(above) - 1; k >= 0; k-- {
		list = append(list, Ancestor{Path: above[k].Path, Component: above[k].Component, Exports: above[k].Exports})
	}
	a.insts[i].above = list
	return list
}
