package mindtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

func request(path string, s lifecycle.State) manager.Op { return manager.Request{Path: path, State: s} }

func start(path string) manager.Op    { return request(path, lifecycle.DeployedStarted) }
func stop(path string) manager.Op     { return request(path, lifecycle.DeployedStopped) }
func undeploy(path string) manager.Op { return request(path, lifecycle.NotDeployed) }

// last is how the last request ended.
func last(b *Bench) manager.Finished { return b.Finished[len(b.Finished)-1] }

func outcome(t *testing.T, b *Bench, want message.Outcome, words string) {
	t.Helper()
	if f := last(b); f.Outcome != want || !strings.Contains(f.Reason, words) {
		t.Errorf("LC-13: the request ended %s (%s), want %s with %q", f.Outcome, f.Reason, want, words)
	}
}

// Conformance 1: whatever moves first, the states converge to the same ones.
func TestAnyInterleaving(t *testing.T) {
	for seed := range uint64(200) {
		chance := rand.New(rand.NewPCG(seed, 1))
		b := New(Lamp())
		b.Next = chance.IntN
		if errs := b.Do(manager.DeployAndStart{}); errs != nil {
			t.Fatal(errs)
		}
		b.Settle()
		want(t, b, "ST ST ST ST ST ST")
	}
}

func levels() *model.Application {
	return &model.Application{
		Graph: Graph(
			"VM target", "Base < VM exports ip", "Server < VM", "AppServer < Server imports Base.ip", "App < AppServer imports Base.ip",
			"Config < App",
		),
		Instances: Tree(
			"/top VM", "/top/base Base", "/vm VM", "/vm/server Server", "/vm/server/app-server AppServer",
			"/vm/server/app-server/app2 App", "/vm/server/app-server/app2/config Config",
		),
	}
}

// Conformance 2, LC-22, LC-24, LC-59: four levels lose what they depend on, and get it back.
func TestFourLevels(t *testing.T) {
	b := New(levels())
	do(t, b, manager.DeployAndStart{})
	want(t, b, "ST ST ST ST ST ST ST")
	do(t, b, stop("/top/base"))
	want(t, b, "ST S ST ST U W W")
	do(t, b, start("/top/base"))
	want(t, b, "ST ST ST ST ST ST ST")
	do(t, b, stop("/top/base"))
	do(t, b, stop("/vm/server/app-server/app2"))
	want(t, b, "ST S ST ST U S S")
	do(t, b, start("/top/base"))
	want(t, b, "ST ST ST ST ST S S")
}

// Conformance 3: an explicit start of what waits changes nothing.
func TestStartOfWaiting(t *testing.T) {
	b := New(levels())
	do(t, b, manager.DeployAndStart{})
	do(t, b, stop("/top/base"))
	changes, from := len(b.Changes), len(b.Runs)
	do(t, b, start("/vm/server/app-server/app2"))
	want(t, b, "ST S ST ST U W W")
	outcome(t, b, message.Noop, "waits for its parent /vm/server/app-server")
	if len(b.Changes) != changes || len(b.Runs) != from {
		t.Errorf("changes %v, recipes %v", b.Changes[changes:], b.Runs[from:])
	}
}

// Conformance 4, LC-40: what is above comes first.
func TestParentFirst(t *testing.T) {
	b := New(levels())
	do(t, b, start("/vm"))
	do(t, b, start("/vm/server/app-server"))
	outcome(t, b, message.Rejected, "/vm/server, above it, is NOT_DEPLOYED")
	do(t, b, stop("/vm/server"))
	do(t, b, start("/vm/server/app-server"))
	outcome(t, b, message.Rejected, "/vm/server, above it, is DEPLOYED_STOPPED")
	want(t, b, "N N ST S S N N")
}

