package canvas

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/roboconf/workbench/tui/cell"
)

// random makes a graph out of a source of chance: boxes up to three deep, edges by prefix and single ones.
func random(rnd *rand.Rand, nodes, prefixes int) Graph {
	var g Graph
	depth := map[string]int{"": 0}
	for i := range nodes {
		parent := ""
		if i > 0 && rnd.IntN(4) > 0 {
			parent = g.Nodes[rnd.IntN(i)].ID
		}
		if depth[parent] > 2 {
			parent = ""
		}
		id := fmt.Sprintf("n%d", i)
		depth[id] = depth[parent] + 1
		g.Nodes = append(g.Nodes, Node{ID: id, Parent: parent, Name: strings.Repeat("n", 1+rnd.IntN(9)) + id, Kind: "Kind", Mark: i%2 == 0, Machine: parent == "", Lines: []string{"gives x"}[:rnd.IntN(2)], Summary: "1 inside"})
	}
	any := func() string { return g.Nodes[rnd.IntN(nodes)].ID }
	for p := range prefixes {
		var from, to []string
		for range 1 + rnd.IntN(3) {
			from, to = append(from, any()), append(to, any())
		}
		for _, f := range from {
			for _, t := range to {
				g.Edges = append(g.Edges, Edge{f, t, fmt.Sprintf("P%d", p), rnd.IntN(5) == 0})
			}
		}
	}
	return g
}

// broken looks for what no picture may show.
func broken(p *Picture, g Graph) error {
	for i := range p.Boxes {
		b := &p.Boxes[i]
		if b.X < 0 || b.Y < 0 || b.X+b.W > p.W || b.Y+b.H > p.H || b.W < 3 || b.H < 3 {
			return fmt.Errorf("%s: %v does not fit in %dx%d", b.ID, b.Rect, p.W, p.H)
		}
		if b.Parent >= 0 {
			if in := p.Boxes[b.Parent].Inset(1); in.Intersect(b.Rect) != b.Rect {
				return fmt.Errorf("%s %v reaches out of %s %v", b.ID, b.Rect, p.Boxes[b.Parent].ID, in)
			}
		}
		for j := range i {
			if o := &p.Boxes[j]; o.Parent == b.Parent && !o.Intersect(b.Rect).Empty() {
				return fmt.Errorf("%s and %s overlap", b.ID, o.ID)
			}
		}
		for _, t := range b.Texts {
			if t.X <= b.X || t.X+cell.Width(t.Text) >= b.X+b.W || t.Y < b.Y || t.Y >= b.Y+b.H-1 {
				return fmt.Errorf("%s %v: text %q at %v", b.ID, b.Rect, t.Text, t.Point)
			}
		}
	}
	if err := lost(p, g); err != nil {
		return err
	}
	return overlaid(p)
}

// lost finds an edge that cannot be followed along its wire.
func lost(p *Picture, g Graph) error {
	if p.Zoom == Machines {
		return nil
	}
	for _, e := range g.Edges {
		if e.From == e.To {
			continue
		}
		if _, ok := p.Path(e.From, e.To); !ok {
			return fmt.Errorf("nothing leads from %s to %s", e.From, e.To)
		}
	}
	return nil
}

// overlaid finds lines that run over boxes, texts or other lines.
func overlaid(p *Picture) error {
	type key struct {
		Point
		flat bool
	}
	used := map[key]int{}
	leaf := map[Point]string{}
	for _, b := range p.Boxes {
		if b.Leaf {
			for x := b.X + 1; x < b.X+b.W-1; x++ {
				for y := b.Y + 1; y < b.Y+b.H-1; y++ {
					leaf[Point{x, y}] = b.ID
				}
			}
		}
		for _, t := range b.Texts {
			for x := range cell.Width(t.Text) {
				leaf[Point{t.X + x, t.Y}] = b.ID
			}
		}
	}
	for i, w := range p.Wires {
		for _, l := range w.Lines {
			for x := l.X1; x <= l.X2; x++ {
				for y := l.Y1; y <= l.Y2; y++ {
					at := Point{x, y}
					if id := leaf[at]; id != "" {
						return fmt.Errorf("wire %v runs over %s at %v", w.Labels, id, at)
					}
					k := key{at, l.Y1 == l.Y2}
					if o, again := used[k]; again && o != i+1 {
						return fmt.Errorf("wires %v and %v run over each other at %v", w.Labels, p.Wires[o-1].Labels, at)
					}
					used[k] = i + 1
				}
			}
		}
	}
	return nil
}

func TestLawsOnRandomGraphs(t *testing.T) {
	bad := 0
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		n := 2 + rnd.IntN(30)
		g := random(rnd, n, rnd.IntN(n))
		for _, f := range []Flow{Down, Right} {
			for z := Machines; z <= Details; z++ {
				o := Options{Width: 30 + rnd.IntN(130), Height: 10 + rnd.IntN(40), Flow: f, Zoom: z}
				p := Layout(g, o, nil)
				if err := broken(p, g); err != nil {
					bad++
					if bad < 4 {
						t.Errorf("seed %d, %+v: %v\n%s", seed, o, err, p.Text(Unicode()))
					}
				}
				if again := Layout(g, o, nil); !reflect.DeepEqual(p, again) {
					t.Fatalf("seed %d: two layouts of one graph differ", seed)
				}
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d of 360 pictures are broken", bad)
	}
}
