package manager

import (
	"fmt"
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// createMachine is LC-81.
func (m *Manager) createMachine(a *app, i int32) error {
	n := &a.nodes[i]
	h := &a.hosts[n.host]
	if h.acquired || h.machineID != "" {
		return nil
	}
	if above := a.machineAbove(i); above >= 0 {
		if outer := &a.nodes[a.hosts[above].node]; outer.state != lifecycle.DeployedStarted {
			return fmt.Errorf("deploy %s: the machine that it stands on, %s, is %s; deploy that first", n.path, outer.path, outer.state)
		}
	}
	if m.hasStray(a.name, n.path) {
		return fmt.Errorf("deploy %s: its earlier machine is not gone yet; try again in a moment", n.path)
	}
	c, err := m.choose(a, i)
	if err != nil {
		return fmt.Errorf("deploy %s: %w", n.path, err)
	}
	h.choice = c
	h.acquired, h.creating, h.ready, h.corr = true, true, false, m.corr
	h.gen = max(h.gen, a.gens) + 1
	h.made = h.gen
	h.missed, h.model, h.epoch = 0, "", ""
	m.moveMachine(a, i, lifecycle.Deploying, "on request", nil)
	m.do(CreateMachine{a.machine(n.host)})
	return nil
}

// machine is what a target must know of a machine.
func (a *app) machine(k int32) Machine {
	h := &a.hosts[k]
	n := &a.nodes[h.node]
	x := Machine{App: a.name, Path: n.path, Component: n.decl.Component, Gen: h.made, MachineID: h.machineID}
	if h.choice != nil {
		x.Target, x.Handler, x.Properties = h.choice.target, h.choice.handler, h.choice.properties
	}
	return x
}

// moveMachine changes the state of a machine and tells people.
func (m *Manager) moveMachine(a *app, i int32, to lifecycle.State, cause string, f *lifecycle.Failure) {
	n := &a.nodes[i]
	from := n.state
	n.state, n.since, n.failure = to, m.now, f
	m.touch(a)
	m.do(Changed{App: a.name, Path: n.path, From: from, To: to, Cause: cause, Failure: f, ID: m.corr})
}

func (m *Manager) failure(operation, text string) *lifecycle.Failure {
	return &lifecycle.Failure{Time: m.now, Operation: operation, Message: text}
}

// finished says how what was asked of a machine ended.
func (m *Manager) finished(a *app, h int32, o message.Outcome, reason string) {
	if id := a.hosts[h].corr; id != "" {
		m.do(Finished{ID: id, App: a.name, Path: a.nodes[a.hosts[h].node].path, Outcome: o, Reason: reason})
		a.hosts[h].corr = ""
	}
}

// created goes on after the target made a machine, or could not (LC-81.6).
func (m *Manager) created(a *app, k int32, ev MachineCreated) {
	h := &a.hosts[k]
	if !h.creating {
		return
	}
	m.dirty, m.corr = true, h.corr
	h.creating = false
	h.machineID = ev.MachineID
	a.version++
	n := &a.nodes[h.node]
	switch {
	case ev.Error == "" && n.state == lifecycle.Undeploying:
		m.advance(a, k)
	case ev.Error == "":
	case n.state == lifecycle.Undeploying:
		h.machineID = ""
		m.release(a, k, "its machine was never created")
	default:
		h.machineID, h.acquired, h.choice = "", false, nil
		m.moveMachine(a, h.node, lifecycle.NotDeployed, "its machine could not be created", m.failure("create machine", ev.Error))
		m.finished(a, k, message.Failed, ev.Error)
		m.dropWaiting(a, k, "the machine "+n.path+" could not be created: "+ev.Error)
	}
}

// configured goes on after the configuration of a machine (LC-81.7).
func (m *Manager) configured(a *app, k int32, text string) {
	h := &a.hosts[k]
	if a.nodes[h.node].state == lifecycle.NotDeployed || h.ready {
		return
	}
	h.ready, m.dirty = true, true
	if text == "" || a.nodes[h.node].state == lifecycle.Undeploying {
		return
	}
	m.corr = h.corr
	m.moveMachine(a, h.node, lifecycle.Problem, "its machine could not be configured", m.failure("configure machine", text))
	m.finished(a, k, message.Failed, text)
}

// undeployMachine is LC-82.
func (m *Manager) undeployMachine(a *app, i int32) {
	k := a.nodes[i].host
	h := &a.hosts[k]
	if h.corr != "" {
		m.finished(a, k, message.Cancelled, "it is undeployed instead")
	}
	h.before, h.corr, h.ending = a.nodes[i].state, m.corr, false
	m.moveMachine(a, i, lifecycle.Undeploying, "on request", nil)
	m.advance(a, k)
}

// advance terminates the machines that stand on this one, the deepest first, then this one (LC-82.2, D-19).
func (m *Manager) advance(a *app, k int32) {
	h := &a.hosts[k]
	if inner := a.deepestMachine(k); inner >= 0 {
		if n := &a.nodes[a.hosts[inner].node]; n.state != lifecycle.Undeploying {
			in := &a.hosts[inner]
			in.before, in.ending = n.state, false
			m.moveMachine(a, in.node, lifecycle.Undeploying, "the machine that it stands on, "+a.nodes[h.node].path+", is undeployed", nil)
			m.advance(a, inner)
		}
		return
	}
	switch {
	case h.creating || h.ending: // an event of the target comes first
	case h.machineID == "":
		m.release(a, k, "its machine is gone")
	default:
		h.ending = true
		m.do(TerminateMachine{Machine: a.machine(k)})
	}
}

// deepestMachine is the rank of a machine below another that is not NOT_DEPLOYED; -1 when there is none.
func (a *app) deepestMachine(k int32) int32 {
	best := int32(-1)
	for _, d := range a.below(a.hosts[k].node)[1:] {
		if n := &a.nodes[d]; n.machine && n.state != lifecycle.NotDeployed {
			if best < 0 || n.depth > a.nodes[a.hosts[best].node].depth {
				best = n.host
			}
		}
	}
	return best
}

// terminated goes on after the target ended a machine, or could not (LC-82.7).
func (m *Manager) terminated(a *app, k int32, text string) {
	h := &a.hosts[k]
	if !h.ending {
		return
	}
	m.dirty, m.corr = true, h.corr
	h.ending = false
	if text == "" {
		m.release(a, k, "its machine was terminated")
		return
	}
	for r := k; r >= 0; r = a.machineAbove(a.hosts[r].node) {
		outer := &a.hosts[r]
		if a.nodes[outer.node].state != lifecycle.Undeploying {
			break
		}
		m.moveMachine(a, outer.node, outer.before, "its machine could not be terminated", m.failure("terminate machine", text))
		m.finished(a, r, message.Failed, text)
	}
}

// release is LC-82, steps 4 to 6: the machine is gone, and its agent with it.
func (m *Manager) release(a *app, k int32, why string) {
	h := &a.hosts[k]
	if h.creating {
		m.abandon(a, k)
	}
	m.withdrawScope(a, k, h.gen)
	if h.epoch != "" {
		h.bury(h.epoch)
	}
	h.machineID, h.address, h.epoch, h.model = "", "", "", ""
	h.acquired, h.creating, h.ending, h.looking, h.unsure, h.ready = false, false, false, false, false, false
	h.choice, h.missed, h.running = nil, 0, time.Time{}
	m.clear(a, a.scope(k), why)
	m.dropWaiting(a, k, "the machine "+a.nodes[h.node].path+" is gone")
	m.finished(a, k, message.Done, "")
	above := a.machineAbove(h.node)
	m.buryDying(a, h.node)
	if above >= 0 && a.nodes[a.hosts[above].node].state == lifecycle.Undeploying {
		m.advance(a, above)
	}
}

// bury remembers that a process must not be listened to any more.
func (h *host) bury(epoch string) {
	const kept = 8
	h.dead = append(slices.Clip(h.dead[max(0, len(h.dead)-kept+1):]), epoch)
}

// clear makes instances NOT_DEPLOYED, without imports.
func (m *Manager) clear(a *app, list []int32, why string) {
	for _, i := range list {
		n := &a.nodes[i]
		n.imports, n.stateSeq, n.removing = nil, 0, false
		if n.state == lifecycle.NotDeployed {
			continue
		}
		from := n.state
		n.state, n.since = lifecycle.NotDeployed, m.now
		m.do(Changed{App: a.name, Path: n.path, From: from, To: n.state, Cause: why, Failure: n.failure, ID: m.corr})
	}
	m.touch(a)
}

// buryDying executes the deferred deletions in a subtree and above it, the deepest first.
func (m *Manager) buryDying(a *app, i int32) {
	for _, d := range a.deepestFirst(a.below(i)) {
		if n := &a.nodes[d]; n.used && n.dying {
			if _, deployed := a.deployedBelow(d); !deployed {
				m.drop(a, d)
			}
		}
	}
	if !a.nodes[i].used {
		return
	}
	for p := a.nodes[i].parent; p >= 0; {
		above := a.nodes[p].parent
		if a.nodes[p].dying {
			if _, deployed := a.deployedBelow(p); !deployed {
				m.drop(a, p)
			}
		}
		p = above
	}
}

// withdrawScope takes back the exports of a dead agent, the deepest first (LC-82.4, MS-23).
func (m *Manager) withdrawScope(a *app, k int32, gen int) {
	if a.hosts[k].model == "" {
		return // the agent never had a model: it published nothing
	}
	for _, i := range a.deepestFirst(a.scope(k)) {
		path := a.nodes[i].path
		prefixes, outside := a.prefixes(i)
		for _, p := range prefixes {
			m.withdraw(a.name, p, path, gen, false)
		}
		if outside {
			m.withdraw(a.name, a.descriptor.ExportsPrefix, path, gen, true)
		}
	}
}

func (m *Manager) withdraw(app, prefix, path string, gen int, external bool) {
	f := farewell{app: app, prefix: prefix, path: path, gen: gen, external: external, at: m.now}
	m.remember(f)
	m.say(f)
}

// dropWaiting forgets what waited for an agent (LC-82.6), and says so to who asked.
func (m *Manager) dropWaiting(a *app, k int32, why string) {
	h := &a.hosts[k]
	for _, w := range h.waiting {
		if w.corr != "" {
			m.do(Finished{ID: w.corr, App: a.name, Path: w.about(), Outcome: message.Rejected, Reason: why})
		}
	}
	h.waiting = nil
	a.forgetAsked(k)
}

// check is LC-94. Heartbeats are not kept, nor are those that miss: what a check found is (Recorded).
func (m *Manager) check() {
	var found []Silent
	for _, name := range m.names() {
		a := m.apps[name]
		for k := range a.hosts {
			if h := &a.hosts[k]; h.node >= 0 && m.silent(a, h) {
				found = append(found, Silent{App: name, Path: a.nodes[h.node].path, Missed: h.missed})
			}
		}
	}
	if found != nil {
		l := Lapsed{Machines: found}
		m.do(l)
		m.lapsed(l)
	}
	m.endStrays()
}

// silent counts a check, and says whether the machine has become one too many.
func (m *Manager) silent(a *app, h *host) bool {
	switch a.nodes[h.node].state {
	case lifecycle.NotDeployed, lifecycle.Deploying, lifecycle.Undeploying:
		h.missed = 0
		return false
	}
	h.missed++
	return h.missed > m.cfg.Tolerated && a.nodes[h.node].state != lifecycle.Problem
}

// lapsed puts silent machines in PROBLEM.
func (m *Manager) lapsed(l Lapsed) {
	for _, s := range l.Machines {
		a := m.apps[s.App]
		if a == nil {
			continue
		}
		if i, ok := a.paths[s.Path]; ok && a.nodes[i].machine && a.nodes[i].state != lifecycle.Problem {
			m.trouble(a, a.nodes[i].host, fmt.Sprintf("its agent missed %d heartbeats", s.Missed))
		}
	}
}

// trouble puts a machine in PROBLEM and asks its target, once, whether it runs (LC-94, LC-96, LC-105).
func (m *Manager) trouble(a *app, k int32, why string) {
	h := &a.hosts[k]
	m.corr = ""
	m.moveMachine(a, h.node, lifecycle.Problem, why, m.failure("heartbeat", why))
	if h.machineID != "" {
		m.do(QueryMachine{a.machine(k)})
	}
}

// seenMachine is LC-96: a machine that is definitely dead counts as terminated. After a restart that is so whatever its state
// was; one that may run is asked how its instances are (LC-112).
func (m *Manager) seenMachine(a *app, k int32, r Running) {
	h := &a.hosts[k]
	state := a.nodes[h.node].state
	switch {
	case state == lifecycle.NotDeployed || state == lifecycle.Undeploying:
	case r == NotRunning && (state == lifecycle.Problem || h.looking):
		m.dirty = true
		m.releaseAll(a, k, "its machine is dead")
		return
	case h.looking && h.model != "":
		m.send(a, k, &message.InstancesSend{}, "")
	}
	if h.looking {
		h.looking, m.dirty = false, true
	}
}

// releaseAll releases a machine with those that stood on it, the deepest first.
func (m *Manager) releaseAll(a *app, k int32, why string) {
	for inner := a.deepestMachine(k); inner >= 0; inner = a.deepestMachine(k) {
		m.release(a, inner, why)
	}
	m.release(a, k, why)
}