// Conformance 5, LC-141: what fails, the state afterwards, and that the next request works.
func TestFailures(t *testing.T) {
	tests := []struct {
		fail    string
		op      manager.Op
		states  string
		again   manager.Op
		then    string
		outcome message.Outcome
	}{
		{"initialize /db-vm/mysql", manager.DeployAndStart{}, "ST N ST U ST U", start(my), "ST ST ST ST ST ST", message.Failed},
		{"deploy /db-vm/mysql", manager.DeployAndStart{}, "ST N ST U ST U", start(my), "ST ST ST ST ST ST", message.Failed},
		{"start /db-vm/mysql", manager.DeployAndStart{}, "ST S ST U ST U", start(my), "ST ST ST ST ST ST", message.Failed},
		{"start /tc-vm-1/tomcat", manager.DeployAndStart{}, "ST ST ST S ST U", start(tc), "ST ST ST ST ST ST", ""},
		{"stop /db-vm/mysql", stop(my), "ST S ST U ST U", start(my), "ST ST ST ST ST ST", message.Done},
		{"undeploy /lb-vm/apache", undeploy(ap), "ST ST ST ST ST S", start(ap), "ST ST ST ST ST ST", message.Failed},
	}
	for _, test := range tests {
		t.Run(test.fail, func(t *testing.T) {
			b := New(Lamp())
			if _, bulk := test.op.(manager.DeployAndStart); !bulk {
				b = lamp(t)
			}
			b.Recipe = func(r agent.Run) agent.Ended {
				if r.Op.String()+" "+r.View.Path == test.fail {
					return agent.Ended{ExitCode: 3, Error: "boom"}
				}
				return agent.Ended{}
			}
			do(t, b, test.op)
			want(t, b, test.states)
			path := test.fail[strings.Index(test.fail, "/"):]
			if s, _ := b.Manager.Status(App, path); s.Failure == nil || s.Failure.ExitCode != 3 || s.Failure.Message != "boom" {
				t.Errorf("LC-142: the manager knows the failure %+v", s.Failure)
			}
			if test.outcome != "" && !slices.ContainsFunc(b.Finished, func(f manager.Finished) bool { return f.Path == path && f.Outcome == test.outcome }) {
				t.Errorf("LC-142: %s did not end %s: %+v", path, test.outcome, b.Finished)
			}
			b.Recipe = nil
			do(t, b, test.again)
			want(t, b, test.then)
			if s, _ := b.Manager.Status(App, path); s.Failure != nil && s.Failure.Operation != "stop" && s.Failure.Operation != "undeploy" {
				t.Errorf("LC-140: a success of the same kind does not clear %+v", s.Failure)
			}
		})
	}
}

// Conformance 5, LC-25, D-9: a failing update is reported, and does not keep others from theirs.
func TestFailingUpdate(t *testing.T) {
	app := &model.Application{
		Graph:     Graph("VM target", "Db < VM exports port=1", "Web < VM imports Db.port"),
		Instances: Tree("/a VM", "/a/db Db", "/a2 VM", "/a2/db Db", "/b VM", "/b/w1 Web", "/b/w2 Web"),
	}
	b := New(app)
	do(t, b, manager.DeployAndStart{Path: "/a"})
	do(t, b, manager.DeployAndStart{Path: "/b"})
	want(t, b, "ST ST N N ST ST ST")
	b.Recipe = func(r agent.Run) agent.Ended {
		if r.Op == lifecycle.Update && r.View.Path == "/b/w1" {
			return agent.Ended{ExitCode: 1}
		}
		return agent.Ended{}
	}
	from := len(b.Runs)
	do(t, b, manager.DeployAndStart{Path: "/a2"})
	want(t, b, "ST ST ST ST ST ST ST")
	if got := strings.Join(b.Runs[from:], ", "); !strings.Contains(got, "update /b/w1, update /b/w2") {
		t.Errorf("D-9: recipes are %s", got)
	}
	if s, _ := b.Manager.Status(App, "/b/w1"); s.Failure == nil || s.Failure.Operation != "update" || s.Failure.Message != "exit code 1" {
		t.Errorf("LC-25: the failure is %+v", s.Failure)
	}
}

// Conformance 6, LC-11, LC-12: refused, nothing changes.
func TestRefusedRequests(t *testing.T) {
	b := New(Lamp())
	b.Configure = func(c *agent.Config) { c.Installers = []string{"Puppet"} }
	do(t, b, start(vmDB))
	do(t, b, start(my))
	outcome(t, b, message.Rejected, `no plugin serves the installer "script" of MySQL`)
	ask := func(path string) {
		ids := message.NewIDs("test"+path, 0)
		b.Inject(vmDB, mind.Delivered{Msg: &message.Envelope{
			ID: ids.Next(), Domain: "default", From: message.From{Kind: message.FromManager, Epoch: "m", Seq: 1}, Corr: "hand",
			Body: &message.InstanceRequest{Path: path, Status: lifecycle.DeployedStarted},
		}})
		b.Settle()
	}
	ask("/db-vm/nothing")
	outcome(t, b, message.Rejected, "/db-vm/nothing is not known here")
	ask(vmDB)
	outcome(t, b, message.Rejected, "is the machine of this agent")
	want(t, b, "ST N N N N N")
	for path, words := range map[string]string{"/nowhere": "no such instance", my: "only NOT_DEPLOYED"} {
		state := lifecycle.DeployedStarted
		if path == my {
			state = lifecycle.Unresolved
		}
		if errs := b.Do(request(path, state)); len(errs) != 1 || !strings.Contains(errs[0].Error(), words) {
			t.Errorf("LC-2, LC-12: request of %s is answered %v", path, errs)
		}
	}
}

