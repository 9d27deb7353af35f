// Package manager is the mind that owns the model of every application.
package manager

import (
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/mind"
)

// Config holds the settings of a manager.
type Config struct {
	Domain     string        // "default" when empty
	Epoch      string        // drawn by the shell at each start of the process
	CheckEvery time.Duration // heartbeat checks; 60 s when zero
	Tolerated  int           // missed checks tolerated; 2 when zero
}

// Manager is the mind. One goroutine owns it.
type Manager struct{}

// New makes a manager without applications.
func New(c Config) *Manager { panic("to be written") }

// Start gives the effects of the first moment.
func (m *Manager) Start(now time.Time) []mind.Effect { panic("to be written") }

// Step takes one event.
func (m *Manager) Step(now time.Time, ev mind.Event) []mind.Effect { panic("to be written") }

// Status is what the manager knows of an instance. Immutable.
type Status struct {
	Path, Component string
	Machine         bool
	State           lifecycle.State
	Since           time.Time
	Imports         []Import // sorted by prefix, then in order of arrival
	Failure         *lifecycle.Failure
	Address         string // machines
	MachineID       string
}

// Import is an import that an instance holds.
type Import struct {
	Prefix, App, Path string
	Vars              []model.Variable
}

// Statuses gives every instance of an application, parents first, siblings in order of creation.
func (m *Manager) Statuses(app string) []Status { panic("to be written") }

// Status gives one instance.
func (m *Manager) Status(app, path string) (Status, bool) { panic("to be written") }

// Instances is the present model of an application: what was predefined, with what was added and removed since.
func (m *Manager) Instances(app string) []*model.Instance { panic("to be written") }

// Do is an event: a person asks for something. Answer follows, with the same ID, once it is accepted or refused.
type Do struct {
	ID  string // becomes the correlation of every message it causes
	App string
	Op  Op
}

// Op is an operation (lifecycle.md 6 and 7).
type Op interface{ op() }

// The operations.
type (
	// Create makes an application from a template; its instances are copied.
	Create struct{ Template *model.Application }
	// Request asks for a state (LC-2).
	Request struct {
		Path  string
		State lifecycle.State
	}
	// DeployAndStart requests DEPLOYED_STARTED from Path down, or everywhere when Path is "" (LC-65).
	DeployAndStart struct{ Path string }
	// StopAll stops everything but machines.
	StopAll struct{ Path string }
	// UndeployAll undeploys the starting points.
	UndeployAll struct{ Path string }
	// Add inserts an instance with its children below Parent ("" for a root).
	Add struct {
		Parent   string
		Instance *model.Instance
	}
	// Remove deletes an instance; Deferred waits until it is not deployed any more.
	Remove struct {
		Path     string
		Deferred bool
	}
	// Rename changes the name of an instance whose machine is not deployed.
	Rename struct{ Path, Name string }
	// Replicate copies a root instance.
	Replicate struct{ Path, Name string }
	// Resync asks every agent to publish its exports again (LC-107).
	Resync struct{}
	// SetGraph replaces the graph and the component facts of an application whose files changed.
	SetGraph struct{ Graph *model.Graph }
)

func (Create) op()         {}
func (Request) op()        {}
func (DeployAndStart) op() {}
func (StopAll) op()        {}
func (UndeployAll) op()    {}
func (Add) op()            {}
func (Remove) op()         {}
func (Rename) op()         {}
func (Replicate) op()      {}
func (Resync) op()         {}
func (SetGraph) op()       {}

// Answer is an effect: how a Do ended. Errors say what was asked, of what, why it is refused.
type Answer struct {
	ID     string
	Errors []error
}

// Changed is an effect: an instance is not as it was. For people and logs; nothing depends on it.
type Changed struct {
	App, Path string
	From, To  lifecycle.State
	Removed   bool // the instance is gone
	Created   bool // the instance is new
	Cause     string
	Failure   *lifecycle.Failure
}

// CreateMachine is an effect: ask a target for a machine, then say MachineCreated.
type CreateMachine struct {
	App, Path string
	Gen       int // generation: +1 for each machine of that instance
}

// MachineCreated is an event. Error is "" when it worked.
type MachineCreated struct {
	App, Path string
	Gen       int
	MachineID string
	Error     string
}

// MachineConfigured is an event: configuration ended. Error is "" when it worked.
type MachineConfigured struct {
	App, Path string
	Error     string
}

// TerminateMachine is an effect: end a machine, then say MachineTerminated.
type TerminateMachine struct{ App, Path, MachineID string }

// MachineTerminated is an event. Error is "" when it worked.
type MachineTerminated struct{ App, Path, Error string }

// QueryMachine is an effect: is this machine running? MachineSeen follows (LC-96).
type QueryMachine struct{ App, Path, MachineID string }

// Running is a target's answer about a machine.
type Running uint8

// The answers.
const (
	CannotTell Running = iota
	IsRunning
	NotRunning
)

// MachineSeen is an event.
type MachineSeen struct {
	App, Path string
	Running   Running
}
