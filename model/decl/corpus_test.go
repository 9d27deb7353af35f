package decl_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/syntax"
)

const corpus = "../../../shared/corpus"

type corpusEntry struct {
	Path     string
	Kind     string
	Expected struct {
		Kind        string `json:"file_kind"`
		Also        string `json:"also_allowed"`
		Diagnostics []struct {
			Code    string
			Line    int
			File    string
			Details []string
		}
	}
}

func corpusEntries(t *testing.T) []corpusEntry {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(require.Corpus(t), "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Entries []corpusEntry }
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all.Entries, func(e corpusEntry) bool { return e.Kind != "graph" && e.Kind != "instances" })
}

// TestCorpusText compares the P_ and PM_ findings of every single file with those of the reference (DIA-60, DIA-61).
func TestCorpusText(t *testing.T) {
	for _, e := range corpusEntries(t) {
		t.Run(e.Path, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(corpus, e.Path))
			if err != nil {
				t.Fatal(err)
			}
			tree := syntax.Parse(string(b))
			if got := tree.Kind().String(); e.Expected.Kind != "" && !inError(tree) && got != e.Expected.Kind {
				t.Errorf("kind %s, want %s", got, e.Expected.Kind)
			}
			got := findings(tree)
			first := 1 << 30
			var want []string
			for _, d := range e.Expected.Diagnostics {
				if d.File != "" && d.File != filepath.Base(e.Path) || !ofText(d.Code) {
					continue
				}
				want = append(want, strings.TrimSpace(fmt.Sprint(d.Line, " ", d.Code, " ", strings.Join(d.Details, " "))))
				if strings.HasPrefix(d.Code, "P_") {
					first = min(first, d.Line)
				}
			}
			for _, w := range want {
				if !slices.Contains(got, w) {
					t.Errorf("missing %s", w)
				}
			}
			for _, g := range got {
				var line int
				fmt.Sscan(g, &line)
				if !slices.Contains(want, g) && !(e.Expected.Also == "later-lines-and-stages" && line >= first) {
					t.Errorf("extra %s", g)
				}
			}
		})
	}
}

func ofText(code string) bool { return strings.HasPrefix(code, "P_") || strings.HasPrefix(code, "PM_") }

// findings are the P_ and PM_ findings of a file as "line CODE KIND=detail".
func findings(tree *syntax.Tree) []string {
	var found []string
	for _, err := range tree.Errors() {
		found = append(found, fmt.Sprint(tree.Lines().Line(err.Span.Start), " ", err.Code))
	}
	for start, c := range tree.Chunks() {
		for _, p := range decl.Of(c, decl.Options{}).Problems {
			if ofText(string(p.Code)) {
				found = append(found, say(tree, start, p))
			}
		}
	}
	return found
}

func say(tree *syntax.Tree, start int, p diag.Problem) string {
	words := fmt.Sprint(tree.Lines().Line(start+p.Place.Span.Start), " ", p.Code)
	for _, d := range p.Details {
		words += fmt.Sprintf(" %s=%s", d.Kind, d.Text)
	}
	return words
}

// inError says whether the reference has no say on the kind of a file: it stopped reading, or called the rest unknown (DEV-7).
func inError(tree *syntax.Tree) bool {
	return slices.ContainsFunc(tree.Errors(), func(e syntax.Error) bool { return e.Code != diag.PInvalidFileType && e.Code != diag.PEmptyFile })
}
