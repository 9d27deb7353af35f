package editor

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/model/source"
)

// snippet is a text with places to fill: ${1:name} in the order of their numbers, $0 at last.
type snippet struct {
	text  string
	stops []stop // in the order in which they are filled
}

// stop is a place to fill, with the word that stands there.
type stop struct {
	number int // 0 comes last
	span   source.Span
}

// parseSnippet reads a text with places to fill. A backslash takes the meaning of the sign after it away.
func parseSnippet(s string) snippet {
	var b strings.Builder
	var out snippet
	for i := 0; i < len(s); {
		number, word, end, ok := placeholder(s, i)
		switch {
		case ok:
			from := b.Len()
			b.WriteString(word)
			out.stops = append(out.stops, stop{number, source.Span{Start: from, End: b.Len()}})
			i = end
		case s[i] == '\\' && i+1 < len(s):
			b.WriteByte(s[i+1])
			i += 2
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	out.text = b.String()
	if out.stops != nil && !slices.ContainsFunc(out.stops, func(s stop) bool { return s.number == 0 }) {
		out.stops = append(out.stops, stop{0, source.Span{Start: b.Len(), End: b.Len()}}) // the last one is the end
	}
	slices.SortStableFunc(out.stops, func(a, b stop) int { return a.order() - b.order() })
	return out
}

// order puts the last place after all numbers.
func (s stop) order() int {
	if s.number == 0 {
		return 1 << 30
	}
	return s.number
}

// placeholder reads $1, ${1} or ${1:word} at an offset.
func placeholder(s string, i int) (number int, word string, end int, ok bool) {
	if s[i] != '$' || i+1 >= len(s) {
		return 0, "", 0, false
	}
	braces := s[i+1] == '{'
	at := i + 1
	if braces {
		at++
	}
	from := at
	for at < len(s) && '0' <= s[at] && s[at] <= '9' && at-from < 4 {
		number = number*10 + int(s[at]-'0')
		at++
	}
	switch {
	case at == from:
		return 0, "", 0, false
	case !braces:
		return number, "", at, true
	}
	close := strings.IndexByte(s[at:], '}')
	if close < 0 {
		return 0, "", 0, false
	}
	word = strings.TrimPrefix(s[at:at+close], ":")
	return number, word, at + close + 1, true
}

// indented gives every line but the first the indentation of the line in which the snippet goes, and every line the end that
// the lines of the text have.
func (s snippet) indented(lineEnd, by string) snippet {
	end := lineEnd + by
	if end == "\n" || !strings.Contains(s.text, "\n") {
		return s
	}
	shift := func(at int) int { return at + (len(end)-1)*strings.Count(s.text[:at], "\n") }
	out := snippet{text: strings.ReplaceAll(s.text, "\n", end)}
	for _, st := range s.stops {
		out.stops = append(out.stops, stop{st.number, source.Span{Start: shift(st.span.Start), End: shift(st.span.End)}})
	}
	return out
}

// stops are the places of a snippet in the text that are still to be filled. The zero value is none.
type stops struct {
	places []source.Span
	at     int
	size   int // of the text when it was looked at last
}

// at gives the places of a snippet that was put at an offset; its end when it has none.
func (s snippet) at(offset int) stops {
	var out stops
	for _, st := range s.stops {
		out.places = append(out.places, st.span.Shift(offset))
	}
	if out.places == nil {
		end := offset + len(s.text)
		out.places = []source.Span{{Start: end, End: end}}
	}
	return out
}

// show selects the place to fill. After the last one there is nothing more to fill.
func (s *stops) show(b *text.Buffer) {
	place := s.places[s.at]
	b.Select(place)
	s.size = b.Text().Len()
	if s.at == len(s.places)-1 {
		*s = stops{}
	}
}

// follow moves the places after what was typed in the one being filled. Whoever goes elsewhere has filled enough.
func (s *stops) follow(b *text.Buffer) {
	if s.places == nil {
		return
	}
	grown := b.Text().Len() - s.size
	s.size += grown
	now := s.places[s.at]
	for i, p := range s.places {
		if i != s.at && p.Start >= now.End {
			s.places[i] = p.Shift(grown)
		}
	}
	now.End += grown
	s.places[s.at] = now
	if c := b.Cursor().Span(); now.End < now.Start || c.Start < now.Start || c.End > now.End {
		*s = stops{}
	}
}

// next goes to the place after; false when nothing is left to fill.
func (s *stops) next(b *text.Buffer) bool {
	if s.places == nil {
		return false
	}
	s.at++
	s.show(b)
	return true
}

// past is how far a text goes that was typed over what stands there already: from the end of the place being filled up to the
// next one, as the semicolon that a snippet has written; 0 when it is something new.
func (s *stops) past(b *text.Buffer, typed string) int {
	if s.places == nil || s.at+1 >= len(s.places) || !b.Cursor().Empty() {
		return 0
	}
	from, to := s.places[s.at].End, s.places[s.at+1].Start
	if b.Cursor().Head != from || to < from || typed == "" || b.Text().Slice(source.Span{Start: from, End: to}) != typed {
		return 0
	}
	return to - from
}
