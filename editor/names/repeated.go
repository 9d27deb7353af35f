package names

import (
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// hides says whether a finding tells that something was written twice: what is written stands in the text more often than in the
// model (DSL-41, DSL-43, DSL-48).
func hides(p diag.Problem) bool {
	switch p.Code {
	case diag.XDuplicateImport, diag.XDuplicateExport, diag.XDuplicateReference, diag.PMDuplicateProperty:
		return true
	}
	return false
}

// written collects the occurrences in a type from its text: what the model keeps once comes as often as it is there.
func (b *book) written(file string, base int, chunk *syntax.Chunk) {
	n := chunk.Item()
	o := model.Origin{File: file, Base: base}
	name := syntax.Clean(n.Name().Of(chunk.Text()))
	from := func() ancestry { return ancestry{} }
	switch n.Kind() {
	case syntax.Component:
		if c := b.types.Component(name); c != nil {
			from = func() ancestry { return b.inheritedBy(c) }
		}
	case syntax.Facet:
		if f := b.types.Facet(name); f != nil {
			from = func() ancestry { return b.inheritedByFacet(f) }
		}
	default:
		return
	}
	for p := range n.Children() {
		if p.Kind() == syntax.Property {
			b.property(n.Kind(), name, o, p, from)
		}
	}
}

// property collects the occurrences in one line of a type.
func (b *book) property(kind syntax.Kind, owner string, o model.Origin, p syntax.Node, from func() ancestry) {
	text, at := p.Value().Of(p.Chunk().Text()), p.Value().Start
	switch syntax.Clean(p.Name().Of(p.Chunk().Text())) {
	case "imports":
		entries, _, _ := syntax.ScanImports(text)
		for _, e := range entries {
			b.importEntry(o, model.Import{
				Prefix: syntax.Clean(e.Prefix), Name: syntax.Clean(e.Name), External: e.External.Len() > 0, Span: e.Span.Shift(at),
			})
		}
	case "exports":
		exports, _ := syntax.ScanExports(text)
		var list []model.Variable
		for _, e := range exports {
			list = append(list, model.Variable{Name: syntax.Clean(e.Name), Span: e.Span.Shift(at)})
		}
		b.exports(owner, o, list, from)
	case "children":
		b.children(o, refs(text, at))
	case "facets":
		b.refs(Facet, o, refs(text, at))
	case "extends":
		if kind == syntax.Facet {
			b.refs(Facet, o, refs(text, at))
			return
		}
		b.refs(Component, o, refs(text, at))
	}
}

func (b *book) refs(k Kind, o model.Origin, list []model.Ref) {
	for _, r := range list {
		b.ref(k, o, r)
	}
}

// refs are the names of a list that stands at an offset; what is no name is none.
func refs(text string, at int) (list []model.Ref) {
	pieces, _ := syntax.SplitList(text)
	for _, p := range pieces {
		if name := syntax.Clean(p.Text); syntax.IsID(name) {
			list = append(list, model.Ref{Name: name, Span: p.Span.Shift(at)})
		}
	}
	return list
}

// chunkAt finds the chunk of a file that holds an offset.
func (b *book) chunkAt(at source.Place) (base int, chunk *syntax.Chunk) {
	if f := b.Result.Files[at.File]; f != nil && f.Tree != nil {
		return f.Tree.ChunkAt(at.Span.Start)
	}
	return 0, nil
}

// writtenTwice collects what the model keeps once.
func (b *book) writtenTwice() {
	done := make(map[*syntax.Chunk]bool)
	for _, p := range b.Result.Problems {
		if !hides(p) {
			continue
		}
		if base, chunk := b.chunkAt(p.Place); chunk != nil && !done[chunk] {
			done[chunk] = true
			b.written(p.Place.File, base, chunk)
		}
	}
}

// hidesSome says whether one of the findings of a chunk tells so.
func hidesSome(found []diag.Problem) bool { return slices.ContainsFunc(found, hides) }
