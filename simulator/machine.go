package simulator

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/simulator/trace"
)

// power is what a pretended machine is.
type power uint8

const (
	asked   power = iota // the target makes it
	booting              // it starts
	on
	off  // crashed: its disk is there
	gone // terminated, destroyed, or never made
)

// box is a pretended machine. A new machine of the same instance is another box.
type box struct {
	gen           int
	id, address   string
	power         power
	life          uint64         // +1 when it is switched: voids a boot that is on its way
	journal       *agent.Journal // what is on its disk
	starts, boots int
	touched       []*instance // changed since the properties were checked
}

// rule finds how a target does an act to a machine.
func (w *World) rule(c *client, act profile.Act) profile.Rule {
	var kinds []string
	if i := w.known(c.path); i != nil {
		kinds = w.kindsOf(i.Declared.Component)
	}
	return w.options.Profile.Machine(c.path, kinds, act)
}

const failure = 1 // argument of the event of an act that fails

// target lets a target do an act; the event says whether it worked.
func (w *World) target(c *client, act profile.Act, k kind, arg uint64) {
	t := &tally{}
	if i := w.known(c.path); i != nil {
		t = &i.acts[act]
	}
	took, fails := w.draw(t, c.path, act.String(), w.rule(c, act))
	if fails {
		arg |= failure
	}
	w.at(c, k, took, arg)
}

func words(r profile.Rule, otherwise string) string {
	if r.Message != "" {
		return r.Message
	}
	return otherwise
}

// create pretends to make a machine. Asked again for the same one, a target says which it is (TG-110): it is made, or will be.
func (w *World) create(e manager.CreateMachine) {
	if old := w.agents[e.Path]; old != nil && old.box.power != gone {
		switch {
		case old.box.gen != e.Gen:
			w.fail("LC-135", e.Path, "gets a second machine")
		case old.box.power != asked:
			w.at(old, onKnown, 0, 0)
			return
		default:
			return
		}
	}
	c := w.client(e.Path, nil)
	c.box = &box{gen: e.Gen}
	w.agents[e.Path] = c
	w.target(c, profile.Create, onCreated, 0)
}

// terminate pretends to end a machine: that of the key, whatever has become of its path.
func (w *World) terminate(e manager.TerminateMachine) {
	c := w.agents[e.Path]
	for _, other := range w.clients[1:] {
		if (c == nil || c.box.gen != e.Gen) && other.path == e.Path && other.box.gen == e.Gen {
			c = other
		}
	}
	if c == nil || c.box.gen != e.Gen || e.MachineID != "" && c.box.id != e.MachineID {
		w.fail("no machine without an owner", e.Path, "is asked to be terminated with another machine id")
		return
	}
	w.target(c, profile.Terminate, onTerminated, 0)
}

func (w *World) query(e manager.QueryMachine) {
	if c := w.agents[e.Path]; c != nil {
		w.target(c, profile.Query, onSeen, 0)
	}
}

// machine handles the events of machines.
func (w *World) machine(c *client, e event) {
	switch e.kind {
	case onCreated:
		w.made(c, e.arg == failure)
	case onConfigured:
		w.configured(c, e.arg == failure)
	case onBoot:
		w.boot(c, e.arg>>1, e.arg&failure != 0)
	case onTerminated:
		w.terminated(c, e.arg == failure)
	case onSeen:
		w.seen(c)
	case onKnown:
		w.step(w.clients[0], manager.MachineCreated{App: w.app, Path: c.path, Gen: c.box.gen, MachineID: c.box.id})
	}
}

func (w *World) made(c *client, fails bool) {
	if fails || w.baseless(c) {
		c.box.power = gone
		text := words(w.rule(c, profile.Create), "the target could not create the machine")
		w.note(trace.Entry{Kind: trace.Machine, Path: c.path, Text: "not created: " + text, Problem: true})
		w.step(w.clients[0], manager.MachineCreated{App: w.app, Path: c.path, Gen: c.box.gen, Error: text})
		return
	}
	n := w.created
	w.created++
	c.box.power, c.box.boots = booting, 1
	c.box.id = fmt.Sprintf("machine-%d", n+1)
	c.box.address = fmt.Sprintf("10.%d.%d.%d", n/62500%250, n/250%250, n%250+1)
	w.note(trace.Entry{Kind: trace.Machine, Path: c.path, Text: "created, " + c.box.address})
	w.target(c, profile.Configure, onConfigured, 0)
	w.switchOn(c)
	w.step(w.clients[0], manager.MachineCreated{App: w.app, Path: c.path, Gen: c.box.gen, MachineID: c.box.id})
}

