package refactor_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/page"
	"github.com/roboconf/workbench/model/source"
)

// severes are the severe findings, by what they are about.
func severes(list []diag.Problem) (found []string) {
	for _, p := range list {
		if p.Level() == diag.Severe {
			found = append(found, p.String())
		}
	}
	return found
}

// offered tries each change that is offered at every few bytes of every file: a sound application stays sound.
func offered(t *testing.T, name string, files folder, by int) map[string]int {
	t.Helper()
	g := ground(files, load.Options{})
	sound := len(severes(g.Problems)) == 0
	ids := map[string]int{}
	tried := map[string]bool{}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		for at := 0; at <= len(files[file]); at += by {
			for _, span := range []source.Span{{Start: at, End: at}, {Start: at, End: min(at+9*by, len(files[file]))}} {
				for _, a := range refactor.Actions(g, file, span) {
					ids[a.ID]++
					if once := fmt.Sprint(a); tried[once] {
						continue
					} else {
						tried[once] = true
					}
					try(t, fmt.Sprintf("%s: %s:%d %s %q", name, file, at, a.ID, a.Title.String()), files, g, a, sound)
				}
			}
		}
	}
	return ids
}

func try(t *testing.T, what string, files folder, g ask.Ground, a refactor.Action, sound bool) {
	t.Helper()
	if a.Empty() || a.Title.Text == "" {
		t.Errorf("%s: it does nothing, or says nothing", what)
	}
	after := done(t, files, a.Change)
	now := ground(after, load.Options{}).Problems
	unharmed(t, what, files, a.Change, g.Problems, now)
	if left := severes(now); sound && len(left) > 0 {
		t.Errorf("%s makes\n%s\n%s", what, strings.Join(left, "\n"), excerpt(changed(files, after)))
	}
}

func excerpt(text string) string { return text[:min(len(text), 1500)] }

// DIA-52: what is offered in sound applications keeps them sound.
func TestActionsKeepSoundApplicationsSound(t *testing.T) {
	ids := map[string]int{}
	add := func(more map[string]int) {
		for id, n := range more {
			ids[id] += n
		}
	}
	for _, sample := range []string{"hello", "lamp"} {
		if _, err := os.Stat("../../samples/" + sample); err == nil {
			add(offered(t, sample, readFolder(t, "../../samples/"+sample), 7))
		}
	}
	add(offered(t, "generated", folder(gen.Application(21, 24)), 61))
	n := 0
	for p := range page.All() {
		if n++; len(p.Right) > 0 && n%4 == 0 {
			add(offered(t, string(p.Code), folder(p.Right), 23))
		}
	}
	for _, id := range []string{"extract.facet", "move.component", "add.child", "add.import", "add.instance", "skeleton.recipe"} {
		if ids[id] == 0 {
			t.Errorf("%s is never offered", id)
		}
	}
}

const shopGraph = `import types.graph;

# Where all runs.
VM {
	installer: target;
	exports: ip;
	children: Web, App; # both
}

# The front.
Web {
	installer: script;
	exports: ip, port = 80, host = "a, b";
	imports: App.*;
}

App {
	installer: script;
	exports: ip, port = 80, user = me;
}
`

func shop() folder {
	return folder{
		"descriptor/application.properties": "name = shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n",
		"graph/main.graph":                  shopGraph,
		"graph/types.graph":                 "facet empty {\n\texports: zone = here;\n}\n\nDB {\n\tinstaller: script;\n\tfacets: empty;\n\texports: ip;\n}\n\nBox {\n\tinstaller: target;\n\tchildren: DB;\n}\n",
		"instances/main.instances":          "instance of VM {\n\tname: vm;\n}\n",
	}
}

// pick finds the action with a title at the span between two marks of a text; "|" stands for a place.
func pick(t *testing.T, files folder, file, marked, title string) (refactor.Action, folder) {
	t.Helper()
	before, rest, ok := strings.Cut(marked, "|")
	if !ok {
		t.Fatalf("no mark in %q", marked)
	}
	selected, _, _ := strings.Cut(rest, "|")
	at := strings.Index(files[file], before+strings.ReplaceAll(rest, "|", ""))
	if at < 0 {
		t.Fatalf("%q is not in %s", marked, file)
	}
	span := source.Span{Start: at + len(before), End: at + len(before)}
	if strings.Contains(rest, "|") {
		span.End += len(selected)
	}
	g := ground(files, load.Options{})
	var titles []string
	for _, a := range refactor.Actions(g, file, span) {
		if a.Title.String() == title {
			return a, done(t, files, a.Change)
		}
		titles = append(titles, a.Title.String())
	}
	t.Fatalf("%q is not offered at %q, but %q", title, marked, titles)
	return refactor.Action{}, nil
}

