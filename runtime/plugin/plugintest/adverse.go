package plugintest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
)

// Recipe is one that nobody wants to meet, with the way in which it ends.
type Recipe struct {
	Name   string // what it does
	Script string // scripts/start.sh
	// Limit is its time; a minute when zero.
	Limit time.Duration
	// Values are exported by the instance.
	Values map[string]string
	// What the result is: an exit code, and what the error holds; "" for a success.
	Code  int
	Error string
	// Prints and Warns are what the output, the warnings hold.
	Prints, Warns string
	// Stays says that it leaves a daemon, which must live on (PL-71).
	Stays bool
	// Check looks at more.
	Check func(t *testing.T, c *Record)
}

// Recipes are the bad cases of plugins.md 8, and more of their kind.
func Recipes() []Recipe {
	return append(append(endless(), failing()...), strange()...)
}

// endless do not stop by themselves, or not all of them.
func endless() []Recipe {
	const limit = time.Second
	return []Recipe{
		{Name: "hangs", Script: "#!/bin/bash\necho up\nsleep 600\n", Limit: limit, Error: "timeout after ", Prints: "up"},
		{Name: "forks and hangs", Script: "#!/bin/bash\nfor i in {1..30}; do (sleep 600; echo never) & done\nwait\n", Limit: limit, Error: "timeout after "},
		{Name: "forks for ever", Script: "#!/bin/bash\nf() { sleep 0.05; f & }\nf\nf\nwait\nsleep 600\n", Limit: limit, Error: "timeout after "},
		{Name: "ignores SIGTERM", Script: "#!/bin/bash\ntrap '' TERM INT HUP\nwhile :; do sleep 600; done\n", Limit: limit, Error: "timeout after "},
		{Name: "has children that ignore SIGTERM", Script: "#!/bin/bash\n(trap '' TERM; sleep 600) &\nsleep 600\n", Limit: limit, Error: "timeout after "},
		{Name: "puts jobs in groups of their own", Script: "#!/bin/bash\nset -m\nsleep 600 & sleep 600 & wait\n", Limit: limit, Error: "timeout after "},
		{Name: "stops itself", Script: "#!/bin/bash\nkill -STOP $$\n", Limit: limit, Error: "timeout after "},
		{Name: "loops", Script: "#!/bin/bash\nwhile :; do :; done\n", Limit: limit, Error: "timeout after "},
		{Name: "prints for ever", Script: "#!/bin/bash\nyes\n", Limit: limit, Error: "timeout after ", Prints: "bytes left out"},
		{Name: "closes its output and hangs", Script: "#!/bin/bash\nexec >&- 2>&-\nsleep 600\n", Limit: limit, Error: "timeout after "},
		{Name: "tidies up when it is terminated", Script: "#!/bin/bash\ntrap 'echo tidied; kill $!; exit 0' TERM\nsleep 600 &\nwait\n", Limit: limit, Error: "timeout after ", Prints: "tidied"},
		{Name: "leaves a daemon that keeps the pipes", Script: "#!/bin/bash\necho up\nsleep 600 &\n", Prints: "up", Warns: "holds the output open", Stays: true},
		{Name: "leaves a daemon without pipes", Script: "#!/bin/bash\nsleep 600 >/dev/null 2>&1 &\necho up\n", Prints: "up", Stays: true},
		{Name: "leaves a daemon in a session of its own", Script: "#!/bin/bash\nsetsid sleep 600 >/dev/null 2>&1 </dev/null &\n", Stays: true},
	}
}

