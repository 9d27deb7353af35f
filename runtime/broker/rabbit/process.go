//go:build unix

package rabbit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// child is a process of ours, in a group of its own: an interrupt typed at a terminal is not for it.
type child struct {
	pid  int
	done chan struct{} // closed when it has ended and was waited for
	err  error         // how it ended, once done is closed
}

// startChild runs a command. It dies with us where the system knows how: at once, or by the signal that ends it in order.
func startChild(cmd *exec.Cmd, atOnce bool) (*child, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr, atOnce)
	c := &child{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The system takes the death of the thread that started a child for the death of the parent: this one stays.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		c.pid = cmd.Process.Pid
		started <- nil
		c.err = cmd.Wait()
		close(c.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return c, nil
}

// terminate asks; kill does not. Neither touches anything once the child was waited for: its number may be a stranger's.
func (c *child) terminate() { c.signal(syscall.SIGTERM) }
func (c *child) kill()      { c.signal(syscall.SIGKILL) }

func (c *child) signal(sig syscall.Signal) {
	select {
	case <-c.done:
	default:
		syscall.Kill(-c.pid, sig) // gone already: fine
	}
}

// process is a child as the next process reads of it: its number alone could be anybody's.
type process struct {
	Name    string
	Pid     int
	Started string // as the system tells it
}

// remember writes down what runs, for whoever comes after a crash of this process.
func (s *Server) remember() error {
	var all []process
	for name, c := range map[string]*child{"broker": s.broker, "epmd": s.epmd} {
		if c == nil {
			continue
		}
		if started, err := startTime(c.pid); err == nil { // else it ended at once, which others tell
			all = append(all, process{name, c.pid, started})
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return replace(s.home.path(processFile), string(text))
}

// clean ends what a killed predecessor left running. The lock of the folder is ours, so it has no parent any more. What only has the
// number of one of its processes is a stranger, and stays.
func clean(ctx context.Context, h *home, log *slog.Logger) error {
	text, err := os.ReadFile(h.path(processFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var left []process
	if err := json.Unmarshal(text, &left); err != nil {
		log.Warn("nobody knows what an earlier RabbitMQ left running", "folder", h.dir, "problem", err)
	}
	for _, p := range left {
		if !p.runs() {
			continue
		}
		log.Info("an earlier RabbitMQ still runs: it is stopped", "process", p.Name, "pid", p.Pid)
		if err := p.end(ctx); err != nil {
			return err
		}
	}
	return os.Remove(h.path(processFile))
}

func (p process) runs() bool {
	started, err := startTime(p.Pid)
	return err == nil && started == p.Started
}

// end asks the process, waits 10 s, kills it.
func (p process) end(ctx context.Context) error {
	for _, how := range []struct {
		sig  syscall.Signal
		wait time.Duration
	}{{syscall.SIGTERM, 10 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		if err := syscall.Kill(-p.Pid, how.sig); errors.Is(err, syscall.EPERM) {
			return fmt.Errorf("stop the earlier %s, process %d: it belongs to somebody else: %w", p.Name, p.Pid, err)
		}
		wait, cancel := context.WithTimeout(ctx, how.wait)
		err := poll(wait, nil, func() (bool, error) { return !p.runs(), nil }, nil)
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("stop the earlier %s: process %d does not end", p.Name, p.Pid)
}

// lockFolder makes the folder ours until the lock is closed, which the end of this process does too.
func lockFolder(dir string) (io.Closer, error) {
	f, err := os.OpenFile(dir+"/"+lockFile, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner, _ := io.ReadAll(f) // only a help
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w (process %s)", ErrBusy, strings.TrimSpace(string(owner)))
		}
		return nil, fmt.Errorf("lock the folder: %w", err)
	}
	if err := f.Truncate(0); err == nil {
		fmt.Fprintln(f, os.Getpid())
	}
	return f, nil
}
