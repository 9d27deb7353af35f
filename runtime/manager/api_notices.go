package manager

import (
	"time"

	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// Turn is what became of an application, a template or a target.
type Turn uint8

// The turns (MG-70).
const (
	Born Turn = iota
	Edited
	Deleted
	Damaged // found unreadable at a restart; its data are kept as they are (MG-53)
)

var turnNames = [...]string{"CREATED", "CHANGED", "DELETED", "DAMAGED"}

// String is the name in notifications (MG-71).
func (t Turn) String() string { return turnNames[t] }

// Effects for people, for the history, for listeners (MG-70). Nothing depends on them.
type (
	// AppChanged says what became of an application as a whole: its description, bindings, graph, recipes.
	AppChanged struct {
		App    string
		Turn   Turn
		Reason string // of damage
		ID     string // of the Do at the origin, if any
	}
	// TemplateChanged says what became of a template.
	TemplateChanged struct {
		Template TemplateID
		Turn     Turn
		ID       string
	}
	// TargetChanged says what became of a target; an edited one serves the machines to come (MG-41).
	TargetChanged struct {
		Target string
		Turn   Turn
		ID     string
	}
	// Output is what a recipe printed. It may come twice: its offset tells.
	Output struct {
		App, Machine string
		*message.RecipeOutput
		ID string
	}
	// Probed is an event that a probe raised, each once.
	Probed struct {
		App, Machine string
		*message.ProbeEvent
		At time.Time // by the clock of the machine
	}
	// Ponged answers a Ping.
	Ponged struct {
		App, Machine string
		*message.Pong
	}
	// Logged is a piece of the logs of an agent.
	Logged struct {
		App, Machine string
		*message.LogsChunk
	}
)

// DropApplication is an effect: delete the broker's objects of an application that is gone (lifecycle.md 12).
type DropApplication struct{ App string }

// Recipe is the files of one component: digests, no content (PL-10 to PL-14). The probe files of the component are among them,
// under their own names (PL-12).
type Recipe struct {
	Component string
	Files     []message.File
}

// Supply is an effect: an agent wants the content of files; a Chunk follows for each piece of each, or one with Missing (MS-65).
type Supply struct {
	App, Path string
	Items     []string // SHA-256
}

// Chunk is an event: a piece of a file for an agent.
type Chunk struct {
	App, Path string
	Data      *message.BlobChunk
}

// More operations.
type (
	// SetRecipes replaces the files of every component; requests from now on refer to them, probe files are sent at once (PL-13, MG-62).
	SetRecipes struct{ Recipes []Recipe }
	// Describe changes the description of an application (MG-21).
	Describe struct{ Description string }
	// Recheck asks the targets again whether the machines of an application, or of all when App is "", run: a handler has become
	// available, the messaging was reconfigured (LC-112). Handler, when not "", limits it.
	Recheck struct{ Handler string }
	// Ping asks the agent of a machine, or of every machine that is up when Path is "", whether it is there; Ponged follows (manager.md 7).
	Ping struct{ Path, Text, Nonce string }
	// SetLogLevel changes what agents log (manager.md 7).
	SetLogLevel struct{ Path, Level, Logger string }
	// GatherLogs asks agents for their logs; Logged follows (manager.md 7).
	GatherLogs struct {
		Path     string
		MaxBytes int64
		Since    time.Time
	}
)

// Restored is an event: a new process has taken over from one that died or stopped, its journal is read. Everything in flight is
// asked again, every machine is looked at (LC-112, LC-113). (*Manager).Restored makes it.
type Restored struct{ settings settings }

// Silent is a machine whose agent does not speak.
type Silent struct {
	App, Path string
	Missed    int // heartbeats
}

// Lapsed is an event: the agents of some machines missed too many heartbeats (LC-94). Only Recorded makes it: heartbeats are not
// kept, so a check that found something is kept as what it found.
type Lapsed struct{ Machines []Silent }

// Recorded is what must be kept of a step that saves, so that a replay comes to the same: mostly the event itself.
func Recorded(ev mind.Event, effects []mind.Effect) mind.Event {
	for _, e := range effects {
		if l, ok := e.(Lapsed); ok {
			return l
		}
	}
	return ev
}

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
func (LoadTemplate) op()   {}
func (DeleteTemplate) op() {}
func (SetTarget) op()      {}
func (RemoveTarget) op()   {}
func (Hint) op()           {}
func (Associate) op()      {}
func (SetRecipes) op()     {}
func (Describe) op()       {}
func (Recheck) op()        {}
func (Ping) op()           {}
func (SetLogLevel) op()    {}
func (GatherLogs) op()     {}
