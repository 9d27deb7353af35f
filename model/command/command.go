// Package command reads the scripts that administer an application.
package command

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/model/tint"
)

// File is a script that was read, right or wrong. It is immutable.
type File struct {
	// Name is that of the file; Command that by which people run it (MOD-15).
	Name, Command string
	// Problems are those of the text alone; Run finds the others.
	Problems []diag.Problem

	source string
	lines  []line
	joints []source.Span // the backslashes that join lines
}

// line is a logical line: joined with those that continue it, without comment, trimmed (CMD-2, CMD-3, CMD-4).
type line struct {
	text
	first   source.Span // the first physical line, trimmed (CMD-5)
	whole   source.Span // all physical lines, without the last line end
	comment source.Span // from its # on; empty without one
}

// Tokens are the coloured pieces of the script: together they are its text.
func (f *File) Tokens() []syntax.Token {
	c := tint.New(f.source)
	for _, s := range f.joints {
		c.Paint(s, syntax.ClassPunct)
	}
	for _, l := range f.lines {
		c.Paint(l.comment, syntax.ClassComment)
		if l.s != "" {
			f.colour(c, l)
		}
	}
	return c.Tokens()
}

// Text is the text of the script, byte for byte.
func (f *File) Text() string { return f.source }

func (f *File) place(s source.Span) source.Place { return source.Place{File: f.Name, Span: s} }

// Parse reads a script. It always gives one, whatever the text is.
func Parse(name, command, src string) *File {
	f := &File{Name: name, Command: command, source: src}
	at := 0
	if strings.HasPrefix(src, "\uFEFF") {
		at = len("\uFEFF")
	}
	for at < len(src) {
		at = f.cut(at)
	}
	return f
}

// cut reads the logical line that starts at an offset and gives the end of it.
func (f *File) cut(start int) int {
	length := len(f.source) - start
	if n := strings.IndexByte(f.source[start:], '\n'); n >= 0 {
		length = n
	}
	bytes, from := make([]byte, 0, length), make([]source.Span, 0, length)
	take := func(c byte, end int) int {
		bytes, from = append(bytes, c), append(from, source.Span{Start: end - 1, End: end})
		return end
	}
	comment := -1
	at := start
	for at < len(f.source) && f.source[at] != '\n' {
		if next := f.joint(at); next > at {
			at = next
			continue
		}
		switch c := f.source[at]; {
		case comment >= 0:
			at++
		case c == '#':
			comment = at
			at++
		case strings.HasPrefix(f.source[at:], `\#`):
			span := source.Span{Start: at, End: at + 2}
			f.Problems = append(f.Problems, diag.Problem{Code: diag.XCmdHashEscape, Place: f.place(span)})
			at = take('#', at+2)
		default:
			at = take(c, at+1)
		}
	}
	l := line{
		text: text{string(bytes), from, at}.trim(), first: f.physical(start),
		whole: source.Span{Start: start, End: at}, comment: source.Span{Start: at, End: at},
	}
	if comment >= 0 {
		l.comment.Start = comment
	}
	f.lines = append(f.lines, l)
	return min(at+1, len(f.source))
}

// joint is where the text goes on after a backslash that ends its line (CMD-2); the offset itself when there is none. Blanks after the
// backslash are forgiven (DEV-29).
func (f *File) joint(at int) int {
	if f.source[at] != '\\' {
		return at
	}
	next := f.after(at)
	if next == at {
		return at
	}
	end := at + 1 + strings.IndexByte(f.source[at+1:], '\n')
	f.joints = append(f.joints, source.Span{Start: at, End: at + 1})
	blanks := source.Span{Start: at + 1, End: end}
	if f.source[end-1] == '\r' {
		blanks.End--
	}
	if blanks.Len() > 0 {
		p := diag.Problem{Code: diag.XTrailingBlanks, Place: f.place(blanks)}
		p.Fixes = []diag.Fix{{Title: diag.Say("Remove the blanks"), Edits: []source.Edit{{Place: p.Place}}}}
		f.Problems = append(f.Problems, p)
	}
	return next
}

// after is where the text goes on after a backslash; the offset itself when it ends no line.
func (f *File) after(at int) int {
	end := at + 1
	for end < len(f.source) && f.source[end] != '\n' && isBlank(f.source[end]) {
		end++
	}
	if end == len(f.source) || f.source[end] != '\n' {
		return at
	}
	for end < len(f.source) && isBlank(f.source[end]) {
		end++
	}
	return end
}

// physical is the line of the file that starts at an offset, trimmed.
func (f *File) physical(start int) source.Span {
	end := len(f.source)
	if n := strings.IndexByte(f.source[start:], '\n'); n >= 0 {
		end = start + n
	}
	for start < end && isBlank(f.source[start]) {
		start++
	}
	for end > start && isBlank(f.source[end-1]) {
		end--
	}
	return source.Span{Start: start, End: end}
}

// colour paints a line as it is written, variables not replaced.
func (f *File) colour(c *tint.Canvas, l line) {
	in, _, known := read(l.text)
	if !known {
		if !strings.Contains(l.s, "$(") {
			c.Paint(l.span(), syntax.ClassBad)
		}
		return
	}
	paint := func(class syntax.Class, parts ...Part) {
		for _, p := range parts {
			c.Paint(p.Span, class)
		}
	}
	paint(syntax.ClassName, in.Path, in.Under, in.Name)
	paint(syntax.ClassType, in.Component, in.Command)
	paint(syntax.ClassVariable, in.Variable)
	paint(syntax.ClassValue, in.Target, in.Status, in.Value, in.File)
	paint(syntax.ClassString, in.Content, in.Message)
	paint(syntax.ClassString, in.To...)
	for _, s := range in.words {
		c.Paint(s, syntax.ClassKeyword)
	}
	for _, v := range outermost(l.variables()) {
		c.Paint(l.sub(v.Start, v.End).span(), syntax.ClassVariable)
	}
}
