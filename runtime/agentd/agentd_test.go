package agentd_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agentd"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/local"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/mock"
)

// exists says whether something is below the folder of an agent.
func exists(c agentd.Config, name string) bool {
	_, err := os.Stat(filepath.Join(c.Dir, name))
	return err == nil
}

// LC-20 to LC-23, MS-65, PL-21, PL-72: files come by digest, scripts run for real, what they print is told, directories go at the end.
func TestLifeOfAnInstance(t *testing.T) {
	b, c := site(t)
	c.Secrets = []string{"s3cret"}
	started(t, b, c)
	marks := filepath.Join(t.TempDir(), "marks")
	recipe := []message.File{
		b.file("scripts/deploy.sh", sh(`echo "deploy $ROBOCONF_INSTANCE_PATH $(pwd | grep -c scripts)" >> %s; echo s3cret; echo oops >&2`, marks)),
		b.file("scripts/start.sh", sh(`echo "start $ip $port $ROBOCONF_REQUEST_ID" >> %s`, marks)),
		b.file("scripts/stop.sh", sh(`echo stop >> %s`, marks)),
		b.file("files/big.bin", strings.Repeat("x", 5000)),
	}
	start := b.send("/vm", &message.InstanceRequest{Path: "/vm/server", Status: lifecycle.DeployedStarted, Files: recipe})
	if r := b.result(start); r.Outcome != message.Done {
		t.Fatalf("the request ended %+v", r)
	}
	out := wait(b, "output", func(_ *message.Envelope, o *message.RecipeOutput) bool { return o.Stream == "out" })
	if strings.Contains(out.Text, "s3cret") || out.Request != start || out.Operation != lifecycle.Deploy || out.Offset != 0 {
		t.Errorf("PL-72: told %+v", out)
	}
	if e := wait(b, "errors", func(_ *message.Envelope, o *message.RecipeOutput) bool { return o.Stream == "err" }); e.Text != "oops\n" {
		t.Errorf("PL-72: told %+v", e)
	}
	if !exists(c, "instances/script/vm+server/files/big.bin") || !exists(c, "logs/vm+server") {
		t.Error("PL-20, PL-72: its directory or its logs are missing")
	}
	if r := b.result(b.send("/vm", &message.InstanceRequest{Path: "/vm/server", Status: lifecycle.NotDeployed})); r.Outcome != message.Done {
		t.Fatalf("the request ended %+v", r)
	}
	if exists(c, "instances/script/vm+server") {
		t.Error("PL-21: its directory is still there")
	}
	text, err := os.ReadFile(marks)
	if want := fmt.Sprintf("deploy /vm/server 1\nstart 10.0.0.7 80 %s\nstop\n", start); err != nil || string(text) != want {
		t.Errorf("its scripts wrote %q, want %q", text, want)
	}
}

// LC-141, LC-142, PL-70: what goes wrong is told with its words; the agent goes on.
func TestFailures(t *testing.T) {
	b, c := site(t)
	c.Timeout = 50 * time.Millisecond
	started(t, b, c)
	hangs := b.file("scripts/deploy.sh", sh("sleep 60"))
	own := b.file("recipe.properties", "timeout.deploy = 100ms")
	tests := []struct {
		name    string
		files   []message.File
		timeout time.Duration
		reason  string
		exit    int
	}{
		{"exit code", []message.File{b.file("scripts/deploy.sh", sh("exit 3"))}, time.Minute, "exit code 3", 3},
		{"time of the agent", []message.File{hangs}, 0, "timeout after 50ms", 0},
		{"time of the recipe", []message.File{hangs, own}, 0, "timeout after 100ms", 0},
		{"time of the request", []message.File{hangs, own}, 70 * time.Millisecond, "timeout after 70ms", 0},
		{"lost content", []message.File{{Name: "x", SHA256: strings.Repeat("ab", 32), Size: 3, Mode: "0644"}}, 0, "does not have the file", 0},
		{"a file in another's way", []message.File{b.file("a", "1"), b.file("a/b", "2")}, 0, "is a file and a folder", 0},
	}
	for _, test := range tests {
		r := b.result(b.send("/vm", &message.InstanceRequest{
			Path: "/vm/server", Status: lifecycle.DeployedStopped, Files: test.files, Timeout: test.timeout,
		}))
		if r.Outcome != message.Failed || !strings.Contains(r.Reason, test.reason) || r.ExitCode != test.exit {
			t.Errorf("%s: %+v", test.name, r)
		}
	}
	r := b.result(b.send("/vm", &message.InstanceRequest{Path: "/vm/server", Status: lifecycle.DeployedStopped}))
	if r.Outcome != message.Done {
		t.Errorf("after all that: %+v", r)
	}
}

