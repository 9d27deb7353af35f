package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/plugin"
)

// script writes a program of a shell.
func script(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recipe.sh")
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a script, and gives its lines by stream.
func run(t testing.TB, ctx context.Context, text string, change func(*Command)) (r plugin.Result, lines map[string][]string) {
	t.Helper()
	lines = map[string][]string{}
	c := Command{
		Path: script(t, text), Dir: t.TempDir(), Env: []string{"PATH=/usr/local/bin:/usr/bin:/bin"}, Grace: 200 * time.Millisecond,
		Drain:  100 * time.Millisecond,
		Output: func(l plugin.Line) { lines[l.Stream] = append(lines[l.Stream], l.Text) },
	}
	if change != nil {
		change(&c)
	}
	return Run(ctx, c), lines
}

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// PL-34: how a program ended, in words.
func TestResultsInWords(t *testing.T) {
	for _, c := range []struct {
		name, text string
		code       int
		want       string // what the error holds
	}{
		{"success", "#!/bin/sh\nexit 0\n", 0, ""},
		{"success after an error inside", "#!/bin/sh\nfalse\nexit 0\n", 0, ""},
		{"code", "#!/bin/sh\nexit 3\n", 3, "exit code 3"},
		{"signal", "#!/bin/sh\nkill -9 $$\n", 137, "killed by SIGKILL"},
		{"no interpreter", "#!/no/such/shell\n", 0, "interpreter not found: /no/such/shell, which the first line of recipe.sh names"},
		{"CRLF", "#!/bin/sh\r\nexit 0\r\n", 0, `ends with CRLF, so the system looks for "/bin/sh\r"`},
		{"CRLF with env", "#!/usr/bin/env sh\r\nexit 0\r\n", 127, `ends with CRLF, so the system looks for "sh\r"`},
		{"no first line", "exit 0\n", 0, "its first line names no interpreter; begin it with a line such as #!/bin/bash"},
		{"empty", "", 0, "its first line names no interpreter"},
		{"binary", "\x7fELF\x00\x01", 0, "it is no program of this machine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := run(t, t.Context(), c.text, nil)
			if r.ExitCode != c.code || !strings.Contains(r.Error, c.want) || (c.want == "") != (r.Error == "") {
				t.Errorf("got code %d, %q; want %d, %q", r.ExitCode, r.Error, c.code, c.want)
			}
		})
	}
}

// PL-32, PL-35: a program inherits neither input nor environment.
func TestNothingIsInherited(t *testing.T) {
	t.Setenv("SECRET_OF_THE_AGENT", "x")
	r, lines := run(t, t.Context(), "#!/bin/sh\ncat\necho ${SECRET_OF_THE_AGENT-unset}\n", nil)
	if r.Failed() || strings.Join(lines["out"], ",") != "unset" {
		t.Errorf("%+v, %q", r, lines)
	}
	r, lines = run(t, t.Context(), "#!/bin/sh\necho ${SECRET_OF_THE_AGENT-unset}\n", func(c *Command) { c.Env = nil })
	if r.Failed() || strings.Join(lines["out"], ",") != "unset" {
		t.Errorf("without environment: %+v, %q", r, lines)
	}
}

// PL-70: at the deadline all of the group ends, also what ignores the terminate signal, also jobs in groups of their own.
func TestTimeoutEndsTheGroup(t *testing.T) {
	for name, text := range map[string]string{
		"sleeps":          "#!/bin/sh\nsleep 600\n",
		"forks":           "#!/bin/sh\nsleep 600 & sleep 600 & wait\n",
		"ignores SIGTERM": "#!/bin/sh\ntrap '' TERM\n(trap '' TERM; sleep 600) &\nwhile :; do sleep 600; done\n",
		"job control":     "#!/bin/bash\nset -m\nsleep 600 &\nsleep 600\n",
		"is stopped":      "#!/bin/sh\nkill -STOP $$\n",
		"child survives":  "#!/bin/sh\n(trap '' TERM; sleep 600) &\nsleep 600\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "group")
			group := 0
			began := time.Now()
			ctx := watch(t, within(t, time.Second), file, &group)
			r, _ := run(t, ctx, text, func(c *Command) { c.Group = file })
			if !strings.HasPrefix(r.Error, "timeout after ") || r.ExitCode != 0 {
				t.Errorf("got %+v", r)
			}
			if took := time.Since(began); took > 8*time.Second {
				t.Errorf("took %v", took)
			}
			if group == 0 {
				t.Fatal("no group was noted")
			}
			if left := members(group); len(left) > 0 {
				t.Errorf("left running: %+v", left)
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("the file of the group stays")
			}
		})
	}
}

