package canvas

import (
	"slices"

	"github.com/roboconf/workbench/tui/cell"
)

// enclose gives a box the size that what it holds needs.
func (d *drawer) enclose(v int, l *level) {
	e := extent{along: l.head}
	for r := range l.rows {
		for _, it := range l.items[l.rows[r].first:l.rows[r].last] {
			if it.kid >= 0 {
				l.rows[r].size = max(l.rows[r].size, d.size[l.kids[it.kid]].along)
			}
			e.across = max(e.across, it.at+it.size)
		}
		e.along += l.rows[r].size + l.channels[r].size
	}
	e.along += l.channels[len(l.rows)].size
	for _, x := range l.exits {
		e.across = max(e.across, x+1)
	}
	for _, c := range l.channels {
		for _, r := range c.runs {
			e.across = max(e.across, r.hi+1)
		}
	}
	e.across += l.shift
	if v != 0 {
		e.along, e.across = e.along+1, e.across+d.gap.pad+1
		d.widen(v, l, &e)
	}
	for i := range l.exits {
		if l.exits[i] >= 0 {
			l.exits[i] += l.shift
		}
	}
	d.size[v] = e
}

// widen makes room for the title.
func (d *drawer) widen(v int, l *level, e *extent) {
	need := d.labels[v].width + 4
	if d.flow == Right {
		e.along = max(e.along, need)
		return
	}
	if more := need - e.across; more > 0 {
		l.shift += more / 2
		e.across = need
	}
	_, e.across = d.title(v, l, e.across, l.shift)
}

// title finds the place of a title on the border among the wires that come in, and how wide the box has to be for it.
func (d *drawer) title(v int, l *level, across, shift int) (at, wide int) {
	need := d.labels[v].lines[0].width() + 2
	at = 1
	if d.flow == Right {
		return at, across
	}
	var taken []int
	for i := range l.nets {
		if n := &l.nets[i]; n.leaves() && n.side == start {
			taken = append(taken, l.exits[i]+shift)
		}
	}
	slices.Sort(taken)
	for _, x := range taken {
		if at+need <= x {
			return at, across
		}
		at = x + 1
	}
	return at, max(across, at+need+1)
}

// place turns everything into boxes and lines on the screen.
func (d *drawer) place() *Picture {
	d.pic = &Picture{Flow: d.flow, Zoom: d.zoom, byID: make(map[string]int, len(d.t.nodes)-1), Boxes: make([]Box, 0, len(d.t.nodes)-1)}
	d.index, d.wires = make([]int, len(d.t.nodes)), make([]int, len(d.t.nets))
	d.index[0] = -1
	d.pic.Wires = make([]Wire, len(d.t.nets))
	for i := range d.t.nets {
		d.pic.Wires[i].Labels = d.t.nets[i].labels
	}
	all := d.size[0]
	d.inside(0, Point{}, all)
	d.pic.W, d.pic.H = all.across, all.along
	if d.flow == Right {
		d.pic.W, d.pic.H = all.along, all.across
	}
	for i := range d.pic.Wires {
		slices.SortStableFunc(d.pic.Wires[i].Ends, func(a, b End) int { return a.Box - b.Box })
	}
	return d.pic
}

// put makes the box of a node. Points are along and across, as X and Y, until they are on the screen.
func (d *drawer) put(v int, at Point, e extent) {
	n := &d.t.nodes[v]
	rect := cell.Rect{X: at.Y, Y: at.X, W: e.across, H: e.along}
	if d.flow == Right {
		rect = cell.Rect{X: at.X, Y: at.Y, W: e.along, H: e.across}
	}
	l := d.levels[v]
	b := Box{Rect: rect, ID: n.src.ID, Parent: d.index[n.parent], Depth: n.depth, Leaf: l == nil, Self: n.self, Hidden: n.hidden}
	if l == nil {
		d.labels[v].write(&b, Point{rect.X + 2, rect.Y + 1}, Point{rect.X + 2, rect.Y + 2})
	} else {
		x, _ := d.title(v, l, e.across, 0)
		d.labels[v].write(&b, Point{rect.X + x + 1, rect.Y}, Point{rect.X + 2, rect.Y + 1})
	}
	d.index[v] = len(d.pic.Boxes)
	d.pic.byID[b.ID] = d.index[v]
	d.pic.Boxes = append(d.pic.Boxes, b)
	if l != nil {
		d.inside(v, at, e)
	}
}

// inside draws what a box holds. The room that the box has beyond its needs goes behind the last row.
func (d *drawer) inside(v int, at Point, e extent) {
	l := d.levels[v]
	alongs := make([]int, len(l.channels)) // where each channel begins
	x := at.X + l.head
	for r := range l.rows {
		alongs[r] = x
		x += l.channels[r].size
		for _, it := range l.items[l.rows[r].first:l.rows[r].last] {
			if it.kid >= 0 {
				kid := l.kids[it.kid]
				d.put(kid, Point{x, at.Y + l.shift + it.at}, extent{d.stretch(kid, l.rows[r].size), it.size})
			}
		}
		x += l.rows[r].size
	}
	alongs[len(l.rows)] = x
	w := wirer{d: d, l: l, at: at, e: e, alongs: alongs}
	w.wire()
}

// stretch gives a box the size of its row, for tidiness; a leaf is not made higher.
func (d *drawer) stretch(v, row int) int {
	if d.flow == Down && d.levels[v] == nil {
		return d.size[v].along
	}
	return row
}

