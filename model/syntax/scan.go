package syntax

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
)

// closing is the kind of a line that closes a block: it ends a node and is none.
const closing Kind = 255

// flag is a particular of a line that its offsets do not tell.
type flag uint8

const (
	semicolon flag = 1 << iota // a property or an import has its semicolon
	noBracket                  // a header without bracket
	emptied                    // text after the bracket of a header ends with } (DSL-31.2)
	closed                     // a block has its closing line
	cutShort                   // text stands after the bracket of a header (DSL-31.2)
)

// shape is what one line turns out to be. Offsets are relative to the line.
type shape struct {
	kind      Kind
	flags     flag
	head      int // first character that is no blank
	tail      int // end of the line without its comment, trimmed
	name, end int // the name, as Node.Name says
	faults    [2]diag.Code
}

func (s *shape) fault(code diag.Code) {
	if s.faults[0] == "" {
		s.faults[0] = code
		return
	}
	s.faults[1] = code
}

// bad makes the line one that cannot be read.
func (s *shape) bad(code diag.Code) {
	s.kind, s.name, s.end = Bad, s.tail, s.tail
	s.fault(code)
}

// scanTrivia recognises blank and comment lines, and otherwise trims the line.
func scanTrivia(line string, s *shape) bool {
	*s = shape{}
	s.head, s.tail = trim(line, 0, len(line))
	switch {
	case s.head == s.tail:
		s.kind = Blank
	case line[s.head] == '#':
		s.kind, s.tail = Comment, s.head
	default:
		return false
	}
	s.name, s.end = s.head, s.head
	return true
}

// scanTop recognises a line at top level (dsl.md 4.1).
func scanTop(line string, s *shape) {
	if scanTrivia(line, s) {
		return
	}
	s.dropComment(line)
	kind, after := keyword(line[s.head:s.tail])
	if after < 0 {
		kind, after = Component, 0
	}
	if kind == Import {
		s.importLine(line, s.head+after)
		return
	}
	if !s.header(line, kind, s.head+after) {
		s.bad(diag.PUnrecognizedBlock)
	}
}

// scanInside recognises a line in a block of the given kind (dsl.md 4.3).
func scanInside(line string, owner Kind, s *shape) {
	if scanTrivia(line, s) {
		return
	}
	switch line[s.head] {
	case '}':
		s.close(line)
		return
	case 'i', 'I':
		if s.nested(line) {
			return
		}
	}
	if s.property(line, owner) {
		return
	}
	s.dropComment(line)
	if owner == Instance {
		s.bad(diag.PInvalidPropertyOrInstance)
		return
	}
	s.bad(diag.PInvalidProperty)
}

// dropComment cuts the line at its first #.
func (s *shape) dropComment(line string) {
	if h := strings.IndexByte(line[s.head:s.tail], '#'); h >= 0 {
		s.tail = trimRight(line, s.head, s.head+h)
	}
}

// keyword gives the kind that the first words of a trimmed text stand for, and the offset after them; -1 without keyword.
// A keyword counts only before white space or at the end (DSL-22).
func keyword(s string) (Kind, int) {
	switch s[0] {
	case 'i', 'I':
		if after := word(s, 0, "import"); after > 0 {
			return Import, after
		}
		return Instance, instanceOf(s)
	case 'f', 'F':
		return Facet, word(s, 0, "facet")
	}
	return Component, -1
}

// instanceOf reads "instance of" with any blanks between the words (DSL-21), and the legacy "instanceof".
func instanceOf(s string) int {
	if after := word(s, 0, "instanceof"); after > 0 {
		return after
	}
	at := word(s, 0, "instance")
	if at < 0 {
		return -1
	}
	for at < len(s) && isSpace(s[at]) {
		at++
	}
	return word(s, at, "of")
}

// word gives the offset after a whole word that stands at an offset, -1 when it does not.
func word(s string, at int, w string) int {
	if !hasFold(s[at:], w) {
		return -1
	}
	at += len(w)
	if at < len(s) && !isSpace(s[at]) {
		return -1
	}
	return at
}

// importLine reads what follows the word import (dsl.md 4.1, rule 3).
func (s *shape) importLine(line string, at int) {
	if at == s.tail {
		s.bad(diag.PUnrecognizedBlock)
		return
	}
	s.kind = Import
	end := s.tail
	if n := strings.IndexByte(line[at:s.tail], ';'); n >= 0 {
		end = at + n
		s.flags |= semicolon
		if end+1 < s.tail {
			s.fault(diag.POneBlockPerLine)
		}
	} else {
		s.fault(diag.PImportEndsWithSemiColon)
	}
	s.name, s.end = trim(line, at, end)
}

