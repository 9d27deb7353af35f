package house

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/page"
)

// docs/diagnostics.md is the catalogue that the program speaks from, with the pages of roboconf explain. make generate writes it again.
func TestFreshDiagnostics(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Findings\n\nGenerated from the catalogue and the pages of `roboconf explain` by `make generate`: do not edit.\n\n" +
		"Only `severe` findings make an application unfit for deployment. Words between ‹ › are filled in.\n" +
		"`roboconf check DIR` tells the findings of an application, `roboconf explain CODE` one of these pages.\n" +
		"Each example is run through the checker by a test; files that it leaves out belong to a small sound application.\n")
	contents(&b)
	last := diag.Category(255)
	for code := range diag.Codes() {
		if family := code.Category(); family != last {
			last = family
			fmt.Fprintf(&b, "\n## %s\n", title(family))
		}
		b.WriteString("\n" + explained(code))
	}
	golden.Equal(t, "../../../docs/diagnostics.md", []byte(b.String()))
}

// contents lists the codes of each family with their levels.
func contents(b *strings.Builder) {
	last := diag.Category(255)
	for code := range diag.Codes() {
		if family := code.Category(); family != last {
			last = family
			fmt.Fprintf(b, "\n**[%s](#%s)**\n\n| Code | Level | What it finds |\n| --- | --- | --- |\n", title(family), anchor(title(family)))
		}
		what := strings.ReplaceAll(diag.FirstSentence(code, diag.English), "|", "\\|")
		fmt.Fprintf(b, "| [`%s`](#%s) | %s | %s |\n", code, anchor(string(code)), diag.Lookup(code).Level, what)
	}
}

func title(family diag.Category) string {
	return family.Title(diag.English) + " (" + family.Prefix() + ")"
}

// anchor is what a heading becomes in an address: lower case, hyphens for blanks, nothing for signs.
func anchor(heading string) string {
	return strings.NewReplacer(" ", "-", "(", "", ")", "").Replace(strings.ToLower(heading))
}

// explained is the page of a code, or its sentence alone as long as it has none.
func explained(code diag.Code) string {
	p, ok := page.Of(code)
	if !ok {
		p = page.Page{Code: code}
	}
	return strings.TrimRight(p.Markdown(diag.English, 3), "\n") + "\n"
}

// DIA-50: every finding of the catalogue has a sentence, which ends like one and does not hold its code.
func TestEveryFindingHasASentence(t *testing.T) {
	for code := range diag.Codes() {
		sentence := diag.Pattern(code, diag.English)
		if sentence == string(code) || !strings.HasSuffix(strings.TrimRight(sentence, "›\"'"), ".") {
			t.Errorf("%s says %q", code, sentence)
		}
		if strings.Contains(sentence, string(code)) {
			t.Errorf("%s: %q holds the code", code, sentence)
		}
	}
}
