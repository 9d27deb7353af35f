package amqp

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// messaging.md 15.3, 15.6: an agent may publish to the exchange of its application, so to the routing key of another agent. What it says
// there in the name of the manager, of another agent, of nobody, is not handled: on any broker, by agents, by the manager.
func TestNobodySpeaksForOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		domain := "sender-" + strings.ToLower(rand.Text()[:8])
		managers := s.account(t, bus.ManagerAccount(domain))
		mEars, ears := bustest.NewEars(t), bustest.NewEars(t)
		manager, err := Open(Config{Settings: managers, Pace: quick, VerifySender: true}, bus.Identity{Domain: domain}, mEars)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeSoon(t, manager) })
		manager.Bind(message.Manager("shop"))
		id := bus.Identity{Domain: domain, App: "shop", Scope: "/victim"}
		victim, err := Open(Config{Settings: s.account(t, bus.AgentAccount(domain, "shop", "/victim")), Pace: quick}, id, ears)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeSoon(t, victim) })
		for _, e := range []*bustest.Ears{mEars, ears} {
			e.Wait("the connection", func(h *bustest.Heard) bool { return h.Connected > 0 })
		}
		attacker := s.account(t, bus.AgentAccount(domain, "shop", "/attacker"))
		ch, err := raw(t, attacker).Channel()
		if err != nil {
			t.Fatal(err)
		}
		ids := message.NewIDs(rand.Text(), 1)
		write := func(from message.From, body message.Body) []byte {
			from.Epoch, from.Seq = "e", 1
			text, err := message.Encode(&message.Envelope{ID: ids.Next(), Type: body.Type(), Time: time.Now(), Domain: domain, From: from, Body: body})
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		boss := message.From{Kind: message.FromManager}
		other := message.From{Kind: message.FromAgent, App: "shop", Scope: "/victim"}
		self := message.From{Kind: message.FromAgent, App: "shop", Scope: "/attacker"}
		forged := 0
		put := func(to message.Target, from message.From, user string, body message.Body) {
			if err := ch.Publish(to.Exchange(domain), to.Key(), false, false, amqp.Publishing{Body: write(from, body), UserId: user}); err != nil {
				t.Fatal(err)
			}
		}
		for _, user := range []string{"", attacker.User} { // the broker itself refuses any other one
			for _, from := range []message.From{boss, other} {
				put(id.Own(), from, user, &message.InstanceRequest{Path: "/victim/db", Status: lifecycle.NotDeployed})
				put(message.Manager("shop"), from, user, &message.AgentGoodbye{Reason: message.Shutdown})
				forged += 2
			}
		}
		put(id.Own(), self, "", &message.Ping{Text: "of nobody", Nonce: "n"})
		put(id.Own(), self, attacker.User, &message.Ping{Text: "its own", Nonce: "n"})
		put(message.Manager("shop"), self, attacker.User, &message.Ping{Text: "its own", Nonce: "n"})
		for _, e := range []*bustest.Ears{mEars, ears} {
			e.Wait("what is true", func(h *bustest.Heard) bool { return len(h.Texts()) > 0 })
			if h := e.Heard(); len(h.Delivered) != 1 || h.Texts()[0] != "its own" {
				t.Errorf("%d messages were handed over, %q", len(h.Delivered), h.Texts())
			}
		}
		letters, err := OpenDeadLetters(Config{Settings: managers, DialTimeout: 10 * time.Second}, domain)
		if err != nil {
			t.Fatal(err)
		}
		var list []Letter
		until(t, "the letters", func() bool { list, err = letters.List(t.Context(), 20); return err == nil && len(list) == forged+1 })
		for _, l := range list {
			if l.Reason != "sender" || !strings.Contains(l.Detail, "published") {
				t.Errorf("a letter says %q, %q", l.Reason, l.Detail)
			}
		}
		if err := victim.Publish(message.Manager("shop"), decoded(t, write(other, &message.Ping{Text: "from the victim", Nonce: "n"}))); err != nil {
			t.Fatal(err)
		}
		mEars.Wait("what the victim itself says", func(h *bustest.Heard) bool { return len(h.Texts()) == 2 })
		if err := manager.Publish(id.Own(), decoded(t, write(boss, &message.Ping{Text: "from the manager", Nonce: "n"}))); err != nil {
			t.Fatal(err)
		}
		ears.Wait("what the manager itself says", func(h *bustest.Heard) bool { return len(h.Texts()) == 2 })
	})
}

func decoded(t *testing.T, text []byte) *message.Envelope {
	t.Helper()
	m, err := message.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
