package diag

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/source"
)

// DIA-50: every code has a sentence, and the sentence never shows the code.
func TestEverySentenceStandsAlone(t *testing.T) {
	for _, lang := range []Language{English, French} {
		for c := range Codes() {
			p := Problem{Code: c, On: "/vm/server", Details: []Detail{{KindVariable, "A.b"}}}
			text := p.Message(lang)
			if text == "" || strings.Contains(text, string(c)) {
				t.Errorf("%s: the sentence is %q", c, text)
			}
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: the sentence does not end: %q", c, text)
			}
		}
	}
}

// DIA 1.1: a placeholder is the kind of a detail, so that a sentence can be filled in.
func TestPlaceholdersAreDetailKinds(t *testing.T) {
	kinds := []string{
		"ON", "INSTANCE", "VARIABLE", "COMPONENT", "FACET", "INSTRUCTION", "FILE", "CYCLE", "DIRECTORY", "UNRECOGNIZED",
		"EXPECTED", "UNEXPECTED", "CONFLICTING", "EXCEPTION", "NAME", "VALUE",
	}
	inBraces := regexp.MustCompile(`\{([A-Z_]+)\}`)
	for _, table := range []map[Code]string{english, french} {
		for c, text := range table {
			for _, m := range inBraces.FindAllStringSubmatch(text, -1) {
				if !slices.Contains(kinds, m[1]) {
					t.Errorf("%s: unknown placeholder %s", c, m[0])
				}
			}
		}
	}
}

// DIA-4 and the tables of chapters 3 and 4: families, numbers, levels.
func TestCatalogue(t *testing.T) {
	count := map[Category]int{}
	for c := range Codes() {
		info := Lookup(c)
		if info.Number != count[info.Category] {
			t.Errorf("%s has number %d, its position is %d", c, info.Number, count[info.Category])
		}
		count[info.Category]++
		if c.Ours() != (info.Category == Extra) {
			t.Errorf("%s is in family %s", c, info.Category)
		}
		if info.Level == Hint && !c.Ours() {
			t.Errorf("%s: only our codes are hints", c)
		}
	}
	want := map[Category]int{
		Parsing: 13, ParsingModel: 27, Conversion: 13, RuntimeModel: 42, Project: 16, Recipes: 19, Commands: 29, Rules: 6, REST: 22,
		Extra: 100,
	}
	for c, n := range want {
		if count[c] != n {
			t.Errorf("%s has %d codes, want %d", c, count[c], n)
		}
	}
}

func TestLookup(t *testing.T) {
	for code, want := range map[Code]Info{
		PIOError:               {Parsing, Severe, 0},
		PEmptyFile:             {Parsing, Warning, 12},
		RMOrphanFacet:          {RuntimeModel, Warning, 40},
		RESTCodeForTest:        {REST, Severe, 21},
		XTrailingComma:         {Extra, Hint, Lookup(XTrailingComma).Number},
		"X_NOBODY_KNOWS":       {Extra, Severe, len(infos)},
		ProjNoGraphDir:         {Project, Severe, 0},
		RecTargetNoName:        {Recipes, Warning, 17},
		COGraphCouldNotBeBuilt: {Conversion, Severe, 12},
	} {
		if got := Lookup(code); got != want {
			t.Errorf("Lookup(%s) = %+v, want %+v", code, got, want)
		}
	}
}

// RESTCodeForTest is the last code of its family.
const RESTCodeForTest = RestDebugMsgSent

func at(file string, line, column int, code Code, details ...Detail) Problem {
	p := source.Position{Line: line, Column: column}
	return Problem{
		Code: code, Details: details,
		Place: source.Place{File: file, Span: source.Span{Start: line*100 + column, End: line*100 + column + 1}},
		Range: source.Range{Start: p, End: p},
	}
}

// DIA-3: descriptor, graphs, instances, commands, rules, probes, then what has no file; inside, line, column, code, details.
func TestSort(t *testing.T) {
	want := []Problem{
		at("descriptor/application.properties", 9, 1, RMInvalidApplicationName),
		at("graph/a.graph", 2, 3, PInvalidProperty),
		at("graph/a.graph", 2, 5, PMInvalidName, Detail{KindName, "a"}),
		at("graph/a.graph", 2, 5, PMInvalidName, Detail{KindName, "b"}),
		at("graph/a.graph", 2, 5, XTrailingComma),
		at("graph/b.graph", 1, 1, PEmptyFile),
		at("instances/a.instances", 1, 1, PEmptyFile),
		at("commands/a.commands", 1, 1, CmdNoInstruction),
		at("rules.autonomic/a.drl", 1, 1, RuleEmptyName),
		at("probes/vm.measures", 1, 1, XProbeInvalidContent),
		at("graph/vm/scripts/start.sh", 1, 1, XScriptLineEnds),
		{Code: ProjNoGraphDir},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	Sort(got)
	for i := range want {
		if got[i].String() != want[i].String() {
			t.Errorf("position %d: %s, want %s", i, got[i], want[i])
		}
	}
	SortByCode(got)
	if got[0].Code != PInvalidProperty || got[len(got)-1].Category() != Extra {
		t.Errorf("by code: first %s, last %s", got[0].Code, got[len(got)-1].Code)
	}
}

// DIA-2: same code, place and details: once.
func TestDedup(t *testing.T) {
	a := at("graph/a.graph", 1, 1, PMInvalidName, Detail{KindName, "a"})
	b := at("graph/a.graph", 1, 1, PMInvalidName, Detail{KindName, "b"})
	if got := Dedup([]Problem{a, a, b, b, b}); len(got) != 2 {
		t.Errorf("%d findings, want 2: %v", len(got), got)
	}
}

// DIA-5.
func TestText(t *testing.T) {
	p := at("graph/main.graph", 12, 14, RMUnresolvableVariable, Detail{KindVariable, "mysql.ip"})
	p.On = "Tomcat"
	want := "graph/main.graph:12:14: severe RM_UNRESOLVABLE_VARIABLE No component exports mysql.ip, so Tomcat could never start. " +
		"Correct the name, or export the variable. (mysql.ip)"
	if got := p.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	q := Problem{Code: ProjNoDescFile}
	if got := q.String(); !strings.HasPrefix(got, "severe PROJ_NO_DESC_FILE The descriptor is missing") {
		t.Errorf("without a place: %s", got)
	}
}

func TestUnnamed(t *testing.T) {
	p := Problem{Code: RMEmptyVariableName}
	if got := p.Message(English); !strings.Contains(got, "(unnamed)") {
		t.Errorf("got %q", got)
	}
	if got := p.Message(French); !strings.Contains(got, "(sans nom)") {
		t.Errorf("got %q", got)
	}
}

// DIA-1.
func TestHas(t *testing.T) {
	warnings := []Problem{{Code: RMOrphanFacet}, {Code: XTrailingComma}}
	if Has(warnings, Severe) || !Has(warnings, Warning) {
		t.Error("warnings alone never make a project unfit")
	}
	if !Has(append(warnings, Problem{Code: PInvalidProperty}), Severe) {
		t.Error("a severe finding does")
	}
}