// watch reads the group of a program while it runs, at the end of the context.
func watch(t testing.TB, ctx context.Context, file string, group *int) context.Context {
	t.Helper()
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	seen := make(chan struct{})
	go func() {
		defer close(seen)
		<-ctx.Done()
		*group = groupIn(file)
		cancel(ctx.Err())
	}()
	t.Cleanup(func() { <-seen })
	return late{inner, ctx}
}

// late is ended after another context, and tells its deadline.
type late struct {
	context.Context
	of context.Context
}

func (l late) Deadline() (time.Time, bool) { return l.of.Deadline() }
func (l late) Err() error {
	if l.Context.Err() != nil {
		return l.of.Err()
	}
	return nil
}

func groupIn(file string) int {
	text, _ := os.ReadFile(file)
	words := strings.Fields(string(text))
	if len(words) != 3 {
		return 0
	}
	n, _ := strconv.Atoi(words[0])
	return n
}

// LC-132: what is cancelled is a failure, with the reason.
func TestCancel(t *testing.T) {
	for want, cause := range map[string]error{"cancelled": nil, "cancelled: by a person": errors.New("by a person")} {
		ctx, cancel := context.WithCancelCause(t.Context())
		r, _ := run(t, ctx, "#!/bin/sh\necho up\nsleep 600\n", func(c *Command) {
			c.Output = func(plugin.Line) { cancel(cause) }
		})
		if r.Error != want {
			t.Errorf("got %q, want %q", r.Error, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	mark := filepath.Join(t.TempDir(), "ran")
	if r, _ := run(t, ctx, "#!/bin/sh\ntouch "+mark+"\n", nil); r.Error != "cancelled" {
		t.Errorf("before the start: %+v", r)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program ran for a call that was cancelled before")
	}
}

// PL-71: a daemon that holds the pipes neither blocks the agent nor is killed; the agent warns.
func TestDaemonKeepsThePipes(t *testing.T) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	var warned []string
	began := time.Now()
	r, lines := run(t, t.Context(), "#!/bin/sh\nsleep 600 &\necho $! >"+pidFile+"\necho started\n", func(c *Command) {
		c.Warn = func(s string) { warned = append(warned, s) }
	})
	if r.Failed() || strings.Join(lines["out"], ",") != "started" {
		t.Errorf("%+v %q", r, lines)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if len(warned) != 1 || !strings.Contains(warned[0], "holds the output open") {
		t.Errorf("warned %q", warned)
	}
	text, _ := os.ReadFile(pidFile)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	m, ok := lookup(pid)
	if !ok || m.state == 'Z' {
		t.Fatal("the daemon was killed")
	}
	kill(m.session)
	eventually(t, "the daemon ends", func() bool { return !alive(m.session) })
}

// eventually waits for the world outside.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	ctx := within(t, 10*time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within ten seconds: %s", what)
		}
	}
}

// LC-104: what an agent that died left running is ended by the next one; a number that means another process is not touched.
func TestReap(t *testing.T) {
	file := filepath.Join(t.TempDir(), "group")
	up, ended := make(chan int, 1), make(chan plugin.Result, 1)
	go func() {
		r, _ := run(t, context.WithoutCancel(t.Context()), "#!/bin/sh\ntrap '' TERM\n(trap '' TERM; sleep 600) &\necho up\nsleep 600\n", func(c *Command) {
			c.Group = file
			c.Output = func(plugin.Line) { up <- groupIn(file) }
		})
		ended <- r
	}()
	group := <-up
	noted, err := os.ReadFile(file)
	if err != nil || group == 0 {
		t.Fatal(err, group)
	}
	words := strings.Fields(string(noted))
	other := filepath.Join(t.TempDir(), "other")
	for what, text := range map[string]string{
		"another start of the machine": words[0] + " " + words[1] + " other\n",
		"another process":              words[0] + " 1 " + words[2] + "\n",
		"nonsense":                     "\x00\xff\n",
		"the first process":            "1 " + words[1] + " " + words[2] + "\n",
	} {
		if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if found, err := Reap(other, time.Millisecond); found || err != nil {
			t.Errorf("%s: found %v, %v", what, found, err)
		}
		if !alive(group) {
			t.Fatalf("%s: killed all the same", what)
		}
	}
	if found, err := Reap(file, 50*time.Millisecond); !found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	if left := members(group); len(left) > 0 {
		t.Errorf("left running: %+v", left)
	}
	if r := <-ended; r.Error != "killed by SIGKILL" {
		t.Errorf("%+v", r)
	}
	if found, err := Reap(file, 0); found || err != nil {
		t.Errorf("a second time: %v, %v", found, err)
	}
}
