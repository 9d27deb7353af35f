package tui

import (
	"fmt"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/overlay"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/pane/timeline"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// head is a place on the screen that does something when it is clicked.
type head struct {
	y, from, to int
	do          func() []pane.Intent
}

// lensFocus is the pane that gets the focus with a lens.
var lensFocus = [...]string{Design: "editor", Run: "instances"}

// clickHead does what stands at a place of a head line, the title or the status bar; false when nothing does.
func (m *Model) clickHead(x, y int) bool {
	for _, h := range m.heads {
		if y == h.y && x >= h.from && x < h.to {
			m.doAll(h.do())
			return true
		}
	}
	return false
}

// View gives the frame; it draws only when something changed since the last one.
func (m *Model) View() tea.View {
	if m.dirty || m.grid == nil {
		m.draw()
		m.dirty = false
	}
	v := tea.NewView(m.frame)
	v.AltScreen = true
	v.Cursor = m.cursor
	v.WindowTitle = "roboconf"
	if m.ws != nil {
		v.WindowTitle = "roboconf " + filepath.Base(m.ws.Dir())
	}
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// Grid is the frame that was drawn last.
func (m *Model) Grid() *cell.Grid { return m.grid }

func (m *Model) draw() {
	if m.grid == nil || m.grid.Bounds() != (cell.Rect{W: m.arr.w, H: m.arr.h}) {
		m.grid = cell.New(m.arr.w, m.arr.h)
	}
	m.grid.Clear()
	m.heads, m.cursor = m.heads[:0], nil
	switch {
	case sizeOf(m.arr.w, m.arr.h) == tiny:
		m.drawTiny()
	case m.welcome != nil:
		m.drawWelcome()
	default:
		m.drawPanes()
	}
	m.drawLayers()
	m.frame = m.grid.Render()
}

// drawTiny says in a sentence what a screen that is too small cannot show.
func (m *Model) drawTiny() {
	text := fmt.Sprintf("This terminal is %d by %d; the workbench needs 60 by 15.", m.arr.w, m.arr.h)
	if m.snap != nil {
		text += fmt.Sprintf(" %d problems.", len(m.snap.Problems))
	}
	for y, line := range cell.Wrap(text, max(m.arr.w, 1)) {
		m.grid.Put(0, y, line, m.look.Style(theme.Text))
	}
}

func (m *Model) drawPanes() {
	m.drawTitle()
	for _, s := range m.slots {
		m.drawSlot(s)
		if s.area.X > 0 {
			m.grid.Fill(cell.Rect{X: s.area.X - 1, Y: s.area.Y, W: 1, H: s.area.H}, m.look.Glyphs().V, m.look.Style(theme.Border))
		}
	}
	m.drawStatus()
}

// drawTitle paints the first line: the application, the lenses, and how the run is.
func (m *Model) drawTitle() {
	t := m.look
	m.grid.Fill(cell.Rect{W: m.arr.w, H: 1}, " ", t.Style(theme.Status))
	name := m.snap.Result.App.Descriptor.Name
	if name == "" {
		name = filepath.Base(m.ws.Dir())
	}
	x := m.grid.Put(1, 0, cell.Cut(name, m.arr.w/3, t.Glyphs().Ellipsis), t.On(t.Style(theme.Strong), theme.Status)) + 2
	for i, title := range []string{"Design", "Run"} {
		style, lens := t.Style(theme.Status), Lens(i)
		text := fmt.Sprintf(" %d %s ", i+1, title)
		if m.arr.lens == lens {
			style, text = t.On(t.Style(theme.TitleFocused), theme.Status), fmt.Sprintf("[%d %s]", i+1, title)
		}
		to := m.grid.Put(x, 0, text, style)
		m.heads = append(m.heads, head{0, x, to, func() []pane.Intent { m.lens(lens, lensFocus[lens]); return nil }})
		x = to + 1
	}
	m.drawRun(x)
}

// drawRun says at the right of the first line what the simulation does.
func (m *Model) drawRun(left int) {
	t := m.look
	text, role := m.problemCount()
	if m.run != nil {
		v := m.run.View()
		started, waiting, failed := summary(v)
		state := "x" + strings.TrimSuffix(v.Speed.String(), "x")
		switch {
		case v.Paused:
			state = "paused"
		case v.AtRest:
			state = "at rest"
		}
		run := fmt.Sprintf("SIM %s %s  %s%d/%d", timeline.Clock(v.Now), state, t.Glyphs().Started, started, len(v.Statuses))
		if waiting > 0 {
			run += fmt.Sprintf(" %s%d", t.Glyphs().Unresolved, waiting)
		}
		if failed > 0 {
			run += fmt.Sprintf(" %s%d", t.Glyphs().Problem, failed)
		}
		if v.Behind {
			run += "  F5 applies the text"
		}
		text = strings.TrimLeft(run+"  "+text, " ")
	}
	if at := m.arr.w - cell.Width(text) - 1; at > left {
		m.grid.Put(at, 0, text, t.On(t.Style(role), theme.Status))
	}
}

// problemCount is how many problems of the worst level there are.
func (m *Model) problemCount() (string, theme.Role) {
	var n [3]int
	for _, p := range m.snap.Problems {
		n[p.Level()]++
	}
	g := m.look.Glyphs()
	text := ""
	role := theme.Text
	for _, l := range []struct {
		level diag.Level
		sign  string
		role  theme.Role
	}{{diag.Hint, g.Hint, theme.Text}, {diag.Warning, g.Warning, theme.Warning}, {diag.Severe, g.Severe, theme.Severe}} {
		if n[l.level] > 0 {
			text = fmt.Sprintf("%s%d ", l.sign, n[l.level]) + text
			role = l.role
		}
	}
	return strings.TrimRight(text, " "), role
}

// drawSlot paints the head of a slot and the pane shown in it.
func (m *Model) drawSlot(s slot) {
	focused := s.shown == m.arr.focus
	tabs := make([]widget.Tab, len(s.panes))
	for i, id := range s.panes {
		tabs[i] = widget.Tab{Title: m.panes[id].Title(), Active: id == s.shown}
	}
	note := ""
	if st, ok := m.panes[s.shown].(pane.Noted); ok {
		note = st.Note()
	}
	widget.Head(m.grid.Sub(cell.Rect{X: s.area.X, Y: s.area.Y, W: s.area.W, H: 1}), m.look, tabs, note, focused)
	for i, id := range s.panes {
		m.heads = append(m.heads, head{s.area.Y, s.area.X + tabs[i].From, s.area.X + tabs[i].To, func() []pane.Intent {
			return []pane.Intent{pane.Focus{Pane: id}}
		}})
	}
	body := s.body()
	at := pane.Point{}
	m.panes[s.shown].Draw(m.grid.Sub(body), pane.Frame{Theme: m.look, Focused: focused && len(m.layers) == 0, Cursor: &at})
	if focused && at.Show && len(m.layers) == 0 {
		m.cursor = tea.NewCursor(body.X+at.X, body.Y+at.Y)
	}
}

// drawStatus paints the last line: what was told, else where the focus is; then the keys that matter here.
func (m *Model) drawStatus() {
	t, y := m.look, m.arr.h-1
	m.grid.Fill(cell.Rect{Y: y, W: m.arr.w, H: 1}, " ", t.Style(theme.Status))
	text, role := m.told.Text, theme.Text
	if m.told.Problem {
		role = theme.Severe
	}
	if text == "" {
		text = m.state()
	}
	room := m.arr.w - 2
	keys := m.hints()
	if m.told.Text == "" {
		room = max(m.arr.w/2, m.arr.w-2-width(keys))
	}
	x := m.grid.Put(1, y, cell.Cut(text, room, t.Glyphs().Ellipsis), t.On(t.Style(role), theme.Status)) + 3
	for at := len(keys) - 1; at >= 0 && x+width(keys) > m.arr.w; at-- {
		keys = keys[:at]
	}
	x = m.arr.w - width(keys)
	for _, a := range keys {
		from := x
		x = m.grid.Put(x, y, overlay.KeyName(a.Key), t.On(t.Style(theme.StatusKey), theme.Status))
		x = m.grid.Put(x+1, y, a.Title, t.Style(theme.Status)) + 2
		m.heads = append(m.heads, head{y, from, x - 1, a.Do})
	}
}

// state is what the status bar says when nothing was told.
func (m *Model) state() string {
	var parts []string
	if s, ok := m.panes[m.arr.focus].(pane.Stated); ok && s.State() != "" {
		parts = append(parts, s.State())
	} else if m.sel.Instance != "" {
		parts = append(parts, m.sel.Instance)
	} else if m.sel.Type != "" {
		parts = append(parts, m.sel.Type)
	}
	switch n := len(m.snap.Dirty); {
	case n == 1 && m.arr.focus == "editor" && m.snap.Dirty[m.editor.Place().File]:
		// the pane says so itself
	case n > 0:
		parts = append(parts, fmt.Sprintf("%d unsaved", n))
	default:
		parts = append(parts, "saved")
	}
	if m.watched {
		parts = append(parts, "watching")
	}
	return strings.Join(parts, "   ")
}

// hints are the keys worth showing: those of the focused pane that can be used now, then the global ones.
func (m *Model) hints() []pane.Action {
	short := map[string]string{"app.help": "help", "app.palette": "commands", "run.start": "run", "problems.next": "next problem", "app.next": "next pane", "app.quit": "quit"}
	order := []string{"app.help", "app.palette", "run.start", "problems.next", "app.next", "app.quit"}
	if m.run != nil {
		order = []string{"app.help", "app.palette", "run.start", "app.next", "app.quit"}
		short["run.start"] = "apply"
	}
	byID := map[string]pane.Action{}
	for _, a := range m.globals() {
		byID[a.ID] = a
	}
	var keys []pane.Action
	if m.arr.focus != "editor" {
		for _, a := range m.panes[m.arr.focus].Actions() {
			if a.Off == "" && len(a.Key) == 1 && len(keys) < 4 {
				a.Title = strings.ToLower(a.Title[:1]) + a.Title[1:]
				keys = append(keys, a)
			}
		}
	}
	for _, id := range order {
		if a := byID[id]; a.Off == "" {
			a.Title = short[id]
			keys = append(keys, a)
		}
	}
	return keys
}

// width is how many columns keys take in the status bar.
func width(keys []pane.Action) int {
	n := 0
	for _, a := range keys {
		n += cell.Width(overlay.KeyName(a.Key)) + 1 + cell.Width(a.Title) + 2
	}
	return n
}

func (m *Model) drawLayers() {
	for i, layer := range m.layers {
		area := layer.Place(m.arr.w, m.arr.h)
		at := pane.Point{}
		last := i == len(m.layers)-1
		layer.Draw(m.grid.Sub(area), pane.Frame{Theme: m.look, Focused: last, Cursor: &at})
		if last && at.Show {
			m.cursor = tea.NewCursor(area.X+at.X, area.Y+at.Y)
		}
	}
}

// summary counts the states of a run for the title bar.
func summary(v *session.View) (started, waiting, failed int) {
	for _, s := range v.Statuses {
		if s.Failure != nil {
			failed++
		}
		switch s.State {
		case lifecycle.DeployedStarted:
			started++
		case lifecycle.Unresolved, lifecycle.WaitingForAncestor:
			waiting++
		}
	}
	return started, waiting, failed
}
