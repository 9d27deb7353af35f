package canvas

// Keep gives the part of a graph whose nodes are wanted, with the boxes around them.
func (g Graph) Keep(want func(Node) bool) Graph {
	byID, parent := index(g.Nodes)
	kept := make([]bool, len(g.Nodes))
	for i := range g.Nodes {
		if byID[g.Nodes[i].ID] != i || !want(g.Nodes[i]) {
			continue
		}
		for j := i; j >= 0 && !kept[j]; j = parent[j] {
			kept[j] = true
		}
	}
	var out Graph
	for i, n := range g.Nodes {
		if kept[i] {
			out.Nodes = append(out.Nodes, n)
		}
	}
	for _, e := range g.Edges {
		from, ok1 := byID[e.From]
		to, ok2 := byID[e.To]
		if ok1 && ok2 && kept[from] && kept[to] {
			out.Edges = append(out.Edges, e)
		}
	}
	return out
}

// Around gives a node with what it holds, those that import from one of them, and those they import from.
func (g Graph) Around(id string) Graph {
	byID, parent := index(g.Nodes)
	center, ok := byID[id]
	if !ok {
		return g
	}
	within := func(i int) bool {
		for ; i >= 0; i = parent[i] {
			if i == center {
				return true
			}
		}
		return false
	}
	near := map[string]bool{}
	for _, e := range g.Edges {
		from, ok1 := byID[e.From]
		to, ok2 := byID[e.To]
		if ok1 && ok2 && (within(from) || within(to)) {
			near[e.From], near[e.To] = true, true
		}
	}
	return g.Keep(func(n Node) bool { return near[n.ID] || within(byID[n.ID]) })
}
