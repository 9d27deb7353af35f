// Package mindtest connects a manager with agents in one goroutine, for the tests of the minds.
//
// Messages go through per-link queues, first in, first out; which link moves next is chosen by a function that the test hands
// in. Nothing here knows a rule of the life cycle: the simulator is the real world of the minds, this is a bench.
package mindtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// App is the name of the application that New creates.
const App = "app"

// Bench is a manager with the agents of the machines that it asked for.
type Bench struct {
	Manager *manager.Manager
	Agents  map[string]*agent.Agent // by application, space, path
	Now     time.Time
	// Next chooses which of n links moves; the first when nil.
	Next func(n int) int
	// Recipe says how a recipe ends; well when nil.
	Recipe func(r agent.Run) agent.Ended
	// Hold keeps recipes running: they end with End.
	Hold bool
	// Create and Terminate say why a machine cannot be created or terminated; "" when it can. Nil: always.
	Create, Terminate func(path string) string
	// Configure changes the configuration of an agent before it starts.
	Configure func(c *agent.Config)
	// Answers, Finished, Changes are what the manager told people, in order.
	Answers  []manager.Answer
	Finished []manager.Finished
	Changes  []manager.Changed
	// Runs are the recipes that were run, as "op path".
	Runs []string
	// Sent are the messages that were published, as "type sender -> target".
	Sent []*message.Envelope
	// Effects are those of the machines: "create path", "terminate path", "query path".
	Effects []string
	// Duplicate delivers every message that many times more.
	Duplicate int
	// Query says whether a machine runs, when the manager asks; nobody answers when nil.
	Query func(path string) manager.Running
	// Took hears of each step of the manager, and says what is done of what it wishes; all of it when nil.
	Took func(ev mind.Event, effects []mind.Effect) []mind.Effect
	// Wrong are the promises that were broken: a second machine of one instance.
	Wrong []string

	links  map[string][]event
	binds  map[message.Target]map[string]bool // listeners
	timers map[string]time.Time               // by listener, space, timer
	held   map[string]uint64                  // recipe that runs, by agent
	heldOp map[string]agent.Run
	births int
	asked  int
	// machines are those that exist, by application, space, path: their generations.
	machines map[string]int
}

type event struct {
	to string // "manager", or the key of an agent
	ev mind.Event
}

const toManager = "manager"

// Key names an agent.
func Key(app, path string) string { return app + " " + path }

// New makes a bench with one application, nothing deployed.
func New(t *model.Application) *Bench {
	b := &Bench{
		Manager: manager.New(manager.Config{Epoch: "manager", CheckEvery: 5 * time.Second, Pretend: true}),
		Agents:  map[string]*agent.Agent{}, Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		links: map[string][]event{}, binds: map[message.Target]map[string]bool{}, timers: map[string]time.Time{},
		held: map[string]uint64{}, heldOp: map[string]agent.Run{}, machines: map[string]int{},
	}
	b.apply(toManager, b.Manager.Start(b.Now))
	b.step(mind.Connected{})
	if t != nil {
		b.DoIn(App, manager.Create{Template: t})
	}
	return b
}

// Do asks the manager for something, in the application of New; it gives what is refused.
func (b *Bench) Do(op manager.Op) []error { return b.DoIn(App, op) }

// DoIn asks for something in another application.
func (b *Bench) DoIn(app string, op manager.Op) []error {
	b.asked++
	id := fmt.Sprintf("do-%d", b.asked)
	b.step(manager.Do{ID: id, App: app, Op: op})
	for _, a := range b.Answers {
		if a.ID == id {
			return a.Errors
		}
	}
	return nil // the manager died before it answered
}

// step gives an event to the manager.
func (b *Bench) step(ev mind.Event) {
	effects := b.Manager.Step(b.Now, ev)
	if b.Took != nil {
		effects = b.Took(ev, effects)
	}
	b.apply(toManager, effects)
}

// KillManager ends the manager without a word, and lets another one go on: the events that its targets and timers still owe the
// old one are lost, so is what the links from it hold when lose says so. The caller has made next, and gives it its events.
func (b *Bench) KillManager(next *manager.Manager, lose bool) {
	b.Manager = next
	delete(b.links, "target -> "+toManager)
	delete(b.timers, toManager+"\nflush")
	for _, key := range slices.Sorted(maps.Keys(b.links)) {
		if lose && strings.HasPrefix(key, toManager+" -> ") {
			delete(b.links, key)
		}
	}
}

