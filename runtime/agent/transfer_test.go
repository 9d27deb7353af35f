package agent

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// carrier is an agent whose shell moves files, with what it wished for since it was asked last.
type carrier struct {
	*bench
	t      *testing.T
	wishes []mind.Effect
}

func newCarrier(t *testing.T, c Config) *carrier {
	c.App, c.Scope, c.Epoch, c.Transfer = "app", "/vm", "e", true
	x := &carrier{t: t, bench: &bench{ids: message.NewIDs("carrier", 0), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}}
	x.a = New(c, nil)
	x.do(mind.Connected{})
	x.ask(ten())
	x.taken()
	return x
}

func (x *carrier) do(ev mind.Event) {
	x.wishes = append(x.wishes, slices.Clone(x.a.Step(x.now, ev))...)
}

func (x *carrier) ask(b message.Body) string {
	e := &message.Envelope{ID: x.ids.Next(), Type: b.Type(), Domain: "default", Time: x.now, Body: b, Trace: "00-1-2-01"}
	x.do(mind.Delivered{Msg: e})
	return e.ID
}

func (x *carrier) taken() []mind.Effect {
	w := x.wishes
	x.wishes = nil
	return w
}

// effect gives the only wish of a type, and forgets the others.
func effect[T mind.Effect](x *carrier) T {
	x.t.Helper()
	var found []T
	for _, e := range x.taken() {
		if e, ok := e.(T); ok {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		x.t.Fatalf("%d wishes of type %T, want one", len(found), *new(T))
	}
	return found[0]
}

// sent gives the messages of a type that were sent since.
func sent[T message.Body](x *carrier) (list []T) {
	for _, e := range x.wishes {
		if p, ok := e.(mind.Publish); ok {
			if b, ok := p.Msg.Body.(T); ok {
				list = append(list, b)
			}
		}
	}
	return list
}

func (x *carrier) result(id string) *message.RequestResult {
	x.t.Helper()
	for _, r := range sent[*message.RequestResult](x) {
		if r.Request == id {
			return r
		}
	}
	x.t.Fatalf("no result of %s among %d wishes", id, len(x.wishes))
	return nil
}

func recipe(names ...string) (list []message.File) {
	for k, name := range names {
		list = append(list, message.File{Name: name, SHA256: digest(k), Size: 4, Mode: "0644"})
	}
	return list
}

func deploy(files []message.File) *message.InstanceRequest {
	return &message.InstanceRequest{Path: "/vm/s0", Status: lifecycle.DeployedStopped, Files: files, Timeout: time.Minute}
}

// MS-65: what is missing is asked for once, pieces are kept beside the loop, later messages wait behind, then the recipe gets its files.
func TestFilesArrive(t *testing.T) {
	x := newCarrier(t, Config{})
	files := recipe("scripts/a.sh", "b", "c")
	id := x.ask(deploy(files))
	later := x.ask(&message.InstanceRequest{Path: "/vm/s1", Status: lifecycle.NotDeployed})
	look := effect[Look](x)
	x.do(Looked{ID: look.ID, Missing: []string{digest(0), digest(2)}})
	if want := sent[*message.BlobWant](x); len(want) != 1 || !slices.Equal(want[0].Items, []string{digest(0), digest(2)}) {
		t.Fatalf("asked for %v", want)
	}
	for _, k := range []int{0, 2} {
		x.taken()
		x.ask(&message.BlobChunk{SHA256: digest(k), Total: 4, Data: []byte("1234")})
		if c := effect[Keep](x).Chunk; c.SHA256 != digest(k) {
			t.Errorf("kept %s", c.SHA256)
		}
		x.do(Kept{SHA256: digest(k), Complete: true})
		x.do(Kept{SHA256: digest(k), Complete: true}) // twice does no harm
	}
	run := effect[Run](x)
	if run.Op != lifecycle.Initialize || run.Request() != id || run.Trace() != "00-1-2-01" || run.Timeout() != time.Minute || len(run.Files()) != 3 {
		t.Errorf("the recipe gets %v, %q, %q, %v, %d files", run.Op, run.Request(), run.Trace(), run.Timeout(), len(run.Files()))
	}
	x.do(Ended{ID: run.ID})
	run = effect[Run](x)
	if run.Op != lifecycle.Deploy || run.Files() != nil {
		t.Errorf("%v gets %d files: they were written before", run.Op, len(run.Files()))
	}
	x.do(Ended{ID: run.ID})
	if r := x.result(id); r.Outcome != message.Done {
		t.Errorf("the request ended %+v", r)
	}
	if r := x.result(later); r.Outcome != message.Noop {
		t.Errorf("the later one ended %+v", r)
	}
	x.taken()
	if x.ask(deploy(files)); slices.ContainsFunc(x.wishes, func(e mind.Effect) bool { _, looks := e.(Look); return looks }) {
		t.Error("PL-13: files are looked for though nothing is deployed")
	}
}

// MS-65, LC-141: files that do not come, or come wrong, end the request; the next one is handled.
func TestFilesDoNotArrive(t *testing.T) {
	chunk := func(total int64, missing bool) *message.BlobChunk {
		return &message.BlobChunk{SHA256: digest(0), Total: total, Missing: missing}
	}
	tests := []struct {
		name, reason string
		outcome      message.Outcome
		what         func(x *carrier, id string)
	}{
		{"60 s without progress", "timeout", message.Failed, func(x *carrier, _ string) {
			if w := waitFor(x, timerFiles); w != time.Minute {
				x.t.Errorf("waits %v", w)
			}
			x.do(mind.Woken{Timer: timerFiles})
		}},
		{"the manager lost it", "does not have", message.Failed, func(x *carrier, _ string) { x.ask(chunk(4, true)) }},
		{"another size", "5 bytes, 4 were announced", message.Failed, func(x *carrier, _ string) { x.ask(chunk(5, false)) }},
		{"disk full", "disk full", message.Failed, func(x *carrier, _ string) { x.do(Kept{SHA256: digest(0), Error: "disk full"}) }},
		{"cancelled", "cancelled", message.Cancelled, func(x *carrier, id string) { x.ask(&message.OperationCancel{Request: id}) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := newCarrier(t, Config{})
			id := x.ask(deploy(recipe("a")))
			x.do(Looked{ID: effect[Look](x).ID, Missing: []string{digest(0)}})
			test.what(x, id)
			if r := x.result(id); r.Outcome != test.outcome || !strings.Contains(r.Reason, test.reason) {
				t.Errorf("ended %+v", r)
			}
			if x.a.InState(lifecycle.NotDeployed) != 10 || x.a.fetching {
				t.Error("something was begun")
			}
			x.taken()
			if next := x.ask(deploy(nil)); effect[Run](x).Request() != next {
				t.Error("the next request is not handled")
			}
		})
	}
}

// MS-65: while the broker is away the time of files does not count; then they are asked for again.
func TestFilesAfterACut(t *testing.T) {
	x := newCarrier(t, Config{})
	x.ask(deploy(recipe("a")))
	x.do(Looked{ID: effect[Look](x).ID, Missing: []string{digest(0)}})
	x.taken()
	x.do(mind.Lost{})
	if w := waitFor(x, timerFiles); w >= 0 {
		t.Errorf("the time counts: %v", w)
	}
	x.do(mind.Connected{})
	if w := waitFor(x, timerFiles); w != time.Minute || len(sent[*message.BlobWant](x)) != 1 {
		t.Errorf("waits %v, asked %d times", w, len(sent[*message.BlobWant](x)))
	}
}

// waitFor is the last wait of a name; 0 when there is none.
func waitFor(x *carrier, name string) (after time.Duration) {
	for _, e := range x.wishes {
		if w, ok := e.(mind.Wait); ok && w.Timer == name {
			after = w.After
		}
	}
	return after
}

// MS-65, PL-22: names, numbers, sizes that must not be are refused before anything is asked for or written.
func TestFilesRefused(t *testing.T) {
	many := make([]message.File, message.MaxFiles+1)
	for k := range many {
		many[k] = message.File{Name: fmt.Sprint("f", k), SHA256: digest(1), Mode: "0644"}
	}
	big := recipe("a", "b")
	big[0].Size, big[1].Size = 32<<20, 32<<20+1
	setuid := recipe("a")
	setuid[0].Mode = "4755"
	tests := map[string][]message.File{
		"has an empty part": recipe("../../etc/x"), "is absolute": recipe("/etc/x"), "backslash": recipe(`a\b`), "drive": recipe("c:x"),
		"control character": recipe("a\nb"), "longer than 512": recipe(strings.Repeat("x", 513)), "twice": recipe("a", "a"),
		"too many": many, "too large": big, "mode": setuid,
	}
	for reason, files := range tests {
		x := newCarrier(t, Config{})
		id := x.ask(deploy(files))
		if r := x.result(id); r.Outcome != message.Rejected || !strings.Contains(r.Reason, reason) {
			t.Errorf("%s: %+v", reason, r)
		}
		if x.a.pause.id != 0 || x.a.running.id != 0 {
			t.Errorf("%s: something was begun", reason)
		}
	}
	x := newCarrier(t, Config{MaxRecipeBytes: 7})
	if r := x.result(x.ask(deploy(recipe("a", "b")))); !strings.Contains(r.Reason, "7 bytes are allowed") {
		t.Errorf("max-recipe-bytes: %+v", r)
	}
}

// LC-104: a message that waits for its files is begun again by the next process, once; LC-105: so is it after a shutdown.
func TestFilesAfterADeath(t *testing.T) {
	for _, stops := range []bool{false, true} {
		x := newCarrier(t, Config{})
		id := x.ask(deploy(recipe("a")))
		x.do(Looked{ID: effect[Look](x).ID, Missing: []string{digest(0)}})
		if stops {
			x.do(Stopping{})
			effect[Exit](x)
		}
		x.a = New(x.a.cfg, through(t, x.a.Journal()))
		x.taken()
		x.do(mind.Connected{})
		x.do(Looked{ID: effect[Look](x).ID})
		if run := effect[Run](x); run.Request() != id || len(run.Files()) != 1 {
			t.Errorf("stopped %v: the recipe is that of %q", stops, run.Request())
		}
	}
}

// LC-101.2, plugins.md 10: scripts of the target run before anything else; a failure stays with the machine, which starts all the same.
func TestScriptsOfTheTarget(t *testing.T) {
	for _, fails := range []bool{false, true} {
		x := newCarrier(t, Config{})
		x.a = New(x.a.cfg, nil)
		x.do(mind.Connected{})
		x.taken()
		set := ten()
		set.Scripts = recipe("agent.script.sh")
		id := x.ask(set)
		x.do(Looked{ID: effect[Look](x).ID})
		scripts := effect[RunScripts](x)
		if scripts.View.Path != "/vm" || len(scripts.Files) != 1 || x.a.InState(lifecycle.DeployedStarted) != 0 {
			t.Errorf("runs %+v, %d started", scripts, x.a.InState(lifecycle.DeployedStarted))
		}
		e := Written{ID: scripts.ID}
		if fails {
			e.ExitCode, e.Error = 3, "agent.script.sh: exit code 3"
		}
		x.do(e)
		changed := sent[*message.InstanceChanged](x)
		if len(changed) != 1 || changed[0].Status != lifecycle.DeployedStarted || (changed[0].Problem != nil) != fails {
			t.Fatalf("told %+v", changed)
		}
		if fails {
			if r := x.result(id); r.Outcome != message.Failed || r.ExitCode != 3 || changed[0].Problem.Message != e.Error {
				t.Errorf("told %+v, %+v", r, changed[0].Problem)
			}
		}
		x.taken()
		x.a = New(x.a.cfg, through(t, x.a.Journal()))
		if x.do(mind.Connected{}); slices.ContainsFunc(x.wishes, func(e mind.Effect) bool { _, runs := e.(RunScripts); return runs }) {
			t.Error("scripts run again after a restart")
		}
		c := x.a.cfg
		c.ScriptsOnRestart = true
		x.a = New(c, through(t, x.a.Journal()))
		x.taken()
		x.do(mind.Connected{})
		effect[RunScripts](x)
	}
}

// LC-5: a process that dies while the scripts run leaves a machine that is started, with the failure; they are not run twice.
func TestScriptsInterrupted(t *testing.T) {
	x := newCarrier(t, Config{})
	x.a = New(x.a.cfg, nil)
	x.do(mind.Connected{})
	set := ten()
	set.Scripts = recipe("agent.script.sh")
	x.ask(set)
	x.do(Looked{ID: effect[Look](x).ID})
	effect[RunScripts](x)
	x.a = New(x.a.cfg, through(t, x.a.Journal()))
	x.do(mind.Connected{})
	changed := sent[*message.InstanceChanged](x)
	if len(changed) == 0 || changed[0].Path != "/vm" || changed[0].Status != lifecycle.DeployedStarted || changed[0].Problem == nil {
		t.Errorf("told %+v", changed)
	}
	if x.a.pause.id != 0 {
		t.Error("scripts run twice")
	}
}

// plugins.md 9: probe files go to the directory of their instance, in the order of messages.
func TestProbes(t *testing.T) {
	x := newCarrier(t, Config{})
	x.ask(&message.ProbesSet{Path: "/vm/s0", Files: recipe("Server.measures")})
	x.do(Looked{ID: effect[Look](x).ID})
	w := effect[WriteProbes](x)
	if w.Place != (Place{"/vm/s0", "script"}) || len(w.Files) != 1 {
		t.Errorf("writes %+v", w)
	}
	id := x.ask(deploy(nil))
	if x.a.running.id != 0 {
		t.Error("a later message does not wait")
	}
	x.do(Written{ID: w.ID, Error: "disk full"})
	if effect[Run](x).Request() != id {
		t.Error("the later message is not handled")
	}
	lost := x.ask(&message.ProbesSet{Path: "/gone"})
	x.do(Ended{ID: x.a.running.id})
	x.do(Ended{ID: x.a.running.id})
	if r := x.result(lost); r.Outcome != message.Rejected {
		t.Errorf("probes of nobody: %+v", r)
	}
}

// PL-72: what a recipe prints is told while it runs, with whose it is, and not without end.
func TestOutput(t *testing.T) {
	x := newCarrier(t, Config{})
	id := x.ask(deploy(nil))
	run := effect[Run](x)
	x.do(Output{ID: run.ID, Stream: "err", Offset: 5, Text: "oh", Truncated: true})
	want := message.RecipeOutput{Request: id, Path: "/vm/s0", Operation: lifecycle.Initialize, Stream: "err", Offset: 5, Text: "oh", Truncated: true}
	if out := sent[*message.RecipeOutput](x); len(out) != 1 || *out[0] != want {
		t.Errorf("told %+v", out)
	}
	if slices.Contains(x.wishes, mind.Effect(mind.Save{})) {
		t.Error("what is printed asks for a sync of the disk")
	}
	line := strings.Repeat("x", 64<<10)
	for range 100 {
		x.do(Output{ID: run.ID, Stream: "out", Text: line})
	}
	if n := len(sent[*message.RecipeOutput](x)); n > 20 {
		t.Errorf("%d messages of 64 KiB were sent", n)
	}
	x.do(Output{ID: run.ID + 1, Text: "of another one"})
	for _, out := range sent[*message.RecipeOutput](x) {
		if out.Text == "of another one" {
			t.Error("what nobody runs is told")
		}
	}
}

// LC-23, LC-141: directories go with an undeployment that succeeds: those of everything below, with the last recipe, unless one failed.
func TestDirectoriesGo(t *testing.T) {
	all := []Place{{"/vm/s0", "script"}, {"/vm/s0/page", "script"}}
	for _, test := range []struct {
		cascade Cascade
		fails   bool
		want    [][]Place
	}{
		{ParentOnly, false, [][]Place{all}},
		{DeepestFirst, false, [][]Place{nil, all}},
		{DeepestFirst, true, [][]Place{nil, nil}},
	} {
		x := newCarrier(t, Config{Cascade: test.cascade})
		x.send(&message.InstanceRequest{Path: "/vm/s0", Status: lifecycle.DeployedStopped})
		x.send(&message.InstanceRequest{Path: "/vm/s0/page", Status: lifecycle.DeployedStopped})
		x.taken()
		x.ask(&message.InstanceRequest{Path: "/vm/s0", Status: lifecycle.NotDeployed})
		for _, want := range test.want {
			run := effect[Run](x)
			if !slices.Equal(run.Remove, want) {
				t.Errorf("%+v: removes %v, want %v", test, run.Remove, want)
			}
			e := Ended{ID: run.ID}
			if test.fails {
				e.ExitCode = 1
			}
			x.do(e)
		}
	}
}

// messaging.md 13.1: levels, logs, another broker are wished for; answers carry on who asked. A dry run does nothing.
func TestRareRequests(t *testing.T) {
	x := newCarrier(t, Config{})
	x.ask(&message.LogLevel{Level: message.LevelDebug})
	if e := effect[SetLogLevel](x); e.Level != message.LevelDebug {
		t.Errorf("%+v", e)
	}
	id := x.ask(&message.LogsGather{MaxBytes: 9})
	logs := effect[GatherLogs](x)
	x.do(LogPart{For: logs.For, Part: message.LogsChunk{Request: id, File: "agent.log", Total: 1, Data: []byte("x")}})
	if parts := sent[*message.LogsChunk](x); len(parts) != 1 || parts[0].Request != id || logs.MaxBytes != 9 {
		t.Errorf("told %+v", parts)
	}
	id = x.ask(&message.MessagingSwitch{Kind: "rabbitmq", Deadline: x.now})
	x.do(Switched{For: effect[SwitchBus](x).For, Error: "refused"})
	if r := x.result(id); r.Outcome != message.Failed || r.Reason != "refused" {
		t.Errorf("told %+v", r)
	}
	dry := deploy(recipe("a"))
	dry.DryRun = true
	if r := x.result(x.ask(dry)); r.Outcome != message.Noop || !strings.Contains(r.Reason, "would deploy") || x.a.pause.id != 0 {
		t.Errorf("a dry run: %+v", r)
	}
	x.taken()
	x.ask(&message.AgentReset{})
	if e := effect[Exit](x); !e.Released || !x.a.Journal().Empty() {
		t.Error("LC-106: a reset keeps something")
	}
}
