package canvas

// rank puts kids into layers: who imports stands before who exports. Circles are cut where a walk in order comes back.
func (l *level) rank() {
	r := newRanker(l)
	r.walk()
	r.relax()
	r.tighten()
	l.layer = r.layer
	last := 0
	for k, n := range l.of {
		if len(n) > 0 {
			last = max(last, r.layer[k])
		}
	}
	l.layers = nil
	for k, nets := range l.of {
		if len(nets) == 0 {
			l.loose = append(l.loose, k)
			continue
		}
		if !r.bound[k] && l.onlyEnds(k) {
			r.layer[k] = last
		}
		for len(l.layers) <= r.layer[k] {
			l.layers = append(l.layers, nil)
		}
		l.layers[r.layer[k]] = append(l.layers[r.layer[k]], k)
	}
	l.closeGaps()
}

// closeGaps takes empty layers away.
func (l *level) closeGaps() {
	kept := l.layers[:0]
	for _, layer := range l.layers {
		if len(layer) == 0 {
			continue
		}
		for _, k := range layer {
			l.layer[k] = len(kept)
		}
		kept = append(kept, layer)
	}
	l.layers = kept
}

// onlyEnds says that every net of a kid leaves the box at its end.
func (l *level) onlyEnds(kid int) bool {
	for _, i := range l.of[kid] {
		if n := &l.nets[i]; !n.leaves() || n.side != end {
			return false
		}
	}
	return true
}

// ranker walks kids and nets: kid k is point k, net i is point len(kids)+i.
type ranker struct {
	l       *level
	out     [][]int // kid to nets, net to kids
	reached []bool  // has an arrow from outside
	bound   []bool  // kids in an order with others
	post    []int
	state   []uint8
	place   []int // rank in the order of the walk
	layer   []int
	under   []int // layer of the kids of a net
}

func newRanker(l *level) *ranker {
	n := len(l.kids)
	r := &ranker{
		l: l, out: make([][]int, n+len(l.nets)), reached: make([]bool, n), bound: make([]bool, n),
		state: make([]uint8, n+len(l.nets)), place: make([]int, n+len(l.nets)), layer: make([]int, n), under: make([]int, len(l.nets)),
	}
	for i := range l.nets {
		upper, lower := sides(l.nets[i].members)
		if len(upper) == 0 || len(lower) == 0 {
			continue
		}
		for _, k := range upper {
			r.out[k] = append(r.out[k], n+i)
			r.bound[k] = true
		}
		for _, k := range lower {
			r.out[n+i] = append(r.out[n+i], k)
			r.reached[k], r.bound[k] = true, true
		}
	}
	return r
}

// sides parts members into those that import and those that export; who does both joins the poorer party.
func sides(members []member) (upper, lower []int) {
	var both []int
	for _, m := range members {
		switch {
		case m.role.peer():
			both = append(both, m.kid)
		case m.role&imports != 0:
			upper = append(upper, m.kid)
		default:
			lower = append(lower, m.kid)
		}
	}
	switch {
	case len(lower) > 0:
		upper = append(upper, both...)
	case len(upper) > 0:
		lower = both
	}
	return upper, lower
}

// walk orders the points so that arrows go forward, but for those that close a circle.
func (r *ranker) walk() {
	n := len(r.l.kids)
	for k := range n {
		if !r.reached[k] {
			r.visit(k)
		}
	}
	for k := range n {
		r.visit(k)
	}
	for i, p := range r.post {
		r.place[p] = len(r.post) - i
	}
}

func (r *ranker) visit(p int) {
	if r.state[p] != 0 {
		return
	}
	r.state[p] = 1
	for _, q := range r.out[p] {
		r.visit(q)
	}
	r.post = append(r.post, p)
}

func (r *ranker) forward(p, q int) bool { return r.place[p] < r.place[q] }

// relax gives each kid the layer after the last one that imports from it.
func (r *ranker) relax() {
	n := len(r.l.kids)
	for i := len(r.post) - 1; i >= 0; i-- {
		p := r.post[i]
		for _, q := range r.out[p] {
			switch {
			case !r.forward(p, q):
			case p < n:
				r.under[q-n] = max(r.under[q-n], r.layer[p]+1)
			default:
				r.layer[q] = max(r.layer[q], r.under[p-n])
			}
		}
	}
}

// tighten moves those that nobody imports from next to the first one they need.
func (r *ranker) tighten() {
	n := len(r.l.kids)
	for k := range n {
		if r.reached[k] || len(r.out[k]) == 0 {
			continue
		}
		near := -1
		for _, net := range r.out[k] {
			for _, q := range r.out[net] {
				if r.forward(net, q) && (near < 0 || r.layer[q] < near) {
					near = r.layer[q]
				}
			}
		}
		if near > 0 {
			r.layer[k] = near - 1
		}
	}
}
