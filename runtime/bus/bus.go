// Package bus is what a client asks of the broker that carries its messages.
//
// Messages are values of package message; a target is where they go. Implementations: bus/amqp (RabbitMQ, our own broker),
// bus/local (in the memory of one process). All pass bus/bustest.
package bus

import (
	"context"
	"errors"

	"github.com/roboconf/workbench/runtime/message"
)

// Identity is who a client is: it decides the queue that it owns (messaging.md 15.1).
type Identity struct {
	Domain string // "default" when empty
	App    string // of an agent; "" for the manager
	Scope  string // path of an agent's scoped instance; "" for the manager
}

// Manager says whether the client is the manager.
func (i Identity) Manager() bool { return i.Scope == "" }

// Own is the target whose queue the client consumes.
func (i Identity) Own() message.Target {
	if i.Manager() {
		return message.Manager("")
	}
	return message.Agent(i.App, i.Scope)
}

// Bus is one client's connection to the broker. It exists, and takes messages, whether or not the broker is there: a supervisor
// connects, and connects again (MS-76). All methods may be called from any goroutine; none waits for a Listener.
type Bus interface {
	// Publish puts a message into the outbox: it is sent in order of calls, and sent again until the broker confirms it (MS-72).
	// It never waits for the broker. ErrFull: the outbox is at its limit; a *message.Error: the message cannot be sent at all.
	Publish(to message.Target, msg *message.Envelope) error
	// Bind makes the client's queue receive what is published to a target, now and after each reconnection. Bindings are counted
	// (MS-11): as many Unbind end it. Bindings and publications keep the order of calls (MS-24).
	Bind(to message.Target)
	// Unbind ends a Bind; one too many is harmless.
	Unbind(to message.Target)
	// DeleteAgent removes the queue of an agent whose machine is gone, DeleteApplication the exchange of an application. What is
	// not there is a success. They wait for the broker, for as long as ctx allows.
	DeleteAgent(ctx context.Context, app, scope string) error
	DeleteApplication(ctx context.Context, app string) error
	// State is where the supervisor is, with the reason of the last trouble.
	State() State
	// Close sends what the outbox holds as long as ctx allows, then ends; the Listener is not called after it returns.
	Close(ctx context.Context) error
}

// Opener opens a client for an identity. It returns at once; the listener hears how it goes on. An error is a mistake in settings.
type Opener func(Identity, Listener) (Bus, error)

// Listener hears from a bus. All its methods are called by one goroutine of the bus, one after another; they may block for a
// moment (a full queue), never for the broker.
type Listener interface {
	// Connected: queue and bindings are there, what waited is being sent.
	Connected()
	// Lost: the connection is gone; the supervisor goes on trying.
	Lost(reason error)
	// Delivered hands over a message of the queue, in order.
	Delivered(Delivery)
	// Confirmed: the broker has taken responsibility for a message, or the message needs none any more: a later instance.changed of
	// the same instance took its place and was confirmed (MS-72), or it expired in the outbox.
	Confirmed(msg *message.Envelope)
	// Returned: a direct message found no queue (MS-72). A manager's is taken out of the outbox; an agent's is kept, sent again later.
	Returned(to message.Target, msg *message.Envelope)
	// Blocked: the broker takes nothing at the moment, for a reason; "" when it does again.
	Blocked(reason string)
	// Failed: something that trying again will not cure soon, such as refused credentials or an object declared otherwise
	// (messaging.md 15.2); the supervisor tries every 60 s.
	Failed(error)
}

// Delivery is a message of the queue, out until it is acknowledged.
type Delivery struct {
	Msg *message.Envelope
	Raw []byte // its bytes, for a journal; not to be changed
	// Again says that the broker has handed it out before: it may be known.
	Again bool
	// Ack tells the broker that the message is safe here. It may be called from any goroutine, once.
	Ack func()
}

// Status is where a supervisor is.
type Status uint8

// The statuses (MS-76).
const (
	Idle Status = iota
	Connecting
	Configuring
	Ready
	Backoff
	Failing
	Closed
)

var statusNames = [...]string{"idle", "connecting", "configuring", "ready", "waiting to try again", "failing", "closed"}

// String is the word for people.
func (s Status) String() string { return statusNames[s] }

// State is what a person sees of a bus.
type State struct {
	Status  Status
	Reason  string // of the last trouble; "" when there is none
	Address string // of the broker, without secrets
	Outbox  int    // messages not confirmed yet
	Bytes   int    // of them
	Blocked string // why the broker takes nothing; "" when it does
}

// What can go wrong with a bus.
var (
	ErrFull   = errors.New("the outbox is full")
	ErrClosed = errors.New("the bus is closed")
	// ErrConflict, told by Listener.Failed: another client with the same identity gets the messages. This one waits to take over.
	ErrConflict = errors.New("another client has the same identity")
)
