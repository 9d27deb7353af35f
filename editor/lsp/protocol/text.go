package protocol

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/roboconf/workbench/model/source"
)

// Encoding is what the column of a position counts.
type Encoding string

// The encodings; UTF16 is that of clients that say nothing.
const (
	UTF8  Encoding = "utf-8"
	UTF16 Encoding = "utf-16"
	UTF32 Encoding = "utf-32"
)

// Agree chooses the encoding of a client that offers some, the preferred one first. UTF-8 costs nothing, so it wins.
func Agree(offered []Encoding) Encoding {
	choice := UTF16
	for i := len(offered) - 1; i >= 0; i-- {
		switch offered[i] {
		case UTF8:
			return UTF8
		case UTF16, UTF32:
			choice = offered[i]
		}
	}
	return choice
}

// Text is a text that knows its positions. It is immutable. Lines end with LF, CR LF or CR alone, as the protocol has them.
type Text struct {
	text     string
	starts   []int // offset of the first byte of each line
	encoding Encoding
}

// NewText indexes a text.
func NewText(text string, e Encoding) *Text {
	starts := make([]int, 1, strings.Count(text, "\n")+1)
	return &Text{text: text, starts: lineStarts(starts, text, 0), encoding: e}
}

// lineStarts adds the starts of the lines that follow the line ends of a text that stands at an offset.
func lineStarts(starts []int, text string, at int) []int {
	for i := 0; ; {
		n := strings.IndexByte(text[i:], '\n')
		line := text[i:]
		if n >= 0 {
			line = text[i : i+n]
		}
		for j := strings.IndexByte(line, '\r'); j >= 0; {
			if n < 0 || j < n-1 { // the one before a LF is part of it
				starts = append(starts, at+i+j+1)
			}
			next := strings.IndexByte(line[j+1:], '\r')
			if next < 0 {
				break
			}
			j += next + 1
		}
		if n < 0 {
			return starts
		}
		i += n + 1
		starts = append(starts, at+i)
	}
}

// String is the text.
func (t *Text) String() string { return t.text }

// Lines is the number of lines; a text that ends with a line end has an empty last one.
func (t *Text) Lines() int { return len(t.starts) }

// line is the number, from 0, of the line that holds an offset.
func (t *Text) line(offset int) int {
	return sort.Search(len(t.starts), func(i int) bool { return t.starts[i] > offset }) - 1
}

// span is a line without its end.
func (t *Text) span(line int) source.Span {
	s := source.Span{Start: t.starts[line], End: len(t.text)}
	if line+1 == len(t.starts) {
		return s
	}
	s.End = t.starts[line+1] - 1
	if t.text[s.End] == '\n' && s.End > s.Start && t.text[s.End-1] == '\r' {
		s.End--
	}
	return s
}

// Position is where an offset stands; one inside a line end, or inside a character, stands before it.
func (t *Text) Position(offset int) Position {
	offset = t.floor(max(0, min(offset, len(t.text))))
	line := t.line(offset)
	s := t.span(line)
	return Position{uint32(line), t.units(t.text[s.Start:min(offset, s.End)])}
}

// floor is the start of the character that an offset is inside of.
func (t *Text) floor(offset int) int {
	for at := offset; at >= 0 && offset-at < utf8.UTFMax && at < len(t.text); at-- {
		if utf8.RuneStart(t.text[at]) {
			if _, size := utf8.DecodeRuneInString(t.text[at:]); at+size > offset {
				return at
			}
			break
		}
	}
	return offset
}

// units is how many columns a text takes.
func (t *Text) units(s string) uint32 {
	switch t.encoding {
	case UTF8:
		return uint32(len(s))
	case UTF32:
		return uint32(utf8.RuneCountInString(s))
	}
	n := uint32(0)
	for _, r := range s { // a byte that is no character counts as one
		n += width(r)
	}
	return n
}

func width(r rune) uint32 {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

// Offset is the opposite of Position. A column beyond its line stops at the end, a line beyond the text is the end of it; a
// column inside a character stands before it.
func (t *Text) Offset(p Position) int {
	if int64(p.Line) >= int64(len(t.starts)) {
		return len(t.text)
	}
	s := t.span(int(p.Line))
	if t.encoding == UTF8 {
		return t.floor(s.Start + int(min(int64(p.Character), int64(s.Len()))))
	}
	at, count := s.Start, uint32(0)
	for at < s.End && count < p.Character {
		r, size := utf8.DecodeRuneInString(t.text[at:s.End])
		units := uint32(1)
		if t.encoding == UTF16 {
			units = width(r)
		}
		if count+units > p.Character {
			break
		}
		at, count = at+size, count+units
	}
	return at
}

// Range gives the positions of a span.
func (t *Text) Range(s source.Span) Range {
	return Range{t.Position(s.Start), t.Position(max(s.Start, s.End))}
}

// Span is the opposite of Range; ends in the wrong order are exchanged.
func (t *Text) Span(r Range) source.Span {
	start, end := t.Offset(r.Start), t.Offset(r.End)
	return source.Span{Start: min(start, end), End: max(start, end)}
}

// Replace gives the text with a span replaced. Only the lines around it are looked at again.
func (t *Text) Replace(s source.Span, with string) *Text {
	first, last := max(0, t.line(s.Start)-1), t.line(s.End)+2
	text := t.text[:s.Start] + with + t.text[s.End:]
	shift := len(text) - len(t.text)
	from, to := t.starts[first], len(text)
	if last < len(t.starts) {
		to = t.starts[last] + shift
	}
	starts := make([]int, first+1, len(t.starts)+strings.Count(with, "\n")+1)
	copy(starts, t.starts)
	starts = lineStarts(starts, text[from:to], from)
	for i := last + 1; i < len(t.starts); i++ {
		starts = append(starts, t.starts[i]+shift)
	}
	return &Text{text: text, starts: starts, encoding: t.encoding}
}

// Rows cuts a span into one range for each of its lines, without line ends; empty lines are left out.
func (t *Text) Rows(s source.Span) []Range {
	first, last := t.line(t.floor(s.Start)), t.line(max(s.Start, min(s.End, len(t.text))))
	if first == last {
		return []Range{t.Range(s)}
	}
	var rows []Range
	for line := first; line <= last; line++ {
		row := t.span(line)
		row.Start, row.End = max(row.Start, s.Start), min(row.End, s.End)
		if row.Len() > 0 {
			rows = append(rows, t.Range(row))
		}
	}
	return rows
}

// EndOf is the end of a line, counted from 0; that of the text when there is no such line.
func (t *Text) EndOf(line uint32) Position {
	if int64(line) >= int64(len(t.starts)) {
		return t.Position(len(t.text))
	}
	return t.Position(t.span(int(line)).End)
}
