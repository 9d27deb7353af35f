// Package agent is the mind of the process that manages one machine.
package agent

import (
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/mind"
)

// Config is the identity of an agent and its settings.
type Config struct {
	Domain    string        // "default" when empty
	App       string        // the application it works for
	Scope     string        // path of its scoped instance
	Address   string        // address of its machine, announced by heartbeats
	Epoch     string        // drawn by the shell at each start of the process
	BootID    string        // changes when the machine reboots
	Heartbeat time.Duration // period; 60 s when zero
	Cascade   Cascade
}

// Cascade says whose recipes run when a parent stops (LC-45).
type Cascade uint8

// The cascades.
const (
	ParentOnly Cascade = iota
	DeepestFirst
)

// Journal is what an agent keeps on disk (LC-104): immutable once returned.
type Journal struct{}

// Agent is the mind. It is not safe for concurrent use: one goroutine owns it.
type Agent struct{}

// New makes an agent; journal is what an earlier process left, nil at the first start.
func New(c Config, journal *Journal) *Agent { panic("to be written") }

// Start gives the effects of the first moment: timers. Connected comes later, as an event.
func (a *Agent) Start(now time.Time) []mind.Effect { panic("to be written") }

// Step takes one event (LC-130: messages are handled one at a time, each to completion, in order of arrival).
func (a *Agent) Step(now time.Time, ev mind.Event) []mind.Effect { panic("to be written") }

// Journal is what must survive a crash at this moment.
func (a *Agent) Journal() *Journal { panic("to be written") }

// View is what a recipe is told (PL-1).
type View struct {
	Path, Name, Component, Installer string
	Ancestors                        []Ancestor       // nearest first
	Exports                          []model.Variable // final values
	Imports                          []Imports        // sorted by prefix
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
type Import struct {
	App, Path string
	Vars      []model.Variable // sorted by full name
}

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
	Change *Change // updates only
}

// Ended is an event: a recipe is over.
type Ended struct {
	ID       uint64
	ExitCode int    // 0 is a success
	Error    string // why it failed, "" after a success
	Took     time.Duration
}

// Cancel is an effect: kill the recipe (LC-132); Ended follows as for a failure.
type Cancel struct{ ID uint64 }

// Stopping is an event: the process is asked to end; the agent says goodbye (LC-105).
type Stopping struct{ Reason string }

// Exit is an effect: the process may end now.
type Exit struct{}
