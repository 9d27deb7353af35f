package amqp

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/message"
)

// bad is a message that must not be handled: it dies for a reason, or is ignored when there is none.
type bad struct {
	what, reason string
	body         string
	props        func(*amqp.Publishing)
}

// badOnes spoils a good message in every way of messaging.md 12, 15.4.
func badOnes(good string) []bad {
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			panic(fmt.Sprintf("%s is not in %s", old, good))
		}
		return strings.Replace(good, old, new, 1)
	}
	deep := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	past := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	return []bad{
		{what: "one byte too large", reason: "size", body: good + strings.Repeat(" ", message.MaxBytes+1-len(good))},
		{what: "larger than anything may be", reason: "size", body: strings.Repeat("[", message.HardMaxBytes+1)},
		{what: "empty", reason: "syntax", body: ""},
		{what: "not JSON", reason: "syntax", body: "\xac\xed\x00\x05sr\x00\x11java.util.HashMap"},
		{what: "JSON, no object", reason: "syntax|schema", body: "[1,2]"},
		{what: "truncated", reason: "syntax", body: good[:len(good)-2]},
		{what: "something behind", reason: "syntax", body: good + "{}"},
		{what: "a key twice", reason: "syntax", body: change(`"v":1`, `"v":1,"\u0076":1`)},
		{what: "a key of the body twice", reason: "syntax", body: change(`"text":`, `"text":"a","text":`)},
		{what: "33 levels", reason: "syntax", body: change(`"body":{`, `"body":{"more":`+deep(31)+`,`)},
		{what: "a million levels", reason: "syntax", body: strings.Repeat("[", 1_000_000)},
		{what: "NUL in a text", reason: "syntax", body: change(`"text":"good"`, `"text":"a\u0000b"`)},
		{what: "no UTF-8", reason: "syntax", body: change(`"text":"good"`, "\"text\":\"\xff\"")},
		{what: "half a surrogate", reason: "syntax", body: change(`"text":"good"`, `"text":"\ud800"`)},
		{what: "version 2", reason: "version", body: change(`"v":1`, `"v":2`)},
		{what: "version 1e999", reason: "syntax|version|schema", body: change(`"v":1`, `"v":1e999`)},
		{what: "no body", reason: "schema", body: change(`"body":`, `"other":`)},
		{what: "an array as body", reason: "schema", body: change(`"body":{`, `"body":[],"other":{`)},
		{what: "a number as text", reason: "schema", body: change(`"text":"good"`, `"text":7`)},
		{what: "no UUID", reason: "schema", body: change(`"id":"`, `"id":"../../`)},
		{what: "a type that is none", reason: "schema|type", body: change(`"type":"ping"`, `"type":"os.Exit(1)"`)},
		{what: "from nobody", reason: "schema", body: change(`"kind":"manager"`, `"kind":"root"`)},
		{what: "bad, with every property that could do harm", reason: "syntax", body: "x", props: func(p *amqp.Publishing) {
			p.MessageId, p.Type, p.CorrelationId = strings.Repeat("m", 255), strings.Repeat("\x1b[2J", 50), "\x00\xff"
			p.Headers = amqp.Table{
				"x-death":      []any{amqp.Table{"reason": "expired", "queue": "elsewhere", "count": int64(99)}},
				headerReason:   "forged",
				headerExchange: "amq.topic",
				"deep":         amqp.Table{"a": amqp.Table{"b": []any{amqp.Table{}, []byte("x")}}},
			}
		}},
		{what: "an unknown type", body: change(`"type":"ping"`, `"type":"odd.type"`)},
		{what: "another domain", body: change(`"domain":"`, `"domain":"not-`)},
		{what: "expired in the envelope", body: change(`"body":`, `"expires":"`+past+`","body":`)},
	}
}

// messaging.md 12, 15.4, 19.8: whatever comes into the queue of an agent or of the manager, on any broker: it goes to the dead letters with
// the reason, or is ignored; the client lives, the next good message is handled; the letters are listed, shown, replayed, purged.
func TestBadMessagesOfEverySort(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		for _, to := range []string{"agent", "manager"} {
			t.Run(to, func(t *testing.T) { badInto(t, s, to == "agent") })
		}
	})
}

