package export

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

// read gives the instances of a text.
func read(t *testing.T, text string) []*model.Instance {
	t.Helper()
	g := model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Web"}}},
		{Name: "Web", Installer: model.Ref{Name: "script"}, Exports: []model.Variable{{Name: "port"}, {Name: "motd"}}},
	}, nil)
	r := load.Instances(fstest.MapFS{"current.instances": {Data: []byte(text)}}, "current.instances", g, load.Options{})
	for _, p := range r.Problems {
		t.Errorf("%s in\n%s", p, text)
	}
	return r.App.Instances
}

func TestWhatIsWrittenCanBeRead(t *testing.T) { // MG-50, MG-51, conformance 6
	roots := []*model.Instance{{Name: "vm 1", Component: "VM", Channels: []string{"a", "b"}, Data: map[string]string{"zone": "eu é", "lines": "a\nb", "list": "a, b", "eq": "a=b"}, Children: []*model.Instance{
		{Name: "web", Component: "Web", Overrides: []model.Override{{Name: "port", Value: "8080"}, {Name: "motd", Value: "hello, you"}}},
	}}}
	text := Text(roots, func(path string) Run {
		if path == "/vm 1" {
			return Run{State: lifecycle.DeployedStarted, Machine: true, Address: "127.0.0.2", MachineID: "m-1", Since: 1_700_000_000_000}
		}
		return Run{State: lifecycle.Unresolved, Problem: "exit code 3"}
	})
	got := read(t, text)
	if len(got) != 1 || len(got[0].Children) != 1 {
		t.Fatal(text)
	}
	vm, web := got[0], got[0].Children[0]
	want := map[string]string{"zone": "eu é", "eq": "a=b", "ip.address": "127.0.0.2", "machine.id": "m-1", "running.from": "1700000000000"}
	for key, value := range want {
		if vm.Data[key] != value {
			t.Errorf("%s is %q, want %q", key, vm.Data[key], value)
		}
	}
	if len(vm.Data) != len(want) || vm.State != "DEPLOYED_STARTED" || len(vm.Channels) != 2 || vm.Name != "vm 1" {
		t.Errorf("the machine: %+v", vm)
	}
	if web.State != "UNRESOLVED" || web.Data["last.problem"] != "exit code 3" || len(web.Overrides) != 2 || web.Overrides[1].Value != "hello, you" {
		t.Errorf("the server: %+v", web)
	}
	file := filepath.Join(t.TempDir(), "a", "current.instances")
	if err := Write(file, text); err != nil {
		t.Fatal(err)
	}
	if kept, err := os.ReadFile(file); err != nil || string(kept) != text {
		t.Error(err)
	}
	if left, _ := os.ReadDir(filepath.Dir(file)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func FuzzText(f *testing.F) {
	f.Add("8080", "zone", "eu, us")
	f.Add("a;b", "x=y", "\n")
	f.Add("\"", "#", "{}")
	f.Fuzz(func(t *testing.T, override, key, value string) {
		read(t, Text([]*model.Instance{{Name: "vm", Component: "VM", Data: map[string]string{key: value}, Children: []*model.Instance{
			{Name: "web", Component: "Web", Overrides: []model.Override{{Name: "port", Value: override}}},
		}}}, func(string) Run { return Run{Problem: value} }))
	})
}
