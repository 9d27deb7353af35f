package broker

import (
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// outcome is what becomes of a message that was out.
type outcome uint8

const (
	ack outcome = iota
	again
	away
)

func fate(requeue bool) outcome {
	if requeue {
		return again
	}
	return away
}

// settleTags ends deliveries.
func (ch *channel) settleTags(tag uint64, multiple bool, what outcome) (err error) {
	b := ch.conn.b
	b.do(func(now int64) {
		if !multiple {
			h, ok := ch.lent.take(tag)
			if !ok {
				err = wire.Errorf(wire.PreconditionFailed, "unknown delivery tag %d", tag)
				return
			}
			ch.settleOne(h, what, now)
			return
		}
		if tag != 0 && (ch.lent.n == 0 || tag > ch.lastTag || ch.lent.list[ch.lent.head].tag > tag) {
			err = wire.Errorf(wire.PreconditionFailed, "unknown delivery tag %d", tag)
			return
		}
		all := ch.lent.upTo(tag)
		if what == again {
			slices.Reverse(all)
		}
		for _, h := range all {
			ch.settleOne(h, what, now)
		}
	})
	return err
}

func (ch *channel) settleOne(h held, what outcome, now int64) {
	b := ch.conn.b
	switch {
	case what == again:
		b.requeue(ch, h, now)
	case h.queue.gone:
		b.takeBack(ch, h)
		b.letGo(h.queue, h.entry)
	case what == away:
		b.takeBack(ch, h)
		b.bury(h.queue, h.entry, rejected, now)
	default:
		b.takeBack(ch, h)
		b.release(h.queue, h.entry)
	}
}

func (ch *channel) recoverAll(requeue, answer bool) error {
	if !requeue {
		return wire.Errorf(wire.NotImplemented, "requeue=false")
	}
	ch.conn.b.do(func(now int64) {
		for _, h := range slices.Backward(ch.lent.upTo(0)) {
			ch.conn.b.requeue(ch, h, now)
		}
	})
	if answer {
		ch.conn.send(ch.number, &wire.BasicRecoverOk{})
	}
	return nil
}

// qos limits what is out: of each consumer that comes, or with Global of the whole channel, as RabbitMQ understands it.
func (ch *channel) qos(m *wire.BasicQos) error {
	if m.PrefetchSize != 0 {
		return wire.Errorf(wire.NotImplemented, "prefetch_size!=0 (%d)", m.PrefetchSize)
	}
	ch.conn.b.do(func(int64) {
		if m.Global {
			ch.prefetch = m.PrefetchCount
			ch.touchAll()
		} else {
			ch.each = m.PrefetchCount
		}
	})
	ch.conn.send(ch.number, &wire.BasicQosOk{})
	return nil
}

func (ch *channel) get(m *wire.BasicGet) (err error) {
	b := ch.conn.b
	b.do(func(now int64) {
		var q *mailbox
		if q, err = ch.findTo(read, m.Queue); err != nil {
			return
		}
		b.useNow(q)
		b.pump(q, now) // what is expired is not given
		e := q.ready.Pop()
		if e == nil {
			ch.conn.send(ch.number, &wire.BasicGetEmpty{})
			return
		}
		ch.lastTag++
		ch.conn.out.push(item{
			kind: itemGet, channel: ch.number, tag: ch.lastTag, again: e.Delivered, msg: e.Msg, props: q.counted(e), count: uint32(q.ready.Len()),
		})
		if m.NoAck {
			b.release(q, e)
		} else {
			b.lend(ch, held{tag: ch.lastTag, queue: q, entry: e})
		}
		b.touch(q)
	})
	return err
}

func (ch *channel) consume(m *wire.BasicConsume) (err error) {
	b := ch.conn.b
	b.do(func(int64) {
		var q *mailbox
		if q, err = ch.findTo(read, m.Queue); err != nil {
			return
		}
		if m.ConsumerTag == "" {
			m.ConsumerTag = "amq.ctag-" + rand.Text()
		}
		var c *consumer
		if c, err = ch.newConsumer(m, q); err != nil {
			return
		}
		ch.consumers[c.tag] = c
		q.attended = true
		if m.Exclusive {
			q.only = c
		}
		if !m.NoWait {
			ch.conn.send(ch.number, &wire.BasicConsumeOk{ConsumerTag: c.tag})
		}
		q.ready.Join(c)
		b.touch(q)
	})
	return err
}

func (ch *channel) newConsumer(m *wire.BasicConsume, q *mailbox) (*consumer, error) {
	if ch.consumers[m.ConsumerTag] != nil {
		return nil, wire.Errorf(wire.NotAllowed, "attempt to reuse consumer tag '%s'", m.ConsumerTag)
	}
	if q.only != nil || m.Exclusive && len(q.ready.Consumers()) > 0 {
		return nil, wire.Errorf(wire.AccessRefused, "queue '%s' in vhost '/' in exclusive use", q.name)
	}
	c := &consumer{channel: ch, tag: m.ConsumerTag, queue: q, noAck: m.NoAck, prefetch: int(ch.each)}
	for _, f := range m.Arguments {
		n, ok := wire.Int(f.Value)
		if f.Name != "x-priority" || !ok {
			return nil, wire.Errorf(wire.PreconditionFailed, "invalid arg '%s' for consumer: %v: this broker knows x-priority, a number", f.Name, f.Value)
		}
		c.priority = int(n)
	}
	return c, nil
}

func (ch *channel) cancel(m *wire.BasicCancel) error {
	ch.conn.b.do(func(int64) {
		if c := ch.consumers[m.ConsumerTag]; c != nil {
			ch.drop(c)
		}
	})
	if !m.NoWait {
		ch.conn.send(ch.number, &wire.BasicCancelOk{ConsumerTag: m.ConsumerTag})
	}
	return nil
}

// findTo gives a queue for which the user has a permission. Whoever has none does not learn whether the queue is there.
func (ch *channel) findTo(p permission, name string) (*mailbox, error) {
	name, err := ch.named(name)
	if err != nil {
		return nil, err
	}
	if err := ch.conn.may(p, "queue", name); err != nil {
		return nil, err
	}
	return ch.find(name)
}

// named gives the name of the queue that is meant: an empty one is the queue declared last.
func (ch *channel) named(name string) (string, error) {
	if name == "" && ch.queue == "" {
		return "", wire.Errorf(wire.NotFound, "no previously declared queue")
	}
	if name == "" {
		return ch.queue, nil
	}
	return name, nil
}

// find gives a queue that this connection may use. It is called under the broker's lock.
func (ch *channel) find(name string) (*mailbox, error) {
	q := ch.conn.b.queues[name]
	if q == nil {
		return nil, wire.Errorf(wire.NotFound, "no queue '%s' in vhost '/'", name)
	}
	return q, ch.mayUse(q)
}

// mayUse refuses the exclusive queue of another connection.
func (ch *channel) mayUse(q *mailbox) error {
	if q.owner == nil || q.owner == ch.conn {
		return nil
	}
	return wire.Errorf(wire.ResourceLocked, "cannot obtain exclusive access to locked queue '%s' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.", q.name)
}

// tellGone tells the consumers of a queue that it is gone.
func (b *Broker) tellGone(q *mailbox) {
	for _, c := range slices.Clone(q.ready.Consumers()) {
		ch := c.channel
		delete(ch.consumers, c.tag)
		q.ready.Leave(c)
		if ch.conn.able.cancel && !ch.ended {
			ch.conn.send(ch.number, &wire.BasicCancel{ConsumerTag: c.tag, NoWait: true})
		}
	}
}

// generated makes the name of a queue that the client left open.
func generated() string { return fmt.Sprintf("amq.gen-%s", rand.Text()) }
