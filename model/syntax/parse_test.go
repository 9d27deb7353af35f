package syntax

import "testing"

func TestDSL7OneConstructPerLine(t *testing.T) {
	read(t, []reading{
		{"two imports", "import a; import b;\n", "import:a", "1 ONE_BLOCK_PER_LINE"},
		{"two properties", "VM {\na: b; c: d;\n}\n", `component:VM{ a="b; c: d" }`, "2 ONE_BLOCK_PER_LINE"},
		{"two semicolons", "import a;;\n", "import:a", "1 ONE_BLOCK_PER_LINE"},
		{"no continuation", "VM {\na: b,\nc;\n}\n", `component:VM{ a="b," bad }`, "2 PROPERTY_ENDS_WITH_SEMI_COLON, 3 INVALID_PROPERTY"},
	})
}

func TestDSL13Comments(t *testing.T) {
	read(t, []reading{
		{"DSL-14 lines", "# a\n\t# b\nVM {\n  # c\n}\n", "# # component:VM{ # }", ""},
		{"DSL-15 at the end of constructs", "import a; # b\nVM { # c\na: b; # d\n} # e\n", `import:a component:VM{ a="b" }`, ""},
		{"a bracket in a comment closes nothing", "VM {\n#}\n}\n", "component:VM{ # }", ""},
		{"DSL-17 a comment hides the bracket", "VM # note {\n", "bad", "1 O_C_BRACKET_MISSING"},
		{"DSL-17 even in quotes", "VM \"#\" {\n", "bad", "1 UNRECOGNIZED_BLOCK"},
		{"before the colon", "VM {\na # b: c;\n}\n", "component:VM{ bad }", "2 INVALID_PROPERTY"},
		{"before the semicolon", "VM {\na: b # c;\n}\n", `component:VM{ a="b" }`, "2 PROPERTY_ENDS_WITH_SEMI_COLON"},
	})
}

func TestDSL16HashInQuotes(t *testing.T) {
	read(t, []reading{
		{"exports", "A {\nexports: a = \"x # y\", b = \"#\"; # z\n}\n", `component:A{ exports="a = \"x # y\", b = \"#\"" }`, ""},
		{"overrides", "instance of A {\na: \"x # y\"; # \"z\"\n}\n", `instance:A{ a="\"x # y\"" }`, ""},
		{"quotes that never close", "A {\nexports: a = \"x # y;\n}\n", `component:A{ exports="a = \"x" }`, "2 PROPERTY_ENDS_WITH_SEMI_COLON"},
		{"quotes in the comment", "A {\nexports: a = x; # \"y # z\"\n}\n", `component:A{ exports="a = x" }`, ""},
		{"DSL-18 other properties have no quotes", "A {\ninstaller: \"x#y\";\n}\n", `component:A{ installer="\"x" }`, "2 PROPERTY_ENDS_WITH_SEMI_COLON"},
		{"DSL-18 nor have names", "instance of A {\nname: \"x#y\";\n}\n", `instance:A{ name="\"x" }`, "2 PROPERTY_ENDS_WITH_SEMI_COLON"},
		{"an override quoted in part", "instance of A {\na: x \"b # c\";\n}\n", `instance:A{ a="x \"b" }`, "2 PROPERTY_ENDS_WITH_SEMI_COLON"},
		{"DSL-20 semicolons", "A {\nexports: a = \"x; y\", b = \"z;\";\n}\n", `component:A{ exports="a = \"x; y\", b = \"z;\"" }`, ""},
	})
}

func TestDSL20LetterCase(t *testing.T) {
	read(t, []reading{
		{"keywords", "IMPORT a;\nFacet b {\n}\nINSTANCE Of c {\n}\n", "import:a facet:b{ } instance:c{ }", "1 INVALID_FILE_TYPE"},
		{"names keep theirs", "vm {\nInstaller: x;\n}\n", `component:vm{ Installer="x" }`, ""},
	})
}

func TestDSL21InstanceOfSpacing(t *testing.T) {
	read(t, []reading{
		{"blanks", "instance  of VM {\n}\n\tinstance\tof\tVM {\n}\n", "instance:VM{ } instance:VM{ }", ""},
		{"legacy", "instanceof VM {\ninstanceof A {\n}\n}\n", "instance:VM{ instance:A{ } }", ""},
	})
}

