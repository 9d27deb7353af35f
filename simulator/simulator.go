// Package simulator runs the real minds in a world of virtual time.
package simulator

import (
	"fmt"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/bus/memory"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/simulator/property"
	"github.com/roboconf/workbench/simulator/scenario"
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
	// Messages keeps every message in the trace, not only what came of it.
	Messages bool
	// Strict copies the journal of an agent at each Save, as a disk would; otherwise it is read at the moment of a crash,
	// which is faster and shows the same as long as minds announce what they change.
	Strict bool

	// Scenario is the story that Run tells; nil for scenario.Default. New does not look at it.
	Scenario *scenario.Story
	// Until ends Run at this virtual time, whatever is left of the story; 0 for no end. New does not look at it.
	Until time.Duration
}

// genesis is the wall clock of the minds at virtual time zero. It never shows in a trace.
var genesis = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// World is a simulation: machines, agents, a broker and a manager that exist only as values. One goroutine owns it.
type World struct {
	options Options
	app     string
	now     time.Duration
	queue   queue
	steps   int // events that minds took

	broker  memory.Broker
	clients []*client // clients[0] is the manager
	owners  []int32   // client by memory.Queue-1
	agents  map[string]*client
	manager *manager.Manager
	graph   *model.Graph
	created int // machines, for their addresses
	asked   int // operations, for their ids
	wanted  map[string]lifecycle.State
	kinds   map[string][]string
	away    bool // the broker is cut from everybody

	truth   truth
	trace   trace.Trace
	broken  []property.Broken
	answers map[string][]error
	refused int           // operations that were refused, by the manager or by an agent
	active  time.Duration // when something last happened that is no heartbeat
}

// New makes a world in which the application exists, nothing deployed. Time is 0.
func New(app *model.Application, o Options) *World {
	if o.Heartbeat <= 0 {
		o.Heartbeat = 5 * time.Second
	}
	w := &World{
		options: o, app: app.Descriptor.Name, graph: app.Graph,
		agents: map[string]*client{}, wanted: map[string]lifecycle.State{}, kinds: map[string][]string{},
		answers: map[string][]error{},
	}
	w.truth.known = map[string]*instance{}
	w.manager = manager.New(manager.Config{
		Epoch: fmt.Sprintf("manager/%d", o.Seed), CheckEvery: o.Heartbeat, Pretend: true,
	})
	c := w.client("", w.manager)
	w.apply(c, w.manager.Start(w.clock()))
	c.link.connected, c.link.open = true, true
	c.queue = w.declare(c)
	w.step(c, mind.Connected{})
	w.ask(manager.Create{Template: app})
	w.truth.stale = true
	return w
}

// Now is the virtual time since the beginning.
func (w *World) Now() time.Duration { return w.now }

// clock is the time that minds are told.
func (w *World) clock() time.Time { return genesis.Add(w.now) }

// Events is the number of events that the minds took so far.
func (w *World) Events() int { return w.steps }

// Do asks the manager for something, now; what comes of it shows in the trace. It returns the operation's id.
func (w *World) Do(op manager.Op) string {
	w.note(trace.Entry{Kind: trace.Operation, Text: scenario.Words(op)})
	id := w.ask(op)
	if len(w.answers[id]) == 0 {
		w.want(op)
	}
	return id
}

func (w *World) ask(op manager.Op) string {
	w.asked++
	id := fmt.Sprintf("operation-%d", w.asked)
	w.active = w.now
	w.step(w.clients[0], manager.Do{ID: id, App: w.app, Op: op})
	return id
}

// Refused gives the errors of an operation that was asked for; none when it was accepted.
func (w *World) Refused(id string) []error { return w.answers[id] }

// Step handles the next event; false when none is left.
func (w *World) Step() bool {
	e, ok := w.queue.pop()
	if !ok {
		return false
	}
	w.now = max(w.now, e.at)
	w.handle(e)
	return true
}

// Run handles every event up to a moment, and moves the clock there.
func (w *World) Run(until time.Duration) {
	for {
		at, ok := w.queue.next()
		if !ok || at > until {
			break
		}
		w.Step()
	}
	w.now = max(w.now, until)
}

// Settle runs until only heartbeats and checks are left, or until the limit, a moment of virtual time; it says whether the
// world settled. A world at rest is watched for a while before it is believed: a machine that died shows it by silence.
func (w *World) Settle(limit time.Duration) bool {
	w.active = w.now
	for {
		if quiet := w.now - w.active; w.queue.busy == 0 && quiet >= 5*w.options.Heartbeat && quiet >= w.patience() {
			if !w.travelling() {
				return true
			}
			w.active = w.now
		}
		at, ok := w.queue.next()
		if !ok {
			return true
		}
		if at > limit {
			w.now = max(w.now, limit)
			return false
		}
		w.Step()
	}
}

// AtRest says whether only heartbeats and checks are left: nothing else has happened for so long that nothing will.
func (w *World) AtRest() bool {
	return w.queue.busy == 0 && w.now-w.active >= w.patience() && !w.travelling()
}

// patience is how long nothing must happen: long enough for the manager to miss heartbeats, for the slowest link to deliver.
func (w *World) patience() time.Duration {
	slowest := time.Duration(0)
	for _, c := range w.clients {
		slowest = max(slowest, c.link.delay)
	}
	return 5*w.options.Heartbeat + 4*slowest
}

// travelling says whether a message that matters is on its way to somebody who will get it.
func (w *World) travelling() bool {
	for _, c := range w.clients {
		if !c.link.open || c.link.drop >= 1 {
			continue
		}
		if c.link.matters() {
			return true
		}
		for m := range w.broker.Waiting(c.queue) {
			if c.mind != nil && !beats(m) {
				return true
			}
		}
	}
	return false
}

// Trace is what happened so far. It only grows.
func (w *World) Trace() *trace.Trace { return &w.trace }

// Statuses is the manager's knowledge.
func (w *World) Statuses() []manager.Status { return w.manager.Statuses(w.app) }

// Broken are the properties that did not hold so far, each told once.
func (w *World) Broken() []property.Broken { return w.broken }

// handle gives an event of the world to whom it concerns.
func (w *World) handle(e event) {
	c := w.clients[e.who]
	switch e.kind {
	case onTimer:
		w.timer(c, e)
	case onUp:
		w.up(c, e.arg)
	case onDown:
		w.down(c, e.arg)
	case onEnded:
		w.ended(c, e.arg)
	case onConnect:
		w.connect(c, e.arg)
	case onLost:
		w.lose(c, e.arg)
	default:
		w.machine(c, e)
	}
}

func (w *World) note(e trace.Entry) {
	e.At = w.now
	w.trace.Add(e)
}
