package graph

import (
	"path"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Outline lists imports, types with their properties and variables, instances as the tree that they are.
func (Language) Outline(g ask.Ground, file string) []ask.Symbol {
	p, ok := open(g, file)
	if !ok {
		return nil
	}
	var out []ask.Symbol
	for start, c := range p.tree.Chunks() {
		switch n := c.Item(); n.Kind() {
		case syntax.Import:
			out = append(out, ask.Symbol{
				Name: nameOf(n), Detail: "import", Kind: ask.KindFile, Whole: n.Head().Shift(start), Place: n.Name().Shift(start),
			})
		case syntax.Component, syntax.Facet:
			out = append(out, p.typeSymbol(start, n))
		case syntax.Instance:
			out = append(out, p.instanceSymbol(start, n))
		}
	}
	return out
}

// extent covers a block from its header to the end of its last line.
func extent(start int, n syntax.Node) source.Span {
	text := n.Chunk().Text()
	s := source.Span{Start: n.Head().Start, End: n.Span().End}
	for s.End > s.Start && text[s.End-1] <= ' ' {
		s.End--
	}
	return s.Shift(start)
}

// nameless stands for a name that is missing.
const nameless = "?"

func named(name string) string {
	if strings.TrimSpace(name) == "" {
		return nameless
	}
	return name
}

func (p *page) typeSymbol(start int, n syntax.Node) ask.Symbol {
	s := ask.Symbol{
		Name: named(nameOf(n)), Kind: ask.KindComponent, Detail: p.say("component"),
		Whole: extent(start, n), Place: n.Name().Shift(start),
	}
	if n.Kind() == syntax.Facet {
		s.Kind, s.Detail = ask.KindFacet, p.say("facet")
	}
	for child := range n.Children() {
		if child.Kind() == syntax.Property {
			s.Children = append(s.Children, propertySymbol(start, child))
		}
	}
	return s
}

func propertySymbol(start int, n syntax.Node) ask.Symbol {
	s := ask.Symbol{
		Name: nameOf(n), Detail: valueOf(n), Kind: ask.KindProperty,
		Whole: n.Head().Shift(start), Place: n.Name().Shift(start),
	}
	if s.Name != "exports" {
		return s
	}
	value := n.Value()
	found, _ := syntax.ScanExports(value.Of(n.Chunk().Text()))
	for _, e := range found {
		at := e.Span.Shift(start + value.Start)
		whole := at
		if e.HasValue {
			whole.End = max(at.End, e.ValueSpan.End+start+value.Start)
		}
		if e.Random.Len() > 0 {
			whole.Start = e.Random.Start + start + value.Start
		}
		s.Children = append(s.Children, ask.Symbol{
			Name: syntax.Clean(e.Name), Detail: syntax.Clean(e.Value), Kind: ask.KindVariable, Whole: whole, Place: at,
		})
	}
	return s
}

// instanceSymbol is an instance with those below it and the variables that it sets.
func (p *page) instanceSymbol(start int, n syntax.Node) ask.Symbol {
	s := ask.Symbol{
		Name: named(nameProperty(n)), Detail: nameOf(n), Kind: ask.KindInstance,
		Whole: extent(start, n), Place: n.Name().Shift(start),
	}
	if at, there := property(n, "name"); there && at.Value().Len() > 0 {
		s.Place = at.Value().Shift(start)
	}
	if k := countOf(n); k > 1 {
		s.Detail += " " + p.say("× %d", k)
	}
	for child := range n.Children() {
		switch name := nameOf(child); {
		case child.Kind() == syntax.Instance:
			s.Children = append(s.Children, p.instanceSymbol(start, child))
		case child.Kind() == syntax.Property && !syntax.IsInstanceProperty(name):
			s.Children = append(s.Children, ask.Symbol{
				Name: name, Detail: valueOf(child), Kind: ask.KindVariable, Whole: child.Head().Shift(start), Place: child.Name().Shift(start),
			})
		}
	}
	return s
}

// Links lead from import lines to the files that are there (DSL-71).
func (Language) Links(g ask.Ground, file string) []ask.Link {
	p, ok := open(g, file)
	if !ok {
		return nil
	}
	there := make(map[string]bool, len(p.Result.All))
	for _, name := range p.Result.All {
		there[name] = true
	}
	var out []ask.Link
	for start, c := range p.tree.Chunks() {
		n := c.Item()
		if n.Kind() != syntax.Import || n.Name().Len() == 0 {
			continue
		}
		target := p.target(nameOf(n))
		if there[target] || p.Result.Files[target] != nil {
			out = append(out, ask.Link{Span: n.Name().Shift(start), Target: target, Title: p.say("Open %s", path.Base(target))})
		}
	}
	return out
}
