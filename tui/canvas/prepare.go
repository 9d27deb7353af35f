package canvas

import (
	"slices"
	"strconv"
	"strings"
)

// role is what a node does in a net.
type role uint8

const (
	imports role = 1 << iota
	exports
	needs // imports, and cannot do without
)

func (r role) peer() bool     { return r&imports != 0 && r&exports != 0 }
func (r role) optional() bool { return r&imports != 0 && r&needs == 0 }

// tree is a graph put right: every node stands in one other, nodes[0] stands for the paper.
type tree struct {
	nodes []node
	nets  []net
}

type node struct {
	src    *Node // nil for the paper
	parent int
	kids   []int
	at     int // rank among the kids of the parent
	depth  int
	self   bool
	hidden []string
}

// net is a set of nodes of which some import what the others export.
type net struct {
	labels   []string
	terms    []term // sorted by node
	optional bool   // nobody needs it
}

type term struct {
	node int
	role role
}

func prepare(g Graph, z Zoom) *tree {
	t := &tree{nodes: []node{{parent: -1, depth: -1}}}
	byID, parent := index(g.Nodes)
	at := make([]int, len(g.Nodes)) // node that stands for each one of the graph
	for i := range g.Nodes {
		if visible(g, i, parent, byID, z) {
			at[i] = len(t.nodes)
			t.nodes = append(t.nodes, node{src: &g.Nodes[i]})
		}
	}
	for i := range g.Nodes {
		if byID[g.Nodes[i].ID] != i {
			continue
		}
		if at[i] == 0 {
			up := parent[i]
			for at[up] == 0 {
				up = parent[up]
			}
			n := &t.nodes[at[up]]
			n.hidden = append(n.hidden, g.Nodes[i].ID)
			continue
		}
		up := parent[i]
		for up >= 0 && at[up] == 0 {
			up = parent[up]
		}
		p := 0
		if up >= 0 {
			p = at[up]
		}
		t.nodes[at[i]].parent, t.nodes[at[i]].at = p, len(t.nodes[p].kids)
		t.nodes[p].kids = append(t.nodes[p].kids, at[i])
	}
	t.deepen(0)
	t.connect(g, byID, standIn(parent, at))
	return t
}

func visible(g Graph, i int, parent []int, byID map[string]int, z Zoom) bool {
	return byID[g.Nodes[i].ID] == i && (z > Machines || parent[i] < 0 || g.Nodes[i].Machine)
}

// standIn gives the visible node that shows each node of the graph: itself, or the nearest around it.
func standIn(parent, at []int) []int {
	out := make([]int, len(at))
	for i := range at {
		for j := i; j >= 0; j = parent[j] {
			if at[j] > 0 {
				out[i] = at[j]
				break
			}
		}
	}
	return out
}

func (t *tree) deepen(i int) {
	for _, k := range t.nodes[i].kids {
		t.nodes[k].depth = t.nodes[i].depth + 1
		t.deepen(k)
	}
}

// index finds nodes and parents; a parent that is unknown, or that would close a circle, is none (-1).
func index(nodes []Node) (byID map[string]int, parent []int) {
	byID = make(map[string]int, len(nodes))
	for i := range nodes {
		if _, again := byID[nodes[i].ID]; !again {
			byID[nodes[i].ID] = i
		}
	}
	parent = make([]int, len(nodes))
	for i := range nodes {
		parent[i] = -1
		if p, ok := byID[nodes[i].Parent]; ok && nodes[i].Parent != "" {
			parent[i] = p
		}
	}
	state := make([]int, len(nodes)) // walk in which a node was met first, from 1
	for i := range nodes {
		for j := i; j >= 0 && state[j] == 0; j = parent[j] {
			state[j] = i + 1
			if up := parent[j]; up >= 0 && state[up] == i+1 {
				parent[j] = -1
			}
		}
	}
	return byID, parent
}

// bundle gathers the edges of one label.
type bundle struct {
	label string
	pairs map[[2]int]role
	order [][2]int
}

// connect turns edges into nets.
func (t *tree) connect(g Graph, byID map[string]int, at []int) {
	var bundles []*bundle
	byKey := map[string]*bundle{}
	for _, e := range g.Edges {
		from, ok1 := byID[e.From]
		to, ok2 := byID[e.To]
		if !ok1 || !ok2 {
			continue
		}
		if from == to {
			t.nodes[at[from]].self = t.nodes[at[from]].self || t.nodes[at[from]].src.ID == e.From
			continue
		}
		if at[from] == at[to] {
			continue
		}
		key := "=" + e.Label
		if e.Label == "" {
			key = "#" + strconv.Itoa(at[to])
		}
		b := byKey[key]
		if b == nil {
			b = &bundle{label: e.Label, pairs: map[[2]int]role{}}
			byKey[key] = b
			bundles = append(bundles, b)
		}
		b.add(at[from], at[to], e.Optional)
	}
	seen := map[string]int{}
	for _, b := range bundles {
		for _, n := range b.nets() {
			t.addNet(n, seen)
		}
	}
}

func (b *bundle) add(from, to int, optional bool) {
	pair := [2]int{from, to}
	if _, again := b.pairs[pair]; !again {
		b.order = append(b.order, pair)
	}
	r := b.pairs[pair] | imports
	if !optional {
		r |= needs
	}
	b.pairs[pair] = r
}

// nets is one net if everybody who imports gets from everybody who exports; else one for each who exports.
func (b *bundle) nets() []net {
	whole := b.net(b.order)
	from, to, both := 0, 0, 0
	for _, m := range whole.terms {
		if m.role&imports != 0 {
			from++
		}
		if m.role&exports != 0 {
			to++
		}
		if m.role.peer() {
			both++
		}
	}
	if len(b.order) == from*to-both {
		return []net{whole}
	}
	byTarget := map[int][][2]int{}
	var targets []int
	for _, p := range b.order {
		if byTarget[p[1]] == nil {
			targets = append(targets, p[1])
		}
		byTarget[p[1]] = append(byTarget[p[1]], p)
	}
	out := make([]net, 0, len(targets))
	for _, to := range targets {
		out = append(out, b.net(byTarget[to]))
	}
	return out
}

func (b *bundle) net(pairs [][2]int) net {
	roles := make(map[int]role, len(pairs))
	for _, p := range pairs {
		roles[p[0]] |= b.pairs[p]
		roles[p[1]] |= exports
	}
	n := net{optional: true}
	if b.label != "" {
		n.labels = []string{b.label}
	}
	for v, r := range roles {
		n.terms = append(n.terms, term{v, r})
		n.optional = n.optional && r&needs == 0
	}
	slices.SortFunc(n.terms, func(a, b term) int { return a.node - b.node })
	return n
}

// addNet adds a net; two with the same nodes in the same roles are drawn as one.
func (t *tree) addNet(n net, seen map[string]int) {
	var key strings.Builder
	for _, m := range n.terms {
		key.WriteString(strconv.Itoa(m.node))
		key.WriteByte(byte('a' + m.role))
	}
	if i, again := seen[key.String()]; again {
		t.nets[i].labels = append(t.nets[i].labels, n.labels...)
		slices.Sort(t.nets[i].labels)
		return
	}
	seen[key.String()] = len(t.nets)
	t.nets = append(t.nets, n)
}
