// Package scenario reads stories: given, do, expect.
package scenario

import (
	"strconv"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/fault"
	"github.com/roboconf/workbench/simulator/trace"
)

// Story is what happens in a run, in order.
type Story struct {
	Acts []Act
}

// Act is a step of a story with its place in the file.
type Act struct {
	Line int // from 1; 0 when no file has it
	Step Step
	// Golden is the text of the block that follows the step ("----" up to an empty line), with HasGolden: what a test
	// compares with the trace.
	Golden    string
	HasGolden bool
}

// Step is one step of a story; String is the line that makes it.
type Step interface{ String() string }

// The steps.
type (
	// Do asks the manager for something.
	Do struct{ Op manager.Op }
	// Break makes a fault happen.
	Break struct{ Fault fault.Fault }
	// Run lets time pass.
	Run struct{ For time.Duration }
	// Settle lets time pass until nothing but heartbeats is left; it fails after Limit, one day when zero.
	Settle struct{ Limit time.Duration }
	// Expect wants an instance in a state.
	Expect struct {
		Path  string
		State lifecycle.State
	}
	// ExpectGone wants an instance to be unknown.
	ExpectGone struct{ Path string }
	// ExpectRuns wants a number of runs of a recipe since the last Do or Break.
	ExpectRuns struct {
		Op    lifecycle.Operation
		Path  string
		Times int
	}
	// ExpectImports wants an instance to hold a number of imports of a prefix.
	ExpectImports struct {
		Path, Prefix string
		Count        int
	}
	// ExpectQuiet wants no recipe and no move since the last Do or Break.
	ExpectQuiet struct{}
	// ExpectRefused wants the last Do to be refused, by the manager or by an agent.
	ExpectRefused struct{}
)

// Default is the story of a run that was given none: everything is deployed and started.
func Default() *Story {
	return &Story{Acts: []Act{{Step: Do{manager.DeployAndStart{}}}, {Step: Settle{}}}}
}

// String is the story as a text that Parse reads back.
func (s *Story) String() string {
	var b strings.Builder
	for _, a := range s.Acts {
		b.WriteString(a.Step.String())
		b.WriteByte('\n')
		if a.HasGolden {
			b.WriteString("----\n" + a.Golden + "\n")
		}
	}
	return b.String()
}

func (s Do) String() string    { return Words(s.Op) }
func (s Break) String() string { return s.Fault.Fault() }
func (s Run) String() string   { return "run " + s.For.String() }

func (s Settle) String() string {
	if s.Limit == 0 {
		return "settle"
	}
	return "settle " + s.Limit.String()
}

func (s Expect) String() string {
	return "expect " + s.Path + " " + word(s.State)
}

func (s ExpectGone) String() string { return "expect " + s.Path + " gone" }

func (s ExpectRuns) String() string {
	return "expect " + s.Op.String() + " " + s.Path + " " + strconv.Itoa(s.Times)
}

func (s ExpectImports) String() string {
	return "expect imports " + s.Path + " " + s.Prefix + " " + strconv.Itoa(s.Count)
}

func (ExpectQuiet) String() string   { return "expect quiet" }
func (ExpectRefused) String() string { return "expect refused" }

// Words is the line of a story that asks for an operation. Operations that a story cannot hold (a new template, a new
// graph) get words for people.
func Words(op manager.Op) string {
	switch op := op.(type) {
	case manager.Request:
		return verbOf(op.State) + " " + op.Path
	case manager.DeployAndStart:
		return strings.TrimSpace("deploy all " + op.Path)
	case manager.StopAll:
		return strings.TrimSpace("stop all " + op.Path)
	case manager.UndeployAll:
		return strings.TrimSpace("undeploy all " + op.Path)
	case manager.Add:
		return "add " + op.Parent + "/" + op.Instance.Name + " as " + op.Instance.Component
	case manager.Remove:
		if op.Deferred {
			return "remove " + op.Path + " later"
		}
		return "remove " + op.Path
	case manager.Rename:
		return "rename " + op.Path + " as " + op.Name
	case manager.Replicate:
		return "replicate " + op.Path + " as " + op.Name
	case manager.Resync:
		return "resync"
	case manager.Create:
		return "create the application"
	case manager.SetGraph:
		return "change the graph"
	}
	return "unknown operation"
}

// verbOf names a request; only three states are accepted (LC-2), the others are there to be refused.
func verbOf(s lifecycle.State) string {
	switch s {
	case lifecycle.NotDeployed:
		return "undeploy"
	case lifecycle.DeployedStopped:
		return "stop"
	case lifecycle.DeployedStarted:
		return "start"
	}
	return "request " + word(s)
}

// word is the name of a state in a story: the one of a trace, without blanks.
func word(s lifecycle.State) string {
	return strings.ReplaceAll(trace.Word(s.String()), " ", "-")
}

// state reads a state: its word or its name, in any letter case (LC-4).
func state(text string) (lifecycle.State, bool) {
	for _, s := range lifecycle.States() {
		if strings.EqualFold(text, s.String()) || strings.EqualFold(text, word(s)) {
			return s, true
		}
	}
	return 0, false
}
