package mock

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/plugintest"
)

func TestContract(t *testing.T) { plugintest.Run(t, New("script", Options{}), nil) }

func call(path string, op lifecycle.Operation) *plugin.Call {
	return &plugin.Call{Op: op, View: agent.View{Path: path, Component: "Tomcat"}}
}

// PL-6: by itself it only logs.
func TestLogsOnly(t *testing.T) {
	var b bytes.Buffer
	p := New("Script", Options{Log: slog.New(slog.NewTextHandler(&b, nil))})
	if r := p.Run(t.Context(), call("/vm/t", lifecycle.Start)); r.Failed() || p.Installer() != "script" {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(b.String(), "instance=/vm/t") || !strings.Contains(b.String(), "operation=start") {
		t.Error(b.String())
	}
}

// PL-6: durations, outcomes, exit codes, output; the nearest rule counts.
func TestScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New("script", Options{Script: Script{
			{"*", "*"}: {Min: time.Second}, {"Tomcat", "start"}: {Min: 3 * time.Second, ExitCode: 7, Rate: 1}, {"Tomcat", "*"}: {Min: 2 * time.Second},
			{"/vm/special", "start"}: {First: 2, Error: "no port", Output: []string{"one", "two"}},
		}})
		for _, c := range []struct {
			path, component string
			op              lifecycle.Operation
			took            time.Duration
			want            plugin.Result
		}{
			{"/vm/a", "Other", lifecycle.Start, time.Second, plugin.Result{}},
			{"/vm/a", "Tomcat", lifecycle.Start, 3 * time.Second, plugin.Result{ExitCode: 7, Error: "exit code 7"}},
			{"/vm/a", "Tomcat", lifecycle.Stop, 2 * time.Second, plugin.Result{}},
			{"/vm/special", "Tomcat", lifecycle.Start, 0, plugin.Result{ExitCode: 1, Error: "no port"}},
			{"/vm/special", "Tomcat", lifecycle.Start, 0, plugin.Result{ExitCode: 1, Error: "no port"}},
			{"/vm/special", "Tomcat", lifecycle.Start, 0, plugin.Result{}},
		} {
			k := call(c.path, c.op)
			k.View.Component = c.component
			var lines []string
			k.Output = func(l plugin.Line) { lines = append(lines, l.Text) }
			began := time.Now()
			if r := p.Run(t.Context(), k); r != c.want || time.Since(began) != c.took {
				t.Errorf("%s %s %s: %+v after %v", c.path, c.component, c.op, r, time.Since(began))
			}
			if c.path == "/vm/special" && fmt.Sprint(lines) != "[one two]" {
				t.Errorf("%q", lines)
			}
		}
	})
}

// PL-3: a deadline and a cancellation end what is pretended.
func TestEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New("script", Options{Script: Script{{"*", "*"}: {Min: time.Hour}}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if r := p.Run(ctx, call("/a", lifecycle.Start)); r.Error != "timeout after 1m0s" {
			t.Errorf("%+v", r)
		}
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if r := p.Run(ctx, call("/a", lifecycle.Start)); r.Error != "cancelled" {
			t.Errorf("%+v", r)
		}
	})
}

// PL-6: the same seed gives the same outcomes, whatever runs beside; another gives others.
func TestSeed(t *testing.T) {
	outcomes := func(seed uint64, noise int) string {
		var all sync.WaitGroup
		results := make([]string, 50)
		p := New("script", Options{Seed: seed, Script: Script{{"*", "*"}: {Rate: 0.5}}})
		for i := range noise {
			all.Go(func() { p.Run(t.Context(), call(fmt.Sprint("/noise", i), lifecycle.Start)) })
		}
		for i := range results {
			all.Go(func() {
				for range 4 {
					results[i] += fmt.Sprint(p.Run(t.Context(), call(fmt.Sprint("/vm", i), lifecycle.Start)).ExitCode)
				}
			})
		}
		all.Wait()
		return strings.Join(results, " ")
	}
	first := outcomes(1, 0)
	if again := outcomes(1, 100); again != first {
		t.Errorf("%s\n%s", first, again)
	}
	if other := outcomes(2, 0); other == first {
		t.Error("another seed gives the same")
	}
	if !strings.Contains(first, "1") || !strings.Contains(first, "0") {
		t.Error(first)
	}
}

// PL-4: a registry of mocks never serves machines.
func TestAll(t *testing.T) {
	r := All(Options{}, "Script", "puppet")
	for name, want := range map[string]bool{"script": true, "SCRIPT": true, "puppet": true, "file": false, "target": false} {
		if _, found := r.Find(name); found != want {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func BenchmarkRun(b *testing.B) {
	p := New("script", Options{})
	c := call("/vm/a", lifecycle.Start)
	for b.Loop() {
		p.Run(b.Context(), c)
	}
}
