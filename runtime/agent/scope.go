package agent

import (
	"fmt"
	"maps"
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// setModel is LC-101; a second model is a reconciliation (D-26).
func (a *Agent) setModel(m *message.ModelSet) {
	switch {
	case a.model != nil && m.Revision <= a.revision && m.Gen <= a.gen:
		return
	case m.Graph.Component(m.Root.Component) == nil:
		a.refuse(fmt.Sprintf("the model of %s does not declare its component %s", a.cfg.Scope, m.Root.Component))
		return
	case !m.Graph.IsMachine(m.Graph.Component(m.Root.Component)):
		a.refuse(fmt.Sprintf("%s is no machine: its component %s has another installer", a.cfg.Scope, m.Root.Component))
		return
	case a.model != nil:
		a.reconcile(m)
		return
	}
	if reason := a.wrongFiles(m.Scripts); reason != "" {
		a.refuse(reason)
		return
	}
	if a.await(m.Scripts) {
		return
	}
	a.adopt(m)
	a.graft(m.Root, -1, a.cfg.Scope)
	a.index()
	a.push(step{what: stepScripts}, step{what: stepReady})
}

// ready is LC-101 from step 3 on.
func (a *Agent) ready() {
	root := a.order[0]
	a.move(root, lifecycle.DeployedStarted, message.Why{Kind: message.WhyModel})
	a.listen(root)
	all := a.depthFirst(nil, root)
	a.bindImports(all)
	a.requestAll(all)
	a.publishStarted()
}

// depthFirst appends i with its descendants, each parent right before its children.
func (a *Agent) depthFirst(list []int32, i int32) []int32 {
	list = append(list, i)
	for _, c := range a.insts[i].children {
		list = a.depthFirst(list, c)
	}
	return list
}

// adopt keeps the facts of a model but its instances.
func (a *Agent) adopt(m *message.ModelSet) {
	a.dirty = true
	a.model, a.revision, a.gen, a.bootID = m, m.Revision, m.Gen, a.cfg.BootID
	a.bindings = map[string][]string{}
	for _, b := range m.Bindings {
		a.bindings[b.Prefix] = b.Apps
	}
	a.kinds = map[string]*kind{}
	for i := range a.insts {
		a.insts[i].known, a.insts[i].above = false, nil
	}
}

// kindOf gives the facts of a component; nil when the graph does not declare it.
func (a *Agent) kindOf(component string) *kind {
	if k := a.kinds[component]; k != nil {
		return k
	}
	c := a.model.Graph.Component(component)
	if c == nil {
		return nil
	}
	k := newKind(a.model.Graph, c)
	a.kinds[component] = k
	return k
}

// graft adds a tree below a parent, and returns what is new, parents first. What belongs to other agents stays out; what is
// there already stays as it is.
func (a *Agent) graft(node *model.Instance, parent int32, path string) []int32 {
	n := size(node)
	a.insts = slices.Grow(a.insts, max(0, n-len(a.free)))
	if a.paths == nil {
		a.paths = make(map[string]int32, n)
	}
	added := make([]int32, 0, n)
	a.plant(&added, node, parent, path)
	return added
}

// size is the number of instances of a tree.
func size(node *model.Instance) int {
	n := 1
	for _, child := range node.Children {
		n += size(child)
	}
	return n
}

// plant does it, and notes what is new.
func (a *Agent) plant(added *[]int32, node *model.Instance, parent int32, path string) {
	k := a.kindOf(node.Component)
	if k == nil || parent >= 0 && k.machine {
		return
	}
	i, there := a.paths[path]
	if !there {
		i = a.slot()
		a.insts[i] = instance{path: path, decl: node, kind: k, parent: parent, imports: make([][]message.Import, len(k.prefixes)), pubSeq: a.pubSeqs}
		if parent >= 0 {
			p := &a.insts[parent]
			a.insts[i].depth = p.depth + 1
			p.children = append(slices.Clip(p.children), i)
		}
		a.paths[path] = i
		*added = append(*added, i)
	}
	for _, child := range node.Children {
		a.plant(added, child, i, path+"/"+child.Name)
	}
}

func (a *Agent) slot() int32 {
	if n := len(a.free); n > 0 {
		i := a.free[n-1]
		a.free = a.free[:n-1]
		return i
	}
	a.insts = append(a.insts, instance{})
	return int32(len(a.insts) - 1)
}

// index orders the instances again, breadth first, after some were added or removed.
func (a *Agent) index() {
	a.digest, a.dirty = "", true
	root, ok := a.paths[a.cfg.Scope]
	if !ok {
		a.order, a.byPref = nil, nil
		return
	}
	a.order = a.below(root)
	a.byPref = map[string][]int32{}
	for _, i := range a.order {
		for _, p := range a.insts[i].kind.prefixes {
			a.byPref[p.name] = append(a.byPref[p.name], i)
		}
	}
}

// modelDigest sums up which instances the agent knows (LC-104); "" without model.
func (a *Agent) modelDigest() string {
	if a.model == nil {
		return ""
	}
	if a.digest == "" {
		known := make([][2]string, 0, len(a.order))
		for _, i := range a.order {
			known = append(known, [2]string{a.insts[i].path, a.insts[i].decl.Component})
		}
		a.digest = message.Digest(known)
	}
	return a.digest
}

// add is the agent's part of "add instance" (LC-70).
func (a *Agent) add(m *message.InstanceAdd) {
	if a.model == nil {
		a.refuse("the agent of " + a.cfg.Scope + " has no model yet")
		return
	}
	parent, ok := a.paths[m.Parent]
	if !ok {
		a.refuse(fmt.Sprintf("%s cannot be added below %s: that parent is not known here", m.Node.Name, m.Parent))
		return
	}
	if reason := a.misplaced(a.insts[parent].decl.Component, m.Node); reason != "" {
		a.refuse(reason)
		return
	}
	a.revision = max(a.revision, m.Revision)
	added := a.graft(m.Node, parent, m.Parent+"/"+m.Node.Name)
	a.index()
	a.bindImports(added)
	a.requestAll(added)
}

// misplaced says what is wrong with a tree below an instance of a component (MOD-95); "" when nothing is.
func (a *Agent) misplaced(parent string, node *model.Instance) string {
	g := a.model.Graph
	c := g.Component(node.Component)
	if c == nil {
		return fmt.Sprintf("%s cannot be added: its component %s is not in the model of this agent", node.Name, node.Component)
	}
	p := g.Component(parent)
	if p == nil || !slices.Contains(g.Children(p), c) {
		return fmt.Sprintf("%s cannot be added: %s may not be deployed on %s", node.Name, node.Component, parent)
	}
	for _, child := range node.Children {
		if reason := a.misplaced(node.Component, child); reason != "" {
			return reason
		}
	}
	return ""
}

// remove is the agent's part of "remove instance" (LC-70): confirm, then listen no more.
func (a *Agent) remove(m *message.InstanceRemove) {
	i, ok := a.paths[m.Path]
	switch {
	case !ok:
		a.tell(&message.InstanceRemoved{Path: m.Path}) // removed before: nothing to do twice
		return
	case a.insts[i].parent < 0:
		a.refuse(m.Path + " is the machine of this agent: it cannot be removed by it")
		return
	}
	below := a.below(i)
	for _, d := range below {
		if a.insts[d].state != lifecycle.NotDeployed {
			a.refuse(fmt.Sprintf("%s cannot be removed: %s is %s", m.Path, a.insts[d].path, a.insts[d].state))
			return
		}
	}
	a.revision = max(a.revision, m.Revision)
	a.tell(&message.InstanceRemoved{Path: m.Path})
	a.prune(i, below)
}

func (a *Agent) prune(i int32, below []int32) {
	p := &a.insts[a.insts[i].parent]
	p.children = slices.DeleteFunc(slices.Clone(p.children), func(c int32) bool { return c == i })
	for k := len(below) - 1; k >= 0; k-- {
		d := below[k]
		a.unbindImports(a.insts[d].kind)
		delete(a.paths, a.insts[d].path)
		a.pubSeqs = max(a.pubSeqs, a.insts[d].pubSeq)
		a.insts[d] = instance{}
		a.free = append(a.free, d)
	}
	a.index()
}

// reconcile takes a newer model: states are never touched, but what an instance exports or imports may change (D-26).
func (a *Agent) reconcile(m *message.ModelSet) {
	fresh := m.Gen != a.gen
	before := a.bindings
	a.adopt(m)
	a.redeclare(m.Root, a.cfg.Scope)
	added := a.graft(m.Root, -1, a.cfg.Scope)
	a.index()
	a.bindImports(added)
	for _, i := range a.order {
		if fresh {
			a.insts[i].pubSeq, a.insts[i].live = 0, false
		}
		a.republish(i)
	}
	a.requestAll(a.order)
	a.reportUnknown(m)
	for _, i := range a.order {
		if in := &a.insts[i]; in.state == lifecycle.Unresolved && a.missing(i) == "" {
			a.push(step{what: stepStart, inst: i, why: message.Why{Kind: message.WhyModel}})
		}
	}
	for _, prefix := range externals(before, a.bindings) {
		a.rebind(prefix, before[prefix], a.bindings[prefix])
	}
}

// externals are the prefixes of some bindings, each once, sorted.
func externals(bindings ...map[string][]string) []string {
	var list []string
	for _, b := range bindings {
		list = slices.AppendSeq(list, maps.Keys(b))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// redeclare gives known instances what the new model says of them.
func (a *Agent) redeclare(node *model.Instance, path string) {
	i, ok := a.paths[path]
	k := a.kindOf(node.Component)
	if !ok || k == nil {
		return
	}
	a.rekind(i, k)
	a.insts[i].decl = node
	for _, child := range node.Children {
		a.redeclare(child, path+"/"+child.Name)
	}
}

// rekind keeps the imports of the prefixes that are still declared.
func (a *Agent) rekind(i int32, k *kind) {
	in := &a.insts[i]
	old, held := in.kind, in.imports
	in.kind, in.imports, in.listed = k, make([][]message.Import, len(k.prefixes)), nil
	for _, p := range k.prefixes {
		a.bind(message.Importers(a.cfg.App, p.name, p.external))
		if was := old.index(p.name); was >= 0 {
			in.imports[k.index(p.name)] = held[was]
		}
	}
	a.unbindImports(old)
}

// republish follows a new model: a started instance withdraws the prefixes that it has no more, then publishes the rest.
func (a *Agent) republish(i int32) {
	in := &a.insts[i]
	if in.state != lifecycle.DeployedStarted {
		return
	}
	a.know(i)
	var gone []publication
	for _, p := range in.sent {
		if in.live && !slices.ContainsFunc(in.groups, func(g group) bool { return g.prefix == p.add.Prefix }) {
			gone = append(gone, p)
		}
	}
	if gone != nil {
		a.withdrawAll(i, gone)
	}
	ears := in.ears
	in.ears = nil
	a.listen(i)
	for _, to := range ears {
		a.unbind(to)
	}
	a.publish(i, "")
}

// reportUnknown tells the manager of the instances that its model does not have.
func (a *Agent) reportUnknown(m *message.ModelSet) {
	for _, i := range a.order {
		if in := &a.insts[i]; model.Find([]*model.Instance{m.Root}, "/"+m.Root.Name+in.path[len(a.cfg.Scope):]) == nil {
			a.notify(i, message.Why{Kind: message.WhyReport})
		}
	}
}

// reset is LC-106: undeploy everything, deepest first, as far as it goes, then forget it.
func (a *Agent) reset(m *message.AgentReset) {
	if m.Epoch != "" && m.Epoch != a.cfg.Epoch {
		return // meant for the agent of a machine that is gone
	}
	a.queue, a.resetting = nil, true
	var steps []step
	if a.model != nil {
		for _, i := range a.deepestFirst(a.order[0]) {
			if in := &a.insts[i]; in.parent >= 0 && in.state != lifecycle.NotDeployed {
				steps = append(steps, step{what: stepReset, inst: i, why: message.Why{Kind: message.WhyReset}})
			}
		}
	}
	a.push(append(steps, step{what: stepRelease})...)
}

// clear takes an instance off a machine that is recycled: what runs is stopped first (LC-106).
func (a *Agent) clear(s step) {
	switch a.insts[s.inst].state {
	case lifecycle.NotDeployed: // gone with what was above it
	case lifecycle.DeployedStarted:
		a.push(s)
		a.stop(s.inst, s.why)
	default:
		a.undeploy(s.inst, s.why)
	}
}

// release ends a reset.
func (a *Agent) release() {
	if a.model != nil {
		root := a.order[0]
		a.unlisten(root)
		a.withdraw(root)
	}
	a.memory = memory{}
	a.dirty = true
	a.leave(message.Released)
}