// LC-132: cancel kills what runs, soon.
func TestCancel(t *testing.T) {
	b, c := site(t)
	started(t, b, c)
	id := b.send("/vm", &message.InstanceRequest{
		Path: "/vm/server", Status: lifecycle.DeployedStopped, Files: []message.File{b.file("scripts/deploy.sh", sh("echo begun; sleep 60"))},
	})
	wait(b, "its output", func(_ *message.Envelope, o *message.RecipeOutput) bool { return o.Request == id })
	b.send("/vm", &message.OperationCancel{Request: id})
	if r := b.result(id); r.Outcome != message.Cancelled {
		t.Errorf("%+v", r)
	}
}

// LC-105, LC-104: an agent that is asked to end finishes its recipe, says goodbye; the next process goes on with what waited, and its
// instances are as they were.
func TestDrain(t *testing.T) {
	b, c := site(t)
	r := started(t, b, c)
	gate := filepath.Join(t.TempDir(), "gate")
	slow := b.send("/vm", &message.InstanceRequest{Path: "/vm/server", Status: lifecycle.DeployedStarted, Files: []message.File{
		b.file("scripts/deploy.sh", sh("echo begun; while [ ! -e %s ]; do sleep 0.02; done", gate)),
	}})
	wait(b, "its output", func(_ *message.Envelope, o *message.RecipeOutput) bool { return o.Request == slow })
	waits := b.send("/vm", &message.InstanceRequest{Path: "/vm/page", Status: lifecycle.DeployedStopped})
	b.send("/vm", &message.Ping{Nonce: "behind"})
	wait(b, "a pong", func(_ *message.Envelope, p *message.Pong) bool { return p.Busy != nil }) // so the request waits in the mind
	r.stop()
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.await()
	wait(b, "the goodbye", func(_ *message.Envelope, g *message.AgentGoodbye) bool { return g.Reason == message.Shutdown })
	if got := b.result(slow); got.Outcome != message.Done {
		t.Errorf("the recipe in hand ended %+v", got)
	}
	b.forget()
	run(t, c)
	wait(b, "a heartbeat", func(_ *message.Envelope, h *message.AgentHeartbeat) bool {
		return !h.ModelRequired && h.ModelDigest != ""
	})
	if got := b.result(waits); got.Outcome != message.Done {
		t.Errorf("what waited ended %+v", got)
	}
	b.state("/vm/server", lifecycle.DeployedStarted)
}

// PL-70, LC-105: a recipe that takes too long is cancelled when the agent ends.
func TestDrainTakesTooLong(t *testing.T) {
	b, c := site(t)
	c.Drain = 50 * time.Millisecond
	r := started(t, b, c)
	id := b.send("/vm", &message.InstanceRequest{
		Path: "/vm/server", Status: lifecycle.DeployedStopped, Files: []message.File{b.file("scripts/deploy.sh", sh("echo begun; sleep 60"))},
	})
	wait(b, "its output", func(_ *message.Envelope, o *message.RecipeOutput) bool { return o.Request == id })
	r.end()
	if got := b.result(id); got.Outcome != message.Failed || !strings.Contains(got.Reason, "the agent ends") {
		t.Errorf("%+v", got)
	}
}

// LC-106: a reset undeploys, forgets everything, ends the process.
func TestReset(t *testing.T) {
	b, c := site(t)
	r := started(t, b, c)
	b.result(b.send("/vm", &message.InstanceRequest{Path: "/vm/server", Status: lifecycle.DeployedStarted}))
	b.send("/vm", &message.AgentReset{Reason: "recycled"})
	r.await()
	wait(b, "the goodbye", func(_ *message.Envelope, g *message.AgentGoodbye) bool { return g.Reason == message.Released })
	if entries, err := os.ReadDir(c.Dir); err != nil || len(entries) != 0 {
		t.Errorf("it leaves %v, %v", entries, err)
	}
	b.forget()
	run(t, c)
	wait(b, "a heartbeat without model", func(_ *message.Envelope, h *message.AgentHeartbeat) bool { return h.ModelRequired })
}

