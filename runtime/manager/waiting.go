package manager

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// waitingFor is a sort of thing that waits.
type waitingFor uint8

const (
	waitingBody    waitingFor = iota // a message
	waitingModel                     // the model, as it is when it is sent
	waitingMachine                   // the creation of a machine, once the one that it stands on is there
)

// waiting is something for an agent that is not ready (LC-83).
type waiting struct {
	order uint64 // in which it was asked for: what comes back takes its place again
	what  waitingFor
	body  message.Body
	corr  string
	path  string // of the machine to create
}

// asked is a message that an agent has not answered yet: a request, or a removal. It is sent again by the next process, under
// the same id (LC-113).
type asked struct {
	order uint64
	host  int32
	corr  string
	body  message.Body // *message.InstanceRequest without its files, or *message.InstanceRemove
}

// askIDs numbers messages on and on, through all processes of a manager. It is a value.
type askIDs struct {
	origin string
	given  uint64
	ids    message.IDs
}

func newAskIDs(origin string, given uint64) askIDs {
	return askIDs{origin: origin, given: given, ids: message.NewIDs(origin, given)}
}

func (i *askIDs) next() string {
	i.given++
	return i.ids.Next()
}

// send publishes to an agent, or keeps the message until it is ready: order is kept (LC-83, D-20).
func (m *Manager) send(a *app, k int32, body message.Body, corr string) {
	m.enqueue(&a.hosts[k], waiting{body: body, corr: corr})
	m.flush(a, k)
}

func (m *Manager) enqueue(h *host, w waiting) {
	m.queued++
	m.dirty = true
	w.order = m.queued
	h.waiting = append(h.waiting, w)
}

// sendRequest is send for a request. What waits for the same instance already is superseded: only the last state that was asked
// for counts (MG-62). It takes the place of the former, unless something between them concerns the instances above or below.
func (m *Manager) sendRequest(a *app, k int32, r *message.InstanceRequest, corr string) {
	h := &a.hosts[k]
	for at := len(h.waiting) - 1; at >= 0; at-- {
		w := &h.waiting[at]
		if old, ok := w.body.(*message.InstanceRequest); ok && old.Path == r.Path {
			m.dirty = true
			m.tellFinished(w.corr, a, r.Path, message.Cancelled, fmt.Sprintf("%s is asked for now, by a later request", r.Status))
			w.body, w.corr = r, corr
			return
		}
		if related(w.about(), r.Path) {
			break
		}
	}
	m.send(a, k, r, corr)
}

// related says whether one path is that of the other, or of an instance above it.
func related(x, y string) bool {
	if len(x) > len(y) {
		x, y = y, x
	}
	return x != "" && strings.HasPrefix(y, x) && (len(x) == len(y) || y[len(x)] == '/')
}

func (m *Manager) tellFinished(corr string, a *app, path string, o message.Outcome, reason string) {
	if corr != "" {
		m.do(Finished{ID: corr, App: a.name, Path: path, Outcome: o, Reason: reason})
	}
}

// flush sends what waits, in order.
func (m *Manager) flush(a *app, k int32) {
	h := &a.hosts[k]
	if len(h.waiting) == 0 || !m.ready(a, k) {
		return
	}
	m.dirty = true
	list := h.waiting
	h.waiting = nil
	for _, w := range list {
		switch w.what {
		case waitingMachine:
			m.createNested(a, w)
		case waitingModel:
			h.model = h.epoch
			m.publish(a.agent(k), m.modelSet(a, k), w.corr)
			m.sendProbes(a, k)
		default:
			m.hand(a, k, w)
		}
	}
}

// hand gives a message to the bus; the answer to a request is waited for.
func (m *Manager) hand(a *app, k int32, w waiting) {
	switch b := w.body.(type) {
	case *message.InstanceRequest:
	case *message.InstanceRemove:
		if i, ok := a.paths[b.Path]; ok {
			a.nodes[i].removal = m.ask(a, k, w)
		}
		return
	default:
		m.publish(a.agent(k), b, w.corr)
		return
	}
	m.ask(a, k, w)
}

// ask publishes what must be answered; it gives the id of the message.
func (m *Manager) ask(a *app, k int32, w waiting) string {
	id := m.asking.next()
	a.asked[id] = asked{order: w.order, host: k, corr: w.corr, body: w.body}
	m.publishAs(id, a.agent(k), a.complete(w.body), w.corr)
	return id
}

// complete adds the files of the recipe to a request that may need them, as they are now (PL-13, MG-62).
func (a *app) complete(b message.Body) message.Body {
	r, ok := b.(*message.InstanceRequest)
	if !ok || r.Status == lifecycle.NotDeployed || len(a.recipes) == 0 {
		return b
	}
	i, ok := a.paths[r.Path]
	if !ok {
		return b
	}
	full := *r
	full.Files = a.files(a.nodes[i].decl.Component)
	return &full
}

// createNested creates a machine that waited for the one that it stands on.
func (m *Manager) createNested(a *app, w waiting) {
	i, ok := a.paths[w.path]
	if !ok || a.nodes[i].state != lifecycle.NotDeployed {
		return
	}
	corr := m.corr
	m.corr = w.corr
	if err := m.createMachine(a, i); err != nil {
		m.do(Finished{ID: w.corr, App: a.name, Path: w.path, Outcome: message.Rejected, Reason: err.Error()})
	}
	m.corr = corr
}

