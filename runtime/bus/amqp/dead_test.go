package amqp

import (
	"errors"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/broker/rabbit/rabbittest"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/message"
)

// Dead letters are listed, shown, replayed, purged (messaging.md 15.4).
func TestDeadLetters(t *testing.T) {
	onBoth(t, func(t *testing.T, p *server) {
		domain := rabbittest.Domain(t)
		f := newFixture(t, p.settings)
		letters, err := OpenDeadLetters(f.config(), domain)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := letters.List(t.Context(), 10); err != nil || len(list) > 0 {
			t.Errorf("before there is a queue: %v, %v", list, err)
		}
		mEars, ears := bustest.NewEars(t), bustest.NewEars(t)
		m := f.openClient(t, bus.Identity{Domain: domain}, mEars, bustest.Options{})
		defer shut(t, m)
		agent := bus.Identity{Domain: domain, App: "shop", Scope: "/a"}
		a := f.openClient(t, agent, ears, bustest.Options{})
		for _, e := range []*bustest.Ears{mEars, ears} {
			e.Wait("the connection", func(h *bustest.Heard) bool { return h.Connected > 0 })
		}
		for _, body := range []string{"one", "two", "three"} {
			f.publish(t, domain, agent.Own(), []byte(body))
		}
		var list []Letter
		until(t, "three letters", func() bool {
			list, err = letters.List(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(list) == 3
		})
		for i, l := range list {
			shown, err := letters.Show(t.Context(), l.Ref)
			if err != nil || string(shown.Body) != []string{"one", "two", "three"}[i] || l.Body != nil || l.Size != len(shown.Body) {
				t.Errorf("letter %d: %+v, %v", i, shown, err)
			}
			if l.Reason != "syntax" || l.Detail == "" || l.Queue != agent.Own().Queue(domain) || l.Key != agent.Own().Key() || time.Since(l.At) > time.Hour {
				t.Errorf("letter %d says %+v", i, l)
			}
		}
		if list, err := letters.List(t.Context(), 2); err != nil || len(list) != 2 {
			t.Errorf("the two oldest: %v, %v", list, err)
		}
		if _, err := letters.Show(t.Context(), "nobody"); !errors.Is(err, ErrNoLetter) {
			t.Errorf("show a letter that is not there: %v", err)
		}
		if n, err := letters.Purge(t.Context(), list[0].Ref); n != 1 || err != nil {
			t.Errorf("purge one: %d, %v", n, err)
		}
		replayed(t, letters, a, m, list[1:])
		if n, err := letters.Purge(t.Context()); err != nil || n != 2 {
			t.Errorf("purge all: %d, %v", n, err)
		}
		if _, err := letters.Purge(t.Context(), "nobody"); !errors.Is(err, ErrNoLetter) {
			t.Errorf("purge a letter that is not there: %v", err)
		}
	})
}

// replayed plays a letter again: it is as bad as before, so it comes back; when its queue is gone, it stays.
func replayed(t *testing.T, letters *DeadLetters, a, m bus.Bus, list []Letter) {
	t.Helper()
	if n, err := letters.Replay(t.Context(), list[0].Ref); n != 1 || err != nil {
		t.Errorf("replay one: %d, %v", n, err)
	}
	until(t, "the letter that comes back", func() bool {
		now, err := letters.List(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(now) == 2 && now[0].Ref == list[1].Ref
	})
	shut(t, a)
	if err := m.DeleteAgent(t.Context(), "shop", "/a"); err != nil {
		t.Fatal(err)
	}
	if n, err := letters.Replay(t.Context()); n != 0 || err == nil {
		t.Errorf("replay to a queue that is gone: %d, %v", n, err)
	}
}

// What the broker gives up is a dead letter too.
func TestExpiredMessagesAreDeadLetters(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, p *server) {
		domain := rabbittest.Domain(t)
		f := newFixture(t, p.settings)
		ears, mEars := bustest.NewEars(t), bustest.NewEars(t)
		agent := bus.Identity{Domain: domain, App: "shop", Scope: "/a"}
		a := f.openClient(t, agent, ears, bustest.Options{})
		ears.Wait("the connection", func(h *bustest.Heard) bool { return h.Connected > 0 })
		shut(t, a)
		m := f.openClient(t, bus.Identity{Domain: domain}, mEars, bustest.Options{})
		defer shut(t, m)
		mEars.Wait("the connection", func(h *bustest.Heard) bool { return h.Connected > 0 })
		now := time.Now()
		if err := m.Publish(agent.Own(), &message.Envelope{
			ID: "0197a1f0-6f3e-7c21-9a57-2f1d0c9be001", Time: now, Expires: now.Add(200 * time.Millisecond), Domain: domain,
			From: message.From{Kind: message.FromManager, Epoch: "e", Seq: 1}, Body: &message.Ping{Nonce: "n"},
		}); err != nil {
			t.Fatal(err)
		}
		letters, err := OpenDeadLetters(f.config(), domain)
		if err != nil {
			t.Fatal(err)
		}
		until(t, "the letter", func() bool {
			list, err := letters.List(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(list) == 1 && list[0].Reason == "expired" && list[0].Type == "ping" && list[0].Queue == agent.Own().Queue(domain) &&
				list[0].Exchange == agent.Own().Exchange(domain)
		})
	})
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
