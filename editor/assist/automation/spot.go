package automation

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/source"
)

// spot is the cursor inside an instruction, maybe an unfinished one.
type spot struct {
	*scriptPage
	at    int
	line  command.Line
	state command.State
	// before is the instruction as far as the cursor, lines joined; places are the offsets of its bytes, and the cursor.
	before string
	places []int
	// after is the rest of the instruction, trimmed.
	after string
}

// spotAt looks at the instruction around an offset; false inside a comment.
func (p *scriptPage) spotAt(at int) (*spot, bool) {
	s := &spot{scriptPage: p, at: at}
	s.line, _ = p.LineAt(at)
	if s.line.Comment.Len() > 0 && at > s.line.Comment.Start {
		return nil, false
	}
	start := min(s.line.Whole.Start, at)
	s.before, s.places = joinedText(p.text, start, at)
	trimmed := strings.TrimLeft(s.before, " \t\r\v\f")
	s.places = s.places[len(s.before)-len(trimmed):]
	s.before = trimmed
	end := s.line.Whole.End
	if s.line.Comment.Len() > 0 {
		end = s.line.Comment.Start
	}
	rest, _ := joinedText(p.text, at, max(at, end))
	s.after = strings.TrimSpace(rest)
	s.state = command.Before(p.File, p.context(), at)
	return s, true
}

// joinedText is a part of a script with its lines joined (CMD-2), and where each of its bytes stands.
func joinedText(text string, start, end int) (string, []int) {
	var b []byte
	var places []int
	for at := start; at < end; {
		if text[at] == '\\' {
			next := at + 1
			for next < len(text) && text[next] != '\n' && reply.IsBlank(text[next]) {
				next++
			}
			if next < len(text) && text[next] == '\n' {
				for next < end && reply.IsBlank(text[next]) {
					next++
				}
				at = max(next, at+1)
				continue
			}
		}
		b, places = append(b, text[at]), append(places, at)
		at++
	}
	return string(b), append(places, end)
}

// from covers what was typed since an offset of before, with the rest of the word, or of the part of the instruction, behind the cursor.
func (s *spot) from(offset int) source.Span {
	span := source.Span{Start: s.places[offset], End: s.at}
	if in := s.line.Instruction; in != nil && s.line.Formed {
		for _, part := range in.Parts() {
			if part.Span.Start <= span.Start && s.at <= part.Span.End && part.Span.End > span.Start {
				return source.Span{Start: span.Start, End: part.Span.End}
			}
		}
	}
	for span.End < len(s.text) && !reply.IsBlank(s.text[span.End]) && s.text[span.End] != '#' {
		span.End++
	}
	return span
}

// word starts the last word of what is before the cursor.
func (s *spot) word() int { return strings.LastIndexAny(s.before, " \t\r\v\f") + 1 }

// variable is where a mention starts that the cursor stands in; -1 when it stands in none.
func (s *spot) variable() int {
	open := strings.LastIndex(s.before, "$(")
	if open < 0 || strings.Contains(s.before[open:], ")") {
		return -1
	}
	return open
}

// behind cuts keywords off the start of what was typed: what follows, whether they are all there with a blank behind.
func behind(text, words string) (rest string, ok bool) {
	rest = text
	for word := range strings.FieldsSeq(words) {
		rest = strings.TrimLeft(rest, " \t\r\v\f")
		if len(rest) <= len(word) || !strings.EqualFold(rest[:len(word)], word) || !reply.IsBlank(rest[len(word)]) {
			return text, false
		}
		rest = rest[len(word)+1:]
	}
	return strings.TrimLeft(rest, " \t\r\v\f"), true
}

// divide cuts at a separator between blanks, the first one or the last one; what follows it starts at the returned offset.
func divide(text, word string, last bool) (left string, right int, ok bool) {
	lower := strings.ToLower(text)
	for at := 0; ; {
		n := strings.Index(lower[at:], word)
		if n < 0 {
			return left, right, ok
		}
		start, end := at+n, at+n+len(word)
		if (start == 0 || reply.IsBlank(text[start-1])) && end < len(text) && reply.IsBlank(text[end]) {
			left, right, ok = strings.TrimSpace(text[:start]), end, true
			for right < len(text) && reply.IsBlank(text[right]) {
				right++
			}
			if !last {
				return left, right, ok
			}
		}
		at = end
	}
}

// path is the longest known path at the start of a text that a blank follows; "" when there is none.
func (s *spot) path(text string) string {
	best := ""
	for at := range len(text) {
		if !reply.IsBlank(text[at]) || at == 0 || reply.IsBlank(text[at-1]) {
			continue
		}
		if path := s.resolve(text[:at]); path != "" && s.knows(path) {
			best = text[:at]
		}
	}
	return best
}

func (s *spot) knows(path string) bool { return s.state.Instances[path] != "" }

// resolve replaces the variables of a text by what they are worth here.
func (s *spot) resolve(text string) string {
	if !strings.Contains(text, "$(") {
		return text
	}
	for _, v := range s.state.Variables {
		text = strings.ReplaceAll(text, "$("+v.Name+")", v.Value)
	}
	return text
}

// commandsBut are the commands that may be executed here: those that do not lead back (CMD-25).
func (s *spot) commandsBut() (names []string) {
	for _, name := range s.context().Commands {
		if name != s.Command && !s.leadsTo(name, s.Command) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
