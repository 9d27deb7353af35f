package local

import (
	"fmt"
	"os/exec"
	"sync"
	"testing"

	"github.com/roboconf/workbench/runtime/target"
)

// engineering.md 5.2: machines created, running, destroyed; against as many plain processes, started then killed.
func BenchmarkMachines(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := newLab(b)
			b.ReportAllocs()
			for b.Loop() {
				each(n, func(i int) {
					s := l.spec(fmt.Sprintf("/vm%d", i), "")
					s.Properties[keyAgent], s.Properties[keyArgs], s.Properties[keySettle] = "sleep", "1000", "0"
					if _, err := target.Converge(b.Context(), l, s, target.Up, target.Options{}); err != nil {
						b.Error(err)
					}
				})
				each(n, func(i int) {
					s := l.spec(fmt.Sprintf("/vm%d", i), "")
					if _, err := target.Converge(b.Context(), l, s, target.Gone, target.Options{}); err != nil {
						b.Error(err)
					}
				})
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*n), "ms/machine")
		})
	}
}

func BenchmarkPlainProcesses(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				all := make([]*exec.Cmd, n)
				each(n, func(i int) {
					all[i] = exec.Command("sleep", "1000")
					if err := all[i].Start(); err != nil {
						b.Error(err)
					}
				})
				each(n, func(i int) {
					if err := all[i].Process.Kill(); err != nil {
						b.Error(err)
					}
					_ = all[i].Wait() // it was killed
				})
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*n), "ms/machine")
		})
	}
}

// each does n things, eight at a time.
func each(n int, do func(int)) {
	next := make(chan int)
	var all sync.WaitGroup
	for range min(n, 8) {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

func BenchmarkObserve(b *testing.B) {
	l := newLab(b)
	s := l.spec("/vm", "serve")
	l.up(s)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Observe(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}
