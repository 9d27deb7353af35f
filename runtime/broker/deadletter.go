package broker

import (
	"github.com/roboconf/workbench/runtime/broker/wire"
)

// Why a message ended in a queue, in the words of the x-death header.
const (
	rejected         = "rejected"
	expired          = "expired"
	tooLong          = "maxlen"
	returnedTooOften = "delivery_limit"
)

// bury ends a message that is out of its queue already: it goes to the dead letters, if the queue has somewhere for them.
func (b *Broker) bury(q *mailbox, e *entry, reason string, now int64) {
	// The copy is written before the original is ended: a crash between both leaves two, never none.
	b.deadLetter(q, e, reason, now)
	b.release(q, e)
}

func (b *Broker) deadLetter(q *mailbox, e *entry, reason string, now int64) {
	if q.decl.deadTo == nil {
		return
	}
	x := b.router.Exchange(*q.decl.deadTo)
	if x == nil {
		return
	}
	props, err := wire.DecodeProperties(e.Msg.props)
	if err != nil {
		return
	}
	key := e.Msg.key
	if q.decl.deadKey != nil {
		key = *q.decl.deadKey
	}
	props = died(props, q.name, e.Msg, reason, now)
	m := &message{exchange: x.Name, key: key, props: props.Append(nil), body: e.Msg.body, persistent: e.Msg.persistent, ttl: -1}
	deaths, _ := props.Headers.Find("x-death")
	var to []*mailbox
	for _, name := range b.router.Route(x, key, func() wire.Table { return props.Headers }) {
		target := b.queues[name]
		if target == nil || reason != rejected && circles(name, deaths) {
			continue
		}
		to = append(to, target)
	}
	b.enqueue(m, to, now)
}

// died gives the properties of a message that ended in a queue, as RabbitMQ writes them.
func died(p wire.Properties, queue string, m *message, reason string, now int64) wire.Properties {
	deaths, _ := p.Headers.Find("x-death")
	list, _ := deaths.([]any)
	death := wire.Table{
		{Name: "count", Value: int64(1)},
		{Name: "reason", Value: reason},
		{Name: "queue", Value: queue},
		{Name: "time", Value: wire.Timestamp(now / 1e9)},
		{Name: "exchange", Value: m.exchange},
		{Name: "routing-keys", Value: []any{m.key}},
	}
	if p.Expiration != "" {
		death = append(death, wire.Field{Name: "original-expiration", Value: p.Expiration})
		p = p.WithoutExpiration()
	}
	rest := make([]any, 0, len(list)+1)
	rest = append(rest, nil)
	for _, d := range list {
		old, ok := d.(wire.Table)
		if ok && is(old, "queue", queue) && is(old, "reason", reason) {
			n, _ := old.Find("count")
			times, _ := wire.Int(n)
			death = old.With("count", times+1)
			continue
		}
		rest = append(rest, d)
	}
	rest[0] = death
	p.Headers = p.Headers.With("x-death", rest)
	if len(list) == 0 {
		for _, f := range []wire.Field{{Name: "x-first-death-exchange", Value: m.exchange}, {Name: "x-first-death-queue", Value: queue}, {Name: "x-first-death-reason", Value: reason}} {
			if _, there := p.Headers.Find(f.Name); !there {
				p.Headers = append(p.Headers, f)
			}
		}
	}
	return p
}

func is(t wire.Table, name, want string) bool {
	v, _ := t.Find(name)
	return v == want
}

// circles says whether a message was in a queue before, and nobody refused it since: it would go round for ever.
func circles(queue string, deaths any) bool {
	list, _ := deaths.([]any)
	for _, d := range list {
		t, ok := d.(wire.Table)
		if !ok || is(t, "reason", rejected) {
			return false
		}
		if is(t, "queue", queue) {
			return true
		}
	}
	return false
}
