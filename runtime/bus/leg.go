package bus

import (
	"context"
	"errors"
	"slices"

	"github.com/roboconf/workbench/runtime/message"
)

// Publish implements Bus.
func (s *Switch) Publish(to message.Target, msg *message.Envelope) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	return s.cur.publish(to, msg)
}

// Bind implements Bus.
func (s *Switch) Bind(to message.Target) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[to]++
	if s.counts[to] > 1 {
		return
	}
	for _, g := range s.legs {
		g.bus.Bind(to)
	}
}

// Unbind implements Bus.
func (s *Switch) Unbind(to message.Target) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := s.counts[to]; {
	case n > 1:
		s.counts[to] = n - 1
	case n == 1:
		delete(s.counts, to)
		for _, g := range s.legs {
			g.bus.Unbind(to)
		}
	}
}

// DeleteAgent implements Bus, on both transports while there are two.
func (s *Switch) DeleteAgent(ctx context.Context, app, scope string) error {
	return s.each(func(b Bus) error { return b.DeleteAgent(ctx, app, scope) })
}

// DeleteApplication implements Bus, on both transports while there are two.
func (s *Switch) DeleteApplication(ctx context.Context, app string) error {
	return s.each(func(b Bus) error { return b.DeleteApplication(ctx, app) })
}

// each does something on the transport in use, and on the other one as long as that one answers.
func (s *Switch) each(do func(Bus) error) error {
	s.mu.Lock()
	cur := s.cur.bus
	var other Bus
	for _, g := range s.legs {
		if g != s.cur && g.ready {
			other = g.bus
		}
	}
	s.mu.Unlock()
	err := do(cur)
	if other != nil {
		err = errors.Join(err, do(other))
	}
	return err
}

// State implements Bus: of the transport in use.
func (s *Switch) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cur.bus.State()
}

// Close implements Bus.
func (s *Switch) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	legs := slices.Clone(s.legs)
	cur := s.cur
	s.mu.Unlock()
	var err error
	for _, g := range legs {
		if bad := g.bus.Close(ctx); g == cur {
			err = bad
		}
	}
	return err
}

// tell calls the listener for a leg, when who says so.
func (g *leg) tell(when func() bool, call func(Listener)) {
	s := g.s
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	yes := when()
	s.mu.Unlock()
	if yes {
		call(s.ears)
	}
}

func (g *leg) current() bool { return g.s.cur == g }

// Connected implements Listener.
func (g *leg) Connected() {
	g.tell(func() bool { g.ready = true; return g.current() || g.s.cur == nil }, Listener.Connected)
	g.once.Do(func() { close(g.up) })
}

// Lost implements Listener. A transport that is away cannot be waited for: what is held is handed over.
func (g *leg) Lost(reason error) {
	g.tell(func() bool { g.ready = false; return g.current() }, func(l Listener) { l.Lost(reason) })
	g.s.telling.Lock()
	defer g.s.telling.Unlock()
	if g.s.older(g) {
		g.s.release(-1)
	}
}

// older says whether a leg is the first of two.
func (s *Switch) older(g *leg) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.legs) > 1 && s.legs[0] == g
}

// Confirmed implements Listener. Of a message that was moved to another leg, that leg tells.
func (g *leg) Confirmed(msg *message.Envelope) {
	g.tell(func() bool { return g.answered(msg) }, func(l Listener) { l.Confirmed(msg) })
}

// answered takes a message out of what is pending. mu is held.
func (g *leg) answered(msg *message.Envelope) bool {
	list := g.pending[msg]
	switch len(list) {
	case 0:
		return false
	case 1:
		delete(g.pending, msg)
	default:
		g.pending[msg] = list[1:]
	}
	if len(g.pending) == 0 && g.drained != nil {
		close(g.drained)
		g.drained = nil
	}
	return true
}

// Returned implements Listener: the manager's is not pending any more.
func (g *leg) Returned(to message.Target, msg *message.Envelope) {
	g.tell(func() bool {
		if g.s.id.Manager() {
			return g.answered(msg)
		}
		return g.pending[msg] != nil
	}, func(l Listener) { l.Returned(to, msg) })
}

// Blocked implements Listener.
func (g *leg) Blocked(reason string) { g.tell(g.current, func(l Listener) { l.Blocked(reason) }) }

// Failed implements Listener.
func (g *leg) Failed(err error) {
	select {
	case g.bad <- err:
	default:
	}
	g.tell(func() bool { return g.current() || g.s.cur == nil }, func(l Listener) { l.Failed(err) })
}

// Delivered implements Listener: markers end here, the younger leg waits for the older one.
func (g *leg) Delivered(d Delivery) {
	s := g.s
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	if g.isMarker(d) {
		back, upTo := g.proof[d.Msg.ID], 0
		delete(g.proof, d.Msg.ID)
		if d.Msg.ID == s.marker {
			upTo = s.marked
			s.marker, s.marked = "", 0
		}
		s.mu.Unlock()
		d.Ack()
		if back != nil {
			close(back)
		}
		s.release(upTo)
		return
	}
	younger := len(s.legs) > 1 && s.legs[1] == g
	if younger {
		s.held = append(s.held, d)
	}
	s.mu.Unlock()
	if younger {
		s.release(0)
	} else {
		s.ears.Delivered(d)
	}
}

// isMarker says whether a delivery is a marker of this process, lately sent or left in the queue.
func (g *leg) isMarker(d Delivery) bool {
	ping, ok := d.Msg.Body.(*message.Ping)
	return ok && d.Msg.From.Epoch == g.s.epoch && ping.Nonce == g.s.epoch
}

// wait sends a marker through the older leg for what is held, unless one is out. It gives how much must not wait: all of it when no
// marker can be sent. mu is held.
func (s *Switch) wait() (free int) {
	if s.marked > 0 || len(s.held) == 0 {
		return 0
	}
	if len(s.legs) > 1 && s.legs[0].ready {
		if id, ok := s.legs[0].mark(); ok {
			s.marker, s.marked = id, len(s.held)
			return 0
		}
	}
	return len(s.held)
}

// release hands over the first of what is held, all when n is negative. telling is held.
func (s *Switch) release(n int) {
	s.mu.Lock()
	if n < 0 || n > len(s.held) {
		n = len(s.held)
		s.marker, s.marked = "", 0
	}
	ripe := s.held[:n:n]
	s.held = s.held[n:]
	if free := s.wait(); free > 0 {
		ripe = append(ripe, s.held...)
		s.held = nil
	}
	s.mu.Unlock()
	for _, d := range ripe {
		s.ears.Delivered(d)
	}
}
