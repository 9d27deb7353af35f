package text

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model/source"
)

// Cursor is a place where typing goes, with what is selected from it.
type Cursor struct {
	// Anchor is where the selection began, Head where the cursor stands: equal when nothing is selected.
	Anchor, Head int
	// goal is the column, plus one, that moves up and down try to keep; 0 when it is that of Head.
	goal int
}

// Span covers the selection.
func (c Cursor) Span() source.Span {
	return source.Span{Start: min(c.Anchor, c.Head), End: max(c.Anchor, c.Head)}
}

// Empty says whether nothing is selected.
func (c Cursor) Empty() bool { return c.Anchor == c.Head }

// At is a cursor without selection.
func At(offset int) Cursor { return Cursor{Anchor: offset, Head: offset} }

// Buffer is a text being edited. It has at least one cursor; acts happen at every one of them. It reads no clock: Tick tells
// the time. It is not safe for concurrent use; the Text it gives is.
type Buffer struct {
	text    Text
	cursors []Cursor // ascending, not overlapping
	history history
	now     time.Time
	eol     string
	unit    string // one level of indentation
	version int
	whole   string // text.String(), when wholeOf is version
	wholeOf int
}

// NewBuffer starts editing a text, with a cursor at its beginning.
func NewBuffer(s string) *Buffer {
	t := New(s)
	return &Buffer{
		text: t, cursors: []Cursor{{}}, history: newHistory(), whole: s,
		eol: lineEnding(s), unit: indentUnit(t),
	}
}

// lineEnding is the line end of most lines at the beginning of a text.
func lineEnding(s string) string {
	head := s[:min(len(s), 1<<16)]
	if crlf := strings.Count(head, "\r\n"); crlf > 0 && 2*crlf >= strings.Count(head, "\n") {
		return "\r\n"
	}
	return "\n"
}

// indentUnit is the indentation of the first line that has one; a tab when none has.
func indentUnit(t Text) string {
	for n := range min(t.Lines(), 200) {
		in := t.Indent(n)
		if len(in) > 1 && len(in) <= 8 && strings.Trim(in, " ") == "" {
			return in
		}
		if strings.HasPrefix(in, "\t") {
			break
		}
	}
	return "\t"
}

// Text is the text now.
func (b *Buffer) Text() Text { return b.text }

// String is the whole text now.
func (b *Buffer) String() string {
	if b.wholeOf != b.version {
		b.whole, b.wholeOf = b.text.String(), b.version
	}
	return b.whole
}

// Version grows with every change of the text, undo and redo included.
func (b *Buffer) Version() int { return b.version }

// Tick tells the time: a pause in typing ends a group of the history.
func (b *Buffer) Tick(now time.Time) { b.now = now }

// Cursor is the first cursor.
func (b *Buffer) Cursor() Cursor { return b.cursors[0] }

// Cursors are all cursors, in the order of the text.
func (b *Buffer) Cursors() []Cursor { return slices.Clone(b.cursors) }

// SetCursors moves the cursors. Those that overlap become one; without any, the cursor stays.
func (b *Buffer) SetCursors(cursors ...Cursor) {
	b.history.open = alone
	b.place(cursors)
}

// place sorts, clamps and joins cursors.
func (b *Buffer) place(cursors []Cursor) {
	if len(cursors) == 0 {
		return
	}
	all := slices.Clone(cursors)
	for i := range all {
		all[i].Anchor, all[i].Head = b.text.clamp(all[i].Anchor), b.text.clamp(all[i].Head)
	}
	slices.SortFunc(all, func(x, y Cursor) int {
		return cmp.Or(cmp.Compare(x.Span().Start, y.Span().Start), cmp.Compare(x.Span().End, y.Span().End))
	})
	b.cursors = all[:1]
	for _, c := range all[1:] {
		last := &b.cursors[len(b.cursors)-1]
		if c.Span().Start < last.Span().End || c.Span().Start == last.Span().End && (c.Empty() || last.Empty()) {
			*last = join(*last, c)
			continue
		}
		b.cursors = append(b.cursors, c)
	}
}

// join makes one cursor of two that overlap.
func join(a, c Cursor) Cursor {
	start, end := min(a.Span().Start, c.Span().Start), max(a.Span().End, c.Span().End)
	if a.Head < a.Anchor {
		return Cursor{Anchor: end, Head: start}
	}
	return Cursor{Anchor: start, Head: end}
}

// Select moves the cursor so that it selects a span.
func (b *Buffer) Select(s source.Span) { b.SetCursors(Cursor{Anchor: s.Start, Head: s.End}) }

