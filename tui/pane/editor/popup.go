package editor

import (
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/theme"
)

// kindRoles are the looks of what names designate.
var kindRoles = map[ask.Kind]theme.Role{
	ask.KindKeyword: theme.SynKeyword, ask.KindProperty: theme.SynProperty, ask.KindComponent: theme.SynType, ask.KindFacet: theme.SynType,
	ask.KindVariable: theme.SynVariable, ask.KindInstance: theme.SynName, ask.KindValue: theme.SynValue, ask.KindCommand: theme.SynName,
	ask.KindRule: theme.SynName, ask.KindEvent: theme.SynName, ask.KindFile: theme.SynString, ask.KindFolder: theme.SynString,
	ask.KindTarget: theme.SynName, ask.KindApplication: theme.SynName, ask.KindSection: theme.SynName,
}

// The measures of the list and of what stands beside it, in cells.
const (
	listRows = 8
	leastRow = 20 // as wide as a row is at least, where there is room
	mostRow  = 46
	leastDoc = 28
	mostDoc  = 60
	docRows  = 8
)

// widthOf is how wide the rows of a list are; of a long list the best ones count.
func widthOf(items []ask.Item) int {
	w := leastRow
	for _, it := range items[:min(len(items), 200)] {
		n := cell.Width(it.Label) + 3
		if it.Detail != "" {
			n += cell.Width(it.Detail) + 2
		}
		w = max(w, n)
	}
	return min(w, mostRow)
}

// drawCompletion paints the list below the line of the cursor, or above it where there is more room, with what is known of the
// chosen item beside it. The line stays in sight.
func (p *Pane) drawCompletion(f *frame) {
	c := &p.complete
	c.box, c.doc = cell.Rect{}, cell.Rect{}
	w, h := f.g.Size()
	area := cell.Rect{X: p.shape.text.X, Y: p.shape.text.Y, W: w - p.shape.text.X, H: h - p.shape.text.Y}
	if !c.open() || area.W < 16 || area.H < 3 {
		return
	}
	s, head := f.t.buf.Text(), f.t.buf.Cursor().Head
	line := s.LineOf(head)
	y := line - f.t.top + area.Y
	if y < area.Y || y >= area.Y+area.H {
		return
	}
	start := c.shown[c.list.At].Replace.Start
	x := area.X + max(0, columnAt(s.Line(line), max(0, start-s.LineStart(line)))-f.t.left)
	below, above := area.Y+area.H-y-1, y-area.Y
	width, rows := min(c.width, area.W), min(len(c.shown), listRows)
	c.box = cell.Rect{X: max(area.X, min(x-1, area.X+area.W-width)), Y: y + 1, W: width, H: min(rows, below)}
	if rows > below && above > below {
		c.box.H = min(rows, above)
		c.box.Y = y - c.box.H
	}
	p.drawItems(f)
	p.drawDoc(f, area, y)
}

func (p *Pane) drawItems(f *frame) {
	c := &p.complete
	g, box := f.g.Sub(c.box), c.box
	base := f.Theme.On(f.style(theme.Text), theme.CursorLine)
	g.Fill(g.Bounds(), " ", base)
	from, to := c.list.Fit(box.H)
	for i := from; i < to; i++ {
		on := theme.CursorLine
		if i == c.list.At {
			if on = theme.Selection; !c.chosen {
				on = theme.SelectionFaint // Tab takes it, Enter does not
			}
			g.Fill(cell.Rect{X: 0, Y: i - from, W: box.W, H: 1}, " ", f.Theme.On(f.style(theme.Text), on))
			g.Put(0, i-from, f.Theme.Glyphs().Closed, f.Theme.On(f.style(theme.Text), on)) // also where there are no colours
		}
		drawItem(f, g, c.shown[i], i-from, on)
	}
	c.list.Bar(g, f.Theme)
}

func drawItem(f *frame, g *cell.Grid, it ask.Item, y int, on theme.Role) {
	role, known := kindRoles[it.Kind]
	if !known {
		role = theme.Text
	}
	w, _ := g.Size()
	end := f.Theme.Glyphs().Ellipsis
	x := g.Put(1, y, cell.Cut(it.Label, w-3, end), f.Theme.On(f.style(role), on))
	if room := w - x - 3; room > 4 && it.Detail != "" {
		detail := cell.Cut(it.Detail, room, end)
		g.Put(w-2-cell.Width(detail), y, detail, f.Theme.On(f.style(theme.Muted), on))
	}
}

// drawDoc paints what is known of the chosen item: at the right of the list, at its left, or on its far side from the line,
// wherever there is room first.
func (p *Pane) drawDoc(f *frame, area cell.Rect, line int) {
	c := &p.complete
	doc := plainText(c.shown[c.list.At].Doc)
	if doc == "" {
		return
	}
	box, above := c.box, c.box.Y < line
	right, left := area.X+area.W-box.X-box.W, box.X-area.X
	r := cell.Rect{X: box.X + box.W, Y: box.Y, W: min(mostDoc, right)}
	rows := area.Y + area.H - r.Y
	if above {
		rows = line - r.Y
	}
	switch {
	case right >= leastDoc:
	case left >= leastDoc:
		r.W = min(mostDoc, left)
		r.X = box.X - r.W
	default:
		r.W = min(mostDoc, area.W)
		r.X = max(area.X, min(box.X, area.X+area.W-r.W))
		r.Y = box.Y + box.H
		rows -= box.H
		if above {
			rows = box.Y - area.Y
		}
	}
	lines := cell.Wrap(doc, max(1, r.W-2))
	r.H = max(0, min(len(lines), docRows, rows))
	if above && r.Y > box.Y {
		r.Y = box.Y - r.H
	}
	c.doc = r
	g := f.g.Sub(r)
	style := f.Theme.On(f.style(theme.Muted), theme.SelectionFaint)
	style.Underline = f.style(theme.Muted).Underline
	g.Fill(g.Bounds(), " ", style)
	for i, l := range lines[:r.H] {
		g.Put(1, i, l, style)
		switch r.X { // a line between the two, also where there are no colours
		case box.X + box.W:
			g.Put(0, i, f.Theme.Glyphs().V, style)
		case box.X - r.W:
			g.Put(r.W-1, i, f.Theme.Glyphs().V, style)
		}
	}
}

// plainText is Markdown without its marks, for a few lines beside a list.
func plainText(markdown string) string {
	return strings.TrimSpace(strings.NewReplacer("**", "", "`", "", "\n\n", "\n", "```", "").Replace(markdown))
}
