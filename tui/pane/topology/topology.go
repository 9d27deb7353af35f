// Package topology shows the picture of an application: boxes in boxes, joined by what they import.
package topology

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/tui/canvas"
	"github.com/roboconf/workbench/tui/canvas/scene"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/widget"
)

// Pane is the picture. Make it with New.
type Pane struct {
	app  *model.Application
	view *session.View

	subject subject
	chosen  bool // the person chose the subject
	zoom    canvas.Zoom
	focus   string // only the neighbourhood of this box; "" for all
	filter  filter
	typing  bool // the filter is being typed
	input   widget.Input
	sel     string // the selected box: a path or a type
	wanted  string // a selection that is not there yet

	graph    canvas.Graph // everything
	drawn    scene.Key    // what graph was made from
	pic      *canvas.Picture
	stale    bool // pic is not of the present graph, zoom, window
	statuses map[string]manager.Status
	lit      map[canvas.Point]bool // cells of the selected box's wires

	w, h int          // of the window at the last frame, without the line below
	at   canvas.Point // the cell of the picture in the window's corner
	drag *canvas.Point
}

// subject is what the picture shows.
type subject uint8

const (
	instances subject = iota
	types
)

// New makes an empty picture.
func New() *Pane { return &Pane{zoom: canvas.Names, stale: true} }

// ID is "topology".
func (p *Pane) ID() string { return "topology" }

// Title is "Topology".
func (p *Pane) Title() string { return "Topology" }

// State says what the picture shows, and how near.
func (p *Pane) State() string {
	text := map[subject]string{instances: "instances", types: "components"}[p.subject]
	text += map[canvas.Zoom]string{canvas.Machines: ", machines only", canvas.Names: "", canvas.Details: ", with details"}[p.zoom]
	if p.focus != "" {
		text += ", around " + p.focus
	}
	if p.filter.text != "" {
		text += ", filter " + p.filter.text
	}
	return text
}

// Update takes keys, mouse and notices.
func (p *Pane) Update(msg tea.Msg) []pane.Intent {
	switch msg := msg.(type) {
	case pane.Snapshot:
		p.SetModel(msg.Now.Result.App)
	case pane.Running:
		p.SetRun(msg.View)
	case pane.Selected:
		p.follow(msg)
	case tea.KeyPressMsg:
		return p.key(msg)
	case tea.PasteMsg:
		if p.typing {
			p.input.Update(msg)
			p.narrow(p.input.Text)
		}
	case tea.MouseMsg:
		return p.mouse(msg)
	}
	return nil
}

// SetModel shows another state of the application.
func (p *Pane) SetModel(app *model.Application) {
	p.app = app
	p.refresh()
}

// SetRun shows the states of a run; nil when nothing runs.
func (p *Pane) SetRun(v *session.View) {
	p.view = v
	p.statuses = map[string]manager.Status{}
	if v != nil {
		for _, s := range v.Statuses {
			p.statuses[s.Path] = s
		}
	}
	p.refresh()
	if p.filter.live && p.filter.text != "" {
		p.stale = true
	}
}

// refresh makes the graph again if there is something else to draw.
func (p *Pane) refresh() {
	if p.app == nil {
		return
	}
	if !p.chosen {
		p.subject = instances
		if len(p.app.Instances) == 0 && len(p.statuses) == 0 {
			p.subject = types
		}
	}
	key := scene.Key{App: p.app, Types: p.subject == types, Bare: p.zoom != canvas.Details}
	if p.view != nil && p.subject == instances {
		for _, s := range p.view.Statuses {
			key.Present = append(key.Present, scene.Present{Path: s.Path, Component: s.Component})
		}
	}
	if key.Equal(p.drawn) {
		return
	}
	graph := key.Graph()
	p.stale = p.stale || !p.alike(graph) // most letters that are typed change nothing in the picture
	p.drawn, p.graph = key, graph
	if p.wanted != "" && p.knows(p.wanted) {
		p.sel, p.wanted = p.wanted, ""
	}
	if p.focus != "" && !p.knows(p.focus) {
		p.focus = ""
	}
}

// alike says whether a graph looks like the one that is drawn.
func (p *Pane) alike(g canvas.Graph) bool {
	return slices.Equal(g.Edges, p.graph.Edges) && slices.EqualFunc(g.Nodes, p.graph.Nodes, func(a, b canvas.Node) bool {
		return a.ID == b.ID && a.Parent == b.Parent && a.Name == b.Name && a.Kind == b.Kind && a.Machine == b.Machine &&
			a.Mark == b.Mark && a.Summary == b.Summary && slices.Equal(a.Lines, b.Lines)
	})
}

// knows says whether the graph has a box.
func (p *Pane) knows(id string) bool {
	for i := range p.graph.Nodes {
		if p.graph.Nodes[i].ID == id {
			return true
		}
	}
	return false
}

// follow takes the common selection over.
func (p *Pane) follow(s pane.Selected) {
	id := s.Instance
	if p.subject == types {
		id = s.Type
		if id == "" && p.app != nil {
			if i := model.Find(p.app.Instances, s.Instance); i != nil {
				id = i.Component
			}
		}
	}
	switch {
	case id == "" || id == p.sel:
	case !p.knows(id):
		p.wanted = id
	default:
		p.sel, p.wanted = id, ""
		p.light()
		p.reveal()
	}
}

// show is the part of the graph that is drawn.
func (p *Pane) show() canvas.Graph {
	g := p.graph
	if p.focus != "" {
		g = g.Around(p.focus)
	}
	if p.filter.text != "" {
		g = g.Keep(func(n canvas.Node) bool { return p.filter.match(n, p.word(n.ID)) })
	}
	return g
}

// layout makes the picture for a window, and keeps the selected box where it was in it.
func (p *Pane) layout(w, h int) {
	if p.pic != nil && !p.stale && w == p.w && h == p.h {
		return
	}
	old, was := p.pic, p.corner()
	p.w, p.h = w, h
	p.pic = canvas.Layout(p.show(), canvas.Options{Width: w, Height: h, Zoom: p.zoom}, p.pic)
	p.stale = false
	if is := p.corner(); old != nil && was != nil && is != nil {
		p.at.X += is.X - was.X
		p.at.Y += is.Y - was.Y
	}
	p.light()
	p.reveal()
	p.clamp()
}

// corner is the place of the selected box in the picture.
func (p *Pane) corner() *canvas.Point {
	i := p.box()
	if i < 0 {
		return nil
	}
	return &canvas.Point{X: p.pic.Boxes[i].X, Y: p.pic.Boxes[i].Y}
}

// box is the index of the selected box, or of the one around it that the zoom shows; -1 for none.
func (p *Pane) box() int {
	if p.pic == nil || p.sel == "" {
		return -1
	}
	if i, ok := p.pic.Find(p.sel); ok {
		return i
	}
	for i := range p.pic.Boxes {
		for _, id := range p.pic.Boxes[i].Hidden {
			if id == p.sel {
				return i
			}
		}
	}
	return -1
}

// light finds the wires between the selected box, with all it holds, and its neighbours.
func (p *Pane) light() {
	p.lit = map[canvas.Point]bool{}
	i := p.box()
	if i < 0 {
		return
	}
	for k := range p.pic.Wires {
		for _, c := range p.pic.Wires[k].From(func(box int) bool { return p.pic.Holds(i, box) }) {
			p.lit[c] = true
		}
	}
}
