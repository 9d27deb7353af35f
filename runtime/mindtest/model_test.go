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

// text puts variables in one line.
func text(vars []model.Variable) string {
	var words []string
	for _, v := range vars {
		words = append(words, v.Name+"="+v.Value.Text)
	}
	return strings.Join(words, " ")
}

// PL-1, LC-25, lifecycle.md 15.2: what a recipe is told.
func TestView(t *testing.T) {
	b := lamp(t)
	var update agent.Run
	b.Recipe = func(r agent.Run) agent.Ended {
		if r.Op == lifecycle.Update {
			update = r
		}
		return agent.Ended{}
	}
	do(t, b, manager.Replicate{Path: vmTC, Name: "tc-vm-2"})
	do(t, b, manager.DeployAndStart{Path: "/tc-vm-2"})
	v := update.View
	if v.Path != ap || v.Name != "apache" || v.Component != "Apache" || v.Installer != "script" {
		t.Errorf("PL-1: %+v", v)
	}
	if len(v.Imports) != 1 || v.Imports[0].Prefix != "Tomcat" || len(v.Imports[0].From) != 2 || v.Imports[0].From[1].Path != "/tc-vm-2/tomcat" {
		t.Errorf("LC-54: imports are %+v", v.Imports)
	}
	if len(v.Ancestors) != 1 || v.Ancestors[0].Path != vmLB || v.Ancestors[0].Component != "VM" {
		t.Errorf("PL-1: ancestors are %+v", v.Ancestors)
	}
	c := update.Change
	if c == nil || c.Prefix != "Tomcat" || c.Path != "/tc-vm-2/tomcat" || c.Status != lifecycle.DeployedStarted ||
		text(c.Vars) != "Tomcat.ip="+address("/tc-vm-2")+" Tomcat.portAJP=8009" {
		t.Errorf("LC-25: the change is %+v", c)
	}
	do(t, b, undeploy("/tc-vm-2/tomcat"))
	if c = update.Change; c.Status != lifecycle.DeployedStopped || len(c.Vars) != 2 || len(update.View.Imports[0].From) != 1 {
		t.Errorf("LC-25: the change is %+v", c)
	}
}

// D-12, PL-35: a machine on a machine: whose address, which ancestors.
func TestNestedView(t *testing.T) {
	app := nested()
	app.Instances[0].Overrides = []model.Override{{Name: "zone", Value: "east"}}
	b := New(app)
	b.Configure = func(c *agent.Config) {
		if c.Scope == "/vm/box" {
			c.Address = ""
		}
	}
	var seen agent.View
	b.Recipe = func(r agent.Run) agent.Ended {
		if r.View.Path == "/vm/box/db" {
			seen = r.View
		}
		return agent.Ended{}
	}
	do(t, b, manager.DeployAndStart{})
	if len(seen.Ancestors) != 2 || seen.Ancestors[0].Path != "/vm/box" || seen.Ancestors[1].Path != "/vm" || text(seen.Ancestors[1].Exports) != "zone=east" {
		t.Errorf("PL-35: ancestors are %+v", seen.Ancestors)
	}
}

// D-12: an agent without address of its own publishes that of the machine below.
func TestAddressFromAbove(t *testing.T) {
	app := &model.Application{
		Graph:     Graph("VM target", "Box < VM target", "Db < Box exports ip"),
		Instances: Tree("/vm VM", "/vm/box Box", "/vm/box/db Db"),
	}
	b := New(app)
	b.Configure = func(c *agent.Config) {
		if c.Scope == "/vm/box" {
			c.Address = ""
		}
	}
	var seen agent.View
	b.Recipe = func(r agent.Run) agent.Ended { seen = r.View; return agent.Ended{} }
	do(t, b, manager.DeployAndStart{})
	if text(seen.Exports) != "Db.ip="+address("/vm") {
		t.Errorf("D-12: %s", text(seen.Exports))
	}
}

// D-12, LC-92.2: a machine that comes back with another address publishes it; importers hear of it once.
func TestAddressChanges(t *testing.T) {
	b := lamp(t)
	b.Configure = func(c *agent.Config) { c.Address = "192.168.0.9" }
	from := len(b.Runs)
	reborn(b, vmDB, "boot-1")
	want(t, b, "ST ST ST ST ST ST")
	runs(t, b, from, "update /tc-vm-1/tomcat")
	if s, _ := b.Manager.Status(App, vmDB); s.Address != "192.168.0.9" {
		t.Errorf("LC-92: the address is %s", s.Address)
	}
	if s, _ := b.Manager.Status(App, tc); s.Imports[0].Vars[0].Value.Text != "192.168.0.9" {
		t.Errorf("D-12: tomcat holds %s", text(s.Imports[0].Vars))
	}
}

