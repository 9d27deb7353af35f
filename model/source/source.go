// Package source places text: byte spans, lines, columns.
package source

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Span is a half-open range of byte offsets, [Start, End).
// An offset one past the end of a text stands for the line that would come next (DSL-4).
type Span struct{ Start, End int }

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Shift moves the span by n bytes.
func (s Span) Shift(n int) Span { return Span{s.Start + n, s.End + n} }

// Contains says whether the offset is in the span, its end included (a cursor may stand there).
func (s Span) Contains(offset int) bool { return s.Start <= offset && offset <= s.End }

// Trim leaves out what DSL-5 trims at both ends of what the span covers in text.
func (s Span) Trim(text string) Span {
	for s.Start < s.End && text[s.Start] <= ' ' {
		s.Start++
	}
	for s.End > s.Start && text[s.End-1] <= ' ' {
		s.End--
	}
	return s
}

// Of is the text that the span covers in text; what lies outside of it is left out.
func (s Span) Of(text string) string {
	start, end := max(0, min(s.Start, len(text))), max(0, min(s.End, len(text)))
	if start >= end {
		return ""
	}
	return text[start:end]
}

// Place is a span in a file. The zero value means "no place".
type Place struct {
	// File is relative to the application's folder, with slashes.
	File string
	Span Span
}

// IsZero says whether there is no place.
func (p Place) IsZero() bool { return p.File == "" }

// Position is a line and a column, both counted from 1; a column counts characters (code points).
type Position struct{ Line, Column int }

// Range is a start and an end position; the end is exclusive.
type Range struct{ Start, End Position }

// Edit replaces what a span covers by another text.
type Edit struct {
	Place Place
	With  string
}

// Lines turns offsets of one text into positions, and back. It is immutable.
type Lines struct {
	text   string
	starts []int // offset of the first byte of each line
}

// NewLines indexes a text. A line ends with LF (DSL-3).
func NewLines(text string) *Lines {
	starts := make([]int, 1, strings.Count(text, "\n")+1)
	for i := 0; ; {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			return &Lines{text: text, starts: starts}
		}
		i += n + 1
		starts = append(starts, i)
	}
}

// Edited is NewLines of a newer text that has so many bytes in common with this one at both ends.
func (l *Lines) Edited(text string, head, tail int) *Lines {
	delta := len(text) - len(l.text)
	kept := sort.SearchInts(l.starts, head+1)
	settled := sort.SearchInts(l.starts, len(l.text)-tail+1)
	starts := append(make([]int, 0, len(l.starts)+8), l.starts[:kept]...)
	for i := head; i < len(text)-tail; i++ {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	for _, s := range l.starts[max(kept, settled):] {
		starts = append(starts, s+delta)
	}
	return &Lines{text: text, starts: starts}
}

// Count is the number of lines; a text that ends with LF has an empty last line.
func (l *Lines) Count() int { return len(l.starts) }

// Line is the number, from 1, of the line that holds the offset. An offset past the end
// gives the line of an error at the end of the file (DSL-4).
func (l *Lines) Line(offset int) int {
	if offset > len(l.text) {
		if last := l.starts[len(l.starts)-1]; last == len(l.text) {
			return len(l.starts)
		}
		return len(l.starts) + 1
	}
	return sort.Search(len(l.starts), func(i int) bool { return l.starts[i] > offset })
}

// Start is the offset of the first byte of a line, counted from 1; lines out of range are brought into it.
func (l *Lines) Start(line int) int {
	return l.starts[max(0, min(line-1, len(l.starts)-1))]
}

// Span covers a line, counted from 1, without its line end.
func (l *Lines) Span(line int) Span {
	start, end := l.Start(line), len(l.text)
	if line < len(l.starts) {
		end = l.starts[max(line, 1)] - 1
	}
	for end > start && l.text[end-1] == '\r' {
		end--
	}
	return Span{start, end}
}

// Position gives line and column of an offset.
func (l *Lines) Position(offset int) Position {
	line := l.Line(offset)
	if line > len(l.starts) || offset > len(l.text) {
		return Position{line, 1}
	}
	return Position{line, 1 + utf8.RuneCountInString(l.text[l.starts[line-1]:max(offset, 0)])}
}

// Range gives the positions of both ends of a span.
func (l *Lines) Range(s Span) Range { return Range{l.Position(s.Start), l.Position(s.End)} }

// Offset is the opposite of Position; columns beyond the line stop at its end.
func (l *Lines) Offset(p Position) int {
	s := l.Span(p.Line)
	at := s.Start
	for col := 1; col < p.Column && at < s.End; col++ {
		_, n := utf8.DecodeRuneInString(l.text[at:s.End])
		at += n
	}
	return at
}
