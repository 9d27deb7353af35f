package simulator

import (
	"time"

	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/simulator/trace"
)

const (
	retry    = time.Second      // a lost message is sent again after that (MS-72)
	noticed  = 20 * time.Second // a cut link is noticed after that, as a heartbeat of the broker would
	prefetch = 32               // messages handed over at once (MS-74)
)

// link is the way between a client and the broker, with what is on it. What a client sends arrives in order; so does what
// waits in its queue. Nothing orders what different clients send.
type link struct {
	luck      chance
	connected bool // the client has a session with the broker
	cut       bool // by a partition of this link
	open      bool // connected and not cut: things move
	gen       uint32

	delay     time.Duration
	drop, dup float64

	out           []posted // sent, not yet at the broker: out[head:]
	head          int
	lastAt        time.Duration // when the last of out arrives
	sentAt        int           // the step that sent the last of out
	upBusy, downB bool          // an arrival is in the future
}

type postedKind uint8

const (
	publication postedKind = iota
	binding
	unbinding
)

// posted is something that a client tells the broker.
type posted struct {
	at    time.Duration // arrives not before
	what  postedKind
	again bool // a copy: its publisher missed the confirm
	to    message.Target
	msg   *message.Envelope
}

// latency is how long the next message travels.
func (w *World) latency(l *link) time.Duration {
	r := w.options.Profile.Latency()
	return l.luck.between(r.Min, r.Max) + l.delay
}

// send puts something on the way to the broker. What one step of a mind sends travels together, most of the time.
func (w *World) send(c *client, p posted) {
	l := &c.link
	if l.sentAt == w.steps && len(l.out) > l.head && l.luck.below(8) != 0 {
		p.at = l.lastAt
	} else {
		p.at = max(l.lastAt, w.now+w.latency(l))
	}
	l.lastAt, l.sentAt = p.at, w.steps
	l.out = append(l.out, p)
	w.pumpUp(c)
}

// pumpUp makes the next thing of a client arrive.
func (w *World) pumpUp(c *client) {
	l := &c.link
	if !l.open || l.upBusy || l.head == len(l.out) {
		return
	}
	l.upBusy = true
	w.at(c, onUp, l.out[l.head].at-w.now, uint64(l.gen))
}

// up lets everything arrive that is due.
func (w *World) up(c *client, gen uint64) {
	l := &c.link
	if uint64(l.gen) != gen {
		return
	}
	l.upBusy = false
	for l.head < len(l.out) && l.out[l.head].at <= w.now {
		if l.luck.hits(l.drop) {
			l.out[l.head].at = w.now + retry
			break
		}
		p := l.out[l.head]
		l.out[l.head] = posted{}
		l.head++
		w.arrive(c, p)
	}
	l.shrink()
	w.pumpUp(c)
}

// shrink gives the room of what arrived back.
func (l *link) shrink() {
	if l.head == len(l.out) {
		l.out, l.head = l.out[:0], 0
	} else if l.head > 64 && l.head > len(l.out)/2 {
		n := copy(l.out, l.out[l.head:])
		clear(l.out[n:])
		l.out, l.head = l.out[:n], 0
	}
}

// arrive is what the broker does about a thing.
func (w *World) arrive(c *client, p posted) {
	switch p.what {
	case binding:
		w.broker.Bind(c.queue, p.to)
		return
	case unbinding:
		w.broker.Unbind(c.queue, p.to)
		return
	}
	if p.msg.Expired(w.clock()) {
		return
	}
	routed := w.broker.Publish(p.to, p.msg)
	for _, q := range routed {
		w.pumpDown(w.clients[w.owners[q-1]])
	}
	if len(routed) == 0 && p.to.Direct() {
		w.unroutable(p)
	}
	if l := &c.link; !p.again && l.luck.hits(l.dup) {
		p.again, p.at = true, max(l.lastAt, w.now+retry)
		l.lastAt = p.at
		l.out = append(l.out, p)
	}
}

// unroutable notes a direct message without recipient: the machine it is for is gone, and so is its queue.
func (w *World) unroutable(p posted) {
	if w.options.Messages {
		w.note(trace.Entry{Kind: trace.Message, Path: p.to.Path, Text: "nobody receives " + p.msg.Type})
	}
}

