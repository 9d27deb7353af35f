package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/roboconf/workbench/model/source"
)

// TabWidth is how many columns lie between two tab stops.
const TabWidth = 4

// window is how far back a grapheme is looked for before its beginning is taken on trust.
const window = 256

// next is the offset after the character, as a person sees it, that starts at an offset; a line end is one character.
func (t Text) next(offset int) int {
	if offset >= t.Len() {
		return t.Len()
	}
	a, b := t.at(offset), t.at(offset+1)
	switch {
	case a == '\r' && b == '\n':
		return offset + 2
	case a < utf8.RuneSelf && b < utf8.RuneSelf:
		return offset + 1
	}
	rest := t.Slice(source.Span{Start: offset, End: min(offset+window, t.FullLine(t.LineOf(offset)).End)})
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(rest, -1)
	return offset + len(cluster)
}

// prev is the offset of the character, as a person sees it, that ends at an offset.
func (t Text) prev(offset int) int {
	if offset <= 0 {
		return 0
	}
	a, b := t.at(offset-2), t.at(offset-1)
	switch {
	case a == '\r' && b == '\n':
		return offset - 2
	case a < utf8.RuneSelf && b < utf8.RuneSelf:
		return offset - 1
	}
	start := t.LineStart(t.LineOf(offset - 1))
	for from := max(start, offset-window); ; from++ {
		if from <= start || t.at(from) < utf8.RuneSelf && t.at(from-1) < utf8.RuneSelf || offset-from < utf8.UTFMax {
			return from + lastCluster(t.Slice(source.Span{Start: from, End: offset}))
		}
	}
}

// lastCluster is where the last character of a text starts.
func lastCluster(s string) int {
	at, state := 0, -1
	for {
		var cluster, rest string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(s[at:], state)
		if rest == "" {
			return at
		}
		at += len(cluster)
	}
}

// columns is the width of a text at the start of a line.
func columns(s string) int {
	col := 0
	for len(s) > 0 {
		n, w := step(s, col)
		s, col = s[n:], col+w
	}
	return col
}

// step gives the bytes and the columns of the first character of a text that stands at a column.
func step(s string, col int) (bytes, width int) {
	if s[0] == '\t' {
		return 1, TabWidth - col%TabWidth
	}
	if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return 1, 1
	}
	cluster, _, width, _ := uniseg.FirstGraphemeClusterInString(s, -1)
	return len(cluster), max(width, 1)
}

// atColumn is the offset in a line of the character that covers a column; columns beyond the line give its end.
func atColumn(line string, column int) int {
	at, col := 0, 0
	for at < len(line) {
		n, w := step(line[at:], col)
		if col+w > column {
			return at
		}
		at, col = at+n, col+w
	}
	return at
}

// class groups the characters that a move by words takes in one go.
type class uint8

const (
	blank class = iota
	word
	sign
	lineEnd
)

func classOf(r rune) class {
	switch {
	case r == '\n' || r == '\r':
		return lineEnd
	case unicode.IsSpace(r):
		return blank
	case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
		return word
	}
	return sign
}

func (t Text) classAfter(offset int) class {
	r, _ := utf8.DecodeRuneInString(t.Slice(source.Span{Start: offset, End: offset + utf8.UTFMax}))
	return classOf(r)
}

// wordRight is the end of the word at or after an offset, or the start of the next line from the end of one.
func (t Text) wordRight(offset int) int {
	if t.classAfter(offset) == lineEnd {
		return t.next(offset)
	}
	for offset < t.Len() && t.classAfter(offset) == blank {
		offset = t.next(offset)
	}
	return t.runRight(offset)
}

// wordLeft is the start of the word at or before an offset, or the end of the line before from the start of one.
func (t Text) wordLeft(offset int) int {
	if p := t.prev(offset); p < offset && t.classAfter(p) == lineEnd {
		return p
	}
	for p := t.prev(offset); p < offset && t.classAfter(p) == blank; p = t.prev(offset) {
		offset = p
	}
	return t.runLeft(offset)
}

// runRight is the end of the run of characters of one class that starts at an offset.
func (t Text) runRight(offset int) int {
	c := t.classAfter(offset)
	for offset < t.Len() && c != lineEnd && t.classAfter(offset) == c {
		offset = t.next(offset)
	}
	return offset
}

// runLeft is the start of the run of characters of one class that ends at an offset.
func (t Text) runLeft(offset int) int {
	p := t.prev(offset)
	c := t.classAfter(p)
	for p < offset && c != lineEnd && t.classAfter(p) == c {
		offset, p = p, t.prev(p)
	}
	return offset
}

// WordAt covers the word at an offset, or the one that ends there; blanks and signs count as words of their own.
func (t Text) WordAt(offset int) source.Span {
	offset = t.clamp(offset)
	after := t.classAfter(offset)
	if (offset == t.Len() || after != word) && offset > 0 && t.classAfter(t.prev(offset)) == word {
		return source.Span{Start: t.runLeft(offset), End: offset}
	}
	if offset == t.Len() || after == lineEnd {
		return source.Span{Start: offset, End: offset}
	}
	end := t.runRight(offset)
	return source.Span{Start: t.runLeft(end), End: end}
}

// Indent is the run of blanks at the start of a line.
func (t Text) Indent(line int) string {
	s := t.Line(line)
	return s[:len(s)-len(strings.TrimLeft(s, " \t"))]
}