func TestDSL22KeywordsNeedABlank(t *testing.T) {
	read(t, []reading{
		{"glued", "facet{\n}\nimport{\n}\ninstance of{\n}\n", "component:facet{ } component:import{ } component:instance of{ }", ""},
		{
			"longer words", "ImportingComponent {\n}\nFacetComponent {\n}\nInstanceOfComponent {\n}\n",
			"component:ImportingComponent{ } component:FacetComponent{ } component:InstanceOfComponent{ }", "",
		},
		{"end of the line", "facet\n", "bad", "1 O_C_BRACKET_MISSING"},
		{"end of the line, instance", "instance of\n", "bad", "1 O_C_BRACKET_MISSING"},
		{"an import alone", "import\n", "bad", "1 UNRECOGNIZED_BLOCK"},
	})
}

func TestImports(t *testing.T) {
	read(t, []reading{
		{"location", "import  a/b c.graph ;\n", "import:a/b c.graph", ""},
		{"no semicolon", "import a.graph # b\n", "import:a.graph", "1 IMPORT_ENDS_WITH_SEMI_COLON"},
		{"nothing", "import ;\n", "import:", ""},
		{"text after", "import a; b\n", "import:a", "1 ONE_BLOCK_PER_LINE"},
		{"DEV-1 first word only", "MyImport {\n}\nfoo import x.graph;\n", "component:MyImport{ } bad", "3 UNRECOGNIZED_BLOCK"},
		{"a bracket is a location", "import {\n", "import:{", "1 IMPORT_ENDS_WITH_SEMI_COLON"},
		{"DSL-70 never in a block", "VM {\nimport x;\n}\n", "component:VM{ bad }", "2 INVALID_PROPERTY"},
	})
}

func TestHeaders(t *testing.T) {
	read(t, []reading{
		{"no blank", "VM{\n}\n", "component:VM{ }", ""},
		{"no name", "{\n}\nfacet {\n}\n", "component:{ } facet:{ }", ""},
		{"several brackets", "VM {{\n}\n", "component:VM{ }", ""},
		{
			"text after", "VM { installer: x; }\nA {}\nB { }\n", "component:VM{ component:A{ component:B{",
			"1 O_C_BRACKET_EXTRA_CHARACTERS, 2 O_C_BRACKET_EXTRA_CHARACTERS, 3 O_C_BRACKET_EXTRA_CHARACTERS",
		},
		{"brackets apart", "VM { {\n}\n", "component:VM{ }", "1 O_C_BRACKET_EXTRA_CHARACTERS"},
		{"a lone name", "VM.x\n", "bad", "1 O_C_BRACKET_MISSING"},
		{"a keyword, a name", "facet x\ninstance of y\n", "bad bad", "1 O_C_BRACKET_MISSING, 2 O_C_BRACKET_MISSING"},
		{
			"no header", "foo bar\nfacet x y\n9\ninstaller: x;\n}\n", "bad bad bad bad bad",
			"1 UNRECOGNIZED_BLOCK, 2 UNRECOGNIZED_BLOCK, 3 UNRECOGNIZED_BLOCK, 4 UNRECOGNIZED_BLOCK, 5 UNRECOGNIZED_BLOCK",
		},
		{"names are not judged here", "a b {\n}\nfacet -x {\n}\n", "component:a b{ } facet:-x{ }", ""},
	})
}

func TestInsideBlocks(t *testing.T) {
	read(t, []reading{
		{"closing", "VM {\n};\nA {\n} facet x {\n", "component:VM{ } component:A{ }", "2 C_C_BRACKET_EXTRA_CHARACTERS, 4 C_C_BRACKET_EXTRA_CHARACTERS"},
		{"blanks, comments", "VM {\n\n # a\n}\n", "component:VM{ _ # }", ""},
		{"DEV-39 instances anywhere", "VM {\ninstance of A {\n}\n}\n", "component:VM{ instance:A{ } }", ""},
		{"properties", "VM {\na:b;\n\tc : d e ;\nf: g: h;\n}\n", `component:VM{ a="b" c="d e " f="g: h" }`, ""},
		{"both errors of a semicolon", "VM {\na: b ; c\n}\n", `component:VM{ a="b ; c" }`, "2 PROPERTY_ENDS_WITH_SEMI_COLON, 2 ONE_BLOCK_PER_LINE"},
		{"no value", "VM {\na:;\nb: ;\nc:\n}\n", `component:VM{ a="" b="" c="" }`, "4 PROPERTY_ENDS_WITH_SEMI_COLON"},
		{"DEV-3 words before", "VM {\nfoo bar a: b;\n}\n", `component:VM{ a="b" }`, ""},
		{"no name", "VM {\n: b;\n :;\n}\n", "component:VM{ bad bad }", "2 INVALID_PROPERTY, 3 INVALID_PROPERTY"},
		{"anything else", "VM {\n facet x {\n a = b;\n}\n", "component:VM{ bad bad }", "2 INVALID_PROPERTY, 3 INVALID_PROPERTY"},
		{"in an instance", "instance of VM {\n a = b;\n}\n", "instance:VM{ bad }", "2 INVALID_PROPERTY_OR_INSTANCE"},
		{"instance of, then a property", "instance of VM {\ninstance of name: x;\n}\n", `instance:VM{ name="x" }`, ""},
		{"DSL-62 any order", "instance of A {\nb: c;\ninstance of D {\n}\ne: f;\n}\n", `instance:A{ b="c" instance:D{ } e="f" }`, ""},
		{"DSL-11 the right end of a value", "instance of A {\nname:  vm ;\n}\n", `instance:A{ name="vm " }`, ""},
	})
}

