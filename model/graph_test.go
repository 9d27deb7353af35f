package model_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
)

func refs(names string) (out []model.Ref) {
	for n := range strings.FieldsSeq(names) {
		out = append(out, model.Ref{Name: n})
	}
	return out
}

// vars reads "a, b=1, c=": the last one has an empty value, the first none.
func vars(list string) (out []model.Variable) {
	for v := range strings.SplitSeq(list, ",") {
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		name, value, set := strings.Cut(v, "=")
		x := model.Variable{Name: strings.TrimPrefix(name, "random "), Random: strings.HasPrefix(name, "random ")}
		if set {
			x.Value = model.Text(value)
		}
		out = append(out, x)
	}
	return out
}

func shown(list []model.Variable) string {
	var out []string
	for _, v := range list {
		s := v.Name
		if v.Random {
			s = "random " + s
		}
		if v.Value.Set {
			s += "=" + v.Value.Text
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func names(list []*model.Component) string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

func facetNames(list []*model.Facet) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Name)
	}
	return strings.Join(out, " ")
}

// MOD-72, MOD-73: the table of the specification, and MOD-75.
func TestExports(t *testing.T) {
	my := &model.Component{Name: "My", Exports: vars("ip, port=3306")}
	f := &model.Facet{Name: "F", Exports: vars("a=1, b=2")}
	g := &model.Facet{Name: "G", Extends: refs("F"), Exports: vars("a=5, F.b=6")}
	k := &model.Facet{Name: "K", Exports: vars("a=7")}
	for _, c := range []struct{ name, extends, facets, exports, want string }{
		{"My", "", "", "ip, port=3306", "My.ip, My.port=3306"},
		{"Sub", "My", "", "own=x", "My.ip, My.port=3306, Sub.ip, Sub.own=x, Sub.port=3306"},
		{"Sub", "My", "", "port=1", "My.ip, My.port=1, Sub.ip, Sub.port=1"},
		{"Sub", "My", "", "My.port=1", "My.ip, My.port=1, Sub.ip, Sub.port=1"},
		{"Sub", "My", "", "Sub.port=1", "My.ip, My.port=3306, Sub.ip, Sub.port=1"},
		{"Sub", "My", "", "My.port=1, Sub.port=2", "My.ip, My.port=1, Sub.ip, Sub.port=2"},
		{"C", "", "G", "b=9", "C.a=5, C.b=9, F.a=1, F.b=9, G.a=5"},
		{"C", "", "K G", "", "C.a=7, C.b=6, F.a=1, F.b=6, G.a=5, K.a=7"},
		{"C", "", "G K", "", "C.a=5, C.b=6, F.a=1, F.b=6, G.a=5, K.a=7"},
		{"C", "", "K G", "F.a=3", "C.a=3, C.b=6, F.a=3, F.b=6, G.a=5, K.a=7"},
		{"C", "My", "K", "port", "C.a=7, C.ip, C.port, K.a=7, My.ip, My.port"},
		{"A", "", "", "x, A.y, Other.z, a.b.c", "A.Other.z, A.a.b.c, A.x, A.y"},
		{"A", "", "", "x=1, x=2, A.x=3", "A.x=3"},
		{"R", "", "", "random p, ip", "R.ip, random R.p"},
	} {
		types := []*model.Component{{Name: c.name, Extends: model.Ref{Name: c.extends}, Facets: refs(c.facets), Exports: vars(c.exports)}}
		if c.name != "My" {
			types = append(types, my)
		}
		graph := model.NewGraph(types, []*model.Facet{k, g, f})
		if got := shown(graph.Exports(graph.Component(c.name))); got != c.want {
			t.Errorf("%s extends %q, facets %q, exports %q:\n got %s\nwant %s", c.name, c.extends, c.facets, c.exports, got, c.want)
		}
	}
}

