package canvas

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/roboconf/workbench/tui/cell"
)

// estate is a large application: machines with three to six boxes each, joined by prefixes.
func estate(nodes int) Graph {
	rnd := rand.New(rand.NewPCG(7, 7))
	var g Graph
	var soft []string
	for i := 0; len(g.Nodes) < nodes; i++ {
		vm := fmt.Sprintf("/vm%d", i)
		g.Nodes = append(g.Nodes, Node{ID: vm, Name: vm[1:], Mark: true, Machine: true})
		for k := range 2 + rnd.IntN(4) {
			id := fmt.Sprintf("%s/s%d", vm, k)
			g.Nodes = append(g.Nodes, Node{ID: id, Parent: vm, Name: fmt.Sprintf("server-%d", k), Mark: true})
			soft = append(soft, id)
		}
	}
	for p := range nodes / 10 { // each prefix is exported by a few and imported by some
		for range 1 + rnd.IntN(2) {
			to := soft[rnd.IntN(len(soft))]
			for range 2 + rnd.IntN(6) {
				g.Edges = append(g.Edges, Edge{soft[rnd.IntN(len(soft))], to, fmt.Sprintf("P%d", p), false})
			}
		}
	}
	return g
}

func BenchmarkLayout(b *testing.B) {
	for _, n := range []int{200, 500} {
		g := estate(n)
		for _, z := range []Zoom{Names, Machines} {
			b.Run(fmt.Sprintf("%d-nodes-zoom-%d", n, z), func(b *testing.B) {
				for b.Loop() {
					Layout(g, Options{Width: 160, Height: 45, Zoom: z}, nil)
				}
			})
		}
	}
}

// BenchmarkPan paints another part of a large picture.
func BenchmarkPan(b *testing.B) {
	p := Layout(estate(500), Options{Width: 160, Height: 45, Zoom: Names}, nil)
	n, x := 0, 0
	for b.Loop() {
		x = (x + 3) % max(1, p.W-160)
		p.Cells(cell.Rect{X: x, Y: p.H / 3, W: 160, H: 45}, func(Cell) { n++ })
	}
	if n == 0 {
		b.Fatal("nothing was painted")
	}
}
