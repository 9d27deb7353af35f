package widget

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/tuitest"
)

func TestListKeepsTheChoiceInSight(t *testing.T) {
	var l List
	l.Resize(100)
	l.Fit(10)
	for _, tt := range []struct {
		key      string
		at, from int
	}{
		{"down", 1, 0},
		{"j", 2, 0},
		{"up", 1, 0},
		{"k", 0, 0},
		{"k", 0, 0},
		{"pgdown", 9, 0},
		{"pgdown", 18, 9},
		{"pgup", 9, 9},
		{"end", 99, 90},
		{"down", 99, 90},
		{"home", 0, 0},
		{"G", 99, 90},
		{"g", 0, 0},
	} {
		if !l.Key(tt.key) {
			t.Errorf("%s is no key of a list", tt.key)
		}
		if from, to := l.Fit(10); l.At != tt.at || from != tt.from || to != tt.from+10 {
			t.Errorf("after %s: row %d, in sight %d to %d; want %d, from %d", tt.key, l.At, from, to, tt.at, tt.from)
		}
	}
	for _, key := range []string{"x", "enter", "left", ""} {
		if l.Key(key) {
			t.Errorf("%q moved a list", key)
		}
	}
}

func TestListScrollsWithoutLosingTheChoice(t *testing.T) {
	var l List
	l.Resize(30)
	l.Fit(10)
	l.Select(5)
	l.Scroll(3)
	if from, _ := l.Fit(10); from != 3 || l.At != 5 {
		t.Errorf("from %d, row %d", from, l.At)
	}
	l.Scroll(6)
	if from, _ := l.Fit(10); from != 9 || l.At != 9 {
		t.Errorf("from %d, row %d: the choice goes along at the edge", from, l.At)
	}
	l.Scroll(1000)
	if from, to := l.Fit(10); from != 20 || to != 30 {
		t.Errorf("beyond the end: %d to %d", from, to)
	}
	l.Scroll(-1000)
	if from, _ := l.Fit(10); from != 0 || l.At != 9 {
		t.Errorf("beyond the beginning: from %d, row %d", from, l.At)
	}
	if !l.Click(4) || l.At != 4 || l.Click(-1) || l.Click(30) {
		t.Errorf("clicks: row %d", l.At)
	}
}

// Lists shrink, grow, have no room: whatever the order, what is drawn exists.
func TestListNeverPointsOutside(t *testing.T) {
	for _, sizes := range [][]int{{0}, {5, 0, 5}, {1, 100, 3}, {100, 1}} {
		for _, height := range []int{0, 1, 3, 50} {
			var l List
			for _, n := range sizes {
				l.Resize(n)
				for _, key := range []string{"end", "pgdown", "up", "home", "pgup", "down"} {
					l.Key(key)
					l.Scroll(3)
					from, to := l.Fit(height)
					if from < 0 || to > n || from > to || to-from > height || n > 0 && (l.At < 0 || l.At >= n) {
						t.Fatalf("%d rows, height %d, after %s: row %d, in sight %d to %d", n, height, key, l.At, from, to)
					}
				}
			}
		}
	}
}

func press(i *Input, keys ...string) {
	for _, k := range keys {
		i.Update(tuitest.Press(k))
	}
}

func TestInput(t *testing.T) {
	for _, tt := range []struct {
		name, start, want string
		keys              []string
	}{
		{"types", "ab", "abc", []string{"c"}},
		{"a blank", "a", "a b", []string{"space", "b"}},
		{"in the middle", "ad", "abcd", []string{"left", "b", "c"}},
		{"takes back", "abc", "ab", []string{"backspace"}},
		{"takes back nothing", "a", "a", []string{"home", "backspace"}},
		{"deletes", "abc", "bc", []string{"home", "delete"}},
		{"deletes nothing", "abc", "abc", []string{"delete"}},
		{"from the beginning", "bc", "abc", []string{"ctrl+a", "a"}},
		{"to the end", "ab", "abc", []string{"home", "right", "end", "c"}},
		{"empties", "abc def", "", []string{"ctrl+u"}},
		{"empties up to the cursor", "abc", "c", []string{"left", "ctrl+u"}},
		{"takes a word back", "abc def ", "abc ", []string{"ctrl+w"}},
		{"takes the only word back", "abc", "", []string{"ctrl+w"}},
		{"a whole grapheme", "e\u0301x", "x", []string{"left", "backspace"}},
		{"wide", "日本", "日x", []string{"backspace", "x"}},
		{"leaves keys alone that are not for it", "a", "a", []string{"f5", "ctrl+s", "tab", "up"}},
	} {
		var i Input
		i.Set(tt.start)
		press(&i, tt.keys...)
		if i.Text != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, i.Text, tt.want)
		}
	}
	var i Input
	if i.Update(tuitest.Press("f5")) || !i.Update(tuitest.Press("x")) {
		t.Error("a field says which keys it made use of")
	}
	i.Set("")
	i.Update(tea.PasteMsg{Content: "two\n  lines\tof text\n"})
	if i.Text != "two lines of text" {
		t.Errorf("pasted %q", i.Text)
	}
}

