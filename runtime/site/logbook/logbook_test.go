package logbook

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func piece(run, path, text string, offset int64) Piece {
	return Piece{Run: run, Offset: offset, Line: Line{Time: time.Unix(1, 0).UTC(), Path: path, Op: "start", Stream: "out", Text: text}}
}

func texts(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s:%s ", l.Path, l.Text)
	}
	return b.String()
}

func TestKeepAndRead(t *testing.T) { // PL-72
	file := filepath.Join(t.TempDir(), "log")
	b, err := Open(file, 0)
	if err != nil {
		t.Fatal(err)
	}
	lines, stop := b.Follow()
	b.Add(piece("1", "/a", "one\ntwo\n", 0))
	b.Add(piece("1", "/a", "one\ntwo\n", 0)) // twice
	b.Add(piece("1", "/a", "three", 8))
	b.Add(piece("2", "/a/b", "four", 0))
	b.Add(piece("2", "/ab", "five", 0))
	b.Close()
	b.Close()
	b.Add(piece("3", "/a", "late", 0))
	var followed []Line
	for l := range lines {
		followed = append(followed, l)
	}
	stop()
	want := "/a:one /a:two /a:three /a/b:four /ab:five "
	got, err := Read(file, "")
	if err != nil || texts(got) != want || texts(followed) != want {
		t.Errorf("%q, followed %q, %v", texts(got), texts(followed), err)
	}
	if got, _ := Read(file, "/a"); texts(got) != "/a:one /a:two /a:three /a/b:four " {
		t.Errorf("of /a: %q", texts(got))
	}
	if got, err := Read(file+"x", ""); got != nil || err != nil {
		t.Error(got, err)
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
	if _, open := <-must(b.Follow()); open {
		t.Error("a closed book tells")
	}
}

func must(c <-chan Line, _ func()) <-chan Line { return c }

func TestBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	b, err := Open(file, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 1000)
	for i := range 200 {
		b.Add(piece(fmt.Sprint(i), "/a", long, 0))
	}
	b.Close()
	var size int64
	for _, name := range []string{file, file + ".old"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	got, err := Read(file, "")
	if size > 25_000 || err != nil || len(got) < 9 {
		t.Errorf("%d bytes, %d lines, %v", size, len(got), err)
	}
}
