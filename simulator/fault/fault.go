// Package fault names what can go wrong in a run.
package fault

import (
	"strconv"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
)

// Fault is one thing that goes wrong, or right again. Machines are named by the path of their scoped instance; a link is
// the way between the agent of a machine and the broker.
type Fault interface{ Fault() string }

// The faults.
type (
	// Stop ends an agent politely: it says goodbye (LC-105). The machine stays.
	Stop struct{ Machine string }
	// Kill ends an agent without a word. The machine stays, so does its boot id.
	Kill struct{ Machine string }
	// Crash kills a machine; its disk stays. Its target cannot tell whether it runs.
	Crash struct{ Machine string }
	// Destroy ends a machine from outside, with its disk: there is no way back, and its target knows (LC-96).
	Destroy struct{ Machine string }
	// Recover starts a stopped, killed or crashed agent again, with the machine when it is off.
	Recover struct{ Machine string }
	// Drop loses messages on a link with a probability, from 0 to 1; the sender tries again (MS-72).
	Drop struct {
		Machine string
		Rate    float64
	}
	// Delay slows a link down.
	Delay struct {
		Machine string
		By      time.Duration
	}
	// Duplicate delivers messages of a link twice with a probability.
	Duplicate struct {
		Machine string
		Rate    float64
	}
	// Partition cuts a link; nothing is lost, everything waits. "" cuts every link: the broker is away.
	Partition struct{ Machine string }
	// Heal takes partitions, drops, delays and duplicates of a link away; "" heals every link.
	Heal struct{ Machine string }
	// Fail makes the next runs of a recipe fail.
	Fail struct {
		Path  string
		Op    lifecycle.Operation
		Times int
	}
	// Slow makes the recipes of an instance last longer, by a factor of at least 1; 1 ends it.
	Slow struct {
		Path   string
		Factor float64
	}
)

// Fault is the line of a scenario that makes it happen.
func (f Stop) Fault() string      { return "halt " + f.Machine }
func (f Kill) Fault() string      { return "kill " + f.Machine }
func (f Crash) Fault() string     { return "crash " + f.Machine }
func (f Destroy) Fault() string   { return "destroy " + f.Machine }
func (f Recover) Fault() string   { return "recover " + f.Machine }
func (f Drop) Fault() string      { return "drop " + f.Machine + " " + percent(f.Rate) }
func (f Delay) Fault() string     { return "delay " + f.Machine + " " + f.By.String() }
func (f Duplicate) Fault() string { return "duplicate " + f.Machine + " " + percent(f.Rate) }
func (f Partition) Fault() string { return strings.TrimSpace("partition " + f.Machine) }
func (f Heal) Fault() string      { return strings.TrimSpace("heal " + f.Machine) }

// Fault is the line of a scenario that makes it happen.
func (f Fail) Fault() string {
	return "fail " + f.Op.String() + " " + f.Path + " " + strconv.Itoa(f.Times)
}

// Fault is the line of a scenario that makes it happen.
func (f Slow) Fault() string {
	return "slow " + f.Path + " x" + strconv.FormatFloat(f.Factor, 'g', -1, 64)
}

func percent(rate float64) string {
	return strconv.FormatFloat(rate*100, 'g', -1, 64) + "%"
}
