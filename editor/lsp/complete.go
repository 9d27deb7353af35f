package lsp

import (
	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/model/source"
)

// completionKinds and symbolKinds are the numbers of the protocol for kinds of names.
var (
	completionKinds = [...]uint32{
		ask.KindText: 1, ask.KindKeyword: 14, ask.KindProperty: 10, ask.KindComponent: 7, ask.KindFacet: 8, ask.KindVariable: 6,
		ask.KindInstance: 9, ask.KindFile: 17, ask.KindFolder: 19, ask.KindCommand: 3, ask.KindRule: 2, ask.KindEvent: 23,
		ask.KindValue: 12, ask.KindTarget: 11, ask.KindApplication: 9, ask.KindSection: 9,
	}
	symbolKinds = [...]uint32{
		ask.KindText: 15, ask.KindKeyword: 20, ask.KindProperty: 7, ask.KindComponent: 5, ask.KindFacet: 11, ask.KindVariable: 13,
		ask.KindInstance: 19, ask.KindFile: 1, ask.KindFolder: 4, ask.KindCommand: 12, ask.KindRule: 6, ask.KindEvent: 24,
		ask.KindValue: 14, ask.KindTarget: 23, ask.KindApplication: 2, ask.KindSection: 3,
	}
)

func kindOf(k ask.Kind, numbers []uint32, set protocol.KindSet, first uint32) uint32 {
	if int(k) < len(numbers) && known(numbers[k], set, first) {
		return numbers[k]
	}
	return 1
}

func complete(q *query, p protocol.TextDocumentPositionParams) (protocol.CompletionList, error) {
	list := protocol.CompletionList{Items: []protocol.CompletionItem{}}
	l, ok := q.language()
	if !ok {
		return list, nil
	}
	at := q.text.Offset(p.Position)
	found := l.Complete(q.site.ground, q.file, at)
	list.IsIncomplete = found.Incomplete
	for _, item := range found.Items {
		list.Items = append(list.Items, q.item(item, at))
	}
	return list, nil
}

func (q *query) item(item ask.Item, at int) protocol.CompletionItem {
	can := q.client.TextDocument.Completion
	out := protocol.CompletionItem{
		Label: item.Label, Detail: item.Detail, SortText: item.Sort, FilterText: item.Filter,
		Kind: kindOf(item.Kind, completionKinds[:], can.CompletionItemKind, 18),
	}
	text := item.Text
	if item.Snippet && can.CompletionItem.SnippetSupport {
		out.InsertTextFormat = protocol.FormatSnippet
	} else if item.Snippet {
		text = withoutStops(text)
	}
	replace := item.Replace
	if !replace.Contains(at) {
		replace = source.Span{Start: at, End: at}
	}
	main := edit(q.text, replace, text)
	out.TextEdit = &main
	for _, e := range item.Also {
		out.AdditionalTextEdits = append(out.AdditionalTextEdits, edit(q.text, e.Place.Span, e.With))
	}
	if item.Doc != "" {
		doc := markup(item.Doc, can.CompletionItem.DocumentationFormat)
		out.Documentation = &doc
	}
	return out
}

func hover(q *query, p protocol.TextDocumentPositionParams) (*protocol.Hover, error) {
	l, ok := q.language()
	if !ok {
		return nil, nil
	}
	h, ok := l.Hover(q.site.ground, q.file, q.text.Offset(p.Position))
	if !ok {
		return nil, nil
	}
	r := q.text.Range(h.Span)
	return &protocol.Hover{Contents: markup(h.Markdown, q.client.TextDocument.Hover.ContentFormat), Range: &r}, nil
}
