package bind_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
)

func component(name, extends, facets, exports, imports string) *model.Component {
	c := &model.Component{Name: name, Extends: model.Ref{Name: extends}}
	for f := range strings.FieldsSeq(facets) {
		c.Facets = append(c.Facets, model.Ref{Name: f})
	}
	for v := range strings.FieldsSeq(exports) {
		c.Exports = append(c.Exports, model.Variable{Name: v})
	}
	for i := range strings.FieldsSeq(imports) {
		full, optional := strings.CutSuffix(i, "?")
		full, external := strings.CutPrefix(full, "@")
		prefix, local := model.SplitName(full)
		c.Imports = append(c.Imports, model.Import{Prefix: prefix, Name: local, Optional: optional, External: external})
	}
	return c
}

func lamp() *model.Graph {
	vm := component("vm", "", "", "", "")
	vm.Installer.Name = "target"
	for _, child := range []string{"db", "web", "front", "cluster"} {
		vm.Children = append(vm.Children, model.Ref{Name: child})
	}
	return model.NewGraph([]*model.Component{
		vm,
		component("db", "", "store", "ip port", ""),
		component("fast-db", "db", "", "", ""),
		component("web", "", "", "ip", "db.ip db.port? store.*? @other.x"),
		component("front", "", "", "", "web.ip"),
		component("cluster", "", "", "id", "cluster.id"),
		component("silent", "", "quiet", "", ""),
	}, []*model.Facet{{Name: "store", Exports: []model.Variable{{Name: "path"}}}, {Name: "quiet"}})
}

func names(list []*model.Component) (out []string) {
	for _, c := range list {
		out = append(out, c.Name)
	}
	return out
}

// MOD-74: a component is each of its super components and facets.
func TestProviders(t *testing.T) {
	g := lamp()
	for prefix, want := range map[string][]string{
		"db": {"db", "fast-db"}, "fast-db": {"fast-db"}, "store": {"db", "fast-db"}, "quiet": nil, "vm": nil, "lost": nil, "fast": nil,
	} {
		if got := names(bind.Providers(g, prefix)); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", prefix, got, want)
		}
	}
	if got := bind.Prefixes(g, g.Component("fast-db")); !slices.Equal(got, []string{"db", "fast-db", "store"}) {
		t.Errorf("prefixes of fast-db: %q", got)
	}
}

// MOD-147: readiness is decided prefix by prefix.
func TestNeeds(t *testing.T) {
	g := lamp()
	want := []bind.Need{{Prefix: "db"}, {Prefix: "store", Optional: true}}
	if got := bind.Needs(g, g.Component("web")); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// MOD-150: names, facets, and what extends them.
func TestDependencies(t *testing.T) {
	var got []string
	for _, d := range bind.Dependencies(lamp()) {
		got = append(got, fmt.Sprintf("%s %s %s %v", d.From.Name, d.To.Name, d.Prefix, d.Optional))
	}
	want := []string{
		"cluster cluster cluster false", "front web web false", "web db db false", "web db store true",
		"web fast-db db false", "web fast-db store true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func app(blocks ...string) *model.Application {
	a := &model.Application{Graph: lamp()}
	for _, b := range blocks {
		words := strings.Fields(b)
		root := &model.Instance{Name: words[0], Component: "vm"}
		for _, w := range words[1:] {
			name, component, _ := strings.Cut(w, ":")
			root.Children = append(root.Children, &model.Instance{Name: name, Component: component})
		}
		a.Instances = append(a.Instances, root)
	}
	return a
}

// MOD-145: an instance never receives its own exports.
func TestLinks(t *testing.T) {
	var got []string
	for _, l := range bind.Links(app("a d:db w:web", "b c1:cluster", "c c2:cluster d:fast-db")) {
		got = append(got, fmt.Sprintf("%s %s %s %v", l.From, l.To, l.Prefix, l.Optional))
	}
	want := []string{
		"/a/w /a/d db false", "/a/w /a/d store true", "/a/w /c/d db false", "/a/w /c/d store true",
		"/b/c1 /c/c2 cluster false", "/c/c2 /b/c1 cluster false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// MOD-147: parents first, then whom somebody published for.
func TestOrder(t *testing.T) {
	waves, never := bind.Order(app("a f:front w:web", "b d:fast-db", "c c1:cluster c2:cluster x:lost", "b d:db"))
	want := [][]string{{"/a", "/b", "/c"}, {"/b/d"}, {"/a/w"}, {"/a/f"}}
	if !reflect.DeepEqual(waves, want) {
		t.Errorf("waves %q, want %q", waves, want)
	}
	if left := []string{"/c/c1", "/c/c2", "/c/x"}; !slices.Equal(never, left) {
		t.Errorf("never %q, want %q", never, left)
	}
	waves, never = bind.Order(&model.Application{Graph: lamp()})
	if waves != nil || never != nil {
		t.Errorf("nothing has no order: %q %q", waves, never)
	}
}

func BenchmarkOrder(b *testing.B) {
	var blocks []string
	for i := range 1000 {
		blocks = append(blocks, fmt.Sprintf("vm%d d:db w:web f:front", i))
	}
	a := app(blocks...)
	b.ReportAllocs()
	for b.Loop() {
		if _, never := bind.Order(a); never != nil {
			b.Fatal(never)
		}
	}
}
