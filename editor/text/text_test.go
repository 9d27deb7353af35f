package text

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model/source"
)

// parse reads a text in which | is a cursor, or ^ the anchor of the cursor that follows or went before.
func parse(s string) *Buffer {
	var plain strings.Builder
	var cursors []Cursor
	anchor := -1
	for _, r := range s {
		switch r {
		case '^':
			if n := len(cursors) - 1; n >= 0 && cursors[n].Anchor == -1 {
				cursors[n].Anchor = plain.Len()
			} else {
				anchor = plain.Len()
			}
		case '|':
			c := Cursor{Anchor: anchor, Head: plain.Len()}
			cursors, anchor = append(cursors, c), -1
		default:
			plain.WriteRune(r)
		}
	}
	for i, c := range cursors {
		if c.Anchor == -1 {
			cursors[i].Anchor = c.Head
		}
	}
	b := NewBuffer(plain.String())
	b.SetCursors(cursors...)
	return b
}

// show is the opposite of parse; an anchor behind its cursor is written after it.
func show(b *Buffer) string {
	type sign struct {
		at int
		s  string
	}
	var signs []sign
	for _, c := range b.Cursors() {
		if !c.Empty() {
			signs = append(signs, sign{c.Anchor, "^"})
		}
		signs = append(signs, sign{c.Head, "|"})
	}
	slices.SortStableFunc(signs, func(a, b sign) int { return a.at - b.at })
	s := b.String()
	for _, sg := range slices.Backward(signs) {
		s = s[:sg.at] + sg.s + s[sg.at:]
	}
	return s
}