// LC-25, LC-58: exports of others start and update what needs them, with the values in the environment.
func TestImports(t *testing.T) {
	b, c := site(t)
	started(t, b, c)
	marks := filepath.Join(t.TempDir(), "marks")
	b.result(b.send("/vm", &message.InstanceRequest{Path: "/vm/page", Status: lifecycle.DeployedStarted, Files: []message.File{
		b.file("scripts/start.sh", sh(`echo "start $Db_0_ip" >> %s`, marks)),
		b.file("scripts/update.sh", sh(`echo "$ROBOCONF_UPDATE_STATUS $Db_size $ROBOCONF_IMPORT_CHANGED_ip" >> %s`, marks)),
		b.file("scripts/stop.sh", sh(`echo "stop" >> %s`, marks)),
	}}))
	b.state("/vm/page", lifecycle.Unresolved)
	db := func(name, ip string, seq uint64) *message.ImportAdd {
		return &message.ImportAdd{App: "app", Prefix: "Db", Path: "/" + name, Gen: 1, Seq: seq, Vars: []model.Variable{{Name: "Db.ip", Value: model.Text(ip)}}}
	}
	b.send("/vm", db("a", "1.1.1.1", 1))
	b.state("/vm/page", lifecycle.DeployedStarted)
	b.send("/vm", db("b", "2.2.2.2", 1))
	b.send("/vm", &message.ImportRemove{App: "app", Prefix: "Db", Path: "/a", Gen: 1, Seq: 2, Origin: message.FromAgent})
	b.send("/vm", &message.ImportRemove{App: "app", Prefix: "Db", Path: "/b", Gen: 1, Seq: 2, Origin: message.FromAgent})
	wait(b, "the stop", func(_ *message.Envelope, c *message.InstanceChanged) bool {
		return c.Path == "/vm/page" && c.Status == lifecycle.Unresolved && c.Why.Kind == message.WhyImportLost
	})
	text, err := os.ReadFile(marks)
	want := "start 1.1.1.1\nDEPLOYED_STARTED 2 2.2.2.2\nDEPLOYED_STOPPED 1 1.1.1.1\nstop\n"
	if err != nil || string(text) != want {
		t.Errorf("its scripts wrote %q, want %q", text, want)
	}
}

// LC-101.2, plugins.md 9, 10: scripts of the target and probe files are in the directory of the machine; a failure is told.
func TestTargetFiles(t *testing.T) {
	b, c := site(t)
	run(t, c)
	b.beat("/vm")
	set := world("/vm")
	set.Scripts = []message.File{
		b.file("b.agent.script.sh", sh("exit 4")), b.file("a.agent.script.sh", sh("pwd > here")), b.file("plain.sh", sh("touch no")),
	}
	id := b.send("/vm", set)
	if r := b.result(id); r.Outcome != message.Failed || r.ExitCode != 4 || !strings.Contains(r.Reason, "b.agent.script.sh") {
		t.Errorf("%+v", r)
	}
	b.state("/vm", lifecycle.DeployedStarted)
	here, err := os.ReadFile(filepath.Join(c.Dir, "instances/target/vm/here"))
	if err != nil || !strings.HasSuffix(string(here), "instances/target/vm\n") || exists(c, "instances/target/vm/no") {
		t.Errorf("plugins.md 10: %q, %v", here, err)
	}
	b.send("/vm", &message.ProbesSet{Path: "/vm", Files: []message.File{b.file("VM.measures", "[EVENT file up]\n/x\n")}})
	b.result(b.send("/vm", &message.InstanceRequest{Path: "/vm/server", Status: lifecycle.DeployedStopped}))
	if !exists(c, "instances/target/vm/VM.measures") {
		t.Error("plugins.md 9: the probe file is not there")
	}
}

// messaging.md 13.1: logs are gathered in pieces, the newest first, within the size.
func TestGatherLogs(t *testing.T) {
	b, c := site(t)
	started(t, b, c)
	if err := os.WriteFile(filepath.Join(c.Dir, "agent.log"), []byte(strings.Repeat("l", 300<<10)), 0o600); err != nil {
		t.Fatal(err)
	}
	b.result(b.send("/vm", &message.InstanceRequest{
		Path: "/vm/server", Status: lifecycle.DeployedStopped, Files: []message.File{b.file("scripts/deploy.sh", sh("echo hello"))},
	}))
	id := b.send("/vm", &message.LogsGather{})
	second := wait(b, "the second piece", func(_ *message.Envelope, l *message.LogsChunk) bool { return l.File == "agent.log" && l.Offset > 0 })
	recipe := wait(b, "the log of the recipe", func(_ *message.Envelope, l *message.LogsChunk) bool {
		return strings.HasPrefix(l.File, "logs/vm+server/")
	})
	if second.Request != id || second.Offset+int64(len(second.Data)) != 300<<10 || !strings.Contains(string(recipe.Data), "hello") {
		t.Errorf("%d bytes at %d; %q", len(second.Data), second.Offset, recipe.Data)
	}
}

