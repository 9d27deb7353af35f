package queue

// ring keeps entries sorted by place; both ends are cheap.
type ring[M any] struct {
	buf  []*Entry[M] // its length is a power of two
	head int
	n    int
}

// smallest is the size of a ring that holds anything at all; one that held many gives its memory back.
const smallest = 8

func (r *ring[M]) len() int { return r.n }

func (r *ring[M]) at(i int) *Entry[M] { return r.buf[(r.head+i)&(len(r.buf)-1)] }

func (r *ring[M]) set(i int, e *Entry[M]) { r.buf[(r.head+i)&(len(r.buf)-1)] = e }

func (r *ring[M]) front() *Entry[M] {
	if r.n == 0 {
		return nil
	}
	return r.buf[r.head]
}

func (r *ring[M]) pushBack(e *Entry[M]) {
	r.room()
	r.n++
	r.set(r.n-1, e)
}

func (r *ring[M]) popFront() *Entry[M] {
	if r.n == 0 {
		return nil
	}
	e := r.buf[r.head]
	r.buf[r.head] = nil
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	if len(r.buf) > 64*smallest && r.n < len(r.buf)/8 {
		r.resize(len(r.buf) / 4)
	}
	return e
}

// insert moves whichever side of the place is shorter.
func (r *ring[M]) insert(e *Entry[M]) {
	lo, hi := 0, r.n
	if hi > 0 && e.Pos < r.front().Pos {
		hi = 0
	}
	for lo < hi {
		if mid := (lo + hi) / 2; r.at(mid).Pos < e.Pos {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	r.room()
	r.n++
	if lo > (r.n-1)/2 {
		for i := r.n - 1; i > lo; i-- {
			r.set(i, r.at(i-1))
		}
	} else {
		r.head = (r.head - 1) & (len(r.buf) - 1)
		for i := range lo {
			r.set(i, r.at(i+1))
		}
	}
	r.set(lo, e)
}

func (r *ring[M]) room() {
	if r.n == len(r.buf) {
		r.resize(max(smallest, 2*len(r.buf)))
	}
}

func (r *ring[M]) resize(size int) {
	next := make([]*Entry[M], size)
	for i := range r.n {
		next[i] = r.at(i)
	}
	r.buf, r.head = next, 0
}
