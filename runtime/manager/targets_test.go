package manager_test

import (
	"reflect"
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

// realDesk is a desk whose machines need targets: a, b, c.
func realDesk(t *testing.T, app *model.Application) *desk {
	t.Helper()
	d := &desk{m: manager.New(manager.Config{Epoch: "m"}), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	d.must(t, manager.Create{Template: app})
	for _, id := range []string{"a", "b", "c"} {
		d.must(t, manager.SetTarget{Target: manager.Target{ID: id, Properties: map[string]string{
			"id": id, "handler": " Local ", "endpoint": "tcp://{{ ip }}:4243 {{x}} {{ip}", "size": "small",
		}}})
	}
	d.step(mind.Connected{})
	return d
}

func (d *desk) must(t *testing.T, op manager.Op) {
	t.Helper()
	if errs := d.do(op); errs != nil {
		t.Fatalf("%T is answered %v", op, errs)
	}
}

func (d *desk) refused(t *testing.T, op manager.Op, words string) {
	t.Helper()
	if errs := d.do(op); len(errs) == 0 || !strings.Contains(errs[0].Error(), words) {
		t.Errorf("%T is answered %v, want %q", op, errs, words)
	}
}

// effects are those of one type in the last step.
func effects[T any](d *desk) []T {
	var list []T
	for _, e := range d.last {
		if e, ok := e.(T); ok {
			list = append(list, e)
		}
	}
	return list
}

// MG-45, TG-10, manager.md 11.3: instance, then component, then application, then none.
func TestChoiceOfTarget(t *testing.T) {
	for bits := range 8 {
		d := realDesk(t, mindtest.Lamp())
		want := ""
		for i, element := range []string{"", "@VM", "/db-vm"} {
			if bits&(1<<i) != 0 {
				id := []string{"a", "b", "c"}[i]
				d.must(t, manager.Associate{Element: element, Target: id})
				want = id
			}
		}
		if want == "" {
			d.refused(t, start("/db-vm"), "no target is associated with it")
			if s, _ := d.m.Status("app", "/db-vm"); s.State != lifecycle.NotDeployed {
				t.Errorf("MG-45: the machine is %s", s.State)
			}
			continue
		}
		d.must(t, start("/db-vm"))
		if made := effects[manager.CreateMachine](d); len(made) != 1 || made[0].Target != want || made[0].Handler != "local" || made[0].Gen != 1 {
			t.Errorf("MG-45: associations %03b choose %+v, want %s", bits, made, want)
		}
	}
}

func start(path string) manager.Op {
	return manager.Request{Path: path, State: lifecycle.DeployedStarted}
}

// MG-47, MG-48, TG-16, TG-20, TG-116: what is frozen at creation serves until the end; a target in use stays.
func TestTargetIsFrozen(t *testing.T) {
	app := mindtest.Lamp()
	app.Instances[0].Data = map[string]string{"size": "large", "disk": "{{ ip }}"}
	path := "/" + app.Instances[0].Name
	d := realDesk(t, app)
	d.must(t, manager.Associate{Target: "a"})
	d.must(t, start(path))
	want := map[string]string{"handler": " Local ", "endpoint": "tcp://:4243 {{x}} {{ip}", "size": "large", "disk": "{{ ip }}"}
	made := effects[manager.CreateMachine](d)[0]
	if !reflect.DeepEqual(made.Properties, want) {
		t.Errorf("TG-20: the properties are %v", made.Properties)
	}
	d.refused(t, manager.Associate{Element: path, Target: "b"}, "it is DEPLOYING; undeploy it first")
	d.must(t, manager.Associate{Target: "b"})
	d.must(t, manager.SetTarget{Target: manager.Target{ID: "a", Properties: map[string]string{"handler": "other"}}, Change: true})
	d.refused(t, manager.RemoveTarget{ID: "a", Force: true}, "is on it; undeploy it first")
	d.step(manager.MachineCreated{App: "app", Path: path, Gen: 1, MachineID: "i-1"})
	d.beat(path, "e1", 0, message.AgentHeartbeat{ModelRequired: true})
	d.must(t, manager.Request{Path: path, State: lifecycle.NotDeployed})
	ended := effects[manager.TerminateMachine](d)
	if len(ended) != 1 || ended[0].Target != "a" || ended[0].Handler != "local" || !reflect.DeepEqual(ended[0].Properties, want) || ended[0].MachineID != "i-1" {
		t.Errorf("MG-47: the end is asked of %+v", ended)
	}
	d.step(manager.MachineTerminated{App: "app", Path: path, Gen: 1})
	if users := d.m.Users("a"); len(users) != 0 {
		t.Errorf("TG-16: %v", users)
	}
	d.must(t, manager.RemoveTarget{ID: "a"})
	d.refused(t, manager.RemoveTarget{ID: "b"}, "it is associated with app (default)")
	d.must(t, manager.RemoveTarget{ID: "b", Force: true})
	d.refused(t, start(path), "no target")
}

// TG-20: {{ ip }} is the address of the root for a machine that has none yet.
func TestAddressInProperties(t *testing.T) {
	d := realDesk(t, &model.Application{
		Graph: mindtest.Graph("Host target", "Box < Host target"), Instances: mindtest.Tree("/host Host", "/host/box Box"),
	})
	d.must(t, manager.Associate{Target: "a"})
	d.must(t, start("/host"))
	d.step(manager.MachineCreated{App: "app", Path: "/host", Gen: 1, MachineID: "i-1"})
	d.beat("/host", "e1", 0, message.AgentHeartbeat{ModelRequired: true, Address: "10.9.8.7"})
	d.must(t, start("/host/box"))
	if made := effects[manager.CreateMachine](d); len(made) != 1 || made[0].Properties["endpoint"] != "tcp://10.9.8.7:4243 {{x}} {{ip}" {
		t.Errorf("TG-20: %+v", made)
	}
}

// TG-1, TG-5, TG-11, TG-117, MG-40 to MG-42: what is refused.
func TestTargetRefusals(t *testing.T) {
	d := realDesk(t, mindtest.Lamp())
	with := func(id, handler string) manager.Op {
		return manager.SetTarget{Target: manager.Target{ID: id, Properties: map[string]string{"handler": handler}}}
	}
	d.refused(t, with("", "x"), "REC_TARGET_NO_ID")
	d.refused(t, with("../x", "x"), "an id has up to 64")
	d.refused(t, with(".x", "x"), "an id has up to 64")
	d.refused(t, with("x", " "), "REC_TARGET_NO_HANDLER")
	d.refused(t, with("a", "x"), "there is one of that id already")
	d.refused(t, manager.SetTarget{Target: manager.Target{ID: "z", Properties: map[string]string{"handler": "x"}}, Change: true}, "no such target")
	d.refused(t, manager.RemoveTarget{ID: "z"}, "no such target")
	d.refused(t, manager.Associate{Target: "z"}, "no such target")
	d.refused(t, manager.Associate{Element: "@Tomcat", Target: "a"}, "no machine component")
	d.refused(t, manager.Associate{Element: "/nobody", Target: "a"}, "no such instance")
	d.refused(t, manager.Associate{Element: "/db-vm/mysql", Target: "a"}, "only machines have targets")
	d.refused(t, manager.Hint{Target: "a"}, "name an application or a template")
	d.refused(t, manager.Hint{Target: "z", App: "app"}, "no such target")
}

// D-16, D-17, lifecycle.md 7: associations follow a rename, a replication, a removal, a deletion.
func TestAssociationsFollow(t *testing.T) {
	d := realDesk(t, mindtest.Lamp())
	d.must(t, manager.Associate{Element: "/db-vm", Target: "a"})
	d.must(t, manager.Rename{Path: "/db-vm", Name: "store"})
	d.must(t, manager.Replicate{Path: "/store", Name: "copy"})
	want := []manager.Association{{Element: "/copy", Target: "a"}, {Element: "/store", Target: "a"}}
	if got := d.m.Associations("app"); !reflect.DeepEqual(got, want) {
		t.Errorf("D-16: %v", got)
	}
	d.must(t, manager.Remove{Path: "/store"})
	if got := d.m.Associations("app"); !reflect.DeepEqual(got, want[:1]) {
		t.Errorf("lifecycle.md 7: %v", got)
	}
	d.must(t, manager.Delete{})
	d.must(t, manager.RemoveTarget{ID: "a"})
}

// MG-10, MG-11, MG-13, TG-4, TG-5, TG-13 to TG-15: templates bring targets along, all or none; applications copy what is associated.
func TestTemplates(t *testing.T) {
	d := &desk{m: manager.New(manager.Config{Epoch: "m"})}
	id := manager.TemplateID{Name: "lamp", Version: "1"}
	brought := func(ids ...string) []manager.Brought {
		var list []manager.Brought
		for _, id := range ids {
			list = append(list, manager.Brought{
				Target: manager.Target{ID: id, Properties: map[string]string{"handler": "local"}}, Component: "VM",
			})
		}
		return list
	}
	d.must(t, manager.SetTarget{Target: manager.Target{ID: "mine", Properties: map[string]string{"handler": "local"}}})
	d.refused(t, manager.LoadTemplate{ID: id, Targets: brought("new", "mine")}, "REC_TARGET_CONFLICTING_ID")
	if n := len(d.m.Targets()); n != 1 || len(d.m.Templates()) != 0 {
		t.Errorf("TG-4: %d targets", n)
	}
	load := manager.LoadTemplate{ID: id, Prefix: "Lamp", Targets: brought("new")}
	d.must(t, load)
	d.refused(t, load, "it is there already")
	load.Again = true
	d.must(t, load)
	d.must(t, manager.LoadTemplate{ID: manager.TemplateID{Name: "lamp", Version: "2"}, Prefix: "Lamp"})
	d.refused(t, manager.LoadTemplate{ID: manager.TemplateID{Name: "other"}, Prefix: "Lamp"}, "is that of the template lamp - 1")
	d.must(t, manager.Associate{Template: id, Target: "mine"})
	d.must(t, manager.Associate{Template: id, Element: "/nobody", Target: "mine"})

	app := mindtest.Lamp()
	app.Descriptor = model.Descriptor{Name: "lamp", Version: "1", ExportsPrefix: "Lamp"}
	d.must(t, manager.Create{Template: app})
	if got := d.m.Associations("app"); !reflect.DeepEqual(got, []manager.Association{{Target: "mine"}, {Element: "@VM", Target: "new"}}) {
		t.Errorf("TG-13: %v", got)
	}
	foreign := mindtest.Lamp()
	foreign.Descriptor = model.Descriptor{Name: "stranger", ExportsPrefix: "Lamp"}
	d.step(manager.Do{App: "second", Op: manager.Create{Template: foreign}})
	if a := effects[manager.Answer](d); len(a) != 1 || len(a[0].Errors) != 1 || !strings.Contains(a[0].Errors[0].Error(), "another template") {
		t.Errorf("MG-11: %v", a)
	}
	foreign.Descriptor.ExportsPrefix = ""
	d.step(manager.Do{App: "second", Op: manager.Create{Template: foreign}})
	if got := d.m.Possible("second"); len(got) != 1 || got[0].ID != "mine" {
		t.Errorf("TG-15: %v", got)
	}
	if got := d.m.Possible("app"); len(got) != 2 {
		t.Errorf("TG-15: %v", got)
	}
	d.refused(t, manager.DeleteTemplate{ID: id}, "the application app is made from it")
	d.must(t, manager.Delete{})
	d.must(t, manager.DeleteTemplate{ID: id, Targets: true})
	if got := d.m.Targets(); len(got) != 1 || got[0].ID != "mine" || d.m.TemplateAssociations(id) != nil {
		t.Errorf("MG-13: %v", got)
	}
}

// LC-96, MG-47: what a target says of an earlier machine does not touch the present one.
func TestLateAnswersOfAnEarlierMachine(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	d.step(mind.Connected{})
	for gen := 1; gen <= 2; gen++ {
		d.must(t, start("/db-vm"))
		d.step(manager.MachineCreated{App: "app", Path: "/db-vm", Gen: gen, MachineID: "i"})
		if gen == 1 {
			d.must(t, manager.Request{Path: "/db-vm", State: lifecycle.NotDeployed})
			d.step(manager.MachineTerminated{App: "app", Path: "/db-vm", Gen: 1})
		}
	}
	for _, late := range []mind.Event{
		manager.MachineCreated{App: "app", Path: "/db-vm", Gen: 1, Error: "too late"},
		manager.MachineConfigured{App: "app", Path: "/db-vm", Gen: 1, Error: "too late"},
		manager.MachineTerminated{App: "app", Path: "/db-vm", Gen: 1},
		manager.MachineSeen{App: "app", Path: "/db-vm", Gen: 1, Running: manager.NotRunning},
	} {
		d.step(late)
		if s, _ := d.m.Status("app", "/db-vm"); s.State != lifecycle.Deploying || s.MachineID != "i" || len(d.last) != 0 {
			t.Errorf("%T of an earlier machine: it is %s, %v", late, s.State, d.last)
		}
	}
}

// D-19, LC-82: a nested machine whose ground went away while it was made is ended as soon as it is there, tried until it is gone; until then
// its path gets no other one.
func TestStrayMachineIsEnded(t *testing.T) {
	d := newDesk(t, &model.Application{
		Graph: mindtest.Graph("Host target", "Box < Host target"), Instances: mindtest.Tree("/host Host", "/host/box Box"),
	})
	d.step(mind.Connected{})
	up := func(gen int) {
		d.must(t, start("/host"))
		d.step(manager.MachineCreated{App: "app", Path: "/host", Gen: gen, MachineID: "i"})
		d.beat("/host", "e"+string(rune('0'+gen)), 0, message.AgentHeartbeat{ModelRequired: true})
	}
	up(1)
	d.must(t, start("/host/box"))
	d.step(mind.Delivered{Msg: &message.Envelope{
		ID: "bye", Domain: "default", Body: &message.AgentGoodbye{Reason: message.Released},
		From: message.From{Kind: message.FromAgent, App: "app", Scope: "/host", Epoch: "e1", Seq: 9},
	}})
	up(2)
	d.refused(t, start("/host/box"), "its earlier machine is not gone yet")
	d.step(manager.MachineCreated{App: "app", Path: "/host/box", Gen: 1, MachineID: "i-9"})
	ended := effects[manager.TerminateMachine](d)
	if len(ended) != 1 || ended[0].MachineID != "i-9" || ended[0].Gen != 1 || !ended[0].Stray {
		t.Fatalf("D-19: %+v", d.last)
	}
	d.step(manager.MachineTerminated{App: "app", Path: "/host/box", Gen: 1, Error: "no answer"})
	d.step(mind.Woken{Timer: "check"})
	if len(effects[manager.TerminateMachine](d)) != 1 {
		t.Errorf("D-19: it is not tried again: %v", d.last)
	}
	d.step(manager.MachineTerminated{App: "app", Path: "/host/box", Gen: 1})
	d.must(t, start("/host/box"))
}

// MG-22: the deletion of an application takes it out of the bindings of the others; what changes nothing is not told.
func TestBindingsFollowADeletion(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	exporter := mindtest.Lamp()
	exporter.Descriptor = model.Descriptor{Name: "mail", ExportsPrefix: "Mail"}
	for _, name := range []string{"m1", "m2"} {
		d.step(manager.Do{App: name, Op: manager.Create{Template: exporter}})
	}
	d.step(mind.Connected{})
	d.must(t, start("/db-vm"))
	d.beat("/db-vm", "e1", 0, message.AgentHeartbeat{ModelRequired: true})
	bind := manager.Bind{Prefix: "Mail", Apps: []string{"m2", "m1", "m2"}}
	d.must(t, bind)
	if got := sent[*message.BindingChange](d); len(got) != 1 || !reflect.DeepEqual(got[0].Apps, []string{"m1", "m2"}) {
		t.Errorf("MG-22: %+v", got)
	}
	d.must(t, bind)
	if got := sent[*message.BindingChange](d); len(got) != 0 {
		t.Errorf("MG-22: said again: %+v", got)
	}
	d.step(manager.Do{App: "m2", Op: manager.Delete{}})
	if got := sent[*message.BindingChange](d); len(got) != 1 || !reflect.DeepEqual(got[0].Apps, []string{"m1"}) {
		t.Errorf("MG-22: %+v", got)
	}
	if len(effects[manager.DropApplication](d)) != 1 {
		t.Errorf("lifecycle.md 12: %v", d.last)
	}
}
