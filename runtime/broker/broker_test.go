package broker_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// served is a broker with a listener.
type served struct {
	*broker.Broker
	address string
	dir     string
}

var owner = broker.User{Name: "owner", Password: "secret", Configure: ".*", Write: ".*", Read: ".*"}

func serve(t testing.TB, cfg broker.Config) served {
	t.Helper()
	if cfg.Users == nil {
		cfg.Users = []broker.User{owner}
	}
	if cfg.Log == nil && !testing.Verbose() {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	b, err := broker.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return served{b, listen(t, b), cfg.Dir}
}

func listen(t testing.TB, b *broker.Broker) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- b.Serve(l) }()
	t.Cleanup(func() {
		_ = l.Close() // the broker may have closed it
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func dial(t testing.TB, s served) *amqp.Connection {
	t.Helper()
	conn, err := amqp.Dial(fmt.Sprintf("amqp://%s:%s@%s/", owner.Name, owner.Password, s.address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // the test may have closed it
	return conn
}

func channel(t testing.TB, conn *amqp.Connection) *amqp.Channel {
	t.Helper()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatalf("it never came: %s", what)
		case <-tick.C:
		}
	}
}

func next[T any](t testing.TB, from <-chan T) T {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	select {
	case v, ok := <-from:
		if !ok {
			t.Fatal("nothing comes any more")
		}
		return v
	case <-ctx.Done():
		t.Fatal("nothing came")
	}
	panic("unreachable")
}

func TestMessageGoesThrough(t *testing.T) {
	s := serve(t, broker.Config{})
	ch := channel(t, dial(t, s))
	q := must(ch.QueueDeclare("jobs", true, false, false, false, nil))(t)
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	got := must(ch.Consume(q.Name, "", false, false, false, false, nil))(t)
	for i := range 100 {
		c := must(ch.PublishWithDeferredConfirmWithContext(t.Context(), "", q.Name, true, false, amqp.Publishing{Body: fmt.Append(nil, i), DeliveryMode: 2, Headers: amqp.Table{"n": int32(i)}}))(t)
		if ok := must(c.WaitContext(t.Context()))(t); !ok {
			t.Fatal("refused")
		}
		d := next(t, got)
		if string(d.Body) != fmt.Sprint(i) || d.Headers["n"] != int32(i) || d.Redelivered {
			t.Fatalf("%q %v", d.Body, d.Headers)
		}
		if err := d.Ack(false); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "an empty queue", func() bool { st := s.Status(); return st.Messages == 0 && st.Bytes == 0 })
}
