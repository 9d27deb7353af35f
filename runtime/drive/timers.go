package drive

import (
	"container/heap"
	"time"
)

// timers are the waits of a mind, the next one first. Waits for the same moment are over in the order in which they were set.
type timers struct {
	heap  alarms
	names map[string]*alarm
	count uint64
}

type alarm struct {
	name string
	at   time.Time
	rank uint64 // order of setting
	pos  int    // in the heap
}

// set begins, moves or, when it is not on, cancels a wait.
func (t *timers) set(name string, at time.Time, on bool) {
	one := t.names[name]
	t.count++
	switch {
	case one == nil && !on:
	case one == nil:
		if t.names == nil {
			t.names = map[string]*alarm{}
		}
		one = &alarm{name: name, at: at, rank: t.count}
		t.names[name] = one
		heap.Push(&t.heap, one)
	case !on:
		heap.Remove(&t.heap, one.pos)
		delete(t.names, name)
	default:
		one.at, one.rank = at, t.count
		heap.Fix(&t.heap, one.pos)
	}
}

// first is when the next wait is over.
func (t *timers) first() (at time.Time, some bool) {
	if len(t.heap) == 0 {
		return at, false
	}
	return t.heap[0].at, true
}

// due takes out a wait that is over.
func (t *timers) due(now time.Time) (name string, some bool) {
	if len(t.heap) == 0 || t.heap[0].at.After(now) {
		return "", false
	}
	one := heap.Pop(&t.heap).(*alarm)
	delete(t.names, one.name)
	return one.name, true
}

// alarms is a heap.
type alarms []*alarm

func (h alarms) Len() int { return len(h) }

func (h alarms) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].rank < h[j].rank
}

func (h alarms) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].pos, h[j].pos = i, j
}

func (h *alarms) Push(x any) {
	one := x.(*alarm)
	one.pos = len(*h)
	*h = append(*h, one)
}

func (h *alarms) Pop() any {
	last := len(*h) - 1
	one := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return one
}
