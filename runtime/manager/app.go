package manager

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// app is an application.
type app struct {
	name       string
	template   TemplateID
	descriptor model.Descriptor
	recipes    map[string][]message.File // by component; replaced, never changed
	graph      *model.Graph
	nodes      []node // by slot
	free       []int32
	roots      []int32
	paths      map[string]int32
	hosts      []host              // machines, in order of creation
	bindings   map[string][]string // external prefix to applications, sorted
	version    uint64
	asked      map[string]asked        // requests without result, by id
	gens       int                     // highest generation of the machines whose path is free again
	parts      map[string]*model.Graph // what an agent needs to know, by component of the machine; replaced, never changed

	statuses  []Status // of version shown
	shown     uint64
	instances []*model.Instance // nil when they must be gathered again
}

// node is an instance.
type node struct {
	path     string
	decl     *model.Instance // its children are not looked at
	drawn    []string        // random variables whose values the manager chose
	parent   int32           // -1 for a root
	host     int32           // rank in hosts: its machine, or itself
	depth    int32
	machine  bool
	dying    bool   // delete when not deployed
	removing bool   // the agent was told to remove it
	removal  string // the id of the message that told it, once it is sent
	used     bool   // the slot holds an instance
	children []int32
	state    lifecycle.State
	since    time.Time
	imports  []Import
	failure  *lifecycle.Failure
	stateSeq uint64
}

// host is what the manager knows of a machine.
type host struct {
	node      int32 // -1 when it was removed
	machineID string
	address   string
	moved     time.Time // when it got that address
	gen       int       // of what its agent publishes: +1 too when the agent lost its memory
	made      int       // generation in which the machine was asked for: that of its key
	revision  int
	model     string // epoch of the process that the model was sent to; "" when nobody has it
	epoch     string // of the process that speaks
	dead      []string
	missed    int     // not kept: see Lapsed
	choice    *choice // of the target, while acquired; never changed
	acquired  bool    // a creation was accepted (LC-81)
	creating  bool    // the target is at work
	ready     bool    // the target configured it
	ending    bool    // the target was told to terminate it
	looking   bool    // the target was asked after a restart whether it runs
	unsure    bool    // what its agent was told last may be lost
	before    lifecycle.State
	corr      string // the Do that it obeys
	running   time.Time
	waiting   []waiting
	spoken    int32 // the node that its agent spoke of last
}

// choice is the target of a machine as it was when the machine was asked for.
type choice struct {
	target, handler string
	properties      map[string]string
}

func newApp(name string, t *model.Application) *app {
	n := 0
	for range model.Walk(t.Instances) {
		n++
	}
	return &app{
		name: name, descriptor: t.Descriptor, graph: t.Graph, template: TemplateID{t.Descriptor.Name, t.Descriptor.Version},
		nodes: make([]node, 0, n), paths: make(map[string]int32, n), bindings: map[string][]string{}, asked: map[string]asked{}, version: 1,
	}
}

func (a *app) clone() *app {
	c := *a
	c.nodes, c.free, c.roots = slices.Clone(a.nodes), slices.Clone(a.free), slices.Clone(a.roots)
	c.paths, c.bindings = maps.Clone(a.paths), maps.Clone(a.bindings)
	c.asked = maps.Clone(a.asked)
	c.hosts = slices.Clone(a.hosts)
	for i := range c.hosts {
		c.hosts[i].waiting = slices.Clone(a.hosts[i].waiting)
		c.hosts[i].dead = slices.Clip(a.hosts[i].dead)
	}
	return &c
}

// of finds an instance that an agent speaks of: mostly it is the one that it spoke of before.
func (a *app) of(k int32, path string) (int32, bool) {
	h := &a.hosts[k]
	if n := &a.nodes[h.spoken]; n.used && n.path == path {
		return h.spoken, true
	}
	i, ok := a.paths[path]
	if ok {
		h.spoken = i
	}
	return i, ok
}

// hostOf is the machine of an instance, or itself.
func (a *app) hostOf(i int32) *host { return &a.hosts[a.nodes[i].host] }

// graft adds a tree of declarations below a parent; what it says was checked before. It returns what is new, parents first.
func (a *app) graft(parent int32, decl *model.Instance, now time.Time) []int32 {
	a.instances = nil
	var added []int32
	top := a.plant(&added, parent, decl, now)
	if parent >= 0 {
		p := &a.nodes[parent]
		p.children = append(slices.Clip(p.children), top) // a copy of this mind may hold the others
	} else {
		a.roots = append(a.roots, top)
	}
	return added
}

// plant adds a tree that is not among the children of its parent yet, notes what is new, parents first, and returns its top.
func (a *app) plant(added *[]int32, parent int32, decl *model.Instance, now time.Time) int32 {
	i := a.slot()
	n := node{decl: decl, parent: parent, used: true, since: now, path: "/" + decl.Name}
	n.machine = a.graph.IsMachine(a.graph.Component(decl.Component))
	if parent >= 0 {
		p := &a.nodes[parent]
		n.path, n.depth, n.host = p.path+n.path, p.depth+1, p.host
	}
	if n.machine {
		n.host = int32(len(a.hosts))
		a.hosts = append(a.hosts, host{node: i})
	}
	a.nodes[i] = n
	a.paths[n.path] = i
	*added = append(*added, i)
	children := make([]int32, len(decl.Children))
	for k, child := range decl.Children {
		children[k] = a.plant(added, i, child, now)
	}
	a.nodes[i].children = children
	return i
}

