package environ

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
)

// vars reads "Tomcat.ip=192.168.4.2"; without "=" the variable has no value.
func vars(list ...string) (out []model.Variable) {
	for _, s := range list {
		name, value, set := strings.Cut(s, "=")
		v := model.Variable{Name: name}
		if set {
			v.Value = model.Text(value)
		}
		out = append(out, v)
	}
	return out
}

// apache is the example of plugins.md 4.2.
func apache() *plugin.Call {
	two := agent.Import{Prefix: "Tomcat", Path: "/tc-vm-2/tomcat", Vars: vars("Tomcat.ip=192.168.4.4", "Tomcat.portAJP=8009", "Tomcat.none")}
	return &plugin.Call{
		Op: lifecycle.Update, Dir: "/data/instances/script/lb-vm+apache", Environ: []string{"PATH=/bin", "LANG=C"},
		View: agent.View{
			Path: "/lb-vm/apache", Name: "apache", Component: "Apache",
			Ancestors: []agent.Ancestor{{Path: "/lb-vm", Component: "VM", Exports: vars("VM.ip=192.168.4.3")}},
			Imports: []agent.Imports{
				{Prefix: "Cache"},
				{Prefix: "Tomcat", From: []agent.Import{{Prefix: "Tomcat", Path: "/tc-vm-1/tomcat", Vars: vars("Tomcat.ip=192.168.4.2", "Tomcat.portAJP=8009")}, two}},
			},
		},
		Change: &agent.Change{Prefix: "Tomcat", Import: two, Status: lifecycle.DeployedStarted},
		Who:    plugin.Who{Domain: "d", App: "lamp", Scope: "/lb-vm", Request: "r1"},
	}
}

