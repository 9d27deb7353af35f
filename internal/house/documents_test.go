package house

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/diag"
)

// families are the titles of the categories, in the order of DIA-4.
var families = map[diag.Category]string{
	diag.Parsing:      "Text (P_)",
	diag.ParsingModel: "Declarations (PM_)",
	diag.Conversion:   "From files to one model (CO_)",
	diag.RuntimeModel: "The model (RM_)",
	diag.Project:      "Folders of the project (PROJ_)",
	diag.Recipes:      "Recipes (REC_)",
	diag.Commands:     "Commands (CMD_)",
	diag.Rules:        "Rules (RULE_)",
	diag.Execution:    "Execution",
	diag.REST:         "REST",
	diag.Extra:        "Ours (X_)",
}

// docs/diagnostics.md is the catalogue that the program speaks from. make generate writes it again.
func TestFreshDiagnostics(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Findings\n\nGenerated from the catalogue by `make generate`: do not edit.\n\n" +
		"Only `severe` findings make an application unfit for deployment. Words between ‹ › are filled in.\n" +
		"`roboconf check DIR` tells the findings of an application.\n")
	last := diag.Category(255)
	for code := range diag.Codes() {
		info := diag.Lookup(code)
		if info.Category != last {
			last = info.Category
			fmt.Fprintf(&b, "\n## %s\n\n| Code | Level | What it says |\n| --- | --- | --- |\n", families[last])
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", code, info.Level, strings.ReplaceAll(pattern(code), "|", "\\|"))
	}
	golden.Equal(t, "../../../docs/diagnostics.md", []byte(b.String()))
}

// pattern is the sentence of a code with the kinds of its details where their texts go.
func pattern(code diag.Code) string {
	p := diag.Problem{Code: code, On: "‹name›"}
	for _, kind := range []diag.DetailKind{
		diag.KindInstance, diag.KindVariable, diag.KindComponent, diag.KindFacet, diag.KindInstruction, diag.KindFile, diag.KindLine,
		diag.KindCycle, diag.KindApplication, diag.KindApplicationTemplate, diag.KindDirectory, diag.KindUnrecognized, diag.KindExpected,
		diag.KindUnexpected, diag.KindAlreadyDefined, diag.KindConflicting, diag.KindMalformed, diag.KindException, diag.KindName, diag.KindValue,
	} {
		word := strings.ReplaceAll(strings.ToLower(string(kind)), "_", " ")
		p.Details = append(p.Details, diag.Detail{Kind: kind, Text: "‹" + word + "›"})
	}
	return p.Message(diag.English)
}

// DIA-50: every finding of the catalogue has a sentence, which ends like one and does not hold its code.
func TestEveryFindingHasASentence(t *testing.T) {
	for code := range diag.Codes() {
		sentence := pattern(code)
		if sentence == string(code) || !strings.HasSuffix(strings.TrimRight(sentence, "›\"'"), ".") {
			t.Errorf("%s says %q", code, sentence)
		}
		if strings.Contains(sentence, string(code)) || strings.Contains(sentence, "(unnamed)") {
			t.Errorf("%s: %q holds the code, or a detail that nobody gives", code, sentence)
		}
	}
}
