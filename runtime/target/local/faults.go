package local

import (
	"context"
	"os"

	"github.com/roboconf/workbench/runtime/target"
)

// Suspend freezes all processes of a machine, as if its host had stopped in the middle of a word. Observe says running, suspended.
func (h *Handler) Suspend(ctx context.Context, s target.Spec) error {
	return h.fault(ctx, "suspend the machine", s, sigStop, false)
}

// Resume lets a suspended machine go on.
func (h *Handler) Resume(ctx context.Context, s target.Spec) error {
	return h.fault(ctx, "resume the machine", s, sigContinue, false)
}

// KillAgent ends the agent at once, nothing else: a crash of the program. Advance starts it again.
func (h *Handler) KillAgent(ctx context.Context, s target.Spec) error {
	return h.fault(ctx, "kill the agent", s, os.Kill, true)
}

// Kill ends all processes of a machine at once: a power failure. The folder stays; Advance starts the agent again.
func (h *Handler) Kill(ctx context.Context, s target.Spec) error {
	return h.fault(ctx, "kill the machine", s, os.Kill, false)
}

// fault sends a signal to the agent, or to the whole machine. A machine without processes is a success.
func (h *Handler) fault(ctx context.Context, op string, s target.Spec, sig os.Signal, agentOnly bool) error {
	with, _ := h.read(s.Properties) // only the folder is needed
	f := with.folder(s.Key)
	unlock, err := lock(ctx, string(f))
	if err != nil {
		return failure(op, s, err)
	}
	defer unlock()
	rec, err := f.mine(s.Key)
	if err != nil {
		return failure(op, s, err)
	}
	last, err := f.run()
	if err != nil {
		return failure(op, s, err)
	}
	agent, _, err := h.agent(f, rec, last)
	if err != nil {
		return failure(op, s, err)
	}
	members, err := h.members(rec, agent, nil)
	if err != nil {
		return failure(op, s, err)
	}
	if sig == os.Kill && !agentOnly {
		return failure(op, s, h.kill(ctx, f, rec, agent, members))
	}
	for _, p := range members {
		if agentOnly && !p.is(agent) {
			continue
		}
		if err := send(p, sig); err != nil {
			return failure(op, s, err)
		}
		for sig == os.Kill && alive(p) {
			if err := target.Pause(ctx, killPoll); err != nil {
				return failure(op, s, err)
			}
		}
	}
	return nil
}
