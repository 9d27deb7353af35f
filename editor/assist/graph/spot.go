package graph

import (
	"iter"
	"strings"

	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// spot is what stands around an offset: the line, its construct, the blocks that are open there.
type spot struct {
	at   int         // in the file
	line source.Span // in the file, without its line end
	base int         // where the chunk of the node starts
	node syntax.Node // whose first line this is
	// known says that there is such a node; a line that closes a block has none.
	known   bool
	closing bool
	around  []syntax.Node // open blocks, the outermost first
}

const mark = "\uFEFF"

// spotAt looks at the chunk that holds an offset, and at no more of the file than that.
func (p *page) spotAt(at int) spot {
	at = p.clamp(at)
	s := spot{at: at, line: lineAround(p.text, at)}
	if s.line.Start == 0 && strings.HasPrefix(p.text, mark) {
		s.line.Start = len(mark)
		s.at = max(at, s.line.Start)
		s.line.End = max(s.line.End, s.at)
	}
	base, chunk := p.tree.ChunkAt(s.line.Start)
	if chunk == nil {
		return s
	}
	s.base = base
	s.descend(p.text, chunk.Nodes())
	if s.known && len(s.around) == 0 && base > 0 && (s.node.Kind() == syntax.Blank || s.node.Kind() == syntax.Comment) {
		s.leftOpen(p.tree, base)
	}
	return s
}

func lineAround(text string, at int) source.Span {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	end := len(text)
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		end = at + n
	}
	return source.Span{Start: start, End: end}
}

// descend follows the line into the blocks of a chunk.
func (s *spot) descend(text string, nodes iter.Seq[syntax.Node]) {
	for n := range nodes {
		span := n.Span().Shift(s.base)
		switch {
		case s.line.Start < span.Start:
			return
		case s.line.Start == span.Start && span.Len() > 0:
			s.node, s.known = n, true
			return
		case s.line.Start >= span.End && !(span.End == len(text) && s.line.Start == span.End && unclosed(n)):
			continue
		}
		if !n.Opens() {
			return
		}
		if c := n.Close().Shift(s.base); c.Len() > 0 && c.Start >= s.line.Start && c.Start <= s.line.End {
			s.closing = true
			return
		}
		s.around = append(s.around, n)
		s.descend(text, n.Children())
		return
	}
}

// unclosed says whether the closing bracket of a block is missing.
func unclosed(n syntax.Node) bool {
	if !n.Opens() || n.Close().Len() > 0 {
		return false
	}
	return !n.CutShort() || !strings.HasSuffix(n.Head().Of(n.Chunk().Text()), "}")
}

// leftOpen takes a blank line above a header for a part of the block before it when that one was never closed: the parser gives
// such lines to what follows, and would take whatever is written there for a part of the block.
func (s *spot) leftOpen(tree *syntax.Tree, base int) {
	_, before := tree.ChunkAt(base - 1)
	if before == nil {
		return
	}
	n, open := before.Item(), unclosed(before.Item())
	for open {
		s.around = append(s.around, n)
		open = false
		for child := range n.Children() {
			if unclosed(child) {
				n, open = child, true
			}
		}
	}
}

// owner is the innermost open block.
func (s *spot) owner() (syntax.Node, bool) {
	if len(s.around) == 0 {
		return syntax.Node{}, false
	}
	return s.around[len(s.around)-1], true
}

// abs brings a span of the node's chunk into the file.
func (s *spot) abs(span source.Span) source.Span { return span.Shift(s.base) }

// inComment says whether the offset stands behind the # of a comment.
func (s *spot) inComment(text string) bool {
	switch {
	case s.closing:
		hash := strings.IndexByte(text[s.line.Start:s.line.End], '#')
		return hash >= 0 && s.at > s.line.Start+hash
	case !s.known:
		return false
	case s.node.Kind() == syntax.Comment:
		return true
	}
	c := s.abs(s.node.Comment())
	return c.Len() > 0 && s.at > c.Start
}

// value is the part of a property's line that holds its value, blanks included, in the file: from the colon to the semicolon, or
// to the comment, or to the end of the line.
func (s *spot) value(text string) source.Span {
	name := s.abs(s.node.Name())
	start := name.End + strings.IndexByte(text[name.End:], ':') + 1
	end := max(s.line.End, start)
	if c := s.abs(s.node.Comment()); c.Len() > 0 {
		end = c.Start
	}
	if s.node.HasSemicolon() {
		end = s.abs(s.node.Value()).End
	}
	return source.Span{Start: start, End: max(start, end)}
}

// piece is one entry of a list that is being written.
type piece struct {
	// whole goes from comma to comma, word leaves the blanks at its ends out.
	whole, word source.Span
}

// pieces splits a value on its commas; those between double quotes do not count where quotes mean something (DSL-18).
func pieces(text string, value source.Span, quotes bool) []piece {
	var out []piece
	start, quoted := value.Start, false
	cut := func(end int) {
		whole := source.Span{Start: start, End: end}
		out = append(out, piece{whole, whole.Trim(text)})
		start = end + 1
	}
	for i := value.Start; i < value.End; i++ {
		switch {
		case text[i] == '"' && quotes:
			quoted = !quoted
		case text[i] == ',' && !quoted:
			cut(i)
		}
	}
	cut(value.End)
	return out
}

// pieceAt finds the piece that an offset stands in.
func pieceAt(list []piece, at int) piece {
	for _, p := range list {
		if at <= p.whole.End {
			return p
		}
	}
	return list[len(list)-1]
}

// others gives the words of the pieces but one.
func others(text string, list []piece, not piece) []string {
	var out []string
	for _, p := range list {
		if p != not && p.word.Len() > 0 {
			out = append(out, syntax.Clean(p.word.Of(text)))
		}
	}
	return out
}