// failing end badly at once.
func failing() []Recipe {
	return []Recipe{
		{Name: "exits with 1", Script: "#!/bin/bash\necho why >&2\nexit 1\n", Code: 1, Error: "exit code 1", Prints: "why"},
		{Name: "succeeds after an error inside", Script: "#!/bin/bash\nfalse\ncat /none 2>/dev/null\nexit 0\n"},
		{Name: "kills itself", Script: "#!/bin/bash\nkill -KILL $$\n", Code: 137, Error: "killed by SIGKILL"},
		{Name: "kills its group", Script: "#!/bin/bash\ntrap '' TERM\nsleep 600 &\nkill -KILL 0\n", Code: 137, Error: "killed by SIGKILL"},
		{Name: "has CRLF", Script: "#!/bin/bash\r\nexit 0\r\n", Error: `ends with CRLF, so the system looks for "/bin/bash\r"`},
		{Name: "has CRLF with env", Script: "#!/usr/bin/env bash\r\nexit 0\r\n", Code: 127, Error: "ends with CRLF"},
		{Name: "names no interpreter", Script: "echo hello\n", Error: "its first line names no interpreter"},
		{Name: "names one that is not there", Script: "#!/opt/none/bin/lua\n", Error: "interpreter not found: /opt/none/bin/lua"},
		{Name: "is empty", Script: "", Error: "names no interpreter"},
		{Name: "is no program", Script: "\x7fELF\x02\x01\x01\x00garbage", Error: "it is no program of this machine"},
		{Name: "names a folder", Script: "#!/tmp\n", Error: "permission denied"},
		{
			Name: "has too large an environment", Script: "#!/bin/bash\n", Values: map[string]string{"X.a": strings.Repeat("x", 70_000)},
			Error: "X.a has 70003 bytes",
		},
		{Name: "has a value with a zero byte", Script: "#!/bin/bash\n", Values: map[string]string{"X.a": "a\x00b"}, Error: "holds a zero byte"},
	}
}

// strange succeed in odd ways.
func strange() []Recipe {
	return []Recipe{
		{Name: "reads its input", Script: "#!/bin/bash\ncat\nread x || echo end of file\n", Prints: "end of file"},
		{Name: "asks the terminal", Script: "#!/bin/bash\nread x </dev/tty || echo no terminal\n", Prints: "no terminal"},
		{Name: "prints binary", Script: "#!/bin/bash\nhead -c 100000 /dev/urandom\nprintf '\\nA\\xff\\xfeB\\n'\n", Prints: "A\uFFFDB"},
		{Name: "prints no line end", Script: "#!/bin/bash\nprintf last\n", Prints: "last"},
		{Name: "prints 1 GB", Script: "#!/bin/bash\nhead -c 1000000000 /dev/zero | tr '\\0' '\\n'\necho end\n", Prints: "end", Check: bounded},
		{
			Name: "is told a value with commands", Values: map[string]string{"X.evil": "$(touch pwned) `touch pwned`; touch pwned #'\""},
			Script: "#!/bin/bash\necho \"$evil\" $evil\n", Prints: "$(touch pwned) `touch pwned`; touch pwned #'\"",
			Check: func(t *testing.T, c *Record) {
				if _, err := os.Stat(filepath.Join(c.Dir, "scripts", "pwned")); err == nil {
					t.Error("a value was run")
				}
			},
		},
		{Name: "is told a value of several lines", Values: map[string]string{"X.v": "one\ntwo 'x' \"y\" é"}, Script: "#!/bin/bash\necho \"$v\"\n", Prints: "one\ntwo 'x' \"y\" é"},
		{Name: "removes its folder", Script: "#!/bin/bash\nrm -rf ../../instance\necho gone\n", Prints: "gone"},
		{Name: "rewrites itself", Script: "#!/bin/bash\nrm -- \"$0\"\necho changed >\"$0\"\nexit 0\n"},
		{Name: "removes what it is told", Script: "#!/bin/bash\nrm \"$ROBOCONF_CONTEXT_FILE\"\nln -s /etc/passwd \"$ROBOCONF_CONTEXT_FILE\"\n"},
		{Name: "takes away its own bit", Script: "#!/bin/bash\nchmod 000 \"$0\"\n"},
	}
}

// bounded holds the memory of this process after a gigabyte of output (PL-72).
func bounded(t *testing.T, c *Record) {
	size := 0
	for _, l := range c.Lines("") {
		size += len(l) + 1
	}
	if size > 1<<20+100 {
		t.Errorf("%d bytes were forwarded", size)
	}
}

