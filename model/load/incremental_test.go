package load_test

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
)

// equal compares what two pointers lead to; no list and an empty one are the same to slices.EqualFunc.
func equal[T any](a, b *T) bool { return reflect.DeepEqual(a, b) }

// sameResult compares what two loadings of one text gave.
func sameResult(t *testing.T, got, want *load.Result) {
	t.Helper()
	if g, w := listed(got), listed(want); !slices.Equal(g, w) {
		t.Fatalf("problems\n%q\nwant\n%q", g, w)
	}
	if !slices.EqualFunc(got.App.Graph.Components(), want.App.Graph.Components(), equal) || !slices.EqualFunc(got.App.Graph.Facets(), want.App.Graph.Facets(), equal) {
		t.Fatal("the types differ")
	}
	if !reflect.DeepEqual(got.App.Instances, want.App.Instances) || !reflect.DeepEqual(got.App.Descriptor, want.App.Descriptor) {
		t.Fatal("the instances or the descriptors differ")
	}
	g, w := got.App.Graph, want.App.Graph
	for _, c := range w.Components() {
		if !reflect.DeepEqual(g.Exports(c), w.Exports(c)) || !reflect.DeepEqual(g.Imports(c), w.Imports(c)) || g.Installer(c) != w.Installer(c) ||
			!reflect.DeepEqual(g.Children(c), w.Children(c)) || !reflect.DeepEqual(g.Ancestors(c), w.Ancestors(c)) || !reflect.DeepEqual(g.FacetsOf(c), w.FacetsOf(c)) {
			t.Fatalf("%s differs", c.Name)
		}
	}
	for _, f := range w.Facets() {
		if !reflect.DeepEqual(g.FacetExports(f), w.FacetExports(f)) || !reflect.DeepEqual(g.Members(f), w.Members(f)) {
			t.Fatalf("facet %s differs", f.Name)
		}
	}
	if !reflect.DeepEqual(g.Roots(), w.Roots()) || !reflect.DeepEqual(g.Unknown(), w.Unknown()) ||
		!reflect.DeepEqual(g.ContainmentCycles(), w.ContainmentCycles()) || !reflect.DeepEqual(g.Unresolved(), w.Unresolved()) || !reflect.DeepEqual(g.SelfImports(), w.SelfImports()) {
		t.Fatal("roots, cycles or answers differ")
	}
}

// Loading over an earlier result gives what loading from nothing gives, whatever the edit.
func FuzzIncremental(f *testing.F) {
	for seed, graph := range []string{
		gen.Graph(12),
		"facet f {\n\texports: a = 1;\n\tchildren: c;\n}\nc {\n\tinstaller: target;\n\tfacets: f;\n\timports: c.a, d.*;\n}\nd {\n\textends: c;\n\texports: a = 2;\n}\n",
		gen.Mess(3, 40),
	} {
		f.Add(graph, gen.Instances(12, 9), uint16(seed*17), uint8(3), "x")
		f.Add(graph, gen.Mess(5, 30), uint16(seed*91), uint8(0), ";\n}\n")
		f.Add(graph, "", uint16(40), uint8(9), "")
		f.Add(graph, "", uint16(70), uint8(1), "#")
	}
	f.Fuzz(func(t *testing.T, graph, instances string, at uint16, cut uint8, with string) {
		if len(graph) > 20_000 || len(instances) > 20_000 {
			t.Skip("too long to be worth it")
		}
		edit := func(text string) string {
			start := min(int(at), len(text))
			end := min(start+int(cut), len(text))
			return text[:start] + with + text[end:]
		}
		before := project("graph/main.graph", graph, "instances/model.instances", instances)
		first := load.Dir(before, load.Options{}, nil)
		for _, after := range []fs.FS{
			project("graph/main.graph", edit(graph), "instances/model.instances", instances),
			project("graph/main.graph", graph, "instances/model.instances", edit(instances)),
			project("graph/main.graph", edit(graph), "graph/b.graph", graph, "instances/model.instances", edit(instances)),
		} {
			second := load.Dir(after, load.Options{}, first)
			sameResult(t, second, load.Dir(after, load.Options{}, nil))
			sameResult(t, load.Dir(before, load.Options{}, second), first)
		}
	})
}

// A keystroke in a comment keeps every declaration before it by identity.
func TestKeepsWhatDidNotChange(t *testing.T) {
	text := gen.Graph(20)
	first := load.Dir(project("graph/main.graph", text), load.Options{}, nil)
	second := load.Dir(project("graph/main.graph", text+"# more\n"), load.Options{}, first)
	for i, c := range second.App.Graph.Components() {
		if c != first.App.Graph.Components()[i] {
			t.Fatalf("%s was made again", c.Name)
		}
	}
	if third := load.Dir(project("graph/main.graph", text), load.Options{Options: strict}, second); third.App.Graph.Components()[0] == first.App.Graph.Components()[0] {
		t.Error("another reading cannot keep anything")
	}
}

var strict = func() (o load.Options) { o.Strict = true; return o }().Options

// The graph that Update gives is the one that NewGraph gives, when values, variables, names and references change.
func TestUpdateIsNewGraph(t *testing.T) {
	text := gen.Graph(40)
	prev := load.Dir(project("graph/main.graph", text), load.Options{}, nil)
	for _, change := range [][2]string{
		{"path = /srv/3;", "path = /srv/33;"},
		{"path = /srv/3;", "road = /srv/3;"},
		{"exports: zone", "exports: region"},
		{"zone = \"north, 1\"", "zone = x"},
		{"installer: script", "installer: puppet"},
		{"Software7 {", "Soft7 {"},
		{"extends: Software7;", "extends: Software6;"},
		{"(optional)", ""},
		{"size = medium", "size"},
	} {
		next := project("graph/main.graph", strings.Replace(text, change[0], change[1], 1))
		sameResult(t, load.Dir(next, load.Options{}, prev), load.Dir(next, load.Options{}, nil))
	}
	if g := prev.App.Graph; g.Update(g.Components()[:3], nil).Component(g.Components()[5].Name) != nil {
		t.Error("fewer components make another graph")
	}
	var none *model.Component
	if prev.App.Graph.IsRoot(none) {
		t.Error("nothing is no root")
	}
}
