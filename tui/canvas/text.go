package canvas

import (
	"strings"

	"github.com/roboconf/workbench/tui/cell"
)

// Charset are the characters that lines are drawn with.
type Charset struct {
	Light, Heavy, Dashed [16]string // by arms
	Head                 [4]string  // by side
	Both                 [4]string  // heads of who imports as well
	Self                 string     // who imports from its own kind
}

// Unicode draws with box drawing characters.
func Unicode() *Charset {
	light := [16]string{" ", "╵", "╶", "└", "╷", "│", "┌", "├", "╴", "┘", "─", "┴", "┐", "┤", "┬", "┼"}
	c := &Charset{
		Light: light, Dashed: light,
		Heavy: [16]string{" ", "╹", "╺", "┗", "╻", "┃", "┏", "┣", "╸", "┛", "━", "┻", "┓", "┫", "┳", "╋"},
		Head:  [4]string{"▴", "▸", "▾", "◂"}, Both: [4]string{"↕", "↔", "↕", "↔"}, Self: "↺",
	}
	c.Dashed[upright], c.Dashed[flat] = "┆", "┄"
	return c
}

// ASCII draws with what every terminal has.
func ASCII() *Charset {
	c := &Charset{Head: [4]string{"^", ">", "v", "<"}, Both: [4]string{"X", "X", "X", "X"}, Self: "@"}
	for a := range c.Light {
		c.Light[a], c.Heavy[a], c.Dashed[a] = "+", "#", "+"
	}
	c.Light[upright], c.Heavy[upright], c.Dashed[upright] = "|", "#", ":"
	c.Light[flat], c.Heavy[flat], c.Dashed[flat] = "-", "=", "."
	c.Light[0], c.Heavy[0], c.Dashed[0] = " ", " ", " "
	return c
}

// Glyph is the character of a cell. heavy draws in bold lines.
func (c *Charset) Glyph(x Cell, heavy bool) string {
	switch {
	case x.Head && x.Both:
		return c.Both[x.Side]
	case x.Head:
		return c.Head[x.Side]
	case heavy:
		return c.Heavy[x.Arms]
	case x.Dashed:
		return c.Dashed[x.Arms]
	}
	return c.Light[x.Arms]
}

// Text draws a picture as lines of text, without states.
func (p *Picture) Text(c *Charset) string {
	g := cell.New(p.W, p.H)
	p.Cells(cell.Rect{W: p.W, H: p.H}, func(x Cell) { g.Put(x.X, x.Y, c.Glyph(x, false), cell.Style{}) })
	for i := range p.Boxes {
		for _, t := range p.Boxes[i].Texts {
			g.Put(t.X, t.Y, t.Text, cell.Style{})
		}
		if at, ok := p.Boxes[i].SelfAt(); ok {
			g.Put(at.X, at.Y, c.Self, cell.Style{})
		}
	}
	return strings.TrimRight(g.Plain(), "\n") + "\n"
}

// SelfAt is where a box shows that it imports from its own kind: on its border, if no wire is there.
func (b *Box) SelfAt() (Point, bool) {
	return Point{b.X + b.W - 2, b.Y}, b.Self && b.W > 4
}
