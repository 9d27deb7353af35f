package manager

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// delivered takes a message of an agent. What nobody expects is dropped: an unknown application, path or process (LC-93).
func (m *Manager) delivered(e *message.Envelope) {
	a := m.apps[e.From.App]
	if a == nil || e.Domain != m.cfg.Domain || e.From.Kind != message.FromAgent || e.Expired(m.now) {
		return
	}
	i, ok := a.paths[e.From.Scope]
	if !ok || !a.nodes[i].machine {
		return
	}
	m.cause, m.corr = e, e.Corr
	if b, ok := e.Body.(*message.AgentHeartbeat); ok {
		m.heartbeat(a, a.nodes[i].host, e.From.Epoch, b)
		return
	}
	if !m.listens(a, a.nodes[i].host, e.From.Epoch) {
		return
	}
	if b, ok := e.Body.(*message.InstanceChanged); ok { // numbered by itself: its id need not be remembered
		m.changed(a, i, b)
		return
	}
	if m.known(e.ID) {
		return
	}
	switch b := e.Body.(type) {
	case *message.RequestResult:
		m.result(a, b)
	case *message.InstanceRemoved:
		m.removed(a, i, b.Path)
	case *message.AgentGoodbye:
		m.goodbye(a, a.nodes[i].host, b.Reason)
	}
}

// listens says whether a process speaks for a machine: not when nothing is deployed there (LC-84), nor when it is an earlier
// process of that machine or the process of an earlier machine.
func (m *Manager) listens(a *app, k int32, epoch string) bool {
	h := &a.hosts[k]
	if a.nodes[h.node].state == lifecycle.NotDeployed || slices.Contains(h.dead, epoch) {
		return false
	}
	return true
}

// heartbeat is LC-92.
func (m *Manager) heartbeat(a *app, k int32, epoch string, b *message.AgentHeartbeat) {
	h := &a.hosts[k]
	n := &a.nodes[h.node]
	switch {
	case n.state == lifecycle.Undeploying:
		return
	case slices.Contains(h.dead, epoch), n.state == lifecycle.NotDeployed && h.machineID == "" && !m.cfg.Adopt:
		m.publish(a.agent(k), &message.AgentReset{Reason: "nobody knows this machine any more", Epoch: epoch}, "")
		return
	}
	h.missed = 0
	if n.state == lifecycle.NotDeployed { // adopted (D-22)
		h.gen = max(h.gen, a.gens) + 1
	}
	fresh := h.epoch != epoch
	if fresh {
		m.meet(a, k, epoch, b)
	}
	m.address(a, k, b.Address)
	if n.state != lifecycle.DeployedStarted {
		m.corr = h.corr
		h.running = m.now
		m.moveMachine(a, h.node, lifecycle.DeployedStarted, "its agent speaks", nil)
		m.finished(a, k, message.Done, "")
		m.corr = ""
	}
	if b.ModelRequired || fresh && (b.ModelRevision < h.revision || b.ModelDigest != a.digest(k)) {
		m.sendModel(a, k, false)
	}
	m.flush(a, k)
}

// meet learns of a new process on a machine. One that lost its journal knows nothing of what it published (LC-104): it is
// taken for another generation.
func (m *Manager) meet(a *app, k int32, epoch string, b *message.AgentHeartbeat) {
	h := &a.hosts[k]
	m.dirty = true
	if h.epoch != "" {
		h.bury(h.epoch)
	}
	h.epoch = epoch
	if b.ModelRequired && h.model != "" {
		m.withdrawScope(a, k, h.gen)
		h.gen++
		h.model = ""
		a.nodes[h.node].imports, a.nodes[h.node].stateSeq = nil, 0
		m.clear(a, a.scope(k)[1:], "its agent forgot everything")
	}
}

// address stores where a machine is; when it moved, its agent publishes again (D-12).
func (m *Manager) address(a *app, k int32, address string) {
	h := &a.hosts[k]
	if h.address == address {
		return
	}
	moved := h.address != "" && h.model != ""
	h.address = address
	m.touch(a)
	if moved {
		m.send(a, k, &message.ExportsResync{}, "")
	}
}

// changed replaces what is known of an instance.
func (m *Manager) changed(a *app, root int32, b *message.InstanceChanged) {
	i, ok := a.of(a.nodes[root].host, b.Path)
	if !ok || a.nodes[i].host != a.nodes[root].host || b.StateSeq <= a.nodes[i].stateSeq {
		return
	}
	n := &a.nodes[i]
	n.stateSeq = b.StateSeq
	m.touch(a)
	if n.machine { // its state is the manager's, its imports are the agent's
		n.imports = b.Imports
		return
	}
	from := n.state
	n.state, n.imports, n.failure = b.Status, b.Imports, b.Problem
	if from != b.Status {
		n.since = m.now
	}
	m.do(Changed{
		App: a.name, Path: n.path, From: from, To: b.Status, Cause: b.Why.String(), Why: b.Why, Failure: b.Problem, ID: m.corr,
	})
	if b.Status == lifecycle.NotDeployed && from != b.Status {
		m.buryDying(a, i)
	}
}