// wirer draws the lines of one level.
type wirer struct {
	d      *drawer
	l      *level
	at     Point
	e      extent
	alongs []int
}

func (w *wirer) wire() {
	for k := range w.l.channels {
		for i := range w.l.channels[k].runs {
			w.across(k, &w.l.channels[k].runs[i])
		}
		if k < len(w.l.rows) {
			w.row(k)
		}
	}
	for i := range w.l.nets {
		if w.l.nets[i].leaves() {
			w.exit(i)
		}
	}
}

// track is where the run of a net that goes to a place of the row before or behind crosses the channel, along.
func (w *wirer) track(k, net, place int, low bool) int {
	c := &w.l.channels[k]
	for i := range c.runs {
		r := &c.runs[i]
		if r.net == net && (low && slices.Contains(r.lows, place) || !low && slices.Contains(r.ups, place)) {
			return w.trackOf(k, r)
		}
	}
	return w.alongs[k]
}

func (w *wirer) trackOf(k int, r *run) int {
	return w.alongs[k] + w.d.gap.lead*min(w.l.channels[k].tracks, 1) + w.d.gap.pitch*max(r.track, 0)
}

func (w *wirer) across(k int, r *run) {
	if r.track < 0 {
		return
	}
	from, x := w.at.Y+w.l.shift, w.trackOf(k, r)
	w.line(r.net, x, from+r.lo, x, from+r.hi, false)
	if r.detour > 0 {
		w.line(r.net, w.trackOf(k, &w.l.channels[k].runs[r.detour-1]), from+r.ups[0], x, from+r.ups[0], false)
	}
}

// row draws the lines between the items of a row and the channels beside it.
func (w *wirer) row(r int) {
	for i := w.l.rows[r].first; i < w.l.rows[r].last; i++ {
		it := &w.l.items[i]
		if it.kid < 0 {
			net, y := it.ports[0][0].net, w.at.Y+w.l.shift+it.at
			w.line(net, w.track(r, net, it.at, true), y, w.track(r+1, net, it.at, false), y, false)
			continue
		}
		first := w.alongs[r] + w.l.channels[r].size
		last := first + w.d.stretch(w.l.kids[it.kid], w.l.rows[r].size) - 1
		for side, ps := range it.ports {
			for _, p := range ps {
				place := it.at + p.off
				y := w.at.Y + w.l.shift + place
				m := w.member(p.net, it.kid)
				if side == 0 {
					w.line(p.net, w.track(r, p.net, place, true), y, first, y, m.role.optional() && !m.role.peer())
					w.end(p.net, it.kid, first, y, start)
				} else {
					w.line(p.net, last, y, w.track(r+1, p.net, place, false), y, m.role.optional() && !m.role.peer())
					w.end(p.net, it.kid, last, y, end)
				}
			}
		}
	}
}

func (w *wirer) member(net, kid int) member {
	ms := w.l.nets[net].members
	i, _ := slices.BinarySearchFunc(ms, kid, func(m member, k int) int { return m.kid - k })
	return ms[i]
}

// exit draws the line of a net to the border of the box.
func (w *wirer) exit(i int) {
	n := &w.l.nets[i]
	y := w.at.Y + w.l.exits[i]
	x, k := w.at.X, 0
	if n.side == end {
		x, k = w.at.X+w.e.along-1, len(w.l.rows)
	}
	if len(n.members) > 0 {
		t := w.track(k, i, w.l.exits[i]-w.l.shift, n.side == end)
		w.line(i, min(t, x), y, max(t, x), y, false)
	}
	if !n.outer {
		p := w.d.point(x, y)
		w.add(i, End{Point: p, Box: w.d.index[w.l.box], Side: w.d.side(n.side), Inside: true, Imports: n.own&imports != 0, Exports: n.own&exports != 0, Optional: n.own.optional()})
	}
}

// end notes that a net meets a kid, if the kid itself is in the net.
func (w *wirer) end(net, kid, x, y int, side Side) {
	v := w.l.kids[kid]
	terms := w.d.t.nets[w.l.nets[net].net].terms
	i, ok := slices.BinarySearchFunc(terms, v, func(t term, v int) int { return t.node - v })
	if !ok {
		return
	}
	r := terms[i].role
	w.add(net, End{Point: w.d.point(x, y), Box: w.d.index[v], Side: w.d.side(side), Imports: r&imports != 0, Exports: r&exports != 0, Optional: r.optional()})
}

func (w *wirer) add(net int, e End) {
	wire := &w.d.pic.Wires[w.l.nets[net].net]
	wire.Ends = append(wire.Ends, e)
}

// line adds a straight part from one point to another; a point alone is none.
func (w *wirer) line(net, x1, y1, x2, y2 int, dashed bool) {
	if x1 == x2 && y1 == y2 {
		return
	}
	if x1 > x2 {
		x1, x2 = x2, x1
	}
	i := w.l.nets[net].net
	a, b := w.d.point(x1, y1), w.d.point(x2, y2)
	wire := &w.d.pic.Wires[i]
	wire.Lines = append(wire.Lines, Line{a.X, a.Y, b.X, b.Y, dashed || w.d.t.nets[i].optional})
}

// point turns along and across into column and line.
func (d *drawer) point(along, across int) Point {
	if d.flow == Right {
		return Point{along, across}
	}
	return Point{across, along}
}

// side turns a side along the flow into one of the screen.
func (d *drawer) side(s Side) Side {
	if d.flow == Down {
		return s
	}
	if s == start {
		return West
	}
	return East
}
