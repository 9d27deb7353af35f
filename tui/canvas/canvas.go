// Package canvas turns a graph into boxes joined by arrows on a grid of cells.
//
// Boxes stand in boxes for containment; arrows lead from who imports to who exports. Everything here is a function of its
// arguments: the same graph, options and previous picture give the same picture. There is no colour: who paints adds it.
package canvas

import "github.com/roboconf/workbench/tui/cell"

// Graph is what is to be drawn. Anything goes: unknown parents, cycles, repeated names are put right quietly.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// Node is a box.
type Node struct {
	ID      string // unique; of several nodes with one ID the first counts
	Parent  string // ID of the box around it; "" for none
	Name    string
	Kind    string   // what it is one of; shown at Details
	Lines   []string // what it imports and exports; shown at Details
	Summary string   // what it holds, in words; shown at Machines
	Machine bool     // shown at Machines although it stands in another box
	Mark    bool     // room is kept for the glyph of a state
}

// Edge leads from who imports to who exports. Edges with one label are drawn as one net where that says the same.
type Edge struct {
	From, To string // IDs
	Label    string // the prefix that is imported
	Optional bool   // drawn dashed
}

// Zoom is how much is told.
type Zoom uint8

// The zooms, from far to near.
const (
	Machines Zoom = iota // roots and machines, with a summary of what they hold
	Names                // every box with its name
	Details              // kinds, imports and exports as well
)

// Flow is the direction of the arrows.
type Flow uint8

// The flows.
const (
	Auto  Flow = iota // what fits best
	Down              // who imports stands above
	Right             // who imports stands at the left
)

// Options say for which window the picture is made.
type Options struct {
	Width, Height int // of the window, in cells; 80 and 24 when not positive
	Zoom          Zoom
	Flow          Flow
}

// Picture is a laid out graph. It is immutable.
type Picture struct {
	W, H  int
	Flow  Flow
	Zoom  Zoom
	Boxes []Box // containers before what they hold
	Wires []Wire

	byID map[string]int
}

// Box is a node with its place.
type Box struct {
	cell.Rect
	ID       string
	Parent   int // index of the box around it, -1 for none
	Depth    int
	Leaf     bool     // holds no box
	Self     bool     // imports what itself exports
	Texts    []Text   // the first is the name
	Mark     Point    // where the glyph of the state goes; meaningless unless the node has a mark
	HasMark  bool     // there is room for a mark
	Hidden   []string // nodes inside that this zoom does not show
	Dots     Point    // where the marks of hidden nodes go, from here to the right; meaningless unless DotCount is above 0
	DotCount int      // how many of them have room
}

// Point is a cell.
type Point struct{ X, Y int }

// TextKind says what a text is.
type TextKind uint8

// The kinds of text.
const (
	Name TextKind = iota
	Kind
	Detail
)

// Text is a run of text in a box.
type Text struct {
	Point
	Kind TextKind
	Text string
}

// Wire is a net: everybody who imports something with everybody who exports it.
type Wire struct {
	Labels []string // sorted
	Lines  []Line
	Ends   []End // sorted by box
}

// Line is a straight part of a wire, both ends included. It goes right or down.
type Line struct {
	X1, Y1, X2, Y2 int
	Dashed         bool
}

// Side is a side of a box.
type Side uint8

// The sides.
const (
	North Side = iota
	East
	South
	West
)

// End is where a wire meets a box: a cell of its border.
type End struct {
	Point
	Box      int
	Side     Side // of the box
	Inside   bool // the wire comes from within the box
	Imports  bool
	Exports  bool // has an arrow head
	Optional bool // imports, and can do without
}

// Layout makes a picture. prev, when not nil, is an earlier picture of nearly the same graph: what was there keeps its order.
func Layout(g Graph, o Options, prev *Picture) *Picture {
	o = o.normal()
	t := prepare(g, o.Zoom)
	better := fresh
	if follows(prev, o) {
		better = turned
	}
	var best *Picture
	for _, f := range candidates(o, prev) {
		p := draw(t, f, o, prev)
		if best == nil || score(p, o) < score(best, o)*better {
			best = p
		}
	}
	return best
}

// fresh and turned are how much better the second choice of flow has to be, in a new picture and in one that a person looks
// at already: pictures should not turn over for a trifle.
const (
	fresh  = 0.85
	turned = 0.5
)

// follows says whether a picture takes the place of an earlier one.
func follows(prev *Picture, o Options) bool {
	return prev != nil && prev.Zoom == o.Zoom && len(prev.Boxes) > 0
}

func (o Options) normal() Options {
	if o.Width <= 0 {
		o.Width = 80
	}
	if o.Height <= 0 {
		o.Height = 24
	}
	return o
}

// candidates are the flows to try, the preferred one first.
func candidates(o Options, prev *Picture) []Flow {
	if o.Flow == Down || o.Flow == Right {
		return []Flow{o.Flow}
	}
	first := Down
	if o.Width > 3*o.Height {
		first = Right
	}
	if follows(prev, o) {
		first = prev.Flow
	}
	if first == Down {
		return []Flow{Down, Right}
	}
	return []Flow{Right, Down}
}

// score is how badly a picture fits a window: 1 when it can be seen whole. To scroll sideways is worse than downwards.
func score(p *Picture, o Options) float64 {
	s := max(1, float64(p.H)/float64(o.Height))
	if over := float64(p.W) / float64(o.Width); over > 1 {
		s *= over * over
	}
	return s
}

// Find gives the index of a box; ok is false when the picture has none with this ID.
func (p *Picture) Find(id string) (int, bool) {
	if p == nil {
		return 0, false
	}
	i, ok := p.byID[id]
	return i, ok
}
