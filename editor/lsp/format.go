package lsp

import (
	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/model/source"
)

// format changes only the lines that differ, so that cursors, marks, folds stay where they are.
func format(q *query, _ protocol.DocumentParams) ([]protocol.TextEdit, error) {
	return q.layout(q.whole()), nil
}

// formatRange keeps the changes that are wholly inside the lines of a range.
func formatRange(q *query, p protocol.RangeParams) ([]protocol.TextEdit, error) {
	start, end := p.Range.Start, p.Range.End
	start.Character = 0
	if end.Character > 0 {
		end = q.text.EndOf(end.Line)
	}
	return q.layout(q.text.Span(protocol.Range{Start: start, End: end})), nil
}

func (q *query) layout(in source.Span) []protocol.TextEdit {
	list := []protocol.TextEdit{}
	l, ok := q.language()
	if !ok {
		return list
	}
	was := q.text.String()
	for _, e := range text.Difference(was, l.Format(was)) {
		s := source.Span{Start: e.At, End: e.At + len(e.Old)}
		if s.Start >= in.Start && s.End <= in.End {
			list = append(list, edit(q.text, s, e.New))
		}
	}
	return list
}
