package load_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

const described = "name = shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = model.instances\n"

const vm = "vm {\n\tinstaller: target;\n}\n"

// folder makes a file system from pairs of names and texts; a name that ends with a slash is an empty folder.
func folder(pairs ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		if dir, ok := strings.CutSuffix(pairs[i], "/"); ok {
			out[dir] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
			continue
		}
		out[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return out
}

func project(pairs ...string) fstest.MapFS {
	return folder(append([]string{"descriptor/application.properties", described, "graph/main.graph", vm, "instances/model.instances", "# none\n"}, pairs...)...)
}

func short(p diag.Problem) string {
	s := string(p.Code)
	if p.Place.File != "" {
		s = fmt.Sprintf("%s:%d:%d %s", p.Place.File, p.Range.Start.Line, p.Range.Start.Column, s)
	}
	var details []string
	for _, d := range p.Details {
		details = append(details, d.Text)
	}
	if len(details) > 0 {
		s += " (" + strings.Join(details, "; ") + ")"
	}
	return s
}

func listed(r *load.Result) (got []string) {
	for _, p := range r.Problems {
		got = append(got, short(p))
	}
	return got
}

func want(t *testing.T, r *load.Result, want ...string) {
	t.Helper()
	if got := listed(r); !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// MOD-10, MOD-13, MOD-14, MOD-31, MOD-34: folders and entries.
func TestFolders(t *testing.T) {
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		want  []string
	}{
		{"all there", project(), []string{"instances/model.instances:1:1 P_EMPTY_FILE"}},
		{"nothing there", folder(), []string{"PROJ_NO_GRAPH_DIR (graph)", "PROJ_NO_DESC_DIR (descriptor)"}},
		{"no graph", folder("descriptor/application.properties", "name = a\n"), []string{"PROJ_NO_GRAPH_DIR (graph)"}},
		{"no descriptor", folder("descriptor/x.txt", "", "graph/a.graph", vm, "instances/a.instances", ""), []string{
			"graph/a.graph:1:1 PROJ_UNREACHABLE_FILE", "instances/a.instances:1:1 PROJ_UNREACHABLE_FILE",
			"CO_GRAPH_COULD_NOT_BE_BUILT", "PROJ_NO_DESC_FILE",
		}},
		{"no folder of the descriptor", folder("graph/a.graph", vm, "instances/a.instances", ""), []string{
			"graph/a.graph:1:1 PROJ_UNREACHABLE_FILE", "instances/a.instances:1:1 PROJ_UNREACHABLE_FILE",
			"CO_GRAPH_COULD_NOT_BE_BUILT", "PROJ_NO_DESC_DIR (descriptor)",
		}},
		{"MOD-31 what instances would lead to is not guessed", folder(
			"descriptor/application.properties", strings.Replace(described, "main.graph", "lost.graph", 1),
			"graph/main.graph", vm, "instances/model.instances", "", "instances/b.instances", ""), []string{
			"descriptor/application.properties:1:1 CO_GRAPH_COULD_NOT_BE_BUILT",
			"descriptor/application.properties:4:21 PROJ_MISSING_GRAPH_EP (graph/lost.graph)", "graph/main.graph:1:1 PROJ_UNREACHABLE_FILE",
		}},
		{"MOD-13 no folder of instances", folder("descriptor/application.properties", described, "graph/main.graph", vm), []string{
			"descriptor/application.properties:5:24 X_INSTANCES_DIR_MISSING",
		}},
		{"MOD-14 strays", project("graph/sub/Lost.GRAPH", vm, "other.graph", vm, "graph/x.instances", "", "instances/y.instances", "x", ".hidden/z.graph", vm, "graph/.z.graph", vm), []string{
			"graph/sub/Lost.GRAPH:1:1 PROJ_UNREACHABLE_FILE", "other.graph:1:1 PROJ_INVALID_FILE_LOCATION",
			"graph/x.instances:1:1 PROJ_INVALID_FILE_LOCATION", "instances/model.instances:1:1 P_EMPTY_FILE",
			"instances/y.instances:1:1 PROJ_UNREACHABLE_FILE",
		}},
		{"DSL-75 a directory as an entry", folder("descriptor/application.properties", described, "graph/main.graph/x", ""), []string{
			"descriptor/application.properties:5:24 X_INSTANCES_DIR_MISSING", "graph/main.graph:1:1 P_IO_ERROR (read graph/main.graph: invalid argument)",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := load.Dir(c.files, load.Options{}, nil)
			if r.App == nil || r.App.Graph == nil {
				t.Fatal("MOD-34: there is always an application with a graph")
			}
			want(t, r, c.want...)
		})
	}
}

// MOD-11: a build project keeps the model below src/main/model.
func TestBuildProject(t *testing.T) {
	files := fstest.MapFS{"pom.xml": {}}
	for name, f := range project("graph/vm/x.txt", "") {
		files["src/main/model/"+name] = f
	}
	r := load.Dir(files, load.Options{}, nil)
	want(t, r, "src/main/model/instances/model.instances:1:1 P_EMPTY_FILE")
	if r.Base != "src/main/model" || r.GraphFile != "src/main/model/graph/main.graph" || r.App.Graph.Component("vm") == nil {
		t.Errorf("base %q, graph %q", r.Base, r.GraphFile)
	}
	if len(r.Resources["vm"]) != 1 {
		t.Errorf("resources %v", r.Resources)
	}
}

// MOD-12: sorted by file name, not by path.
func TestDiscovery(t *testing.T) {
	r := load.Dir(project("graph/z/a.txt", "", "graph/a/z.txt", "", ".git/x", "", "graph/.x", ""), load.Options{}, nil)
	got := []string{"graph/z/a.txt", "descriptor/application.properties", "graph/main.graph", "instances/model.instances", "graph/a/z.txt"}
	if !slices.Equal(r.All, got) {
		t.Errorf("got %q, want %q", r.All, got)
	}
}

// MOD-18, DEV-35: recipes.
func TestRecipes(t *testing.T) {
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		o     load.Options
		entry string
		want  []string
	}{
		{"main.graph", folder("graph/a.graph", "b {\n\tinstaller: script;\n}\n", "graph/main.graph", "import a.graph;\n"+vm), load.Options{}, "graph/main.graph", nil},
		{"the only one", folder("graph/b.graph", vm), load.Options{}, "graph/b.graph", nil},
		{"the first one", folder("graph/c.graph", vm, "graph/b.graph", vm), load.Options{}, "graph/b.graph", []string{
			"graph/b.graph:1:1 X_AMBIGUOUS_RECIPE_ENTRY", "graph/c.graph:1:1 PROJ_UNREACHABLE_FILE",
		}},
		{"on request", project(), load.Options{Recipe: true}, "graph/main.graph", []string{"instances/model.instances:1:1 PROJ_UNREACHABLE_FILE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := load.Dir(c.files, c.o, nil)
			if !r.Recipe || r.GraphFile != c.entry || r.App.Descriptor.Name != "generated" {
				t.Errorf("recipe %v, entry %q, name %q", r.Recipe, r.GraphFile, r.App.Descriptor.Name)
			}
			want(t, r, c.want...)
		})
	}
}

