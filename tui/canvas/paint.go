package canvas

import (
	"slices"

	"github.com/roboconf/workbench/tui/cell"
)

// Arms are the directions in which a line leaves a cell.
type Arms uint8

// The arms.
const (
	ArmN Arms = 1 << iota
	ArmE
	ArmS
	ArmW
)

// Cell is one cell of a picture that is not blank.
type Cell struct {
	X, Y   int
	Arms   Arms
	Box    int // whose border it is, -1 for none
	Wire   int // which wire goes there, -1 for none
	Dashed bool
	Head   bool // an arrow head, that points to Side
	Both   bool // one of an end that imports as well
	Side   Side
}

// Cells gives the lines of a part of the picture, row by row; X and Y are relative to the part. Texts are not among them: they
// stand in the boxes, and the cells below them are left out.
func (p *Picture) Cells(view cell.Rect, yield func(Cell)) {
	view = view.Intersect(cell.Rect{X: min(view.X, 0), Y: min(view.Y, 0), W: p.W - min(view.X, 0), H: p.H - min(view.Y, 0)})
	if view.Empty() {
		return
	}
	c := painter{view: view, dots: make([]dot, view.W*view.H)}
	for i := range p.Boxes {
		if b := &p.Boxes[i]; !b.Intersect(view).Empty() {
			c.border(i, b.Rect)
		}
	}
	for i := range p.Wires {
		for _, l := range p.Wires[i].Lines {
			c.line(l, func(x *dot, a Arms) { x.cross(int32(i+1), a, l.Dashed) })
		}
	}
	for i := range p.Wires {
		for _, e := range p.Wires[i].Ends {
			if e.Exports {
				c.head(i, e)
			}
		}
	}
	for i := range p.Boxes {
		if b := &p.Boxes[i]; !b.Leaf && !b.Intersect(view).Empty() {
			c.clearBelow(b)
		}
	}
	for i := range c.dots {
		if x := &c.dots[i]; x.arms != 0 || x.head {
			yield(Cell{
				X: i % view.W, Y: i / view.W, Arms: x.arms, Box: int(x.box) - 1, Wire: int(x.wire) - 1,
				Dashed: x.dashed, Head: x.head, Both: x.both, Side: x.side,
			})
		}
	}
}

type painter struct {
	view cell.Rect
	dots []dot
}

// dot is a Cell while it is being painted. Box and wire count from 1, so that a new one is blank.
type dot struct {
	box, wire          int32
	arms               Arms
	side               Side
	dashed, head, both bool
}

func (c *painter) at(x, y int) *dot {
	if !c.view.Contains(x, y) {
		return nil
	}
	return &c.dots[(y-c.view.Y)*c.view.W+x-c.view.X]
}

// line visits the cells of a line that are in sight.
func (c *painter) line(l Line, visit func(*dot, Arms)) {
	if l.Y1 == l.Y2 {
		if l.Y1 < c.view.Y || l.Y1 >= c.view.Y+c.view.H {
			return
		}
		for x := max(l.X1, c.view.X); x <= min(l.X2, c.view.X+c.view.W-1); x++ {
			visit(c.at(x, l.Y1), ends(x, l.X1, l.X2, ArmW, ArmE))
		}
		return
	}
	if l.X1 < c.view.X || l.X1 >= c.view.X+c.view.W {
		return
	}
	for y := max(l.Y1, c.view.Y); y <= min(l.Y2, c.view.Y+c.view.H-1); y++ {
		visit(c.at(l.X1, y), ends(y, l.Y1, l.Y2, ArmN, ArmS))
	}
}

// ends gives the arms of a cell in a line: both, but one at the line's ends.
func ends(at, first, last int, back, forth Arms) Arms {
	var a Arms
	if at > first {
		a |= back
	}
	if at < last {
		a |= forth
	}
	return a
}

