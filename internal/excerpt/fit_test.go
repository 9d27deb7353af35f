package excerpt

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"github.com/roboconf/workbench/model/diag"
)

// Of a line that is wider than the terminal the part around the words is shown, with the marks below them.
func TestWindows(t *testing.T) {
	const abc = "abcdefghijklmnopqrstuvwxyz0123456789"
	wide := strings.Repeat("日本", 20)
	for _, c := range []struct {
		name, line string
		start, end int
		want       string
		from, to   int
	}{
		{"it fits", "abc", 1, 2, "abc", 1, 2},
		{"the words are at the start", abc, 2, 5, "abcdefghijklmnopqrstuvwx…", 2, 5},
		{"in the middle", abc + abc, 30, 33, "…xyz0123456789abcdefghij…", 8, 11},
		{"at the end", abc, 33, 36, "…mnopqrstuvwxyz0123456789", 22, 25},
		{"after the end", abc, 36, 36, "…mnopqrstuvwxyz0123456789", 25, 25},
		{"longer than the room", abc, 0, 36, "abcdefghijklmnopqrstuvwx…", 0, 24},
		{"wide characters are not cut", wide, 40, 44, "… 本" + strings.Repeat("日本", 5) + "…", 8, 12},
	} {
		shown, from, to := window(c.line, c.start, c.end, 25)
		if got := uniseg.StringWidth(shown); got > 25 {
			t.Errorf("%s: %d columns", c.name, got)
		}
		if shown != c.want || from != c.from || to != c.to {
			t.Errorf("%s: %q %d %d, want %q %d %d", c.name, shown, from, to, c.want, c.from, c.to)
		}
	}
}

// Whatever the line, the marks stand below the same characters as in the whole line.
func FuzzWindow(f *testing.F) {
	f.Add("abcdefghijklmnopqrstuvwxyz0123456789", 30, 33, 25)
	f.Add(strings.Repeat("日本é", 20), 41, 44, 31)
	f.Fuzz(func(t *testing.T, line string, start, end, room int) {
		line, _ = expand(line, 0)
		width := uniseg.StringWidth(line)
		if start < 0 || end < start || start > width || end > width || room < minimum || room > 1000 {
			return
		}
		shown, from, to := window(line, start, end, room)
		if got := uniseg.StringWidth(shown); got > room {
			t.Fatalf("%q has %d columns, room is %d", shown, got, room)
		}
		if from < 0 || to < from || to > room {
			t.Fatalf("marks from %d to %d in %d columns", from, to, room)
		}
	})
}

// Sentences are broken between words; what is said is the same.
func TestWidth(t *testing.T) {
	p := problem(t, "Tomcat.ipp")
	for range maxFixes + 2 {
		p.Fixes = append(p.Fixes, diag.Fix{Title: diag.Say("change to Tomcat.ip")})
	}
	whole, narrow := render(t, p, Options{}), render(t, p, Options{Width: 40})
	for line := range strings.Lines(narrow) {
		if uniseg.StringWidth(strings.TrimSuffix(line, "\n")) > 40 {
			t.Errorf("too wide: %q", line)
		}
	}
	narrow = strings.Replace(narrow, "日本.p…", "日本.port;", 1) // the line of the text is cut, not broken
	if got, want := strings.Fields(narrow), strings.Fields(whole); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if !strings.Contains(whole, "… 2 more in an editor") {
		t.Errorf("the cures that are left out are not counted:\n%s", whole)
	}
	colored := render(t, p, Options{Width: 40, Color: true})
	if !strings.Contains(colored, "\x1b[1;36mhint X_TRAILING_BLANKS\x1b[m") || strings.Contains(colored, glue) {
		t.Errorf("level and code are coloured as one:\n%q", colored)
	}
}
