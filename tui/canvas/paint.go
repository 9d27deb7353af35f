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
	if view.W <= 0 || view.H <= 0 {
		return
	}
	c := painter{view: view, cells: make([]Cell, view.W*view.H)}
	for i := range c.cells {
		c.cells[i].Box, c.cells[i].Wire = -1, -1
	}
	for i := range p.Boxes {
		if b := &p.Boxes[i]; !b.Intersect(view).Empty() {
			c.border(i, b.Rect)
		}
	}
	for i := range p.Wires {
		for _, l := range p.Wires[i].Lines {
			c.line(l, func(x *Cell, a Arms) { x.cross(i, a, l.Dashed) })
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
	for i := range c.cells {
		if c.cells[i].Arms != 0 || c.cells[i].Head {
			c.cells[i].X, c.cells[i].Y = i%view.W, i/view.W
			yield(c.cells[i])
		}
	}
}

type painter struct {
	view  cell.Rect
	cells []Cell
}

func (c *painter) at(x, y int) *Cell {
	if !c.view.Contains(x, y) {
		return nil
	}
	return &c.cells[(y-c.view.Y)*c.view.W+x-c.view.X]
}

// line visits the cells of a line that are in sight.
func (c *painter) line(l Line, visit func(*Cell, Arms)) {
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
		c.line(l, func(x *Cell, a Arms) { x.Box, x.Arms = i, x.Arms|a })
	}
}

const (
	upright = ArmN | ArmS
	level2  = ArmE | ArmW
)

// cross lays a wire over a cell. Where two wires cross, the upright one is seen.
func (x *Cell) cross(wire int, a Arms, dashed bool) {
	if x.Wire >= 0 && x.Wire != wire {
		if x.Arms == upright && a == level2 {
			return
		}
		if x.Arms == level2 && a == upright {
			x.Wire, x.Arms, x.Dashed = wire, upright, dashed
			return
		}
	}
	if x.Wire == wire && x.Arms&^a != 0 || x.Box >= 0 {
		dashed = dashed && x.Dashed && x.Box < 0 // a joint is drawn through
	}
	x.Wire, x.Arms, x.Dashed = wire, x.Arms|a, dashed
}

func (c *painter) head(wire int, e End) {
	if x := c.at(e.X, e.Y); x != nil {
		x.Head, x.Both, x.Wire, x.Side = true, e.Imports, wire, e.pointing()
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
	if b.HasMk && b.Mark.Y == b.Y {
		c.blank(b.Mark.X, b.Y)
		c.blank(b.Mark.X+1, b.Y)
	}
}

func (c *painter) blank(x, y int) {
	if p := c.at(x, y); p != nil && p.Wire < 0 {
		*p = Cell{Box: -1, Wire: -1}
	}
}

// Trace gives the cells of a wire between two of its ends, as points in order.
func (w *Wire) Trace(from, to End) []Point {
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
	before := map[Point]Point{from.Point: from.Point}
	for todo := []Point{from.Point}; len(todo) > 0; todo = todo[1:] {
		if todo[0] == to.Point {
			return walkBack(before, to.Point)
		}
		for _, p := range next[todo[0]] {
			if _, seen := before[p]; !seen {
				before[p] = todo[0]
				todo = append(todo, p)
			}
		}
	}
	return nil
}

func walkBack(before map[Point]Point, p Point) []Point {
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
		for _, b := range w.Ends {
			if !inside(b.Box) && (a.Imports && b.Exports || a.Exports && b.Imports) {
				out = append(out, w.Trace(a, b)...)
			}
		}
	}
	return out
}
