package check_test

import (
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

var farm = lines("vm {", "\tinstaller: target;", "\tchildren: app;", "}", "app {", "\tinstaller: script;", "}", "web {", "\textends: app;", "}", "pup {", "\tinstaller: Puppet;", "\timports: app.ip, external Other.x;", "\texports: y = 1;", "}")

func TestResources(t *testing.T) {
	const good = "id = a\nhandler = h\nname = n\n"
	manifest := func(parameters string) string { return "class roboconf_pup(" + parameters + ") {\n}\n" }
	for _, c := range []struct {
		name    string
		folders bool              // missing folders are looked at too
		files   map[string]string // below graph/
		want    []string
	}{
		{"MOD-55 no folder", true, nil, []string{
			"g:1:1 PROJ_NO_RESOURCE_DIRECTORY (vm)", "g:5:1 PROJ_NO_RESOURCE_DIRECTORY (app)",
			"g:8:1 PROJ_NO_RESOURCE_DIRECTORY (web)", "g:11:1 PROJ_NO_RESOURCE_DIRECTORY (pup)",
		}},
		{"MOD-55 an inherited folder", true, map[string]string{"vm/x": "", "app/scripts/start.sh": ""}, []string{
			"g:11:1 PROJ_NO_RESOURCE_DIRECTORY (pup)",
		}},
		{"MOD-56 a good target", false, map[string]string{"vm/t.properties": good}, nil},
		{"MOD-56 what a target needs", false, map[string]string{"vm/a.properties": good, "vm/b.properties": "id: a\n", "vm/c.PROPERTIES": "name = x\n", "vm/d.properties": "\\u1"}, []string{
			"g:1:1 REC_TARGET_NO_ID (c.PROPERTIES)", "g:1:1 REC_TARGET_NO_HANDLER (b.properties)", "g:1:1 REC_TARGET_NO_HANDLER (c.PROPERTIES)",
			"g:1:1 REC_TARGET_INVALID_FILE_OR_CONTENT (d.properties)", "g:1:1 REC_TARGET_CONFLICTING_ID (a)", "g:1:1 REC_TARGET_NO_NAME (b.properties)",
		}},
		{"MOD-56 too deep", false, map[string]string{"vm/deep/t.properties": good}, []string{"g:1:1 REC_TARGET_NO_PROPERTIES (graph/vm)"}},
		{"scripts missing", false, map[string]string{"app/start.sh": "", "web/scripts/start.sh": ""}, []string{"g:5:1 REC_SCRIPT_NO_SCRIPTS_DIR (app)"}},
		{"no module", false, map[string]string{"pup/other/x": ""}, []string{"g:11:1 REC_PUPPET_HAS_NO_RBCF_MODULE (pup)"}},
		{"two modules", false, map[string]string{"pup/roboconf_a/x": "", "pup/Roboconf_b/x": ""}, []string{"g:11:1 REC_PUPPET_HAS_TOO_MANY_RBCF_MODULES (pup)"}},
		{"parameters", false, map[string]string{
			"pup/roboconf_pup/manifests/init.pp":    manifest("$runningState, $app = [1, 2]"),
			"pup/roboconf_pup/manifests/start.pp":   manifest("$other, String $app"),
			"pup/roboconf_pup/manifests/update.pp":  manifest("\n $runningState = undef, $importDiff = undef,\n $app = undef, $other = undef"),
			"pup/roboconf_pup/manifests/classes.pp": "# no class with parameters\nclass empty {\n}\n",
			"pup/roboconf_pup/files/x.pp":           manifest(""),
		}, []string{
			"g:11:1 REC_PUPPET_MISSING_PARAM_RUNNING_STATE (pup; start.pp)", "g:11:1 REC_PUPPET_MISSING_PARAM_FROM_IMPORT (pup; init.pp; other)",
		}},
		{"without update.pp, init.pp updates", false, map[string]string{"pup/roboconf_pup/manifests/init.pp": manifest("$runningState, $app, $other")}, []string{
			"g:11:1 REC_PUPPET_MISSING_PARAM_IMPORT_DIFF (pup; init.pp)",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := project(farm, "# none\n")
			for name, text := range c.files {
				files["graph/"+name] = &fstest.MapFile{Data: []byte(text)}
			}
			_, found := check.Dir(files, load.Options{})
			var listed []diag.Problem
			for _, p := range found {
				if p.Category() == diag.Recipes || c.folders && p.Code == diag.ProjNoResourceDirectory {
					listed = append(listed, p)
				}
			}
			same(t, listed, "", c.want)
		})
	}
}

func TestWildcardImportsOfPuppet(t *testing.T) {
	files := project(lines("vm {", "\tinstaller: target;", "\tchildren: pup;", "}", "pup {", "\tinstaller: puppet;", "\timports: external O.*;", "}"), "# none\n")
	files["graph/pup/roboconf_p/x"] = &fstest.MapFile{}
	_, found := check.Dir(files, load.Options{})
	same(t, found, "REC_", []string{"g:5:1 REC_PUPPET_DISLIKES_WILDCARD_IMPORTS (pup)"})
}
