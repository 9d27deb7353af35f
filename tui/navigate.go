package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/pane"
)

// explorer calls the explorer, or sends it away.
func (m *Model) explorer() {
	if m.arr.lens == Run || sizeOf(m.arr.w, m.arr.h) == narrow {
		m.focus("files")
		return
	}
	m.arr.zoomed = false
	if m.arr.explorer {
		m.hideExplorer()
		return
	}
	m.arr.explorer = true
	m.focus("files")
}

// themes are those that "next theme" goes through; "" follows the terminal.
var themes = []string{"", "dark", "light", "plain", "ascii"}

func (m *Model) nextTheme() {
	for i, t := range themes {
		if t == m.forced {
			m.forced = themes[(i+1)%len(themes)]
			break
		}
	}
	m.retheme()
	name := m.forced
	if name == "" {
		name = m.look.Name() + ", as the terminal is"
	}
	m.told = pane.Tell{Text: "theme: " + name}
}

// nextProblem goes round the problems, and says what each is.
func (m *Model) nextProblem() {
	p, ok := m.problems.Step(1)
	if !ok {
		return
	}
	if p.Place.IsZero() {
		m.focus("problems")
		return
	}
	at, _ := p.Spot()
	m.openFile(pane.Open{File: at.File, Span: at.Span})
	m.told = pane.Tell{Text: p.Message(m.cfg.Language)}
}

// quit asks first when something is not saved.
func (m *Model) quit() {
	var lines []string
	for _, name := range m.snap.All {
		if m.snap.Dirty[name] {
			lines = append(lines, name)
		}
	}
	if len(m.snap.Dirty) == 0 {
		m.later(tea.Quit)
		return
	}
	m.do(pane.Choose{Title: "Not everything is saved", Lines: lines, Options: []pane.Action{
		act("quit.stay", "n", "Stay here", "", func() {}),
		act("quit.save", "s", "Save, then quit", "", func() {
			for _, f := range lines {
				m.later(m.saveOne(f, false, func(m *Model) {
					if len(m.snap.Dirty) == 0 {
						m.later(tea.Quit)
					}
				}))
			}
		}),
		act("quit.lose", "d", "Quit and lose what is not saved", "", func() { m.later(tea.Quit) }),
	}})
}

// both shows the selected object in the picture, or from there in the text.
func (m *Model) both() {
	if m.arr.focus != "topology" {
		m.focus("topology")
		return
	}
	if place := m.declaration(m.sel); !place.IsZero() {
		m.openFile(pane.Open{File: place.File, Span: place.Span})
		return
	}
	m.focus("editor")
}

// declaration is where the name of an object is declared.
func (m *Model) declaration(s pane.Selected) source.Place {
	app := m.snap.Result.App
	if in := model.Find(app.Instances, s.Instance); s.Instance != "" && in != nil {
		return in.Place(in.NameSpan)
	}
	if c := app.Graph.Component(s.Type); c != nil {
		return c.Place(c.Origin.Name)
	}
	if f := app.Graph.Facet(s.Type); f != nil {
		return f.Place(f.Origin.Name)
	}
	return source.Place{}
}
