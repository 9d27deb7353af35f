package lsp

import (
	"encoding/json"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
)

// foldKinds are the words of the protocol.
var foldKinds = [...]string{ask.FoldBlock: "", ask.FoldComment: "comment", ask.FoldImports: "imports"}

func folds(q *query, _ protocol.DocumentParams) ([]protocol.FoldingRange, error) {
	list := []protocol.FoldingRange{}
	l, ok := q.language()
	if !ok {
		return list, nil
	}
	can := q.client.TextDocument.FoldingRange
	for _, f := range l.Folds(q.site.ground, q.file) {
		r := q.text.Range(f.Span)
		if r.End.Character == 0 && r.End.Line > r.Start.Line {
			r.End = q.text.EndOf(r.End.Line - 1) // a span that ends with its last line end
		}
		if r.End.Line <= r.Start.Line {
			continue
		}
		one := protocol.FoldingRange{StartLine: r.Start.Line, EndLine: r.End.Line}
		if int(f.Kind) < len(foldKinds) {
			one.Kind = foldKinds[f.Kind]
		}
		if !can.LineFoldingOnly && f.Kind != ask.FoldBlock {
			one.StartCharacter, one.EndCharacter = &r.Start.Character, &r.End.Character
		}
		list = append(list, one)
		if can.RangeLimit > 0 && len(list) == int(can.RangeLimit) {
			break
		}
	}
	return list, nil
}

func hints(q *query, p protocol.RangeParams) ([]protocol.InlayHint, error) {
	list := []protocol.InlayHint{}
	l, ok := q.language()
	if !ok {
		return list, nil
	}
	for _, h := range l.Hints(q.site.ground, q.file, q.text.Span(p.Range)) {
		one := protocol.InlayHint{Position: q.text.Position(h.At), Label: h.Text, PaddingLeft: h.Left, PaddingRight: h.Right}
		if h.Tooltip != "" {
			tip := markup(h.Tooltip, []string{protocol.Markdown})
			one.Tooltip = &tip
		}
		list = append(list, one)
	}
	return list, nil
}

func lenses(q *query, _ protocol.DocumentParams) ([]protocol.CodeLens, error) {
	list := []protocol.CodeLens{}
	l, ok := q.language()
	if !ok {
		return list, nil
	}
	for _, lens := range l.Lenses(q.site.ground, q.file) {
		list = append(list, protocol.CodeLens{Range: q.text.Range(lens.Span), Command: q.lensCommand(lens)})
	}
	return list, nil
}

// lensCommand says what happens when a lens is chosen: references need the document with a place in it, a simulation needs the
// document with the path or the name.
func (q *query) lensCommand(lens ask.Lens) *protocol.Command {
	uri := q.uri(pathOf(q.site.dir, q.file))
	switch lens.Command {
	case "":
		return &protocol.Command{Title: lens.Title}
	case commandReferences:
		return &protocol.Command{Title: lens.Title, Command: lens.Command, Arguments: arguments(uri, q.text.Position(lens.At))}
	}
	return &protocol.Command{Title: lens.Title, Command: lens.Command, Arguments: arguments(uri, lens.Arg)}
}

// arguments are values for a command.
func arguments(values ...any) []json.RawMessage {
	var list []json.RawMessage
	for _, v := range values {
		raw, err := rpc.Value(v)
		if err != nil {
			raw = json.RawMessage("null")
		}
		list = append(list, raw)
	}
	return list
}

func links(q *query, _ protocol.DocumentParams) ([]protocol.DocumentLink, error) {
	list := []protocol.DocumentLink{}
	l, ok := q.language()
	if !ok {
		return list, nil
	}
	for _, link := range l.Links(q.site.ground, q.file) {
		list = append(list, protocol.DocumentLink{
			Range: q.text.Range(link.Span), Target: q.uri(pathOf(q.site.dir, link.Target)), Tooltip: link.Title,
		})
	}
	return list, nil
}
