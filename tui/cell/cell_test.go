package cell

import (
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

func TestPutClips(t *testing.T) {
	tests := []struct {
		name string
		x    int
		text string
		want string
		end  int
	}{
		{"plain", 1, "abc", " abc", 4},
		{"beyond the right", 4, "abc", "    ab", 7},
		{"beyond the left", -2, "abcd", "cd", 2},
		{"wide", 0, "日本", "日本", 4},
		{"wide cut in halves at the right", 5, "日", "", 7},
		{"wide cut in halves at the left", -1, "日x", " x", 2},
		{"combining mark", 0, "e\u0301x", "e\u0301x", 2},
		{"control characters", 0, "a\tb\x1b\x7f", "a b??", 5},
		{"bytes that are no text", 0, "a\xffb", "a?b", 3},
		{"marks of direction", 0, "a\u202eb", "a?b", 3},
		{"outside", 9, "abc", "", 12},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := New(6, 1)
			if end := g.Put(tt.x, 0, tt.text, Style{}); end != tt.end {
				t.Errorf("column after = %d, want %d", end, tt.end)
			}
			if got := g.Plain(); got != strings.TrimRight(tt.want, " ") {
				t.Errorf("plain = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOverwritingHalfOfAWideCharacter(t *testing.T) {
	for _, x := range []int{0, 1} {
		g := New(4, 1)
		g.Put(0, 0, "日z", Style{})
		g.Put(x, 0, "a", Style{})
		if got, want := g.Plain(), []string{"a z", " az"}[x]; got != want {
			t.Errorf("at %d: %q, want %q", x, got, want)
		}
	}
}

func TestSubClipsTwice(t *testing.T) {
	g := New(6, 3)
	outer := g.Sub(Rect{1, 1, 3, 2})
	inner := outer.Sub(Rect{1, 0, 9, 9})
	inner.Put(0, 0, "abcdef", Style{})
	inner.Put(0, -1, "above", Style{})
	inner.Fill(Rect{0, 1, 9, 9}, "#", Style{})
	if got, want := g.Plain(), "\n  ab\n  ##"; got != want {
		t.Errorf("plain = %q, want %q", got, want)
	}
	if w, h := inner.Size(); w != 9 || h != 9 {
		t.Errorf("size = %d, %d", w, h)
	}
	if got, _ := inner.At(1, 0); got != "b" {
		t.Errorf("At = %q", got)
	}
}

func TestRenderIsReadBackAlike(t *testing.T) {
	g := New(8, 2)
	red := Style{Fg: ansi.BasicColor(1)}
	g.Put(0, 0, "ab", red)
	g.Put(2, 0, "日c", Style{Attrs: uv.AttrBold})
	g.Put(0, 1, "x", Style{Underline: uv.UnderlineCurly, UnderlineColor: ansi.BasicColor(2)})
	back := uv.NewScreenBuffer(8, 2)
	uv.NewStyledString(g.Render()).Draw(back, back.Bounds())
	for y := range 2 {
		for x := range 8 {
			if want, got := &g.lines[y][x], back.CellAt(x, y); !want.Equal(got) {
				t.Errorf("%d,%d: %+v, want %+v", x, y, got, want)
			}
		}
	}
}

func TestRestyleKeepsText(t *testing.T) {
	g := New(4, 1)
	g.Put(0, 0, "abcd", Style{})
	g.Restyle(Rect{1, 0, 2, 1}, func(s Style) Style { s.Attrs |= uv.AttrReverse; return s })
	if got := g.Styles(); got != " aa\na = reverse\n" {
		t.Errorf("styles = %q", got)
	}
	if g.Plain() != "abcd" {
		t.Errorf("text changed: %q", g.Plain())
	}
}

func TestCut(t *testing.T) {
	tests := []struct {
		text string
		w    int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"}, {"abc", 0, ""}, {"abc", 1, "…"},
	}
	for _, tt := range tests {
		if got := Cut(tt.text, tt.w, "…"); got != tt.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", tt.text, tt.w, got, tt.want)
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text string
		w    int
		want []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"a\n\nb", 4, []string{"a", "", "b"}},
		{"  see this there", 10, []string{"  see this", "  there"}},
	}
	for _, tt := range tests {
		if got := Wrap(tt.text, tt.w); strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("Wrap(%q, %d) = %q, want %q", tt.text, tt.w, got, tt.want)
		}
	}
}

// Whatever text is put, nothing outside the view changes, widths agree, and no control character gets through.
func FuzzPut(f *testing.F) {
	for _, s := range []string{"plain", "日本語", "e\u0301\u0301", "👨‍👩‍👧 x", "\x1b[31m", "\xff\xfe", "\u202e", "\u200d"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, text string, x int) {
		x %= 20
		g := New(12, 3)
		g.Fill(g.Bounds(), "#", Style{})
		v := g.Sub(Rect{2, 1, 8, 1})
		if end := v.Put(x, 0, text, Style{}); end != x+Width(text) {
			t.Errorf("column after = %d, width %d", end-x, Width(text))
		}
		lines := strings.Split(g.Plain(), "\n")
		if lines[0] != strings.Repeat("#", 12) || lines[2] != lines[0] ||
			!strings.HasPrefix(lines[1], "##") || !strings.HasSuffix(lines[1], "##") {
			t.Errorf("drew outside: %q", lines)
		}
		if strings.ContainsFunc(lines[1], func(r rune) bool { return r < ' ' || (r >= 0x7f && r < 0xa0) }) {
			t.Errorf("control character: %q", lines[1])
		}
	})
}

func BenchmarkFrame200x60(b *testing.B) {
	g := New(200, 60)
	styles := []Style{{}, {Fg: ansi.RGBColor{R: 200}}, {Fg: ansi.RGBColor{G: 200}, Attrs: uv.AttrBold}}
	for b.Loop() {
		g.Clear()
		for y := range 60 {
			for x := 0; x < 200; {
				x = g.Put(x, y, "installer: ", styles[(x+y)%3])
			}
		}
		_ = g.Render()
	}
}
