package drive

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/mind"
)

// Loop owns a mind. Make it with New.
type Loop struct {
	mind  mind.Mind
	hands Hands
	start func(now time.Time) []mind.Effect
	now   func() time.Time
	batch int

	mu     sync.Mutex
	posted []mind.Event  // waits for its turn, the oldest first
	ready  chan struct{} // has room for one: something was posted

	// Of the goroutine of Run alone.
	taken  []mind.Event // taken out of posted, from next on not stepped yet
	next   int
	timers timers
	steps  []Step
	counts []int         // how many effects of each step
	wishes []mind.Effect // of all steps of a batch, in order
}

// New makes a loop; Run starts it.
func New(m mind.Mind, h Hands, o Options) *Loop {
	l := &Loop{mind: m, hands: h, start: o.Start, now: o.Now, batch: o.Batch, ready: make(chan struct{}, 1)}
	if l.now == nil {
		l.now = time.Now
	}
	if l.batch <= 0 {
		l.batch = 256
	}
	return l
}

// Post hands an event to the mind. It may be called from any goroutine, Hands and before Run included; it never waits and never
// loses an event. Events of one goroutine keep their order.
func (l *Loop) Post(ev mind.Event) {
	l.mu.Lock()
	l.posted = append(l.posted, ev)
	l.mu.Unlock()
	select {
	case l.ready <- struct{}{}:
	default:
	}
}

// Waiting is how many events were posted and not yet taken.
func (l *Loop) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.posted)
}

// Run drives the mind until ctx ends; then it finishes the batch in hand and returns nil. An error is that of Hands.Record.
// It may be called once.
func (l *Loop) Run(ctx context.Context) error {
	alarm := time.NewTimer(time.Hour)
	defer alarm.Stop()
	if l.start != nil {
		l.begin()
		l.wish(Step{At: l.now()}, l.start(l.now()))
		if err := l.finish(ctx); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		l.begin()
		l.take()
		if len(l.steps) > 0 {
			if err := l.finish(ctx); err != nil {
				return err
			}
			continue
		}
		alarm.Stop()
		if at, some := l.timers.first(); some {
			alarm.Reset(at.Sub(l.now()))
		}
		select {
		case <-ctx.Done():
		case <-l.ready:
		case <-alarm.C:
		}
	}
	return nil
}

// begin forgets the last batch, and lets go of what was in it.
func (l *Loop) begin() {
	clear(l.steps)
	clear(l.wishes)
	l.steps, l.counts, l.wishes = l.steps[:0], l.counts[:0], l.wishes[:0]
}

// take lets the mind step over a batch of what is due and what was posted.
func (l *Loop) take() {
	for len(l.steps) < l.batch {
		now := l.now()
		ev, some := l.due(now)
		if !some {
			ev, some = l.event()
		}
		if !some {
			return
		}
		l.wish(Step{At: now, Event: ev}, l.mind.Step(now, ev))
	}
}

func (l *Loop) due(now time.Time) (mind.Event, bool) {
	name, some := l.timers.due(now)
	if !some {
		return nil, false
	}
	return mind.Woken{Timer: name}, true
}

// event gives the oldest event that was posted.
func (l *Loop) event() (mind.Event, bool) {
	if l.next == len(l.taken) {
		clear(l.taken)
		l.mu.Lock()
		l.taken, l.posted = l.posted, l.taken[:0]
		l.mu.Unlock()
		if l.next = 0; len(l.taken) == 0 {
			return nil, false
		}
	}
	l.next++
	return l.taken[l.next-1], true
}

// wish keeps a step with what the mind wishes; waits are set at once, as nobody outside sees them.
func (l *Loop) wish(s Step, wishes []mind.Effect) {
	before := len(l.wishes)
	for _, e := range wishes {
		switch e := e.(type) {
		case mind.Save:
			s.Saves = true
		case mind.Wait:
			l.timers.set(e.Timer, s.At.Add(e.After), e.After >= 0)
		default:
			l.wishes = append(l.wishes, e)
		}
	}
	l.steps, l.counts = append(l.steps, s), append(l.counts, len(l.wishes)-before)
}

// finish records the batch, then does what it wishes.
func (l *Loop) finish(ctx context.Context) error {
	from := 0
	for k, n := range l.counts { // now that the list does not move any more
		l.steps[k].Effects = slices.Clip(l.wishes[from : from+n])
		from += n
	}
	if err := l.hands.Record(l.steps); err != nil {
		return fmt.Errorf("record %d steps: %w", len(l.steps), err)
	}
	for _, e := range l.wishes {
		l.hands.Do(ctx, e)
	}
	return nil
}
