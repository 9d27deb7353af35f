package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
)

func overrides(list string) (out []model.Override) {
	for o := range strings.SplitSeq(list, ",") {
		if name, value, ok := strings.Cut(strings.TrimSpace(o), "="); ok {
			out = append(out, model.Override{Name: name, Value: value})
		}
	}
	return out
}

func shop() *model.Graph {
	return model.NewGraph([]*model.Component{
		{Name: "My", Exports: vars("ip, port=3306, random admin, a.b.ip")},
		{Name: "Sub", Extends: model.Ref{Name: "My"}, Exports: vars("own=$(ROBOCONF_INSTANCE_NAME) on $(ROBOCONF_COMPONENT_NAME), odd=$(OTHER)")},
		{Name: "vm", Installer: model.Ref{Name: "target"}},
	}, nil)
}

// MOD-110 to MOD-112, MOD-115.
func TestEffectiveExports(t *testing.T) {
	for _, c := range []struct{ name, component, overrides, address, want string }{
		{"defaults", "My", "", "", "My.a.b.ip, random My.admin, My.ip, My.port=3306"},
		{"a local name", "My", "port=1", "", "My.a.b.ip, random My.admin, My.ip, My.port=1"},
		{"a full name", "My", "My.port=1", "", "My.a.b.ip, random My.admin, My.ip, My.port=1"},
		{"the full name wins, whatever the order", "My", "My.port=1, port=2", "", "My.a.b.ip, random My.admin, My.ip, My.port=1"},
		{"a dotted local name", "My", "a.b.ip=x", "", "My.a.b.ip=x, random My.admin, My.ip, My.port=3306"},
		{"a variable of its own", "My", "x=1, x=2", "", "My.a.b.ip, random My.admin, My.ip, My.port=3306, x=2"},
		{"the address, even over an override", "My", "ip=9", "10.0.0.1", "My.a.b.ip, random My.admin, My.ip=10.0.0.1, My.port=3306"},
		{"MOD-111 a full name leaves the replicas", "Sub", "My.port=1", "", "My.a.b.ip, random My.admin, My.ip, My.port=1, Sub.a.b.ip, random Sub.admin, Sub.ip, Sub.odd=$(OTHER), Sub.own=s on Sub, Sub.port=3306"},
		{"a local name of several", "Sub", "port=1, Sub.port=2", "", "My.a.b.ip, random My.admin, My.ip, My.port=1, Sub.a.b.ip, random Sub.admin, Sub.ip, Sub.odd=$(OTHER), Sub.own=s on Sub, Sub.port=2, port=1"},
		{"an unknown component", "lost", "ip=1, x=2", "10.0.0.1", "ip=10.0.0.1, x=2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := &model.Instance{Name: "s", Component: c.component, Overrides: overrides(c.overrides)}
			if got := shown(model.EffectiveExports(shop(), "/s", i, c.address)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// MOD-115, step 4: the table of the specification.
func TestMetaVariables(t *testing.T) {
	i := &model.Instance{Name: "tomcat-a", Component: "Tomcat", Overrides: overrides(
		"a=$(ROBOCONF_INSTANCE_NAME), b=$(ROBOCONF_INSTANCE_PATH), c=$(ROBOCONF_COMPONENT_NAME), d=$(ROBOCONF_CLEAN_INSTANCE_PATH), " +
			"e=$(ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH), f=$(roboconf_instance_name), g=[$(ROBOCONF_INSTANCE_NAME)$(ROBOCONF_COMPONENT_NAME)]")}
	want := "a=tomcat-a, b=/vm 1/tomcat-a, c=Tomcat, d=vm_1_tomcat_a, e=tomcat_a_vm_1, f=$(roboconf_instance_name), g=[tomcat-aTomcat]"
	if got := shown(model.EffectiveExports(shop(), "/vm 1/tomcat-a", i, "")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The graph is shared: nobody's values change another's.
func TestEffectiveExportsLeaveTheGraphAlone(t *testing.T) {
	g := shop()
	before := shown(g.Exports(g.Component("My")))
	model.EffectiveExports(g, "/a", &model.Instance{Name: "a", Component: "My", Overrides: overrides("port=1, ip=2, admin=3")}, "x")
	if after := shown(g.Exports(g.Component("My"))); after != before {
		t.Errorf("got %s, want %s", after, before)
	}
}

func tree() []*model.Instance {
	return []*model.Instance{
		{Name: "vm 1", Component: "vm", Children: []*model.Instance{
			{Name: "a", Component: "My", Children: []*model.Instance{{Name: "b", Component: "My"}}},
			{Name: "box", Component: "vm", Children: []*model.Instance{{Name: "c", Component: "My"}}},
		}},
		{Name: "d", Component: "My", Children: []*model.Instance{{Name: "e", Component: "lost"}}},
	}
}

// MOD-90, MOD-91, MOD-92.
func TestPaths(t *testing.T) {
	var got []string
	for path := range model.Walk(tree()) {
		got = append(got, path)
	}
	if want := []string{"/vm 1", "/vm 1/a", "/vm 1/a/b", "/vm 1/box", "/vm 1/box/c", "/d", "/d/e"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for path := range model.Walk(tree()) {
		if path == "/vm 1/a" {
			break
		}
	}
	roots := tree()
	for path, name := range map[string]string{"/vm 1/a/b": "b", "vm 1/a": "a", "/vm 1/x": "", "": "", "/": "", "/vm 1/": "", "/VM 1": ""} {
		i := model.Find(roots, path)
		if i == nil && name != "" || i != nil && i.Name != name {
			t.Errorf("%q leads to %v, want %q", path, i, name)
		}
	}
	for path, want := range map[string]string{
		"/vm 1/a/b": "/vm 1", "/vm 1/box/c": "/vm 1/box", "/vm 1/box": "/vm 1/box", "/d/e": "/d", "/x": "",
	} {
		if got := model.Scoped(shop(), roots, path); got != want {
			t.Errorf("%s stands on %q, want %q", path, got, want)
		}
	}
}

// MOD-120, MOD-121, MOD-123.
func TestPorts(t *testing.T) {
	g := shop()
	for _, c := range []struct {
		component, overrides string
		want                 []string
	}{
		{"My", "", []string{"admin"}},
		{"Sub", "", []string{"admin"}},
		{"My", "admin=1", nil},
		{"My", "My.admin=1", nil},
		{"Sub", "My.admin=1", []string{"admin"}},
		{"Sub", "admin=1", nil},
		{"vm", "", nil},
		{"lost", "", nil},
	} {
		if got := model.Unset(g, &model.Instance{Component: c.component, Overrides: overrides(c.overrides)}); !slices.Equal(got, c.want) {
			t.Errorf("%s with %q: %q, want %q", c.component, c.overrides, got, c.want)
		}
	}
	used := map[int]bool{10000: true, 10002: true}
	if p, ok := model.FreePort(used); !ok || p != 10001 {
		t.Errorf("got %d, %v", p, ok)
	}
	for p := model.FirstPort; p < model.EndPort; p++ {
		used[p] = true
	}
	if _, ok := model.FreePort(used); ok {
		t.Error("no port is left")
	}
	if !slices.Contains(model.ForbiddenPorts, 35197) {
		t.Error("MOD-121: 35197 is never drawn")
	}
}

// dsl.md 2.1, MOD-70, MOD-77.
func TestNamePatterns(t *testing.T) {
	for _, c := range []struct {
		s                                      string
		id, flex, app, typeName, ref, networks bool
	}{
		{"", false, false, false, false, false, false},
		{"a", true, true, true, true, true, false},
		{"_a-1.b", true, true, true, false, true, false},
		{"a b", false, true, true, false, false, false},
		{"a\tb", false, false, false, false, false, false},
		{"a (b)", false, false, true, false, false, false},
		{"1a", false, false, false, false, false, false},
		{"-a", false, false, false, false, false, false},
		{"é", false, false, false, false, false, false},
		{"a.*", false, false, false, false, true, false},
		{"*", false, false, false, false, false, false},
		{"a*", false, false, false, false, false, false},
		{"ip", true, true, true, true, true, true},
		{"a.IP", true, true, true, false, true, true},
		{"zip", true, true, true, true, true, false},
		{"a.zip", true, true, true, false, true, false},
		{"a.b.Ip", true, true, true, false, true, true},
	} {
		got := [...]bool{model.IsID(c.s), model.IsFlexID(c.s), model.IsAppName(c.s), model.IsTypeName(c.s), model.IsImportRef(c.s), model.IsNetworkName(c.s)}
		if want := [...]bool{c.id, c.flex, c.app, c.typeName, c.ref, c.networks}; got != want {
			t.Errorf("%q: got %v, want %v", c.s, got, want)
		}
	}
	for _, c := range [][3]string{{"A", "x", "A.x"}, {"A", "A.x", "A.x"}, {"A", "A", "A.A"}, {"A", "Ab.x", "A.Ab.x"}, {"A", "B.x", "A.B.x"}} {
		if got := model.FullName(c[0], c[1]); got != c[2] {
			t.Errorf("%s of %s: %s, want %s", c[1], c[0], got, c[2])
		}
	}
}