// SelectAll selects the whole text.
func (b *Buffer) SelectAll() { b.Select(source.Span{End: b.text.Len()}) }

// spanOf covers n bytes from an offset.
func spanOf(at, n int) source.Span { return source.Span{Start: at, End: at + n} }

// stroke is what an act does at one cursor: with replaces span, then the cursor stands at offsets counted from span's start.
type stroke struct {
	span         source.Span
	with         string
	anchor, head int
}

// typed is a stroke that leaves the cursor after the new text.
func typed(span source.Span, with string) stroke { return stroke{span, with, len(with), len(with)} }

// each acts at every cursor and notes it as one act.
func (b *Buffer) each(k kind, act func(Cursor) stroke) bool {
	var c change
	after := make([]Cursor, 0, len(b.cursors))
	shift, last := 0, 0
	for _, cursor := range b.cursors {
		s := act(cursor)
		s.span.Start, s.span.End = max(s.span.Start, last), max(s.span.End, last)
		last = s.span.End
		old := b.text.Slice(s.span)
		at := s.span.Start + shift
		after = append(after, Cursor{Anchor: at + s.anchor, Head: at + s.head})
		if old == s.with {
			continue
		}
		c = append(c, Edit{At: s.span.Start, Old: old, New: s.with})
		shift += len(s.with) - len(old)
	}
	return b.commit(k, c, after)
}

// commit changes the text, moves the cursors and notes it; false when nothing changes.
func (b *Buffer) commit(k kind, c change, after []Cursor) bool {
	before := slices.Clone(b.cursors)
	if len(c) == 0 {
		b.place(after)
		return false
	}
	b.text = c.apply(b.text)
	b.version++
	b.place(after)
	b.history.record(k, c, before, slices.Clone(b.cursors), b.now)
	return true
}

// commitMoved is commit with the cursors moved along with the text around them.
func (b *Buffer) commitMoved(c change) bool {
	after := slices.Clone(b.cursors)
	for i := range after {
		after[i] = Cursor{Anchor: c.move(after[i].Anchor), Head: c.move(after[i].Head)}
	}
	return b.commit(alone, c, after)
}

// Apply makes edits as one act. Their spans are of the text now, in any order; of edits that overlap, those that come later
// in the text are left out. The file of an edit is not looked at.
func (b *Buffer) Apply(edits []source.Edit) bool {
	sorted := slices.SortedStableFunc(slices.Values(edits), func(x, y source.Edit) int {
		return cmp.Compare(x.Place.Span.Start, y.Place.Span.Start)
	})
	var c change
	last := 0
	for _, e := range sorted {
		s := source.Span{Start: b.text.clamp(e.Place.Span.Start), End: b.text.clamp(e.Place.Span.End)}
		old := b.text.Slice(s)
		if s.Start < last || s.End < s.Start || old == e.With {
			continue
		}
		c = append(c, Edit{At: s.Start, Old: old, New: e.With})
		last = s.End
	}
	return b.commitMoved(c)
}

// Become makes another text of this one by changing only the lines that differ, as one act: cursors stay where they are.
func (b *Buffer) Become(s string) bool { return b.commitMoved(Difference(b.String(), s)) }

// Undo takes the last act back; false when there is none.
func (b *Buffer) Undo() bool {
	changes, cursors, ok := b.history.undo()
	return b.replay(changes, cursors, ok)
}

// Redo does again what was taken back last; false when there is nothing.
func (b *Buffer) Redo() bool {
	changes, cursors, ok := b.history.redo()
	return b.replay(changes, cursors, ok)
}

func (b *Buffer) replay(changes []change, cursors []Cursor, ok bool) bool {
	for _, c := range changes {
		b.text = c.apply(b.text)
	}
	if ok {
		b.version++
		b.place(cursors)
	}
	return ok
}

// Revisions are all states that the text has been in, oldest first.
func (b *Buffer) Revisions() []Revision {
	all := make([]Revision, len(b.history.all))
	for i, r := range b.history.all {
		all[i] = r.Revision
	}
	return all
}

// Revision is the ID of the state now.
func (b *Buffer) Revision() int { return b.history.at }

// GoTo brings any earlier state back, on whatever branch it is; false when there is no such state.
func (b *Buffer) GoTo(id int) bool {
	if id < 0 || id >= len(b.history.all) {
		return false
	}
	way := b.history.line(id)
	for !slices.Contains(way, b.history.at) {
		b.Undo()
	}
	for _, step := range way[slices.Index(way, b.history.at):] {
		if step != b.history.at {
			b.history.all[b.history.at].next = step
			b.Redo()
		}
	}
	return true
}