func badInto(t *testing.T, s *server, agent bool) {
	domain := "bad-" + strings.ToLower(rand.Text()[:8])
	manager, ears := open(t, s.settings, bus.Identity{Domain: domain})
	client, id := manager, bus.Identity{Domain: domain}
	if agent {
		id.App, id.Scope = "shop", "/vm #1"
		client, ears = open(t, s.settings, id)
	}
	ids := message.NewIDs(rand.Text(), 1)
	text := func(say string) string {
		e := &message.Envelope{
			ID: ids.Next(), Time: time.Now(), Domain: domain, From: message.From{Kind: message.FromManager, Epoch: "e", Seq: 1},
			Body: &message.Ping{Text: say, Nonce: "n"},
		}
		body, err := message.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	ch, err := raw(t, s.settings).Channel()
	if err != nil {
		t.Fatal(err)
	}
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	put := func(b bad) {
		t.Helper()
		p := amqp.Publishing{DeliveryMode: amqp.Persistent, Body: []byte(b.body)}
		if b.props != nil {
			b.props(&p)
		}
		confirm, err := ch.PublishWithDeferredConfirm(id.Own().Exchange(domain), id.Own().Key(), true, false, p)
		if err != nil {
			t.Fatal(err)
		}
		if taken, err := confirm.WaitContext(t.Context()); !taken || err != nil {
			t.Fatalf("%s: the broker did not take it: %v", b.what, err)
		}
	}
	var died, heard []bad
	ones := badOnes(text("good"))
	for i, b := range ones {
		put(b)
		if b.reason != "" {
			died = append(died, b)
		}
		good := bad{what: fmt.Sprint("good ", i), body: text(fmt.Sprint("good ", i))}
		put(good)
		heard = append(heard, good)
	}
	ears.Wait("every good message", func(h *bustest.Heard) bool { return len(h.Delivered) >= len(heard) })
	for i, said := range ears.Heard().Texts() {
		if said != heard[i].what {
			t.Errorf("message %d says %q, want %q", i, said, heard[i].what)
		}
	}
	if h := ears.Heard(); h.Lost > 0 || len(h.Delivered) != len(heard) {
		t.Errorf("lost %d times, %d delivered, want %d", h.Lost, len(h.Delivered), len(heard))
	}
	if got := client.Counts(); got.Dead != len(died) || got.Unknown != 1 || got.Foreign != 1 || got.Expired != 1 {
		t.Errorf("counted %+v, want %d dead, one of each other", got, len(died))
	}
	letters, err := OpenDeadLetters(Config{Settings: s.settings, DialTimeout: 10 * time.Second}, domain)
	if err != nil {
		t.Fatal(err)
	}
	theyAreLetters(t, letters, died, id)
	if agent {
		return
	}
	// Once whoever could not read them can: played again they are delivered where they came from. Bad ones die again, good ones do not.
	if n, err := letters.Replay(t.Context()); err != nil || n != len(died) {
		t.Errorf("replayed %d of %d: %v", n, len(died), err)
	}
	until(t, "all of them again", func() bool { list, err := letters.List(t.Context(), 100); return err == nil && len(list) == len(died) })
	theyAreLetters(t, letters, died, id)
	if n, err := letters.Purge(t.Context()); err != nil || n != len(died) {
		t.Errorf("purged %d of %d: %v", n, len(died), err)
	}
	if list, err := letters.List(t.Context(), 100); err != nil || len(list) > 0 {
		t.Errorf("after the purge: %d letters, %v", len(list), err)
	}
}

// theyAreLetters waits for the letters, holds their labels against what died, in order.
func theyAreLetters(t *testing.T, letters *DeadLetters, died []bad, id bus.Identity) {
	t.Helper()
	var list []Letter
	until(t, "the dead letters", func() bool {
		var err error
		list, err = letters.List(t.Context(), 100)
		return err == nil && len(list) >= len(died)
	})
	if len(list) != len(died) {
		t.Fatalf("%d letters, want %d", len(list), len(died))
	}
	for i, l := range list {
		b := died[i]
		if !slices.Contains(strings.Split(b.reason, "|"), l.Reason) || l.Detail == "" || l.Size != len(b.body) {
			t.Errorf("%s: the letter has the reason %q (%.80q), %d bytes; want %q, %d", b.what, l.Reason, l.Detail, l.Size, b.reason, len(b.body))
		}
		if l.Queue != id.Own().Queue(id.Domain) || l.Exchange != id.Own().Exchange(id.Domain) || l.Key != id.Own().Key() {
			t.Errorf("%s: it came from %s %s, died in %s", b.what, l.Exchange, l.Key, l.Queue)
		}
		if i%6 > 0 { // each one is a walk through all
			continue
		}
		shown, err := letters.Show(t.Context(), l.Ref)
		if err != nil || string(shown.Body) != b.body {
			t.Errorf("%s: shown with %d bytes, %v", b.what, len(shown.Body), err)
		}
	}
}

// messaging.md 15.4, 15.6: agents may write letters, so what a letter says of its origin is no permission: it is played again within the
// domain alone, whatever the one who replays may do.
func TestForgedLettersStayInTheirDomain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		domain := "forged-" + strings.ToLower(rand.Text()[:8])
		open(t, s.settings, bus.Identity{Domain: domain})
		_, ears := open(t, s.settings, bus.Identity{Domain: domain + "2"})
		agent := s.account(t, bus.AgentAccount(domain, "shop", "/a"))
		open(t, agent, bus.Identity{Domain: domain, App: "shop", Scope: "/a"})
		ch, err := raw(t, agent).Channel()
		if err != nil {
			t.Fatal(err)
		}
		victim := message.Manager("")
		for _, exchange := range []string{victim.Exchange(domain + "2"), "", "amq.topic"} {
			if err := ch.Publish(message.DeadExchange(domain), "x", false, false, amqp.Publishing{
				Body: []byte("forged " + exchange),
				Headers: amqp.Table{
					headerReason: "syntax", headerExchange: exchange, headerKey: victim.Key(), headerQueue: victim.Queue(domain + "2"),
				},
			}); err != nil {
				t.Fatal(err)
			}
		}
		letters, err := OpenDeadLetters(Config{Settings: s.settings, DialTimeout: 10 * time.Second}, domain)
		if err != nil {
			t.Fatal(err)
		}
		until(t, "the letters", func() bool { list, err := letters.List(t.Context(), 9); return err == nil && len(list) == 3 })
		if n, err := letters.Replay(t.Context()); n != 0 || err == nil {
			t.Errorf("%d were played again: %v", n, err)
		}
		if list, err := letters.List(t.Context(), 9); err != nil || len(list) != 3 || len(ears.Heard().Delivered) > 0 {
			t.Errorf("%d letters stay (%v), the other domain heard %d", len(list), err, len(ears.Heard().Delivered))
		}
	})
}
