package assist_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/editor/assist/automation"
	"github.com/roboconf/workbench/editor/assist/graph"
	"github.com/roboconf/workbench/editor/assist/recipe"
	"github.com/roboconf/workbench/editor/assist/settings"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/load"
)

// cursor marks the place that a test asks about.
const cursor = "¦"

const shop = `-- descriptor/application.properties --
name = Shop
graph-entry-point = main.graph
instance-entry-point = main.instances
exports-prefix = Shop
exports = Apache.ip as lb
-- graph/main.graph --
import back.graph;
# The machines,
# all of them.
VM {
	installer: target;
	exports: ip;
	children: server;
}
facet server {
	exports: zone = north;
}
Tomcat {
	installer: script;
	facets: server;
	exports: ip, port = 8080;
	imports: MySQL.port (optional), external Bank.account;
}
Big {
	extends: Tomcat;
	exports: port = 9090;
}
Apache {
	installer: script;
	facets: server;
	exports: ip;
	imports: Tomcat.port, Big.port, server.* (optional), Big.ip;
}
-- graph/back.graph --
MySQL {
	installer: script;
	facets: server;
	exports: port = "33, 06";
}
-- graph/Tomcat/scripts/start.sh --
echo $MySQL_0_port $MySQL_size
-- graph/Tomcat/files/a.txt --
-- graph/VM/small.properties --
id = small
-- instances/main.instances --
instance of VM {
	name: vm;
	count: 2;
	instance of Big {
		name: big;
		port: 1;
	}
}
-- commands/grow.commands --
deploy and start all /vm1/big
-- rules.autonomic/busy.drl --
rule "busy"
when too-busy
then grow
end
-- probes/Tomcat.measures --
[EVENT file too-busy]
{{ where }}/busy
-- probes/Tomcat.measures.properties --
where = /tmp
`

// application is what an archive holds.
func application(archive string) ask.Ground {
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}
}

// place finds "file: line with ¦".
func place(t testing.TB, g ask.Ground, where string) (string, int) {
	t.Helper()
	file, line, _ := strings.Cut(where, ": ")
	before, after, marked := strings.Cut(line, cursor)
	text, _ := g.Text(file)
	n := strings.Index(text, before+after)
	if !marked || n < 0 {
		t.Fatalf("no place %q", where)
	}
	return file, n + len(before)
}

// shown writes places as "file:line word".
func shown(g ask.Ground, spots []assist.Spot) (list []string) {
	for _, s := range spots {
		if s.Dir != "" {
			list = append(list, s.Dir+" "+s.File)
			continue
		}
		text, _ := g.Text(s.File)
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s:%d %s", s.File, strings.Count(text[:s.Span.Start], "\n")+1, s.Span.Of(text))))
	}
	return list
}

