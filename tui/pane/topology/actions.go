package topology

import (
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/tui/canvas"
	"github.com/roboconf/workbench/tui/pane"
)

// Actions of the picture.
func (p *Pane) Actions() []pane.Action {
	return append(append(p.objectActions(), p.viewActions()...), p.moveActions()...)
}

// objectActions are about the selected box.
func (p *Pane) objectActions() []pane.Action {
	status, why := p.target()
	request := func(s lifecycle.State) func() []pane.Intent {
		return func() []pane.Intent {
			return []pane.Intent{pane.Operate{Op: manager.Request{Path: p.sel, State: s}}}
		}
	}
	return []pane.Action{
		{ID: "topology.open", Key: "enter", Title: "Show its text", Off: p.noText(), Do: p.open},
		{ID: "topology.why", Key: "w", Title: "Why is it so?", Off: why, Do: func() []pane.Intent {
			return []pane.Intent{pane.Explain{Path: p.sel}}
		}},
		{ID: "topology.start", Key: "s", Title: "Start", Off: pane.First(why, pane.NotStartable(status.State)), Do: request(lifecycle.DeployedStarted)},
		{ID: "topology.stop", Key: "t", Title: "Stop", Off: pane.First(why, pane.NotStoppable(status.State, status.Machine)), Do: request(lifecycle.DeployedStopped)},
	}
}

// viewActions are about what is shown.
func (p *Pane) viewActions() []pane.Action {
	empty := ""
	if len(p.graph.Nodes) == 0 {
		empty = "there is nothing to draw"
	}
	near, far, around := empty, empty, empty
	if p.zoom == canvas.Details {
		near = pane.First(empty, "everything is shown")
	}
	if p.zoom == canvas.Machines {
		far = pane.First(empty, "only machines are shown")
	}
	if p.sel == "" && p.focus == "" {
		around = pane.First(empty, "no box is selected")
	}
	clear := ""
	if p.filter.text == "" && p.focus == "" {
		clear = "everything is shown"
	}
	return []pane.Action{
		{ID: "topology.zoom-in", Key: "+", Title: "Show more of each box", Off: near, Do: quiet(func() { p.zoomTo(p.zoom + 1) })},
		{ID: "topology.zoom-out", Key: "-", Title: "Show less of each box", Off: far, Do: quiet(func() { p.zoomTo(p.zoom - 1) })},
		{ID: "topology.zoom-reset", Key: "0", Title: "Show names", Off: empty, Do: quiet(p.reset)},
		{ID: "topology.types", Key: "c", Title: "Show components", Off: p.shows(types), Do: quiet(func() { p.turnTo(types) })},
		{ID: "topology.instances", Key: "i", Title: "Show instances", Off: p.shows(instances), Do: quiet(func() { p.turnTo(instances) })},
		{ID: "topology.focus", Key: "f", Title: "Only neighbours of the box, or all again", Off: around, Do: quiet(p.toggleFocus)},
		{ID: "topology.filter", Key: "/", Title: "Filter: words, !not, state:, re:", Off: empty, Do: quiet(func() { p.typing = true })},
		{ID: "topology.clear", Key: "esc", Title: "Show everything again", Off: clear, Do: quiet(p.clear)},
	}
}

// moveActions are about where the eye goes.
func (p *Pane) moveActions() []pane.Action {
	empty := ""
	if p.pic == nil || len(p.pic.Boxes) == 0 {
		empty = "there is nothing to select"
	}
	whole := empty
	if p.pic != nil && p.pic.W <= p.w && p.pic.H <= p.h {
		whole = pane.First(empty, "the whole picture is in sight")
	}
	var out []pane.Action
	for _, d := range []struct {
		key, word string
		side      canvas.Side
	}{{"up", "above", canvas.North}, {"down", "below", canvas.South}, {"left", "at the left", canvas.West}, {"right", "at the right", canvas.East}} {
		out = append(out,
			pane.Action{ID: "topology." + d.key, Key: d.key, Title: "Select the box " + d.word, Off: empty, Do: func() []pane.Intent { return p.step(d.side) }},
			pane.Action{ID: "topology.pan-" + d.key, Key: "shift+" + d.key, Title: "Move the window " + d.key, Off: whole, Do: quiet(func() { p.pan(d.side, 3) })})
	}
	return append(out,
		pane.Action{ID: "topology.next", Key: "tab", Title: "Select the next box", Off: empty, Do: func() []pane.Intent { return p.turn(1) }},
		pane.Action{ID: "topology.previous", Key: "shift+tab", Title: "Select the previous box", Off: empty, Do: func() []pane.Intent { return p.turn(-1) }})
}

// quiet is an act that nobody else has to know of.
func quiet(do func()) func() []pane.Intent {
	return func() []pane.Intent {
		do()
		return nil
	}
}

// target is the selected instance in the run, and why nothing can be asked of it.
func (p *Pane) target() (manager.Status, string) {
	switch s, ok := p.statuses[p.sel]; {
	case p.subject == types:
		return s, "a component does not run; i shows instances"
	case p.sel == "":
		return s, "no box is selected"
	case p.view == nil:
		return s, "nothing runs; F5 starts the simulation"
	case !ok:
		return s, "it is not in the run yet; F5 applies the difference"
	default:
		return s, ""
	}
}

// noText says why there is no text of the selected box to show.
func (p *Pane) noText() string {
	if p.sel == "" {
		return "no box is selected"
	}
	if o, ok := p.origin(); !ok || o.File == "" {
		return "no file declares it"
	}
	return ""
}

// origin is where the selected box is declared.
func (p *Pane) origin() (model.Origin, bool) {
	if p.app == nil {
		return model.Origin{}, false
	}
	if p.subject == types {
		if c := p.app.Graph.Component(p.sel); c != nil {
			return c.Origin, true
		}
		return model.Origin{}, false
	}
	if i := model.Find(p.app.Instances, p.sel); i != nil {
		return i.Origin, true
	}
	return model.Origin{}, false
}

func (p *Pane) open() []pane.Intent {
	o, _ := p.origin()
	place := o.Place(o.Name)
	return []pane.Intent{pane.Open{File: place.File, Span: place.Span}}
}

// shows says that a subject is shown already.
func (p *Pane) shows(s subject) string {
	if p.subject == s {
		return "they are shown"
	}
	return ""
}

// turnTo shows the other subject, and what belongs to the selection there.
func (p *Pane) turnTo(s subject) {
	if s == p.subject {
		return
	}
	next := ""
	if p.app != nil {
		for path, i := range model.Walk(p.app.Instances) {
			if s == types && path == p.sel {
				next = i.Component
			}
			if s == instances && next == "" && i.Component == p.sel {
				next = path
			}
		}
	}
	p.subject, p.chosen, p.focus, p.at = s, true, "", canvas.Point{}
	p.sel, p.wanted = next, ""
	p.pic = nil
	p.refresh()
	p.stale = true
}

func (p *Pane) reset() {
	p.zoom, p.at, p.stale = canvas.Names, canvas.Point{}, true
	p.refresh()
}

func (p *Pane) toggleFocus() {
	if p.focus != "" {
		p.focus = ""
	} else {
		p.focus = p.sel
	}
	p.stale = true
}

func (p *Pane) clear() {
	p.focus = ""
	p.input.Set("")
	p.narrow("")
}
