package lsp

import (
	"encoding/json"
	"slices"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/model/source"
)

func definition(q *query, p protocol.TextDocumentPositionParams) (any, error) {
	at := q.text.Offset(p.Position)
	found := assist.Definition(q.site.ground, q.file, at)
	if !q.client.TextDocument.Definition.LinkSupport {
		return q.locations(found), nil
	}
	links := []protocol.LocationLink{}
	var origin *protocol.Range
	if use, ok := names.At(q.site.ground, q.file, at); ok {
		r := q.text.Range(use.Place.Span)
		origin = &r
	}
	for _, spot := range found {
		to := q.location(spot.Dir, spot.Place)
		links = append(links, protocol.LocationLink{
			OriginSelectionRange: origin, TargetURI: to.URI, TargetRange: to.Range, TargetSelectionRange: to.Range,
		})
	}
	return links, nil
}

func references(q *query, p protocol.ReferenceParams) ([]protocol.Location, error) {
	return q.locations(assist.References(q.site.ground, q.file, q.text.Offset(p.Position), p.Context.IncludeDeclaration)), nil
}

func (q *query) locations(found []assist.Spot) []protocol.Location {
	list := []protocol.Location{}
	for _, spot := range found {
		list = append(list, q.location(spot.Dir, spot.Place))
	}
	return list
}

func highlights(q *query, p protocol.TextDocumentPositionParams) ([]protocol.DocumentHighlight, error) {
	list := []protocol.DocumentHighlight{}
	for _, use := range assist.Highlights(q.site.ground, q.file, q.text.Offset(p.Position)) {
		h := protocol.DocumentHighlight{Range: q.text.Range(use.Place.Span), Kind: 2}
		switch use.Role {
		case names.Declaration:
			h.Kind = 3
		case names.Recipe:
			h.Kind = 1
		}
		list = append(list, h)
	}
	return list, nil
}

func outline(q *query, _ protocol.DocumentParams) (any, error) {
	var symbols []ask.Symbol
	if l, ok := q.language(); ok {
		symbols = l.Outline(q.site.ground, q.file)
	}
	if q.client.TextDocument.DocumentSymbol.HierarchicalDocumentSymbolSupport {
		return q.symbols(symbols), nil
	}
	return q.flat(symbols, "", []protocol.SymbolInformation{}), nil
}

func (q *query) symbols(list []ask.Symbol) []protocol.DocumentSymbol {
	out := []protocol.DocumentSymbol{}
	for _, s := range list {
		one := protocol.DocumentSymbol{
			Name: nameOf(s), Detail: s.Detail, Kind: q.symbolKind(s.Kind),
			Range: q.text.Range(s.Whole), SelectionRange: q.text.Range(inside(s.Place, s.Whole)),
		}
		if len(s.Children) > 0 {
			one.Children = q.symbols(s.Children)
		}
		out = append(out, one)
	}
	return out
}

// nameOf is never empty: some clients refuse such symbols.
func nameOf(s ask.Symbol) string {
	if s.Name == "" {
		return "?"
	}
	return s.Name
}

// inside brings a span into another one, as clients insist.
func inside(s, in source.Span) source.Span {
	if s.Start < in.Start || s.End > in.End || s.Len() < 0 {
		return source.Span{Start: in.Start, End: in.Start}
	}
	return s
}

// flat is an outline for clients without trees.
func (q *query) flat(list []ask.Symbol, container string, to []protocol.SymbolInformation) []protocol.SymbolInformation {
	for _, s := range list {
		to = append(to, protocol.SymbolInformation{
			Name: nameOf(s), Kind: q.symbolKind(s.Kind), ContainerName: container,
			Location: q.location("", source.Place{File: q.file, Span: s.Whole}),
		})
		to = q.flat(s.Children, s.Name, to)
	}
	return to
}

func (q *query) symbolKind(k ask.Kind) uint32 {
	return kindOf(k, symbolKinds[:], q.client.Workspace.Symbol.SymbolKind, 18)
}

