package canvas

import "slices"

// channel is the room between two rows, in which wires bend.
type channel struct {
	size   int // along
	tracks int
	runs   []run
}

// run is the part of a net in one channel: a line across, with lines to the rows before and behind.
type run struct {
	net       int
	ups, lows []int // where it comes from before, goes behind; across
	lo, hi    int
	track     int // -1: straight, without a line across
	detour    int // the run before it, from 1; 0 for a run of its own
}

// leave chooses where nets leave the box. Places are relative to the items until enclose.
func (d *drawer) leave(v int, l *level) {
	l.exits = make([]int, len(l.nets))
	for i := range l.exits {
		l.exits[i] = -1
	}
	for _, side := range []Side{start, end} {
		var out []int
		at := map[int]float64{}
		for i := range l.nets {
			if n := &l.nets[i]; n.leaves() && n.side == side {
				out = append(out, i)
				at[i] = d.rim(v, l, i)
			}
		}
		slices.SortStableFunc(out, func(a, b int) int { return compare(at[a], at[b]) })
		want, weight, dist := make([]float64, len(out)), make([]float64, len(out)), make([]int, len(out))
		for k, i := range out {
			want[k], weight[k], dist[k] = at[i], 1, 1
			if len(l.nets[i].members) == 0 {
				weight[k], dist[k] = 0.01, d.gap.portGap
			}
		}
		for k, x := range isotonic(want, weight, dist) {
			l.exits[out[k]] = max(x, k)
		}
	}
}

// rim is the middle of where a net touches the first or the last row; behind the title for a net that only the box itself is in.
func (d *drawer) rim(v int, l *level, net int) float64 {
	n := &l.nets[net]
	if len(n.members) == 0 {
		wide := 0
		for _, it := range l.items {
			wide = max(wide, it.at+it.size)
		}
		middle := float64(wide-1) / 2
		if d.flow == Down && n.side == start {
			title := d.labels[v].lines[0].width() + 3
			middle = max(middle, float64(title-l.shift))
		}
		return middle
	}
	r := l.rows[0]
	if n.side == end {
		r = l.rows[len(l.rows)-1]
	}
	sum, count := 0, 0
	for _, it := range l.items[r.first:r.last] {
		for _, p := range it.ports[n.side/2] {
			if p.net == net {
				sum += it.at + p.off
				count++
			}
		}
	}
	return float64(sum) / float64(max(count, 1))
}

// route gives each net in each channel its track.
func (d *drawer) route(l *level) {
	l.channels = make([]channel, len(l.rows)+1)
	at := make([]int, len(l.nets)) // run of each net in the channel, from 1
	for k := range l.channels {
		c := &l.channels[k]
		clear(at)
		touch := func(net, x int, low bool) {
			if at[net] == 0 {
				c.runs = append(c.runs, run{net: net, lo: x, hi: x})
				at[net] = len(c.runs)
			}
			r := &c.runs[at[net]-1]
			r.lo, r.hi = min(r.lo, x), max(r.hi, x)
			if low {
				r.lows = append(r.lows, x)
			} else {
				r.ups = append(r.ups, x)
			}
		}
		l.touches(k, touch)
		c.assign()
		c.size = d.room(c, k == 0 || k == len(l.rows))
	}
}

// touches tells where nets touch a channel.
func (l *level) touches(k int, touch func(net, x int, low bool)) {
	for t := range 2 {
		r := k - 1 + t
		if r < 0 || r >= len(l.rows) {
			continue
		}
		for _, it := range l.items[l.rows[r].first:l.rows[r].last] {
			for _, p := range it.ports[1-t] {
				touch(p.net, it.at+p.off, t == 1)
			}
		}
	}
	for i := range l.nets {
		n := &l.nets[i]
		if n.leaves() && len(n.members) > 0 && (n.side == start && k == 0 || n.side == end && k == len(l.rows)) {
			touch(i, l.exits[i], n.side == end)
		}
	}
}

// room is the size of a channel.
func (d *drawer) room(c *channel, rim bool) int {
	switch {
	case c.tracks > 0:
		return d.gap.pitch*(c.tracks-1) + 1 + 2*d.gap.lead
	case rim:
		return d.gap.rim
	case len(c.runs) > 0:
		return d.gap.wired
	}
	return d.gap.loose
}

