package source

import (
	"reflect"
	"testing"
	"unicode/utf8"
)

// TestDSL4LineAfterTheText: an offset beyond the text stands for the line that would come next.
func TestDSL4LineAfterTheText(t *testing.T) {
	for text, want := range map[string]int{"": 1, "a": 2, "a\n": 2, "a\nb": 3, "a\n\n": 3} {
		if got := NewLines(text).Line(len(text) + 1); got != want {
			t.Errorf("after %q comes line %d, want %d", text, got, want)
		}
	}
}

func TestPositions(t *testing.T) {
	const text = "é1\r\n\n\tx€y\nend"
	lines := NewLines(text)
	if lines.Count() != 4 {
		t.Fatalf("%d lines", lines.Count())
	}
	for offset, want := range map[int]Position{
		0: {1, 1}, 2: {1, 2}, 3: {1, 3}, 5: {2, 1}, 6: {3, 1}, 8: {3, 3}, 11: {3, 4}, 13: {4, 1}, 16: {4, 4}, 17: {5, 1},
	} {
		if got := lines.Position(offset); got != want {
			t.Errorf("offset %d is %v, want %v", offset, got, want)
		}
	}
	if got := lines.Range(Span{8, 11}); got != (Range{Position{3, 3}, Position{3, 4}}) {
		t.Errorf("range %v", got)
	}
}

func TestLineSpans(t *testing.T) {
	const text = "a\r\n\nbc"
	lines := NewLines(text)
	for line, want := range map[int]string{0: "a", 1: "a", 2: "", 3: "bc", 9: "bc"} {
		if got := lines.Span(line).Of(text); got != want {
			t.Errorf("line %d is %q, want %q", line, got, want)
		}
	}
	if got := lines.Offset(Position{1, 99}); got != 1 {
		t.Errorf("a column beyond the line is at %d", got)
	}
}

func TestSpans(t *testing.T) {
	s := Span{2, 4}.Shift(3)
	if s != (Span{5, 7}) || s.Len() != 2 || !s.Contains(5) || !s.Contains(7) || s.Contains(8) || s.Contains(4) {
		t.Errorf("%v", s)
	}
	for span, want := range map[Span]string{{1, 3}: "bc", {-4, 2}: "ab", {2, 99}: "c", {3, 1}: "", {9, 12}: ""} {
		if got := span.Of("abc"); got != want {
			t.Errorf("%v is %q, want %q", span, got, want)
		}
	}
	if (Place{File: "a"}).IsZero() || !(Place{Span: Span{1, 2}}).IsZero() {
		t.Error("a place is one with a file")
	}
}

// FuzzPositions: offset to position, then back, is the same for the start of every character.
func FuzzPositions(f *testing.F) {
	f.Add("é1\r\n\n\tx€y\nend")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("columns count characters")
		}
		lines := NewLines(text)
		for offset := range text {
			line := lines.Span(lines.Line(offset))
			if offset > line.End {
				continue // the line end
			}
			if got := lines.Offset(lines.Position(offset)); got != offset {
				t.Fatalf("%q: offset %d comes back as %d", text, offset, got)
			}
		}
	})
}

// The lines of an edited text are those of the text.
func TestEditedLines(t *testing.T) {
	texts := []string{"", "\n", "a", "a\nb\nc\n", "a\nb\nc", "\n\n\n", "one\ntwo\n\nthree\n", "a\nb\nb\nb\nc\n"}
	for _, old := range texts {
		for _, text := range texts {
			head := 0
			for head < min(len(old), len(text)) && old[head] == text[head] {
				head++
			}
			tail := 0
			for tail < min(len(old), len(text))-head && old[len(old)-1-tail] == text[len(text)-1-tail] {
				tail++
			}
			for h := range head + 1 {
				for e := range tail + 1 {
					got, want := NewLines(old).Edited(text, h, e), NewLines(text)
					if !reflect.DeepEqual(got, want) {
						t.Fatalf("%q to %q with %d and %d bytes in common: %v, want %v", old, text, h, e, got, want)
					}
				}
			}
		}
	}
}

func TestDSL5Trim(t *testing.T) {
	for text, want := range map[string]string{"": "", " \t\r\n": "", "a": "a", "\x00 a b\u00A0\v": "a b\u00A0"} {
		if got := (Span{0, len(text)}).Trim(text).Of(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
