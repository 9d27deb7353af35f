package instances

import (
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/tui/pane"
)

// Actions of the tree.
func (p *Pane) Actions() []pane.Action {
	r, why := p.target()
	text := ""
	if len(p.rows) == 0 {
		text = "there is no instance"
	}
	return []pane.Action{
		{ID: "instances.open", Key: "enter", Title: "Show its text", Off: p.noText(r, text), Do: func() []pane.Intent { return p.open(r) }},
		{ID: "instances.why", Key: "w", Title: "Why is it so?", Off: why, Do: func() []pane.Intent {
			return []pane.Intent{pane.Explain{Path: r.path}}
		}},
		{ID: "instances.start", Key: "s", Title: "Start", Off: pane.First(why, pane.NotStartable(r.state)), Do: func() []pane.Intent {
			return operate(manager.Request{Path: r.path, State: lifecycle.DeployedStarted})
		}},
		{ID: "instances.stop", Key: "t", Title: "Stop", Off: pane.First(why, pane.NotStoppable(r.state, r.machine)), Do: func() []pane.Intent {
			return operate(manager.Request{Path: r.path, State: lifecycle.DeployedStopped})
		}},
		{ID: "instances.deploy", Key: "d", Title: "Deploy and start all below", Off: why, Do: func() []pane.Intent {
			return operate(manager.DeployAndStart{Path: r.path})
		}},
		{ID: "instances.undeploy", Key: "u", Title: "Undeploy", Off: pane.First(why, pane.NotDeployed(r.state)), Do: func() []pane.Intent {
			return operate(undeploy(r))
		}},
		{ID: "instances.add", Key: "a", Title: "Add a copy", Off: p.noText(r, text), Do: func() []pane.Intent { return p.ask(r) }},
		{ID: "instances.remove", Key: "x", Title: "Remove", Off: p.noText(r, text), Do: func() []pane.Intent {
			return []pane.Intent{pane.Deletes{Path: r.path}}
		}},
		{ID: "instances.unfold", Key: "right", Title: "Unfold", Off: text, Do: func() []pane.Intent { return p.fold(false) }},
		{ID: "instances.fold", Key: "left", Title: "Fold", Off: text, Do: func() []pane.Intent { return p.fold(true) }},
	}
}

// target is the chosen instance, and why nothing can be asked of it.
func (p *Pane) target() (row, string) {
	if p.list.At >= len(p.rows) {
		return row{}, "there is no instance"
	}
	r := p.rows[p.list.At]
	switch {
	case p.view == nil:
		return r, "nothing runs; F5 starts the simulation"
	case r.missing:
		return r, "it is not in the run yet; F5 applies the difference"
	}
	return r, ""
}

// noText says why there is no text of an instance to show or change.
func (p *Pane) noText(r row, none string) string {
	if none != "" {
		return none
	}
	if p.app == nil {
		return "no application is open"
	}
	if in := model.Find(p.app.Instances, r.path); in == nil || in.File == "" {
		return "no file declares it"
	}
	return ""
}

func operate(op manager.Op) []pane.Intent { return []pane.Intent{pane.Operate{Op: op}} }

// undeploy of a machine takes everything on it along.
func undeploy(r row) manager.Op {
	if r.machine {
		return manager.UndeployAll{Path: r.path}
	}
	return manager.Request{Path: r.path, State: lifecycle.NotDeployed}
}

func (p *Pane) open(r row) []pane.Intent {
	in := model.Find(p.app.Instances, r.path)
	place := in.Place(in.Origin.Name)
	return []pane.Intent{pane.Select{Instance: r.path}, pane.Open{File: place.File, Span: place.Span}}
}

// ask wants the name of a copy, and proposes the next free one.
func (p *Pane) ask(r row) []pane.Intent {
	return []pane.Intent{pane.Ask{
		Title: "Add a copy of " + r.path,
		Hint:  "name of the new instance",
		Text:  p.free(r.path),
		Then: func(name string) []pane.Intent {
			return []pane.Intent{pane.Copies{Path: r.path, Name: strings.TrimSpace(name)}}
		},
	}}
}

// free is a name like that of an instance, with another number, that no sibling has.
func (p *Pane) free(path string) string {
	parent, name := path[:strings.LastIndexByte(path, '/')+1], last(path)
	stem := strings.TrimRight(name, "0123456789")
	if stem == name {
		stem += "-"
	}
	taken := map[string]bool{}
	for _, r := range p.all {
		taken[r.path] = true
	}
	for n := 2; ; n++ {
		if candidate := stem + strconv.Itoa(n); !taken[parent+candidate] {
			return candidate
		}
	}
}

// fold folds an instance; from one without children, or folded already, it goes up.
func (p *Pane) fold(closed bool) []pane.Intent {
	r := p.rows[p.list.At]
	if closed && (!r.children || p.folded[r.path]) {
		p.choose(r.path[:max(0, strings.LastIndexByte(r.path, '/'))])
		return p.tell()
	}
	if closed {
		p.folded[r.path] = true
	} else {
		delete(p.folded, r.path)
	}
	p.refresh()
	return nil
}
