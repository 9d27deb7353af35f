package topology

import (
	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/canvas"
	"github.com/roboconf/workbench/tui/pane"
)

// alias are keys that do what another one does.
var alias = map[string]string{
	"k": "up", "j": "down", "h": "left", "l": "right",
	"K": "shift+up", "J": "shift+down", "H": "shift+left", "L": "shift+right",
	"=": "+", "p": "shift+tab", "n": "tab",
}

func (p *Pane) key(msg tea.KeyPressMsg) []pane.Intent {
	if p.typing {
		p.typed(msg)
		return nil
	}
	key := msg.String()
	if other, ok := alias[key]; ok {
		key = other
	}
	intents, _ := pane.Press(p.Actions(), key)
	return intents
}

// typed takes a key while the filter is typed: the picture follows each letter.
func (p *Pane) typed(msg tea.KeyPressMsg) {
	switch msg.String() {
	case "enter":
		p.typing = false
	case "esc":
		p.typing = false
		p.narrow("")
	default:
		p.input.Update(msg)
		p.narrow(p.input.Text)
	}
}

// narrow shows only what a filter lets through.
func (p *Pane) narrow(text string) {
	p.filter = parseFilter(text)
	p.stale = true
}

// step moves the selection to the nearest box in a direction; without one it begins at the first.
func (p *Pane) step(side canvas.Side) []pane.Intent {
	i := p.box()
	if i < 0 {
		return p.selectBox(0)
	}
	next := p.pic.Next(i, side)
	if next < 0 {
		p.pan(side, 2) // nothing there: let the person see that
		return nil
	}
	return p.selectBox(next)
}

// turn moves the selection to the next box in order.
func (p *Pane) turn(by int) []pane.Intent {
	if p.pic == nil || len(p.pic.Boxes) == 0 {
		return nil
	}
	i, n := p.box(), len(p.pic.Boxes)
	if i < 0 && by < 0 {
		i = 0
	}
	return p.selectBox((i + by + n) % n)
}

// selectBox makes a box the common selection.
func (p *Pane) selectBox(i int) []pane.Intent {
	if p.pic == nil || i < 0 || i >= len(p.pic.Boxes) {
		return nil
	}
	p.sel, p.wanted = p.pic.Boxes[i].ID, ""
	p.light()
	p.reveal()
	if p.subject == types {
		return []pane.Intent{pane.Select{Type: p.sel}}
	}
	return []pane.Intent{pane.Select{Instance: p.sel}}
}

// reveal scrolls as little as possible to bring the selected box into the window, its name at least.
func (p *Pane) reveal() {
	i := p.box()
	if i < 0 || p.w <= 0 || p.h <= 0 {
		return
	}
	b := p.pic.Boxes[i]
	p.at.X = nearest(p.at.X, p.w, b.X, b.W)
	p.at.Y = nearest(p.at.Y, p.h, b.Y, b.H)
	p.clamp()
}

// nearest moves a window [at, at+size) to hold [x, x+n), or its beginning when it is too long.
func nearest(at, size, x, n int) int {
	if x+n > at+size {
		at = x + n - size
	}
	return min(at, x)
}

// pan moves the window.
func (p *Pane) pan(side canvas.Side, n int) {
	switch side {
	case canvas.North:
		p.at.Y -= n
	case canvas.South:
		p.at.Y += n
	case canvas.West:
		p.at.X -= 2 * n
	default:
		p.at.X += 2 * n
	}
	p.clamp()
}

// clamp keeps the window on the picture, and a small picture in the middle of the window.
func (p *Pane) clamp() {
	if p.pic == nil {
		return
	}
	p.at.X = within(p.at.X, p.w, p.pic.W)
	p.at.Y = within(p.at.Y, p.h, p.pic.H)
}

func within(at, window, size int) int {
	if size <= window {
		return -(window - size) / 2
	}
	return max(0, min(at, size-window))
}

func (p *Pane) mouse(msg tea.MouseMsg) []pane.Intent {
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		p.wheel(msg)
	case tea.MouseClickMsg:
		if at.Button != tea.MouseLeft || p.pic == nil {
			return nil
		}
		p.drag = &canvas.Point{X: at.X, Y: at.Y}
		if at.Y < p.h {
			return p.selectBox(p.pic.At(at.X+p.at.X, at.Y+p.at.Y))
		}
	case tea.MouseMotionMsg:
		if p.drag != nil {
			p.at.X += p.drag.X - at.X
			p.at.Y += p.drag.Y - at.Y
			*p.drag = canvas.Point{X: at.X, Y: at.Y}
			p.clamp()
		}
	case tea.MouseReleaseMsg:
		p.drag = nil
	}
	return nil
}

// wheel scrolls; with Ctrl it zooms, with Shift it goes sideways.
func (p *Pane) wheel(msg tea.MouseWheelMsg) {
	switch {
	case msg.Mod.Contains(tea.ModCtrl) && msg.Button == tea.MouseWheelUp:
		p.zoomTo(p.zoom + 1)
	case msg.Mod.Contains(tea.ModCtrl) && msg.Button == tea.MouseWheelDown:
		p.zoomTo(p.zoom - 1)
	case msg.Button == tea.MouseWheelLeft, msg.Button == tea.MouseWheelUp && msg.Mod.Contains(tea.ModShift):
		p.pan(canvas.West, 3)
	case msg.Button == tea.MouseWheelRight, msg.Button == tea.MouseWheelDown && msg.Mod.Contains(tea.ModShift):
		p.pan(canvas.East, 3)
	default:
		p.at.Y += pane.Wheel(msg)
		p.clamp()
	}
}

// zoomTo tells more or less. Zooms end at both ends: 255 is one below the first.
func (p *Pane) zoomTo(z canvas.Zoom) {
	if z > canvas.Details {
		return
	}
	p.zoom, p.stale = z, true
	p.refresh()
}
