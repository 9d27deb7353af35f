package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// DIA-2: where hundreds are in one circle, what is told of each stays short.
func TestLongCircles(t *testing.T) {
	const n = 300
	ring := func(format string) string {
		var b strings.Builder
		for k := range n {
			b.WriteString(strings.NewReplacer("THIS", fmt.Sprint("t", k), "NEXT", fmt.Sprint("t", (k+1)%n)).Replace(format))
		}
		return b.String()
	}
	for code, graph := range map[diag.Code]string{
		diag.RMCycleInComponents:            ring("THIS {\n\tinstaller: target;\n\tchildren: NEXT;\n}\n"),
		diag.RMCycleInComponentsInheritance: ring("THIS {\n\tinstaller: target;\n\textends: NEXT;\n}\n"),
		diag.RMCycleInFacetsInheritance:     ring("facet THIS {\n\textends: NEXT;\n}\n") + "vm {\n\tinstaller: target;\n\tfacets: t0;\n}\n",
	} {
		_, found := check.Dir(project(graph, "# none\n"), load.Options{})
		told := 0
		for _, p := range found {
			if p.Code != code {
				continue
			}
			told++
			if len(p.Related) > 30 || len(p.Message(diag.English)) > 600 {
				t.Fatalf("%d places beside %s", len(p.Related), p)
			}
		}
		if told != n {
			t.Errorf("%s: %d findings, want %d", code, told, n)
		}
	}
}
