package canvas

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/tui/cell"
)

func TestOddGraphs(t *testing.T) {
	deep := Graph{}
	for i := range 120 {
		deep.Nodes = append(deep.Nodes, Node{ID: fmt.Sprint(i), Parent: fmt.Sprint(i - 1), Name: "d"})
		deep.Edges = append(deep.Edges, Edge{From: fmt.Sprint(i), To: fmt.Sprint((i * 7) % 120), Label: "P"})
	}
	dense := Graph{}
	for i := range 20 {
		dense.Nodes = append(dense.Nodes, Node{ID: fmt.Sprint(i), Name: fmt.Sprint(i)})
		for k := range 20 {
			dense.Edges = append(dense.Edges, Edge{From: fmt.Sprint(i), To: fmt.Sprint(k), Label: "all"})
		}
	}
	for name, g := range map[string]Graph{
		"nothing":          {},
		"an edge of none":  {Edges: []Edge{{From: "a", To: "b"}}},
		"its own parent":   {Nodes: []Node{{ID: "a", Parent: "a"}}},
		"parents in rings": {Nodes: []Node{{ID: "a", Parent: "b"}, {ID: "b", Parent: "c"}, {ID: "c", Parent: "a"}, {ID: "d", Parent: "a"}}},
		"twice the same":   {Nodes: []Node{{ID: "a", Name: "one"}, {ID: "a", Name: "two"}, {ID: "b", Parent: "a"}}},
		"no names":         {Nodes: []Node{{}, {ID: "b"}}, Edges: []Edge{{From: "", To: "b"}}},
		"child and parent": {Nodes: []Node{{ID: "a"}, {ID: "b", Parent: "a"}}, Edges: []Edge{{From: "a", To: "b", Label: "x"}, {From: "b", To: "a", Label: "y"}}},
		"deep":             deep,
		"dense":            dense,
		"wide characters":  {Nodes: []Node{{ID: "a", Name: strings.Repeat("日", 40), Lines: []string{strings.Repeat("本", 400)}}}},
	} {
		for z := Machines; z <= Details; z++ {
			for _, o := range []Options{{Zoom: z}, {Width: 1, Height: 1, Zoom: z}, {Width: 500, Height: 3, Zoom: z}} {
				p := Layout(g, o, nil)
				if err := broken(p, unique(g)); err != nil {
					t.Errorf("%s, %+v: %v", name, o, err)
				}
				Layout(g, o, p)
			}
		}
	}
}

// unique leaves out what a picture puts right: edges of unknown nodes.
func unique(g Graph) Graph {
	ids := map[string]bool{}
	for _, n := range g.Nodes {
		ids[n.ID] = true
	}
	out := Graph{Nodes: g.Nodes}
	for _, e := range g.Edges {
		if ids[e.From] && ids[e.To] {
			out.Edges = append(out.Edges, e)
		}
	}
	return out
}

// Who imports stands before who exports, in both flows.
func TestImportersStandFirst(t *testing.T) {
	g := Graph{
		Nodes: []Node{{ID: "db"}, {ID: "app"}, {ID: "lb"}, {ID: "probe"}},
		Edges: []Edge{{From: "lb", To: "app", Label: "App"}, {From: "app", To: "db", Label: "DB"}, {From: "probe", To: "db", Label: "DB"}},
	}
	for _, f := range []Flow{Down, Right} {
		p := Layout(g, Options{Width: 80, Height: 24, Flow: f, Zoom: Names}, nil)
		at := func(id string) int {
			i, _ := p.Find(id)
			if f == Down {
				return p.Boxes[i].Y
			}
			return p.Boxes[i].X
		}
		if at("lb") >= at("app") || at("app") >= at("db") || at("probe") != at("app") {
			t.Errorf("flow %d:\n%s", f, p.Text(Unicode()))
		}
	}
}

// A prefix that several import from several is one net; without a label each exporter has its own.
func TestNets(t *testing.T) {
	g := Graph{Nodes: []Node{{ID: "a"}, {ID: "b"}, {ID: "x"}, {ID: "y"}}}
	for _, f := range []string{"a", "b"} {
		for _, to := range []string{"x", "y"} {
			g.Edges = append(g.Edges, Edge{From: f, To: to, Label: "P"})
		}
	}
	count := func() int { return len(Layout(g, Options{Zoom: Names}, nil).Wires) }
	if n := count(); n != 1 {
		t.Errorf("%d wires for one prefix", n)
	}
	g.Edges = g.Edges[:3]
	if n := count(); n != 2 {
		t.Errorf("%d wires although b does not import from y", n)
	}
	g.Edges = append(g.Edges, Edge{From: "a", To: "x", Label: "Q"}, Edge{From: "b", To: "x", Label: "Q"})
	if n := count(); n != 2 {
		t.Errorf("%d wires although Q joins the same boxes as P", n)
	}
}

// Members of a cluster import from each other: each end has a head, and is told apart.
func TestPeers(t *testing.T) {
	g := Graph{Nodes: []Node{{ID: "a", Name: "a"}, {ID: "b", Name: "b"}}, Edges: []Edge{{From: "a", To: "b", Label: "N", Optional: true}, {From: "b", To: "a", Label: "N", Optional: true}}}
	p := Layout(g, Options{Zoom: Names, Flow: Down}, nil)
	if len(p.Wires) != 1 || len(p.Wires[0].Ends) != 2 {
		t.Fatalf("wires: %+v", p.Wires)
	}
	for _, e := range p.Wires[0].Ends {
		if !e.Imports || !e.Exports || !e.Optional {
			t.Errorf("end: %+v", e)
		}
	}
}