func TestActs(t *testing.T) {
	type act = func(*Buffer)
	typed := func(s string) act { return func(b *Buffer) { b.Type(s) } }
	do := func(f func(*Buffer) bool) act { return func(b *Buffer) { f(b) } }
	move := func(m Motion) act { return func(b *Buffer) { b.Move(m, false) } }
	grow := func(m Motion) act { return func(b *Buffer) { b.Move(m, true) } }
	for _, c := range []struct {
		name, before string
		act          act
		after        string
	}{
		{"type", "a|b", typed("x"), "ax|b"},
		{"type over a selection", "a^bc|d", typed("x"), "ax|d"},
		{"type at several cursors", "a|b|", typed("xy"), "axy|bxy|"},
		{"newline keeps the indentation", "\tone|two", do((*Buffer).Newline), "\tone\n\t|two"},
		{"newline at the start of an indented line", "|\tone", do((*Buffer).Newline), "\n|\tone"},
		{"newline after a bracket", "VM {|", do((*Buffer).Newline), "VM {\n\t|"},
		{"newline after a bracket with a comment", "VM { # why|", do((*Buffer).Newline), "VM { # why\n\t|"},
		{"newline after a commented bracket", "# VM {|", do((*Buffer).Newline), "# VM {\n|"},
		{"newline between brackets", "\tinstance of A {|}", do((*Buffer).Newline), "\tinstance of A {\n\t\t|\n\t}"},
		{"newline in CRLF text", "a\r\n\tb|", do((*Buffer).Newline), "a\r\n\tb\r\n\t|"},
		{"newline in a text indented with blanks", "a {\n  b {|", do((*Buffer).Newline), "a {\n  b {\n    |"},
		{"closing bracket", "a {\n\tb {\n\t\tc;\n\t\t|", typed("}"), "a {\n\tb {\n\t\tc;\n\t}|"},
		{"closing the outer block", "a {\n\tb {\n\t}\n\t|", typed("}"), "a {\n\tb {\n\t}\n}|"},
		{"closing nothing", "\t|", typed("}"), "}|"},
		{"closing bracket in a line", "a: |", typed("}"), "a: }|"},
		{"backspace", "ab|", do((*Buffer).Backspace), "a|"},
		{"backspace over a character of many", "a👩‍👩‍👧|b", do((*Buffer).Backspace), "a|b"},
		{"backspace over a line end", "a\r\n|b", do((*Buffer).Backspace), "a|b"},
		{"backspace at the beginning", "|a", do((*Buffer).Backspace), "|a"},
		{"delete", "|e\u0301a", do((*Buffer).Delete), "|a"},
		{"delete at the end", "a|", do((*Buffer).Delete), "a|"},
		{"delete a selection", "a^b|c", do((*Buffer).Delete), "a|c"},
		{"backspace a word", "one two|", do((*Buffer).BackspaceWord), "one |"},
		{"delete a word", "|one two", do((*Buffer).DeleteWord), "| two"},
		{"left", "aé|", move(Left), "a|é"},
		{"left out of a selection", "a^bc|", move(Left), "a|bc"},
		{"right out of a selection", "a|bc^", move(Right), "abc|"},
		{"right over a line end", "a|\r\nb", move(Right), "a\r\n|b"},
		{"right with selection", "|ab", grow(Right), "^a|b"},
		{"left over what was selected", "^a|b", grow(Left), "|ab"},
		{"word right", "|one, two", move(WordRight), "one|, two"},
		{"word right over signs", "one|, two", move(WordRight), "one,| two"},
		{"word right over the line end", "one|\n\ttwo", move(WordRight), "one\n|\ttwo"},
		{"word left", "one two  |", move(WordLeft), "one |two  "},
		{"word left over the line end", "one\n|two", move(WordLeft), "one|\ntwo"},
		{"home goes to the first character", "\tone|", move(LineStart), "\t|one"},
		{"home again goes to the start", "\t|one", move(LineStart), "|\tone"},
		{"home from the start", "|\tone", move(LineStart), "\t|one"},
		{"end", "o|ne\r\ntwo", move(LineEnd), "one|\r\ntwo"},
		{"top", "one\ntw|o", move(Top), "|one\ntwo"},
		{"bottom", "o|ne\ntwo", move(Bottom), "one\ntwo|"},
		{"down over a tab", "abcd|e\n\tx", move(Down), "abcde\n\t|x"},
		{"down into a shorter line", "abc|\nx", move(Down), "abc\nx|"},
		{"down from the last line", "a|b", move(Down), "ab|"},
		{"up from the first line", "a|b", move(Up), "|ab"},
		{"up over wide characters", "日本\nabc|d", move(Up), "日|本\nabcd"},
		{"indent", "^a\n\nb|\nc", do((*Buffer).Indent), "^\ta\n\n\tb|\nc"},
		{"indent without a selection is a tab", "a|", do((*Buffer).Indent), "a\t|"},
		{"dedent", "^\ta\n    b\nc|", do((*Buffer).Dedent), "^a\nb\nc|"},
		{"a selection that ends at the start of a line leaves it", "^a\n|b", do((*Buffer).Indent), "^\ta\n|b"},
		{"comment", "\ta|\n", do((*Buffer).ToggleComment), "#\ta|\n"},
		{"comment when one line is none", "^# a\nb\n\n|", do((*Buffer).ToggleComment), "^# a\n#b\n\n|"},
		{"uncomment keeps the blanks before", "\t## a|", do((*Buffer).ToggleComment), "\t a|"},
		{"delete lines", "a\nb|\nc", do((*Buffer).DeleteLines), "a\n|c"},
		{"delete the last line", "a\nb|", do((*Buffer).DeleteLines), "a|"},
		{"delete the only line", "ab|", do((*Buffer).DeleteLines), "|"},
		{"duplicate", "a|\nb", do((*Buffer).DuplicateLines), "a|\na\nb"},
		{"duplicate the last line", "a\nb|", do((*Buffer).DuplicateLines), "a\nb|\nb"},
		{"move up", "a\nb|\nc", do((*Buffer).MoveLinesUp), "b|\na\nc"},
		{"move the last line up", "a\nb|", do((*Buffer).MoveLinesUp), "b|\na"},
		{"move down to the end", "a|\nb", do((*Buffer).MoveLinesDown), "b\na|"},
		{"move up from the top", "a|\nb", do((*Buffer).MoveLinesUp), "a|\nb"},
		{"paste of a terminal", "a|", func(b *Buffer) { b.Insert("x\ry\r\nz") }, "ax\ny\nz|"},
		{"paste into CRLF", "a\r\n|", func(b *Buffer) { b.Insert("x\ny") }, "a\r\nx\r\ny|"},
		{"cut and paste", "a^bc|d", func(b *Buffer) { b.Paste(b.Cut()) }, "abc|d"},
		{"cut of a line, pasted above", "a\nb|\nc", func(b *Buffer) { b.Paste(b.Cut()) }, "a\nb\n|c"},
		{"copy of the last line", "a\nb|", func(b *Buffer) { b.Paste(b.Copy()) }, "a\nb\nb|"},
		{"each cursor pastes its part", "^a| ^b|", func(b *Buffer) { c := b.Copy(); b.Move(Right, false); b.Paste(c) }, "aa| bb|"},
		{"apply", "ab|cd", func(b *Buffer) {
			b.Apply([]source.Edit{{Place: source.Place{Span: source.Span{Start: 3, End: 4}}, With: "D"}, {Place: source.Place{Span: source.Span{End: 1}}, With: "AA"}})
		}, "AAb|cD"},
		{"become", "one\ntw|o\nthree\n", func(b *Buffer) { b.Become("zero\none\ntwo\n") }, "zero\none\ntw|o\n"},
		{"replace all", "a|bAb", func(b *Buffer) { b.ReplaceAll(Query{Text: "B"}, "xx") }, "a|xxAxx"},
		{"replace the selection", "a^b|", func(b *Buffer) { b.ReplaceSelection(Query{Text: "B"}, "x") }, "ax|"},
		{"replace no match", "a^b|", func(b *Buffer) { b.ReplaceSelection(Query{Text: "B", Case: true}, "x") }, "a^b|"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := parse(c.before)
			before := b.String()
			c.act(b)
			want := c.after
			if got := show(b); got != want {
				t.Fatalf("got  %q\nwant %q", got, want)
			}
			for b.Undo() {
			}
			if b.String() != before {
				t.Errorf("undone: %q, was %q", b.String(), before)
			}
		})
	}
}

