package amqp

import (
	"context"
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

// The limits of queues (messaging.md 15.1, 15.2).
const (
	queueBytes    = 64 << 20
	deliveryLimit = 5
	agentExpires  = 7 * 24 * time.Hour
	deadLength    = 10_000
	deadTTL       = 7 * 24 * time.Hour
	// A listing hands dead letters out again: they must not die of being looked at.
	deadDeliveries = 1_000_000
)

// Configure implements link.Line: exchanges, queue, bindings, consumption (messaging.md 15.1, 15.2).
func (l *line) Configure(ctx context.Context, bound []message.Target, passive func(error)) error {
	if err := l.declare(); err != nil {
		return err
	}
	if err := l.Bind(append([]message.Target{l.d.id.Own()}, bound...)); err != nil {
		return err
	}
	queue := l.d.id.Own().Queue(l.d.id.Domain)
	var err error
	if l.deliveries, err = l.in.Consume(queue, "", false, false, false, false, nil); err != nil {
		return classified("consume queue "+queue, err)
	}
	return l.alone(ctx, queue, passive)
}

// declare makes what the client needs. What exists alike is left as it is.
func (l *line) declare() error {
	domain := l.d.id.Domain
	exchanges := []struct{ name, kind string }{
		{message.UnroutedExchange(domain), amqp.ExchangeFanout},
		{message.DeadExchange(domain), amqp.ExchangeTopic},
		{message.Manager("").Exchange(domain), amqp.ExchangeTopic},
		{message.Importers("", "", true).Exchange(domain), amqp.ExchangeTopic},
	}
	for _, e := range exchanges {
		if err := l.out.ExchangeDeclare(e.name, e.kind, true, false, false, false, nil); err != nil {
			return classified("declare exchange "+e.name, err)
		}
	}
	if l.d.id.Manager() {
		if err := l.declareDead(); err != nil {
			return err
		}
	}
	name := l.d.id.Own().Queue(domain)
	args := l.queueArgs(deliveryLimit)
	args["x-single-active-consumer"] = true
	args["x-dead-letter-exchange"] = message.DeadExchange(domain)
	args["x-max-length-bytes"] = int64(queueBytes)
	args["x-overflow"] = "reject-publish"
	if !l.d.id.Manager() {
		args["x-expires"] = agentExpires.Milliseconds()
	}
	return l.declareQueue(name, args)
}

// declareDead makes the queue of dead letters; that is the manager's.
func (l *line) declareDead() error {
	domain := l.d.id.Domain
	name := message.DeadQueue(domain)
	args := l.queueArgs(deadDeliveries)
	args["x-max-length"] = int64(deadLength)
	args["x-message-ttl"] = deadTTL.Milliseconds()
	if err := l.declareQueue(name, args); err != nil {
		return err
	}
	if err := l.out.QueueBind(name, "#", message.DeadExchange(domain), false, nil); err != nil {
		return classified("bind queue "+name, err)
	}
	return nil
}

// queueArgs says what sort of queue it is (MS-70).
func (l *line) queueArgs(deliveries int) amqp.Table {
	if l.d.cfg.Settings.Quorum {
		return amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int64(deliveries)}
	}
	return amqp.Table{"x-queue-type": "classic"}
}

func (l *line) declareQueue(name string, args amqp.Table) error {
	if _, err := l.out.QueueDeclare(name, true, false, false, false, args); err != nil {
		return classified("declare queue "+name, err)
	}
	return nil
}

// declareApp makes the exchange of an application.
func declareApp(ch *amqp.Channel, domain, name string) error {
	args := amqp.Table{"alternate-exchange": message.UnroutedExchange(domain)}
	if err := ch.ExchangeDeclare(name, amqp.ExchangeTopic, true, false, false, false, args); err != nil {
		return classified("declare exchange "+name, err)
	}
	return nil
}

// alone waits until this client is the one that gets the messages of its queue: the only consumer, or one that got a message. Another
// consumer may be an older connection of the same process that the broker has not missed yet, so it is told of after a grace only.
func (l *line) alone(ctx context.Context, queue string, passive func(error)) error {
	since := time.Now()
	pause := time.NewTicker(200 * time.Millisecond)
	defer pause.Stop()
	for said := false; ; {
		q, err := l.out.QueueDeclarePassive(queue, true, false, false, false, nil)
		switch {
		case err != nil:
			return classified("look at queue "+queue, err)
		case q.Consumers <= 1:
			return nil
		case !said && time.Since(since) >= l.d.grace():
			said = true
			passive(fmt.Errorf("%w: %s: it consumes the queue %s, this one gets nothing until that one ends: stop one of them",
				bus.ErrConflict, clientName(l.d.id), queue))
		}
		select {
		case <-pause.C:
		case d, ok := <-l.deliveries:
			if !ok {
				return errors.New("the connection ended while another client consumed the queue")
			}
			l.first = &d
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
