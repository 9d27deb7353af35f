package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator"
	"github.com/roboconf/workbench/simulator/fault"
	"github.com/roboconf/workbench/simulator/trace"
)

// pretended is a world with nothing in it but a clock.
type pretended struct {
	now      time.Duration
	quiet    bool
	runs     []time.Duration
	settled  []time.Duration
	did      []manager.Op
	steps    int
	refuses  error
	statuses []manager.Status
	trace    trace.Trace
}

func (w *pretended) Now() time.Duration { return w.now }
func (w *pretended) Do(op manager.Op) string {
	w.did = append(w.did, op)
	return "op"
}
func (w *pretended) Break(fault.Fault) error { return w.refuses }
func (w *pretended) Step() bool {
	w.steps++
	return w.steps < 3
}

func (w *pretended) Run(until time.Duration) {
	w.runs, w.now = append(w.runs, until), max(w.now, until)
}

func (w *pretended) Settle(limit time.Duration) bool {
	w.settled = append(w.settled, limit)
	if !w.quiet {
		w.now = limit
	}
	return w.quiet
}
func (w *pretended) AtRest() bool               { return w.quiet }
func (w *pretended) Trace() *trace.Trace        { return &w.trace }
func (w *pretended) Statuses() []manager.Status { return w.statuses }

func begin(v Speed) (*Session, *pretended) {
	w := &pretended{}
	return New(w, &model.Application{Graph: &model.Graph{}}, v), w
}

func TestSpeeds(t *testing.T) {
	s, _ := begin(5)
	for _, tt := range []struct {
		by   int
		want Speed
		name string
	}{{-9, 1, "1x"}, {-1, 2, "2x"}, {0, 5, "5x"}, {1, 10, "10x"}, {2, 60, "60x"}, {3, 0, "max"}, {9, 0, "max"}} {
		if got := s.Next(tt.by); got != tt.want || got.String() != tt.name {
			t.Errorf("%d places from 5x: %s, want %s", tt.by, got, tt.name)
		}
	}
	s.SetSpeed(7) // none of those that are offered
	if got := s.Next(1); got != Speeds[0] {
		t.Errorf("after an unknown speed comes %s", got)
	}
}

// Virtual time follows real time at the pace chosen, whatever the pieces in which real time comes.
func TestPace(t *testing.T) {
	s, w := begin(5)
	for range 10 {
		s.Advance(33 * time.Millisecond)
	}
	if want := 10 * 5 * 33 * time.Millisecond; w.now != want {
		t.Errorf("it is %v, want %v", w.now, want)
	}
	s.SetSpeed(1)
	before := w.now
	s.Advance(time.Second)
	if w.now != before+time.Second {
		t.Errorf("at 1x a second takes %v", w.now-before)
	}
	s.SetSpeed(0)
	before = w.now
	s.Advance(time.Millisecond)
	if w.now != before+Leap || !s.Awake() {
		t.Errorf("at full speed an instant takes %v, awake %v", w.now-before, s.Awake())
	}
}

func TestPauseHoldsTime(t *testing.T) {
	s, w := begin(5)
	s.Advance(time.Second)
	s.Pause(true)
	if !s.Paused() || s.Awake() || !s.View().Paused {
		t.Error("a paused run is awake")
	}
	s.Advance(time.Hour)
	if w.now != 5*time.Second {
		t.Errorf("time went on to %v", w.now)
	}
	first, second, third := s.Step(), s.Step(), s.Step()
	if !first || !second || third {
		t.Error("a step says whether an event was left")
	}
	s.Pause(false)
	s.Advance(time.Second)
	if w.now != 10*time.Second {
		t.Errorf("after the pause it is %v: the time of the pause must not be caught up", w.now)
	}
}

