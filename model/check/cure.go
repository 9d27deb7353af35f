package check

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// text is what a file says; "" for one that was not read.
func (s *subject) text(file string) string {
	if f := s.result.Files[file]; f != nil {
		return f.Text
	}
	return ""
}

// dropLine is the fix that removes the line of a property, line end included.
func (s *subject) dropLine(title diag.Phrase, at source.Place) []diag.Fix {
	text := s.text(at.File)
	if at.IsZero() || at.Span.End > len(text) {
		return nil
	}
	start := strings.LastIndexByte(text[:at.Span.Start], '\n') + 1
	end := len(text)
	if n := strings.IndexByte(text[at.Span.End:], '\n'); n >= 0 {
		end = at.Span.End + n + 1
	}
	return []diag.Fix{load.Replacement(title, source.Place{File: at.File, Span: source.Span{Start: start, End: end}}, "")}
}

// dropEntry is the fix that removes an entry from a list of names, with one of the commas around it. An entry that is alone has
// none: its property would be empty.
func (s *subject) dropEntry(title diag.Phrase, at source.Place) []diag.Fix {
	text := s.text(at.File)
	if at.IsZero() || at.Span.End > len(text) {
		return nil
	}
	before := strings.LastIndexAny(text[:at.Span.Start], ",:\n")
	after := strings.IndexAny(text[at.Span.End:], ",;\n")
	if before < 0 || after < 0 {
		return nil
	}
	after += at.Span.End
	var cut source.Span
	switch {
	case text[before] == ',':
		cut = source.Span{Start: before, End: after}
	case text[after] == ',':
		blanks := len(text[after+1:]) - len(strings.TrimLeft(text[after+1:], " \t"))
		cut = source.Span{Start: at.Span.Start - lead(text[before+1:at.Span.Start]), End: after + 1 + blanks}
	default:
		return nil
	}
	return []diag.Fix{load.Replacement(title, source.Place{File: at.File, Span: cut}, "")}
}

// lead is the length of what stands before a name in its entry: the word external.
func lead(before string) int { return len(strings.TrimLeft(before, " \t")) }

// onlyOne takes the fixes away from findings that want to change one list: their edits would meet.
func onlyOne(found []diag.Problem) []diag.Problem {
	if len(found) > 1 {
		for k := range found {
			found[k].Fixes = nil
		}
	}
	return found
}
