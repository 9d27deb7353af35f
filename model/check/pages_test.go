package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/page"
)

// outsideFiles are the codes that no text of an application gives, with the reason: their pages have no example.
var outsideFiles = map[diag.Code]string{
	diag.RuleIOError: unreadableFile,

	diag.PMInvalidBlockType:             "a consequence of P_ errors that the tool leaves out (DEV-7)",
	diag.PMInvalidInstanceElement:       "a consequence of P_ errors: only an unrecognised block gives it",
	diag.PMUnknownPropertyName:          neverRaised,
	diag.PMForbiddenName:                neverRaised,
	diag.COCycleInComponentsInheritance: neverRaised,
	diag.ProjDeleteTemp:                 neverRaised,
	diag.RecNonMatchingArtifactID:       neverRaised,
	diag.ProjExtractTemp:                "only archives of templates give it",
	diag.ProjExtractZip:                 "only archives of templates give it",

	diag.PMMalformedComment:          byPrograms,
	diag.PMMalformedBlank:            byPrograms,
	diag.RMMissingApplicationGraphs:  byPrograms,
	diag.RMDotIsNotAllowed:           byPrograms,
	diag.RMEmptyComponentName:        byPrograms,
	diag.RMEmptyFacetName:            byPrograms,
	diag.RMInvalidComponentName:      byPrograms,
	diag.RMInvalidFacetName:          byPrograms,
	diag.RMInvalidComponentInstaller: byPrograms,
	diag.RMEmptyVariableName:         byPrograms,
	diag.RMNotARootComponent:         byPrograms,
	diag.RMEmptyInstanceName:         byPrograms,
	diag.RMInvalidInstanceName:       byPrograms,
	diag.RMEmptyInstanceComponent:    byPrograms,

	diag.ProjApplicationTemplateNotFound: "only the manager knows templates",
	diag.CmdInexistingCommandFile:        "only the one who runs a command by its name can miss its file",
	diag.RecArtifactIDInLowerCase:        byBuild,
	diag.RecOfficialGroupID:              byBuild,
	diag.RecPuppetSyntaxError:            "Puppet's own parser says it, where it is installed",
	diag.XUnboundExternalPrefix:          "only who knows other applications can miss one",
}

const (
	unreadableFile = "only rights or a failing disk give it"
	neverRaised    = "never raised: the name is reserved"
	byPrograms     = "text gives another code: only models that a program built have it"
	byBuild        = "only the historical build raised it"
)

// small are the findings of any example of ten lines: nobody wrote its recipes, nobody uses what it declares. They say nothing
// about the code explained; each has a page of its own, whose example is checked for it.
var small = []diag.Code{
	diag.ProjNoResourceDirectory, diag.XMissingTarget, diag.XMissingScript, diag.XMissingUpdateRecipe, diag.XMissingManifest,
	diag.XUnusedExport, diag.XUnusedFacet, diag.XNeverInstantiated, diag.XValuelessExport, diag.XUnsatisfiedImport,
	diag.XProbeEventWithoutRule, diag.XRuleEventWithoutProbe,
}

// Every code has a page. What is wrong in it gives the finding where the page says, and nothing but what it says; what is right
// gives it no more, and nothing severe (DIA-10 to DIA-15, DIA-50).
func TestPages(t *testing.T) {
	for code := range diag.Codes() {
		t.Run(string(code), func(t *testing.T) {
			p, ok := page.Of(code)
			if !ok {
				t.Fatal("there is no page")
			}
			if len(p.Why) < 40 {
				t.Errorf("it explains nothing: %q", p.Why)
			}
			if reason, outside := outsideFiles[code]; outside || code.Category() == diag.REST {
				if len(p.Wrong)+len(p.Right) > 0 {
					t.Errorf("an example, although it cannot have one: %s", reason)
				}
				return
			}
			wrong(t, p)
			right(t, p)
		})
	}
}

func wrong(t *testing.T, p page.Page) {
	t.Helper()
	if len(p.ShownWrong) == 0 {
		t.Fatal("no example of what is wrong")
	}
	var places []string
	for _, f := range checked(p, p.Wrong) {
		switch {
		case f.Code == p.Code:
			places = append(places, spot(f))
		case slices.Contains(p.Others, f.Code), slices.Contains(small, f.Code):
		default:
			t.Errorf("wrong: not expected: %s", f)
		}
	}
	want := slices.Sorted(slices.Values(p.Places))
	slices.Sort(places)
	if !slices.Equal(places, want) {
		t.Errorf("wrong: found at\n%s\nwant\n%s", strings.Join(places, "\n"), strings.Join(want, "\n"))
	}
	for _, other := range p.Others {
		if !slices.ContainsFunc(checked(p, p.Wrong), func(f diag.Problem) bool { return f.Code == other }) {
			t.Errorf("wrong: %s does not come", other)
		}
	}
}

func right(t *testing.T, p page.Page) {
	t.Helper()
	if len(p.ShownRight) == 0 {
		t.Fatal("no example of what is right")
	}
	for _, f := range checked(p, p.Right) {
		if f.Code == p.Code || f.Level() == diag.Severe {
			t.Errorf("right: %s", f)
		}
	}
}

// checked gives the findings of an example, those of rules that are off by default included when the page switches them on.
func checked(p page.Page, example map[string]string) []diag.Problem {
	fsys := page.Folder(example)
	r := load.Dir(fsys, load.Options{Options: decl.Options{Strict: p.Strict}, Recipe: p.Recipe}, nil)
	return check.With(r, fsys, check.Options{Strict: p.Strict})
}

// spot is where the finding itself stands: the place, not the word that a person is led to.
func spot(f diag.Problem) string {
	if f.Place.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", f.Place.File, f.Range.Start.Line, f.Range.Start.Column)
}
