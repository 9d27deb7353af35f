package manager

import (
	"time"

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
	// Create makes an application from a template; its instances are copied, and the associations of that template, when LoadTemplate
	// told of it (MG-20, TG-13). Recipes are the files of the template.
	Create struct {
		Template    *model.Application
		Description string // that of the template when ""
		Recipes     []Recipe
	}
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
	// Cancel gives up what an earlier Do asked: what waits is dropped, a recipe that runs is killed (LC-132, MG-62). Path, when not "",
	// is the only instance that it is about.
	Cancel struct{ ID, Path string }
)

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
	ExitCode      int    // of the recipe that failed, if any
	Took          time.Duration
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
