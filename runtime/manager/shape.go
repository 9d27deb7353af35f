package manager

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// create makes an application from a template (MG-20).
func (m *Manager) create(name string, op Create) []error {
	t := op.Template
	switch {
	case name == "":
		return []error{fmt.Errorf("create an application: it has no name")}
	case m.apps[name] != nil:
		return []error{fmt.Errorf("create %s: there is an application of that name already; choose another name or delete it first", name)}
	case m.damageOf(name) >= 0:
		return []error{fmt.Errorf("create %s: there is a damaged application of that name; delete it first, or choose another name", name)}
	case !model.IsAppName(name):
		return []error{fmt.Errorf("create %q: a name begins with a letter or _, then come letters, digits, _ - . ( ) or blanks", name)}
	case t == nil || t.Graph == nil:
		return []error{fmt.Errorf("create %s: its template has no graph", name)}
	}
	a := newApp(name, t)
	a.gens = m.gens[name]
	if op.Description != "" {
		a.descriptor.Description = op.Description
	}
	if err := m.foreignPrefix(a); err != nil {
		return []error{fmt.Errorf("create %s: %w", name, err)}
	}
	if err := a.setRecipes(op.Recipes); err != nil {
		return []error{fmt.Errorf("create %s: %w", name, err)}
	}
	errs := a.misplacedRoots(t.Instances)
	if errs != nil {
		return wrap("create "+name, errs)
	}
	for _, root := range t.Instances {
		if err := m.insert(a, -1, root); err != nil {
			errs = append(errs, err)
		}
	}
	if errs != nil {
		return wrap("create "+name, errs)
	}
	m.apps[name] = a
	m.copyAssociations(a)
	m.do(AppChanged{App: name, Turn: Born, ID: m.corr})
	if m.online {
		m.do(mind.Bind{To: message.Manager(name)})
	}
	return nil
}

// foreignPrefix says why an application cannot export to others: its prefix is that of another template (MG-11 step 2).
func (m *Manager) foreignPrefix(a *app) error {
	prefix := a.descriptor.ExportsPrefix
	if prefix == "" {
		return nil
	}
	for _, other := range m.names() {
		if o := m.apps[other]; o.descriptor.ExportsPrefix == prefix && o.template.Name != a.template.Name {
			return fmt.Errorf("the prefix %s of its external exports is that of %s, which is made from another template, %s; choose another prefix", prefix, other, o.template)
		}
	}
	return m.prefixTaken(a.template, prefix)
}

// describe changes the description (MG-21).
func (m *Manager) describe(a *app, text string) {
	if a.descriptor.Description != text {
		a.descriptor.Description = text
		m.touch(a)
		m.do(AppChanged{App: a.name, Turn: Edited, ID: m.corr})
	}
}

func wrap(what string, errs []error) []error {
	for i, err := range errs {
		errs[i] = fmt.Errorf("%s: %w", what, err)
	}
	return errs
}

// insert adds a tree and draws its ports.
func (m *Manager) insert(a *app, parent int32, decl *model.Instance) error {
	added := a.graft(parent, decl, m.now)
	if err := a.drawPorts(added, m.settings.forbidden); err != nil {
		a.prune(added[0])
		return err
	}
	return nil
}

// misplacedRoots says what is wrong with roots and what is below them (MOD-93 to MOD-96).
func (a *app) misplacedRoots(roots []*model.Instance) []error {
	var errs []error
	names := map[string]bool{}
	for _, r := range roots {
		if names[r.Name] {
			errs = append(errs, fmt.Errorf("two instances have the path /%s", r.Name))
		}
		names[r.Name] = true
		errs = append(errs, a.misplaced("", "", r)...)
	}
	return errs
}

// misplaced says what is wrong with a tree below an instance of component parent, "" for a root.
func (a *app) misplaced(parent, above string, i *model.Instance) []error {
	path := above + "/" + i.Name
	c := a.graph.Component(i.Component)
	switch {
	case i.Name == "" || strings.Contains(i.Name, "/"):
		return []error{fmt.Errorf("%q is no name of an instance: it must not be empty nor contain a slash", i.Name)}
	case c == nil:
		return []error{fmt.Errorf("%s: the graph has no component %s", path, i.Component)}
	case parent == "" && len(a.graph.Ancestors(c)) > 0:
		return []error{fmt.Errorf("%s: %s cannot be a root, it is deployed on %s", path, i.Component, names(a.graph.Ancestors(c)))}
	case parent == "" && !a.graph.IsMachine(c):
		return []error{fmt.Errorf("%s: a root must be a machine, and the installer of %s is not \"target\"", path, i.Component)}
	case parent != "" && !slices.Contains(a.graph.Ancestors(c), a.graph.Component(parent)):
		return []error{fmt.Errorf("%s: %s may not be deployed on %s, only on %s", path, i.Component, parent, orNothing(names(a.graph.Ancestors(c))))}
	}
	var errs []error
	seen := map[string]bool{}
	for _, child := range i.Children {
		if seen[child.Name] {
			errs = append(errs, fmt.Errorf("two instances have the path %s/%s", path, child.Name))
		}
		seen[child.Name] = true
		errs = append(errs, a.misplaced(i.Component, path, child)...)
	}
	return errs
}

