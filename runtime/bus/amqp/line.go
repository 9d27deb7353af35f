package amqp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/message"
)

// line is one connection: a channel that publishes and binds, so that both keep their order, a channel that consumes (MS-72, MS-74).
type line struct {
	d    *dialer
	ear  link.Ear
	conn *amqp.Connection
	raw  net.Conn

	out        *amqp.Channel
	in         *amqp.Channel
	deliveries <-chan amqp.Delivery
	first      *amqp.Delivery // came while the line was configured
	acks       *acker
	quit       chan struct{} // closed when the line ends
	end        sync.Once
	running    sync.WaitGroup

	apps   map[string]bool // exchanges of applications that are declared
	routes map[route]names // names are built once
}

type route = message.Target

type names struct{ exchange, key string }

// open makes the channels and listens to what happens on them.
func (l *line) open() error {
	var err error
	if l.out, err = l.conn.Channel(); err != nil {
		return err
	}
	if l.in, err = l.conn.Channel(); err != nil {
		return err
	}
	l.acks = newAcker(l.in)
	l.watch()
	if err := l.out.Confirm(false); err != nil {
		return err
	}
	return l.in.Qos(l.d.cfg.Prefetch, 0, false)
}

// watch tells the ear what happens, until every channel of notifications is closed. Confirms may wait in their channel, returns may
// not: so a return is told before its confirm, which the broker sends after it.
func (l *line) watch() {
	confirms := l.out.NotifyPublish(make(chan amqp.Confirmation, 256))
	returns := l.out.NotifyReturn(make(chan amqp.Return))
	blocked := l.conn.NotifyBlocked(make(chan amqp.Blocking, 1))
	closed := l.conn.NotifyClose(make(chan *amqp.Error, 1))
	outClosed := l.out.NotifyClose(make(chan *amqp.Error, 1))
	inClosed := l.in.NotifyClose(make(chan *amqp.Error, 1))
	cancelled := l.in.NotifyCancel(make(chan string, 1))
	l.running.Go(func() {
		for confirms != nil || returns != nil || closed != nil || outClosed != nil || inClosed != nil {
			select {
			case c, ok := <-confirms:
				if !ok {
					confirms = nil
					continue
				}
				l.ear.Confirmed(c.DeliveryTag, c.Ack)
			case r, ok := <-returns:
				if !ok {
					returns = nil
					continue
				}
				l.ear.Returned(r.MessageId)
			case b, ok := <-blocked:
				if !ok {
					blocked = nil
					continue
				}
				l.ear.Blocked(reasonOf(b))
			case err, ok := <-outClosed:
				outClosed = l.over(outClosed, "publish", err, ok)
			case err, ok := <-inClosed:
				inClosed = l.over(inClosed, "consume", err, ok)
			case err, ok := <-closed:
				closed = l.over(closed, "stay connected to the broker", err, ok)
			case _, ok := <-cancelled:
				if !ok {
					cancelled = nil
					continue
				}
				l.ear.Lost(errors.New("the broker ended the delivery: the queue was deleted or moved"))
			}
		}
	})
}

// over tells the end of a channel or of the connection; a channel of notifications that is closed is not listened to any more.
func (l *line) over(ch chan *amqp.Error, what string, err *amqp.Error, ok bool) chan *amqp.Error {
	switch {
	case !ok:
		l.ear.Lost(errors.New("the connection to the broker is closed"))
		return nil
	case err != nil:
		l.ear.Lost(classified(what, err))
	}
	return ch
}

func reasonOf(b amqp.Blocking) string {
	switch {
	case !b.Active:
		return ""
	case b.Reason == "":
		return "the broker is short of memory or disk"
	}
	return b.Reason
}

// Serve implements link.Line: acknowledgements may come as soon as deliveries flow.
func (l *line) Serve() {
	l.d.connected = true
	l.running.Go(func() {
		if l.first != nil {
			l.deliver(l.first)
			l.first = nil
		}
		for d := range l.deliveries {
			l.deliver(&d)
		}
	})
	l.running.Go(func() { l.acks.run(l.quit) })
}

func (l *line) deliver(d *amqp.Delivery) {
	l.ear.Delivered(link.Incoming{
		Body: d.Body, Again: d.Redelivered, Exchange: d.Exchange, Key: d.RoutingKey, ID: d.MessageId, Type: d.Type, User: d.UserId,
		Ack: l.acks.track(d.DeliveryTag),
	})
}

