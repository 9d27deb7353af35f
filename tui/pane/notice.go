package pane

import (
	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/session"
)

// The notices: what the root tells panes, through Update. A pane ignores those it has no use for.
type (
	// Snapshot is the application as it is now, after an edit, a save or a change on the disk.
	Snapshot struct{ Now *workspace.Snapshot }
	// Running is the simulation as it is now; View is nil when nothing runs.
	Running struct{ View *session.View }
	// Selected is the common selection now.
	Selected struct{ Instance, Type string }
	// Show asks the editor to show a file at a place. Text is the file's text, unsaved changes included; an editor that has
	// the file open keeps its own. ReadOnly, when not empty, is the sentence that says why the text cannot be changed.
	Show struct {
		File, Text string
		Span       source.Span
		ReadOnly   string
	}
	// Replace asks the editor to take another text for a file, as one step that can be undone.
	Replace struct{ File, Text string }
	// Disk tells the editor what changed on the disk.
	Disk struct{ Changes []workspace.Change }
	// Moved tells the editor that files and folders have other names, and which files are no more.
	Moved struct {
		Moves []source.Move
		Gone  []string
	}
	// Saved tells the editor that a file was written with this text.
	Saved struct{ File, Text string }
)

// Stated is a pane with something to say at the left of the status bar while it has the focus: "Ln 13 Col 12".
type Stated interface{ State() string }

// Noted is a pane with a note at the right of its head: "zoom 2".
type Noted interface{ Note() string }

// Located is a pane that has a place in a file: where its cursor stands, with what is selected.
type Located interface{ Place() source.Place }

// Wheel is how many rows a turn of the wheel scrolls: three, negative upwards.
func Wheel(m tea.MouseWheelMsg) int {
	switch m.Button {
	case tea.MouseWheelUp:
		return -3
	case tea.MouseWheelDown:
		return 3
	}
	return 0
}