func names(list []*model.Component) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = c.Name
	}
	return strings.Join(words, ", ")
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// add inserts an instance (LC-70).
func (m *Manager) add(a *app, op Add) []error {
	if op.Instance == nil {
		return []error{fmt.Errorf("add below %s: nothing to add was given", orRoot(op.Parent))}
	}
	what := fmt.Sprintf("add %s/%s", op.Parent, op.Instance.Name)
	parent, component := int32(-1), ""
	if op.Parent != "" {
		i, ok := a.paths[op.Parent]
		if !ok {
			return []error{fmt.Errorf("%s: there is no instance %s", what, op.Parent)}
		}
		parent, component = i, a.nodes[i].decl.Component
	}
	if _, taken := a.paths[op.Parent+"/"+op.Instance.Name]; taken {
		return []error{fmt.Errorf("%s: an instance of that name is there already; choose another name", what)}
	}
	if errs := a.misplaced(component, op.Parent, op.Instance); errs != nil {
		return wrap(what, errs)
	}
	if err := m.insert(a, parent, op.Instance); err != nil {
		return []error{fmt.Errorf("%s: %w", what, err)}
	}
	m.announce(a, a.paths[op.Parent+"/"+op.Instance.Name])
	return nil
}

func orRoot(path string) string {
	if path == "" {
		return "the root"
	}
	return path
}

// announce tells people, and the agent that has a model already, about a new subtree.
func (m *Manager) announce(a *app, top int32) {
	m.touch(a)
	for _, d := range a.below(top) {
		m.do(Changed{App: a.name, Path: a.nodes[d].path, Created: true, Cause: "added", ID: m.corr})
	}
	n := &a.nodes[top]
	h := a.hostOf(top)
	if n.machine || h.model == "" {
		return
	}
	h.revision++
	parent := a.nodes[n.parent].path
	m.send(a, n.host, &message.InstanceAdd{Parent: parent, Node: a.sent(top), Revision: h.revision}, m.corr)
}

// touch notes a change: of the version that people see, of what must be kept.
func (m *Manager) touch(a *app) {
	a.version++
	m.dirty = true
}

// remove deletes an instance, at once or when nothing of it is deployed any more (LC-70).
func (m *Manager) remove(a *app, op Remove) error {
	i, ok := a.paths[op.Path]
	if !ok {
		return fmt.Errorf("remove %s: there is no such instance", op.Path)
	}
	if d, deployed := a.deployedBelow(i); deployed {
		if !op.Deferred {
			return fmt.Errorf("remove %s: %s is %s; undeploy it first, or ask for a deferred removal",
				op.Path, a.nodes[d].path, a.nodes[d].state)
		}
		a.nodes[i].dying = true
		m.touch(a)
		return nil
	}
	m.drop(a, i)
	return nil
}

func (a *app) deployedBelow(i int32) (int32, bool) {
	for _, d := range a.below(i) {
		if a.nodes[d].state != lifecycle.NotDeployed {
			return d, true
		}
	}
	return 0, false
}

// drop removes a subtree of which nothing is deployed: at once when no agent knows it, otherwise when its agent confirms.
func (m *Manager) drop(a *app, i int32) {
	n := &a.nodes[i]
	h := a.hostOf(i)
	if n.machine || h.model == "" || a.nodes[h.node].state == lifecycle.NotDeployed {
		m.erase(a, i)
		return
	}
	if n.removing {
		return
	}
	n.removing = true
	h.revision++
	m.send(a, n.host, &message.InstanceRemove{Path: n.path, Revision: h.revision}, m.corr)
}

// erase takes a subtree out of the model, the deepest first.
func (m *Manager) erase(a *app, i int32) {
	for _, d := range a.deepestFirst(a.below(i)) {
		m.do(Changed{App: a.name, Path: a.nodes[d].path, From: a.nodes[d].state, Removed: true, Cause: "removed", ID: m.corr})
		if a.nodes[d].machine {
			delete(m.associations, place{owner{app: a.name}, a.nodes[d].path})
		}
	}
	a.prune(i)
	m.touch(a)
}

// rename is allowed as long as no agent knows the path (LC-70).
func (m *Manager) rename(a *app, op Rename) error {
	i, ok := a.paths[op.Path]
	if !ok {
		return fmt.Errorf("rename %s: there is no such instance", op.Path)
	}
	n := &a.nodes[i]
	path := n.path[:len(n.path)-len(n.decl.Name)] + op.Name
	_, taken := a.paths[path]
	machine := &a.nodes[a.hostOf(i).node]
	switch {
	case op.Name == "" || strings.Contains(op.Name, "/"):
		return fmt.Errorf("rename %s: %q is no name of an instance: it must not be empty nor contain a slash", op.Path, op.Name)
	case taken:
		return fmt.Errorf("rename %s: %s is there already; choose another name", op.Path, path)
	}
	for _, d := range a.below(i) {
		if at := &a.nodes[a.hostOf(d).node]; at.state != lifecycle.NotDeployed {
			machine = at
		}
	}
	if machine.state != lifecycle.NotDeployed {
		return fmt.Errorf("rename %s: its machine %s is %s; undeploy it first", op.Path, machine.path, machine.state)
	}
	decl := *n.decl
	decl.Name = op.Name
	n.decl = &decl
	m.repath(a, i, path)
	m.touch(a)
	return nil
}

