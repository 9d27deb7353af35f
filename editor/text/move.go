package text

import "github.com/roboconf/workbench/model/source"

// Motion is a way to move a cursor.
type Motion uint8

// The motions.
const (
	Left Motion = iota
	Right
	WordLeft
	WordRight
	Up
	Down
	LineStart // the first character that is no blank, then the very start
	LineEnd
	Top
	Bottom
)

// Move moves every cursor; with extend, the selection grows with it.
func (b *Buffer) Move(m Motion, extend bool) {
	switch m {
	case Up:
		b.MoveLines(-1, extend)
		return
	case Down:
		b.MoveLines(1, extend)
		return
	}
	moved := b.Cursors()
	for i, c := range moved {
		moved[i] = to(c, b.target(m, c, extend), extend)
	}
	b.SetCursors(moved...)
}

// to brings the head of a cursor to an offset.
func to(c Cursor, offset int, extend bool) Cursor {
	if extend {
		return Cursor{Anchor: c.Anchor, Head: offset}
	}
	return At(offset)
}

// target is where a motion leads. Left and right out of a selection go to its ends.
func (b *Buffer) target(m Motion, c Cursor, extend bool) int {
	leave := !extend && !c.Empty()
	switch m {
	case Left:
		if leave {
			return c.Span().Start
		}
		return b.text.prev(c.Head)
	case Right:
		if leave {
			return c.Span().End
		}
		return b.text.next(c.Head)
	case WordLeft:
		return b.text.wordLeft(c.Head)
	case WordRight:
		return b.text.wordRight(c.Head)
	case LineStart:
		return b.smartHome(c.Head)
	case LineEnd:
		return b.text.LineSpan(b.text.LineOf(c.Head)).End
	case Bottom:
		return b.text.Len()
	}
	return 0
}

func (b *Buffer) smartHome(offset int) int {
	line := b.text.LineOf(offset)
	start := b.text.LineStart(line)
	if first := start + len(b.text.Indent(line)); offset != first {
		return first
	}
	return start
}

// MoveLines moves every cursor n lines down (up when negative), to the column from which such moves began. Up from the first
// line goes to its start, down from the last one to its end.
func (b *Buffer) MoveLines(n int, extend bool) {
	moved := b.Cursors()
	for i, c := range moved {
		goal := c.goal
		if goal == 0 {
			goal = b.column(c.Head) + 1
		}
		moved[i] = to(c, b.down(c.Head, n, goal-1), extend)
		moved[i].goal = goal
	}
	b.SetCursors(moved...)
}

// column is the column of an offset on the screen, from 0, tabs expanded.
func (b *Buffer) column(offset int) int {
	start := b.text.LineStart(b.text.LineOf(offset))
	return columns(b.text.Slice(source.Span{Start: start, End: offset}))
}

func (b *Buffer) down(offset, n, column int) int {
	line := b.text.LineOf(offset) + n
	switch {
	case line < 0:
		return 0
	case line >= b.text.Lines():
		return b.text.Len()
	}
	return b.text.LineStart(line) + atColumn(b.text.Line(line), column)
}
