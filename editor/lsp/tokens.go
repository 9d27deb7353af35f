package lsp

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// looks are the types of tokens that a class may have, the best first: a client knows some of them.
var looks = map[syntax.Class][]string{
	syntax.ClassComment:  {"comment"},
	syntax.ClassKeyword:  {"keyword"},
	syntax.ClassProperty: {"property"},
	syntax.ClassType:     {"class", "type"},
	syntax.ClassVariable: {"variable"},
	syntax.ClassValue:    {"enumMember", "string"},
	syntax.ClassString:   {"string"},
	syntax.ClassName:     {"namespace", "variable"},
	syntax.ClassPunct:    {"operator"},
}

// legend gives the classes numbers.
type legend struct {
	types     []string
	of        map[syntax.Class]uint32
	declares  bool
	multiline bool
	asked     bool
}

// newLegend makes the legend of a client.
func newLegend(c *protocol.SemanticTokensCapabilities) legend {
	l := legend{of: map[syntax.Class]uint32{}, types: []string{}}
	if c == nil {
		return l
	}
	l.asked, l.multiline, l.declares = true, c.MultilineTokenSupport, slices.Contains(c.TokenModifiers, "declaration")
	for class := syntax.ClassPlain; class <= syntax.ClassBad; class++ {
		i := slices.IndexFunc(looks[class], func(t string) bool { return slices.Contains(c.TokenTypes, t) })
		if i < 0 {
			continue
		}
		number := slices.Index(l.types, looks[class][i])
		if number < 0 {
			number = len(l.types)
			l.types = append(l.types, looks[class][i])
		}
		l.of[class] = uint32(number)
	}
	return l
}

func (l legend) options() *protocol.SemanticTokensOptions {
	if !l.asked {
		return nil
	}
	o := &protocol.SemanticTokensOptions{Legend: protocol.SemanticTokensLegend{TokenTypes: l.types, TokenModifiers: []string{}}, Range: true}
	if l.declares {
		o.Legend.TokenModifiers = []string{"declaration"}
	}
	o.Full.Delta = true
	return o
}

// encode writes tokens as numbers: line and column relative to the one before, length, type, modifiers. Tokens that overlap an
// earlier one are left out; those of several lines are cut, where the client cannot have them.
func (l legend) encode(t *protocol.Text, list []ask.Token, in source.Span) []uint32 {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b ask.Token) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	data := make([]uint32, 0, 5*len(list))
	var last protocol.Position
	end := 0
	for _, token := range list {
		number, known := l.of[token.Class]
		if !known || token.Span.Start < end || token.Span.Len() <= 0 || token.Span.End <= in.Start || token.Span.Start >= in.End {
			continue
		}
		end = token.Span.End
		modifiers := uint32(0)
		if token.Declaration && l.declares {
			modifiers = 1
		}
		for _, r := range t.Rows(token.Span) {
			column := r.Start.Character
			if r.Start.Line == last.Line {
				column -= last.Character
			}
			data = append(data, r.Start.Line-last.Line, column, r.End.Character-r.Start.Character, number, modifiers)
			last = r.Start
		}
	}
	return data
}

// tokens are an answer about tokens, to make a difference from.
type tokens struct {
	id   int
	data []uint32
}

// colours are the tokens of the document.
func (q *query) colours(in source.Span) []uint32 {
	l, ok := q.language()
	if !ok {
		return []uint32{}
	}
	return q.client.legend.encode(q.text, l.Colors(q.site.ground, q.file), in)
}

// keep remembers an answer about all tokens of a document that is open.
func (q *query) keep(data []uint32) (id string) {
	next := tokens{q.before.id + 1, data}
	path := pathOf(q.site.dir, q.file)
	q.after = func(s *server) {
		if _, open := s.docs[path]; open {
			s.tokens[path] = next
		}
	}
	return strconv.Itoa(next.id)
}

func (q *query) whole() source.Span { return source.Span{End: len(q.text.String())} }

func tokensFull(q *query, _ protocol.DocumentParams) (protocol.SemanticTokens, error) {
	data := q.colours(q.whole())
	return protocol.SemanticTokens{ResultID: q.keep(data), Data: data}, nil
}

func tokensRange(q *query, p protocol.RangeParams) (protocol.SemanticTokens, error) {
	return protocol.SemanticTokens{Data: q.colours(q.text.Span(p.Range))}, nil
}

func tokensDelta(q *query, p protocol.SemanticTokensDeltaParams) (any, error) {
	data := q.colours(q.whole())
	id := q.keep(data)
	if p.PreviousResultID != strconv.Itoa(q.before.id) || q.before.id == 0 {
		return protocol.SemanticTokens{ResultID: id, Data: data}, nil
	}
	return protocol.SemanticTokensDelta{ResultID: id, Edits: difference(q.before.data, data)}, nil
}

// difference is the one edit between what two lists begin and end with in common.
func difference(a, b []uint32) []protocol.SemanticTokensEdit {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	if start == len(a) && start == len(b) {
		return []protocol.SemanticTokensEdit{}
	}
	return []protocol.SemanticTokensEdit{{
		Start: uint32(start), DeleteCount: uint32(len(a) - start - end), Data: b[start : len(b)-end],
	}}
}
