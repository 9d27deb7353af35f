// Package overlay holds what opens above the panes.
package overlay

import (
	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
)

// Overlay is one layer above the panes. While it is open, it gets every key and every click.
type Overlay interface {
	// Update takes a message; done says that the layer is over.
	Update(msg tea.Msg) (intents []pane.Intent, done bool)
	// Place is the rectangle it wants on a screen of this size.
	Place(w, h int) cell.Rect
	// Draw paints the rectangle.
	Draw(g *cell.Grid, f pane.Frame)
	// Actions are what a person can do here.
	Actions() []pane.Action
}

// centred is a rectangle of a wanted size in the middle of a screen, a bit above; it never covers the last line.
func centred(w, h, wantW, wantH int) cell.Rect {
	wantW, wantH = min(wantW, w-2), min(wantH, h-2)
	return cell.Rect{X: (w - wantW) / 2, Y: max(1, (h-wantH)/3), W: wantW, H: wantH}
}

// below is a rectangle over the whole width, above the status bar.
func below(w, h, wantH int) cell.Rect {
	wantH = min(wantH, h-2)
	return cell.Rect{X: 0, Y: h - 1 - wantH, W: w, H: wantH}
}