// pumpDown makes the next message of a client's queue reach it.
func (w *World) pumpDown(c *client) {
	l := &c.link
	if c.mind == nil || !l.open || l.downB || w.broker.Ready(c.queue) == 0 {
		return
	}
	l.downB = true
	w.at(c, onDown, w.latency(l), uint64(l.gen))
}

// down hands over what waits in the queue of a client.
func (w *World) down(c *client, gen uint64) {
	l := &c.link
	if uint64(l.gen) != gen || c.mind == nil {
		return
	}
	l.downB = false
	most := prefetch
	if c.box == nil {
		most *= 8
	}
	for n := min(w.broker.Ready(c.queue), most); n > 0 && c.mind != nil; n-- {
		if l.luck.hits(l.drop) {
			l.downB = true
			w.at(c, onDown, retry, uint64(l.gen))
			return
		}
		w.deliver(c)
	}
	w.pumpDown(c)
}

func (w *World) deliver(c *client) {
	d, ok := w.broker.Take(c.queue)
	if !ok {
		return
	}
	if !d.Again && c.link.luck.hits(c.link.dup) {
		w.broker.Repeat(c.queue, d.Msg)
	}
	if !beats(d.Msg) {
		w.active = w.now
	}
	if w.options.Messages {
		w.note(trace.Entry{Kind: trace.Message, Path: c.path, Text: "receives " + d.Msg.Type + " from " + d.Msg.From.Scope})
	}
	w.step(c, mind.Delivered{Msg: d.Msg})
	w.broker.Ack(c.queue)
}

// connect gives a process its session with the broker, as soon as the link lets it.
func (w *World) connect(c *client, gen uint64) {
	l := &c.link
	if uint64(l.gen) != gen || c.mind == nil || l.connected || w.isCut(c) {
		return
	}
	if c.queue == 0 {
		c.queue = w.declare(c)
	}
	l.connected = true
	w.reopen(c)
	if c.box != nil {
		w.note(trace.Entry{Kind: trace.Machine, Path: c.path, Text: "agent connected"})
	}
	w.step(c, mind.Connected{})
}

func (w *World) isCut(c *client) bool { return c.link.cut || w.away }

// reopen computes whether things move, voids what was on its way, and lets things move again.
func (w *World) reopen(c *client) {
	l := &c.link
	l.gen++
	l.upBusy, l.downB = false, false
	w.broker.Requeue(c.queue)
	l.open = l.connected && !w.isCut(c)
	w.pumpUp(c)
	w.pumpDown(c)
}

// partition cuts a link. Its client notices later.
func (w *World) partition(c *client) {
	w.reopen(c)
	if c.link.connected && c.mind != nil {
		w.at(c, onLost, noticed, uint64(c.link.gen))
	}
}

// lose tells a client that the broker is away.
func (w *World) lose(c *client, gen uint64) {
	l := &c.link
	if uint64(l.gen) != gen || c.mind == nil || !w.isCut(c) {
		return
	}
	l.connected = false
	w.reopen(c)
	w.step(c, mind.Lost{Reason: "the broker does not answer"})
}

// heal mends a link.
func (w *World) heal(c *client) {
	w.reopen(c)
	if c.mind != nil && !c.link.connected {
		w.join(c)
	}
}

// join makes a process connect after a moment.
func (w *World) join(c *client) {
	w.at(c, onConnect, c.link.luck.between(50*time.Millisecond, 300*time.Millisecond)+c.link.delay, uint64(c.link.gen))
}

// matters says whether something else than heartbeats is on its way to the broker.
func (l *link) matters() bool {
	for i := l.head; i < len(l.out); i++ {
		if l.out[i].what != publication {
			return true
		}
		if !beats(l.out[i].msg) {
			return true
		}
	}
	return false
}

// beats says whether a message is one of those that go on for ever at rest.
func beats(m *message.Envelope) bool {
	_, beat := m.Body.(*message.AgentHeartbeat)
	return beat
}

// survive keeps what the outbox of a dead process has on disk (messaging.md 15.3).
func (l *link) survive() {
	kept := l.out[:0:0]
	for _, p := range l.out[l.head:] {
		if p.what == publication && durable(p.msg.Body) {
			kept = append(kept, p)
		}
	}
	l.out, l.head = kept, 0
}

func durable(b message.Body) bool {
	switch b.(type) {
	case *message.InstanceChanged, *message.InstanceRemoved, *message.RequestResult,
		*message.ImportAdd, *message.ImportRemove, *message.ImportRequest:
		return true
	}
	return false
}
