// Package tui is the terminal: it lays panes out, routes what happens to them, does what they want.
package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/simulator"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/overlay"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/pane/editor"
	"github.com/roboconf/workbench/tui/pane/files"
	"github.com/roboconf/workbench/tui/pane/instances"
	"github.com/roboconf/workbench/tui/pane/problems"
	"github.com/roboconf/workbench/tui/pane/timeline"
	"github.com/roboconf/workbench/tui/pane/topology"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/theme"
)

// Sample is an application that the welcome screen offers.
type Sample struct {
	Name, Title string
	// Open gives a folder with the sample in it, which may be changed.
	Open func() (dir string, err error)
}

// Config is what the terminal is given. The zero value opens the welcome screen without samples.
type Config struct {
	// Workspace is the application to open; nil opens the welcome screen.
	Workspace *workspace.Workspace
	// Group holds the applications that are open side by side, Workspace among them; nil: there is that one.
	Group   *workspace.Group
	Samples []Sample
	Version string
	// Language is that of the sentences about findings.
	Language diag.Language
	// Seed of every simulation that is started.
	Seed uint64
	// Getenv looks the environment up; nil: nothing is set.
	Getenv func(string) string
	// Now is the clock; nil: time stands still.
	Now func() time.Time
	// After sends what a function makes of the time after a while; nil: tea.Tick.
	After func(d time.Duration, make func(time.Time) tea.Msg) tea.Cmd
	// Watch waits for the next change in a folder; nil: nobody watches.
	Watch func(ws *workspace.Workspace) tea.Cmd
	// NewWorld makes a simulation; nil: simulator.New.
	NewWorld func(app *model.Application, o simulator.Options) session.World
}

// Model is the terminal. Only its own loop may touch it.
type Model struct {
	cfg   Config
	ws    *workspace.Workspace
	snap  *workspace.Snapshot
	panes map[string]pane.Pane
	// These are the panes that the root asks something of.
	editor   editorPane
	problems *problems.Pane
	welcome  *welcome

	arr     arrangement
	slots   []slot
	layers  []overlay.Overlay
	heads   []head // the tabs drawn last, for the mouse
	grabbed string // the pane that holds the mouse button
	look    *theme.Theme
	dark    bool
	forced  string // a theme that was chosen, "" follows the terminal
	mouse   bool   // false leaves the mouse to the terminal

	run     *session.Session
	ticking bool
	ticked  time.Time
	sel     pane.Selected
	trail   []source.Place // where jumps began
	cures   pane.Cures
	done    *deed // the last change, which can be taken back; nil when there is none
	told    pane.Tell
	watched bool

	cmds   []tea.Cmd
	grid   *cell.Grid
	frame  string
	cursor *tea.Cursor
	dirty  bool
}

// editorPane is what the root wants from the pane that holds the text.
type editorPane interface {
	pane.Pane
	pane.Located
}

// New makes a terminal from its parts.
func New(cfg Config) *Model {
	if cfg.Getenv == nil {
		cfg.Getenv = func(string) string { return "" }
	}
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return time.Time{} }
	}
	if cfg.After == nil {
		cfg.After = func(d time.Duration, make func(time.Time) tea.Msg) tea.Cmd { return tea.Tick(d, make) }
	}
	if cfg.NewWorld == nil {
		cfg.NewWorld = func(app *model.Application, o simulator.Options) session.World { return simulator.New(app, o) }
	}
	if cfg.Group == nil {
		cfg.Group = &workspace.Group{}
	}
	m := &Model{cfg: cfg, dark: true, mouse: true, dirty: true}
	m.arr = arrangement{explorer: true, focus: "editor", shown: map[string]string{}}
	m.retheme()
	m.welcome = newWelcome(cfg)
	if cfg.Workspace != nil {
		m.open(cfg.Workspace)
	}
	return m
}

// open shows another application: every pane begins afresh.
func (m *Model) open(ws *workspace.Workspace) {
	m.ws, m.run, m.layers, m.sel, m.welcome = ws, nil, nil, pane.Selected{}, nil
	m.trail, m.done = nil, nil
	ed := editor.New(editor.Options{Now: m.cfg.Now, Language: m.cfg.Language})
	prob := problems.New(m.cfg.Language)
	m.editor, m.problems = ed, prob
	m.panes = map[string]pane.Pane{}
	for _, p := range []pane.Pane{files.New(), ed, topology.New(), instances.New(), prob, timeline.New()} {
		m.panes[p.ID()] = p
	}
	m.arr.lens, m.arr.zoomed, m.arr.focus = Design, false, "editor"
	m.arr.explorer = sizeOf(m.arr.w, m.arr.h) == wide
	m.watched = m.cfg.Watch != nil
	m.refresh(ws.Snapshot())
	if first := m.firstFile(); first != "" {
		m.do(pane.Open{File: first})
	}
	m.rearrange()
}

// firstFile is what the editor shows at the beginning: the entry point of the graph.
func (m *Model) firstFile() string {
	d := m.snap.Result.App.Descriptor
	for _, name := range []string{"graph/" + d.GraphEntry, "main.graph", d.GraphEntry} {
		if _, ok := m.snap.Result.Files[name]; ok {
			return name
		}
	}
	for _, name := range m.snap.All {
		if _, ok := m.snap.Result.Files[name]; ok {
			return name
		}
	}
	return ""
}

// refresh tells every pane of a new snapshot, and a run that it may be behind.
func (m *Model) refresh(snap *workspace.Snapshot) {
	m.snap = snap
	if m.run != nil {
		m.run.Compare(snap.Result.App)
		m.tellRun()
	}
	m.notify(pane.Snapshot{Now: snap})
}

// notify hands a notice to every pane.
func (m *Model) notify(notice tea.Msg) {
	for _, id := range paneOrder {
		if p := m.panes[id]; p != nil {
			m.doAll(p.Update(notice))
		}
	}
}

// paneOrder is the order in which panes hear of something.
var paneOrder = []string{"editor", "files", "instances", "topology", "problems", "timeline"}

// tellRun hands the newest view of the run to every pane.
func (m *Model) tellRun() {
	var v *session.View
	if m.run != nil {
		v = m.run.View()
	}
	m.notify(pane.Running{View: v})
}

// retheme chooses the look again.
func (m *Model) retheme() {
	m.look = theme.Choose(m.cfg.Getenv, m.dark)
	switch m.forced {
	case "dark", "light":
		m.look = theme.Choose(m.cfg.Getenv, m.forced == "dark")
	case "plain":
		m.look = theme.Plain().WithGlyphs(m.look.Glyphs())
	case "ascii":
		m.look = theme.ASCII()
	}
	m.dirty = true
}
