package theme

import (
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"github.com/roboconf/workbench/tui/cell"
)

// palette holds the colours of a theme that has some. The background is the terminal's own, so is the colour of plain text.
type palette struct {
	muted, strong, border, focus, gutter            uint32
	selectBg, selectFg, faintBg, lineBg             uint32
	statusBg, statusFg, statusKey                   uint32
	severe, warning, hint, matchBg, matchFg         uint32
	good, link                                      uint32
	comment, keyword, property, typ, variable       uint32
	value, str, name, punct                         uint32
	notDeployed, moving, stopped, unresolved, wait_ uint32
}

// Dark is for a dark background.
func Dark() *Theme {
	return colours("dark", palette{
		muted: 0x9099a2, strong: 0xffffff, border: 0x5c6670, focus: 0x5fb3f0, gutter: 0x8a939c,
		selectBg: 0x1f4f80, selectFg: 0xffffff, faintBg: 0x343d47, lineBg: 0x262c33,
		statusBg: 0x2b323a, statusFg: 0xd5dae0, statusKey: 0x8ecbff,
		severe: 0xff7b72, warning: 0xf2b84b, hint: 0x6cb6ff, matchBg: 0x6b5300, matchFg: 0xffffff,
		good: 0x6fd08c, link: 0x6cb6ff,
		comment: 0x9099a2, keyword: 0xff9ac1, property: 0x8ecbff, typ: 0x7ee0c6, variable: 0xe6c27a,
		value: 0xa5d6ff, str: 0xb6e38b, name: 0xd9b8ff, punct: 0xa5adb5,
		notDeployed: 0x9099a2, moving: 0xf2b84b, stopped: 0xb8c0c8, unresolved: 0xff9f6b, wait_: 0xd9b8ff,
	})
}

// Light is for a light background.
func Light() *Theme {
	return colours("light", palette{
		muted: 0x5f6770, strong: 0x000000, border: 0x9aa3ad, focus: 0x0a5fb4, gutter: 0x6a727b,
		selectBg: 0xb7d8f8, selectFg: 0x000000, faintBg: 0xdfe4ea, lineBg: 0xf1f3f6,
		statusBg: 0xe3e8ee, statusFg: 0x24292f, statusKey: 0x0a4f94,
		severe: 0xb3121d, warning: 0x7d5000, hint: 0x0a5fb4, matchBg: 0xffe08a, matchFg: 0x000000,
		good: 0x116b2e, link: 0x0a5fb4,
		comment: 0x5f6770, keyword: 0xa3195b, property: 0x0a4f94, typ: 0x00665a, variable: 0x744c00,
		value: 0x0a4f94, str: 0x2f6305, name: 0x6a2fb0, punct: 0x4f5760,
		notDeployed: 0x5f6770, moving: 0x7d5000, stopped: 0x4f5760, unresolved: 0xa13c00, wait_: 0x6a2fb0,
	})
}

func colours(name string, p palette) *Theme {
	t := &Theme{name: name, glyphs: Unicode()}
	fg := func(c uint32, attrs uint8) cell.Style { return cell.Style{Fg: rgb(c), Attrs: attrs} }
	on := func(f, b uint32) cell.Style { return cell.Style{Fg: rgb(f), Bg: rgb(b)} }
	t.styles = [roles]cell.Style{
		Muted: fg(p.muted, 0), Strong: fg(p.strong, uv.AttrBold),
		Border: fg(p.border, 0), BorderFocused: fg(p.focus, 0), Title: fg(p.muted, 0), TitleFocused: fg(p.focus, uv.AttrBold),
		Selection: on(p.selectFg, p.selectBg), SelectionFaint: {Bg: rgb(p.faintBg)}, CursorLine: {Bg: rgb(p.lineBg)},
		Gutter: fg(p.gutter, 0), Status: on(p.statusFg, p.statusBg),
		StatusKey: {Fg: rgb(p.statusKey), Bg: rgb(p.statusBg), Attrs: uv.AttrBold},
		Severe:    fg(p.severe, uv.AttrBold), Warning: fg(p.warning, 0), Hint: fg(p.hint, 0), Match: on(p.matchFg, p.matchBg),
		Good: fg(p.good, 0), Link: fg(p.link, 0),
		SynComment: fg(p.comment, uv.AttrItalic), SynKeyword: fg(p.keyword, 0), SynProperty: fg(p.property, 0),
		SynType: fg(p.typ, 0), SynVariable: fg(p.variable, 0), SynValue: fg(p.value, 0), SynString: fg(p.str, 0),
		SynName: fg(p.name, 0), SynPunct: fg(p.punct, 0), SynBad: fg(p.severe, 0),
		StateNotDeployed: fg(p.notDeployed, 0), StateMoving: fg(p.moving, 0), StateStopped: fg(p.stopped, 0),
		StateUnresolved: fg(p.unresolved, 0), StateWaiting: fg(p.wait_, 0), StateStarted: fg(p.good, 0),
		StateProblem: fg(p.severe, uv.AttrBold),
	}
	return t
}

// Plain has no colour: attributes only.
func Plain() *Theme {
	t := &Theme{name: "plain", glyphs: Unicode()}
	bold, faint := cell.Style{Attrs: uv.AttrBold}, cell.Style{Attrs: uv.AttrFaint}
	reverse := cell.Style{Attrs: uv.AttrReverse}
	t.styles = [roles]cell.Style{
		Muted: faint, Strong: bold, BorderFocused: bold, TitleFocused: bold,
		Selection: reverse, SelectionFaint: {Underline: uv.UnderlineSingle}, Gutter: faint,
		Status: reverse, StatusKey: {Attrs: uv.AttrReverse | uv.AttrBold},
		Severe: bold, Match: reverse, Link: {Underline: uv.UnderlineSingle},
		SynComment: faint, SynKeyword: bold, SynBad: bold,
		StateNotDeployed: faint, StateUnresolved: bold, StateProblem: {Attrs: uv.AttrBold | uv.AttrReverse},
	}
	return t
}

// ASCII has no colour and no character outside ASCII.
func ASCII() *Theme {
	t := Plain().WithGlyphs(Basic())
	t.name = "ascii"
	return t
}

func rgb(c uint32) ansi.RGBColor {
	return ansi.RGBColor{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c)}
}
