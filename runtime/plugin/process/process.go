// Package process runs one program of a recipe to its end.
//
// The program gets a session of its own, an empty standard input, a deadline. Its output is taken as fast as it comes, kept within
// bounds, told line by line. When its time is over, all of its group goes (plugins.md 7).
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/roboconf/workbench/runtime/plugin"
)

// The times of PL-70, PL-71 where a command names no other.
const (
	Grace = 10 * time.Second // between terminate and kill
	Drain = 2 * time.Second  // for output, after the program ended
)

// Command is a program to run.
type Command struct {
	Path string   // of the program, absolute
	Args []string // without the program's name
	Dir  string   // working directory
	Env  []string // the whole environment: nothing is inherited
	// Grace and Drain are the constants of their names when zero.
	Grace, Drain time.Duration
	// Output and Log take whole lines from one goroutine, one call at a time: of Output at most 1 MiB a call, of Log at most 4. They
	// may be slow without slowing the program. Nil throws lines away.
	Output, Log func(plugin.Line)
	// Warn takes what is odd but no failure; nil throws it away.
	Warn func(text string)
	// Secrets are masked in lines (PL-72).
	Secrets []string
	RunAs   string // a user (PL-73); "" for that of this process
	Group   string // see plugin.Call
}

// Of is a command with all that a call says about every program. Path, Args, Dir, Env are left to the caller.
func Of(c *plugin.Call) Command {
	return Command{
		Grace: c.Grace, Output: c.Output, Log: c.Log, Warn: c.Warn, Secrets: c.Secrets, RunAs: c.RunAs, Group: c.Group, Dir: c.Dir,
		Env: c.Environ,
	}
}

// Run runs a program until it ends or the context does. At the end of the context the whole process group is terminated, then killed
// (PL-70, PL-71); after a success what the program left in the background goes on. When Run returns, nothing is read any more, and
// Output, Log are not called again.
//
// A program that ended with another code than 0 gives that code, one killed by signal N gives 128+N, both with the words of PL-34; one
// that could not start, or whose time was over, gives code 0 with an error.
func Run(ctx context.Context, c Command) plugin.Result {
	begun := time.Now()
	if ctx.Err() != nil {
		return plugin.Result{Error: plugin.Over(ctx, begun)}
	}
	r, err := start(ctx, c)
	if err != nil {
		return plugin.Result{Error: c.explain(err)}
	}
	var ended bool
	select {
	case err = <-r.waited:
	case <-ctx.Done():
		ended = true
		err = r.end(c.grace())
	}
	if r.capture.close(c.drain()) && !ended {
		c.warn("a process in the background holds the output open: what it prints now is lost, and may end it; redirect its output to a file")
	}
	r.forget()
	if ended {
		text := plugin.Over(ctx, begun)
		if errors.Is(err, errStays) {
			text += "; " + err.Error()
		}
		return plugin.Result{Error: text}
	}
	return c.result(err)
}

func (c *Command) grace() time.Duration { return orElse(c.Grace, Grace) }
func (c *Command) drain() time.Duration { return orElse(c.Drain, Drain) }

func orElse(d, other time.Duration) time.Duration {
	if d <= 0 {
		return other
	}
	return d
}

func (c *Command) warn(text string) {
	if c.Warn != nil {
		c.Warn(text)
	}
}

// running is a program that was started.
type running struct {
	cmd     *exec.Cmd
	waited  chan error // what Wait says, once
	capture *capture
	forget  func() // removes the file of the group
}

func start(ctx context.Context, c Command) (*running, error) {
	cmd := &exec.Cmd{Path: c.Path, Args: append([]string{c.Path}, c.Args...), Dir: c.Dir, Env: append([]string{}, c.Env...)}
	if err := isolate(cmd, c.RunAs); err != nil {
		return nil, err
	}
	out, outEnd, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	errs, errsEnd, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a pipe: %w", err), out.Close(), outEnd.Close())
	}
	cmd.Stdout, cmd.Stderr = outEnd, errsEnd
	cmd, err = launch(ctx, cmd)
	_, _ = outEnd.Close(), errsEnd.Close() // the program has its own
	if err != nil {
		_, _ = out.Close(), errs.Close() // nothing was written
		return nil, err
	}
	r := &running{cmd: cmd, waited: make(chan error, 1), forget: remember(&c, cmd.Process.Pid)}
	r.capture = newCapture(&c, out, errs)
	go func() { r.waited <- cmd.Wait() }()
	return r, nil
}

// launch starts the program; a file that somebody has open for writing at this very moment is tried again: a fork of another goroutine
// may hold the file that was just written, until it executes its own program.
func launch(ctx context.Context, cmd *exec.Cmd) (*exec.Cmd, error) {
	for pause := time.Millisecond; ; pause *= 2 {
		again := *cmd // a command is started once
		err := again.Start()
		if err == nil || !isBusy(err) || pause > time.Second {
			return &again, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return &again, err
		}
	}
}

// errStays says that something of the group could not be killed.
var errStays = errors.New("a process of the recipe cannot be killed (it waits in the kernel, for a disk or a network drive)")

// end terminates the group, kills what is left of it after the grace, and waits. It says how the program ended.
func (r *running) end(grace time.Duration) error {
	group := r.cmd.Process.Pid
	terminate(group)
	var err error
	waited := false
	patience := time.NewTimer(grace)
	defer patience.Stop()
	for pause := time.Millisecond; !waited || alive(group); pause = min(2*pause, 100*time.Millisecond) {
		look := time.NewTimer(pause)
		select {
		case err = <-r.waited:
			waited, r.waited = true, nil
		case <-look.C:
		case <-patience.C:
			look.Stop()
			return r.kill(group, waited, err)
		}
		look.Stop()
	}
	return err
}

// kill leaves nothing of a group. What the kernel does not let go in five seconds stays, and the result says so.
func (r *running) kill(group int, waited bool, err error) error {
	patience := time.NewTimer(5 * time.Second)
	defer patience.Stop()
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		kill(group) // again each time: a member may have forked just before
		look := time.NewTimer(pause)
		select {
		case err = <-r.waited:
			waited, r.waited = true, nil
		case <-look.C:
		case <-patience.C:
			look.Stop()
			return errStays
		}
		look.Stop()
		if waited && !alive(group) {
			return err
		}
	}
}
