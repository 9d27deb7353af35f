package agentd_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agentd"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/plugin/plugintest"
)

// patient is a recipe that runs on an agent of its own.
type patient struct {
	plugintest.Recipe
	mode  string // of its file
	outer string // what ends it: "", "cancel", "stop"

	scope, mark, request string
	config               agentd.Config
	agent                *running
	result               *message.RequestResult
	warned               *loud
	left                 int
}

// loud keeps what an agent logs.
type loud struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *loud) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *loud) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// more are those that plugintest does not have: what ends them comes from outside, or lies in the request.
func more() (list []*patient) {
	const commands = "$(rm -rf x) `touch pwned`; touch pwned; ${IFS} \n\"'\\"
	trap := "#!/bin/bash\ntrap 'exit 0' TERM\necho up\nsleep 600 & wait\n"
	stubborn := "#!/bin/bash\ntrap '' TERM INT HUP\necho up\nsleep 600\n"
	value := "#!/bin/bash\nprintf %s \"$port\" | cmp - ../files/expected && [ ! -e pwned ] && echo same\n"
	return []*patient{
		{Recipe: plugintest.Recipe{Name: "is not executable", Script: "#!/bin/bash\necho ran\n", Prints: "ran"}, mode: "0644"},
		{Recipe: plugintest.Recipe{
			Name: "is told $(rm) in a value", Script: value, Prints: "same", Values: map[string]string{"port": commands},
		}},
		{Recipe: plugintest.Recipe{Name: "is cancelled", Script: trap, Error: "cancelled", Prints: "up"}, outer: "cancel"},
		{Recipe: plugintest.Recipe{Name: "is cancelled, ignores SIGTERM", Script: stubborn, Error: "cancelled", Prints: "up"}, outer: "cancel"},
		{Recipe: plugintest.Recipe{Name: "is running when the agent is stopped", Script: trap, Error: "the agent ends", Prints: "up"}, outer: "stop"},
		{Recipe: plugintest.Recipe{Name: "is running when the agent is stopped, with children", Script: "#!/bin/bash\n(sleep 600) & sleep 600 & echo up\nwait\n", Error: "the agent ends", Prints: "up"}, outer: "stop"},
	}
}

// issue 4, plugins.md 8: every bad recipe, through a whole agent: it ends as the specification says, the agent is told, goes on with the
// next request, nothing is left running but the daemons of those that succeeded.
func TestBadRecipes(t *testing.T) {
	b, site := site(t)
	list := more()
	for _, r := range plugintest.Recipes() {
		if r.Values == nil {
			list = append(list, &patient{Recipe: r})
		}
	}
	for i, p := range list {
		p.begin(t, b, site, i)
	}
	for _, p := range list {
		if p.outer != "" {
			wait(b, p.Name+": its output", func(_ *message.Envelope, o *message.RecipeOutput) bool { return o.Request == p.request })
		}
		switch p.outer {
		case "cancel":
			b.send(p.scope, &message.OperationCancel{Request: p.request})
		case "stop":
			p.agent.stop()
		}
	}
	table := []string{"", "| recipe | limit | ends with | told | left running |", "| --- | --- | --- | --- | --- |"}
	for _, p := range list {
		b.endOf(p.request, p.Name)
		p.result = b.result(p.request)
		p.judge(t, b)
		table = append(table, p.row())
	}
	t.Log(strings.Join(table, "\n"))
	for _, p := range list {
		if p.outer == "stop" {
			p.agent.await()
			continue
		}
		next := b.send(p.scope, &message.InstanceRequest{Path: p.scope + "/page", Status: lifecycle.DeployedStopped})
		if r := b.result(next); r.Outcome != message.Done {
			t.Errorf("%s: the next request ended %+v", p.Name, r)
		}
	}
}

// endOf waits longer than others do: a gigabyte takes its time on a busy host with the race detector.
func (b *boss) endOf(request, name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 3*time.Minute)
	defer cancel()
	for {
		b.mu.Lock()
		got, news := b.got, b.news
		b.mu.Unlock()
		if slices.ContainsFunc(got, func(m *message.Envelope) bool {
			r, ok := m.Body.(*message.RequestResult)
			return ok && r.Request == request
		}) {
			return
		}
		select {
		case <-news:
		case <-ctx.Done():
			b.t.Fatalf("%s does not end", name)
		}
	}
}

