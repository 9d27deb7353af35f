package lsp

import "strings"

// plain takes the marks of Markdown out of a text for clients that would show them: fences, emphasis, code, headings.
func plain(markdown string) string {
	var b strings.Builder
	fenced := false
	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			continue
		}
		if !fenced {
			line = strings.TrimPrefix(strings.TrimLeft(line, "#"), " ")
			line = strings.NewReplacer("**", "", "`", "", `\_`, "_", `\*`, "*", "&nbsp;", " ").Replace(line)
		}
		b.WriteString(line)
	}
	return strings.TrimSpace(b.String())
}

// withoutStops is the text of a snippet for clients that have none: ${1:name} becomes name, $0 nothing.
func withoutStops(snippet string) string {
	var b strings.Builder
	for i := 0; i < len(snippet); i++ {
		switch c := snippet[i]; {
		case c == '\\' && i+1 < len(snippet):
			i++
			b.WriteByte(snippet[i])
		case c == '$' && i+1 < len(snippet) && isDigit(snippet[i+1]):
			for i+1 < len(snippet) && isDigit(snippet[i+1]) {
				i++
			}
		case c == '$' && i+1 < len(snippet) && snippet[i+1] == '{':
			end := closing(snippet, i+2)
			inside := snippet[i+2 : end]
			if _, text, found := strings.Cut(inside, ":"); found {
				b.WriteString(withoutStops(text))
			} else if _, choices, found := strings.Cut(inside, "|"); found {
				first, _, _ := strings.Cut(strings.TrimSuffix(choices, "|"), ",")
				b.WriteString(first)
			}
			i = end
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// closing is where the bracket that was opened before an offset is closed.
func closing(s string, at int) int {
	depth := 1
	for i := at; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
