package broker

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/broker/record"
	"github.com/roboconf/workbench/runtime/broker/route"
	"github.com/roboconf/workbench/runtime/broker/wire"
)

// binding is what a client asks to bind, or to unbind.
type binding struct {
	source, destination string
	toExchange          bool
	key                 string
	arguments           wire.Table
}

func predeclared(name string) bool {
	return slices.ContainsFunc(route.Predeclared(), func(x route.Exchange) bool { return x.Name == name })
}

// change makes a change of lasting things under the lock, waits until it is on disk, then answers.
func (ch *channel) change(answer wire.Method, do func(now int64) (batch uint64, err error)) error {
	var batch uint64
	var err error
	ch.conn.b.do(func(now int64) { batch, err = do(now) })
	if err != nil {
		return err
	}
	if err := ch.conn.b.wait(ch.conn.ctx, batch); err != nil {
		if ch.conn.closing.Load() {
			return nil // told already
		}
		return err
	}
	if answer != nil {
		ch.conn.send(ch.number, answer)
	}
	return nil
}

// unless gives the answer when it is wanted.
func unless(noWait bool, answer wire.Method) wire.Method {
	if noWait {
		return nil
	}
	return answer
}

func (ch *channel) exchangeDeclare(m *wire.ExchangeDeclare) error {
	return ch.change(unless(m.NoWait, &wire.ExchangeDeclareOk{}), func(int64) (uint64, error) {
		b := ch.conn.b
		x := b.router.Exchange(m.Exchange)
		if m.Passive {
			if x == nil {
				return 0, wire.Errorf(wire.NotFound, "no exchange '%s' in vhost '/'", m.Exchange)
			}
			return 0, nil
		}
		if m.Exchange == "" {
			return 0, wire.Errorf(wire.AccessRefused, "operation not permitted on the default exchange")
		}
		s, err := ch.exchangeSettings(m)
		if err != nil {
			return 0, err
		}
		if x != nil {
			return 0, sameExchange(x, s)
		}
		if strings.HasPrefix(m.Exchange, "amq.") {
			return 0, wire.Errorf(wire.AccessRefused, "exchange name '%s' contains reserved prefix 'amq.*'", m.Exchange)
		}
		x = b.router.Declare(m.Exchange, s)
		if !s.Durable || b.disk == nil {
			return 0, nil
		}
		return b.disk.define(exchangeRecord(x)), nil
	})
}

// exchangeSettings reads a declaration, with the rights that it needs.
func (ch *channel) exchangeSettings(m *wire.ExchangeDeclare) (route.Settings, error) {
	s := route.Settings{Kind: m.Type, Durable: m.Durable, AutoDelete: m.AutoDelete, Internal: m.Internal}
	if !route.Known(m.Type) {
		return s, wire.Errorf(wire.CommandInvalid, "unknown exchange type '%s'", m.Type)
	}
	if err := ch.conn.may(configure, "exchange", m.Exchange); err != nil {
		return s, err
	}
	for _, f := range m.Arguments {
		alternate, ok := f.Value.(string)
		if f.Name != "alternate-exchange" || !ok {
			return s, wire.Errorf(wire.PreconditionFailed, "invalid arg '%s' for exchange '%s' in vhost '/': %v: this broker knows alternate-exchange, a name", f.Name, m.Exchange, f.Value)
		}
		if err := ch.conn.may(read, "exchange", m.Exchange); err != nil {
			return s, err
		}
		if err := ch.conn.may(write, "exchange", alternate); err != nil {
			return s, err
		}
		s.Alternate = alternate
	}
	return s, nil
}

// sameExchange says why an exchange cannot be declared so again; nil when it can.
func sameExchange(x *route.Exchange, s route.Settings) error {
	have := x.Settings
	for _, d := range []struct {
		name       string
		want, have any
	}{
		{"type", s.Kind, have.Kind},
		{"durable", s.Durable, have.Durable},
		{"auto_delete", s.AutoDelete, have.AutoDelete},
		{"internal", s.Internal, have.Internal},
		{"alternate-exchange", s.Alternate, have.Alternate},
	} {
		if d.want != d.have {
			return wire.Errorf(wire.PreconditionFailed, "inequivalent arg '%s' for exchange '%s' in vhost '/': received '%v' but current is '%v'", d.name, x.Name, d.want, d.have)
		}
	}
	return nil
}