// begin runs an agent for the recipe, and asks for a start.
func (p *patient) begin(t *testing.T, b *boss, c agentd.Config, number int) {
	p.scope, p.mark, p.warned = fmt.Sprintf("/vm%d", number), rand.Text(), &loud{}
	c.Scope, c.Dir = p.scope, filepath.Join(t.TempDir(), "agent")
	c.Environ = append([]string{"BAD_RECIPE=" + p.mark}, c.Environ...)
	c.Log = slog.New(slog.NewTextHandler(p.warned, nil))
	c.Drain = 200 * time.Millisecond
	p.config = c
	t.Cleanup(func() { // of a test that failed half-way
		for _, pid := range marked(p.mark) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	p.agent = run(t, c)
	b.beat(p.scope)
	set := world(p.scope)
	for name, value := range p.Values {
		set.Root.Children[0].Overrides = append(set.Root.Children[0].Overrides, model.Override{Name: name, Value: value})
	}
	b.send(p.scope, set)
	b.state(p.scope, lifecycle.DeployedStarted)
	file := b.file("scripts/start.sh", p.Script)
	if p.mode != "" {
		file.Mode = p.mode
	}
	p.Limit *= 2 // all begin at once
	limit := p.Limit
	if limit == 0 {
		limit = time.Minute
	}
	p.request = b.send(p.scope, &message.InstanceRequest{
		Path: p.scope + "/server", Status: lifecycle.DeployedStarted, Timeout: limit,
		Files: []message.File{file, b.file("files/expected", p.Values["port"])},
	})
}

// judge holds the end of a recipe against what was expected.
func (p *patient) judge(t *testing.T, b *boss) {
	t.Helper()
	r := p.result
	want := message.Done
	switch {
	case p.outer == "cancel":
		want = message.Cancelled
	case p.Error != "":
		want = message.Failed
	}
	if r.Outcome != want || r.ExitCode != p.Code && p.outer == "" || want == message.Failed && !strings.Contains(r.Reason, p.Error) {
		t.Errorf("%s: ended %+v, want %v, code %d, %q", p.Name, r, want, p.Code, p.Error)
	}
	state := lifecycle.DeployedStopped
	if want == message.Done {
		state = lifecycle.DeployedStarted
	}
	b.state(p.scope+"/server", state)
	text := ""
	b.mu.Lock()
	for _, m := range b.got {
		if o, ok := m.Body.(*message.RecipeOutput); ok && o.Request == p.request {
			text += o.Text
		}
	}
	b.mu.Unlock()
	if !strings.Contains(text, p.Prints) || len(text) > 1<<20+64<<10 {
		t.Errorf("%s: told %d bytes, %.100q, want %q", p.Name, len(text), text, p.Prints)
	}
	if !strings.Contains(p.warned.String(), p.Warns) {
		t.Errorf("%s: logged %q, want %q", p.Name, p.warned.String(), p.Warns)
	}
	processes := marked(p.mark)
	p.left = len(processes)
	if p.Stays != (p.left > 0) {
		t.Errorf("%s: processes %v are left; they may stay: %v", p.Name, processes, p.Stays)
	}
	for _, pid := range processes {
		_ = syscall.Kill(pid, syscall.SIGKILL) // of this test: it has its mark
	}
}

func (p *patient) row() string {
	limit := "1 min"
	if p.Limit > 0 {
		limit = p.Limit.String()
	}
	told := p.result.Reason
	if told == "" {
		told = "–"
	}
	left := "nothing"
	if p.left > 0 {
		left = "its daemon, on purpose (PL-71)"
	}
	return fmt.Sprintf("| %s | %s | %s, code %d | %s | %s |", p.Name, limit, p.result.Outcome, p.result.ExitCode,
		strings.NewReplacer("|", `\|`, "\n", " ", p.config.Dir, "…").Replace(told), left)
}

// marked are the living processes that inherited a mark, in whatever group or session.
func marked(mark string) (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if env, err := os.ReadFile(filepath.Join("/proc", e.Name(), "environ")); err == nil && bytes.Contains(env, []byte("BAD_RECIPE="+mark)) {
			pids = append(pids, pid)
		}
	}
	return pids
}