// MOD-71, MOD-60.
func TestFacetExports(t *testing.T) {
	g := model.NewGraph(nil, []*model.Facet{
		{Name: "F", Exports: vars("a=1, b=2")},
		{Name: "G", Extends: refs("F"), Exports: vars("a=5, F.b=6")},
		{Name: "X", Extends: refs("Y"), Exports: vars("x=1")},
		{Name: "Y", Extends: refs("X"), Exports: vars("y=1")},
		{Name: "Z", Extends: refs("X"), Exports: vars("z=1")},
		{Name: "M", Extends: refs("N G F"), Exports: vars("m")},
		{Name: "N", Extends: refs("F"), Exports: vars("F.a=8")},
	})
	for name, want := range map[string]string{
		"F": "F.a=1, F.b=2", "G": "F.a=1, F.b=6, G.a=5", "X": "", "Y": "", "Z": "Z.z=1", "M": "F.a=8, F.b=2, G.a=5, M.m",
	} {
		if got := shown(g.FacetExports(g.Facet(name))); got != want {
			t.Errorf("%s exports %q, want %q", name, got, want)
		}
	}
}

// MOD-120: a random variable that is declared again with a value keeps its nature.
func TestRandomVariablesAreInherited(t *testing.T) {
	g := model.NewGraph([]*model.Component{
		{Name: "a", Exports: vars("random p")},
		{Name: "b", Extends: model.Ref{Name: "a"}},
		{Name: "c", Extends: model.Ref{Name: "a"}, Exports: vars("p=80")},
	}, nil)
	if got := shown(g.Exports(g.Component("b"))); got != "random a.p, random b.p" {
		t.Errorf("got %s", got)
	}
	if got := shown(g.Exports(g.Component("c"))); got != "random a.p=80, c.p=80" {
		t.Errorf("got %s", got)
	}
}

// The example of spec/model.md 6.2, MOD-40 to MOD-44, MOD-50, MOD-52.
func TestContainment(t *testing.T) {
	g := model.NewGraph([]*model.Component{
		{Name: "R", Installer: model.Ref{Name: "Target"}, Children: refs("hosted unknown")},
		{Name: "B", Extends: model.Ref{Name: "A"}},
		{Name: "A", Installer: model.Ref{Name: "script"}, Facets: refs("hosted")},
		{Name: "S", Extends: model.Ref{Name: "R"}, Children: refs("B")},
	}, []*model.Facet{{Name: "hosted"}})
	of := g.Component
	for what, pair := range map[string][2]string{
		"children of R":  {names(g.Children(of("R"))), "A B"},
		"children of S":  {names(g.Children(of("S"))), "A B"},
		"ancestors of B": {names(g.Ancestors(of("B"))), "R S"},
		"roots":          {names(g.Roots()), "R S"},
		"subs of A":      {names(g.Subs(of("A"))), "B"},
		"supers of B":    {names(g.Supers(of("B"))), "B A"},
		"facets of B":    {facetNames(g.FacetsOf(of("B"))), "hosted"},
		"members":        {names(g.Members(g.Facet("hosted"))), "A B"},
		"installer of B": {g.Installer(of("B")), "script"},
		"installer of S": {g.Installer(of("S")), "Target"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
		}
	}
	if !g.MayContain(of("S"), of("A")) || g.MayContain(of("A"), of("S")) || !g.IsMachine(of("S")) || g.IsMachine(of("A")) {
		t.Error("S holds A, and is a machine")
	}
	if !g.Extends(of("B"), of("A")) || g.Extends(of("A"), of("B")) || !g.IsRoot(of("R")) || g.IsRoot(of("A")) {
		t.Error("B extends A; R is a root")
	}
	if g.Component("X") != nil || g.Facet("X") != nil || g.Exports(nil) != nil || g.Children(nil) != nil || g.FacetExports(nil) != nil || g.Installer(nil) != "" {
		t.Error("nothing is known of nothing")
	}
}

