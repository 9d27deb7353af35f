package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/message"
)

var errAway = errors.New("the broker does not answer")

// Config of a client. Zero values are the defaults.
type Config struct {
	MaxBytes            int // of an envelope: 1 MiB (MS-50)
	Outbox, OutboxBytes int // 10,000 messages, 64 MiB (MS-72)
	Prefetch            int // 32, 256 for the manager (MS-74)
	Retry               time.Duration
	Conflict            time.Duration // until another consumer of the same queue is told; 3 s
	Pace                link.Pace
	Chance              func() float64
	Log                 *slog.Logger
}

// Client is a bus.Bus inside the process.
type Client = link.Client

// Open starts a client of the broker.
func (b *Broker) Open(cfg Config, id bus.Identity, l bus.Listener) (*Client, error) {
	if id.Domain == "" {
		id.Domain = "default"
	}
	if cfg.Prefetch <= 0 {
		cfg.Prefetch = 32
		if id.Manager() {
			cfg.Prefetch = 256
		}
	}
	if cfg.Conflict <= 0 {
		cfg.Conflict = 3 * time.Second
	}
	return link.Open(link.Config{
		Addresses: []string{"this process"}, Codec: message.Codec{MaxBytes: cfg.MaxBytes}, Outbox: cfg.Outbox, OutboxBytes: cfg.OutboxBytes,
		Retry: cfg.Retry, Pace: cfg.Pace, Chance: cfg.Chance, Log: cfg.Log,
	}, id, l, func(_ context.Context, _ string, ear link.Ear) (link.Line, error) { return b.dial(cfg, id, ear) })
}

// Opener gives Open as a bus.Opener.
func (b *Broker) Opener(cfg Config) bus.Opener {
	return func(id bus.Identity, l bus.Listener) (bus.Bus, error) { return b.Open(cfg, id, l) }
}

// line is one client's connection. Its goroutine hands over deliveries, confirms, returns: nothing happens on that of a publisher.
type line struct {
	b    *Broker
	cfg  Config
	id   bus.Identity
	ear  link.Ear
	gone chan struct{} // closed when the line is cut
	wake chan struct{}
	all  sync.WaitGroup

	// Guarded by the broker's lock.
	queue   *queue
	over    bool
	tag     uint64
	answers []answer
}

// answer is what the broker says of a publication.
type answer struct {
	tag      uint64
	taken    bool
	returned string // id, of a direct message without queue
}

func (b *Broker) dial(cfg Config, id bus.Identity, ear link.Ear) (link.Line, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away || b.faults.Cut != nil && b.faults.Cut(id) {
		return nil, errAway
	}
	l := &line{b: b, cfg: cfg, id: id, ear: ear, gone: make(chan struct{}), wake: make(chan struct{}, 1)}
	b.lines[l] = true
	return l, nil
}

// cut ends the line from outside. The broker's lock is held.
func (l *line) cut(err error) {
	if l.over {
		return
	}
	l.over = true
	l.b.leave(l)
	close(l.gone)
	l.ear.Lost(err)
}

func (l *line) wakeUp() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *line) place(to message.Target) place { return place{l.id.Domain, to} }

// Configure implements link.Line.
func (l *line) Configure(ctx context.Context, bound []message.Target, passive func(error)) error {
	l.b.mu.Lock()
	if l.over {
		l.b.mu.Unlock()
		return errAway
	}
	own := l.place(l.id.Own())
	q := l.b.queues[own]
	if q == nil {
		q = &queue{own: own, out: map[uint64]item{}}
		l.b.queues[own] = q
	}
	l.b.bind(q, own)
	for _, to := range bound {
		l.b.bind(q, l.place(to))
	}
	l.queue = q
	q.consumers = append(q.consumers, l)
	l.b.mu.Unlock()
	return l.alone(ctx, passive)
}

// alone waits until this line is the active consumer.
func (l *line) alone(ctx context.Context, passive func(error)) error {
	timer := time.NewTimer(l.cfg.Conflict)
	defer timer.Stop()
	for {
		l.b.mu.Lock()
		active := l.queue.consumers != nil && l.queue.consumers[0] == l
		l.b.mu.Unlock()
		if active {
			return nil
		}
		select {
		case <-l.wake:
		case <-l.gone:
			return errAway
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			passive(fmt.Errorf("%w: %s:%s: it gets the messages, this one gets nothing until that one ends: stop one of them",
				bus.ErrConflict, l.id.App, l.id.Scope))
		}
	}
}

// Serve implements link.Line.
func (l *line) Serve() {
	l.wakeUp()
	l.all.Go(func() {
		for {
			select {
			case <-l.gone:
				return
			case <-l.wake:
				l.move()
			}
		}
	})
}

