package check_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// fileCodes are those that this file is about.
var fileCodes = []diag.Code{
	diag.XRemoteImport, diag.XImportOutside, diag.XRedundantImport, diag.XPathCase, diag.XInstancesDirMissing,
	diag.XAmbiguousRecipeEntry, diag.XUnknownDSL, diag.XUnknownDescriptorKey, diag.XDuplicateDescriptorKey,
	diag.XUnusedResourceDirectory, diag.XLegacySyntax, diag.RecMissingReadme, diag.RecAvoidInstances,
}

// folderOf makes a file system of texts by name; a text of "-" leaves the file out.
func folderOf(texts ...map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, more := range texts {
		for name, text := range more {
			if delete(files, name); text != "-" {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
		}
	}
	return files
}

var plain = map[string]string{
	"descriptor/application.properties": descriptor,
	"graph/main.graph":                  "vm {\n\tinstaller: target;\n}\n",
	"instances/model.instances":         "# none\n",
	"graph/vm/target.properties":        "id = a\nname = n\nhandler = docker\n",
}

const keysOnly = "name = a\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n"

// diagnostics.md 4.3.
func TestFiles(t *testing.T) {
	const vm = "vm {\n\tinstaller: target;\n}\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"nothing to find", nil, nil},
		{"DSL-72 an address", map[string]string{"graph/main.graph": "import http://host/a.graph;\nimport  file:/x.graph ;\n" + vm}, []string{
			"g:1:8 X_REMOTE_IMPORT (http://host/a.graph)", "g:2:9 X_REMOTE_IMPORT (file:/x.graph)",
		}},
		{"DSL-71 outside", map[string]string{"graph/main.graph": "import ../other/a.graph;\nimport /a.graph;\nimport C:\\a.graph;\nimport x/../../y.graph;\n" + vm, "other/a.graph": "db {\n\tinstaller: script;\n}\n"}, []string{
			"g:1:8 X_IMPORT_OUTSIDE (../other/a.graph)", "g:2:8 X_IMPORT_OUTSIDE (/a.graph)", `g:3:8 X_IMPORT_OUTSIDE (C:\a.graph)`, "g:4:8 X_IMPORT_OUTSIDE (x/../../y.graph)",
		}},
		{"DSL-71 not outside", map[string]string{"graph/main.graph": "import x/../a.graph;\n" + vm, "graph/a.graph": "# none\n"}, nil},
		{"DSL-73 again, itself", map[string]string{"graph/main.graph": "import a.graph;\nimport x/../a.graph;\nimport main.graph;\n" + vm, "graph/a.graph": "import main.graph;\n"}, []string{
			"g:2:8 X_REDUNDANT_IMPORT (x/../a.graph)", "g:3:8 X_REDUNDANT_IMPORT (main.graph)",
		}},
		{"the letter case of an import", map[string]string{"graph/main.graph": "import Sub/A.graph;\n" + vm, "graph/sub/a.graph": "# none\n"}, []string{
			"g:1:8 X_PATH_CASE (graph/sub/a.graph)",
		}},
		{"the letter case of an import of instances", map[string]string{"instances/model.instances": "import A.instances;\n", "instances/a.instances": "# none\n"}, []string{
			"i:1:8 X_PATH_CASE (instances/a.instances)",
		}},
		{"the letter case of entries", map[string]string{"descriptor/application.properties": strings.ReplaceAll(descriptor, "main.graph", "Main.graph")}, []string{
			"d:4:21 X_PATH_CASE (graph/main.graph)",
		}},
		{"the letter case of a resource folder", map[string]string{"graph/vm/target.properties": "-", "graph/VM/target.properties": "id = a\nname = n\nhandler = docker\n"}, []string{
			"g:1:1 X_PATH_CASE (graph/VM)",
		}},
		{"MOD-13 no folder of instances", map[string]string{"instances/model.instances": "-"}, []string{"d:5:24 X_INSTANCES_DIR_MISSING"}},
		{"MOD-13 no instances wanted", map[string]string{"instances/model.instances": "-", "descriptor/application.properties": keysOnly}, nil},
		{"model.md 4.2 another language", map[string]string{"descriptor/application.properties": strings.Replace(keysOnly, "roboconf-1.0", "roboconf-2.0", 1)}, []string{
			"d:3:10 X_UNKNOWN_DSL (roboconf-2.0)",
		}},
		{"MOD-22 unknown keys", map[string]string{"descriptor/application.properties": keysOnly + "descripton = x\nName = y\ntags = a\n  zzz\n"}, []string{
			"d:5:1 X_UNKNOWN_DESCRIPTOR_KEY (descripton)", "d:6:1 X_UNKNOWN_DESCRIPTOR_KEY (Name)", "d:8:3 X_UNKNOWN_DESCRIPTOR_KEY (zzz)",
		}},
		{"dsl.md 10 older keys", map[string]string{"descriptor/application.properties": "application-name = a\napplication-qualifier = 1.0\napplication-dsl-id = roboconf-1.0\napplication-namespace = x\ngraph-entry-point = main.graph\n"}, []string{
			"d:1:1 X_LEGACY_SYNTAX", "d:2:1 X_LEGACY_SYNTAX", "d:3:1 X_LEGACY_SYNTAX", "d:4:1 X_LEGACY_SYNTAX",
		}},
		{"model.md 4.3 the keys of an application", map[string]string{"descriptor/application.properties": keysOnly + "application-description = a\ntemplate-name = x\ntemplate-version = 1\n"}, nil},
		{"MOD-20, MOD-22 given twice", map[string]string{"descriptor/application.properties": "name = b\n" + keysOnly + "version: 2.0\napplication-name = c\n"}, []string{
			"d:1:1 X_DUPLICATE_DESCRIPTOR_KEY (name)", "d:3:1 X_DUPLICATE_DESCRIPTOR_KEY (version)", "d:7:1 X_DUPLICATE_DESCRIPTOR_KEY (application-name)",
		}},
		{"a folder of nobody", map[string]string{"graph/old/scripts/start.sh": "", "graph/parts/sub/x.graph": "", "graph/.git/x": ""}, []string{
			"graph/old:1:1 X_UNUSED_RESOURCE_DIRECTORY (graph/old)",
		}},
		{"who knows what a file would declare", map[string]string{"graph/old/x": "", "graph/main.graph": "import no.graph;\n" + vm}, nil},
		{"who knows what a broken file declares", map[string]string{"graph/old/x": "", "graph/main.graph": vm + "old x\n"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := check.Dir(folderOf(plain, c.files), load.Options{})
			same(t, only(found, fileCodes...), "", c.want)
		})
	}
}