// dsl.md 7: imports.
func TestImports(t *testing.T) {
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		read  []string
		want  []string
	}{
		{
			"DSL-71 the root of the language", project("graph/main.graph", "import sub/a.graph;\n", "graph/sub/a.graph", "import sub/b.graph;\n", "graph/sub/b.graph", vm),
			[]string{"graph/main.graph", "graph/sub/a.graph", "graph/sub/b.graph"},
			nil,
		},
		{
			"DSL-73, DEV-38 once, whatever the spelling", project("graph/main.graph", "import main.graph;\nimport x/../a.graph;\nimport ./a.graph;\n", "graph/a.graph", "import main.graph;\n"+vm),
			[]string{"graph/a.graph", "graph/main.graph"},
			nil,
		},
		{"DSL-74 not there", project("graph/main.graph", vm+"import  lost.graph; # here\nimport ../../x.graph;\n"), []string{"graph/main.graph"}, []string{
			"graph/main.graph:4:9 CO_UNREACHABLE_FILE (graph/lost.graph)", "graph/main.graph:5:8 CO_UNREACHABLE_FILE (../x.graph)",
		}},
		{"what a missing file may declare is not missed", project("graph/main.graph", "import lost.graph;\nvm {\n\tinstaller: target;\n\tchildren: app;\n}\n"), []string{"graph/main.graph"}, []string{
			"graph/main.graph:1:8 CO_UNREACHABLE_FILE (graph/lost.graph)",
		}},
		{"DSL-75 another kind", project("graph/main.graph", "import ../instances/a.instances;\n"+vm, "instances/a.instances", "instance of vm {\n\tname: a;\n}\n"), []string{"graph/main.graph", "instances/a.instances"}, []string{
			"instances/a.instances:1:1 CO_NOT_A_GRAPH (instances)",
		}},
		{"DEV-7 a file that only failed to parse", project("graph/main.graph", "import a.graph;\n"+vm, "graph/a.graph", "instance of vm\n"), []string{"graph/a.graph", "graph/main.graph"}, []string{
			"graph/a.graph:1:1 P_O_C_BRACKET_MISSING",
		}},
		{"an import without a file", project("graph/main.graph", "import ;\n"+vm), []string{"graph/main.graph"}, []string{
			"graph/main.graph:1:1 PM_EMPTY_IMPORT_LOCATION",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := load.Dir(c.files, load.Options{}, nil)
			var read []string
			for _, name := range r.Reached {
				if r.Files[name] != nil && name != "instances/model.instances" {
					read = append(read, name)
				}
			}
			if !slices.Equal(read, c.read) {
				t.Errorf("read %q, want %q", read, c.read)
			}
			r.Problems = slices.DeleteFunc(r.Problems, func(p diag.Problem) bool { return p.Code == diag.PEmptyFile || p.Code == diag.ProjUnreachableFile })
			want(t, r, c.want...)
		})
	}
}

