package protocol

import (
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/roboconf/workbench/model/source"
)

func TestAgree(t *testing.T) {
	for _, c := range []struct {
		offered []Encoding
		want    Encoding
	}{
		{nil, UTF16},
		{[]Encoding{"utf-7"}, UTF16},
		{[]Encoding{UTF16, UTF32}, UTF16},
		{[]Encoding{UTF32, UTF16}, UTF32},
		{[]Encoding{UTF16, UTF8}, UTF8},
	} {
		if got := Agree(c.offered); got != c.want {
			t.Errorf("%v: %s, want %s", c.offered, got, c.want)
		}
	}
}

// | marks the place, in a text with letters of one to four bytes.
func TestPositionCountsWhatWasAgreedOn(t *testing.T) {
	for _, c := range []struct {
		marked                   string
		line, utf8, utf16, utf32 uint32
	}{
		{"|", 0, 0, 0, 0},
		{"é|", 0, 2, 1, 1},
		{"€|", 0, 3, 1, 1},
		{"😀|", 0, 4, 2, 1},
		{"a\nb|", 1, 1, 1, 1},
		{"a\r\n|b", 1, 0, 0, 0},
		{"a\r|b", 1, 0, 0, 0},
		{"a\n|", 1, 0, 0, 0},
		{"\xff\xfe|", 0, 2, 2, 2},
	} {
		at := strings.Index(c.marked, "|")
		text := strings.Replace(c.marked, "|", "", 1)
		for e, column := range map[Encoding]uint32{UTF8: c.utf8, UTF16: c.utf16, UTF32: c.utf32} {
			tx := NewText(text, e)
			if got, want := tx.Position(at), (Position{c.line, column}); got != want {
				t.Errorf("%q in %s: %v, want %v", c.marked, e, got, want)
			}
			if got := tx.Offset(Position{c.line, column}); got != at {
				t.Errorf("%q in %s: %v is at %d, want %d", c.marked, e, Position{c.line, column}, got, at)
			}
		}
	}
}

func TestPositionsOutsideAreBroughtIn(t *testing.T) {
	for _, e := range []Encoding{UTF8, UTF16, UTF32} {
		tx := NewText("ab\r\ncé", e)
		for _, c := range []struct {
			p    Position
			want int
		}{
			{Position{0, 99}, 2},
			{Position{1, 99}, 7},
			{Position{9, 0}, 7},
			{Position{1 << 31, 1 << 31}, 7},
		} {
			if got := tx.Offset(c.p); got != c.want {
				t.Errorf("%s: %v is at %d, want %d", e, c.p, got, c.want)
			}
		}
		if got := tx.Position(99); got != tx.Position(7) {
			t.Errorf("%s: past the end is %v", e, got)
		}
		if got := tx.Position(3); got != (Position{0, 2}) {
			t.Errorf("%s: inside a line end is %v", e, got)
		}
	}
	if got := NewText("😀", UTF16).Offset(Position{0, 1}); got != 0 {
		t.Errorf("inside a pair is %d", got)
	}
	if got := NewText("é", UTF8).Offset(Position{0, 1}); got != 0 {
		t.Errorf("inside a character is %d", got)
	}
}

// Positions invert, at every boundary of a character that is not inside a line end.
func FuzzPositionsInvert(f *testing.F) {
	f.Add("VM {\r\n\tinstaller: target;\n}\r# é€😀\n")
	f.Add("\r\r\n\n\r")
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range []Encoding{UTF8, UTF16, UTF32} {
			tx := NewText(text, e)
			for at := 0; at <= len(text); {
				inside := at > 0 && at < len(text) && text[at-1] == '\r' && text[at] == '\n'
				if got := tx.Offset(tx.Position(at)); !inside && got != at {
					t.Fatalf("%q in %s: %d is %v, which is at %d", text, e, at, tx.Position(at), got)
				}
				_, size := utf8.DecodeRuneInString(text[at:])
				at += max(size, 1)
			}
		}
	})
}

// Whatever is replaced, the lines are those of the whole text read anew.
func FuzzReplaceEqualsWhole(f *testing.F) {
	f.Add("a\r\nb\rc\n", uint64(1))
	f.Add("", uint64(2))
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		chance := rand.New(rand.NewPCG(seed, 0))
		pieces := []string{"", "\n", "\r", "\r\n", "x", "é\n", "\n\n\n", "😀", "component {\r\n}\r\n"}
		tx, whole := NewText(text, UTF16), text
		for range 20 {
			start := chance.IntN(len(whole) + 1)
			end := start + chance.IntN(min(len(whole)-start, 9)+1)
			with := pieces[chance.IntN(len(pieces))]
			tx = tx.Replace(source.Span{Start: start, End: end}, with)
			whole = whole[:start] + with + whole[end:]
			want := NewText(whole, UTF16)
			if tx.String() != whole || !slices.Equal(tx.starts, want.starts) {
				t.Fatalf("%q: lines at %v, want %v (replay with seed %d)", whole, tx.starts, want.starts, seed)
			}
		}
	})
}

func TestURIsInvert(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths of Unix")
	}
	for _, path := range []string{"/", "/a/b c", "/é/%41#?", "/a+b", "/a:b"} {
		got, err := FileURI(path).Path()
		if err != nil || got != path {
			t.Errorf("%s is %s, which is %s %v", path, FileURI(path), got, err)
		}
	}
}

func TestURIsOfClients(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths of Unix")
	}
	for uri, want := range map[URI]string{
		"file:///a/b":          "/a/b",
		"file://localhost/a":   "/a",
		"file:///a%20b":        "/a b",
		"file:///a/../b/":      "/b",
		"file:///c%3A/Users/x": "C:/Users/x",
		"file:///C:/Users/x":   "C:/Users/x",
		"untitled:Untitled-1":  "",
		"file:relative":        "",
		"%":                    "",
		"":                     "",
	} {
		got, err := uri.Path()
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s is %q %v, want %q", uri, got, err, want)
		}
	}
	if got := FileURI(filepath.FromSlash("/x y/é")); got != "file:///x%20y/%C3%A9" {
		t.Error(got)
	}
}

func TestReplaceKeepsTheOlderText(t *testing.T) {
	old := NewText("a\nb\nc\n", UTF8)
	was := slices.Clone(old.starts)
	old.Replace(source.Span{Start: 2, End: 3}, "x\ny")
	if diff := cmp.Diff(was, old.starts); diff != "" || old.String() != "a\nb\nc\n" {
		t.Error(diff)
	}
}

func BenchmarkReplaceInLongText(b *testing.B) {
	tx := NewText(strings.Repeat("\tinstaller: script; # a line of an application\n", 100_000), UTF16)
	for b.Loop() {
		tx.Replace(source.Span{Start: 2_000_000, End: 2_000_000}, "x")
	}
}
