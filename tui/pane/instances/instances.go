// Package instances shows the tree of instances with the state of each.
package instances

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/widget"
)

// Pane is the tree. Make it with New.
type Pane struct {
	app    *model.Application
	view   *session.View
	all    []row
	rows   []row // in sight
	folded map[string]bool
	list   widget.List
}

// row is one instance.
type row struct {
	path, name, component string
	depth                 int
	children              bool
	machine               bool
	missing               bool // in the text, not in the run
	state                 lifecycle.State
	reason                string
}

// New makes an empty tree.
func New() *Pane { return &Pane{folded: map[string]bool{}} }

// ID is "instances".
func (p *Pane) ID() string { return "instances" }

// Title is "Instances".
func (p *Pane) Title() string { return "Instances" }

// Update takes keys, mouse and notices.
func (p *Pane) Update(msg tea.Msg) []pane.Intent {
	switch msg := msg.(type) {
	case pane.Snapshot:
		p.app = msg.Now.Result.App
		p.rebuild()
	case pane.Running:
		p.view = msg.View
		p.rebuild()
	case pane.Selected:
		p.reveal(msg.Instance)
	case tea.KeyPressMsg:
		return p.key(msg.String())
	case tea.MouseWheelMsg:
		p.list.Scroll(pane.Wheel(msg))
	case tea.MouseClickMsg:
		if p.list.Click(msg.Y) {
			return p.tell()
		}
	}
	return nil
}

func (p *Pane) key(key string) []pane.Intent {
	if intents, ok := pane.Press(p.Actions(), key); ok {
		return intents
	}
	if at := p.list.At; p.list.Key(key) && at != p.list.At {
		return p.tell()
	}
	return nil
}

// tell makes the chosen instance the common selection.
func (p *Pane) tell() []pane.Intent {
	if r, ok := p.Chosen(); ok {
		return []pane.Intent{pane.Select{Instance: r}}
	}
	return nil
}

// rebuild lists every instance: those of the run while there is one, then those of the text that the run does not have.
func (p *Pane) rebuild() {
	p.all = p.all[:0]
	known := map[string]bool{}
	if p.view != nil {
		for _, s := range p.view.Statuses {
			known[s.Path] = true
			p.all = append(p.all, row{
				path: s.Path, name: last(s.Path), component: s.Component, depth: strings.Count(s.Path, "/") - 1,
				machine: s.Machine, state: s.State, reason: reason(p.view, s),
			})
		}
	}
	if p.app != nil {
		for path, in := range model.Walk(p.app.Instances) {
			if known[path] {
				continue
			}
			r := row{path: path, name: in.Name, component: in.Component, depth: strings.Count(path, "/") - 1, missing: p.view != nil}
			if c := p.app.Graph.Component(in.Component); c != nil {
				r.machine = p.app.Graph.IsMachine(c)
			}
			p.all = append(p.all, r)
		}
	}
	for i := range p.all {
		p.all[i].children = i+1 < len(p.all) && strings.HasPrefix(p.all[i+1].path, p.all[i].path+"/")
	}
	p.refresh()
}

// reason says in words why an instance is not started; a started one needs none.
func reason(v *session.View, s manager.Status) string {
	switch s.State {
	case lifecycle.DeployedStarted, lifecycle.NotDeployed:
		if s.Failure != nil {
			return s.Failure.Message
		}
		return ""
	}
	if s.Failure != nil {
		return s.Failure.Message
	}
	return v.Reasons[s.Path]
}

// refresh leaves out what is folded, and keeps the choice.
func (p *Pane) refresh() {
	chosen, _ := p.Chosen()
	p.rows = p.rows[:0]
	hidden := ""
	for _, r := range p.all {
		if hidden != "" && strings.HasPrefix(r.path, hidden+"/") {
			continue
		}
		hidden = ""
		if p.folded[r.path] {
			hidden = r.path
		}
		p.rows = append(p.rows, r)
	}
	p.list.Resize(len(p.rows))
	p.choose(chosen)
}

// Chosen is the path of the chosen instance.
func (p *Pane) Chosen() (string, bool) {
	if p.list.At >= len(p.rows) {
		return "", false
	}
	return p.rows[p.list.At].path, true
}

// reveal puts the choice on an instance, and unfolds those above it.
func (p *Pane) reveal(path string) {
	hidden := false
	for at := strings.LastIndexByte(path, '/'); at > 0; at = strings.LastIndexByte(path[:at], '/') {
		hidden = hidden || p.folded[path[:at]]
		delete(p.folded, path[:at])
	}
	if hidden {
		p.refresh()
	}
	p.choose(path)
}

func (p *Pane) choose(path string) {
	for i, r := range p.rows {
		if r.path == path {
			p.list.Select(i)
			return
		}
	}
}

func last(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
