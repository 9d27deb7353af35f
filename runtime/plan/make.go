package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
)

// Make says what must be done so that an application becomes what its files say. It is pure; the same values give the same plan.
func Make(want Want, have Have) Plan {
	m := &maker{want: want, have: have, state: map[string]lifecycle.State{}, busy: map[string]bool{}, removed: map[string]int{}}
	for _, s := range have.Statuses {
		m.state[s.Path] = s.State
		for at := len(s.Path); s.State != lifecycle.NotDeployed && at > 0; at = strings.LastIndexByte(s.Path[:at], '/') {
			m.busy[s.Path[:at]] = true
		}
	}
	m.descriptor()
	m.level("", nil, have.Instances, want.App.Instances, have.Files)
	m.rename()
	for _, g := range m.gone {
		m.remove(g)
	}
	m.graph()
	m.recipes()
	for _, n := range m.new {
		m.add(n)
	}
	return Plan{Steps: m.steps, Refused: m.refused, Kept: m.kept}
}

type maker struct {
	want    Want
	have    Have
	state   map[string]lifecycle.State
	gone    []gone
	new     []added
	kept    []string
	refused []Refusal
	steps   []Step
	busy    map[string]bool // paths of which something is deployed, themselves or below

	misfits []int          // removals without which the graph cannot be changed
	removed map[string]int // removals by path
	before  []int          // what additions wait for: the graph, the recipes
}

// gone is an instance that goes.
type gone struct {
	path, reason string
	old          *model.Instance
	parent       *model.Component // in the new graph; nil for a root
}

// added is an instance that comes. Where it takes the place of another one, again is what that one was.
type added struct {
	parent string
	decl   *model.Instance
	reason string
	again  lifecycle.State
	takes  bool
}

func (a added) path() string { return a.parent + "/" + a.decl.Name }

// step adds a step, which waits for others; it gives its number.
func (m *maker) step(s Step, after ...int) int {
	s.Number = len(m.steps) + 1
	s.After = slices.Compact(slices.Sorted(slices.Values(after)))
	m.steps = append(m.steps, s)
	return s.Number
}

func (m *maker) refuse(path, text, reason string) {
	m.refused = append(m.refused, Refusal{path, text, reason})
}

// descriptor: the manager can change the description of an application; the rest is what others know it by.
func (m *maker) descriptor() {
	old, now := m.have.Descriptor, m.want.App.Descriptor
	const again = "create the application again from its files"
	if old.Name != now.Name && old.Name != "" {
		m.refuse("", "change the name to "+now.Name, "an application keeps its name "+old.Name+"; "+again)
	}
	same := old.ExportsPrefix == now.ExportsPrefix && slices.EqualFunc(old.Exports, now.Exports, func(a, b model.Export) bool {
		return a.Variable == b.Variable && a.Alias == b.Alias
	})
	if !same {
		m.refuse("", "change the external exports", "other applications may hold them; "+again)
	}
	if old.Description != now.Description {
		m.step(Step{Kind: Describe, Reason: "the descriptor says so", Op: manager.Describe{Description: now.Description}})
	}
}

// level compares siblings, then what is below those that stay. parent is their component in the new graph.
func (m *maker) level(above string, parent *model.Component, have, want, files []*model.Instance) {
	g := m.want.App.Graph
	there, wanted, filed := byName(have), byName(want), byName(files)
	for _, old := range have {
		path := above + "/" + old.Name
		now, said := wanted[old.Name], filed[old.Name]
		switch {
		case now == nil && (m.have.Files == nil || said != nil):
			m.gone = append(m.gone, gone{path, "there, not wanted any more", old, parent})
		case now == nil && !m.fits(parent, old):
			m.gone = append(m.gone, gone{path, "added while the application ran; the new graph does not allow it there", old, parent})
		case now == nil:
			m.kept = append(m.kept, path)
			m.level(path, g.Component(old.Component), old.Children, nil, nil)
		default:
			m.both(path, parent, old, now, said)
		}
	}
	for _, now := range want {
		if there[now.Name] == nil {
			m.new = append(m.new, added{parent: above, decl: now, reason: "wanted, not there"})
		}
	}
}

