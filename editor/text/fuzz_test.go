package text

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/roboconf/workbench/model/source"
)

// script reads small numbers from fuzz input.
type script struct{ data []byte }

func (s *script) next(n int) int {
	if len(s.data) == 0 || n <= 0 {
		return 0
	}
	v := int(s.data[0])
	s.data = s.data[1:]
	if n > 256 && len(s.data) > 0 {
		v = v<<8 | int(s.data[0])
		s.data = s.data[1:]
	}
	return v % n
}

var pieces = []string{"", "a", "\n", "\r\n", "{", "}", "\t", "é", "\xff", "e\u0301", "👩‍👩‍👧", "# x\n", "one two\nthree\n", "日本", "\r", strings.Repeat("long line of text ", 40) + "\n", strings.Repeat("x\n", 900)}

// FuzzText compares the chunked text with plain bytes: whatever is replaced, nothing is lost (product 5.4).
func FuzzText(f *testing.F) {
	f.Add("hello\nworld\n", []byte{1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add(strings.Repeat("line of text\n", 2000), []byte{200, 100, 3, 16, 80, 20, 1, 12, 0, 0, 0, 15})
	f.Add("\xff\xfe\r\n\r", []byte{0, 9, 1, 2, 8})
	f.Fuzz(func(t *testing.T, start string, ops []byte) {
		text, want := New(start), []byte(start)
		s := &script{ops}
		for len(s.data) > 0 {
			from := s.next(len(want) + 1)
			to := min(len(want), from+s.next(40)*s.next(60))
			with := pieces[s.next(len(pieces))]
			before, wasText := text, text.String()
			text = text.Replace(source.Span{Start: from, End: to}, with)
			want = slices.Concat(want[:from], []byte(with), want[to:])
			if before.String() != wasText {
				t.Fatal("Replace changed its receiver")
			}
			checkText(t, text, want)
		}
	})
}

func checkText(t *testing.T, text Text, want []byte) {
	t.Helper()
	if got := text.String(); got != string(want) {
		t.Fatalf("text is %q, want %q", got, want)
	}
	if text.Len() != len(want) || text.Lines() != bytes.Count(want, []byte("\n"))+1 {
		t.Fatalf("Len %d Lines %d of %q", text.Len(), text.Lines(), want)
	}
	for i, c := range text.chunks {
		if c.text == "" || i < len(text.chunks)-1 && !strings.HasSuffix(c.text, "\n") {
			t.Fatalf("chunk %d of %d is %q", i, len(text.chunks), c.text)
		}
	}
	lines := source.NewLines(string(want))
	for _, offset := range []int{0, len(want) / 3, len(want) / 2, len(want) - 1, len(want)} {
		offset = max(0, offset)
		if got, want := text.LineOf(offset)+1, lines.Line(offset); got != want {
			t.Fatalf("LineOf(%d) is %d, want %d", offset, got, want)
		}
		line := text.LineOf(offset)
		if got, want := text.LineStart(line), lines.Start(line+1); got != want {
			t.Fatalf("LineStart(%d) is %d, want %d", line, got, want)
		}
		p := text.Position(offset)
		if got := lines.Position(offset); got != p {
			t.Fatalf("Position(%d) is %v, want %v", offset, p, got)
		}
		if span := text.LineSpan(line); utf8.Valid(want) && offset <= span.End && utf8.RuneStart(text.at(offset)) && text.Offset(p) != offset {
			t.Fatalf("Offset(Position(%d)) is %d", offset, text.Offset(p))
		}
	}
}

// FuzzBuffer does random acts with one or more cursors. Undoing all of them gives the beginning back, redoing them the end;
// every state in between can be gone to; cursors never overlap nor leave the text.
func FuzzBuffer(f *testing.F) {
	f.Add("Apache {\n\tinstaller: script;\n}\n", []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23})
	f.Add("a\r\nb\r\n", []byte{24, 3, 5, 0, 2, 24, 1, 1, 7, 7, 7, 12, 13, 14})
	f.Add("", []byte{0, 0, 0, 0, 0, 4, 4, 4})
	f.Fuzz(func(t *testing.T, start string, ops []byte) {
		if len(start) > 1<<14 || len(ops) > 400 {
			t.Skip()
		}
		b := NewBuffer(start)
		states := map[int]string{0: start}
		for s := (&script{ops}); len(s.data) > 0; {
			was, version := b.String(), b.Version()
			act(b, s)
			if b.String() != b.text.String() {
				t.Fatal("String is not the text")
			}
			if b.String() != was && b.Version() == version {
				t.Fatal("the text changed under one version")
			}
			states[b.Revision()] = b.String()
			checkCursors(t, b)
		}
		end := b.String()
		for b.Redo() {
			end = b.String()
		}
		for b.Undo() {
			checkCursors(t, b)
		}
		if b.String() != start {
			t.Fatalf("undoing everything gives %q, want %q", b.String(), start)
		}
		for b.Redo() {
			checkCursors(t, b)
		}
		if b.String() != end {
			t.Fatalf("redoing everything gives %q, want %q", b.String(), end)
		}
		for _, r := range b.Revisions() {
			b.GoTo(r.ID)
			if was, seen := states[r.ID]; seen && was != b.String() { // an act that cuts, then pastes, passes a state unseen
				t.Fatalf("state %d is %q, was %q", r.ID, b.String(), was)
			}
		}
	})
}

func checkCursors(t *testing.T, b *Buffer) {
	t.Helper()
	last := -1
	for _, c := range b.Cursors() {
		s := c.Span()
		if s.Start < 0 || s.End > b.Text().Len() || s.Start < last {
			t.Fatalf("cursors %v in a text of %d bytes", b.Cursors(), b.Text().Len())
		}
		last = s.End
	}
	if last < 0 {
		t.Fatal("no cursor left")
	}
}

// act does one random act.
func act(b *Buffer, s *script) {
	extend := func() bool { return s.next(2) == 1 }
	size := b.Text().Len() + 1
	acts := []func(){
		func() { b.Type(pieces[1+s.next(9)]) },
		func() { b.Type("{") },
		func() { b.Type("}") },
		func() { b.Newline() },
		func() { b.Backspace() },
		func() { b.Delete() },
		func() { b.BackspaceWord() },
		func() { b.DeleteWord() },
		func() { b.Indent() },
		func() { b.Dedent() },
		func() { b.ToggleComment() },
		func() { b.DeleteLines() },
		func() { b.DuplicateLines() },
		func() { b.MoveLinesUp() },
		func() { b.MoveLinesDown() },
		func() { b.Insert(pieces[s.next(len(pieces)-1)]) },
		func() { b.Paste(b.Cut()) },
		func() { b.Paste(b.Copy()) },
		func() { b.Undo() },
		func() { b.Redo() },
		func() { b.ReplaceAll(Query{Text: pieces[1+s.next(8)]}, pieces[s.next(8)]) },
		func() { b.Become(pieces[s.next(len(pieces)-1)] + b.Text().Line(s.next(9))) },
		func() { b.GoTo(s.next(len(b.history.all))) },
		func() {
			b.Apply([]source.Edit{{Place: source.Place{Span: spanOf(s.next(size), s.next(5))}, With: "fix"}, {Place: source.Place{Span: spanOf(s.next(size), 1)}}})
		},
		func() { b.SetCursors(Cursor{Anchor: s.next(size), Head: s.next(size)}) },
		func() {
			b.SetCursors(At(s.next(size)), Cursor{Anchor: s.next(size), Head: s.next(size)}, At(s.next(size)))
		},
		func() { b.Move(Motion(s.next(int(Bottom)+1)), extend()) },
		func() { b.MoveLines(s.next(20)-10, extend()) },
	}
	if size > 1<<15 { // copies of copies
		b.DeleteLines()
		b.SetCursors(At(0))
		b.Undo()
		s.data = nil
		return
	}
	acts[s.next(len(acts))]()
}

// FuzzMerge holds the laws of a three-way merge: a side that did nothing takes no part, equal sides agree, both directions
// conflict together, and no line that a side added is lost.
func FuzzMerge(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\nd\n")
	f.Add("a\nb\nc\n", "x\nb\nc\n", "y\nb\nc\n")
	f.Add("a", "a\n", "")
	f.Add("x\nx\nx\n", "x\nx\n", "x\nx\nx\nx")
	f.Fuzz(func(t *testing.T, base, mine, theirs string) {
		if len(base)+len(mine)+len(theirs) > 1<<14 {
			t.Skip()
		}
		if m := Merge(base, base, theirs); m.Text != theirs || m.Conflicts != 0 {
			t.Fatalf("nothing mine: %+v, want %q", m, theirs)
		}
		if m := Merge(base, mine, base); m.Text != mine || m.Conflicts != 0 {
			t.Fatalf("nothing theirs: %+v, want %q", m, mine)
		}
		if m := Merge(base, mine, mine); m.Text != mine || m.Conflicts != 0 {
			t.Fatalf("equal sides: %+v, want %q", m, mine)
		}
		m, back := Merge(base, mine, theirs), Merge(base, theirs, mine)
		if m.Conflicts != back.Conflicts || m.Conflicts == 0 && m.Text != back.Text {
			t.Fatalf("one way %+v, the other %+v", m, back)
		}
		kept := map[string]bool{}
		for _, l := range linesOf(m.Text) {
			kept[strings.TrimSuffix(l, "\n")] = true
		}
		for _, l := range append(added(base, mine), added(base, theirs)...) {
			if !kept[strings.TrimSuffix(l, "\n")] {
				t.Fatalf("line %q is lost in %q", l, m.Text)
			}
		}
	})
}

func added(from, to string) []string {
	b := linesOf(to)
	var lines []string
	for _, h := range diff(linesOf(from), b) {
		lines = append(lines, b[h.b0:h.b1]...)
	}
	return lines
}

// FuzzDifference holds that the edits between two texts lead from one to the other.
func FuzzDifference(f *testing.F) {
	f.Add("a\nb\n", "b\na\n")
	f.Add("a\r\nb", "a\nb\n")
	f.Add("é\n", "è\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 1<<14 {
			t.Skip()
		}
		if got := change(Difference(a, b)).apply(New(a)).String(); got != b {
			t.Fatalf("the edits between %q and %q give %q", a, b, got)
		}
	})
}
