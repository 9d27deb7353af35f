package explain

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/mindtest"
)

// story is a situation, made by the real minds, and the instance that a person asks about.
type story struct {
	name string
	path string
	make func(b *mindtest.Bench)
}

func ask(b *mindtest.Bench, ops ...manager.Op) {
	for _, op := range ops {
		b.Do(op)
		b.Settle()
	}
}

func started(path string) manager.Op {
	return manager.Request{Path: path, State: lifecycle.DeployedStarted}
}

func failing(op lifecycle.Operation, path string) func(agent.Run) agent.Ended {
	return func(r agent.Run) agent.Ended {
		if r.Op == op && r.View.Path == path {
			return agent.Ended{ExitCode: 7, Error: "no license"}
		}
		return agent.Ended{}
	}
}

func stories() []story {
	return []story{
		{"nothing asked", "/lb-vm/apache", func(*mindtest.Bench) {}},
		{"no such instance", "/lb-vm/nginx", func(*mindtest.Bench) {}},
		{"all is well", "/lb-vm/apache", func(b *mindtest.Bench) { ask(b, manager.DeployAndStart{}) }},
		{"two steps away", "/lb-vm/apache", func(b *mindtest.Bench) {
			ask(b, manager.DeployAndStart{}, manager.Request{Path: "/db-vm/mysql", State: lifecycle.DeployedStopped})
		}},
		{"machine of the giver is down", "/tc-vm-1/tomcat", func(b *mindtest.Bench) {
			ask(b, started("/tc-vm-1"), started("/tc-vm-1/tomcat"))
		}},
		{"start failed", "/db-vm/mysql", func(b *mindtest.Bench) {
			b.Recipe = failing(lifecycle.Start, "/db-vm/mysql")
			ask(b, manager.DeployAndStart{})
		}},
		{"giver failed", "/tc-vm-1/tomcat", func(b *mindtest.Bench) {
			b.Recipe = failing(lifecycle.Start, "/db-vm/mysql")
			ask(b, manager.DeployAndStart{})
		}},
		{"machine cannot be created", "/db-vm/mysql", func(b *mindtest.Bench) {
			b.Create = func(string) string { return "quota exceeded" }
			ask(b, manager.DeployAndStart{})
		}},
		{"agent is silent", "/db-vm/mysql", func(b *mindtest.Bench) {
			ask(b, manager.DeployAndStart{})
			b.Kill("/db-vm")
			b.Advance(20 * time.Second)
			ask(b, manager.Request{Path: "/tc-vm-1/tomcat", State: lifecycle.DeployedStopped})
		}},
		{"nobody gives", "/tc-vm-1/tomcat", func(b *mindtest.Bench) {
			ask(b, manager.Remove{Path: "/db-vm"}, manager.DeployAndStart{})
		}},
		{"a recipe runs", "/db-vm/mysql", func(b *mindtest.Bench) {
			b.Hold = true
			ask(b, manager.DeployAndStart{})
		}},
	}
}

func TestWhy(t *testing.T) {
	var all strings.Builder
	for _, s := range stories() {
		b := mindtest.New(mindtest.Lamp())
		s.make(b)
		tell(&all, s.name, b.Manager.Graph(mindtest.App), b.Manager.Statuses(mindtest.App), s.path)
	}
	for _, s := range others() {
		b := mindtest.New(s.app)
		s.make(b)
		tell(&all, s.name, s.app.Graph, b.Manager.Statuses(mindtest.App), s.path)
	}
	golden.Equal(t, "why.txt", []byte(all.String()))
}

func tell(out *strings.Builder, name string, g *model.Graph, statuses []manager.Status, path string) {
	a := Why(g, statuses, path)
	fmt.Fprintf(out, "# %s\nwhy %s (%s)\n%s\n\n", name, path, a.State, strings.Join(a.Lines(), "\n"))
}

type otherStory struct {
	story
	app *model.Application
}