func (a *app) slot() int32 {
	if n := len(a.free); n > 0 {
		i := a.free[n-1]
		a.free = a.free[:n-1]
		return i
	}
	a.nodes = append(a.nodes, node{})
	return int32(len(a.nodes) - 1)
}

// prune takes a subtree out.
func (a *app) prune(i int32) {
	a.instances = nil
	keep := func(list []int32) []int32 {
		return slices.DeleteFunc(slices.Clone(list), func(c int32) bool { return c == i })
	}
	if p := a.nodes[i].parent; p >= 0 {
		a.nodes[p].children = keep(a.nodes[p].children)
	} else {
		a.roots = keep(a.roots)
	}
	for _, d := range a.below(i) {
		if a.nodes[d].machine {
			h := &a.hosts[a.nodes[d].host]
			a.gens = max(a.gens, h.gen) // importers closed it for that path: the next machine there needs a higher one (MS-60)
			*h = host{node: -1}
		}
		delete(a.paths, a.nodes[d].path)
		a.nodes[d] = node{}
		a.free = append(a.free, d)
	}
}

// below is an instance with its descendants, breadth first.
func (a *app) below(i int32) []int32 {
	list := append(make([]int32, 0, 1+len(a.nodes[i].children)), i)
	for k := 0; k < len(list); k++ {
		list = append(list, a.nodes[list[k]].children...)
	}
	return list
}

// scope is a machine with what its agent manages, breadth first.
func (a *app) scope(h int32) []int32 {
	list := []int32{a.hosts[h].node}
	for k := 0; k < len(list); k++ {
		for _, c := range a.nodes[list[k]].children {
			if !a.nodes[c].machine {
				list = append(list, c)
			}
		}
	}
	return list
}

// from is where a bulk operation starts: one instance, or every root.
func (a *app) from(path string) ([]int32, bool) {
	if path == "" {
		return a.roots, true
	}
	i, ok := a.paths[path]
	return []int32{i}, ok
}

// breadth gives everything from some instances down, breadth first.
func (a *app) breadth(from []int32) []int32 {
	list := slices.Clone(from)
	for k := 0; k < len(list); k++ {
		list = append(list, a.nodes[list[k]].children...)
	}
	return list
}

// deepestFirst orders instances by depth, the deepest first, otherwise as they are.
func (a *app) deepestFirst(list []int32) []int32 {
	slices.SortStableFunc(list, func(x, y int32) int { return int(a.nodes[y].depth) - int(a.nodes[x].depth) })
	return list
}

// tree is the declaration of an instance with its descendants; those that keep refuses stay out, with what is below them.
func (a *app) tree(i int32, keep func(n *node) bool) *model.Instance {
	n := &a.nodes[i]
	d := *n.decl
	d.Children = nil
	for _, c := range n.children {
		if keep(&a.nodes[c]) {
			d.Children = append(d.Children, a.tree(c, keep))
		}
	}
	return &d
}

// sent is the tree that the agent of the machine above gets: without what other agents manage, without the state that a file
// may give.
func (a *app) sent(i int32) *model.Instance {
	top := a.tree(i, func(n *node) bool { return !n.machine })
	var bare func(d *model.Instance)
	bare = func(d *model.Instance) {
		d.State = ""
		for _, c := range d.Children {
			bare(c)
		}
	}
	bare(top)
	return top
}

// addressOf is the address of the nearest machine, from an instance upwards, that has one (D-12).
func (a *app) addressOf(i int32) string {
	for ; i >= 0; i = a.nodes[i].parent {
		if n := &a.nodes[i]; n.machine && a.hosts[n.host].address != "" {
			return a.hosts[n.host].address
		}
	}
	return ""
}

// prefixes are those that an instance publishes, sorted; outside says that it exports to other applications too.
func (a *app) prefixes(i int32) (list []string, outside bool) {
	for _, v := range a.graph.Exports(a.graph.Component(a.nodes[i].decl.Component)) {
		if p, _, dotted := strings.Cut(v.Name, "."); dotted && (len(list) == 0 || list[len(list)-1] != p) {
			list = append(list, p)
		}
		outside = outside || slices.ContainsFunc(a.descriptor.Exports, func(e model.Export) bool { return e.Variable == v.Name })
	}
	return list, outside && a.descriptor.ExportsPrefix != ""
}

// forgetAsked forgets the requests that the agent of a machine will never answer.
func (a *app) forgetAsked(k int32) {
	maps.DeleteFunc(a.asked, func(_ string, r asked) bool { return r.host == k })
}

// pending are the paths of which something was asked that is not answered yet.
func (a *app) pending() map[string]bool {
	paths := map[string]bool{}
	for _, r := range a.asked {
		if b, ok := r.body.(*message.InstanceRequest); ok {
			paths[b.Path] = true
		}
	}
	for _, h := range a.hosts {
		for _, w := range h.waiting {
			paths[w.about()] = true
		}
	}
	return paths
}