func TestOptionalImportsAreDashed(t *testing.T) {
	g := Graph{Nodes: []Node{{ID: "a", Name: "a"}, {ID: "b", Name: "b"}}, Edges: []Edge{{From: "a", To: "b", Label: "N", Optional: true}}}
	text := Layout(g, Options{Zoom: Names, Flow: Down}, nil).Text(Unicode())
	if !strings.Contains(text, "┆") {
		t.Errorf("no dashed line:\n%s", text)
	}
}

// When a graph changes a little, those that were there keep their order and their flow.
func TestSmallChangesMoveLittle(t *testing.T) {
	for _, w := range []int{45, 100, 160} {
		g := shop(6)
		o := Options{Width: w, Height: 40, Zoom: Names}
		before := Layout(g, o, nil)
		bigger := shop(7)
		after := Layout(bigger, o, before)
		if after.Flow != before.Flow {
			t.Errorf("%d columns: the flow turned", w)
		}
		for i := range before.Boxes {
			for j := range i {
				a, b := &before.Boxes[i], &before.Boxes[j]
				if a.Parent != b.Parent {
					continue
				}
				ka, _ := after.Find(a.ID)
				kb, _ := after.Find(b.ID)
				if was, is := sooner(before.Flow, a.Rect, b.Rect), sooner(before.Flow, after.Boxes[ka].Rect, after.Boxes[kb].Rect); was != is {
					t.Errorf("%d columns: %s and %s changed places\n%s\n%s", w, a.ID, b.ID, before.Text(Unicode()), after.Text(Unicode()))
				}
			}
		}
		if again := Layout(g, o, before); again.Text(Unicode()) != before.Text(Unicode()) {
			t.Errorf("%d columns: the same graph again looks otherwise\n%s\n%s", w, before.Text(Unicode()), again.Text(Unicode()))
		}
	}
}

// sooner says whether one box stands before another in the order of rows, which are columns when the flow goes right.
func sooner(f Flow, a, b cell.Rect) bool {
	if f == Right {
		return a.X < b.X || a.X == b.X && a.Y < b.Y
	}
	return a.Y < b.Y || a.Y == b.Y && a.X < b.X
}

func TestNextGoesAndComesBack(t *testing.T) {
	p := Layout(shop(2), Options{Width: 80, Height: 20, Zoom: Names}, nil)
	at := func(id string) int { i, _ := p.Find(id); return i }
	for _, tt := range []struct {
		from string
		side Side
		to   string
	}{
		{"/front", South, "/front/balancer"},
		{"/front/balancer", North, "/front"},
		{"/app1", South, "/app1/tomcat"},
		{"/app1/tomcat", South, "/app1/tomcat/book"},
		{"/back", West, "/app2"},
		{"/app2/tomcat/book", East, "/back/mysql"},
	} {
		if got := p.Next(at(tt.from), tt.side); got != at(tt.to) {
			t.Errorf("from %s to side %d: %d, want %s", tt.from, tt.side, got, tt.to)
		}
	}
	if p.Next(at("/back"), East) != -1 || p.Next(-1, East) != -1 {
		t.Error("there is nothing at the right of the last box")
	}
}

func TestKeepAndAround(t *testing.T) {
	g := shop(2)
	ids := func(g Graph) string {
		var out []string
		for _, n := range g.Nodes {
			out = append(out, n.ID)
		}
		return strings.Join(out, " ")
	}
	if got, want := ids(g.Keep(func(n Node) bool { return n.Kind == "MySQL" })), "/back /back/mysql"; got != want {
		t.Errorf("kept %s, want %s", got, want)
	}
	if got, want := ids(g.Around("/front")), "/front /front/balancer /app1 /app1/tomcat /app2 /app2/tomcat"; got != want {
		t.Errorf("around /front: %s, want %s", got, want)
	}
	if got := ids(g.Around("/nobody")); got != ids(g) {
		t.Errorf("around nobody: %s", got)
	}
}

// Any graph at all gives a picture in which nothing lies on something else.
func FuzzLayout(f *testing.F) {
	f.Add([]byte("abcdefgh"), []byte("abbccdda"), uint8(80), uint8(24))
	f.Add([]byte{1, 1, 1, 2, 3, 0, 9}, []byte{0, 1, 1, 0, 2, 2, 3, 6, 5, 4}, uint8(1), uint8(1))
	f.Add([]byte("aAbBcC"), []byte{}, uint8(255), uint8(2))
	f.Fuzz(func(t *testing.T, parents, edges []byte, w, h uint8) {
		if len(parents) > 60 || len(edges) > 200 {
			return
		}
		var g Graph
		for i, p := range parents {
			g.Nodes = append(g.Nodes, Node{
				ID: string(rune('a' + i)), Parent: string(rune('a' + int(p)%(len(parents)+3))), Machine: p%3 == 0,
				Name: strings.Repeat("x", int(p)%20), Mark: p%2 == 0, Kind: "K", Lines: []string{"one", "two"}[:int(p)%3],
			})
		}
		for i := 0; i+1 < len(edges) && len(parents) > 0; i += 2 {
			g.Edges = append(g.Edges, Edge{
				From: string(rune('a' + int(edges[i])%len(parents))), To: string(rune('a' + int(edges[i+1])%len(parents))),
				Label: string("PQR"[edges[i]%3]), Optional: edges[i+1]%5 == 0,
			})
		}
		for z := Machines; z <= Details; z++ {
			p := Layout(g, Options{Width: int(w), Height: int(h), Zoom: z}, nil)
			if err := broken(p, g); err != nil {
				t.Errorf("zoom %d: %v\n%s", z, err, p.Text(Unicode()))
			}
			Layout(g, Options{Width: int(h), Height: int(w), Zoom: z}, p)
		}
	})
}
