package userdata

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// properties reads a text in the form of Java properties: "key = value", with # or ! for comments, a backslash at the end of a line to go
// on, escapes such as \n, \: or \u00e9 (TG-42). A later value of a key counts.
func properties(text string) (map[string]string, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("%d bytes, %d are allowed", len(text), MaxBytes)
	}
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("the text is not UTF-8")
	}
	keys := map[string]string{}
	text = strings.TrimPrefix(text, "\ufeff")
	for n, line := range logicalLines(text) {
		key, rest := cut(line)
		name, err := unescape(key)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", n+1, err)
		}
		value, err := unescape(rest)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", n+1, err)
		}
		if name == "" {
			return nil, fmt.Errorf("entry %d has no key", n+1)
		}
		keys[name] = value
	}
	return keys, nil
}

const blanks = " \t\f"

// logicalLines are the lines without comments and blank ones; a line that ends with an odd number of backslashes goes on in the next.
func logicalLines(text string) []string {
	var list []string
	var open strings.Builder
	going := false
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		line = strings.TrimLeft(line, blanks)
		if !going && (line == "" || line[0] == '#' || line[0] == '!') {
			continue
		}
		slashes := len(line) - len(strings.TrimRight(line, `\`))
		going = slashes%2 == 1
		if going {
			open.WriteString(line[:len(line)-1])
			continue
		}
		open.WriteString(line)
		list = append(list, open.String())
		open.Reset()
	}
	if open.Len() > 0 {
		list = append(list, open.String())
	}
	return list
}

// cut parts a line at its first =, : or blank that is not escaped.
func cut(line string) (key, value string) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '=', ':':
			return line[:i], strings.TrimLeft(line[i+1:], blanks)
		case ' ', '\t', '\f':
			rest := strings.TrimLeft(line[i:], blanks)
			if rest != "" && (rest[0] == '=' || rest[0] == ':') {
				rest = strings.TrimLeft(rest[1:], blanks)
			}
			return line[:i], rest
		}
	}
	return line, ""
}

func unescape(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'f':
			b.WriteByte('\f')
		case 'u':
			if i+4 >= len(s) {
				return "", fmt.Errorf(`\u needs four hexadecimal digits`)
			}
			n, err := strconv.ParseUint(s[i+1:i+5], 16, 16)
			if err != nil || !utf8.ValidRune(rune(n)) {
				return "", fmt.Errorf(`\u needs four hexadecimal digits of a character`)
			}
			b.WriteRune(rune(n))
			i += 4
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}

// escape writes a key or a value so that properties reads it again. Characters beyond ASCII stay as they are.
func escape(s string, key bool) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; c {
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\f':
			b.WriteString(`\f`)
		case '\\', ':':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '=', '#', '!':
			if key {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case ' ':
			if key || i == 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
