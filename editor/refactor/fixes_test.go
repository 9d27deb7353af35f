package refactor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

const (
	graphFile     = "graph/main.graph"
	instancesFile = "instances/main.instances"
	descriptor    = "descriptor/application.properties"
)

// fixable is a folder with a mistake, the titles of all that cures it, and what the one with a number leads to.
type fixable struct {
	name   string
	files  map[string]string // over a small sound application
	code   diag.Code
	titles []string
	take   int
	file   string
	want   string // of that file; what it has to hold when it starts with "..."
}

const hostGraph = "Host {\n\tinstaller: target;\n\texports: ip;\n\tchildren: Web;\n}\n\nWeb {\n\tinstaller: script;\n\texports: ip, port = 80;\n}\n"

func over(files map[string]string) folder {
	all := folder{
		descriptor:    "name = a\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n",
		graphFile:     hostGraph,
		instancesFile: "instance of Host {\n\tname: host;\n}\n",
	}
	for name, text := range files {
		if all[name] = text; text == "-" {
			delete(all, name)
		}
	}
	return all
}

func graphWith(old, by string) map[string]string {
	return map[string]string{graphFile: strings.Replace(hostGraph, old, by, 1)}
}

func instancesWith(text string) map[string]string { return map[string]string{instancesFile: text} }

