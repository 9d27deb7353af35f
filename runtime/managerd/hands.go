package managerd

import (
	"context"
	"errors"
	"fmt"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// hands do what the mind wishes. The loop calls them.
type hands struct{ m *Manager }

// Record journals what must not be forgotten, shows what changed, then lets the broker forget what it delivered (MS-74): before a message is
// acknowledged, what it caused is on disk.
func (h hands) Record(steps []drive.Step) error {
	m := h.m
	if err := m.store.record(steps); err != nil {
		return err
	}
	m.show()
	for _, s := range steps {
		if d, ok := s.Event.(mind.Delivered); ok {
			m.mu.Lock()
			ack := m.acks[d.Msg]
			delete(m.acks, d.Msg)
			m.mu.Unlock()
			if ack != nil {
				ack()
			}
		}
	}
	return nil
}

// Do carries one effect out, or hands it to whoever does.
func (h hands) Do(ctx context.Context, e mind.Effect) {
	m := h.m
	switch e := e.(type) {
	case mind.Publish:
		m.publish(e)
	case mind.Bind:
		m.ears.Bind(m.bus, e.To)
	case mind.Unbind:
		m.ears.Unbind(m.bus, e.To)
	case manager.Answer:
		m.answer(e)
	case manager.CreateMachine:
		m.yard.create(ctx, e.Machine)
	case manager.TerminateMachine:
		m.yard.terminate(ctx, e)
	case manager.QueryMachine:
		m.yard.query(ctx, e.Machine)
	case manager.Supply:
		m.supply(ctx, e)
	case manager.DropApplication:
		m.drop(ctx, e.App)
	default:
		m.notice(e)
	}
}

// publish hands a message to the bus. One that is refused because the outbox is full comes back to the mind as if it had found no queue: it is
// stored there, sent later (LC-83).
func (m *Manager) publish(p mind.Publish) {
	err := m.utter(p)
	var cannot *message.Error
	switch {
	case err == nil || errors.Is(err, bus.ErrClosed):
	case errors.As(err, &cannot):
		m.log.Error("a message cannot be sent at all", "type", p.Msg.Type, "app", p.To.App, "instance", p.To.Path, "error", err)
	default:
		m.log.Warn("the outbox is full", "type", p.Msg.Type, "app", p.To.App, "instance", p.To.Path)
		m.loop.Post(mind.Returned(p))
	}
}

// answer tells who waits in Do.
func (m *Manager) answer(a manager.Answer) {
	m.mu.Lock()
	waits := m.answers[a.ID]
	delete(m.answers, a.ID)
	m.mu.Unlock()
	if waits != nil {
		waits <- a.Errors // it has room
	}
}

// supply reads files that an agent wants, outside the loop; pieces are posted (MS-65).
func (m *Manager) supply(ctx context.Context, s manager.Supply) {
	m.work.Go(func() {
		for _, digest := range s.Items {
			if ctx.Err() != nil {
				return
			}
			if err := m.send(s, digest); err != nil {
				m.log.Warn("an agent wants a file that is not there", "app", s.App, "instance", s.Path, "error", err)
				m.loop.Post(manager.Chunk{App: s.App, Path: s.Path, Data: &message.BlobChunk{SHA256: digest, Missing: true}})
			}
		}
	})
}

// send posts a file, piece by piece.
func (m *Manager) send(s manager.Supply, digest string) error {
	for offset := int64(0); ; {
		piece, total, err := m.store.Blob(digest, offset, message.MaxChunk)
		if err != nil {
			return err
		}
		m.loop.Post(manager.Chunk{App: s.App, Path: s.Path, Data: &message.BlobChunk{SHA256: digest, Offset: offset, Total: total, Data: piece}})
		if offset += int64(len(piece)); offset >= total {
			return nil
		}
		if len(piece) == 0 {
			return fmt.Errorf("read the file %s: it ends after %d of %d bytes", digest, offset, total)
		}
	}
}

// drop deletes what the broker has of an application that is gone (lifecycle.md 12), best effort.
func (m *Manager) drop(ctx context.Context, app string) {
	m.work.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, queueLimit)
		defer cancel()
		if err := m.bus.DeleteApplication(ctx, app); err != nil {
			m.log.Warn("delete the exchange of an application", "app", app, "error", err)
		}
	})
}

// notice tells people (MG-70).
func (m *Manager) notice(e mind.Effect) {
	if m.cfg.Noticed != nil {
		m.cfg.Noticed(e)
	}
	switch e := e.(type) {
	case manager.Changed:
		m.feed.Publish(feed.Event{
			What: whatOf(e), App: e.App, Path: e.Path, From: e.From, To: e.To, Cause: e.Cause, Failure: e.Failure, Op: e.ID,
		})
		m.log.Debug("instance", "app", e.App, "instance", e.Path, "from", e.From.String(), "to", e.To.String(), "cause", e.Cause)
	case manager.Finished:
		m.answered(e)
		m.feed.Publish(feed.Event{What: feed.Finished, App: e.App, Path: e.Path, Cause: string(e.Outcome), Text: e.Reason, Op: e.ID})
	case manager.AppChanged:
		m.feed.Publish(feed.Event{What: feed.What(e.Turn.String()), App: e.App, Cause: e.Reason, Op: e.ID})
	case manager.TemplateChanged:
		m.feed.Publish(feed.Event{What: feed.What(e.Turn.String()), Template: e.Template.String(), Op: e.ID})
	case manager.TargetChanged:
		m.feed.Publish(feed.Event{What: feed.What(e.Turn.String()), Target: e.Target, Op: e.ID})
	case manager.Output:
		if m.cfg.Output != nil {
			m.cfg.Output(e)
		}
	case manager.Ponged:
		m.feed.Publish(feed.Event{What: feed.Said, App: e.App, Machine: e.Machine, Text: e.Text, Op: e.Nonce})
	case manager.Probed:
		m.feed.Publish(feed.Event{What: feed.Said, App: e.App, Machine: e.Machine, Text: e.Event + ": " + e.Info})
	}
}

func whatOf(e manager.Changed) feed.What {
	switch {
	case e.Created:
		return feed.Created
	case e.Removed:
		return feed.Deleted
	}
	return feed.Changed
}

// listener turns what the bus says into events of the mind.
type listener struct{ m *Manager }

func (l listener) Connected() { l.m.loop.Post(mind.Connected{}) }

func (l listener) Lost(reason error) {
	l.m.log.Warn("the broker is away", "error", reason)
	l.m.loop.Post(mind.Lost{Reason: words(reason)})
}

func (l listener) Delivered(d bus.Delivery) {
	m := l.m
	m.mu.Lock()
	m.acks[d.Msg] = d.Ack
	m.mu.Unlock()
	m.loop.Post(mind.Delivered{Msg: d.Msg})
}

func (l listener) Confirmed(*message.Envelope) {}

func (l listener) Returned(to message.Target, msg *message.Envelope) {
	l.m.loop.Post(mind.Returned{To: to, Msg: msg})
}

func (l listener) Blocked(reason string) {
	if reason != "" {
		l.m.log.Warn("the broker takes nothing", "reason", reason)
	}
	l.m.feed.Publish(feed.Event{What: feed.Said, Text: blockedWords(reason)})
}

func blockedWords(reason string) string {
	if reason == "" {
		return "the broker takes messages again"
	}
	return "the broker takes nothing at the moment: " + reason
}

func (l listener) Failed(err error) {
	l.m.log.Error("the broker refuses us", "error", err)
	l.m.feed.Publish(feed.Event{What: feed.Said, Text: "the broker refuses the manager: " + words(err)})
}