// Engineering 2.3: idle costs nothing. At rest no time passes until something is asked for.
func TestRest(t *testing.T) {
	s, w := begin(5)
	w.quiet = true
	s.Advance(time.Second)
	if s.Awake() || !s.View().AtRest {
		t.Fatal("a quiet world does not come to rest")
	}
	n := len(w.runs)
	s.Advance(time.Hour)
	if len(w.runs) != n {
		t.Error("time passed at rest")
	}
	op := manager.DeployAndStart{Path: "/a"}
	s.Do(op)
	if !s.Awake() || !reflect.DeepEqual(w.did, []manager.Op{op}) {
		t.Errorf("an operation does not wake a run: %v, %v", s.Awake(), w.did)
	}
}

// A machine that died shows it by silence alone: after a fault a run stays awake although nothing seems left to happen.
func TestVigil(t *testing.T) {
	for _, speed := range []Speed{5, 0} {
		s, w := begin(speed)
		w.quiet = true
		if err := s.Break(fault.Kill{}); err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Second)
		if !s.Awake() {
			t.Errorf("%s: at rest %v after a fault", speed, w.now)
		}
		w.now = Vigil
		s.Advance(time.Second)
		if s.Awake() {
			t.Errorf("%s: awake %v after a fault", speed, w.now)
		}
		w.refuses = errors.New("no such machine")
		if err := s.Break(fault.Kill{}); !errors.Is(err, w.refuses) || s.Awake() {
			t.Errorf("%s: a fault that did not happen: %v, awake %v", speed, err, s.Awake())
		}
	}
}

// A view is a value: later events make another one and leave it as it was.
func TestViewsAreValues(t *testing.T) {
	s, w := begin(5)
	w.trace.Add(trace.Entry{Kind: trace.State, Path: "/a", To: "DEPLOYING", Text: "on request"})
	first := s.View()
	if s.View() != first {
		t.Error("nothing moved, yet the view is another one")
	}
	s.Advance(time.Second)
	w.trace.Add(trace.Entry{Kind: trace.State, Path: "/a", To: "DEPLOYED_STARTED", Text: "start ended well"})
	w.trace.Add(trace.Entry{Kind: trace.Recipe, Path: "/a", Text: "no reason of a state"})
	w.trace.Add(trace.Entry{Kind: trace.Operation, Text: "deploy all"})
	w.statuses = []manager.Status{{Path: "/a", State: lifecycle.DeployedStarted}}
	second := s.View()
	if first == second || first.Reasons["/a"] != "on request" || second.Reasons["/a"] != "start ended well" {
		t.Errorf("reasons: %v, then %v", first.Reasons, second.Reasons)
	}
	if first.Len != 1 || second.Len != 4 || second.Now != 5*time.Second || first.Now != 0 {
		t.Errorf("entries %d, %d; times %v, %v", first.Len, second.Len, first.Now, second.Now)
	}
	if st, ok := second.Status("/a"); !ok || st.State != lifecycle.DeployedStarted {
		t.Errorf("status: %v, %v", st, ok)
	}
	if _, ok := second.Status("/b"); ok {
		t.Error("found an instance that is not there")
	}
	if _, ok := (*View)(nil).Status("/a"); ok {
		t.Error("found an instance in no run at all")
	}
}

func TestRefusal(t *testing.T) {
	at := func(code diag.Code, file string, line int) diag.Problem {
		p := diag.Problem{Code: code, Place: source.Place{File: file, Span: source.Span{Start: 1, End: 2}}}
		p.Range.Start.Line = line
		return p
	}
	severe, worse := at(diag.PInvalidProperty, "main.graph", 3), at(diag.POCBracketMissing, "main.graph", 9)
	mild := diag.Problem{Code: diag.PEmptyFile}
	if severe.Level() != diag.Severe || mild.Level() == diag.Severe {
		t.Fatal("the levels of the codes are not those that the test needs")
	}
	for _, tt := range []struct {
		name  string
		found []diag.Problem
		want  []string
	}{
		{"nothing", nil, nil},
		{"what is not severe", []diag.Problem{mild}, nil},
		{"one", []diag.Problem{mild, severe}, []string{"mend this first", "main.graph:3", severe.Message(diag.English)}},
		{"several", []diag.Problem{severe, worse}, []string{"mend 2 problems first", "main.graph:3"}},
		{"without a place", []diag.Problem{{Code: diag.PInvalidProperty}}, []string{"mend this first: " + diag.Problem{Code: diag.PInvalidProperty}.Message(diag.English)}},
	} {
		err := Refusal(tt.found)
		if (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		for _, w := range tt.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q does not say %q", tt.name, err, w)
			}
		}
	}
}

