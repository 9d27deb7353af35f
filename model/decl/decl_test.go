package decl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// problems gives the findings of a text as "line CODE «text concerned» (details)".
func problems(text string, o decl.Options) []string {
	tree := syntax.Parse(text)
	var found []string
	for start, c := range tree.Chunks() {
		for _, p := range decl.Of(c, o).Problems {
			span := p.Place.Span.Shift(start)
			words := fmt.Sprintf("%d %s «%s»", tree.Lines().Line(span.Start), p.Code, span.Of(text))
			for _, d := range p.Details {
				words += fmt.Sprintf(" %s=%s", d.Kind, d.Text)
			}
			found = append(found, words)
		}
	}
	return found
}

type finding struct{ name, text, want string }

func find(t *testing.T, o decl.Options, tests []finding) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(problems(test.text, o), "\n"); got != test.want {
				t.Errorf("%q has\n%s\nwant\n%s", test.text, got, test.want)
			}
		})
	}
}

// in puts lines into a component with the least that it needs.
func in(lines string) string { return "A {\n" + lines + "\n}\n" }

func inFacet(lines string) string { return "facet A {\n" + lines + "\n}\n" }

func inInstance(lines string) string { return "instance of A {\nname: a;\n" + lines + "\n}\n" }

func TestDIA22Headers(t *testing.T) {
	find(t, decl.Options{}, []finding{
		{"fine", in(""), ""},
		{"empty component", "{\n}\n", "1 PM_EMPTY_COMPONENT_NAME «{»"},
		{"empty facet", "facet {\n}\n", "1 PM_EMPTY_FACET_NAME «facet {»"},
		{"DSL-61 empty instance", "instance of {\nname: a;\n}\n", "1 PM_EMPTY_COMPONENT_NAME «instance of {»"},
		{"not an ID", "a b.c {\n}\n", "1 PM_INVALID_NAME «a b.c»"},
		{"DSL-10 a dot", "facet a.b {\n}\n", "1 PM_DOT_IS_NOT_ALLOWED «a.b»"},
		{"DSL-61 an instance with a dot", "instance of a.b {\nname: a;\n}\n", "1 PM_DOT_IS_NOT_ALLOWED «a.b»"},
		{"several brackets", "A {{{\n}\n", "1 X_EXTRA_BRACKET «{{»"},
		{"DSL-22 keywords as names", "facet{\n}\n", "1 X_SUSPICIOUS_NAME «facet»"},
		{"DSL-2 byte-order mark", "\uFEFFA {\n}\n", "1 X_BYTE_ORDER_MARK «\uFEFF»"},
		{"an import without location", "import ;\n", "1 PM_EMPTY_IMPORT_LOCATION «import ;»"},
		{
			"DEV-39 instances in types", in("instance of B {\n}") + inFacet(" instance of C { # c\n}"),
			"2 X_INSTANCE_IN_GRAPH_TYPE «instance of B {»\n6 X_INSTANCE_IN_GRAPH_TYPE «instance of C {»",
		},
	})
}

