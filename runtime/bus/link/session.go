package link

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/roboconf/workbench/runtime/message"
)

// session is what belongs to one line: it is the line's ear, its pump sends what the outbox gives.
type session struct {
	c       *Client
	line    Line
	broken  chan error    // the first loss
	gone    atomic.Bool   // the line is lost
	over    chan struct{} // closed when the supervisor hangs up
	wake    chan struct{}
	pumping chan struct{} // closed when the pump is over; nil when there was none

	// Guarded by the client's mu.
	flight []*entry // by tag-base; nil when answered
	base   uint64
	sent   uint64
}

func newSession(c *Client) *session {
	return &session{c: c, broken: make(chan error, 1), over: make(chan struct{}), wake: make(chan struct{}, 1), base: 1}
}

func (s *session) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// pump sends what the outbox gives, in its order, until the line is over. It is the only one that publishes on the line.
func (s *session) pump() {
	defer close(s.pumping)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		e, pause := s.take()
		if e != nil {
			if err := s.send(e); err != nil {
				s.Lost(err)
				return
			}
			continue
		}
		timer.Reset(pause)
		select {
		case <-s.over:
			return
		case <-s.wake:
		case <-timer.C:
		}
	}
}

// take gives the next entry to send, or how long there is none unless somebody pokes.
func (s *session) take() (*entry, time.Duration) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	now := time.Now()
	pause := time.Hour
	if len(s.c.out.parked) > 0 {
		if next := s.c.out.ripe(now); !next.IsZero() {
			pause = next.Sub(now)
		}
	}
	if s.isOver() || s.c.blocked != "" || s.c.teller.crowded() {
		return nil, pause
	}
	for {
		e := s.c.out.next(now)
		if e == nil {
			return nil, pause
		}
		if e.kind == publication && e.msg.Expired(now) {
			s.c.taken(e)
			continue
		}
		s.c.out.sent(e)
		if e.kind == publication || e.kind == deadLetter {
			s.flight = append(s.flight, e)
			s.sent++
		}
		return e, 0
	}
}

func (s *session) isOver() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// send does one entry; an error is one of the line.
func (s *session) send(e *entry) error {
	switch e.kind {
	case publication:
		p := Publication{To: e.to, Msg: e.msg, Body: e.body}
		if !e.msg.Expires.IsZero() {
			p.Expires = max(time.Until(e.msg.Expires), time.Millisecond)
		}
		return s.line.Publish(p)
	case deadLetter:
		return s.line.Publish(Publication{Body: e.body, Dead: e.dead})
	case removal:
		return s.removal(e)
	case unbinding:
		err := s.line.Unbind(e.to)
		if err == nil {
			s.done(e)
		}
		return err
	}
	return s.binds(e)
}

// binds sends a run of bindings together: one answer of the broker is waited for, not one for each.
func (s *session) binds(e *entry) error {
	run, targets := []*entry{e}, []message.Target{e.to}
	s.c.mu.Lock()
	for next := e.next; next != nil && next.kind == binding && next.state == waiting; next = next.next {
		s.c.out.sent(next)
		run, targets = append(run, next), append(targets, next.to)
	}
	s.c.mu.Unlock()
	err := s.line.Bind(targets)
	if err == nil {
		s.done(run...)
	}
	return err
}

func (s *session) done(entries ...*entry) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	for _, e := range entries {
		s.c.out.remove(e)
	}
}

// removal does what somebody waits for. An error that leaves the line alive is the answer.
func (s *session) removal(e *entry) error {
	if e.act.ctx.Err() != nil {
		s.done(e)
		return nil
	}
	ctx, cancel := context.WithCancel(e.act.ctx)
	defer cancel()
	err := e.act.do(ctx, s.line)
	if err != nil && (s.gone.Load() || s.isOver()) {
		return err
	}
	s.done(e)
	e.act.done <- err
	return nil
}

// Confirmed implements Ear.
func (s *session) Confirmed(tag uint64, taken bool) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if tag < s.base || tag >= s.base+uint64(len(s.flight)) || s.isOver() {
		return
	}
	e := s.flight[tag-s.base]
	if e == nil {
		return
	}
	s.flight[tag-s.base] = nil
	for len(s.flight) > 0 && s.flight[0] == nil {
		s.flight = s.flight[1:]
		s.base++
	}
	s.answered(e, taken)
	s.poke()
}

// answered looks at what the broker said of an entry. mu is held.
func (s *session) answered(e *entry, taken bool) {
	c := s.c
	switch {
	case e.kind == deadLetter && taken:
		c.out.remove(e)
		e.dead.In.Ack()
	case e.kind == deadLetter:
		c.out.remove(e) // not acknowledged: it comes again
		s.Lost(&Hopeless{errDeadRefused})
	case !taken:
		c.out.again(e, time.Now(), time.Second, c.cfg.Retry)
	case e.returned && c.id.Manager():
		c.out.remove(e)
		c.teller.tell(event{kind: returnedEvent, to: e.to, msg: e.msg})
		c.settle()
	case e.returned:
		c.out.again(e, time.Now(), c.cfg.Retry, c.cfg.Retry)
		if !e.told {
			e.told = true
			c.teller.tell(event{kind: returnedEvent, to: e.to, msg: e.msg})
		}
		c.settle()
	default:
		c.out.arrived(e)
		c.taken(e)
	}
}

// taken ends an entry that needs no more: it, and the older states that it replaced, are told as confirmed. mu is held.
func (c *Client) taken(e *entry) {
	c.out.remove(e)
	for _, older := range e.instead {
		c.teller.tell(event{kind: confirmedEvent, msg: older})
	}
	c.teller.tell(event{kind: confirmedEvent, msg: e.msg})
	c.settle()
}

// Returned implements Ear. Returns come before their confirms, so the first in flight with the id is meant.
func (s *session) Returned(id string) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	for _, e := range s.flight {
		if e != nil && e.kind == publication && !e.returned && e.msg.ID == id && e.to.Direct() {
			e.returned = true
			return
		}
	}
}

// Blocked implements Ear.
func (s *session) Blocked(reason string) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if s.isOver() || s.c.blocked == reason {
		return
	}
	s.c.blocked = reason
	s.c.teller.tell(event{kind: blockedEvent, reason: reason})
	s.poke()
}

// Lost implements Ear.
func (s *session) Lost(err error) {
	s.gone.Store(true)
	select {
	case s.broken <- err:
	default:
	}
}
