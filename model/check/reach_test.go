package check_test

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/diag"
)

// MOD-155, MOD-156, diagnostics.md 4.4: who waits for whom.
func TestDeadlocks(t *testing.T) {
	a, b := []string{"a {", "\tinstaller: script;", "\texports: x = 1;", "\timports: b.y;", "}"}, []string{"b {", "\tinstaller: script;", "\texports: y = 1;", "\timports: a.x;", "}"}
	circle := func(more ...string) string {
		l := append(append([]string{"^a {"}, a[1:]...), b...)
		return vm("a, b, c", append(l, more...)...)
	}
	c := lines("c {", "\tinstaller: script;", "}")
	code(t, diag.XImportDeadlock, []finding{
		{name: "two components", graph: circle() + c, details: "(a -> b -> a)", level: diag.Warning, beside: "graph/main.graph:8:11 a waits for b"},
		{name: "an optional import", graph: strings.Replace(strings.Replace(circle(), "^", "", 1), "a.x;", "a.x (optional);", 1) + c},
		{name: "a component that extends one of them is in the same case", graph: circle() + lines("c {", "\textends: b;", "}"), details: "(a -> b -> a)"},
		{name: "a facet that somebody free has", graph: vm("a, b, c", "facet f {", "\texports: y;", "}", "a {", "\tinstaller: script;", "\texports: x = 1;", "\timports: f.y;", "}",
			"b {", "\tinstaller: script;", "\tfacets: f;", "\timports: a.x;", "}", "c {", "\tinstaller: script;", "\tfacets: f;", "}")},
		{name: "a machine that needs what only its children export", graph: lines("^app {", "\tinstaller: target;", "\tchildren: part;", "\timports: part.x;", "}", "part {", "\tinstaller: script;", "\texports: x = 1;", "}"), details: "(app -> part -> app)", beside: "graph/main.graph:4:11 app waits for part"},
		{name: "another machine holds it too", graph: lines("app {", "\tinstaller: target;", "\tchildren: part;", "\timports: part.x;", "}", "free {", "\tinstaller: target;", "\tchildren: part;", "}", "part {", "\tinstaller: script;", "\texports: x = 1;", "}")},
		{name: "once for a group", graph: vm("a, b, c", "^a {", "\tinstaller: script;", "\texports: x = 1;", "\timports: b.x, c.x;", "}", "b {", "\tinstaller: script;", "\texports: x = 1;", "\timports: a.x, c.x;", "}",
			"c {", "\tinstaller: script;", "\texports: x = 1;", "\timports: a.x, b.x;", "}"), details: "(a -> b -> a)"},
		{name: "an external import is answered elsewhere", graph: vm("a", "a {", "\tinstaller: script;", "\texports: x;", "\timports: external a.x;", "}")},
		{name: "what nobody exports is told otherwise", graph: vm("a, b", a...) + lines("b {", "\tinstaller: script;", "\texports: y = 1;", "\timports: lost.x;", "}")},
	})
	// Only components with an instance count when there are some.
	free := lines("c {", "\textends: b;", "\timports: a.x (optional);", "}")
	code(t, diag.XImportDeadlock, []finding{
		{name: "the free one has no instance", graph: circle() + free, instances: on("\tinstance of a {", "\t\tname: a;", "\t}", "\tinstance of b {", "\t\tname: b;", "\t}")},
		{name: "the free one has an instance", graph: strings.Replace(circle(), "^", "", 1) + free, instances: on("\tinstance of a {", "\t\tname: a;", "\t}", "\tinstance of b {", "\t\tname: b;", "\t}", "\tinstance of c {", "\t\tname: c;", "\t}")},
		{name: "one of them has no instance", graph: strings.Replace(circle(), "^", "", 1) + c, instances: on("\tinstance of a {", "\t\tname: a;", "\t}")},
	})
}

