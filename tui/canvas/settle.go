package canvas

import (
	"math"
	"slices"
)

// settle moves items across so that wires become straight, in the order they have.
func (d *drawer) settle(l *level) {
	s := settler{d: d, l: l, beside: [2][]touching{make([]touching, len(l.nets)), make([]touching, len(l.nets))}}
	d.repack(l)
	for range 3 {
		for r := 1; r < len(l.rows); r++ {
			s.follow(r, 0)
		}
		for r := len(l.rows) - 2; r >= 0; r-- {
			s.follow(r, 1)
		}
		for r := range l.rows {
			s.follow(r, 2)
		}
	}
	for range 2 {
		for r := range l.rows {
			s.bend(r, 0)
			s.bend(r, 1)
		}
	}
	l.origin()
}

// repack keeps the distances after passages came in.
func (d *drawer) repack(l *level) {
	for _, r := range l.rows {
		for i := r.first + 1; i < r.last; i++ {
			l.items[i].at = max(l.items[i].at, l.items[i-1].at+d.distance(l, i-1))
		}
	}
}

// distance from an item to the next one in its row.
func (d *drawer) distance(l *level, i int) int {
	gap := d.gap.boxGap
	if l.items[i].kid < 0 || l.items[i+1].kid < 0 {
		gap = d.gap.passGap
	}
	return l.items[i].size + gap
}

// origin moves everything so that it begins at 0; rows of which no wire knows stand at the beginning.
func (l *level) origin() {
	least := math.MaxInt
	for _, r := range l.rows {
		if !l.free(r) {
			least = min(least, slices.MinFunc(l.items[r.first:r.last], func(a, b item) int { return a.at - b.at }).at)
		}
	}
	for _, r := range l.rows {
		by := least
		if l.free(r) {
			by = l.items[r.first].at
		}
		for i := r.first; i < r.last; i++ {
			l.items[i].at -= by
		}
	}
}

// free says that no wire touches a row or goes through it.
func (l *level) free(r row) bool { return r.layer == len(l.layers) && !l.passed(r) }

// passed says that wires go through a row.
func (l *level) passed(r row) bool {
	return slices.ContainsFunc(l.items[r.first:r.last], func(it item) bool { return it.kid < 0 })
}

type settler struct {
	d      *drawer
	l      *level
	beside [2][]touching // by side of the row, by net
}

// touching says where a net touches the channel on one side of a row.
type touching struct {
	sum    int // of the places in the row beyond the channel
	n, own int // how many they are; how many there are in the row itself
}

// straight says that the net can cross the channel without a bend.
func (t touching) straight() bool { return t.n == 1 && t.own == 1 }

func (t touching) mean() float64 { return float64(t.sum) / float64(t.n) }

// look finds out what a row is joined with before and behind.
func (s *settler) look(r int) {
	for t := range 2 {
		clear(s.beside[t])
		other := r - 1 + 2*t
		if other >= 0 && other < len(s.l.rows) {
			for i := s.l.rows[other].first; i < s.l.rows[other].last; i++ {
				it := &s.l.items[i]
				for _, p := range it.ports[1-t] {
					s.beside[t][p.net].sum += it.at + p.off
					s.beside[t][p.net].n++
				}
			}
		}
		for i := s.l.rows[r].first; i < s.l.rows[r].last; i++ {
			for _, p := range s.l.items[i].ports[t] {
				s.beside[t][p.net].own++
			}
		}
	}
}

// follow moves the items of a row towards what they are joined with before (side 0), behind (1) or around (2).
func (s *settler) follow(r, side int) {
	s.look(r)
	row := s.l.rows[r]
	n := row.last - row.first
	want, weight, dist := make([]float64, n), make([]float64, n), make([]int, n)
	for i := range n {
		it := &s.l.items[row.first+i]
		want[i], weight[i] = s.wish(it, side)
		if i+1 < n {
			dist[i] = s.d.distance(s.l, row.first+i)
		}
	}
	for i, at := range isotonic(want, weight, dist) {
		s.l.items[row.first+i].at = at
	}
}

