package syntax

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// outline says what a text was taken for: one word per node, blocks in brackets.
func outline(text string) string {
	var words []string
	for _, c := range Parse(text).Chunks() {
		for n := range c.Nodes() {
			words = append(words, outlineOf(n))
		}
	}
	return strings.Join(words, " ")
}

func outlineOf(n Node) string {
	text := n.chunk.text
	name := Clean(n.Name().Of(text))
	switch n.Kind() {
	case Blank:
		return "_"
	case Comment:
		return "#"
	case Bad:
		return "bad"
	case Import:
		return "import:" + name
	case Property:
		return fmt.Sprintf("%s=%q", name, Clean(n.Value().Of(text)))
	}
	words := []string{n.Kind().String() + ":" + name + "{"}
	for child := range n.Children() {
		words = append(words, outlineOf(child))
	}
	if n.Close().Len() > 0 {
		words = append(words, "}")
	}
	return strings.Join(words, " ")
}

// faults gives the errors of a text as "line CODE", without the P_ of the code.
func faults(text string) string {
	tree := Parse(text)
	var found []string
	for _, e := range tree.Errors() {
		found = append(found, fmt.Sprintf("%d %s", tree.Lines().Line(e.Span.Start), strings.TrimPrefix(string(e.Code), "P_")))
	}
	return strings.Join(found, ", ")
}

type reading struct{ name, text, outline, faults string }

func read(t *testing.T, tests []reading) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := outline(test.text); got != test.outline {
				t.Errorf("%q\nis   %s\nwant %s", test.text, got, test.outline)
			}
			if got := faults(test.text); got != test.faults {
				t.Errorf("%q\nhas  %s\nwant %s", test.text, got, test.faults)
			}
		})
	}
}

func TestDSL2ByteOrderMark(t *testing.T) {
	read(t, []reading{
		{"skipped in front", "\uFEFFVM {\n}\n", "component:VM{ }", ""},
		{"before a comment", "\uFEFF# a\nVM {\n}\n", "# component:VM{ }", ""},
		{"alone", "\uFEFF", "_", "1 EMPTY_FILE"},
		{"only in front", "VM {\n}\n\uFEFFfacet x {\n}\n", "component:VM{ } component:\uFEFFfacet x{ }", ""},
	})
	tree := Parse("\uFEFFVM {\n}\nA {\n}\n")
	var marks []int
	for _, c := range tree.Chunks() {
		marks = append(marks, c.ByteOrderMark().Len())
	}
	if !slices.Equal(marks, []int{3, 0}) {
		t.Errorf("marks of %v bytes", marks)
	}
}

func TestDSL3CarriageReturns(t *testing.T) {
	read(t, []reading{
		{"CRLF", "VM {\r\n\tinstaller: target;\r\n}\r\n", `component:VM{ installer="target" }`, ""},
		{"inside words", "inst\rance o\rf V\rM {\r\n\tna\rme: a\rb\r;\r # x\r\n}\r", `instance:VM{ name="ab" }`, ""},
		{"alone, they end no line", "VM {\rinstaller: target;\r}\r", "component:VM{", "1 O_C_BRACKET_EXTRA_CHARACTERS"},
	})
}

func TestDSL4EndOfFileInABlock(t *testing.T) {
	read(t, []reading{
		{"line end", "VM {\n", "component:VM{", "2 C_C_BRACKET_MISSING"},
		{"no line end", "VM {", "component:VM{", "2 C_C_BRACKET_MISSING"},
		{"text in the last line", "VM {\n\n\ta: b;", `component:VM{ _ a="b"`, "4 C_C_BRACKET_MISSING"},
		{"blanks in the last line", "VM {\n\t", "component:VM{ _", "3 C_C_BRACKET_MISSING"},
		{"once, for the innermost", "instance of A {\ninstance of B {\n", "instance:A{ instance:B{", "3 C_C_BRACKET_MISSING"},
	})
}

func TestDSL5Blanks(t *testing.T) {
	read(t, []reading{
		{"all up to U+0020 are trimmed", "\x01 VM \x1f{ \x00\n\v}\f\n", "component:VM{ }", ""},
		{"a no-break space is a character", "\u00a0\n", "bad", "1 UNRECOGNIZED_BLOCK"},
		{"any blank follows a keyword", "facet\tx {\n}\nimport\fy;\n", "facet:x{ } import:y", ""},
		{"other controls do not", "facet\x01x {\n}\n", "component:facet\x01x{ }", ""},
	})
}

func TestKindsOfFiles(t *testing.T) {
	for text, want := range map[string]FileKind{
		"instance of VM {\n}\n":                  InstancesFile,
		"import a;\ninstance of VM {\n}\n":       InstancesFile,
		"instance of VM {\n}\nVM {\n}\n":         Undetermined,
		"instance of VM {\n}\nfacet x {\n}\n":    Undetermined,
		"facet x {\n}\n":                         GraphFile,
		"import a;\nVM {\n}\n":                   GraphFile,
		"VM {\n}\nfoo bar\n":                     GraphFile,
		"VM {\ninstance of x {\n}\n}\n":          GraphFile,
		"import a;\n# b\n\n":                     Aggregator,
		"":                                       Empty,
		"\n# nothing\n":                          Empty,
		"foo bar\n":                              Undetermined,
		"instance of VM {\n}\ninstanceof A {\n}": InstancesFile,
	} {
		if got := Parse(text).Kind(); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"":                                 "1 EMPTY_FILE",
		"\n# nothing\n":                    "1 EMPTY_FILE",
		"\ninstance of VM {\n}\nVM {\n}\n": "1 INVALID_FILE_TYPE",
		"foo bar\n":                        "1 UNRECOGNIZED_BLOCK",
		"instance of VM {\n}\nfoo bar\nVM {\n}\n":   "1 INVALID_FILE_TYPE, 3 UNRECOGNIZED_BLOCK",
		"instance of VM {\n} x\nVM {\n}\n":          "2 C_C_BRACKET_EXTRA_CHARACTERS",
		"instance of VM {\n}\nVM { x }\nA {\n}\n":   "3 O_C_BRACKET_EXTRA_CHARACTERS",
		"A {\n}\ninstance of VM {\nfoo bar\n}\n\n ": "4 INVALID_PROPERTY_OR_INSTANCE",
	} {
		if got := faults(text); got != want {
			t.Errorf("%q has %s, want %s (DEV-7)", text, got, want)
		}
	}
}
