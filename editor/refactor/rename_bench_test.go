package refactor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/load"
)

// wide is an application where one variable is used so often in each of so many files, scripts included.
func wide(files, uses int) folder {
	out := folder{
		"descriptor/application.properties": "name = wide\nversion = 1.0\ngraph-entry-point = main.graph\ninstance-entry-point = model.instances\n",
		"instances/model.instances":         "instance of VM {\n\tname: vm;\n\tinstance of Base {\n\t\tname: base;\n\t\tport: 81;\n\t}\n}\n",
	}
	var main strings.Builder
	main.WriteString("VM {\n\tinstaller: target;\n\tchildren: app;\n}\nfacet app {\n}\nBase {\n\tinstaller: script;\n\tfacets: app;\n\texports: ip, port = 80;\n}\n")
	for f := range files {
		fmt.Fprintf(&main, "import part%d.graph;\n", f)
		var part strings.Builder
		for c := range uses {
			name := fmt.Sprintf("App%dx%d", f, c)
			fmt.Fprintf(&part, "# Number %d.\n%s {\n\tinstaller: script;\n\tfacets: app;\n\texports: ip, path = /srv/%d;\n\timports: Base.port, Base.ip (optional);\n}\n\n", c, name, c)
			if c == 0 {
				out["graph/"+name+"/scripts/start.sh"] = "#!/bin/sh\nset -e\n. ./settings.sh\necho \"$Base_0_ip:$Base_0_port\" > ${ROBOCONF_FILES_DIR}/list\n"
			}
		}
		out[fmt.Sprintf("graph/part%d.graph", f)] = part.String()
	}
	out["graph/main.graph"] = main.String()
	return out
}

// engineering.md 1.3: a variable with 5,000 uses over 1,000 files; a script beside each of them.
func BenchmarkRename(b *testing.B) {
	files := wide(1000, 5)
	g := ask.Ground{Result: load.Dir(files, load.Options{}, nil), FS: files}
	if got := len(names.Uses(g, names.Name{Kind: names.Variable, Owner: "Base", Text: "port"})); got != 6002 {
		b.Fatalf("%d uses", got)
	}
	at := strings.Index(files["graph/main.graph"], "port = 80")
	for b.Loop() {
		r, err := refactor.Rename(g, "graph/main.graph", at, "tcp")
		if err != nil || len(r.Edits) != 5002 || len(r.Recipes) != 1000 {
			b.Fatalf("%d edits, %d in recipes, %v", len(r.Edits), len(r.Recipes), err)
		}
	}
}

// The same for a component: its prefix is everywhere.
func BenchmarkRenameComponent(b *testing.B) {
	files := wide(1000, 5)
	g := ask.Ground{Result: load.Dir(files, load.Options{}, nil), FS: files}
	at := strings.Index(files["graph/main.graph"], "Base {")
	for b.Loop() {
		r, err := refactor.Rename(g, "graph/main.graph", at, "Ground")
		if err != nil || len(r.Edits) != 10002 {
			b.Fatalf("%d edits, %v", len(r.Edits), err)
		}
	}
}
