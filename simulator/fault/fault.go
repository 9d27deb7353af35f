// Package fault names what can go wrong in a run.
package fault

import "time"

// Fault is one thing that goes wrong, or right again. Machines are named by the path of their scoped instance; a link is
// the way between the agent of a machine and the broker.
type Fault interface{ Fault() string }

// The faults.
type (
	// Stop ends an agent politely: it says goodbye.
	Stop struct{ Machine string }
	// Crash kills a machine; its disk stays.
	Crash struct{ Machine string }
	// Recover starts a stopped or crashed machine again.
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
	// Partition cuts a link; nothing is lost, everything waits.
	Partition struct{ Machine string }
	// Heal takes partitions, drops, delays and duplicates of a link away; "" heals every link.
	Heal struct{ Machine string }
)

// Fault is the line of a scenario that makes it happen.
func (f Stop) Fault() string      { return "stop " + f.Machine }
func (f Crash) Fault() string     { return "crash " + f.Machine }
func (f Recover) Fault() string   { return "recover " + f.Machine }
func (f Drop) Fault() string      { return "drop " + f.Machine }
func (f Delay) Fault() string     { return "delay " + f.Machine }
func (f Duplicate) Fault() string { return "duplicate " + f.Machine }
func (f Partition) Fault() string { return "partition " + f.Machine }
func (f Heal) Fault() string      { return "heal " + f.Machine }