// MOD-36, MOD-37: the first declaration counts; a child is a component if there is one.
func TestNames(t *testing.T) {
	first, second := &model.Component{Name: "a", Children: refs("both lost")}, &model.Component{Name: "a"}
	both := &model.Component{Name: "both", Extends: model.Ref{Name: "gone"}, Facets: refs("nowhere")}
	member := &model.Component{Name: "m", Facets: refs("both")}
	g := model.NewGraph([]*model.Component{first, second, both, member}, []*model.Facet{{Name: "both", Extends: refs("away"), Children: refs("far")}, {Name: "both"}})
	if g.Component("a") != first || len(g.Components()) != 3 || len(g.Facets()) != 1 {
		t.Error("the first declaration counts")
	}
	if got := names(g.Children(first)); got != "both" {
		t.Errorf("children %q", got)
	}
	var got []string
	for _, u := range g.Unknown() {
		got = append(got, fmt.Sprintf("%s %s %d", u.Owner, u.Ref.Name, u.Wanted))
	}
	slices.Sort(got)
	want := []string{"a lost 0", "both away 2", "both far 0", "both gone 1", "both nowhere 2"}
	if !slices.Equal(got, want) {
		t.Errorf("unknown: %q, want %q", got, want)
	}
}

// MOD-76.
func TestImportsAreInherited(t *testing.T) {
	g := model.NewGraph([]*model.Component{
		{Name: "a", Imports: []model.Import{{Prefix: "x", Name: "ip"}, {Prefix: "y", Name: "*", Optional: true}}},
		{Name: "b", Extends: model.Ref{Name: "a"}, Imports: []model.Import{{Prefix: "y", Name: "*"}, {Prefix: "z", Name: "ip", External: true}}},
	}, nil)
	want := []model.Import{{Prefix: "x", Name: "ip"}, {Prefix: "y", Name: "*"}, {Prefix: "z", Name: "ip", External: true}}
	if got := g.Imports(g.Component("b")); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// naive computes what the graph says with the words of the specification (6.1, 6.2), without any thrift.
type naive struct{ g *model.Graph }

func (n naive) supers(c *model.Component) (out []*model.Component) {
	for c != nil && !slices.Contains(out, c) {
		out = append(out, c)
		c = n.g.Component(c.Extends.Name)
	}
	return out
}

func (n naive) facets(c *model.Component) map[*model.Facet]bool {
	out := map[*model.Facet]bool{}
	var add func(list []model.Ref)
	add = func(list []model.Ref) {
		for _, r := range list {
			if f := n.g.Facet(r.Name); f != nil && !out[f] {
				out[f] = true
				add(f.Extends)
			}
		}
	}
	for _, s := range n.supers(c) {
		add(s.Facets)
	}
	return out
}

func (n naive) stands(c *model.Component, listed []model.Ref) bool {
	for _, r := range listed {
		if k := n.g.Component(r.Name); k != nil {
			if slices.Contains(n.supers(c), k) {
				return true
			}
		} else if f := n.g.Facet(r.Name); f != nil && n.facets(c)[f] {
			return true
		}
	}
	return false
}

func (n naive) holds(parent, child *model.Component) bool {
	for _, s := range n.supers(parent) {
		if n.stands(child, s.Children) {
			return true
		}
	}
	for f := range n.facets(parent) {
		if n.stands(child, f.Children) {
			return true
		}
	}
	return false
}

// random makes a small graph full of accidents: cycles, unknown names, names of both kinds.
func random(r *rand.Rand) *model.Graph {
	pick := func(n int) []model.Ref {
		var out []model.Ref
		for range r.IntN(n) {
			out = append(out, model.Ref{Name: string(rune('a' + r.IntN(12)))})
		}
		return out
	}
	var components []*model.Component
	var facets []*model.Facet
	for range r.IntN(9) {
		c := &model.Component{Name: string(rune('a' + r.IntN(7))), Facets: pick(3), Children: pick(3), Exports: vars("ip, p=1")}
		if r.IntN(2) == 0 {
			c.Extends = model.Ref{Name: string(rune('a' + r.IntN(8)))}
		}
		components = append(components, c)
	}
	for range r.IntN(6) {
		facets = append(facets, &model.Facet{Name: string(rune('f' + r.IntN(6))), Extends: pick(2), Children: pick(3), Exports: vars("q=2")})
	}
	return model.NewGraph(components, facets)
}

// MOD-40, MOD-41, MOD-60, MOD-61: thousands of graphs against the plain reading of the specification.
func TestGraphsAgainstTheSpecification(t *testing.T) {
	for seed := range uint64(3000) {
		g := random(rand.New(rand.NewPCG(seed, 7)))
		n := naive{g}
		for _, a := range g.Components() {
			var children, ancestors []*model.Component
			for _, b := range g.Components() {
				if n.holds(a, b) {
					children = append(children, b)
				}
				if n.holds(b, a) {
					ancestors = append(ancestors, b)
				}
			}
			byName := func(x, y *model.Component) int { return strings.Compare(x.Name, y.Name) }
			slices.SortFunc(children, byName)
			slices.SortFunc(ancestors, byName)
			if names(g.Children(a)) != names(children) || names(g.Ancestors(a)) != names(ancestors) {
				t.Fatalf("replay with seed %d: %s holds %q, want %q; stands on %q, want %q", seed, a.Name,
					names(g.Children(a)), names(children), names(g.Ancestors(a)), names(ancestors))
			}
			if !reflect.DeepEqual(g.Supers(a), n.supers(a)) || len(g.FacetsOf(a)) != len(n.facets(a)) {
				t.Fatalf("replay with seed %d: supers or facets of %s", seed, a.Name)
			}
		}
		checkCycles(t, seed, g)
	}
}

// checkCycles wants a cycle for exactly the components that lead back to themselves, each step a child of the one before.
func checkCycles(t *testing.T, seed uint64, g *model.Graph) {
	t.Helper()
	cycles := g.ContainmentCycles()
	at := 0
	for _, c := range slices.SortedFunc(slices.Values(g.Components()), func(x, y *model.Component) int { return strings.Compare(x.Name, y.Name) }) {
		reached := map[*model.Component]bool{}
		todo := g.Children(c)
		for len(todo) > 0 {
			k := todo[0]
			todo = todo[1:]
			if !reached[k] {
				reached[k] = true
				todo = append(todo, g.Children(k)...)
			}
		}
		if !reached[c] {
			continue
		}
		if at == len(cycles) || cycles[at][0] != c || cycles[at][len(cycles[at])-1] != c {
			t.Fatalf("replay with seed %d: no cycle through %s", seed, c.Name)
		}
		for k, step := range cycles[at][1:] {
			if !g.MayContain(cycles[at][k], step) {
				t.Fatalf("replay with seed %d: %s cannot hold %s", seed, cycles[at][k].Name, step.Name)
			}
		}
		at++
	}
	if at != len(cycles) {
		t.Fatalf("replay with seed %d: %d cycles too many", seed, len(cycles)-at)
	}
}

// MOD-140, MOD-142.
func TestAnswers(t *testing.T) {
	imp := func(full string) model.Import {
		prefix, name := model.SplitName(full)
		return model.Import{Prefix: prefix, Name: name}
	}
	exports := vars("a-b.x, a.x, a.y.z, ab.x")
	for full, want := range map[string]bool{
		"a.x": true, "a.*": true, "a.y.z": true, "a.y": false, "a.y.*": false, "a-b.*": true, "ab.*": true, "a-.*": false, "b.*": false, "a.": false, "A.x": false, "zz.*": false,
	} {
		if got := model.Answered(exports, imp(full)); got != want {
			t.Errorf("%s: %v", full, got)
		}
	}
}

func BenchmarkNewGraph(b *testing.B) {
	var components []*model.Component
	var facets []*model.Facet
	for i := range 10_000 {
		if i%10 == 0 {
			facets = append(facets, &model.Facet{Name: fmt.Sprint("f", i/10), Exports: vars("zone=a")})
			components = append(components, &model.Component{Name: fmt.Sprint("m", i), Children: refs(fmt.Sprint("f", i/10))})
			continue
		}
		components = append(components, &model.Component{Name: fmt.Sprint("c", i), Facets: refs(fmt.Sprint("f", i/10)), Exports: vars("ip, port=1")})
	}
	b.ReportAllocs()
	for b.Loop() {
		model.NewGraph(components, facets)
	}
}
