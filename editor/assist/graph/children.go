package graph

import (
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// children offers what may hang below a type: what is not listed yet, and closes no circle that is not there (spec/model.md 6.5).
func (w *writer) children(owner syntax.Node, value source.Span) {
	list, here, ok := w.entry(value, false)
	if !ok {
		return
	}
	taken := others(w.text, list, here)
	loop := w.loops(owner)
	for _, c := range w.types.Components() {
		if !loop.components[c.Name] && !slices.Contains(taken, c.Name) {
			w.offer(w.homeless(c), c.Name, c, (*writer).componentItem)
		}
	}
	for _, f := range w.types.Facets() {
		if !loop.facets[f.Name] && !slices.Contains(taken, f.Name) && f.Name != nameOf(owner) {
			rank := 1
			if !w.types.IsOrphan(f) && w.unheld(f) {
				rank = 0
			}
			w.offer(rank, f.Name, f, (*writer).facetItem)
		}
	}
}

// homeless is the rank of a component as a child: first what is no machine and can stand nowhere yet, last machines.
func (w *writer) homeless(c *model.Component) int {
	switch {
	case w.types.IsMachine(c):
		return 3
	case w.types.IsRoot(c):
		return 0
	}
	return 2
}

// unheld says whether a component with the facet can stand nowhere yet.
func (w *writer) unheld(f *model.Facet) bool {
	for _, c := range w.types.Members(f) {
		if w.types.IsRoot(c) && !w.types.IsMachine(c) {
			return true
		}
	}
	return false
}

// circle holds the names of types that would, as children, contain what contains them.
type circle struct{ components, facets map[string]bool }

// loops finds what must not become a child of a type: whatever may hold one of the components that have its children, and what
// those extend or stand for. What the type holds already closes no new circle.
func (w *writer) loops(owner syntax.Node) circle {
	out := circle{map[string]bool{}, map[string]bool{}}
	holders := w.holders(owner)
	if owner.Kind() == syntax.Component {
		out.components[nameOf(owner)] = true
	}
	for _, above := range w.holdersOf(holders) {
		if heldByAll(w.types, holders, above) {
			continue
		}
		for _, s := range w.types.Supers(above) {
			out.components[s.Name] = true
		}
		for _, f := range w.types.FacetsOf(above) {
			out.facets[f.Name] = true
		}
	}
	return out
}

// holders are the components that hold what the block lists as children: the component with those that extend it, or the
// components that have the facet (MOD-40).
func (w *writer) holders(owner syntax.Node) []*model.Component {
	if owner.Kind() == syntax.Facet {
		return w.types.Members(w.types.Facet(nameOf(owner)))
	}
	c := w.types.Component(nameOf(owner))
	if c == nil {
		return nil
	}
	return append(w.types.Subs(c), c)
}

// holdersOf are the components themselves with all that may contain them, at any depth.
func (w *writer) holdersOf(list []*model.Component) []*model.Component {
	seen := map[*model.Component]bool{}
	var out []*model.Component
	for todo := slices.Clone(list); len(todo) > 0; todo = todo[1:] {
		if !seen[todo[0]] {
			seen[todo[0]] = true
			out = append(out, todo[0])
			todo = append(todo, w.types.Ancestors(todo[0])...)
		}
	}
	return out
}

func heldByAll(g *model.Graph, holders []*model.Component, child *model.Component) bool {
	return !slices.ContainsFunc(holders, func(h *model.Component) bool { return !g.MayContain(h, child) })
}

// facetsWithoutCircle says which facets a type may get: a component may not come to stand below what it holds, nor hold what it stands
// on (spec/model.md 6.5). What it has already closes no new circle.
func (w *writer) facetsWithoutCircle(owner syntax.Node) func(*model.Facet) bool {
	holders := w.holders(owner)
	listed, above := w.listedBelow(holders), map[*model.Component]bool{}
	for _, c := range w.holdersOf(holders) {
		above[c] = true
	}
	isAbove := func(c *model.Component) bool { return above[c] }
	return func(f *model.Facet) bool {
		if len(holders) > 0 && !slices.ContainsFunc(holders, func(c *model.Component) bool { return !w.types.HasFacet(c, f) }) {
			return true
		}
		for _, role := range append([]*model.Facet{f}, w.types.SuperFacets(f)...) {
			if listed[role.Name] {
				return false
			}
			for _, child := range role.Children {
				c := w.types.Component(child.Name)
				if c != nil && (above[c] || slices.ContainsFunc(w.types.Subs(c), isAbove)) {
					return false
				}
				if c == nil && slices.ContainsFunc(w.types.Members(w.types.Facet(child.Name)), isAbove) {
					return false
				}
			}
		}
		return true
	}
}

// listedBelow are the names that some components list as children, or what may hang below them at any depth does.
func (w *writer) listedBelow(list []*model.Component) map[string]bool {
	listed, seen := map[string]bool{}, map[*model.Component]bool{}
	for todo := slices.Clone(list); len(todo) > 0; todo = todo[1:] {
		c := todo[0]
		if seen[c] {
			continue
		}
		seen[c] = true
		for _, s := range w.types.Supers(c) {
			for _, r := range s.Children {
				listed[r.Name] = true
			}
		}
		for _, f := range w.types.FacetsOf(c) {
			for _, r := range f.Children {
				listed[r.Name] = true
			}
		}
		todo = append(todo, w.types.Children(c)...)
	}
	return listed
}