// move hands over what there is. It runs on the line's goroutine, without the lock while the ear listens.
func (l *line) move() {
	for {
		l.b.mu.Lock()
		answers := l.answers
		l.answers = nil
		in, ok := l.take()
		l.b.mu.Unlock()
		for _, a := range answers {
			if a.returned != "" {
				l.ear.Returned(a.returned)
			}
			l.ear.Confirmed(a.tag, a.taken)
		}
		if ok {
			l.ear.Delivered(in)
		}
		if !ok && len(answers) == 0 {
			return
		}
	}
}

// take gives the next message of the queue. The lock is held.
func (l *line) take() (link.Incoming, bool) {
	q := l.queue
	if l.over || q == nil || len(q.consumers) == 0 || q.consumers[0] != l || len(q.out) >= l.cfg.Prefetch {
		return link.Incoming{}, false
	}
	for len(q.items) > 0 {
		m := q.items[0]
		q.items[0] = item{}
		q.items = q.items[1:]
		if !m.expires.IsZero() && time.Now().After(m.expires) {
			continue
		}
		q.last++
		n := q.last
		q.out[n] = m
		q.numbers = append(q.numbers, n)
		return link.Incoming{Body: m.body, Again: m.again, Ack: func() { l.ack(n) }}, true
	}
	return link.Incoming{}, false
}

// ack implements the Ack of a delivery: of a line that is over it means nothing.
func (l *line) ack(n uint64) {
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	if l.over {
		return
	}
	q := l.queue
	delete(q.out, n)
	for len(q.numbers) > 0 {
		if _, out := q.out[q.numbers[0]]; out {
			break
		}
		q.numbers = q.numbers[1:]
	}
	l.wakeUp()
}

// Publish implements link.Line.
func (l *line) Publish(p link.Publication) error {
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	if l.over {
		return errAway
	}
	l.tag++
	if p.Dead != nil {
		l.b.dead[l.id.Domain] = append(l.b.dead[l.id.Domain], Letter{p.Dead.Reason, p.Dead.Detail, p.Body})
		l.answer(answer{tag: l.tag, taken: true})
		return nil
	}
	var f Fault
	if l.b.faults.Of != nil {
		f = l.b.faults.Of(l.id, p.To, p.Msg.Body.Type())
	}
	routed := true
	if !f.Drop && !f.Refuse {
		routed = l.deliver(p, f)
	}
	if f.LoseConfirm {
		l.cut(errAway)
		return errAway
	}
	a := answer{tag: l.tag, taken: !f.Refuse}
	if !routed && p.To.Direct() {
		a.returned = p.Msg.ID
	}
	l.answer(a)
	return nil
}

// deliver routes a message as a fault wants it. The lock is held.
func (l *line) deliver(p link.Publication, f Fault) bool {
	m := item{body: p.Body}
	if p.Expires > 0 {
		m.expires = time.Now().Add(p.Expires)
	}
	to := l.place(p.To)
	if f.Delay > 0 {
		time.AfterFunc(f.Delay, func() {
			l.b.mu.Lock()
			defer l.b.mu.Unlock()
			l.b.route(to, m)
		})
		return true
	}
	if f.Twice {
		l.b.route(to, m)
	}
	return l.b.route(to, m)
}

func (l *line) answer(a answer) {
	l.answers = append(l.answers, a)
	l.wakeUp()
}

// Bind implements link.Line.
func (l *line) Bind(to []message.Target) error {
	return l.do(func() {
		for _, target := range to {
			l.b.bind(l.queue, l.place(target))
		}
	})
}

// Unbind implements link.Line.
func (l *line) Unbind(to message.Target) error {
	return l.do(func() { l.b.unbind(l.queue, l.place(to)) })
}

// do runs something under the lock of a line that is there.
func (l *line) do(f func()) error {
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	if l.over {
		return errAway
	}
	f()
	return nil
}

// DeleteAgent implements link.Line: its consumers lose their line.
func (l *line) DeleteAgent(_ context.Context, app, scope string) error {
	return l.do(func() {
		own := l.place(message.Agent(app, scope))
		q := l.b.queues[own]
		if q == nil {
			return
		}
		delete(l.b.queues, own)
		for _, to := range q.bound {
			l.b.unbind(q, to)
		}
		for _, c := range q.consumers {
			c.cut(errors.New("the queue was deleted"))
		}
	})
}

// DeleteApplication implements link.Line: the bindings to the application are gone.
func (l *line) DeleteApplication(_ context.Context, app string) error {
	return l.do(func() {
		for to, queues := range l.b.bindings {
			if to.domain != l.id.Domain || to.to.App != app || to.to.Kind == message.ToManager {
				continue
			}
			for _, q := range queues {
				q.bound = without(q.bound, to)
			}
			delete(l.b.bindings, to)
		}
	})
}

// Close implements link.Line.
func (l *line) Close(context.Context) {
	l.Abort()
	l.all.Wait()
}

// Abort implements link.Line.
func (l *line) Abort() {
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	if !l.over {
		l.over = true
		l.b.leave(l)
		close(l.gone)
	}
}