func TestInputShowsTheCursor(t *testing.T) {
	var i Input
	i.Set("0123456789")
	for _, tt := range []struct {
		keys []string
		at   int
		want string
	}{
		{nil, 5, "56789"}, // six columns: the cursor after the text
		{[]string{"home"}, 0, "012345"},
		{[]string{"right", "right"}, 2, "012345"},
		{[]string{"end"}, 5, "56789"},
		{[]string{"left", "left"}, 3, "56789"},
	} {
		press(&i, tt.keys...)
		g := cell.New(6, 1)
		if at := i.Draw(g, theme.Plain(), "hint"); at != tt.at || g.Plain() != tt.want {
			t.Errorf("after %v: cursor %d in %q, want %d in %q", tt.keys, at, g.Plain(), tt.at, tt.want)
		}
	}
	i.Set("")
	g := cell.New(6, 1)
	if at := i.Draw(g, theme.Plain(), "a long hint"); at != 0 || g.Plain() != "a lon…" {
		t.Errorf("empty: cursor %d in %q", at, g.Plain())
	}
}

func TestFrames(t *testing.T) {
	var b strings.Builder
	th := theme.Dark()
	for _, w := range []int{40, 24, 12, 3} {
		for _, focused := range []bool{true, false} {
			g := cell.New(w, 1)
			tabs := []Tab{{Title: "graph/main.graph", Active: true}, {Title: "Topology"}}
			Head(g, th, tabs, "zoom 2", focused)
			fmt.Fprintf(&b, "head of %d, focused %v:\n%s\n", w, focused, g.Plain())
		}
	}
	for _, size := range [][2]int{{30, 5}, {10, 3}, {2, 2}, {0, 0}} {
		g := cell.New(size[0], size[1])
		in := Box(g, th, "Apply the difference?")
		in.Put(0, 0, "inside", th.Style(theme.Text))
		fmt.Fprintf(&b, "box of %dx%d:\n%s\n", size[0], size[1], g.Plain())
	}
	for _, size := range [][2]int{{60, 8}, {20, 8}, {6, 2}} {
		g := cell.New(size[0], size[1])
		Empty(g, th, "Nothing has run yet.", "F5 runs the simulation.")
		fmt.Fprintf(&b, "empty %dx%d:\n%s\n", size[0], size[1], g.Plain())
	}
	golden.Equal(t, "frames.txt", []byte(b.String()))
}

func TestScrollBar(t *testing.T) {
	bar := func(n, top, height int) string {
		l := List{Top: top}
		l.Resize(n)
		g := cell.New(1, height)
		l.Bar(g, theme.ASCII())
		return strings.ReplaceAll(g.Plain(), "\n", "")
	}
	for _, tt := range []struct {
		n, top, height int
		want           string
	}{
		{5, 0, 5, ""}, {10, 0, 5, "##:::"}, {10, 5, 5, ":::##"}, {1000, 0, 5, "#::::"}, {1000, 995, 5, "::::#"}, {1000, 500, 5, "::#::"}, {9, 0, 1, ""},
	} {
		if got := bar(tt.n, tt.top, tt.height); got != tt.want {
			t.Errorf("%d rows from %d in %d: %q, want %q", tt.n, tt.top, tt.height, got, tt.want)
		}
	}
}

// A chosen row keeps the colours of its text.
func TestRow(t *testing.T) {
	th := theme.Dark()
	g := cell.New(5, 2)
	g.Put(0, 0, "ab", th.Style(theme.Severe))
	Row(g, 0, th, true)
	if _, s := g.At(0, 0); s.Fg != th.Style(theme.Severe).Fg || s.Bg != th.Style(theme.Selection).Bg {
		t.Errorf("the row looks %s", cell.Describe(s))
	}
	if _, s := g.At(4, 0); s.Bg != th.Style(theme.Selection).Bg {
		t.Error("the row does not reach the edge")
	}
	if _, s := g.At(0, 1); s.Bg != nil {
		t.Error("the next row is chosen as well")
	}
	Row(g, 0, th, false)
	if _, s := g.At(0, 0); s.Bg != th.Style(theme.SelectionFaint).Bg {
		t.Error("a row without focus looks like one with focus")
	}
}
