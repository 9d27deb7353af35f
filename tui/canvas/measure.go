package canvas

import (
	"math"
	"slices"
)

// spacing is how far things stand from each other along the flow and across it. Cells are twice as high as wide.
type spacing struct {
	boxGap, passGap int // across: between two boxes; beside a wire
	portGap         int // across: between two wires of one box, where there is room
	pitch, lead     int // along: between the tracks of a channel; before the first and after the last
	loose, wired    int // along: between rows without wires; at least, with wires
	rim             int // along: between a border and the first row
	pad             int // across: between a border and the boxes
}

var spacings = [...]spacing{
	Down:  {boxGap: 2, passGap: 1, portGap: 2, pitch: 1, wired: 1, pad: 1},
	Right: {portGap: 1, pitch: 2, lead: 1, loose: 2, wired: 3, rim: 1},
}

// grid is a level with sizes: rows of items, with channels for wires before, between and after them. Places are relative to
// the box around; "along" is the direction of the flow, "across" the other one.
type grid struct {
	rows     []row
	items    []item
	channels []channel
	exits    []int // across: where each net leaves the box
	spans    []span
	head     int // cells before the first channel, along
	shift    int // cells before the items, across
}

// row is a layer, or a part of one that would be too long.
type row struct {
	first, last int // items [first, last)
	layer       int
	size        int // along
}

// item is a kid in a row, or the passage of a net through it.
type item struct {
	kid   int // rank; -1 for a passage
	at    int // across
	size  int
	flex  bool // ports may be moved
	ports [2][]port
}

// port is where a net meets an item.
type port struct {
	net int // of the level
	off int
}

// span is the channels that a net reaches.
type span struct{ first, last int }

// extent is the size of a box along and across the flow.
type extent struct{ along, across int }

// drawer lays one picture out.
type drawer struct {
	t      *tree
	levels []*level
	flow   Flow
	gap    spacing
	o      Options
	zoom   Zoom
	size   []extent
	labels []label
	pic    *Picture
	index  []int // box of each node
	wires  []int // wire of each net
}

// draw lays a tree out in one flow.
func draw(t *tree, f Flow, o Options, prev *Picture) *Picture {
	d := &drawer{t: t, levels: t.levels(), flow: f, gap: spacings[f], o: o, zoom: o.Zoom, size: make([]extent, len(t.nodes))}
	d.labels = make([]label, len(t.nodes))
	for i := range t.nodes {
		d.labels[i] = labelOf(&t.nodes[i], o.Zoom, o.Width)
	}
	t.arrange(d.levels, d.remember(prev))
	d.measure(0)
	return d.place()
}

// remember gives the place that a node had across the flow.
func (d *drawer) remember(prev *Picture) func(int) (float64, bool) {
	return func(node int) (float64, bool) {
		src := d.t.nodes[node].src
		i, ok := prev.Find(src.ID)
		if !ok || prev.Zoom != d.zoom {
			return 0, false
		}
		b := prev.Boxes[i]
		if prev.Flow == Right { // columns of one layer are told apart too, so that the order is that of before
			return float64(b.X)*1e5 + float64(b.Y), true
		}
		return float64(b.Y)*1e5 + float64(b.X), true
	}
}

// measure gives a node its size, from the inside to the outside.
func (d *drawer) measure(v int) {
	l := d.levels[v]
	if l == nil {
		d.size[v] = d.turn(d.labels[v].width+4, len(d.labels[v].lines)+2)
		return
	}
	for _, k := range l.kids {
		d.measure(k)
	}
	d.even(l)
	l.head, l.shift = d.margins(v, l)
	d.fill(v, l)
	d.settle(l)
	d.leave(v, l)
	d.route(l)
	d.enclose(v, l)
}

// turn makes an extent of width and height.
func (d *drawer) turn(w, h int) extent {
	if d.flow == Down {
		return extent{along: h, across: w}
	}
	return extent{along: w, across: h}
}

// widest is how far a box may be widened to be as wide as its neighbours.
const widest = 10