func TestRefactorings(t *testing.T) {
	const graph = "graph/main.graph"
	for _, c := range []struct {
		name, file, at, title string
		want                  map[string]string // file: what it has to hold
		gone                  map[string]string
	}{
		{
			"extract one entry", graph, "ip, |port| = 80, host", "Extract the facet WebFacet",
			map[string]string{graph: "\nfacet WebFacet {\n\texports: port = 80;\n}\n\n# The front.\nWeb {\n\tinstaller: script;\n\tfacets: WebFacet;\n\texports: ip, host = \"a, b\";\n"},
			nil,
		},
		{
			"extract a whole line", graph, "ex|ports: ip, port = 80, host", "Extract the facet WebFacet",
			map[string]string{graph: "facet WebFacet {\n\texports: ip, port = 80, host = \"a, b\";\n}\n\n# The front.\nWeb {\n\tinstaller: script;\n\tfacets: WebFacet;\n\timports: App.*;\n}\n"},
			nil,
		},
		{
			"extract children", graph, "\tchild|ren: Web", "Extract the facet VMFacet",
			map[string]string{graph: "facet VMFacet {\n\tchildren: Web, App;\n}\n\n# Where all runs.\nVM {\n\tinstaller: target;\n\tfacets: VMFacet;\n\texports: ip;\n}\n"},
			nil,
		},
		{
			"extract what components have in common", graph, "|Web {\n\tinstaller: script;\n\texports: ip, port = 80, host = \"a, b\";\n\timports: App.*;\n}\n\nApp {\n\tinst|aller", "Extract the facet Common",
			map[string]string{graph: "facet Common {\n\texports: ip, port = 80;\n}\n\n# The front.\nWeb {\n\tinstaller: script;\n\tfacets: Common;\n\texports: host = \"a, b\";\n\timports: App.*;\n}\n\nApp {\n\tinstaller: script;\n\tfacets: Common;\n\texports: user = me;\n}\n"},
			nil,
		},
		{
			"move to a file", graph, "We|b {", "Move Web to types.graph",
			map[string]string{graph: "children: Web, App; # both\n}\n\nApp {", "graph/types.graph": "children: DB;\n}\n\n# The front.\nWeb {\n\tinstaller: script;\n\texports: ip, port = 80, host = \"a, b\";\n\timports: App.*;\n}\n"},
			map[string]string{graph: "Web {"},
		},
		{
			"move to a new file", graph, "We|b {", "Move Web to the new file web.graph",
			map[string]string{graph: "import types.graph;\nimport web.graph;\n", "graph/web.graph": "# The front.\nWeb {\n"},
			map[string]string{graph: "Web {"},
		},
		{"add a child", graph, "V|M {", "Let DB run on VM", map[string]string{graph: "children: Web, App, DB; # both"}, nil},
		{"add an import", graph, "Ap|p {", "Import the variables of DB", map[string]string{graph: "App {\n\tinstaller: script;\n\timports: DB.*;\n\texports: ip,"}, nil},
		{
			"add an instance below", "instances/main.instances", "name: |vm", "Add an instance of Web to /vm",
			map[string]string{"instances/main.instances": "\tname: vm;\n\n\tinstance of Web {\n\t\tname: web;\n\t}\n}\n"},
			nil,
		},
		{
			"add a root", graph, "V|M {", "Add an instance of VM",
			map[string]string{"instances/main.instances": "}\n\ninstance of VM {\n\tname: vm2;\n}\n"},
			nil,
		},
		{
			"a recipe of scripts", graph, "We|b {", "Create the recipe of Web",
			map[string]string{"graph/Web/scripts/update.sh": "$App_size", "graph/Web/scripts/start.sh": "# Given: $host, $ip, $port\n"},
			nil,
		},
		{
			"a target", graph, "V|M {", "Create the recipe of VM",
			map[string]string{"graph/VM/target.properties": "id = vm\nname = VM\nhandler = docker\n"},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, after := pick(t, shop(), c.file, c.at, c.title)
			for file, want := range c.want {
				if !strings.Contains(after[file], want) {
					t.Errorf("%s became\n%s\nand lacks\n%s", file, after[file], want)
				}
			}
			for file, gone := range c.gone {
				if strings.Contains(after[file], gone) {
					t.Errorf("%s still holds %q", file, gone)
				}
			}
			for _, f := range a.Files {
				if f.Executable != strings.HasSuffix(f.Name, ".sh") {
					t.Errorf("%s: executable is %v", f.Name, f.Executable)
				}
			}
			if left := severes(ground(after, load.Options{}).Problems); len(left) > 0 {
				t.Errorf("severe: %q", left)
			}
		})
	}
}