// MOD-35 to MOD-37: collisions and references.
func TestNames(t *testing.T) {
	r := load.Dir(project("graph/main.graph", "import b.graph;\n"+vm+"facet both {\n\textends: lost, both;\n}\nboth {\n\textends: losst;\n\tfacets: vm;\n\tchildren: vn, a.b, 1x;\n}\n",
		"graph/b.graph", vm+"facet f {\n}\nfacet f {\n}\n"), load.Options{}, nil)
	r.Problems = slices.DeleteFunc(r.Problems, func(p diag.Problem) bool { return p.Category() != diag.Conversion })
	want(t, r,
		"graph/b.graph:1:1 CO_ALREADY_DEFINED_COMPONENT (vm)",
		"graph/b.graph:4:7 CO_ALREADY_DEFINED_FACET (f)",
		"graph/b.graph:6:7 CO_ALREADY_DEFINED_FACET (f)",
		"graph/main.graph:2:1 CO_ALREADY_DEFINED_COMPONENT (vm)",
		"graph/main.graph:5:7 CO_INEXISTING_FACET (lost)",
		"graph/main.graph:5:7 CO_CONFLICTING_NAME (both)",
		"graph/main.graph:8:1 CO_INEXISTING_CHILD (a.b)",
		"graph/main.graph:8:1 CO_INEXISTING_CHILD (vn)",
		"graph/main.graph:8:1 CO_INEXISTING_COMPONENT (losst)",
		"graph/main.graph:8:1 CO_INEXISTING_FACET (vm)",
		"graph/main.graph:8:1 CO_CONFLICTING_NAME (both)",
	)
	for _, p := range r.Problems {
		if len(p.Related) == 0 {
			t.Errorf("%s: nothing stands beside", short(p))
		}
	}
	child := r.Problems[slices.IndexFunc(r.Problems, func(p diag.Problem) bool { return strings.HasSuffix(short(p), "(vn)") })]
	if at := child.Related[0]; at.Message.String() != "did you mean vm?" || at.Range.Start.Line != 11 || at.Range.Start.Column != 12 {
		t.Errorf("DIA-45: beside vn stands %q at %v", at.Message, at.Range)
	}
	if len(child.Fixes) != 1 || child.Fixes[0].Edits[0].With != "vm" {
		t.Errorf("DIA-47: fixes %v", child.Fixes)
	}
}