func TestPropertiesOfTypes(t *testing.T) {
	find(t, decl.Options{}, []finding{
		{"DSL-40 unknown", in("foo: ;"), "2 PM_PROPERTY_NOT_APPLIABLE «foo» NAME=foo"},
		{"DSL-40 in another case", in("Installer: x y!;"), "2 PM_PROPERTY_NOT_APPLIABLE «Installer» NAME=Installer"},
		{
			"DSL-40 not for facets", inFacet("imports: a;\nfacets: b;"),
			"2 PM_PROPERTY_NOT_APPLIABLE «imports» NAME=imports\n3 PM_PROPERTY_NOT_APPLIABLE «facets» NAME=facets",
		},
		{
			"DSL-41 repeated", in("installer: x;\ninstaller: y;\nextends: A;\nextends: A;"),
			"3 PM_DUPLICATE_PROPERTY «installer» NAME=installer\n5 PM_DUPLICATE_PROPERTY «extends» NAME=extends",
		},
		{"DSL-41 but not these", in("exports: a;\nexports: b;\nimports: A.b;\nimports: A.c;"), ""},
		{
			"DIA-21 repeated, then its value", in("installer: x;\ninstaller: ;\ninstaller: !;"),
			"3 PM_DUPLICATE_PROPERTY «installer» NAME=installer\n3 PM_EMPTY_PROPERTY_VALUE «installer: ;»\n" +
				"4 PM_DUPLICATE_PROPERTY «installer» NAME=installer\n4 PM_INVALID_INSTALLER_NAME «!» NAME=!",
		},
		{"DIA-21 repeated, then unknown", in("x: a;\nx: b;"), "2 PM_PROPERTY_NOT_APPLIABLE «x» NAME=x\n" +
			"3 PM_DUPLICATE_PROPERTY «x» NAME=x\n3 PM_PROPERTY_NOT_APPLIABLE «x» NAME=x"},
		{
			"DSL-42 empty", in("exports: ;\nimports:;\nchildren:  ;\nfacets: ;\nextends: ;\ninstaller: ;"),
			"2 PM_EMPTY_PROPERTY_VALUE «exports: ;»\n3 PM_EMPTY_PROPERTY_VALUE «imports:;»\n4 PM_EMPTY_PROPERTY_VALUE «children:  ;»\n" +
				"5 PM_EMPTY_PROPERTY_VALUE «facets: ;»\n6 PM_EMPTY_PROPERTY_VALUE «extends: ;»\n7 PM_EMPTY_PROPERTY_VALUE «installer: ;»",
		},
		{"DEV-3 words before", in("foo bar installer: x;"), "2 X_TEXT_BEFORE_PROPERTY «foo bar»"},
		{"DSL-16 # in quotes", in(`exports: a = "b # c";`), "2 X_HASH_IN_QUOTES «#»"},
		{"DSL-18 quotes", in(`installer: "target";`), `2 PM_INVALID_INSTALLER_NAME «"target"» NAME="target"`},
		{"5.2 right blanks", in("installer: target ;"), "2 X_TRAILING_BLANKS « »"},
		{"5.3 one super component", in("extends: A, B;"), "2 X_SINGLE_INHERITANCE «A, B»"},
		{"5.3 its name", in("extends: A B ;"), "2 X_TRAILING_BLANKS « »\n2 PM_INVALID_NAME «A B» NAME=A B"},
	})
}

func TestLists(t *testing.T) {
	find(t, decl.Options{}, []finding{
		{"DSL-45 tolerated commas", in("children: A,B,,;"), "2 X_TRAILING_COMMA «,,»"},
		{"DSL-46 children", in("children: ,A, ;"), "2 PM_INVALID_CHILD_NAME «,» NAME=\n2 PM_INVALID_CHILD_NAME «,» NAME="},
		{"DSL-46 facets", in("facets: A,,B;"), "2 PM_EMPTY_REFERENCED_NAME «,»"},
		{"DSL-46 imports", in("imports: A.b,,C.d;"), "2 PM_EMPTY_VARIABLE_NAME «,»"},
		{"DSL-46 channels", inInstance("channels: a, , b;"), ""},
		{"DSL-47 children", in("children: a b, -c;"), "2 PM_INVALID_CHILD_NAME «a b» NAME=a b\n2 PM_INVALID_CHILD_NAME «-c» NAME=-c"},
		{"DSL-47 extends of a facet", inFacet("extends: a b, c;"), "2 PM_INVALID_NAME «a b» NAME=a b"},
		{"DSL-10 dots pass here", in("children: a.b;"), ""},
		{"DSL-48 twice", in("facets: A, B, A;"), "2 X_DUPLICATE_REFERENCE «A» NAME=A"},
		{"5.4 exports", in("exports: ,a, , b! = 3;"), "2 X_TRAILING_COMMA «,»\n2 PM_EMPTY_VARIABLE_NAME «,»\n2 PM_INVALID_EXPORTED_VAR_NAME «b!» VARIABLE=b!"},
		{"5.4 quotes", in(`exports: a = x"y", b = "z;`), `2 PM_INVALID_EXPORT_COMPLEX_VALUE «x» VARIABLE=a` + "\n" +
			`2 PM_INVALID_EXPORTED_VAR_NAME «y"» VARIABLE=y"` + "\n" + `2 PM_INVALID_EXPORT_COMPLEX_VALUE «"z» VARIABLE=b`},
		{"5.4 external", in("exports: external a;"), "2 PM_INVALID_EXPORTED_VAR_NAME «external a» VARIABLE=external a\n" +
			"2 PM_EXTERNAL_IS_KEYWORD_FOR_IMPORTS «external a» VARIABLE=external a"},
		{"5.5 imports", in("imports: external port (optional), *;"), "2 PM_INCOMPLETE_IMPORTED_VAR_NAME «port» VARIABLE=port\n" +
			"2 PM_INVALID_IMPORTED_VAR_NAME «*» VARIABLE=*"},
		{
			"DSL-43 twice", in("exports: a, b, a = 2;\nimports: A.b;\nimports: A.b (optional);"),
			"2 X_DUPLICATE_EXPORT «a» VARIABLE=a\n4 X_DUPLICATE_IMPORT «A.b» VARIABLE=A.b",
		},
		{
			"DSL-23 no override can reach it", in("exports: name, data.x;"),
			"2 X_UNOVERRIDABLE_VARIABLE «name» VARIABLE=name\n2 X_UNOVERRIDABLE_VARIABLE «data.x» VARIABLE=data.x",
		},
		{"DSL-3 spans with CR inside", in("children: a\rb\r, -\rc\r;\r"), "2 PM_INVALID_CHILD_NAME «-\rc» NAME=-c"},
	})
}