// even makes leaves that stand side by side equally wide, and gives them room for their wires.
func (d *drawer) even(l *level) {
	wide, narrow := 0, math.MaxInt
	for _, v := range l.kids {
		if d.levels[v] == nil {
			w := d.labels[v].width + 4
			wide, narrow = max(wide, w), min(narrow, w)
		}
	}
	for k, v := range l.kids {
		if d.levels[v] != nil {
			continue
		}
		w, h := d.labels[v].width+4, len(d.labels[v].lines)+2
		if wide-narrow <= widest {
			w = wide
		}
		d.size[v] = d.turn(w, h)
		var n [2]int
		for _, i := range l.of[k] {
			n[sideOf(&l.nets[i], k)/2]++
		}
		d.size[v].across = max(d.size[v].across, 2+max(n[0], n[1]))
	}
}

func sideOf(n *lnet, kid int) Side {
	i, _ := slices.BinarySearchFunc(n.members, kid, func(m member, k int) int { return m.kid - k })
	return n.members[i].side
}

// margins are the cells that a box keeps free before what it holds.
func (d *drawer) margins(v int, l *level) (head, shift int) {
	if v == 0 {
		return 0, 0
	}
	more := len(d.labels[v].lines) - 1 // lines below the title
	if d.flow == Right {
		return 1, 1 + more
	}
	head, shift = 1+more, 1+d.gap.pad
	if more == 0 {
		return head, shift
	}
	for i := range l.nets {
		if n := &l.nets[i]; n.leaves() && len(n.members) > 0 && n.side == start {
			return head, shift + d.labels[v].width + 1 // the lines stand beside the wires that come in
		}
	}
	return head, shift
}

// limits are how long rows may be: those with wires, which are better broken as little as possible, and those without.
func (d *drawer) limits(v int, l *level) (wired, loose int) {
	aspect := min(max(float64(d.o.Width)/float64(d.o.Height), 1.2), 5)
	area, longest := 0.0, 0
	for _, k := range l.kids {
		s := d.size[k]
		area += float64(s.along+1) * float64(s.across+1)
		longest = max(longest, s.across)
	}
	window, want := d.o.Width, math.Sqrt(area*aspect)
	if d.flow == Right {
		window, want = d.o.Height, math.Sqrt(area/aspect)
	}
	if v == 0 {
		n := max(window, int(want*1.1), longest)
		return n, n
	}
	room := window - 2*(1+d.gap.pad)*(d.t.nodes[v].depth+1)
	bound := func(n int) int {
		if n > room && room > n/2 {
			n = room
		}
		return max(n, longest)
	}
	return bound(int(want*2) + 1), bound(int(want*1.25) + 1)
}

// fill makes rows of layers, and passages through the rows between the ends of a net.
func (d *drawer) fill(v int, l *level) {
	limit, loose := d.limits(v, l)
	l.rows, l.items = nil, nil
	first := l.leans()
	if first {
		d.split(l, l.loose, len(l.layers), loose)
	}
	for i, layer := range l.layers {
		l.partBySide(layer, d.total(l, layer) > limit)
		d.split(l, layer, i, limit)
	}
	if !first {
		d.split(l, l.loose, len(l.layers), loose)
	}
	l.reach()
	d.center(l)
	d.pass(l)
}

// leans says that most nets leave the box at its end: who has no wires stands out of their way then, at the beginning.
func (l *level) leans() bool {
	n := 0
	for i := range l.nets {
		switch {
		case !l.nets[i].leaves() || len(l.nets[i].members) == 0:
		case l.nets[i].side == end:
			n++
		default:
			n--
		}
	}
	return n > 0
}

// partBySide puts first, in a layer that is going to be split, those that are reached from before, and last those from behind.
func (l *level) partBySide(layer []int, split bool) {
	if !split {
		return
	}
	party := func(k int) int {
		p := 0
		for _, i := range l.of[k] {
			if sideOf(&l.nets[i], k) == start {
				p--
			} else {
				p++
			}
		}
		return min(max(p, -1), 1)
	}
	slices.SortStableFunc(layer, func(a, b int) int { return party(a) - party(b) })
}

// total is the length of a row with these kids.
func (d *drawer) total(l *level, kids []int) int {
	n := -d.gap.boxGap
	for _, k := range kids {
		n += d.size[l.kids[k]].across + d.gap.boxGap
	}
	return n
}

