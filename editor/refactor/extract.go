package refactor

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// extraction is what several components, or one, give to a new facet. Imports stay: facets have none (dsl.md 5).
type extraction struct {
	place
	owners   []*model.Component
	bodies   []body
	exports  []string // entries as they are written
	children []string
}

// extract offers to make a facet of the entries that are selected, or of what the selected components have in common.
func (p place) extract() []Action {
	e := extraction{place: p}
	if !e.gather() {
		return nil
	}
	if len(e.exports) == 0 && len(e.children) == 0 {
		return nil
	}
	name := unused(e.wish(), func(name string) bool { return p.graph.Component(name) != nil || p.graph.Facet(name) != nil })
	title := diag.Say("Extract the facet %s", name)
	return []Action{{ID: "extract.facet", Kind: Extract, Title: title, Change: source.Change{Edits: e.edits(name)}}}
}

func (e *extraction) wish() string {
	if len(e.owners) == 1 {
		return e.owners[0].Name + "Facet"
	}
	return "Common"
}

// gather finds the components that the selection touches and what goes to the facet.
func (e *extraction) gather() bool {
	for _, t := range e.selected() {
		b, ok := bodyOf(e.Result, t.Origin)
		if !ok {
			return false
		}
		e.owners, e.bodies = append(e.owners, t), append(e.bodies, b)
	}
	switch len(e.owners) {
	case 0:
		return false
	case 1:
		e.exports, e.children = e.chosen("exports"), e.chosen("children")
	default:
		e.exports, e.children = e.common("exports"), e.common("children")
	}
	e.exports = slices.DeleteFunc(e.exports, func(entry string) bool { return !e.movable(entry) })
	return true
}

// selected are the components of the file that the selection touches, in order; with nothing selected, the one around the place.
func (e *extraction) selected() (list []*model.Component) {
	f := e.Result.Files[e.file]
	if f == nil || f.Tree == nil {
		return nil
	}
	start, _ := f.Tree.ChunkAt(e.in.Start)
	for at := start; at <= e.in.End && at < len(f.Text); {
		base, chunk := f.Tree.ChunkAt(at)
		at = base + len(chunk.Text())
		item := body{file: e.file, text: f.Text, base: base, node: chunk.Item()}
		s := item.span()
		if item.node.Kind() != syntax.Component || s.Start > e.in.End || s.End <= e.in.Start && s.Len() > 0 && e.in.Len() > 0 {
			continue
		}
		if t := e.graph.Component(item.word(item.node.Name())); t != nil && t.File == e.file && t.Base == base {
			list = append(list, t)
		}
	}
	return list
}

// chosen are the entries of one component that the selection touches. A place without extent stands for the whole line.
func (e *extraction) chosen(property string) (entries []string) {
	b := e.bodies[0]
	for _, p := range b.all(property) {
		line := p.Span().Shift(b.base)
		if e.in.Start >= line.End || e.in.End < line.Start {
			continue
		}
		l := b.list(p)
		for i, s := range l.entries {
			if e.in.Len() == 0 || s.Start < e.in.End && e.in.Start < s.End {
				entries = append(entries, l.text(i))
			}
		}
	}
	return entries
}

// common are the entries that all components have, written alike.
func (e *extraction) common(property string) (entries []string) {
	for k, b := range e.bodies {
		var own []string
		for _, p := range b.all(property) {
			l := b.list(p)
			for i := range l.entries {
				own = append(own, l.text(i))
			}
		}
		if k == 0 {
			entries = own
		} else {
			entries = slices.DeleteFunc(entries, func(entry string) bool { return !slices.Contains(own, entry) })
		}
	}
	return entries
}

// movable says whether a variable means the same when a facet declares it: it is written without prefix, it overrides nothing
// that is inherited, no instance sets it, and it needs no value that instances have to give.
func (e *extraction) movable(entry string) bool {
	name, _, hasValue := strings.Cut(entry, "=")
	local := bareName(name)
	if !model.IsID(local) || strings.Contains(local, ".") {
		return false
	}
	random := local != syntax.Trim(name)
	if !hasValue && !random && !model.IsNetworkName(local) {
		return false
	}
	family := map[string]bool{}
	for _, t := range e.owners {
		for _, v := range e.graph.Exports(t) {
			if prefix, other := model.SplitName(v.Name); other == local && prefix != t.Name {
				return false
			}
		}
		family[t.Name] = true
		for _, sub := range e.graph.Subs(t) {
			if declaresLocal(sub, local) {
				return false
			}
			family[sub.Name] = true
		}
	}
	for _, i := range model.Walk(e.Result.App.Instances) {
		sets := func(o model.Override) bool { return o.Name == local || strings.HasSuffix(o.Name, "."+local) }
		if family[i.Component] && slices.ContainsFunc(i.Overrides, sets) {
			return false
		}
	}
	return true
}

func declaresLocal(t *model.Component, local string) bool {
	return slices.ContainsFunc(t.Exports, func(v model.Variable) bool {
		return v.Name == local || strings.HasSuffix(v.Name, "."+local)
	})
}

// edits write the facet above the first component, take its entries away everywhere, and give the facet to each component.
func (e *extraction) edits(name string) (edits []source.Edit) {
	first := e.bodies[0]
	at := (&block{body: first}).comments()
	end, by := lineEnd(first.text, at), step(first.text)
	text := "facet " + name + " {" + end
	if len(e.exports) > 0 {
		text += by + "exports: " + strings.Join(e.exports, ", ") + ";" + end
	}
	if len(e.children) > 0 {
		text += by + "children: " + strings.Join(e.children, ", ") + ";" + end
	}
	edits = append(edits, first.edit(source.Span{Start: at, End: at}, text+"}"+end+end))
	for _, b := range e.bodies {
		edits = append(edits, b.dropAll("exports", e.exports)...)
		edits = append(edits, b.dropAll("children", e.children)...)
		edits = append(edits, b.addTo("facets", name)...)
	}
	return edits
}

// dropAll takes entries out of all properties of a name.
func (b body) dropAll(property string, entries []string) (edits []source.Edit) {
	for _, p := range b.all(property) {
		l := b.list(p)
		var drop []int
		for i := range l.entries {
			if slices.Contains(entries, l.text(i)) {
				drop = append(drop, i)
			}
		}
		if len(drop) > 0 {
			edits = append(edits, l.without(drop...)...)
		}
	}
	return edits
}

// comments is where the comment lines that touch the header of a block start.
func (b *block) comments() int {
	start := b.span().Start
	for line, ok := lineBefore(b.text, start); ok && isComment(line.Of(b.text)); line, ok = lineBefore(b.text, start) {
		start = line.Start
	}
	return start
}