func TestInstanceProperties(t *testing.T) {
	find(t, decl.Options{}, []finding{
		{"no name", "instance of A {\n}\n", "1 PM_MISSING_INSTANCE_NAME «instance of A {»"},
		{"a name hidden on the header", "instance of A { name: a; }\n", ""},
		{"an invalid name", "instance of A {\nname: a/b;\n}\n", "1 PM_INVALID_INSTANCE_NAME «instance of A {»"},
		{"an empty name", "instance of A {\nname: ;\n}\n", "2 PM_EMPTY_PROPERTY_VALUE «name: ;»\n1 PM_INVALID_INSTANCE_NAME «instance of A {»"},
		{"a name in quotes", "instance of A {\nname: \"a\";\n}\n", "1 PM_INVALID_INSTANCE_NAME «instance of A {»"},
		{"DSL-11 a blank at the end", "instance of A {\nname: a  ;\n}\n", "2 X_NAME_TRAILING_BLANK «  »"},
		{"DSL-11 is what count needs", "instance of A {\nname: a ;\ncount: 2;\n}\n", ""},
		{
			"count", inInstance("count: 0;") + inInstance("count: x;") + inInstance("count: 99999999999;") + inInstance("count: ++2;") + inInstance("count: +;"),
			"3 PM_INVALID_INSTANCE_COUNT «0»\n7 PM_INVALID_INSTANCE_COUNT «x»\n11 PM_INVALID_INSTANCE_COUNT «99999999999»\n" +
				"15 PM_INVALID_INSTANCE_COUNT «++2»\n19 PM_INVALID_INSTANCE_COUNT «+»",
		},
		{"DEV-4 blanks after count", inInstance("count: +3 ;"), "3 X_TRAILING_BLANKS « »"},
		{"count of one", inInstance("count: 1;"), "3 PM_USELESS_INSTANCE_COUNT «1»"},
		{"state", inInstance("instance-state: Deployed_Started;") + inInstance("instance-state: running;"), "7 X_UNKNOWN_STATE «running» VALUE=running"},
		{
			"DSL-59 empty", inInstance("count: ;\nchannels: ;\ninstance-data: ;\ninstance-state: ;\nfoo: ;\ndata.x: ;"),
			"3 PM_EMPTY_PROPERTY_VALUE «count: ;»\n4 PM_EMPTY_PROPERTY_VALUE «channels: ;»\n5 PM_EMPTY_PROPERTY_VALUE «instance-data: ;»\n6 PM_EMPTY_PROPERTY_VALUE «instance-state: ;»",
		},
		{
			"DSL-60 repeated", inInstance("name: b;\na: 1;\na: 2;\ndata.x: 1;\nDATA.x: 2;\ndata.x: 3;\nExports: a;\nExports: b;"),
			"3 PM_DUPLICATE_PROPERTY «name» NAME=name\n5 PM_DUPLICATE_PROPERTY «a» NAME=a\n8 PM_DUPLICATE_PROPERTY «data.x» NAME=data.x",
		},
		{"children", "instance of A {\nname: a;\ninstance of {\n}\n}\n", "3 PM_EMPTY_COMPONENT_NAME «instance of {»\n3 PM_MISSING_INSTANCE_NAME «instance of {»"},
	})
}