func (c *painter) border(i int, r cell.Rect) {
	x, y := r.X+r.W-1, r.Y+r.H-1
	for _, l := range [...]Line{{r.X, r.Y, x, r.Y, false}, {r.X, y, x, y, false}, {r.X, r.Y, r.X, y, false}, {x, r.Y, x, y, false}} {
		c.line(l, func(x *dot, a Arms) { x.box, x.arms = int32(i+1), x.arms|a })
	}
}

const (
	upright = ArmN | ArmS
	flat    = ArmE | ArmW
)

// cross lays a wire over a cell. Where two wires cross, the upright one is seen.
func (x *dot) cross(wire int32, a Arms, dashed bool) {
	if x.wire > 0 && x.wire != wire {
		if x.arms == upright && a == flat {
			return
		}
		if x.arms == flat && a == upright {
			x.wire, x.arms, x.dashed = wire, upright, dashed
			return
		}
	}
	if x.wire == wire && x.arms&^a != 0 || x.box > 0 {
		dashed = dashed && x.dashed && x.box == 0 // a joint is drawn through
	}
	x.wire, x.arms, x.dashed = wire, x.arms|a, dashed
}

func (c *painter) head(wire int, e End) {
	if x := c.at(e.X, e.Y); x != nil {
		x.head, x.both, x.wire, x.side = true, e.Imports, int32(wire+1), e.pointing()
	}
}

// pointing is where an arrow head points: into the box, or to its border from the inside.
func (e End) pointing() Side {
	if e.Inside {
		return e.Side
	}
	return (e.Side + 2) % 4
}

// clearBelow takes away the border below a title.
func (c *painter) clearBelow(b *Box) {
	for _, t := range b.Texts {
		if t.Y != b.Y {
			continue
		}
		for x := t.X - 1; x <= t.X+cell.Width(t.Text); x++ {
			c.blank(x, t.Y)
		}
	}
	if b.HasMark && b.Mark.Y == b.Y {
		c.blank(b.Mark.X, b.Y)
		c.blank(b.Mark.X+1, b.Y)
	}
}

func (c *painter) blank(x, y int) {
	if p := c.at(x, y); p != nil && p.wire == 0 {
		*p = dot{}
	}
}

// Trace gives the cells of a wire between two of its ends, as points in order.
func (w *Wire) Trace(from, to End) []Point { return walkBack(w.spread(from.Point), to.Point) }

// spread walks along a wire from one of its cells and gives for each cell the one before it.
func (w *Wire) spread(from Point) map[Point]Point {
	next := map[Point][]Point{}
	join := func(a, b Point) {
		next[a] = append(next[a], b)
		next[b] = append(next[b], a)
	}
	for _, l := range w.Lines {
		for x := l.X1; x < l.X2; x++ {
			join(Point{x, l.Y1}, Point{x + 1, l.Y1})
		}
		for y := l.Y1; y < l.Y2; y++ {
			join(Point{l.X1, y}, Point{l.X1, y + 1})
		}
	}
	before := map[Point]Point{from: from}
	for todo := []Point{from}; len(todo) > 0; todo = todo[1:] {
		for _, p := range next[todo[0]] {
			if _, seen := before[p]; !seen {
				before[p] = todo[0]
				todo = append(todo, p)
			}
		}
	}
	return before
}

// walkBack gives the way to a cell, nothing when it was not reached.
func walkBack(before map[Point]Point, p Point) []Point {
	if _, reached := before[p]; !reached {
		return nil
	}
	path := []Point{p}
	for before[p] != p {
		p = before[p]
		path = append(path, p)
	}
	slices.Reverse(path)
	return path
}

// From gives the cells between boxes and those outside that they import from, or that import from them.
func (w *Wire) From(inside func(box int) bool) []Point {
	var out []Point
	for _, a := range w.Ends {
		if !inside(a.Box) {
			continue
		}
		var before map[Point]Point
		for _, b := range w.Ends {
			if !inside(b.Box) && (a.Imports && b.Exports || a.Exports && b.Imports) {
				if before == nil {
					before = w.spread(a.Point)
				}
				out = append(out, walkBack(before, b.Point)...)
			}
		}
	}
	return out
}
