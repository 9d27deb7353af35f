package broker

import (
	"time"

	"github.com/roboconf/workbench/runtime/broker/record"
	"github.com/roboconf/workbench/runtime/broker/wire"
)

// All methods of this file are called under the broker's lock.

// do runs a change of the state under the lock, then lets its consequences happen.
func (b *Broker) do(change func(now int64)) {
	now := time.Now().UnixNano()
	b.mu.Lock()
	change(now)
	b.settle(now)
	b.mu.Unlock()
}

// touch marks a queue: something that may let it deliver, expire, overflow has happened.
func (b *Broker) touch(q *mailbox) {
	if !q.touched && !q.gone {
		q.touched = true
		b.touched = append(b.touched, q)
	}
}

// settle looks at all queues that were touched, until nothing moves. It ends: a message that goes in a circle by itself is dropped
// when it comes to a queue again.
func (b *Broker) settle(now int64) {
	for i := 0; i < len(b.touched); i++ {
		q := b.touched[i]
		q.touched = false
		b.pump(q, now)
	}
	b.touched = b.touched[:0]
	b.weigh()
}

// pump hands out what can be handed out, then takes out what may not stay.
func (b *Broker) pump(q *mailbox, now int64) {
	for !q.gone {
		// What expires just now may still be handed out: a TTL of zero means at once or never.
		if e := q.ready.Expired(now - 1); e != nil {
			b.bury(q, e, expired, now)
			continue
		}
		e, c, ok := q.ready.Next()
		if !ok {
			break
		}
		b.deliver(q, e, c)
	}
	for e := q.ready.Overflow(); e != nil; e = q.ready.Overflow() {
		b.bury(q, e, tooLong, now)
	}
	for e := q.ready.Expired(now); e != nil; e = q.ready.Expired(now) {
		b.bury(q, e, expired, now)
	}
	b.setAlarm(q)
}

// deliver hands a message to a consumer.
func (b *Broker) deliver(q *mailbox, e *entry, c *consumer) {
	ch := c.channel
	ch.lastTag++
	it := item{kind: itemDeliver, channel: ch.number, consumer: c.tag, tag: ch.lastTag, again: e.Delivered, msg: e.Msg, props: q.counted(e)}
	if ch.conn.out.push(it) {
		ch.conn.paused = true
	}
	if c.noAck {
		b.release(q, e)
		return
	}
	c.out++
	b.lend(ch, held{tag: ch.lastTag, queue: q, entry: e, consumer: c})
}

// lend notes that a message is out until it is acknowledged.
func (b *Broker) lend(ch *channel, h held) {
	q, e := h.queue, h.entry
	q.unacked++
	q.unackedBytes += e.Size
	ch.lent.push(h)
	if h.consumer != nil {
		ch.out++
	}
	if !e.Delivered {
		e.Delivered = true
		if q.writes(e) {
			b.disk.delivered(q, e)
		}
	}
}

// takeBack ends what lend began. The message is nowhere then.
func (b *Broker) takeBack(ch *channel, h held) {
	q := h.queue
	q.unacked--
	q.unackedBytes -= h.entry.Size
	if h.consumer != nil {
		h.consumer.out--
		ch.out--
	}
	b.touch(q)
	if ch.prefetch > 0 { // others of the channel waited, too
		for _, c := range ch.consumers {
			b.touch(c.queue)
		}
	}
}

// counted gives the properties of a message that came back in a queue that counts that; nil when they are as they were.
func (q *mailbox) counted(e *entry) []byte {
	if !q.decl.quorum || e.Returns == 0 {
		return nil
	}
	p, err := wire.DecodeProperties(e.Msg.props)
	if err != nil {
		return nil
	}
	p.Headers = p.Headers.With("x-delivery-count", int64(e.Returns))
	return p.Append(nil)
}

// writes says whether a message stands on disk for a queue.
func (q *mailbox) writes(e *entry) bool { return q.kept && (e.Msg.persistent || q.decl.quorum) }

// enqueue puts a message into queues. refused says that one of them did not take it; batch is what a confirm waits for, 0 for nothing.
func (b *Broker) enqueue(m *message, queues []*mailbox, now int64) (refused bool, batch uint64) {
	var refs []record.Ref
	for _, q := range queues {
		if q.ready.Full() {
			refused = true
			if q.decl.rejectDead {
				e := &entry{Msg: m, Size: int64(len(m.body))}
				b.deadLetter(q, e, tooLong, now)
			}
			continue
		}
		e := q.ready.Push(now, m, int64(len(m.body)), m.deadline(now))
		b.hold(m)
		if q.writes(e) {
			m.places = append(m.places, place{q, e})
			refs = append(refs, ref(q, e))
		}
		b.touch(q)
	}
	if refs != nil {
		batch = b.disk.message(m, refs)
	}
	return refused, batch
}

func (b *Broker) hold(m *message) {
	if m.refs++; m.refs == 1 {
		b.held += m.cost()
	}
}

// release ends a message in a queue: it was acknowledged, dropped, or went elsewhere.
func (b *Broker) release(q *mailbox, e *entry) {
	if q.writes(e) && !q.gone {
		b.disk.removed(q, e)
	}
	b.letGo(q, e)
}

// letGo does the same for a queue that the disk knows to be without the message.
func (b *Broker) letGo(q *mailbox, e *entry) {
	m := e.Msg
	for i, p := range m.places {
		if p.entry == e {
			m.places[i] = m.places[len(m.places)-1]
			m.places = m.places[:len(m.places)-1]
			if len(m.places) == 0 {
				b.disk.drop(m)
			}
			break
		}
	}
	if m.refs--; m.refs == 0 {
		b.held -= m.cost()
	}
}

// requeue gives a message back to its queue, for others.
func (b *Broker) requeue(ch *channel, h held, now int64) {
	b.takeBack(ch, h)
	q, e := h.queue, h.entry
	if q.gone {
		b.letGo(q, e)
		return
	}
	if !q.ready.Requeue(e) {
		b.bury(q, e, returnedTooOften, now)
		return
	}
	if q.writes(e) {
		b.disk.returned(q, e)
	}
}

// weigh blocks publishers, or lets them go on.
func (b *Broker) weigh() {
	reason := b.trouble
	switch {
	case reason != "":
	case b.held > b.cfg.MemoryLimit, b.blocked != "" && b.held > b.cfg.MemoryLimit/10*9:
		reason = "low on memory"
	}
	if (reason == "") == (b.blocked == "") {
		return
	}
	b.blocked = reason
	b.blocking.Store(reason != "")
	if reason == "" {
		b.log.Info("publishers go on", "bytes", b.held)
		close(b.unblocked)
		b.unblocked = make(chan struct{})
	} else {
		b.log.Warn("publishers wait", "reason", reason, "bytes", b.held, "limit", b.cfg.MemoryLimit)
	}
	for c := range b.conns {
		c.tellBlocked(reason)
	}
}
