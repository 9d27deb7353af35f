package amqp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/message"
)

// The headers of a dead letter of ours (messaging.md 15.4).
const (
	headerReason   = "x-rbc-reason"
	headerDetail   = "x-rbc-detail"
	headerExchange = "x-rbc-exchange" // where it was published, with which key, from which queue it came
	headerKey      = "x-rbc-key"
	headerQueue    = "x-rbc-queue"
)

// bury publishes a copy of a message that cannot be read: a refusal of the protocol could not carry the reason. Nothing of the message
// is kept but its bytes and what labels it: its headers could make a broker send copies elsewhere.
func (l *line) bury(p link.Publication) error {
	in := p.Dead.In
	msg := amqp.Publishing{
		DeliveryMode: amqp.Persistent, MessageId: in.ID, Type: in.Type, Timestamp: time.Now(), AppId: short(clientName(l.d.id)), Body: in.Body,
		Headers: amqp.Table{
			headerReason: p.Dead.Reason, headerDetail: p.Dead.Detail, headerExchange: in.Exchange, headerKey: in.Key,
			headerQueue: l.d.id.Own().Queue(l.d.id.Domain),
		},
	}
	exchange := message.DeadExchange(l.d.id.Domain)
	if _, err := l.out.PublishWithDeferredConfirm(exchange, in.Key, false, false, msg); err != nil {
		return fmt.Errorf("publish a dead letter to %s: %w", exchange, err)
	}
	return nil
}

// DeadLetters are the messages of a domain that nobody could read, or that a broker gave up (messaging.md 15.4). Every method opens
// a connection of its own; letters that it looks at stay in their place.
type DeadLetters struct {
	d     *dialer
	queue string
}

// Letter is one of them.
type Letter struct {
	// Ref names the letter among the others: it comes from its content, so it stays the same.
	Ref string
	// ID and Type are what the properties of the message say; anybody may have written them.
	ID, Type string
	// Reason is size, syntax, version or schema (MS-50, MS-51) for what could not be read; rejected, expired, maxlen or
	// delivery_limit for what the broker gave up. Detail says more, "" when nothing is known.
	Reason, Detail string
	// Exchange and Key are where it was published, Queue is where it died.
	Exchange, Key, Queue string
	At                   time.Time
	Size                 int
	Body                 []byte // of Show only
}

// ErrNoLetter says that no dead letter has a name.
var ErrNoLetter = errors.New("there is no such dead letter")

// OpenDeadLetters makes the list of a domain; cfg is the manager's. It does not connect yet.
func OpenDeadLetters(cfg Config, domain string) (*DeadLetters, error) {
	d, err := newDialer(cfg, bus.Identity{Domain: domain})
	if err != nil {
		return nil, fmt.Errorf("look for the dead letters of %s: %w", domain, err)
	}
	return &DeadLetters{d: d, queue: message.DeadQueue(d.id.Domain)}, nil
}

// List gives the oldest letters, at most so many, without their bodies.
func (d *DeadLetters) List(ctx context.Context, most int) ([]Letter, error) {
	var list []Letter
	err := d.walk(ctx, func(_ *amqp.Channel, m *amqp.Delivery, l Letter) (bool, error) {
		l.Body = nil
		list = append(list, l)
		return len(list) < most, nil
	})
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	return list, nil
}

// Show gives a letter with its body, by its Ref or its ID. ErrNoLetter when it is not there.
func (d *DeadLetters) Show(ctx context.Context, name string) (Letter, error) {
	var found *Letter
	err := d.walk(ctx, func(_ *amqp.Channel, _ *amqp.Delivery, l Letter) (bool, error) {
		if l.named(name) {
			found = &l
		}
		return found == nil, nil
	})
	if err == nil && found == nil {
		err = ErrNoLetter
	}
	if err != nil {
		return Letter{}, fmt.Errorf("show dead letter %s: %w", name, err)
	}
	return *found, nil
}

// Replay publishes letters again where they came from: all, or those with the given Ref or ID. It gives how many it published. A
// broadcast goes to everybody who listens now; who knows the message ignores it (MS-60). A letter whose queue is gone stays.
func (d *DeadLetters) Replay(ctx context.Context, names ...string) (int, error) {
	n, err := d.each(ctx, names, d.replay)
	if err != nil {
		return n, fmt.Errorf("replay dead letters: %w", err)
	}
	return n, nil
}

// Purge removes letters: all, or those with the given Ref or ID. It gives how many it removed.
func (d *DeadLetters) Purge(ctx context.Context, names ...string) (int, error) {
	n, err := d.each(ctx, names, func(context.Context, *amqp.Channel, *amqp.Delivery, Letter) error { return nil })
	if err != nil {
		return n, fmt.Errorf("purge dead letters: %w", err)
	}
	return n, nil
}

type treat func(context.Context, *amqp.Channel, *amqp.Delivery, Letter) error