func TestDefinition(t *testing.T) {
	g := application(shop)
	bank := application("-- descriptor/application.properties --\nname = Bank\ngraph-entry-point = m.graph\nexports-prefix = Bank\nexports = V.a as account\n-- graph/m.graph --\nV {\n\tinstaller: target;\n\texports: a = 1;\n}\n")
	g.Beside = []ask.Neighbour{{Dir: "/bank", Result: bank.Result}}
	for _, c := range []struct {
		where string
		want  []string
	}{
		{"graph/main.graph: extends: Tom¦cat", []string{"graph/main.graph:12 Tomcat"}},
		{"graph/main.graph: children: ser¦ver", []string{"graph/main.graph:9 server"}},
		{"graph/main.graph: \n¦Tomcat {", []string{"graph/main.graph:12 Tomcat", "graph/Tomcat/scripts/start.sh:1"}},
		{"graph/main.graph: \n¦VM {", []string{"graph/main.graph:4 VM", "graph/VM/small.properties:1"}},
		{"graph/main.graph: Tomcat.p¦ort", []string{"graph/main.graph:15 port"}},
		{"graph/main.graph: Big.p¦ort", []string{"graph/main.graph:20 port", "graph/main.graph:15 port"}},
		{"graph/main.graph: Big.i¦p", []string{"graph/main.graph:15 ip"}},
		{"graph/main.graph: import b¦ack.graph", []string{"graph/back.graph:1"}},
		{"graph/main.graph: external B¦ank", []string{"/bank descriptor/application.properties"}},
		{"graph/main.graph: Bank.acc¦ount", []string{"/bank descriptor/application.properties"}},
		{"graph/main.graph: server.¦*", []string{"graph/main.graph:9 server"}},
		{"graph/main.graph: server.*¦ (opt", []string{"graph/main.graph:9 server"}},
		{"graph/main.graph: # The ¦machines", nil},
		{"graph/main.graph: install¦er: target", nil},
		{"descriptor/application.properties: graph-entry-point = m¦ain.graph", []string{"graph/main.graph:1"}},
		{"descriptor/application.properties: Apa¦che.ip", []string{"graph/main.graph:22 Apache"}},
		{"instances/main.instances: instance of B¦ig", []string{"graph/main.graph:18 Big"}},
		{"instances/main.instances: po¦rt: 1", []string{"graph/main.graph:15 port"}},
		{"commands/grow.commands: /v¦m1/big", []string{"instances/main.instances:2 vm"}},
		{"commands/grow.commands: /vm1/b¦ig", []string{"instances/main.instances:5 big"}},
		{"rules.autonomic/busy.drl: gr¦ow", []string{"commands/grow.commands:1"}},
		{"rules.autonomic/busy.drl: too-b¦usy", []string{"probes/Tomcat.measures:1 too-busy"}},
		{"probes/Tomcat.measures: too-b¦usy", []string{"rules.autonomic/busy.drl:2 too-busy"}},
		{"probes/Tomcat.measures: {{ wh¦ere }}", []string{"probes/Tomcat.measures.properties:1 where"}},
		{"graph/Tomcat/scripts/start.sh: MySQL_0_p¦ort", []string{"graph/back.graph:4 port"}},
		{"graph/Tomcat/scripts/start.sh: MySQL_si¦ze", []string{"graph/back.graph:1 MySQL"}},
		{"graph/Tomcat/scripts/start.sh: ec¦ho", nil},
		{"graph/Tomcat/scripts/start.sh: My¦SQL_0_port", []string{"graph/back.graph:1 MySQL"}},
	} {
		file, at := place(t, g, c.where)
		if diff := cmp.Diff(c.want, shown(g, assist.Definition(g, file, at))); diff != "" {
			t.Errorf("%s:\n%s", c.where, diff)
		}
	}
}

func TestReferences(t *testing.T) {
	g := application(shop)
	file, at := place(t, g, "graph/back.graph: exports: p¦ort")
	want := []string{"graph/Tomcat/scripts/start.sh:1 port", "graph/back.graph:4 port", "graph/main.graph:16 port"}
	if diff := cmp.Diff(want, shown(g, assist.References(g, file, at, true))); diff != "" {
		t.Error(diff)
	}
	want = slices.Delete(want, 1, 2)
	if diff := cmp.Diff(want, shown(g, assist.References(g, file, at, false))); diff != "" {
		t.Error(diff)
	}
	if got := assist.References(g, file, 7, true); got != nil {
		t.Errorf("where no name stands: %v", got)
	}
}

