package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

const (
	window   = 10 * time.Minute       // starts before that are forgotten
	firstGap = 200 * time.Millisecond // before the first restart; it doubles
	lastGap  = 30 * time.Second
	maxLog   = 8 << 20 // bytes of agent.log, looked at when the agent starts
)

// Advance is TG-110: it starts an agent that was never started, starts one again that crashed (not at once, not for ever), or says
// that the machine is ready. It decides from what is there now; seen is only what the caller knew.
func (h *Handler) Advance(ctx context.Context, s target.Spec, _ target.Machine) (done bool, again time.Duration, err error) {
	done, again, err = h.advance(ctx, s)
	return done, again, failure("advance the machine", s, err)
}

func (h *Handler) advance(ctx context.Context, s target.Spec) (bool, time.Duration, error) {
	with, _ := h.read(s.Properties) // what the machine needs is in its record
	f := with.folder(s.Key)
	unlock, err := lock(ctx, string(f))
	if errors.Is(err, errGone) {
		return false, 0, &target.Error{Op: "advance the machine", Target: Name, Scope: s.Key.Scope, Class: target.NotFound, Err: err}
	}
	if err != nil {
		return false, 0, err
	}
	defer unlock()
	rec, err := f.mine(s.Key)
	if err != nil {
		return false, 0, err
	}
	if f.destroying() {
		return false, 0, &target.Error{Op: "advance the machine", Target: Name, Scope: s.Key.Scope, Class: target.Conflict, Retry: true, Err: errors.New("it is being destroyed")}
	}
	last, err := f.run()
	if err != nil {
		return false, 0, err
	}
	p, adopted, err := h.agent(f, rec, last)
	if err != nil {
		return false, 0, err
	}
	if p.pid != 0 {
		if adopted {
			last.Pid, last.Start, last.Boot, last.First = p.pid, p.start, bootID(), cmp.Or(last.oldest(), p.start)
			h.step("adopt the agent")
			err = save(f.path("run.json"), last)
		}
		lived := time.Duration(0)
		if n := len(last.Starts); n > 0 {
			lived = h.now().Sub(last.Starts[n-1])
		}
		if lived < 0 { // the clock was set back
			lived = rec.Settle
		}
		return err == nil && lived >= rec.Settle, max(0, rec.Settle-lived), err
	}
	recent := since(last.Starts, h.now().Add(-window))
	if wait := due(recent, h.now(), h.gap); wait > 0 {
		return false, wait, nil
	}
	if len(recent) > rec.Restarts {
		return false, lastGap, nil // Observe tells that it fails
	}
	last.Starts = recent
	return false, max(time.Millisecond, rec.Settle), h.start(f, rec, last)
}

func since(starts []time.Time, from time.Time) []time.Time {
	i := slices.IndexFunc(starts, func(t time.Time) bool { return t.After(from) })
	if i < 0 {
		return nil
	}
	return starts[i:]
}

// due is how long to wait before the next start: nothing before the first, nothing where the clock was set back.
func due(starts []time.Time, now time.Time, gap time.Duration) time.Duration {
	if len(starts) == 0 || starts[len(starts)-1].After(now) {
		return 0
	}
	for range min(len(starts)-1, 20) {
		gap = min(2*gap, lastGap)
	}
	return starts[len(starts)-1].Add(gap).Sub(now)
}

// start starts the agent, the caller holding the lock. The intent is written before: should we die between the two, the process is
// found by its marker.
func (h *Handler) start(f folder, rec record, last run) error {
	last = run{First: last.oldest(), Boot: bootID(), Starts: append(slices.Clip(last.Starts), h.now().UTC())}
	h.step("write the intent to start")
	if err := save(f.path("run.json"), last); err != nil {
		return err
	}
	log, err := openLog(f.path("agent.log"))
	if err != nil {
		return err
	}
	cmd := exec.Command(rec.Agent[0], rec.Agent[1:]...) // no context: the agent outlives this process
	cmd.Dir, cmd.Env = string(f), environment(f, rec)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = ownSession()
	h.step("start the agent")
	err = cmd.Start()
	if closed := log.Close(); err == nil {
		err = closed
	}
	if cmd.Process == nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			err = fmt.Errorf("%w: %w", errNoProgram, err)
		}
		return fmt.Errorf("start %s: %w", rec.Agent[0], err)
	}
	last.Pid = cmd.Process.Pid
	if p, there := inspect(last.Pid); there {
		last.Start = p.start
		last.First = cmp.Or(last.First, p.start)
	}
	_ = cmd.Process.Release() // it is followed by number, start time, marker, by whoever looks
	h.step("write the process")
	return errors.Join(err, save(f.path("run.json"), last))
}

func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// environment is all that the agent gets: nothing of the manager's own but where programs, the home, the language are.
func environment(f folder, rec record) []string {
	env := map[string]string{
		"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	}
	for _, name := range []string{"PATH", "HOME", "USER", "LOGNAME", "LANG"} {
		if value := os.Getenv(name); value != "" {
			env[name] = value
		}
	}
	env["TMPDIR"] = f.path("tmp")
	env["ROBOCONF_AGENT_PARAMETERS"] = fileURL(f.path("user-data"))
	env["ROBOCONF_AGENT_DATA"] = f.path("data")
	env["ROBOCONF_AGENT_IP_ADDRESS_OF_THE_AGENT"] = rec.Address
	env["ROBOCONF_AGENT_SIMULATE_PLUGINS"] = fmt.Sprint(rec.Recipes != really)
	for name, value := range rec.Env {
		env[name] = value
	}
	env[Marker] = rec.ID
	list := make([]string, 0, len(env))
	for name, value := range env { // the order does not matter to a process; it is sorted for people
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

// lastWords is the last line that the agent printed, cut: why it ended, most of the time.
func lastWords(path string) string {
	const most = 4096
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	text := make([]byte, min(most, info.Size()))
	if _, err := f.ReadAt(text, info.Size()-int64(len(text))); err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(text), "?")), "\n")
	words := []rune(strings.Map(printable, strings.TrimSpace(lines[len(lines)-1])))
	return string(words[:min(len(words), 200)])
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}
