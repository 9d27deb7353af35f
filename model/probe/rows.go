package probe

import (
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// RowKind is what a line of a probe file is.
type RowKind uint8

// The kinds of lines.
const (
	Blank RowKind = iota
	Comment
	Header
	Malformed // starts like a header, and is none (PRB-13)
	Content   // of the section above
	Stray     // content of no section: before the first header, or below a malformed one
)

// Row is one line of a probe file as it is written, its parameters not replaced.
type Row struct {
	Kind RowKind
	// Whole covers the line without its line end, Text what is left without blanks around.
	Whole, Text source.Span
	// Of a header: its words, what follows the bracket. Handler keeps its letter case.
	Event, Handler, Name Word
	Attributes           []Word
	Rest                 source.Span
}

// Rows are the lines of a probe file (PRB-10): together with the line ends between them they are the text, but for a byte-order mark.
func Rows(text string) (rows []Row) {
	start := 0
	if strings.HasPrefix(text, "\uFEFF") {
		start = len("\uFEFF")
	}
	in := Stray
	for start < len(text) {
		end := len(text)
		if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
			end = start + n
		}
		l := line{text: text[start:end], span: source.Span{Start: start, End: end}}.trim()
		r := Row{Kind: in, Whole: source.Span{Start: start, End: end}, Text: l.span}
		switch {
		case l.text == "":
			r.Kind = Blank
		case l.text[0] == '#':
			r.Kind = Comment
		case hasPrefix(l.text, "[event"):
			in = r.header(l)
		}
		rows = append(rows, r)
		start = end + 1
	}
	return rows
}

// header reads the words of a header; it gives what the lines below it are.
func (r *Row) header(l line) RowKind {
	r.Kind = Malformed
	end := strings.IndexByte(l.text, ']')
	if end < 0 {
		return Stray
	}
	inner := line{text: l.text[1:end], span: source.Span{Start: l.span.Start + 1, End: l.span.Start + end}}
	words := inner.opaque()
	if len(words) < 3 || !strings.EqualFold(words[0].Text, "event") || !areAttributes(words[3:]) {
		if strings.Contains(l.text, "{{") { // what it becomes is not known
			return Content
		}
		return Stray
	}
	r.Kind, r.Event, r.Handler, r.Name, r.Attributes = Header, words[0], words[1], words[2], words[3:]
	r.Rest = l.from(end + 1).trim().span
	return Content
}

// opaque are the words of the line; the mention of a parameter counts as one character, whatever stands in it.
func (l line) opaque() (words []Word) {
	for at := 0; ; {
		for at < len(l.text) && isBlank(l.text[at]) {
			at++
		}
		if at == len(l.text) {
			return words
		}
		word, _ := cut(l.text[at:])
		words = append(words, l.word(at, at+len(word)))
		at += len(word)
	}
}

// Handlers are the names of those who make checks, sorted; with ours those that other tools do not know.
func Handlers(ours bool) []string {
	if ours {
		return append([]string(nil), ourHandlers...)
	}
	return append([]string(nil), handlers...)
}
