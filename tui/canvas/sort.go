package canvas

import "slices"

// The effort that goes into the order of layers: how often all of them are improved, how often neighbours of one are compared
// in a row, and the pairs of wires up to which two boxes are compared at all.
const (
	sweeps  = 6
	rounds  = 24
	tangled = 500
)

// sort orders the layers so that few wires cross. Who was known before keeps its place among the others unless it pays to move.
func (l *level) sort(known func(node int) (float64, bool)) {
	l.at = make([]float64, len(l.kids))
	old := false
	for _, layer := range l.layers {
		old = l.recall(layer, known) || old
		l.number(layer)
	}
	l.recall(l.loose, known)
	l.number(l.loose)
	if !old {
		for range 2 {
			for _, layer := range l.layers {
				l.gather(layer)
			}
			for _, layer := range slices.Backward(l.layers) {
				l.gather(layer)
			}
		}
	}
	for range sweeps {
		changed := false
		for _, layer := range l.layers {
			changed = l.exchange(layer) || changed
		}
		if !changed {
			return
		}
	}
}

// recall puts the known ones in their old order; a new one stays behind the one it was named after.
func (l *level) recall(layer []int, known func(int) (float64, bool)) bool {
	key := make(map[int]float64, len(layer))
	last, any := -1.0, false
	for _, k := range layer {
		if at, ok := known(l.kids[k]); ok {
			last, any = at, true
		}
		key[k] = last
	}
	if any {
		slices.SortStableFunc(layer, func(a, b int) int { return compare(key[a], key[b]) })
	}
	return any
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// number gives places between 0 and 1, so that layers of any length can be compared.
func (l *level) number(layer []int) {
	for i, k := range layer {
		l.at[k] = (float64(i) + 0.5) / float64(len(layer))
	}
}

// gather moves each one towards the middle of what it is joined with.
func (l *level) gather(layer []int) {
	want := make(map[int]float64, len(layer))
	for _, k := range layer {
		sum, n := 0.0, 0
		for _, i := range l.of[k] {
			if mean, ok := l.mean(i, k); ok {
				sum += mean
				n++
			}
		}
		want[k] = l.at[k]
		if n > 0 {
			want[k] = sum / float64(n)
		}
	}
	slices.SortStableFunc(layer, func(a, b int) int { return compare(want[a], want[b]) })
	l.number(layer)
}

// mean is the middle of a net without one of its members.
func (l *level) mean(net, without int) (float64, bool) {
	n := &l.nets[net]
	sum, count := 0.0, 0
	for _, m := range n.members {
		if m.kid != without {
			sum += l.at[m.kid]
			count++
		}
	}
	if n.leaves() && (count == 0 || n.pull != 0) {
		sum += 0.5 + n.pull
		count++
	}
	if count == 0 {
		return 0, false
	}
	return sum / float64(count), true
}

// exchange swaps neighbours as long as fewer wires cross.
func (l *level) exchange(layer []int) bool {
	means := make(map[int][]float64, len(layer)) // by kid: the middle of each of its nets
	for _, k := range layer {
		for _, i := range l.of[k] {
			mean, ok := l.mean(i, k)
			if !ok {
				mean = l.at[k]
			}
			means[k] = append(means[k], mean)
		}
	}
	changed := false
	for again, n := true, 0; again && n < min(rounds, len(layer)); n++ {
		again = false
		for i := 0; i+1 < len(layer); i++ {
			u, v := layer[i], layer[i+1]
			if l.crossings(u, v, means) > l.crossings(v, u, means) {
				layer[i], layer[i+1] = v, u
				again, changed = true, true
			}
		}
	}
	l.number(layer)
	return changed
}

// crossings counts the pairs of wires that cross when u stands before v.
func (l *level) crossings(u, v int, means map[int][]float64) int {
	c := 0
	if len(means[u])*len(means[v]) > tangled {
		return 0
	}
	for i, a := range means[u] {
		for j, b := range means[v] {
			if l.of[u][i] != l.of[v][j] && a > b+1e-9 {
				c++
			}
		}
	}
	return c
}
