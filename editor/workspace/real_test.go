package workspace

import (
	"os"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/diag"
)

// lamp is a copy of a sample, open.
func lamp(t testing.TB) *Workspace {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../samples/lamp")); err != nil {
		t.Fatal(err)
	}
	w, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestSample opens a real application: a mistake typed is found in the snapshot of that very edit, then gone with it.
func TestSample(t *testing.T) {
	w := lamp(t)
	first := w.Snapshot()
	for _, p := range first.Problems {
		if p.Level() == diag.Severe {
			t.Errorf("%s:%d: %s", p.Place.File, p.Range.Start.Line, p.Message(diag.English))
		}
	}
	text := first.Result.Files[graph].Text
	i := strings.LastIndexByte(text, ';')
	broken := w.Edit(graph, text[:i]+text[i+1:])
	if len(broken.Problems) <= len(first.Problems) {
		t.Errorf("a missing semicolon is no problem: %d before, %d now", len(first.Problems), len(broken.Problems))
	}
	if mended := w.Edit(graph, text); len(mended.Problems) != len(first.Problems) || len(mended.Dirty) != 0 {
		t.Errorf("%d problems after mending, %d before", len(mended.Problems), len(first.Problems))
	}
}

// large writes a graph of about n lines.
func large(n int) string {
	var b strings.Builder
	b.WriteString("VM {\n\tinstaller: target;\n}\n")
	for i := range n / 5 {
		name := "C" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26))
		b.WriteString("# One of many.\n" + name + " {\n\tinstaller: script;\n\texports: ip, port = 80;\n}\n")
	}
	return b.String()
}

// benchmarkKey is a key until its findings: load, bind, check.
func benchmarkKey(b *testing.B, lines int) {
	w := lamp(b)
	text := large(lines)
	w.Edit(graph, text)
	at := strings.Index(text[len(text)/2:], "80;") + len(text)/2
	other := text[:at] + "8" + text[at:]
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if n%2 == 0 {
			w.Edit(graph, other)
		} else {
			w.Edit(graph, text)
		}
	}
}

func BenchmarkKeyToFindings5000Lines(b *testing.B)   { benchmarkKey(b, 5_000) }
func BenchmarkKeyToFindings10000Lines(b *testing.B)  { benchmarkKey(b, 10_000) }
func BenchmarkKeyToFindings100000Lines(b *testing.B) { benchmarkKey(b, 100_000) }

func BenchmarkRescan(b *testing.B) {
	w := lamp(b)
	for b.Loop() {
		if _, _, err := w.Rescan(); err != nil {
			b.Fatal(err)
		}
	}
}