func (ch *channel) exchangeDelete(m *wire.ExchangeDelete) error {
	return ch.change(unless(m.NoWait, &wire.ExchangeDeleteOk{}), func(int64) (uint64, error) {
		b := ch.conn.b
		if m.Exchange == "" {
			return 0, wire.Errorf(wire.AccessRefused, "operation not permitted on the default exchange")
		}
		if predeclared(m.Exchange) {
			return 0, wire.Errorf(wire.AccessRefused, "exchange name '%s' contains reserved prefix 'amq.*'", m.Exchange)
		}
		if err := ch.conn.may(configure, "exchange", m.Exchange); err != nil {
			return 0, err
		}
		x := b.router.Exchange(m.Exchange)
		switch {
		case x == nil:
			return 0, nil
		case m.IfUnused && !x.Unused():
			return 0, wire.Errorf(wire.PreconditionFailed, "exchange '%s' in vhost '/' in use", m.Exchange)
		}
		return b.exchangesGone(b.router.Delete(m.Exchange)), nil
	})
}

// exchangesGone writes down that exchanges are not there any more.
func (b *Broker) exchangesGone(gone []*route.Exchange) (batch uint64) {
	for _, x := range gone {
		if x.Settings.Durable && b.disk != nil {
			batch = b.disk.define(record.ExchangeGone{Name: x.Name})
		}
	}
	return batch
}

// ends checks the two ends of a binding; missing says which of them has to be there.
func (ch *channel) ends(to *binding, needed bool) (found bool, err error) {
	b := ch.conn.b
	what, there := "queue", false
	if to.toExchange {
		what, there = "exchange", b.router.Exchange(to.destination) != nil
	} else {
		name, err := ch.named(to.destination)
		if err != nil {
			return false, err
		}
		if to.destination == "" && to.key == "" {
			to.key = name
		}
		to.destination = name
		there = b.queues[name] != nil
	}
	if to.source == "" || to.toExchange && to.destination == "" {
		return false, wire.Errorf(wire.AccessRefused, "operation not permitted on the default exchange")
	}
	if err := ch.conn.may(write, what, to.destination); err != nil {
		return false, err
	}
	if err := ch.conn.may(read, "exchange", to.source); err != nil {
		return false, err
	}
	if there && !to.toExchange {
		if err := ch.mayUse(b.queues[to.destination]); err != nil {
			return false, err
		}
	}
	if !there && needed {
		return false, wire.Errorf(wire.NotFound, "no %s '%s' in vhost '/'", what, to.destination)
	}
	source := b.router.Exchange(to.source)
	if source == nil && needed {
		return false, wire.Errorf(wire.NotFound, "no exchange '%s' in vhost '/'", to.source)
	}
	if needed && source.Settings.Kind == route.Headers {
		if err := route.ValidHeaders(to.arguments); err != nil {
			return false, err
		}
	}
	return there && source != nil, nil
}

func (to binding) routed() route.Binding {
	return route.Binding{Source: to.source, Destination: to.destination, ToExchange: to.toExchange, Key: to.key, Arguments: to.arguments}
}

func (ch *channel) bind(to binding, noWait bool, answer wire.Method) error {
	return ch.change(unless(noWait, answer), func(int64) (uint64, error) {
		b := ch.conn.b
		if _, err := ch.ends(&to, true); err != nil {
			return 0, err
		}
		if !b.router.Bind(to.routed()) || b.disk == nil || !b.lasting(to.routed()) {
			return 0, nil
		}
		return b.disk.define(bindingRecord(to.routed(), false)), nil
	})
}

func (ch *channel) unbind(to binding, noWait bool, answer wire.Method) error {
	return ch.change(unless(noWait, answer), func(int64) (batch uint64, err error) {
		b := ch.conn.b
		found, err := ch.ends(&to, false)
		if err != nil || !found {
			return 0, err
		}
		lasting := b.disk != nil && b.lasting(to.routed())
		was, gone := b.router.Unbind(to.routed())
		if was && lasting {
			batch = b.disk.define(bindingRecord(to.routed(), true))
		}
		return max(batch, b.exchangesGone(gone)), nil
	})
}

func (ch *channel) queueDeclare(m *wire.QueueDeclare) error {
	answer := &wire.QueueDeclareOk{}
	return ch.change(unless(m.NoWait, answer), func(int64) (batch uint64, err error) {
		b := ch.conn.b
		if m.Queue == "" && !m.Passive {
			m.Queue = generated()
		}
		q := b.queues[m.Queue]
		if m.Passive {
			var name string
			if name, err = ch.named(m.Queue); err == nil {
				q, err = ch.find(name)
			}
		} else {
			q, batch, err = ch.declare(m, q)
		}
		if err != nil {
			return 0, err
		}
		b.useNow(q)
		ch.queue = q.name
		*answer = wire.QueueDeclareOk{Queue: q.name, MessageCount: uint32(q.ready.Len()), ConsumerCount: uint32(len(q.ready.Consumers()))}
		return batch, nil
	})
}

