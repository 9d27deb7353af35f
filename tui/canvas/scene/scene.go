// Package scene turns an application into a graph that can be drawn.
package scene

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/tui/canvas"
)

// Instances draws the instances of an application: in each other as they are deployed, joined by what they import. IDs are paths.
func Instances(app *model.Application) canvas.Graph { return instancesOf(app, false) }

func instancesOf(app *model.Application, bare bool) canvas.Graph {
	var g canvas.Graph
	for path, i := range model.Walk(app.Instances) {
		n := canvas.Node{ID: path, Parent: path[:strings.LastIndexByte(path, '/')], Name: i.Name, Kind: i.Component, Mark: true, Summary: count(i.Children)}
		if c := app.Graph.Component(i.Component); c != nil {
			n.Machine = app.Graph.IsMachine(c)
		}
		if c := app.Graph.Component(i.Component); c != nil && !bare {
			n.Lines = append(needs(app.Graph, c), gives(c.Name, model.EffectiveExports(app.Graph, path, i, ""))...)
		}
		g.Nodes = append(g.Nodes, n)
	}
	for _, l := range bind.Links(app) {
		g.Edges = append(g.Edges, canvas.Edge{From: l.From, To: l.To, Label: l.Prefix, Optional: l.Optional})
	}
	return g
}

// count says how many instances stand below a list.
func count(list []*model.Instance) string {
	n := 0
	for range model.Walk(list) {
		n++
	}
	return inside(n)
}

func inside(n int) string { return fmt.Sprintf("%d inside", n) }

// Types draws the components of a graph: in what they can be deployed on, joined by what they import. IDs are names. One
// that can be deployed in several places stands in one of them and names the others.
func Types(types *model.Graph) canvas.Graph {
	var g canvas.Graph
	parents := homes(types)
	below := map[string]int{}
	for _, c := range types.Components() {
		for up := parents[c.Name]; up != ""; up = parents[up] {
			below[up]++
		}
	}
	for _, c := range types.Components() {
		n := canvas.Node{ID: c.Name, Parent: parents[c.Name], Name: c.Name, Kind: types.Installer(c), Machine: types.IsMachine(c), Summary: inside(below[c.Name])}
		n.Lines = append(kinds(types, c, parents[c.Name]), append(needs(types, c), gives(c.Name, types.Exports(c))...)...)
		g.Nodes = append(g.Nodes, n)
	}
	for _, d := range bind.Dependencies(types) {
		g.Edges = append(g.Edges, canvas.Edge{From: d.From.Name, To: d.To.Name, Label: d.Prefix, Optional: d.Optional})
	}
	return g
}

// homes chooses the container that each component is drawn in.
func homes(types *model.Graph) map[string]string {
	home := map[string]string{}
	for _, c := range types.Components() {
		if h := homeOf(types, c, home); h != "" {
			home[c.Name] = h
		}
	}
	return home
}

// homeOf is the first possible container; a type that another possible one extends comes before that one.
func homeOf(types *model.Graph, c *model.Component, home map[string]string) string {
	possible := slices.DeleteFunc(types.Ancestors(c), func(a *model.Component) bool { return within(home, a.Name, c.Name) })
	for _, a := range possible {
		if !slices.ContainsFunc(possible, func(b *model.Component) bool { return a != b && types.Extends(a, b) }) {
			return a.Name
		}
	}
	if len(possible) > 0 {
		return possible[0].Name // they extend each other
	}
	return ""
}

// within says whether a component is, or is drawn in, another one.
func within(home map[string]string, name, other string) bool {
	for ; name != ""; name = home[name] {
		if name == other {
			return true
		}
	}
	return false
}

// kinds says what a component is and where else it can be deployed.
func kinds(types *model.Graph, c *model.Component, home string) []string {
	var out, also []string
	if c.Extends.Name != "" {
		out = append(out, "extends "+c.Extends.Name)
	}
	for _, a := range types.Ancestors(c) {
		if a.Name != home && a.Name != c.Name {
			also = append(also, a.Name)
		}
	}
	if len(also) > 0 {
		out = append(out, "also in "+strings.Join(also, ", "))
	}
	return out
}

// needs lists imports, a line for each prefix.
func needs(g *model.Graph, c *model.Component) []string {
	type need struct {
		names     []string
		mandatory bool
	}
	byPrefix := map[string]*need{}
	var order []string
	for _, i := range g.Imports(c) {
		key := i.Prefix
		if i.External {
			key = "external " + key
		}
		n := byPrefix[key]
		if n == nil {
			n = &need{}
			byPrefix[key] = n
			order = append(order, key)
		}
		n.names = append(n.names, i.Name)
		n.mandatory = n.mandatory || !i.Optional
	}
	var out []string
	for _, key := range order {
		verb := "needs "
		if !byPrefix[key].mandatory {
			verb = "can use "
		}
		out = append(out, verb+key+": "+strings.Join(byPrefix[key].names, ", "))
	}
	return out
}

// gives lists exports, a line for each prefix; that of the component itself goes without saying.
func gives(own string, exports []model.Variable) []string {
	byPrefix := map[string][]string{}
	var order []string
	for _, v := range exports {
		prefix, name := model.SplitName(v.Name)
		if v.Value.Set && v.Value.Text != "" {
			name += " = " + v.Value.Text
		}
		if byPrefix[prefix] == nil {
			order = append(order, prefix)
		}
		byPrefix[prefix] = append(byPrefix[prefix], name)
	}
	var out []string
	for _, prefix := range order {
		title := "gives "
		if prefix != "" && prefix != own {
			title += prefix + ": "
		}
		out = append(out, title+strings.Join(byPrefix[prefix], ", "))
	}
	return out
}

// Present is an instance that exists in a run.
type Present struct{ Path, Component string }

// Merge gives the instances of a run, parents first, with those of the text that the run does not have yet.
func Merge(present []Present, text []*model.Instance) []*model.Instance {
	root := &model.Instance{}
	at := map[string]*model.Instance{"": root}
	put := func(path, component string, overrides []model.Override) {
		cut := strings.LastIndexByte(path, '/')
		if cut < 0 || at[path] != nil || at[path[:cut]] == nil {
			return
		}
		i := &model.Instance{Name: path[cut+1:], Component: component, Overrides: overrides}
		at[path] = i
		up := at[path[:cut]]
		up.Children = append(up.Children, i)
	}
	for _, p := range present {
		var overrides []model.Override
		if i := model.Find(text, p.Path); i != nil {
			overrides = i.Overrides
		}
		put(p.Path, p.Component, overrides)
	}
	for path, i := range model.Walk(text) {
		put(path, i.Component, i.Overrides)
	}
	return root.Children
}

// Key is what a graph is made from; equal keys make equal graphs.
type Key struct {
	App     *model.Application
	Types   bool
	Bare    bool      // boxes of instances without what they import and export, for a picture without details
	Present []Present // the instances of a run; none: those of the text
}

// Equal says whether two keys make the same graph.
func (k Key) Equal(o Key) bool {
	return k.App == o.App && k.Types == o.Types && k.Bare == o.Bare && slices.Equal(k.Present, o.Present)
}

// Graph makes the graph.
func (k Key) Graph() canvas.Graph {
	switch {
	case k.Types:
		return Types(k.App.Graph)
	case len(k.Present) == 0:
		return instancesOf(k.App, k.Bare)
	}
	app := *k.App
	app.Instances = Merge(k.Present, k.App.Instances)
	return instancesOf(&app, k.Bare)
}
