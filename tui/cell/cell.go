// Package cell is the grid of terminal cells that panes draw into.
package cell

import (
	uv "github.com/charmbracelet/ultraviolet"
)

// Style is colours and attributes of a cell; panes take theirs from tui/theme.
type Style = uv.Style

// Rect is a rectangle of cells.
type Rect struct{ X, Y, W, H int }

// Grid is a rectangle of cells, or a clipped view of one: what is drawn outside of it is lost. Coordinates start at 0, 0.
type Grid struct{}

// New makes an empty grid.
func New(w, h int) *Grid { panic("to be written") }

// Size gives width and height.
func (g *Grid) Size() (w, h int) { panic("to be written") }

// Sub is a view on a part of the grid.
func (g *Grid) Sub(r Rect) *Grid { panic("to be written") }

// Put writes text from x on line y (graphemes, wide ones included; control characters are replaced) and returns the column after it.
func (g *Grid) Put(x, y int, text string, s Style) int { panic("to be written") }

// Fill sets every cell of a rectangle.
func (g *Grid) Fill(r Rect, grapheme string, s Style) { panic("to be written") }

// Restyle changes the style of cells and keeps what they show.
func (g *Grid) Restyle(r Rect, change func(Style) Style) { panic("to be written") }

// Render gives the grid as text with escape sequences, one line per row.
func (g *Grid) Render() string { panic("to be written") }

// Plain gives the text plane: what an eye reads, right blanks removed.
func (g *Grid) Plain() string { panic("to be written") }