func TestDSL31Recovery(t *testing.T) {
	read(t, []reading{
		{"1 a header at column 0 closes the block", "A {\na: b;\n\n# of B\nB {\n}\n", `component:A{ a="b" _ # component:B{ }`, "5 INVALID_PROPERTY"},
		{"1 a facet as well", "A {\nfacet B {\n}\n", "component:A{ facet:B{ }", "2 INVALID_PROPERTY"},
		{"1 from any depth", "instance of A {\ninstance of B {\n# c\n}\nVM {\n}\n", "instance:A{ instance:B{ # } component:VM{ }", "5 INVALID_PROPERTY_OR_INSTANCE"},
		{"1 an indented one is skipped", "A {\n B {\n}\n", "component:A{ bad }", "2 INVALID_PROPERTY"},
		{"1 an instance at column 0 is a child", "instance of A {\ninstance of B {\n}\n}\n", "instance:A{ instance:B{ } }", ""},
		{"1 other lines are skipped", "A {\nfoo bar\nimport x;\na: b;\n}\n", `component:A{ bad bad a="b" }`, "2 INVALID_PROPERTY, 3 INVALID_PROPERTY"},
		{"2 text after the bracket opens", "A { a: b;\nc: d;\n}\nB {\n}\n", `component:A{ c="d" } component:B{ }`, "1 O_C_BRACKET_EXTRA_CHARACTERS"},
		{"2 unless it closes too", "A { a: b; }\nB {\n}\n", "component:A{ component:B{ }", "1 O_C_BRACKET_EXTRA_CHARACTERS"},
		{"3 the bracket on the next line", "A\n{\na: b;\n}\n", `component:A{ bad a="b" }`, "1 O_C_BRACKET_MISSING"},
		{"3 or the one after", "A\n\n{\n}\n", "component:A{ _ bad }", "1 O_C_BRACKET_MISSING"},
		{"3 not later", "A\n\n\n{\n}\n", "bad _ _ component:{ }", "1 O_C_BRACKET_MISSING"},
		{"3 a property follows", "A\n\n\n\na: b;\n}\n", `component:A{ _ _ _ a="b" }`, "1 O_C_BRACKET_MISSING"},
		{"3 a closing bracket follows", "facet A\n}\nB {\n}\n", "facet:A{ } component:B{ }", "1 O_C_BRACKET_MISSING"},
		{"3 otherwise the header is skipped", "A\nB {\n}\n", "bad component:B{ }", "1 O_C_BRACKET_MISSING"},
		{"3 at the end", "A\n", "bad", "1 O_C_BRACKET_MISSING"},
		{"3 inside a block", "instance of A {\ninstance of B\nname: b;\n}\n}\n", `instance:A{ instance:B{ name="b" } }`, "2 O_C_BRACKET_MISSING"},
		{"4 text after the closing bracket", "A {\n} b: c;\nB {\n}\n", "component:A{ } component:B{ }", "2 C_C_BRACKET_EXTRA_CHARACTERS"},
		{"5 an unknown line", "foo bar\nA {\n}\n", "bad component:A{ }", "1 UNRECOGNIZED_BLOCK"},
	})
}

func TestDSL80Annotations(t *testing.T) {
	for text, want := range map[string]string{
		"#\n# About c1\n#\nc1 {\n}\n":           "About c1",
		"# one\n\t## two\nc1 {\n}\n":            "one\ntwo",
		"# lost\n\n# kept\nfacet c1 {\n}\n":     "kept",
		"# lost\n\nc1 {\n}\n":                   "",
		"# of the import\nimport x;\nc1 {\n}\n": "",
		"c0 {\n} # no\nc1 {\n}\n":               "",
		"# a # b\nc1 {\n}\n":                    "a b",
		"\uFEFF# a\r\nc1 {\n}\n":                "a",
	} {
		got := "no block"
		for _, c := range Parse(text).Chunks() {
			if n := c.Item(); n.Opens() {
				got = n.Doc()
			}
		}
		if got != want {
			t.Errorf("%q is annotated %q, want %q", text, got, want)
		}
	}
}