// MOD-18, DEV-35; diagnostics.md 3.6: a folder that is checked as a recipe.
func TestRecipeFolder(t *testing.T) {
	const vm = "vm {\n\tinstaller: target;\n}\n"
	for _, c := range []struct {
		name  string
		asked bool
		files map[string]string
		want  []string
	}{
		{"several entries", false, map[string]string{"graph/b.graph": vm, "graph/a.graph": "# none\n", "graph/c.txt": ""}, []string{"graph/a.graph:1:1 X_AMBIGUOUS_RECIPE_ENTRY"}},
		{"one entry", false, map[string]string{"graph/b.graph": vm, "graph/sub/a.graph": "# none\n"}, nil},
		{"main.graph", false, map[string]string{"graph/a.graph": "# none\n", "graph/main.graph": vm}, nil},
		{"no readme", true, map[string]string{"graph/main.graph": vm}, []string{"REC_MISSING_README"}},
		{"a readme elsewhere", true, map[string]string{"graph/main.graph": vm, "graph/readme": "", "readme.d/x": ""}, []string{"REC_MISSING_README"}},
		{"a readme in any letter case", true, map[string]string{"graph/main.graph": vm, "ReadMe.txt": ""}, nil},
		{"MOD-11 a readme beside the build", true, map[string]string{"src/main/model/graph/main.graph": vm, "README": ""}, nil},
		{"instances", true, map[string]string{"graph/main.graph": vm, "readme.md": "", "instances/x.INSTANCES": ""}, []string{"REC_AVOID_INSTANCES"}},
		{"not asked", false, map[string]string{"graph/main.graph": vm}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := check.Dir(folderOf(c.files), load.Options{Recipe: c.asked})
			same(t, only(found, diag.XAmbiguousRecipeEntry, diag.RecMissingReadme, diag.RecAvoidInstances), "", c.want)
		})
	}
}

