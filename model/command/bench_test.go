package command

import (
	"strings"
	"testing"
)

// BenchmarkRun checks a script of 1,000 instructions.
func BenchmarkRun(b *testing.B) {
	src := strings.Repeat("define n = h $(SMART_INDEX)\ncreate Host as $(n)\nstop all /$(n)\ndelete /$(n)\n", 250)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Run(Parse("me", "me", src), shop())
	}
}
