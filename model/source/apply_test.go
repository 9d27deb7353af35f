package source

import "testing"

func TestApply(t *testing.T) {
	edit := func(start, end int, with string) Edit { return Edit{Place{"a", Span{start, end}}, with} }
	for _, c := range []struct {
		name  string
		edits []Edit
		want  string
	}{
		{"nothing", nil, "0123456789"},
		{"any order", []Edit{edit(8, 10, ""), edit(0, 1, "zero")}, "zero1234567"},
		{"insertions at one place keep their order", []Edit{edit(2, 2, "a"), edit(2, 2, "b")}, "01ab23456789"},
		{"beside each other", []Edit{edit(2, 4, "a"), edit(4, 6, "b")}, "01ab6789"},
		{"no byte is replaced twice", []Edit{edit(2, 6, "a"), edit(4, 8, "b")}, "01a6789"},
		{"past the end", []Edit{edit(10, 12, "!")}, "0123456789!"},
		{"no span", []Edit{edit(4, 2, "a")}, "0123456789"},
	} {
		if got := Apply("0123456789", c.edits); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
