package refactor

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Instantiate adds an instance like Add, and gives what its component leaves without value a placeholder (MOD-116). The entry
// file of the instances is made when it is missing.
func Instantiate(r *load.Result, parent, component, name string) (source.Change, error) {
	edits, err := Add(r, parent, component, name)
	if err != nil {
		return source.Change{}, err
	}
	if t := r.App.Graph.Component(component); t != nil {
		fill(edits, name, valueless(r.App.Graph, t))
	}
	return made(r, edits), nil
}

// made turns an edit of a file that is not there into the file.
func made(r *load.Result, edits []source.Edit) (c source.Change) {
	for _, e := range edits {
		if r.Files[e.Place.File] == nil && !slices.Contains(r.All, e.Place.File) {
			c.Files = append(c.Files, source.File{Name: e.Place.File, Text: e.With})
		} else {
			c.Edits = append(c.Edits, e)
		}
	}
	return c
}

// fill writes placeholders below the name of a new instance.
func fill(edits []source.Edit, name string, variables []string) {
	for i, e := range edits {
		at := strings.Index(e.With, "name: "+name+";")
		if at < 0 {
			continue
		}
		start := strings.LastIndexByte(e.With[:at], '\n') + 1
		end := at + strings.IndexByte(e.With[at:], '\n') + 1
		nl := lineEnd(e.With, at)
		var b strings.Builder
		for _, v := range variables {
			b.WriteString(e.With[start:at] + v + ": " + placeholder + ";" + nl)
		}
		edits[i].With = e.With[:end] + b.String() + e.With[end:]
	}
}

// additions are the ways to add an instance of a component: as a root, or below each of the instances that may hold it.
func additions(g ask.Ground, n *notes, t *model.Component) (list []Action) {
	c := &cure{Ground: g, notes: n, graph: g.Result.App.Graph}
	add := func(parent string, title diag.Phrase) {
		name := c.freeInstance(t.Name)
		change, err := Instantiate(g.Result, parent, t.Name, name)
		if err == nil {
			list = append(list, Action{ID: "add.instance", Title: title, Kind: Insert, Change: change})
		}
	}
	if !model.IsTypeName(t.Name) {
		return nil
	}
	if c.graph.IsRoot(t) {
		if strings.EqualFold(c.graph.Installer(t), model.MachineInstaller) {
			add("", diag.Say("Add an instance of %s", t.Name))
		}
		return list
	}
	holders := map[string]bool{}
	for _, over := range c.graph.Ancestors(t) {
		holders[over.Name] = true
	}
	seen := map[source.Place]bool{}
	eachInstance(g.Result.App.Instances, func(branch []*model.Instance) bool {
		if i := branch[len(branch)-1]; holders[i.Component] && !seen[i.Place(i.Header)] {
			seen[i.Place(i.Header)] = true
			path := pathOf(branch)
			add(path, diag.Say("Add an instance of %s to %s", t.Name, path))
		}
		return len(list) < atMost
	})
	return list
}

// inserts are what may be added at a place: children, imports, instances.
func (p place) inserts() (list []Action) {
	switch t := p.component(); {
	case t != nil:
		list = append(list, p.children(t)...)
		list = append(list, p.imports(t)...)
		list = append(list, additions(p.Ground, p.notes, t)...)
	case p.inInstance():
		list = append(list, p.below()...)
	case p.instancesTop():
		for _, root := range firstOf(p.graph.Roots(), atMost) {
			list = append(list, additions(p.Ground, p.notes, root)...)
		}
	}
	return list
}

