// Package settings reads the properties files of recipes.
//
// The language's own reader keeps places, comments, mistakes for an editor; a machine needs the values alone.
package settings

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/roboconf/workbench/runtime/lifecycle"
)

// Entry is a line of a properties file.
type Entry struct {
	Key, Value string
	Line       int // from 1
}

// maxFile is how large a file may be, in bytes.
const maxFile = 1 << 20

// Read reads a properties file; found is false when there is none.
func Read(path string) (entries []Entry, found bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read settings: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, false, fmt.Errorf("read settings: %w", err)
	}
	if len(text) > maxFile {
		return nil, false, fmt.Errorf("read settings: %s has more than %d bytes", path, maxFile)
	}
	return Parse(string(text)), true, nil
}

// Parse reads a text of properties: every text is one. Entries are in their order, keys may come twice.
func Parse(text string) (entries []Entry) {
	r := reader{text: strings.TrimPrefix(text, "\uFEFF"), line: 1}
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case isBlank(c):
			r.at++
		case isEnd(c):
			r.next()
		case c == '#' || c == '!':
			for r.at < len(r.text) && !isEnd(r.text[r.at]) {
				r.at++
			}
		default:
			e := Entry{Line: r.line}
			e.Key = r.word(func(c byte) bool { return isBlank(c) || c == '=' || c == ':' })
			r.separator()
			e.Value = strings.TrimRightFunc(r.word(func(byte) bool { return false }), func(c rune) bool { return c <= ' ' })
			entries = append(entries, e)
		}
	}
	return entries
}

type reader struct {
	text string
	at   int
	line int
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' }
func isEnd(c byte) bool   { return c == '\n' || c == '\r' }

// next goes over the end of a line: CR, LF or both.
func (r *reader) next() {
	if strings.HasPrefix(r.text[r.at:], "\r\n") {
		r.at++
	}
	r.at++
	r.line++
}

func (r *reader) blanks() {
	for r.at < len(r.text) && isBlank(r.text[r.at]) {
		r.at++
	}
}

// separator goes over blanks with one sign among them.
func (r *reader) separator() {
	r.blanks()
	if r.at < len(r.text) && (r.text[r.at] == '=' || r.text[r.at] == ':') {
		r.at++
		r.blanks()
	}
}

// word reads up to what ends it, with escapes, over lines that go on.
func (r *reader) word(ends func(byte) bool) string {
	var b strings.Builder
	for r.at < len(r.text) {
		c := r.text[r.at]
		if isEnd(c) || ends(c) {
			break
		}
		r.at++
		if c != '\\' {
			b.WriteByte(c)
			continue
		}
		r.escape(&b)
	}
	return b.String()
}

func (r *reader) escape(b *strings.Builder) {
	if r.at == len(r.text) {
		return
	}
	c := r.text[r.at]
	if isEnd(c) {
		r.next()
		r.blanks()
		return
	}
	r.at++
	switch c {
	case 't':
		b.WriteByte('\t')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 'f':
		b.WriteByte('\f')
	case 'u':
		r.code(b)
	default:
		b.WriteByte(c)
	}
}

// code reads four digits after \u, then a second half when there is one. What is no number stays as it is written.
func (r *reader) code(b *strings.Builder) {
	first, ok := r.digits(r.at)
	if !ok {
		b.WriteString(`\u`)
		for n := 0; n < 4 && r.at < len(r.text) && r.text[r.at] > ' ' && r.text[r.at] != '\\' && r.text[r.at] < utf8.RuneSelf; n++ {
			b.WriteByte(r.text[r.at])
			r.at++
		}
		return
	}
	r.at += 4
	if utf16.IsSurrogate(first) && strings.HasPrefix(r.text[r.at:], `\u`) {
		if second, ok := r.digits(r.at + 2); ok {
			if whole := utf16.DecodeRune(first, second); whole != utf8.RuneError {
				r.at += 6
				first = whole
			}
		}
	}
	b.WriteRune(first)
}

func (r *reader) digits(at int) (rune, bool) {
	if at+4 > len(r.text) {
		return 0, false
	}
	n, err := strconv.ParseUint(r.text[at:at+4], 16, 16)
	return rune(n), err == nil
}

// Timeout is how long an operation of an instance may last, as the file recipe.properties in its directory says (PL-70); set is false when
// it does not say. A number without unit counts seconds.
func Timeout(dir string, op lifecycle.Operation) (limit time.Duration, set bool, err error) {
	entries, _, err := Read(filepath.Join(dir, "recipe.properties"))
	if err != nil {
		return 0, false, err
	}
	for _, e := range entries {
		if !strings.EqualFold(e.Key, "timeout."+op.String()) {
			continue
		}
		text := strings.TrimSpace(e.Value)
		limit, err = time.ParseDuration(text)
		if n, bad := strconv.Atoi(text); bad == nil {
			limit, err = time.Duration(min(n, 1e6))*time.Second, nil
		}
		if err != nil || limit <= 0 || limit > 24*time.Hour {
			return 0, false, fmt.Errorf("read %s in recipe.properties, line %d: %q is no duration up to 24h, such as 90s or 15m", e.Key, e.Line, e.Value)
		}
		set = true // the last one counts, as in every properties file
	}
	return limit, set, nil
}