// Everything in the descriptor (MOD-22, MOD-24, MOD-130).
func TestDescribe(t *testing.T) {
	p, err := load.ParseProperties("application-name = old\nname = \u00c9t\u00e9\u0301 \nversion: 2\ntags = b, a,,b\nexports = a.b as c\nexports-prefix = P\ndescription = one \\\n   two\n")
	if err != nil {
		t.Fatal(err)
	}
	d := load.Describe(p)
	if d.Name != "Ete" || d.DisplayName != "\u00c9t\u00e9\u0301" || d.Version != "2" || d.Description != "one two" || d.ExportsPrefix != "P" {
		t.Errorf("got %+v", d)
	}
	if !slices.Equal(d.Tags, []string{"a", "b"}) || len(d.Exports) != 1 || d.Exports[0].Alias != "c" {
		t.Errorf("got %+v", d)
	}
}

func paths(r *load.Result) (out []string) {
	for path := range model.Walk(r.App.Instances) {
		out = append(out, path)
	}
	return out
}

// MOD-100, MOD-101, MOD-105: copies.
func TestCount(t *testing.T) {
	r := load.Dir(project("instances/model.instances", "instance of vm {\n\tname: vm ;\n\tcount: 10;\n\tdata.k: v;\n\tinstance-state: problem;\n\tport: 1;\n\tinstance of app {\n\t\tname: a;\n\t\tcount: 2;\n\t\tdata.x: y;\n\t}\n}\n",
		"graph/main.graph", "vm {\n\tinstaller: target;\n\tchildren: app;\n}\napp {\n\tinstaller: script;\n}\n"), load.Options{}, nil)
	got := paths(r)
	if len(got) != 30 || got[0] != "/vm 01" || got[1] != "/vm 01/a1" || got[2] != "/vm 01/a2" || got[29] != "/vm 10/a2" {
		t.Errorf("got %q", got)
	}
	first, second := r.App.Instances[0], r.App.Instances[1]
	if first.Data["k"] != "v" || first.State != "problem" || first.Data["application.name"] != "shop" {
		t.Errorf("the first copy keeps data and state: %v", first)
	}
	if _, kept := second.Data["k"]; kept || second.State != "" || second.Data["application.name"] != "shop" || len(second.Overrides) != 1 {
		t.Errorf("the second copy keeps overrides only: %v", second)
	}
	if a1, a2 := first.Children[0], first.Children[1]; a1.Data["x"] != "y" || a2.Data != nil || second.Children[0].Data != nil {
		t.Errorf("below: %v %v", a1.Data, a2.Data)
	}
	if second.Header != first.Header || second.File != first.File {
		t.Error("DIA-11: a copy stands where its block stands")
	}
}

