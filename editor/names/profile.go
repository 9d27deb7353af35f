package names

import (
	"strings"

	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/source"
)

// profilePath is where an application says how its pretended recipes behave (docs/simulation.md).
const profilePath = ".roboconf/profile"

// profile collects the occurrences in the profile: the first word of a line is the path of an instance or a component, in quotes when
// it has blanks.
func (b *book) profile() {
	text, ok := b.Text(profilePath)
	if !ok {
		return
	}
	s := &script{book: b, file: profilePath, text: text}
	start := 0
	for line := range strings.Lines(text) {
		word := source.Span{Start: start + len(line) - len(strings.TrimLeft(line, " \t")), End: start + len(line)}
		start += len(line)
		if strings.HasPrefix(word.Of(text), `"`) {
			word.Start++
			word.End = word.Start + max(0, strings.IndexByte(word.Of(text), '"'))
		} else if n := strings.IndexAny(word.Of(text), " \t\r\n#"); n >= 0 {
			word.End = word.Start + n
		}
		switch what := word.Of(text); {
		case strings.HasPrefix(what, "/"):
			s.path(command.Part{Text: what, Span: word}, what)
		case b.types.Component(what) != nil && b.may(Component, what):
			b.note(Name{Kind: Component, Text: what}, source.Place{File: profilePath, Span: word}, Reference)
		}
	}
}
