// Package export writes a graph as a document.
package export

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/roboconf/workbench/tui/canvas"
)

// Options of a document.
type Options struct {
	Title string
	Zoom  canvas.Zoom
	Width int  // of the picture, in characters; 100 when not positive. DOT and Mermaid find their own layout
	ASCII bool // text only: nothing but ASCII
}

// Writer writes a document.
type Writer func(w io.Writer, g canvas.Graph, o Options) error

// Formats are the names of the formats, in the order in which they are told.
func Formats() []string { return []string{"svg", "dot", "mermaid", "text"} }

// Find gives the writer of a format; the error names those that exist.
func Find(format string) (Writer, error) {
	writers := map[string]Writer{"svg": SVG, "dot": DOT, "mermaid": Mermaid, "text": Text}
	if w := writers[format]; w != nil {
		return w, nil
	}
	return nil, fmt.Errorf("no format is called %q: there are %s", format, strings.Join(Formats(), ", "))
}

// layout makes the picture of a document: as wide as wanted, as high as needed.
func layout(g canvas.Graph, o Options) *canvas.Picture {
	width := o.Width
	if width <= 0 {
		width = 100
	}
	for i := range g.Nodes {
		g.Nodes[i].Mark = false // a document has no states
	}
	return canvas.Layout(g, canvas.Options{Width: width, Height: max(width*2/5, 10), Zoom: o.Zoom}, nil)
}

// Text writes the picture that the terminal shows.
func Text(w io.Writer, g canvas.Graph, o Options) error {
	set := canvas.Unicode()
	if o.ASCII {
		set = canvas.ASCII()
	}
	g.Nodes = slices.Clone(g.Nodes)
	text := layout(g, o).Text(set)
	if o.ASCII {
		text = strings.Map(func(r rune) rune {
			if r >= 0x80 {
				return '?'
			}
			return r
		}, text)
	}
	_, err := io.WriteString(w, text)
	return err
}

// title is what a document is called.
func (o Options) title() string {
	if o.Title == "" {
		return "Topology"
	}
	return o.Title
}

// shown is the graph as a zoom shows it, for formats that lay out themselves: inner boxes go, their edges move outwards.
func shown(g canvas.Graph, z canvas.Zoom) (canvas.Graph, map[string]bool) {
	p := canvas.Layout(g, canvas.Options{Zoom: z}, nil)
	instead := map[string]string{}
	holds := map[string]bool{}
	for _, b := range p.Boxes {
		instead[b.ID] = b.ID
		for _, id := range b.Hidden {
			instead[id] = b.ID
		}
		if b.Parent >= 0 {
			holds[p.Boxes[b.Parent].ID] = true
		}
	}
	out := canvas.Graph{}
	done := map[string]bool{}
	for _, n := range g.Nodes {
		i, ok := p.Find(n.ID)
		if !ok || done[n.ID] {
			continue
		}
		done[n.ID] = true
		n.Parent = ""
		if up := p.Boxes[i].Parent; up >= 0 {
			n.Parent = p.Boxes[up].ID
		}
		out.Nodes = append(out.Nodes, n)
	}
	seen := map[canvas.Edge]bool{}
	for _, e := range g.Edges {
		inner := e.From != e.To
		e.From, e.To = instead[e.From], instead[e.To]
		if e.From == "" || e.To == "" || inner && e.From == e.To || seen[e] {
			continue
		}
		seen[e] = true
		out.Edges = append(out.Edges, e)
	}
	return out, holds
}

// caption is what stands in a box, line by line.
func caption(n canvas.Node, z canvas.Zoom) []string {
	lines := []string{n.Name}
	switch {
	case z == canvas.Machines && n.Summary != "":
		lines = append(lines, n.Summary)
	case z == canvas.Details:
		if n.Kind != "" {
			lines[0] += " : " + n.Kind
		}
		lines = append(lines, n.Lines...)
	}
	return lines
}
