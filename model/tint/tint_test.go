package tint

import (
	"testing"

	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

func TestTokensCoverTheText(t *testing.T) {
	c := New("rule x # y")
	c.Paint(source.Span{Start: 0, End: 4}, syntax.ClassKeyword)
	c.Paint(source.Span{Start: 7, End: 99}, syntax.ClassComment)
	c.Paint(source.Span{Start: -3, End: 1}, syntax.ClassBad)
	want := []syntax.Token{
		{Span: source.Span{Start: 0, End: 1}, Class: syntax.ClassBad},
		{Span: source.Span{Start: 1, End: 4}, Class: syntax.ClassKeyword},
		{Span: source.Span{Start: 4, End: 7}, Class: syntax.ClassPlain},
		{Span: source.Span{Start: 7, End: 10}, Class: syntax.ClassComment},
	}
	got := c.Tokens()
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("token %d is %v, want %v", i, got[i], want[i])
		}
	}
	if c.Text() != "rule x # y" {
		t.Errorf("lost: %q", c.Text())
	}
	if New("").Tokens() != nil {
		t.Error("an empty text has no tokens")
	}
}
