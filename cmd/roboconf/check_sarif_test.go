package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/page"
	"github.com/roboconf/workbench/model/source"
)

// sarifSchema is that of OASIS, SARIF 2.1.0 with errata 01.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file := require.SARIFSchema(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(file, doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile(file)
}

// writeFolder makes a folder of files.
func writeFolder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			text, path = "", filepath.Join(path, ".keep")
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// runCheck is the command as a person calls it.
func runCheck(t testing.TB, args ...string) (out, talk string, code int) {
	t.Helper()
	var o, e strings.Builder
	code = run(append([]string{"check"}, args...), streams{out: &o, err: &e})
	if code == exitUse {
		t.Fatalf("check %q could not run: %s", args, e.String())
	}
	return o.String(), e.String(), code
}

// What check says of the wrong example of each page, and of a text that is wrong in all ways, is valid SARIF 2.1.0.
func TestSARIFIsValid(t *testing.T) {
	schema := sarifSchema(t)
	if schema.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{}}}) == nil {
		t.Fatal("the schema accepts a run without a tool")
	}
	dirs := []string{
		writeFolder(t, map[string]string{"graph/main.graph": gen.Mess(7, 300), "instances/model.instances": gen.Mess(8, 300)}),
		filepath.Join(t.TempDir(), "é 100%#?&"),
	}
	if err := os.Mkdir(dirs[1], 0o755); err != nil {
		t.Fatal(err)
	}
	for p := range page.All() {
		if len(p.Wrong) > 0 {
			dirs = append(dirs, writeFolder(t, p.Wrong))
		}
	}
	for _, lang := range []string{"en", "fr"} {
		out, _, code := runCheck(t, append([]string{"--format", "sarif", "--lang", lang}, dirs...)...)
		if code != exitProblems {
			t.Errorf("exit %d", code)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("--lang %s: %v", lang, err)
		}
		holdRules(t, out)
	}
}

// holdRules looks at what the schema cannot say: rules are found by their index, fingerprints are of one finding each.
func holdRules(t *testing.T, out string) {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal([]byte(out), &log); err != nil {
		t.Fatal(err)
	}
	r := log.Runs[0]
	seen := map[string]bool{}
	fixes := 0
	for _, result := range r.Results {
		if r.Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("rule %d is not %s", result.RuleIndex, result.RuleID)
		}
		if print := result.Fingerprints[fingerprint]; seen[print] {
			t.Errorf("two findings have the fingerprint %s", print)
		} else {
			seen[print] = true
		}
		fixes += len(result.Fixes)
	}
	if len(r.Results) < 300 || fixes < 100 {
		t.Errorf("%d findings with %d fixes: too few to prove anything", len(r.Results), fixes)
	}
}

// Each helpUri leads to a heading of docs/diagnostics.md.
func TestPagesOfSARIFAreThere(t *testing.T) {
	text, err := os.ReadFile("../../docs/diagnostics.md")
	if err != nil {
		t.Fatal(err)
	}
	for code := range diag.Codes() {
		w := &sarifWriter{}
		anchor, ok := strings.CutPrefix(w.rule(code).HelpURI, pages)
		if !ok || !strings.Contains(string(text), "\n### "+strings.ToUpper(anchor)+"\n") {
			t.Errorf("%s: no heading for %q", code, anchor)
		}
	}
}

// A fingerprint stays when lines move, and differs from that of another finding.
func TestFingerprints(t *testing.T) {
	const vm = "VM {\n\tinstaller: target ;\n\texports: ip ;\n}\n"
	dir := writeFolder(t, map[string]string{"graph/main.graph": vm})
	prints := func() (list []string) {
		t.Helper()
		out, _, _ := runCheck(t, "--format", "sarif", dir)
		var log sarifLog
		if err := json.Unmarshal([]byte(out), &log); err != nil {
			t.Fatal(err)
		}
		for _, r := range log.Runs[0].Results {
			list = append(list, r.Fingerprints[fingerprint])
		}
		return list
	}
	before := prints()
	if len(before) < 2 {
		t.Fatalf("%d findings", len(before))
	}
	if err := os.WriteFile(filepath.Join(dir, "graph", "main.graph"), []byte("\n# moved\n\n"+vm), 0o644); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, prints()); diff != "" {
		t.Errorf("after the lines moved:\n%s", diff)
	}
}

// A file below the root is named from there; another one absolutely. Nothing in a name is taken for a part of a URI.
func TestArtifacts(t *testing.T) {
	w := &sarifWriter{root: "/repo"}
	for _, c := range []struct {
		dir, file string
		want      sarifArtifact
	}{
		{"/repo", "", sarifArtifact{URI: "", Base: sourceRoot}},
		{"/repo/shop", "", sarifArtifact{URI: "shop/", Base: sourceRoot}},
		{"/repo/shop", "graph/a b%.graph", sarifArtifact{URI: "shop/graph/a%20b%25.graph", Base: sourceRoot}},
		{"/repo", "c:d.graph", sarifArtifact{URI: "./c:d.graph", Base: sourceRoot}},
		{"/repository", "x", sarifArtifact{URI: "file:///repository/x"}},
		{"/", "é", sarifArtifact{URI: "file:///%C3%A9"}},
	} {
		if got := w.artifact(c.dir, c.file); got != c.want {
			t.Errorf("%s %s: %v, want %v", c.dir, c.file, got, c.want)
		}
	}
}

// SARIF cannot say that a file is made or moved: such a fix is left out rather than told by half.
func TestFixesThatSARIFCannotSay(t *testing.T) {
	w := &sarifWriter{root: "/"}
	edit := []source.Edit{{Place: source.Place{File: "gone.graph"}, With: "x"}}
	for name, f := range map[string]diag.Fix{
		"nothing":   {},
		"a file":    {Edits: edit, Files: []source.File{{Name: "new"}}},
		"a move":    {Moves: []source.Move{{From: "a", To: "b"}}},
		"no lines":  {Edits: edit},
		"only made": {Files: []source.File{{Name: "new"}}},
	} {
		if _, ok := w.fix(learn(diag.XTrailingBlanks).found, f); ok {
			t.Errorf("%s: it is told", name)
		}
	}
}
