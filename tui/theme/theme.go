// Package theme gives colours, borders and glyphs by meaning.
package theme

import "github.com/roboconf/workbench/tui/cell"

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

// Theme is one look. The underline of problems is part of the styles of Severe, Warning and Hint when Underline is asked for.
type Theme struct{}

// Style is the look of a role.
func (t *Theme) Style(r Role) cell.Style { panic("to be written") }

// Underlined adds the underline of a problem's level to another style: curly where the terminal can, else plain.
func (t *Theme) Underlined(s cell.Style, r Role) cell.Style { panic("to be written") }

// Glyphs are the characters of a theme.
type Glyphs struct {
	H, V, TL, TR, BL, BR, TeeL, TeeR, TeeT, TeeB, Cross string // light lines
	HeavyH, HeavyV, HeavyTL, HeavyTR, HeavyBL, HeavyBR  string // focus
	ArrowL, ArrowR, ArrowU, ArrowD                      string
	Open, Closed                                        string // tree
	Dirty, Ellipsis                                     string
	// states, one cell each, told apart without colour
	NotDeployed, Moving, Stopped, Unresolved, Waiting, Started, Problem string
	Severe, Warning, Hint                                               string // gutter
}

// Glyphs are the characters of the theme.
func (t *Theme) Glyphs() *Glyphs { panic("to be written") }

// The themes: Dark, Light, Plain (no colour: attributes only), ASCII (no colour and no character outside ASCII).
func Dark() *Theme  { panic("to be written") }
func Light() *Theme { panic("to be written") }
func Plain() *Theme { panic("to be written") }
func ASCII() *Theme { panic("to be written") }
