// Package brokertest holds any AMQP 0-9-1 broker against what messaging.md asks of one.
//
// RabbitMQ is the reference: what it does with a check is what the check wants. Checks talk as amqp091-go does; where that library is too
// polite, they send frames of their own.
package brokertest

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Server is a broker under test, with what can be done to it.
type Server struct {
	Address        string // host:port, without TLS
	User, Password string // of somebody who may do everything
	// Restart ends the broker in order and starts it again at the same address; nil when it cannot. It is called after all other checks.
	Restart func(testing.TB)
	// Users manages who may connect; nil when it cannot.
	Users Users
	// TLS is the same broker, or another one with the same settings, behind TLS; nil when there is none. It is called once.
	TLS func(testing.TB, Certificates) Secured
	// Block makes the broker run out of memory until the function that it gives is called; nil when it cannot. It is called after all
	// checks that publish.
	Block func(testing.TB) (release func())
	// Quorum says that the broker has queues of type quorum.
	Quorum bool
}

// Users manages who may connect to a broker.
type Users interface {
	Ensure(ctx context.Context, a Account) error
	Remove(ctx context.Context, name string) error
}

// Account is a user with regular expressions over whole names of queues and exchanges (messaging.md 15.6): what matches only a part of
// a name does not match.
type Account struct {
	Name, Password         string
	Configure, Write, Read string
}

// Secured is a broker behind TLS.
type Secured struct {
	Address        string
	User, Password string
	Users          Users // nil when it cannot
}

// patience is how long a check waits for what should come at once: much, since machines of tests are busy.
const patience = 30 * time.Second

// check is one promise of a broker.
type check struct {
	name string // with the requirement's number where there is one
	run  func(*testing.T, *bench)
}

// Run makes every check, each as a test of its own name. What the server cannot do is skipped with a word.
func Run(t *testing.T, s Server) {
	t.Helper()
	b := &bench{Server: s}
	all := [][]check{exchangeChecks, queueChecks, limitChecks, letterChecks, publishChecks, consumeChecks, orderChecks, connectionChecks, frameChecks, accessChecks, killChecks}
	t.Run("protocol", func(t *testing.T) {
		for _, group := range all {
			for _, c := range group {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(t, b)
				})
			}
		}
		t.Run("tls", func(t *testing.T) {
			t.Parallel()
			runTLS(t, b)
		})
	})
	for _, c := range lastChecks { // they disturb all others
		t.Run(c.name, func(t *testing.T) { c.run(t, b) })
	}
}

// bench is what checks stand on.
type bench struct{ Server }

// within is a deadline for what should come at once.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// unique is a name that nobody else has: several suites may run against one broker.
func unique(t testing.TB) string {
	t.Helper()
	return "bt." + strings.ToLower(rand.Text()[:14])
}

// dialAs connects to the broker.
func (b *bench) dialAs(user, password string) (*amqp.Connection, error) {
	return amqp.DialConfig("amqp://"+b.Address+"/", amqp.Config{
		SASL:       []amqp.Authentication{&amqp.PlainAuth{Username: user, Password: password}},
		Heartbeat:  10 * time.Second,
		Dial:       amqp.DefaultDial(patience),
		Properties: amqp.Table{"connection_name": "brokertest"},
	})
}