const lamp = "../../samples/lamp"

// application reads the sample, with some texts replaced: old, new, old, new.
func application(t *testing.T, file string, replace ...string) *model.Application {
	t.Helper()
	folder := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(lamp), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(lamp, filepath.FromSlash(path)))
		folder[path] = &fstest.MapFile{Data: data, Mode: 0o644}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if file != "" {
		old := string(folder[file].Data)
		text := strings.NewReplacer(replace...).Replace(old)
		if text == old {
			t.Fatalf("%s has no %q", file, replace)
		}
		folder[file].Data = []byte(text)
	}
	r := load.Dir(folder, load.Options{}, nil)
	if err := Refusal(r.Problems); err != nil {
		t.Fatal(err)
	}
	return r.App
}

// words are changes as a person reads them before they happen.
func words(changes []Change) string {
	var all []string
	for _, c := range changes {
		text := c.Text
		if c.Undeploys {
			text += " (!)"
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

const instances = "instances/main.instances"

// changed are edits of the sample with the difference that a run of it shows.
var changed = []struct {
	name, file string
	replace    []string
	rest, live string // the difference of a run that is not deployed, and of one that is started
}{
	{"nothing", "", nil, "", ""},
	{"a comment", "graph/main.graph", []string{"# The way in.", "# The door."}, "", ""},
	{"layout", "graph/main.graph", []string{"\tinstaller: script;", "    installer :  script ;"}, "", ""},
	{"another port", "graph/main.graph", []string{"port = 80;", "port = 8000;"}, "take the new graph", "take the new graph"},
	{"an optional import", "graph/main.graph", []string{"MySQL.user;", "MySQL.user (optional);"}, "take the new graph", "take the new graph"},
	{"a third machine", instances, []string{"count: 2", "count: 3"}, "add /app3, start it", "add /app3, start it"},
	{"one machine less", instances, []string{"count: 2;", ""}, "remove /app1; remove /app2; add /app, start it", "undeploy and remove /app1 (!); undeploy and remove /app2 (!); add /app, start it"},
	{"no balancer", instances, []string{"\tinstance of HAProxy {\n\t\tname: haproxy;\n\t}\n", ""}, "remove /front/haproxy", "undeploy and remove /front/haproxy (!)"},
	{"another type", instances, []string{"instance of HAProxy", "instance of MySQL"}, "remove /front/haproxy: it is a MySQL now; apply again once it is gone", "undeploy and remove /front/haproxy: it is a MySQL now; apply again once it is gone (!)"},
}

func TestDifferenceIsShownBeforeItHappens(t *testing.T) {
	for _, tt := range changed {
		for _, live := range []bool{false, true} {
			app := application(t, "")
			s := New(simulator.New(app, simulator.Options{Seed: 1}), app, 0)
			want := tt.rest
			if live {
				want = tt.live
				s.Do(manager.DeployAndStart{})
				rest(t, s)
			}
			now := application(t, tt.file, tt.replace...)
			changes := s.Difference(now)
			if got := words(changes); got != want {
				t.Errorf("%s, live %v: %q, want %q", tt.name, live, got, want)
			}
			s.Compare(now)
			if s.View().Behind != (want != "") {
				t.Errorf("%s, live %v: behind %v", tt.name, live, s.View().Behind)
			}
		}
	}
}

// rest lets a run go on until nothing is left to happen.
func rest(t *testing.T, s *Session) {
	t.Helper()
	for range 1000 {
		if !s.Awake() {
			return
		}
		s.Advance(100 * time.Millisecond)
	}
	t.Fatalf("no rest at %v", s.View().Now)
}

// states are paths with their states.
func states(v *View) map[string]lifecycle.State {
	all := map[string]lifecycle.State{}
	for _, s := range v.Statuses {
		all[s.Path] = s.State
	}
	return all
}

// After a difference is applied the run is what the text says: the same instances, all started, and no difference is left.
func TestApplyBringsTheRunToTheText(t *testing.T) {
	for _, tt := range changed {
		for _, speed := range []Speed{0, 60} {
			app := application(t, "")
			s := New(simulator.New(app, simulator.Options{Seed: 1}), app, speed)
			s.Do(manager.DeployAndStart{})
			rest(t, s)
			now := application(t, tt.file, tt.replace...)
			for range 2 { // another type needs two rounds, as its sentence says
				s.Apply(now, s.Difference(now))
				if d := s.Difference(now); len(d) > 0 && !strings.Contains(tt.live, "apply again") {
					t.Errorf("%s: still %q when it was just applied", tt.name, words(d))
				}
				rest(t, s)
			}
			if d := s.Difference(now); len(d) > 0 || s.View().Behind {
				t.Errorf("%s: %q is left, behind %v", tt.name, words(d), s.View().Behind)
			}
			got := states(s.View())
			for path := range model.Walk(now.Instances) {
				if got[path] != lifecycle.DeployedStarted {
					t.Errorf("%s at %s: %s is %v", tt.name, speed, path, got[path])
				}
				delete(got, path)
			}
			if len(got) > 0 {
				t.Errorf("%s at %s: still there: %v", tt.name, speed, got)
			}
		}
	}
}

// What was removed, came back, is removed again, is a difference each time.
func TestRemovedTwice(t *testing.T) {
	with, without := application(t, ""), application(t, instances, "count: 2;", "")
	s := New(simulator.New(with, simulator.Options{Seed: 1}), with, 0)
	s.Do(manager.DeployAndStart{})
	rest(t, s)
	for round := range 3 {
		s.Apply(without, s.Difference(without))
		if _, there := s.View().Status("/app1"); !there {
			t.Fatalf("round %d: /app1 is gone at once", round)
		}
		rest(t, s)
		if _, there := s.View().Status("/app1"); there {
			t.Fatalf("round %d: /app1 is still there", round)
		}
		s.Apply(with, s.Difference(with))
		rest(t, s)
		if st, _ := s.View().Status("/app1/tomcat"); st.State != lifecycle.DeployedStarted {
			t.Fatalf("round %d: /app1/tomcat is %v", round, st.State)
		}
	}
}

// The same seed and the same asks give the same trace, at whatever pace a person looks.
func TestPaceDoesNotChangeTheRun(t *testing.T) {
	hash := func(speed Speed, beat time.Duration) string {
		app := application(t, "")
		s := New(simulator.New(app, simulator.Options{Seed: 7}), app, speed)
		s.Do(manager.DeployAndStart{})
		for range 100_000 {
			if !s.Awake() {
				return s.View().Trace.Hash()
			}
			s.Advance(beat)
		}
		t.Fatal("no rest")
		return ""
	}
	want := hash(0, time.Millisecond)
	for _, speed := range []Speed{1, 5, 60} {
		if got := hash(speed, 33*time.Millisecond); got != want {
			t.Errorf("at %s the trace is another one", speed)
		}
	}
}

func BenchmarkBeat(b *testing.B) {
	r := load.Dir(os.DirFS(lamp), load.Options{}, nil)
	s := New(simulator.New(r.App, simulator.Options{Seed: 1}), r.App, 5)
	s.Do(manager.DeployAndStart{})
	for b.Loop() {
		s.rest = false
		s.Advance(33 * time.Millisecond)
		s.View()
		s.Compare(r.App)
	}
}
