package model

import "slices"

// ContainmentCycles gives, for each component that may contain itself, one shortest way back to it: the component, what it
// holds, and so on, the component again (spec/model.md 6.5). Sorted by name.
func (g *Graph) ContainmentCycles() [][]*Component {
	var out [][]*Component
	for _, path := range g.cycles.get() {
		cycle := make([]*Component, len(path))
		for k, j := range path {
			cycle[k] = g.sorted[j]
		}
		out = append(out, cycle)
	}
	return out
}

// ExtendingThemselves are the components that extend themselves, directly or not, sorted by name (spec/model.md 6.5).
func (g *Graph) ExtendingThemselves() (out []*Component) {
	for r := range g.supers {
		if g.extendsItself(int32(r)) {
			out = append(out, g.sorted[r])
		}
	}
	return out
}

func (g *Graph) extendsItself(r int32) bool {
	supers := g.supers[r]
	return g.super[supers[len(supers)-1]] == r
}

// findCycles is what cycles holds: ways back by rank. They depend on the relations alone.
func (g *Graph) findCycles() (ways [][]int32) {
	for _, i := range g.inCycles() {
		ways = append(ways, g.wayBack(i))
	}
	return ways
}

// manyTouched is the number of components from which on it is cheaper to look at all of them.
const manyTouched = 100

// newCycles is findCycles for a graph that comes from one without circles: a new one goes through a component that holds something
// else than before.
func (g *Graph) newCycles() [][]int32 {
	count := 0
	for _, is := range g.touched {
		if is {
			count++
		}
	}
	if count > manyTouched {
		return g.findCycles()
	}
	seen := newSet(len(g.sorted))
	for r, is := range g.touched {
		if is && len(g.children[r]) > 0 && g.holdsItself(int32(r), seen) {
			return g.findCycles()
		}
	}
	return nil
}

// holdsItself says whether children lead from a component back to it.
func (g *Graph) holdsItself(r int32, seen *set) bool {
	seen.clear()
	for todo := slices.Clone(g.children[r]); len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i == r {
			return true
		}
		if seen.add(i) {
			todo = append(todo, g.children[i]...)
		}
	}
	return false
}

// inCycles are the components that children lead back to. Components that share a row of children go through one node
// for the row, so that the search is linear in what is stored.
func (g *Graph) inCycles() []int32 {
	n := len(g.children)
	next := make([][]int32, n, 2*n)
	rowNode := make(map[*int32]int32)
	for i, row := range g.children {
		if len(row) == 0 {
			continue
		}
		node, known := rowNode[&row[0]]
		if !known {
			node = int32(len(next))
			rowNode[&row[0]] = node
			next = append(next, row)
		}
		next[i] = []int32{node}
	}
	if len(rowNode) == 0 {
		return nil
	}
	var out []int32
	for _, group := range stronglyConnected(next) {
		for _, i := range group {
			if len(group) > 1 && int(i) < n {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return out
}

// wayBack finds a shortest cycle through a component, in alphabetical order.
func (g *Graph) wayBack(start int32) []int32 { return shortestWay(g.children, start) }

// shortestWay leads from a node back to it, breadth first.
func shortestWay(next [][]int32, start int32) []int32 {
	from := make([]int32, len(next))
	for i := range from {
		from[i] = none
	}
	queue := []int32{start}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, to := range next[i] {
			if to == start {
				return trail(from, start, i)
			}
			if from[to] == none {
				from[to] = i
				queue = append(queue, to)
			}
		}
	}
	return nil
}

func trail(from []int32, start, last int32) []int32 {
	path := []int32{start}
	for i := last; i != start; i = from[i] {
		path = append(path, i)
	}
	path = append(path, start)
	slices.Reverse(path)
	return path
}

// stronglyConnected groups the nodes that lead to one another (Tarjan), without recursion: chains may be long.
func stronglyConnected(next [][]int32) [][]int32 {
	n := len(next)
	t := tarjan{next: next, order: make([]int32, n), low: make([]int32, n), onStack: make([]bool, n)}
	for root := range n {
		if t.order[root] == 0 {
			t.enter(int32(root))
			for len(t.calls) > 0 {
				t.step()
			}
		}
	}
	return t.groups
}

type tarjan struct {
	next       [][]int32
	order, low []int32
	onStack    []bool
	stack      []int32
	calls      []call
	count      int32
	groups     [][]int32
}

// call is a node being visited, with the edge to follow next.
type call struct{ node, edge int32 }

func (t *tarjan) enter(i int32) {
	t.count++
	t.order[i], t.low[i] = t.count, t.count
	t.stack = append(t.stack, i)
	t.onStack[i] = true
	t.calls = append(t.calls, call{node: i})
}

// step follows one edge of the node on top, or leaves the node.
func (t *tarjan) step() {
	top := &t.calls[len(t.calls)-1]
	i := top.node
	if int(top.edge) == len(t.next[i]) {
		t.leave(i)
		return
	}
	j := t.next[i][top.edge]
	top.edge++
	switch {
	case t.order[j] == 0:
		t.enter(j)
	case t.onStack[j]:
		t.low[i] = min(t.low[i], t.order[j])
	}
}

func (t *tarjan) leave(i int32) {
	t.calls = t.calls[:len(t.calls)-1]
	if len(t.calls) > 0 {
		above := t.calls[len(t.calls)-1].node
		t.low[above] = min(t.low[above], t.low[i])
	}
	if t.low[i] != t.order[i] {
		return
	}
	at := len(t.stack) - 1
	for t.stack[at] != i {
		at--
	}
	for _, j := range t.stack[at:] {
		t.onStack[j] = false
	}
	t.groups = append(t.groups, slices.Clone(t.stack[at:]))
	t.stack = t.stack[:at]
}
