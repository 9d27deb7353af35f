package site

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd"
	"github.com/roboconf/workbench/simulator"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/simulator/trace"
)

// story is an application of real agents with recipes that only write down what they were told.
type story struct {
	*Site
	told string // where recipes write

	mu    sync.Mutex
	moves []trace.Move
}

// teller is a recipe that appends its action, its path, what it exports and imports to a file, in one write.
const teller = `#!/bin/bash
line="%s $ROBOCONF_INSTANCE_PATH"
for name in $(compgen -e); do
	case $name in
	ip|port|Tomcat_*|MySQL_*|ROBOCONF_UPDATE_STATUS|ROBOCONF_IMPORT_CHANGED_*) line+=$'\t'"$name=${!name}" ;;
	esac
done
printf '%%s\n' "$line" >>'%s'
`

// recount makes the recipes of an application harmless: each of them only tells what it was told.
func recount(t *testing.T, source, told string) {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join(source, "graph", "*", "scripts", "*.sh"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%d recipes, %v", len(scripts), err)
	}
	for _, file := range scripts {
		action := strings.TrimSuffix(filepath.Base(file), ".sh")
		if err := os.WriteFile(file, fmt.Appendf(nil, teller, action, told), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// run is one run of a recipe as it told it.
type run struct {
	action, path string
	told         map[string]string
}

func (r run) String() string { return r.action + " " + r.path }

func (s *story) runs(t *testing.T) (list []run) {
	t.Helper()
	text, err := os.ReadFile(s.told)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		action, path, _ := strings.Cut(parts[0], " ")
		r := run{action, path, map[string]string{}}
		for _, p := range parts[1:] {
			name, value, _ := strings.Cut(p, "=")
			r.told[name] = value
		}
		list = append(list, r)
	}
	return list
}

// find gives the runs of one recipe with their places among all.
func find(list []run, action, path string) (at []int) {
	for i, r := range list {
		if r.action == action && r.path == path {
			at = append(at, i)
		}
	}
	return at
}

// noticed keeps what the manager tells: the moves, in its order. That the application itself appears is no move.
func (s *story) noticed(e any) {
	c, ok := e.(manager.Changed)
	if !ok || c.Created && !strings.HasPrefix(c.Path, "/app3") || !c.Created && !c.Removed && c.From == c.To {
		return
	}
	m := trace.Move{Path: c.Path, To: c.To.String()}
	if c.Removed {
		m.To = ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moves = append(s.moves, m)
}

// evidence prints what was seen when a test has failed.
func (s *story) evidence(t *testing.T) {
	if !t.Failed() {
		return
	}
	text, _ := os.ReadFile(s.told)
	t.Logf("recipes told:\n%s", text)
	s.mu.Lock()
	t.Logf("moves: %v", s.moves)
	s.mu.Unlock()
	logs, _ := filepath.Glob(filepath.Join(s.Machines(), "*", "*.log"))
	for _, file := range logs {
		text, _ := os.ReadFile(file)
		t.Logf("%s:\n%s", filepath.Base(filepath.Dir(file)), text[max(0, len(text)-3000):])
	}
}

func (s *story) do(t *testing.T, op manager.Op) {
	t.Helper()
	if _, err := s.Manager().Do(soon(t), s.Name, op); err != nil {
		t.Fatalf("%T: %v", op, err)
	}
}

// reach waits until the manager knows all these paths in a state; none: everything.
func (s *story) reach(t *testing.T, state lifecycle.State, paths ...string) {
	t.Helper()
	err := s.Manager().Wait(soon(t), s.Name, func(a managerd.App) bool {
		if len(paths) == 0 {
			return a.All(state)
		}
		return !slices.ContainsFunc(paths, func(p string) bool { st, ok := a.Status(p); return !ok || st.State != state })
	})
	if err != nil {
		t.Fatalf("%s is not reached by %v: %v\n%+v", state, paths, err, s.Status())
	}
}

// eventually waits until recipes told something.
func (s *story) eventually(t *testing.T, what string, ok func([]run) bool) []run {
	t.Helper()
	ctx, tick := soon(t), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		if list := s.runs(t); ok(list) {
			return list
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: it does not happen", what)
		}
	}
}

// chapter is one part of the story: what is asked for, and what must be so before the next part.
type chapter struct {
	ops   []manager.Op
	state lifecycle.State
	paths []string
	gone  string // must not be there any more
}

// tale is: start, a third Tomcat, without it, the database stops, starts again.
var tale = []chapter{
	{ops: []manager.Op{manager.DeployAndStart{}}, state: lifecycle.DeployedStarted},
	{
		ops:   []manager.Op{manager.Replicate{Path: "/app1", Name: "app3"}, manager.DeployAndStart{Path: "/app3"}},
		state: lifecycle.DeployedStarted,
	},
	{
		ops:   []manager.Op{manager.Request{Path: "/app3/tomcat", State: lifecycle.NotDeployed}},
		state: lifecycle.NotDeployed, paths: []string{"/app3/tomcat", "/app3/tomcat/guestbook"},
	},
	{ops: []manager.Op{manager.Request{Path: "/app3", State: lifecycle.NotDeployed}}, state: lifecycle.NotDeployed, paths: []string{"/app3"}},
	{ops: []manager.Op{manager.Remove{Path: "/app3"}}, gone: "/app3"},
	{
		ops:   []manager.Op{manager.Request{Path: "/back/mysql", State: lifecycle.DeployedStopped}},
		state: lifecycle.Unresolved, paths: []string{"/app1/tomcat/guestbook", "/app2/tomcat/guestbook"},
	},
	{ops: []manager.Op{manager.Request{Path: "/back/mysql", State: lifecycle.DeployedStarted}}, state: lifecycle.DeployedStarted},
}

// Issue 4, "What must be shown": a real application of several machines starts, grows, shrinks, loses its database and gets it back. Each
// recipe runs once for each operation, with the right words, and what moves is what the simulation says, up to timing (LC-50 to LC-56, PL-35).
func TestStoryOfLamp(t *testing.T) {
	order := foretold(t, ground(t, "lamp").Source)
	for _, broker := range []string{Embedded, RabbitMQ} {
		t.Run(broker, func(t *testing.T) {
			if broker == RabbitMQ {
				require.RabbitMQ(t)
			}
			lamp(t, broker, order)
		})
	}
}

func lamp(t *testing.T, broker string, order *foresight) {
	o := ground(t, "lamp")
	defer clean(t, o)
	s := &story{told: filepath.Join(t.TempDir(), "told")}
	recount(t, o.Source, s.told)
	o.Broker, o.Recipes, o.Agent, o.Noticed = broker, Run, realAgent(t), s.noticed
	s.open(t, o)
	defer s.evidence(t)
	for i, c := range tale {
		if i > 0 { // the first is asked for by Apply
			for _, op := range c.ops {
				s.do(t, op)
			}
		}
		s.wait(t, c)
		switch i {
		case 0:
			s.begun(t)
		case 1:
			s.grown(t, lifecycle.DeployedStarted, 3)
		case 2:
			s.grown(t, lifecycle.DeployedStopped, 2)
		}
	}
	s.counted(t)
	s.mu.Lock()
	moves := slices.Clone(s.moves)
	s.mu.Unlock()
	for _, d := range order.differs(t, moves) {
		t.Errorf("not as foretold: %s", d)
	}
	if err := s.Down(soon(t), 10*time.Second, func(string) {}); err != nil {
		t.Error(err)
	}
}

func (s *story) open(t *testing.T, o Options) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second) // a RabbitMQ needs its time
	t.Cleanup(cancel)
	site, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	s.Site = site
	c, err := s.Changes(ctx)
	if err == nil {
		err = s.Apply(ctx, c)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s *story) wait(t *testing.T, c chapter) {
	t.Helper()
	if c.gone == "" {
		s.reach(t, c.state, c.paths...)
		return
	}
	err := s.Manager().Wait(soon(t), s.Name, func(a managerd.App) bool { _, there := a.Status(c.gone); return !there })
	if err != nil {
		t.Fatalf("%s is still there: %v", c.gone, err)
	}
}

// tomcats gives, by path, the addresses that a recipe of HAProxy was told.
func (r run) tomcats() map[string]string {
	all := map[string]string{}
	for i := range 10 {
		if path, ok := r.told[fmt.Sprintf("Tomcat_%d_name", i)]; ok {
			all[path] = r.told[fmt.Sprintf("Tomcat_%d_ip", i)]
		}
	}
	return all
}

// begun holds what recipes were told while everything started: HAProxy hears of each Tomcat, by its start or by an update.
func (s *story) begun(t *testing.T) {
	t.Helper()
	list := s.eventually(t, "HAProxy knows two Tomcats", func(list []run) bool {
		last := slices.IndexFunc(list, func(r run) bool { return r.path == "/front/haproxy" && r.told["Tomcat_size"] == "2" })
		return last >= 0
	})
	starts := map[string]int{}
	for i, r := range list {
		if r.action == "start" {
			starts[r.path] = i
		}
	}
	if len(starts) != 6 {
		t.Fatalf("started: %v", starts)
	}
	first := list[starts["/front/haproxy"]].tomcats()
	if updates := find(list, "update", "/front/haproxy"); len(first)+len(updates) != 2 {
		t.Errorf("HAProxy started with %v, then %d updates", first, len(updates))
	}
	for path, ip := range first {
		if own := list[starts[path]].told["ip"]; starts[path] > starts["/front/haproxy"] || ip != own || ip == "" {
			t.Errorf("HAProxy started with %s at %q, which is at %q", path, ip, own)
		}
	}
	database := list[starts["/back/mysql"]].told["ip"]
	for _, path := range []string{"/app1/tomcat/guestbook", "/app2/tomcat/guestbook"} {
		r := list[starts[path]]
		if starts[path] < starts["/back/mysql"] || r.told["MySQL_size"] != "1" || r.told["MySQL_0_ip"] != database || r.told["MySQL_0_port"] != "3306" {
			t.Errorf("%s is not after the database at %s: %v", r, database, r.told)
		}
	}
}

// grown holds the update of HAProxy when the third Tomcat came or went.
func (s *story) grown(t *testing.T, status lifecycle.State, size int) {
	t.Helper()
	about := func(r run) bool {
		return r.String() == "update /front/haproxy" && r.told["ROBOCONF_IMPORT_CHANGED_INSTANCE_PATH"] == "/app3/tomcat" &&
			r.told["ROBOCONF_UPDATE_STATUS"] == status.String()
	}
	list := s.eventually(t, "HAProxy is told of the third Tomcat", func(list []run) bool { return slices.ContainsFunc(list, about) })
	update := list[slices.IndexFunc(list, about)]
	third := list[find(list, "start", "/app3/tomcat")[0]].told["ip"]
	known := update.tomcats()
	if update.told["Tomcat_size"] != fmt.Sprint(size) || len(known) != size || update.told["ROBOCONF_IMPORT_CHANGED_COMPONENT"] != "Tomcat" ||
		update.told["ROBOCONF_IMPORT_CHANGED_ip"] != third || update.told["ROBOCONF_IMPORT_CHANGED_port"] != "8080" {
		t.Errorf("HAProxy is told of %s %s: %v", third, status, update.told)
	}
	if ip, there := known["/app3/tomcat"]; there != (size == 3) || there && ip != third {
		t.Errorf("HAProxy knows %v after %s", known, status)
	}
}

// counted holds how often each recipe ran in the whole tale.
func (s *story) counted(t *testing.T) {
	t.Helper()
	want := map[string]int{}
	for _, path := range []string{"/front/haproxy", "/app1/tomcat", "/app2/tomcat", "/app3/tomcat", "/back/mysql"} {
		want["deploy "+path], want["start "+path] = 1, 1
	}
	for _, path := range []string{"/app1/tomcat/guestbook", "/app2/tomcat/guestbook"} {
		want["deploy "+path], want["start "+path], want["stop "+path] = 1, 2, 1
	}
	want["start /back/mysql"], want["stop /back/mysql"] = 2, 1
	want["stop /app3/tomcat"], want["undeploy /app3/tomcat"] = 1, 1
	// What is in a server goes with it, without recipes of its own (lifecycle.md 4, step 3 of stop and of undeploy).
	want["deploy /app3/tomcat/guestbook"], want["start /app3/tomcat/guestbook"] = 1, 1
	got := map[string]int{}
	list := s.runs(t)
	for _, r := range list {
		got[r.String()]++
	}
	// One for each Tomcat that came or went after it started; begun holds how many were there.
	if first := list[find(list, "start", "/front/haproxy")[0]].tomcats(); len(first) > 0 {
		want["update /front/haproxy"] = 2 - len(first) + 2
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if want[name] != got[name] {
			t.Errorf("%s ran %d times, want %d", name, got[name], want[name])
		}
	}
	for name, n := range want {
		if got[name] == 0 {
			t.Errorf("%s never ran, want %d", name, n)
		}
	}
}

// foresight is what simulated runs of the tale have in common, their durations being widely random.
type foresight struct {
	source string
	seed   uint64 // of the next run
	runs   [][]trace.Move
}

func foretold(t *testing.T, source string) *foresight {
	t.Helper()
	f := &foresight{source: source, seed: rand.Uint64()}
	t.Logf("simulated with seeds from %d", f.seed)
	f.more(t)
	order := trace.Agree(f.runs...)
	if order.Pairs() == 0 {
		t.Fatal("the simulation orders nothing")
	}
	t.Logf("the simulation orders %d pairs", order.Pairs())
	return f
}

// differs holds a run against the simulations. An order that rare chances alone have not broken yet is no rule: more are asked before a
// difference is believed.
func (f *foresight) differs(t *testing.T, moves []trace.Move) []string {
	t.Helper()
	for round := 1; ; round++ {
		differences := trace.Agree(f.runs...).Differs(moves)
		if len(differences) == 0 || round == 4 {
			return differences
		}
		f.more(t)
	}
}

// more simulates the tale some more times.
func (f *foresight) more(t *testing.T) {
	t.Helper()
	loaded := load.Dir(os.DirFS(f.source), load.Options{}, nil)
	if !loaded.HasGraph {
		t.Fatal(loaded.Problems)
	}
	for range 600 {
		w := simulator.New(loaded.App, simulator.Options{Seed: f.seed, Profile: anyhow(t, f.seed)})
		for _, c := range tale {
			for _, op := range c.ops {
				if id := w.Do(op); len(w.Refused(id)) > 0 {
					t.Fatalf("seed %d: %T: %v", f.seed, op, w.Refused(id))
				}
			}
			if !w.Settle(w.Now() + time.Hour) {
				t.Fatalf("seed %d does not settle", f.seed)
			}
		}
		f.runs = append(f.runs, w.Trace().Moves())
		f.seed++
	}
}

// anyhow is a profile in which every duration is of any order of magnitude, from a millisecond to minutes: what is a matter of chance alone
// goes both ways then.
func anyhow(t *testing.T, seed uint64) *profile.Profile {
	t.Helper()
	luck := rand.New(rand.NewPCG(seed, 0))
	var text strings.Builder
	line := func(subject string, acts ...string) {
		for _, act := range acts {
			took := time.Duration(math.Pow(10, 5.3*luck.Float64()) * float64(time.Millisecond)).Round(time.Millisecond)
			fmt.Fprintf(&text, "%q %s %s\n", subject, act, took)
		}
	}
	for _, m := range []string{"/front", "/app1", "/app2", "/app3", "/back"} {
		line(m, "create", "configure", "boot", "terminate")
	}
	for _, i := range []string{"/front/haproxy", "/app1/tomcat", "/app2/tomcat", "/app3/tomcat", "/back/mysql"} {
		line(i, "deploy", "start", "update", "stop", "undeploy")
		if strings.HasSuffix(i, "tomcat") {
			line(i+"/guestbook", "deploy", "start", "update", "stop", "undeploy")
		}
	}
	text.WriteString("network latency 1ms..3s\n") // who hears of something first is chance too; heartbeats still come in time
	p, err := profile.Parse("profile", text.String())
	if err != nil {
		t.Fatal(err)
	}
	return p
}
