package check_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/properties"
)

const corpus = "../../../shared/corpus"

// believedWrong are entries that we do not follow, with the reason.
var believedWrong = map[string]string{}

type corpusFinding struct {
	Code, Level, File, On string
	Line                  int
	Details               []string
}

type corpusEntry struct {
	Path, Kind string
	Setup      struct {
		Graph, Instances, Component, Installer string
		Commands                               map[string]string
	}
	Expected struct {
		Stage       string
		Also        string `json:"also_allowed"`
		Diagnostics []corpusFinding
		Model       map[string]any
		Descriptor  map[string]any
		Rule        map[string]any

		Instructions []map[string]any
		Updates      []struct {
			From, Gives string
			Set         map[string]string
		}
		Variants []struct {
			What        string
			Edits       []corpusEdit
			Diagnostics []corpusFinding
			Model       map[string]any
		}
		Cases []struct {
			PlacedAs    []string `json:"placed_as"`
			Imports     []string
			Condition   string
			Diagnostics []corpusFinding
		}
	}
}

type corpusEdit struct {
	File, Replace, By, Content, Copy, To string
	Set                                  map[string]string
}

func corpusEntries(t *testing.T) []corpusEntry {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(require.Corpus(t), "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Entries []corpusEntry }
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all.Entries
}

// TestCorpus compares findings and facts with those of the conformance corpus (diagnostics.md 6) and prints the rate.
func TestCorpus(t *testing.T) {
	passed, total := map[string]int{}, map[string]int{}
	for _, e := range corpusEntries(t) {
		run := map[string]func(*testing.T, corpusEntry){
			"graph": corpusGraph, "instances": corpusInstances, "application": corpusApplication, "recipe": corpusApplication,
			"descriptor": corpusDescriptor, "properties": corpusProperties, "puppet": corpusPuppet,
			"rule": corpusRule, "commands": corpusCommands,
		}[e.Kind]
		if run == nil {
			continue // no kind that is known here
		}
		if why := believedWrong[e.Path]; why != "" {
			t.Logf("%s is not followed: %s", e.Path, why)
			continue
		}
		total[e.Kind]++
		if t.Run(e.Path, func(t *testing.T) { run(t, e) }) {
			passed[e.Kind]++
		}
	}
	for _, kind := range []string{"graph", "instances", "application", "recipe", "descriptor", "properties", "puppet", "rule", "commands"} {
		t.Logf("%-11s %d of %d entries", kind, passed[kind], total[kind])
	}
}

func corpusGraph(t *testing.T, e corpusEntry) {
	fsys := os.DirFS(filepath.Join(corpus, path.Dir(e.Path)))
	r := load.Graph(fsys, path.Base(e.Path), load.Options{})
	compareFindings(t, check.All(r, nil), e.Expected.Diagnostics, e.Expected.Also, path.Base(e.Path))
	compareModel(t, r, e.Expected.Model)
}

func corpusInstances(t *testing.T, e corpusEntry) {
	g := model.NewGraph(nil, nil)
	if e.Setup.Graph != "" {
		setup := load.Graph(fstest.MapFS{"setup.graph": {Data: []byte(e.Setup.Graph)}}, "setup.graph", load.Options{})
		g = setup.App.Graph
	}
	fsys := os.DirFS(filepath.Join(corpus, path.Dir(e.Path)))
	r := load.Instances(fsys, path.Base(e.Path), g, load.Options{})
	found := check.All(r, nil)
	if e.Expected.Stage == "syntax" {
		found = slices.DeleteFunc(found, func(p diag.Problem) bool { return p.Category() > diag.ParsingModel })
	}
	found = slices.DeleteFunc(found, func(p diag.Problem) bool { // about the graph of the setup
		return p.Place.File != path.Base(e.Path)
	})
	compareFindings(t, found, e.Expected.Diagnostics, e.Expected.Also, path.Base(e.Path))
	compareModel(t, r, e.Expected.Model)
}

func corpusApplication(t *testing.T, e corpusEntry) {
	fsys := os.DirFS(filepath.Join(corpus, e.Path))
	r, found := check.Dir(fsys, load.Options{})
	if r.Recipe != (e.Kind == "recipe") {
		t.Errorf("read as a recipe: %v", r.Recipe)
	}
	compareFindings(t, found, e.Expected.Diagnostics, e.Expected.Also, "")
	compareModel(t, r, e.Expected.Model)
	for _, v := range e.Expected.Variants {
		r, found := check.Dir(edited(t, fsys, v.Edits), load.Options{})
		compareFindings(t, found, v.Diagnostics, e.Expected.Also, "")
		compareModel(t, r, v.Model)
	}
}

// edited is a copy of a project after some changes.
func edited(t *testing.T, fsys fs.FS, edits []corpusEdit) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var data []byte
			data, err = fs.ReadFile(fsys, name)
			out[name] = &fstest.MapFile{Data: data}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		switch {
		case e.Copy != "":
			out[e.To] = out[e.Copy]
			continue
		case e.Content != "":
			out[e.File] = &fstest.MapFile{Data: []byte(e.Content)}
			continue
		}
		text := string(out[e.File].Data)
		if e.Replace != "" {
			text = strings.ReplaceAll(text, e.Replace, e.By)
		}
		for key, value := range e.Set {
			text = properties.Set(text, key, value)
		}
		out[e.File] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func corpusDescriptor(t *testing.T, e corpusEntry) {
	text, err := os.ReadFile(filepath.Join(corpus, e.Path))
	if err != nil {
		t.Fatal(err)
	}
	const name = "descriptor/application.properties"
	r, found := check.Dir(fstest.MapFS{name: {Data: text}, "graph/main.graph": {}}, load.Options{})
	found = slices.DeleteFunc(found, func(p diag.Problem) bool {
		// Nothing but the descriptor is given, so its exports and its entries lead nowhere.
		return p.Place.File != name || p.Code == diag.RMInvalidExternalExport || p.Code == diag.ProjMissingInstanceEp
	})
	compareFindings(t, found, e.Expected.Diagnostics, e.Expected.Also, name)
	d := r.App.Descriptor
	exports := map[string]any{}
	for _, x := range d.Exports {
		exports[x.Variable] = x.Alias
	}
	lines := map[string]any{}
	for _, k := range r.Descriptor.Entries {
		if key := strings.TrimPrefix(k.Key, "application-"); key != "namespace" {
			lines[key] = float64(r.Files[name].Lines.Line(k.KeySpan.Start))
		}
	}
	compareFacts(t, e.Expected.Descriptor, map[string]any{
		"name": d.Name, "version": d.Version, "description": d.Description, "dsl_id": d.DSL,
		"graph_entry_point": d.GraphEntry, "instance_entry_point": d.InstanceEntry, "exports_prefix": d.ExportsPrefix,
		"exports": exports, "invalid_exports": []any{}, "tags": anys(d.Tags), "lines": lines,
	})
}

func corpusProperties(t *testing.T, e corpusEntry) {
	for _, u := range e.Expected.Updates {
		text := readCorpus(t, path.Join(e.Path, u.From))
		for key, value := range u.Set {
			text = properties.Set(text, key, value)
		}
		if want := readCorpus(t, path.Join(e.Path, u.Gives)); text != want {
			t.Errorf("%s after %v:\n%s\nwant\n%s", u.From, u.Set, text, want)
		}
	}
}

func readCorpus(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpus, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func corpusPuppet(t *testing.T, e corpusEntry) {
	for _, c := range e.Expected.Cases {
		if c.Condition != "" {
			continue // it needs the program of somebody else
		}
		text := fmt.Sprintf("vm {\n\tinstaller: target;\n\tchildren: %s;\n}\n\n%s {\n\tinstaller: %s;\n", e.Setup.Component, e.Setup.Component, e.Setup.Installer)
		if len(c.Imports) > 0 {
			text += "\timports: " + strings.Join(c.Imports, ", ") + ";\n"
		}
		fsys := fstest.MapFS{"graph/main.graph": {Data: []byte(text + "}\n")}}
		for _, name := range c.PlacedAs {
			fsys["graph/"+e.Setup.Component+"/"+name] = &fstest.MapFile{Data: []byte(readCorpus(t, e.Path))}
		}
		_, found := check.Dir(fsys, load.Options{})
		var got, want []string
		for _, p := range found {
			if p.Category() == diag.Recipes {
				got = append(got, string(p.Code))
			}
		}
		for _, f := range c.Diagnostics {
			want = append(want, f.Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: got %v, want %v", c.PlacedAs, got, want)
		}
	}
}

// compareFindings wants every expected finding, and no other one than those that also allows (DIA-61, DIA-62).
func compareFindings(t *testing.T, found []diag.Problem, want []corpusFinding, also, defaultFile string) {
	t.Helper()
	rest := map[string]int{}
	for _, f := range want {
		rest[keyOf(f, defaultFile)]++
	}
	for _, p := range found {
		key := keyOf(findingOf(p), "")
		switch {
		case rest[key] > 0:
			rest[key]--
		case p.Code.Ours() || allowed(p, want, also):
		default:
			t.Errorf("not expected: %s", p)
		}
	}
	for key, n := range rest {
		if n > 0 {
			t.Errorf("missing: %s", key)
		}
	}
	if t.Failed() {
		for _, p := range found {
			t.Logf("found %s", p)
		}
	}
}

func findingOf(p diag.Problem) corpusFinding {
	f := corpusFinding{Code: string(p.Code), Level: p.Level().String(), File: p.Place.File, Line: p.Range.Start.Line}
	for _, d := range p.Details {
		f.Details = append(f.Details, string(d.Kind)+"="+d.Text)
	}
	return f
}

func keyOf(f corpusFinding, defaultFile string) string {
	if f.File == "" && f.Line > 0 {
		f.File = defaultFile
	}
	return fmt.Sprintf("%s %s %s:%d %s", f.Level, f.Code, f.File, f.Line, strings.Join(f.Details, "; "))
}

// allowed says whether the reference stopped before it could have made the finding.
func allowed(p diag.Problem, want []corpusFinding, also string) bool {
	if also == "none" || also == "" {
		return false
	}
	stage, line := diag.REST, 1<<30
	for _, f := range want {
		if info := diag.Lookup(diag.Code(f.Code)); info.Level == diag.Severe {
			stage = min(stage, info.Category)
			line = min(line, f.Line)
		}
	}
	if p.Category() > stage || p.Category() == diag.Conversion && stage == diag.Conversion {
		return true
	}
	return also == "later-lines-and-stages" && p.Range.Start.Line >= line
}