// others need another model than the lamp.
func others() []otherStory {
	cycle := &model.Application{
		Graph:     mindtest.Graph("VM target", "A < VM exports x=1 imports B.x", "B < VM exports x=1 imports C.x", "C < VM exports x=1 imports A.x"),
		Instances: mindtest.Tree("/vm VM", "/vm/a A", "/vm/b B", "/vm/c C"),
	}
	nested := &model.Application{
		Graph:     mindtest.Graph("VM target", "App < VM imports Db.x", "Web < App imports Other.x?", "Db < VM exports x=1"),
		Instances: mindtest.Tree("/vm VM", "/vm/app App", "/vm/app/web Web", "/vm/db Db"),
	}
	outside := &model.Application{
		Graph:     mindtest.Graph("VM target", "App < VM imports ext:Lb.ip"),
		Instances: mindtest.Tree("/vm VM", "/vm/app App"),
	}
	crowd := &model.Application{
		Graph:     mindtest.Graph("VM target", "App < VM imports Db.x", "Db < VM exports x=1"),
		Instances: mindtest.Tree("/vm VM", "/vm/app App", "/vm/d1 Db", "/vm/d2 Db", "/vm/d3 Db", "/vm/d4 Db", "/vm/d5 Db", "/vm/d6 Db", "/vm/d7 Db"),
	}
	lonely := &model.Application{
		Graph:     mindtest.Graph("VM target", "App < VM imports Db.x"),
		Instances: mindtest.Tree("/vm VM", "/vm/app App"),
	}
	everything := func(b *mindtest.Bench) { ask(b, manager.DeployAndStart{}) }
	return []otherStory{
		{story{"deadlock (X_IMPORT_DEADLOCK)", "/vm/a", everything}, cycle},
		{story{"waits for its parent", "/vm/app/web", func(b *mindtest.Bench) {
			ask(b, started("/vm"), started("/vm/app"), started("/vm/app/web"))
		}}, nested},
		{story{"parent is stopped", "/vm/app/web", func(b *mindtest.Bench) {
			ask(b, manager.DeployAndStart{}, manager.Request{Path: "/vm/app", State: lifecycle.DeployedStopped})
		}}, nested},
		{story{"another application", "/vm/app", everything}, outside},
		{story{"many could give it", "/vm/app", func(b *mindtest.Bench) { ask(b, started("/vm"), started("/vm/app")) }}, crowd},
		{story{"no component exports it", "/vm/app", everything}, lonely},
	}
}

// An agent may lag behind: the manager shows a started exporter before the importer has heard of it.
func TestOnItsWay(t *testing.T) {
	g := mindtest.Graph("VM target", "App < VM imports Db.x", "Db < VM exports x=1")
	a := Why(g, []manager.Status{
		{Path: "/vm", Component: "VM", Machine: true, State: lifecycle.DeployedStarted},
		{Path: "/vm/app", Component: "App", State: lifecycle.Unresolved},
		{Path: "/vm/db", Component: "Db", State: lifecycle.DeployedStarted},
	}, "/vm/app")
	if len(a.Reasons) != 1 || len(a.Reasons[0].Behind) != 1 || a.Reasons[0].Behind[0].Code != OnItsWay || len(a.Advice) != 0 {
		t.Errorf("the answer is %+v", a)
	}
}

// Every code and every verb has its words.
func TestCatalogue(t *testing.T) {
	codes := []Code{
		Unknown, Started, Busy, NotAsked, Stopped, ParentFirst, MachineDown, MachineBusy, MachineSilent, Missing, Gives, OnItsWay,
		NobodyGives, External, Deadlock, Failed, More,
	}
	for _, c := range codes {
		if sentences()[c] == "" {
			t.Errorf("%s has no sentence", c)
		}
	}
	verbs := []Verb{Start, Deploy, Add, Declare, Bind, Loosen, LookInto, Revive}
	for _, v := range verbs {
		if advices()[v] == "" {
			t.Errorf("%s has no words", v)
		}
	}
	if len(codes) != len(sentences()) || len(verbs) != len(advices()) {
		t.Error("the catalogue has words that nobody says")
	}
}

func BenchmarkWhy(b *testing.B) {
	g := mindtest.Graph("VM target", "App < VM imports Db.x", "Db < VM exports x=1 imports Store.x", "Store < VM exports x=1")
	var statuses []manager.Status
	for i := range 10_000 {
		vm := fmt.Sprintf("/vm%d", i)
		statuses = append(statuses, manager.Status{Path: vm, Component: "VM", Machine: true, State: lifecycle.DeployedStarted})
		for _, c := range []string{"App", "Db", "Store"} {
			statuses = append(statuses, manager.Status{Path: vm + "/" + c, Component: c, State: lifecycle.Unresolved})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		Why(g, statuses, "/vm7/App")
	}
}
