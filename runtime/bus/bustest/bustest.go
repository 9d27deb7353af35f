// Package bustest is the contract of a bus as a test.
//
// Run holds what messaging.md 19 asks for as far as a bus alone can show it, with what the comments of package bus promise.
// Every implementation passes it, whatever the broker.
package bustest

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

// Options of a client under test; zero values are the defaults of the implementation.
type Options struct {
	Outbox   int           // messages
	Retry    time.Duration // of what found no queue
	Conflict time.Duration // until a second consumer is told
}

// Fixture is a broker with clients under test. The clients of one fixture share the broker; each test has domains of its own.
type Fixture struct {
	// Open opens a client. The test closes it.
	Open func(t *testing.T, id bus.Identity, l bus.Listener, o Options) bus.Bus
	// Cut breaks the connection of the clients of an identity, as a crash of the machine's network does; they may come back at once.
	Cut func(t *testing.T, id bus.Identity)
	// Away makes the broker unreachable for all clients until the function that it gives is called.
	Away func(t *testing.T) (back func())
	// Restart stops the broker and starts it again with what it had on disk; nil where that has no meaning.
	Restart func(t *testing.T)
	// Publish puts bytes where a client would put a message of the domain.
	Publish func(t *testing.T, domain string, to message.Target, body []byte)
	// Dead gives the reasons of the dead letters of a domain, in order.
	Dead func(t *testing.T, domain string) []string
}

// Run holds an implementation against the contract.
func Run(t *testing.T, f Fixture) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *world)
	}{
		{"direct messages (19.1)", direct},
		{"broadcasts reach those that bound (19.1)", broadcast},
		{"external prefixes cross applications (19.1)", external},
		{"domains are isolated (MS-7)", isolated},
		{"names of any form stay apart (19.1)", names},
		{"first in, first out for each sender (9)", fifo},
		{"a binding holds for what is published after it (MS-24)", bindThenPublish},
		{"bindings are counted (MS-11)", counted},
		{"bindings come back with the connection (MS-76)", bindingsStay},
		{"not acknowledged is delivered again (MS-74)", redelivered},
		{"acknowledged is not (MS-74)", acknowledged},
		{"acknowledged in any order (MS-74)", anyOrder},
		{"clients first, broker later (19.6)", brokerLater},
		{"lost connections lose nothing (19.2)", cutInTheMiddle},
		{"a restarted broker loses nothing (19.2)", restartInTheMiddle},
		{"what was sent while the manager was down waits (19.3)", managerDown},
		{"three times is three deliveries of one id (19.5)", threeTimes},
		{"what cannot be read becomes a dead letter (19.8)", badMessages},
		{"what is unknown, foreign, expired is ignored (19.8)", ignored},
		{"the manager gets back what finds no agent (MS-72)", returnedToManager},
		{"an agent keeps what finds no manager (MS-72)", keptByAgent},
		{"a full outbox is an error (MS-72)", full},
		{"only the last state waits (MS-72)", coalesced},
		{"closing sends what is left", closeSends},
		{"closing ends with its context", closeEnds},
		{"a slow consumer holds nobody up (MS-80)", slowConsumer},
		{"two clients with one identity (19.9)", conflict},
		{"removed queues, exchanges (15.2)", removals},
		{"what cannot be sent is refused at once (MS-50)", refused},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, &world{t: t, f: f, domain: domain()}) })
	}
}

// Restarts is the part of Run that restarts the broker.
func Restarts(t *testing.T, f Fixture) {
	restartInTheMiddle(t, &world{t: t, f: f, domain: domain()})
}

// domain is a name that no other test has, with characters that mean something elsewhere.
func domain() string { return "d." + strings.ToLower(rand.Text()[:10]) + " #" }

// world is one test: clients in a domain.
type world struct {
	t      *testing.T
	f      Fixture
	domain string
}

// client is a bus with its ears.
type client struct {
	bus.Bus
	*Ears
	w    *world
	id   bus.Identity
	from message.From
}

// limit is how long a test waits for anything; a healthy broker needs a small part of it.
const limit = 10 * time.Second

func (w *world) open(app, scope string, o Options, set ...func(*Ears)) *client {
	w.t.Helper()
	ears := NewEars(w.t)
	for _, s := range set {
		s(ears)
	}
	c := &client{Ears: ears, w: w, id: bus.Identity{Domain: w.domain, App: app, Scope: scope}}
	c.from = message.From{Kind: message.FromManager, Epoch: rand.Text()}
	if scope != "" {
		c.from = message.From{Kind: message.FromAgent, App: app, Scope: scope, Epoch: rand.Text()}
	}
	c.Bus = w.f.Open(w.t, c.id, ears, o)
	w.t.Cleanup(func() { c.end() })
	return c
}

func (w *world) manager(set ...func(*Ears)) *client {
	w.t.Helper()
	return w.open("", "", Options{}, set...).ready()
}

func (w *world) agent(app, scope string, set ...func(*Ears)) *client {
	w.t.Helper()
	return w.open(app, scope, Options{}, set...).ready()
}

func (c *client) ready() *client {
	c.w.t.Helper()
	c.Wait("the connection", func(e *Heard) bool { return e.Connected > 0 })
	return c
}

// end closes a client; twice is harmless.
func (c *client) end() {
	ctx, cancel := timeout(limit / 2)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		c.w.t.Errorf("close %v: %v", c.id, err)
	}
}

// msg makes a message that tells the number n.
func (c *client) msg(body message.Body) *message.Envelope {
	c.from.Seq++
	ids := message.NewIDs(c.from.Epoch, c.from.Seq*8)
	return &message.Envelope{ID: ids.Next(), Type: body.Type(), Time: time.Now(), Domain: c.w.domain, From: c.from, Body: body}
}

func (c *client) publish(to message.Target, body message.Body) *message.Envelope {
	c.w.t.Helper()
	msg := c.msg(body)
	if err := c.Publish(to, msg); err != nil {
		c.w.t.Fatalf("publish: %v", err)
	}
	return msg
}

// say sends a text, which texts of the receiver shows.
func (c *client) say(to message.Target, text string) {
	c.w.t.Helper()
	c.publish(to, &message.Ping{Text: text, Nonce: "n"})
}

// hears waits until exactly these texts were delivered, in this order, each one acknowledged by the ears.
func (c *client) hears(texts ...string) {
	c.w.t.Helper()
	c.Wait("the texts "+strings.Join(texts, ", "), func(e *Heard) bool { return len(e.Texts()) >= len(texts) })
	if got := c.Heard().Texts(); strings.Join(got, "|") != strings.Join(texts, "|") {
		c.w.t.Errorf("%v heard %q, want %q", c.id, got, texts)
	}
}
