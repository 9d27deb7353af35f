package command

import (
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// text is a piece of a line that knows where each of its bytes comes from: lines are joined, variables replaced.
type text struct {
	s  string
	at []source.Span // of each byte
	// here is where an empty text would stand.
	here int
}

// Part is a piece of an instruction and where it stands in the file. What a variable gave stands where the variable stands.
type Part struct {
	Text string
	Span source.Span
}

func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// sub is a part of the text.
func (t text) sub(start, end int) text {
	here := t.here
	switch {
	case start < len(t.at):
		here = t.at[start].Start
	case len(t.at) > 0:
		here = t.at[len(t.at)-1].End
	}
	return text{t.s[start:end], t.at[start:end], here}
}

func (t text) from(start int) text { return t.sub(start, len(t.s)) }

func (t text) span() source.Span {
	if len(t.at) == 0 {
		return source.Span{Start: t.here, End: t.here}
	}
	return source.Span{Start: t.at[0].Start, End: t.at[len(t.at)-1].End}
}

func (t text) trim() text {
	start, end := 0, len(t.s)
	for start < end && isBlank(t.s[start]) {
		start++
	}
	for end > start && isBlank(t.s[end-1]) {
		end--
	}
	return t.sub(start, end)
}

// part is the text, trimmed, with its place. Bytes that are no text are kept out of it.
func (t text) part() Part {
	t = t.trim()
	return Part{strings.ToValidUTF8(t.s, "?"), t.span()}
}

// word cuts a keyword at the start of the text, blanks before it left out; letter case does not count (CMD-6).
func (t text) word(name string) (word, rest text, ok bool) {
	start := 0
	for start < len(t.s) && isBlank(t.s[start]) {
		start++
	}
	end := start + len(name)
	if end > len(t.s) || !strings.EqualFold(t.s[start:end], name) || end < len(t.s) && !isBlank(t.s[end]) {
		return text{}, t, false
	}
	return t.sub(start, end), t.from(end), true
}

// separator finds a keyword between blanks, or at the end of the text: the first one, or the last one (CMD-16); -1 when there is none.
func (t text) separator(name string, last bool) int {
	found := -1
	for i := 1; i+len(name) <= len(t.s); i++ {
		end := i + len(name)
		if isBlank(t.s[i-1]) && strings.EqualFold(t.s[i:end], name) && (end == len(t.s) || isBlank(t.s[end])) {
			if found = i; !last {
				break
			}
		}
	}
	return found
}

// loose finds the last place where a keyword is read that needs no blank before it.
func (t text) loose(name string) int {
	for i := len(t.s) - len(name); i >= 0; i-- {
		end := i + len(name)
		if strings.EqualFold(t.s[i:end], name) && (end == len(t.s) || isBlank(t.s[end])) {
			return i
		}
	}
	return -1
}

// variables finds what has the form $(...), from the outside.
func (t text) variables() (found []source.Span) {
	end := 0 // of the variable before: one that starts inside it ends with it
	for at := 0; ; {
		n := strings.Index(t.s[at:], "$(")
		if n < 0 {
			return found
		}
		start := at + n
		if start >= end {
			length := strings.IndexByte(t.s[start:], ')')
			if length < 0 {
				return found
			}
			end = start + length + 1
		}
		found = append(found, source.Span{Start: start, End: end})
		at = start + 2
	}
}

// outermost leaves out the variables that start inside another one.
func outermost(variables []source.Span) (kept []source.Span) {
	end := 0
	for _, v := range variables {
		if v.Start >= end {
			kept = append(kept, v)
			end = v.End
		}
	}
	return kept
}

// replace puts values where variables stand. value says whether it knows a name, which is at most so many bytes long; what it gives
// is not looked at again (CMD-30).
func (t text) replace(most int, value func(name string, at source.Span) (string, bool)) text {
	var out text
	var b strings.Builder
	at := 0
	for _, v := range t.variables() {
		if v.Start < at || v.Len() > most+len("$()") {
			continue
		}
		span := t.sub(v.Start, v.End).span()
		given, known := value(t.s[v.Start+2:v.End-1], span)
		if !known {
			continue
		}
		b.WriteString(t.s[at:v.Start])
		out.at = append(out.at, t.at[at:v.Start]...)
		b.WriteString(given)
		for range len(given) {
			out.at = append(out.at, span)
		}
		at = v.End
	}
	if at == 0 {
		return t
	}
	b.WriteString(t.s[at:])
	out.s, out.at, out.here = b.String(), append(out.at, t.at[at:]...), t.span().End
	return out
}
