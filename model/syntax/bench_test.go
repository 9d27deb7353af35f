package syntax

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/source"
)

var sizes = []int{1 << 20, 10 << 20}

func BenchmarkParse(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dMB", size>>20), func(b *testing.B) {
			text := gen.GraphOfSize(size)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Parse(text)
			}
			b.ReportMetric(float64(heapOf(text))/float64(len(text)), "heap/source")
		})
	}
}

// heapOf is what a tree keeps alive, with its text and its line table.
func heapOf(text string) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tree := Parse(strings.Clone(text))
	tree.Lines()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(tree)
	return after.HeapAlloc - before.HeapAlloc
}

// BenchmarkReparse types one character in the middle of a file, and takes it back.
func BenchmarkReparse(b *testing.B) {
	for _, lines := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("%dlines", lines), func(b *testing.B) {
			text := ofLines(lines)
			at := len(text)/2 + strings.Index(text[len(text)/2:], "script;")
			tree, typed := Parse(text), text[:at]+"x"+text[at:]
			b.ReportAllocs()
			for b.Loop() {
				tree = tree.Reparse(typed)
				tree = tree.Reparse(text)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*b.N), "ns/key")
		})
	}
}

func ofLines(n int) string {
	text := gen.Graph(n / 6)
	for at, lines := 0, 0; ; lines++ {
		nl := strings.IndexByte(text[at:], '\n')
		if nl < 0 || lines == n {
			return text[:at]
		}
		at += nl + 1
	}
}

func BenchmarkFormat(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dMB", size>>20), func(b *testing.B) {
			text := gen.GraphOfSize(size)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Format(text)
			}
		})
	}
}

// BenchmarkTokens colours one screen in the middle of a large file.
func BenchmarkTokens(b *testing.B) {
	for _, lines := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("%dlines", lines), func(b *testing.B) {
			tree := Parse(ofLines(lines))
			table := tree.Lines()
			window := source.Span{Start: table.Start(lines / 2), End: table.Start(lines/2 + 60)}
			b.ReportAllocs()
			for b.Loop() {
				for range tree.Tokens(window) {
				}
			}
		})
	}
}
