package gen_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/syntax"
)

func TestApplicationHasWhatWasAskedFor(t *testing.T) {
	files := gen.Application(437, 111)
	components, instances := 0, 0
	for name, text := range files {
		if strings.HasPrefix(name, "descriptor/") {
			continue
		}
		tree := syntax.Parse(text)
		for _, err := range tree.Errors() {
			t.Errorf("%s: %s", name, err.Code)
		}
		for _, c := range tree.Chunks() {
			d := decl.Of(c, decl.Options{Strict: true})
			for _, p := range d.Problems {
				if p.Level() != diag.Hint {
					t.Errorf("%s: %s in %q", name, p.Code, c.Text())
				}
			}
			if d.Component != nil {
				components++
			}
			if d.Instance != nil {
				instances += 1 + len(d.Instance.Children)
			}
		}
	}
	if components != 437 || instances != 111 {
		t.Errorf("%d components, %d instances, want 437, 111", components, instances)
	}
	if !maps.Equal(files, gen.Application(437, 111)) {
		t.Error("twice the same question, two answers")
	}
}

func TestGraphOfSize(t *testing.T) {
	const want = 1 << 20
	if got := len(gen.GraphOfSize(want)); got < want*9/10 || got > want*11/10 {
		t.Errorf("%d bytes, want about %d", got, want)
	}
}

func TestMessIsRepeatable(t *testing.T) {
	first, again := gen.Mess(3, 40), gen.Mess(3, 40)
	if first != again || first == gen.Mess(4, 40) {
		t.Error("a mess depends on its seed, on nothing else")
	}
}
