package check_test

import (
	"slices"
	"testing"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

func TestCycles(t *testing.T) {
	root := []string{"vm {", "\tinstaller: target;", "\tchildren: a;", "}"}
	with := func(l ...string) string { return lines(slices.Concat(root, l)...) }
	run(t, "RM_CYCLE", []example{
		{"MOD-61 containment", with("a {", "\tinstaller: script;", "\tchildren: b;", "}", "b {", "\tinstaller: script;", "\tchildren: a;", "}"), "", []string{
			"g:5:1 RM_CYCLE_IN_COMPONENTS (a -> b -> a)", "g:9:1 RM_CYCLE_IN_COMPONENTS (b -> a -> b)",
		}},
		{"MOD-61 who extends its container", lines("R {", "\tinstaller: target;", "\tchildren: R2;", "}", "R2 {", "\textends: R;", "}"), "", []string{
			"g:5:1 RM_CYCLE_IN_COMPONENTS (R2 -> R2)",
		}},
		{"MOD-61 through facets", with("facet inner {", "\tchildren: outer;", "}", "facet outer {", "}", "a {", "\tinstaller: script;", "\tfacets: inner, outer;", "}"), "", []string{
			"g:10:1 RM_CYCLE_IN_COMPONENTS (a -> a)",
		}},
		{"DEV-19 without a root", lines("a {", "\tinstaller: script;", "\tchildren: a;", "}"), "", []string{
			"g:1:1 RM_CYCLE_IN_COMPONENTS (a -> a)",
		}},
		{"MOD-62 components extend one another", with("a {", "\tinstaller: script;", "\textends: b;", "}", "b {", "\textends: c;", "}", "c {", "\textends: a;", "}", "d {", "\textends: a;", "}"), "", []string{
			"g:5:1 RM_CYCLE_IN_COMPONENTS_INHERITANCE (a -> ... -> a)",
			"g:9:1 RM_CYCLE_IN_COMPONENTS_INHERITANCE (b -> ... -> b)",
			"g:12:1 RM_CYCLE_IN_COMPONENTS_INHERITANCE (c -> ... -> c)",
		}},
		{"a component extends itself", with("a {", "\tinstaller: script;", "\textends: a;", "}"), "", []string{
			"g:5:1 RM_CYCLE_IN_COMPONENTS_INHERITANCE (a -> ... -> a)",
		}},
		{"facets extend one another", with("facet f {", "\textends: g;", "}", "facet g {", "\textends: f;", "}", "facet h {", "\textends: f;", "}", "facet lonely {", "\textends: lonely;", "}", "a {", "\tinstaller: script;", "\tfacets: h;", "}"), "", []string{
			"g:5:7 RM_CYCLE_IN_FACETS_INHERITANCE (f -> ... -> f)",
			"g:8:7 RM_CYCLE_IN_FACETS_INHERITANCE (g -> ... -> g)",
		}},
		{"none", with("a {", "\tinstaller: script;", "\tchildren: b;", "}", "b {", "\tinstaller: script;", "\textends: c;", "}", "c {", "\tinstaller: script;", "}"), "", nil},
	})
}

// Each step of a cycle stands beside the finding.
func TestStepsOfACycle(t *testing.T) {
	_, found := check.Dir(project(lines("a {", "\tinstaller: target;", "\tchildren: b;", "}", "b {", "\tinstaller: target;", "\tchildren: a;", "}"), "# none\n"), load.Options{})
	if got, want := beside(find(t, found, diag.RMCycleInComponents)), []string{"graph/main.graph:5:1 a step of the circle"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	_, found = check.Dir(project(lines("facet f {", "\textends: g;", "}", "facet g {", "\textends: f;", "}", "vm {", "\tinstaller: target;", "\tfacets: f;", "}"), "# none\n"), load.Options{})
	want := []string{"graph/main.graph:2:11 a step of the circle", "graph/main.graph:5:11 a step of the circle"}
	if got := beside(find(t, found, diag.RMCycleInFacetsInheritance)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	_, found = check.Dir(project(lines("a {", "\tinstaller: target;", "\textends: b;", "}", "b {", "\textends: a;", "}"), "# none\n"), load.Options{})
	want = []string{"graph/main.graph:3:11 a step of the circle", "graph/main.graph:6:11 a step of the circle"}
	if got := beside(find(t, found, diag.RMCycleInComponentsInheritance)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
