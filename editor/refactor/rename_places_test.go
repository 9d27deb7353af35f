package refactor_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// MOD-133: what others import from outside gets the new name there too.
func TestRenameReachesOtherApplications(t *testing.T) {
	bank := folder{
		"descriptor/application.properties": "name = Bank\ngraph-entry-point = main.graph\nexports-prefix = Bank\nexports = Vault.gold as account\n",
		"graph/main.graph":                  "Vault {\n\tinstaller: target;\n\texports: gold = 1;\n}\n",
	}
	shop := filesOf(busyShop)
	b, s := ground(bank, load.Options{}), ground(shop, load.Options{})
	b.Beside = []ask.Neighbour{{Dir: "/shop", Result: s.Result}}
	s.Beside = []ask.Neighbour{{Dir: "/bank", Result: b.Result}}
	for _, n := range []names.Name{{Kind: names.Prefix, Text: "Bank"}, {Kind: names.Alias, Owner: "Bank", Text: "account"}} {
		from, err := refactor.RenameName(b, n, "Treasure")
		if err != nil {
			t.Fatal(err)
		}
		to, err := refactor.RenameName(s, n, "Treasure")
		if err != nil {
			t.Fatal(err)
		}
		if len(from.Edits) != 1 || len(from.Beside) != 1 || from.Beside[0].Dir != "/shop" || len(to.Recipes) != 1 {
			t.Fatalf("%v: %+v, %+v", n, from, to)
		}
		if diff := cmp.Diff(from.Beside[0].Edits, to.Edits); diff != "" {
			t.Errorf("%v: asked from both sides, the importer changes otherwise:\n%s", n, diff)
		}
		if diff := cmp.Diff([]refactor.Beside{{Dir: "/bank", Edits: from.Edits}}, to.Beside); diff != "" {
			t.Errorf("%v: asked from both sides, the exporter changes otherwise:\n%s", n, diff)
		}
	}
	if _, err := refactor.RenameName(b, names.Name{Kind: names.Prefix, Text: "Bank"}, "Tomcat"); err == nil {
		t.Error("a type of another application may be hidden")
	}
}

// MOD-11: in a project of a build tool, everything stands further down.
func TestRenameInsideABuildProject(t *testing.T) {
	const base = "src/main/model/"
	plain, deep := filesOf(busyShop), folder{}
	for name, text := range plain {
		if name == ".roboconf/profile" {
			delete(plain, name)
			continue
		}
		deep[base+name] = text
	}
	for _, n := range []names.Name{{Kind: names.Component, Text: "Tomcat"}, {Kind: names.Command, Text: "grow"}, {Kind: names.Rule, Text: "busy"}} {
		r, err := refactor.RenameName(ground(plain, load.Options{}), n, "Other")
		if err != nil {
			t.Fatal(err)
		}
		below, err := refactor.RenameName(ground(deep, load.Options{}), n, "Other")
		if err != nil {
			t.Fatal(err)
		}
		want := folder{}
		for name, text := range done(t, plain, everything(r)) {
			want[base+name] = text
		}
		if got := done(t, deep, everything(below)); !maps.Equal(got, want) {
			t.Errorf("%v: %s", n, cmp.Diff(want, got))
		}
	}
}

// DSL-71: graph files may stand in the folder of a recipe; imports follow it.
func TestRenameMovesGraphFilesInRecipes(t *testing.T) {
	files := folder{
		"descriptor/application.properties": "name = Shop\ngraph-entry-point = VM/main.graph\n",
		"graph/VM/main.graph":               "import VM/parts/app.graph;\nVM {\n\tinstaller: target;\n\tchildren: App;\n}\n",
		"graph/VM/parts/app.graph":          "import VM/main.graph;\nApp {\n\tinstaller: script;\n}\n",
	}
	r, err := refactor.RenameName(ground(files, load.Options{}), names.Name{Kind: names.Component, Text: "VM"}, "Host")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]source.Move{{From: "graph/VM", To: "graph/Host"}}, r.Moves); diff != "" {
		t.Error(diff)
	}
	want := folder{
		"descriptor/application.properties": "name = Shop\ngraph-entry-point = Host/main.graph\n",
		"graph/Host/main.graph":             "import Host/parts/app.graph;\nHost {\n\tinstaller: target;\n\tchildren: App;\n}\n",
		"graph/Host/parts/app.graph":        "import Host/main.graph;\nApp {\n\tinstaller: script;\n}\n",
	}
	if diff := cmp.Diff(want, done(t, files, r.Change)); diff != "" {
		t.Error(diff)
	}
}