// result tells people how a request ended (LC-13, LC-142).
func (m *Manager) result(a *app, b *message.RequestResult) {
	if m.known(b.Request) {
		return // the request came twice, and so does its result
	}
	m.dirty = true
	delete(a.asked, b.Request)
	if i, ok := a.paths[b.Path]; ok && b.Outcome == message.Rejected && b.Request == a.nodes[i].removal {
		a.nodes[i].removing = false // it may be asked again
	}
	m.do(Finished{ID: m.corr, App: a.name, Path: b.Path, Outcome: b.Outcome, Reason: b.Reason})
}

// removed goes on when an agent dropped an instance; that of a machine is abnormal, and ignored.
func (m *Manager) removed(a *app, root int32, path string) {
	i, ok := a.paths[path]
	if !ok || i == root || !a.nodes[i].removing {
		return
	}
	m.erase(a, i)
}

// goodbye is LC-105.
func (m *Manager) goodbye(a *app, k int32, reason string) {
	h := &a.hosts[k]
	m.dirty = true
	switch {
	case a.nodes[h.node].state == lifecycle.Undeploying: // the target speaks next
	case reason == message.Released:
		m.releaseAll(a, k, "its machine was released")
	default:
		m.trouble(a, k, "its agent stopped")
	}
}

// agent is where the messages for the agent of a machine go.
func (a *app) agent(k int32) message.Target {
	return message.Agent(a.name, a.nodes[a.hosts[k].node].path)
}

// ready says whether the agent of a machine can be spoken to (LC-83).
func (m *Manager) ready(a *app, k int32) bool {
	return m.online && a.hosts[k].node >= 0 && a.hosts[k].model != "" && a.nodes[a.hosts[k].node].state == lifecycle.DeployedStarted
}

// send publishes to an agent, or keeps the message until it is ready: order is kept (LC-83, D-20).
func (m *Manager) send(a *app, k int32, body message.Body, corr string) {
	h := &a.hosts[k]
	m.dirty = true
	h.waiting = append(h.waiting, waiting{body: body, corr: corr})
	m.flush(a, k)
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
		if w.body == nil {
			m.createNested(a, w)
			continue
		}
		e := m.publish(a.agent(k), w.body, w.corr)
		switch b := w.body.(type) {
		case *message.InstanceRequest:
			a.asked[e.ID] = asked{host: k, corr: w.corr, path: b.Path}
		case *message.InstanceRemove:
			if i, ok := a.paths[b.Path]; ok {
				a.nodes[i].removal = e.ID
			}
		}
	}
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

// sendModel gives an agent its model, before anything that waits (LC-92.5, LC-101).
func (m *Manager) sendModel(a *app, k int32, changed bool) {
	h := &a.hosts[k]
	m.dirty = true
	if changed || h.revision == 0 {
		h.revision++
	}
	set := m.modelSet(a, k)
	if changed && !m.ready(a, k) {
		h.waiting = slices.DeleteFunc(h.waiting, func(w waiting) bool { _, old := w.body.(*message.ModelSet); return old })
		h.waiting = append(h.waiting, waiting{body: set, corr: m.corr})
		return
	}
	h.model = h.epoch
	m.publish(a.agent(k), set, m.corr)
}

func (m *Manager) modelSet(a *app, k int32) *message.ModelSet {
	h := &a.hosts[k]
	n := &a.nodes[h.node]
	set := &message.ModelSet{
		Revision: h.revision, Gen: h.gen, Graph: a.partFor(n.decl.Component), Root: a.sent(h.node),
		Ancestors: a.ancestors(n.parent), ExternalPrefix: a.descriptor.ExportsPrefix,
		ExternalExports: bareExports(a.descriptor.Exports),
	}
	for _, prefix := range sortedKeys(a.bindings) {
		set.Bindings = append(set.Bindings, message.Binding{Prefix: prefix, Apps: a.bindings[prefix]})
	}
	return set
}

// ancestors are the instances from i up to the root, the root first.
func (a *app) ancestors(i int32) []message.Ancestor {
	if i < 0 {
		return nil
	}
	n := &a.nodes[i]
	one := message.Ancestor{Path: n.path, Component: n.decl.Component}
	if n.machine {
		one.Address = a.hosts[n.host].address
	}
	for _, v := range model.EffectiveExports(a.graph, n.path, n.decl, a.addressOf(i)) {
		one.Exports = append(one.Exports, model.Variable{Name: v.Name, Value: v.Value})
	}
	return append(a.ancestors(n.parent), one)
}

func bareExports(list []model.Export) []model.Export {
	out := make([]model.Export, len(list))
	for i, e := range list {
		out[i] = model.Export{Variable: e.Variable, Alias: e.Alias}
	}
	slices.SortFunc(out, func(x, y model.Export) int { return strings.Compare(x.Variable, y.Variable) })
	return out
}

// digest sums up what the agent of a machine should know (LC-104).
func (a *app) digest(k int32) string {
	var known [][2]string
	for _, i := range a.scope(k) {
		known = append(known, [2]string{a.nodes[i].path, a.nodes[i].decl.Component})
	}
	return message.Digest(known)
}

func sortedKeys[V any](set map[string]V) []string {
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
