package agentd

import (
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// listener hears from the bus on behalf of the mind.
type listener struct{ h *hands }

func (l listener) Connected() {
	l.h.c.Log.Info("connected to the broker")
	l.h.loop.Post(retry{})
	l.h.loop.Post(mind.Connected{})
}

func (l listener) Lost(reason error) {
	l.h.c.Log.Warn("the broker is away", "error", reason)
	l.h.loop.Post(mind.Lost{Reason: reason.Error()})
}

// Delivered posts a message; it is acknowledged once the journal has it (MS-74).
func (l listener) Delivered(d bus.Delivery) {
	l.h.mu.Lock()
	l.h.deliveries[d.Msg] = d
	l.h.mu.Unlock()
	l.h.loop.Post(mind.Delivered{Msg: d.Msg})
}

func (l listener) Confirmed(m *message.Envelope) {
	l.h.journal.Confirmed(m)
	if l.h.full.CompareAndSwap(true, false) {
		l.h.loop.Post(retry{})
	}
}

// Returned is told only: the bus sends it again (MS-72).
func (l listener) Returned(_ message.Target, m *message.Envelope) {
	l.h.c.Log.Warn("nobody has a queue for a message: it is sent again later", "type", m.Type)
}

func (l listener) Blocked(reason string) {
	if reason == "" {
		l.h.c.Log.Info("the broker takes messages again")
		return
	}
	l.h.c.Log.Warn("the broker takes no messages: they wait here", "reason", reason)
}

func (l listener) Failed(err error) { l.h.c.Log.Error("the broker cannot be used", "error", err) }
