package refactor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/page"
	"github.com/roboconf/workbench/model/source"
)

// DIA-52: the fixes of a project are applied together; of two that touch the same text, the first.
func TestFixesThatMeetWait(t *testing.T) {
	edit := func(start, end int, with string) source.Edit {
		return source.Edit{Place: source.Place{File: "a.graph", Span: source.Span{Start: start, End: end}}, With: with}
	}
	fix := func(edits ...source.Edit) diag.Problem { return diag.Problem{Fixes: []diag.Fix{{Edits: edits}}} }
	g := ask.Ground{
		Result: &load.Result{
			App:   &model.Application{Graph: model.NewGraph(nil, nil)},
			Files: map[string]*load.File{"a.graph": {Text: "0123456789"}},
		},
		Problems: []diag.Problem{
			fix(edit(6, 7, "six")),
			fix(edit(0, 1, ""), edit(6, 8, "meets the first")),
			fix(edit(3, 3, ";")),
			{Fixes: []diag.Fix{{Edits: []source.Edit{edit(8, 9, "a")}}, {Edits: []source.Edit{edit(8, 9, "b")}}}}, // a choice
			fix(source.Edit{Place: source.Place{File: "unread.graph"}}),
		},
	}
	c := refactor.Cure(g, "", "")
	if got := source.Apply("0123456789", c.Edits); got != "012;345six789" {
		t.Errorf("got %q", got)
	}
	if len(c.Edits) != 2 {
		t.Errorf("edits %v", c.Edits)
	}
}

// settled cures round after round; each makes nothing of the text worse, and some round is the last.
func settled(t testing.TB, name string, files folder, o load.Options, code diag.Code) folder {
	t.Helper()
	const most = 60
	for range most {
		g := ground(files, o)
		c := refactor.Cure(g, code, "")
		if c.Empty() {
			return files
		}
		after := done(t, files, c)
		unharmed(t, name, files, c, g.Problems, ground(after, o).Problems)
		if t.Failed() {
			t.Fatal(changed(files, after))
		}
		files = after
	}
	t.Fatalf("%s: after %d rounds, there is still something to cure", name, most)
	return nil
}

// DIA-52: all codes together, and each code alone.
func TestCureSettles(t *testing.T) {
	for p := range page.All() {
		if len(p.Wrong) == 0 {
			continue
		}
		o := load.Options{Options: decl.Options{Strict: p.Strict}, Recipe: p.Recipe}
		settled(t, string(p.Code), folder(p.Wrong), o, "")
		settled(t, string(p.Code), folder(p.Wrong), o, p.Code)
	}
	for seed := range uint64(80) {
		settled(t, fmt.Sprintf("seed=%d", seed), messy(gen.Mess(seed, 30), gen.Mess(seed+500, 20)), load.Options{}, "")
	}
}

// Without being named, nothing is removed or created that somebody may mean.
func TestCureLeavesChoices(t *testing.T) {
	files := folder{
		"descriptor/application.properties": "name = a\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n",
		"graph/main.graph":                  "VM {\n\tinstaller: target;\n\texports: ip;\n}\nLonely {\n\tinstaller: script;\n}\nfacet orphan {\n}\n",
	}
	if c := refactor.Cure(ground(files, load.Options{}), "", ""); !c.Empty() {
		t.Errorf("changes %+v", c)
	}
	if c := refactor.Cure(ground(files, load.Options{}), diag.ProjNoResourceDirectory, ""); len(c.Files) == 0 {
		t.Error("no recipe, although somebody asked for it")
	}
}

