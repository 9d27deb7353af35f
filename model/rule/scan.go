package rule

import (
	"strings"

	"github.com/roboconf/workbench/model/source"
)

func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// valid keeps bytes that are no text out of names.
func valid(s string) string { return strings.ToValidUTF8(s, "?") }

// uncomment blanks comments out (RUL-2). What stands between the quotes of the first name is no comment.
func (p *parser) uncomment(start int) string {
	bare := []byte(p.text)
	for i := range start {
		bare[i] = ' '
	}
	quoted := false
	for i := start; i < len(bare); {
		if end := p.comment(i); end > i {
			p.comments = append(p.comments, source.Span{Start: i, End: end})
			for ; i < end; i++ {
				bare[i] = ' '
			}
			continue
		}
		if bare[i] == '"' && !quoted {
			quoted = true
			if n := strings.IndexByte(p.text[i+1:], '"'); n >= 0 {
				i += n + 1
			}
		}
		i++
	}
	return string(bare)
}

// comment is the end of the comment that starts at an offset; the offset itself when none does. The line break does not belong to a
// line comment.
func (p *parser) comment(i int) int {
	rest := p.text[i:]
	switch {
	case strings.HasPrefix(rest, "/*"):
		if n := strings.Index(rest[2:], "*/"); n >= 0 {
			return i + n + 4
		}
		return len(p.text)
	case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "#"):
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			return i + n
		}
		return len(p.text)
	}
	return i
}

func (p *parser) skip(i int) int {
	for i < len(p.bare) && isBlank(p.bare[i]) {
		i++
	}
	return i
}

// word is the next word, empty at the end of the text.
func (p *parser) word(i int) source.Span {
	start := p.skip(i)
	end := start
	for end < len(p.bare) && !isBlank(p.bare[end]) {
		end++
	}
	return source.Span{Start: start, End: end}
}

// find is the next whole word of that name, whatever its letter case.
func (p *parser) find(name string, from int) (source.Span, bool) {
	for s := p.word(from); s.Len() > 0; s = p.word(s.End) {
		if strings.EqualFold(s.Of(p.bare), name) {
			return s, true
		}
	}
	return source.Span{}, false
}

func (p *parser) lastWord() source.Span {
	end := len(p.bare)
	for end > 0 && isBlank(p.bare[end-1]) {
		end--
	}
	start := end
	for start > 0 && !isBlank(p.bare[start-1]) {
		start--
	}
	return source.Span{Start: start, End: end}
}

// trim cuts the blanks, comments included, at both ends.
func (p *parser) trim(start, end int) source.Span {
	for start < end && isBlank(p.bare[start]) {
		start++
	}
	for end > start && isBlank(p.bare[end-1]) {
		end--
	}
	return source.Span{Start: start, End: end}
}

func (p *parser) restOfLine(start int) source.Span {
	end := len(p.bare)
	if n := strings.IndexByte(p.bare[start:], '\n'); n >= 0 {
		end = start + n
	}
	return p.trim(start, end)
}

// plain is the text of a span, each comment in it being one blank.
func (p *parser) plain(s source.Span) string {
	var b strings.Builder
	at := s.Start
	for _, c := range p.within(s) {
		if c.End <= s.End {
			b.WriteString(p.text[at:c.Start])
			b.WriteByte(' ')
			at = c.End
		}
	}
	b.WriteString(p.text[at:s.End])
	return valid(b.String())
}
