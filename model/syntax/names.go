package syntax

// The classes of bytes that patterns speak of (dsl.md 2.1). No pattern ever matches a non-ASCII letter.
const (
	letterByte = 1 << iota // a letter or an underscore: what may start a name
	digitByte
	joinByte  // - and .
	spaceByte // white space inside patterns (DSL-5)
)

var byteClasses = classes()

func classes() (c [256]uint8) {
	for b := 'a'; b <= 'z'; b++ {
		c[b], c[b-'a'+'A'] = letterByte, letterByte
	}
	c['_'] = letterByte
	for b := '0'; b <= '9'; b++ {
		c[b] = digitByte
	}
	c['-'], c['.'] = joinByte, joinByte
	for _, b := range " \t\n\v\f\r" {
		c[b] = spaceByte
	}
	return c
}

// IsID says whether the whole text is an ID: a letter or an underscore, then letters, digits, _, - and dots (dsl.md 2.1).
func IsID(s string) bool { return isName(s, false) }

// IsFlexID says whether the whole text is a FLEX-ID: an ID in which spaces may stand after the first character (dsl.md 2.1).
func IsFlexID(s string) bool { return isName(s, true) }

// IsImportRef says whether the whole text is an ID, optionally followed by ".*" (dsl.md 2.1).
func IsImportRef(s string) bool {
	if len(s) > 2 && s[len(s)-2:] == ".*" {
		s = s[:len(s)-2]
	}
	return IsID(s)
}

func isName(s string, spaces bool) bool {
	if s == "" || byteClasses[s[0]] != letterByte {
		return false
	}
	for i := 1; i < len(s); i++ {
		if byteClasses[s[i]]&(letterByte|digitByte|joinByte) == 0 && !(spaces && s[i] == ' ') {
			return false
		}
	}
	return true
}

func isSpace(b byte) bool { return byteClasses[b] == spaceByte }

// Trim removes what the language calls blanks at both ends: every character up to U+0020 (DSL-5).
func Trim(s string) string {
	start, end := trim(s, 0, len(s))
	return s[start:end]
}

// trim narrows the range [start, end) of s by the blanks at both ends.
func trim(s string, start, end int) (int, int) {
	for start < end && s[start] <= ' ' {
		start++
	}
	return start, trimRight(s, start, end)
}

func trimRight(s string, start, end int) int {
	for end > start && s[end-1] <= ' ' {
		end--
	}
	return end
}

// hasFold says whether s starts with a word given in lower case, in any case.
func hasFold(s, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := 0; i < len(word); i++ {
		b := s[i]
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if b != word[i] {
			return false
		}
	}
	return true
}
