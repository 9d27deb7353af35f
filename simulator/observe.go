package simulator

import (
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/simulator/property"
	"github.com/roboconf/workbench/simulator/trace"
)

// truth is what is true of every instance, as opposed to what the manager knows: an agent's word counts when it is said, not
// when it arrives. Machines are what the manager says.
type truth struct {
	known map[string]*instance
	order []*property.Instance // parents first
	stale bool                 // instances were added, removed or renamed
	told  map[string]bool      // what was found broken
}

// instance is what is true of an instance, with what the world pretends about it.
type instance struct {
	property.Instance
	recipes [lifecycle.Undeploy + 1]tally
	acts    [profile.Query + 1]tally
	slow    float64 // its recipes last longer by this factor; 0 for not
}

// known finds an instance; nil when there is none.
func (w *World) known(path string) *instance {
	if w.truth.stale {
		w.refresh()
	}
	return w.truth.known[path]
}

// knownTo finds an instance of an agent: mostly it is the one that the agent spoke of before.
func (w *World) knownTo(c *client, path string) *instance {
	if w.truth.stale || c.last == nil || c.last.Path != path {
		c.last = w.known(path)
	}
	return c.last
}

// refresh follows the model of the manager. What is known of an instance is kept.
func (w *World) refresh() {
	t := &w.truth
	old := t.known
	t.stale, t.order = false, t.order[:0]
	t.known = make(map[string]*instance, len(old))
	for _, c := range w.clients {
		c.last = nil
	}
	if g := w.manager.Graph(w.app); g != nil && g != w.graph {
		w.graph = g
		clear(w.kinds)
	}
	w.enter(old, nil, "", w.manager.Instances(w.app))
}

func (w *World) enter(old map[string]*instance, parent *property.Instance, above string, list []*model.Instance) {
	t := &w.truth
	for _, declared := range list {
		path := above + "/" + declared.Name
		i := old[path]
		if i == nil {
			i = &instance{}
			i.Path = path
		}
		c := w.graph.Component(declared.Component)
		i.Declared, i.Machine, i.Parent, i.Children = declared, c != nil && w.graph.IsMachine(c), parent, nil
		if parent != nil {
			parent.Children = append(parent.Children, &i.Instance)
		}
		t.known[path] = i
		t.order = append(t.order, &i.Instance)
		w.enter(old, &i.Instance, path, declared.Children)
	}
}

// observe learns from what an agent says, at the moment it says it.
func (w *World) observe(c *client, m *message.Envelope) {
	switch b := m.Body.(type) {
	case *message.InstanceChanged:
		w.moved(c, b)
	case *message.RequestResult:
		if b.Outcome == message.Rejected {
			w.refuse(b.Path, b.Reason)
		}
	}
}

func (w *World) moved(c *client, b *message.InstanceChanged) {
	i := w.knownTo(c, b.Path)
	if i == nil {
		return
	}
	i.Imports = b.Imports
	c.box.touched = append(c.box.touched, i)
	if i.Machine || i.State == b.Status {
		return
	}
	e := trace.Entry{Kind: trace.State, Path: b.Path, From: i.State.String(), To: b.Status.String(), Text: b.Why.String()}
	e.Problem = b.Why.Kind == message.WhyFailed || b.Why.Kind == message.WhyInterrupted
	w.note(e)
	i.State = b.Status
}

// changed learns from what the manager decides itself.
func (w *World) changed(e manager.Changed) {
	if e.Created || e.Removed {
		w.truth.stale = true
		if w.asked > 1 { // the first operation creates the application: that is no news
			w.appeared(e)
		}
		return
	}
	if !w.truth.stale && e.Why.Kind != "" && e.To != lifecycle.NotDeployed {
		return // the word of an agent, which counted when it was said
	}
	i := w.known(e.Path)
	if i == nil || !i.Machine && (e.To != lifecycle.NotDeployed || w.owned(&i.Instance)) || i.State == e.To {
		return
	}
	w.note(trace.Entry{
		Kind: trace.State, Path: e.Path, From: i.State.String(), To: e.To.String(), Text: e.Cause,
		Problem: e.To == lifecycle.Problem || e.Failure != nil,
	})
	i.State = e.To
	if c := w.agents[e.Path]; c != nil {
		i.Address = c.box.address
	}
	if e.To == lifecycle.NotDeployed {
		w.bury(&i.Instance, e.Cause)
	}
}

// bury makes what was on a machine that is gone not deployed: also what its agent had no time to tell the manager.
func (w *World) bury(i *property.Instance, cause string) {
	i.Imports = nil
	for _, child := range i.Children {
		if child.Machine || w.owned(child) {
			continue
		}
		if child.State != lifecycle.NotDeployed {
			w.note(trace.Entry{
				Kind: trace.State, Path: child.Path, From: child.State.String(), To: lifecycle.NotDeployed.String(), Text: cause,
			})
		}
		child.State = lifecycle.NotDeployed
		w.bury(child, cause)
	}
}

func (w *World) appeared(e manager.Changed) {
	entry := trace.Entry{Kind: trace.State, Path: e.Path, To: e.To.String(), Text: e.Cause}
	if e.Removed {
		entry.From, entry.To = e.From.String(), ""
	}
	w.note(entry)
}

// owned says whether an agent lives, or may come back, that knows better than the manager what an instance is.
func (w *World) owned(i *property.Instance) bool {
	for i != nil && !i.Machine {
		i = i.Parent
	}
	if i == nil {
		return false
	}
	c := w.agents[i.Path]
	return c != nil && c.box.power != gone && (c.mind != nil || c.box.journal != nil)
}

// inspect checks, once an agent has done what it had to, the instances that it changed (LC-43).
func (w *World) inspect(c *client) {
	for _, i := range c.box.touched {
		if b, broken := property.Hierarchy(&i.Instance); broken {
			w.failed(b)
		}
		for _, child := range i.Children {
			if b, broken := property.Hierarchy(child); broken {
				w.failed(b)
			}
		}
	}
	c.box.touched = c.box.touched[:0]
}

// fail notes that a property does not hold, once.
func (w *World) fail(name, path, text string) {
	w.failed(property.Broken{Property: name, Path: path, Text: text})
}

func (w *World) failed(b property.Broken) {
	if w.truth.told == nil {
		w.truth.told = map[string]bool{}
	}
	if key := b.String(); !w.truth.told[key] {
		w.truth.told[key] = true
		w.broken = append(w.broken, b)
		w.note(trace.Entry{Kind: trace.Note, Path: b.Path, Text: "broken: " + b.Property + ": " + b.Text, Problem: true})
	}
}

// system is everything that is true now.
func (w *World) system() *property.System {
	if w.truth.stale {
		w.refresh()
	}
	return &property.System{
		Graph: w.graph, App: w.app, Instances: w.truth.order,
		Reachable: func(m *property.Instance) bool {
			c := w.agents[m.Path]
			return c != nil && c.mind != nil && c.link.open
		},
	}
}
