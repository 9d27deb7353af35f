package refactor_test

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// The import of a new file stands with the other imports, below what is said about the file, with blank lines as the layout has them
// (dsl.md 12.2).
func TestWhereTheImportOfAMovedTypeStands(t *testing.T) {
	const (
		vm   = "VM {\n\tinstaller: target;\n\tchildren: App;\n}\n"
		app  = "App {\n\tinstaller: script;\n}\n"
		head = "# Who runs where.\n"
	)
	for name, c := range map[string]struct{ text, want string }{
		"the first block":             {app + "\n" + vm, "import app.graph;\n\n" + vm},
		"the last block":              {vm + "\n" + app, "import app.graph;\n\n" + vm},
		"its comment goes along":      {"# It serves.\n" + app + "\n# Big.\n" + vm, "import app.graph;\n\n# Big.\n" + vm},
		"that of another block stays": {"# Big.\n" + vm + "\n" + app, "import app.graph;\n\n# Big.\n" + vm},
		"a comment about the file":    {head + "\n" + app + "\n" + vm, head + "\nimport app.graph;\n\n" + vm},
		"and another block below it":  {head + "\n" + vm + "\n" + app, head + "\nimport app.graph;\n\n" + vm},
		"imports":                     {head + "import x.graph;\n\n" + vm + "\n" + app, head + "import x.graph;\nimport app.graph;\n\n" + vm},
		"right below imports":         {"import x.graph;\n" + app + "\n" + vm, "import x.graph;\nimport app.graph;\n\n" + vm},
		"the first below imports":     {"import x.graph;\n\n" + app + "\n" + vm, "import x.graph;\nimport app.graph;\n\n" + vm},
		"imports at the end":          {app + "\n" + vm + "\nimport x.graph;", vm + "\nimport x.graph;\nimport app.graph;"},
		"a mark":                      {"\uFEFF" + app + "\n" + vm, "\uFEFFimport app.graph;\n\n" + vm},
		"other line ends": {
			strings.ReplaceAll(vm+"\n"+app, "\n", "\r\n"), strings.ReplaceAll("import app.graph;\n\n"+vm, "\n", "\r\n"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := messy(c.text, "")
			files["graph/x.graph"] = "facet x {\n}\n"
			g := ground(files, load.Options{})
			at := strings.Index(c.text, "App {")
			for _, a := range refactor.Actions(g, "graph/main.graph", source.Span{Start: at, End: at}) {
				if a.Title.String() != "Move App to the new file app.graph" {
					continue
				}
				if got := done(t, files, a.Change)["graph/main.graph"]; got != c.want {
					t.Errorf("got %q\nwant %q", got, c.want)
				}
				return
			}
			t.Error("it cannot be moved")
		})
	}
}
