// Package theme gives colours, borders, glyphs by meaning.
package theme

import (
	uv "github.com/charmbracelet/ultraviolet"

	"github.com/roboconf/workbench/tui/cell"
)

// Role is a meaning that has a look.
type Role uint8

// The roles.
const (
	Text Role = iota
	Muted
	Strong
	Border
	BorderFocused
	Title
	TitleFocused
	Selection      // a selected row or text
	SelectionFaint // the same in a pane without focus
	CursorLine
	Gutter
	Status
	StatusKey
	Severe
	Warning
	Hint
	Match // a found text
	Good
	Link
	// syntax
	SynComment
	SynKeyword
	SynProperty
	SynType
	SynVariable
	SynValue
	SynString
	SynName
	SynPunct
	SynBad
	// states
	StateNotDeployed
	StateMoving // DEPLOYING, STARTING, STOPPING, UNDEPLOYING
	StateStopped
	StateUnresolved
	StateWaiting
	StateStarted
	StateProblem
	roles
)

// Theme is one look. It is immutable: a variation is another theme.
type Theme struct {
	name   string
	styles [roles]cell.Style
	glyphs *Glyphs
	curly  bool
}

// Name is the word for the theme: "dark", "light", "plain", "ascii".
func (t *Theme) Name() string { return t.name }

// Style is the look of a role.
func (t *Theme) Style(r Role) cell.Style {
	if r >= roles {
		return cell.Style{}
	}
	return t.styles[r]
}

// Underlined adds the underline of a problem's level (Severe, Warning or Hint) to another style: curly where the
// terminal can, else plain. The underline has the colour of the level where there are colours.
func (t *Theme) Underlined(s cell.Style, r Role) cell.Style {
	s.Underline = uv.UnderlineSingle
	if t.curly {
		s.Underline = uv.UnderlineCurly
	}
	s.UnderlineColor = t.Style(r).Fg
	if !t.curly && s.UnderlineColor != nil {
		s.Fg, s.UnderlineColor = s.UnderlineColor, nil // a terminal without curly lines rarely colours them
	}
	return s
}

// On puts the background of a role, with its attributes, under another style: a selected row keeps its colours.
func (t *Theme) On(s cell.Style, r Role) cell.Style {
	under := t.Style(r)
	if under.Bg != nil {
		s.Bg = under.Bg
	}
	s.Attrs |= under.Attrs
	if under.Underline != uv.UnderlineNone && s.Underline == uv.UnderlineNone {
		s.Underline = under.Underline
	}
	return s
}

// WithCurly is the same theme with, or without, curly underlines.
func (t *Theme) WithCurly(can bool) *Theme {
	c := *t
	c.curly = can
	return &c
}

// WithGlyphs is the same theme with other characters.
func (t *Theme) WithGlyphs(g *Glyphs) *Theme {
	c := *t
	c.glyphs = g
	return &c
}

// Glyphs are the characters of a theme.
type Glyphs struct {
	H, V, TL, TR, BL, BR, TeeL, TeeR, TeeT, TeeB, Cross string // light lines; TeeL opens to the right, TeeT downwards
	HeavyH, HeavyV, HeavyTL, HeavyTR, HeavyBL, HeavyBR  string // focus
	ArrowL, ArrowR, ArrowU, ArrowD                      string
	Open, Closed                                        string // tree
	Dirty, Ellipsis                                     string
	// states, one cell each, told apart without colour
	NotDeployed, Moving, Stopped, Unresolved, Waiting, Started, Problem string
	Severe, Warning, Hint                                               string // gutter
	Thumb, Track                                                        string // scroll bar
}

// Glyphs are the characters of the theme.
func (t *Theme) Glyphs() *Glyphs { return t.glyphs }

// Unicode are the characters of every theme but ASCII.
func Unicode() *Glyphs {
	return &Glyphs{
		H: "─", V: "│", TL: "┌", TR: "┐", BL: "└", BR: "┘", TeeL: "├", TeeR: "┤", TeeT: "┬", TeeB: "┴", Cross: "┼",
		HeavyH: "━", HeavyV: "┃", HeavyTL: "┏", HeavyTR: "┓", HeavyBL: "┗", HeavyBR: "┛",
		ArrowL: "◂", ArrowR: "▸", ArrowU: "▴", ArrowD: "▾",
		Open: "▾", Closed: "▸", Dirty: "●", Ellipsis: "…",
		NotDeployed: "○", Moving: "◐", Stopped: "■", Unresolved: "◇", Waiting: "◌", Started: "●", Problem: "✗",
		Severe: "E", Warning: "W", Hint: "H", Thumb: "┃", Track: "│",
	}
}

// Basic are the characters that every terminal has.
func Basic() *Glyphs {
	return &Glyphs{
		H: "-", V: "|", TL: "+", TR: "+", BL: "+", BR: "+", TeeL: "+", TeeR: "+", TeeT: "+", TeeB: "+", Cross: "+",
		HeavyH: "=", HeavyV: "#", HeavyTL: "#", HeavyTR: "#", HeavyBL: "#", HeavyBR: "#",
		ArrowL: "<", ArrowR: ">", ArrowU: "^", ArrowD: "v",
		Open: "v", Closed: ">", Dirty: "*", Ellipsis: "~",
		NotDeployed: ".", Moving: "~", Stopped: "-", Unresolved: "?", Waiting: "w", Started: "*", Problem: "!",
		Severe: "E", Warning: "W", Hint: "H", Thumb: "#", Track: ":",
	}
}
