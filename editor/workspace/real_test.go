package workspace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/gen"
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

// large is a sound project whose graph is one file of about n lines.
func large(b *testing.B, n int) *Workspace {
	b.Helper()
	components := 10
	for strings.Count(gen.Graph(components), "\n") < n {
		components += 1 + components/4
	}
	w := write(b, gen.WithRecipes(map[string]string{
		"descriptor/application.properties": "name = a\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n",
		graph:                               gen.Graph(components),
	}))
	if s := w.Snapshot(); len(s.Problems) > 0 {
		b.Fatalf("%d problems, the first: %s", len(s.Problems), s.Problems[0])
	}
	return w
}

// write makes a folder with files and opens it.
func write(b *testing.B, files map[string]string) *Workspace {
	b.Helper()
	dir := b.TempDir()
	for name, text := range files {
		put(b, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	w, err := Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	return w
}

// benchmarkKey is a key until its findings: load, bind, check.
func benchmarkKey(b *testing.B, lines int) {
	w := large(b, lines)
	text := w.Snapshot().Result.Files[graph].Text
	at := strings.Index(text[len(text)/2:], "/srv/") + len(text)/2
	texts := []string{text[:at] + "8" + text[at:], text}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		w.Edit(graph, texts[n%2])
	}
}

func BenchmarkKeyToFindings5000Lines(b *testing.B)   { benchmarkKey(b, 5_000) }
func BenchmarkKeyToFindings10000Lines(b *testing.B)  { benchmarkKey(b, 10_000) }
func BenchmarkKeyToFindings100000Lines(b *testing.B) { benchmarkKey(b, 100_000) }

// BenchmarkKeyAmongFindings is a key in a file of 10,000 lines in which every type has a mistake: one name that all of them take
// wrong, or one of its own each. All findings say what may have been meant.
func BenchmarkKeyAmongFindings(b *testing.B) {
	for name, mistake := range map[string]func(n int) string{
		"one":  func(int) string { return "facets: OnMachin;" },
		"each": func(n int) string { return fmt.Sprintf("facets: OnMachina%d;", n) },
	} {
		b.Run(name, func(b *testing.B) {
			w := large(b, 10_000)
			parts := strings.Split(w.Snapshot().Result.Files[graph].Text, "installer: script;")
			var all strings.Builder
			all.WriteString(parts[0])
			for n, part := range parts[1:] {
				all.WriteString("installer: script;\n\t" + mistake(n) + part)
			}
			text := all.String()
			at := strings.Index(text[len(text)/2:], "/srv/") + len(text)/2
			texts := []string{text[:at] + "8" + text[at:], text}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				w.Edit(graph, texts[n%2])
			}
			b.ReportMetric(float64(len(w.Snapshot().Problems)), "findings")
		})
	}
}

// BenchmarkKeyInAName changes what a type is called: all relations of the graph are computed again.
func BenchmarkKeyInAName(b *testing.B) {
	for _, lines := range []int{5_000, 100_000} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			w := large(b, lines)
			text := w.Snapshot().Result.Files[graph].Text
			at := strings.Index(text[len(text)/2:], " {\n\tinstaller: script") + len(text)/2
			texts := []string{text[:at] + "8" + text[at:], text}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				w.Edit(graph, texts[n%2])
			}
		})
	}
}

func BenchmarkRescan(b *testing.B) {
	w := lamp(b)
	for b.Loop() {
		if _, _, err := w.Rescan(); err != nil {
			b.Fatal(err)
		}
	}
}
