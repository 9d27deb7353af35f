package check_test

import (
	"slices"
	"testing"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

func TestImports(t *testing.T) {
	vm := []string{"vm {", "\tinstaller: target;", "\tchildren: db, app, sub;", "}", "db {", "\tinstaller: script;", "\texports: ip, port = 3306;", "}"}
	with := func(l ...string) string { return lines(slices.Concat(vm, l)...) }
	plain := []string{"sub {", "\tinstaller: script;", "}"}
	app := func(imports string) string {
		return with(slices.Concat([]string{"app {", "\tinstaller: script;", "\timports: " + imports + ";", "}"}, plain)...)
	}
	run(t, "RM_", []example{
		{"MOD-140 resolvable", app("db.ip, db.*, external other.x, db.port (optional)"), "", nil},
		{"MOD-140 unknown prefix, even optional", app("dbx.ip (optional), dbx.*"), "", []string{
			"g:9:1 RM_UNRESOLVABLE_VARIABLE (dbx.*)", "g:9:1 RM_UNRESOLVABLE_VARIABLE (dbx.ip)",
		}},
		{"MOD-140 unknown variable", app("db.host"), "", []string{"g:9:1 RM_UNRESOLVABLE_VARIABLE (db.host)"}},
		{"MOD-140 nothing to export", app("vm.*"), "", []string{"g:9:1 RM_UNRESOLVABLE_VARIABLE (vm.*)"}},
		{"MOD-143 letter case", app("DB.*"), "", []string{"g:9:1 RM_UNRESOLVABLE_VARIABLE (DB.*)"}},
		{"DIA-31 inherited imports", with("app {", "\tinstaller: script;", "\timports: no.x;", "}", "sub {", "\textends: app;", "}"), "", []string{
			"g:9:1 RM_UNRESOLVABLE_VARIABLE (no.x)", "g:13:1 RM_UNRESOLVABLE_VARIABLE (no.x)",
		}},
		{"MOD-142 own exports", with("app {", "\tinstaller: script;", "\texports: ip, x = 1;", "\timports: app.ip, app.x (optional), app.*;", "}", "sub {", "\tinstaller: script;", "}"), "", []string{
			"g:9:1 RM_COMPONENT_IMPORTS_EXPORTS (app.*)", "g:9:1 RM_COMPONENT_IMPORTS_EXPORTS (app.ip)",
		}},
		{"MOD-142 a sub component of what it needs", with("app {", "\tinstaller: script;", "\timports: db.ip;", "\textends: db;", "}", "sub {", "\textends: app;", "}"), "", []string{
			"g:9:1 RM_COMPONENT_IMPORTS_EXPORTS (db.ip)", "g:14:1 RM_COMPONENT_IMPORTS_EXPORTS (db.ip)",
		}},
		{"MOD-76 a nearer declaration makes it optional", with("app {", "\tinstaller: script;", "\texports: z;", "\timports: db.ip;", "}", "sub {", "\textends: app;", "\timports: sub.z (optional), sub.w (optional);", "\texports: w = 1, z = 2;", "}"), "", nil},
		{"an unknown super component may export it", with("app {", "\tinstaller: script;", "\timports: sub.any;", "}", "sub {", "\textends: lost;", "}"), "", nil},
	})
}

func TestFacetImports(t *testing.T) {
	graph := func(imports, facets string) string {
		return lines("vm {", "\tinstaller: target;", "\tchildren: app, db;", "}", "facet data {", "\texports: ip, data.port = 1;", "}",
			"db {", "\tinstaller: script;"+facets, "}", "app {", "\tinstaller: script;", "\timports: "+imports+";", "}")
	}
	run(t, "RM_UNRESOLVABLE", []example{
		{"MOD-141 wildcard of an orphan facet", graph("data.*", ""), "", []string{"g:11:1 RM_UNRESOLVABLE_FACET_VARIABLE (data.*)"}},
		{"DEV-16 short and long names", graph("data.ip, data.port", ""), "", []string{
			"g:11:1 RM_UNRESOLVABLE_FACET_VARIABLE (data.ip)", "g:11:1 RM_UNRESOLVABLE_FACET_VARIABLE (data.port)",
		}},
		{"MOD-141 what the facet does not export", graph("data.x", ""), "", []string{"g:11:1 RM_UNRESOLVABLE_VARIABLE (data.x)"}},
		{"MOD-140 with a member", graph("data.*, data.ip", "\n\tfacets: data;"), "", nil},
	})
}

// DIA-16: an inherited import stands beside the finding; DIA-45, DIA-47: the near names.
func TestBesideAnImport(t *testing.T) {
	files := project(lines("vm {", "\tinstaller: target;", "\tchildren: MySql, app, sub;", "}", "MySql {", "\tinstaller: script;", "\texports: ip, port = 1;", "}",
		"app {", "\tinstaller: script;", "\timports: MySQL.prot;", "}", "sub {", "\textends: app;", "}"), "# none\n")
	_, found := check.Dir(files, load.Options{})
	var on []string
	for _, p := range found {
		if p.Code == diag.RMUnresolvableVariable {
			on = append(on, p.On)
			if got, want := beside(p), []string{"graph/main.graph:11:11 did you mean MySql.port?"}; !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", p.On, got, want)
			}
		}
	}
	if want := []string{"app", "sub"}; !slices.Equal(on, want) {
		t.Errorf("told on %q, want %q", on, want)
	}
	_, found = check.Dir(fixed(t, files, found, diag.RMUnresolvableVariable), load.Options{})
	same(t, found, "RM_", nil)
}

// DIA-51: the normal way to write a cluster.
func TestOptionalFix(t *testing.T) {
	files := project(lines("vm {", "\tinstaller: target;", "\texports: ip;", "\timports: vm.ip, vm.*;", "}"), "# none\n")
	_, found := check.Dir(files, load.Options{})
	files = fixed(t, files, found, diag.RMComponentImportsExports)
	_, found = check.Dir(files, load.Options{})
	files = fixed(t, files, found, diag.RMComponentImportsExports)
	_, found = check.Dir(files, load.Options{})
	same(t, found, "RM_", nil)
}
