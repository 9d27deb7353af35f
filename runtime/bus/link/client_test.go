package link

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

// wire is a line whose broker is the test.
type wire struct {
	ear  Ear
	mu   sync.Mutex
	sent []Publication
	gone chan struct{}
	once sync.Once
}

func newWire(ear Ear) *wire { return &wire{ear: ear, gone: make(chan struct{})} }

func (*wire) Configure(context.Context, []message.Target, func(error)) error { return nil }
func (*wire) Serve()                                                         {}
func (*wire) Bind([]message.Target) error                                    { return nil }
func (*wire) Unbind(message.Target) error                                    { return nil }
func (*wire) DeleteAgent(context.Context, string, string) error              { return nil }
func (*wire) DeleteApplication(context.Context, string) error                { return nil }
func (w *wire) Close(context.Context)                                        { w.Abort() }
func (w *wire) Abort()                                                       { w.once.Do(func() { close(w.gone) }) }

func (w *wire) Publish(p Publication) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, p)
	return nil
}

func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent)
}

// ears count.
type ears struct {
	mu                                                     sync.Mutex
	connected, lost, delivered, confirmed, blocked, failed int
	reason                                                 string
}

func (e *ears) add(n *int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	*n++
}
func (e *ears) Connected()                                 { e.add(&e.connected) }
func (e *ears) Lost(error)                                 { e.add(&e.lost) }
func (e *ears) Delivered(d bus.Delivery)                   { e.add(&e.delivered); d.Ack() }
func (e *ears) Confirmed(*message.Envelope)                { e.add(&e.confirmed) }
func (e *ears) Returned(message.Target, *message.Envelope) {}
func (e *ears) Blocked(reason string)                      { e.add(&e.blocked); e.reason = reason }
func (e *ears) Failed(error)                               { e.add(&e.failed) }

func ping() *message.Envelope {
	return &message.Envelope{
		ID: "0197a1f0-6f3e-7c21-9a57-2f1d0c9be001", Time: time.Now(), Domain: "default",
		From: message.From{Kind: message.FromManager, Epoch: "e", Seq: 1}, Body: &message.Ping{Text: "x", Nonce: "n"},
	}
}

// An hour without a broker costs two attempts a minute; then everything connects without help (MS-76, 19.6).
func TestAnHourWithoutABrokerMS76(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		var w *wire
		l := &ears{}
		start := time.Now()
		c, err := Open(Config{Addresses: []string{"a"}}, bus.Identity{}, l, func(_ context.Context, _ string, ear Ear) (Line, error) {
			attempts++
			if time.Since(start) < time.Hour {
				return nil, errors.New("nobody answers")
			}
			w = newWire(ear)
			return w, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Publish(message.Manager(""), ping()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour + time.Minute)
		synctest.Wait()
		if attempts < 100 || attempts > 160 {
			t.Errorf("%d attempts in an hour", attempts)
		}
		if l.connected != 1 || w.count() != 1 {
			t.Errorf("connected %d times, sent %d messages", l.connected, w.count())
		}
		w.ear.Confirmed(1, true)
		if err := c.Close(t.Context()); err != nil || l.confirmed != 1 {
			t.Errorf("close: %v, %d confirms", err, l.confirmed)
		}
	})
}

// A broker that takes nothing makes the outbox grow, people see it, and it goes on afterwards (MS-76).
func TestBlockedBrokerMS76(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w *wire
		l := &ears{}
		c, err := Open(Config{Addresses: []string{"a"}}, bus.Identity{}, l, func(_ context.Context, _ string, ear Ear) (Line, error) {
			w = newWire(ear)
			return w, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.ear.Blocked("low on memory")
		for range 3 {
			if err := c.Publish(message.Manager(""), ping()); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if s := c.State(); s.Blocked != "low on memory" || s.Outbox != 3 || w.count() != 0 || l.reason != s.Blocked {
			t.Errorf("blocked: %+v, %d sent", s, w.count())
		}
		w.ear.Blocked("")
		synctest.Wait()
		if s := c.State(); s.Blocked != "" || w.count() != 3 || l.blocked != 2 {
			t.Errorf("after it: %+v, %d sent", s, w.count())
		}
		for tag := range uint64(3) {
			w.ear.Confirmed(tag+1, true)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// A negative confirm keeps the message; it is sent again after a pause, others go on (MS-72).
func TestRefusedMessagesAreKeptMS72(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w *wire
		c, err := Open(Config{Addresses: []string{"a"}}, bus.Identity{}, &ears{}, func(_ context.Context, _ string, ear Ear) (Line, error) {
			w = newWire(ear)
			return w, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []message.Target{message.Manager(""), message.Agent("a", "/b")} {
			if err := c.Publish(to, ping()); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		w.ear.Confirmed(1, false)
		w.ear.Confirmed(2, true)
		synctest.Wait()
		if n := c.State().Outbox; n != 1 || w.count() != 2 {
			t.Errorf("%d wait, %d were sent", n, w.count())
		}
		time.Sleep(1100 * time.Millisecond)
		if w.count() != 3 {
			t.Errorf("%d were sent after the pause, want 3", w.count())
		}
		w.ear.Confirmed(3, true)
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Whatever comes is handed over, ignored, or buried: exactly one of them, without a panic (MS-74, 19.8).
func FuzzIncoming(f *testing.F) {
	good, err := message.Encode(ping())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, "id", "ping", "x", "y")
	f.Add(good[:len(good)/2], "", "", "", "")
	f.Add([]byte("\xff"), "\xff", "\x00", "", "k")
	f.Add([]byte(`{"v":1,"id":"0197a1f0-6f3e-7c21-9a57-2f1d0c9be001","type":"odd.type"}`), "", "", "", "")
	connected := make(chan struct{}, 1)
	var w *wire
	l := &ears{}
	c, err := Open(Config{Addresses: []string{"a"}}, bus.Identity{}, l, func(_ context.Context, _ string, ear Ear) (Line, error) {
		w = newWire(ear)
		connected <- struct{}{}
		return w, nil
	})
	if err != nil {
		f.Fatal(err)
	}
	<-connected
	f.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = c.Close(ctx)
	})
	f.Fuzz(func(t *testing.T, body []byte, id, kind, exchange, key string) {
		before := c.Counts()
		l.mu.Lock()
		delivered := l.delivered
		l.mu.Unlock()
		acks := make(chan bool, 2)
		w.ear.Delivered(Incoming{Body: body, ID: id, Type: kind, Exchange: exchange, Key: key, Ack: func() { acks <- true }})
		after := c.Counts()
		_, err := message.Decode(body)
		switch {
		case after.Dead > before.Dead:
			if err == nil || errors.Is(err, message.ErrUnknownType) || len(acks) > 0 {
				t.Errorf("buried, though it reads with %v; %d acknowledgements", err, len(acks))
			}
		case after != before:
			if len(acks) != 1 {
				t.Errorf("ignored with %d acknowledgements", len(acks))
			}
		default:
			<-acks // the ears acknowledge
			l.mu.Lock()
			defer l.mu.Unlock()
			if err != nil || l.delivered != delivered+1 {
				t.Errorf("handed over, though it reads with %v", err)
			}
		}
	})
}