// children may be added to a component: what runs on others already, so that no instance loses its place, and what cannot hold
// the component itself.
func (p place) children(t *model.Component) (list []Action) {
	b, ok := bodyOf(p.Result, t.Origin)
	if !ok {
		return nil
	}
	holders := p.over(t)
	for _, near := range []bool{true, false} {
		for _, child := range p.graph.Components() {
			if len(list) == atMost {
				return list
			}
			if (child.File == t.File) != near || holders[child] || !model.IsTypeName(child.Name) {
				continue
			}
			if p.graph.IsRoot(child) || p.graph.MayContain(t, child) {
				continue
			}
			list = append(list, Action{
				ID: "add.child", Kind: Insert, Title: diag.Say("Let %s run on %s", child.Name, t.Name),
				Change: source.Change{Edits: b.addTo("children", child.Name)},
			})
		}
	}
	return list
}

// over are the components that may hold one, at any depth, with it, what it extends and what extends any of them.
func (p place) over(t *model.Component) map[*model.Component]bool {
	seen := map[*model.Component]bool{}
	for todo := slices.Clone(p.graph.Supers(t)); len(todo) > 0; {
		one := todo[0]
		if todo = todo[1:]; seen[one] {
			continue
		}
		seen[one] = true
		todo = append(append(todo, p.graph.Ancestors(one)...), p.graph.Subs(one)...)
	}
	return seen
}

// imports may be added to a component: all variables of a type, or each by its name for an installer that wants it so.
func (p place) imports(t *model.Component) (list []Action) {
	b, ok := bodyOf(p.Result, t.Origin)
	if !ok {
		return nil
	}
	known := map[string]bool{t.Name: true}
	for _, i := range p.graph.Imports(t) {
		known[i.Prefix] = true
	}
	for _, v := range p.graph.Exports(t) {
		prefix, _ := model.SplitName(v.Name)
		known[prefix] = true
	}
	for _, near := range []bool{true, false} {
		for _, other := range p.graph.Components() {
			if len(list) == atMost {
				return list
			}
			if (other.File == t.File) != near || known[other.Name] || !model.IsTypeName(other.Name) || p.graph.IsMachine(other) {
				continue
			}
			locals := exportsUnder(p.graph, other.Name)
			if len(locals) == 0 {
				continue
			}
			entry := other.Name + ".*"
			if strings.EqualFold(p.graph.Installer(t), "puppet") {
				entry = other.Name + "." + strings.Join(locals, ", "+other.Name+".")
			}
			list = append(list, Action{
				ID: "add.import", Kind: Insert, Title: diag.Say("Import the variables of %s", other.Name),
				Change: source.Change{Edits: b.addTo("imports", entry)},
			})
		}
	}
	return list
}

// below are the instances that may be added to the one around the place.
func (p place) below() (list []Action) {
	path := p.instancePath()
	i := model.Find(p.Result.App.Instances, path)
	if i == nil {
		return nil
	}
	holder := p.graph.Component(i.Component)
	if holder == nil {
		return nil
	}
	c := &cure{Ground: p.Ground, notes: p.notes, graph: p.graph}
	for _, child := range firstOf(p.graph.Children(holder), 2*atMost) {
		change, err := Instantiate(p.Result, path, child.Name, c.freeInstance(child.Name))
		if err == nil {
			list = append(list, Action{
				ID: "add.instance", Kind: Insert, Title: diag.Say("Add an instance of %s to %s", child.Name, path), Change: change,
			})
		}
	}
	return list
}

// instancePath is the path of the innermost instance around the place.
func (p place) instancePath() string {
	at := p.body.base + p.body.node.Head().Start
	path := ""
	eachInstance(p.Result.App.Instances, func(branch []*model.Instance) bool {
		if i := branch[len(branch)-1]; i.File == p.file && i.Base+i.Header.Start == at {
			path = pathOf(branch)
		}
		return path == ""
	})
	return path
}

func (p place) inInstance() bool { return p.inBlock && p.body.node.Kind() == syntax.Instance }

// instancesTop says whether the place is in a file of instances, outside of all blocks.
func (p place) instancesTop() bool {
	f := p.Result.Files[p.file]
	return !p.inBlock && f != nil && f.Tree != nil && p.file == inProject(p.Result, "instances", p.Result.App.Descriptor.InstanceEntry)
}
