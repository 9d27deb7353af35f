package check_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// One mistake, one finding: what follows from it is not told as well.
func TestOneMistakeOneFinding(t *testing.T) {
	sound := map[string]string{
		"descriptor/application.properties": descriptor + "exports-prefix = Shop\nexports = tomcat.ip as ip\n",
		"graph/main.graph": lines(
			"facet data {", "\texports: path = /;", "}", "facet box {", "\tchildren: mysql;", "}",
			"machine {", "\tinstaller: target;", "\tfacets: box;", "\tchildren: tomcat;", "}",
			"mysql {", "\tinstaller: logger;", "\tfacets: data;", "\texports: port, ip;", "}",
			"tomcat {", "\tinstaller: logger;", "\texports: ip;", "\timports: mysql.port, mysql.ip, data.path;", "}"),
		"instances/model.instances": lines(
			"instance of machine {", "\tname: m;", "\tinstance of mysql {", "\t\tname: db;", "\t\tport: 3306;", "\t}",
			"\tinstance of tomcat {", "\t\tname: app;", "\t}", "}"),
		"commands/more.commands": "create tomcat as more under /m\n",
	}
	const graph, instances = "graph/main.graph", "instances/model.instances"
	for _, c := range []struct {
		name, file, old, with string
		want                  []diag.Code
	}{
		{"nothing", graph, "logger", "logger", nil},
		{"a misspelt child", graph, "children: tomcat;", "children: tomcatt;", []diag.Code{diag.COInexistingChild}},
		{"a misspelt child of a facet", graph, "children: mysql;", "children: mysqll;", []diag.Code{diag.COInexistingChild}},
		{"children without a comma", graph, "children: tomcat;", "children: tomcat mysql;", []diag.Code{diag.PMInvalidChildName}},
		{"a misspelt facet", graph, "facets: data;", "facets: dta;", []diag.Code{diag.COInexistingFacet}},
		{"a misspelt facet with children", graph, "facets: box;", "facets: bax;", []diag.Code{diag.COInexistingFacet}},
		{"a list of facets without a comma", graph, "facets: data;", "facets: data box;", []diag.Code{diag.PMInvalidName}},
		{"a misspelt installer property", graph, "\tinstaller: target;", "\tInstaller: target;", []diag.Code{diag.PMPropertyNotAppliable}},
		{"an installer in quotes", graph, "installer: target;", `installer: "target";`, []diag.Code{diag.PMInvalidInstallerName}},
		{"no installer", graph, "installer: target;", "installer: ;", []diag.Code{diag.PMEmptyPropertyValue}},
		{"another case of target", graph, "installer: target;", "installer: Target;", []diag.Code{diag.RMRootInstallerMustBeTarget}},
		{"a property without a colon", graph, "\tchildren: tomcat;", "\tchildren tomcat;", []diag.Code{diag.PInvalidProperty}},
		{"exports without a colon", graph, "\texports: port, ip;", "\texports port, ip;", []diag.Code{diag.PInvalidProperty}},
		{"an import without a dot", graph, "imports: mysql.port, mysql.ip, data.path;", "imports: mysql;", []diag.Code{diag.PMIncompleteImportedVarName}},
		{"a misspelt import", graph, "mysql.port", "mysq.port", []diag.Code{diag.RMUnresolvableVariable}},
		{"several super components", graph, "\tinstaller: logger;\n\texports: ip;", "\textends: machine, mysql;\n\texports: ip;", []diag.Code{diag.XSingleInheritance}},
		{"a missing graph file", graph, "facet data", "import other.graph;\nfacet dat", []diag.Code{diag.COUnreachableFile}},
		{"a misspelt component of an instance", instances, "of mysql", "of mysqll", []diag.Code{diag.COInexistingComponent}},
		{"an override without a colon", instances, "port: 3306", "port 3306", []diag.Code{diag.PInvalidPropertyOrInstance}},
		{"a variable that lacks its value", instances, "\t\tport: 3306;\n", "", []diag.Code{diag.RMMissingVariableValue}},
		{"a missing instances file", instances, "\tinstance of mysql {\n\t\tname: db;\n\t\tport: 3306;\n\t}\n", "", []diag.Code{diag.COUnreachableFile}},
		{"a misspelt component of a command", "commands/more.commands", "tomcat", "tomcatt", []diag.Code{diag.CmdInexistingComponent}},
		{"a misspelt external export", "descriptor/application.properties", "tomcat.ip as", "tomcat.io as", []diag.Code{diag.RMInvalidExternalExport}},
		{"a misspelt type in an external export", "descriptor/application.properties", "tomcat.ip as", "tomca.ip as", []diag.Code{diag.RMInvalidExternalExport}},
		{"an external export of another form", "descriptor/application.properties", "tomcat.ip as ip", "tomcat.ip ip", []diag.Code{diag.ProjInvalidExternalExports}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := maps.Clone(sound)
			if !strings.Contains(files[c.file], c.old) {
				t.Fatalf("%q does not stand in %s", c.old, c.file)
			}
			files[c.file] = strings.Replace(files[c.file], c.old, c.with, 1)
			switch c.name {
			case "a missing instances file":
				files[instances] = "import missing.instances;\n" + files[instances]
			case "a misspelt component of a command":
				files[instances] = strings.Replace(files[instances], "\tinstance of tomcat {\n\t\tname: app;\n\t}\n", "", 1)
			}
			_, found := check.Dir(folderOf(files), load.Options{})
			found = slices.DeleteFunc(found, func(p diag.Problem) bool { return p.Code == diag.ProjNoResourceDirectory })
			if got := codesOf(found); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", found, c.want)
			}
		})
	}
}

func codesOf(found []diag.Problem) (out []diag.Code) {
	for _, p := range found {
		out = append(out, p.Code)
	}
	return out
}

// MOD-55: what a recipe lacks is told once, of the component whose recipe it is; of an heir, when only the heir asks for it.
func TestHeirsOfARecipe(t *testing.T) {
	const heirs = "small {\n\textends: app;\n}\nbig {\n\textends: app;\n\timports: db.ip;\n}\n"
	db := lines("db {", "\tinstaller: logger;", "\texports: ip;", "}")
	recipe := map[string]string{"graph/app/scripts/start.sh": "echo $db_0_ip\n", "graph/app/scripts/stop.sh": ""}
	code(t, diag.XMissingUpdateRecipe, []finding{
		{name: "the owner imports", graph: vm("app, db", "^app {", "\tinstaller: script;", "\timports: db.ip;", "}") + db + heirs, files: recipe},
		{name: "an heir imports", graph: vm("app, db", "app {", "\tinstaller: script;", "}") + db + strings.Replace(heirs, "big", "^big", 1), files: recipe},
	})
	code(t, diag.XMissingScript, []finding{
		{name: "of several heirs", graph: vm("app, db", "^app {", "\tinstaller: script;", "}") + db + heirs, files: map[string]string{"graph/app/scripts/start.sh": ""}, details: "(stop)"},
		{name: "an heir with a recipe of its own", graph: vm("app, db", "app {", "\tinstaller: script;", "}") + db + strings.Replace(heirs, "big", "^big", 1), files: map[string]string{
			"graph/app/scripts/start.sh": "", "graph/app/scripts/stop.sh": "", "graph/big/scripts/start.sh": "",
		}, details: "(stop)"},
	})
}
