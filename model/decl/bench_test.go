package decl_test

import (
	"testing"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/syntax"
)

func BenchmarkOf(b *testing.B) {
	text := gen.GraphOfSize(1 << 20)
	tree := syntax.Parse(text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range tree.Chunks() {
			decl.Of(c, decl.Options{})
		}
	}
}
