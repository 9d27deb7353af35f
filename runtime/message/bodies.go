package message

import (
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

// Import is what was learned from one exporter for one prefix (LC-54).
type Import struct {
	Prefix, App, Path string
	Vars              []model.Variable // sorted by full name; Name and Value only
}

// File is a reference to a file of a recipe (MS-65).
type File struct {
	Name   string // relative, slash separated
	SHA256 string
	Size   int64
	Mode   string // "0644" or "0755"
	Data   []byte // inlined when small, else nil
}

// Ancestor is an instance above the scoped instance, read only.
type Ancestor struct {
	Path, Component string
	Address         string // of a machine, when known
	Exports         []model.Variable
}

// The messages of the manager to an agent (messaging.md 13.1).
type (
	// ModelSet gives an agent its model (LC-101).
	ModelSet struct {
		Revision        int
		Gen             int // generation of the machine
		Graph           *model.Graph
		Ancestors       []Ancestor      // root first
		Root            *model.Instance // the scoped instance with its scope
		ExternalExports []model.Export  // sorted by variable
		ExternalPrefix  string          // prefix under which they are seen from outside
		Bindings        []Binding       // sorted by prefix
		Scripts         []File
	}
	// Binding is the applications that may give an external prefix.
	Binding struct {
		Prefix string
		Apps   []string // sorted
	}
	// InstanceAdd inserts an instance with its children; Revision is that of the model with it.
	InstanceAdd struct {
		Parent   string
		Node     *model.Instance
		Revision int
	}
	// InstanceRemove deletes an instance; Revision is that of the model without it.
	InstanceRemove struct {
		Path     string
		Revision int
	}
	// InstanceRequest asks for a state (LC-10).
	InstanceRequest struct {
		Path    string
		Status  lifecycle.State
		Files   []File
		DryRun  bool
		Timeout time.Duration // of each recipe; 0 for the default
	}
	// OperationCancel cancels a queued request or kills the running recipe (LC-132).
	OperationCancel struct{ Request string }
	// InstancesSend asks for one InstanceChanged per instance.
	InstancesSend struct{}
	// ExportsResync asks for the exports of every started instance (LC-107).
	ExportsResync struct{}
	// BindingChange replaces the applications bound to an external prefix (MS-31).
	BindingChange struct {
		Prefix string
		Apps   []string // sorted
	}
	// Ping asks whether somebody is there.
	Ping struct{ Text, Nonce string }
	// AgentReset makes an agent forget everything (LC-106). Epoch, when not "", is the only process that it is meant for.
	AgentReset struct{ Reason, Epoch string }
)

// The messages of an agent to the manager (messaging.md 13.2).
type (
	// AgentHeartbeat says that an agent is alive (LC-91).
	AgentHeartbeat struct {
		Address       string
		ModelRequired bool
		ModelRevision int
		ModelDigest   string
		BootID        string
		Version       string
		Queue         int
		Busy          *Busy
	}
	// Busy is the recipe that runs at the moment.
	Busy struct {
		Path      string
		Operation lifecycle.Operation
		Since     time.Time
	}
	// AgentGoodbye is the last message of an agent (LC-105).
	AgentGoodbye struct{ Reason string }
	// InstanceChanged is the whole truth about an instance.
	InstanceChanged struct {
		Path     string
		Status   lifecycle.State
		Imports  []Import // sorted by prefix, then in order of arrival
		Problem  *lifecycle.Failure
		StateSeq uint64
		Why      Why
	}
	// InstanceRemoved confirms a removal.
	InstanceRemoved struct{ Path string }
	// RequestResult says how a request ended (LC-13).
	RequestResult struct {
		Request  string // id of the message
		Path     string
		Outcome  Outcome
		Reason   string
		ExitCode int
		Took     time.Duration
	}
	// RecipeOutput is what a recipe printed.
	RecipeOutput struct {
		Request, Path string
		Operation     lifecycle.Operation
		Stream        string // "out" or "err"
		Offset        int64
		Text          string
		Truncated     bool
	}
	// Pong answers a Ping, with Busy when a recipe runs (D-27).
	Pong struct {
		Text, Nonce string
		Busy        *Busy
	}
)

// The messages between agents (messaging.md 13.3).
type (
	// ImportAdd publishes the variables of one prefix of one instance.
	ImportAdd struct {
		App, Prefix, Path string
		Vars              []model.Variable // sorted by full name; Name and Value only
		Gen               int
		Seq               uint64
	}
	// ImportRemove withdraws them. Final closes the whole generation.
	ImportRemove struct {
		App, Prefix, Path string
		Gen               int
		Seq               uint64
		Origin            string // FromAgent or FromManager
		Final             bool
	}
	// ImportRequest asks the exporters of a prefix to publish again.
	ImportRequest struct{ App, Prefix string }
)

// The reasons of a goodbye (LC-105).
const (
	Shutdown = "shutdown"
	Released = "released"
)

// Outcome is how a request ended.
type Outcome string

// The outcomes.
const (
	Done      Outcome = "done"
	Noop      Outcome = "noop"
	Rejected  Outcome = "rejected"
	Failed    Outcome = "failed"
	Cancelled Outcome = "cancelled"
)

func (*ModelSet) Type() string        { return "model.set" }
func (*InstanceAdd) Type() string     { return "instance.add" }
func (*InstanceRemove) Type() string  { return "instance.remove" }
func (*InstanceRequest) Type() string { return "instance.request" }
func (*OperationCancel) Type() string { return "operation.cancel" }
func (*InstancesSend) Type() string   { return "instances.send" }
func (*ExportsResync) Type() string   { return "exports.resync" }
func (*BindingChange) Type() string   { return "binding.change" }
func (*Ping) Type() string            { return "ping" }
func (*AgentReset) Type() string      { return "agent.reset" }
func (*AgentHeartbeat) Type() string  { return "agent.heartbeat" }
func (*AgentGoodbye) Type() string    { return "agent.goodbye" }
func (*InstanceChanged) Type() string { return "instance.changed" }
func (*InstanceRemoved) Type() string { return "instance.removed" }
func (*RequestResult) Type() string   { return "request.result" }
func (*RecipeOutput) Type() string    { return "recipe.output" }
func (*Pong) Type() string            { return "pong" }
func (*ImportAdd) Type() string       { return "import.add" }
func (*ImportRemove) Type() string    { return "import.remove" }
func (*ImportRequest) Type() string   { return "import.request" }
