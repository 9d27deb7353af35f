package mindtest

import (
	"fmt"
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

func failStart(path string) func(agent.Run) agent.Ended {
	return func(r agent.Run) agent.Ended {
		if r.Op == lifecycle.Start && r.View.Path == path {
			return agent.Ended{ExitCode: 1}
		}
		return agent.Ended{}
	}
}

// LC-141, D-3: an automatic start that failed is tried again at the next change of the imports, or on request.
func TestAutomaticStartFails(t *testing.T) {
	b := New(Lamp())
	do(t, b, manager.DeployAndStart{Path: vmTC})
	want(t, b, "N N ST U N N")
	b.Recipe = failStart(tc)
	do(t, b, manager.DeployAndStart{Path: vmDB})
	want(t, b, "ST ST ST U N N")
	from := len(b.Runs)
	do(t, b, manager.Resync{})
	runs(t, b, from, "")
	do(t, b, start(tc))
	runs(t, b, from, "start /tc-vm-1/tomcat")
	b.Recipe = nil
	do(t, b, start(tc))
	want(t, b, "ST ST ST ST N N")
}

// D-30: a child whose start failed is not tried again at every import of the agent, only when its parent starts again.
func TestWaitingChildFails(t *testing.T) {
	app := &model.Application{
		Graph: Graph("VM target", "Db < VM exports port=1", "Web < VM imports Db.port", "Page < Web", "Spy < VM imports Db.port?"),
		Instances: Tree(
			"/vm VM", "/vm/web Web", "/vm/web/page Page", "/vm/spy Spy", "/d1 VM", "/d1/db Db", "/d2 VM", "/d2/db Db",
		),
	}
	b := New(app)
	do(t, b, manager.DeployAndStart{Path: "/vm"})
	want(t, b, "ST U W ST N N N N")
	b.Recipe = failStart("/vm/web/page")
	do(t, b, manager.DeployAndStart{Path: "/d1"})
	want(t, b, "ST ST W ST ST ST N N")
	from := len(b.Runs)
	do(t, b, manager.DeployAndStart{Path: "/d2"})
	if got := strings.Join(b.Runs[from:], ", "); strings.Contains(got, "page") {
		t.Errorf("D-30: recipes are %s", got)
	}
	b.Recipe = nil
	do(t, b, stop("/vm/web"))
	want(t, b, "ST S S ST ST ST ST ST")
	do(t, b, start("/vm/web"))
	want(t, b, "ST ST S ST ST ST ST ST")
}

// LC-130, LC-132, D-27, D-28: one message at a time; ping and cancel beside the loop.
func TestBusyAgent(t *testing.T) {
	b := New(Lamp())
	do(t, b, start(vmDB))
	b.Hold = true
	do(t, b, start(my))
	first := fmt.Sprintf("do-%d", b.asked)
	do(t, b, stop(my))
	do(t, b, undeploy(my))
	if got := b.Running(vmDB); got != "initialize /db-vm/mysql" || len(b.Runs) != 1 {
		t.Fatalf("LC-130: %s runs, after %v", got, b.Runs)
	}
	sent := len(b.Sent)
	ids := message.NewIDs("ping", 0)
	b.Inject(vmDB, mind.Delivered{Msg: &message.Envelope{ID: ids.Next(), Domain: "default", Body: &message.Ping{Nonce: "7"}}})
	if p, ok := b.Sent[sent].Body.(*message.Pong); !ok || p.Nonce != "7" || p.Busy == nil || p.Busy.Path != my {
		t.Errorf("D-27: the answer is %+v", b.Sent[sent].Body)
	}
	b.Advance(6 * time.Second)
	if h := heartbeats(b, sent); len(h) == 0 || h[0].Busy == nil || h[0].Queue != 2 {
		t.Errorf("LC-90: heartbeats are %+v", h)
	}
	do(t, b, manager.Cancel{ID: fmt.Sprintf("do-%d", b.asked)})
	outcome(t, b, message.Cancelled, "before it began")
	do(t, b, manager.Cancel{ID: first})
	outcome(t, b, message.Cancelled, "cancelled")
	if got := b.Running(vmDB); got != "initialize /db-vm/mysql" || b.State(my) != lifecycle.Deploying {
		t.Errorf("LC-132: %s runs, mysql is %s", got, b.State(my)) // that of the request to stop, which deploys
	}
}

func heartbeats(b *Bench, from int) []*message.AgentHeartbeat {
	var list []*message.AgentHeartbeat
	for _, e := range b.Sent[from:] {
		if h, ok := e.Body.(*message.AgentHeartbeat); ok && e.From.Scope == vmDB {
			list = append(list, h)
		}
	}
	return list
}

// LC-45: deepest-first runs the recipes of everything that is affected.
func TestCascade(t *testing.T) {
	for cascade, expected := range map[agent.Cascade]string{
		agent.ParentOnly:   "stop /vm/server",
		agent.DeepestFirst: "stop /vm/server/app-server/app2/config, stop /vm/server/app-server/app2, stop /vm/server/app-server, stop /vm/server",
	} {
		b := New(levels())
		b.Configure = func(c *agent.Config) { c.Cascade = cascade }
		do(t, b, manager.DeployAndStart{})
		from := len(b.Runs)
		do(t, b, stop("/vm/server"))
		runs(t, b, from, expected)
		want(t, b, "ST ST ST S S S S")
		from = len(b.Runs)
		do(t, b, undeploy("/vm/server"))
		runs(t, b, from, strings.ReplaceAll(expected, "stop", "undeploy"))
		want(t, b, "ST ST ST N N N N")
	}
}

// LC-23, D-8: a failed undeployment leaves what was deployed, and only that.
func TestUndeployFails(t *testing.T) {
	b := New(levels())
	do(t, b, start("/top"))
	do(t, b, start("/vm"))
	do(t, b, start("/vm/server"))
	do(t, b, start("/vm/server/app-server"))
	want(t, b, "ST N ST ST U N N")
	b.Recipe = func(r agent.Run) agent.Ended { return agent.Ended{ExitCode: 9} }
	do(t, b, undeploy("/vm/server"))
	want(t, b, "ST N ST S S N N")
	b.Recipe = nil
	do(t, b, undeploy("/vm/server"))
	want(t, b, "ST N ST N N N N")
}

// LC-21, LC-22, MS-24: the order of what others can see.
func TestOrderOfEffects(t *testing.T) {
	b := lamp(t)
	var seen []string
	note := func(e mind.Effect) {
		switch e := e.(type) {
		case mind.Publish:
			if c, ok := e.Msg.Body.(*message.InstanceChanged); ok {
				seen = append(seen, c.Status.String())
			} else {
				seen = append(seen, e.Msg.Type)
			}
		case mind.Bind, mind.Unbind, agent.Run, mind.Save:
			seen = append(seen, strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", e), "mind."), "agent.")))
		}
	}
	step := func(ev mind.Event) {
		for _, e := range b.Agents[Key(App, vmDB)].Step(b.Now, ev) {
			note(e)
		}
	}
	ids := message.NewIDs("order", 0)
	ask := func(s lifecycle.State) {
		step(mind.Delivered{Msg: &message.Envelope{ID: ids.Next(), Domain: "default", Body: &message.InstanceRequest{Path: my, Status: s}}})
	}
	ask(lifecycle.DeployedStopped)
	step(agent.Ended{ID: 4})
	ask(lifecycle.DeployedStarted)
	step(agent.Ended{ID: 5})
	expected := "save STOPPING unbind import.remove run save DEPLOYED_STOPPED request.result " +
		"save STARTING run save DEPLOYED_STARTED bind import.add request.result"
	if got := strings.Join(seen, " "); got != expected {
		t.Errorf("the order is\n%s, want\n%s", got, expected)
	}
}

// LC-70, D-15: an instance is added with its children to a running agent, and removed again.
func TestAddAndRemove(t *testing.T) {
	b := lamp(t)
	add := manager.Add{Parent: vmTC, Instance: &model.Instance{Name: "second", Component: "Tomcat"}}
	do(t, b, add)
	want(t, b, "ST ST ST ST N ST ST")
	if s, _ := b.Manager.Status(App, "/tc-vm-1/second"); len(s.Imports) != 1 {
		t.Errorf("LC-56: the new instance imports %+v", s.Imports)
	}
	do(t, b, start("/tc-vm-1/second"))
	want(t, b, "ST ST ST ST ST ST ST")
	if errs := b.Do(manager.Remove{Path: "/tc-vm-1/second"}); len(errs) != 1 || !strings.Contains(errs[0].Error(), "DEPLOYED_STARTED; undeploy it first") {
		t.Errorf("LC-70: %v", errs)
	}
	do(t, b, manager.Remove{Path: "/tc-vm-1/second", Deferred: true})
	want(t, b, "ST ST ST ST ST ST ST")
	do(t, b, undeploy("/tc-vm-1/second"))
	want(t, b, "ST ST ST ST ST ST")
	if errs := b.Do(add); errs != nil {
		t.Errorf("LC-70: the name is not free again: %v", errs)
	}
	bad := []manager.Add{
		add,
		{Parent: "/nowhere", Instance: &model.Instance{Name: "x", Component: "Tomcat"}},
		{Parent: vmTC, Instance: &model.Instance{Name: "x", Component: "VM"}},
		{Parent: vmTC, Instance: &model.Instance{Name: "x", Component: "Nothing"}},
		{Parent: vmTC, Instance: &model.Instance{Name: "a/b", Component: "Tomcat"}},
		{Instance: &model.Instance{Name: "x", Component: "Tomcat"}},
		{Parent: vmTC},
	}
	for _, op := range bad {
		if errs := b.Do(op); len(errs) != 1 {
			t.Errorf("MOD-97: %+v is answered %v", op.Instance, errs)
		}
	}
}

// MS-10, MS-11: two instances of one prefix: who stops first does not take the binding away.
func TestSharedBindings(t *testing.T) {
	app := &model.Application{
		Graph:     Graph("VM target", "Db < VM exports port=1", "Web < VM imports Db.port"),
		Instances: Tree("/vm VM", "/vm/d1 Db", "/vm/d2 Db", "/web VM", "/web/w1 Web", "/web/w2 Web"),
	}
	b := New(app)
	do(t, b, manager.DeployAndStart{})
	do(t, b, stop("/vm/d1"))
	listens := func(to message.Target, machine string) bool { return b.binds[to][Key(App, machine)] }
	requests, exports := message.Exporters(App, "Db", false), message.Importers(App, "Db", false)
	if !listens(requests, "/vm") {
		t.Error("MS-10: the agent does not hear requests for Db any more")
	}
	do(t, b, stop("/vm/d2"))
	if listens(requests, "/vm") {
		t.Error("MS-10: the agent still hears requests for Db")
	}
	for _, path := range []string{"/web/w1", "/web/w2"} {
		if !listens(exports, "/web") {
			t.Errorf("MS-10: %s is deaf too early", path)
		}
		do(t, b, undeploy(path))
		do(t, b, manager.Remove{Path: path})
	}
	if listens(exports, "/web") {
		t.Error("MS-10: the agent still hears exports of Db")
	}
}

// LC-50, LC-51, LC-52: resolution is by prefix; what is not imported is not kept.
func TestTailoredImports(t *testing.T) {
	app := &model.Application{
		Graph:     Graph("VM target", "Db < VM exports a=1 b=2 c=3", "All < VM imports Db.*", "Some < VM imports Db.a Db.c?", "None < VM imports Db.z?"),
		Instances: Tree("/vm VM", "/vm/db Db", "/vm/all All", "/vm/some Some", "/vm/none None"),
	}
	b := New(app)
	do(t, b, manager.DeployAndStart{})
	want(t, b, "ST ST ST ST ST")
	for path, expected := range map[string]string{"/vm/all": "Db.a Db.b Db.c", "/vm/some": "Db.a Db.c", "/vm/none": ""} {
		s, _ := b.Manager.Status(App, path)
		var names []string
		for _, v := range s.Imports[0].Vars {
			names = append(names, v.Name)
		}
		if got := strings.Join(names, " "); got != expected {
			t.Errorf("LC-52: %s holds %q, want %q", path, got, expected)
		}
	}
}

// MS-20, MS-30, MS-31, MS-32: one application uses another, when it is bound to it.
func TestOtherApplications(t *testing.T) {
	shop := &model.Application{
		Descriptor: model.Descriptor{ExportsPrefix: "Shop", Exports: []model.Export{{Variable: "Web.ip", Alias: "addr"}, {Variable: "Web.port", Alias: "p"}}},
		Graph:      Graph("VM target", "Web < VM exports ip port=80"),
		Instances:  Tree("/vm VM", "/vm/web Web"),
	}
	user := &model.Application{
		Graph: Graph("VM target", "Client < VM imports ext:Shop.addr ext:Shop.p"), Instances: Tree("/vm VM", "/vm/client Client"),
	}
	b := New(user)
	for _, name := range []string{"one", "two"} {
		if errs := b.DoIn(name, manager.Create{Template: shop}); errs != nil {
			t.Fatal(errs)
		}
		b.DoIn(name, manager.DeployAndStart{})
	}
	do(t, b, manager.DeployAndStart{})
	want(t, b, "ST U")
	if errs := b.Do(manager.Bind{Prefix: "Shop", Apps: []string{"nobody"}}); len(errs) != 1 {
		t.Errorf("MS-31: %v", errs)
	}
	steps := []struct {
		apps    []string
		states  string
		imports string
	}{
		{[]string{"one"}, "ST ST", "one"},
		{[]string{"two", "one"}, "ST ST", "one two"},
		{[]string{"two"}, "ST ST", "two"},
		{nil, "ST U", ""},
		{[]string{"one", "two"}, "ST ST", "one two"},
	}
	for _, s := range steps {
		do(t, b, manager.Bind{Prefix: "Shop", Apps: s.apps})
		want(t, b, s.states)
		status, _ := b.Manager.Status(App, "/vm/client")
		var from []string
		for _, i := range status.Imports {
			from = append(from, i.App)
			if len(i.Vars) != 2 || i.Vars[0].Name != "Shop.addr" || i.Vars[1].Value.Text != "80" {
				t.Errorf("MS-20: %+v", i.Vars)
			}
		}
		slices.Sort(from)
		if got := strings.Join(from, " "); got != s.imports {
			t.Errorf("MS-31: bound to %v it imports from %q", s.apps, got)
		}
	}
	b.DoIn("one", manager.UndeployAll{})
	b.Settle()
	if s, _ := b.Manager.Status(App, "/vm/client"); len(s.Imports) != 1 || s.Imports[0].App != "two" {
		t.Errorf("MS-23: %+v", s.Imports)
	}
}

// MS-22: who asks at the same time shares an answer; the first is answered at once, nobody is forgotten.
func TestSharedAnswers(t *testing.T) {
	b := New(Lamp())
	b.Configure = func(c *agent.Config) { c.AnswerEvery = time.Second }
	do(t, b, manager.DeployAndStart{Path: vmDB})
	from := len(b.Sent)
	ids := message.NewIDs("asks", 0)
	adds := func() int {
		n := 0
		for _, e := range b.Sent[from:] {
			if m, ok := e.Body.(*message.ImportAdd); ok && m.Prefix == "MySQL" {
				n++
			}
		}
		return n
	}
	for k, expected := range []int{1, 1, 1} {
		b.Inject(vmDB, mind.Delivered{Msg: &message.Envelope{ID: ids.Next(), Domain: "default", Body: &message.ImportRequest{App: App, Prefix: "MySQL"}}})
		if adds() != expected {
			t.Errorf("MS-22: after %d requests there are %d answers", k+1, adds())
		}
	}
	b.Advance(2 * time.Second)
	if adds() != 2 {
		t.Errorf("MS-22: a second later there are %d answers", adds())
	}
	b.Advance(10 * time.Second)
	if adds() != 2 {
		t.Errorf("MS-22: nobody asks any more, and there are %d answers", adds())
	}
}
