package export

import (
	"fmt"
	"io"
	"strings"

	"github.com/roboconf/workbench/tui/canvas"
)

// DOT writes a graph for Graphviz. A box that holds others is a cluster with an invisible point that its edges are tied to.
func DOT(w io.Writer, g canvas.Graph, o Options) error {
	g, holds := shown(g, o.Zoom)
	d := dot{g: g, o: o, holds: holds}
	fmt.Fprintf(&d.b, "digraph %s {\n", quote(o.title()))
	d.b.WriteString("\tcompound=true; rankdir=LR; bgcolor=white;\n")
	d.b.WriteString("\tnode [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"Helvetica\", fontsize=11];\n")
	d.b.WriteString("\tedge [color=\"#44546a\", fontname=\"Helvetica\", fontsize=9, arrowsize=0.7];\n")
	d.nodes("", 1)
	for _, e := range g.Edges {
		d.edge(e)
	}
	d.b.WriteString("}\n")
	_, err := io.WriteString(w, d.b.String())
	return err
}

type dot struct {
	b     strings.Builder
	g     canvas.Graph
	o     Options
	holds map[string]bool
}

func (d *dot) nodes(parent string, depth int) {
	indent := strings.Repeat("\t", depth)
	for _, n := range d.g.Nodes {
		if n.Parent != parent {
			continue
		}
		label := lines(caption(n, d.o.Zoom))
		if !d.holds[n.ID] {
			fmt.Fprintf(&d.b, "%s%s [label=%s];\n", indent, quote(n.ID), label)
			continue
		}
		fmt.Fprintf(&d.b, "%ssubgraph %s {\n", indent, quote("cluster "+n.ID))
		fmt.Fprintf(&d.b, "%s\tlabel=%s; labeljust=l; style=rounded; fontname=\"Helvetica\"; fontsize=11;\n", indent, label)
		fmt.Fprintf(&d.b, "%s\t%s [shape=point, style=invis, label=\"\"];\n", indent, quote(n.ID))
		d.nodes(n.ID, depth+1)
		fmt.Fprintf(&d.b, "%s}\n", indent)
	}
}

func (d *dot) edge(e canvas.Edge) {
	var attrs []string
	if e.Label != "" {
		attrs = append(attrs, "label="+quote(e.Label))
	}
	if e.Optional {
		attrs = append(attrs, "style=dashed")
	}
	if d.holds[e.From] && !d.inside(e.To, e.From) {
		attrs = append(attrs, "ltail="+quote("cluster "+e.From))
	}
	if d.holds[e.To] && !d.inside(e.From, e.To) {
		attrs = append(attrs, "lhead="+quote("cluster "+e.To))
	}
	fmt.Fprintf(&d.b, "\t%s -> %s", quote(e.From), quote(e.To))
	if len(attrs) > 0 {
		fmt.Fprintf(&d.b, " [%s]", strings.Join(attrs, ", "))
	}
	d.b.WriteString(";\n")
}

// inside says whether a box stands in another one; Graphviz cannot cut an edge at a cluster that holds both its ends.
func (d *dot) inside(id, outer string) bool { return within(d.g, id, outer) }

func within(g canvas.Graph, id, outer string) bool {
	parent := map[string]string{}
	for _, n := range g.Nodes {
		parent[n.ID] = n.Parent
	}
	for ; id != ""; id = parent[id] {
		if id == outer {
			return true
		}
	}
	return false
}

// quote writes a string of DOT: of all characters only the quotation mark and the backslash have a meaning there.
func quote(s string) string { return `"` + escape(s) + `"` }

func escape(s string) string {
	s = strings.ToValidUTF8(s, "?")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}

// lines writes a label: the first line in the middle when it is alone, else everything at the left.
func lines(list []string) string {
	if len(list) == 1 {
		return quote(list[0])
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, l := range list {
		b.WriteString(escape(l) + `\l`)
	}
	b.WriteByte('"')
	return b.String()
}
