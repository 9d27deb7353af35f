// Package simulator runs the real minds in a world of virtual time.
package simulator

import (
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/fault"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/simulator/trace"
)

// Options of a world. Same model, options and calls: same trace, byte for byte.
type Options struct {
	Seed    uint64
	Profile *profile.Profile // nil: sensible defaults
	// Wire sends every message through its JSON form (messaging.md 16); otherwise immutable values are handed over.
	Wire bool
	// Heartbeat is the period of agents and checks; 5 s when zero.
	Heartbeat time.Duration
}

// World is a simulation: machines, agents, a broker and a manager that exist only as values. One goroutine owns it.
type World struct{}

// New makes a world in which the application exists, nothing deployed. Time is 0.
func New(app *model.Application, o Options) *World { panic("to be written") }

// Now is the virtual time since the beginning.
func (w *World) Now() time.Duration { panic("to be written") }

// Do asks the manager for something, now; what comes of it shows in the trace. It returns the operation's id.
func (w *World) Do(op manager.Op) string { panic("to be written") }

// Break makes a fault happen, now.
func (w *World) Break(f fault.Fault) error { panic("to be written") }

// Step handles the next event; false when none is left.
func (w *World) Step() bool { panic("to be written") }

// Run handles every event up to a moment, and moves the clock there.
func (w *World) Run(until time.Duration) { panic("to be written") }

// Settle runs until only heartbeats and checks are left, or until the limit; it says whether it settled.
func (w *World) Settle(limit time.Duration) bool { panic("to be written") }

// Trace is what happened so far. It only grows.
func (w *World) Trace() *trace.Trace { panic("to be written") }

// Statuses is the manager's knowledge.
func (w *World) Statuses() []manager.Status { panic("to be written") }
