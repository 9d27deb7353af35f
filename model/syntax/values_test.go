package syntax

import (
	"fmt"
	"strings"
	"testing"
)

func TestNamePatterns(t *testing.T) {
	for _, test := range []struct {
		text          string
		id, flex, ref bool
	}{
		{"VM", true, true, true},
		{"_a-b.c9", true, true, true},
		{"a b", false, true, false},
		{"a b ", false, true, false},
		{"a\tb", false, false, false},
		{" a", false, false, false},
		{"a.*", false, false, true},
		{"a.b.*", false, false, true},
		{"a*", false, false, false},
		{"*", false, false, false},
		{".*", false, false, false},
		{"", false, false, false},
		{"9a", false, false, false}, // DSL-12
		{"-a", false, false, false},
		{".a", false, false, false},
		{"a/b", false, false, false},
		{"é", false, false, false},
		{"aé", false, false, false},
	} {
		if IsID(test.text) != test.id || IsFlexID(test.text) != test.flex || IsImportRef(test.text) != test.ref {
			t.Errorf("%q: ID %t, FLEX-ID %t, IMPORT-REF %t", test.text, IsID(test.text), IsFlexID(test.text), IsImportRef(test.text))
		}
	}
}

func TestDSL45Lists(t *testing.T) {
	for value, want := range map[string]string{
		"A":         "[A]",
		"A , B":     "[A][B]",
		"A,B,":      "[A][B]+1",
		"A,,":       "[A]+2",
		"A, ":       "[A][]",
		",A":        "[][A]",
		"A,,B":      "[A][][B]",
		"A, ,":      "[A][]+1",
		",":         "+1",
		"":          "",
		"\tA B\x01": "[A B]",
	} {
		pieces, extra := SplitList(value)
		var got strings.Builder
		for _, p := range pieces {
			fmt.Fprintf(&got, "[%s]", p.Text)
			if p.Span.Of(value) != p.Text {
				t.Errorf("%q: %q stands at %v", value, p.Text, p.Span)
			}
		}
		if extra.Len() > 0 {
			fmt.Fprintf(&got, "+%d", extra.Len())
		}
		if got.String() != want {
			t.Errorf("%q is %s, want %s", value, got.String(), want)
		}
	}
}

// TestExports is the table of dsl.md 5.4.
func TestExports(t *testing.T) {
	const (
		empty   = "EMPTY_VARIABLE_NAME"
		complex = "INVALID_EXPORT_COMPLEX_VALUE"
		invalid = "INVALID_EXPORTED_VAR_NAME"
	)
	for _, test := range []struct{ value, exports, faults string }{
		{"ip, port = 8080", "ip|port=8080", ""},
		{"a = b=c, e=, f = 1 2 3", "a=b=c|e|f=1 2 3", ""},
		{`a = "x; y, z", b = ""`, `a="x; y, z"|b=""`, ""},
		{`a = " padded "`, `a=" padded "`, ""},
		{",a", "a", ""},
		{"a,", "a", empty},
		{"a, ", "a", empty},
		{"a, , b", "a|b", empty},
		{"a,,b", "a|b", empty},
		{"= 5", "", empty},
		{`a = "x" y, b`, `a="x"|y|b`, complex + " a"},
		{`a = x"y`, `a="x"|y`, complex + " a"},
		{`a = "x`, `a="x"`, complex + " a"},
		{`p = "v1, v2, q = "v3, v 4"`, `p="v1, v2, q = "|v3`, complex + " p, " + invalid + ` v 4"`},
		{`a = v1, v2"`, "a=v1", invalid + ` v2"`},
		{"random[port] p", "random(port) p", ""},
		{"RANDOM[PORT]p", "random(PORT) p", ""},
		{"random[] p", "random() p", ""},
		{"random[string] p", "random(string) p", ""},
		{"random[port] p = 80", "random(port) p=80", ""},
		{`random[port] p = ""`, `random(port) p=""`, ""},
		{"random [port] p", "", invalid + " random [port] p"},
		{"random[port]", "", empty},
		{"random[port] a b", "", invalid + " a b"},
		{"Other.v = 1", "Other.v=1", ""},
		{"external a", "", invalid + " external a, EXTERNAL_IS_KEYWORD_FOR_IMPORTS external a"},
		{"External\ta = 3, externals", "externals", invalid + " External\ta, EXTERNAL_IS_KEYWORD_FOR_IMPORTS External\ta"},
		{"é = 1", "", invalid + " é"},
		{`a = "x", b`, `a="x"|b`, ""},
		{`a = "x" , b`, `a="x"|b`, ""},
	} {
		exports, faults := ScanExports(test.value)
		if got := exportsText(t, test.value, exports); got != test.exports {
			t.Errorf("%s exports %s, want %s", test.value, got, test.exports)
		}
		if got := faultsText(faults); got != test.faults {
			t.Errorf("%s has %s, want %s", test.value, got, test.faults)
		}
	}
}