// declare makes a queue, or sees that the one that is there was declared alike.
func (ch *channel) declare(m *wire.QueueDeclare, q *mailbox) (*mailbox, uint64, error) {
	b := ch.conn.b
	if err := ch.conn.may(configure, "queue", m.Queue); err != nil {
		return nil, 0, err
	}
	d, err := newDeclaration(m.Arguments)
	if err != nil {
		return nil, 0, err
	}
	d.durable, d.exclusive, d.autoDelete = m.Durable, m.Exclusive, m.AutoDelete
	if q != nil {
		if err := ch.mayUse(q); err != nil {
			return nil, 0, err
		}
		if d.exclusive != q.decl.exclusive {
			return nil, 0, wire.Errorf(wire.PreconditionFailed, "inequivalent arg 'exclusive' for queue '%s' in vhost '/': received '%t' but current is '%t'", q.name, d.exclusive, q.decl.exclusive)
		}
		return q, 0, q.sameAs(d)
	}
	if err := ch.mayDeclare(m, d); err != nil {
		return nil, 0, err
	}
	b.numbers++
	q = newMailbox(m.Queue, b.numbers, d)
	b.queues[q.name] = q
	if d.exclusive {
		q.owner = ch.conn
		ch.conn.exclusives[q] = struct{}{}
	}
	if q.kept = d.durable && !d.exclusive && b.disk != nil; q.kept {
		return q, b.disk.define(q.record()), nil
	}
	return q, 0, nil
}

func (ch *channel) mayDeclare(m *wire.QueueDeclare, d declaration) error {
	if strings.HasPrefix(m.Queue, "amq.") && !strings.HasPrefix(m.Queue, "amq.gen-") {
		return wire.Errorf(wire.AccessRefused, "queue name '%s' contains reserved prefix 'amq.*'", m.Queue)
	}
	if d.quorum && (!d.durable || d.exclusive || d.autoDelete) {
		return wire.Errorf(wire.PreconditionFailed, "invalid property for queue '%s' in vhost '/': a queue of the type quorum is durable, neither exclusive nor auto-delete", m.Queue)
	}
	if d.deadTo == nil {
		return nil
	}
	if err := ch.conn.may(read, "queue", m.Queue); err != nil {
		return err
	}
	return ch.conn.may(write, "exchange", *d.deadTo)
}

func (b *Broker) useNow(q *mailbox) {
	if q.decl.expires >= 0 {
		q.used = time.Now().UnixNano()
		b.touch(q)
	}
}

func (ch *channel) queuePurge(m *wire.QueuePurge) error {
	answer := &wire.QueuePurgeOk{}
	return ch.change(unless(m.NoWait, answer), func(int64) (uint64, error) {
		q, err := ch.findTo(read, m.Queue)
		if err != nil {
			return 0, err
		}
		for e := q.ready.Pop(); e != nil; e = q.ready.Pop() {
			answer.MessageCount++
			ch.conn.b.release(q, e)
		}
		return 0, nil
	})
}

func (ch *channel) queueDelete(m *wire.QueueDelete) error {
	answer := &wire.QueueDeleteOk{}
	return ch.change(unless(m.NoWait, answer), func(int64) (uint64, error) {
		b := ch.conn.b
		name, err := ch.named(m.Queue)
		if err != nil {
			return 0, err
		}
		if err := ch.conn.may(configure, "queue", name); err != nil {
			return 0, err
		}
		q := b.queues[name]
		if q == nil {
			return 0, nil // it is as it should be
		}
		if err := ch.mayUse(q); err != nil {
			return 0, err
		}
		if m.IfUnused && len(q.ready.Consumers()) > 0 {
			return 0, wire.Errorf(wire.PreconditionFailed, "queue '%s' in vhost '/' in use", q.name)
		}
		if m.IfEmpty && q.ready.Len() > 0 {
			return 0, wire.Errorf(wire.PreconditionFailed, "queue '%s' in vhost '/' not empty", q.name)
		}
		answer.MessageCount = uint32(q.ready.Len())
		return b.deleteQueue(q), nil
	})
}

// deleteQueue ends a queue, with everything in it. What is out may still be acknowledged; it comes back to nobody.
func (b *Broker) deleteQueue(q *mailbox) (batch uint64) {
	if q.gone {
		return 0
	}
	q.gone = true
	delete(b.queues, q.name)
	if q.owner != nil {
		delete(q.owner.exclusives, q)
	}
	gone := b.router.Drop(q.name, false)
	for e := q.ready.Pop(); e != nil; e = q.ready.Pop() {
		b.letGo(q, e)
	}
	b.tellGone(q)
	if q.kept {
		batch = b.disk.define(record.QueueGone{Number: q.number})
	}
	return max(batch, b.exchangesGone(gone))
}

// safe waits until a batch is on disk, or the broker is closed.
func (b *Broker) safe(batch uint64) error { return b.wait(context.Background(), batch) }