func TestLegacySyntax(t *testing.T) {
	const (
		words = "instanceof A {\nname: a;\ninstance  of B {\nname: b;\n}\n}\n"
		types = "A {\nalias: the door;\nicon: a.png;\ninstaller: IaaS;\n}\nfacet B {\ninstaller: x;\nicon: b.png;\n}\n"
	)
	find(t, decl.Options{}, []finding{
		{"words", words, "1 X_LEGACY_SYNTAX «instanceof»\n3 X_INSTANCE_OF_SPACING «instance  of»"},
		{"types", types, "2 X_LEGACY_SYNTAX «alias»\n3 X_LEGACY_SYNTAX «icon»\n4 X_LEGACY_SYNTAX «IaaS»\n7 X_LEGACY_SYNTAX «installer»\n8 X_LEGACY_SYNTAX «icon»"},
	})
	find(t, decl.Options{Strict: true}, []finding{
		{"DSL-91 words", words, "1 PM_INVALID_NAME «instanceof A»\n3 P_INVALID_PROPERTY «instance  of B {»\n2 PM_PROPERTY_NOT_APPLIABLE «name» NAME=name"},
		{"DSL-91 inner words", "instance of A {\nname: a;\ninstanceof B {\n}\n}\n", "3 P_INVALID_PROPERTY_OR_INSTANCE «instanceof B {»"},
		{"DSL-91 types", types, "2 PM_PROPERTY_NOT_APPLIABLE «alias» NAME=alias\n3 PM_PROPERTY_NOT_APPLIABLE «icon» NAME=icon\n" +
			"7 PM_PROPERTY_NOT_APPLIABLE «installer» NAME=installer\n8 PM_PROPERTY_NOT_APPLIABLE «icon» NAME=icon"},
	})
}

// TestFixesCure applies each fix to the text it was made for: the finding goes, no severe one comes (DIA-52).
func TestFixesCure(t *testing.T) {
	for _, text := range []string{
		"\uFEFFA {\n}\n", "a.b {\n}\n", "A {{\n}\n", in("foo installer: x;"), in("installer: target ;"), in("children: A,,;"),
		in("exports: ,a;"), in("imports: A;"), in("imports: A., B;"), "instanceof A {\nname: a;\n}\n", "instance  of A {\nname: a;\n}\n",
		inInstance("count: 1;"), "instance of A {\nname: a ;\n}\n", "\tA {\n\talias: the door;\n\ticon: x; # y\n}\n", in("installer: iaas;"),
	} {
		tree := syntax.Parse(text)
		fixed := 0
		for start, c := range tree.Chunks() {
			for _, p := range decl.Of(c, decl.Options{}).Problems {
				for _, f := range p.Fixes {
					fixed++
					after := apply(text, start, f.Edits)
					for _, left := range problems(after, decl.Options{}) {
						if strings.Contains(left, string(p.Code)) && len(problems(after, decl.Options{})) >= len(problems(text, decl.Options{})) {
							t.Errorf("%q: %q leaves %s in %q", text, f.Title, left, after)
						}
					}
					if severe(after) > severe(text) {
						t.Errorf("%q: %q makes %q worse: %v", text, f.Title, after, problems(after, decl.Options{}))
					}
				}
			}
		}
		if fixed == 0 {
			t.Errorf("%q has no fix", text)
		}
	}
}

// apply makes edits, whose places are relative to a chunk, from the last one to the first.
func apply(text string, start int, edits []source.Edit) string {
	for i := len(edits) - 1; i >= 0; i-- {
		s := edits[i].Place.Span.Shift(start)
		text = text[:s.Start] + edits[i].With + text[s.End:]
	}
	return text
}

func severe(text string) int {
	tree := syntax.Parse(text)
	n := len(tree.Errors())
	for _, c := range tree.Chunks() {
		for _, p := range decl.Of(c, decl.Options{}).Problems {
			if p.Level() == diag.Severe {
				n++
			}
		}
	}
	return n
}
