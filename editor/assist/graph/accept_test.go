package graph_test

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/samples"
)

var seedFlag = flag.Uint64("seed", 0, "ask at the places of this seed; 0 draws one")

// faults counts the P_ and PM_ findings of a text, by code.
func faults(text string) map[diag.Code]int {
	out := map[diag.Code]int{}
	tree := syntax.Parse(text)
	for _, e := range tree.Errors() {
		out[e.Code]++
	}
	for _, c := range tree.Chunks() {
		for _, p := range decl.Of(c, decl.Options{}).Problems {
			if p.Category() == diag.ParsingModel {
				out[p.Code]++
			}
		}
	}
	return out
}

// worse gives the codes that a text has more often than another one.
func worse(before, after map[diag.Code]int) (out []diag.Code) {
	for code, n := range after {
		if n > before[code] {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// applications are the texts of the samples with those of a generated application, by application.
func applications(t testing.TB) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{"shop": shop, "generated": gen.Application(60, 80)}
	for _, s := range samples.All() {
		files := map[string]string{}
		err := fs.WalkDir(s.FS, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				var text []byte
				text, err = fs.ReadFile(s.FS, name)
				files[name] = string(text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		out[s.Name] = files
	}
	return out
}

func isOurs(name string) bool { return path.Ext(name) == ".graph" || path.Ext(name) == ".instances" }

// Whatever is accepted, wherever it was asked for, brings no finding of the text: at any place of a whole text, and where a line
// is being typed.
func TestAcceptedItemsAreSound(t *testing.T) {
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("replay with -seed=%d", seed)
	r := rand.New(rand.NewPCG(seed, 3))
	asked := 0
	all := applications(t)
	for _, app := range slices.Sorted(maps.Keys(all)) {
		files := all[app]
		g := ground(files)
		for _, name := range slices.Sorted(maps.Keys(files)) {
			text := files[name]
			if !isOurs(name) {
				continue
			}
			for range 150 {
				at := r.IntN(len(text) + 1)
				asked += sound(t, app, g, name, at)
				line := strings.IndexByte(text[at:]+"\n", '\n')
				asked += soundTyped(t, app, files, name, text[:at]+text[at+line:], at)
			}
		}
	}
	if asked < 3000 {
		t.Errorf("only %d items were looked at", asked)
	}
}

// soundTyped asks in a text that was changed.
func soundTyped(t *testing.T, app string, files map[string]string, name, text string, at int) int {
	changed := map[string]string{}
	for other, content := range files {
		changed[other] = content
	}
	changed[name] = text
	return sound(t, app, ground(changed), name, at)
}

// sound holds every item at a place against the text without it.
func sound(t *testing.T, app string, g ask.Ground, name string, at int) int {
	t.Helper()
	text, _ := g.Text(name)
	before := faults(text)
	got := language.Complete(g, name, at)
	for _, i := range got.Items {
		if i.Replace.Start > at || i.Replace.End < at || i.Replace.End > len(text) || strings.Contains(i.Replace.Of(text), "\n") {
			t.Fatalf("%s %s at %d: %q replaces %v", app, name, at, i.Label, i.Replace)
		}
		after := accept(text, i)
		if allowed(i, text) {
			continue
		}
		if bad := worse(before, faults(after)); len(bad) > 0 {
			t.Fatalf("%s %s at %d: %q brings %q\nbefore: %s\nafter: %s",
				app, name, at, i.Label, bad, lineOf(text, at), around(after, i.Replace.Start))
		}
	}
	return len(got.Items)
}

// allowed says that an item puts another property before a value that was meant for the one that it replaces.
func allowed(i ask.Item, text string) bool {
	rest, _, _ := strings.Cut(text[i.Replace.End:], "\n")
	return (i.Kind == ask.KindProperty || i.Kind == ask.KindVariable) && strings.HasPrefix(strings.TrimSpace(rest), ":")
}

func lineOf(text string, at int) string {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	end := at + strings.IndexByte(text[at:]+"\n", '\n')
	return fmt.Sprintf("%q|%q", text[start:at], text[at:end])
}

func around(text string, at int) string { return text[max(0, at-60):min(len(text), at+100)] }
