package text

import (
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// run is a run of lines, last included.
type run struct{ first, last int }

// touched are the lines that cursors touch, in runs that neither overlap nor meet. A selection that ends at the start of a
// line does not touch that line.
func (b *Buffer) touched() []run {
	var runs []run
	for _, c := range b.cursors {
		s := c.Span()
		r := run{b.text.LineOf(s.Start), b.text.LineOf(s.End)}
		if r.last > r.first && s.End == b.text.LineStart(r.last) {
			r.last--
		}
		if n := len(runs) - 1; n >= 0 && r.first <= runs[n].last+1 {
			runs[n].last = max(runs[n].last, r.last)
			continue
		}
		runs = append(runs, r)
	}
	return runs
}

// lines covers a run of lines with their ends.
func (b *Buffer) lines(r run) source.Span {
	return source.Span{Start: b.text.LineStart(r.first), End: b.text.FullLine(r.last).End}
}

// eachLine gathers an edit for every touched line that is not blank.
func (b *Buffer) eachLine(edit func(start int, line string) (Edit, bool)) change {
	var c change
	for _, r := range b.touched() {
		for n := r.first; n <= r.last; n++ {
			line := b.text.Line(n)
			if strings.TrimSpace(line) == "" {
				continue
			}
			if e, ok := edit(b.text.LineStart(n), line); ok {
				c = append(c, e)
			}
		}
	}
	return c
}

// commitLines is commitMoved, but selections keep hold of what is inserted at their start.
func (b *Buffer) commitLines(c change) bool {
	after := b.Cursors()
	for i, cursor := range after {
		after[i] = Cursor{Anchor: c.move(cursor.Anchor), Head: c.move(cursor.Head)}
		if cursor.Empty() {
			continue
		}
		start := cursor.Span().Start
		for _, e := range c {
			if e.At == start && e.Old == "" && cursor.Head < cursor.Anchor {
				after[i].Head -= len(e.New)
			} else if e.At == start && e.Old == "" {
				after[i].Anchor -= len(e.New)
			}
		}
	}
	return b.commit(alone, c, after)
}

// Indent moves the touched lines one level to the right; blank lines are left alone. Without a selection it is a tab typed.
func (b *Buffer) Indent() bool {
	if len(b.cursors) == 1 && b.cursors[0].Empty() {
		return b.Type(b.unit)
	}
	return b.commitLines(b.eachLine(func(start int, _ string) (Edit, bool) {
		return Edit{At: start, New: b.unit}, true
	}))
}

// Dedent moves the touched lines one level to the left.
func (b *Buffer) Dedent() bool {
	return b.commitLines(b.eachLine(func(start int, line string) (Edit, bool) {
		n := 0
		for n < len(line) && n < TabWidth && line[n] == ' ' {
			n++
		}
		if n == 0 && line[0] == '\t' {
			n = 1
		}
		return Edit{At: start, Old: line[:n]}, n > 0
	}))
}

// ToggleComment makes comments of the touched lines when one of them is none, with # at column 0; else it takes the run of #
// that starts each line away and keeps the blanks before it. Blank lines are left alone (dsl.md 13).
func (b *Buffer) ToggleComment() bool {
	commented := func(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") }
	add := b.eachLine(func(start int, line string) (Edit, bool) {
		return Edit{At: start, New: "#"}, !commented(line)
	})
	if len(add) > 0 {
		return b.commitLines(add)
	}
	return b.commitLines(b.eachLine(func(start int, line string) (Edit, bool) {
		rest := strings.TrimLeft(line, " \t")
		signs := rest[:len(rest)-len(strings.TrimLeft(rest, "#"))]
		return Edit{At: start + len(line) - len(rest), Old: signs}, true
	}))
}

// DeleteLines takes the touched lines away; the cursors go to the start of the lines that follow.
func (b *Buffer) DeleteLines() bool {
	var c change
	after := make([]Cursor, 0, len(b.cursors))
	shift := 0
	for _, r := range b.touched() {
		s := b.lines(r)
		if s.End == b.text.Len() && s.Start > 0 && r.last == b.text.Lines()-1 && s.Start < s.End {
			s.Start = b.text.LineSpan(r.first - 1).End // the line end before goes with the last line
		}
		if s.Len() > 0 {
			c = append(c, Edit{At: s.Start, Old: b.text.Slice(s)})
		}
		after = append(after, At(s.Start-shift))
		shift += s.Len()
	}
	return b.commit(alone, c, after)
}

// DuplicateLines puts a copy of the touched lines below them; the cursors stay in the upper ones.
func (b *Buffer) DuplicateLines() bool {
	var c change
	for _, r := range b.touched() {
		s := b.lines(r)
		part := b.text.Slice(s)
		if !strings.HasSuffix(part, "\n") {
			part = b.eol + part
		}
		c = append(c, Edit{At: s.End, New: part})
	}
	return b.commit(alone, c, b.stay(c))
}

// stay moves cursors along with a change, but what is inserted right at a cursor goes behind it.
func (b *Buffer) stay(c change) []Cursor {
	put := func(offset int) int {
		shift := 0
		for _, e := range c {
			if e.At >= offset {
				break
			}
			shift += len(e.New) - len(e.Old)
		}
		return offset + shift
	}
	after := b.Cursors()
	for i, cursor := range after {
		after[i] = Cursor{Anchor: put(cursor.Anchor), Head: put(cursor.Head)}
	}
	return after
}

// MoveLinesUp exchanges the touched lines with the one above.
func (b *Buffer) MoveLinesUp() bool { return b.exchange(-1) }

// MoveLinesDown exchanges the touched lines with the one below.
func (b *Buffer) MoveLinesDown() bool { return b.exchange(1) }

// exchange swaps the first run of touched lines with a neighbour; the cursors in it go along.
func (b *Buffer) exchange(way int) bool {
	r := b.touched()[0]
	upper, lower := r, run{r.last + 1, r.last + 1}
	if way < 0 {
		upper, lower = run{r.first - 1, r.first - 1}, r
	}
	if upper.first < 0 || lower.last >= b.text.Lines() {
		return false
	}
	up, low := b.lines(upper), b.lines(lower)
	head, tail := b.text.Slice(up), b.text.Slice(low)
	shift := low.Len()
	if way < 0 {
		shift = -up.Len()
	}
	if !strings.HasSuffix(tail, "\n") { // the last line has no end: it takes the one above it
		end := head[len(head)-b.endLen(upper.last):]
		head, tail = head[:len(head)-len(end)], tail+end
		if way > 0 {
			shift += len(end)
		}
	}
	after := b.Cursors()
	for i, c := range after {
		after[i] = Cursor{Anchor: c.Anchor + shift, Head: c.Head + shift}
	}
	whole := source.Span{Start: up.Start, End: low.End}
	return b.commit(alone, change{{At: up.Start, Old: b.text.Slice(whole), New: tail + head}}, after)
}

// endLen is the number of bytes of a line's end.
func (b *Buffer) endLen(line int) int { return b.text.FullLine(line).End - b.text.LineSpan(line).End }
