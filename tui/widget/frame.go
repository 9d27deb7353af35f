package widget

import (
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/theme"
)

// Tab is a title on the head of a slot, and after drawing the columns it takes.
type Tab struct {
	Title    string
	Active   bool
	From, To int
}

// Head draws the line above a pane: its titles set in a rule, heavy when it has the focus, and a note at the right.
func Head(g *cell.Grid, t *theme.Theme, tabs []Tab, note string, focused bool) {
	w, _ := g.Size()
	rule, line, active := t.Glyphs().H, t.Style(theme.Border), t.Style(theme.Strong)
	if focused {
		rule, line, active = t.Glyphs().HeavyH, t.Style(theme.BorderFocused), t.Style(theme.TitleFocused)
	}
	g.Fill(cell.Rect{W: w, H: 1}, rule, line)
	x := 1
	for i := range tabs {
		if i > 0 && x < w-1 {
			g.Put(x, 0, t.Glyphs().V, t.Style(theme.Border))
			x++
		}
		s := t.Style(theme.Title)
		if tabs[i].Active {
			s = active
		}
		tabs[i].From = x
		x = g.Put(x, 0, " "+cell.Cut(tabs[i].Title, max(0, w-x-3), t.Glyphs().Ellipsis)+" ", s)
		tabs[i].To = x
	}
	if at := w - cell.Width(note) - 3; note != "" && at > x {
		g.Put(at, 0, " "+note+" ", t.Style(theme.Muted))
	}
}

// Box draws a frame with a title around a grid and gives the inside, blank.
func Box(g *cell.Grid, t *theme.Theme, title string) *cell.Grid {
	w, h := g.Size()
	s, c := t.Style(theme.BorderFocused), t.Glyphs()
	g.Clear()
	g.Fill(cell.Rect{W: w, H: 1}, c.H, s)
	g.Fill(cell.Rect{Y: h - 1, W: w, H: 1}, c.H, s)
	g.Fill(cell.Rect{H: h, W: 1}, c.V, s)
	g.Fill(cell.Rect{X: w - 1, H: h, W: 1}, c.V, s)
	g.Put(0, 0, c.TL, s)
	g.Put(w-1, 0, c.TR, s)
	g.Put(0, h-1, c.BL, s)
	g.Put(w-1, h-1, c.BR, s)
	if title != "" {
		g.Put(2, 0, " "+cell.Cut(title, w-6, c.Ellipsis)+" ", t.Style(theme.TitleFocused))
	}
	return g.Sub(g.Bounds().Inset(1))
}

// Empty draws what a pane says when it has nothing to show: the reason, and one key.
func Empty(g *cell.Grid, t *theme.Theme, reason, cure string) {
	w, h := g.Size()
	y := max(0, h/3-1)
	for _, part := range []struct {
		text string
		role theme.Role
	}{{reason, theme.Muted}, {cure, theme.Link}} {
		for _, line := range cell.Wrap(part.text, max(w-2, 1)) {
			g.Put(max(1, (w-cell.Width(line))/2), y, line, t.Style(part.role))
			y++
		}
	}
}
