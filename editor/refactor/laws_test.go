package refactor_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/page"
	"github.com/roboconf/workbench/model/source"
)

// folder is an application: texts by name; a name that ends with a slash is an empty folder.
type folder = page.Folder

func ground(files folder, o load.Options) ask.Ground {
	r := load.Dir(files, o, nil)
	return ask.Ground{Result: r, Problems: check.With(r, files, check.Options{Strict: o.Strict}), FS: files}
}

// done is the folder after a change. It checks that edits stay in their texts and do not meet, that new files are new, that moves
// lead somewhere free.
func done(t testing.TB, files folder, c source.Change) folder {
	t.Helper()
	after := maps.Clone(files)
	byFile := map[string][]source.Edit{}
	for _, e := range c.Edits {
		byFile[e.Place.File] = append(byFile[e.Place.File], e)
	}
	for file, edits := range byFile {
		text, ok := files[file]
		if !ok {
			t.Fatalf("an edit of %q, which is not there", file)
		}
		slices.SortStableFunc(edits, func(a, b source.Edit) int {
			return cmp.Or(a.Place.Span.Start-b.Place.Span.Start, a.Place.Span.End-b.Place.Span.End)
		})
		at := 0
		for _, e := range edits {
			s := e.Place.Span
			if s.Start < at || s.End < s.Start || s.End > len(text) {
				t.Fatalf("%s: the edits %v meet, or leave the text", file, edits)
			}
			if utf8.ValidString(text) && (!utf8.ValidString(text[:s.Start]) || !utf8.ValidString(text[:s.End])) {
				t.Fatalf("%s: the edit %v cuts a character", file, e)
			}
			at = s.End
		}
		after[file] = source.Apply(text, edits)
	}
	for _, f := range c.Files {
		if _, there := after[f.Name]; there || !fs.ValidPath(f.Name) {
			t.Fatalf("the file %q is there already, or cannot be", f.Name)
		}
		after[f.Name] = f.Text
	}
	for _, m := range c.Moves {
		moved := false
		for name, text := range maps.Clone(after) {
			if to, inside := strings.CutPrefix(name, m.From); inside && (to == "" || to[0] == '/') {
				if _, there := after[m.To+to]; there {
					t.Fatalf("the move %v leads to something that is there", m)
				}
				delete(after, name)
				after[m.To+to], moved = text, true
			}
		}
		if !moved {
			t.Fatalf("the move %v moves nothing", m)
		}
	}
	return after
}

// key tells findings apart whatever their place.
func key(p diag.Problem) string { return fmt.Sprint(p.Code, " ", p.On, " ", p.Details) }

func count(list []diag.Problem, of string) (n int) {
	for _, p := range list {
		if key(p) == of {
			n++
		}
	}
	return n
}

// severeText are the severe findings of the families P_ and PM_.
func severeText(list []diag.Problem) (found []diag.Problem) {
	for _, p := range list {
		if c := p.Category(); (c == diag.Parsing || c == diag.ParsingModel) && p.Level() == diag.Severe {
			found = append(found, p)
		}
	}
	return found
}

// unharmed checks that no severe finding of the text is new: none of a code that occurs more often now, on a line that was sound (DIA-52).
func unharmed(t testing.TB, what string, files folder, c source.Change, before, now []diag.Problem) {
	t.Helper()
	bad, times := map[string]bool{}, map[string]int{}
	for _, p := range severeText(before) {
		bad[lineNumber(files, p.Place.File, p.Place.Span.Start)] = true
		times[p.Place.File+string(p.Code)]++
	}
	for _, p := range severeText(now) {
		times[p.Place.File+string(p.Code)]--
	}
	for _, p := range severeText(now) {
		was := lineNumber(files, p.Place.File, original(c.Edits, p.Place))
		if times[p.Place.File+string(p.Code)] < 0 && !bad[was] {
			t.Errorf("%s: new is %s", what, p)
		}
	}
}

// original is where a place stood before edits; what they inserted counts for where they did.
func original(edits []source.Edit, at source.Place) int {
	list := slices.DeleteFunc(slices.Clone(edits), func(e source.Edit) bool { return e.Place.File != at.File })
	slices.SortStableFunc(list, func(a, b source.Edit) int {
		return cmp.Or(a.Place.Span.Start-b.Place.Span.Start, a.Place.Span.End-b.Place.Span.End)
	})
	shift := 0
	for _, e := range list {
		start := e.Place.Span.Start + shift
		if at.Span.Start < start {
			break
		}
		if at.Span.Start < start+len(e.With) {
			return e.Place.Span.Start
		}
		shift += len(e.With) - e.Place.Span.Len()
	}
	return at.Span.Start - shift
}

func lineNumber(files folder, file string, at int) string {
	return fmt.Sprint(file, strings.Count(files[file][:min(max(at, 0), len(files[file]))], "\n"))
}

