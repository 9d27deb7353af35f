package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// DIA-2: a thousand times the same mistake is a thousand findings, not a million places.
func TestManyOfOneMistake(t *testing.T) {
	const n = 1000
	var misspelt, imports strings.Builder
	for k := range n {
		fmt.Fprintf(&misspelt, "\nt%d {\n\textends: vn%d;\n}\n", k, k)
		fmt.Fprintf(&imports, "import parts/lst%d.graph;\n", k)
	}
	for _, c := range []struct {
		name, graph, instances string
		code                   diag.Code
	}{
		{"types", strings.Repeat(vm, n), "", diag.COAlreadyDefinedComponent},
		{"facets", vm + strings.Repeat("facet f {\n}\n", n), "", diag.COAlreadyDefinedFacet},
		{"instances", vm, strings.Repeat("instance of vm {\n\tname: a;\n}\n", n), diag.COAlreadyDefinedInstance},
		{"names", vm + misspelt.String(), "", diag.COInexistingComponent},
		{"files", imports.String() + vm, "", diag.COUnreachableFile},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, places := 0, 0
			for _, p := range load.Dir(project("graph/main.graph", c.graph, "instances/model.instances", c.instances), load.Options{}, nil).Problems {
				if p.Code == c.code {
					found, places = found+1, places+len(p.Related)
				}
			}
			if found != n || places > 20*n {
				t.Errorf("%d findings with %d places beside them", found, places)
			}
		})
	}
}

// DIA-45: what a missing file may stand for is another file, in this letter case or not.
func TestMisspeltFiles(t *testing.T) {
	graph := "import mein.graph;\n" + vm
	for _, c := range []struct {
		name  string
		other string
		want  []string
	}{
		{"not the importing file", "graph/zzz/elsewhere.graph", nil},
		{"another one", "graph/mean.graph", []string{"mean.graph"}},
		{"another letter case", "graph/Mein.graph", []string{"Mein.graph"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := load.Dir(project("graph/main.graph", graph, c.other, "b {\n\tinstaller: script;\n}\n"), load.Options{}, nil)
			at := slices.IndexFunc(r.Problems, func(p diag.Problem) bool { return p.Code == diag.COUnreachableFile })
			if at < 0 {
				t.Fatalf("not told: %q", listed(r))
			}
			var got []string
			for _, fix := range r.Problems[at].Fixes {
				got = append(got, fix.Edits[0].With)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("offered %q, want %q", got, c.want)
			}
		})
	}
}

// DSL-75: a file of another kind says nothing of types: those that are missing may well be meant to stand there.
func TestAnotherKindIsAHole(t *testing.T) {
	r := load.Dir(project("graph/main.graph", "import a.graph;\nvm {\n\tinstaller: target;\n\tchildren: app;\n}\n", "graph/a.graph", "instance of vm {\n\tname: a;\n}\n"), load.Options{}, nil)
	r.Problems = slices.DeleteFunc(r.Problems, func(p diag.Problem) bool { return p.Code == diag.PEmptyFile })
	want(t, r, "graph/a.graph:1:1 CO_NOT_A_GRAPH (instances)")
}