func TestVerticalMovesKeepTheirColumn(t *testing.T) {
	b := parse("abcdef|\nx\n\t\tyz\n")
	for _, want := range []string{"abcdef\nx|\n\t\tyz\n", "abcdef\nx\n\t|\tyz\n", "abcdef\nx\n\t\tyz\n|"} {
		b.Move(Down, false)
		if got := show(b); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	b.MoveLines(-3, true)
	if got := show(b); got != "abcdef|\nx\n\t\tyz\n^" {
		t.Errorf("back: %q", got)
	}
}

func TestUndoGroups(t *testing.T) {
	now := time.Unix(0, 0)
	b := NewBuffer("")
	undone := func(want ...string) {
		t.Helper()
		for _, w := range want {
			b.Undo()
			if b.String() != w {
				t.Fatalf("undone to %q, want %q", b.String(), w)
			}
		}
		for b.Redo() {
		}
	}
	word := func(s string) {
		for _, r := range s {
			b.Tick(now)
			b.Type(string(r))
		}
	}
	word("abc")
	undone("")
	word("def") // undoing ended the group
	undone("abc", "")
	now = now.Add(groupPause + 1)
	word("g")
	undone("abcdef")
	b.Move(Left, false)
	b.Move(Right, false)
	word("h")
	undone("abcdefg")
	b.Backspace()
	b.Backspace()
	undone("abcdefgh")
	b.Newline()
	word("i")
	undone("abcdef\n", "abcdef")
}

func TestNothingThatWasEverThereIsLost(t *testing.T) {
	b := NewBuffer("start")
	b.SelectAll()
	b.Type("left")
	left := b.Revision()
	b.Undo()
	b.SelectAll()
	b.Insert("right")
	right := b.Revision()
	if !b.GoTo(left) || b.String() != "left" {
		t.Errorf("the branch that was undone: %q", b.String())
	}
	if !b.GoTo(right) || b.String() != "right" {
		t.Errorf("the other branch: %q", b.String())
	}
	if !b.GoTo(0) || b.String() != "start" || b.GoTo(99) {
		t.Errorf("the beginning: %q", b.String())
	}
	if r := b.Revisions(); len(r) != 3 || r[left].Parent != 0 || r[right].Parent != 0 {
		t.Errorf("revisions %v", r)
	}
}

func TestFind(t *testing.T) {
	const s = "Apache apache\nÉtÉ été ﬀ \xff\n"
	for _, c := range []struct {
		q    Query
		want []string
	}{
		{Query{Text: "apache"}, []string{"Apache", "apache"}},
		{Query{Text: "apache", Case: true}, []string{"apache"}},
		{Query{Text: "ÉTÉ"}, []string{"ÉtÉ", "été"}},
		{Query{Text: "e\nÉ"}, []string{"e\nÉ"}},
		{Query{Text: "\xff"}, []string{"\xff"}},
		{Query{Text: "\xfe"}, nil},
		{Query{Text: ""}, nil},
		{Query{Text: "nothing"}, nil},
	} {
		var got []string
		for _, m := range c.q.All(s, 0) {
			got = append(got, m.Of(s))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.q, got, c.want)
		}
	}
	q := Query{Text: "a"}
	if m, ok := q.Next("ab ab", 4); !ok || m.Start != 0 {
		t.Errorf("the search does not go on at the beginning: %v", m)
	}
	if m, ok := q.Previous("ab ab", 0); !ok || m.Start != 3 {
		t.Errorf("the search does not go on at the end: %v", m)
	}
	if m, ok := q.Previous("ab ab", 3); !ok || m.Start != 0 {
		t.Errorf("previous: %v", m)
	}
	if got := q.All("aaaa", 2); len(got) != 2 {
		t.Errorf("a limit of 2 gives %d", len(got))
	}
}

