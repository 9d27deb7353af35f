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
	if a == nil || e.Domain != m.settings.domain || e.From.Kind != message.FromAgent || e.Expired(m.now) {
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
	switch b := e.Body.(type) {
	case *message.RequestResult:
		m.once(e.ID, func() { m.result(a, b) })
	case *message.InstanceRemoved:
		m.removed(a, i, b.Path, e.ID)
	case *message.AgentGoodbye:
		m.once(e.ID, func() { m.goodbye(a, a.nodes[i].host, b.Reason) })
	case *message.ProbeEvent:
		m.once(e.ID, func() { m.do(Probed{App: a.name, Machine: e.From.Scope, ProbeEvent: b, At: e.Time}) })
	default:
		m.passed(a, e)
	}
}

// once handles a message that may come twice (MS-60): that it came is kept.
func (m *Manager) once(id string, handle func()) {
	if !m.known(id) {
		m.dirty = true
		handle()
	}
}

// passed hands on what changes nothing here.
func (m *Manager) passed(a *app, e *message.Envelope) {
	at := e.From.Scope
	switch b := e.Body.(type) {
	case *message.RecipeOutput:
		m.do(Output{App: a.name, Machine: at, RecipeOutput: b, ID: m.corr})
	case *message.Pong:
		m.do(Ponged{App: a.name, Machine: at, Pong: b})
	case *message.LogsChunk:
		m.do(Logged{App: a.name, Machine: at, LogsChunk: b})
	case *message.BlobWant:
		m.do(Supply{App: a.name, Path: at, Items: b.Items})
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
	case slices.Contains(h.dead, epoch), n.state == lifecycle.NotDeployed && h.machineID == "" && !m.settings.adopt:
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
	if b.ModelRequired || (fresh || h.unsure) && (b.ModelRevision < h.revision || b.ModelDigest != a.digest(k)) {
		m.sendModel(a, k, false)
	} else if h.unsure {
		m.remind(a, k)
	}
	if h.unsure {
		h.unsure, m.dirty = false, true
		m.askAgain(a, k)
	}
	m.flush(a, k)
}

// remind repeats what an agent may have missed beside its model: all of it changes nothing where it is known.
func (m *Manager) remind(a *app, k int32) {
	for _, prefix := range sortedKeys(a.bindings) {
		m.publish(a.agent(k), &message.BindingChange{Prefix: prefix, Apps: a.bindings[prefix]}, m.corr)
	}
	m.sendProbes(a, k)
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
	h.address, h.moved = address, m.now
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
	delete(a.asked, b.Request)
	if i, ok := a.paths[b.Path]; ok && b.Outcome == message.Rejected && b.Request == a.nodes[i].removal {
		a.nodes[i].removing = false // it may be asked again
	}
	m.do(Finished{ID: m.corr, App: a.name, Path: b.Path, Outcome: b.Outcome, Reason: b.Reason, ExitCode: b.ExitCode, Took: b.Took})
}

// removed goes on when an agent dropped an instance; that of a machine is abnormal, and ignored.
func (m *Manager) removed(a *app, root int32, path, id string) {
	i, ok := a.paths[path]
	if !ok || i == root || !a.nodes[i].removing || m.known(id) {
		return
	}
	delete(a.asked, a.nodes[i].removal)
	m.erase(a, i)
}

// goodbye is LC-105.
func (m *Manager) goodbye(a *app, k int32, reason string) {
	switch h := &a.hosts[k]; {
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
	return m.online && a.hosts[k].node >= 0 && a.hosts[k].model != "" && !a.hosts[k].unsure &&
		a.nodes[a.hosts[k].node].state == lifecycle.DeployedStarted
}

// sendModel gives an agent its model, before anything that waits (LC-92.5, LC-101).
func (m *Manager) sendModel(a *app, k int32, changed bool) {
	h := &a.hosts[k]
	m.dirty = true
	if changed || h.revision == 0 {
		h.revision++
	}
	if changed && !m.ready(a, k) {
		h.waiting = slices.DeleteFunc(h.waiting, func(w waiting) bool { return w.what == waitingModel })
		m.enqueue(h, waiting{what: waitingModel, corr: m.corr})
		return
	}
	h.model = h.epoch
	m.publish(a.agent(k), m.modelSet(a, k), m.corr)
	m.sendProbes(a, k)
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
