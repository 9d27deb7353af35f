package export

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	svg "github.com/ajstarks/svgo"

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
	d := drawing{SVG: svg.New(&b), p: p, names: map[string]string{}}
	for _, n := range g.Nodes {
		d.names[n.ID] = n.Name
	}
	width, height := p.W*cellW+2*margin, p.H*cellH+2*margin+headline
	d.Start(width, height, fmt.Sprintf(`viewBox="0 0 %d %d"`, width, height), `role="img"`, `aria-labelledby="title desc"`)
	d.tag("title", "title", o.title())
	d.tag("desc", "desc", describe(g, p))
	d.Style("text/css", style)
	d.Rect(0, 0, width, height, `fill="#ffffff"`)
	d.text(margin, margin+14, "headline", o.title())
	d.Gtransform(fmt.Sprintf("translate(%d,%d)", margin, margin+headline))
	d.boxes()
	for i := range p.Wires {
		d.wire(&p.Wires[i])
	}
	d.Gend()
	d.End()
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
	*svg.SVG
	p     *canvas.Picture
	names map[string]string
}

// tag writes an element with an ID that holds only text.
func (d *drawing) tag(name, id, text string) {
	fmt.Fprintf(d.Writer, "<%s id=%q>%s</%s>\n", name, id, xmlText(text), name)
}

// text writes a text; the library writes invalid characters as they are, so they are replaced here.
func (d *drawing) text(x, y int, class, s string) {
	fmt.Fprintf(d.Writer, "<text x=\"%d\" y=\"%d\" class=%q>%s</text>\n", x, y, class, xmlText(s))
}

// boxes draws containers before what they hold, so that the inner ones lie above.
func (d *drawing) boxes() {
	for i := range d.p.Boxes {
		b := &d.p.Boxes[i]
		d.Group(`id="`+boxID(b.ID)+`"`, fmt.Sprintf(`class="box depth%d"`, min(b.Depth, 2)))
		fmt.Fprintf(d.Writer, "<title>%s</title>\n", xmlText(b.ID))
		d.Roundrect(px(b.X), py(b.Y), (b.W-1)*cellW, (b.H-1)*cellH, 5, 5)
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
		d.Gend()
	}
}

// wire draws a net with its arrow heads.
func (d *drawing) wire(w *canvas.Wire) {
	d.Group(`class="wire"`)
	fmt.Fprintf(d.Writer, "<title>%s</title>\n", xmlText(strings.Join(w.Labels, ", ")))
	var solid, dashed strings.Builder
	for _, l := range w.Lines {
		path := &solid
		if l.Dashed {
			path = &dashed
		}
		fmt.Fprintf(path, "M%d %dL%d %d", px(l.X1), py(l.Y1), px(l.X2), py(l.Y2))
	}
	if solid.Len() > 0 {
		d.Path(solid.String())
	}
	if dashed.Len() > 0 {
		d.Path(dashed.String(), `class="dashed"`)
	}
	for _, e := range w.Ends {
		if e.Exports {
			d.head(e)
		}
	}
	d.Gend()
}

// head draws an arrow head whose point lies on the border.
func (d *drawing) head(e canvas.End) {
	x, y := px(e.X), py(e.Y)
	const long, half = 8, 4
	side := e.Side
	if e.Inside {
		side = (side + 2) % 4
	}
	switch side { // where the head comes from
	case canvas.North:
		d.Polygon([]int{x, x - half, x + half}, []int{y, y - long, y - long})
	case canvas.South:
		d.Polygon([]int{x, x - half, x + half}, []int{y, y + long, y + long})
	case canvas.West:
		d.Polygon([]int{x, x - long, x - long}, []int{y, y - half, y + half})
	default:
		d.Polygon([]int{x, x + long, x + long}, []int{y, y - half, y + half})
	}
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
