package check_test

import (
	"slices"
	"testing"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

var shop = lines(
	"vm {", "\tinstaller: target;", "\tchildren: db, app;", "\texports: size;", "}",
	"db {", "\tinstaller: script;", "\texports: ip, port = 3306, random[port] admin, host.ip;", "\tchildren: table;", "}",
	"app {", "\textends: db;", "\texports: path;", "}",
	"table {", "\tinstaller: script;", "}",
)

func TestPlacement(t *testing.T) {
	run(t, "RM_", []example{
		{"MOD-95 well placed", shop, lines("instance of vm {", "\tname: vm 1;", "\tsize: 3;", "\tinstance of app {", "\t\tname: app;", "\t\tpath: /;", "\t\tinstance of table {", "\t\t\tname: t;", "\t\t}", "\t}", "}"), nil},
		{"MOD-95 a root that has ancestors", shop, lines("instance of table {", "\tname: t;", "}"), []string{
			"i:1:1 RM_MISSING_INSTANCE_PARENT (app; db)",
		}},
		{"MOD-95 a wrong parent", shop, lines("instance of vm {", "\tname: v;", "\tsize: 1;", "\tinstance of table {", "\t\tname: t;", "\t}", "}"), []string{
			"i:4:2 RM_INVALID_INSTANCE_PARENT (app; db)",
		}},
		{"MOD-96 a root below something", shop, lines("instance of vm {", "\tname: v;", "\tsize: 1;", "\tinstance of vm {", "\t\tname: w;", "\t\tsize: 1;", "\t}", "}"), []string{
			"i:4:2 RM_INVALID_INSTANCE_PARENT",
		}},
		{"an unknown component is told once", shop, lines("instance of nothing {", "\tname: v;", "\tsize: 1;", "\tinstance of table {", "\t\tname: t;", "\t}", "}"), nil},
	})
}

func TestOverrides(t *testing.T) {
	in := func(l ...string) string {
		return lines(slices.Concat([]string{"instance of vm {", "\tname: vm;", "\tsize: 1;", "\tinstance of app {", "\t\tname: app;"}, l, []string{"\t}", "}"})...)
	}
	run(t, "RM_", []example{
		{"MOD-116 a missing value", shop, lines("instance of vm {", "\tname: vm;", "}"), []string{"i:1:1 RM_MISSING_VARIABLE_VALUE (vm.size)"}},
		{"MOD-116 addresses and random ports are given later, inherited or not", shop, in("\t\tpath: /;"), nil},
		{"MOD-110 full names", shop, in("\t\tapp.path: /;", "\t\tdb.port: 1;"), nil},
		{"MOD-110 several variables of one local name", shop, in("\t\tpath: /;", "\t\tport: 1;"), []string{
			"i:4:2 RM_AMBIGUOUS_OVERRIDING (port; app.port; db.port)",
		}},
		{"MOD-110 a variable of the instance alone", shop, in("\t\tpath: /;", "\t\tcolour: red;"), []string{
			"i:4:2 RM_MAGIC_INSTANCE_VARIABLE (colour)",
		}},
		{"DSL-60 words of the graph have a code of their own", shop, in("\t\tpath: /;", "\t\tChildren: x;"), nil},
		{"DIA-11 copies stand where their block stands", shop, lines("instance of vm {", "\tname: vm;", "\tcount: 3;", "\tcolour: red;", "}"), []string{
			"i:1:1 RM_MAGIC_INSTANCE_VARIABLE (colour)", "i:1:1 RM_MISSING_VARIABLE_VALUE (vm.size)",
		}},
		{"dsl.md 10 channel was the word for channels", shop, in("\t\tpath: /;", "\t\tchannel: demo;"), nil},
	})
	run(t, "X_GRAPH", []example{
		{"DSL-60", shop, in("\t\tpath: /;", "\t\tChildren: x;"), []string{"i:7:3 X_GRAPH_PROPERTY_IN_INSTANCE (Children)"}},
	})
}

// DEV-14: a quoted empty value is a value.
func TestEmptyValueIsAValue(t *testing.T) {
	run(t, "RM_", []example{{"DEV-14", "vm {\n\tinstaller: target;\n\texports: v = \"\";\n}\n", "instance of vm {\n\tname: a;\n}\n", nil}})
}

// DIA-51: a local name that means several variables can be qualified.
func TestQualifyFix(t *testing.T) {
	files := project(shop, lines("instance of vm {", "\tname: vm;", "\tsize: 1;", "\tinstance of app {", "\t\tname: app;", "\t\tport: 9;", "\t\tpath: /;", "\t}", "}"))
	_, found := check.Dir(files, load.Options{})
	p := find(t, found, diag.RMAmbiguousOverriding)
	if got := textAt(files, p.Related[0].Place); got != "port" {
		t.Errorf("the place beside is %q", got)
	}
	_, found = check.Dir(fixed(t, files, found, diag.RMAmbiguousOverriding), load.Options{})
	same(t, found, "RM_", nil)
}

// MOD-116: where a variable without value is declared, be it by a facet.
func TestBesideAMissingValue(t *testing.T) {
	files := project(lines("facet sized {", "\texports: size;", "}", "vm {", "\tinstaller: target;", "\tfacets: sized;", "}"), lines("instance of vm {", "\tname: vm;", "}"))
	_, found := check.Dir(files, load.Options{})
	same(t, found, "RM_", []string{"i:1:1 RM_MISSING_VARIABLE_VALUE (sized.size)", "i:1:1 RM_MISSING_VARIABLE_VALUE (vm.size)"})
	want := []string{"graph/main.graph:2:11 declared here without a value"}
	if got := beside(find(t, found, diag.RMMissingVariableValue)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