// MOD-147: deployed as it is, the template leaves an instance waiting.
func TestUnsatisfied(t *testing.T) {
	graph := vm("db, app", "facet data {", "\texports: path = /;", "}", "db {", "\tinstaller: script;", "\tfacets: data;", "\texports: ip;", "}", "app {", "\tinstaller: script;", "\timports: db.ip, data.path (optional);", "}")
	app := []string{"\tinstance of app {", "\t\tname: a;", "\t}"}
	code(t, diag.XUnsatisfiedImport, []finding{
		{name: "nobody", graph: graph, instances: on(strings.Replace(app[0], "instance", "^instance", 1), app[1], app[2]), details: "(db.ip)", level: diag.Warning, beside: "graph/main.graph:15:11 imported here"},
		{name: "somebody", graph: graph, instances: on(append(app, "\tinstance of db {", "\t\tname: d;", "\t}")...)},
		{name: "one that extends it", graph: graph + lines("fast {", "\textends: db;", "}"), instances: on(append(app, "\tinstance of fast {", "\t\tname: d;", "\t}")...)},
		{name: "without instances", graph: graph},
		{name: "what nobody exports is told otherwise", graph: strings.Replace(graph, "db.ip,", "lost.ip,", 1), instances: on(app...)},
	})
	twins := vm("app", "app {", "\tinstaller: script;", "\texports: ip;", "}", "sub {", "\textends: app;", "\timports: app.ip;", "}")
	code(t, diag.XUnsatisfiedImport, []finding{
		{name: "its own exports do not count", graph: twins, instances: on("\t^instance of sub {", "\t\tname: a;", "\t}")},
		{name: "those of a copy do", graph: twins, instances: on("\tinstance of sub {", "\t\tname: a;", "\t\tcount: 2;", "\t}")},
	})
}

// MOD-45, MOD-66, DEV-19.
func TestReach(t *testing.T) {
	loop := lines("vm {", "\tinstaller: target;", "}", "a {", "\tinstaller: script;", "\tchildren: b;", "}", "b {", "\tinstaller: script;", "\tchildren: a, c;", "}")
	code(t, diag.XUnreachableComponent, []finding{
		{name: "below a circle", graph: loop + lines("^c {", "\tinstaller: script;", "}"), details: "(c)", level: diag.Warning},
		{name: "reached by another way", graph: loop + lines("c {", "\tinstaller: script;", "}", "box {", "\tinstaller: target;", "\tchildren: c;", "}")},
		{name: "what an orphan facet holds is told otherwise", graph: lines("vm {", "\tinstaller: target;", "}", "facet f {", "\tchildren: app;", "}", "app {", "\tinstaller: target;", "}")},
	})
	graph := vm("app", "app {", "\tinstaller: script;", "}")
	code(t, diag.XNeverInstantiated, []finding{
		{name: "nobody made one", graph: strings.Replace(graph, "app {", "^app {", 1), instances: on(""), details: "(app)", level: diag.Hint},
		{name: "one that extends it", graph: graph + lines("sub {", "\textends: app;", "}"), instances: on("\tinstance of sub {", "\t\tname: s;", "\t}")},
		{name: "a command makes one", graph: graph, instances: on(""), files: map[string]string{"commands/more.commands": "create app as one more under /vm\n"}},
		{name: "there are no instances at all", graph: graph},
	})
	code(t, diag.XUnusedFacet, []finding{
		{name: "it gives nothing", graph: lines("facet ^f {", "}", "vm {", "\tinstaller: target;", "\tfacets: f;", "}"), details: "(f)", level: diag.Hint},
		{name: "it stands among children", graph: vm("f", "facet f {", "}", "app {", "\tinstaller: script;", "\tfacets: f;", "}")},
		{name: "the one it extends gives something", graph: lines("facet f {", "\textends: g;", "}", "facet g {", "\texports: a = 1;", "}", "vm {", "\tinstaller: target;", "\tfacets: f;", "}")},
		{name: "an orphan is told otherwise", graph: lines("facet f {", "}", "vm {", "\tinstaller: target;", "}")},
	})
}

