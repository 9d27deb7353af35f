package source

import "strings"

// LineEnd is what ends the lines of a text, CR and LF or LF alone, as the first line that is not blank has it.
func LineEnd(text string) string {
	for line := range strings.Lines(text) {
		switch {
		case strings.TrimSpace(line) == "":
		case strings.HasSuffix(line, "\r\n"):
			return "\r\n"
		default:
			return "\n"
		}
	}
	return "\n"
}
