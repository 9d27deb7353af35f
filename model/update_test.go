package model_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
)

// world is a set of types that is changed step by step, as an editor does: what does not change keeps its declaration.
type world struct {
	r          *rand.Rand
	components []*model.Component
	facets     []*model.Facet
}

func (w *world) name(kind string) string { return fmt.Sprint(kind, w.r.IntN(9)) }

func (w *world) some(kinds ...string) []model.Ref {
	var list []model.Ref
	for range w.r.IntN(3) {
		n := w.name(kinds[w.r.IntN(len(kinds))])
		if !slices.ContainsFunc(list, func(r model.Ref) bool { return r.Name == n }) {
			list = append(list, model.Ref{Name: n})
		}
	}
	return list
}

func (w *world) exports() []model.Variable {
	return vars([]string{"", "a", "a=1, b=2", "c0.a=3", "f1.b=4, x", "random p"}[w.r.IntN(6)])
}

func (w *world) component() *model.Component {
	c := &model.Component{Name: w.name("c"), Facets: w.some("f"), Children: w.some("c", "f"), Exports: w.exports()}
	if w.r.IntN(2) == 0 {
		c.Extends.Name = w.name("c")
	}
	for range w.r.IntN(3) {
		i := model.Import{Prefix: w.name([]string{"c", "f"}[w.r.IntN(2)]), Name: []string{"a", "b", "*"}[w.r.IntN(3)], Optional: w.r.IntN(2) == 0}
		c.Imports = append(c.Imports, i)
	}
	if w.r.IntN(2) == 0 {
		c.Installer.Name = "script"
	}
	return c
}

func (w *world) facet() *model.Facet {
	return &model.Facet{Name: w.name("f"), Extends: w.some("f"), Children: w.some("c", "f"), Exports: w.exports()}
}

// step changes one type, adds one, takes one away, moves one, or moves all in the text.
func (w *world) step() {
	w.components, w.facets = slices.Clone(w.components), slices.Clone(w.facets)
	switch k := w.r.IntN(9); {
	case k == 0 || len(w.components) == 0:
		w.components = slices.Insert(w.components, w.r.IntN(len(w.components)+1), w.component())
	case k == 1 || len(w.facets) == 0:
		w.facets = slices.Insert(w.facets, w.r.IntN(len(w.facets)+1), w.facet())
	case k == 2:
		w.components = slices.Delete(w.components, 0, 1)
	case k == 3:
		w.facets = slices.Delete(w.facets, 0, 1)
	case k == 4:
		for i, c := range w.components {
			moved := *c
			moved.Base++
			w.components[i] = &moved
		}
	case k == 5:
		i := w.r.IntN(len(w.facets))
		f, other := *w.facets[i], w.facet()
		switch w.r.IntN(4) {
		case 0:
			f.Name = other.Name
		case 1:
			f.Exports = other.Exports
		case 2:
			f.Children = other.Children
		default:
			f.Extends = other.Extends
		}
		w.facets[i] = &f
	default:
		i := w.r.IntN(len(w.components))
		c, other := *w.components[i], w.component()
		switch w.r.IntN(7) {
		case 0:
			c.Name = other.Name
		case 1:
			c.Exports = other.Exports
		case 2:
			c.Imports = other.Imports
		case 3:
			c.Children = other.Children
		case 4:
			c.Facets = other.Facets
		case 5:
			c.Extends = other.Extends
		default:
			c.Installer = other.Installer
		}
		w.components[i] = &c
	}
}

// about says all that a graph knows about a component.
func about(g *model.Graph, c *model.Component) string {
	return fmt.Sprint(names(g.Supers(c)), "|", names(g.Subs(c)), "|", facetNames(g.FacetsOf(c)), "|", names(g.Children(c)), "|", names(g.Ancestors(c)), "|",
		g.Installer(c), "|", shown(g.Exports(c)), "|", g.Imports(c), "|", asked(g, c.Name), "|", asking(g.Unresolved(), c.Name), "|", asking(g.SelfImports(), c.Name))
}

