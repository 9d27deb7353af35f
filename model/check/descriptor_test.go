package check_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

const machine = "vm {\n\tinstaller: target;\n\texports: ip, port = 1;\n}\n"

func described(text string) fstest.MapFS {
	files := project(machine, "instance of vm {\n\tname: a;\n}\n")
	files["descriptor/application.properties"] = &fstest.MapFile{Data: []byte(text)}
	return files
}

func TestDescriptor(t *testing.T) {
	const rest = "graph-entry-point = main.graph\ninstance-entry-point = model.instances\n"
	const good = "name = a\nversion = 1.0\ndsl-id = roboconf-1.0\n" + rest
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"complete", good, nil},
		{"DEV-34 missing keys stand on line 1", "description = none\n", []string{
			"d:1:1 CO_GRAPH_COULD_NOT_BE_BUILT",
			"d:1:1 RM_MISSING_APPLICATION_NAME", "d:1:1 RM_MISSING_APPLICATION_DSL_ID", "d:1:1 RM_MISSING_APPLICATION_VERSION",
			"d:1:1 RM_MISSING_APPLICATION_GEP",
		}},
		{"a blank name", "name =  \nversion = 1.0\ndsl-id = roboconf-1.0\n" + rest, []string{"d:1:1 RM_MISSING_APPLICATION_NAME"}},
		{"MOD-24 accents", "name = L\u00e9gumes (\u00e9t\u00e9)\nversion = 1.0\ndsl-id = roboconf-1.0\n" + rest, nil},
		{"an invalid name", "version = 1.0\ndsl-id = roboconf-1.0\nname = a/b\n" + rest, []string{"d:3:8 RM_INVALID_APPLICATION_NAME (APP-NAME)"}},
		{"an invalid version", "name = a\ndsl-id = roboconf-1.0\nversion = v1\n" + rest, []string{"d:3:11 RM_INVALID_APPLICATION_VERSION (v1)"}},
		{"DIA-12 the line of the key, not of a continued value", "name = a\ndsl-id = roboconf-1.0\nversion = \\\n  v1\n" + rest, []string{"d:3:1 RM_INVALID_APPLICATION_VERSION (v1)"}},
		{"MOD-22 legacy keys", "application-name = a\napplication-version = 1.0\napplication-dsl-id = roboconf-1.0\n" + rest, nil},
		{"dsl.md 10 the qualifier is the version", "name = a\napplication-qualifier = 1.0\ndsl-id = roboconf-1.0\n" + rest, nil},
		{"exports without a prefix", good + "exports = vm.ip as x\n", []string{"d:1:1 RM_MISSING_APPLICATION_EXPORT_PREFIX"}},
		{"an invalid prefix", good + "exports-prefix = 1a\n", []string{"d:6:18 RM_INVALID_APPLICATION_EXPORT_PREFIX"}},
		{"MOD-130 sound exports", good + "exports-prefix = Shop\nexports = vm.ip as x, \\\n  vm.port AS y\n", nil},
		{"MOD-130 bad pieces, one by one", good + "exports-prefix = Shop\nexports = vm.ip, vm.port as y, a as b as c\n", []string{
			"d:7:11 PROJ_INVALID_EXTERNAL_EXPORTS", "d:7:32 PROJ_INVALID_EXTERNAL_EXPORTS",
		}},
		{"MOD-132 names", good + "exports-prefix = Shop\nexports = vm.* as x, vm.ip as 1\n", []string{
			"d:7:11 RM_INVALID_VARIABLE_NAME (vm.*)", "d:7:22 RM_INVALID_VARIABLE_NAME (1)",
		}},
		{"MOD-132 unknown variables", good + "exports-prefix = Shop\nexports = vm.host as x, ip as y, db.ip as z\n", []string{
			"d:7:11 RM_INVALID_EXTERNAL_EXPORT (vm.host)", "d:7:25 RM_INVALID_EXTERNAL_EXPORT (ip)", "d:7:34 RM_INVALID_EXTERNAL_EXPORT (db.ip)",
		}},
		{"MOD-132 one alias twice", good + "exports-prefix = Shop\nexports = vm.ip as x, vm.port as x\n", []string{
			"d:7:23 RM_ALREADY_DEFINED_EXTERNAL_EXPORT (x)",
		}},
		{"entries that do not exist", strings.Replace(good, "main.graph", "other.graph", 1), []string{
			"d:1:1 CO_GRAPH_COULD_NOT_BE_BUILT", "d:4:21 PROJ_MISSING_GRAPH_EP (graph/other.graph)",
			"g:1:1 PROJ_UNREACHABLE_FILE",
		}},
		{"no instances", strings.Replace(good, "model.instances", "no.instances", 1), []string{
			"d:5:24 PROJ_MISSING_INSTANCE_EP (instances/no.instances)", "i:1:1 PROJ_UNREACHABLE_FILE",
		}},
		{"a bad escape", good + "x = \\u12\n", []string{
			"d:1:1 CO_GRAPH_COULD_NOT_BE_BUILT", "d:1:1 PROJ_READ_DESC_FILE (decode \\u12: four hexadecimal digits expected)",
			"g:1:1 PROJ_UNREACHABLE_FILE", "i:1:1 PROJ_UNREACHABLE_FILE",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := check.Dir(described(c.text), load.Options{})
			var listed []diag.Problem
			for _, p := range found {
				unread := p.Code == diag.ProjUnreachableFile && !strings.Contains(strings.Join(c.want, " "), "UNREACHABLE")
				if !p.Code.Ours() && p.Code != diag.ProjNoResourceDirectory && !unread {
					listed = append(listed, p)
				}
			}
			same(t, listed, "", c.want)
		})
	}
}

// MOD-23.
func TestVersions(t *testing.T) {
	for _, v := range []string{"3.11", "8.4-SNAPSHOT", "4.7.84.x", "71.1.0.snapshot", "1.0.simple", "1.0", "1.2.3", "1.2.3-x", "1.2.3x"} {
		if !check.IsVersion(v) {
			t.Errorf("%s is a version", v)
		}
	}
	for _, v := range []string{"", "v1", "1", "3.1.", "3.t.4", "3-1-4", "1.0-", "1.", ".1", "1.0x", "1..0"} {
		if check.IsVersion(v) {
			t.Errorf("%s is no version", v)
		}
	}
}

// MOD-23: a build fills placeholders in, where there is a build.
func TestPlaceholderOfABuild(t *testing.T) {
	files := fstest.MapFS{}
	for name, f := range described("name = a\nversion = ${project.version}-x\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n") {
		files["src/main/model/"+name] = f
	}
	_, found := check.Dir(files, load.Options{})
	p := find(t, found, diag.RMInvalidApplicationVersion)
	if p.Place.File != "src/main/model/descriptor/application.properties" {
		t.Errorf("MOD-11: found in %q", p.Place.File)
	}
	files["pom.xml"] = &fstest.MapFile{}
	_, found = check.Dir(files, load.Options{})
	same(t, found, "RM_INVALID", nil)
}

// DIA-51: missing keys can be added.
func TestMissingKeyFixes(t *testing.T) {
	files := described("name = a\ninstance-entry-point = model.instances\n")
	for _, code := range []diag.Code{diag.RMMissingApplicationVersion, diag.RMMissingApplicationDSLID, diag.RMMissingApplicationGEP} {
		_, found := check.Dir(files, load.Options{})
		files = fixed(t, files, found, code)
	}
	_, found := check.Dir(files, load.Options{})
	same(t, found, "RM_", nil)
}
