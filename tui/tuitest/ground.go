package tuitest

import (
	"image/color"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"github.com/roboconf/workbench/tui/cell"
)

// Ground is what a terminal shows where the program names no colour.
type Ground struct{ Fg, Bg color.RGBA }

// The grounds of a dark terminal, and of a light one.
var (
	Dark  = Ground{Fg: rgb(0xd0d7de), Bg: rgb(0x0d1117)}
	Light = Ground{Fg: rgb(0x1f2328), Bg: rgb(0xffffff)}
)

func rgb(c uint32) color.RGBA {
	return color.RGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: 0xff}
}

// background is the answer of a terminal with this ground.
func background(dark bool) tea.BackgroundColorMsg {
	if dark {
		return tea.BackgroundColorMsg{Color: Dark.Bg}
	}
	return tea.BackgroundColorMsg{Color: Light.Bg}
}

// colours are those of a cell on a ground: of what it shows, of what is behind, of the line below.
func (g Ground) colours(s cell.Style) (fg, bg, line color.RGBA) {
	fg, bg = over(s.Fg, g.Fg), over(s.Bg, g.Bg)
	if s.Attrs&uv.AttrReverse != 0 {
		fg, bg = bg, fg
	}
	if s.Attrs&uv.AttrFaint != 0 {
		fg = mix(fg, bg)
	}
	return fg, bg, over(s.UnderlineColor, fg)
}

func over(c color.Color, usual color.RGBA) color.RGBA {
	if c == nil {
		return usual
	}
	return color.RGBAModel.Convert(c).(color.RGBA)
}

// mix is the colour in the middle of two.
func mix(a, b color.RGBA) color.RGBA {
	half := func(x, y uint8) uint8 { return uint8((uint16(x) + uint16(y)) / 2) }
	return color.RGBA{R: half(a.R, b.R), G: half(a.G, b.G), B: half(a.B, b.B), A: 0xff}
}
