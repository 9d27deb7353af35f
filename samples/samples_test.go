package samples

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/probe"
	"github.com/roboconf/workbench/model/rule"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/simulator"
)

// each runs a test on every sample.
func each(t *testing.T, do func(t *testing.T, s Sample)) {
	t.Helper()
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) { do(t, s) })
	}
}

func TestSamplesHaveNoFinding(t *testing.T) {
	each(t, func(t *testing.T, s Sample) {
		_, problems := check.Dir(s.FS, load.Options{})
		for _, p := range problems {
			t.Error(p)
		}
	})
}

// layouts are the formatters of the languages, by extension.
var layouts = map[string]func(string) string{
	".graph": syntax.Format, ".instances": syntax.Format, ".commands": command.Format, ".drl": rule.Format, ".measures": probe.Format,
}

func TestSamplesAreLaidOut(t *testing.T) {
	each(t, func(t *testing.T, s Sample) {
		for name, text := range texts(t, s) {
			format := layouts[path.Ext(name)]
			if format != nil && format(text) != text {
				t.Errorf("%s: run roboconf fmt -w samples", name)
			}
		}
	})
}

// In a simulation of every sample everything is started, whatever chance says.
func TestSamplesStart(t *testing.T) {
	each(t, func(t *testing.T, s Sample) {
		for seed := range uint64(20) {
			app := load.Dir(s.FS, load.Options{}, nil).App
			report := simulator.Run(app, simulator.Options{Seed: seed, Wire: true})
			if !report.OK() {
				t.Errorf("%s: %+v %+v", report.Summary(), report.Unmet, report.Broken)
			}
		}
	})
}

// A person can follow: a README, a comment in the graph, recipes for every action that is needed.
func TestSamplesAreWhole(t *testing.T) {
	each(t, func(t *testing.T, s Sample) {
		all := texts(t, s)
		app := load.Dir(s.FS, load.Options{}, nil).App
		if !strings.HasPrefix(all["README.md"], "# "+s.Name+"\n") {
			t.Error("README.md is missing, or has another title")
		}
		for _, c := range app.Graph.Components() {
			if app.Graph.IsMachine(c) {
				continue
			}
			wanted := []lifecycle.Operation{lifecycle.Deploy, lifecycle.Start, lifecycle.Stop, lifecycle.Undeploy}
			if len(app.Graph.Imports(c)) > 0 {
				wanted = append(wanted, lifecycle.Update)
			}
			for _, op := range wanted {
				name := "graph/" + c.Name + "/scripts/" + op.String() + ".sh"
				if all[name] == "" {
					t.Errorf("%s is missing", name)
				}
			}
		}
		for range model.Walk(app.Instances) {
			return
		}
		t.Error("there is no instance")
	})
}

// Recipes stop at the first error and at the first variable that nobody gave.
func TestRecipesAreStrict(t *testing.T) {
	each(t, func(t *testing.T, s Sample) {
		for name, text := range texts(t, s) {
			if path.Ext(name) != ".sh" {
				continue
			}
			if !strings.HasPrefix(text, "#!/bin/bash\n# ") {
				t.Errorf("%s: begin with #!/bin/bash, then say what it does", name)
			}
			if path.Base(name) != "settings.sh" && !strings.Contains(text, "\nset -eu\n") {
				t.Errorf("%s: no set -eu", name)
			}
		}
	})
}

func TestFindNamesWhatThereIs(t *testing.T) {
	if s, err := Find("lamp"); err != nil || s.Name != "lamp" {
		t.Errorf("got %v, %v", s.Name, err)
	}
	if _, err := Find("pony"); err == nil || !strings.Contains(err.Error(), "lamp, hello") {
		t.Errorf("got %v, want the names of the samples", err)
	}
}

func texts(t *testing.T, s Sample) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(s.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(s.FS, name)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