// assign orders the runs so that few lines cross and none cover each other, then packs them into tracks.
func (c *channel) assign() {
	var bent []int
	for i := range c.runs {
		c.runs[i].track = -1
		if c.runs[i].lo != c.runs[i].hi {
			bent = append(bent, i)
		}
	}
	c.order(bent)
	c.pack(bent)
	if more := c.detours(bent); len(more) > 0 {
		c.pack(append(bent, more...))
	}
}

// pack gives each run the first track after those of the runs before it that are in its way.
func (c *channel) pack(bent []int) {
	for k, i := range bent {
		r := &c.runs[i]
		r.track = 0
		for _, j := range bent[:k] {
			if o := &c.runs[j]; r.lo <= o.hi+1 && o.lo <= r.hi+1 {
				r.track = max(r.track, o.track+1)
			}
		}
		c.tracks = max(c.tracks, r.track+1)
	}
}

// detours helps where no order of tracks does: a run that would go down over another one that comes from above at the same
// place goes down beside it, and back below it.
func (c *channel) detours(bent []int) (more []int) {
	from := map[int][]int{} // runs that come from above, by place
	taken := map[int]bool{}
	for i := range c.runs {
		for _, x := range c.runs[i].ups {
			from[x] = append(from[x], i)
			taken[x] = true
		}
		for _, x := range c.runs[i].lows {
			taken[x] = true
		}
	}
	for _, i := range bent {
		for k, x := range c.runs[i].lows {
			if !slices.ContainsFunc(from[x], func(j int) bool { return j != i && c.runs[j].track >= c.runs[i].track }) {
				continue
			}
			beside := free(taken, x)
			taken[beside] = true
			r := &c.runs[i]
			r.lows[k] = beside
			r.lo, r.hi = min(r.lo, beside), max(r.hi, beside)
			more = append(more, len(c.runs))
			c.runs = append(c.runs, run{net: r.net, ups: []int{beside}, lows: []int{x}, lo: min(x, beside), hi: max(x, beside), detour: i + 1})
		}
	}
	return more
}

// free is the nearest place that no line takes.
func free(taken map[int]bool, x int) int {
	for n := 1; ; n++ {
		if !taken[x+n] {
			return x + n
		}
		if x-n >= 0 && !taken[x-n] {
			return x - n
		}
	}
}

// many is the number of runs above which their order is not weighed pair by pair.
const many = 96

// order puts first the run that wants most to be before the others, again and again.
func (c *channel) order(bent []int) {
	if len(bent) > many {
		lean := func(i int) float64 { return mean(c.runs[i].ups) - mean(c.runs[i].lows) }
		slices.SortStableFunc(bent, func(a, b int) int { return compare(lean(b), lean(a)) })
		return
	}
	n := len(bent)
	score := make([]int, n)
	cost := make([]int, n*n)
	for i := range n {
		for j := range n {
			if i != j {
				cost[i*n+j] = before(&c.runs[bent[i]], &c.runs[bent[j]])
			}
		}
	}
	for i := range n {
		for j := range n {
			score[i] += cost[i*n+j] - cost[j*n+i]
		}
	}
	out, done := make([]int, 0, n), make([]bool, n)
	for range n {
		best := -1
		for i := range n {
			if !done[i] && (best < 0 || score[i] < score[best]) {
				best = i
			}
		}
		done[best] = true
		out = append(out, bent[best])
		for i := range n {
			score[i] -= cost[i*n+best] - cost[best*n+i]
		}
	}
	copy(bent, out)
}

// covered is what it costs when two lines lie on each other: more than any number of crossings.
const covered = 1000

// before counts the crossings when a is nearer to the beginning than b.
func before(a, b *run) int {
	if a.lo > b.hi || b.lo > a.hi {
		return 0
	}
	n := 0
	for _, x := range b.ups {
		if x >= a.lo && x <= a.hi {
			n++
		}
	}
	for _, x := range a.lows {
		if x >= b.lo && x <= b.hi {
			n++
		}
		if slices.Contains(b.ups, x) {
			n += covered
		}
	}
	return n
}

func mean(list []int) float64 {
	if len(list) == 0 {
		return 0
	}
	sum := 0
	for _, x := range list {
		sum += x
	}
	return float64(sum) / float64(len(list))
}
