// Package cell is the grid of terminal cells that panes draw into.
package cell

import (
	uv "github.com/charmbracelet/ultraviolet"
)

// Style is colours and attributes of a cell; panes take theirs from tui/theme.
type Style = uv.Style

// Rect is a rectangle of cells.
type Rect struct{ X, Y, W, H int }

// Empty says whether the rectangle holds no cell.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Contains says whether a cell lies in the rectangle.
func (r Rect) Contains(x, y int) bool {
	return x >= r.X && y >= r.Y && x < r.X+r.W && y < r.Y+r.H
}

// Inset takes a border of n cells away on every side.
func (r Rect) Inset(n int) Rect {
	return Rect{r.X + n, r.Y + n, max(0, r.W-2*n), max(0, r.H-2*n)}
}

// Intersect is what two rectangles share.
func (r Rect) Intersect(o Rect) Rect {
	x, y := max(r.X, o.X), max(r.Y, o.Y)
	return Rect{x, y, max(0, min(r.X+r.W, o.X+o.W)-x), max(0, min(r.Y+r.H, o.Y+o.H)-y)}
}

// Grid is a rectangle of cells, or a clipped view of one: what is drawn outside of it is lost. Coordinates start at 0, 0.
type Grid struct {
	lines []uv.Line
	at    Rect // the rectangle seen, in cells of lines: the origin may lie outside of clip
	clip  Rect // what may be changed, in cells of lines
}

// New makes an empty grid.
func New(w, h int) *Grid {
	w, h = max(w, 0), max(h, 0)
	all := Rect{0, 0, w, h}
	return &Grid{lines: uv.NewScreenBuffer(w, h).Lines, at: all, clip: all}
}

// Size gives width and height.
func (g *Grid) Size() (w, h int) { return g.at.W, g.at.H }

// Bounds is the rectangle of the whole grid, from 0, 0.
func (g *Grid) Bounds() Rect { return Rect{0, 0, g.at.W, g.at.H} }

// Sub is a view on a part of the grid. The part may reach outside of the grid; what is drawn there is lost.
func (g *Grid) Sub(r Rect) *Grid {
	at := Rect{g.at.X + r.X, g.at.Y + r.Y, max(r.W, 0), max(r.H, 0)}
	return &Grid{lines: g.lines, at: at, clip: g.clip.Intersect(at)}
}

// Clear makes every cell blank, without style.
func (g *Grid) Clear() { g.Fill(g.Bounds(), " ", Style{}) }

// At gives what a cell shows, with its style. The second half of a wide character shows "".
func (g *Grid) At(x, y int) (string, Style) {
	x, y = x+g.at.X, y+g.at.Y
	if !g.clip.Contains(x, y) {
		return "", Style{}
	}
	c := &g.lines[y][x]
	return c.Content, c.Style
}

// Put writes text from x on line y (graphemes, wide ones included; control characters are replaced) and returns the column after it.
func (g *Grid) Put(x, y int, text string, s Style) int {
	row := y + g.at.Y
	if row < g.clip.Y || row >= g.clip.Y+g.clip.H {
		return x + Width(text)
	}
	line, left, right := g.lines[row], g.clip.X, g.clip.X+g.clip.W
	col := x + g.at.X
	for len(text) > 0 {
		if b := text[0]; b >= ' ' && b < 0x7f && plainNext(text) {
			if col >= left && col < right {
				setPlain(line, col, b, s)
			}
			col++
			text = text[1:]
			continue
		}
		part, shown, width := next(text)
		text = text[len(part):]
		place(line, col, left, right, shown, width, s)
		col += width
	}
	return col - g.at.X
}

// plainNext says that the first byte stands alone: what follows cannot combine with it.
func plainNext(text string) bool { return len(text) < 2 || text[1] < 0x80 }

// setPlain writes one ASCII character; a wide neighbour that loses a half becomes blank.
func setPlain(line uv.Line, x int, b byte, s Style) {
	if line[x].Width == 1 {
		line[x] = uv.Cell{Content: ascii[b : b+1], Style: s, Width: 1}
		return
	}
	line.Set(x, &uv.Cell{Content: ascii[b : b+1], Style: s, Width: 1})
}

// place writes one grapheme; a wide one that is only half visible shows blanks.
func place(line uv.Line, x, left, right int, shown string, width int, s Style) {
	if width == 0 {
		join(line, x-1, left, right, shown)
		return
	}
	if x >= left && x+width <= right {
		line.Set(x, &uv.Cell{Content: shown, Style: s, Width: width})
		return
	}
	for i := max(x, left); i < min(x+width, right); i++ {
		line.Set(i, &uv.Cell{Content: " ", Style: s, Width: 1})
	}
}

// join adds a mark without width to the character before it.
func join(line uv.Line, x, left, right int, mark string) {
	if x >= left && x < right && line[x].Width == 1 {
		line[x].Content += mark
	}
}

// Fill sets every cell of a rectangle.
func (g *Grid) Fill(r Rect, grapheme string, s Style) {
	part, shown, width := next(grapheme)
	if part == "" || width != 1 {
		shown = " "
	}
	cell := uv.Cell{Content: shown, Style: s, Width: 1}
	area := g.clip.Intersect(Rect{g.at.X + r.X, g.at.Y + r.Y, r.W, r.H})
	for y := area.Y; y < area.Y+area.H; y++ {
		line := g.lines[y]
		for x := area.X; x < area.X+area.W; x++ {
			if line[x].Width == 1 {
				line[x] = cell
			} else {
				line.Set(x, &cell)
			}
		}
	}
}

// Restyle changes the style of cells and keeps what they show.
func (g *Grid) Restyle(r Rect, change func(Style) Style) {
	area := g.clip.Intersect(Rect{g.at.X + r.X, g.at.Y + r.Y, r.W, r.H})
	for y := area.Y; y < area.Y+area.H; y++ {
		line := g.lines[y]
		for x := area.X; x < area.X+area.W; x++ {
			line[x].Style = change(line[x].Style)
		}
	}
}
