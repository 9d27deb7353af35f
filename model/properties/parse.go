package properties

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/roboconf/workbench/model/source"
)

// mark is the byte-order mark: it belongs to no line.
const mark = "\uFEFF"

// Parse reads a text. It always gives a file, whatever the text is.
func Parse(text string) *File {
	f := &File{text: text}
	at := 0
	if strings.HasPrefix(text, mark) {
		at = len(mark)
	}
	for at < len(text) {
		start := skipBlanks(text, at)
		l := Line{Kind: Blank, Span: source.Span{Start: at, End: nextLine(text, start)}}
		switch {
		case start >= len(text) || isLineEnd(text[start]):
		case text[start] == '#' || text[start] == '!':
			l.Kind = Comment
		default:
			r := reader{text: text, at: start, file: f}
			l.Kind, l.Entry = Property, r.entry()
			l.Span.End = nextLine(text, r.at)
			f.Entries = append(f.Entries, l.Entry)
		}
		f.Lines = append(f.Lines, l)
		at = l.Span.End
	}
	return f
}

// reader goes through one logical line.
type reader struct {
	text string
	at   int
	file *File
}

// entry reads a key, its separator, its value up to the end of the logical line.
func (r *reader) entry() (e Entry) {
	start := r.at
	key := r.read(func(c byte) bool { return c == '=' || c == ':' || isBlank(c) })
	e.Key, e.KeySpan = key.text(), source.Span{Start: start, End: r.at}
	r.skipBlanks()
	e.Separator = source.Span{Start: r.at, End: r.at}
	if r.at < len(r.text) && (r.text[r.at] == '=' || r.text[r.at] == ':') {
		r.at++
		e.Separator.End = r.at
		r.skipBlanks()
	}
	e.rest.Start = r.at
	value := r.read(func(byte) bool { return false })
	e.rest.End = r.at
	value.trimRight()
	e.Value, e.at = value.text(), value.places()
	e.ValueSpan = value.span()
	return e
}

// decoded is text without escapes, with the place of each of its bytes. While every byte means itself there is nothing to keep
// but where it starts and ends.
type decoded struct {
	source     string
	start, end int
	escaped    bool
	bytes      []byte
	at         []int
}

func (d *decoded) text() string {
	if !d.escaped {
		return valid(source.Span{Start: d.start, End: d.end}.Of(d.source))
	}
	return valid(string(d.bytes))
}

// span covers the text as it is written.
func (d *decoded) span() source.Span {
	if d.escaped && len(d.at) > 0 {
		return source.Span{Start: d.at[0], End: d.end}
	}
	if d.escaped {
		return source.Span{Start: d.end, End: d.end}
	}
	return source.Span{Start: d.start, End: d.end}
}

// places gives the offset of each byte, and of the end; nil when they follow each other.
func (d *decoded) places() []int {
	if !d.escaped {
		return nil
	}
	return append(d.at, d.end)
}

// escape makes room for bytes that do not stand where they seem to.
func (d *decoded) escape() {
	if d.escaped {
		return
	}
	d.escaped = true
	end := d.end
	d.addPlain(d.source[d.start:end], d.start)
	d.end = end
}

// valid replaces bytes that are not UTF-8, one by one: a name never carries them, and offsets stay.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	clean := make([]byte, 0, len(s))
	for len(s) > 0 {
		c, n := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError && n == 1 {
			clean = append(clean, '?')
		} else {
			clean = append(clean, s[:n]...)
		}
		s = s[n:]
	}
	return string(clean)
}

func (d *decoded) add(s string, at, next int) {
	for i := range len(s) {
		d.bytes = append(d.bytes, s[i])
		d.at = append(d.at, at)
	}
	d.end = next
}

// addPlain is add for text that means itself.
func (d *decoded) addPlain(s string, at int) {
	for i := range len(s) {
		d.add(s[i:i+1], at+i, at+i+1)
	}
}

func (d *decoded) trimRight() {
	if !d.escaped {
		for d.end > d.start && d.source[d.end-1] <= ' ' {
			d.end--
		}
		return
	}
	n := len(d.bytes)
	for n > 0 && d.bytes[n-1] <= ' ' {
		n--
		d.end = d.at[n]
	}
	d.bytes, d.at = d.bytes[:n], d.at[:n]
}

// read decodes up to the end of the logical line, or to a character that stops it.
func (r *reader) read(stop func(byte) bool) *decoded {
	d := &decoded{source: r.text, start: r.at, end: r.at}
	for {
		start := r.at
		for r.at < len(r.text) && r.text[r.at] != '\\' && !isLineEnd(r.text[r.at]) && !stop(r.text[r.at]) {
			r.at++
		}
		if d.escaped {
			d.addPlain(r.text[start:r.at], start)
		} else {
			d.end = r.at
		}
		if r.at == len(r.text) || r.text[r.at] != '\\' {
			return d
		}
		d.escape()
		r.escape(d)
	}
}

// escape decodes what follows a backslash; at the end of a line it joins the next one, without its leading blanks.
func (r *reader) escape(d *decoded) {
	start := r.at
	r.at++
	if r.at >= len(r.text) {
		return
	}
	switch c := r.text[r.at]; {
	case isLineEnd(c):
		r.at = skipBlanks(r.text, nextLine(r.text, r.at))
	case c == 'u':
		r.unicode(d, start)
	default:
		s := string([]byte{c})
		if k := strings.IndexByte("tnrf", c); k >= 0 {
			s = "\t\n\r\f"[k : k+1]
		}
		r.at++
		d.add(s, start, r.at)
	}
}

// unicode decodes \uXXXX, and pairs of them for characters beyond the first plane.
func (r *reader) unicode(d *decoded, start int) {
	c, ok := codeUnit(r.text[r.at:])
	if !ok {
		r.fault(d, start)
		return
	}
	r.at += unitLen
	if rest := r.text[r.at:]; utf16.IsSurrogate(c) && strings.HasPrefix(rest, `\u`) {
		if low, ok := codeUnit(rest[1:]); ok {
			if pair := utf16.DecodeRune(c, low); pair != utf8.RuneError {
				c = pair
				r.at += 1 + unitLen
			}
		}
	}
	d.add(string(c), start, r.at)
}

// unitLen is the length of uXXXX.
const unitLen = 5

func codeUnit(s string) (rune, bool) {
	if len(s) < unitLen {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:unitLen], 16, 16)
	return rune(n), err == nil && s[1] != '+' && s[1] != '_'
}

// fault takes an escape that means nothing as it is written.
func (r *reader) fault(d *decoded, start int) {
	end := start + 2
	for end < len(r.text) && end < start+1+unitLen && r.text[end] > ' ' && r.text[end] != '\\' && r.text[end] < utf8.RuneSelf {
		end++
	}
	s := source.Span{Start: start, End: end}
	r.file.Faults = append(r.file.Faults, Fault{Span: s, Text: r.text[start+1 : end]})
	d.addPlain(s.Of(r.text), start)
	r.at = end
}

func (r *reader) skipBlanks() { r.at = skipBlanks(r.text, r.at) }

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' }

func isLineEnd(c byte) bool { return c == '\n' || c == '\r' }

func skipBlanks(text string, at int) int {
	for at < len(text) && isBlank(text[at]) {
		at++
	}
	return at
}

// nextLine is the offset after the line end that follows at.
func nextLine(text string, at int) int {
	for at < len(text) && !isLineEnd(text[at]) {
		at++
	}
	if strings.HasPrefix(text[at:], "\r\n") {
		return at + 2
	}
	return min(at+1, len(text))
}
