package agent

import (
	"fmt"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// ten is a machine with ten instances, in pairs: a server, and a page on it that imports from elsewhere.
func ten() *message.ModelSet {
	g := model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Server"}}, Exports: []model.Variable{{Name: "ip"}}},
		{
			Name: "Server", Installer: model.Ref{Name: "script"}, Children: []model.Ref{{Name: "Page"}},
			Exports: []model.Variable{{Name: "ip"}, {Name: "port", Value: model.Text("8009")}},
		},
		{Name: "Page", Installer: model.Ref{Name: "script"}, Imports: []model.Import{{Prefix: "Db", Name: "*"}}},
	}, nil)
	root := &model.Instance{Name: "vm", Component: "VM"}
	for k := range 5 {
		root.Children = append(root.Children, &model.Instance{
			Name: fmt.Sprintf("s%d", k), Component: "Server", Children: []*model.Instance{{Name: "page", Component: "Page"}},
		})
	}
	return &message.ModelSet{Revision: 1, Gen: 1, Graph: g, Root: root}
}

type bench struct {
	a   *Agent
	ids message.IDs
	now time.Time
}

func newBench() *bench {
	b := &bench{ids: message.NewIDs("bench", 0), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	b.a = New(Config{App: "app", Scope: "/vm", Address: "10.0.0.1", Epoch: "e", Heartbeat: time.Second}, nil)
	b.a.Step(b.now, mind.Connected{})
	b.send(ten())
	return b
}

// send delivers a message and ends every recipe at once; it counts the events.
func (b *bench) send(body message.Body) int {
	b.a.Step(b.now, mind.Delivered{Msg: &message.Envelope{ID: b.ids.Next(), Domain: "default", Body: body}})
	n := 1
	for b.a.running.id != 0 {
		b.a.Step(b.now, Ended{ID: b.a.running.id})
		n++
	}
	return n
}

func (b *bench) all(s lifecycle.State) int {
	n := 0
	for _, i := range b.a.order[1:] {
		n += b.send(&message.InstanceRequest{Path: b.a.insts[i].path, Status: s})
	}
	return n
}

func BenchmarkDeployStartUndeploy(b *testing.B) {
	x := newBench()
	x.send(&message.ImportAdd{App: "app", Prefix: "Db", Path: "/db", Gen: 1, Seq: 1, Vars: []model.Variable{{Name: "Db.ip"}}})
	events := 0
	b.ReportAllocs()
	for b.Loop() {
		events += x.all(lifecycle.DeployedStarted) + x.all(lifecycle.NotDeployed)
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkImportChanges(b *testing.B) {
	x := newBench()
	x.send(&message.ImportAdd{App: "app", Prefix: "Db", Path: "/db", Gen: 1, Seq: 1, Vars: []model.Variable{{Name: "Db.ip"}}})
	x.all(lifecycle.DeployedStarted)
	seq, events := uint64(1), 0
	b.ReportAllocs()
	for b.Loop() {
		seq++
		value := model.Text([]string{"a", "b"}[seq%2])
		events += x.send(&message.ImportAdd{App: "app", Prefix: "Db", Path: "/db", Gen: 1, Seq: seq, Vars: []model.Variable{{Name: "Db.ip", Value: value}}})
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkHeartbeat(b *testing.B) {
	x := newBench()
	b.ReportAllocs()
	for b.Loop() {
		x.now = x.now.Add(time.Second)
		x.a.Step(x.now, mind.Woken{Timer: timerHeartbeat})
	}
}

func BenchmarkFirstModel(b *testing.B) {
	set := ten()
	b.ReportAllocs()
	for b.Loop() {
		a := New(Config{App: "app", Scope: "/vm", Epoch: "e"}, nil)
		a.Step(time.Time{}, mind.Connected{})
		a.Step(time.Time{}, mind.Delivered{Msg: &message.Envelope{ID: "x", Domain: "default", Body: set}})
	}
}

func BenchmarkClone(b *testing.B) {
	x := newBench()
	x.all(lifecycle.DeployedStarted)
	b.ReportAllocs()
	for b.Loop() {
		x.a.Clone()
	}
}
