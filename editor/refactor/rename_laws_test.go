package refactor_test

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/page"
)

// allNames are the names of an application, in the order of their kinds; those that occur in a file are found at each of its letters.
func allNames(g ask.Ground, files folder) []names.Name {
	found := make(map[names.Name]bool)
	for _, file := range slices.Sorted(maps.Keys(files)) {
		for at := 0; at <= len(files[file]); at++ {
			if u, ok := names.At(g, file, at); ok {
				found[u.Name] = true
				at = max(at, u.Place.Span.End-1)
			}
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b names.Name) int {
		return cmp.Or(int(a.Kind)-int(b.Kind), strings.Compare(a.Owner, b.Owner), strings.Compare(a.Text, b.Text))
	})
}

// fresh is a name that nothing resembles, of the form that a kind asks for.
func fresh(n names.Name) string {
	if n.Kind == names.File {
		return "Qzqz" + path.Ext(n.Text)
	}
	return "Qzqz"
}

// renamedAs is the name of what had a name, after a renaming.
func renamedAs(g ask.Ground, n names.Name, to string) names.Name {
	switch n.Kind {
	case names.File:
		n.Text = path.Join(path.Dir(n.Text), to)
	case names.Instance:
		old := path.Base(n.Text)
		for _, u := range names.Uses(g, n) {
			if text, _ := g.Text(u.Place.File); u.Role == names.Declaration {
				to += strings.TrimPrefix(old, u.Place.Span.Of(text)) // the index of a copy
				break
			}
		}
		n.Text = path.Join(path.Dir(n.Text), to)
	default:
		n.Text = to
	}
	return n
}

// lawful checks what holds of every renaming: it keeps the number of occurrences, makes no new finding, and back again is nothing.
func lawful(t *testing.T, files folder, o load.Options, n names.Name) (done bool) {
	t.Helper()
	g := ground(files, o)
	to := fresh(n)
	r, err := refactor.RenameName(g, n, to)
	if err != nil {
		return false
	}
	after := applied(t, files, r)
	h := ground(after, o)
	now := renamedAs(g, n, to)
	if was, is := len(names.Uses(g, n)), len(names.Uses(h, now)); was != is {
		t.Errorf("%v: %d occurrences, then %d of %v\n%s", n, was, is, now, strings.Join(differing(files, after), "\n"))
	}
	newFindings(t, n, g, h)
	if len(h.Problems) < len(g.Problems) {
		return true // it cured something: nobody wants the old name back
	}
	old := oldWord(g, n)
	back, err := refactor.RenameName(h, now, old)
	if err != nil {
		t.Errorf("%v: not back again: %v", n, err)
		return true
	}
	if again := applied(t, after, back); !maps.Equal(files, again) {
		t.Errorf("%v: there and back is not nothing:\n%s", n, strings.Join(differing(files, again), "\n"))
	}
	return true
}

func applied(t *testing.T, files folder, r refactor.Renaming) folder {
	t.Helper()
	return done(t, files, everything(r))
}

// oldWord is what a name is given back as.
func oldWord(g ask.Ground, n names.Name) string {
	for _, u := range names.Uses(g, n) {
		if text, _ := g.Text(u.Place.File); n.Kind != names.File && u.Role == names.Declaration && u.Place.Span.Len() > 0 && u.Dir == "" {
			return u.Place.Span.Of(text)
		}
	}
	return path.Base(n.Text)
}

// newFindings compares how often each code is found. Findings about a word that nobody knows may change their advice, not their number.
// What may follow from such a word is not told as long as the word resembles a name: it may come up once it does no longer.
func newFindings(t *testing.T, n names.Name, g, h ask.Ground) {
	t.Helper()
	times := make(map[diag.Code]int)
	unknown := false
	for _, p := range g.Problems {
		times[p.Code]++
		unknown = unknown || p.Level() == diag.Severe
	}
	for _, p := range h.Problems {
		if times[p.Code]--; times[p.Code] < 0 && (!unknown || !slices.Contains(followers, p.Code)) {
			t.Errorf("%v: new is %s", n, p)
		}
	}
}

// followers are the codes of what may follow from another mistake.
var followers = []diag.Code{
	diag.RMRootInstallerMustBeTarget, diag.RMOrphanFacet, diag.RMOrphanFacetWithChildren, diag.RMUnreachableComponent,
	diag.RMUnresolvableFacetVariable, diag.RMInvalidInstanceParent, diag.RMMissingVariableValue, diag.XValuelessExport,
	diag.XUnusedExport, diag.XUnusedFacet, diag.XNeverInstantiated, diag.XUnreachableComponent, diag.XUnsatisfiedImport,
}

func TestRenamingIsLawful(t *testing.T) {
	for name, files := range map[string]folder{
		"shop": filesOf(busyShop), "lamp": readFolder(t, "../../samples/lamp"),
		"hello": readFolder(t, "../../samples/hello"), "generated": gen.Application(60, 40),
	} {
		t.Run(name, func(t *testing.T) {
			g := ground(files, load.Options{})
			all, did := allNames(g, files), 0
			for _, n := range all {
				if lawful(t, files, load.Options{}, n) {
					did++
				}
			}
			t.Logf("%d of %d names", did, len(all))
			if did*2 < len(all) {
				t.Errorf("only %d of %d names can be changed", did, len(all))
			}
		})
	}
}

// The examples of what is wrong are applications with every mistake that there is.
func TestRenamingIsLawfulInExamples(t *testing.T) {
	did := 0
	for p := range page.All() {
		if len(p.Wrong) == 0 {
			continue
		}
		t.Run(string(p.Code), func(t *testing.T) {
			o := load.Options{Recipe: p.Recipe}
			o.Strict = p.Strict
			for _, n := range allNames(ground(p.Wrong, o), p.Wrong) {
				if lawful(t, p.Wrong, o, n) {
					did++
				}
			}
		})
	}
	if did < 500 {
		t.Errorf("only %d names were changed", did)
	}
}

// The same in the shared corpus, read in place.
func TestRenamingIsLawfulInTheCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("the corpus takes a while")
	}
	found := projects(t, corpus)
	if len(found) == 0 {
		t.Skip("the shared corpus is not here")
	}
	for _, dir := range found {
		t.Run(strings.TrimPrefix(dir, corpus), func(t *testing.T) {
			files := readFolder(t, dir)
			for _, n := range allNames(ground(files, load.Options{}), files) {
				lawful(t, files, load.Options{}, n)
			}
		})
	}
}