// Adverse runs each of Recipes through a plugin for scripts: it ends as it says, within its time, nothing of it is left running, the memory
// of this process does not follow its output.
func Adverse(t *testing.T, p plugin.Plugin) {
	for _, r := range Recipes() {
		t.Run(r.Name, func(t *testing.T) { r.run(t, p) })
	}
}

func (r *Recipe) run(t *testing.T, p plugin.Plugin) {
	if r.Limit > 0 {
		t.Parallel() // they mostly wait
	}
	c := NewCall(t, lifecycle.Start, map[string]string{"scripts/start.sh": r.Script})
	c.Who.Request = fmt.Sprintf("adverse-%d-%d", os.Getpid(), time.Now().UnixNano())
	c.Context = filepath.Join(filepath.Dir(c.Dir), "context.json")
	for name, value := range r.Values {
		c.View.Exports = append(c.View.Exports, model.Variable{Name: name, Value: model.Text(value)})
	}
	c.View.Imports = []agent.Imports{{Prefix: "DB"}}
	limit := r.Limit
	if limit == 0 {
		limit = time.Minute
	}
	if err := p.Initialize(t.Context(), &c.Call); err != nil {
		t.Fatal(err)
	}
	before := resident()
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	got := p.Run(ctx, &c.Call)
	took := time.Since(began)
	t.Logf("ended after %v: %+v", took.Round(10*time.Millisecond), got)
	if got.ExitCode != r.Code || !strings.Contains(got.Error, r.Error) || (r.Error == "") != (got.Error == "") {
		t.Errorf("ended with %+v; want code %d, %q", got, r.Code, r.Error)
	}
	if !strings.Contains(c.Text(), r.Prints) {
		t.Errorf("printed %.300q; want %q", c.Text(), r.Prints)
	}
	if !strings.Contains(c.Warnings(), r.Warns) || r.Warns == "" && c.Warnings() != "" {
		t.Errorf("warned %q; want %q", c.Warnings(), r.Warns)
	}
	if took > time.Minute {
		t.Errorf("took %v", took)
	}
	switch grown := resident() - before; {
	case r.Limit > 0: // others run at the same time
	case grown > maxGrowth:
		t.Errorf("the memory grew by %d MiB", grown>>20)
	case grown > 1<<20:
		t.Logf("the memory grew by %d MiB", grown>>20)
	}
	if _, err := os.Lstat(c.Context); err == nil {
		t.Error("the file of ROBOCONF_CONTEXT_FILE stays")
	}
	r.alone(t, c)
	if r.Check != nil {
		r.Check(t, c)
	}
}

// alone sees that nothing of the recipe runs any more, or that its daemon does, which it ends.
func (r *Recipe) alone(t *testing.T, c *Record) {
	left := running(c.Who.Request)
	for _, pid := range left {
		if r.Stays {
			_ = syscall.Kill(pid, syscall.SIGKILL) // the test's own
		}
	}
	if r.Stays != (len(left) > 0) {
		t.Errorf("processes %v are left; stays: %v", left, r.Stays)
	}
	eventually(t, "all of it ended", func() bool { return len(running(c.Who.Request)) == 0 })
}

// running are the processes that were told a request, in whatever group or session they are.
func running(request string) (pids []int) {
	mark := []byte("ROBOCONF_REQUEST_ID=" + request + "\x00")
	entries, _ := os.ReadDir("/proc") // none where there is no /proc: Adverse is for Linux
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		env, err := os.ReadFile(filepath.Join("/proc", e.Name(), "environ")) // empty of one that is dead
		if err == nil && bytes.Contains(env, mark) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// resident is the memory of this process, in bytes; 0 where nobody tells.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 1 {
		pages, _ := strconv.ParseInt(fields[1], 10, 64) // the kernel writes numbers
		return pages * int64(os.Getpagesize())
	}
	return 0
}