// DIA-51: what each finding offers, and what comes of it.
func TestDIA51Fixes(t *testing.T) {
	for _, c := range []fixable{
		{
			"lists are merged", graphWith("children: Web;", "children: Web;\n\tchildren: Web, Db;"), diag.PMDuplicateProperty,
			[]string{"Put both lists together"},
			0, graphFile, "...\tchildren: Web, Db;\n}\n",
		},
		{
			"one of two values is kept", graphWith("installer: script;", "installer: script;\n\tinstaller: puppet;"), diag.PMDuplicateProperty,
			[]string{"Keep script", "Keep puppet"},
			1, graphFile, "...Web {\n\tinstaller: puppet;\n\texports",
		},
		{
			"dots go everywhere",
			map[string]string{graphFile: strings.ReplaceAll(hostGraph, "Web", "Web.x")},
			diag.PMDotIsNotAllowed,
			[]string{"Replace the dots by underscores"},
			0, graphFile, strings.ReplaceAll(hostGraph, "Web", "Web_x"),
		},
		{
			"an import of a type", graphWith("port = 80;", "port = 80;\n\timports: Host;"), diag.PMIncompleteImportedVarName,
			[]string{"Import every variable"},
			0, graphFile, "...imports: Host.*;",
		},
		{
			"an import of a variable", graphWith("port = 80;", "port = 80;\n\timports: ip (optional);"), diag.PMIncompleteImportedVarName,
			[]string{"Import Host.ip"},
			0, graphFile, "...imports: Host.ip (optional);",
		},
		{
			"an import of its own", graphWith("port = 80;", "port = 80;\n\timports: Web.ip;"), diag.RMComponentImportsExports,
			[]string{"Mark the import optional", "Remove the import"},
			0, graphFile, "...imports: Web.ip (optional);",
		},
		{
			"a variable that nobody exports", graphWith("port = 80;", "port = 80;\n\timports: Host.memory, Host.ip;"), diag.RMUnresolvableVariable,
			[]string{"Export memory from Host", "Remove the import"},
			0, graphFile, "...\texports: ip, memory = change-me;\n\tchildren",
		},
		{
			"several near names",
			map[string]string{graphFile: hostGraph + "\nWeb1 {\n\tinstaller: target;\n\tchildren: Weab;\n}\nWeb2 {\n\tinstaller: target;\n}\n"},
			diag.COInexistingChild,
			[]string{"Replace Weab by Web", "Declare the component Weab", "Declare the facet Weab", "Remove it from the children"},
			2, graphFile, "...facet Weab {\n}\n",
		},
		{
			"a missing child", graphWith("children: Web;", "children: Web, Database;"), diag.COInexistingChild,
			[]string{"Declare the component Database", "Declare the facet Database", "Remove it from the children"},
			0, graphFile, "...}\n\nDatabase {\n\tinstaller: script;\n}\n\nWeb {",
		},
		{
			"an orphan facet",
			map[string]string{graphFile: hostGraph + "\n# Alone.\nfacet lonely {\n\texports: x = 1;\n}\n"},
			diag.RMOrphanFacet,
			[]string{"Remove the facet", "Give it to Host", "Give it to Web"},
			0, graphFile, hostGraph,
		},
		{
			"a root that is no machine",
			map[string]string{graphFile: hostGraph + "\nAlone {\n\tinstaller: script;\n}\n"},
			diag.RMRootInstallerMustBeTarget,
			[]string{"Make it a machine", "Let it run on Host"},
			1, graphFile, "...children: Web, Alone;",
		},
		{
			"a value that is missing",
			map[string]string{
				graphFile:     strings.Replace(hostGraph, "ip;", "ip, size;", 1),
				instancesFile: "instance of Host {\n\tname: host;\n}\ninstance of Host {\n\tname: other;\n\tsize: big;\n}\n",
			},
			diag.RMMissingVariableValue,
			[]string{"Set size to big on this instance", "Set size on this instance", "Give it a default"},
			0, instancesFile,
			"instance of Host {\n\tname: host;\n\tsize: big;\n}\ninstance of Host {\n\tname: other;\n\tsize: big;\n}\n",
		},
		{
			"an instance without its parent", instancesWith("instance of Web {\n\tname: web;\n}\n"), diag.RMMissingInstanceParent,
			[]string{"Put it on a new instance of Host"},
			0, instancesFile,
			"instance of Host {\n\tname: host;\n\n\tinstance of Web {\n\t\tname: web;\n\t}\n}\n",
		},
		{
			"an instance beside its parent", instancesWith("instance of Host {\n\tname: host;\n}\n\n# web\ninstance of Web {\n\tname: web;\n}\n"), diag.RMMissingInstanceParent,
			[]string{"Put it on a new instance of Host", "Move it to /host"},
			1, instancesFile,
			"instance of Host {\n\tname: host;\n\n\tinstance of Web {\n\t\tname: web;\n\t}\n}\n",
		},
		{
			"a name that is missing", instancesWith("instance of Host {\n\tcount: 2;\n}\n"), diag.PMMissingInstanceName,
			[]string{"Call it host"},
			0, instancesFile, "instance of Host {\n\tname: host;\n\tcount: 2;\n}\n",
		},
		{
			"a file that is missing",
			map[string]string{graphFile: "import typs.graph;\n" + hostGraph, "graph/types.graph": "facet f {\n}\n"},
			diag.COUnreachableFile,
			[]string{"Replace typs.graph by types.graph", "Create graph/typs.graph", "Remove the import"},
			0, graphFile, "...import types.graph;\n",
		},
		{
			"a file elsewhere",
			map[string]string{"other/b.graph": "facet f {\n}\n"},
			diag.ProjInvalidFileLocation,
			[]string{"Move it to graph/b.graph"},
			0, "graph/b.graph", "facet f {\n}\n",
		},
		{
			"a descriptor",
			map[string]string{descriptor: "-"},
			diag.ProjNoDescDir,
			[]string{"Create descriptor/application.properties"},
			0, descriptor,
			"name = application\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n",
		},
		{
			"a version with nothing",
			map[string]string{descriptor: "name = a\nversion =\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n"},
			diag.RMMissingApplicationVersion,
			[]string{"Set version to 1.0"},
			0, descriptor, "...version = 1.0\n",
		},
		{
			"a line that is no property", graphWith("installer: script;", "installer = script;"), diag.PInvalidProperty,
			[]string{"Write it as a property", "Make the line a comment", "Remove the line"},
			0, graphFile, hostGraph,
		},
		{
			"an instance in a type", graphWith("port = 80;\n", "port = 80;\n\n\tinstance of Host {\n\t\tname: b;\n\t}\n"), diag.XInstanceInGraphType,
			[]string{"Move it to main.instances", "Remove the instance"},
			0, instancesFile,
			"instance of Host {\n\tname: host;\n}\n\ninstance of Host {\n\tname: b;\n}\n",
		},
		{
			"a chance with a default", graphWith("port = 80", "random[port] port = 80"), diag.RMNoValueForRandom,
			[]string{"Remove the default", "Remove random[port]"},
			1, graphFile, hostGraph,
		},
		{
			"mixed line ends", instancesWith("instance of Host {\r\n\tname: host;\n}\n"), diag.XMixedLineEnds,
			[]string{"Give all lines one end"},
			0, instancesFile, "instance of Host {\r\n\tname: host;\r\n}\r\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t) })
	}
}

func (c fixable) run(t *testing.T) {
	files := over(c.files)
	g := ground(files, load.Options{})
	at := slices.IndexFunc(g.Problems, func(p diag.Problem) bool { return p.Code == c.code })
	if at < 0 {
		t.Fatalf("%s is not found among %q", c.code, g.Problems)
	}
	fixes := refactor.Fixes(g, g.Problems[at])
	var titles []string
	for _, f := range fixes {
		titles = append(titles, f.Title.String())
	}
	if fmt.Sprint(titles) != fmt.Sprint(c.titles) {
		t.Fatalf("offers\n%q\nwant\n%q", titles, c.titles)
	}
	got := done(t, files, fixes[c.take].Change())[c.file]
	if part, some := strings.CutPrefix(c.want, "..."); some && !strings.Contains(got, part) || !some && got != c.want {
		t.Errorf("%s became\n%s\nwant\n%s", c.file, got, c.want)
	}
}