func cluster() *model.Application {
	return &model.Application{
		Graph:     Graph("VM target", "Node < VM exports ip imports Node.ip?"),
		Instances: Tree("/a VM", "/a/node Node", "/b VM", "/b/node Node"),
	}
}

// Conformance 7, LC-53, LC-61: a cluster starts alone, and hears of the second node once.
func TestCluster(t *testing.T) {
	b := New(cluster())
	do(t, b, manager.DeployAndStart{Path: "/a"})
	want(t, b, "ST ST N N")
	from := len(b.Runs)
	do(t, b, manager.DeployAndStart{Path: "/b"})
	want(t, b, "ST ST ST ST")
	runs(t, b, from, "initialize /b/node, deploy /b/node, start /b/node, update /a/node")
	for path, peer := range map[string]string{"/a/node": "/b/node", "/b/node": "/a/node"} {
		if s, _ := b.Manager.Status(App, path); len(s.Imports) != 1 || s.Imports[0].Path != peer {
			t.Errorf("LC-53: %s imports %+v", path, s.Imports)
		}
	}
}

// Conformance 8, LC-107, LC-55: a resynchronization changes nothing.
func TestResync(t *testing.T) {
	b := lamp(t)
	runs0, changes, sent := len(b.Runs), len(b.Changes), len(b.Sent)
	do(t, b, manager.Resync{})
	if len(b.Runs) != runs0 || len(b.Changes) != changes {
		t.Errorf("recipes %v, changes %+v", b.Runs[runs0:], b.Changes[changes:])
	}
	adds := 0
	for _, e := range b.Sent[sent:] {
		if _, ok := e.Body.(*message.ImportAdd); ok {
			adds++
		}
	}
	if adds != 2 {
		t.Errorf("LC-107: %d publications, want those of MySQL and Tomcat", adds)
	}
}

// Conformance 9, LC-55: other values reach importers as exactly one update.
func TestOtherValues(t *testing.T) {
	b := lamp(t)
	from := len(b.Runs)
	do(t, b, manager.SetGraph{Graph: Graph(
		"VM target", "MySQL < VM exports ip port=3307", "Tomcat < VM exports ip portAJP=8009 imports MySQL.ip MySQL.port",
		"Apache < VM imports Tomcat.ip Tomcat.portAJP",
	)})
	want(t, b, "ST ST ST ST ST ST")
	runs(t, b, from, "update /tc-vm-1/tomcat")
	s, _ := b.Manager.Status(App, tc)
	if got := s.Imports[0].Vars[1].Value.Text; got != "3307" {
		t.Errorf("tomcat holds port %s", got)
	}
}

// Conformance 12, LC-92, D-22: a ghost does not come back to life.
func TestGhosts(t *testing.T) {
	b := lamp(t)
	beat := func(epoch string) {
		ids := message.NewIDs(fmt.Sprint(epoch, len(b.Sent)), 0)
		b.deliver(event{toManager, mind.Delivered{Msg: &message.Envelope{
			ID: ids.Next(), Domain: "default", From: message.From{Kind: message.FromAgent, App: App, Scope: vmDB, Epoch: epoch, Seq: 1},
			Body: &message.AgentHeartbeat{ModelRequired: true},
		}}})
	}
	if errs := b.Do(undeploy(vmDB)); errs != nil {
		t.Fatal(errs)
	}
	beat("epoch-1")
	if s := b.State(vmDB); s != lifecycle.Undeploying {
		t.Errorf("LC-92: a heartbeat makes it %s", s)
	}
	b.Settle()
	sent := len(b.Sent)
	beat("epoch-1")
	reset, ok := b.Sent[len(b.Sent)-1].Body.(*message.AgentReset)
	if s := b.State(vmDB); s != lifecycle.NotDeployed || len(b.Sent) == sent || !ok || reset.Epoch != "epoch-1" {
		t.Errorf("LC-92: it is %s, the answer is %+v", s, b.Sent[sent:])
	}
	do(t, b, manager.DeployAndStart{Path: vmDB})
	want(t, b, "ST ST ST ST ST ST")
	beat("epoch-1") // of the machine before: the new one must not hear of it
	b.Settle()
	want(t, b, "ST ST ST ST ST ST")
}

