package tui

import (
	"slices"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/tui/overlay"
	"github.com/roboconf/workbench/tui/pane"
)

// globals are what a person can do anywhere. An action of the pane with the focus goes before one with the same key.
func (m *Model) globals() []pane.Action {
	return slices.Concat(m.workActions(), m.languageActions(), m.screenActions(), m.runActions())
}

// act makes an action of a function that changes the model.
func act(id, key, title, off string, do func()) pane.Action {
	return pane.Action{ID: id, Key: key, Title: title, Off: off, Do: func() []pane.Intent { do(); return nil }}
}

// wish makes an action of one intent.
func wish(id, key, title, off string, intent pane.Intent) pane.Action {
	return pane.Action{ID: id, Key: key, Title: title, Off: off, Do: func() []pane.Intent { return []pane.Intent{intent} }}
}

func (m *Model) screenActions() []pane.Action {
	return []pane.Action{
		act("app.help", "f1", "Help", "", m.help),
		act("app.palette", "ctrl+p", "Go to or do", "", func() { m.palette("") }),
		act("app.leader", "ctrl+k", "More keys", "", func() { m.push(overlay.NewLeader(m.sheet())) }),
		act("app.next", "f6", "Next pane", "", func() { m.cycle(1) }),
		act("app.previous", "shift+f6", "Previous pane", "", func() { m.cycle(-1) }),
		act("app.zoom", "f4", "Whole screen", m.zoomOff(), func() { m.arr.zoomed = !m.arr.zoomed }),
		act("app.explorer", "ctrl+e", "Explorer", "", m.explorer),
		act("app.both", "ctrl+t", "Same object in text and picture", "", m.both),
		act("app.back", "esc", "One layer back", "", m.back),
		act("lens.design", "", "Design: files, text, picture", "", func() { m.lens(Design, "editor") }),
		act("lens.run", "", "Run: instances, picture, timeline", "", func() { m.lens(Run, "instances") }),
		act("app.theme", "", "Next theme: dark, light, plain, as the terminal", "", m.nextTheme),
		act("app.mouse", "", m.mouseTitle(), "", func() { m.mouse = !m.mouse }),
		wish("focus.files", "", "Go to the files", "", pane.Focus{Pane: "files"}),
		wish("focus.editor", "", "Go to the text", "", pane.Focus{Pane: "editor"}),
		wish("focus.topology", "", "Go to the picture", "", pane.Focus{Pane: "topology"}),
		wish("focus.instances", "", "Go to the instances", "", pane.Focus{Pane: "instances"}),
		wish("focus.problems", "", "Go to the problems", "", pane.Focus{Pane: "problems"}),
		wish("focus.timeline", "", "Go to the timeline", "", pane.Focus{Pane: "timeline"}),
	}
}

func (m *Model) zoomOff() string {
	if sizeOf(m.arr.w, m.arr.h) <= narrow {
		return "one pane has the whole screen already"
	}
	return ""
}

func (m *Model) mouseTitle() string {
	if m.mouse {
		return "Leave the mouse to the terminal, to select and copy"
	}
	return "Use the mouse here"
}

func (m *Model) workActions() []pane.Action {
	clean, sound := "", ""
	if len(m.snap.Dirty) == 0 {
		clean = "everything is saved"
	}
	if len(m.snap.Problems) == 0 {
		sound = "there is no problem"
	}
	current, cure := m.currentProblem(), "no problem stands here"
	var fixes []diag.Fix
	if current != nil {
		cure = ""
		fixes = m.cures.Of(m.snap, *current, m.cfg.Language)
		if len(fixes) == 0 {
			cure = "no quick fix is known for this problem"
		}
	}
	return []pane.Action{
		wish("app.save", "ctrl+s", "Save", clean, pane.Save{}),
		act("app.open", "ctrl+o", "Open a file", "", func() { m.palette("") }),
		act("problems.next", "f8", "Next problem", sound, m.nextProblem),
		{ID: "problems.cure", Key: "f7", Title: "Quick fix", Off: cure, Do: func() []pane.Intent { return pane.Cured(fixes, m.cfg.Language) }},
		wish("app.folder", "", "Open another folder", m.dirtyOff(), pane.Ask{
			Title: "Open another folder", Hint: "its path", Then: func(dir string) []pane.Intent { m.openFolder(dir); return nil },
		}),
		act("app.switch", "", "Show another open application", m.switchOff(), func() {
			m.push(overlay.NewChoiceOf("Applications side by side", m.others()))
		}),
		act("app.welcome", "", "Open a sample", m.dirtyOff(), func() { m.welcome = newWelcome(m.cfg) }),
		act("app.quit", "ctrl+q", "Quit", "", m.quit),
	}
}