// MS-90: another broker is proved, told, used; one that cannot be reached changes nothing.
func TestSwitch(t *testing.T) {
	b, c := site(t)
	other := local.New()
	broken := bus.Opener(func(bus.Identity, bus.Listener) (bus.Bus, error) { return nil, fmt.Errorf("no such broker") })
	c.Switch = func(kind string, s map[string]string) (bus.Opener, error) {
		if s["to"] == "other" {
			return other.Opener(local.Config{}), nil
		}
		return broken, nil
	}
	left := make(chan string, 1)
	c.Switched = func(kind string, _ map[string]string) { left <- kind }
	started(t, b, c)
	id := b.send("/vm", &message.MessagingSwitch{Kind: "rabbitmq", Settings: map[string]string{"to": "nowhere"}, Deadline: time.Now().Add(time.Minute)})
	if r := b.result(id); r.Outcome != message.Failed || !strings.Contains(r.Reason, "no such broker") {
		t.Errorf("%+v", r)
	}
	there := newBoss(t, other.Opener(local.Config{}))
	id = b.send("/vm", &message.MessagingSwitch{Kind: "rabbitmq", Settings: map[string]string{"to": "other"}, Deadline: time.Now().Add(time.Second)})
	if r := there.result(id); r.Outcome != message.Done {
		t.Errorf("%+v", r)
	}
	there.send("/vm", &message.Ping{Nonce: "n"})
	wait(there, "a pong", func(_ *message.Envelope, p *message.Pong) bool { return p.Nonce == "n" })
	select {
	case kind := <-left:
		if kind != "rabbitmq" {
			t.Error(kind)
		}
	case <-late(t):
		t.Error("it never leaves the old broker")
	}
}

// Nothing is shared by the program: many agents live in one process; LC-136: those that share a machine take turns.
func TestManyAgents(t *testing.T) {
	const n = 50
	b, c := site(t)
	var turn sync.Mutex
	var mu sync.Mutex
	inside, most := 0, 0
	c.Plugins = nil
	c.Any = watcher{mock.New("any", mock.Options{}), func(d int) {
		mu.Lock()
		defer mu.Unlock()
		inside += d
		most = max(most, inside)
	}}
	c.Turn = &turn
	root := t.TempDir()
	for k := range n {
		one := c
		one.Scope, one.Dir, one.Log = fmt.Sprintf("/vm%d", k), filepath.Join(root, fmt.Sprint(k)), nil
		run(t, one)
	}
	for k := range n {
		scope := fmt.Sprintf("/vm%d", k)
		b.beat(scope)
		b.send(scope, world(scope))
	}
	var requests []string
	for k := range n {
		scope := fmt.Sprintf("/vm%d", k)
		b.state(scope, lifecycle.DeployedStarted)
		requests = append(requests, b.send(scope, &message.InstanceRequest{Path: scope + "/server", Status: lifecycle.DeployedStarted}))
	}
	for _, id := range requests {
		if r := b.result(id); r.Outcome != message.Done {
			t.Errorf("%+v", r)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if most != 1 {
		t.Errorf("LC-136: %d recipes ran at once", most)
	}
}

// Bad settings, a folder that is taken or belongs to another: each ends with clear words.
func TestRefusesToStart(t *testing.T) {
	b, c := site(t)
	started(t, b, c)
	tests := map[string]agentd.Config{
		"no identity":             {Scope: "/vm", Dir: "x", Bus: c.Bus},
		"no path of an instance":  {App: "app", Scope: "vm", Dir: "x", Bus: c.Bus},
		"no folder":               {App: "app", Scope: "/vm", Bus: c.Bus},
		"no broker":               {App: "app", Scope: "/vm", Dir: "x"},
		"another agent uses this": c,
	}
	for reason, config := range tests {
		if err := agentd.Run(t.Context(), config); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

func TestFolderOfAnother(t *testing.T) {
	b, c := site(t)
	started(t, b, c).end()
	c.Scope = "/other"
	if err := agentd.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "belongs to the agent of /vm in app") {
		t.Error(err)
	}
}

// watcher tells how many recipes run.
type watcher struct {
	*mock.Plugin
	count func(int)
}

func (w watcher) Run(ctx context.Context, c *plugin.Call) plugin.Result {
	w.count(1)
	defer w.count(-1)
	return w.Plugin.Run(ctx, c)
}
