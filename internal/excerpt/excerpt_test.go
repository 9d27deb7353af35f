package excerpt

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

const text = "# été\nApache {\n\timports: Tomcat.ipp, 日本.port;\n}\n"

// at places words of the text.
func at(t *testing.T, words string) (source.Place, source.Range) {
	t.Helper()
	start := strings.Index(text, words)
	if start < 0 {
		t.Fatalf("%q is not in the text", words)
	}
	span := source.Span{Start: start, End: start + len(words)}
	return source.Place{File: "graph/main.graph", Span: span}, source.NewLines(text).Range(span)
}

func problem(t *testing.T, words string) diag.Problem {
	p := diag.Problem{Code: "X_TRAILING_BLANKS", Details: []diag.Detail{{Kind: diag.KindVariable, Text: words}}}
	p.Place, p.Range = at(t, words)
	return p
}

func render(t *testing.T, p diag.Problem, o Options) string {
	t.Helper()
	o.File = func(name string) (string, *source.Lines) {
		if name != "graph/main.graph" {
			return "", nil
		}
		return text, source.NewLines(text)
	}
	var b strings.Builder
	if err := Write(&b, p, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// DIA-5, DIA-50: the line of the finding, the words underlined whatever stands before them, the fix, the other place.
func TestExcerpts(t *testing.T) {
	whole := problem(t, "Tomcat.ipp")
	whole.Fixes = []diag.Fix{{Title: diag.Say("change to Tomcat.ip")}}
	place, r := at(t, "Apache")
	whole.Related = []diag.Related{{Place: place, Range: r, Message: diag.Say("imported here")}, {Message: diag.Say("a word without place")}}

	lines := problem(t, "{\n\timports")
	end := problem(t, "}")
	end.Place.Span = source.Span{Start: len(text) + 1, End: len(text) + 1}
	end.Range = source.NewLines(text).Range(end.Place.Span)
	nowhere := diag.Problem{Code: "PROJ_NO_GRAPH_DIR"}
	unread := problem(t, "}")
	unread.Place.File = "graph/gone.graph"

	var b strings.Builder
	for _, p := range []diag.Problem{whole, problem(t, "日本.port"), problem(t, ";"), lines, end, nowhere, unread} {
		b.WriteString(render(t, p, Options{Dir: "samples/lamp"}))
		b.WriteByte('\n')
	}
	golden.Equal(t, "excerpts.txt", []byte(b.String()))
}

func TestColorsChangeNothingButColors(t *testing.T) {
	p := problem(t, "Tomcat.ipp")
	plain, colored := render(t, p, Options{}), render(t, p, Options{Color: true})
	if plain == colored {
		t.Error("no colour")
	}
	for {
		before, rest, found := strings.Cut(colored, "\x1b[")
		if !found {
			break
		}
		_, after, _ := strings.Cut(rest, "m")
		colored = before + after
	}
	if plain != colored {
		t.Errorf("without colours:\n%s\nwant\n%s", colored, plain)
	}
}

// A terminal must never get the control characters of a file.
func TestControlCharactersAreMarked(t *testing.T) {
	if shown, width := expand("a\x1b[31m\x07\tb", 0); strings.ContainsAny(shown, "\x1b\x07\t") || width != 9 {
		t.Errorf("got %q, %d cells", shown, width)
	}
}
