package bustest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

// Ears are a listener that remembers what it hears. They acknowledge deliveries at once, unless Keep says no.
type Ears struct {
	// Keep, when set, gets each delivery in place of the acknowledgement; true keeps it unacknowledged.
	Keep func(bus.Delivery) bool

	t       testing.TB
	mu      sync.Mutex
	heard   Heard
	changed chan struct{} // closed at each change
	inside  bool
}

// Heard is what ears have heard so far.
type Heard struct {
	Connected, Lost int
	Delivered       []bus.Delivery
	Confirmed       []string // ids
	Returned        []string // ids
	Blocked         []string
	Failed          []error
}

var _ bus.Listener = (*Ears)(nil)

// NewEars makes ears of a test.
func NewEars(t testing.TB) *Ears { return &Ears{t: t, changed: make(chan struct{})} }

// Texts are the texts of the pings that were delivered, without repetitions of an id.
func (h *Heard) Texts() []string {
	var texts []string
	seen := map[string]bool{}
	for _, d := range h.Delivered {
		if p, ok := d.Msg.Body.(*message.Ping); ok && !seen[d.Msg.ID] {
			seen[d.Msg.ID] = true
			texts = append(texts, p.Text)
		}
	}
	return texts
}

// Heard gives a copy of what was heard.
func (e *Ears) Heard() *Heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := e.heard
	h.Delivered, h.Confirmed, h.Returned = slices.Clone(h.Delivered), slices.Clone(h.Confirmed), slices.Clone(h.Returned)
	h.Failed, h.Blocked = slices.Clone(h.Failed), slices.Clone(h.Blocked)
	return &h
}

// Wait returns when a condition holds. It is asked again at each change; the test fails when it does not hold in time.
func (e *Ears) Wait(what string, holds func(*Heard) bool) {
	e.t.Helper()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		e.mu.Lock()
		ok, changed := holds(&e.heard), e.changed
		e.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-timer.C:
			h := e.Heard()
			e.t.Fatalf("waited in vain for %s: connected %d times, lost %d times, %d delivered, %d confirmed, %d returned, failed %v",
				what, h.Connected, h.Lost, len(h.Delivered), len(h.Confirmed), len(h.Returned), h.Failed)
		}
	}
}

// hear notes something; it holds that one goroutine at a time calls.
func (e *Ears) hear(note func(*Heard)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	note(&e.heard)
	close(e.changed)
	e.changed = make(chan struct{})
}

func (e *Ears) enter() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.inside {
		e.t.Error("the listener is called twice at once")
	}
	e.inside = true
}

func (e *Ears) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inside = false
}

// Connected implements bus.Listener.
func (e *Ears) Connected() { e.hear(func(h *Heard) { h.Connected++ }) }

// Lost implements bus.Listener.
func (e *Ears) Lost(error) { e.hear(func(h *Heard) { h.Lost++ }) }

// Delivered implements bus.Listener.
func (e *Ears) Delivered(d bus.Delivery) {
	e.enter()
	defer e.leave()
	kept := e.Keep != nil && e.Keep(d)
	e.hear(func(h *Heard) { h.Delivered = append(h.Delivered, d) })
	if !kept {
		d.Ack()
	}
}

// Confirmed implements bus.Listener.
func (e *Ears) Confirmed(m *message.Envelope) {
	e.enter()
	defer e.leave()
	e.hear(func(h *Heard) { h.Confirmed = append(h.Confirmed, m.ID) })
}

// Returned implements bus.Listener.
func (e *Ears) Returned(_ message.Target, m *message.Envelope) {
	e.enter()
	defer e.leave()
	e.hear(func(h *Heard) { h.Returned = append(h.Returned, m.ID) })
}

// Blocked implements bus.Listener.
func (e *Ears) Blocked(reason string) {
	e.hear(func(h *Heard) { h.Blocked = append(h.Blocked, reason) })
}

// Failed implements bus.Listener.
func (e *Ears) Failed(err error) { e.hear(func(h *Heard) { h.Failed = append(h.Failed, err) }) }

func timeout(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}

// eventually asks until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
