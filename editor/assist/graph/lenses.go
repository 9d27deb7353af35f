package graph

import (
	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/syntax"
)

// The commands behind lenses.
const (
	showReferences = "roboconf.showReferences"
	simulate       = "roboconf.simulate"
)

// Lenses stand above types: how many import them, how many instances there are. Above root instances they offer a simulation.
func (Language) Lenses(g ask.Ground, file string) []ask.Lens {
	p, ok := open(g, file)
	if !ok {
		return nil
	}
	if p.instances {
		return p.simulations()
	}
	return p.counts()
}

func (p *page) counts() []ask.Lens {
	importers := p.demand()
	instances := map[string]int{}
	for i := range everyInstance(p.Result.App.Instances) {
		instances[i.Component]++
	}
	var out []ask.Lens
	for start, c := range p.tree.Chunks() {
		n := c.Item()
		if n.Kind() != syntax.Component && n.Kind() != syntax.Facet || n.Name().Len() == 0 {
			continue
		}
		name := nameOf(n)
		add := func(n int, title string) {
			lens := ask.Lens{Span: c.Item().Head().Shift(start), At: c.Item().Name().Start + start, Title: title, Arg: name}
			if n > 0 {
				lens.Command = showReferences
			}
			out = append(out, lens)
		}
		if k := importers[name]; k > 0 || has(n, "exports") {
			add(k, p.count(k, "%d importer", "%d importers"))
		}
		if k := instances[name]; n.Kind() == syntax.Component {
			add(k, p.count(k, "%d instance", "%d instances"))
			continue
		}
		k := len(p.types.Members(p.types.Facet(name)))
		add(k, p.count(k, "%d component", "%d components"))
	}
	return out
}

// simulations offers to simulate the whole application above the first instance, and each root by itself.
func (p *page) simulations() []ask.Lens {
	roots := map[string]bool{}
	for _, i := range p.Result.App.Instances {
		roots["/"+i.Name] = true
	}
	var out []ask.Lens
	for start, c := range p.tree.Chunks() {
		n := c.Item()
		if n.Kind() != syntax.Instance {
			continue
		}
		lens := ask.Lens{Span: n.Head().Shift(start), At: n.Name().Start + start, Command: simulate}
		if len(out) == 0 {
			lens.Title = p.say("Simulate the application")
			out = append(out, lens)
		}
		if path := branchOf([]syntax.Node{n}).first; roots[path] {
			lens.Title, lens.Arg = p.say("Simulate from here"), path
			out = append(out, lens)
		}
	}
	return out
}
