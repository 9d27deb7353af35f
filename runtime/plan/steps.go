package plan

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
)

// rename finds what only got another name: one that goes, one that comes, alike, side by side, without a third like them. The manager can
// rename what is not deployed (LC-70); what is deployed goes, comes again.
func (m *maker) rename() {
	pairs := map[string][2][]int{}
	for k, g := range m.gone {
		if !m.taken(g.path) {
			p := pairs[m.likeness(g.path[:strings.LastIndexByte(g.path, '/')], g.old)]
			p[0] = append(p[0], k)
			pairs[m.likeness(g.path[:strings.LastIndexByte(g.path, '/')], g.old)] = p
		}
	}
	for k, n := range m.new {
		if !n.takes {
			p := pairs[m.likeness(n.parent, n.decl)]
			p[1] = append(p[1], k)
			pairs[m.likeness(n.parent, n.decl)] = p
		}
	}
	var goneDone, newDone []int
	for _, like := range slices.Sorted(maps.Keys(pairs)) {
		p := pairs[like]
		if len(p[0]) != 1 || len(p[1]) != 1 {
			continue
		}
		g, n := &m.gone[p[0][0]], &m.new[p[1][0]]
		switch {
		case !m.alike(g.old, n.decl):
		case m.machineDeployed(g.path):
			g.reason = "renamed to " + n.decl.Name + ": a name cannot change while its machine is deployed"
			n.reason = "was " + g.path
			n.again, n.takes = m.state[g.path], true
		case m.fitsBelow(g.parent, g.old):
			m.step(Step{
				Kind: Rename, Path: g.path, Detail: "to " + n.decl.Name, Reason: "only the name changed",
				Op: manager.Rename{Path: g.path, Name: n.decl.Name},
			})
			goneDone, newDone = append(goneDone, p[0][0]), append(newDone, p[1][0])
		}
	}
	m.gone = without(m.gone, goneDone)
	m.new = without(m.new, newDone)
}

// alike says whether two instances of one likeness have no value that sets them apart: a port that files fix is one.
func (m *maker) alike(old, now *model.Instance) bool {
	before, after, wanted := values(old), values(now), byName(now.Children)
	if m.settings(old, now, false) != "" || slices.ContainsFunc(m.randoms(now), func(name string) bool { return after[name] != "" && after[name] != before[name] }) {
		return false
	}
	return !slices.ContainsFunc(old.Children, func(c *model.Instance) bool { return !m.alike(c, wanted[c.Name]) })
}

func without[T any](list []T, drop []int) []T {
	var rest []T
	for k, v := range list {
		if !slices.Contains(drop, k) {
			rest = append(rest, v)
		}
	}
	return rest
}

// taken says whether the place of an instance that goes is taken by another one.
func (m *maker) taken(path string) bool {
	return slices.ContainsFunc(m.new, func(n added) bool { return n.takes && n.path() == path })
}

// machineDeployed says whether anything around a path is: its own subtree, or the machine that it is on.
func (m *maker) machineDeployed(path string) bool {
	if m.deployed(path) {
		return true
	}
	for at := strings.LastIndexByte(path, '/'); at > 0; at = strings.LastIndexByte(path[:at], '/') {
		if m.state[path[:at]] != lifecycle.NotDeployed {
			return true
		}
	}
	return false
}

// likeness is a text that instances have in common which differ in their own name alone.
func (m *maker) likeness(parent string, i *model.Instance) string {
	var b strings.Builder
	b.WriteString(parent + "\n")
	m.like(&b, i, "")
	return b.String()
}

func (m *maker) like(b *strings.Builder, i *model.Instance, name string) {
	random := m.randoms(i)
	b.WriteString(strconv.Quote(name) + " " + strconv.Quote(i.Component) + "(")
	for _, all := range []map[string]string{values(i), i.Data} {
		for _, k := range slices.Sorted(maps.Keys(all)) {
			if !slices.Contains(random, k) {
				b.WriteString(strconv.Quote(k) + "=" + strconv.Quote(all[k]) + " ")
			}
		}
		b.WriteString("|")
	}
	b.WriteString(strings.Join(slices.Sorted(slices.Values(i.Channels)), " ") + "|")
	for _, c := range slices.SortedFunc(slices.Values(i.Children), func(x, y *model.Instance) int { return strings.Compare(x.Name, y.Name) }) {
		m.like(b, c, c.Name)
	}
	b.WriteString(")")
}

