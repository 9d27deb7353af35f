// Package properties knows the text of .properties files as trees that lose no byte.
//
// A file is a list of logical lines: blanks, comments, properties. A property may be continued on several lines of the text.
package properties

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Kind is what a logical line is.
type Kind uint8

// The kinds of logical lines.
const (
	Blank Kind = iota
	Comment
	Property
)

// Line is one logical line of a file.
type Line struct {
	Kind Kind
	// Span covers the whole line, its line end included: lines touch.
	Span source.Span
	// Entry is what a property says; empty for other lines.
	Entry Entry
}

// Entry is one key and where it stands.
type Entry struct {
	// Key and Value are without escapes; the value is trimmed.
	Key, Value string
	// KeySpan covers the key as written; ValueSpan the value, trimmed, escapes and continued lines included.
	KeySpan, ValueSpan source.Span
	// Separator covers "=" or ":"; it is empty when blanks alone stand between key and value.
	Separator source.Span

	at   []int       // offset in the file of each byte of Value, and of its end; nil when they follow each other
	rest source.Span // all that follows the separator, blanks after it left out, up to the end of the logical line
}

// Span finds where a part of the value stands in the file.
func (e Entry) Span(start, end int) source.Span {
	if e.at == nil {
		return source.Span{Start: e.ValueSpan.Start + start, End: e.ValueSpan.Start + end}
	}
	return source.Span{Start: e.at[start], End: e.at[end]}
}

// Fault is an escape that means no character. What is written counts as text.
type Fault struct {
	Span source.Span
	// Text is the escape, without its backslash.
	Text string
}

// Error says what is wrong.
func (f Fault) Error() string {
	return fmt.Sprintf(`decode \%s: four hexadecimal digits expected`, f.Text)
}

// File is a properties file (MOD-20), read as UTF-8 (MOD-21). It is immutable.
type File struct {
	// Lines are all lines: together they are the text, but for a byte-order mark before them.
	Lines []Line
	// Entries are those of the properties, in order, repeated keys included.
	Entries []Entry
	// Faults are in the order of the text.
	Faults []Fault

	text string
}

// Text is the text of the file, byte for byte.
func (f *File) Text() string { return f.text }

// Err is the first fault, nil when there is none.
func (f *File) Err() error {
	if len(f.Faults) > 0 {
		return f.Faults[0]
	}
	return nil
}

// Find gives the entry that counts for a key: the last one (MOD-20).
func (f *File) Find(key string) (Entry, bool) {
	for i := len(f.Entries) - 1; i >= 0; i-- {
		if f.Entries[i].Key == key {
			return f.Entries[i], true
		}
	}
	return Entry{}, false
}

// Value is the value of a key, trimmed; "" when the key is missing.
func (f *File) Value(key string) string {
	e, _ := f.Find(key)
	return e.Value
}

// Room is where a key that is missing fits, with the text that puts it there: below the first property, so that no comment loses
// what it stands above.
func (f *File) Room(key, value string) (at int, text string) {
	text, end := key+" = "+value, lineEnd(f.text)
	at = len(f.text)
	for _, l := range f.Lines {
		if l.Kind == Property {
			at = l.Span.End
			break
		}
	}
	switch before := f.text[:at]; {
	case before == "" || isLineEnd(before[at-1]):
		return at, text + end
	case strings.HasSuffix(before, `\`): // it would go on with what follows
		e := f.Entries[0]
		return e.KeySpan.Start, text + end
	case before == "\uFEFF":
		return at, text + end
	}
	return at, end + text
}

// At is the logical line that holds an offset; false in a text without lines.
func (f *File) At(offset int) (Line, bool) {
	for _, l := range f.Lines {
		if offset < l.Span.End {
			return l, true
		}
	}
	if n := len(f.Lines); n > 0 {
		return f.Lines[n-1], true
	}
	return Line{}, false
}
