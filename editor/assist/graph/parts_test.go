package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

func writeSymbols(b *strings.Builder, text, indent string, list []ask.Symbol) {
	for _, s := range list {
		fmt.Fprintf(b, "%s%s (%s) %q\n", indent, s.Name, s.Detail, s.Place.Of(text))
		writeSymbols(b, text, indent+"  ", s.Children)
	}
}

// issue 3.4: outlines hold types with their variables, instances as a tree.
func TestOutline(t *testing.T) {
	var b strings.Builder
	g := ground(shop)
	for _, file := range []string{mainGraph, software, instances} {
		fmt.Fprintf(&b, "=== %s\n", file)
		writeSymbols(&b, shop[file], "", language.Outline(g, file))
	}
	golden.Equal(t, "outline.txt", []byte(b.String()))
}

// Each hint stands in the text where it is shown, between brackets.
func TestHints(t *testing.T) {
	var b strings.Builder
	g := ground(shop)
	for _, file := range []string{mainGraph, software, instances} {
		text, at := shop[file], 0
		fmt.Fprintf(&b, "=== %s\n", file)
		for _, h := range language.Hints(g, file, source.Span{End: len(text)}) {
			fmt.Fprintf(&b, "%s[%s]", text[at:h.At], h.Text)
			at = h.At
		}
		b.WriteString(text[at:])
	}
	golden.Equal(t, "hints.txt", []byte(b.String()))
}

// issue 3.4: hints are those of the span alone.
func TestHintsOfAPart(t *testing.T) {
	g := ground(shop)
	text := shop[software]
	at := strings.Index(text, "BigSQL {")
	var got []string
	for _, h := range language.Hints(g, software, source.Span{Start: at, End: at + len("BigSQL {")}) {
		got = append(got, h.Text)
	}
	if fmt.Sprint(got) != "[installer: script]" {
		t.Errorf("got %q", got)
	}
}

func TestLenses(t *testing.T) {
	var b strings.Builder
	g := ground(shop)
	for _, file := range []string{mainGraph, software, instances} {
		fmt.Fprintf(&b, "=== %s\n", file)
		for _, l := range language.Lenses(g, file) {
			fmt.Fprintf(&b, "%q: %s (%s %s)\n", l.Span.Of(shop[file]), l.Title, l.Command, l.Arg)
		}
	}
	golden.Equal(t, "lenses.txt", []byte(b.String()))
}

// DSL-71: a location is relative to the folder of the language, whichever file imports it.
func TestLinks(t *testing.T) {
	g, _ := spliced(t, mainGraph, "import types/software.graph;", "import types/software.graph;\nimport  ./lonely.graph ; # why\nimport nowhere.graph;|")
	text, _ := g.Text(mainGraph)
	var got []string
	for _, l := range language.Links(g, mainGraph) {
		got = append(got, l.Span.Of(text)+" → "+l.Target)
	}
	want := "[types/software.graph → graph/types/software.graph ./lonely.graph → graph/lonely.graph]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFolds(t *testing.T) {
	text := `# One
# run of comments
import a.graph;

import b.graph;
# alone
A {
	# in a block
	# too
	installer: x;
}
B {
}
C { }
instance of A {
	name: a;
	instance of B {
		name: b;
	}
`
	files := map[string]string{mainGraph: text}
	var got []string
	for _, f := range language.Folds(ground(files), mainGraph) {
		part := f.Span.Of(text)
		first, _, _ := strings.Cut(part, "\n")
		last := part[strings.LastIndexByte(part, '\n')+1:]
		got = append(got, fmt.Sprintf("%d %s … %s", f.Kind, strings.TrimSpace(first), strings.TrimSpace(last)))
	}
	want := []string{
		"1 # One … # run of comments", "2 import a.graph; … import b.graph;", "0 A { … }", "1 # in a block … # too",
		"0 B { … }", "0 instance of A { … }", "0 instance of B { … }",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

var classes = map[syntax.Class]string{
	syntax.ClassComment: "comment", syntax.ClassKeyword: "keyword", syntax.ClassProperty: "property", syntax.ClassType: "type",
	syntax.ClassVariable: "variable", syntax.ClassValue: "value", syntax.ClassString: "string", syntax.ClassName: "name",
	syntax.ClassPunct: "", syntax.ClassBad: "bad",
}

func colours(text string, list []ask.Token) string {
	var out []string
	for _, c := range list {
		if c.Class == syntax.ClassPunct {
			continue
		}
		word := classes[c.Class] + ":" + c.Span.Of(text)
		if c.Declaration {
			word = "!" + word
		}
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

// dsl.md 2.4: words have their meaning where they stand; declarations are told apart from uses.
func TestColors(t *testing.T) {
	for text, want := range map[string]string{
		"facet import {\n}":           "keyword:facet !type:import",
		"FACET x {":                   "keyword:FACET !type:x",
		"facet {\n}":                  "keyword:facet",
		"A {\n\tfacets: facet, b;\n}": "!type:A property:facets type:facet type:b",
		"A {\n\texports: port = 1, B.x, random[port] q;\n\timports: C.d (optional), external E.f;\n}": "!type:A property:exports " +
			"!variable:port value:1 !variable:B.x keyword:random[port] !variable:q " +
			"property:imports type:C variable:d keyword:(optional) keyword:external type:E variable:f",
		"A {\n\texports: p = /a/$(ROBOCONF_INSTANCE_NAME)/b$(OTHER);\n}": "!type:A property:exports !variable:p value:/a/ keyword:$(ROBOCONF_INSTANCE_NAME) value:/b$(OTHER)",
		"instance of A {\n\tname: exports;\n\tport: 1;\n}":               "keyword:instance of type:A property:name !name:exports variable:port value:1",
		"import facet.graph; # why":                                      "keyword:import value:facet.graph comment:# why",
	} {
		got := colours(text, language.Colors(ground(map[string]string{mainGraph: text}), mainGraph))
		if got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// The colours of a part are those of the whole.
func TestColorsOfAPart(t *testing.T) {
	g := ground(shop)
	whole := language.Colors(g, software)
	for from := 0; from < len(shop[software]); from += 7 {
		in := source.Span{Start: from, End: from + 40}
		part := language.ColorsIn(g, software, in)
		all := map[ask.Token]bool{}
		for _, c := range whole {
			all[c] = true
		}
		for _, c := range part {
			if !all[c] {
				t.Fatalf("%v of %v is not among the whole", c, in)
			}
		}
	}
}

// dsl.md 12.2
func TestFormat(t *testing.T) {
	if got := language.Format("A{\ninstaller :  x ;\n}"); got != "A {\n\tinstaller: x;\n}\n" {
		t.Errorf("%q", got)
	}
}

// A file that is not there has no answers; nothing is ever asked in vain.
func TestNoFile(t *testing.T) {
	g := ground(shop)
	const file = "graph/none.graph"
	_, known := language.Hover(g, file, 3)
	all := len(language.Complete(g, file, 3).Items) + len(language.Outline(g, file)) + len(language.Folds(g, file)) + len(language.Colors(g, file)) +
		len(language.Hints(g, file, source.Span{End: 9})) + len(language.Lenses(g, file)) + len(language.Links(g, file))
	if known || all > 0 {
		t.Errorf("%v, %d answers", known, all)
	}
}