// remove undeploys what is deployed, the machines inside first, then removes it all.
func (m *maker) remove(g gone) {
	var after []int
	top := m.have.Graph.IsMachine(m.have.Graph.Component(g.old.Component))
	inner := m.machinesBelow(g.path, g.old)
	if top {
		inner = nil // the manager ends what stands on a machine before the machine (LC-82.2)
	}
	for _, path := range append(inner, g.path) {
		switch state := m.state[path]; {
		case path == g.path && !m.deployed(path), path != g.path && state == lifecycle.NotDeployed:
		case state == lifecycle.Undeploying || state == lifecycle.NotDeployed:
		default:
			after = append(after, m.step(Step{
				Kind: Undeploy, Path: path, Reason: g.reason, Destroy: true,
				Op: manager.Request{Path: path, State: lifecycle.NotDeployed},
			}, after...))
		}
	}
	k := m.step(Step{Kind: Remove, Path: g.path, Reason: g.reason, Destroy: m.deployed(g.path), Op: manager.Remove{Path: g.path, Deferred: true}}, after...)
	m.removed[g.path] = k
	if !m.fitsBelow(g.parent, g.old) {
		m.misfits = append(m.misfits, k)
	}
}

// machinesBelow are the machines inside an instance, the deepest first.
func (m *maker) machinesBelow(path string, i *model.Instance) []string {
	var all []string
	for _, c := range i.Children {
		below := path + "/" + c.Name
		all = append(all, m.machinesBelow(below, c)...)
		if m.have.Graph.IsMachine(m.have.Graph.Component(c.Component)) {
			all = append(all, below)
		}
	}
	return all
}

// fits says whether the manager takes an instance as it is into the new graph (MOD-93 to MOD-96).
func (m *maker) fits(parent *model.Component, i *model.Instance) bool {
	g, before := m.want.App.Graph, m.have.Graph
	c := g.Component(i.Component)
	if c == nil || g.IsMachine(c) != before.IsMachine(before.Component(i.Component)) {
		return false
	}
	if parent == nil {
		return g.IsMachine(c) && len(g.Ancestors(c)) == 0
	}
	return slices.Contains(g.Ancestors(c), parent)
}

func (m *maker) fitsBelow(parent *model.Component, i *model.Instance) bool {
	if !m.fits(parent, i) {
		return false
	}
	c := m.want.App.Graph.Component(i.Component)
	return !slices.ContainsFunc(i.Children, func(child *model.Instance) bool { return !m.fitsBelow(c, child) })
}

// graph changes the types, once what does not fit them is gone.
func (m *maker) graph() {
	if reason := changes(m.have.Graph, m.want.App.Graph); reason != "" {
		m.before = append(m.before, m.step(Step{Kind: Graph, Reason: reason, Op: manager.SetGraph{Graph: m.want.App.Graph}}, m.misfits...))
	}
}

// recipes changes the files, after what goes was asked to go with the old ones. It names the instances that run with files that changed.
func (m *maker) recipes() {
	if sameRecipes(m.have.Recipes, m.want.Recipes) {
		return
	}
	changed := changedFiles(m.have, m.want)
	detail := ""
	if components := slices.Sorted(maps.Keys(changed)); len(components) > 0 {
		detail = "of " + strings.Join(components, ", ")
	}
	k := m.step(Step{Kind: Recipes, Detail: detail, Reason: "files changed", Op: manager.SetRecipes{Recipes: m.want.Recipes}}, m.before...)
	m.before = append(m.before, k)
	for path, i := range model.Walk(m.have.Instances) {
		files := changed[i.Component]
		if len(files) == 0 || m.state[path] == lifecycle.NotDeployed || m.goes(path) {
			continue
		}
		m.step(Step{Kind: Files, Path: path, Reason: list(files) + " changed: for its next recipe, nothing is started again"}, k)
	}
}

