package link

import (
	"context"
	"sync"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

// teller calls the listener, from its one goroutine. Telling it something never waits.
type teller struct {
	listener bus.Listener
	drained  func() // told when a crowd is gone
	wake     chan struct{}
	stop     chan struct{}
	over     chan struct{}

	mu    sync.Mutex
	queue []event
	busy  int  // events taken from the queue and not told yet
	muted bool // no more deliveries
	full  bool // somebody waits until the crowd is gone
	once  sync.Once
	dead  bool // nothing at all
}

type event struct {
	kind     eventKind
	to       message.Target
	msg      *message.Envelope
	delivery bus.Delivery
	err      error
	reason   string
}

type eventKind uint8

const (
	connectedEvent eventKind = iota
	lostEvent
	deliveredEvent
	confirmedEvent
	returnedEvent
	blockedEvent
	failedEvent
)

// crowd is how many events may wait for the listener before the pump pauses: a slow listener slows its own publications.
const crowd = 4096

func newTeller(l bus.Listener) *teller {
	return &teller{listener: l, wake: make(chan struct{}, 1), stop: make(chan struct{}), over: make(chan struct{})}
}

func (t *teller) tell(e event) {
	t.mu.Lock()
	t.queue = append(t.queue, e)
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *teller) crowded() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.full = len(t.queue)+t.busy > crowd
	return t.full
}

// mute drops the deliveries that were not told.
func (t *teller) mute() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.muted = true
}

// end tells what is left, then ends. A listener that does not come back in time is left behind: it hears nothing more.
func (t *teller) end(ctx context.Context) {
	t.once.Do(func() { close(t.stop) })
	select {
	case <-t.over:
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dead = true
}

func (t *teller) run() {
	defer close(t.over)
	var batch []event
	for {
		batch = t.take(batch)
		for i := range batch {
			t.one(&batch[i])
			batch[i] = event{}
		}
		if t.eased() {
			t.drained()
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-t.wake:
		case <-t.stop:
			if batch = t.take(batch); len(batch) == 0 {
				return
			}
			for i := range batch {
				t.one(&batch[i])
			}
		}
	}
}

// eased says, once, that a crowd is gone.
func (t *teller) eased() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.full || len(t.queue) > crowd {
		return false
	}
	t.full = false
	return true
}

// take swaps the queue for an empty one.
func (t *teller) take(old []event) []event {
	t.mu.Lock()
	defer t.mu.Unlock()
	batch := t.queue
	t.queue, t.busy = old[:0], len(batch)
	return batch
}

func (t *teller) one(e *event) {
	t.mu.Lock()
	t.busy--
	skip := t.dead || t.muted && e.kind == deliveredEvent
	t.mu.Unlock()
	if skip {
		return
	}
	switch e.kind {
	case connectedEvent:
		t.listener.Connected()
	case lostEvent:
		t.listener.Lost(e.err)
	case deliveredEvent:
		t.listener.Delivered(e.delivery)
	case confirmedEvent:
		t.listener.Confirmed(e.msg)
	case returnedEvent:
		t.listener.Returned(e.to, e.msg)
	case blockedEvent:
		t.listener.Blocked(e.reason)
	case failedEvent:
		t.listener.Failed(e.err)
	}
}
