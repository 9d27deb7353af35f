package syntax

import (
	"os"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
)

// TestCanonicalLayout is dsl.md 12.2 on two whole files; canonical.* are the style guide.
func TestCanonicalLayout(t *testing.T) {
	for _, ext := range []string{".graph", ".instances"} {
		crooked, err := os.ReadFile("testdata/crooked" + ext)
		if err != nil {
			t.Fatal(err)
		}
		made := Format(string(crooked))
		golden.Equal(t, "canonical"+ext, []byte(made))
		if Format(made) != made {
			t.Errorf("canonical%s is not what the formatter makes of itself", ext)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"blanks alone", "\n \n", ""},
		{"no line end", "VM {\n}", "VM {\n}\n"},
		{"line ends as found", "VM {\r\na:b;\r\n}\r\n", "VM {\r\n\ta: b;\r\n}\r\n"},
		{"a byte-order mark goes", "\uFEFFVM {\n}\n", "VM {\n}\n"},
		{"DSL-22 a keyword glued to its bracket", "facet{\n}\nimport{\n}\nInstance Of{\n}\n", "facet{\n}\n\nimport{\n}\n\nInstance Of{\n}\n"},
		{"DSL-92 legacy words", "instanceof A {\ninstanceof B {\nname: b;\n}\n}\n", "instance of A {\n\tinstance of B {\n\t\tname: b;\n\t}\n}\n"},
		{"DSL-92 the legacy installer", "A {\ninstaller: IaaS;\n}\n", "A {\n\tinstaller: target;\n}\n"},
		{"DSL-103 random marks, quoted empty values", "A {\nexports:RANDOM[port]p,q=\"\";\n}\n", "A {\n\texports: random[port] p, q = \"\";\n}\n"},
		{"DSL-63 right blanks", "instance of A {\nname:a ;\nb:c ;\ndata.d:e ;\n}\n", "instance of A {\n\tname: a ;\n\tb: c ;\n\tdata.d: e ;\n}\n"},
		{"lists with faults", "A {\nchildren:B,,C ;\nimports:x,A.b;\n}\n", "A {\n\tchildren: B,,C ;\n\timports: x,A.b;\n}\n"},
		{"words before a property", "A {\nfoo  installer:b;\n}\n", "A {\n\tfoo installer: b;\n}\n"},
		{"data in two spellings", "instance of A {\nname: a;\nDATA.k:1;\ndata.k:2;\n}\n", "instance of A {\n\tname: a;\n\tDATA.k: 1;\n\tdata.k: 2;\n}\n"},
		{"a bad line keeps its bytes", "A {\n  foo bar \nb:c;\n}\n", "A {\n  foo bar \n\tb: c;\n}\n"},
		{"so does a line without semicolon", "A {\n  b:c\nd:e;\n}\n", "A {\n  b:c\n\td: e;\n}\n"},
		{"and an unknown one", "A {\nb:c;\n}\n } \nB {\n}\n", "A {\n\tb: c;\n}\n } \n\nB {\n}\n"},
		{"brackets in doubt", "A {\n b:c;\nB {\n c:d;\n}\nE {\n f:g;\n}\n", "A {\n b:c;\nB {\n c:d;\n}\n\nE {\n\tf: g;\n}\n"},
		{"nothing moves in a file with an error", "A {\n}\nimport x ;\nimport y\n", "A {\n}\n\nimport x;\nimport y\n"},
		{"a comment after a block is of the next one", "A {\n}\n# b\nB {\n}\n", "A {\n}\n\n# b\nB {\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Format(test.text); got != test.want {
				t.Errorf("got\n%q\nwant\n%q", got, test.want)
			}
		})
	}
}

func TestDSL104WithoutComments(t *testing.T) {
	const text = "# a\nVM { # b\n\t# c\n\texports: d = \"# e\"; # f\n\n} # g\nimport x;# h"
	const want = "VM {\n\texports: d = \"# e\";\n\n}\nimport x;"
	if got := WithoutComments(text); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTokens(t *testing.T) {
	const text = "facet A { # b\n\tx exports: random[port] p, q = \"r s\", t! = 3;\n} z\nimport u;\n"
	const want = `keyword:facet type:A punct:{ comment:# b
bad:x property:exports punct:: keyword:random[port] variable:p punct:, variable:q punct:= string:"r s" punct:, bad:t! plain:= 3 punct:;
punct:} bad:z
keyword:import value:u punct:;`
	if got := painted(text); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	const instances = "instance of VM {\n\tname: a b;\n\tcount: 3;\n\tport: 80;\n\tos: \"x\";\n\tdata.k: v;\n}\n"
	const painting = `keyword:instance of type:VM punct:{
property:name punct:: name:a b punct:;
property:count punct:: value:3 punct:;
variable:port punct:: value:80 punct:;
variable:os punct:: string:"x" punct:;
property:data.k punct:: value:v punct:;
punct:}`
	if got := painted(instances); got != painting {
		t.Errorf("got\n%s\nwant\n%s", got, painting)
	}
	const imports = "A {\n\timports: external B.c (optional), D.*, e;\n}\n"
	const entries = "keyword:external type:B punct:. variable:c keyword:(optional) punct:, type:D punct:. variable:* punct:, bad:e punct:;"
	if got := painted(imports); !strings.Contains(got, entries) {
		t.Errorf("got\n%s\nwant in it\n%s", got, entries)
	}
}

// painted shows the tokens of a text, line by line.
func painted(text string) string {
	names := [...]string{"plain", "comment", "keyword", "property", "type", "variable", "value", "string", "name", "punct", "bad"}
	tree := Parse(text)
	var lines []string
	for line := range strings.Count(text, "\n") {
		var words []string
		for tok := range tree.Tokens(tree.Lines().Span(line + 1)) {
			words = append(words, names[tok.Class]+":"+tok.Span.Of(text))
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return strings.Join(lines, "\n")
}
