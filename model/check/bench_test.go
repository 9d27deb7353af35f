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

// Budgets of engineering.md 1.3: 1,000 components and 900 instances in 10 ms, ten times that in 120 ms; four sizes show the growth.
func BenchmarkLoadAndCheck(b *testing.B) {
	for _, n := range []int{1000, 3000, 10000, 30000} {
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

// Budgets of engineering.md 1.3: a keystroke at 5,000 lines in 3 ms, at 100,000 lines in 10 ms. Typed in a value, which nothing else
// depends on; in the name of an export, by which others are answered; in the name of a type, which stands in relations.
func BenchmarkKeystroke(b *testing.B) {
	for _, lines := range []int{5000, 10000, 100000} {
		for _, where := range []string{"value", "export", "import", "type"} {
			b.Run(fmt.Sprint(lines, "/", where), func(b *testing.B) { keystrokes(b, lines, where) })
		}
	}
}

func keystrokes(b *testing.B, lines int, where string) {
	const name = "graph/main.graph"
	text := gen.Graph(10)
	for n := 100; strings.Count(text, "\n") < lines; n = n * 5 / 4 {
		text = gen.Graph(n)
	}
	fsys := newMemory(withRecipes(map[string]string{
		"descriptor/application.properties": "name = a\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n",
		name:                                text,
	}))
	before := map[string]string{"value": "path = /srv/", "export": ", path", "import": ".ip", "type": "\nSoftware"}[where]
	at := strings.Index(text[len(text)/2:], before) + len(text)/2 + len(before)
	if where == "type" {
		at += strings.Index(text[at:], " {")
	}
	versions := []*memory{fsys, fsys.with(name, text[:at]+"x"+text[at:])}
	prev := load.Dir(fsys, load.Options{}, nil)
	o := check.Options{Memo: new(check.Memo)}
	check.With(prev, fsys, o)
	b.ReportAllocs()
	for i := 1; b.Loop(); i++ {
		next := versions[i%2]
		r := load.Dir(next, load.Options{}, prev)
		check.With(r, next, o)
		prev = r
	}
}
