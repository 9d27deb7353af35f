package graph

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Hints show what a text only implies: inherited installers and values, how many import a variable, the values that overrides
// take the place of, the paths that count makes. Only what stands in the span is looked at.
func (Language) Hints(g ask.Ground, file string, in source.Span) []ask.Hint {
	p, ok := open(g, file)
	if !ok {
		return nil
	}
	in.Start, in.End = p.clamp(in.Start), p.clamp(in.End)
	h := hinter{page: p, in: in}
	h.chunks(func(n syntax.Node) {
		if n.Kind() == syntax.Component || n.Kind() == syntax.Facet {
			h.owners = append(h.owners, nameOf(n))
		}
	})
	h.countImporters()
	h.chunks(func(n syntax.Node) {
		switch n.Kind() {
		case syntax.Component, syntax.Facet:
			h.typ(n)
		case syntax.Instance:
			h.instance([]syntax.Node{n})
		}
	})
	slices.SortStableFunc(h.out, func(a, b ask.Hint) int { return a.At - b.At })
	return h.out
}

type hinter struct {
	*page
	in     source.Span
	start  int // of the chunk
	owners []string
	uses   map[string]map[string]int // importers of each variable of the owners, by prefix and local name
	out    []ask.Hint
}

// chunks goes through the constructs that the span touches.
func (h *hinter) chunks(do func(syntax.Node)) {
	for at := h.in.Start; at <= h.in.End; {
		start, c := h.tree.ChunkAt(at)
		if c == nil {
			return
		}
		h.start = start
		do(c.Item())
		if at = start + len(c.Text()); at >= len(h.text) {
			return
		}
	}
}

// countImporters counts who imports the variables of the types in the span: one look at each import of the application.
func (h *hinter) countImporters() {
	h.uses = make(map[string]map[string]int, len(h.owners))
	for _, name := range h.owners {
		h.uses[name] = map[string]int{}
	}
	if len(h.owners) == 0 {
		return
	}
	for _, c := range h.types.Components() {
		for _, i := range c.Imports {
			if of := h.uses[i.Prefix]; of != nil && !i.External && !(i.Name != "*" && importsAll(c, i.Prefix)) {
				of[i.Name]++
			}
		}
	}
}

// importsAll says whether a component imports everything under a prefix: it counts once then, whatever else it names.
func importsAll(c *model.Component, prefix string) bool {
	return slices.ContainsFunc(c.Imports, func(i model.Import) bool { return i.Prefix == prefix && i.Name == "*" && !i.External })
}

// hint adds one, if its place is asked for.
func (h *hinter) hint(at int, text, tooltip string) {
	if at += h.start; at >= h.in.Start && at <= h.in.End {
		h.out = append(h.out, ask.Hint{At: at, Text: text, Tooltip: tooltip, Left: true})
	}
}

// inside says whether a line of the chunk touches the span.
func (h *hinter) inside(n syntax.Node) bool {
	s := n.Span().Shift(h.start)
	return s.Start <= h.in.End && s.End >= h.in.Start
}

func (h *hinter) typ(n syntax.Node) {
	name := nameOf(n)
	c := h.types.Component(name)
	if n.Kind() == syntax.Component && c != nil && c.Installer.Name == "" && !has(n, "installer") {
		if effective := h.types.Installer(c); effective != "" {
			h.hint(n.Head().End, "installer: "+effective, h.say("inherited"))
		}
	}
	for child := range n.Children() {
		if child.Kind() == syntax.Property && nameOf(child) == "exports" && h.inside(child) {
			h.exports(n, child, c)
		}
	}
}

// exports shows, behind each variable, the inherited value that it changes and how many import it.
func (h *hinter) exports(owner, n syntax.Node, c *model.Component) {
	value := n.Value()
	found, _ := syntax.ScanExports(value.Of(n.Chunk().Text()))
	name := nameOf(owner)
	for _, e := range found {
		end := e.Span.End
		if e.HasValue {
			end = max(end, e.ValueSpan.End)
			if e.Quoted && end < value.Len() {
				end++
			}
		}
		at := value.Start + end
		if owner.Kind() == syntax.Component && e.HasValue {
			if old, from := h.inheritedValue(c, e.Name); from != "" && old != e.Value {
				h.hint(at, h.say("instead of %s", old), h.say("from %s", from))
			}
		}
		_, local := model.SplitName(model.FullName(name, e.Name))
		if uses := h.uses[name][local] + h.uses[name]["*"]; uses > 0 {
			h.hint(at, h.count(uses, "%d importer", "%d importers"), "")
		}
	}
}

// inheritedValue is what a variable would be worth if the component did not say; from is the type that says so.
func (h *hinter) inheritedValue(c *model.Component, name string) (value, from string) {
	supers := h.types.Supers(c)
	if len(supers) > 1 {
		full := supers[1].Name + "." + name
		if v, ok := find(h.types.Exports(supers[1]), full); ok && fixed(v) {
			return v.Value.Text, supers[1].Name
		}
	}
	for _, f := range h.types.FacetsOf(c) {
		if v, ok := find(h.types.FacetExports(f), f.Name+"."+name); ok && fixed(v) {
			return v.Value.Text, f.Name
		}
	}
	return "", ""
}

// find looks a variable up among sorted ones.
func find(list []model.Variable, full string) (model.Variable, bool) {
	at, ok := slices.BinarySearchFunc(list, full, func(v model.Variable, name string) int { return strings.Compare(v.Name, name) })
	if !ok {
		return model.Variable{}, false
	}
	return list[at], true
}

func (h *hinter) instance(blocks []syntax.Node) {
	n := blocks[len(blocks)-1]
	exports := h.types.Exports(h.types.Component(nameOf(n)))
	for child := range n.Children() {
		if !h.inside(child) {
			continue
		}
		switch name := nameOf(child); {
		case child.Kind() == syntax.Instance:
			h.instance(append(slices.Clone(blocks), child))
		case child.Kind() != syntax.Property:
		case name == "count":
			if b := branchOf(blocks); b.copies > 1 {
				h.hint(child.Head().End, b.first+" … "+b.last, h.count(b.copies, "%d copy", "%d copies"))
			}
		case !syntax.IsInstanceProperty(name):
			h.override(child, exports, name)
		}
	}
}

// override shows the value of the graph behind the one that takes its place.
func (h *hinter) override(n syntax.Node, exports []model.Variable, name string) {
	m := model.Overridden(exports, name)
	if m.Full < 0 && len(m.Local) == 0 {
		return
	}
	k := m.Full
	if k < 0 {
		k = m.Local[0]
	}
	v := exports[k]
	text := valueOf(n)
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	if fixed(v) && v.Value.Text != text {
		h.hint(n.Head().End, h.say("instead of %s", h.valueText(v)), v.Name)
	}
}
