package broker

import (
	"github.com/roboconf/workbench/runtime/broker/wire"
)

// atFirst is how much memory a body has before it is there: a size that is only announced costs nothing more.
const atFirst = 64 << 10

func (ch *channel) beginPublish(m *wire.BasicPublish) error {
	if m.Immediate {
		return wire.Errorf(wire.NotImplemented, "immediate=true")
	}
	ch.conn.mayPublish()
	ch.publish = *m
	ch.method = &ch.publish
	ch.headed = false
	return nil
}

// content handles a header or a part of a body. ch is nil when there is no such channel.
func (ch *channel) content(c *conn, f wire.Frame) error {
	if ch == nil {
		return wire.Errorf(wire.ChannelError, "content on channel %d, which is not open", f.Channel)
	}
	if ch.closing {
		return nil
	}
	var err error
	switch {
	case ch.method == nil:
		return wire.Errorf(wire.UnexpectedFrame, "expected a method, got content")
	case f.Type == wire.FrameHeader && !ch.headed:
		err = ch.header(f.Payload)
	case f.Type == wire.FrameBody && ch.headed:
		err = ch.part(f.Payload)
	default:
		return wire.Errorf(wire.UnexpectedFrame, "a frame of type %d out of order in content", f.Type)
	}
	if err == nil && ch.headed && uint64(len(ch.body)) == ch.size {
		m := ch.method
		ch.method = nil
		err = ch.received(m)
	}
	return ch.finish((&wire.BasicPublish{}).ID(), err)
}

func (ch *channel) header(payload []byte) error {
	class, size, props, err := wire.SplitHeader(payload)
	if err != nil {
		return err
	}
	if class != wire.ClassBasic {
		return wire.Errorf(wire.UnexpectedFrame, "expected content header for class 60, got one for class %d instead", class)
	}
	if limit := ch.conn.b.cfg.MaxBody; size > uint64(limit) {
		return wire.Errorf(wire.PreconditionFailed, "message size %d is larger than configured max size %d", size, limit)
	}
	// One piece of memory for small messages.
	room := make([]byte, len(props)+int(min(size, atFirst)))
	copy(room, props)
	ch.headed, ch.size = true, size
	ch.props = room[:len(props):len(props)]
	ch.body = room[len(props):len(props)]
	return nil
}

func (ch *channel) part(payload []byte) error {
	if uint64(len(ch.body)+len(payload)) > ch.size {
		return wire.Errorf(wire.UnexpectedFrame, "a body is longer than the %d bytes that were announced", ch.size)
	}
	ch.body = append(ch.body, payload...)
	return nil
}

// received handles a message that is whole.
func (ch *channel) received(m *wire.BasicPublish) error {
	c, b := ch.conn, ch.conn.b
	msg, err := newMessage(m.Exchange, m.RoutingKey, ch.props, ch.body)
	ch.props, ch.body = nil, nil
	if err != nil {
		return err
	}
	b.do(func(now int64) { err = ch.route(msg, m.Mandatory, now) })
	if b.disk != nil {
		c.awaitDisk()
	}
	return err
}

// route puts a message into its queues. It is called under the broker's lock.
func (ch *channel) route(msg *message, mandatory bool, now int64) error {
	c, b := ch.conn, ch.conn.b
	x := b.router.Exchange(msg.exchange)
	if err := c.may(write, "exchange", msg.exchange); err != nil {
		return err
	}
	if x == nil {
		return wire.Errorf(wire.NotFound, "no exchange '%s' in vhost '/'", msg.exchange)
	}
	if x.Settings.Internal {
		return wire.Errorf(wire.AccessRefused, "cannot publish to internal exchange '%s' in vhost '/'", x.Name)
	}
	if err := c.isUser(msg.props); err != nil {
		return err
	}
	msg.exchange = x.Name // the same text for all
	c.targets = c.targets[:0]
	for _, name := range b.router.Route(x, msg.key, msg.headers) {
		if q := b.queues[name]; q != nil {
			c.targets = append(c.targets, q)
		}
	}
	if len(c.targets) == 0 && mandatory {
		c.out.push(item{kind: itemReturn, channel: ch.number, msg: msg})
	}
	refused, batch := b.enqueue(msg, c.targets, now)
	clear(c.targets)
	if ch.confirms {
		ch.owe(batch, refused)
	}
	return nil
}

// isUser checks the property user-id: it says who published, so it must be true.
func (c *conn) isUser(props []byte) error {
	d, err := wire.Scan(props)
	if err != nil || d.HasUserID && string(d.UserID) != c.userName {
		return wire.Errorf(wire.PreconditionFailed, "user_id property set to '%s' but authenticated user was '%s'", d.UserID, c.userName)
	}
	return nil
}

func (ch *channel) confirmSelect(m *wire.ConfirmSelect) error {
	ch.conn.b.do(func(int64) { ch.confirms = true })
	if !m.NoWait {
		ch.conn.send(ch.number, &wire.ConfirmSelectOk{})
	}
	return nil
}

// owe notes a publication that is to be confirmed. It is called under the broker's lock.
func (ch *channel) owe(batch uint64, refused bool) {
	b := ch.conn.b
	ch.published++
	if last := len(ch.owed) - 1; last >= 0 && ch.owed[last].refused == refused && ch.owed[last].batch >= batch {
		ch.owed[last].upTo = ch.published
	} else {
		ch.owed = append(ch.owed, owed{ch.published, batch, refused})
	}
	if batch != 0 {
		b.disk.confirmLater(batch, ch)
	}
	// The rest waits until there is nothing more to read: many publications have one confirm.
	if !ch.dirty {
		ch.dirty = true
		ch.conn.published = append(ch.conn.published, ch)
	}
}

// sendConfirms confirms what is safe, in order. It is called under the broker's lock.
func (ch *channel) sendConfirms() {
	n := 0
	for n < len(ch.owed) && (ch.owed[n].batch == 0 || ch.conn.b.disk.log.Safe(ch.owed[n].batch)) {
		n++
	}
	for i := 0; i < n; i++ {
		o := ch.owed[i]
		if i+1 < n && ch.owed[i+1].refused == o.refused {
			continue
		}
		it := item{kind: itemAck, channel: ch.number, tag: o.upTo, again: true}
		if o.refused {
			it.kind = itemNack
		}
		ch.conn.out.push(it)
	}
	ch.owed = ch.owed[:copy(ch.owed, ch.owed[n:])]
}
