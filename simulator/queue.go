package simulator

import "time"

// kind is a sort of event of the world.
type kind uint8

const (
	onTimer      kind = iota // a mind's Wait is over
	onUp                     // what a client published reaches the broker
	onDown                   // what waits in a client's queue reaches it
	onEnded                  // a recipe is over
	onConnect                // a client reaches the broker
	onLost                   // a client learns that the broker is away
	onCreated                // a target made a machine
	onConfigured             // a target configured a machine
	onBoot                   // a machine's agent starts
	onTerminated             // a target ended a machine
	onSeen                   // a target says whether a machine runs
	onKnown                  // a target, asked again for a machine that it made, says which one
)

// event is a moment in the future of one client. It is small and holds no pointer: a queue of millions is cheap.
type event struct {
	at   time.Duration
	seq  uint64
	arg  uint64 // what the kind needs: a life, a run, a timer
	who  int32  // index of the client
	kind kind
	idle bool // goes on for ever at rest: heartbeats, checks
}

func (e *event) before(o *event) bool {
	return e.at < o.at || e.at == o.at && e.seq < o.seq
}

// queue orders events by time, then by sequence number (style.md, Simulator). It is a heap of four children a node: half
// as deep as a binary one, with the children in one line of the cache.
type queue struct {
	heap []event
	seq  uint64
	busy int // events that are not idle
}

func (q *queue) push(e event) {
	e.seq = q.seq
	q.seq++
	if !e.idle {
		q.busy++
	}
	q.heap = append(q.heap, e)
	q.up(len(q.heap) - 1)
}

// next is the time of the first event.
func (q *queue) next() (time.Duration, bool) {
	if len(q.heap) == 0 {
		return 0, false
	}
	return q.heap[0].at, true
}

func (q *queue) pop() (event, bool) {
	n := len(q.heap)
	if n == 0 {
		return event{}, false
	}
	first := q.heap[0]
	q.heap[0] = q.heap[n-1]
	q.heap = q.heap[:n-1]
	q.down(0)
	if !first.idle {
		q.busy--
	}
	return first, true
}

func (q *queue) up(i int) {
	e := q.heap[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&q.heap[parent]) {
			break
		}
		q.heap[i] = q.heap[parent]
		i = parent
	}
	q.heap[i] = e
}

func (q *queue) down(i int) {
	n := len(q.heap)
	if i >= n {
		return
	}
	e := q.heap[i]
	for {
		least := 4*i + 1
		if least >= n {
			break
		}
		for c := least + 1; c < min(least+4, n); c++ {
			if q.heap[c].before(&q.heap[least]) {
				least = c
			}
		}
		if !q.heap[least].before(&e) {
			break
		}
		q.heap[i] = q.heap[least]
		i = least
	}
	q.heap[i] = e
}
