// Package text edits one buffer of text.
//
// A buffer has cursors, selections, an undo tree; it knows no screen.
package text

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/roboconf/workbench/model/source"
)

// Sizes of chunks, in bytes: one is cut after the first line end from chunkFull on, and joined to the next below chunkSmall.
const (
	chunkFull  = 4096
	chunkSmall = 512
)

// Text is an immutable sequence of bytes, seen as lines: a value that costs nothing to copy, that may be shared between
// goroutines. Any bytes are kept, whether they are UTF-8 or not.
//
// Lines are counted from 0 here. A line ends with LF; a CR before it belongs to the line end.
type Text struct {
	// chunks are whole lines: each ends with LF, but for the last one. None is empty.
	chunks []chunk
	// marks say where each chunk starts, then where the text ends; nil for the empty text.
	marks []mark
}

type chunk struct {
	text  string
	lines int // line ends in it
}

type mark struct{ offset, line int }

// New makes a text of a string.
func New(s string) Text {
	var t Text
	return t.build(nil, split(s), nil)
}

// split cuts a string after line ends.
func split(s string) []chunk {
	chunks := make([]chunk, 0, len(s)/chunkFull+1)
	for len(s) > 0 {
		end := len(s)
		if end > chunkFull {
			if n := strings.IndexByte(s[chunkFull:], '\n'); n >= 0 {
				end = chunkFull + n + 1
			}
		}
		chunks = append(chunks, chunk{s[:end], strings.Count(s[:end], "\n")})
		s = s[end:]
	}
	return chunks
}

// build makes a text of three runs of chunks; the first is the beginning of t and keeps its marks.
func (t Text) build(head, body, tail []chunk) Text {
	n := len(head) + len(body) + len(tail)
	if n == 0 {
		return Text{}
	}
	chunks := make([]chunk, 0, n)
	chunks = append(append(append(chunks, head...), body...), tail...)
	marks := make([]mark, n+1)
	copy(marks, t.marks[:min(len(head)+1, len(t.marks))])
	for i := len(head); i < n; i++ {
		marks[i+1] = mark{marks[i].offset + len(chunks[i].text), marks[i].line + chunks[i].lines}
	}
	return Text{chunks, marks}
}

func (t Text) end() mark {
	if len(t.marks) == 0 {
		return mark{}
	}
	return t.marks[len(t.marks)-1]
}

// Len is the number of bytes.
func (t Text) Len() int { return t.end().offset }

// Lines is the number of lines; a text that ends with a line end has an empty last line.
func (t Text) Lines() int { return t.end().line + 1 }

// String is the whole text.
func (t Text) String() string {
	if len(t.chunks) == 1 {
		return t.chunks[0].text
	}
	var b strings.Builder
	b.Grow(t.Len())
	for _, c := range t.chunks {
		b.WriteString(c.text)
	}
	return b.String()
}

// chunkAt is the index of the chunk that holds an offset; the end of the text is in the last one.
func (t Text) chunkAt(offset int) int {
	i := sort.Search(len(t.chunks), func(i int) bool { return t.marks[i+1].offset > offset })
	return min(i, len(t.chunks)-1)
}

// clamp brings an offset into the text.
func (t Text) clamp(offset int) int { return max(0, min(offset, t.Len())) }

// Slice is what a span covers; a span that reaches out of the text is cut.
func (t Text) Slice(s source.Span) string {
	s.Start, s.End = t.clamp(s.Start), t.clamp(s.End)
	if s.Start >= s.End {
		return ""
	}
	i := t.chunkAt(s.Start)
	from := t.marks[i].offset
	if s.End <= t.marks[i+1].offset {
		return t.chunks[i].text[s.Start-from : s.End-from]
	}
	var b strings.Builder
	b.Grow(s.Len())
	b.WriteString(t.chunks[i].text[s.Start-from:])
	for i++; b.Len() < s.Len(); i++ {
		c := t.chunks[i].text
		b.WriteString(c[:min(len(c), s.Len()-b.Len())])
	}
	return b.String()
}

// at is the byte at an offset, 0 outside of the text.
func (t Text) at(offset int) byte {
	if offset < 0 || offset >= t.Len() {
		return 0
	}
	i := t.chunkAt(offset)
	return t.chunks[i].text[offset-t.marks[i].offset]
}

// Line is a line without its end; "" for a line that does not exist.
func (t Text) Line(n int) string { return t.Slice(t.LineSpan(n)) }

// LineStart is the offset where a line starts; lines out of range are brought into it.
func (t Text) LineStart(n int) int {
	if n <= 0 {
		return 0
	}
	if n >= t.Lines() {
		n = t.Lines() - 1
	}
	// The n-th line end lies in the first chunk after which n line ends have gone by.
	i := sort.Search(len(t.chunks), func(i int) bool { return t.marks[i+1].line >= n })
	if i == len(t.chunks) {
		return 0
	}
	text, at := t.chunks[i].text, 0
	for k := t.marks[i].line; k < n; k++ {
		at += strings.IndexByte(text[at:], '\n') + 1
	}
	return t.marks[i].offset + at
}

// LineSpan covers a line without its end.
func (t Text) LineSpan(n int) source.Span {
	s := t.FullLine(n)
	if s.End > s.Start && t.at(s.End-1) == '\n' {
		s.End--
		if s.End > s.Start && t.at(s.End-1) == '\r' {
			s.End--
		}
	}
	return s
}

// FullLine covers a line with its end.
func (t Text) FullLine(n int) source.Span {
	start := t.LineStart(n)
	if n+1 >= t.Lines() {
		return source.Span{Start: start, End: t.Len()}
	}
	return source.Span{Start: start, End: t.LineStart(n + 1)}
}

// LineOf is the line that holds an offset.
func (t Text) LineOf(offset int) int {
	if len(t.chunks) == 0 || offset <= 0 {
		return 0
	}
	offset = t.clamp(offset)
	i := t.chunkAt(offset)
	return t.marks[i].line + strings.Count(t.chunks[i].text[:offset-t.marks[i].offset], "\n")
}

// Position gives line and column of an offset, both counted from 1, columns in characters.
func (t Text) Position(offset int) source.Position {
	line := t.LineOf(offset)
	before := t.Slice(source.Span{Start: t.LineStart(line), End: offset})
	return source.Position{Line: line + 1, Column: utf8.RuneCountInString(before) + 1}
}

// Offset is the opposite of Position; lines and columns that do not exist are brought to the nearest that do.
func (t Text) Offset(p source.Position) int {
	line := max(0, min(p.Line-1, t.Lines()-1))
	at, rest := t.LineStart(line), t.Line(line)
	for col := 1; col < p.Column && len(rest) > 0; col++ {
		_, n := utf8.DecodeRuneInString(rest)
		at, rest = at+n, rest[n:]
	}
	return at
}

// Replace gives the text in which what a span covers is replaced. The receiver stays as it is.
func (t Text) Replace(s source.Span, with string) Text {
	s.Start, s.End = t.clamp(s.Start), t.clamp(s.End)
	s.End = max(s.Start, s.End)
	if len(t.chunks) == 0 {
		return New(with)
	}
	first, last := t.chunkAt(s.Start), t.chunkAt(s.End)
	body := t.chunks[first].text[:s.Start-t.marks[first].offset] + with + t.chunks[last].text[s.End-t.marks[last].offset:]
	for last+1 < len(t.chunks) && (len(body) < chunkSmall || body[len(body)-1] != '\n') {
		last++
		body += t.chunks[last].text
	}
	return t.build(t.chunks[:first], split(body), t.chunks[last+1:])
}
