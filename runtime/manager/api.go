package manager

import (
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

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
	// Delete forgets an application of which nothing is deployed (lifecycle.md 12).
	Delete struct{}
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
	// Bind chooses the applications that give an external prefix; none unbinds it (MS-31).
	Bind struct {
		Prefix string
		Apps   []string
	}
	// Cancel gives up what an earlier Do asked of an instance: what waits is dropped, a recipe that runs is killed (LC-132).
	Cancel struct{ ID string }
)

func (Create) op()         {}
func (Delete) op()         {}
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
func (Bind) op()           {}
func (Cancel) op()         {}

// Answer is an effect: how a Do ended. Errors say what was asked, of what, why it is refused.
// Of a bulk operation with errors, the rest is done all the same (LC-65).
type Answer struct {
	ID     string
	Errors []error
}

// Finished is an effect: what a Do asked of one instance is over (LC-13, LC-142). ID is that of the Do.
type Finished struct {
	ID, App, Path string
	Outcome       message.Outcome
	Reason        string // in words; "" when there is nothing to say
}

// Changed is an effect: an instance is not as it was. For people and logs; nothing depends on it. From and To are equal when
// its imports or its failure changed, not its state.
type Changed struct {
	App, Path string
	From, To  lifecycle.State
	Removed   bool // the instance is gone
	Created   bool // the instance is new
	Cause     string
	Why       message.Why // the same as data, when an agent said it
	Failure   *lifecycle.Failure
	ID        string // of the Do at the origin, if any
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

// TerminateMachine is an effect: end a machine, delete the queue of its agent, then say MachineTerminated.
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
