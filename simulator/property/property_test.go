package property

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// system is a database and a server with a module, on two machines.
func system() *System {
	g := model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Db"}, {Name: "App"}}},
		{Name: "Db", Installer: model.Ref{Name: "script"}, Exports: []model.Variable{{Name: "ip"}, {Name: "port", Value: model.Text("3306")}}},
		{Name: "App", Installer: model.Ref{Name: "script"}, Children: []model.Ref{{Name: "Mod"}}, Imports: []model.Import{{Prefix: "Db", Name: "ip"}}},
		{Name: "Mod", Installer: model.Ref{Name: "script"}, Imports: []model.Import{{Prefix: "App", Name: "*", Optional: true}}},
	}, nil)
	vm1 := &Instance{Path: "/vm1", Machine: true, Address: "10.0.0.1", Declared: &model.Instance{Name: "vm1", Component: "VM"}}
	vm2 := &Instance{Path: "/vm2", Machine: true, Address: "10.0.0.2", Declared: &model.Instance{Name: "vm2", Component: "VM"}}
	db := &Instance{Path: "/vm1/db", Parent: vm1, Declared: &model.Instance{Name: "db", Component: "Db"}}
	app := &Instance{Path: "/vm2/app", Parent: vm2, Declared: &model.Instance{Name: "app", Component: "App"}}
	mod := &Instance{Path: "/vm2/app/mod", Parent: app, Declared: &model.Instance{Name: "mod", Component: "Mod"}}
	s := &System{Graph: g, App: "test", Instances: []*Instance{vm1, db, vm2, app, mod}}
	for _, i := range s.Instances {
		i.State = lifecycle.DeployedStarted
	}
	app.Imports = []message.Import{{Prefix: "Db", App: "test", Path: "/vm1/db", Vars: []model.Variable{{Name: "Db.ip", Value: model.Text("10.0.0.1")}}}}
	return s
}

func told(list []Broken) string {
	var lines []string
	for _, b := range list {
		lines = append(lines, b.String())
	}
	return strings.Join(lines, "\n")
}

func TestNothingIsBroken(t *testing.T) {
	s := system()
	if got := told(append(s.AtRest(), s.Everything()...)); got != "" {
		t.Error(got)
	}
}

func TestWhatIsBrokenIsFound(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(s *System)
		want  string
	}{
		{
			"started below stopped", func(s *System) { s.Instances[3].State = lifecycle.DeployedStopped },
			"LC-43: /vm2/app/mod is DEPLOYED_STARTED below /vm2/app",
		},
		{"waiting below stopped", func(s *System) {
			s.Instances[3].State, s.Instances[4].State = lifecycle.DeployedStopped, lifecycle.WaitingForAncestor
		}, "LC-43: /vm2/app/mod is WAITING_FOR_ANCESTOR"},
		{"deployed below nothing", func(s *System) {
			s.Instances[3].State, s.Instances[4].State = lifecycle.NotDeployed, lifecycle.DeployedStopped
		}, "LC-43: /vm2/app/mod is DEPLOYED_STOPPED"},
		{"half done", func(s *System) { s.Instances[4].State = lifecycle.Starting }, "LC-5: /vm2/app/mod rests in STARTING"},
		{"import lost", func(s *System) { s.Instances[3].Imports = nil }, "LC-56: /vm2/app holds nothing of Db"},
		{"import stale", func(s *System) { s.Instances[1].State = lifecycle.DeployedStopped }, "LC-56: /vm2/app holds /vm1/db{Db.ip=10.0.0.1}"},
		{"old value", func(s *System) { s.Instances[0].Address = "10.0.0.9" }, "published are /vm1/db{Db.ip=10.0.0.9}"},
		{"too much", func(s *System) {
			s.Instances[3].Imports[0].Vars = append(s.Instances[3].Imports[0].Vars, model.Variable{Name: "Db.port"})
		}, "LC-56: /vm2/app holds /vm1/db{Db.ip=10.0.0.1 Db.port=null}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := system()
			tt.spoil(s)
			if got := told(s.AtRest()); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// LC-95: what a machine that nobody hears published may still be held, or not any more.
func TestUnheardMachinesProveNothing(t *testing.T) {
	s := system()
	s.Instances[0].State = lifecycle.Problem
	if got := told(s.AtRest()); got != "" {
		t.Error(got)
	}
	s.Instances[3].Imports = nil
	if got := told(s.AtRest()); got != "" {
		t.Error(got)
	}
}

// LC-21, LC-50: what can start is computed from the model, whatever the states are.
func TestEverythingThatCanStart(t *testing.T) {
	s := system()
	s.Instances[4].State = lifecycle.DeployedStopped
	if got := told(s.Everything()); !strings.Contains(got, "/vm2/app/mod is DEPLOYED_STOPPED, not DEPLOYED_STARTED") {
		t.Errorf("got %q", got)
	}
	s = system()
	s.Instances = append(s.Instances[:1], s.Instances[2:]...) // without the database
	s.Instances[2].State, s.Instances[3].State = lifecycle.Unresolved, lifecycle.WaitingForAncestor
	if got := told(s.Everything()); got != "" {
		t.Error(got)
	}
}

func TestManagerKnowsWhatIsTrue(t *testing.T) {
	s := system()
	known := map[string]lifecycle.State{}
	for _, i := range s.Instances {
		known[i.Path] = i.State
	}
	if got := told(s.Same(known)); got != "" {
		t.Error(got)
	}
	known["/vm2/app"] = lifecycle.Starting
	if got := told(s.Same(known)); got != "LC-142: /vm2/app is DEPLOYED_STARTED, the manager believes STARTING" {
		t.Errorf("got %q", got)
	}
}

// LC-50, LC-51: one import of a mandatory prefix is enough; optional ones never miss.
func TestMissing(t *testing.T) {
	g := system().Graph
	nobody := func(string) bool { return false }
	for component, want := range map[string]string{"App": "Db", "Mod": "", "Unknown": ""} {
		if got := strings.Join(Missing(g, component, nobody), " "); got != want {
			t.Errorf("%s misses %q, want %q", component, got, want)
		}
	}
}
