package load

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/roboconf/workbench/model/source"
)

// Entry is one key of a properties file and where it stands.
type Entry struct {
	Key, Value string
	// KeySpan covers the key as written; ValueSpan the value, trimmed, escapes and continued lines included.
	KeySpan, ValueSpan source.Span

	at []int // offset in the file of each byte of Value, and of its end
}

// Span finds where a part of the value stands in the file.
func (e Entry) Span(start, end int) source.Span {
	return source.Span{Start: e.at[start], End: e.at[end]}
}

// Properties is a properties file (MOD-20), read as UTF-8 (MOD-21).
type Properties struct {
	// Entries are in the order of the file, repeated keys included.
	Entries []Entry
}

// Find gives the entry that counts for a key: the last one (MOD-20).
func (p *Properties) Find(key string) (Entry, bool) {
	if p == nil {
		return Entry{}, false
	}
	for i := len(p.Entries) - 1; i >= 0; i-- {
		if p.Entries[i].Key == key {
			return p.Entries[i], true
		}
	}
	return Entry{}, false
}

// Value is the value of a key, trimmed; "" when the key is missing.
func (p *Properties) Value(key string) string {
	e, _ := p.Find(key)
	return e.Value
}

// ParseProperties reads a properties file. The error tells about an escape that means no character; what stands before it
// is given all the same.
func ParseProperties(text string) (*Properties, error) {
	p := &Properties{}
	for at := 0; at < len(text); {
		start := skipBlanks(text, at)
		if start < len(text) && (text[start] == '#' || text[start] == '!') {
			at = nextLine(text, start)
			continue
		}
		if start >= len(text) || isLineEnd(text[start]) {
			at = nextLine(text, start)
			continue
		}
		e, next, err := readEntry(text, start)
		if err != nil {
			return p, err
		}
		p.Entries = append(p.Entries, e)
		at = next
	}
	return p, nil
}

// readEntry reads a key, its separator, its value up to the end of the logical line.
func readEntry(text string, start int) (e Entry, next int, err error) {
	r := reader{text: text, at: start}
	key, err := r.read(func(c byte) bool { return c == '=' || c == ':' || isBlank(c) })
	if err != nil {
		return e, 0, err
	}
	e.Key, e.KeySpan = key.text(), source.Span{Start: start, End: r.at}
	r.skipBlanks()
	if r.at < len(text) && (text[r.at] == '=' || text[r.at] == ':') {
		r.at++
		r.skipBlanks()
	}
	value, err := r.read(func(byte) bool { return false })
	if err != nil {
		return e, 0, err
	}
	value.trimRight()
	e.Value, e.at = value.text(), append(value.at, value.end)
	e.ValueSpan = e.Span(0, len(e.Value))
	return e, nextLine(text, r.at), nil
}

// decoded is text without escapes, with the place of each of its bytes.
type decoded struct {
	bytes []byte
	at    []int
	end   int
}

func (d *decoded) text() string { return string(d.bytes) }

func (d *decoded) add(s string, at, next int) {
	for i := range len(s) {
		d.bytes = append(d.bytes, s[i])
		d.at = append(d.at, at)
	}
	d.end = next
}

func (d *decoded) trimRight() {
	n := len(d.bytes)
	for n > 0 && d.bytes[n-1] <= ' ' {
		n--
		d.end = d.at[n]
	}
	d.bytes, d.at = d.bytes[:n], d.at[:n]
}

// reader goes through one logical line.
type reader struct {
	text string
	at   int
}

// read decodes up to the end of the logical line, or to a character that stops it.
func (r *reader) read(stop func(byte) bool) (*decoded, error) {
	d := &decoded{end: r.at}
	for r.at < len(r.text) && !isLineEnd(r.text[r.at]) && !stop(r.text[r.at]) {
		if r.text[r.at] != '\\' {
			d.add(r.text[r.at:r.at+1], r.at, r.at+1)
			r.at++
			continue
		}
		if err := r.escape(d); err != nil {
			return d, err
		}
	}
	return d, nil
}

// escape decodes what follows a backslash; at the end of a line it joins the next one, without its leading blanks.
func (r *reader) escape(d *decoded) error {
	start := r.at
	r.at++
	if r.at >= len(r.text) {
		return nil
	}
	switch c := r.text[r.at]; {
	case isLineEnd(c):
		r.at = skipBlanks(r.text, nextLine(r.text, r.at))
		return nil
	case c == 'u':
		return r.unicode(d, start)
	default:
		s := string([]byte{c})
		if k := strings.IndexByte("tnrf", c); k >= 0 {
			s = "\t\n\r\f"[k : k+1]
		}
		r.at++
		d.add(s, start, r.at)
		return nil
	}
}

// unicode decodes \uXXXX, and pairs of them for characters beyond the first plane.
func (r *reader) unicode(d *decoded, start int) error {
	c, err := r.codeUnit()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(c) && strings.HasPrefix(r.text[r.at:], `\u`) {
		mark := r.at
		r.at++
		low, err := r.codeUnit()
		if err != nil {
			return err
		}
		if pair := utf16.DecodeRune(c, low); pair != '\uFFFD' {
			c = pair
		} else {
			r.at = mark
		}
	}
	d.add(string(c), start, r.at)
	return nil
}

func (r *reader) codeUnit() (rune, error) {
	hex := source.Span{Start: r.at + 1, End: r.at + 5}.Of(r.text)
	n, err := strconv.ParseUint(hex, 16, 16)
	if err != nil || len(hex) != 4 {
		return 0, fmt.Errorf(`decode \u%s: four hexadecimal digits expected`, strings.TrimSpace(hex))
	}
	r.at += 5
	return rune(n), nil
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
	if strings.HasPrefix(text[min(at, len(text)):], "\r\n") {
		return at + 2
	}
	return at + 1
}

// SetProperty changes keys in place and leaves the rest of the text untouched (MOD-26). Keys are compared without letter
// case; what is not found is not added.
func SetProperty(text, key, value string) string {
	for at := 0; at < len(text); at = nextLine(text, at) {
		start := skipBlanks(text, at)
		end := start + len(key)
		if end > len(text) || !strings.EqualFold(text[start:end], key) {
			continue
		}
		sep := skipBlanks(text, end)
		if sep >= len(text) || text[sep] != '=' && text[sep] != ':' {
			continue
		}
		stop := sep
		for stop < len(text) && !isLineEnd(text[stop]) {
			stop++
		}
		return text[:at] + key + " = " + value + text[stop:]
	}
	return text
}