func aboutFacet(g *model.Graph, f *model.Facet) string {
	return fmt.Sprint(names(g.Members(f)), "|", facetNames(g.SuperFacets(f)), "|", shown(g.FacetExports(f)), "|", asked(g, f.Name))
}

func asked(g *model.Graph, prefix string) (out []bool) {
	for _, name := range []string{"a", "b", "x"} {
		out = append(out, g.Imported(prefix, name))
	}
	return out
}

func asking(list []model.Asking, name string) (out []string) {
	for _, a := range list {
		if a.Component.Name == name {
			out = append(out, a.Import.Full())
		}
	}
	return out
}

func whole(g *model.Graph) string {
	var b strings.Builder
	for _, c := range g.Components() {
		fmt.Fprintln(&b, c.Name, c.Base, about(g, c), g.IsRoot(c), g.Rank(c.Name))
	}
	for _, f := range g.Facets() {
		fmt.Fprintln(&b, f.Name, aboutFacet(g, f))
	}
	fmt.Fprintln(&b, names(g.Roots()), len(g.Unknown()), names(g.Unreachable()), names(g.ExtendingThemselves()))
	for _, cycle := range g.ContainmentCycles() {
		fmt.Fprintln(&b, names(cycle))
	}
	for _, d := range g.Deadlocks(nil) {
		fmt.Fprintln(&b, names(d.Members), "|", names(d.Chain), "|", len(d.Waits))
	}
	return b.String()
}

// A graph that was updated is the one that is made anew, whatever was asked of the earlier one; and what is not in the difference is as
// it was.
func TestUpdateIsNew(t *testing.T) {
	for seed := range uint64(60) {
		w := &world{r: rand.New(rand.NewPCG(seed, 3))}
		g := model.NewGraph(nil, nil)
		for step := range 120 {
			w.step()
			if w.r.IntN(3) > 0 {
				whole(g) // all that is computed when it is asked for
			}
			next := g.Update(w.components, w.facets)
			if got, want := whole(next), whole(model.NewGraph(w.components, w.facets)); got != want {
				t.Fatalf("seed %d, step %d: got\n%swant\n%s", seed, step, got, want)
			}
			differences(t, g, next, fmt.Sprintf("seed %d, step %d", seed, step))
			g = next
		}
	}
}

func differences(t *testing.T, g, next *model.Graph, when string) {
	t.Helper()
	d, known := next.Since(g)
	if !known {
		t.Fatalf("%s: the difference is not known", when)
	}
	for _, c := range next.Components() {
		if slices.Contains(d.Components, c) {
			continue
		}
		if old := g.Component(c.Name); old == nil || about(g, old) != about(next, c) {
			t.Fatalf("%s: %s is not in the difference %s", when, c.Name, names(d.Components))
		}
	}
	for _, f := range next.Facets() {
		if slices.Contains(d.Facets, f) {
			continue
		}
		if old := g.Facet(f.Name); old == nil || aboutFacet(g, old) != aboutFacet(next, f) {
			t.Fatalf("%s: %s is not in the difference %s", when, f.Name, facetNames(d.Facets))
		}
	}
}

// Of a graph that it does not come from, none knows the difference.
func TestSinceAnotherGraph(t *testing.T) {
	list := []*model.Component{{Name: "a"}}
	g := model.NewGraph(list, nil)
	later := g.Update(list, nil).Update(list, nil)
	for _, old := range []*model.Graph{nil, g, model.NewGraph(list, nil)} {
		if _, known := later.Since(old); known {
			t.Error("a difference is known")
		}
	}
	if d, known := g.Since(g); !known || len(d.Components) > 0 {
		t.Error("a graph differs from itself")
	}
}

// A letter in the name of one of many types.
func BenchmarkRename(b *testing.B) {
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
	g := model.NewGraph(components, facets)
	other := slices.Clone(components)
	renamed := *components[5005]
	renamed.Name += "x"
	other[5005] = &renamed
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			g = g.Update(other, facets)
		} else {
			g = g.Update(components, facets)
		}
	}
}