func TestWordAt(t *testing.T) {
	text := New("one, two\n")
	for at, want := range map[int]string{0: "one", 3: "one", 4: " ", 5: "two", 8: "two", 9: ""} {
		if got := text.Slice(text.WordAt(at)); got != want {
			t.Errorf("at %d: %q, want %q", at, got, want)
		}
	}
}

func TestMerge(t *testing.T) {
	const base = "one\ntwo\nthree\nfour\nfive\n"
	for _, c := range []struct {
		name, mine, theirs, want string
		conflicts                int
	}{
		{"different lines", "ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n", "ONE\ntwo\nthree\nfour\nFIVE\n", 0},
		{"added at both ends", "zero\n" + base, base + "six\n", "zero\n" + base + "six\n", 0},
		{"the same change", "one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n", 0},
		{"the same change with another", "one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\n5\n", "one\n2\nthree\nfour\n5\n", 0},
		{"removed here, changed there", "one\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\n5\n", "one\nthree\nfour\n5\n", 0},
		{
			"the same line", "one\nmine\nthree\nfour\nfive\n", "one\ntheirs\nthree\nfour\nfive\n",
			"one\n<<<<<<< mine\nmine\n=======\ntheirs\n>>>>>>> on disk\nthree\nfour\nfive\n", 1,
		},
		{
			"lines that meet", "one\nmine\nthree\nfour\nfive\n", "one\ntwo\ntheirs\nfour\nfive\n",
			"one\n<<<<<<< mine\nmine\nthree\n=======\ntwo\ntheirs\n>>>>>>> on disk\nfour\nfive\n", 1,
		},
		{
			"both add at the end, without a line end", base + "mine", base + "theirs",
			base + "<<<<<<< mine\nmine\n=======\ntheirs\n>>>>>>> on disk\n", 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Merge(base, c.mine, c.theirs); got.Text != c.want || got.Conflicts != c.conflicts {
				t.Errorf("got %d conflicts in %q\nwant %d in %q", got.Conflicts, got.Text, c.conflicts, c.want)
			}
		})
	}
}

func TestDifferenceTouchesOnlyWhatDiffers(t *testing.T) {
	a := strings.Repeat("same\nother\n", 1000)
	b := a[:5000] + "new\n" + a[5000:]
	edits := Difference(a, b)
	size := 0
	for _, e := range edits {
		size += len(e.Old) + len(e.New)
	}
	if len(edits) > 2 || size > 40 {
		t.Errorf("%d edits of %d bytes", len(edits), size)
	}
}

// document is a text of n lines, as people write them.
func document(n int) string {
	var b strings.Builder
	for i := 0; i < n; i += 5 {
		b.WriteString("Component {\n\tinstaller: script; # how\n\texports: ip, port = 8080;\n}\n\n")
	}
	return b.String()
}

func benchmarkKey(b *testing.B, lines int) {
	buf := NewBuffer(document(lines))
	buf.SetCursors(At(buf.Text().LineStart(lines / 2)))
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if n%60 == 59 {
			buf.Newline()
			continue
		}
		buf.Type("x")
	}
}

func BenchmarkKeyIn10000Lines(b *testing.B)  { benchmarkKey(b, 10_000) }
func BenchmarkKeyIn100000Lines(b *testing.B) { benchmarkKey(b, 100_000) }

func BenchmarkWholeTextOf100000Lines(b *testing.B) {
	text := New(document(100_000))
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		_ = text.String()
	}
}

func BenchmarkFindIn100000Lines(b *testing.B) {
	s := document(100_000)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Query{Text: "nowhere"}.All(s, 0)
	}
}

func BenchmarkMerge10000Lines(b *testing.B) {
	base := document(10_000)
	mine, theirs := "mine\n"+base, base+"theirs\n"
	for b.Loop() {
		if Merge(base, mine, theirs).Conflicts != 0 {
			b.Fatal("conflict")
		}
	}
}