// connect gives a connection for the length of a test.
func (b *bench) connect(t testing.TB) *amqp.Connection {
	t.Helper()
	conn, err := b.dialAs(b.User, b.Password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// channel gives a channel that confirms, on a connection of its own.
func (b *bench) channel(t testing.TB) *amqp.Channel {
	t.Helper()
	return channelOf(t, b.connect(t))
}

// channelOf opens a channel that confirms.
func channelOf(t testing.TB, conn *amqp.Connection) *amqp.Channel {
	t.Helper()
	ch := plainChannel(t, conn)
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	return ch
}

func plainChannel(t testing.TB, conn *amqp.Connection) *amqp.Channel {
	t.Helper()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// queue declares a durable queue for the length of a test.
func (b *bench) queue(t testing.TB, ch *amqp.Channel, args amqp.Table) string {
	t.Helper()
	name := unique(t)
	b.forget(t, func(ch *amqp.Channel) error { _, err := ch.QueueDelete(name, false, false, false); return err })
	if _, err := ch.QueueDeclare(name, true, false, false, false, args); err != nil {
		t.Fatalf("declare a queue with %v: %v", args, err)
	}
	return name
}

// exchange declares a durable exchange for the length of a test.
func (b *bench) exchange(t testing.TB, ch *amqp.Channel, kind string, args amqp.Table) string {
	t.Helper()
	name := unique(t)
	b.forget(t, func(ch *amqp.Channel) error { return ch.ExchangeDelete(name, false, false) })
	if err := ch.ExchangeDeclare(name, kind, true, false, false, false, args); err != nil {
		t.Fatalf("declare a %s exchange with %v: %v", kind, args, err)
	}
	return name
}

// forget removes something at the end of a test, on a connection of its own: the test's may be gone.
func (b *bench) forget(t testing.TB, remove func(*amqp.Channel) error) {
	t.Cleanup(func() {
		conn, err := b.dialAs(b.User, b.Password)
		if err != nil {
			t.Errorf("clean up: %v", err)
			return
		}
		defer conn.Close()
		ch, err := conn.Channel()
		if err == nil {
			err = remove(ch)
		}
		if err != nil && code(err) != amqp.NotFound {
			t.Errorf("clean up: %v", err)
		}
	})
}

// bind joins a queue to an exchange.
func bind(t testing.TB, ch *amqp.Channel, queue, key, exchange string, args amqp.Table) {
	t.Helper()
	if err := ch.QueueBind(queue, key, exchange, false, args); err != nil {
		t.Fatal(err)
	}
}

// send publishes on a channel that confirms, and gives the broker's answer.
func send(t testing.TB, ch *amqp.Channel, exchange, key string, msg amqp.Publishing) (taken bool) {
	t.Helper()
	confirm, err := ch.PublishWithDeferredConfirmWithContext(within(t), exchange, key, false, false, msg)
	if err != nil {
		t.Fatal(err)
	}
	taken, err = confirm.WaitContext(within(t))
	if err != nil {
		t.Fatalf("no confirm came: %v", err)
	}
	return taken
}

// put publishes texts to a queue, each confirmed.
func put(t testing.TB, ch *amqp.Channel, queue string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !send(t, ch, "", queue, amqp.Publishing{Body: []byte(text), DeliveryMode: amqp.Persistent}) {
			t.Fatalf("the broker refuses %q", text)
		}
	}
}

// consume gets deliveries that must be acknowledged.
func consume(t testing.TB, ch *amqp.Channel, queue string) <-chan amqp.Delivery {
	t.Helper()
	deliveries, err := ch.ConsumeWithContext(t.Context(), queue, "", false, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return deliveries
}

// next is the next delivery.
func next(t testing.TB, deliveries <-chan amqp.Delivery) amqp.Delivery {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case d, ok := <-deliveries:
		if !ok {
			t.Fatal("the consumer was ended instead of given a message")
		}
		return d
	case <-late.C:
		t.Fatal("no delivery came")
	}
	panic("unreachable")
}

// expect takes deliveries and holds their bodies against what they should be, without acknowledging them.
func expect(t testing.TB, deliveries <-chan amqp.Delivery, again bool, texts ...string) []amqp.Delivery {
	t.Helper()
	var got []amqp.Delivery
	for _, want := range texts {
		d := next(t, deliveries)
		if string(d.Body) != want || d.Redelivered != again {
			t.Errorf("got %q (redelivered %v), want %q (%v)", d.Body, d.Redelivered, want, again)
		}
		got = append(got, d)
	}
	return got
}

// take gets the bodies of all that is ready in a queue, and acknowledges it.
func take(t testing.TB, ch *amqp.Channel, queue string) []string {
	t.Helper()
	var texts []string
	for {
		d, ok, err := ch.Get(queue, true)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return texts
		}
		texts = append(texts, string(d.Body))
	}
}

// ready is how many messages wait in a queue.
func ready(t testing.TB, ch *amqp.Channel, queue string) int {
	t.Helper()
	q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return q.Messages
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	ctx := within(t)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// code is the number of the protocol in an error; 0 when there is none.
func code(err error) int {
	var refused *amqp.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return 0
}

// refused holds an error's number against what it should be.
func refused(t testing.TB, what string, err error, want int) {
	t.Helper()
	if err == nil || code(err) != want {
		t.Errorf("%s: %v, want the error %d", what, err, want)
	}
}

// closes waits for the reason why the broker closed something.
func closes(t testing.TB, what string, closed <-chan *amqp.Error, want int) {
	t.Helper()
	select {
	case err, ok := <-closed:
		if !ok || err == nil || err.Code != want {
			t.Errorf("%s is closed with %v, want %d", what, err, want)
		}
	case <-within(t).Done():
		t.Errorf("%s is not closed", what)
	}
}

// lives sees that a connection still does its work.
func lives(t testing.TB, conn *amqp.Connection) {
	t.Helper()
	ch, err := conn.Channel()
	if err != nil {
		t.Errorf("the connection is gone: %v", err)
		return
	}
	if err := ch.Close(); err != nil {
		t.Error(err)
	}
}

// gone sees that something is not there any more.
func (b *bench) gone(t testing.TB, queue string) bool {
	t.Helper()
	ch := plainChannel(t, b.connect(t))
	_, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
	return code(err) == amqp.NotFound
}

// clientTLS is what a client of a secured broker expects.
func clientTLS(roots []byte, name string) (*tls.Config, error) {
	pool, err := poolOf(roots)
	if err != nil {
		return nil, err
	}
	return &tls.Config{RootCAs: pool, ServerName: name, MinVersion: tls.VersionTLS12}, nil
}

func text(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// withinCleanup is a deadline for what runs after a test, whose own context has ended.
func withinCleanup(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	t.Cleanup(cancel)
	return ctx
}
