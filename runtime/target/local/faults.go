package local

import (
	"context"
	"errors"
	"os"
	"slices"

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

// felt says whether a signal has had its effect: a program of many threads takes a moment.
func felt(p process, sig os.Signal) bool {
	now, there := inspect(p.pid)
	if !there || now.start != p.start || now.dead() {
		return true
	}
	return sig != os.Kill && (now.state == stopped) == (sig == sigStop)
}

// fault sends a signal to the agent, or to the whole machine, then waits for its effect. A machine without processes is a success.
func (h *Handler) fault(ctx context.Context, op string, s target.Spec, sig os.Signal, agentOnly bool) error {
	with, _ := h.read(s.Properties) // only the folder is needed
	f := with.folder(s.Key)
	unlock, err := lock(ctx, string(f))
	if errors.Is(err, errGone) {
		return &target.Error{Op: op, Target: Name, Scope: s.Key.Scope, Class: target.NotFound, Err: err}
	}
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
	members, err := h.members(rec, last, agent, nil)
	if err != nil {
		return failure(op, s, err)
	}
	if sig == os.Kill && !agentOnly {
		return failure(op, s, h.kill(ctx, f, rec, last, agent, members))
	}
	if agentOnly {
		members = slices.DeleteFunc(members, func(p process) bool { return !p.is(agent) })
	}
	for _, p := range members {
		if err := send(p, sig); err != nil {
			return failure(op, s, err)
		}
	}
	for _, p := range members {
		for !felt(p, sig) {
			if err := target.Pause(ctx, killPoll); err != nil {
				return failure(op, s, err)
			}
		}
	}
	return nil
}
