package agentd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/bus"
)

// dial opens the bus: one that can be replaced while it works where the agent may be told another broker (MS-40).
func (h *hands) dial() (bus.Bus, error) {
	id, l := bus.Identity{Domain: h.c.Domain, App: h.c.App, Scope: h.c.Scope}, listener{h}
	if h.c.Switch == nil {
		return h.c.Bus(id, l)
	}
	return bus.NewSwitch(h.c.Bus, id, l)
}

// change goes to another broker (MS-90): it is tried first, then told, and the old one is listened to until the deadline.
func (h *hands) change(ctx context.Context, e agent.SwitchBus) {
	until, cancel := context.WithDeadline(ctx, e.To.Deadline)
	defer cancel()
	s, err := h.toOther(until, e)
	answer := agent.Switched{For: e.For}
	if err != nil {
		answer.Error = err.Error()
	}
	h.loop.Post(answer)
	if err != nil {
		h.c.Log.Error("another broker cannot be used", "error", err)
		return
	}
	h.c.Log.Info("messages go through another broker", "until", e.To.Deadline)
	<-until.Done() // what others still send the old way comes until then
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushLimit)
	defer cancel()
	if ctx.Err() != nil {
		return // the agent ends: so does everything that it listens to
	}
	if err := s.Settle(end); err != nil {
		h.c.Log.Warn("leave the old broker", "error", err)
	}
	if h.c.Switched != nil {
		h.c.Switched(e.To.Kind, e.To.Settings)
	}
}

func (h *hands) toOther(until context.Context, e agent.SwitchBus) (*bus.Switch, error) {
	s, can := h.bus.(*bus.Switch)
	if !can {
		return nil, errors.New("this agent stays with its broker")
	}
	if !time.Now().Before(e.To.Deadline) {
		return nil, errors.New("the deadline is over")
	}
	opener, err := h.c.Switch(e.To.Kind, e.To.Settings)
	if err != nil {
		return nil, fmt.Errorf("read the settings of the other broker: %w", err)
	}
	return s, s.To(until, opener)
}