// split cuts a layer into rows of about the same length.
func (d *drawer) split(l *level, layer []int, at, limit int) {
	total := d.total(l, layer)
	parts := max(1, (total+limit-1)/max(limit, 1))
	want := total / parts
	used := 0
	for i, k := range layer {
		s := d.size[l.kids[k]].across
		if i == 0 || used+s > limit || used+s/2 > want {
			l.rows = append(l.rows, row{first: len(l.items), last: len(l.items), layer: at})
			used = 0
		}
		used += s + d.gap.boxGap
		r := &l.rows[len(l.rows)-1]
		r.last++
		l.items = append(l.items, d.item(l, k))
	}
}

// item makes an item of a kid: the ports of a leaf are spread evenly at first, those of a container stand where its nets come out.
func (d *drawer) item(l *level, kid int) item {
	v := l.kids[kid]
	it := item{kid: kid, size: d.size[v].across, flex: d.levels[v] == nil}
	for _, i := range l.of[kid] {
		side := sideOf(&l.nets[i], kid) / 2
		p := port{net: i, off: -1}
		if inner := d.levels[v]; inner != nil {
			p.off = inner.exits[inner.find(l.nets[i].net)]
		}
		it.ports[side] = append(it.ports[side], p)
	}
	for side := range it.ports {
		ps := it.ports[side]
		for i := range ps {
			if ps[i].off < 0 {
				ps[i].off = 1 + (it.size-2)*(2*i+1)/(2*len(ps))
			}
		}
	}
	return it
}

// reach finds the channels that each net touches.
func (l *level) reach() {
	l.spans = make([]span, len(l.nets))
	for i := range l.spans {
		l.spans[i] = span{len(l.rows) + 1, -1}
		switch n := &l.nets[i]; {
		case !n.leaves() || len(n.members) == 0:
		case n.side == start:
			l.spans[i] = span{0, 0}
		default:
			l.spans[i] = span{len(l.rows), len(l.rows)}
		}
	}
	for r := range l.rows {
		for k := l.rows[r].first; k < l.rows[r].last; k++ {
			for side := range l.items[k].ports {
				for _, p := range l.items[k].ports[side] {
					s := &l.spans[p.net]
					s.first, s.last = min(s.first, r+side), max(s.last, r+side)
				}
			}
		}
	}
}

// center puts the rows one under the other, middle under middle.
func (d *drawer) center(l *level) {
	wide := 0
	for _, r := range l.rows {
		at := 0
		for i := r.first; i < r.last; i++ {
			l.items[i].at = at
			at += l.items[i].size + d.gap.boxGap
		}
		wide = max(wide, at-d.gap.boxGap)
	}
	for _, r := range l.rows {
		if r.layer == len(l.layers) {
			continue // loose ones stand at the beginning
		}
		last := l.items[r.last-1]
		d.move(l, r, (wide-last.at-last.size)/2)
	}
}

func (d *drawer) move(l *level, r row, by int) {
	for i := r.first; i < r.last; i++ {
		l.items[i].at += by
	}
}

// pass adds the passages of nets through rows.
func (d *drawer) pass(l *level) {
	middle := l.middles()
	items := make([]item, 0, len(l.items)+len(l.nets))
	for r := range l.rows {
		first := len(items)
		items = append(items, l.items[l.rows[r].first:l.rows[r].last]...)
		for i, s := range l.spans {
			if s.first <= r && r < s.last {
				p := []port{{net: i}}
				items = append(items, item{kid: -1, size: 1, at: middle[i], ports: [2][]port{p, {p[0]}}})
			}
		}
		l.rows[r].first, l.rows[r].last = first, len(items)
		slices.SortStableFunc(items[first:], func(a, b item) int { return a.at + a.size/2 - b.at - b.size/2 })
	}
	l.items = items
}

// middles are the places across of the nets' members, on the average.
func (l *level) middles() []int {
	sum, n := make([]int, len(l.nets)), make([]int, len(l.nets))
	for i := range l.items {
		for side := range l.items[i].ports {
			for _, p := range l.items[i].ports[side] {
				sum[p.net] += l.items[i].at + p.off
				n[p.net]++
			}
		}
	}
	for i := range sum {
		if n[i] > 0 {
			sum[i] /= n[i]
		}
	}
	return sum
}
