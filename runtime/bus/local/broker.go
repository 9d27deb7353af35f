// Package local is a bus inside one process.
//
// Its broker has the semantics of messaging.md 15 on real time: durable queues, confirms, returns, acknowledgement, redelivery, dead
// letters, expiry (MS-80, immediate). Clients share nothing but bytes: every message goes through its JSON form. Faults make it
// misbehave for tests.
package local

import (
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/message"
)

// Broker connects the clients of one process. The zero value is not ready: use New. Queues outlive their clients, not the broker.
type Broker struct {
	mu       sync.Mutex
	queues   map[place]*queue
	bindings map[place][]*queue // in order of binding
	dead     map[string][]Letter
	lines    map[*line]bool
	away     bool
	faults   Faults
}

// New makes a broker.
func New() *Broker {
	return &Broker{queues: map[place]*queue{}, bindings: map[place][]*queue{}, dead: map[string][]Letter{}, lines: map[*line]bool{}}
}

// place is a target in a domain. The queue of a client is at its own target; that of the manager at message.Manager("").
type place struct {
	domain string
	to     message.Target
}

// Letter is a dead letter.
type Letter struct {
	Reason, Detail string
	Body           []byte
}

// Faults say what goes wrong; nil functions are no fault. They are called under the broker's lock, so they must not call the broker.
type Faults struct {
	// Of judges a message on its way to the broker.
	Of func(from bus.Identity, to message.Target, kind string) Fault
	// Cut says that a client cannot reach the broker: its dials fail.
	Cut func(id bus.Identity) bool
}

// Fault is what happens to one message. The zero value is nothing.
type Fault struct {
	Drop bool // confirmed, never delivered
	// LoseConfirm takes the message, then cuts the line before the confirm.
	LoseConfirm bool
	Twice       bool
	Refuse      bool          // a negative confirm
	Delay       time.Duration // until it is delivered; what the same sender publishes later may overtake it
}

// SetFaults replaces the faults.
func (b *Broker) SetFaults(f Faults) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = f
}

// Dead gives the dead letters of a domain, in order.
func (b *Broker) Dead(domain string) []Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Letter(nil), b.dead[domain]...)
}

// Restart cuts every line, as a broker does that stops and starts again at once; queues stay.
func (b *Broker) Restart() {
	b.SetAway(true)
	b.SetAway(false)
}

// SetAway makes the broker unreachable, or reachable again.
func (b *Broker) SetAway(away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
	if !away {
		return
	}
	for l := range b.lines {
		l.cut(errAway)
	}
}

// CutOff ends the lines of one client; it may come back at once, unless Faults.Cut says otherwise.
func (b *Broker) CutOff(id bus.Identity) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for l := range b.lines {
		if l.id == id {
			l.cut(errAway)
		}
	}
}

// Block tells every client that the broker takes nothing, for a reason; "" when it does again.
func (b *Broker) Block(reason string) {
	b.mu.Lock()
	var ears []link.Ear // told without the lock: they have one of their own
	for l := range b.lines {
		ears = append(ears, l.ear)
	}
	b.mu.Unlock()
	for _, ear := range ears {
		ear.Blocked(reason)
	}
}

// Inject puts bytes where a client of the domain would publish a message. It says whether a queue took them.
func (b *Broker) Inject(domain string, to message.Target, body []byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.route(place{domain, to}, item{body: body})
}

// item is a message in a queue.
type item struct {
	body    []byte
	again   bool
	expires time.Time // zero for never
}

// queue is a durable queue with a single active consumer.
type queue struct {
	own       place
	items     []item
	out       map[uint64]item // handed out, by number
	numbers   []uint64        // of out, in order
	last      uint64
	consumers []*line // the first one is active
	bound     []place
}

// route appends a message to every queue bound to a place. The lock is held.
func (b *Broker) route(to place, m item) bool {
	queues := b.bindings[to]
	for _, q := range queues {
		q.items = append(q.items, m)
		b.serve(q)
	}
	return len(queues) > 0
}

// serve wakes the active consumer of a queue.
func (b *Broker) serve(q *queue) {
	if len(q.consumers) > 0 {
		q.consumers[0].wakeUp()
	}
}

func (b *Broker) bind(q *queue, to place) {
	for _, other := range q.bound {
		if other == to {
			return
		}
	}
	q.bound = append(q.bound, to)
	b.bindings[to] = append(b.bindings[to], q)
}

func (b *Broker) unbind(q *queue, to place) {
	q.bound = without(q.bound, to)
	if b.bindings[to] = without(b.bindings[to], q); len(b.bindings[to]) == 0 {
		delete(b.bindings, to)
	}
}

func without[T comparable](list []T, gone T) []T {
	var kept []T
	for _, x := range list {
		if x != gone {
			kept = append(kept, x)
		}
	}
	return kept
}

// leave takes a consumer off its queue; what it had comes again, in its place.
func (b *Broker) leave(l *line) {
	delete(b.lines, l)
	q := l.queue
	if q == nil {
		return
	}
	active := len(q.consumers) > 0 && q.consumers[0] == l
	q.consumers = without(q.consumers, l)
	if active {
		back := make([]item, 0, len(q.numbers)+len(q.items))
		for _, n := range q.numbers {
			if m, ok := q.out[n]; ok {
				m.again = true
				back = append(back, m)
			}
		}
		q.items = append(back, q.items...)
		clear(q.out)
		q.numbers = nil
	}
	b.serve(q)
}
