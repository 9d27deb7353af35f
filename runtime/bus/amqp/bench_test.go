package amqp

import (
	"fmt"
	"slices"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/broker/rabbit/rabbittest"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

// carrier publishes one message and says when it was confirmed and delivered.
type carrier struct {
	publish              func() error
	confirmed, delivered chan struct{}
}

// benchEars hand over to a carrier.
type benchEars struct {
	connected, confirmed, delivered chan struct{}
}

func (e *benchEars) Connected()                                 { e.connected <- struct{}{} }
func (e *benchEars) Lost(error)                                 {}
func (e *benchEars) Delivered(d bus.Delivery)                   { e.delivered <- struct{}{}; d.Ack() }
func (e *benchEars) Confirmed(*message.Envelope)                { e.confirmed <- struct{}{} }
func (e *benchEars) Returned(message.Target, *message.Envelope) {}
func (e *benchEars) Blocked(string)                             {}
func (e *benchEars) Failed(error)                               {}

const pipeline = 100_000 // room for what nobody waits for

func benchMessage(domain string) *message.Envelope {
	return &message.Envelope{
		ID: "0197a1f0-6f3e-7c21-9a57-2f1d0c9be001", Time: time.Now(), Domain: domain,
		From: message.From{Kind: message.FromAgent, App: "shop", Scope: "/a", Epoch: "e", Seq: 1},
		Body: &message.ImportAdd{App: "shop", Prefix: "MySQL", Path: "/vm/mysql", Gen: 1, Seq: 1},
	}
}

// ourCarrier is an agent that imports what it exports.
func ourCarrier(b *testing.B, s bus.Settings, domain string) carrier {
	b.Helper()
	e := &benchEars{make(chan struct{}, 1), make(chan struct{}, pipeline), make(chan struct{}, pipeline)}
	c, err := Open(Config{Settings: s}, bus.Identity{Domain: domain, App: "shop", Scope: "/a"}, e)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := c.Close(b.Context()); err != nil && b.Context().Err() == nil {
			b.Error(err)
		}
	})
	to := message.Importers("shop", "MySQL", false)
	<-e.connected
	c.Bind(to)
	msg := benchMessage(domain)
	return carrier{func() error { return c.Publish(to, msg) }, e.confirmed, e.delivered}
}

// bareCarrier does the same with the client library alone: same objects, persistent, confirmed, acknowledged one by one.
func bareCarrier(b *testing.B, s bus.Settings, domain string) carrier {
	b.Helper()
	conn, err := amqp.Dial(fmt.Sprintf("amqp://%s:%s@%s/", s.User, s.Password, s.Addresses[0]))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	out, err := conn.Channel()
	must(err)
	in, err := conn.Channel()
	must(err)
	must(out.Confirm(false))
	must(in.Qos(32, 0, false))
	must(out.ExchangeDeclare(domain, "topic", true, false, false, false, nil))
	_, err = out.QueueDeclare(domain, true, false, false, false, amqp.Table{
		"x-queue-type": "classic", "x-single-active-consumer": true, "x-max-length-bytes": int64(queueBytes), "x-overflow": "reject-publish",
	})
	must(err)
	must(out.QueueBind(domain, "import.MySQL", domain, false, nil))
	deliveries, err := in.Consume(domain, "", false, false, false, false, nil)
	must(err)
	c := carrier{confirmed: make(chan struct{}, pipeline), delivered: make(chan struct{}, pipeline)}
	confirms := out.NotifyPublish(make(chan amqp.Confirmation, 256))
	go func() {
		for range confirms {
			c.confirmed <- struct{}{}
		}
	}()
	go func() {
		for d := range deliveries {
			c.delivered <- struct{}{}
			_ = d.Ack(false)
		}
	}()
	body, err := message.Encode(benchMessage(domain))
	must(err)
	c.publish = func() error {
		return out.Publish(domain, "import.MySQL", false, false, amqp.Publishing{
			DeliveryMode: amqp.Persistent, ContentType: "application/json", MessageId: "0197a1f0-6f3e-7c21-9a57-2f1d0c9be001", Type: "import.add",
			Timestamp: time.Now(), AppId: "shop:/a", Body: body,
		})
	}
	return c
}

// BenchmarkBus measures one message at a time until it is confirmed, until it is delivered, and many at once, beside the bare library.
func BenchmarkBus(b *testing.B) {
	for _, where := range []struct {
		name     string
		settings func(*testing.B) bus.Settings
	}{
		{"RabbitMQ", func(b *testing.B) bus.Settings {
			e := rabbittest.Shared(b).Endpoint()
			return bus.Settings{Addresses: []string{e.Address}, User: e.User, Password: e.Password}
		}},
		{"ours", func(b *testing.B) bus.Settings {
			return ownSettings(startBroker(b, broker.Config{Dir: b.TempDir(), Users: []broker.User{everything}}))
		}},
	} {
		for _, how := range []struct {
			name string
			open func(*testing.B, bus.Settings, string) carrier
		}{{"bus", ourCarrier}, {"bare", bareCarrier}} {
			open := func(b *testing.B) carrier { return how.open(b, where.settings(b), rabbittest.Domain(b)) }
			b.Run(where.name+"/confirm/"+how.name, func(b *testing.B) {
				c := open(b)
				each(b, func() error {
					err := c.publish()
					<-c.confirmed
					return err
				})
			})
			b.Run(where.name+"/deliver/"+how.name, func(b *testing.B) {
				c := open(b)
				each(b, func() error {
					err := c.publish()
					<-c.delivered
					return err
				})
			})
			b.Run(where.name+"/stream/"+how.name, func(b *testing.B) { stream(b, open(b)) })
		}
	}
}

// each tells the median and the slowest hundredth of one thing at a time.
func each(b *testing.B, do func() error) {
	var took []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// stream keeps 500 messages under way.
func stream(b *testing.B, c carrier) {
	const window = 500
	room := make(chan struct{}, window)
	go func() {
		for {
			select {
			case <-c.delivered:
				<-room
			case <-b.Context().Done():
				return
			}
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		room <- struct{}{}
		if err := c.publish(); err != nil {
			b.Fatal(err)
		}
	}
	for range window {
		room <- struct{}{}
	}
}
