package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// Budgets of engineering.md 1.3: 1,000 components and 900 instances in 10 ms, ten times that in 120 ms.
func BenchmarkLoadAndCheck(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprintf("%d+%d", n, n*9/10), func(b *testing.B) {
			fsys := newMemory(withRecipes(gen.Application(n, n*9/10)))
			b.ReportAllocs()
			for b.Loop() {
				if _, found := check.Dir(fsys, load.Options{}); diag.Has(found, diag.Severe) {
					b.Fatal(found[0])
				}
			}
		})
	}
}

// Budgets of engineering.md 1.3: a keystroke at 5,000 lines in 3 ms, at 100,000 lines in 10 ms.
func BenchmarkKeystroke(b *testing.B) {
	for _, lines := range []int{5000, 10000, 100000} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			const name = "graph/main.graph"
			text := gen.Graph(10)
			for n := 100; strings.Count(text, "\n") < lines; n = n * 5 / 4 {
				text = gen.Graph(n)
			}
			files := withRecipes(map[string]string{
				"descriptor/application.properties": "name = a\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n",
				name:                                text,
			})
			at := strings.Index(text[len(text)/2:], "path = /srv/") + len(text)/2 + len("path = /srv/")
			fsys := newMemory(files)
			versions := []*memory{fsys, fsys.with(name, text[:at]+"x"+text[at:])}
			prev, _ := check.Dir(fsys, load.Options{})
			b.ReportAllocs()
			for i := 1; b.Loop(); i++ {
				next := versions[i%2]
				r := load.Dir(next, load.Options{}, prev)
				if found := check.All(r, next); diag.Has(found, diag.Severe) {
					b.Fatal(found[0])
				}
				prev = r
			}
		})
	}
}