func of(t testing.TB, c *plugin.Call) Environ {
	t.Helper()
	e, err := Of(c, "/run/context.json")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// PL-35 to PL-40: the example of the specification, variable by variable.
func TestExample(t *testing.T) {
	want := []string{
		"PATH=/bin", "LANG=C",
		"ANCESTOR_VM_ip=192.168.4.3",
		"ROBOCONF_INSTANCE_NAME=apache", "ROBOCONF_INSTANCE_PATH=/lb-vm/apache", "ROBOCONF_COMPONENT_NAME=Apache",
		"ROBOCONF_CLEAN_INSTANCE_PATH=lb_vm_apache", "ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH=apache_lb_vm",
		"Cache_size=0",
		"Tomcat_size=2", "Tomcat_0_name=/tc-vm-1/tomcat", "Tomcat_0_ip=192.168.4.2", "Tomcat_0_portAJP=8009",
		"Tomcat_1_name=/tc-vm-2/tomcat", "Tomcat_1_ip=192.168.4.4", "Tomcat_1_portAJP=8009",
		"ROBOCONF_FILES_DIR=/data/instances/script/lb-vm+apache/files",
		"ROBOCONF_UPDATE_STATUS=DEPLOYED_STARTED", "ROBOCONF_IMPORT_CHANGED_INSTANCE_PATH=/tc-vm-2/tomcat", "ROBOCONF_IMPORT_CHANGED_COMPONENT=Tomcat",
		"ROBOCONF_IMPORT_CHANGED_ip=192.168.4.4", "ROBOCONF_IMPORT_CHANGED_portAJP=8009",
		"ROBOCONF_APPLICATION_NAME=lamp", "ROBOCONF_SCOPED_INSTANCE_PATH=/lb-vm", "ROBOCONF_DOMAIN=d", "ROBOCONF_ACTION=update", "ROBOCONF_REQUEST_ID=r1",
		"ROBOCONF_CONTEXT_FILE=/run/context.json",
	}
	e := of(t, apache())
	if !slices.Equal(e.Vars, want) || len(e.Warnings) > 0 {
		t.Errorf("got  %q\nwant %q\nwarnings %q", e.Vars, want, e.Warnings)
	}
	start := apache()
	start.Op, start.Change = lifecycle.Start, nil
	for _, v := range of(t, start).Vars {
		if strings.Contains(v, "CHANGED") || strings.Contains(v, "UPDATE_STATUS") {
			t.Errorf("a start is told %s", v)
		}
	}
}

// PL-36: of several exports with one local name that of the component itself is told, each also with its prefix; no value, no variable.
func TestLocalNames(t *testing.T) {
	c := &plugin.Call{Op: lifecycle.Start, View: agent.View{Component: "Sub", Exports: vars("port=4", "Facet.port=3", "My.port=2", "Sub.port=1", "Sub.none", "free=x", "My.only=y")}}
	e := of(t, c)
	for name, want := range map[string]string{"port": "1", "Sub_port": "1", "My_port": "2", "Facet_port": "3", "free": "x", "only": "y", "My_only": "y"} {
		if got, _ := e.Lookup(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, found := e.Lookup("none"); found {
		t.Error("a variable without value is told")
	}
}

// PL-35: later lines win over earlier ones, and over what the agent had; the nearest ancestor over the farthest.
func TestPrecedence(t *testing.T) {
	c := apache()
	c.View.Exports = vars("Apache.PATH=/mine", "Apache.ROBOCONF_INSTANCE_NAME=false", "Apache.Tomcat_size=99")
	c.View.Ancestors = []agent.Ancestor{
		{Path: "/a/b", Component: "Box", Exports: vars("Box.ip=near")},
		{Path: "/a", Component: "Box", Exports: vars("Box.ip=far", "Box.more=far")},
	}
	e := of(t, c)
	for name, want := range map[string]string{"PATH": "/mine", "ROBOCONF_INSTANCE_NAME": "apache", "Tomcat_size": "2", "ANCESTOR_Box_ip": "near"} {
		if got, _ := e.Lookup(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if v, found := e.Lookup("ANCESTOR_Box_more"); found {
		t.Errorf("the far ancestor is told: %q", v)
	}
	seen := map[string]bool{}
	for _, v := range e.Vars {
		name, _, _ := strings.Cut(v, "=")
		if seen[name] {
			t.Errorf("%s twice", name)
		}
		seen[name] = true
	}
}

// PL-38: names are made fit for shells; the raw one is there too when the system takes it; names that meet are told.
func TestMangling(t *testing.T) {
	for name, want := range map[string]string{
		"ip": "ip", "my-comp": "my_comp", "a--b": "a_b", "a-_b": "a__b", "9x": "_9x", "é": "_", "a.b c": "a_b_c", "_": "_", "-": "_", "-9": "_9", "": "",
	} {
		if got := Mangle(name); got != want || recipe.Mangle(name) != want {
			t.Errorf("%q becomes %q (for the editor %q), want %q", name, got, recipe.Mangle(name), want)
		}
	}
	c := &plugin.Call{Op: lifecycle.Start, View: agent.View{
		Component: "C", Exports: vars("C.a-b=1", "C.a_b=2", "C.x=y=3"),
		Imports: []agent.Imports{{Prefix: "my-comp", From: []agent.Import{{Path: "/m", Vars: vars("my-comp.the ip=4")}}}},
	}}
	c.View.Exports[2] = model.Variable{Name: "C.x=y", Value: model.Text("3")}
	e := of(t, c)
	for name, want := range map[string]string{"a-b": "1", "a_b": "1", "x_y": "3", "my_comp_size": "1", "my-comp_size": "1", "my_comp_0_the_ip": "4", "my-comp_0_the ip": "4", "my_comp_0_name": "/m"} {
		if got, _ := e.Lookup(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if len(e.Warnings) == 0 || !strings.Contains(e.Warnings[0], "C.a-b and C.a_b are both a_b") {
		t.Errorf("warned %q", e.Warnings)
	}
}

// PL-37.
func TestCleanPaths(t *testing.T) {
	for path, want := range map[string][2]string{
		"/VM 1/my-server": {"VM_1_my_server", "my_server_VM_1"}, "/é/b": {"__b", "b__"}, "/a": {"a", "a"}, "/a_b/c": {"a_b_c", "c_a_b"},
	} {
		if got := [2]string{Clean(path), CleanReversed(path)}; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// PL-41: what is too much is an error that says so, as is what no environment can hold.
func TestLimits(t *testing.T) {
	with := func(list ...model.Variable) *plugin.Call {
		return &plugin.Call{Op: lifecycle.Start, View: agent.View{Component: "C", Exports: list}}
	}
	large := func(name string, n int) model.Variable {
		return model.Variable{Name: name, Value: model.Text(strings.Repeat("x", n))}
	}
	for what, c := range map[string]struct {
		call *plugin.Call
		want string
	}{
		"fits":     {with(large("v", MaxVariable-10)), ""},
		"one":      {with(large("C.v", MaxVariable)), "C.v has 65539 bytes"},
		"together": {with(large("a", 60_000), large("b", 60_000), large("c", 20_000)), "more than the 131072"},
		"zero":     {with(model.Variable{Name: "C.v", Value: model.Text("a\x00b")}), "C.v holds a zero byte"},
	} {
		_, err := Of(c.call, "")
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// What a recipe is told is what the editor says that it may use: every name that is told means something to the editor, and the meaning is
// the right one.
func TestEditorKnowsEveryName(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("replay with seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 3))
	words := []string{"ip", "port", "my-port", "a.b", "Z9", "db name"}
	pick := func() (list []string) {
		for _, w := range words {
			if chance.IntN(2) == 0 {
				list = append(list, w)
			}
		}
		return list
	}
	full := func(prefix string, locals []string) (list []model.Variable) {
		for _, l := range locals {
			list = append(list, model.Variable{Name: prefix + "." + l, Value: model.Text("v")})
		}
		return list
	}
	for range 200 {
		names := recipe.Names{Own: pick(), Imports: map[string][]string{}, Ancestors: map[string][]string{"VM": pick(), "my-box": pick()}}
		c := &plugin.Call{Op: lifecycle.Update, View: agent.View{Component: "Own", Exports: full("Own", names.Own)}, Who: plugin.Who{Domain: "d", App: "a", Scope: "/s", Request: "r", Trace: "t"}}
		for _, a := range []string{"my-box", "VM"} {
			c.View.Ancestors = append(c.View.Ancestors, agent.Ancestor{Path: "/" + a, Component: a, Exports: full(a, names.Ancestors[a])})
		}
		for _, p := range []string{"Tomcat", "my-db"} {
			names.Imports[p] = pick()
			imports := agent.Imports{Prefix: p}
			for i := range chance.IntN(3) {
				imports.From = append(imports.From, agent.Import{Prefix: p, Path: fmt.Sprint("/x", i), Vars: full(p, names.Imports[p])})
			}
			c.View.Imports = append(c.View.Imports, imports)
			c.Change = &agent.Change{Prefix: p, Import: agent.Import{Path: "/x", Vars: full(p, names.Imports[p])}}
		}
		e := of(t, c)
		for _, v := range e.Vars {
			name, _, _ := strings.Cut(v, "=")
			if strings.HasPrefix(name, "Own_") || Mangle(name) != name {
				continue // PL-36, PL-38: the qualified form, the raw one
			}
			if m := names.Decode(name); m.Role == recipe.Foreign || !m.Known {
				t.Errorf("the editor does not know %s: %+v", name, m)
			}
		}
	}
}

// PL-41: the file holds the same, for its owner alone, and goes away; a link in its place is not followed.
func TestContextFile(t *testing.T) {
	c := apache()
	dir := t.TempDir()
	c.Context = dir + "/context.json"
	if err := os.Symlink(dir+"/elsewhere", c.Context); err != nil {
		t.Fatal(err)
	}
	path, remove, err := Write(c)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != 0o600 || path != c.Context {
		t.Errorf("%s: %v, %v", path, info, err)
	}
	text, _ := os.ReadFile(path)
	var got struct {
		Action      string
		Instance    struct{ Path, Application string }
		Prefixes    []string
		ImportLists []struct {
			Prefix  string
			Imports []struct {
				InstancePath string
				Index        int
				Vars         map[string]string
			}
		}
		Update struct{ Status string }
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Action != "update" || got.Instance.Application != "lamp" || len(got.Prefixes) != 2 || len(got.ImportLists) != 1 ||
		got.ImportLists[0].Imports[1].Vars["ip"] != "192.168.4.4" || got.Update.Status != "DEPLOYED_STARTED" {
		t.Errorf("%s", text)
	}
	remove()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

// FuzzOf: whatever the names and values, each name is told once, and a shell takes one form of each.
func FuzzOf(f *testing.F) {
	f.Add("C.port", "80", "my-db", "my-db.ip", "1.2.3.4")
	f.Add("=", "\x00", "", ".", "")
	f.Add("C.9\xff", "$(rm -rf /)", "P=", "P=.x", "\n")
	f.Fuzz(func(t *testing.T, export, value, prefix, imported, other string) {
		e, err := Of(&plugin.Call{Op: lifecycle.Start, View: agent.View{
			Component: "C", Exports: []model.Variable{{Name: export, Value: model.Text(value)}},
			Imports: []agent.Imports{{Prefix: prefix, From: []agent.Import{{Path: "/x", Vars: []model.Variable{{Name: imported, Value: model.Text(other)}}}}}},
		}}, "")
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, v := range e.Vars {
			name, _, _ := strings.Cut(v, "=")
			if seen[name] || strings.Contains(v, "\x00") {
				t.Errorf("%q", v)
			}
			seen[name] = true
		}
	})
}

// The environment of an instance with 100 imports.
func BenchmarkOf(b *testing.B) {
	c := apache()
	for i := range 100 {
		c.View.Imports[0].From = append(c.View.Imports[0].From, agent.Import{Path: fmt.Sprint("/vm", i, "/cache"), Vars: vars("Cache.ip=10.0.0.1", "Cache.port=11211", "Cache.weight=5")})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Of(c, "/x"); err != nil {
			b.Fatal(err)
		}
	}
}
