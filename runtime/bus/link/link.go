// Package link keeps one client connected to a broker.
//
// It is everything of a client that does not depend on the wire: the supervisor (MS-76), the outbox (MS-72), the judgement of what
// arrives (MS-74), the one goroutine that tells the listener. A Line is the wire: bus/amqp and bus/local have one each.
package link

import (
	"context"
	"log/slog"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

// Dial opens a line to the broker at an address. What happens on the line is told to the ear, until the line is closed. A Hopeless
// error is one that trying again will not cure soon.
type Dial func(ctx context.Context, address string, ear Ear) (Line, error)

// Line is one open connection to a broker. Only Abort may be called while another method runs, and Ack functions at any time.
type Line interface {
	// Configure declares what the client needs, binds its queue, consumes it. It returns when this client is the one that gets the
	// messages: while another consumes the same queue it waits, and says so through passive, which it calls before it returns.
	Configure(ctx context.Context, bound []message.Target, passive func(error)) error
	// Serve lets deliveries flow to the ear; it returns at once.
	Serve()
	// Publish sends a message without waiting for the confirm. The n-th call of a line has the tag n.
	Publish(p Publication) error
	// Bind and Unbind wait for the broker: what is published after they return finds the bindings so (MS-24).
	Bind(to []message.Target) error
	Unbind(to message.Target) error
	// DeleteAgent and DeleteApplication remove a queue, an exchange. What is not there is a success.
	DeleteAgent(ctx context.Context, app, scope string) error
	DeleteApplication(ctx context.Context, app string) error
	// Close says goodbye to the broker, within the time that ctx gives, then waits for the goroutines of the line.
	Close(ctx context.Context)
	// Abort cuts the line at once: every method that runs returns.
	Abort()
}

// Ear hears from a line, from any of its goroutines. No method waits for the broker or for a listener.
type Ear interface {
	// Confirmed: the broker has taken the message with a tag, or refused it. Tags come in order.
	Confirmed(tag uint64, taken bool)
	// Returned: a direct message found no queue. It comes before its confirm.
	Returned(id string)
	// Delivered: a message of the client's queue, in order.
	Delivered(in Incoming)
	// Blocked: the broker takes nothing at the moment, for a reason; "" when it does again.
	Blocked(reason string)
	// Lost: the line is unusable. Only the first one counts.
	Lost(err error)
}

// Publication is a message for the wire.
type Publication struct {
	To   message.Target
	Msg  *message.Envelope
	Body []byte
	// Expires, when not zero, is how long the broker may keep it.
	Expires time.Duration
	// Dead, when not nil, is a letter for the exchange of dead letters; To and Msg are empty then.
	Dead *Dead
}

// Incoming is a message as it came from the wire.
type Incoming struct {
	Body          []byte
	Again         bool   // handed out before
	Exchange, Key string // where it was published, for a dead letter
	ID, Type      string // as its properties say; they are believed for labels only
	User          string // who published it, for which the broker vouches; "" when it does not
	Ack           func() // tells the broker that it is done with; at any time, from any goroutine, once
}

// Dead is a message that could not be read, with the reason (messaging.md 15.4).
type Dead struct {
	In             Incoming
	Reason, Detail string
}

// Hopeless marks an error that trying again will not cure soon: refused credentials, an object declared otherwise, a certificate
// that is not trusted. The supervisor tells it at once, then tries every 60 s (MS-76).
type Hopeless struct{ Err error }

func (h *Hopeless) Error() string { return h.Err.Error() }

// Unwrap gives the error itself.
func (h *Hopeless) Unwrap() error { return h.Err }

// Config of a client. Zero values are the defaults.
type Config struct {
	// Addresses of the broker, tried in random order.
	Addresses []string
	// Codec limits the size of messages (MS-50).
	Codec message.Codec
	// Outbox is how many messages wait at most, OutboxBytes how many bytes of them: 10,000 and 64 MiB (MS-72).
	Outbox, OutboxBytes int
	// Retry is the pause before an agent sends again what found no queue; 10 s (MS-72).
	Retry time.Duration
	// Pace of the supervisor.
	Pace Pace
	// Warning is shown in State as long as nothing worse is to be told; "" for none.
	Warning string
	// Trusts says whether a user of the broker may speak for a sender; nil when nobody asks. What it does not trust is a dead letter with
	// the reason sender (messaging.md 15.3, 15.6).
	Trusts func(from message.From, user string) bool
	// Chance gives numbers in [0,1); the global source when nil.
	Chance func() float64
	Log    *slog.Logger // nil for silence
}

// Pace says how patiently a supervisor tries (MS-76).
type Pace struct {
	First, Longest time.Duration // back-off: 0.5 s and 30 s, doubled each time, ±20 %
	Steady         time.Duration // ready for so long, the back-off begins anew: 60 s
	Failing        time.Duration // between attempts that are hopeless: 60 s
}

func (c Config) withDefaults() Config {
	c.Outbox = or(c.Outbox, 10_000)
	c.OutboxBytes = or(c.OutboxBytes, 64<<20)
	c.Retry = or(c.Retry, 10*time.Second)
	c.Pace.First = or(c.Pace.First, 500*time.Millisecond)
	c.Pace.Longest = or(c.Pace.Longest, 30*time.Second)
	c.Pace.Steady = or(c.Pace.Steady, time.Minute)
	c.Pace.Failing = or(c.Pace.Failing, time.Minute)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func or[T int | time.Duration](given, other T) T {
	if given <= 0 {
		return other
	}
	return given
}

var _ bus.Bus = (*Client)(nil)
