package check_test

import (
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

func TestInstallers(t *testing.T) {
	run(t, "RM_", []example{
		{"MOD-50 no installer", lines("vm {", "\tinstaller: target;", "\tchildren: app;", "}", "app {", "}"), "", []string{
			"g:5:1 RM_EMPTY_COMPONENT_INSTALLER (app)",
		}},
		{"MOD-50 inherited installer", lines("vm {", "\tinstaller: target;", "\tchildren: base;", "}", "base {", "\tinstaller: script;", "}", "app {", "\textends: base;", "}"), "", nil},
		{"MOD-51 a root that is no machine", lines("vm {", "\tinstaller: target;", "}", " app {", "\tinstaller: script;", "}"), "", []string{
			"g:4:2 RM_ROOT_INSTALLER_MUST_BE_TARGET (app)",
		}},
		{"MOD-51 exactly in lower case", lines("vm {", "\tinstaller: Target;", "}"), "", []string{
			"g:1:1 RM_ROOT_INSTALLER_MUST_BE_TARGET (vm)",
		}},
		{"MOD-51 a machine on a machine", lines("vm {", "\tinstaller: target;", "\tchildren: box;", "}", "box {", "\tinstaller: target;", "}"), "", nil},
		{"dsl.md 10 the installer of a facet", lines("facet web {", "\tinstaller: target;", "}", "vm {", "\tfacets: web;", "}"), "", nil},
		{"what an unknown type would give is not missed", lines("vm {", "\textends: nothing;", "}"), "", nil},
	})
}

func TestRootInstallerFix(t *testing.T) {
	files := project(lines("vm {", "\tinstaller: script;", "}"), "# none\n")
	_, found := check.Dir(files, load.Options{})
	_, found = check.Dir(fixed(t, files, found, diag.RMRootInstallerMustBeTarget), load.Options{})
	same(t, found, "RM_", nil)
}

func TestRoots(t *testing.T) {
	run(t, "RM_NO_ROOT", []example{
		{"MOD-44 nothing can be deployed first", lines("a {", "\tinstaller: target;", "\tchildren: b;", "}", "b {", "\tinstaller: target;", "\tchildren: a;", "}"), "", []string{
			"g:1:1 RM_NO_ROOT_COMPONENT",
		}},
		{"MOD-44 an empty graph", "facet f {\n}\n", "", []string{"g:1:1 RM_NO_ROOT_COMPONENT"}},
		{"a component that could not be read is not missed", "vm\n", "", nil},
		{"MOD-44 a root", "vm {\n\tinstaller: target;\n}\n", "", nil},
	})
}

func TestRandom(t *testing.T) {
	run(t, "RM_", []example{
		{"MOD-78 kinds", lines("vm {", "\tinstaller: target;", "\texports: random[port] a, random[PORT] b, random[string] c, random[] d;", "}"), "", []string{
			"g:1:1 RM_INVALID_RANDOM_KIND ()", "g:1:1 RM_INVALID_RANDOM_KIND (string)",
		}},
		{"MOD-78 a default, be it empty", lines("vm {", "\tinstaller: target;", "\texports: random[port] a = 80, random[port] b = \"\", random[port] c;", "}"), "", []string{
			"g:1:1 RM_NO_VALUE_FOR_RANDOM (a)", "g:1:1 RM_NO_VALUE_FOR_RANDOM (b)",
		}},
		{"DEV-17 in facets too", lines("facet f {", "\texports: random[x] a = 1;", "}", "vm {", "\tinstaller: target;", "\tfacets: f;", "}"), "", []string{
			"g:1:7 RM_INVALID_RANDOM_KIND (x)", "g:1:7 RM_NO_VALUE_FOR_RANDOM (a)",
		}},
	})
}

func TestFacets(t *testing.T) {
	run(t, "RM_", []example{
		{"MOD-65 orphans", lines("facet lonely {", "}", "facet holder {", "\tchildren: app, vm;", "}", "vm {", "\tinstaller: target;", "\tchildren: app;", "}", "app {", "\tinstaller: script;", "}"), "", []string{
			"g:1:7 RM_ORPHAN_FACET (lonely)", "g:3:7 RM_ORPHAN_FACET_WITH_CHILDREN (holder)", "g:6:1 RM_UNREACHABLE_COMPONENT (vm)",
		}},
		{"DEV-15 a facet used through another one", lines("facet base {", "\tchildren: app;", "}", "facet sub {", "\textends: base;", "}", "vm {", "\tinstaller: target;", "\tfacets: sub;", "}", "app {", "\tinstaller: script;", "}"), "", nil},
		{"MOD-66 unreachable through a facet that is listed", lines("facet holder {", "\tchildren: held;", "}", "facet held {", "}", "vm {", "\tinstaller: target;", "}", "app {", "\tinstaller: target;", "\tfacets: held;", "}"), "", []string{
			"g:1:7 RM_ORPHAN_FACET_WITH_CHILDREN (holder)", "g:9:1 RM_UNREACHABLE_COMPONENT (app)",
		}},
	})
}

// MOD-81 and the rows "programs only" of the table: what no text can hold.
func TestModelsOfPrograms(t *testing.T) {
	machine := model.Ref{Name: "target"}
	app := &model.Application{
		Descriptor: model.Descriptor{Name: "built", Version: "1.0", DSL: "roboconf-1.0"},
		Graph: model.NewGraph([]*model.Component{
			{Name: "", Installer: machine},
			{Name: "a.b", Installer: machine},
			{Name: "-a", Installer: machine},
			{Name: "odd", Installer: model.Ref{Name: "\"x\""}},
			{Name: "vm", Installer: machine, Exports: []model.Variable{{Name: ""}, {Name: "a!"}}, Imports: []model.Import{
				{}, {Prefix: "-a", Name: "b", External: true}, {Prefix: "vm", Name: "*", Optional: true},
			}},
		}, []*model.Facet{{Name: ""}, {Name: "f.g"}, {Name: "1"}, {Name: "f", Exports: []model.Variable{{Name: "1a"}}}}),
		Instances: []*model.Instance{
			{Name: "", Component: "vm"}, {Name: "1", Component: "vm"}, {Name: "ok", Component: ""},
		},
	}
	got := map[diag.Code]int{}
	for _, p := range check.Model(app) {
		got[p.Code]++
	}
	for code, n := range map[diag.Code]int{
		diag.RMEmptyComponentName: 1, diag.RMDotIsNotAllowed: 2, diag.RMInvalidComponentName: 1, diag.RMInvalidComponentInstaller: 1,
		diag.RMEmptyVariableName: 1, diag.RMInvalidVariableName: 3, diag.RMEmptyFacetName: 1, diag.RMInvalidFacetName: 1,
		diag.RMEmptyInstanceName: 1, diag.RMInvalidInstanceName: 1, diag.RMEmptyInstanceComponent: 1,
	} {
		if got[code] != n {
			t.Errorf("%s: %d times, want %d", code, got[code], n)
		}
	}
	if found := check.Model(&model.Application{}); len(found) != 1 || found[0].Code != diag.RMMissingApplicationGraphs {
		t.Errorf("without a graph: %v", found)
	}
	fine := &model.Application{
		Descriptor: app.Descriptor,
		Graph:      model.NewGraph([]*model.Component{{Name: "vm", Installer: machine}}, nil),
		Instances:  []*model.Instance{{Name: "vm 1", Component: "vm"}},
	}
	if found := check.Model(fine); len(found) != 0 {
		t.Errorf("a sound model: %v", found)
	}
}
