package mindtest

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// LC-13, LC-132: what an agent answers beside its loop belongs to who asked that, not to what is being done at the moment.
func TestAnswersGoToWhoAsked(t *testing.T) {
	b := New(Lamp())
	do(t, b, start(vmDB))
	b.Hold = true
	do(t, b, start(my)) // do-3
	do(t, b, stop(my))  // do-4
	do(t, b, manager.Cancel{ID: "do-4"})
	if f := last(b); f.ID != "do-4" || f.Outcome != message.Cancelled {
		t.Errorf("LC-132: what was cancelled is told as %+v", f)
	}
	sent := len(b.Sent)
	ids := message.NewIDs("ping", 0)
	ping := &message.Envelope{ID: ids.Next(), Corr: "do-5", Domain: "default", Body: &message.Ping{Nonce: "7"}}
	b.Inject(vmDB, mind.Delivered{Msg: ping})
	if e := b.Sent[sent]; e.Corr != "do-5" || e.Cause != ping.ID {
		t.Errorf("D-27: the pong belongs to %q, caused by %q", e.Corr, e.Cause)
	}
}

// MS-60: the result of a request that comes twice is sent again; people are told once, and of the right request.
func TestResultsAreToldOnce(t *testing.T) {
	b := New(Lamp())
	do(t, b, start(vmDB))
	b.Duplicate = 2
	do(t, b, start(my))
	told := map[string]int{}
	for _, f := range b.Finished {
		told[f.ID+" "+f.Path]++
	}
	for what, times := range told {
		if times != 1 {
			t.Errorf("MS-60: %s is told %d times", what, times)
		}
	}
}

// LC-106: a machine that is recycled keeps nothing that runs: what is started is stopped before it is undeployed.
func TestResetStopsFirst(t *testing.T) {
	b := New(levels())
	do(t, b, manager.DeployAndStart{})
	want(t, b, "ST ST ST ST ST ST ST")
	from := len(b.Runs)
	ids := message.NewIDs("reset", 0)
	b.Inject("/vm", mind.Delivered{Msg: &message.Envelope{
		ID: ids.Next(), Domain: "default", Body: &message.AgentReset{},
	}})
	b.Settle()
	want(t, b, "ST ST N N N N N")
	var expected []string
	for _, path := range []string{"/vm/server/app-server/app2/config", "/vm/server/app-server/app2", "/vm/server/app-server", "/vm/server"} {
		expected = append(expected, "stop "+path, "undeploy "+path)
	}
	runs(t, b, from, strings.Join(expected, ", "))
}

// MS-31: an application that was unbound while the agent was dead is not imported from any more.
func TestUnboundWhileDead(t *testing.T) {
	shop := &model.Application{
		Descriptor: model.Descriptor{ExportsPrefix: "Shop", Exports: []model.Export{{Variable: "Web.ip", Alias: "addr"}}},
		Graph:      Graph("VM target", "Web < VM exports ip"), Instances: Tree("/vm VM", "/vm/web Web"),
	}
	b := New(&model.Application{
		Graph: Graph("VM target", "Client < VM imports ext:Shop.addr", "Other < VM"), Instances: Tree("/vm VM", "/vm/client Client"),
	})
	if errs := b.DoIn("one", manager.Create{Template: shop}); errs != nil {
		t.Fatal(errs)
	}
	b.DoIn("one", manager.DeployAndStart{})
	do(t, b, manager.DeployAndStart{})
	do(t, b, manager.Bind{Prefix: "Shop", Apps: []string{"one"}})
	want(t, b, "ST ST")
	j := b.Kill("/vm")
	b.deliver(event{toManager, mind.Lost{}})
	do(t, b, manager.Bind{Prefix: "Shop"})
	do(t, b, manager.Add{Parent: "/vm", Instance: &model.Instance{Name: "other", Component: "Other"}})
	b.deliver(event{toManager, mind.Connected{}})
	b.links = map[string][]event{} // what was sent to the dead process waits: it comes after the first heartbeat
	b.Boot(App, "/vm", "boot-1", j)
	b.Settle()
	want(t, b, "ST U N")
	if s, _ := b.Manager.Status(App, "/vm/client"); len(s.Imports) != 0 {
		t.Errorf("MS-31: it still imports %+v", s.Imports)
	}
}

// LC-104, MS-60: what an agent that lost its journal says of its machine is not taken for old news.
func TestLostJournalOfImportingMachine(t *testing.T) {
	g := Graph("VM target", "Db < VM exports port=1")
	g = model.NewGraph(append([]*model.Component{}, g.Components()...), nil)
	g.Component("VM").Imports = []model.Import{{Prefix: "Db", Name: "port", Optional: true}}
	g = model.NewGraph(g.Components(), nil)
	b := New(&model.Application{Graph: g, Instances: Tree("/vm VM", "/d VM", "/d/db Db")})
	do(t, b, manager.DeployAndStart{})
	for range 3 {
		do(t, b, stop("/d/db"))
		do(t, b, start("/d/db"))
	}
	held := func() int {
		s, _ := b.Manager.Status(App, "/vm")
		return len(s.Imports)
	}
	if held() != 1 {
		t.Fatalf("the machine holds %d imports", held())
	}
	b.Kill("/vm")
	b.Boot(App, "/vm", "boot-2", nil)
	b.Settle()
	do(t, b, stop("/d/db"))
	if held() != 0 {
		t.Error("MS-60: the manager still believes what the earlier process said")
	}
	if b.State("/d/db") != lifecycle.DeployedStopped {
		t.Error("the database runs")
	}
}
