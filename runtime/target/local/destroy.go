package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

// Destroy ends the agent (it may drain for the time of "grace"), then every process of the machine, then removes the folder.
// It says so in the folder first, so that whoever comes after a crash goes on. Absent is a success.
func (h *Handler) Destroy(ctx context.Context, s target.Spec) error {
	return failure("destroy the machine", s, h.destroy(ctx, s))
}

func (h *Handler) destroy(ctx context.Context, s target.Spec) error {
	with, _ := h.read(s.Properties) // only the folder is needed: a wrong property must not keep a machine
	f := with.folder(s.Key)
	unlock, err := lock(ctx, string(f))
	switch {
	case err == nil:
		defer unlock()
		if err := h.end(ctx, f, s.Key); err != nil {
			return err
		}
		if err := h.release(ctx, with.root, f); err != nil {
			return err
		}
	case !errors.Is(err, errGone) || f.exists(): // or another one took its place
		return err
	default:
		if err := h.sweep(ctx, with.root, f); err != nil {
			return err
		}
	}
	h.step("remove the folder")
	return removeAll(garbage(f))
}

// sweep removes what a machine that is not there may have left beside it: its creation, or its destruction, was cut.
func (h *Handler) sweep(ctx context.Context, root string, f folder) error {
	unlock, err := lock(ctx, root)
	if errors.Is(err, errGone) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unlock()
	if f.exists() {
		return errGone // it was made meanwhile: ask again
	}
	h.step("remove the draft")
	if err := removeAll(filepath.Join(root, newFolder)); err != nil {
		return err
	}
	taken, err := os.ReadDir(filepath.Join(root, addresses))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, ip := range taken {
		if err := giveBack(root, ip.Name(), f); err != nil {
			return err
		}
	}
	return nil
}

// giveBack gives an address back if it is of a machine, the caller holding the lock of the root. What a cut write of one left goes too.
func giveBack(root, ip string, f folder) error {
	path := filepath.Join(root, addresses, ip)
	owner, err := os.ReadFile(path)
	if err == nil && (string(owner) == filepath.Base(string(f)) || ip[0] == '.') {
		err = os.Remove(path)
		_ = os.Remove(filepath.Dir(path)) // the last one takes the list along
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func garbage(f folder) string {
	return filepath.Join(filepath.Dir(string(f)), goneHead+filepath.Base(string(f)))
}

// end ends all processes of a machine, the caller holding its lock.
func (h *Handler) end(ctx context.Context, f folder, k target.Key) error {
	rec, err := f.mine(k)
	if err != nil {
		return err
	}
	h.step("write that it is being destroyed")
	if err := os.WriteFile(f.path("destroying"), nil, 0o600); err != nil && !full(err) {
		return err
	}
	last, err := f.run()
	if err != nil {
		return err
	}
	agent, _, err := h.agent(f, rec, last)
	if err != nil {
		return err
	}
	known, err := h.members(rec, last, agent, nil)
	if err != nil {
		return err
	}
	if agent.pid != 0 {
		h.step("ask the agent to end")
		if err := errors.Join(send(agent, sigEnd), send(agent, sigContinue)); err != nil {
			return err
		}
		if err := h.drain(ctx, agent, rec.Grace); err != nil {
			return err
		}
	}
	return h.kill(ctx, f, rec, last, agent, known)
}

// members gives the processes of a machine; those that were known to belong to it are followed even without their marker.
func (h *Handler) members(rec record, last run, agent process, known []process) ([]process, error) {
	all, err := table(rec.ID, last.oldest())
	if err != nil {
		return nil, err
	}
	return belonging(all, agent, known, os.Getpid()), nil
}

// drain waits for the agent to end, as long as it may.
func (h *Handler) drain(ctx context.Context, agent process, grace time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, grace, errGrace)
	defer cancel()
	for wait := time.Millisecond; alive(agent); wait = min(2*wait, 25*time.Millisecond) {
		if err := target.Pause(ctx, wait); err != nil {
			if errors.Is(context.Cause(ctx), errGrace) {
				return nil
			}
			return err
		}
	}
	return nil
}

var errGrace = errors.New("the agent may not take longer")

// killPoll is how often a process is looked at that was killed: it ends within a moment.
const killPoll = time.Millisecond

// alive says whether a process still runs; one that waits for its parent to notice does not.
func alive(p process) bool {
	now, there := inspect(p.pid)
	return there && now.start == p.start && !now.dead()
}

// kill ends what is left, again until nothing is: a process that forks while it is killed leaves a child.
func (h *Handler) kill(ctx context.Context, f folder, rec record, last run, agent process, known []process) error {
	for {
		left, err := h.members(rec, last, agent, known)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			f.bury(agent)
			return nil
		}
		h.step("kill the processes")
		for _, p := range left {
			if err := send(p, os.Kill); err != nil {
				return err
			}
		}
		for _, p := range left {
			for alive(p) {
				if err := target.Pause(ctx, killPoll); err != nil {
					return fmt.Errorf("wait for the end of process %d: %w", p.pid, err)
				}
			}
		}
		known = append(known, left...)
	}
}

// release takes the folder out of the sight of everybody in one step, after the address was given back.
func (h *Handler) release(ctx context.Context, root string, f folder) error {
	rec, err := f.record()
	if err != nil {
		return err
	}
	unlock, err := lock(ctx, root)
	if err != nil {
		return err
	}
	defer unlock()
	h.step("remove what is left of an earlier one")
	if err := removeAll(garbage(f)); err != nil {
		return err
	}
	h.step("give the address back") // before the record of it goes; nothing of the machine listens there any more
	if err := giveBack(root, rec.Address, f); err != nil {
		return err
	}
	h.step("rename the folder")
	return os.Rename(string(f), garbage(f))
}

// removeAll removes a folder, even where a recipe took our right to do so away.
func removeAll(path string) error {
	err := os.RemoveAll(path)
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	_ = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			_ = os.Chmod(p, 0o700) // where that fails, the removal below says why
		}
		return nil
	})
	return os.RemoveAll(path)
}
