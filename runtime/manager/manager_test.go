package manager_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/mindtest"
)

// desk is a manager alone, with what it wished for last.
type desk struct {
	m    *manager.Manager
	now  time.Time
	last []mind.Effect
}

func newDesk(t *testing.T, app *model.Application) *desk {
	t.Helper()
	d := &desk{m: manager.New(manager.Config{Epoch: "m", Pretend: true}), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	if errs := d.do(manager.Create{Template: app}); errs != nil {
		t.Fatal(errs)
	}
	return d
}

func (d *desk) step(ev mind.Event) { d.last = d.m.Step(d.now, ev) }

func (d *desk) do(op manager.Op) []error {
	d.step(manager.Do{ID: "do", App: "app", Op: op})
	for _, e := range d.last {
		if a, ok := e.(manager.Answer); ok {
			return a.Errors
		}
	}
	return []error{fmt.Errorf("no answer")}
}

func (d *desk) paths() string {
	var list []string
	for _, s := range d.m.Statuses("app") {
		list = append(list, s.Path)
	}
	return strings.Join(list, " ")
}

func random() *model.Application {
	return &model.Application{
		Graph:     mindtest.Graph("VM target", "Db < VM exports ip port=random", "Web < VM exports a=random b=random"),
		Instances: mindtest.Tree("/vm VM", "/vm/d1 Db", "/vm/d2 Db", "/vm/web Web", "/other VM", "/other/db Db"),
	}
}

func ports(d *desk) string {
	var list []string
	for path, i := range model.Walk(d.m.Instances("app")) {
		for _, o := range i.Overrides {
			list = append(list, path+" "+o.Name+"="+o.Value)
		}
	}
	return strings.Join(list, ", ")
}

// MOD-120 to MOD-123, D-17: ports are drawn once for each machine, the lowest first; copies draw theirs.
func TestRandomPorts(t *testing.T) {
	d := newDesk(t, random())
	want := "/vm/d1 port=10000, /vm/d2 port=10001, /vm/web a=10002, /vm/web b=10003, /other/db port=10000"
	if got := ports(d); got != want {
		t.Errorf("MOD-121: %s", got)
	}
	if errs := d.do(manager.Remove{Path: "/vm/d1"}); errs != nil {
		t.Fatal(errs)
	}
	add := manager.Add{Parent: "/vm", Instance: &model.Instance{Name: "d3", Component: "Db"}}
	fixed := manager.Add{Parent: "/vm", Instance: &model.Instance{
		Name: "d4", Component: "Db", Overrides: []model.Override{{Name: "Db.port", Value: "10001"}},
	}}
	far := manager.Add{Parent: "/vm", Instance: &model.Instance{
		Name: "d5", Component: "Db", Overrides: []model.Override{{Name: "port", Value: "777"}},
	}}
	for _, op := range []manager.Op{add, fixed, far, manager.Replicate{Path: "/vm", Name: "copy"}} {
		if errs := d.do(op); errs != nil {
			t.Fatal(errs)
		}
	}
	want = "/vm/d2 port=10001, /vm/web a=10002, /vm/web b=10003, /vm/d3 port=10000, /vm/d4 port=10004, /vm/d5 port=777, " +
		"/other/db port=10000, /copy/d2 port=10000, /copy/web a=10001, /copy/web b=10002, /copy/d3 port=10003, /copy/d4 port=10004, /copy/d5 port=777"
	if got := ports(d); got != want {
		t.Errorf("MOD-122, MOD-123, D-17: %s", got)
	}
}

// LC-70: what a rename may do, and that paths follow.
func TestRename(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	if errs := d.do(manager.Rename{Path: "/tc-vm-1", Name: "front"}); errs != nil {
		t.Fatal(errs)
	}
	if got := d.paths(); got != "/db-vm /db-vm/mysql /front /front/tomcat /lb-vm /lb-vm/apache" {
		t.Errorf("LC-70: %s", got)
	}
	if i := model.Find(d.m.Instances("app"), "/front/tomcat"); i == nil {
		t.Error("LC-70: the model does not follow")
	}
	for _, op := range []manager.Rename{{"/front", "lb-vm"}, {"/front", "a/b"}, {"/front", ""}, {"/nowhere", "x"}} {
		if errs := d.do(op); len(errs) != 1 {
			t.Errorf("LC-70: %+v is answered %v", op, errs)
		}
	}
	d.do(manager.Request{Path: "/front", State: lifecycle.DeployedStarted})
	if errs := d.do(manager.Rename{Path: "/front/tomcat", Name: "x"}); len(errs) != 1 || !strings.Contains(errs[0].Error(), "undeploy it first") {
		t.Errorf("LC-70: %v", errs)
	}
}

// MOD-93 to MOD-97: an application that cannot be is refused with every reason.
func TestCreateRefuses(t *testing.T) {
	g := mindtest.Graph("VM target", "Db < VM", "Loose")
	tests := []struct {
		tree  []*model.Instance
		words []string
	}{
		{mindtest.Tree("/db Db"), []string{"cannot be a root, it is deployed on VM"}},
		{mindtest.Tree("/x Loose"), []string{"a root must be a machine"}},
		{mindtest.Tree("/vm VM", "/vm/x Nothing", "/vm/y VM"), []string{"no component Nothing", "VM may not be deployed on VM, only on nothing"}},
		{append(mindtest.Tree("/vm VM"), mindtest.Tree("/vm VM")...), []string{"two instances have the path /vm"}},
	}
	for _, test := range tests {
		m := manager.New(manager.Config{})
		effects := m.Step(time.Time{}, manager.Do{ID: "1", App: "app", Op: manager.Create{Template: &model.Application{Graph: g, Instances: test.tree}}})
		a, ok := effects[len(effects)-1].(manager.Answer)
		if !ok || len(a.Errors) != len(test.words) || m.Version("app") != 0 {
			t.Errorf("answered %+v", effects)
			continue
		}
		for i, words := range test.words {
			if !strings.Contains(a.Errors[i].Error(), words) {
				t.Errorf("MOD-95: %q does not say %q", a.Errors[i], words)
			}
		}
	}
}

// LC-2, LC-80, lifecycle.md 12: refusals say what was asked, of what, why, what to do.
func TestRefusals(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	d.do(manager.Request{Path: "/db-vm", State: lifecycle.DeployedStarted})
	tests := []struct {
		op    manager.Op
		words string
	}{
		{manager.Request{Path: "/db-vm", State: lifecycle.DeployedStopped}, "stop /db-vm: it is a machine, which is never stopped"},
		{manager.Request{Path: "/lb-vm", State: lifecycle.NotDeployed}, "undeploy /lb-vm: it is NOT_DEPLOYED already"},
		{manager.Request{Path: "/db-vm", State: lifecycle.Starting}, "only NOT_DEPLOYED, DEPLOYED_STOPPED or DEPLOYED_STARTED"},
		{manager.Remove{Path: "/db-vm"}, "/db-vm is DEPLOYING; undeploy it first, or ask for a deferred removal"},
		{manager.Remove{Path: "/nowhere"}, "remove /nowhere: there is no such instance"},
		{manager.Delete{}, "delete app: /db-vm is DEPLOYING; undeploy everything first"},
		{manager.Replicate{Path: "/db-vm/mysql", Name: "x"}, "only roots are replicated"},
		{manager.Replicate{Path: "/db-vm", Name: "lb-vm"}, "an instance of that name is there already"},
		{manager.SetGraph{Graph: mindtest.Graph("VM target")}, "the graph has no component MySQL"},
		{manager.SetGraph{}, "no graph was given"},
		{manager.DeployAndStart{Path: "/x"}, "deploy and start /x: app has no such instance"},
		{manager.StopAll{Path: "/x"}, "stop /x"},
		{manager.UndeployAll{Path: "/x"}, "undeploy /x"},
		{manager.Bind{Prefix: "P", Apps: []string{"app"}}, `app does not export that prefix, its own is ""`},
		{manager.Cancel{ID: "none"}, "nothing of it is left to do"},
		{manager.Create{Template: mindtest.Lamp()}, "there is an application of that name already"},
	}
	for _, test := range tests {
		if errs := d.do(test.op); len(errs) == 0 || !strings.Contains(errs[0].Error(), test.words) {
			t.Errorf("%T is answered %v, want %q", test.op, errs, test.words)
		}
	}
	d.step(manager.Do{ID: "x", App: "other", Op: manager.Request{Path: "/a"}})
	if a := d.last[len(d.last)-1].(manager.Answer); len(a.Errors) != 1 || !strings.Contains(a.Errors[0].Error(), `there is no application "other"`) {
		t.Errorf("answered %v", a.Errors)
	}
}

// lifecycle.md 12: an application goes when nothing of it is deployed.
func TestDelete(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	if errs := d.do(manager.Delete{}); errs != nil || d.m.Version("app") != 0 || len(d.m.Apps()) != 0 {
		t.Errorf("%v, %v", errs, d.m.Apps())
	}
}

// A version says whether there is something new to see.
func TestVersions(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	v, s := d.m.Version("app"), d.m.Statuses("app")
	d.step(mind.Connected{})
	if d.m.Version("app") != v || &d.m.Statuses("app")[0] != &s[0] {
		t.Error("nothing changed, and yet it did")
	}
	d.do(manager.Request{Path: "/db-vm", State: lifecycle.DeployedStarted})
	if d.m.Version("app") == v || s[0].State != lifecycle.NotDeployed || d.m.Statuses("app")[0].State != lifecycle.Deploying {
		t.Error("a change does not show, or shows in what was given before")
	}
}

// LC-93: who is not known is not listened to; LC-84: nor is who should be gone.
func TestStrangers(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	d.step(mind.Connected{})
	v := d.m.Version("app")
	ids := message.NewIDs("s", 0)
	for _, e := range []*message.Envelope{
		{From: message.From{Kind: "agent", App: "other", Scope: "/db-vm"}, Body: &message.AgentHeartbeat{}},
		{From: message.From{Kind: "agent", App: "app", Scope: "/x"}, Body: &message.AgentHeartbeat{}},
		{From: message.From{Kind: "agent", App: "app", Scope: "/db-vm/mysql"}, Body: &message.AgentHeartbeat{}},
		{From: message.From{Kind: "manager", App: "app", Scope: "/db-vm"}, Body: &message.AgentHeartbeat{}},
		{From: message.From{Kind: "agent", App: "app", Scope: "/db-vm"}, Body: &message.InstanceChanged{Path: "/db-vm/mysql", Status: lifecycle.DeployedStarted, StateSeq: 1}},
		{From: message.From{Kind: "agent", App: "app", Scope: "/db-vm"}, Body: &message.AgentGoodbye{Reason: message.Released}},
	} {
		e.ID, e.Domain = ids.Next(), "default"
		d.step(mind.Delivered{Msg: e})
		if d.m.Version("app") != v || len(d.last) != 0 {
			t.Errorf("LC-93: %+v is taken seriously: %+v", e.From, d.last)
		}
	}
}

// LC-65, D-14: what each bulk operation asks for.
func TestBulk(t *testing.T) {
	app := &model.Application{
		Graph:     mindtest.Graph("VM target", "Box < VM target", "Db < VM Box"),
		Instances: mindtest.Tree("/vm VM", "/vm/a Db", "/vm/box Box", "/vm/box/b Db"),
	}
	b := mindtest.New(app)
	do := func(op manager.Op) {
		t.Helper()
		if errs := b.Do(op); errs != nil {
			t.Fatal(errs)
		}
		b.Settle()
	}
	do(manager.DeployAndStart{})
	from := len(b.Runs)
	do(manager.StopAll{})
	slices.Sort(b.Runs[from:])
	if got := strings.Join(b.Runs[from:], ", "); got != "stop /vm/a, stop /vm/box/b" {
		t.Errorf("D-14: %s", got)
	}
	do(manager.StopAll{Path: "/vm/box"})
	do(manager.UndeployAll{Path: "/vm/a"})
	if got := b.State("/vm/a"); got != lifecycle.NotDeployed {
		t.Errorf("LC-65: /vm/a is %s", got)
	}
	from = len(b.Runs)
	do(manager.StopAll{})
	if len(b.Runs) != from {
		t.Errorf("LC-65: to stop what is not there runs %v", b.Runs[from:])
	}
	do(manager.UndeployAll{})
	for _, s := range b.Manager.Statuses(mindtest.App) {
		if s.State != lifecycle.NotDeployed {
			t.Errorf("LC-65: %s is %s", s.Path, s.State)
		}
	}
}

func big(machines int) *model.Application {
	app := &model.Application{Graph: mindtest.Graph("VM target", "Db < VM exports ip")}
	for k := range machines {
		root := &model.Instance{Name: fmt.Sprintf("vm%d", k), Component: "VM"}
		for c := range 10 {
			root.Children = append(root.Children, &model.Instance{Name: fmt.Sprintf("db%d", c), Component: "Db"})
		}
		app.Instances = append(app.Instances, root)
	}
	return app
}

func started(b *testing.B, machines int) (*manager.Manager, time.Time) {
	m := manager.New(manager.Config{Epoch: "m", Pretend: true})
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m.Step(now, mind.Connected{})
	m.Step(now, manager.Do{ID: "1", App: "app", Op: manager.Create{Template: big(machines)}})
	m.Step(now, manager.Do{ID: "2", App: "app", Op: manager.DeployAndStart{}})
	b.ReportAllocs()
	return m, now
}

func BenchmarkChanged(b *testing.B) {
	m, now := started(b, 1000)
	ids := message.NewIDs("a", 0)
	n := 0
	for b.Loop() {
		n++
		vm := fmt.Sprintf("/vm%d", n%1000)
		m.Step(now, mind.Delivered{Msg: &message.Envelope{
			ID: ids.Next(), Domain: "default", From: message.From{Kind: "agent", App: "app", Scope: vm, Epoch: "e"},
			Body: &message.InstanceChanged{Path: vm + "/db1", Status: lifecycle.State(n % 5), StateSeq: uint64(n)},
		}})
	}
}

func BenchmarkHeartbeat(b *testing.B) {
	m, now := started(b, 1000)
	e := &message.Envelope{
		ID: "x", Domain: "default", From: message.From{Kind: "agent", App: "app", Scope: "/vm7", Epoch: "e"},
		Body: &message.AgentHeartbeat{ModelRevision: 1},
	}
	for b.Loop() {
		m.Step(now, mind.Delivered{Msg: e})
	}
}

func BenchmarkStatuses(b *testing.B) {
	m, now := started(b, 10_000)
	n := uint64(0)
	for b.Loop() {
		n++
		m.Step(now, mind.Delivered{Msg: &message.Envelope{
			ID: "x", Domain: "default", From: message.From{Kind: "agent", App: "app", Scope: "/vm7", Epoch: "e"},
			Body: &message.InstanceChanged{Path: "/vm7/db1", Status: lifecycle.State(n % 5), StateSeq: n},
		}})
		if len(m.Statuses("app")) != 110_000 {
			b.Fatal("statuses are missing")
		}
	}
}

func BenchmarkClone(b *testing.B) {
	m, _ := started(b, 10_000)
	for b.Loop() {
		m.Clone()
	}
}

func BenchmarkCheck(b *testing.B) {
	m, now := started(b, 10_000)
	for b.Loop() {
		m.Step(now, mind.Woken{Timer: "check"})
	}
}
