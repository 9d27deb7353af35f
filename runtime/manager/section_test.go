package manager

import (
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// seedApp is an application in the middle of things, as bytes.
func seedApp(f *testing.F) []byte {
	f.Helper()
	m := New(Config{Epoch: "m", Pretend: true})
	graph := model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Db"}}},
		{Name: "Db", Installer: model.Ref{Name: "script"}, Exports: []model.Variable{{Name: "port", Value: model.Text("1")}}},
	}, nil)
	roots := []*model.Instance{
		{Name: "vm", Component: "VM", Children: []*model.Instance{{Name: "db", Component: "Db"}}},
		{Name: "other", Component: "VM", Children: []*model.Instance{{Name: "db", Component: "Db"}}},
	}
	step := func(ev mind.Event) { m.Step(time.Time{}, ev) }
	step(Do{App: "app", Op: Create{Template: &model.Application{Graph: graph, Instances: roots}}})
	step(mind.Connected{})
	step(Do{ID: "1", App: "app", Op: DeployAndStart{}})
	step(mind.Delivered{Msg: &message.Envelope{
		ID: "x", Domain: "default", From: message.From{Kind: message.FromAgent, App: "app", Scope: "/vm", Epoch: "e"},
		Body: &message.AgentHeartbeat{ModelRequired: true},
	}})
	step(Do{ID: "2", App: "app", Op: Remove{Path: "/vm/db"}})
	c := &coder{format: journalFormat}
	c.app(m.apps["app"])
	if c.err != nil {
		f.Fatal(c.err)
	}
	return c.b
}

// FuzzApplication: the bytes of an application, their checksum right whatever they are, are refused or are sound: a mind that holds
// them does not panic, and ends.
func FuzzApplication(f *testing.F) {
	f.Add(seedApp(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := section{app: "app", sum: sum(data), data: data}.read(journalFormat, 1<<62)
		if err != nil {
			return
		}
		m := New(Config{Epoch: "n", Pretend: true})
		m.apps["app"] = a
		m.queued = 1 << 62
		m.whole()
		step := func(ev mind.Event) { m.Step(time.Time{}, ev) }
		step(m.Restored())
		step(mind.Connected{})
		for _, s := range m.Statuses("app") {
			step(mind.Delivered{Msg: &message.Envelope{
				ID: "y" + s.Path, Domain: "default", From: message.From{Kind: message.FromAgent, App: "app", Scope: s.Path, Epoch: "e2"},
				Body: &message.AgentHeartbeat{ModelRequired: true},
			}})
		}
		m.Pendings("app")
		for _, op := range []Op{StopAll{}, UndeployAll{}, DeployAndStart{}, Remove{Path: "/vm", Deferred: true}, SetGraph{Graph: a.graph}, Delete{}} {
			step(Do{App: "app", Op: op})
		}
	})
}
