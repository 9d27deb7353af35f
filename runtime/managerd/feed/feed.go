// Package feed tells those who listen what changed in a manager.
//
// Events have growing revisions. Bursts about one instance become one event, a listener that does not keep up is dropped, one that
// comes back gets what it missed (MG-70 to MG-73).
package feed

import (
	"errors"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
)

// What happened to the subject of an event (MG-70).
type What string

// What can happen.
const (
	Created  What = "CREATED"
	Changed  What = "CHANGED"
	Deleted  What = "DELETED"
	Damaged  What = "DAMAGED"
	Finished What = "FINISHED" // an operation is over for one instance
	Said     What = "SAID"     // raw text
)

// Event is one notification. Template, Target, App alone, App with Path, or only Text: that is what it is about.
type Event struct {
	Rev      uint64    `json:"rev"` // from 1, growing by 1
	Time     time.Time `json:"time"`
	What     What      `json:"event"`
	Template string    `json:"tpl,omitempty"` // name and version
	Target   string    `json:"target,omitempty"`
	Machine  string    `json:"machine,omitempty"` // whose agent says a text
	App      string    `json:"app,omitempty"`
	Path     string    `json:"path,omitempty"`
	// From and To are the states before and after; of several changes in one burst, before the first and after the last.
	From    lifecycle.State    `json:"from"`
	To      lifecycle.State    `json:"to"`
	Cause   string             `json:"cause,omitempty"`
	Failure *lifecycle.Failure `json:"failure,omitempty"`
	Op      string             `json:"op,omitempty"` // the operation at the origin
	Text    string             `json:"msg,omitempty"`
}

func (e *Event) instance() bool { return e.Path != "" }

// Options of a feed; the zero value has the figures of MG-73.
type Options struct {
	Ring  int           // events kept for those who come back; 10,000 when zero
	Burst time.Duration // how long changes of one instance are gathered; 50 ms when zero, not at all when negative
}

// Feed takes events and hands them out. Its methods may be called from any goroutine; none waits for a listener.
type Feed struct {
	ring  []Event // of capacity cap, the oldest at start once it is full
	start int
	limit int
	burst time.Duration

	mu      sync.Mutex
	rev     uint64
	waiting []*Event        // changes of instances not told yet, in order of their first
	of      map[subject]int // where in waiting
	timer   *time.Timer
	subs    map[*Subscription]struct{}
	closed  bool
	flushes sync.WaitGroup
}

type subject struct{ app, path string }

// New makes a feed without listeners. The first event has revision 1 more than last, the highest revision that was ever given.
func New(last uint64, o Options) *Feed {
	if o.Ring <= 0 {
		o.Ring = 10_000
	}
	if o.Burst == 0 {
		o.Burst = 50 * time.Millisecond
	}
	return &Feed{limit: o.Ring, burst: o.Burst, rev: last, of: map[subject]int{}, subs: map[*Subscription]struct{}{}}
}

// Publish tells an event. Its revision is given here, when it is handed out; its time, too, unless it has one.
func (f *Feed) Publish(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	if !e.instance() || e.What != Changed || f.burst < 0 {
		f.flush()
		f.tell(&e)
		return
	}
	key := subject{e.App, e.Path}
	if at, known := f.of[key]; known {
		e.From = f.waiting[at].From
		*f.waiting[at] = e
		return
	}
	f.of[key] = len(f.waiting)
	f.waiting = append(f.waiting, &e)
	if len(f.waiting) == 1 {
		f.flushes.Add(1)
		f.timer = time.AfterFunc(f.burst, f.late)
	}
}

// late ends a burst.
func (f *Feed) late() {
	defer f.flushes.Done()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hand()
}

// flush ends a burst early: what comes next must not overtake it.
func (f *Feed) flush() {
	if f.timer != nil && f.timer.Stop() {
		f.flushes.Done()
	}
	f.hand()
}

func (f *Feed) hand() {
	for _, e := range f.waiting {
		f.tell(e)
	}
	f.waiting, f.timer = f.waiting[:0], nil
	clear(f.of)
}

// tell gives an event its revision, keeps it, hands it to everybody.
func (f *Feed) tell(e *Event) {
	f.rev++
	e.Rev = f.rev
	if len(f.ring) < f.limit {
		f.ring = append(f.ring, *e)
	} else {
		f.ring[f.start] = *e
		f.start = (f.start + 1) % f.limit
	}
	for s := range f.subs {
		select {
		case s.events <- *e:
		default:
			f.end(s, ErrSlow)
		}
	}
}

// Revision is that of the last event.
func (f *Feed) Revision() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flush()
	return f.rev
}

// Why a subscription ended.
var (
	ErrSlow   = errors.New("the listener did not keep up; subscribe again with the last revision that was seen")
	ErrClosed = errors.New("the manager stops")
)

// Subscription is a way to listen. Events is closed when it ends; Err says why.
type Subscription struct {
	// Events are in order of their revisions, without a gap.
	Events <-chan Event
	// Missed says that events after the revision asked for are not kept any more: look at everything afresh, then listen. From is the
	// revision before the first event that will come.
	Missed bool
	From   uint64

	events chan Event
	feed   *Feed
	err    error
}

// pending is how many events wait for a listener before it is dropped, beyond those that it missed.
const pending = 1_000

// Subscribe listens to what comes after a revision; 0 asks for what comes from now on. A listener that does not take its events is
// dropped, with ErrSlow.
func (f *Feed) Subscribe(since uint64) *Subscription {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flush()
	s := &Subscription{feed: f, From: f.rev}
	oldest := f.rev - uint64(len(f.ring)) // the revision before the first one that is kept
	var missed []Event
	switch {
	case since == 0 || since == f.rev:
	case since < oldest || since > f.rev:
		s.Missed = true
	default:
		s.From = since
		for r := since; r < f.rev; r++ {
			missed = append(missed, f.ring[(f.start+int(r-oldest))%len(f.ring)])
		}
	}
	s.events = make(chan Event, len(missed)+pending)
	s.Events = s.events
	for _, e := range missed {
		s.events <- e
	}
	if f.closed {
		s.err = ErrClosed
		close(s.events)
		return s
	}
	f.subs[s] = struct{}{}
	return s
}

// Close stops listening. Once is enough, twice is harmless.
func (s *Subscription) Close() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.end(s, nil)
}

// Err says why Events was closed: nil after Close.
func (s *Subscription) Err() error {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.err
}

func (f *Feed) end(s *Subscription, why error) {
	if _, on := f.subs[s]; on {
		delete(f.subs, s)
		s.err = why
		close(s.events)
	}
}

// Close tells what waits, then ends every subscription with ErrClosed.
func (f *Feed) Close() {
	f.mu.Lock()
	f.flush()
	f.closed = true
	for s := range f.subs {
		f.end(s, ErrClosed)
	}
	f.mu.Unlock()
	f.flushes.Wait()
}