// DIA-51, DIA-52.
func TestFileFixes(t *testing.T) {
	const vm = "vm {\n\tinstaller: target;\n}\n"
	for _, c := range []struct {
		code  diag.Code
		files map[string]string
		holds string
		text  string // the whole of it
	}{
		{diag.XRedundantImport, map[string]string{"graph/main.graph": "import a.graph;\nimport a.graph; # again\n" + vm, "graph/a.graph": "# none\n"}, "graph/main.graph", "import a.graph;\n" + vm},
		{diag.XPathCase, map[string]string{"graph/main.graph": "import A.graph;\n" + vm, "graph/a.graph": "# none\n"}, "graph/main.graph", "import a.graph;\n" + vm},
		{diag.COUnreachableFile, map[string]string{"graph/main.graph": "import patrs.graph;\n" + vm, "graph/parts.graph": "# none\n"}, "graph/main.graph", "import parts.graph;\n" + vm},
		{diag.ProjMissingGraphEp, map[string]string{"descriptor/application.properties": strings.Replace(keysOnly, "main.graph", "mian.graph", 1)}, "descriptor/application.properties", keysOnly},
		{diag.XPathCase, map[string]string{"graph/vm/target.properties": "-", "graph/VM/x": "y"}, "graph/vm/x", "y"},
		{diag.XUnusedResourceDirectory, map[string]string{"graph/vm/target.properties": "-", "graph/vm2/x": "y"}, "graph/vm/x", "y"},
		{diag.XUnknownDSL, map[string]string{"descriptor/application.properties": strings.Replace(keysOnly, "roboconf-1.0", "x", 1)}, "descriptor/application.properties", keysOnly},
		{diag.XUnknownDescriptorKey, map[string]string{"descriptor/application.properties": strings.Replace(keysOnly, "version", "Version", 1)}, "descriptor/application.properties", keysOnly},
		{diag.XDuplicateDescriptorKey, map[string]string{"descriptor/application.properties": "name = \\\n  b\n" + keysOnly}, "descriptor/application.properties", keysOnly},
		{diag.XLegacySyntax, map[string]string{"descriptor/application.properties": "application-namespace = x\n" + strings.Replace(keysOnly, "name", "application-name", 1)}, "descriptor/application.properties", keysOnly},
	} {
		t.Run(string(c.code), func(t *testing.T) {
			files := cure(t, folderOf(plain, c.files), c.code)
			if f := files[c.holds]; f == nil || string(f.Data) != c.text {
				t.Errorf("%s holds %v, want %q", c.holds, f, c.text)
			}
		})
	}
	_, found := check.Dir(folderOf(map[string]string{"graph/main.graph": vm}), load.Options{Recipe: true})
	files := changed(t, folderOf(map[string]string{"graph/main.graph": vm}), find(t, found, diag.RecMissingReadme).Fixes[0].Change())
	_, found = check.Dir(files, load.Options{Recipe: true})
	same(t, found, "REC_MISSING_README", nil)
}

// DIA-45: what stands beside.
func TestBesideFiles(t *testing.T) {
	for _, c := range []struct {
		code  diag.Code
		files map[string]string
		want  []string
	}{
		{diag.XRedundantImport, map[string]string{"graph/main.graph": "import a.graph;\nimport a.graph;\nvm {\n\tinstaller: target;\n}\n", "graph/a.graph": ""}, []string{"graph/main.graph:1:8 imported here already"}},
		{diag.XDuplicateDescriptorKey, map[string]string{"descriptor/application.properties": "application-name = b\n" + keysOnly}, []string{"descriptor/application.properties:2:1 this one counts"}},
		{diag.XUnknownDescriptorKey, map[string]string{"descriptor/application.properties": keysOnly + "export = x\n"}, []string{"descriptor/application.properties:5:1 did you mean exports or exports-prefix?"}},
		{diag.COUnreachableFile, map[string]string{"graph/main.graph": "import a1.graph;\n", "graph/a2.graph": "", "graph/a3.graph": ""}, []string{"graph/main.graph:1:8 did you mean a2.graph or a3.graph?"}},
	} {
		_, found := check.Dir(folderOf(plain, c.files), load.Options{})
		if got := beside(find(t, found, c.code)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.code, got, c.want)
		}
	}
}