func TestHighlights(t *testing.T) {
	g := application(shop)
	file, at := place(t, g, "graph/main.graph: facet ser¦ver")
	var got []string
	for _, u := range assist.Highlights(g, file, at) {
		got = append(got, fmt.Sprint(u.Role == names.Declaration, " ", shown(g, []assist.Spot{{Place: u.Place}})[0]))
	}
	want := []string{
		"false graph/main.graph:7 server", "true graph/main.graph:9 server", "false graph/main.graph:14 server", "false graph/main.graph:24 server",
		"false graph/main.graph:26 server",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSelections(t *testing.T) {
	g := application(shop)
	for _, c := range []struct {
		where string
		want  []string // each part, shortened to its ends
	}{
		{"graph/main.graph: Bi¦g.port, s", []string{
			"Big", "Big.port", "Tomcat.port, Big.port, server.* (optional), Big.ip", "imports: Tomcat.port, Big.port, server.* (optional), Big.ip;",
			"\timports: Tomcat.port, Big.port, server.* (optional), Big.ip;", "\tinstaller: script…Big.ip;", "Apache {…}", "import back…\n",
		}},
		{"graph/back.graph: 3¦3, 06", []string{"33", `port = "33, 06"`, `exports: port = "33, 06";`, "\texports: port = \"33, 06\";", "\tinstaller: script…06\";", "MySQL {…}", "MySQL {…\n"}},
		{"graph/main.graph: \nV¦M {", []string{"VM", "VM {", "VM {…}", "# The mach…}", "import back…\n"}},
		{"instances/main.instances: name: b¦ig", []string{"big", "name: big;", "\t\tname: big;", "\t\tname: big;…port: 1;", "instance of Big…}", "\tname: vm;…}", "instance of VM…}", "instance of VM…\n"}},
		{"rules.autonomic/busy.drl: too-b¦usy", []string{"too-busy", "when too-busy", "rule \"busy\"…end", "rule \"busy\"…\n"}},
	} {
		file, at := place(t, g, c.where)
		text, _ := g.Text(file)
		parts := assist.Selections(g, file, at)
		for i, p := range parts {
			if !p.Contains(at) || i > 0 && (p.Start > parts[i-1].Start || p.End < parts[i-1].End || p == parts[i-1]) {
				t.Errorf("%s: %v does not hold what is before it", c.where, p)
			}
			if i >= len(c.want) {
				t.Errorf("%s: one more: %q", c.where, p.Of(text))
				continue
			}
			start, end, _ := strings.Cut(c.want[i], "…")
			if got := p.Of(text); !strings.HasPrefix(got, start) || !strings.HasSuffix(got, end) || end == "" && got != start {
				t.Errorf("%s: %d is %q, want %q", c.where, i, got, c.want[i])
			}
		}
		if len(parts) < len(c.want) {
			t.Errorf("%s: %d parts, want %q", c.where, len(parts), c.want)
		}
	}
}

func TestSearch(t *testing.T) {
	g := application(shop)
	for _, c := range []struct {
		query string
		first []string
	}{
		{"Tomcat", []string{"Tomcat"}},
		{"tom.po", []string{"port in Tomcat"}},
		{"bigport", []string{"port in Big"}},
		{"/vm1/", []string{"/vm1/big"}},
		{"grow", []string{"grow"}},
		{"back", []string{"back.graph"}},
		{"toobusy", []string{"too-busy"}},
		{"small", []string{"small"}},
		{"lb", []string{"lb"}},
		{"xyzzy", nil},
		{"", []string{"VM", "Tomcat", "Big", "Apache"}},
	} {
		found := assist.Search(g, c.query, len(c.first))
		var got []string
		for _, f := range found {
			if f.Kind == ask.KindVariable && f.Container != f.Place.File {
				f.Name += " in " + f.Container
			}
			got = append(got, f.Name)
			if text, ok := g.Text(f.Place.File); !ok || f.Place.Span.End > len(text) {
				t.Errorf("%s stands nowhere: %v", f.Name, f.Place)
			}
		}
		if len(c.first) > 0 && !slices.Equal(got, c.first) {
			t.Errorf("%q gives %q, want %q", c.query, got, c.first)
		}
	}
	if got := assist.Search(g, "xyzzy", 5); len(got) > 0 {
		t.Errorf("found %v", got)
	}
	if got := assist.Search(g, "o", 3); len(got) != 3 {
		t.Errorf("%d of at most 3", len(got))
	}
}

// MOD-74, MOD-150.
func TestHierarchyOfImports(t *testing.T) {
	g := application(shop)
	steps := func(list []assist.Step, in string) (out []string) {
		for _, s := range list {
			file := in
			if file == "" {
				file = s.Node.Header.File
			}
			text, _ := g.Text(file)
			words := []string{s.Node.Name}
			for _, f := range s.From {
				words = append(words, f.Of(text))
			}
			out = append(out, strings.Join(words, " "))
		}
		return out
	}
	for _, c := range []struct {
		name               string
		importers, imports []string
	}{
		{"Big", []string{"Apache Tomcat.port Big.port server.* Big.ip"}, nil},
		{"Tomcat", []string{"Apache Tomcat.port server.*"}, []string{"MySQL MySQL.port"}},
		{"server", []string{"Apache server.*"}, nil},
		{"MySQL", []string{"Apache server.*", "Tomcat MySQL.port"}, nil},
		{"Apache", []string{"Apache server.*"}, []string{
			"Apache server.*", "Big Tomcat.port Big.port server.* Big.ip", "MySQL server.*", "Tomcat Tomcat.port server.*", "server server.*",
		}},
		{"nobody", nil, nil},
	} {
		if diff := cmp.Diff(c.importers, steps(assist.Importers(g, c.name), "")); diff != "" {
			t.Errorf("importers of %s:\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.imports, steps(assist.Imported(g, c.name), "graph/main.graph")); diff != "" {
			t.Errorf("what %s imports:\n%s", c.name, diff)
		}
	}
	for where, want := range map[string]string{
		"graph/main.graph: import¦s: MySQL":         "Tomcat script",
		"graph/main.graph: children: serv¦er":       "server ",
		"graph/main.graph: imports: Tomcat.p¦ort":   "Tomcat script",
		"instances/main.instances: nam¦e: big":      "Big script",
		"instances/main.instances: instance of V¦M": "VM target",
	} {
		file, at := place(t, g, where)
		list := assist.Hierarchy(g, file, at)
		if len(list) != 1 || list[0].Name+" "+list[0].Detail != want {
			t.Errorf("%s: %v", where, list)
			continue
		}
		n := list[0]
		text, _ := g.Text(n.Header.File)
		if whole := n.Whole.Span.Of(text); n.Header.Span.Of(text) != n.Name || !strings.HasSuffix(whole, "}") || !strings.Contains(whole, n.Name+" {") {
			t.Errorf("%s: stands at %q in %q", where, n.Header.Span.Of(text), whole)
		}
	}
}

// Whoever is imported knows its importer, and the reverse.
func TestHierarchyIsSymmetrical(t *testing.T) {
	fsys := fstest.MapFS{}
	for name, text := range gen.Application(80, 0) {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, g := range []ask.Ground{application(shop), {Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}} {
		pairs := make(map[string]int)
		for _, c := range g.Result.App.Graph.Components() {
			for _, s := range assist.Importers(g, c.Name) {
				pairs[s.Node.Name+">"+c.Name]++
			}
			for _, s := range assist.Imported(g, c.Name) {
				if !s.Node.Facet {
					pairs[c.Name+">"+s.Node.Name]--
				}
			}
		}
		for pair, n := range pairs {
			if n != 0 {
				t.Errorf("%s is known on one side only", pair)
			}
		}
	}
}

// Every language of an application has somebody who answers.
func TestOf(t *testing.T) {
	for file, want := range map[string]ask.Language{
		"graph/main.graph": graph.Language{}, "graph/a/b.GRAPH": graph.Language{}, "instances/x.instances": graph.Language{},
		"src/main/model/graph/main.graph": graph.Language{}, "commands/a/b.commands": automation.Commands{},
		"rules.autonomic/r.drl": automation.Rules{}, "probes/A.measures": automation.Probes{},
		"descriptor/application.properties": settings.Descriptor{}, "src/main/model/descriptor/application.properties": settings.Descriptor{},
		"probes/A.measures.properties": settings.Parameters{}, "graph/VM/target.properties": settings.Target{}, "graph/VM/deep/x.properties": nil,
		"graph/Web/instructions.properties": settings.Instructions{}, "graph/Tomcat/modules.properties": nil, ".roboconf/check": settings.Check{},
		"graph/A/scripts/start.sh": recipe.Script{}, "graph/A/scripts/start": recipe.Script{}, "graph/A/roboconf-templates/start.template": recipe.Script{},
		"graph/A/roboconf_a/manifests/init.pp": recipe.Script{}, "graph/A/files/list": nil, "README.md": nil, "graph/A/files/logo.png": nil,
		"scripts/start.sh": nil, "x.properties": nil, "": nil,
	} {
		if got := assist.Of(file); got != want {
			t.Errorf("%s: %T, want %T", file, got, want)
		}
	}
}

// Samples: every place of every file answers, and what it answers stands in a file.
func TestEveryPlaceAnswers(t *testing.T) {
	fsys := os.DirFS("../../samples/lamp")
	g := ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}
	for _, file := range g.Result.All {
		text, _ := g.Text(file)
		for at := -1; at <= len(text)+1; at += 3 {
			for _, s := range append(assist.Definition(g, file, at), assist.References(g, file, at, true)...) {
				if other, ok := g.Text(s.File); !ok || s.Span.End > len(other) {
					t.Fatalf("%s, offset %d: leads to %v", file, at, s)
				}
			}
			assist.Selections(g, file, at)
			assist.Hierarchy(g, file, at)
		}
	}
}

// Search among everything that 10,000 components declare.
func BenchmarkSearch(b *testing.B) {
	fsys := fstest.MapFS{}
	for name, text := range gen.Application(10_000, 9_000) {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	g := ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}
	for _, query := range []string{"soft77", "machine 3", "po"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				if len(assist.Search(g, query, 100)) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}

// Definition in the same.
func BenchmarkDefinition(b *testing.B) {
	fsys := fstest.MapFS{}
	for name, text := range gen.Application(10_000, 9_000) {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	g := ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}
	at := strings.Index(g.Result.Files["graph/part25.graph"].Text, "Software5003.port") + len("Software5003.p")
	for b.Loop() {
		if len(assist.Definition(g, "graph/part25.graph", at)) == 0 {
			b.Fatal("nothing found")
		}
	}
}
