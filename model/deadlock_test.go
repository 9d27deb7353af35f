package model_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
)

// slowly finds deadlocks the way diagnostics.md 4.4 tells them, without any shortcut.
type slowly struct {
	g      *model.Graph
	counts []int32 // nil for one of each
	start  map[*model.Component]bool
}

func (s *slowly) count(c *model.Component) int {
	if s.counts == nil {
		return 1
	}
	return int(s.counts[s.g.Rank(c.Name)])
}

// providers are the components that export a variable with a prefix, other than c itself when it has no other instance.
func (s *slowly) providers(c *model.Component, prefix string) (out []*model.Component) {
	for _, p := range s.g.Components() {
		if s.count(p) == 0 || p == c && s.count(c) < 2 {
			continue
		}
		if slices.ContainsFunc(s.g.Exports(p), func(v model.Variable) bool { return strings.HasPrefix(v.Name, prefix+".") }) {
			out = append(out, p)
		}
	}
	return out
}

func (s *slowly) canStart(c *model.Component) bool {
	starts := func(p *model.Component) bool { return s.start[p] }
	for _, i := range s.g.Imports(c) {
		if !i.Optional && !i.External && !slices.ContainsFunc(s.providers(c, i.Prefix), starts) {
			return false
		}
	}
	return s.g.IsRoot(c) || slices.ContainsFunc(s.g.Ancestors(c), starts)
}

// groups are the members of each deadlock, sorted: circles of containment alone are none, they are told as such.
func (s *slowly) groups() (out []string) {
	s.start = map[*model.Component]bool{}
	for again := true; again; {
		again = false
		for _, c := range s.g.Components() {
			if s.count(c) > 0 && !s.start[c] && s.canStart(c) {
				s.start[c], again = true, true
			}
		}
	}
	stuck := slices.DeleteFunc(slices.Clone(s.g.Components()), func(c *model.Component) bool {
		return s.count(c) == 0 || s.start[c] || slices.ContainsFunc(s.g.Imports(c), func(i model.Import) bool { return !i.External && !s.g.Exported(i) })
	})
	imports, holders := s.edges(stuck)
	reach := closure(len(stuck), func(a, b int) bool { return imports[[2]int{a, b}] || holders[[2]int{a, b}] })
	told := map[string]bool{}
	for a := range stuck {
		var members []string
		waits := false
		for b := range stuck {
			if !reach[a][b] || !reach[b][a] {
				continue
			}
			members = append(members, stuck[b].Name)
			for c := range stuck {
				waits = waits || c != b && imports[[2]int{b, c}] && reach[a][c] && reach[c][a]
			}
		}
		if key := strings.Join(members, " "); len(members) > 1 && waits && !told[key] {
			told[key] = true
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// edges lead from those that are stuck to what they wait for: the providers of each import that nobody who starts answers, and what
// could hold them, when none of that starts.
func (s *slowly) edges(stuck []*model.Component) (imports, holders map[[2]int]bool) {
	imports, holders = map[[2]int]bool{}, map[[2]int]bool{}
	starts := func(p *model.Component) bool { return s.start[p] }
	for a, c := range stuck {
		for _, i := range s.g.Imports(c) {
			answers := s.providers(c, i.Prefix)
			if i.Optional || i.External || slices.ContainsFunc(answers, starts) {
				continue
			}
			for b, p := range stuck {
				if slices.Contains(answers, p) {
					imports[[2]int{a, b}] = true
				}
			}
		}
		if slices.ContainsFunc(s.g.Ancestors(c), starts) {
			continue
		}
		for b, p := range stuck {
			if slices.Contains(s.g.Ancestors(c), p) {
				holders[[2]int{a, b}] = true
			}
		}
	}
	return imports, holders
}

func closure(n int, edge func(a, b int) bool) [][]bool {
	reach := make([][]bool, n)
	for a := range n {
		reach[a] = make([]bool, n)
		for b := range n {
			reach[a][b] = edge(a, b)
		}
	}
	for k := range n {
		for a := range n {
			for b := range n {
				reach[a][b] = reach[a][b] || reach[a][k] && reach[k][b]
			}
		}
	}
	return reach
}

// tangle makes small graphs in which many wait for one another.
func tangle(r *rand.Rand) *model.Graph {
	types := []string{"A", "B", "C", "D", "E", "F", "f", "g"}
	some := func(from []string, most int) (out []model.Ref) {
		for range r.IntN(most + 1) {
			name := from[r.IntN(len(from))]
			if !slices.ContainsFunc(out, func(o model.Ref) bool { return o.Name == name }) {
				out = append(out, model.Ref{Name: name})
			}
		}
		return out
	}
	var components []*model.Component
	var facets []*model.Facet
	for _, name := range types[:2+r.IntN(5)] {
		c := &model.Component{Name: name, Children: some(types, 2), Facets: some(types[6:], 1)}
		if r.IntN(4) == 0 {
			c.Extends = model.Ref{Name: types[r.IntN(6)]}
		}
		if r.IntN(4) > 0 {
			c.Exports = vars("x")
		}
		for range r.IntN(4) {
			i := model.Import{Prefix: types[r.IntN(len(types))], Name: []string{"x", "*", "x", "y"}[r.IntN(4)], Optional: r.IntN(6) == 0, External: r.IntN(9) == 0}
			if !slices.ContainsFunc(c.Imports, func(o model.Import) bool { return o.Full() == i.Full() }) {
				c.Imports = append(c.Imports, i)
			}
		}
		components = append(components, c)
	}
	for _, name := range types[6:] {
		f := &model.Facet{Name: name, Children: some(types, 1), Extends: some(types[6:], 1)}
		if r.IntN(2) == 0 {
			f.Exports = vars("x")
		}
		facets = append(facets, f)
	}
	return model.NewGraph(components, facets)
}

// X_IMPORT_DEADLOCK, MOD-155, MOD-156: the search finds what its definition says, neither more nor less, with instances or without.
func TestDeadlocksAreExact(t *testing.T) {
	found := 0
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 9))
		g := tangle(r)
		var counts []int32
		if r.IntN(2) == 0 {
			counts = make([]int32, g.Len())
			for k := range counts {
				counts[k] = int32(r.IntN(3))
			}
		}
		var got []string
		for _, d := range g.Deadlocks(counts) {
			got = append(got, names(d.Members))
			if d.Chain[0] != d.Chain[len(d.Chain)-1] || d.Chain[0] != d.Members[0] || len(d.Waits) == 0 {
				t.Fatalf("seed %d: chain %s of %s, %d waits", seed, names(d.Chain), names(d.Members), len(d.Waits))
			}
		}
		slices.Sort(got)
		want := (&slowly{g: g, counts: counts}).groups()
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: got %q, want %q\ncounts %v\n%s", seed, got, want, counts, tangled(g))
		}
		found += len(want)
	}
	if found < 1000 {
		t.Errorf("only %d deadlocks: the graphs prove little", found)
	}
}

func tangled(g *model.Graph) string {
	var b strings.Builder
	for _, c := range g.Components() {
		fmt.Fprintln(&b, c.Name, "extends", c.Extends.Name, "facets", c.Facets, "children", c.Children, "exports", shown(c.Exports), "imports", c.Imports)
	}
	for _, f := range g.Facets() {
		fmt.Fprintln(&b, f.Name, "extends", f.Extends, "children", f.Children, "exports", shown(f.Exports))
	}
	return b.String()
}
