package canvas

// At gives the innermost box at a cell, -1 when there is none.
func (p *Picture) At(x, y int) int {
	found := -1
	for i := range p.Boxes {
		if p.Boxes[i].Contains(x, y) {
			found = i // boxes come after those around them
		}
	}
	return found
}

// Path gives the cells of the wires that lead from one box to another; ok is false when the one does not import from the other.
func (p *Picture) Path(from, to string) (cells []Point, ok bool) {
	i, known := p.Find(from)
	j, known2 := p.Find(to)
	if !known || !known2 {
		return nil, false
	}
	for k := range p.Wires {
		for _, a := range p.Wires[k].Ends {
			for _, b := range p.Wires[k].Ends {
				if a.Box == i && b.Box == j && a.Imports && b.Exports {
					path := p.Wires[k].Trace(a, b)
					cells, ok = append(cells, path...), ok || len(path) > 0
				}
			}
		}
	}
	return cells, ok
}

// Next gives the nearest box in a direction, -1 when there is none. What the eye reads are the names: up and down go from name
// to name, into boxes as well; left and right go to what stands beside.
func (p *Picture) Next(from int, side Side) int {
	if from < 0 || from >= len(p.Boxes) {
		return -1
	}
	best, cost := -1, 0
	for i := range p.Boxes {
		if i == from {
			continue
		}
		if c, ok := p.step(from, i, side); ok && (best < 0 || c < cost) {
			best, cost = i, c
		}
	}
	return best
}

// step is the effort to go from one box to another, if it lies in that direction.
func (p *Picture) step(from, to int, side Side) (cost int, ok bool) {
	a, b := &p.Boxes[from], &p.Boxes[to]
	depth := max(a.Depth-b.Depth, b.Depth-a.Depth)
	switch side {
	case North, South:
		way := b.Texts[0].Y - a.Texts[0].Y
		if side == North {
			way = -way
		}
		return 2*way + 4*apart(a.X, a.W, b.X, b.W) + depth, way > 0
	default:
		if p.Holds(from, to) || p.Holds(to, from) {
			return 0, false
		}
		way := b.X - a.X - a.W
		if side == West {
			way = a.X - b.X - b.W
		}
		rows := max(a.Texts[0].Y-b.Texts[0].Y, b.Texts[0].Y-a.Texts[0].Y)
		return way + 6*apart(a.Y, a.H, b.Y, b.H) + 3*depth + rows, way >= 0
	}
}

// apart is the distance between two stretches, 0 when they overlap.
func apart(a, n, b, m int) int { return max(b-a-n, a-b-m, 0) }

// Holds says whether a box is another one, or stands in it.
func (p *Picture) Holds(outer, inner int) bool {
	for i := inner; i >= 0; i = p.Boxes[i].Parent {
		if i == outer {
			return true
		}
	}
	return false
}
