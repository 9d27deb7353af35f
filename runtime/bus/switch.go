package bus

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/message"
)

// Switch is a Bus whose transport can be replaced while it is used (MS-40, MS-90).
//
// To opens the new transport beside the old one, proves it, then publishes through it. Both are listened to until Settle ends the old
// one, or Back returns to it. What a sender published on the old transport is handed over before what it publishes on the new one: a
// delivery of the new one waits until a marker, sent to oneself through the old one after it came, is back. Messages that the old
// transport has not confirmed are published again: receivers know them by their ids (MS-60).
type Switch struct {
	id   Identity
	ears Listener

	telling sync.Mutex // held while the listener is called, before mu

	mu     sync.Mutex
	legs   []*leg // one, or the old one before the new one
	cur    *leg   // that publishes
	counts map[message.Target]int
	closed bool
	busy   bool       // a switch is under way
	held   []Delivery // of the younger leg, in order
	marked int        // how many of them the marker that is out stands for; 0 when none is out
	marker string     // its id
	epoch  string
	ids    message.IDs
	seq    uint64
}

// Errors of a Switch.
var (
	// ErrSwitched is the reason of a Listener.Lost that is followed by Connected at once: messages go through another transport now.
	ErrSwitched = errors.New("messages go through another broker now")
	ErrBusy     = errors.New("another switch of the messaging is not finished")
)

// leg is one transport of a Switch; it is the transport's listener.
type leg struct {
	s    *Switch
	bus  Bus
	up   chan struct{} // closed at the first Connected
	bad  chan error    // the first Failed
	once sync.Once

	// Guarded by the Switch's mu.
	ready   bool
	order   uint64
	pending map[*message.Envelope][]sending // published and not confirmed
	drained chan struct{}                   // closed when pending gets empty; nil when nobody waits
	proof   map[string]chan struct{}        // markers whose return somebody waits for
}

type sending struct {
	order uint64
	to    message.Target
	msg   *message.Envelope
}

// NewSwitch opens the first transport. An error is a mistake in its settings.
func NewSwitch(open Opener, id Identity, l Listener) (*Switch, error) {
	s := &Switch{id: id, ears: l, counts: map[message.Target]int{}, epoch: rand.Text()}
	s.ids = message.NewIDs(s.epoch, 0)
	if s.id.Domain == "" {
		s.id.Domain = "default"
	}
	first, err := s.open(open)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cur = first
	return s, nil
}

// open adds a leg. What it hears waits until the leg is in place.
func (s *Switch) open(open Opener) (*leg, error) {
	g := &leg{
		s: s, up: make(chan struct{}), bad: make(chan error, 1),
		pending: map[*message.Envelope][]sending{}, proof: map[string]chan struct{}{},
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := open(s.id, g)
	if err != nil {
		return nil, err
	}
	g.bus = b
	for to := range s.counts {
		b.Bind(to)
	}
	s.legs = append(s.legs, g)
	return g, nil
}

// To switches to another transport. When it returns an error, nothing has changed: the new transport could not be opened, or a message
// to oneself did not come back through it before ctx ended. Settle ends the old one later. No method but Publish, Bind, Unbind, State
// may be called by the listener.
func (s *Switch) To(ctx context.Context, open Opener) error {
	s.mu.Lock()
	switch {
	case s.closed:
		s.mu.Unlock()
		return ErrClosed
	case s.busy || len(s.legs) > 1:
		s.mu.Unlock()
		return ErrBusy
	}
	s.busy = true
	prev := s.cur
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.busy = false
	}()
	next, err := s.open(open)
	if err != nil {
		return fmt.Errorf("switch the messaging: %w", err)
	}
	if err = next.prove(ctx); err == nil {
		prev.drain(ctx)
		err = s.swap(next)
	}
	if err != nil {
		s.drop(ctx, next)
		return fmt.Errorf("switch the messaging: %w; nothing has changed", err)
	}
	return nil
}

// prove waits until the leg is connected and a message went through it.
func (g *leg) prove(ctx context.Context) error {
	select {
	case <-g.up:
	case err := <-g.bad:
		return err
	case <-ctx.Done():
		return fmt.Errorf("connect to the new broker: %w: %s", ctx.Err(), g.bus.State().Reason)
	}
	select {
	case <-g.trip():
		return nil
	case err := <-g.bad:
		return err
	case <-ctx.Done():
		return fmt.Errorf("send a message to oneself through the new broker: %w", ctx.Err())
	}
}

// trip sends a marker to oneself; the channel is closed when it is back.
func (g *leg) trip() <-chan struct{} {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	back := make(chan struct{})
	if id, ok := g.mark(); ok {
		g.proof[id] = back
	}
	return back
}

