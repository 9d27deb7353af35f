package refactor

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// body is the text of one block: a component, a facet or an instance.
type body struct {
	file string
	text string // of the whole file
	base int    // where the chunk starts
	node syntax.Node
}

// span covers the whole lines of the block, in the file.
func (b body) span() source.Span { return b.node.Span().Shift(b.base) }

// edit replaces a span of the file.
func (b body) edit(s source.Span, with string) source.Edit {
	return source.Edit{Place: source.Place{File: b.file, Span: s}, With: with}
}

// word is what a span of the chunk says.
func (b body) word(s source.Span) string { return syntax.Clean(s.Shift(b.base).Of(b.text)) }

// sound says whether something can be added to the block: both of its brackets are where they belong.
func (b body) sound() bool {
	return b.node.Opens() && b.node.Bracket().Len() > 0 && b.node.Close().Len() > 0 && !b.node.CutShort()
}

// bodyOf finds the block that declares something; false when no file does, or when its brackets are in doubt.
func bodyOf(r *load.Result, o model.Origin) (body, bool) {
	b, ok := bodyAt(r, o.File, o.Base+o.Header.Start)
	return b, ok && b.base == o.Base && b.node.Head().Start == o.Header.Start && b.sound()
}

// bodyAt finds the innermost block around an offset of a file of the model.
func bodyAt(r *load.Result, file string, at int) (body, bool) {
	f := r.Files[file]
	if f == nil || f.Tree == nil {
		return body{}, false
	}
	start, chunk := f.Tree.ChunkAt(at)
	if chunk == nil {
		return body{}, false
	}
	b := body{file: file, text: f.Text, base: start, node: chunk.Item()}
	if !b.node.Opens() || !b.span().Contains(at) {
		return b, false
	}
	for {
		inner, ok := b.inner(at)
		if !ok {
			return b, true
		}
		b.node = inner
	}
}

// inner is the block inside this one that an offset stands in.
func (b body) inner(at int) (syntax.Node, bool) {
	for child := range b.node.Children() {
		if s := child.Span().Shift(b.base); child.Opens() && s.Start <= at && at < s.End {
			return child, true
		}
	}
	return b.node, false
}

// all gives the properties with a name, in order.
func (b body) all(name string) (found []syntax.Node) {
	for child := range b.node.Children() {
		if child.Kind() == syntax.Property && b.word(child.Name()) == name {
			found = append(found, child)
		}
	}
	return found
}

// property gives the first property with a name.
func (b body) property(name string) (syntax.Node, bool) {
	if all := b.all(name); len(all) > 0 {
		return all[0], true
	}
	return b.node, false
}

// propertyAt gives the property whose lines hold an offset of the file.
func (b body) propertyAt(at int) (syntax.Node, bool) {
	for child := range b.node.Children() {
		if s := child.Span().Shift(b.base); child.Kind() == syntax.Property && s.Start <= at && at < s.End {
			return child, true
		}
	}
	return b.node, false
}

// ranks are the places of properties in the order of generated text (dsl.md 12.2); what is not named comes after channels.
var ranks = []string{"name", "count", "channels", "", "extends", "installer", "facets", "imports", "exports", "children"}

func rank(name string) int {
	if i := slices.Index(ranks, name); i >= 0 {
		return i
	}
	return slices.Index(ranks, "")
}

// add writes a new property in its place among the others.
func (b body) add(name, value string) []source.Edit {
	at := b.node.Head().Shift(b.base).Start
	for child := range b.node.Children() {
		if child.Kind() == syntax.Property && rank(b.word(child.Name())) <= rank(name) {
			at = child.Head().Shift(b.base).Start
		}
	}
	end := lineEnd(b.text, at)
	line := b.indentInside(indentOf(b.text, b.base+b.node.Head().Start)) + name + ": " + value + ";"
	if next := strings.IndexByte(b.text[at:], '\n'); next >= 0 {
		at += next + 1
		return []source.Edit{b.edit(source.Span{Start: at, End: at}, line+end)}
	}
	return []source.Edit{b.edit(source.Span{Start: len(b.text), End: len(b.text)}, end+line)}
}

// set gives a property a value, whether it is there or not.
func (b body) set(name, value string) []source.Edit {
	if p, ok := b.property(name); ok {
		return []source.Edit{b.edit(b.value(p), value)}
	}
	return b.add(name, value)
}

// value is what a property says, blanks around it left out.
func (b body) value(p syntax.Node) source.Span {
	return p.Value().Shift(b.base).Trim(b.text)
}

// addTo adds an entry to a list, whether the property is there or not.
func (b body) addTo(name, entry string) []source.Edit {
	all := b.all(name)
	if len(all) == 0 {
		return b.add(name, entry)
	}
	p := all[len(all)-1]
	if !mayRepeat(name) {
		p = all[0] // the others are mistakes
	}
	l := b.list(p)
	if len(l.entries) == 0 {
		return []source.Edit{b.edit(b.value(p), entry)}
	}
	end := l.entries[len(l.entries)-1].End
	return []source.Edit{b.edit(source.Span{Start: end, End: end}, ", "+entry)}
}

func mayRepeat(name string) bool { return name == "exports" || name == "imports" }

// remove takes the lines of a node away.
func (b body) remove(n syntax.Node) source.Edit { return b.edit(n.Span().Shift(b.base), "") }