// goes says whether an instance, or what it is in, is removed.
func (m *maker) goes(path string) bool {
	for at := len(path); at > 0; at = strings.LastIndexByte(path[:at], '/') {
		if _, is := m.removed[path[:at]]; is {
			return true
		}
	}
	return false
}

func list(names []string) string {
	const shown = 3
	if len(names) > shown {
		return strings.Join(names[:shown], ", ") + ", " + strconv.Itoa(len(names)-shown) + " more files"
	}
	return strings.Join(names, ", ")
}

// add inserts an instance, then starts it where that is wanted.
func (m *maker) add(n added) {
	after := slices.Clone(m.before)
	if k, was := m.removed[n.path()]; was {
		after = append(after, k)
	}
	k := m.step(Step{Kind: Add, Path: n.path(), Reason: n.reason, Op: manager.Add{Parent: n.parent, Instance: n.decl}}, after...)
	g := m.want.App.Graph
	switch {
	case n.takes && n.again == lifecycle.DeployedStopped && !g.IsMachine(g.Component(n.decl.Component)):
		m.step(Step{
			Kind: Start, Path: n.path(), Detail: "as far as stopped", Reason: "it was deployed, stopped",
			Op: manager.Request{Path: n.path(), State: lifecycle.DeployedStopped},
		}, k)
	case n.takes && n.again != lifecycle.NotDeployed && n.again != lifecycle.Undeploying:
		m.start(n.path(), "it was "+n.again.Word()+" before", k)
	case !n.takes && m.want.Start && (n.parent == "" || m.hosted(n.parent)):
		m.start(n.path(), "new instances are started", k)
	}
}

// hosted says whether the machine that an instance is on is deployed: the nearest one above, itself included.
func (m *maker) hosted(path string) bool {
	for at := len(path); at > 0; at = strings.LastIndexByte(path[:at], '/') {
		if i := model.Find(m.have.Instances, path[:at]); i != nil && m.have.Graph.IsMachine(m.have.Graph.Component(i.Component)) {
			return m.state[path[:at]] != lifecycle.NotDeployed && m.state[path[:at]] != lifecycle.Undeploying
		}
	}
	return false
}

func (m *maker) start(path, reason string, after int) {
	m.step(Step{Kind: Start, Path: path, Reason: reason, Op: manager.DeployAndStart{Path: path}}, after)
}

func sameRecipes(a, b []manager.Recipe) bool {
	return maps.EqualFunc(filesOf(a), filesOf(b), func(x, y map[string]message.File) bool { return maps.EqualFunc(x, y, sameFile) })
}

func sameFile(x, y message.File) bool { return x.SHA256 == y.SHA256 && x.Mode == y.Mode }

// filesOf are files by component, by name.
func filesOf(list []manager.Recipe) map[string]map[string]message.File {
	all := make(map[string]map[string]message.File, len(list))
	for _, r := range list {
		if len(r.Files) == 0 {
			continue
		}
		all[r.Component] = make(map[string]message.File, len(r.Files))
		for _, f := range r.Files {
			all[r.Component][f.Name] = f
		}
	}
	return all
}

// changedFiles are the names of the files that changed, by the component that uses them: its own, else those of what it extends (PL-10).
func changedFiles(have Have, want Want) map[string][]string {
	before, after := filesOf(have.Recipes), filesOf(want.Recipes)
	changed := map[string][]string{}
	for _, c := range want.App.Graph.Components() {
		old := map[string]message.File(nil)
		if was := have.Graph.Component(c.Name); was != nil {
			old = effective(have.Graph, was, before)
		}
		now := effective(want.App.Graph, c, after)
		both := maps.Clone(old)
		if both == nil {
			both = map[string]message.File{}
		}
		maps.Copy(both, now)
		for _, name := range slices.Sorted(maps.Keys(both)) {
			x, had := old[name]
			y, has := now[name]
			if had != has || !sameFile(x, y) {
				changed[c.Name] = append(changed[c.Name], name)
			}
		}
	}
	return changed
}

func effective(g *model.Graph, c *model.Component, files map[string]map[string]message.File) map[string]message.File {
	for _, super := range g.Supers(c) {
		if own := files[super.Name]; own != nil {
			return own
		}
	}
	return nil
}
