package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/overlay"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// welcome is the screen without an application: the samples, and how to open something else.
type welcome struct {
	samples []Sample
	version string
	list    widget.List
	told    string
}

func newWelcome(cfg Config) *welcome {
	w := &welcome{samples: cfg.Samples, version: cfg.Version}
	w.list.Resize(len(w.samples))
	return w
}

// welcomed takes keys and clicks of the first screen.
func (m *Model) welcomed(msg tea.Msg) {
	w := m.welcome
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		intents, ok := pane.Press(m.welcomeActions(), msg.String())
		m.doAll(intents)
		if !ok {
			w.list.Key(msg.String())
		}
	case tea.MouseClickMsg:
		if row := (msg.Y - welcomeTop) / welcomeStep; msg.Y >= welcomeTop && row < len(w.samples) {
			w.list.Select(row)
			m.openSample()
		}
	}
}

// welcomeActions are what a person can do on the first screen.
func (m *Model) welcomeActions() []pane.Action {
	none := ""
	if len(m.welcome.samples) == 0 {
		none = "this program carries no sample"
	}
	actions := []pane.Action{
		act("welcome.sample", "enter", "Open the sample", none, m.openSample),
		wish("welcome.folder", "o", "Open a folder", "", pane.Ask{
			Title: "Open a folder", Hint: "its path", Then: func(dir string) []pane.Intent { m.openFolder(dir); return nil },
		}),
		act("welcome.quit", "q", "Quit", "", func() { m.later(tea.Quit) }),
		act("welcome.leave", "ctrl+q", "Quit", "", func() { m.later(tea.Quit) }),
	}
	if m.ws != nil {
		actions = append(actions, act("welcome.back", "esc", "Go back", "", func() { m.welcome = nil }))
	}
	return actions
}

// openSample makes a copy of the chosen sample and opens it.
func (m *Model) openSample() {
	s, group := m.welcome.samples[m.welcome.list.At], m.cfg.Group
	m.welcome.told = "Opening " + s.Name + "…"
	m.later(func() tea.Msg {
		dir, err := s.Open()
		if err != nil {
			err = fmt.Errorf("open the sample %s: %w", s.Name, err)
			return outcome(func(m *Model) { m.opened(nil, err) })
		}
		return openIn(group, dir)
	})
}

// openFolder opens another application.
func (m *Model) openFolder(dir string) {
	group := m.cfg.Group
	m.later(func() tea.Msg { return openIn(group, dir) })
}

// openIn opens a folder beside those that are open: what they export to the outside answers it.
func openIn(group *workspace.Group, dir string) tea.Msg {
	ws, err := group.Add(dir)
	return outcome(func(m *Model) { m.opened(ws, err) })
}

// others lists the applications that are open beside this one.
func (m *Model) others() []overlay.Item {
	var items []overlay.Item
	for _, ws := range m.cfg.Group.Workspaces() {
		if ws == m.ws {
			continue
		}
		items = append(items, overlay.Item{Title: ws.Dir(), Detail: ws.Snapshot().Result.App.Descriptor.DisplayName, Do: func() []pane.Intent {
			m.opened(ws, nil)
			m.later(rescan(ws)) // nobody watched it meanwhile
			return nil
		}})
	}
	return items
}

// switchOff is why another application cannot be shown now.
func (m *Model) switchOff() string {
	if len(m.cfg.Group.Workspaces()) < 2 {
		return "no other application is open"
	}
	return m.dirtyOff()
}

// opened shows the application, or says why it could not be opened.
func (m *Model) opened(ws *workspace.Workspace, err error) {
	switch {
	case err == nil && m.ws != nil && len(m.snap.Dirty) > 0: // typed while the folder was read
		m.told = pane.Tell{Text: "did not open " + ws.Dir() + ": save first", Problem: true}
	case err == nil:
		m.open(ws)
		if m.watched {
			m.later(m.cfg.Watch(ws))
		}
	case m.welcome != nil:
		m.welcome.told = err.Error()
	default:
		m.told = pane.Tell{Text: err.Error(), Problem: true}
	}
}

// welcomeTop is the line of the first sample; each takes welcomeStep.
const (
	welcomeTop  = 6
	welcomeStep = 3
)

func (m *Model) drawWelcome() {
	w, t, g := m.welcome, m.look, m.grid
	width, h := g.Size()
	left := max(2, (width-76)/2)
	x := g.Put(left, 1, "Roboconf Workbench", t.Style(theme.TitleFocused))
	g.Put(x+2, 1, w.version, t.Style(theme.Muted))
	g.Put(left, 2, "Design a distributed application, then watch it run before anything exists.", t.Style(theme.Text))
	note := "Each sample opens as a copy of your own."
	if len(w.samples) == 0 {
		note = "This program carries no sample; O opens a folder."
	}
	g.Put(left, 4, note, t.Style(theme.Muted))
	for i, s := range w.samples {
		row := g.Sub(cell.Rect{X: left, Y: welcomeTop + welcomeStep*i, W: min(76, width-left-1), H: welcomeStep - 1})
		row.Put(1, 0, s.Name, t.Style(theme.Strong))
		row.Put(3, 1, cell.Cut(s.Title, min(70, width-left-6), t.Glyphs().Ellipsis), t.Style(theme.Text))
		if i == w.list.At {
			widget.Row(row, 0, t, true)
		}
	}
	if w.told != "" {
		g.Put(left, h-4, cell.Cut(w.told, width-left-2, t.Glyphs().Ellipsis), t.Style(theme.Warning))
	}
	x = left
	for _, a := range m.welcomeActions() {
		if a.ID == "welcome.leave" {
			continue // the same as Q
		}
		x = g.Put(x, h-2, overlay.KeyName(a.Key), t.Style(theme.Link)) + 1
		x = g.Put(x, h-2, a.Title, t.Style(theme.Text)) + 3
	}
}
