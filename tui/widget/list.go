// Package widget holds the small parts that panes share.
package widget

import (
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/theme"
)

// List is where a person is in a list of rows: the row chosen, the rows in sight. The zero value is the top.
type List struct {
	At     int // the row chosen
	Top    int // the first row in sight
	Len    int // how many rows there are
	height int // rows in sight at the last Fit
}

// Resize takes a new number of rows, and keeps the choice among them.
func (l *List) Resize(n int) {
	l.Len = n
	l.At = max(0, min(l.At, n-1))
	l.Top = max(0, min(l.Top, n-1))
}

// Move changes the choice by n rows; it stops at the ends.
func (l *List) Move(n int) { l.At = max(0, min(l.At+n, l.Len-1)) }

// Select chooses a row.
func (l *List) Select(row int) { l.At = max(0, min(row, l.Len-1)) }

// Scroll moves the rows in sight by n and takes the choice along as little as possible.
func (l *List) Scroll(n int) {
	l.Top = max(0, min(l.Top+n, l.Len-l.height))
	l.At = max(l.Top, min(l.At, l.Top+max(l.height, 1)-1))
	l.Move(0)
}

// Fit brings the choice in sight of a height, and gives the rows to draw: [from, to).
func (l *List) Fit(height int) (from, to int) {
	l.height = height
	if l.At < l.Top {
		l.Top = l.At
	}
	if l.At >= l.Top+height {
		l.Top = l.At - height + 1
	}
	l.Top = max(0, min(l.Top, l.Len-height))
	return l.Top, min(l.Len, l.Top+height)
}

// Key moves the choice as every list does; it says whether the key is one of those.
func (l *List) Key(key string) bool {
	page := max(l.height-1, 1)
	switch key {
	case "up", "k":
		l.Move(-1)
	case "down", "j":
		l.Move(1)
	case "pgup":
		l.Move(-page)
	case "pgdown":
		l.Move(page)
	case "home", "g":
		l.Select(0)
	case "end", "G":
		l.Select(l.Len - 1)
	default:
		return false
	}
	return true
}

// Click chooses the row drawn at line y; false when there is none.
func (l *List) Click(y int) bool {
	row := l.Top + y
	if y < 0 || row >= l.Len {
		return false
	}
	l.At = row
	return true
}

// Bar draws a scroll bar in the last column when not every row is in sight.
func (l *List) Bar(g *cell.Grid, t *theme.Theme) {
	w, h := g.Size()
	if l.Len <= h || h < 2 {
		return
	}
	size := max(1, h*h/l.Len)
	at := 0
	if room := l.Len - h; room > 0 {
		at = l.Top * (h - size) / room
	}
	for y := range h {
		glyph, role := t.Glyphs().Track, theme.Border
		if y >= at && y < at+size {
			glyph, role = t.Glyphs().Thumb, theme.Muted
		}
		g.Put(w-1, y, glyph, t.Style(role))
	}
}

// Row paints the background of a chosen row.
func Row(g *cell.Grid, y int, t *theme.Theme, focused bool) {
	w, _ := g.Size()
	role := theme.SelectionFaint
	if focused {
		role = theme.Selection
	}
	g.Restyle(cell.Rect{X: 0, Y: y, W: w, H: 1}, func(s cell.Style) cell.Style { return t.On(s, role) })
}