// baseless says whether the machine that another one stands on is not there any more.
func (w *World) baseless(c *client) bool {
	for path := c.path; path != ""; {
		path = path[:strings.LastIndexByte(path, '/')]
		if outer := w.agents[path]; outer != nil {
			return outer.box.power == gone || outer.box.power == off
		}
	}
	return false
}

// switchOn makes a machine start, then its agent.
func (w *World) switchOn(c *client) {
	c.box.power = booting
	c.box.life++
	w.target(c, profile.Boot, onBoot, c.box.life<<1)
}

func (w *World) configured(c *client, fails bool) {
	if c.box.power == gone {
		return
	}
	text := ""
	if fails {
		text = words(w.rule(c, profile.Configure), "the target could not configure the machine")
		w.note(trace.Entry{Kind: trace.Machine, Path: c.path, Text: "not configured: " + text, Problem: true})
	}
	w.step(w.clients[0], manager.MachineConfigured{App: w.app, Path: c.path, Gen: c.box.gen, Error: text})
}

// boot starts the agent of a machine. A machine that fails to boot stays silent: its manager waits for a heartbeat.
func (w *World) boot(c *client, life uint64, fails bool) {
	b := c.box
	if b.life != life || b.power != booting && b.power != on || c.mind != nil {
		return
	}
	if fails {
		b.power = off
		w.note(trace.Entry{Kind: trace.Machine, Path: c.path, Text: "does not boot", Problem: true})
		return
	}
	b.power = on
	b.starts++
	c.agent = agent.New(agent.Config{
		App: w.app, Scope: c.path, Address: b.address, Heartbeat: w.options.Heartbeat,
		Epoch:  fmt.Sprintf("%d/%s#%d.%d", w.options.Seed, c.path, c.index, b.starts), // no two processes share one
		BootID: fmt.Sprintf("%s#%d.%d", c.path, c.index, b.boots),
	}, b.journal)
	c.mind = c.agent
	c.link.connected = false
	w.note(trace.Entry{Kind: trace.Machine, Path: c.path, Text: "agent started"})
	w.apply(c, c.agent.Start(w.clock()))
	w.reopen(c)
	w.join(c)
}

// exit ends a process that asked for it: what it sent last still leaves.
func (w *World) exit(c *client) {
	c.box.journal = c.agent.Journal()
	if c.box.journal.Empty() {
		c.box.journal = nil
	}
	w.note(trace.Entry{Kind: trace.Machine, Path: c.path, Text: "agent ended"})
	c.end()
}

// end forgets the process of a client.
func (c *client) end() {
	c.mind, c.agent, c.run = nil, nil, running{}
	c.box.life++
	c.silence()
}

// kill ends a process without a word. Its disk stays.
func (w *World) kill(c *client) {
	if c.agent == nil {
		return
	}
	if !w.options.Strict {
		c.box.journal = c.agent.Journal()
	}
	c.end()
	c.link.survive()
	c.link.connected = false
	w.reopen(c)
}

// raze ends a machine with everything on it.
func (w *World) raze(c *client) {
	w.kill(c)
	c.box.power, c.box.journal = gone, nil
	c.box.life++
	c.link.out, c.link.head, c.link.connected = nil, 0, false
	w.reopen(c)
}

func (w *World) terminated(c *client, fails bool) {
	if fails && c.box.power != gone {
		text := words(w.rule(c, profile.Terminate), "the target could not terminate the machine")
		w.note(trace.Entry{Kind: trace.Machine, Path: c.path, Text: "not terminated: " + text, Problem: true})
		w.step(w.clients[0], manager.MachineTerminated{App: w.app, Path: c.path, Gen: c.box.gen, Error: text})
		return
	}
	w.raze(c)
	w.broker.Delete(c.queue)
	w.note(trace.Entry{Kind: trace.Machine, Path: c.path, Text: "terminated"})
	w.step(w.clients[0], manager.MachineTerminated{App: w.app, Path: c.path, Gen: c.box.gen})
}

// seen answers whether a machine runs. What is known to be dead has no queue any more.
func (w *World) seen(c *client) {
	answer := manager.IsRunning
	switch c.box.power {
	case off:
		answer = manager.CannotTell
	case gone:
		answer = manager.NotRunning
		for _, other := range w.clients[1:] {
			if other == c || strings.HasPrefix(other.path, c.path+"/") && other.box.power == gone {
				w.broker.Delete(other.queue)
			}
		}
	}
	w.step(w.clients[0], manager.MachineSeen{App: w.app, Path: c.path, Gen: c.box.gen, Running: answer})
}
