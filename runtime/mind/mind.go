// Package mind holds what every mind shares: events, effects.
//
// A mind decides: Step takes one event with the time it happened at, and returns what the world must do about it, in order,
// as plain data. It reads no clock, draws no chance, starts no goroutine and touches no file.
package mind

import (
	"time"

	"github.com/roboconf/workbench/runtime/message"
)

// Event is something that happened. The package of each mind adds its own.
type Event interface{}

// Effect is a wish. The package of each mind adds its own.
type Effect interface{}

// Mind is a decider. The list that Step returns is valid until the next Step, the effects in it for ever: who keeps the list
// copies it.
type Mind interface {
	Step(now time.Time, ev Event) []Effect
}

// Connected is an event: the bus is ready, bindings made before are still there or will be made again by Bind.
type Connected struct{}

// Lost is an event: the bus is away. What is published meanwhile is kept by the shell and sent later, in order (MS-72).
type Lost struct{ Reason string }

// Delivered is an event: a message arrived.
type Delivered struct{ Msg *message.Envelope }

// Woken is an event: a Wait is over.
type Woken struct{ Timer string }

// Publish is an effect: send a message. Publication order is call order.
type Publish struct {
	To  message.Target
	Msg *message.Envelope
}

// Bind is an effect: listen to a target.
type Bind struct{ To message.Target }

// Unbind is an effect: stop listening to a target.
type Unbind struct{ To message.Target }

// Wait is an effect: deliver Woken{Timer} after a delay. It replaces a running wait of the same name; a negative delay cancels it.
type Wait struct {
	Timer string
	After time.Duration
}

// Save is an effect: what the mind's journal gives must be durable before the effects after this one are done.
type Save struct{}

// Returned is an event: a direct message found no queue (MS-72).
type Returned struct {
	To  message.Target
	Msg *message.Envelope
}
