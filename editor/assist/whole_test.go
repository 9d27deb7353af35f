package assist_test

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/samples"
)

// Every lens that shows references has some to show.
func TestLensesLeadToReferences(t *testing.T) {
	for _, s := range samples.All() {
		g := ask.Ground{Result: load.Dir(s.FS, load.Options{}, nil), FS: s.FS}
		for _, file := range g.Result.All {
			lang := assist.Of(file)
			if lang == nil {
				continue
			}
			for _, l := range lang.Lenses(g, file) {
				if l.Command == "roboconf.showReferences" && len(assist.References(g, file, l.At, true)) == 0 {
					t.Errorf("%s: %s leads nowhere", file, l.Title)
				}
			}
		}
	}
}

// What is told about a place covers the place, what is offered there takes the place of a text around it, in both languages alike
// (LSP 3.17 asks the same of the ranges of completions).
func TestAnswersStayAtTheirPlace(t *testing.T) {
	for _, s := range samples.All() {
		g := ask.Ground{Result: load.Dir(s.FS, load.Options{}, nil), FS: s.FS}
		french := g
		french.Language = diag.French
		for _, file := range g.Result.All {
			lang := assist.Of(file)
			if lang == nil {
				continue
			}
			text, _ := g.Text(file)
			for at := 0; at <= len(text); at += 2 {
				h, ok := lang.Hover(g, file, at)
				said, too := lang.Hover(french, file, at)
				if ok != too || h.Span != said.Span || ok && !h.Span.Contains(at) {
					t.Errorf("%s: at %d, hovers over %v, in French over %v", file, at, h.Span, said.Span)
				}
				if strings.Contains(said.Markdown, "`: ") {
					t.Errorf("%s: at %d, French has a blank before a colon: %s", file, at, said.Markdown)
				}
				if at%10 != 0 {
					continue
				}
				offered, proposed := lang.Complete(g, file, at), lang.Complete(french, file, at)
				if len(offered.Items) != len(proposed.Items) {
					t.Errorf("%s: at %d, %d items, in French %d", file, at, len(offered.Items), len(proposed.Items))
				}
				for _, i := range offered.Items {
					if !i.Replace.Contains(at) || strings.Contains(i.Replace.Of(text), "\n") {
						t.Errorf("%s: at %d, %s takes the place of %v", file, at, i.Label, i.Replace)
					}
				}
			}
		}
	}
}