// mark publishes a marker to oneself. mu is held.
func (g *leg) mark() (id string, ok bool) {
	s := g.s
	s.seq++
	from := message.From{Kind: message.FromAgent, App: s.id.App, Scope: s.id.Scope, Epoch: s.epoch, Seq: s.seq}
	if s.id.Manager() {
		from = message.From{Kind: message.FromManager, Epoch: s.epoch, Seq: s.seq}
	}
	body := &message.Ping{Text: "marker", Nonce: s.epoch}
	now := time.Now()
	msg := &message.Envelope{ID: s.ids.Next(), Type: body.Type(), Time: now, Domain: s.id.Domain, From: from, Expires: now.Add(10 * time.Minute), Body: body}
	return msg.ID, g.bus.Publish(s.id.Own(), msg) == nil
}

// patience is how long To waits for the old transport to confirm everything, so that little has to be published twice.
const patience = 2 * time.Second

func (g *leg) drain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	g.s.mu.Lock()
	if len(g.pending) == 0 || !g.ready {
		g.s.mu.Unlock()
		return
	}
	drained := make(chan struct{})
	g.drained = drained
	g.s.mu.Unlock()
	select {
	case <-drained:
	case <-ctx.Done():
	}
}

// swap makes a leg the one that publishes, with everything that the other one did not confirm first, in order.
func (s *Switch) swap(next *leg) error {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	prev := s.cur
	for _, p := range prev.unconfirmed() {
		if err := next.publish(p.to, p.msg); err != nil {
			clear(next.pending)
			s.mu.Unlock()
			return err
		}
	}
	clear(prev.pending)
	s.cur = next
	s.mu.Unlock()
	s.ears.Lost(ErrSwitched)
	s.ears.Connected()
	return nil
}

// unconfirmed gives what is not confirmed, in order of publication. mu is held.
func (g *leg) unconfirmed() []sending {
	byOrder := map[uint64]sending{}
	var orders []uint64
	for _, list := range g.pending {
		for _, p := range list {
			byOrder[p.order] = p
			orders = append(orders, p.order)
		}
	}
	slices.Sort(orders)
	list := make([]sending, 0, len(orders))
	for _, n := range orders {
		list = append(list, byOrder[n])
	}
	return list
}

// publish sends and remembers. mu is held.
func (g *leg) publish(to message.Target, msg *message.Envelope) error {
	if err := g.bus.Publish(to, msg); err != nil {
		return err
	}
	g.order++
	g.pending[msg] = append(g.pending[msg], sending{g.order, to, msg})
	return nil
}

// drop ends a leg that is not wanted; what it had delivered and was not handed over stays in its queue.
func (s *Switch) drop(ctx context.Context, g *leg) {
	s.telling.Lock()
	s.mu.Lock()
	if len(s.legs) > 1 && s.legs[1] == g {
		s.held, s.marked, s.marker = nil, 0, ""
	}
	s.remove(g)
	s.mu.Unlock()
	s.telling.Unlock()
	_ = g.bus.Close(ctx) // nothing of value is in it
}

// remove takes a leg out of the list. mu is held.
func (s *Switch) remove(g *leg) {
	for i := range s.legs {
		if s.legs[i] == g {
			s.legs = append(s.legs[:i:i], s.legs[i+1:]...)
			return
		}
	}
}

// Settle ends the transport that is not used any more: what it has already is handed over first, as long as ctx allows.
func (s *Switch) Settle(ctx context.Context) error {
	s.mu.Lock()
	if len(s.legs) < 2 || s.busy {
		s.mu.Unlock()
		return nil
	}
	old, ready := s.legs[0], s.legs[0].ready
	s.mu.Unlock()
	if ready {
		select {
		case <-old.trip():
		case <-ctx.Done():
		}
	}
	err := old.bus.Close(ctx)
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	s.remove(old)
	s.mu.Unlock()
	s.release(-1)
	return err
}

// Back returns to the old transport, as long as Settle was not called; Settle then ends the new one.
func (s *Switch) Back() error {
	s.mu.Lock()
	if len(s.legs) < 2 || s.cur != s.legs[1] {
		s.mu.Unlock()
		return nil
	}
	old := s.legs[0]
	s.mu.Unlock()
	if err := s.swap(old); err != nil {
		return fmt.Errorf("switch the messaging back: %w", err)
	}
	s.telling.Lock()
	defer s.telling.Unlock()
	s.release(-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.legs[0], s.legs[1] = s.legs[1], s.legs[0]
	return nil
}