// MOD-93, MOD-94, MOD-102: paths that exist twice, components that do not exist.
func TestPaths(t *testing.T) {
	block := func(name, more string) string { return "instance of vm {\n\tname: " + name + ";\n" + more + "}\n" }
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"MOD-93", block("a", "\tinstance of vm {\n\t\tname: b;\n\t}\n") + block("a", "\tinstance of vm {\n\t\tname: b;\n\t}\n"), []string{
			"i:1:1 CO_ALREADY_DEFINED_INSTANCE (/a; /a)", "i:3:2 CO_ALREADY_DEFINED_INSTANCE (/a/b; /a/b)",
			"i:7:1 CO_ALREADY_DEFINED_INSTANCE (/a; /a)", "i:9:2 CO_ALREADY_DEFINED_INSTANCE (/a/b; /a/b)",
		}},
		{"MOD-93 same name elsewhere", block("a", "\tinstance of vm {\n\t\tname: a;\n\t}\n"), nil},
		{"MOD-102 index 1, and below", block("vm1", "") + block("vm", "\tcount: 2;\n"), []string{"i:4:1 CO_CONFLICTING_INFERRED_INSTANCE (/vm1)"}},
		{"MOD-102 the copies come first", block("vm", "\tcount: 2;\n") + block("vm2", ""), []string{"i:1:1 CO_CONFLICTING_INFERRED_INSTANCE (/vm2)"}},
		{"MOD-102 below a copy, once", block("vm", "\tcount: 2;\n\tinstance of vm {\n\t\tname: c;\n\t\tcount: 2;\n\t}\n\tinstance of vm {\n\t\tname: c1;\n\t}\n"), []string{
			"i:4:2 CO_CONFLICTING_INFERRED_INSTANCE (/vm1/c1)",
		}},
		{"one path twice, with copies", block("vm", "\tcount: 2;\n") + block("vm", "\tcount: 2;\n"), []string{
			"i:1:1 CO_ALREADY_DEFINED_INSTANCE (/vm; /vm)", "i:5:1 CO_ALREADY_DEFINED_INSTANCE (/vm; /vm)",
		}},
		{"MOD-94 nested too", "instance of vn {\n\tname: a;\n\tinstance of nothing {\n\t\tname: b;\n\t}\n}\n", []string{
			"i:1:13 CO_INEXISTING_COMPONENT (vn)", "i:3:14 CO_INEXISTING_COMPONENT (nothing)",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := load.Dir(project("instances/model.instances", c.text), load.Options{}, nil)
			var got []string
			for _, s := range listed(r) {
				got = append(got, strings.Replace(s, "instances/model.instances", "i", 1))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

// dsl.md 10: the property "channel", where no variable has that name.
func TestLegacyChannel(t *testing.T) {
	text := "instance of vm {\n\tname: a;\n\tchannel: x, y;\n\tinstance of app {\n\t\tname: b;\n\t\tchannel: z;\n\t}\n}\n"
	files := project("instances/model.instances", text, "graph/main.graph", "vm {\n\tinstaller: target;\n\tchildren: app;\n}\napp {\n\tinstaller: script;\n\texports: channel;\n}\n")
	r := load.Dir(files, load.Options{}, nil)
	want(t, r, "instances/model.instances:3:2 X_LEGACY_SYNTAX")
	a := r.App.Instances[0]
	if !slices.Equal(a.Channels, []string{"x", "y"}) || len(a.Overrides) != 0 || len(a.Children[0].Overrides) != 1 {
		t.Errorf("got %v %v %v", a.Channels, a.Overrides, a.Children[0].Overrides)
	}
	o := load.Options{}
	o.Strict = true
	if strict := load.Dir(files, o, nil).App.Instances[0]; len(strict.Overrides) != 1 || len(strict.Channels) != 0 {
		t.Errorf("DSL-91: in strict reading it is an override: %v", strict)
	}
}

// Single files outside a project (DSL-71).
func TestSingleFiles(t *testing.T) {
	files := folder("a.graph", "import sub/b.graph;\n"+vm, "sub/b.graph", "c {\n\tinstaller: script;\n}\n", "a.instances", "instance of vm {\n\tname: x;\n}\n")
	g := load.Graph(files, "a.graph", load.Options{})
	want(t, g)
	if g.App.Graph.Component("c") == nil {
		t.Error("the folder of the file is the root for imports")
	}
	i := load.Instances(files, "a.instances", g.App.Graph, load.Options{})
	want(t, i)
	if len(i.App.Instances) != 1 || i.App.Instances[0].Data != nil {
		t.Errorf("got %v", i.App.Instances)
	}
	want(t, load.Graph(files, "lost.graph", load.Options{}), "CO_UNREACHABLE_FILE (lost.graph)")
}

// MOD-100: however many copies are asked for, the loading does not make millions of them.
func TestCopiesAreBounded(t *testing.T) {
	files := fstest.MapFS{
		"descriptor/application.properties": {Data: []byte("name = a\nversion = 1.0\ngraph-entry-point = main.graph\ninstance-entry-point = model.instances\n")},
		"graph/main.graph":                  {Data: []byte("vm {\n\tinstaller: target;\n\tchildren: app;\n}\napp {\n\tinstaller: script;\n}\n")},
		"instances/model.instances": {Data: []byte("instance of vm {\n\tname: a;\n\tcount: 2000000000;\n\tinstance of app {\n\t\tname: b;\n\t\tcount: 2000000000;\n\t}\n}\n" +
			"instance of vm {\n\tname: c;\n\tcount: 2000000000;\n\tinstance of app {\n\t\tname: b;\n\t\tcount: 2000000000;\n\t}\n\tinstance of app {\n\t\tname: d;\n\t\tcount: 2000000000;\n\t}\n}\n")},
	}
	for limit, options := range map[int]load.Options{load.DefaultMaxInstances: {}, 50: {MaxInstances: 50}} {
		n := 0
		for range model.Walk(load.Dir(files, options, nil).App.Instances) {
			n++
		}
		if n < limit/2 || n > limit+10 {
			t.Errorf("%d instances, at most %d are wanted", n, limit)
		}
	}
}
