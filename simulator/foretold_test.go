package simulator

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// X_UNSATISFIED_IMPORT, X_IMPORT_DEADLOCK: what a check foretells happens. Who is said to wait waits. Where nobody is said to wait, and
// nothing else is wrong with imports, everything starts, but for what waits for something that stands inside it: the check looks at
// components, of which another instance might stand elsewhere (diagnostics.md 4.4).
func TestWaitingIsForetold(t *testing.T) {
	waits, sound := 0, 0
	for _, seed := range seeds(t) {
		c := luck(seed, "story", "")
		s := draw(&c)
		app, told, foretold := foretell(s)
		stuck := map[string]bool{}
		for _, u := range Run(app, Options{Seed: seed}).Unmet {
			stuck[u.Path] = true
		}
		for _, path := range told {
			if waits++; !stuck[path] {
				t.Errorf("seed %d: %s was said to wait, and it started\n%s%s", seed, path, s.graph, s.instances)
			}
		}
		if foretold {
			continue
		}
		sound++
		inside := false
		for path := range stuck {
			inside = inside || stuck[path[:strings.LastIndexByte(path, '/')]]
		}
		if len(stuck) > 0 && !inside {
			t.Errorf("seed %d: %v never start, and nobody said so\n%s%s", seed, stuck, s.graph, s.instances)
		}
	}
	if waits == 0 || sound == 0 {
		t.Errorf("%d instances were said to wait, %d applications to start: the stories prove nothing", waits, sound)
	}
}

// foretell checks a sketch: the instances that are said to wait, and whether anything is said against its imports.
func foretell(s *sketch) (app *model.Application, told []string, foretold bool) {
	files := fstest.MapFS{
		"descriptor/application.properties": {Data: []byte("name = random\nversion = 1.0\ndsl-id = roboconf-1.0\n" +
			"graph-entry-point = main.graph\ninstance-entry-point = main.instances\n")},
		"graph/main.graph":         {Data: []byte(s.graph)},
		"instances/main.instances": {Data: []byte(s.instances)},
	}
	r := load.Dir(files, load.Options{}, nil)
	for _, p := range check.All(r, files) {
		switch p.Code {
		case diag.XUnsatisfiedImport:
			told, foretold = append(told, p.On), true
		case diag.XImportDeadlock, diag.RMComponentImportsExports, diag.RMUnresolvableVariable, diag.RMUnresolvableFacetVariable:
			foretold = true
		}
	}
	return r.App, told, foretold
}
