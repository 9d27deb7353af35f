package broker_test

import (
	"errors"
	"fmt"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker"
)

func as(t *testing.T, s served, u broker.User) (*amqp.Connection, error) {
	t.Helper()
	conn, err := amqp.Dial(fmt.Sprintf("amqp://%s:%s@%s/", u.Name, u.Password, s.address))
	if err == nil {
		t.Cleanup(func() { _ = conn.Close() }) // the broker may have ended it
	}
	return conn, err
}

// Rights change for those who are connected, too; a user that is removed is out (messaging.md 15.6).
func TestRightsOfConnectedUsersChange(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		s := serve(t, broker.Config{Dir: dir})
		agent := broker.User{Name: "agent", Password: "pw", Configure: "q"}
		if err := s.Ensure(t.Context(), agent); err != nil {
			t.Fatal(err)
		}
		conn, err := as(t, s, agent)
		if err != nil {
			t.Fatal(err)
		}
		must(channel(t, conn).QueueDeclare("q", false, false, false, false, nil))(t)
		// Anchored: a name that begins alike is another one.
		for _, name := range []string{"q2", "aq"} {
			if _, err := channel(t, conn).QueueDeclare(name, false, false, false, false, nil); code(err) != amqp.AccessRefused {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, _, err := channel(t, conn).Get("q", true); code(err) != amqp.AccessRefused {
			t.Errorf("reading before it may: %v", err)
		}
		agent.Read, agent.Configure = "q", ""
		if err := s.Ensure(t.Context(), agent); err != nil {
			t.Fatal(err)
		}
		if _, _, err := channel(t, conn).Get("q", true); err != nil {
			t.Errorf("reading: %v", err)
		}
		if _, err := channel(t, conn).QueueDelete("q", false, false, false); code(err) != amqp.AccessRefused {
			t.Errorf("deleting afterwards: %v", err)
		}
		ended := conn.NotifyClose(make(chan *amqp.Error, 1))
		if err := s.Remove(t.Context(), "agent"); err != nil {
			t.Fatal(err)
		}
		if e := next(t, ended); e.Code != amqp.ConnectionForced {
			t.Errorf("it hears %v", e)
		}
		if _, err := as(t, s, agent); !errors.Is(err, amqp.ErrCredentials) {
			t.Errorf("it comes in again: %v", err)
		}
		if err := s.Remove(t.Context(), "agent"); err != nil {
			t.Errorf("once more: %v", err)
		}
		if err := s.Ensure(t.Context(), broker.User{Name: "x", Password: "y", Read: "("}); err == nil {
			t.Error("a pattern that is none is taken")
		}
	}
}

func code(err error) int {
	var e *amqp.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// There is no account but those that were asked for (15.6).
func TestNoDefaultAccount(t *testing.T) {
	s := serve(t, broker.Config{Users: []broker.User{}})
	if _, err := as(t, s, broker.User{Name: "guest", Password: "guest"}); !errors.Is(err, amqp.ErrCredentials) {
		t.Errorf("guest: %v", err)
	}
}

// A message that is too large costs its channel, a connection too many itself; nobody else notices.
func TestLimitsOfSizeAndNumber(t *testing.T) {
	s := serve(t, broker.Config{MaxBody: 1000, MaxConnections: 2})
	conn, other := dial(t, s), dial(t, s)
	ch := channel(t, conn)
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	if err := ch.PublishWithContext(t.Context(), "", "q", false, false, amqp.Publishing{Body: make([]byte, 300_000)}); err != nil {
		t.Fatal(err)
	}
	if e := next(t, closed); e.Code != amqp.PreconditionFailed {
		t.Errorf("%v", e)
	}
	must(channel(t, conn).QueueDeclare("q", false, false, false, false, nil))(t)
	if _, err := as(t, s, owner); err == nil {
		t.Error("a third connection is taken")
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a free place", func() bool { return s.Status().Connections == 1 })
	if _, err := as(t, s, owner); err != nil {
		t.Errorf("there is room again: %v", err)
	}
}

// Over the memory limit publishers wait, while a client that only acknowledges on the same connection frees them (15.5).
func TestPublisherThatConsumesFreesItself(t *testing.T) {
	s := serve(t, broker.Config{MemoryLimit: 100_000})
	conn := dial(t, s)
	blocked := conn.NotifyBlocked(make(chan amqp.Blocking, 4))
	ch := channel(t, conn)
	must(ch.QueueDeclare("q", false, false, false, false, nil))(t)
	got := must(ch.Consume("q", "", false, false, false, false, nil))(t)
	var out []amqp.Delivery
	for !s.Status().Blocked {
		if err := ch.PublishWithContext(t.Context(), "", "q", false, false, amqp.Publishing{Body: make([]byte, 10_000)}); err != nil {
			t.Fatal(err)
		}
		out = append(out, next(t, got))
	}
	if b := next(t, blocked); !b.Active || b.Reason == "" {
		t.Errorf("%+v", b)
	}
	if st := s.Status(); !st.Blocked || st.Reason == "" || st.Bytes < 100_000 {
		t.Errorf("%+v", st)
	}
	for _, d := range out {
		if err := d.Ack(false); err != nil {
			t.Fatal(err)
		}
	}
	if b := next(t, blocked); b.Active {
		t.Errorf("%+v", b)
	}
	if err := ch.PublishWithContext(t.Context(), "", "q", false, false, amqp.Publishing{Body: []byte("again")}); err != nil {
		t.Fatal(err)
	}
	if d := next(t, got); string(d.Body) != "again" {
		t.Errorf("%q", d.Body)
	}
}
