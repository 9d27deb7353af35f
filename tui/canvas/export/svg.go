package export

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/roboconf/workbench/tui/canvas"
)

// A cell of the picture is so many pixels wide and high; the margin stands around everything.
const (
	cellW, cellH = 8, 18
	margin       = 12
	headline     = 28
)

// style is the look of the document: light, with contrasts that can be read and printed.
const style = `
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2933; white-space: pre; }
.headline { font: bold 15px system-ui, "DejaVu Sans", sans-serif; }
.box rect { fill: #ffffff; stroke: #52606d; stroke-width: 1.2; }
.depth0 > rect { fill: #f3f6f9; }
.depth1 > rect { fill: #ffffff; }
.depth2 > rect { fill: #f8fafc; }
.depth0 > .name { font-weight: bold; }
.title { stroke: #ffffff; stroke-width: 10px; stroke-linejoin: round; paint-order: stroke; }
.kind { fill: #0b6e63; }
.detail { fill: #52606d; }
.wire path { fill: none; stroke: #2b6cb0; stroke-width: 1.4; }
.wire .dashed { stroke-dasharray: 5 4; }
.wire polygon { fill: #2b6cb0; }
.wire:hover path { stroke-width: 3; }
.self { fill: #2b6cb0; }
`

// SVG writes the picture as an image with a light background. IDs are made from those of the graph, so that a change of the
// graph is a small change of the document.
func SVG(w io.Writer, g canvas.Graph, o Options) error {
	g.Nodes = slices.Clone(g.Nodes)
	p := layout(g, o)
	var b bytes.Buffer
	d := drawing{out: &b, p: p, names: map[string]string{}}
	for _, n := range g.Nodes {
		d.names[n.ID] = n.Name
	}
	width, height := p.W*cellW+2*margin, p.H*cellH+2*margin+headline
	d.put("<?xml version=\"1.0\"?>\n<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %[1]d %[2]d\" xmlns=\"http://www.w3.org/2000/svg\""+
		" role=\"img\" aria-labelledby=\"title desc\">\n", width, height)
	d.tag("title", "title", o.title())
	d.tag("desc", "desc", describe(g, p))
	d.put("<style>%s</style>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", style, width, height)
	d.text(margin, margin+14, "headline", o.title())
	d.put("<g transform=\"translate(%d,%d)\">\n", margin, margin+headline)
	d.boxes()
	for i := range p.Wires {
		d.wire(&p.Wires[i])
	}
	d.put("</g>\n</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

// describe tells the picture to those who do not see it.
func describe(g canvas.Graph, p *canvas.Picture) string {
	edges := 0
	for _, e := range g.Edges {
		if e.From != e.To {
			edges++
		}
	}
	text := fmt.Sprintf("%d boxes, %d imports. ", len(p.Boxes), edges)
	const most = 40
	for i, e := range g.Edges {
		if i == most {
			return text + "And more."
		}
		text += e.From + " needs " + e.To + ". "
	}
	return strings.TrimSpace(text)
}

type drawing struct {
	out   *bytes.Buffer
	p     *canvas.Picture
	names map[string]string
}

// put writes markup. Texts of people go through xmlText before.
func (d *drawing) put(format string, args ...any) { fmt.Fprintf(d.out, format, args...) }

// tag writes an element with an ID that holds only text.
func (d *drawing) tag(name, id, text string) {
	d.put("<%s id=%q>%s</%s>\n", name, id, xmlText(text), name)
}

// text writes a text.
func (d *drawing) text(x, y int, class, s string) {
	d.put("<text x=\"%d\" y=\"%d\" class=%q>%s</text>\n", x, y, class, xmlText(s))
}

// boxes draws containers before what they hold, so that the inner ones lie above.
func (d *drawing) boxes() {
	for i := range d.p.Boxes {
		b := &d.p.Boxes[i]
		d.put("<g id=%q class=\"box depth%d\">\n", boxID(b.ID), min(b.Depth, 2))
		d.put("<title>%s</title>\n", xmlText(b.ID))
		d.put("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\"/>\n", px(b.X), py(b.Y), (b.W-1)*cellW, (b.H-1)*cellH)
		for _, t := range b.Texts {
			class := map[canvas.TextKind]string{canvas.Name: "name", canvas.Kind: "kind", canvas.Detail: "detail"}[t.Kind]
			if t.Y == b.Y {
				class += " title" // stands on the border of a container
			}
			d.text(t.X*cellW, t.Y*cellH+13, class, t.Text)
		}
		if at, ok := b.SelfAt(); ok {
			d.text(at.X*cellW, at.Y*cellH+13, "self", canvas.Unicode().Self)
		}
		d.put("</g>\n")
	}
}

// wire draws a net with its arrow heads.
func (d *drawing) wire(w *canvas.Wire) {
	d.put("<g class=\"wire\">\n")
	d.put("<title>%s</title>\n", xmlText(strings.Join(w.Labels, ", ")))
	var solid, dashed strings.Builder
	for _, l := range w.Lines {
		path := &solid
		if l.Dashed {
			path = &dashed
		}
		fmt.Fprintf(path, "M%d %dL%d %d", px(l.X1), py(l.Y1), px(l.X2), py(l.Y2))
	}
	if solid.Len() > 0 {
		d.put("<path d=%q/>\n", solid.String())
	}
	if dashed.Len() > 0 {
		d.put("<path class=\"dashed\" d=%q/>\n", dashed.String())
	}
	for _, e := range w.Ends {
		if e.Exports {
			d.head(e)
		}
	}
	d.put("</g>\n")
}

// head draws an arrow head whose point lies on the border.
func (d *drawing) head(e canvas.End) {
	x, y := px(e.X), py(e.Y)
	const long, half = 8, 4
	side := e.Side
	if e.Inside {
		side = (side + 2) % 4
	}
	dx, dy := 0, 0 // from the point to the middle of the other side
	switch side {  // where the head comes from
	case canvas.North:
		dy = -long
	case canvas.South:
		dy = long
	case canvas.West:
		dx = -long
	default:
		dx = long
	}
	ox, oy := dy*half/long, dx*half/long
	d.put("<polygon points=\"%d,%d %d,%d %d,%d\"/>\n", x, y, x+dx-ox, y+dy-oy, x+dx+ox, y+dy+oy)
}

// px and py are the middle of a cell.
func px(x int) int { return x*cellW + cellW/2 }
func py(y int) int { return y*cellH + cellH/2 }

// boxID makes an XML name from the ID of a box; different ones stay different.
func boxID(id string) string {
	var b strings.Builder
	b.WriteString("box-")
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-':
			b.WriteByte(c)
		case c == '/':
			b.WriteByte('.')
		default:
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	return b.String()
}

// xmlText writes text between tags. Characters that XML does not know are replaced.
func xmlText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\t' || r >= ' ' && r <= 0xd7ff && r != 0xfffd || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, "?"))
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