// mostSymbols is how many symbols of the workspace are given at most.
const mostSymbols = 200

func search(q *query, p protocol.WorkspaceSymbolParams) ([]protocol.SymbolInformation, error) {
	list := []protocol.SymbolInformation{}
	for _, at := range q.sites {
		if q.ctx.Err() != nil {
			return nil, q.ctx.Err()
		}
		d := q.desk
		d.site = at
		for _, f := range assist.Search(at.ground, p.Query, mostSymbols) {
			list = append(list, protocol.SymbolInformation{
				Name: f.Name, Kind: q.symbolKind(f.Kind), ContainerName: f.Container, Location: d.location("", f.Place),
			})
		}
	}
	return list[:min(len(list), mostSymbols)], nil
}

func selections(q *query, p protocol.SelectionRangeParams) ([]protocol.SelectionRange, error) {
	out := []protocol.SelectionRange{}
	for _, position := range p.Positions {
		at := q.text.Offset(position)
		spans := assist.Selections(q.site.ground, q.file, at)
		var chain *protocol.SelectionRange
		for _, s := range slices.Backward(spans) {
			r := q.text.Range(s)
			if chain == nil || chain.Range != r {
				chain = &protocol.SelectionRange{Range: r, Parent: chain}
			}
		}
		if chain == nil {
			chain = &protocol.SelectionRange{Range: q.text.Range(source.Span{Start: at, End: at})}
		}
		out = append(out, *chain)
	}
	return out, nil
}

func prepareHierarchy(q *query, p protocol.TextDocumentPositionParams) ([]protocol.CallHierarchyItem, error) {
	list := []protocol.CallHierarchyItem{}
	for _, n := range assist.Hierarchy(q.site.ground, q.file, q.text.Offset(p.Position)) {
		list = append(list, q.node(n))
	}
	return list, nil
}

func (q *query) node(n assist.Node) protocol.CallHierarchyItem {
	kind := ask.KindComponent
	if n.Facet {
		kind = ask.KindFacet
	}
	whole := n.Whole
	if whole.IsZero() {
		whole = n.Header
	}
	header := n.Header
	header.Span = inside(header.Span, whole.Span)
	at := q.location("", whole)
	data, err := rpc.Value(n.Name)
	if err != nil {
		data = nil
	}
	return protocol.CallHierarchyItem{
		Name: n.Name, Kind: q.symbolKind(kind), Detail: n.Detail,
		URI: at.URI, Range: at.Range, SelectionRange: q.location("", header).Range, Data: data,
	}
}

// itemName is the type that an item stands for.
func itemName(i protocol.CallHierarchyItem) string {
	var name string
	if json.Unmarshal(i.Data, &name) != nil {
		return i.Name
	}
	return name
}

// incoming gives who imports what a type exports. The places are those of the imports, in the file of the importer.
func incoming(q *query, p protocol.CallHierarchyParams) ([]protocol.IncomingCall, error) {
	list := []protocol.IncomingCall{}
	for _, step := range assist.Importers(q.site.ground, itemName(p.Item)) {
		list = append(list, protocol.IncomingCall{From: q.node(step.Node), FromRanges: q.ranges(step.Node.Header.File, step.From)})
	}
	return list, nil
}

// outgoing gives whose exports a type imports. The places are in the file of the type itself.
func outgoing(q *query, p protocol.CallHierarchyParams) ([]protocol.OutgoingCall, error) {
	list := []protocol.OutgoingCall{}
	for _, step := range assist.Imported(q.site.ground, itemName(p.Item)) {
		list = append(list, protocol.OutgoingCall{To: q.node(step.Node), FromRanges: q.ranges(q.file, step.From)})
	}
	return list, nil
}

func (q *query) ranges(file string, spans []source.Span) []protocol.Range {
	list := []protocol.Range{}
	for _, s := range spans {
		list = append(list, q.textOf(q.site.dir, file).Range(s))
	}
	return list
}