// wish is where an item wants to be, and how much.
func (s *settler) wish(it *item, side int) (want, weight float64) {
	for t := range 2 {
		if side != 2 && t != side {
			continue
		}
		for _, p := range it.ports[t] {
			there := s.beside[t][p.net]
			if there.n == 0 {
				continue
			}
			w := 1.0
			if it.kid < 0 {
				w = 3 // a bend in a long wire shows more
			}
			if !there.straight() {
				w /= 64 // there is a bend anyway
			}
			want += w * (there.mean() - float64(p.off))
			weight += w
		}
	}
	if weight == 0 {
		return float64(it.at), 0.1
	}
	return want / weight, weight
}

// isotonic gives the places nearest to what is wanted (least squares) that keep the order and at least the distances.
func isotonic(want, weight []float64, dist []int) []int {
	type block struct {
		w, wy float64
		n     int
	}
	var blocks []block
	before := 0
	offset := make([]int, len(want))
	for i := range want {
		offset[i] = before
		before += dist[i]
		blocks = append(blocks, block{weight[i], weight[i] * (want[i] - float64(offset[i])), 1})
		for k := len(blocks) - 1; k > 0 && blocks[k-1].wy*blocks[k].w > blocks[k].wy*blocks[k-1].w; k-- {
			b := blocks[k]
			blocks = blocks[:k]
			blocks[k-1] = block{blocks[k-1].w + b.w, blocks[k-1].wy + b.wy, blocks[k-1].n + b.n}
		}
	}
	out := make([]int, 0, len(want))
	for _, b := range blocks {
		at := int(math.Floor(b.wy/b.w + 0.5))
		for range b.n {
			out = append(out, at+offset[len(out)])
		}
	}
	return out
}

// bend moves the ports of leaves along their border, so that their wires come straight.
func (s *settler) bend(r, side int) {
	s.look(r)
	row := s.l.rows[r]
	for i := row.first; i < row.last; i++ {
		it := &s.l.items[i]
		if ps := it.ports[side]; it.kid >= 0 && it.flex && len(ps) > 0 {
			s.bendItem(it, ps, side)
		}
	}
}

func (s *settler) bendItem(it *item, ps []port, side int) {
	wanted := func(p port) float64 { return s.towards(it, p, side) }
	slices.SortStableFunc(ps, func(a, b port) int { return compare(wanted(a), wanted(b)) })
	want, weight, dist := make([]float64, len(ps)), make([]float64, len(ps)), make([]int, len(ps))
	gap := s.d.gap.portGap
	if room := it.size - 2; (len(ps)-1)*gap+1 > room {
		gap = 1
	}
	low, high := 1, it.size-2
	if it.size >= 6 && s.d.flow == Down && (len(ps)-1)*gap+1 <= it.size-4 {
		low, high = 2, it.size-3 // not at the corner
	}
	for i := range ps {
		want[i] = min(max(wanted(ps[i]), float64(low)), float64(high))
		weight[i] = 1
		dist[i] = gap
	}
	at := isotonic(want, weight, dist)
	for i := range at {
		at[i] = max(at[i], low+i*gap)
	}
	for i := range at {
		ps[i].off = min(at[i], high-(len(at)-1-i)*gap)
	}
}

// towards is where a port wants to be on its item: straight before what it alone is joined with, else in the middle.
func (s *settler) towards(it *item, p port, side int) float64 {
	middle := float64(it.size-1) / 2
	there := s.beside[side][p.net]
	if there.n == 0 {
		return middle
	}
	off := there.mean() - float64(it.at)
	if there.straight() {
		return off
	}
	const lean = 4 // neighbours keep the order of where their wires lead
	return middle + min(max((off-middle)/float64(it.size+8), -1), 1)/lean
}
