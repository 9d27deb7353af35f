package graph_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/source"
)

// large are the grounds that budgets speak of (engineering.md 1.3): a file of 100,000 lines, a project of 10,000 components with
// 9,000 instances.
func large(b *testing.B) map[string]struct {
	ground ask.Ground
	file   string
} {
	b.Helper()
	type place = struct {
		ground ask.Ground
		file   string
	}
	one := map[string]string{mainGraph: gen.Graph(13000)}
	return map[string]place{
		"100k-lines":     {ground(one), mainGraph},
		"10k-components": {ground(gen.Application(10000, 9000)), "graph/part20.graph"},
		"9k-instances":   {ground(gen.Application(10000, 9000)), instances},
	}
}

// spots are offsets all over a text, right behind some word.
func spots(text, behind string, n int) []int {
	var out []int
	for at := 0; len(out) < n; {
		next := strings.Index(text[at:], behind)
		if next < 0 {
			break
		}
		at += next + len(behind)
		out = append(out, at)
		at = min(len(text), at+len(text)/(2*n))
	}
	return out
}

func measure(b *testing.B, offsets []int, do func(at int)) {
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		do(offsets[i%len(offsets)])
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
}

// words after which something is completed or hovered, by the kind of place.
var words = map[string][]string{
	"graph":     {"imports: ", "imports: S", "exports: ", "extends: ", "facets: ", "installer: ", "children: ", "{\n\t", "}\n"},
	"instances": {"instance of ", "\tname: ", "{\n\t", "}\n"},
}

func BenchmarkComplete(b *testing.B) {
	for name, place := range large(b) {
		text, _ := place.ground.Text(place.file)
		for _, word := range words[place.file[strings.LastIndexByte(place.file, '.')+1:]] {
			offsets := spots(text, word, 20)
			if len(offsets) > 0 {
				b.Run(name+"/"+strings.TrimSpace(strings.ReplaceAll(word, "\n", "")), func(b *testing.B) {
					measure(b, offsets, func(at int) { language.Complete(place.ground, place.file, at) })
				})
			}
		}
	}
}

func BenchmarkHover(b *testing.B) {
	for name, place := range large(b) {
		text, _ := place.ground.Text(place.file)
		for _, word := range []string{"\nSoftw", "imports: Softw", "port", "facet On", "instance of M", "name: so", "\n\tp"} {
			if offsets := spots(text, word, 20); len(offsets) > 0 {
				b.Run(name+"/"+strings.TrimSpace(word), func(b *testing.B) {
					measure(b, offsets, func(at int) { language.Hover(place.ground, place.file, at) })
				})
			}
		}
	}
}

func BenchmarkParts(b *testing.B) {
	for name, place := range large(b) {
		text, _ := place.ground.Text(place.file)
		screen := source.Span{Start: len(text) / 2, End: min(len(text), len(text)/2+2000)}
		for what, do := range map[string]func(){
			"colors-screen": func() { language.ColorsIn(place.ground, place.file, screen) },
			"colors":        func() { language.Colors(place.ground, place.file) },
			"hints-screen":  func() { language.Hints(place.ground, place.file, screen) },
			"hints":         func() { language.Hints(place.ground, place.file, source.Span{End: len(text)}) },
			"outline":       func() { language.Outline(place.ground, place.file) },
			"folds":         func() { language.Folds(place.ground, place.file) },
			"lenses":        func() { language.Lenses(place.ground, place.file) },
		} {
			b.Run(name+"/"+what, func(b *testing.B) { measure(b, []int{0}, func(int) { do() }) })
		}
	}
}
