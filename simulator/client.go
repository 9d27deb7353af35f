package simulator

import (
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/bus/memory"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/simulator/trace"
)

// client is a process that talks to the broker: the manager, or the agent of a machine.
type client struct {
	index  int32
	path   string    // of the machine; "" for the manager
	mind   mind.Mind // nil while the process does not run
	agent  *agent.Agent
	timers []timer
	link   link
	queue  memory.Queue
	box    *box      // nil for the manager
	run    running   // of an agent: the recipe in hand
	last   *instance // of an agent: what it spoke of last
}

// timer is a Wait that a mind asked for. Its generation voids the events of those that it replaced.
type timer struct {
	name  string
	gen   uint32
	woken mind.Event // made once: most events of a fleet at rest are these
}

// The timers that go on for ever at rest: they do not keep a world from settling. A name that a mind does not use is harmless.
func periodic(timer string) bool {
	switch timer {
	case "heartbeat", "check", "flush":
		return true
	}
	return false
}

func (w *World) client(path string, m mind.Mind) *client {
	c := &client{index: int32(len(w.clients)), path: path, mind: m}
	c.link.luck = luck(w.options.Seed, "link", path)
	w.clients = append(w.clients, c)
	return c
}

// declare gives a client its queue.
func (w *World) declare(c *client) memory.Queue {
	q := w.broker.Declare()
	for len(w.owners) < int(q) {
		w.owners = append(w.owners, 0)
	}
	w.owners[q-1] = c.index
	return q
}

// at puts an event of a client into the future.
func (w *World) at(c *client, k kind, in time.Duration, arg uint64) {
	w.queue.push(event{at: w.now + max(in, 0), who: c.index, kind: k, arg: arg, idle: k == onUp || k == onDown})
}

// step gives an event to a mind, then does what it wishes.
func (w *World) step(c *client, ev mind.Event) {
	w.steps++
	effects := c.mind.Step(w.clock(), ev)
	if c.agent != nil && w.options.Strict {
		c.keep(effects)
	}
	w.apply(c, effects)
	if c.box != nil && c.run.id == 0 {
		w.inspect(c)
	}
}

// keep copies the journal as a disk would: when the mind says Save, not otherwise.
func (c *client) keep(effects []mind.Effect) {
	for _, e := range effects {
		if _, ok := e.(mind.Save); ok {
			c.box.journal = c.agent.Journal()
			return
		}
	}
}

// apply does what a mind wishes, in order.
func (w *World) apply(c *client, effects []mind.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case mind.Publish:
			w.publish(c, e)
		case mind.Bind:
			w.send(c, posted{what: binding, to: e.To})
		case mind.Unbind:
			w.send(c, posted{what: unbinding, to: e.To})
		case mind.Wait:
			w.wait(c, e)
		case agent.Run:
			w.active = w.now
			w.begin(c, e)
		case agent.Cancel:
			w.cancel(c, e)
		case agent.Exit:
			w.exit(c)
		case mind.Save:
		default:
			w.active = w.now
			w.manage(e)
		}
	}
}

func (w *World) publish(c *client, p mind.Publish) {
	if !beats(p.Msg) {
		w.active = w.now
		w.observe(c, p.Msg)
	}
	if w.options.Messages {
		w.note(trace.Entry{Kind: trace.Message, Path: c.path, Text: "sends " + p.Msg.Type + " to " + address(p.To)})
	}
	msg := p.Msg
	if w.options.Wire {
		msg = w.rewire(msg)
	}
	w.send(c, posted{what: publication, to: p.To, msg: msg})
}

// rewire gives the message that its receivers read on the wire (MS-80).
func (w *World) rewire(m *message.Envelope) *message.Envelope {
	data, err := message.Encode(m)
	if err == nil {
		var back *message.Envelope
		if back, err = message.Decode(data); err == nil {
			return back
		}
	}
	w.fail("MS-80", m.From.Scope, "a message of type "+m.Type+" does not travel: "+err.Error())
	return m
}

// address is a target in words.
func address(to message.Target) string {
	switch to.Kind {
	case message.ToManager:
		return "the manager"
	case message.ToAgent:
		return to.Path
	case message.ToImporters:
		return "those that import " + to.Prefix
	}
	return "those that export " + to.Prefix
}

func (w *World) wait(c *client, e mind.Wait) {
	slot := -1
	for i := range c.timers {
		if c.timers[i].name == e.Timer {
			slot = i
		}
	}
	if slot < 0 {
		slot = len(c.timers)
		c.timers = append(c.timers, timer{name: e.Timer, woken: mind.Woken{Timer: e.Timer}})
	}
	c.timers[slot].gen++
	if e.After < 0 {
		return
	}
	w.queue.push(event{
		at: w.now + e.After.Round(grain), who: c.index, kind: onTimer,
		arg: uint64(slot)<<32 | uint64(c.timers[slot].gen), idle: periodic(e.Timer),
	})
}

func (w *World) timer(c *client, e event) {
	slot := &c.timers[e.arg>>32]
	if c.mind != nil && slot.gen == uint32(e.arg) {
		w.step(c, slot.woken)
	}
}

// silence voids every timer: the process is gone.
func (c *client) silence() {
	for i := range c.timers {
		c.timers[i].gen++
	}
}

// manage does what the manager alone can wish for.
func (w *World) manage(e mind.Effect) {
	switch e := e.(type) {
	case manager.Answer:
		w.answer(e)
	case manager.Changed:
		w.changed(e)
	case manager.CreateMachine:
		w.create(e)
	case manager.TerminateMachine:
		w.terminate(e)
	case manager.QueryMachine:
		w.query(e)
	}
}

func (w *World) answer(a manager.Answer) {
	w.answers[a.ID] = a.Errors
	for _, err := range a.Errors {
		w.refuse("", err.Error())
	}
}

// refuse notes that something asked for is not done.
func (w *World) refuse(path, words string) {
	w.refused++
	w.note(trace.Entry{Kind: trace.Operation, Path: path, Text: "refused: " + words, Problem: true})
}