// returned takes a message back that found no queue (LC-83, MS-72): it waits in its old place until the agent is heard, or for the
// next flush. What is no request is repeated when it turns out to be missing.
func (m *Manager) returned(ev mind.Returned) {
	a := m.apps[ev.To.App]
	if a == nil || ev.To.Kind != message.ToAgent {
		return
	}
	i, ok := a.paths[ev.To.Path]
	if !ok || !a.nodes[i].machine {
		return
	}
	h := &a.hosts[a.nodes[i].host]
	switch b := ev.Msg.Body.(type) {
	case *message.InstanceRequest, *message.InstanceRemove:
		r, open := a.asked[ev.Msg.ID]
		if !open {
			return
		}
		delete(a.asked, ev.Msg.ID)
		h.put(waiting{order: r.order, body: r.body, corr: r.corr})
	case *message.ExportsResync, *message.InstancesSend:
		m.enqueue(h, waiting{body: b, corr: ev.Msg.Corr})
	case *message.ModelSet, *message.InstanceAdd, *message.BindingChange, *message.ProbesSet:
		h.unsure = true
	default:
		return
	}
	m.dirty = true
	m.do(mind.Wait{Timer: timerFlush, After: m.cfg.FlushEvery})
}

// put inserts what waits at its place.
func (h *host) put(w waiting) {
	at, _ := slices.BinarySearchFunc(h.waiting, w, func(x, y waiting) int {
		if x.order < y.order {
			return -1
		}
		return 1
	})
	h.waiting = slices.Insert(slices.Clip(h.waiting), at, w)
}

// cancel drops what waits in the manager for an earlier Do, and asks agents to give up the rest.
func (m *Manager) cancel(a *app, op Cancel) error {
	found := false
	for k := range a.hosts {
		h := &a.hosts[k]
		kept := h.waiting[:0:0]
		for _, w := range h.waiting {
			if w.corr != op.ID || !w.asks() || op.Path != "" && op.Path != w.about() {
				kept = append(kept, w)
				continue
			}
			found = true
			m.do(Finished{ID: op.ID, App: a.name, Path: w.about(), Outcome: message.Cancelled, Reason: "cancelled before it was sent"})
		}
		h.waiting = kept
	}
	for _, id := range a.open() {
		r := a.asked[id]
		if b, ok := r.body.(*message.InstanceRequest); ok && r.corr == op.ID && (op.Path == "" || op.Path == b.Path) {
			found = true
			m.publish(a.agent(r.host), &message.OperationCancel{Request: id}, m.corr)
		}
	}
	if !found {
		return fmt.Errorf("cancel %s: nothing of it is left to do", op.ID)
	}
	return nil
}

// open are the ids of the messages that are not answered yet, in order.
func (a *app) open() []string { return slices.Sorted(maps.Keys(a.asked)) }

// asks says whether a state is asked for: the rest keeps the model of an agent right, and cannot be cancelled.
func (w waiting) asks() bool {
	_, request := w.body.(*message.InstanceRequest)
	return request || w.what == waitingMachine
}

// about is the path of the instance that it is about; "" when it is about the machine as a whole.
func (w waiting) about() string {
	if w.what == waitingMachine {
		return w.path
	}
	switch b := w.body.(type) {
	case *message.InstanceRequest:
		return b.Path
	case *message.InstanceRemove:
		return b.Path
	case *message.InstanceAdd:
		return b.Parent + "/" + b.Node.Name
	}
	return ""
}

// Pending is a message for an agent that is not answered yet, or not even sent (MG-62).
type Pending struct {
	Machine string          // path
	Type    string          // of the message; "machine.create" for a nested machine that waits for its ground
	Path    string          // of the instance that it is about; "" when it is about the machine
	State   lifecycle.State // that is asked for
	ID      string          // of the Do at the origin; "" when there is none. Cancel takes it
	Sent    bool            // the agent may have it already
}

// Pendings lists what waits, machine by machine: first what was sent, in order.
func (m *Manager) Pendings(name string) []Pending {
	a := m.apps[name]
	if a == nil {
		return nil
	}
	var list []Pending
	sent := a.open()
	for k := range a.hosts {
		h := &a.hosts[k]
		if h.node < 0 {
			continue
		}
		at := a.nodes[h.node].path
		for _, id := range sent {
			if r := a.asked[id]; r.host == int32(k) {
				list = append(list, pending(at, waiting{body: r.body, corr: r.corr}, true))
			}
		}
		for _, w := range h.waiting {
			list = append(list, pending(at, w, false))
		}
	}
	return list
}

func pending(at string, w waiting, sent bool) Pending {
	p := Pending{Machine: at, Path: w.about(), ID: w.corr, Sent: sent, State: lifecycle.DeployedStarted}
	switch {
	case w.what == waitingMachine:
		p.Type = "machine.create"
	case w.what == waitingModel:
		p.Type = (*message.ModelSet)(nil).Type()
	default:
		p.Type = w.body.Type()
	}
	if r, ok := w.body.(*message.InstanceRequest); ok {
		p.State = r.Status
	}
	return p
}

// tell sends something at once, to one agent or to all that are up (MG-60): what cannot be sent now is refused, not kept.
func (m *Manager) tell(a *app, path string, body message.Body) []error {
	if !m.online {
		return []error{fmt.Errorf("%s %s of %s: the broker is not reachable; try again later", body.Type(), path, a.name)}
	}
	if i, ok := a.paths[path]; path != "" && (!ok || !a.nodes[i].machine) {
		return []error{fmt.Errorf("%s %s: %s has no such machine", body.Type(), path, a.name)}
	}
	sent := false
	for k := range a.hosts {
		h := &a.hosts[k]
		if h.node < 0 || path != "" && a.nodes[h.node].path != path || a.nodes[h.node].state == lifecycle.NotDeployed {
			continue
		}
		sent = true
		m.publish(a.agent(int32(k)), body, m.corr)
	}
	if !sent && path != "" {
		return []error{fmt.Errorf("%s %s: the machine is NOT_DEPLOYED, there is no agent", body.Type(), path)}
	}
	return nil
}
