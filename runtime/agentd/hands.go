package agentd

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/agentd/journal"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/plugin/files"
)

type messageEnvelope = message.Envelope

// hands do what the mind of the agent wishes.
type hands struct {
	c       Config
	journal *journal.Journal
	blobs   *files.Blobs
	watched *watched
	loop    *drive.Loop
	bus     bus.Bus
	full    atomic.Bool        // the outbox of the bus was at its limit
	stop    context.CancelFunc // ends the loop
	all     sync.WaitGroup     // every goroutine of the agent

	// Of the goroutine of the loop alone.
	steps    []journal.Step
	ears     bus.Ears
	released bool
	backlog  []mind.Publish // what the bus had no room for, in order
	begun    uint64         // number of the last recipe that was begun
	runs     chan agent.Run // to the goroutine that runs them; has room for one

	mu         sync.Mutex
	deliveries map[*messageEnvelope]bus.Delivery // not acknowledged yet
	running    uint64                            // number of the recipe that runs; 0 for none
	cancel     context.CancelCauseFunc           // of that recipe; nil before its goroutine took it
	cancelled  error                             // why it was cancelled before
	queue      []func(context.Context)           // what the store has to do
	tasks      chan struct{}                     // has room for one: something was put into queue
}

// watched is the mind with what the journal needs to know about each step.
type watched struct {
	a      *agent.Agent
	counts []agent.Counts // before each step of the batch
	// marking says that a journal.Mark is on its way, or its image.
	marking bool
}

// compact is an effect of the shell's own.
type compact struct{ image *agent.Journal }

// retry is an event of the shell's own: the bus may have room again.
type retry struct{}

// Step lets the mind step. Times are those that the journal can write.
func (w *watched) Step(now time.Time, ev mind.Event) []mind.Effect {
	w.counts = append(w.counts, w.a.Counts())
	switch ev.(type) {
	case journal.Mark:
		return []mind.Effect{compact{image: w.a.Image()}}
	case retry:
		return []mind.Effect{retry{}}
	}
	return w.a.Step(now.Round(0).UTC(), ev)
}

// Record puts steps on disk, then acknowledges the messages that they took (MS-74).
func (h *hands) Record(steps []drive.Step) error {
	clear(h.steps)
	h.steps = h.steps[:0]
	acks := 0
	for k := range steps {
		s := &steps[k]
		if s.Event == nil {
			continue // the first moment: the mind was not asked
		}
		step := journal.Step{At: s.At.Round(0), Event: s.Event, Saves: s.Saves, Counts: h.watched.counts[len(h.steps)], Effects: s.Effects}
		if d, ok := s.Event.(mind.Delivered); ok {
			step.Raw = h.raw(d.Msg)
			acks++
		}
		if _, own := s.Event.(retry); own {
			step.Event = agent.Output{} // nothing to keep
		}
		h.steps = append(h.steps, step)
	}
	h.watched.counts = h.watched.counts[:0]
	if err := h.journal.Record(h.steps, h.early(steps)); err != nil {
		return err
	}
	if acks > 0 {
		h.acknowledge()
	}
	if h.journal.Heavy(h.watched.a.Idle()) && !h.marked() {
		h.loop.Post(journal.Mark{})
	}
	return h.journal.Done()
}

// early gives what begins while the disk syncs: an update, which may run again after the death of a machine (PL-74), and which others are
// waiting for. Nil when there is none.
func (h *hands) early(steps []drive.Step) func() {
	for k := range steps {
		for _, e := range steps[k].Effects {
			if r, ok := e.(agent.Run); ok && r.Op == lifecycle.Update {
				return func() {
					h.begin(r)
					runtime.Gosched() // else its goroutine waits for this one's processor, which the sync keeps
				}
			}
		}
	}
	return nil
}

// marked says whether a mark is on its way to the journal.
func (h *hands) marked() bool {
	if h.watched.marking {
		return true
	}
	h.watched.marking = true
	return false
}

func (h *hands) raw(m *messageEnvelope) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.deliveries[m].Raw
}

