package properties

import (
	"strings"

	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/model/tint"
)

// Tokens are the coloured pieces of the file: together they are its text.
func (f *File) Tokens() []syntax.Token {
	c := tint.New(f.text)
	for _, l := range f.Lines {
		switch l.Kind {
		case Comment:
			c.Paint(trimmed(f.text, l.Span), syntax.ClassComment)
		case Property:
			c.Paint(l.Entry.KeySpan, syntax.ClassProperty)
			c.Paint(l.Entry.Separator, syntax.ClassPunct)
			c.Paint(l.Entry.ValueSpan, syntax.ClassValue)
			f.paintContinuations(c, l.Entry.KeySpan)
			f.paintContinuations(c, l.Entry.rest)
		}
	}
	for _, fault := range f.Faults {
		c.Paint(fault.Span, syntax.ClassBad)
	}
	return c.Tokens()
}

// paintContinuations marks the backslashes that join lines, and leaves the blanks around them plain.
func (f *File) paintContinuations(c *tint.Canvas, s source.Span) {
	for at := s.Start; at < s.End; {
		switch {
		case f.text[at] != '\\':
			at++
		case at+1 < len(f.text) && isLineEnd(f.text[at+1]):
			next := skipBlanks(f.text, nextLine(f.text, at+1))
			c.Paint(source.Span{Start: at, End: at + 1}, syntax.ClassPunct)
			c.Paint(source.Span{Start: at + 1, End: next}, syntax.ClassPlain)
			at = next
		default:
			at += 2
		}
	}
}

// trimmed is a span without the blanks and line ends at both of its ends.
func trimmed(text string, s source.Span) source.Span {
	whole := s.Of(text)
	s.Start += len(whole) - len(strings.TrimLeft(whole, " \t\f\r\n"))
	s.End -= len(whole) - len(strings.TrimRight(whole, " \t\f\r\n"))
	return source.Span{Start: min(s.Start, s.End), End: s.End}
}