func (m *Manager) repath(a *app, top int32, path string) {
	a.instances = nil
	old := a.nodes[top].path
	m.moveAssociations(a.name, old, path)
	for _, d := range a.below(top) {
		n := &a.nodes[d]
		delete(a.paths, n.path)
		a.gens = max(a.gens, a.hosts[n.host].gen)
		m.do(Changed{App: a.name, Path: n.path, From: n.state, Removed: true, Cause: "renamed", ID: m.corr})
		n.path = path + n.path[len(old):]
	}
	a.redirect(old, path)
	for _, d := range a.below(top) {
		a.paths[a.nodes[d].path] = d
		m.do(Changed{App: a.name, Path: a.nodes[d].path, Created: true, To: a.nodes[d].state, Cause: "renamed", ID: m.corr})
	}
}

// redirect takes what waits for agents along when a path changes (LC-83).
func (a *app) redirect(old, path string) {
	moved := func(p string) string {
		if p == old || strings.HasPrefix(p, old+"/") {
			return path + p[len(old):]
		}
		return p
	}
	for k := range a.hosts {
		for i := range a.hosts[k].waiting {
			w := &a.hosts[k].waiting[i]
			w.path = moved(w.path)
			if r, ok := w.body.(*message.InstanceRequest); ok {
				to := *r
				to.Path = moved(r.Path)
				w.body = &to
			}
		}
	}
}

// replicate copies a root: names, components, channels, overrides, but no data and no drawn port (D-17).
func (m *Manager) replicate(a *app, op Replicate) []error {
	i, ok := a.paths[op.Path]
	if !ok || a.nodes[i].parent >= 0 {
		return []error{fmt.Errorf("replicate %s: there is no such root instance; only roots are replicated", op.Path)}
	}
	decl := a.replica(i)
	decl.Name = op.Name
	errs := m.add(a, Add{Instance: decl})
	if id := m.associations[place{owner{app: a.name}, op.Path}]; errs == nil && id != "" {
		m.associations[place{owner{app: a.name}, "/" + op.Name}] = id
	}
	return errs
}

func (a *app) replica(i int32) *model.Instance {
	n := &a.nodes[i]
	d := &model.Instance{Name: n.decl.Name, Component: n.decl.Component, Channels: n.decl.Channels}
	for _, o := range n.decl.Overrides {
		if !slices.Contains(n.drawn, o.Name) {
			d.Overrides = append(d.Overrides, o)
		}
	}
	for _, c := range n.children {
		d.Children = append(d.Children, a.replica(c))
	}
	return d
}

// setGraph replaces the types under a running application, and sends every agent its new model (D-26).
func (m *Manager) setGraph(a *app, g *model.Graph) []error {
	if g == nil {
		return []error{fmt.Errorf("change the graph of %s: no graph was given", a.name)}
	}
	next := &app{graph: g}
	instances := m.Instances(a.name)
	if errs := next.misplacedRoots(instances); errs != nil {
		return wrap("change the graph of "+a.name, errs)
	}
	for _, i := range a.breadth(a.roots) {
		n := &a.nodes[i]
		if g.IsMachine(g.Component(n.decl.Component)) != n.machine {
			return []error{fmt.Errorf("change the graph of %s: %s cannot become a machine or cease to be one while it exists", a.name, n.path)}
		}
	}
	a.graph, a.parts, a.instances = g, nil, nil
	if err := a.drawPorts(a.breadth(a.roots), m.settings.forbidden); err != nil {
		return []error{fmt.Errorf("change the graph of %s: %w", a.name, err)}
	}
	m.touch(a)
	m.do(AppChanged{App: a.name, Turn: Edited, ID: m.corr})
	for h := range a.hosts {
		if a.hosts[h].node >= 0 && a.hosts[h].model != "" {
			m.sendModel(a, int32(h), true)
		}
	}
	return nil
}

// delete forgets an application (lifecycle.md 12).
func (m *Manager) delete(a *app) error {
	for _, r := range a.roots {
		if d, deployed := a.deployedBelow(r); deployed {
			return fmt.Errorf("delete %s: %s is %s; undeploy everything first", a.name, a.nodes[d].path, a.nodes[d].state)
		}
	}
	delete(m.apps, a.name)
	m.forgetOwner(owner{app: a.name})
	for _, h := range a.hosts {
		a.gens = max(a.gens, h.gen)
	}
	if a.gens > 0 {
		m.gens[a.name] = a.gens // importers closed them: an application of that name goes on behind (MS-60)
	}
	m.unbindFrom(a.name)
	if m.online {
		m.do(mind.Unbind{To: message.Manager(a.name)})
	}
	m.do(DropApplication{App: a.name})
	m.do(AppChanged{App: a.name, Turn: Deleted, ID: m.corr})
	return nil
}
