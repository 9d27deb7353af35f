package manager_test

import (
	"bytes"
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

// everyEvent is at least one event of each kind, each with something in every field.
func everyEvent() []mind.Event {
	ids := message.NewIDs("event", 0)
	note := func(b message.Body) *message.Envelope {
		return &message.Envelope{
			ID: ids.Next(), Type: b.Type(), Time: time.Date(2026, 3, 2, 1, 2, 3, 4, time.UTC), Domain: "default", Corr: "do", Body: b,
			From: message.From{Kind: message.FromAgent, App: "app", Scope: "/vm", Epoch: "e", Seq: 7},
		}
	}
	file := message.File{Name: "scripts/start.sh", SHA256: strings.Repeat("ab", 32), Size: 3, Mode: "0755"}
	template := manager.TemplateID{Name: "lamp", Version: "1"}
	target := manager.Target{ID: "t", Text: "handler: x\n", Properties: map[string]string{"handler": "x\xff"}, Creator: template}
	tree := &model.Instance{
		Name: "vm", Component: "VM", Channels: []string{"a"}, Overrides: []model.Override{{Name: "x", Value: "1"}},
		Data: map[string]string{"k": "v\n"}, State: "NOT_DEPLOYED", Children: []*model.Instance{{Name: "db", Component: "MySQL"}},
	}
	list := []mind.Event{
		mind.Delivered{Msg: note(&message.InstanceChanged{Path: "/vm", Status: lifecycle.Problem, StateSeq: 9})},
		mind.Woken{Timer: "check"},
		mind.Connected{},
		mind.Lost{Reason: "gone"},
		mind.Returned{To: message.Agent("app", "/vm"), Msg: note(&message.InstanceRemove{Path: "/vm", Revision: 2})},
		manager.MachineCreated{App: "app", Path: "/vm", Gen: 2, MachineID: "i-1", Error: "no\xffquota"},
		manager.MachineConfigured{App: "app", Path: "/vm", Gen: 2, Error: "no"},
		manager.MachineTerminated{App: "app", Path: "/vm", Gen: -2, Error: "no"},
		manager.MachineSeen{App: "app", Path: "/vm", Gen: 1 << 40, Running: manager.NotRunning},
		manager.Chunk{App: "app", Path: "/vm", Data: &message.BlobChunk{SHA256: "ab", Offset: 3, Total: 9, Data: []byte{0, 1}, Missing: true}},
		manager.Lapsed{Machines: []manager.Silent{{App: "app", Path: "/vm", Missed: 3}}},
		manager.New(manager.Config{Domain: "d", Adopt: true, Pretend: true, ForbiddenPorts: []int{1, 2}}).Restored(),
	}
	for _, op := range []manager.Op{
		manager.Create{Description: "d", Recipes: []manager.Recipe{{Component: "VM", Files: []message.File{file}}}},
		manager.Create{Template: &model.Application{Descriptor: model.Descriptor{
			Name: "n", DisplayName: "dn", Version: "v", Description: "d", DSL: "1", Tags: []string{"t"}, GraphEntry: "g", InstanceEntry: "i",
			ExportsPrefix: "p", Exports: []model.Export{{Variable: "a.b", Alias: "c"}},
		}, Instances: []*model.Instance{tree}}},
		manager.Delete{},
		manager.Request{Path: "/vm", State: lifecycle.DeployedStarted},
		manager.DeployAndStart{Path: "/vm"},
		manager.StopAll{Path: "/vm"},
		manager.UndeployAll{Path: "/vm"},
		manager.Add{Parent: "/x", Instance: tree},
		manager.Remove{Path: "/vm", Deferred: true},
		manager.Rename{Path: "/vm", Name: "n"},
		manager.Replicate{Path: "/vm", Name: "n"},
		manager.Resync{},
		manager.SetGraph{},
		manager.Bind{Prefix: "p", Apps: []string{"a"}},
		manager.Cancel{ID: "do", Path: "/vm"},
		manager.LoadTemplate{ID: template, Prefix: "p", Targets: []manager.Brought{{Target: target, Component: "VM"}}, Again: true},
		manager.DeleteTemplate{ID: template, Targets: true},
		manager.SetTarget{Target: target, Change: true},
		manager.RemoveTarget{ID: "t", Force: true},
		manager.Hint{Target: "t", App: "a", Template: template, Off: true},
		manager.Associate{Element: "@VM", Target: "t", Template: template},
		manager.SetRecipes{Recipes: []manager.Recipe{{Component: "VM"}}},
		manager.Describe{Description: "d"},
		manager.Recheck{Handler: "h"},
		manager.Ping{Path: "/vm", Text: "t", Nonce: "n"},
		manager.SetLogLevel{Path: "/vm", Level: "info", Logger: "l"},
		manager.GatherLogs{Path: "/vm", MaxBytes: 9, Since: time.Unix(9, 9).UTC()},
		manager.MoveAgent{Path: "/vm", Kind: "rabbitmq", Deadline: time.Unix(9, 9).UTC()},
		manager.LoseAgent{Path: "/vm"},
	} {
		list = append(list, manager.Do{ID: "do-1", App: "app", Op: op})
	}
	return list
}

// manager.md 5.2: every event comes back as it was, with any bytes in its texts.
func TestEveryEventComesBack(t *testing.T) {
	for _, ev := range everyEvent() {
		data, err := manager.EncodeEvent(ev)
		if err != nil {
			t.Fatal(err)
		}
		back, err := manager.DecodeEvent(data)
		if err != nil || !reflect.DeepEqual(back, ev) {
			t.Errorf("%T comes back as\n%+v, %v\nnot\n%+v", ev, back, err, ev)
		}
		for cut := range data {
			if _, err := manager.DecodeEvent(data[:cut]); err == nil {
				t.Fatalf("%T is read although it ends after %d of %d bytes", ev, cut, len(data))
			}
		}
		data[0] = 99
		if _, err := manager.DecodeEvent(data); err == nil || !strings.Contains(err.Error(), "format 99") {
			t.Errorf("MG-52: a later format: %v", err)
		}
	}
}

// A graph comes back with all that follows from it.
func TestGraphComesBack(t *testing.T) {
	for _, app := range []*model.Application{mindtest.Lamp()} {
		data, err := manager.EncodeEvent(manager.Do{Op: manager.SetGraph{Graph: app.Graph}})
		if err != nil {
			t.Fatal(err)
		}
		ev, err := manager.DecodeEvent(data)
		if err != nil {
			t.Fatal(err)
		}
		back := ev.(manager.Do).Op.(manager.SetGraph).Graph
		for i, c := range app.Graph.Components() {
			d := back.Components()[i]
			if c.Name != d.Name || !reflect.DeepEqual(app.Graph.Exports(c), back.Exports(d)) || app.Graph.Installer(c) != back.Installer(d) ||
				len(app.Graph.Imports(c)) != len(back.Imports(d)) || len(app.Graph.Children(c)) != len(back.Children(d)) {
				t.Errorf("%s comes back as %+v", c.Name, d)
			}
		}
	}
}

// busy is a mind in the middle of things.
func busy() *manager.Manager {
	d := &desk{m: manager.New(manager.Config{Epoch: "m", Pretend: true}), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	d.do(manager.Create{Template: mindtest.Lamp(), Recipes: []manager.Recipe{{Component: "MySQL"}}})
	d.step(mind.Connected{})
	d.do(manager.SetTarget{Target: manager.Target{ID: "t", Properties: map[string]string{"handler": "x"}}})
	d.do(manager.Associate{Element: "@VM", Target: "t"})
	d.do(manager.DeployAndStart{})
	d.beat("/db-vm", "e1", 0, message.AgentHeartbeat{ModelRequired: true, Address: "1.2.3.4"})
	d.do(manager.Add{Parent: "/tc-vm-1", Instance: &model.Instance{Name: "second", Component: "Tomcat"}})
	d.do(manager.Request{Path: "/lb-vm", State: lifecycle.NotDeployed})
	return d.m
}

// MG-53: one application with broken data does not take the others along; its data stay as they are, until it is deleted.
func TestDamagedApplicationIsKeptAside(t *testing.T) {
	m := busy()
	m.Step(time.Time{}, manager.Do{App: "other", Op: manager.Create{Template: mindtest.Lamp()}})
	data, err := manager.EncodeJournal(m.Journal())
	if err != nil {
		t.Fatal(err)
	}
	data[bytes.Index(data, []byte("mysql"))]++ // the first application
	for range 2 {                              // kept as it is, it is damaged again
		j, err := manager.DecodeJournal(data)
		if err != nil {
			t.Fatal(err)
		}
		m = manager.Restore(manager.Config{Epoch: "n"}, j)
		if got := m.Apps(); len(got) != 1 || got[0] != "other" || m.DamagedApps()["app"] == "" {
			t.Fatalf("MG-53: %v, damaged %v", got, m.DamagedApps())
		}
		if data, err = manager.EncodeJournal(m.Journal()); err != nil {
			t.Fatal(err)
		}
	}
	d := &desk{m: m}
	told := false
	d.step(m.Restored())
	for _, e := range d.last {
		c, ok := e.(manager.AppChanged)
		told = told || ok && c.App == "app" && c.Turn == manager.Damaged && c.Reason != ""
	}
	if !told {
		t.Error("MG-53: nobody is told of the damage")
	}
	for _, op := range []manager.Op{manager.Create{Template: mindtest.Lamp()}, manager.DeployAndStart{}} {
		if errs := d.do(op); len(errs) != 1 || !strings.Contains(errs[0].Error(), "damaged") {
			t.Errorf("MG-53: %T of a damaged application is answered %v", op, errs)
		}
	}
	if errs := d.do(manager.Delete{}); errs != nil || len(d.m.DamagedApps()) != 0 {
		t.Errorf("MG-53: %v", errs)
	}
}

func FuzzDecodeEvent(f *testing.F) {
	for _, ev := range everyEvent() {
		data, err := manager.EncodeEvent(ev)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ev, err := manager.DecodeEvent(data)
		if err != nil {
			return
		}
		again, err := manager.EncodeEvent(ev)
		if err != nil {
			t.Fatalf("%+v was read, but is not written: %v", ev, err)
		}
		if _, err := manager.DecodeEvent(again); err != nil {
			t.Fatalf("%+v was written, but is not read: %v", ev, err)
		}
		busy().Step(time.Time{}, ev) // nothing that is read makes a mind panic
	})
}

func FuzzDecodeJournal(f *testing.F) {
	data, err := manager.EncodeJournal(busy().Journal())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		j, err := manager.DecodeJournal(data)
		if err != nil {
			return
		}
		once, err := manager.EncodeJournal(j)
		if err != nil {
			t.Fatal(err)
		}
		if j, err = manager.DecodeJournal(once); err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		if twice, _ := manager.EncodeJournal(j); !bytes.Equal(once, twice) {
			t.Fatal("what is read is written otherwise")
		}
		m := manager.Restore(manager.Config{Epoch: "n"}, j)
		m.Step(time.Time{}, m.Restored())
		m.Step(time.Time{}, mind.Connected{})
		for _, name := range m.Apps() {
			m.Statuses(name)
			m.Pendings(name)
			m.Step(time.Time{}, manager.Do{App: name, Op: manager.UndeployAll{}})
			m.Step(time.Time{}, manager.Do{App: name, Op: manager.DeployAndStart{}})
		}
	})
}
