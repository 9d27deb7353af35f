package syntax

import (
	"slices"
	"testing"

	"github.com/roboconf/workbench/internal/gen"
)

// fixed applies the first fix of the first error; "" when it has none.
func fixed(text string) string {
	tree := Parse(text)
	errs := tree.Errors()
	if len(errs) == 0 {
		return ""
	}
	fixes := tree.Fixes(errs[0])
	if len(fixes) == 0 {
		return ""
	}
	for _, edit := range slices.Backward(fixes[0].Edits) {
		text = text[:edit.Place.Span.Start] + edit.With + text[edit.Place.Span.End:]
	}
	return text
}

func TestDIA51Fixes(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"semicolon of a property", "VM {\n\ta: b # c\n}\n", "VM {\n\ta: b; # c\n}\n"},
		{"semicolon of an import", "import a\n", "import a;\n"},
		{"bracket of a header", "VM # c\n\ta: b;\n}\n", "VM { # c\n\ta: b;\n}\n"},
		{"bracket on the next line", "VM\n\n{\n\ta: b;\n}\n", "VM {\n\n\ta: b;\n}\n"},
		{"both brackets", "VM\n\nA {\n}\n", "VM {\n}\n\nA {\n}\n"},
		{"text behind an opening bracket", "VM { a: b; # c\n}\n", "VM {\n\ta: b; # c\n}\n"},
		{"a block on one line", "\tVM { a: b; }\n", "\tVM {\n\t\ta: b;\n\t}\n"},
		{"an empty block on one line", "VM {}\n", "VM {\n}\n"},
		{"semicolon behind a closing bracket", "VM {\n};\n", "VM {\n}\n"},
		{"header behind a closing bracket", "VM {\n} facet x {\n}\n", "VM {\n}\nfacet x {\n}\n"},
		{"closing brackets at the end", "instance of A {\n\tinstance of B {", "instance of A {\n\tinstance of B {\n\t}\n}\n"},
		{"closing bracket before a header", "VM {\n\ta: b;\n\n# of A\nA {\n}\n", "VM {\n\ta: b;\n}\n\n# of A\nA {\n}\n"},
		{"what nobody can guess", "VM {\n\tfoo bar\n}\n", ""},
		{"an unknown line", "foo bar\n", ""},
		{"two imports on a line", "import a; import b; # c\n", "import a;\nimport b; # c\n"},
		{"two properties on a line", "VM {\r\n\ta: b; c: \"x;y\"; d: e;\r\n}\r\n", "VM {\r\n\ta: b;\r\n\tc: \"x;y\";\r\n\td: e;\r\n}\r\n"},
		{"a semicolon too much", "VM {\n\ta: b; ;\n}\n", "VM {\n\ta: b;\n}\n"},
		{"two constructs, one of them unknown", "import a; b\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := fixed(test.text); got != test.want {
				t.Errorf("got\n%q\nwant\n%q", got, test.want)
			}
		})
	}
}

func TestDIA52FixesMakeNothingWorse(t *testing.T) {
	for seed := range uint64(400) {
		text := gen.Mess(seed, 14)
		if after := fixed(text); after != "" && len(Parse(after).Errors()) >= len(Parse(text).Errors()) {
			t.Errorf("seed=%d: %q has %s, then %q has %s", seed, text, faults(text), after, faults(after))
		}
	}
}