// header reads what follows the keyword of a header (dsl.md 4.2); false when the line is no header.
func (s *shape) header(line string, kind Kind, at int) bool {
	text := line[at:s.tail]
	b := strings.IndexByte(text, '{')
	if b < 0 {
		s.name, s.end = trim(line, at, s.tail)
		if s.name < s.end && !IsID(line[s.name:s.end]) {
			return false
		}
		s.kind = kind
		s.flags |= noBracket
		s.fault(diag.POCBracketMissing)
		return true
	}
	s.kind = kind
	s.name, s.end = trim(line, at, at+b)
	if rest := text[b+1:]; strings.Trim(rest, "{") != "" {
		s.flags |= cutShort
		if rest[len(rest)-1] == '}' {
			s.flags |= emptied
		}
		s.fault(diag.POCBracketExtraCharacters)
	}
	return true
}

// nested reads the header of an instance inside a block.
func (s *shape) nested(line string) bool {
	cut := *s
	cut.dropComment(line)
	after := instanceOf(line[cut.head:cut.tail])
	if after < 0 || !cut.header(line, Instance, cut.head+after) {
		return false
	}
	*s = cut
	return true
}

// close reads a line that starts with a closing bracket.
func (s *shape) close(line string) {
	s.dropComment(line)
	s.kind, s.name, s.end = closing, s.head, s.head+1
	if s.tail > s.head+1 {
		s.fault(diag.PCCBracketExtraCharacters)
	}
}

// property reads a line name: value; (dsl.md 4.3, rule 5).
func (s *shape) property(line string, owner Kind) bool {
	colon := strings.IndexByte(line[s.head:s.tail], ':')
	if colon < 0 {
		return false
	}
	colon += s.head
	if strings.IndexByte(line[s.head:colon], '#') >= 0 {
		return false
	}
	end := colon
	for end > s.head && isSpace(line[end-1]) {
		end--
	}
	start := end
	for start > s.head && !isSpace(line[start-1]) {
		start--
	}
	if start == end {
		return false
	}
	s.kind, s.name, s.end = Property, start, end
	s.value(line, colon+1, quotingOf(owner, line[start:end]))
	return true
}

// value finds the end of a property's value, and the faults of its semicolons.
func (s *shape) value(line string, at int, q quoting) {
	text := line[at:s.tail]
	s.tail = trimRight(line, at, at+commentStart(text, q))
	value := line[at:s.tail]
	if strings.HasSuffix(value, ";") {
		s.flags |= semicolon
		value = value[:len(value)-1]
	} else {
		s.fault(diag.PPropertyEndsWithSemiColon)
	}
	if strings.IndexByte(value, ';') >= 0 && strings.IndexByte(withoutQuoted(value), ';') >= 0 {
		s.fault(diag.POneBlockPerLine)
	}
}

// quoting says where double quotes mean something (DSL-18).
type quoting uint8

const (
	quotesArePlain quoting = iota
	quotesAnywhere         // exports
	quotesAround           // the whole value of an override
)

func quotingOf(owner Kind, name string) quoting {
	switch {
	case owner != Instance && name == "exports":
		return quotesAnywhere
	case owner != Instance:
		return quotesArePlain
	case IsInstanceProperty(name):
		return quotesArePlain
	}
	return quotesAround
}

// IsInstanceProperty says whether a property of an instance has a meaning of its own, and is no override (dsl.md 6.1).
func IsInstanceProperty(name string) bool {
	switch name {
	case "name", "count", "channels", "instance-data", "instance-state":
		return true
	}
	return IsData(name)
}

// IsData says whether the name of an instance's property is data.something, in any case (DSL-20).
func IsData(name string) bool { return hasFold(name, "data.") }

// commentStart is the offset of the # that starts a comment in a value, or the value's length. A # in quotes is plain
// text where quotes mean something, unless the quotes never close (DSL-16).
func commentStart(value string, q quoting) int {
	hash := strings.IndexByte(value, '#')
	if hash < 0 {
		return len(value)
	}
	if q == quotesArePlain {
		return hash
	}
	if q == quotesAround && !strings.HasPrefix(value[trimLeft(value):], `"`) {
		return hash
	}
	for at := 0; ; {
		open := strings.IndexByte(value[at:], '"')
		if open < 0 || at+open > hash {
			return hash
		}
		shut := strings.IndexByte(value[at+open+1:], '"')
		if shut < 0 {
			return hash
		}
		at += open + shut + 2
		if hash < at {
			if n := strings.IndexByte(value[at:], '#'); n >= 0 {
				hash = at + n
			} else {
				return len(value)
			}
		}
		if q == quotesAround {
			return hash
		}
	}
}

func trimLeft(s string) int {
	start, _ := trim(s, 0, len(s))
	return start
}

// withoutQuoted removes the parts between double quotes.
func withoutQuoted(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '"')
		if open < 0 {
			break
		}
		shut := strings.IndexByte(s[open+1:], '"')
		if shut < 0 {
			break
		}
		b.WriteString(s[:open])
		s = s[open+shut+2:]
	}
	b.WriteString(s)
	return b.String()
}