// Machines are the machines that exist, sorted, as "app path".
func (b *Bench) Machines() []string { return slices.Sorted(maps.Keys(b.machines)) }

// Settle moves links until none is left. Timers do not fire.
func (b *Bench) Settle() {
	for n := 0; b.Move(); n++ {
		if n > 1_000_000 {
			panic("the bench does not settle")
		}
	}
}

// Move moves one link; false when none is left.
func (b *Bench) Move() bool {
	keys := slices.Sorted(maps.Keys(b.links))
	if len(keys) == 0 {
		return false
	}
	at := 0
	if b.Next != nil {
		at = b.Next(len(keys))
	}
	key := keys[at]
	e := b.links[key][0]
	if b.links[key] = b.links[key][1:]; len(b.links[key]) == 0 {
		delete(b.links, key)
	}
	b.deliver(e)
	return true
}

func (b *Bench) deliver(e event) {
	if e.to == toManager {
		b.step(e.ev)
	} else if a := b.Agents[e.to]; a != nil {
		b.apply(e.to, a.Step(b.Now, e.ev))
	}
}

// Advance lets time pass; timers that are due fire, in order.
func (b *Bench) Advance(d time.Duration) {
	end := b.Now.Add(d)
	for {
		b.Settle()
		key := b.due(end)
		if key == "" {
			break
		}
		b.Now = b.timers[key]
		delete(b.timers, key)
		listener, timer, _ := strings.Cut(key, "\n")
		b.deliver(event{listener, mind.Woken{Timer: timer}})
	}
	b.Now = end
}

func (b *Bench) due(end time.Time) string {
	best := ""
	for _, key := range slices.Sorted(maps.Keys(b.timers)) {
		if at := b.timers[key]; !at.After(end) && (best == "" || at.Before(b.timers[best])) {
			best = key
		}
	}
	return best
}

// End ends the recipe that runs on a machine; it says whether one ran.
func (b *Bench) End(path string, e agent.Ended) bool {
	key := Key(App, path)
	id, ok := b.held[key]
	if !ok {
		return false
	}
	delete(b.held, key)
	e.ID = id
	b.deliver(event{key, e})
	return true
}

// Running is the recipe that runs on a machine, as "op path"; "" when none does.
func (b *Bench) Running(path string) string {
	if r, ok := b.heldOp[Key(App, path)]; ok && b.held[Key(App, path)] == r.ID {
		return r.Op.String() + " " + r.View.Path
	}
	return ""
}

// Kill ends an agent without a word; its journal is what a new one gets.
func (b *Bench) Kill(path string) *agent.Journal {
	key := Key(App, path)
	j := b.Agents[key].Journal()
	b.forget(key)
	return j
}

func (b *Bench) forget(key string) {
	delete(b.Agents, key)
	delete(b.held, key)
	for _, k := range slices.Sorted(maps.Keys(b.timers)) {
		if strings.HasPrefix(k, key+"\n") {
			delete(b.timers, k)
		}
	}
}

// Boot starts an agent.
func (b *Bench) Boot(app, path string, boot string, j *agent.Journal) {
	b.births++
	c := agent.Config{
		App: app, Scope: path, Address: address(path), Epoch: fmt.Sprintf("epoch-%d", b.births), BootID: boot, Heartbeat: 5 * time.Second,
		AnswerEvery: -1, // time stands still on the bench
	}
	if b.Configure != nil {
		b.Configure(&c)
	}
	key := Key(app, path)
	a := agent.New(c, j)
	b.Agents[key] = a
	b.apply(key, a.Start(b.Now))
	b.apply(key, a.Step(b.Now, mind.Connected{}))
}

func address(path string) string {
	return "10.0.0." + fmt.Sprint(len(path)) + strings.ReplaceAll(path, "/", ".")
}

// Inject gives an event to an agent.
func (b *Bench) Inject(path string, ev mind.Event) { b.deliver(event{Key(App, path), ev}) }

// State is the state that the manager knows.
func (b *Bench) State(path string) lifecycle.State {
	s, _ := b.Manager.Status(App, path)
	return s.State
}