func nested() *model.Application {
	return &model.Application{
		Graph: Graph("VM target", "Box < VM target", "Db < Box exports port=1", "Web < VM imports Db.port"),
		Instances: Tree(
			"/vm VM", "/vm/box Box", "/vm/box/db Db", "/front VM", "/front/web Web",
		),
	}
}

// Conformance 13, LC-82, D-18, D-19: machines on machines, and off again.
func TestNestedMachines(t *testing.T) {
	b := New(nested())
	if errs := b.Do(start("/vm/box")); len(errs) != 1 || !strings.Contains(errs[0].Error(), "/vm, is NOT_DEPLOYED") {
		t.Errorf("D-18: %v", errs)
	}
	do(t, b, manager.DeployAndStart{})
	want(t, b, "ST ST ST ST ST")
	do(t, b, undeploy("/vm"))
	want(t, b, "N N N ST U")
	if got := strings.Join(b.Effects, ", "); got != "create /vm, create /front, create /vm/box, terminate /vm/box, terminate /vm" {
		t.Errorf("D-19: %s", got)
	}
}

// LC-82.7: a machine that cannot be terminated is as it was before.
func TestTerminationFails(t *testing.T) {
	b := New(nested())
	do(t, b, manager.DeployAndStart{})
	b.Terminate = func(string) string { return "the cloud is closed" }
	do(t, b, undeploy("/vm"))
	want(t, b, "ST ST ST ST ST")
	for _, path := range []string{"/vm", "/vm/box"} {
		if s, _ := b.Manager.Status(App, path); s.Failure == nil || s.Failure.Message != "the cloud is closed" || s.MachineID == "" {
			t.Errorf("LC-82: %+v", s)
		}
	}
	outcome(t, b, message.Failed, "closed")
}

// Conformance 14, LC-81, LC-135: who asks fifty times gets one machine.
func TestOneMachine(t *testing.T) {
	b := New(Lamp())
	for range 50 {
		if errs := b.Do(start(vmDB)); errs != nil {
			t.Fatal(errs)
		}
	}
	b.Settle()
	if len(b.Effects) != 1 {
		t.Errorf("LC-135: %v", b.Effects)
	}
}

// LC-83, D-20, MG-62: requests wait for their agent, in order; of those for one instance only the last counts.
func TestRequestsWait(t *testing.T) {
	b := New(Lamp())
	do(t, b, start(my))
	do(t, b, undeploy(my))
	do(t, b, stop(my))
	want(t, b, "N N N N N N")
	if n := b.Manager.Waiting(App, vmDB); n != 1 {
		t.Errorf("LC-83, MG-62: %d wait", n)
	}
	outcome(t, b, message.Cancelled, "by a later request")
	do(t, b, start(vmDB))
	runs(t, b, 0, "initialize /db-vm/mysql, deploy /db-vm/mysql")
	do(t, b, start(my))
	runs(t, b, 2, "start /db-vm/mysql")
}

// LC-94, LC-95, D-23: PROBLEM after the third check, said once; back at the next heartbeat.
func TestProblem(t *testing.T) {
	b := lamp(t)
	j := b.Kill(vmTC)
	changes := len(b.Changes)
	b.Advance(10 * time.Second)
	want(t, b, "ST ST ST ST ST ST")
	b.Advance(20 * time.Second)
	want(t, b, "ST ST P ST ST ST")
	if len(b.Changes) != changes+1 {
		t.Errorf("D-23: %+v", b.Changes[changes:])
	}
	from := len(b.Runs)
	b.Boot(App, vmTC, "boot-1", j)
	b.Settle()
	want(t, b, "ST ST ST ST ST ST")
	runs(t, b, from, "")
}

// MS-60: every message comes three times, and nothing is different.
func TestDuplicates(t *testing.T) {
	b := New(Lamp())
	b.Duplicate = 2
	do(t, b, manager.DeployAndStart{})
	want(t, b, "ST ST ST ST ST ST")
	for _, op := range []manager.Op{stop(my), start(my), undeploy(tc), start(tc)} {
		do(t, b, op)
	}
	want(t, b, "ST ST ST ST ST ST")
	seen := map[string]int{}
	for _, r := range b.Runs {
		seen[r]++
	}
	if seen["start /db-vm/mysql"] != 2 || seen["deploy /db-vm/mysql"] != 1 || seen["start /lb-vm/apache"] != 3 || seen["update /lb-vm/apache"] != 0 {
		t.Errorf("recipes ran %v", seen)
	}
}
