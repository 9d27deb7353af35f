package assist

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Node is a component or a facet in the hierarchy of imports.
type Node struct {
	Name   string
	Facet  bool
	Detail string
	Header source.Place // of the name
	Whole  source.Place
}

// Step is a neighbour in the hierarchy of imports, with the places where the imports are written.
type Step struct {
	Node Node
	From []source.Span // in the file of the importer
}

// Hierarchy gives the types at a place, as starting points: the one whose name stands there, those that declare the variable there,
// else the one around the place.
func Hierarchy(g ask.Ground, file string, at int) (list []Node) {
	add := func(name string) {
		if n, ok := node(g, name); ok {
			list = append(list, n)
		}
	}
	if use, ok := names.At(g, file, at); ok {
		switch use.Name.Kind {
		case names.Component, names.Facet:
			add(use.Name.Text)
			return list
		case names.Variable:
			for _, owner := range names.Owners(g, use.Name) {
				add(owner)
			}
			return list
		}
	}
	add(around(g, file, at))
	return list
}

// around is the type whose block a place is in, or the component of the instance.
func around(g ask.Ground, file string, at int) string {
	f := g.Result.Files[file]
	if f == nil || f.Tree == nil {
		return ""
	}
	base, chunk := f.Tree.ChunkAt(at)
	if chunk == nil || !chunk.Item().Opens() || !chunk.Item().Span().Shift(base).Contains(at) {
		return ""
	}
	n := chunk.Item()
	for inner := true; inner; {
		inner = false
		for child := range n.Children() {
			if child.Opens() && child.Span().Shift(base).Contains(at) {
				n, inner = child, true
				break
			}
		}
	}
	return syntax.Clean(n.Name().Of(chunk.Text()))
}

// node describes a type; false when there is none of that name.
func node(g ask.Ground, name string) (Node, bool) {
	var o model.Origin
	n := Node{Name: name}
	if c, f := typeOf(g, name); c != nil {
		o, n.Detail = c.Origin, g.Result.App.Graph.Installer(c)
	} else if f != nil {
		o, n.Facet = f.Origin, true
	}
	if o.File == "" {
		return n, false
	}
	n.Header, n.Whole = o.Place(o.Name), o.Place(o.Header)
	if f := g.Result.Files[o.File]; f != nil && f.Tree != nil {
		if base, chunk := f.Tree.ChunkAt(o.Base + o.Header.Start); chunk != nil {
			n.Whole.Span = extent(base, chunk.Item())
		}
	}
	return n, true
}

// extent covers a block from its header to its last character.
func extent(base int, n syntax.Node) source.Span {
	text := n.Chunk().Text()
	s := source.Span{Start: n.Head().Start, End: n.Span().End}
	for s.End > s.Start && text[s.End-1] <= ' ' {
		s.End--
	}
	return s.Shift(base)
}

// Importers gives who imports what a type exports, sorted by name. A component also exports under the names of what it extends, and of
// its facets (MOD-74).
func Importers(g ask.Ground, name string) (list []Step) {
	types := g.Result.App.Graph
	c, f := typeOf(g, name)
	if c == nil && f == nil {
		return nil
	}
	answers := func(prefix string) bool { return prefix == name || c != nil && bind.Publishes(types, c, prefix) }
	for _, other := range types.Components() {
		var from []source.Span
		for _, i := range other.Imports {
			if !i.External && answers(i.Prefix) {
				from = append(from, i.Span.Shift(other.Base))
			}
		}
		if n, ok := node(g, other.Name); ok && len(from) > 0 {
			list = append(list, Step{Node: n, From: from})
		}
	}
	slices.SortFunc(list, byName)
	return list
}

// Imported gives whose exports a type imports, sorted by name: the types that it names, and the components that publish something under
// these names.
func Imported(g ask.Ground, name string) (list []Step) {
	types := g.Result.App.Graph
	c := types.Component(name)
	if c == nil {
		return nil
	}
	from := make(map[string][]source.Span)
	for _, i := range c.Imports {
		if i.External {
			continue
		}
		answering := []string{i.Prefix}
		for _, p := range bind.Providers(types, i.Prefix) {
			if p.Name != i.Prefix {
				answering = append(answering, p.Name)
			}
		}
		for _, other := range answering {
			from[other] = append(from[other], i.Span.Shift(c.Base))
		}
	}
	for other, spans := range from { // sorted below
		if n, ok := node(g, other); ok {
			list = append(list, Step{Node: n, From: spans})
		}
	}
	slices.SortFunc(list, byName)
	return list
}

func byName(a, b Step) int { return strings.Compare(a.Node.Name, b.Node.Name) }