// States are all states that the manager knows, as "path STATE" lines.
func (b *Bench) States() string {
	var lines []string
	for _, s := range b.Manager.Statuses(App) {
		lines = append(lines, s.Path+" "+s.State.String())
	}
	return strings.Join(lines, "\n")
}

func (b *Bench) apply(from string, effects []mind.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case mind.Publish:
			b.route(from, e)
		case mind.Bind:
			if b.binds[e.To] == nil {
				b.binds[e.To] = map[string]bool{}
			}
			b.binds[e.To][from] = true
		case mind.Unbind:
			delete(b.binds[e.To], from)
		case mind.Wait:
			b.wait(from, e)
		case agent.Run:
			b.run(from, e)
		case agent.Cancel:
			delete(b.held, from)
			b.later(from, from, agent.Ended{ID: e.ID, ExitCode: -1, Error: "killed"})
		case agent.Exit:
			b.forget(from)
		default:
			b.applyManager(e)
		}
	}
}

func (b *Bench) applyManager(e mind.Effect) {
	switch e := e.(type) {
	case manager.Answer:
		b.Answers = append(b.Answers, e)
	case manager.Finished:
		b.Finished = append(b.Finished, e)
	case manager.Changed:
		b.Changes = append(b.Changes, e)
	case manager.CreateMachine:
		b.create(e)
	case manager.TerminateMachine:
		b.terminate(e)
	case manager.QueryMachine:
		b.Effects = append(b.Effects, "query "+e.Path)
		if b.Query != nil {
			b.later("target", toManager, manager.MachineSeen{App: e.App, Path: e.Path, Gen: e.Gen, Running: b.Query(e.Path)})
		}
	}
}

// create makes a machine, once for each generation: a target is idempotent.
func (b *Bench) create(e manager.CreateMachine) {
	b.Effects = append(b.Effects, "create "+e.Path)
	key := Key(e.App, e.Path)
	gen, there := b.machines[key]
	if there && gen != e.Gen {
		b.Wrong = append(b.Wrong, fmt.Sprintf("%s has two machines, of the generations %d and %d", key, gen, e.Gen))
	}
	why := ""
	if b.Create != nil && !there {
		why = b.Create(e.Path)
	}
	b.later("target", toManager, manager.MachineCreated{App: e.App, Path: e.Path, Gen: e.Gen, MachineID: fmt.Sprintf("m%d", e.Gen), Error: why})
	if why == "" && !there {
		b.machines[key] = e.Gen
		b.Boot(e.App, e.Path, fmt.Sprintf("boot-%d", e.Gen), nil)
	}
}

func (b *Bench) terminate(e manager.TerminateMachine) {
	b.Effects = append(b.Effects, "terminate "+e.Path)
	why := ""
	if b.Terminate != nil {
		why = b.Terminate(e.Path)
	}
	if key := Key(e.App, e.Path); why == "" && b.machines[key] == e.Gen {
		delete(b.machines, key)
		b.forget(key)
		for _, listeners := range b.binds {
			delete(listeners, key)
		}
	}
	b.later("target", toManager, manager.MachineTerminated{App: e.App, Path: e.Path, Gen: e.Gen, Error: why})
}

func (b *Bench) route(from string, p mind.Publish) {
	b.Sent = append(b.Sent, p.Msg)
	listeners := b.binds[p.To]
	if p.To.Kind == message.ToAgent {
		listeners = map[string]bool{Key(p.To.App, p.To.Path): true}
	}
	for _, to := range slices.Sorted(maps.Keys(listeners)) {
		for range 1 + b.Duplicate {
			b.later(from, to, mind.Delivered{Msg: p.Msg})
		}
	}
}

func (b *Bench) later(from, to string, ev mind.Event) {
	key := from + " -> " + to
	b.links[key] = append(b.links[key], event{to, ev})
}

func (b *Bench) wait(from string, w mind.Wait) {
	key := from + "\n" + w.Timer
	if w.After < 0 {
		delete(b.timers, key)
		return
	}
	b.timers[key] = b.Now.Add(w.After)
}

func (b *Bench) run(from string, r agent.Run) {
	b.Runs = append(b.Runs, r.Op.String()+" "+r.View.Path)
	if b.Hold {
		b.held[from], b.heldOp[from] = r.ID, r
		return
	}
	ended := agent.Ended{}
	if b.Recipe != nil {
		ended = b.Recipe(r)
	}
	ended.ID = r.ID
	b.later(from, from, ended)
}