func (m *Model) dirtyOff() string {
	if len(m.snap.Dirty) > 0 {
		return "save first"
	}
	return ""
}

func (m *Model) runActions() []pane.Action {
	none, still := "", ""
	if m.run == nil {
		none = "nothing runs; F5 starts the simulation"
		still = none
	} else if !m.run.Paused() {
		still = "pause first"
	}
	title, off := m.startTitle()
	why := none
	if why == "" && m.sel.Instance == "" {
		why = "no instance is selected"
	}
	return []pane.Action{
		act("run.start", "f5", title, off, m.start),
		act("run.stop", "shift+f5", "Stop the simulation", none, m.stop),
		act("run.pause", "", m.pauseTitle(), none, func() { m.run.Pause(!m.run.Paused()); m.tellRun() }),
		act("run.step", "", "One event further", still, func() { m.run.Step(); m.tellRun() }),
		act("run.faster", "", "Faster", none, func() { m.pace(1) }),
		act("run.slower", "", "Slower", none, func() { m.pace(-1) }),
		wish("run.why", "", "Why is the selected instance so?", why, pane.Explain{Path: m.sel.Instance}),
	}
}

// startTitle says what F5 does now, or why it can do nothing.
func (m *Model) startTitle() (title, off string) {
	switch {
	case m.run == nil:
		return "Run the simulation", ""
	case m.run.View().Behind:
		return "Apply the difference", ""
	case m.run.Paused():
		return "Go on", ""
	}
	return "Apply the difference", "the run has the text as it is"
}

func (m *Model) pauseTitle() string {
	if m.run != nil && m.run.Paused() {
		return "Go on"
	}
	return "Pause"
}

// currentProblem is the one that F7 cures: the chosen one in the list, else the first in the line of the cursor.
func (m *Model) currentProblem() *diag.Problem {
	if m.arr.focus == "problems" {
		if p, ok := m.problems.Chosen(); ok {
			return &p
		}
		return nil
	}
	at := m.editor.Place()
	file := m.snap.Result.Files[at.File]
	if file == nil {
		return nil
	}
	line := file.Lines.Line(at.Span.Start)
	for i, p := range m.snap.Problems {
		if spot, r := p.Spot(); spot.File == at.File && r.Start.Line <= line && line <= r.End.Line {
			return &m.snap.Problems[i]
		}
	}
	return nil
}

// sheet is what may follow the leader key. Letters are unique; a test sees to it.
func (m *Model) sheet() []pane.Action {
	byID := map[string]pane.Action{}
	for _, a := range m.globals() {
		byID[a.ID] = a
	}
	actions := make([]pane.Action, 0, len(leaders))
	for _, l := range leaders {
		a := byID[l.id]
		a.Key = l.key
		if l.title != "" {
			a.Title = l.title
		}
		actions = append(actions, a)
	}
	return actions
}

// leaders are the keys after the leader key, in the order of the sheet.
var leaders = []struct{ key, id, title string }{
	{"1", "lens.design", "Design"},
	{"2", "lens.run", "Run"},
	{"f", "focus.files", "Files"},
	{"e", "focus.editor", "Text"},
	{"t", "focus.topology", "Picture"},
	{"i", "focus.instances", "Instances"},
	{"p", "focus.problems", "Problems"},
	{"l", "focus.timeline", "Timeline"},
	{"r", "run.start", ""},
	{"x", "run.stop", "Stop the run"},
	{"space", "run.pause", ""},
	{".", "run.step", ""},
	{"+", "run.faster", ""},
	{"-", "run.slower", ""},
	{"w", "run.why", "Why is it so?"},
	{"a", "text.actions", "Change here"},
	{"d", "text.format", "Lay out"},
	{"b", "text.back", "Back"},
	{"u", "text.take-back", "Take the change back"},
	{"s", "app.save", "Save all"},
	{"o", "app.folder", "Open a folder"},
	{"z", "app.zoom", ""},
	{"c", "app.theme", "Next theme"},
	{"m", "app.mouse", "Mouse on or off"},
	{"q", "app.quit", ""},
}

// help lists what can be done now, the pane with the focus first.
func (m *Model) help() {
	focus := m.panes[m.arr.focus]
	own := focus.Actions()
	taken := map[string]bool{}
	for _, a := range own {
		taken[a.Key] = true
	}
	var global []pane.Action
	for _, a := range m.globals() {
		if !taken[a.Key] {
			global = append(global, a)
		}
	}
	m.push(overlay.Help([]overlay.Context{
		{Title: focus.Title(), Actions: own},
		{Title: "Everywhere", Actions: global},
		{Title: "After ^K", Actions: m.sheet()},
	}))
}

func (m *Model) push(l overlay.Overlay) { m.layers = append(m.layers, l) }