// both is about an instance that is there, wanted.
func (m *maker) both(path string, parent *model.Component, old, now, said *model.Instance) {
	another := m.another(path, old, now)
	settings := m.settings(old, now, false)
	if settings == "" && said != nil {
		settings = m.settings(said, now, true)
	}
	machine := m.want.App.Graph.IsMachine(m.want.App.Graph.Component(now.Component))
	switch {
	case another == "" && settings != "" && machine && m.deployed(path):
		m.refuse(path, "change", settings+"; its machine keeps what it was made with: undeploy it first")
	case another != "" || settings != "":
		reason := another
		if reason == "" {
			reason = settings
		}
		if extra := m.extra(path, old, now, said); extra != "" {
			reason += "; " + extra + " goes with it"
		}
		m.gone = append(m.gone, gone{path, reason, old, parent})
		up := path[:strings.LastIndexByte(path, '/')]
		m.new = append(m.new, added{parent: up, decl: now, reason: reason, again: m.state[path], takes: true})
		return
	}
	var below []*model.Instance
	if said != nil {
		below = said.Children
	}
	m.level(path, m.want.App.Graph.Component(now.Component), old.Children, now.Children, below)
}

// extra names what was added below an instance while the application ran: it is lost with it.
func (m *maker) extra(path string, old, now, said *model.Instance) string {
	if m.have.Files == nil {
		return ""
	}
	wanted, filed := byName(now.Children), map[string]*model.Instance{}
	if said != nil {
		filed = byName(said.Children)
	}
	for _, c := range old.Children {
		n, s := wanted[c.Name], filed[c.Name]
		if n == nil && s == nil {
			return path + "/" + c.Name
		}
		if n != nil {
			if deeper := m.extra(path+"/"+c.Name, c, n, s); deeper != "" {
				return deeper
			}
		}
	}
	return ""
}

// another says why an instance is another thing now, not only another value: it must go, come again.
func (m *maker) another(path string, old, now *model.Instance) string {
	if old.Component != now.Component {
		return "was " + old.Component + ", is " + now.Component
	}
	before, after := m.have.Graph, m.want.App.Graph
	was, is := before.Component(old.Component), after.Component(now.Component)
	if was == nil || is == nil {
		return ""
	}
	switch a, b := before.Installer(was), after.Installer(is); {
	case before.IsMachine(was) != after.IsMachine(is), a != b && m.deployed(path):
		return fmt.Sprintf("the installer of %s was %s, is %s", now.Component, a, b)
	}
	return ""
}

// settings says which value of an instance changed. ports says whether random ports count: those of a manager may be drawn, or drawn again
// where two wanted the same (MOD-122), so that only what files say of them can be compared.
func (m *maker) settings(old, now *model.Instance, ports bool) string {
	before, after := values(old), values(now)
	if !ports {
		random := m.randoms(now)
		drop := func(name, _ string) bool { return slices.Contains(random, name) }
		maps.DeleteFunc(before, drop)
		maps.DeleteFunc(after, drop)
	}
	if text := difference("the value of ", before, after); text != "" {
		return text
	}
	if text := difference("the data ", old.Data, now.Data); text != "" {
		return text
	}
	a, b := slices.Sorted(slices.Values(old.Channels)), slices.Sorted(slices.Values(now.Channels))
	if !slices.Equal(a, b) {
		return "its channels changed"
	}
	return ""
}

// randoms are the names, full or local, of the random variables of an instance.
func (m *maker) randoms(i *model.Instance) (names []string) {
	g := m.want.App.Graph
	c := g.Component(i.Component)
	if c == nil {
		return nil
	}
	for _, v := range g.Exports(c) {
		if v.Random {
			_, local := model.SplitName(v.Name)
			names = append(names, v.Name, local)
		}
	}
	return names
}

func values(i *model.Instance) map[string]string {
	all := make(map[string]string, len(i.Overrides))
	for _, o := range i.Overrides {
		all[o.Name] = o.Value
	}
	return all
}

// difference tells the first one; values may be secrets, so they are not told.
func difference(what string, before, after map[string]string) string {
	both := maps.Clone(before)
	if both == nil {
		both = map[string]string{}
	}
	maps.Copy(both, after)
	for _, name := range slices.Sorted(maps.Keys(both)) {
		was, had := before[name]
		is, has := after[name]
		switch {
		case had && !has:
			return what + name + " is not set any more"
		case !had && has:
			return what + name + " is set"
		case was != is:
			return what + name + " changed"
		}
	}
	return ""
}

// deployed says whether something of a subtree is.
func (m *maker) deployed(path string) bool { return m.busy[path] }

// byName finds siblings.
func byName(list []*model.Instance) map[string]*model.Instance {
	all := make(map[string]*model.Instance, len(list))
	for _, i := range list {
		all[i.Name] = i
	}
	return all
}
