package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/roboconf/workbench/runtime/target"
)

// Observe is TG-110: what cannot be read is unknown, with an error, never absent (TG-112).
func (h *Handler) Observe(ctx context.Context, s target.Spec) (target.Machine, error) {
	unknown := target.Machine{Key: s.Key, ID: s.ID}
	if err := ctx.Err(); err != nil {
		return unknown, failure("look at the machine", s, err)
	}
	with, _ := h.read(s.Properties) // only the folder is needed
	f := with.folder(s.Key)
	rec, err := f.mine(s.Key)
	if errors.Is(err, fs.ErrNotExist) {
		// Only a folder that is certainly not there is absent.
		if _, err = os.Lstat(string(f)); errors.Is(err, fs.ErrNotExist) {
			return target.Machine{Key: s.Key, Phase: target.Absent}, nil
		}
		if err == nil {
			err = fmt.Errorf("%s has no record of its machine", f)
		}
	}
	if err != nil {
		return unknown, failure("look at the machine", s, err)
	}
	m, err := h.look(f, rec)
	if err != nil {
		return unknown, failure("look at the machine", s, err)
	}
	return m, nil
}

// look reads a machine without any lock: whatever is written meanwhile, it sees the old or the new.
func (h *Handler) look(f folder, rec record) (target.Machine, error) {
	m := target.Machine{Key: rec.Key, ID: rec.ID, Address: rec.Address}
	if f.destroying() {
		m.Phase = target.Deleting
		return m, nil
	}
	last, err := f.run()
	if err != nil {
		return m, err
	}
	p, _, err := h.agent(f, rec, last)
	if err != nil {
		return m, err
	}
	switch {
	case p.pid != 0:
		m.Phase = target.Running
		if p.state == stopped {
			m.Reason = "suspended"
		}
	case !f.exists(): // destroyed while we looked
		return target.Machine{Key: rec.Key, Phase: target.Absent}, nil
	case last.Pid == 0: // a start was intended at most: it is no end
		m.Phase = target.Creating
	default:
		m.Phase, m.Reason = target.Stopped, h.ended(f, last)
		if n := len(since(last.Starts, h.now().Add(-window))); n > rec.Restarts {
			m.Phase = target.Failing
			m.Reason = fmt.Sprintf("the agent ended %d times within %.0f minutes; %s; its log is %s", n, window.Minutes(), m.Reason, f.path("agent.log"))
		}
	}
	return m, nil
}

// ended says how an agent ended, as far as that is known.
func (h *Handler) ended(f folder, last run) string {
	text := "the agent ended"
	var e exit
	if err := load(f.path("exit"), &e); err == nil && e.Pid == last.Pid && e.Start == last.Start {
		text += ": " + e.Status
	}
	if last.Boot != "" && last.Boot != bootID() {
		text = "this host was started again"
	}
	if words := lastWords(f.path("agent.log")); words != "" {
		text += "; its last words: " + words
	}
	return text
}

// bury takes an agent that ended out of the process table, when it is a child of ours, then keeps how it ended for people.
func (f folder) bury(p process) {
	if status := reap(p); status != "" {
		_ = save(f.path("exit"), exit{p.pid, p.start, status}) // without it the reason says less
	}
}

// agent finds the process of the agent: the recorded one, when it is still that one; else, where a start was intended, the process
// that carries the marker (a manager died between the start and its record: adopted is true). A zero process means that none lives.
func (h *Handler) agent(f folder, rec record, last run) (p process, adopted bool, err error) {
	if last.Starts == nil {
		return process{}, false, nil
	}
	if last.Pid != 0 && last.Boot == bootID() {
		if p, there := inspect(last.Pid); there && p.start == last.Start && carries(p, rec) {
			if !p.dead() {
				return p, false, nil
			}
			f.bury(p)
		}
	}
	all, err := table(rec.ID, last.oldest())
	if err != nil {
		return process{}, false, err
	}
	for _, p := range all {
		if p.marked && p.leads() && !p.dead() && p.runs(rec.Agent) {
			return p, true, nil
		}
	}
	return process{}, false, nil
}