func exportsText(t *testing.T, value string, exports []Export) string {
	t.Helper()
	var all []string
	for _, e := range exports {
		text := e.Name
		if e.Random.Len() > 0 {
			text = "random(" + e.Kind + ") " + text
		}
		switch {
		case e.Quoted:
			text += `="` + e.Value + `"`
		case e.HasValue:
			text += "=" + e.Value
		}
		if e.Span.Of(value) != e.Name || e.HasValue && e.ValueSpan.Of(value) != e.Value {
			t.Errorf("%s: %s stands at %v, its value at %v", value, e.Name, e.Span, e.ValueSpan)
		}
		all = append(all, text)
	}
	return strings.Join(all, "|")
}

func faultsText(faults []Fault) string {
	var all []string
	for _, f := range faults {
		all = append(all, strings.TrimSpace(strings.TrimPrefix(string(f.Code), "PM_")+" "+f.Text))
	}
	return strings.Join(all, ", ")
}

// TestImportEntries is the table of dsl.md 5.5.
func TestImportEntries(t *testing.T) {
	const (
		incomplete = "INCOMPLETE_IMPORTED_VAR_NAME"
		invalid    = "INVALID_IMPORTED_VAR_NAME"
		empty      = "EMPTY_VARIABLE_NAME"
	)
	for _, test := range []struct{ value, entries, faults string }{
		{"MySQL.ip", "MySQL/ip", ""},
		{"MySQL.*", "MySQL/*", ""},
		{"MySQL.ip (optional)", "MySQL/ip?", ""},
		{"MySQL.ip(OPTIONAL)", "MySQL/ip?", ""},
		{"A.ip( optional)", "", invalid + " A.ip( optional)"},
		{"external Lamp.lb_ip", "external Lamp/lb_ip", ""},
		{"exTernal  Lamp.lb_ip (optional)", "external Lamp/lb_ip?", ""},
		{"ExternalDb.ip", "ExternalDb/ip", ""}, // DEV-5
		{"A.b.c", "A/b.c", ""},
		{"A.b.*", "A/b.*", ""},
		{"port", "", incomplete + " port"},
		{"A.", "", incomplete + " A."},
		{"*, A*, A.b*, -a.b, .a, a.b!", "", strings.Join([]string{invalid + " *", invalid + " A*", invalid + " A.b*", invalid + " -a.b", invalid + " .a", invalid + " a.b!"}, ", ")},
		{"A.b, , C.d", "A/b|C/d", empty},
		{"external, (optional)", "", empty + ", " + empty},
		{"A.b, A.c ,,", "A/b|A/c", ""},
	} {
		entries, faults, _ := ScanImports(test.value)
		var all []string
		for _, e := range entries {
			text := e.Prefix + "/" + e.Name
			if e.External.Len() > 0 {
				text = "external " + text
			}
			if e.Optional.Len() > 0 {
				text += "?"
			}
			if e.Span.Of(test.value) != e.Prefix+"."+e.Name {
				t.Errorf("%s: %s stands at %v", test.value, text, e.Span)
			}
			all = append(all, text)
		}
		if got := strings.Join(all, "|"); got != test.entries {
			t.Errorf("%s imports %s, want %s", test.value, got, test.entries)
		}
		if got := faultsText(faults); got != test.faults {
			t.Errorf("%s has %s, want %s", test.value, got, test.faults)
		}
	}
}

func FuzzValues(f *testing.F) {
	for _, value := range []string{`a = "x; y, z", b = ""`, "RANDOM[PORT]p = 3", "external A.ip (optional), B.*", "A, ,B,,"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		exports, faults := ScanExports(value)
		exportsText(t, value, exports)
		_, more, _ := ScanImports(value)
		pieces, _ := SplitList(value)
		for _, p := range pieces {
			if p.Span.Of(value) != p.Text {
				t.Errorf("%q: %q stands at %v", value, p.Text, p.Span)
			}
		}
		for _, fault := range append(faults, more...) {
			if s := fault.Span; s.Start < 0 || s.End > len(value) || s.End < s.Start {
				t.Errorf("%q: %s stands at %v", value, fault.Code, s)
			}
		}
	})
}
