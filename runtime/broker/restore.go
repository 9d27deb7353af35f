package broker

import (
	"maps"
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/broker/record"
	"github.com/roboconf/workbench/runtime/broker/route"
)

// restoring makes a broker of what its journal says.
type restoring struct {
	b        *Broker
	byNumber map[uint64]*mailbox
	places   map[uint64]map[uint64]*entry // by queue, by place
}

func (r *restoring) apply(segment uint64, rec any, size int) {
	switch rec := rec.(type) {
	case record.User:
		r.user(rec)
	case record.UserGone:
		delete(r.b.users, rec.Name)
	case record.Exchange:
		r.b.router.Declare(rec.Name, route.Settings{Kind: rec.Kind, Durable: true, AutoDelete: rec.AutoDelete, Internal: rec.Internal, Alternate: rec.Alternate})
	case record.ExchangeGone:
		r.b.router.Delete(rec.Name)
	case record.Queue:
		r.queue(rec)
	case record.QueueGone:
		r.queueGone(rec.Number)
	case record.Binding:
		r.binding(rec)
	case *record.Message:
		r.message(segment, rec, size)
	case record.Removed:
		r.removed(rec.Queue, rec.Pos)
	case record.Delivered:
		if e := r.places[rec.Queue][rec.Pos]; e != nil {
			e.Delivered = true
		}
	case record.Returned:
		if e := r.places[rec.Queue][rec.Pos]; e != nil {
			e.Delivered, e.Returns = true, rec.Returns
		}
	}
}

func (r *restoring) user(rec record.User) {
	a := &account{name: rec.Name, salt: rec.Salt, hash: rec.Hash, text: [3]string{rec.Configure, rec.Write, rec.Read}, kept: true}
	if err := a.compile(); err != nil {
		r.b.log.Error("a user on disk is left out", "err", err)
		return
	}
	r.b.users[rec.Name] = a
}

func (r *restoring) queue(rec record.Queue) {
	r.b.numbers = max(r.b.numbers, rec.Number)
	if r.byNumber[rec.Number] != nil {
		return
	}
	decl, err := newDeclaration(rec.Arguments)
	if err != nil {
		r.b.log.Error("a queue on disk is left out", "queue", rec.Name, "err", err)
		return
	}
	decl.durable, decl.autoDelete = true, rec.AutoDelete
	q := newMailbox(rec.Name, rec.Number, decl)
	q.kept = true
	r.byNumber[rec.Number] = q
	r.b.queues[rec.Name] = q
	r.places[rec.Number] = map[uint64]*entry{}
}

func (r *restoring) queueGone(number uint64) {
	q := r.byNumber[number]
	if q == nil {
		return
	}
	for pos := range r.places[number] {
		r.removed(number, pos)
	}
	delete(r.byNumber, number)
	delete(r.places, number)
	if r.b.queues[q.name] == q {
		delete(r.b.queues, q.name)
		r.b.router.Drop(q.name, false)
	}
}

func (r *restoring) binding(rec record.Binding) {
	to := route.Binding{Source: rec.Source, Destination: rec.Destination, Key: rec.Key, ToExchange: rec.ToExchange, Arguments: rec.Arguments}
	if rec.Gone {
		r.b.router.Unbind(to)
	} else {
		r.b.router.Bind(to)
	}
}

// message restores what is not there yet: a message may have been written again.
func (r *restoring) message(segment uint64, rec *record.Message, size int) {
	m, err := newMessage(rec.Exchange, rec.Key, rec.Properties, slices.Clone(rec.Body))
	if err != nil {
		r.b.log.Error("a message on disk is left out", "exchange", rec.Exchange, "key", rec.Key, "err", err)
		return
	}
	m.props = slices.Clone(m.props)
	for _, f := range rec.Refs {
		q, places := r.byNumber[f.Queue], r.places[f.Queue]
		if q == nil {
			continue
		}
		if old := places[f.Pos]; old != nil {
			// It was written again: it counts where it stands last.
			r.move(old.Msg, segment, size)
			continue
		}
		e := &entry{Msg: m, Pos: f.Pos, Size: int64(len(m.body)), Expires: f.Expires, Returns: f.Returns, Delivered: f.Delivered}
		places[f.Pos] = e
		q.ready.Reserve(f.Pos)
		r.b.hold(m)
		m.places = append(m.places, place{q, e})
	}
	if len(m.places) > 0 {
		r.b.disk.add(m, segment, size)
	}
}

func (r *restoring) move(m *message, segment uint64, size int) {
	if m.segment != segment {
		r.b.disk.drop(m)
		r.b.disk.add(m, segment, size)
	}
}

func (r *restoring) removed(number, pos uint64) {
	q := r.byNumber[number]
	if q == nil {
		return
	}
	q.ready.Reserve(pos)
	if e := r.places[number][pos]; e != nil {
		delete(r.places[number], pos)
		r.b.letGo(q, e)
	}
}

// finish puts the messages into their queues, in order.
func (r *restoring) finish() {
	now := time.Now().UnixNano()
	for number, places := range r.places {
		q := r.byNumber[number]
		for _, pos := range slices.Sorted(maps.Keys(places)) {
			q.ready.Restore(places[pos])
		}
		q.used = now
		r.b.touch(q)
	}
	r.b.settle(now)
}
