package graph_test

import (
	"regexp"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/source"
)

var manyCopies = regexp.MustCompile(`count[^;]*[0-9]{3}`)

// Any text, any offset: no panic, spans within the text, tokens in order.
func FuzzAsk(f *testing.F) {
	for _, text := range shop {
		for at := 0; at <= len(text); at += 40 {
			f.Add(text, at)
		}
	}
	for seed := range uint64(20) {
		f.Add(gen.Mess(seed, 30), int(seed)*17)
	}
	for _, text := range []string{"\uFEFF", "\uFEFFA {", "A {\r\n\tex\rports: a\r = 1;\r\n}", "instance of A {\n\tcount: 99999999999;\n\tname: \"a", "{", "A{}", "\r"} {
		f.Add(text, 1)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		if manyCopies.MatchString(text) {
			return // what a million copies cost is the loader's affair
		}
		for _, file := range []string{mainGraph, instances} {
			g := ground(map[string]string{mainGraph: shop[software], file: text, instances: text, "graph/lonely.graph": text})
			whole(t, g, file, text, at)
		}
	})
}

// whole asks everything about a place.
func whole(t *testing.T, g ask.Ground, file, text string, at int) {
	within := func(what string, s source.Span) {
		if s.Start < 0 || s.End > len(text) || s.Start > s.End {
			t.Fatalf("%s: %v is not in a text of %d", what, s, len(text))
		}
	}
	for _, i := range language.Complete(g, file, at).Items {
		within("item "+i.Label, i.Replace)
	}
	if h, ok := language.Hover(g, file, at); ok {
		within("hover", h.Span)
	}
	symbolsWithin(within, language.Outline(g, file))
	for _, f := range language.Folds(g, file) {
		within("fold", f.Span)
	}
	end := 0
	for _, c := range language.Colors(g, file) {
		within("colour", c.Span)
		if c.Span.Start < end {
			t.Fatalf("colour at %v before %d", c.Span, end)
		}
		end = c.Span.End
	}
	language.ColorsIn(g, file, source.Span{Start: at, End: at + 50})
	for _, h := range language.Hints(g, file, source.Span{Start: at, End: at + 100}) {
		within("hint", source.Span{Start: h.At, End: h.At})
	}
	for _, l := range language.Lenses(g, file) {
		within("lens", l.Span)
		within("lens", source.Span{Start: l.At, End: l.At})
	}
	for _, l := range language.Links(g, file) {
		within("link", l.Span)
	}
}

func symbolsWithin(within func(string, source.Span), list []ask.Symbol) {
	for _, s := range list {
		within("symbol "+s.Name, s.Whole)
		within("place of "+s.Name, s.Place)
		symbolsWithin(within, s.Children)
	}
}
