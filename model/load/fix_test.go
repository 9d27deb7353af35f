package load_test

import (
	"slices"
	"testing"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// DIA-51, DIA-52: each cure removes its finding, and leaves no other one of the text behind.
func TestTextFixes(t *testing.T) {
	for _, c := range []struct {
		name, text string
		code       diag.Code
		want       string // "" when nothing is offered
	}{
		{"property", "vm {\n\tinstaller: target # of it\n}\n", diag.PPropertyEndsWithSemiColon, "vm {\n\tinstaller: target; # of it\n}\n"},
		{"import", "import a.graph\n" + vm, diag.PImportEndsWithSemiColon, "import a.graph;\n" + vm},
		{"opening bracket", "vm  # here\n\n\tinstaller: target;\n}\n", diag.POCBracketMissing, "vm {  # here\n\n\tinstaller: target;\n}\n"},
		{"opening bracket on the next line", "vm\n{\n\tinstaller: target;\n}\n", diag.POCBracketMissing, "vm {\n\tinstaller: target;\n}\n"},
		{"a lone word", "vm\n\nother {\n}\n", diag.POCBracketMissing, "vm {\n}\n\nother {\n}\n"},
		{"what nobody can guess", "foo bar\n", diag.PUnrecognizedBlock, ""},
		{"closing bracket", "vm {\n\tinstaller: target;\n", diag.PCCBracketMissing, "vm {\n\tinstaller: target;\n}\n"},
		{"closing bracket on a line of its own", "vm {\n\tinstaller: target;", diag.PCCBracketMissing, "vm {\n\tinstaller: target;\n}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := project("graph/main.graph", c.text, "graph/a.graph", "b {\n\tinstaller: script;\n}\n")
			r := load.Dir(files, load.Options{}, nil)
			at := slices.IndexFunc(r.Problems, func(p diag.Problem) bool { return p.Code == c.code })
			if at < 0 {
				t.Fatalf("%s was not found in %q", c.code, listed(r))
			}
			fixes := r.Problems[at].Fixes
			if c.want == "" {
				if len(fixes) > 0 {
					t.Errorf("offered: %v", fixes)
				}
				return
			}
			if len(fixes) != 1 {
				t.Fatalf("fixes %v", fixes)
			}
			got := source.Apply(c.text, fixes[0].Edits)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			after := load.Dir(project("graph/main.graph", got, "graph/a.graph", "b {\n\tinstaller: script;\n}\n"), load.Options{}, nil)
			for _, p := range after.Problems {
				if p.Category() == diag.Parsing && p.Level() == diag.Severe {
					t.Errorf("after the cure: %s", p)
				}
			}
		})
	}
}

// DIA-51: a file that nothing leads to can be imported from the entry.
func TestImportIt(t *testing.T) {
	r := load.Dir(project("graph/sub/a.graph", vm, "instances/b.instances", ""), load.Options{}, nil)
	var got []string
	for _, p := range r.Problems {
		if p.Code == diag.ProjUnreachableFile && len(p.Fixes) == 1 {
			e := p.Fixes[0].Edits[0]
			got = append(got, e.Place.File+" "+e.With)
		}
	}
	want := []string{"graph/main.graph import sub/a.graph;\n", "instances/model.instances import b.instances;\n"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