// line is the text of the lines that a finding stands on.
func line(files folder, p diag.Problem) string {
	text := files[p.Place.File]
	start := strings.LastIndexByte(text[:min(p.Place.Span.Start, len(text))], '\n') + 1
	end := min(p.Place.Span.End, len(text))
	if n := strings.IndexByte(text[end:], '\n'); n >= 0 {
		end += n
	} else {
		end = len(text)
	}
	return strings.TrimRight(strings.Join(strings.Fields(strings.ReplaceAll(text[start:end], "\r", "")), " "), " ;")
}

// cured applies each fix of each finding, alone: the finding is gone, or there are fewer of its kind, and nothing of the text is worse.
func cured(t testing.TB, name string, files folder, o load.Options, most int) map[diag.Code]int {
	t.Helper()
	g := ground(files, o)
	fixed := map[diag.Code]int{}
	tried := map[diag.Code]int{}
	for _, p := range g.Problems {
		if tried[p.Code]++; tried[p.Code] > most {
			continue
		}
		for _, f := range refactor.Fixes(g, p) {
			what := fmt.Sprintf("%s: %s by %q", name, p, f.Title.String())
			fixed[p.Code]++
			if f.Change().Empty() {
				t.Errorf("%s: nothing to do", what)
			}
			after := done(t, files, f.Change())
			now := ground(after, o).Problems
			if count(now, key(p)) >= count(g.Problems, key(p)) && !fewerErrors(p, g.Problems, now) && !lineMended(p, files, after, g.Problems, now) {
				t.Errorf("%s: it is still there\n%s", what, changed(files, after))
			}
			if unharmed(t, what, files, f.Change(), g.Problems, now); t.Failed() && testing.Verbose() {
				t.Log(changed(files, after))
			}
		}
	}
	return fixed
}

// fewerErrors says whether a text has fewer errors than before: what is cured may show that a later line has the same mistake.
func fewerErrors(p diag.Problem, before, after []diag.Problem) bool {
	sum := func(list []diag.Problem) (n int) {
		for _, p := range list {
			if p.Category() == diag.Parsing && p.Level() == diag.Severe {
				n++
			}
		}
		return n
	}
	return p.Category() == diag.Parsing && sum(after) < sum(before)
}

// lineMended says whether, in a text that is torn, the finding has left its line: where brackets are missing, another line may have it then.
func lineMended(p diag.Problem, files, after folder, before, now []diag.Problem) bool {
	of := line(files, p)
	here := func(in folder, list []diag.Problem) (n int) {
		for _, other := range list {
			if other.Code == p.Code && line(in, other) == of {
				n++
			}
		}
		return n
	}
	torn := slices.ContainsFunc(before, func(other diag.Problem) bool {
		return other.Category() == diag.Parsing && other.Level() == diag.Severe && other.Place.File == p.Place.File
	})
	return torn && here(after, now) < here(files, before)
}

func changed(before, after folder) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] {
			fmt.Fprintf(&b, "--- %s\n%s\n", name, after[name])
		}
	}
	return b.String()
}

// DIA-51, DIA-52: each fix of each finding in the examples of what is wrong.
func TestFixesCureTheExamples(t *testing.T) {
	fixed := map[diag.Code]int{}
	pages := 0
	for p := range page.All() {
		if len(p.Wrong) == 0 {
			continue
		}
		pages++
		t.Run(string(p.Code), func(t *testing.T) {
			o := load.Options{Options: decl.Options{Strict: p.Strict}, Recipe: p.Recipe}
			for code, n := range cured(t, string(p.Code), folder(p.Wrong), o, 1000) {
				fixed[code] += n
			}
		})
	}
	if pages == 0 {
		t.Fatal("there is no example")
	}
	for _, code := range expected {
		if _, ok := page.Of(code); ok && fixed[code] == 0 {
			t.Errorf("nothing cures %s in any example", code)
		}
	}
}

