package decl_test

import (
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// one reads a text of one construct.
func one(t *testing.T, text string) *decl.Decl {
	t.Helper()
	for _, c := range syntax.Parse(text).Chunks() {
		return decl.Of(c, decl.Options{})
	}
	t.Fatalf("no construct in %q", text)
	return nil
}

func declares(t *testing.T, text, want string) {
	t.Helper()
	m := &teller{}
	m.decl(one(t, text))
	if got := m.String(); got != want {
		t.Errorf("%q declares\n%s\nwant\n%s", text, got, want)
	}
}

func TestComponentsAsDeclared(t *testing.T) {
	declares(t, "# What it is.\nA {\ninstaller: script ;\nextends: B;\nfacets: C, D, C;\nchildren: E;\nalias: the door ;\n"+
		"exports: a, b = 1, random[port] c;\nexports: b = \" 2 \", d = \"\";\nimports: X.y, external Z.*;\nimports: X.y (optional);\n}\n",
		"component A script B [C D] [E] the door What it is.\n"+
			"a {false } false \nb {true  2 } false \nc {false } true port\nd {true } false \n"+
			"X.y true false\nZ.* false true\n[]\n")
}

func TestRepeatedPropertiesCountOnce(t *testing.T) {
	declares(t, "A {\ninstaller: x;\ninstaller: y;\nchildren: A;\nchildren: B;\n}\n",
		"component A x  [] [A]  \n[PM_DUPLICATE_PROPERTY[{NAME children}] PM_DUPLICATE_PROPERTY[{NAME installer}]]\n")
	declares(t, "instance of A {\nname: x;\nname: y;\ncount: 2;\ncount: 3;\n}\n",
		"instance A \"x\" 2 []  map[]\nend\n[PM_DUPLICATE_PROPERTY[{NAME count}] PM_DUPLICATE_PROPERTY[{NAME name}]]\n")
}

func TestDSL95WhatCanBeReadIsKept(t *testing.T) {
	declares(t, "A {\ninstaller: !;\nextends: B, C;\nchildren: -x, D, , E;\nexports: a!, b;\nimports: c, D.e;\n}\n",
		"component A   [] [D E]  \nb {false } false \nD.e false false\n"+
			"[PM_INCOMPLETE_IMPORTED_VAR_NAME[{VARIABLE c}] PM_INVALID_CHILD_NAME[{NAME -x}] PM_INVALID_CHILD_NAME[{NAME }] "+
			"PM_INVALID_EXPORTED_VAR_NAME[{VARIABLE a!}] PM_INVALID_INSTALLER_NAME[{NAME !}] X_SINGLE_INHERITANCE[]]\n")
}

func TestFacetsAsDeclared(t *testing.T) {
	declares(t, "facet F {\nextends: G, H;\nchildren: A;\nexports: x = 1;\ninstaller: iaas;\n}\n",
		"facet F target [G H] [A] \nx {true 1} false \n[]\n")
}

func TestInstancesAsDeclared(t *testing.T) {
	declares(t, "instance of A {\nname: a b ;\ncount: +3;\nchannels: x, ,y z,;\ninstance-data: k = v w, ip.address=1, n;\ninstance-state: Starting ;\n"+
		"DATA.d:  e ;\nport: 80 ;\nA.os: \" x; y # z \" ;\nempty: ;\nchannel: c;\ninstance of B {\nname: b;\n}\n}\n",
		"instance A \"a b \" 3 [x y z] Starting map[d:e  ip.address:1 k:v w n:]\n"+
			"port \"80 \"\nA.os \" x; y # z \"\nempty \"\"\nchannel \"c\"\n"+
			"instance B \"b\" 0 []  map[]\nend\nend\n[]\n")
}

func TestSpansAreOfTheWordsMeant(t *testing.T) {
	const text = "\n# a\nA {\n\tinstaller: x;\n\textends: Y;\n\tfacets: F;\n\texports: random[port] p, q = \"r s\";\n\timports: external G.h (optional);\n}\n"
	c := one(t, text).Component
	for what, s := range map[string]source.Span{
		"A {": c.Header, "A": c.Origin.Name, "x": c.Installer.Span, "Y": c.Extends.Span, "F": c.Facets[0].Span,
		"p": c.Exports[0].Span, "q": c.Exports[1].Span, "r s": c.Exports[1].ValueSpan, "G.h": c.Imports[0].Span,
	} {
		if s.Of(text) != what {
			t.Errorf("%q stands at %v: %q", what, s, s.Of(text))
		}
	}
	const other = "instance of A {\n\tname: b ;\n\tcount: 2 ;\n\tos:  \"c d\";\n}\n"
	i := one(t, other).Instance
	for what, s := range map[string]source.Span{
		"A": i.Origin.Name, "b ": i.NameSpan, "2": i.CountSpan, "os": i.Overrides[0].Span, "c d": i.Overrides[0].ValueSpan,
	} {
		if s.Of(other) != what {
			t.Errorf("%q stands at %v: %q", what, s, s.Of(other))
		}
	}
}

func TestImportsAsDeclared(t *testing.T) {
	i := one(t, "# a\nimport  a/b.graph ; # c\n").Import
	want := decl.Import{Location: "a/b.graph", Span: source.Span{Start: 12, End: 21}, Line: source.Span{Start: 4, End: 23}}
	if *i != want {
		t.Errorf("%+v, want %+v", *i, want)
	}
}

func TestLegacyChannel(t *testing.T) {
	channels, hint := decl.LegacyChannel(model.Override{Name: "channel", Value: "a, b,", Span: source.Span{Start: 3, End: 10}})
	if len(channels) != 2 || channels[0] != "a" || channels[1] != "b" {
		t.Errorf("channels %q", channels)
	}
	if hint.Code != "X_LEGACY_SYNTAX" || hint.Place.Span.Start != 3 || hint.Fixes[0].Edits[0].With != "channels" {
		t.Errorf("hint %+v", hint)
	}
}