// D-26: a new graph under running instances: states stay, what is exported and imported follows.
func TestGraphChanges(t *testing.T) {
	app := &model.Application{
		Graph:     Graph("VM target", "Db < VM exports port=1", "Web < VM imports Db.port Cache.x", "Cache < VM exports x=1"),
		Instances: Tree("/vm VM", "/vm/db Db", "/web VM", "/web/web Web"),
	}
	b := New(app)
	do(t, b, manager.DeployAndStart{})
	want(t, b, "ST ST ST U")
	steps := []struct {
		graph  *model.Graph
		states string
		holds  string
	}{
		{Graph("VM target", "Db < VM exports port=1", "Web < VM imports Db.port", "Cache < VM exports x=1"), "ST ST ST ST", "Db.port=1"},
		{Graph("VM target", "Db < VM exports port=2", "Web < VM imports Db.port", "Cache < VM exports x=1"), "ST ST ST ST", "Db.port=2"},
		{Graph("VM target", "Db < VM exports port=2 name=n", "Web < VM imports Db.*", "Cache < VM exports x=1"), "ST ST ST ST", "Db.name=n Db.port=2"},
		{Graph("VM target", "Db < VM", "Web < VM imports Db.*", "Cache < VM exports x=1"), "ST ST ST U", ""},
		{Graph("VM target", "Db < VM exports port=3", "Web < VM imports Db.*", "Cache < VM exports x=1"), "ST ST ST ST", "Db.port=3"},
	}
	for k, s := range steps {
		do(t, b, manager.SetGraph{Graph: s.graph})
		want(t, b, s.states)
		status, _ := b.Manager.Status(App, "/web/web")
		got := ""
		for _, i := range status.Imports {
			got += text(i.Vars)
		}
		if got != s.holds {
			t.Errorf("D-26, step %d: it holds %q, want %q", k, got, s.holds)
		}
	}
	do(t, b, manager.Add{Parent: "/web", Instance: &model.Instance{Name: "cache", Component: "Cache"}})
	do(t, b, start("/web/cache"))
	want(t, b, "ST ST ST ST ST")
}

// D-26: a graph that comes while the agent is away reaches it when it is back, before what waits.
func TestGraphWaits(t *testing.T) {
	b := lamp(t)
	j := b.Kill(vmTC)
	b.Advance(20 * time.Second)
	want(t, b, "ST ST P ST ST ST")
	g := func(port string) *model.Graph {
		return Graph("VM target", "MySQL < VM exports ip port=3306", "Tomcat < VM exports ip portAJP="+port+" imports MySQL.ip MySQL.port",
			"Apache < VM imports Tomcat.ip Tomcat.portAJP")
	}
	do(t, b, manager.SetGraph{Graph: g("1")})
	do(t, b, manager.SetGraph{Graph: g("2")})
	if n := b.Manager.Waiting(App, vmTC); n != 1 {
		t.Errorf("D-26: %d models wait", n)
	}
	b.Boot(App, vmTC, "boot-1", j)
	b.Settle()
	want(t, b, "ST ST ST ST ST ST")
	if s, _ := b.Manager.Status(App, ap); s.Imports[0].Vars[1].Value.Text != "2" {
		t.Errorf("D-26: apache holds %s", text(s.Imports[0].Vars))
	}
}

// MS-60: late and repeated messages of an exporter, one by one.
func TestOrderOfExports(t *testing.T) {
	b := New(Lamp())
	do(t, b, manager.DeployAndStart{Path: vmTC})
	ids := message.NewIDs("exports", 0)
	vars := func(port string) []model.Variable {
		return []model.Variable{{Name: "MySQL.ip", Value: model.Text("1.2.3.4")}, {Name: "MySQL.port", Value: model.Text(port)}}
	}
	add := func(gen int, seq uint64, port string) message.Body {
		return &message.ImportAdd{App: App, Prefix: "MySQL", Path: "/x/db", Gen: gen, Seq: seq, Vars: vars(port)}
	}
	remove := func(gen int, seq uint64, final bool) message.Body {
		return &message.ImportRemove{App: App, Prefix: "MySQL", Path: "/x/db", Gen: gen, Seq: seq, Origin: message.FromAgent, Final: final}
	}
	steps := []struct {
		name string
		body message.Body
		port string // "" when nothing is held
	}{
		{"a withdrawal comes first", remove(1, 2, false), ""},
		{"what it withdrew comes late", add(1, 1, "1"), ""},
		{"what it withdrew comes again", add(1, 2, "1"), ""},
		{"newer", add(1, 3, "3"), "3"},
		{"the same again", add(1, 3, "3"), "3"},
		{"older", add(1, 2, "2"), "3"},
		{"an old withdrawal", remove(1, 1, false), "3"},
		{"changed", add(1, 4, "4"), "4"},
		{"the machine is dead", remove(1, 0, true), ""},
		{"an echo of the dead", add(1, 9, "9"), ""},
		{"its withdrawal", remove(1, 10, false), ""},
		{"the next machine", add(2, 1, "21"), "21"},
		{"the dead, again", remove(1, 0, true), "21"},
		{"withdrawn", remove(2, 2, false), ""},
	}
	for _, s := range steps {
		b.Inject(vmTC, mind.Delivered{Msg: &message.Envelope{ID: ids.Next(), Domain: "default", Body: s.body}})
		b.Settle()
		status, _ := b.Manager.Status(App, tc)
		got := ""
		if len(status.Imports) > 0 {
			got = status.Imports[0].Vars[1].Value.Text
		}
		if got != s.port || (got != "") != (status.State == lifecycle.DeployedStarted) {
			t.Fatalf("MS-60: %s: it holds %q and is %s, want %q", s.name, got, status.State, s.port)
		}
	}
	b.Advance(26 * time.Hour)
	b.Inject(vmTC, mind.Delivered{Msg: &message.Envelope{ID: ids.Next(), Domain: "default", Body: add(1, 1, "1")}})
	b.Settle()
	if s := b.State(tc); s != lifecycle.DeployedStarted {
		t.Errorf("MS-60: after a day the tombstone is still there: %s", s)
	}
}