// expected are the codes of DIA-51, with those about spelling and layout.
var expected = []diag.Code{
	diag.PPropertyEndsWithSemiColon, diag.PImportEndsWithSemiColon, diag.POCBracketMissing, diag.PCCBracketMissing,
	diag.POCBracketExtraCharacters, diag.PCCBracketExtraCharacters, diag.POneBlockPerLine,
	diag.PMDuplicateProperty, diag.PMDotIsNotAllowed, diag.PMUselessInstanceCount, diag.PMIncompleteImportedVarName,
	diag.RMComponentImportsExports, diag.RMUnresolvableVariable, diag.RMUnresolvableFacetVariable,
	diag.COInexistingChild, diag.COInexistingComponent, diag.COInexistingFacet, diag.CmdInexistingComponent, diag.CmdInexistingCommand,
	diag.COUnreachableFile, diag.RMOrphanFacet, diag.RMOrphanFacetWithChildren, diag.RMRootInstallerMustBeTarget,
	diag.RMMissingVariableValue, diag.RMAmbiguousOverriding, diag.ProjNoResourceDirectory, diag.ProjUnreachableFile,
	diag.ProjInvalidFileLocation, diag.ProjNoDescDir, diag.ProjNoDescFile, diag.ProjNoGraphDir, diag.ProjMissingGraphEp, diag.ProjMissingInstanceEp,
	diag.RMMissingApplicationName, diag.RMMissingApplicationVersion, diag.RMMissingApplicationDSLID, diag.RMMissingApplicationGEP,
	diag.RMMissingApplicationExportPrefix, diag.RMMissingInstanceParent, diag.RMInvalidInstanceParent,
	diag.XByteOrderMark, diag.XLegacySyntax, diag.XInstanceOfSpacing, diag.XExtraBracket, diag.XTextBeforeProperty, diag.XTrailingComma,
	diag.XTrailingBlanks, diag.XNameTrailingBlank, diag.XMixedLineEnds, diag.XDuplicateExport, diag.XDuplicateImport,
	diag.XDuplicateReference, diag.XSingleInheritance, diag.XUnknownState, diag.XUnknownMetaVariable, diag.XUselessOverride,
	diag.XRedundantImport, diag.XPathCase, diag.XUnknownDSL, diag.XUnknownDescriptorKey, diag.XDuplicateDescriptorKey,
	diag.XRedundantReference, diag.XUnusedExport, diag.XUnusedImport, diag.XUnusedFacet, diag.XShadowedVariable, diag.XTargetLetterCase,
	diag.XUnknownInstaller, diag.XImportDeadlock, diag.XMissingScript, diag.XMissingUpdateRecipe, diag.XMissingManifest, diag.XMissingTarget,
	diag.RMCycleInComponents, diag.RMCycleInComponentsInheritance, diag.RMCycleInFacetsInheritance, diag.XDuplicateCommandName,
	diag.RecTargetNoID, diag.RecTargetNoHandler, diag.RecTargetNoName, diag.RecTargetConflictingID, diag.RecScriptNoScriptsDir,
	diag.RecPuppetHasNoRbcfModule, diag.RecPuppetMissingParamImportDiff, diag.RecPuppetDislikesWildcardImports, diag.PInvalidFileType,
	diag.XScriptLineEnds, diag.XUnknownTargetHandler, diag.XCmdMissingSlash,
}

// DIA-52: the same in texts without any care.
func TestFixesCureMesses(t *testing.T) {
	messes := 90
	if testing.Short() {
		messes = 30
	}
	for seed := range uint64(messes) {
		files := messy(gen.Mess(seed, 4+int(seed%16)), gen.Mess(seed+1000, 4+int(seed%9)))
		if cured(t, fmt.Sprintf("seed=%d", seed), files, load.Options{}, 1000); t.Failed() {
			return
		}
	}
}

func messy(graph, instances string) folder {
	return folder{
		"descriptor/application.properties": "name = mess\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n",
		"graph/main.graph":                  graph,
		"instances/main.instances":          instances,
	}
}

const corpus = "../../../shared/corpus"

// DIA-52: the same in the shared corpus, read in place.
func TestFixesCureTheCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("the corpus takes a while")
	}
	found := projects(t, corpus)
	if len(found) == 0 {
		t.Skip("the shared corpus is not here")
	}
	for _, dir := range found {
		t.Run(strings.TrimPrefix(dir, corpus), func(t *testing.T) { cured(t, dir, readFolder(t, dir), load.Options{}, 6) })
	}
	for _, file := range single(corpus) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files := messy(string(data), "")
		if strings.HasSuffix(file, ".instances") {
			files = messy("", string(data))
		}
		t.Run(strings.TrimPrefix(file, corpus), func(t *testing.T) { cured(t, file, files, load.Options{}, 6) })
	}
}

// single are the texts of models that belong to no project.
func single(root string) (found []string) {
	_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(name)
		if err == nil && !d.IsDir() && (ext == ".graph" || ext == ".instances") && strings.Contains(filepath.ToSlash(name), "/configurations/") {
			found = append(found, name)
		}
		return nil
	})
	return found
}

// projects are the folders that hold a graph folder, or the folder of a build around it.
func projects(t *testing.T, root string) (found []string) {
	_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "graph" && !strings.Contains(name, "src/main/model") {
			found = append(found, filepath.Dir(name))
		}
		if err == nil && d.IsDir() && strings.HasSuffix(filepath.ToSlash(name), "src/main/model") {
			found = append(found, path.Dir(path.Dir(path.Dir(filepath.ToSlash(name)))))
		}
		return nil
	})
	return found
}

func readFolder(t *testing.T, dir string) folder {
	t.Helper()
	files := folder{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var data []byte
			data, err = os.ReadFile(filepath.Join(dir, name))
			files[name] = string(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