func (h *hands) acknowledge() {
	for k := range h.steps {
		d, ok := h.steps[k].Event.(mind.Delivered)
		if !ok {
			continue
		}
		h.mu.Lock()
		delivery, known := h.deliveries[d.Msg]
		delete(h.deliveries, d.Msg)
		h.mu.Unlock()
		if known {
			delivery.Ack()
		}
	}
}

// Do carries out an effect, or hands it to whoever does.
func (h *hands) Do(ctx context.Context, e mind.Effect) {
	switch e := e.(type) {
	case mind.Publish:
		h.publish(e)
	case mind.Bind:
		h.ears.Bind(h.bus, e.To)
	case mind.Unbind:
		h.ears.Unbind(h.bus, e.To)
	case agent.Run:
		h.begin(e)
	case agent.Cancel:
		h.cancelRun(e.ID)
	case agent.Exit:
		h.released = e.Released
		h.stop()
	default:
		h.doRare(ctx, e)
	}
}

func (h *hands) doRare(ctx context.Context, e mind.Effect) {
	switch e := e.(type) {
	case compact:
		h.watched.marking = false
		if err := h.journal.Compact(e.image); err != nil {
			h.c.Log.Error("compact the journal", "error", err) // it goes on with the long one
		}
	case retry:
		h.sendBacklog()
	case agent.Look:
		h.later(func(context.Context) { h.look(e) })
	case agent.Keep:
		h.later(func(context.Context) { h.keep(e) })
	case agent.WriteProbes:
		h.later(func(context.Context) { h.writeProbes(e) })
	case agent.RunScripts:
		h.later(func(ctx context.Context) { h.runScripts(ctx, e) })
	case agent.SetLogLevel:
		h.setLevel(e)
	case agent.GatherLogs:
		h.later(func(context.Context) { h.gatherLogs(e) })
	case agent.SwitchBus:
		h.all.Go(func() { h.change(ctx, e) })
	default:
		h.c.Log.Error("the mind wishes for something that nobody knows", "effect", e)
	}
}

// publish hands a message to the bus. What it has no room for waits here: the journal has it as well (MS-72).
func (h *hands) publish(p mind.Publish) {
	if len(h.backlog) == 0 {
		err := h.bus.Publish(p.To, p.Msg)
		if err == nil {
			return
		}
		if errors.Is(err, bus.ErrFull) {
			h.full.Store(true)
		} else {
			h.c.Log.Error("a message cannot be sent", "type", p.Msg.Type, "error", err)
			return
		}
	}
	if !agent.Lasting(p.Msg.Body) {
		return // it says how things were at a moment
	}
	if now, ok := p.Msg.Body.(*message.InstanceChanged); ok {
		for k, old := range h.backlog {
			if b, ok := old.Msg.Body.(*message.InstanceChanged); ok && b.Path == now.Path {
				h.backlog = append(h.backlog[:k], h.backlog[k+1:]...)
				break
			}
		}
	}
	h.backlog = append(h.backlog, p)
}

func (h *hands) sendBacklog() {
	for k, p := range h.backlog {
		if err := h.bus.Publish(p.To, p.Msg); errors.Is(err, bus.ErrFull) {
			h.full.Store(true)
			h.backlog = h.backlog[k:]
			return
		} else if err != nil {
			h.c.Log.Error("a message cannot be sent", "type", p.Msg.Type, "error", err)
		}
	}
	h.backlog = nil
}

// later puts something into the queue of the store, which is done in order, beside the loop.
func (h *hands) later(f func(context.Context)) {
	h.mu.Lock()
	h.queue = append(h.queue, f)
	h.mu.Unlock()
	select {
	case h.tasks <- struct{}{}:
	default:
	}
}

// store does what is in its queue until the context ends.
func (h *hands) store(ctx context.Context) {
	for {
		h.mu.Lock()
		queue := h.queue
		h.queue = nil
		h.mu.Unlock()
		for _, f := range queue {
			if ctx.Err() != nil {
				return
			}
			f(ctx)
		}
		if queue != nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-h.tasks:
		}
	}
}
