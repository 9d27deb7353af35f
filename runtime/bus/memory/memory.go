// Package memory is a message broker that exists only as a value.
//
// It has the semantics of messaging.md 15 and 16 without any thread: durable queues in order of arrival, bindings,
// acknowledgement, redelivery. Whoever owns it decides when a message moves; the broker decides where it goes.
package memory

import (
	"iter"

	"github.com/roboconf/workbench/runtime/message"
)

// Queue names a queue of one broker. The zero value is no queue.
type Queue int

// Delivery is a message taken from a queue and not acknowledged yet.
type Delivery struct {
	Msg *message.Envelope
	// Again says that the message was handed out before: its receiver may know it already.
	Again bool
}

// Broker holds queues and bindings. The zero value is ready; one goroutine owns it.
type Broker struct {
	queues []waiting // by Queue-1
	bound  map[message.Target][]Queue
}

// waiting is what one queue holds: messages[head:taken] are out for delivery, messages[taken:] were never handed out.
type waiting struct {
	messages    []Delivery
	head, taken int
	bound       []message.Target
	open        bool
}

// Declare makes a durable queue (MS-70).
func (b *Broker) Declare() Queue {
	b.queues = append(b.queues, waiting{open: true})
	return Queue(len(b.queues))
}

// Delete forgets a queue, its bindings with what waits in it. Deleting twice is harmless.
func (b *Broker) Delete(q Queue) {
	w := b.at(q)
	if w == nil {
		return
	}
	for _, to := range w.bound {
		b.bound[to] = without(b.bound[to], q)
	}
	*w = waiting{}
}

// Bind makes a queue receive what is published to a target. Binding twice is binding once (MS-11: clients count).
func (b *Broker) Bind(q Queue, to message.Target) {
	w := b.at(q)
	if w == nil || index(w.bound, to) >= 0 {
		return
	}
	if b.bound == nil {
		b.bound = map[message.Target][]Queue{}
	}
	w.bound = append(w.bound, to)
	b.bound[to] = append(b.bound[to], q)
}

// Unbind ends a binding; an unknown one is harmless.
func (b *Broker) Unbind(q Queue, to message.Target) {
	w := b.at(q)
	if w == nil {
		return
	}
	i := index(w.bound, to)
	if i < 0 {
		return
	}
	w.bound = append(w.bound[:i], w.bound[i+1:]...)
	b.bound[to] = without(b.bound[to], q)
}

// Bound are the targets of a queue, in order of binding. The caller must not change the slice.
func (b *Broker) Bound(q Queue) []message.Target {
	if w := b.at(q); w != nil {
		return w.bound
	}
	return nil
}

// Publish appends a message to every queue bound to its target, in order of binding. It gives these queues: none means
// that the message was unroutable. The slice is valid until the next binding.
func (b *Broker) Publish(to message.Target, msg *message.Envelope) []Queue {
	routed := b.bound[to]
	for _, q := range routed {
		w := &b.queues[q-1]
		w.messages = append(w.messages, Delivery{Msg: msg})
	}
	return routed
}

// Take hands out the next message of a queue. It stays in the queue until Ack.
func (b *Broker) Take(q Queue) (Delivery, bool) {
	w := b.at(q)
	if w == nil || w.taken == len(w.messages) {
		return Delivery{}, false
	}
	d := w.messages[w.taken]
	w.taken++
	return d, true
}

// Ack removes the oldest message that is out.
func (b *Broker) Ack(q Queue) {
	w := b.at(q)
	if w == nil || w.head == w.taken {
		return
	}
	w.messages[w.head] = Delivery{}
	w.head++
	w.compact()
}

// Requeue puts everything that is out back in its place, marked (the consumer is gone before it acknowledged).
func (b *Broker) Requeue(q Queue) {
	w := b.at(q)
	if w == nil {
		return
	}
	for i := w.head; i < w.taken; i++ {
		w.messages[i].Again = true
	}
	w.taken = w.head
}

// Repeat appends a message that the queue had already: a publisher that missed its confirm sends again (MS-72).
func (b *Broker) Repeat(q Queue, msg *message.Envelope) {
	if w := b.at(q); w != nil {
		w.messages = append(w.messages, Delivery{Msg: msg, Again: true})
	}
}

// Ready is the number of messages that were not handed out.
func (b *Broker) Ready(q Queue) int {
	if w := b.at(q); w != nil {
		return len(w.messages) - w.taken
	}
	return 0
}

// Waiting gives the messages that were not handed out, in order.
func (b *Broker) Waiting(q Queue) iter.Seq[*message.Envelope] {
	return func(yield func(*message.Envelope) bool) {
		w := b.at(q)
		if w == nil {
			return
		}
		for _, d := range w.messages[w.taken:] {
			if !yield(d.Msg) {
				return
			}
		}
	}
}

// at finds an open queue.
func (b *Broker) at(q Queue) *waiting {
	if q < 1 || int(q) > len(b.queues) || !b.queues[q-1].open {
		return nil
	}
	return &b.queues[q-1]
}

// compact gives the room of acknowledged messages back, often enough to be cheap, rarely enough to be linear.
func (w *waiting) compact() {
	if w.head == len(w.messages) {
		w.messages, w.head, w.taken = w.messages[:0], 0, 0
		return
	}
	if w.head < 64 || w.head*2 < len(w.messages) {
		return
	}
	n := copy(w.messages, w.messages[w.head:])
	clear(w.messages[n:])
	w.messages, w.taken, w.head = w.messages[:n], w.taken-w.head, 0
}

func index(list []message.Target, to message.Target) int {
	for i := range list {
		if list[i] == to {
			return i
		}
	}
	return -1
}

// without gives a new list: an older one may still be read.
func without(list []Queue, q Queue) []Queue {
	kept := make([]Queue, 0, len(list))
	for _, other := range list {
		if other != q {
			kept = append(kept, other)
		}
	}
	return kept
}
