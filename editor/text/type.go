package text

import (
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Type puts what a person types in place of every selection. A closing bracket typed on an empty line takes the indentation
// of the line that opened the block.
func (b *Buffer) Type(s string) bool {
	return b.each(typing, func(c Cursor) stroke {
		span := c.Span()
		if s == "}" && c.Empty() {
			if line := b.text.LineOf(span.Start); strings.Trim(b.text.Slice(source.Span{Start: b.text.LineStart(line), End: span.Start}), " \t") == "" {
				return typed(source.Span{Start: b.text.LineStart(line), End: span.End}, b.closingIndent(line)+s)
			}
		}
		return typed(span, s)
	})
}

// closingIndent is the indentation for a closing bracket that stands alone on a line.
func (b *Buffer) closingIndent(line int) string {
	depth := 1
	for n := line - 1; n >= 0 && n > line-10_000; n-- {
		switch code := code(b.text.Line(n)); {
		case strings.HasSuffix(code, "{"):
			depth--
		case strings.HasPrefix(code, "}"):
			depth++
		}
		if depth == 0 {
			return b.text.Indent(n)
		}
	}
	return strings.TrimSuffix(b.text.Indent(line), b.unit)
}

// code is a line without blanks around it and without the comment that a blank introduces.
func code(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			line = line[:i]
			break
		}
	}
	return strings.TrimSpace(line)
}

// Newline breaks the line at every cursor. The new line is indented like the one it leaves, one level more after an opening
// bracket; a closing bracket right after the cursor goes to a line of its own.
func (b *Buffer) Newline() bool {
	return b.each(alone, func(c Cursor) stroke {
		span := c.Span()
		line := b.text.LineOf(span.Start)
		before := b.text.Slice(source.Span{Start: b.text.LineStart(line), End: span.Start})
		indent := before[:len(before)-len(strings.TrimLeft(before, " \t"))]
		if !strings.HasSuffix(code(before), "{") {
			return typed(span, b.eol+indent)
		}
		with := b.eol + indent + b.unit
		stand := len(with)
		if b.text.at(span.End) == '}' {
			with += b.eol + indent
		}
		return stroke{span, with, stand, stand}
	})
}

// Insert puts a text in place of every selection, as one act. Its line ends become those of the buffer.
func (b *Buffer) Insert(s string) bool {
	s = b.lineEnds(s)
	return b.each(alone, func(c Cursor) stroke { return typed(c.Span(), s) })
}

// lineEnds gives a text the line ends of the buffer; a lone CR is one as well, since terminals paste so.
func (b *Buffer) lineEnds(s string) string {
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	if b.eol == "\n" {
		return s
	}
	return strings.ReplaceAll(s, "\n", b.eol)
}

// Backspace erases the selections, or the character before each cursor.
func (b *Buffer) Backspace() bool { return b.erase(b.text.prev) }

// Delete erases the selections, or the character after each cursor.
func (b *Buffer) Delete() bool { return b.erase(b.text.next) }

// BackspaceWord erases the selections, or up to the start of the word.
func (b *Buffer) BackspaceWord() bool { return b.erase(b.text.wordLeft) }

// DeleteWord erases the selections, or up to the end of the word.
func (b *Buffer) DeleteWord() bool { return b.erase(b.text.wordRight) }

func (b *Buffer) erase(to func(int) int) bool {
	return b.each(erasing, func(c Cursor) stroke {
		if c.Empty() {
			c.Anchor = to(c.Head)
		}
		return typed(c.Span(), "")
	})
}

// Clip is what was copied: one part for each cursor.
type Clip struct {
	Parts []string
	Lines bool // whole lines, because nothing was selected
}

// Clipped is the clip of a text that comes from elsewhere.
func Clipped(s string) Clip { return Clip{Parts: []string{s}} }

// String is the clip as one text.
func (c Clip) String() string {
	if c.Lines {
		return strings.Join(c.Parts, "")
	}
	return strings.Join(c.Parts, "\n")
}

// Copy gives the selections, or the whole lines of the cursors when nothing is selected.
func (b *Buffer) Copy() Clip {
	var clip Clip
	for _, c := range b.cursors {
		if !c.Empty() {
			clip.Parts = append(clip.Parts, b.text.Slice(c.Span()))
		}
	}
	if len(clip.Parts) > 0 {
		return clip
	}
	clip.Lines = true
	for _, r := range b.touched() {
		part := b.text.Slice(b.lines(r))
		if !strings.HasSuffix(part, "\n") {
			part += b.eol
		}
		clip.Parts = append(clip.Parts, part)
	}
	return clip
}

// Cut is Copy, then the same is taken away.
func (b *Buffer) Cut() Clip {
	clip := b.Copy()
	if clip.Lines {
		b.DeleteLines()
		return clip
	}
	b.each(alone, func(c Cursor) stroke { return typed(c.Span(), "") })
	return clip
}

// Paste puts a clip in place of the selections: each part at its cursor when there are as many, else all of it everywhere.
// Whole lines go above the line of a cursor that selects nothing.
func (b *Buffer) Paste(clip Clip) bool {
	i := -1
	return b.each(alone, func(c Cursor) stroke {
		i++
		s := b.lineEnds(clip.String())
		if len(clip.Parts) == len(b.cursors) {
			s = b.lineEnds(clip.Parts[i])
		}
		if !clip.Lines || !c.Empty() {
			return typed(c.Span(), s)
		}
		start := b.text.LineStart(b.text.LineOf(c.Head))
		stand := c.Head - start + len(s)
		return stroke{spanOf(start, 0), s, stand, stand}
	})
}