// MS-60: ten thousand messages later a repetition is still known, its result is told again.
func TestLongMemory(t *testing.T) {
	b := New(Lamp())
	do(t, b, manager.DeployAndStart{Path: vmDB})
	ids := message.NewIDs("memory", 0)
	first := &message.Envelope{ID: ids.Next(), Domain: "default", Body: &message.InstanceRequest{Path: my, Status: lifecycle.DeployedStopped}}
	send := func(e *message.Envelope) { b.Inject(vmDB, mind.Delivered{Msg: e}) }
	send(first)
	b.Settle()
	for range 9_990 {
		send(&message.Envelope{ID: ids.Next(), Domain: "default", Body: &message.ImportRequest{App: App, Prefix: "Nothing"}})
	}
	do(t, b, start(my))
	sent, from := len(b.Sent), len(b.Runs)
	send(first)
	b.Settle()
	runs(t, b, from, "")
	if r, ok := b.Sent[sent].Body.(*message.RequestResult); !ok || r.Request != first.ID || r.Outcome != message.Done {
		t.Errorf("MS-60: the answer is %+v", b.Sent[sent].Body)
	}
}

// messaging.md 12: what is for another domain, or too old, is dropped.
func TestDropped(t *testing.T) {
	b := lamp(t)
	ids := message.NewIDs("dropped", 0)
	stop := &message.InstanceRequest{Path: my, Status: lifecycle.DeployedStopped}
	for _, e := range []*message.Envelope{
		{Domain: "other", Body: stop}, {Domain: "default", Body: stop, Expires: b.Now.Add(-time.Second)},
	} {
		e.ID = ids.Next()
		b.Inject(vmDB, mind.Delivered{Msg: e})
		b.Settle()
		want(t, b, "ST ST ST ST ST ST")
	}
}

// LC-62, MOD-115: a machine exports as soon as it has its model (D-13), overrides without prefix stay at home.
func TestMachineExports(t *testing.T) {
	app := &model.Application{
		Graph:     Graph("VM target exports ip zone=west", "App < VM imports VM.ip VM.zone"),
		Instances: Tree("/a VM", "/a/app App", "/b VM"),
	}
	app.Instances[0].Overrides = []model.Override{{Name: "private", Value: "1"}}
	b := New(app)
	do(t, b, manager.DeployAndStart{})
	want(t, b, "ST ST ST")
	s, _ := b.Manager.Status(App, "/a/app")
	var from []string
	for _, i := range s.Imports {
		from = append(from, i.Path+" "+text(i.Vars))
	}
	slices.Sort(from)
	expected := fmt.Sprintf("/a VM.ip=%s VM.zone=west, /b VM.ip=%s VM.zone=west", address("/a"), address("/b"))
	if got := strings.Join(from, ", "); got != expected {
		t.Errorf("D-13: %s", got)
	}
	do(t, b, undeploy("/b"))
	if s, _ = b.Manager.Status(App, "/a/app"); len(s.Imports) != 1 {
		t.Errorf("MS-23: %+v", s.Imports)
	}
}

// InstancesSend: one notification for each instance, in breadth-first order (messaging.md 8.1).
func TestSendInstances(t *testing.T) {
	b := lamp(t)
	sent := len(b.Sent)
	ids := message.NewIDs("send", 0)
	b.Inject(vmTC, mind.Delivered{Msg: &message.Envelope{ID: ids.Next(), Domain: "default", Body: &message.InstancesSend{}}})
	var paths []string
	for _, e := range b.Sent[sent:] {
		paths = append(paths, e.Body.(*message.InstanceChanged).Path)
	}
	if got := strings.Join(paths, " "); got != vmTC+" "+tc {
		t.Errorf("sent %s", got)
	}
}
