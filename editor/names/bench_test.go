package names_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/load"
)

// large is an application with so many components.
func large(components, instances int) ask.Ground {
	fsys := fstest.MapFS{}
	for name, text := range gen.Application(components, instances) {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}
}

// Looking at a name and finding its occurrences, in 10,000 components with 9,000 instances: at most 10 ms.
func BenchmarkAtAndUses(b *testing.B) {
	g := large(10_000, 9_000)
	const graph, instances = "graph/part25.graph", "instances/model.instances"
	for _, c := range []struct{ name, file, word string }{
		{"component", graph, "Software5003 {"},
		{"facet", graph, "OnMachine500 {"},
		{"variable", graph, "port = 6027"},
		{"wide variable", graph, "zone = \"north, 501"},
		{"instance", instances, "software 5003;"},
	} {
		at := strings.Index(g.Result.Files[c.file].Text, c.word)
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				u, ok := names.At(g, c.file, at)
				if !ok || len(names.Uses(g, u.Name)) == 0 {
					b.Fatal("there is no name")
				}
			}
		})
	}
}