// Publish implements link.Line.
func (l *line) Publish(p link.Publication) error {
	if p.Dead != nil {
		return l.bury(p)
	}
	n, err := l.route(p.To)
	if err != nil {
		return err
	}
	m := p.Msg
	msg := amqp.Publishing{
		DeliveryMode: amqp.Persistent, ContentType: "application/json", MessageId: short(m.ID), CorrelationId: short(m.Corr),
		Timestamp: m.Time, Type: short(m.Body.Type()), AppId: short(sender(m.From)), Body: p.Body,
	}
	if p.Expires > 0 {
		msg.Expiration = strconv.FormatInt(max(p.Expires.Milliseconds(), 1), 10)
	}
	msg.UserId = l.d.cfg.Settings.User // the broker refuses another one; "" where a certificate says who it is
	if _, err := l.out.PublishWithDeferredConfirm(n.exchange, n.key, p.To.Direct(), false, msg); err != nil {
		return fmt.Errorf("publish to %s: %w", n.exchange, err)
	}
	return nil
}

// sender is who wrote a message, for people who look into a queue.
func sender(f message.From) string {
	if f.Kind == message.FromManager {
		return f.Kind
	}
	return f.App + ":" + f.Scope
}

// short cuts what a property cannot hold: 255 bytes.
func short(s string) string { return s[:min(len(s), 255)] }

// route gives the names of a target. The exchange of an application is declared before it is used: publishing to one that is not
// there would close the channel.
func (l *line) route(to message.Target) (names, error) {
	n, known := l.routes[to]
	if !known {
		n = names{to.Exchange(l.d.id.Domain), to.Key()}
		if len(l.routes) > 10_000 {
			clear(l.routes)
		}
		l.routes[to] = n
	}
	if to.Kind == message.ToManager || to.External || l.apps[n.exchange] {
		return n, nil
	}
	if err := declareApp(l.out, l.d.id.Domain, n.exchange); err != nil {
		return n, err
	}
	l.apps[n.exchange] = true
	return n, nil
}

// Bind implements link.Line. The broker does what comes through one channel in order: only the last binding waits for its answer.
func (l *line) Bind(to []message.Target) error {
	queue := l.d.id.Own().Queue(l.d.id.Domain)
	for i, target := range to {
		n, err := l.route(target)
		if err != nil {
			return err
		}
		if err := l.out.QueueBind(queue, n.key, n.exchange, i < len(to)-1, nil); err != nil {
			return classified(fmt.Sprintf("bind queue %s to %s %s", queue, n.exchange, n.key), err)
		}
	}
	return nil
}

// Unbind implements link.Line.
func (l *line) Unbind(to message.Target) error {
	queue := l.d.id.Own().Queue(l.d.id.Domain)
	n, err := l.route(to)
	if err != nil {
		return err
	}
	if err := l.out.QueueUnbind(queue, n.key, n.exchange, nil); err != nil {
		return classified(fmt.Sprintf("unbind queue %s from %s %s", queue, n.exchange, n.key), err)
	}
	return nil
}

// DeleteAgent implements link.Line.
func (l *line) DeleteAgent(_ context.Context, app, scope string) error {
	name := message.Agent(app, scope).Queue(l.d.id.Domain)
	return l.aside("delete queue "+name, func(ch *amqp.Channel) error {
		_, err := ch.QueueDelete(name, false, false, false)
		return err
	})
}

// DeleteApplication implements link.Line.
func (l *line) DeleteApplication(_ context.Context, app string) error {
	name := message.Agent(app, "/").Exchange(l.d.id.Domain)
	delete(l.apps, name)
	return l.aside("delete exchange "+name, func(ch *amqp.Channel) error { return ch.ExchangeDelete(name, false, false) })
}

// aside does something on a channel of its own, which an error closes. What is not there is as good as deleted.
func (l *line) aside(what string, do func(*amqp.Channel) error) error {
	ch, err := l.conn.Channel()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	err = do(ch)
	if said := (*amqp.Error)(nil); errors.As(err, &said) && said.Code == amqp.NotFound {
		return nil
	}
	if err != nil {
		return classified(what, err)
	}
	return ch.Close()
}

// Close implements link.Line: acknowledgements first.
func (l *line) Close(ctx context.Context) {
	l.end.Do(func() { close(l.quit) })
	if l.acks != nil {
		l.acks.flush()
	}
	until, ok := ctx.Deadline()
	if !ok || ctx.Err() != nil {
		until = time.Now().Add(time.Second)
	}
	l.conn.CloseDeadline(until) // best effort: the connection is closed in any case
	l.raw.Close()
	l.running.Wait()
}

// Abort implements link.Line.
func (l *line) Abort() { l.raw.Close() }
