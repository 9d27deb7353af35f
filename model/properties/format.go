package properties

import (
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// indent starts the lines that continue a property.
const indent = "    "

// Format lays a text out in the one layout: "key = value", nothing before a key or a comment, no blanks at the ends of lines,
// continued lines indented by four blanks, no blank line at the end. Order, comments, blank lines, escapes stay. Line ends
// become as the first line has them; a byte-order mark goes.
func Format(text string) string {
	f := Parse(text)
	var b strings.Builder
	b.Grow(len(text) + len(text)/16)
	blanks := 0
	for _, l := range f.Lines {
		if l.Kind == Blank {
			blanks++
			continue
		}
		b.WriteString(strings.Repeat("\n", blanks))
		blanks = 0
		if l.Kind == Comment {
			b.WriteString(strings.TrimFunc(l.Span.Of(text), func(c rune) bool { return c <= ' ' }))
		} else {
			b.WriteString(layout(text, l.Entry))
		}
		b.WriteByte('\n')
	}
	if end := lineEnd(text); end != "\n" {
		return strings.ReplaceAll(b.String(), "\n", end)
	}
	return b.String()
}

// lineEnd is that of the first line.
func lineEnd(text string) string {
	if n := strings.IndexAny(text, "\r\n"); n >= 0 && strings.HasPrefix(text[n:], "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// layout is a property without its line end.
func layout(text string, e Entry) string {
	parts := []string{relaid(e.KeySpan.Of(text)), "=", relaid(e.rest.Of(text))}
	if parts[0] == "" {
		parts = parts[1:]
	}
	if parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, " ")
}

// relaid is a key or a value with its continued lines indented. Continuations that lead to nothing go, and so do the blanks
// at its end that are not escaped.
func relaid(raw string) string {
	lines := physical(raw)
	for {
		n := len(lines) - 1
		lines[n] = trimRight(lines[n])
		if n == 0 || lines[n] != "" {
			return strings.Join(lines, "\\\n"+indent)
		}
		lines = lines[:n]
	}
}

// physical cuts a text where a backslash continues it; the blanks that start the next line mean nothing.
func physical(raw string) (lines []string) {
	start := 0
	for at := 0; at < len(raw); {
		switch {
		case raw[at] != '\\':
			at++
		case at+1 < len(raw) && isLineEnd(raw[at+1]):
			lines = append(lines, raw[start:at])
			at = skipBlanks(raw, nextLine(raw, at+1))
			start = at
		default:
			at = min(at+2, len(raw))
		}
	}
	return append(lines, strings.TrimSuffix(raw[start:], danglingBackslash(raw[start:])))
}

// danglingBackslash is the backslash that ends a text with nothing to escape.
func danglingBackslash(s string) string {
	n := len(s) - len(strings.TrimRight(s, `\`))
	if n%2 == 1 {
		return `\`
	}
	return ""
}

// trimRight cuts the blanks at the end that no backslash keeps.
func trimRight(s string) string {
	short := strings.TrimRight(s, " \t\f")
	if len(short) < len(s) && danglingBackslash(short) != "" {
		return s[:len(short)+1]
	}
	return short
}

// Set changes the value of keys in place and leaves the rest of the text untouched (MOD-26). Keys are compared without letter
// case; what is not found is not added.
func Set(text, key, value string) string {
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

// LineOf covers the logical line of an entry, its line end included: what has to go when the entry goes.
func (f *File) LineOf(e Entry) source.Span {
	l, _ := f.At(e.KeySpan.Start)
	return l.Span
}
