// Package plugintest holds plugins to their contract.
//
// Run is for every plugin. Adverse is for those that run scripts: the recipes that nobody wants to meet, each with the way in which it must
// end, with nothing of it left running.
package plugintest

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
)

// Operations are those that Plugin.Run does.
var Operations = []lifecycle.Operation{lifecycle.Deploy, lifecycle.Start, lifecycle.Update, lifecycle.Stop, lifecycle.Undeploy}

// Record is a call with all that came of it. Its functions may be called from several goroutines.
type Record struct {
	plugin.Call
	mu       sync.Mutex
	lines    []plugin.Line
	warnings []string
}

// NewCall makes a call on an instance /vm/x whose directory holds files: names ending in .sh are made, like all others, without the
// executable bit. The environment has a PATH alone; the grace is short.
func NewCall(t testing.TB, op lifecycle.Operation, files map[string]string) *Record {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "instance")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := &Record{}
	r.Call = plugin.Call{
		Op: op, Dir: dir, Environ: []string{"PATH=/usr/local/bin:/usr/bin:/bin"}, Grace: 300 * time.Millisecond,
		View: agent.View{Path: "/vm/x", Name: "x", Component: "X", Installer: "script", Ancestors: []agent.Ancestor{{Path: "/vm", Component: "VM"}}},
		Who:  plugin.Who{Domain: "d", App: "app", Scope: "/vm", Request: "r"},
		Output: func(l plugin.Line) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.lines = append(r.lines, l)
		},
		Warn: func(text string) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.warnings = append(r.warnings, text)
		},
	}
	return r
}

// Lines are those of the output, of one stream or of both ("").
func (r *Record) Lines(stream string) (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lines {
		if stream == "" || stream == l.Stream {
			list = append(list, l.Text)
		}
	}
	return list
}

// Text is Lines of both streams, joined by line ends.
func (r *Record) Text() string { return strings.Join(r.Lines(""), "\n") }

// Warnings are what was odd, joined by line ends.
func (r *Record) Warnings() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.warnings, "\n")
}

// Run holds a plugin to the promises of plugin.Plugin (plugins.md 1). files are those of a recipe that the plugin runs with success for
// every operation.
func Run(t *testing.T, p plugin.Plugin, files map[string]string) {
	t.Run("it has a name in lower case that is not reserved", func(t *testing.T) {
		if name := p.Installer(); name == "" || name != strings.ToLower(name) || name == plugin.Reserved {
			t.Errorf("PL-4: %q", name)
		}
	})
	t.Run("every operation succeeds, twice", func(t *testing.T) {
		for _, op := range Operations {
			c := call(t, op, files)
			for range 2 { // PL-74: any operation may come again
				if err := p.Initialize(t.Context(), &c.Call); err != nil {
					t.Fatalf("initialize: %v", err)
				}
				if r := p.Run(t.Context(), &c.Call); r.Failed() {
					t.Errorf("%s: %+v\n%s", op, r, c.Text())
				}
			}
		}
	})
	t.Run("a call without functions is a call", func(t *testing.T) {
		c := call(t, lifecycle.Start, files)
		c.Output, c.Warn, c.Log = nil, nil, nil
		if err := p.Initialize(t.Context(), &c.Call); err != nil {
			t.Fatal(err)
		}
		if r := p.Run(t.Context(), &c.Call); r.Failed() {
			t.Errorf("%+v", r)
		}
	})
	t.Run("a call that is cancelled already returns", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c := call(t, lifecycle.Start, files)
		if r := p.Run(ctx, &c.Call); r.Failed() && r.Error != "cancelled" {
			t.Errorf("LC-132: %+v", r)
		}
	})
	t.Run("instances do not disturb each other", func(t *testing.T) {
		var all sync.WaitGroup
		for range 4 {
			c := call(t, lifecycle.Start, files)
			all.Go(func() {
				if err := p.Initialize(t.Context(), &c.Call); err != nil {
					t.Error(err)
				}
				if r := p.Run(t.Context(), &c.Call); r.Failed() {
					t.Errorf("%+v", r)
				}
			})
		}
		all.Wait()
	})
	t.Run("nothing is kept outside the directory", func(t *testing.T) { leavesNothing(t, p, files) })
}

// call is one whose change is set for updates.
func call(t testing.TB, op lifecycle.Operation, files map[string]string) *Record {
	c := NewCall(t, op, files)
	if op == lifecycle.Update {
		c.Change = &agent.Change{Prefix: "DB", Import: agent.Import{Prefix: "DB", Path: "/db"}, Status: lifecycle.DeployedStarted}
	}
	return c
}

// leavesNothing looks at the temporary files, the working folder, the goroutines (PL-2, PL-41).
func leavesNothing(t *testing.T, p plugin.Plugin, files map[string]string) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	goroutines := runtime.NumGoroutine()
	for _, op := range Operations {
		c := call(t, op, files)
		if err := p.Initialize(t.Context(), &c.Call); err != nil {
			t.Fatal(err)
		}
		if r := p.Run(t.Context(), &c.Call); r.Failed() {
			t.Errorf("%s: %+v", op, r)
		}
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("temporary files stay: %v %v", left, err)
	}
	if after, err := os.Getwd(); err != nil || after != before {
		t.Errorf("the working folder is %s, was %s", after, before)
	}
	eventually(t, "its goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines })
}

// eventually waits for the world outside, ten seconds at most.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within ten seconds: %s", what)
		}
	}
}
