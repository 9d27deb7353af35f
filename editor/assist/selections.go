package assist

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Selections gives ever larger parts of the text around a place: word, entry, value, line, block, file.
func Selections(g ask.Ground, file string, at int) []source.Span {
	text, ok := g.Text(file)
	if !ok || at < 0 || at > len(text) {
		return nil
	}
	s := selector{text: text, at: at}
	s.add(source.Span{End: len(text)})
	s.add(s.word())
	if use, ok := names.At(g, file, at); ok {
		s.add(use.Place.Span)
	}
	line := lineAround(text, at)
	s.add(line)
	s.add(line.Trim(text))
	if f := g.Result.Files[file]; f != nil && f.Tree != nil {
		if base, chunk := f.Tree.ChunkAt(at); chunk != nil {
			s.nodes(base, chunk.Nodes())
		}
	} else {
		s.add(paragraph(text, line))
	}
	return s.chain()
}

// selector collects the parts that hold a place.
type selector struct {
	text  string
	at    int
	parts []source.Span
}

func (s *selector) add(part source.Span) {
	if part.Len() > 0 && part.Contains(s.at) {
		s.parts = append(s.parts, part)
	}
}

// chain leaves out what does not hold the part before it.
func (s *selector) chain() (list []source.Span) {
	slices.SortFunc(s.parts, func(a, b source.Span) int { return cmp.Or(a.Len()-b.Len(), a.Start-b.Start) })
	for _, p := range s.parts {
		if n := len(list); n == 0 || p.Start <= list[n-1].Start && p.End >= list[n-1].End && p != list[n-1] {
			list = append(list, p)
		}
	}
	return list
}

// word is the run of letters around the place.
func (s *selector) word() source.Span {
	w := source.Span{Start: s.at, End: s.at}
	for w.Start > 0 && isLetter(s.text[w.Start-1]) {
		w.Start--
	}
	for w.End < len(s.text) && isLetter(s.text[w.End]) {
		w.End++
	}
	return w
}

func isLetter(c byte) bool {
	return c == '_' || c == '-' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= 0x80
}

// nodes adds the constructs that hold the place, from the outside.
func (s *selector) nodes(base int, nodes iter.Seq[syntax.Node]) {
	for n := range nodes {
		if !n.Span().Shift(base).Contains(s.at) {
			continue
		}
		switch {
		case n.Opens():
			s.block(base, n)
		case n.Kind() == syntax.Property:
			s.property(base, n)
		}
		s.add(n.Head().Shift(base))
	}
}

// block adds a block, with the comments that touch it, then what is between its brackets.
func (s *selector) block(base int, n syntax.Node) {
	whole := extent(base, n)
	s.add(whole)
	above := whole
	for above.Start > 0 {
		line := lineAround(s.text, lineStart(s.text, above.Start)-1)
		if above.Start == lineStart(s.text, 0) || !strings.HasPrefix(strings.TrimLeft(line.Of(s.text), " \t"), "#") {
			break
		}
		above.Start = line.Start
	}
	s.add(above)
	if open, shut := n.Bracket().Shift(base), n.Close().Shift(base); open.Len() > 0 && shut.Start > open.End {
		inside := (source.Span{Start: open.End, End: shut.Start}).Trim(s.text)
		inside.Start = max(lineStart(s.text, inside.Start), open.End) // whole lines, so that the first one is a part of it
		s.add(inside)
	}
	s.nodes(base, n.Children())
}

// property adds the value of a property and, in a list, its entry.
func (s *selector) property(base int, n syntax.Node) {
	value := n.Value().Shift(base).Trim(s.text)
	s.add(value)
	start, quoted := value.Start, false
	for i := value.Start; i <= value.End; i++ {
		if i < value.End && s.text[i] == '"' {
			quoted = !quoted
		}
		if i == value.End || s.text[i] == ',' && !quoted {
			s.add((source.Span{Start: start, End: i}).Trim(s.text))
			start = i + 1
		}
	}
}

func lineStart(text string, at int) int { return strings.LastIndexByte(text[:max(at, 0)], '\n') + 1 }

func lineAround(text string, at int) source.Span {
	at = max(at, 0)
	line := source.Span{Start: lineStart(text, at), End: len(text)}
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		line.End = at + n
	}
	return line
}

// paragraph widens a line to those around it up to blank ones; a blank line has none.
func paragraph(text string, line source.Span) source.Span {
	if line.Trim(text).Len() == 0 {
		return source.Span{}
	}
	p := line
	for p.Start > 0 {
		above := lineAround(text, p.Start-1)
		if above.Trim(text).Len() == 0 {
			break
		}
		p.Start = above.Start
	}
	for p.End < len(text) {
		below := lineAround(text, p.End+1)
		if below.Trim(text).Len() == 0 {
			break
		}
		p.End = below.End
	}
	return p
}