// each treats the letters that were there when it began, then takes them out. Those that fail stay; the first failure is told.
func (d *DeadLetters) each(ctx context.Context, names []string, do treat) (int, error) {
	treated, found := 0, 0
	var failure error
	err := d.walk(ctx, func(ch *amqp.Channel, m *amqp.Delivery, l Letter) (bool, error) {
		if len(names) > 0 && !l.namedAny(names) {
			return true, nil
		}
		found++
		if err := do(ctx, ch, m, l); err != nil {
			if failure == nil {
				failure = err
			}
			return !ch.IsClosed(), nil
		}
		treated++
		return true, m.Ack(false)
	})
	switch {
	case err != nil:
		return treated, err
	case failure == nil && found == 0 && len(names) > 0:
		return 0, fmt.Errorf("%s: %w", strings.Join(names, ", "), ErrNoLetter)
	}
	return treated, failure
}

// replay publishes one letter; the broker must have taken it before the letter goes away.
func (d *DeadLetters) replay(ctx context.Context, ch *amqp.Channel, m *amqp.Delivery, l Letter) error {
	if l.Exchange == "" {
		return fmt.Errorf("letter %s: where it came from is unknown", l.Ref)
	}
	// Agents write letters too: what a letter says of its origin must not lead out of the domain.
	if !strings.HasPrefix(l.Exchange, message.Prefix(d.d.id.Domain)) {
		return fmt.Errorf("letter %s: it says that it comes from %q, which is not of the domain %s", l.Ref, l.Exchange, d.d.id.Domain)
	}
	returns := ch.NotifyReturn(make(chan amqp.Return, 1))
	confirm, err := ch.PublishWithDeferredConfirm(l.Exchange, l.Key, true, false, amqp.Publishing{
		DeliveryMode: amqp.Persistent, ContentType: "application/json", MessageId: m.MessageId, Type: m.Type, Timestamp: time.Now(), Body: m.Body,
		UserId: d.d.cfg.Settings.User,
	})
	if err != nil {
		return fmt.Errorf("letter %s: %w", l.Ref, err)
	}
	taken, err := confirm.WaitContext(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("letter %s: %w", l.Ref, err)
	case !taken:
		return fmt.Errorf("letter %s: the broker did not take it", l.Ref)
	}
	select {
	case <-returns:
		return fmt.Errorf("letter %s: nobody listens to %s %s any more", l.Ref, l.Exchange, l.Key)
	default:
		return nil
	}
}

// walk hands over the letters that are there, oldest first, until do says no. What is not acknowledged goes back to its place.
func (d *DeadLetters) walk(ctx context.Context, do func(*amqp.Channel, *amqp.Delivery, Letter) (bool, error)) error {
	address := d.d.cfg.Settings.Addresses[0]
	conn, raw, err := d.d.connect(ctx, address)
	if err != nil {
		return err
	}
	defer raw.Close()
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	ch, err := conn.Channel()
	if err != nil {
		return err
	}
	left, err := ch.QueueDeclarePassive(d.queue, true, false, false, false, nil)
	if said := (*amqp.Error)(nil); errors.As(err, &said) && said.Code == amqp.NotFound {
		return nil // no manager was here yet
	}
	if err != nil {
		return err
	}
	if ch, err = conn.Channel(); err != nil {
		return err
	}
	if err := ch.Confirm(false); err != nil {
		return err
	}
	for range left.Messages {
		m, ok, err := ch.Get(d.queue, false)
		if err != nil || !ok {
			return errors.Join(err, ctx.Err())
		}
		if more, err := do(ch, &m, read(&m)); err != nil || !more {
			return err
		}
	}
	return nil
}

// read makes a letter of a message: our own labels, else those of the broker.
func read(m *amqp.Delivery) Letter {
	l := Letter{ID: m.MessageId, Type: m.Type, At: m.Timestamp, Size: len(m.Body), Body: m.Body}
	text := func(t amqp.Table, key string) string {
		s, _ := t[key].(string)
		return s
	}
	if l.Reason = text(m.Headers, headerReason); l.Reason != "" {
		l.Detail, l.Queue = text(m.Headers, headerDetail), text(m.Headers, headerQueue)
		l.Exchange, l.Key = text(m.Headers, headerExchange), text(m.Headers, headerKey)
	} else if deaths, _ := m.Headers["x-death"].([]any); len(deaths) > 0 {
		death, _ := deaths[0].(amqp.Table)
		l.Reason, l.Queue, l.Exchange, l.Key = text(death, "reason"), text(death, "queue"), text(death, "exchange"), m.RoutingKey
		if at, ok := death["time"].(time.Time); ok {
			l.At = at
		}
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q %q %q %d", l.ID, l.Reason, l.Queue, l.Exchange, l.Key, l.At.Unix())
	sum.Write(m.Body)
	l.Ref = hex.EncodeToString(sum.Sum(nil)[:6])
	return l
}

func (l *Letter) named(name string) bool { return name != "" && (l.Ref == name || l.ID == name) }

func (l *Letter) namedAny(names []string) bool {
	for _, name := range names {
		if l.named(name) {
			return true
		}
	}
	return false
}
