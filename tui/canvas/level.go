package canvas

import "slices"

// level is the inside of one box: the boxes directly in it with the nets between them.
type level struct {
	box    int   // the node around it
	kids   []int // nodes
	nets   []lnet
	layers [][]int // ranks of kids with wires, top layer first, in order
	loose  []int   // ranks of kids without wires
	layer  []int   // by rank
	at     []float64
	of     [][]int // nets of each kid, by rank

	grid // what measure finds out
}

// lnet is the part of a net that one level draws.
type lnet struct {
	net     int
	members []member // sorted by rank
	outer   bool     // goes on outside of the box
	own     role     // what the box around does in the net
	side    Side     // where it leaves the box, when outer or own: start or end
	pull    float64  // whether the rest is towards the beginning (-1) or the end (1) of the rows
	home    int      // layer after which the net has its place
}

func (n *lnet) leaves() bool { return n.outer || n.own != 0 }

// member is a kid that is in a net, itself or by what it holds.
type member struct {
	kid  int // rank
	role role
	side Side
}

// Sides along the flow, whatever its direction on the screen.
const (
	start = North
	end   = South
)

// levels takes the tree apart into levels, indexed by node; leaves have none.
func (t *tree) levels() []*level {
	out := make([]*level, len(t.nodes))
	for i := range t.nodes {
		if kids := t.nodes[i].kids; len(kids) > 0 || i == 0 {
			out[i] = &level{box: i, kids: kids, of: make([][]int, len(kids))}
		}
	}
	r := registrar{t: t, levels: out, count: make([]int, len(t.nodes)), stamp: make([]int, len(t.nodes)), own: make([]role, len(t.nodes)), at: make([]int, len(t.nodes)), seen: make([]int, len(t.nodes))}
	for i := range t.nets {
		r.register(i)
	}
	for _, l := range out {
		if l == nil {
			continue
		}
		for i := range l.nets {
			ms := l.nets[i].members
			slices.SortFunc(ms, func(a, b member) int { return a.kid - b.kid })
			for _, m := range ms {
				l.of[m.kid] = append(l.of[m.kid], i)
			}
		}
	}
	return out
}

// registrar tells each level which nets it draws.
type registrar struct {
	t      *tree
	levels []*level
	count  []int // nodes of the net at or below each node
	stamp  []int // net+1 for which count holds
	own    []role
	at     []int // rank of each node among the members of its level
	seen   []int // net+1 for which at holds
}

func (r *registrar) register(net int) {
	terms := r.t.nets[net].terms
	for _, m := range terms {
		for v := m.node; v >= 0; v = r.t.nodes[v].parent {
			if r.stamp[v] != net+1 {
				r.stamp[v], r.count[v], r.own[v] = net+1, 0, 0
			}
			r.count[v]++
		}
	}
	for _, m := range terms {
		r.own[m.node] = m.role
	}
	for _, m := range terms {
		if r.levels[m.node] != nil && r.count[m.node] < len(terms) {
			r.part(m.node, net, len(terms)) // its border has a place for the net, whether what it holds is in the net or not
		}
		for v := m.node; v != 0 && r.count[v] < len(terms); v = r.t.nodes[v].parent {
			r.join(net, v, m.role, len(terms))
		}
	}
}

// part gives the part of a net that the level of node p draws.
func (r *registrar) part(p, net, total int) *lnet {
	l := r.levels[p]
	if n := len(l.nets); n == 0 || l.nets[n-1].net != net {
		l.nets = append(l.nets, lnet{net: net, outer: r.count[p] < total, own: r.own[p]})
	}
	return &l.nets[len(l.nets)-1]
}

// join makes node v a member of the net in the level around it.
func (r *registrar) join(net, v int, ro role, total int) {
	ln := r.part(r.t.nodes[v].parent, net, total)
	if r.seen[v] != net+1 {
		r.seen[v], r.at[v] = net+1, len(ln.members)
		ln.members = append(ln.members, member{kid: r.t.nodes[v].at})
	}
	ln.members[r.at[v]].role |= ro
}

// find gives the level's part of a net.
func (l *level) find(net int) int {
	i, ok := slices.BinarySearchFunc(l.nets, net, func(n lnet, want int) int { return n.net - want })
	if !ok {
		return -1
	}
	return i
}

// arrange decides, from the outside to the inside, who stands in which layer and in which order, and where nets leave boxes.
func (t *tree) arrange(levels []*level, known func(node int) (float64, bool)) {
	todo := []int{0}
	for len(todo) > 0 {
		l := levels[todo[0]]
		todo = todo[1:]
		l.rank()
		l.choose()
		l.sort(known)
		for k, v := range l.kids {
			if levels[v] != nil {
				l.handDown(k, levels[v])
				todo = append(todo, v)
			}
		}
	}
}

// handDown tells the level of a kid where its nets leave it.
func (l *level) handDown(kid int, inner *level) {
	for i := range inner.nets {
		in := &inner.nets[i]
		at := -1
		if in.outer {
			at = l.find(in.net)
		}
		if at < 0 {
			in.side = ownSide(in.own)
			continue
		}
		for _, m := range l.nets[at].members {
			if m.kid == kid {
				in.side = m.side
			}
		}
		in.pull = l.pullOf(at, kid)
	}
}

// ownSide is where a net ends that only joins a box with what it holds.
func ownSide(r role) Side {
	if r&exports != 0 {
		return end
	}
	return start
}

// pullOf says where the rest of a net is, seen from a kid.
func (l *level) pullOf(at, kid int) float64 {
	n := &l.nets[at]
	if len(n.members) < 2 {
		return n.pull
	}
	sum := 0.0
	for _, m := range n.members {
		if m.kid != kid {
			sum += l.at[m.kid]
		}
	}
	switch mean := sum / float64(len(n.members)-1); {
	case mean < l.at[kid]-0.01:
		return -1
	case mean > l.at[kid]+0.01:
		return 1
	}
	return 0
}

// choose gives each net its place between two layers, and each member the side at which it is reached.
func (l *level) choose() {
	for i := range l.nets {
		n := &l.nets[i]
		best := -1
		for h := -1; h < len(l.layers); h++ {
			if c := l.cost(n, h); best < 0 || c < best {
				best, n.home = c, h
			}
		}
		for k := range n.members {
			n.members[k].side = start
			if l.layer[n.members[k].kid] <= n.home {
				n.members[k].side = end
			}
		}
	}
}

// cost of putting a net after layer h: its length, and the ends that are on the wrong side of their box.
func (l *level) cost(n *lnet, h int) int {
	wrong, first, last := 0, len(l.layers)+1, -1
	reach := func(c int) { first, last = min(first, c), max(last, c) }
	for _, m := range n.members {
		at := l.layer[m.kid]
		if at <= h {
			at++
		}
		reach(at)
		if above := l.layer[m.kid] <= h; !m.role.peer() && above != (m.role&imports != 0) {
			wrong++
		}
	}
	if n.leaves() && n.side == start {
		reach(0)
	}
	if n.leaves() && n.side == end {
		reach(len(l.layers))
	}
	return wrong + 2*(last-first)
}
