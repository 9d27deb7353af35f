// Package pane says what a pane of the terminal is.
package pane

import (
	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/theme"
)

// Pane is one part of the screen. It owns its state and holds no other pane; the root routes.
type Pane interface {
	// ID is a stable name: "files", "editor", "problems", "topology", "instances", "timeline".
	ID() string
	// Title is shown on the frame.
	Title() string
	// Update takes keys and mouse meant for this pane (coordinates relative to its inner area), or a notice of this package.
	// It does no I/O.
	Update(msg tea.Msg) []Intent
	// Draw paints the inner area.
	Draw(g *cell.Grid, f Frame)
	// Actions are everything a person can do here; help, palette, status bar and docs read them.
	Actions() []Action
}

// Frame is what the root tells a pane when it draws.
type Frame struct {
	Theme   *theme.Theme
	Focused bool
	// Cursor is set by the focused pane to show the terminal's cursor; relative to its inner area.
	Cursor *Point
}

// Point is a cell.
type Point struct {
	X, Y int
	Show bool
}

// Action is something a person can do. A disabled action stays visible with its reason.
type Action struct {
	ID    string // "topology.zoom-in"
	Key   string // as Bubble Tea names it: "ctrl+s", "f5", "enter"; "" when only the palette has it
	Title string // for people: "Zoom in"
	Off   string // why not now; "" when it can be done
	Do    func() []Intent
}

// Intent is what a pane wants from the root, as plain data.
type Intent any

// The intents.
type (
	// Open shows a file with the cursor at a place.
	Open struct {
		File string
		Span source.Span
	}
	// Select makes an object the common selection of text, tree and picture: an instance path or a type name.
	Select struct{ Instance, Type string }
	// Edited says that the text of a file changed in the editor.
	Edited struct{ File, Text string }
	// Rebased says what the unsaved text of a file was made from: Base, what the editor saw on the disk when it merged or
	// when the person chose (no file at all when Gone). The root calls workspace.Rebase; saving may replace that.
	Rebased struct {
		File, Base string
		Gone       bool
	}
	// Revert takes the unsaved text of a file away: what is on the disk counts again, even if that is no file at all. The
	// root calls workspace.Revert; the editor remembers the text.
	Revert struct{ File string }
	// Save writes a file ("" for all unsaved ones).
	Save struct{ File string }
	// Operate asks the running simulation for an operation.
	Operate struct{ Op manager.Op }
	// Ask shows a question with a text field; the answer comes back through Then.
	Ask struct {
		Title, Hint, Text string
		Then              func(answer string) []Intent
	}
	// Confirm asks yes or no, default no.
	Confirm struct {
		Title string
		Lines []string
		Then  func() []Intent
	}
	// Explain shows why an instance waits.
	Explain struct{ Path string }
	// Copy puts text on the clipboard.
	Copy struct{ Text string }
	// Tell shows a short sentence in the status bar.
	Tell struct {
		Text    string
		Problem bool
	}
	// Taken says that a key was for the pane although nothing is wanted: Esc closed something there, and goes no layer back.
	Taken struct{}
	// Choose asks which of several things to do; Esc does none of them.
	Choose struct {
		Title   string
		Lines   []string
		Options []Action
	}
	// Focus moves the focus to a pane by ID.
	Focus struct{ Pane string }
	// Act does an action of the root by ID: "run.start".
	Act struct{ ID string }
	// Cure applies the edits of a fix to the text.
	Cure struct{ Fix diag.Fix }
	// Copies adds a copy of an instance, with everything below it, to the text; a running simulation gets it at once.
	Copies struct{ Path, Name string }
	// Deletes takes an instance, with everything below it, out of the text; a running simulation loses it at once.
	Deletes struct{ Path string }
)

// Press finds the action of a key and does it. It says whether a key belongs to an action; a disabled action tells why.
func Press(actions []Action, key string) ([]Intent, bool) {
	for _, a := range actions {
		if a.Key != key || key == "" {
			continue
		}
		if a.Off != "" {
			return []Intent{Tell{Text: a.Title + ": " + a.Off}}, true
		}
		return a.Do(), true
	}
	return nil, false
}
