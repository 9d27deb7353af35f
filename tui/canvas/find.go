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