// PL-35, PL-38, PL-52: what recipes speak of.
func TestUnused(t *testing.T) {
	graph := func(exports, imports string) string {
		return vm("my-db, app", "my-db {", "\tinstaller: script;", "\texports: "+exports+";", "}", "app {", "\tinstaller: script;", "\timports: "+imports+";", "}")
	}
	script := func(name, text string) map[string]string {
		return map[string]string{"graph/" + name + "/scripts/start.sh": text}
	}
	code(t, diag.XUnusedExport, []finding{
		{name: "nobody", graph: graph("ip, ^path = /", "my-db.ip"), details: "(my-db.path)", level: diag.Hint},
		{name: "a wildcard", graph: graph("path = /", "my-db.*")},
		{name: "under the name of a component that extends it", graph: graph("path = /", "sub.path") + lines("sub {", "\textends: my-db;", "}")},
		{name: "its own recipe", graph: graph("ip, path = /", "my-db.ip"), files: script("my-db", "cd \"$path\"\n")},
		{name: "a longer word of its own recipe", graph: graph("ip, ^path = /", "my-db.ip"), files: script("my-db", "cd \"$pathname $xpath\"\n")},
		{name: "a mangled name", graph: graph("ip, data-path = /", "my-db.ip"), files: script("my-db", "cd \"$data_path\"\n")},
		{name: "the recipe of what runs on it", graph: lines("vm {", "\tinstaller: target;", "\tchildren: app;", "\texports: size = 1;", "}", "app {", "\tinstaller: script;", "}"), files: script("app", "echo $ANCESTOR_vm_size\n")},
		{name: "the descriptor", graph: lines("vm {", "\tinstaller: target;", "\texports: ip;", "}"), files: map[string]string{"descriptor/application.properties": descriptor + "exports-prefix = Shop\nexports = vm.ip as ip\n"}},
		{name: "in a facet", graph: lines("facet f {", "\texports: ^a = 1;", "}", "vm {", "\tinstaller: target;", "\tfacets: f;", "}"), details: "(f.a)"},
		{name: "of a facet, imported from a component", graph: vm("db, app", "facet f {", "\texports: a = 1;", "}", "db {", "\tinstaller: script;", "\tfacets: f;", "}", "app {", "\tinstaller: script;", "\timports: db.a;", "}")},
	})
	code(t, diag.XUnusedImport, []finding{
		{name: "the recipe never says it", graph: graph("ip", "^my-db.ip"), files: script("app", "echo $mydb_0_ip\n"), details: "(my-db.ip)", level: diag.Hint},
		{name: "mangled", graph: graph("ip", "my-db.ip"), files: script("app", "echo $my_db_0_ip\n")},
		{name: "a template over all imports", graph: graph("ip", "my-db.ip"), files: map[string]string{"graph/app/scripts/x": "", "graph/app/roboconf-templates/default.template": "{{#importLists}}{{/importLists}}"}},
		{name: "no recipe", graph: graph("ip", "my-db.ip")},
		{
			name: "Puppet speaks in lower case", graph: vm("Db, app", "Db {", "\tinstaller: script;", "\texports: ip;", "}", "app {", "\tinstaller: puppet;", "\timports: Db.ip;", "}"),
			files: map[string]string{"graph/app/roboconf_app/manifests/init.pp": "class roboconf_app($runningState, $importDiff, $db) {\n}\n"},
		},
		{
			name: "Puppet does not know the other case", graph: vm("Db, app", "Db {", "\tinstaller: script;", "\texports: ip;", "}", "app {", "\tinstaller: puppet;", "\timports: ^Db.ip;", "}"),
			files: map[string]string{"graph/app/roboconf_app/manifests/init.pp": "class roboconf_app($runningState, $importDiff, $Db) {\n}\n"},
		},
		{
			name: "one of several is taken away", graph: vm("a, b, app", "a {", "\tinstaller: script;", "\texports: ip;", "}", "b {", "\tinstaller: script;", "\texports: ip;", "}", "app {", "\tinstaller: script;", "\timports: a.ip, ^b.ip (optional);", "}"),
			files: script("app", "echo $a_0_ip\n"), fixed: "imports: a.ip;",
		},
	})
}
