package refactor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// BenchmarkActions asks at a place in 10,000 components with 9,000 instances: on a mistake, on a sound header, in an instance.
func BenchmarkActions(b *testing.B) {
	files := folder(gen.Application(10_000, 9_000))
	part := "graph/part25.graph"
	files[part] = strings.Replace(files[part], "Software5002.port", "Software5020.prot", 1)
	g := ground(files, load.Options{})
	for _, c := range []struct{ name, file, at string }{
		{"mistake", part, "Software5020.prot"},
		{"header", part, "Software5007 {"},
		{"machine", part, "Machine503 {"},
		{"instance", "instances/model.instances", "name: machine 450;"},
	} {
		at := strings.Index(files[c.file], c.at)
		if at < 0 {
			b.Fatalf("%q is not in %s", c.at, c.file)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n = len(refactor.Actions(g, c.file, source.Span{Start: at, End: at}))
			}
			if n == 0 {
				b.Fatal("nothing is offered")
			}
		})
	}
}

// BenchmarkCure cures 5,000 findings at once: semicolons in one file, and a mixture over a project.
func BenchmarkCure(b *testing.B) {
	var one strings.Builder
	for i := range 2_500 {
		fmt.Fprintf(&one, "C%d {\n\tinstaller: target\n\texports: ip\n}\n\n", i)
	}
	files := folder(gen.Application(2_000, 1_800))
	for name, text := range files {
		if strings.HasPrefix(name, "graph/part") {
			text = strings.ReplaceAll(text, "installer: script;", "installer: script ;")
			files[name] = strings.ReplaceAll(text, ".port, ", ".prot, ")
		}
	}
	for _, c := range []struct {
		name  string
		files folder
	}{{"semicolons", messy(one.String(), "")}, {"mixture", files}} {
		b.Run(c.name, func(b *testing.B) {
			g := ground(c.files, load.Options{})
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n = len(refactor.Cure(g, "", "").Edits)
			}
			if n == 0 {
				b.Fatal("nothing was cured")
			}
			b.ReportMetric(float64(n), "edits")
			b.ReportMetric(float64(len(g.Problems)), "findings")
		})
	}
	b.Run("recipes", func(b *testing.B) {
		g := ground(folder(gen.Application(2_000, 1_800)), load.Options{})
		for b.Loop() {
			if len(refactor.Cure(g, diag.ProjNoResourceDirectory, "").Files) == 0 {
				b.Fatal("nothing was made")
			}
		}
	})
}
