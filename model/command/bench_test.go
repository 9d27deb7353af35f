package command

import (
	"fmt"
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

// BenchmarkHostile runs what once took time out of all proportion to its length: values that double, names without end, blanks
// without end, indexes that are all taken, paths that nobody knows.
func BenchmarkHostile(b *testing.B) {
	for name, src := range map[string]string{
		"doubling": "define a = x\n" + strings.Repeat("define a = $(a)$(a)\n", 1000),
		"open":     "define a = x\n" + strings.Repeat("$(", 20000) + "a)",
		"blanks":   "define a = " + strings.Repeat(" ", 40000) + "x",
		"indexes":  strings.Repeat("define a = h $(SMART_INDEX)\ncreate Host as $(a)\n", 1000),
		"unknown":  strings.Repeat("stop all /nowhere/to/be/found\n", 1000),
		"copies":   strings.Repeat("define a = h $(SMART_INDEX)\nreplicate /h 1 as $(a)\nstop all /$(a)\n", 300),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				Run(Parse("me", "me", src), shop())
			}
		})
	}
}

// BenchmarkBefore asks what the last line of a script of 1,000 instructions meets, in an application of 2,000 instances.
func BenchmarkBefore(b *testing.B) {
	c := shop()
	c.Instances = make(Instances)
	for n := range 1000 {
		c.Instances[fmt.Sprintf("/m %d", n)] = "Host"
		c.Instances[fmt.Sprintf("/m %d/base", n)] = "Base"
	}
	src := strings.Repeat("define n = m $(SMART_INDEX)\nreplicate /m 7 as $(n)\nstop all /$(n)\ndelete /$(n)\n", 250)
	f := Parse("me", "me", src)
	for b.Loop() {
		if s := Before(f, c, len(src)); len(s.Paths) != len(c.Instances) {
			b.Fatalf("%d paths", len(s.Paths))
		}
	}
}