// DIA-51: folders that are missing are made from the skeleton of their installer; nothing is found in those.
func TestMissingFolders(t *testing.T) {
	files := folder{
		"descriptor/application.properties": "name = a\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n",
		"graph/main.graph": "VM {\n\tinstaller: target;\n\tchildren: Web, Db, Site;\n}\n" +
			"Web {\n\tinstaller: script;\n\timports: Db.ip, Db.port;\n}\n" +
			"Db {\n\tinstaller: puppet;\n\texports: ip, port = 3306;\n}\nSite {\n\tinstaller: file;\n}\n",
	}
	after := done(t, files, refactor.Cure(ground(files, load.Options{}), diag.ProjNoResourceDirectory, ""))
	for _, p := range ground(after, load.Options{}).Problems {
		if strings.HasPrefix(string(p.Code), "REC_") || p.Code == diag.ProjNoResourceDirectory || p.Code == diag.XMissingScript {
			t.Errorf("left: %s", p)
		}
	}
	for _, name := range []string{"VM/target.properties", "Web/scripts/update.sh", "Db/roboconf_db/manifests/init.pp", "Site/instructions.properties"} {
		if after["graph/"+name] == "" {
			t.Errorf("%s was not made", name)
		}
	}
}

// TestCureOneFile leaves the other files as they are.
func TestCureOneFile(t *testing.T) {
	files := messy("A {\n\tinstaller: target\n\texports: ip\n}\n", "instance of A {\n\tname: a\n}\n")
	g := ground(files, load.Options{})
	c := refactor.Cure(g, diag.PPropertyEndsWithSemiColon, "graph/main.graph")
	after := done(t, files, c)
	if len(c.Edits) != 2 || after["instances/main.instances"] != files["instances/main.instances"] {
		t.Errorf("edits %v", c.Edits)
	}
}

const ancient = `LoadBalancer {
	alias: the front door;
	icon: lb.png;
	installer: puppet;
	imports: Server.port, Server.ip;
}

Server {
	facets: hosted;
	exports: port = 80, ip;
}

facet hosted {
	installer: script;
}

Machine {
	installer: iaas;
	children: hosted, LoadBalancer;
	exports: ip;
}
`

const ancientInstances = `instanceof Machine {
	name: front;
	channel: prod;
	channels: eu, prod;
	instanceof LoadBalancer {
		name: lb;
	}
	instanceof Server {
		name: s;
		channel: x;
	}
}
`

// dsl.md 10: what was written for version 0.1 says the same in today's form, and no hint is left.
func TestConvertLegacy(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		files := messy(strings.ReplaceAll(ancient, "\n", end), strings.ReplaceAll(ancientInstances, "\n", end))
		files["descriptor/application.properties"] = "application-name = old\napplication-qualifier = 1.2\napplication-namespace = org\n" +
			"application-dsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n"
		before := ground(files, load.Options{})
		after := settled(t, "legacy", files, load.Options{}, diag.XLegacySyntax)
		now := ground(after, load.Options{})
		for _, p := range now.Problems {
			if p.Code == diag.XLegacySyntax || p.Level() == diag.Severe || p.Code == diag.XMixedLineEnds {
				t.Errorf("left: %s", p)
			}
		}
		if was, is := meaning(before.Result.App), meaning(now.Result.App); was != is {
			t.Errorf("it said\n%s\nit says\n%s", was, is)
		}
		if strict := ground(after, load.Options{Options: decl.Options{Strict: true}}); diag.Has(strict.Problems, diag.Severe) {
			t.Errorf("the reference refuses\n%s", changed(files, after))
		}
	}
}

// meaning is what an application says, by whatever words.
func meaning(app *model.Application) string {
	var b strings.Builder
	for _, c := range app.Graph.Components() {
		fmt.Fprintln(&b, c.Name, app.Graph.Installer(c), values(app.Graph.Exports(c)), len(app.Graph.Imports(c)), len(app.Graph.Children(c)))
	}
	for path, i := range model.Walk(app.Instances) {
		channels := slices.Sorted(slices.Values(i.Channels))
		fmt.Fprintln(&b, path, i.Component, slices.Compact(channels), i.State, i.Data, values(model.EffectiveExports(app.Graph, path, i, "")))
	}
	fmt.Fprintln(&b, app.Descriptor.Name, app.Descriptor.Version, app.Descriptor.DSL)
	return b.String()
}

func values(list []model.Variable) (out []string) {
	for _, v := range list {
		out = append(out, v.Name+"="+v.Value.Text)
	}
	return out
}