// The variables of a component keep their values when a facet gives them (MOD-72).
func TestExtractKeepsValues(t *testing.T) {
	files := shop()
	before := ground(files, load.Options{}).Result.App.Graph
	_, after := pick(t, files, "graph/main.graph", "ex|ports: ip, port = 80, host", "Extract the facet WebFacet")
	now := ground(after, load.Options{}).Result.App.Graph
	for _, v := range before.Exports(before.Component("Web")) {
		if list := values(now.Exports(now.Component("Web"))); !slices.Contains(list, v.Name+"="+v.Value.Text) {
			t.Errorf("%s is not among %q", v.Name, list)
		}
	}
}

func TestFixesOfOneFindingAreListedWithThoseOfAll(t *testing.T) {
	files := messy("A {\n\tinstaller: target\n\texports: ip\n}\n", "instance of A {\n\tname: a\n}\n")
	g := ground(files, load.Options{})
	at := strings.Index(files["graph/main.graph"], "target")
	var got []string
	for _, a := range refactor.Actions(g, "graph/main.graph", source.Span{Start: at, End: at}) {
		if a.Code == diag.PPropertyEndsWithSemiColon {
			got = append(got, fmt.Sprintf("%s %v %d", a.ID, a.Preferred, len(a.Edits)))
		}
	}
	want := []string{"fix.P_PROPERTY_ENDS_WITH_SEMI_COLON true 1", "fix.file false 2", "fix.all false 3"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A missing entry file of the instances is made (MOD-13).
func TestInstantiate(t *testing.T) {
	files := shop()
	delete(files, "instances/main.instances")
	files["graph/main.graph"] = strings.Replace(shopGraph, "exports: ip;", "exports: ip, size;", 1)
	r := load.Dir(files, load.Options{}, nil)
	c, err := refactor.Instantiate(r, "", "VM", "one")
	if err != nil {
		t.Fatal(err)
	}
	after := done(t, files, c)
	if got, want := after["instances/main.instances"], "instance of VM {\n\tname: one;\n\tsize: change-me;\n}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	now := ground(after, load.Options{})
	if left := severes(now.Problems); model.Find(now.Result.App.Instances, "/one") == nil || len(left) > 0 {
		t.Errorf("severe: %q", left)
	}
	if _, err := refactor.Instantiate(r, "", "Vm", "one"); err == nil || !strings.Contains(err.Error(), "VM") {
		t.Errorf("says %v", err)
	}
}

// FuzzActions: any text, any place. Edits stay in their texts and do not meet; nothing of the text is worse.
func FuzzActions(f *testing.F) {
	f.Add(shopGraph, "instance of VM {\n\tname: vm;\n}\n", 30, 60)
	f.Add(ancient, ancientInstances, 5, 5)
	for seed := range uint64(30) {
		f.Add(gen.Mess(seed, 12), gen.Mess(seed+99, 9), int(seed)*7, int(seed)*9)
	}
	f.Fuzz(func(t *testing.T, graph, instances string, start, end int) {
		files := messy(graph, instances)
		g := ground(files, load.Options{})
		for file, text := range map[string]string{"graph/main.graph": graph, "instances/main.instances": instances} {
			from := min(max(0, start), len(text))
			span := source.Span{Start: from, End: min(max(from, end), len(text))}
			for _, a := range refactor.Actions(g, file, span) {
				after := done(t, files, a.Change)
				unharmed(t, a.ID+" "+a.Title.String(), files, a.Change, g.Problems, ground(after, load.Options{}).Problems)
			}
		}
	})
}
