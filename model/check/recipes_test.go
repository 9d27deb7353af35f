package check_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// tiers is a graph with a recipe of each installer.
var tiers = lines(
	"vm {", "\tinstaller: target;", "\tchildren: web, db, pup, site, sub;", "}", // 1
	"web {", "\tinstaller: script;", "\timports: db.ip, db.web-port, external Lamp.x, other.*;", "}", // 5
	"db {", "\tinstaller: script;", "\texports: ip, port = 1, web-port = 2;", "}", // 9
	"pup {", "\tinstaller: puppet;", "\timports: db.ip;", "\texports: port = 80, Key;", "}", // 13
	"site {", "\tinstaller: file;", "}", // 18
	"facet other {", "\texports: name2;", "}", // 21
	"sub {", "\textends: db;", "\tfacets: other;", "}", // 24
)

// sound are the recipes of tiers without anything to find.
func sound() map[string]string {
	all := map[string]string{
		"vm/target.properties":          "id = a\nname = n\nhandler = Docker\n",
		"pup/roboconf_p/manifests/i.pp": "# nothing\n",
		"pup/roboconf_p/manifests/init.pp": lines("class roboconf_p(", "  $runningState,", "  $port = undef,", "  $key = undef,", "  $db = undef,",
			"  $importDiff = undef", ") {", "}"),
		"site/instructions.properties": "deploy.1.copy = a -> b\n",
	}
	for _, action := range []string{"deploy", "start", "update", "stop", "undeploy"} {
		all["web/scripts/"+action+".sh"] = "#!/bin/sh\n"
		all["db/scripts/"+action+".sh"] = "#!/bin/sh\n"
	}
	return all
}

// recipeProject puts recipes below graph/; a text of "-" takes one away.
func recipeProject(graph string, recipes ...map[string]string) fstest.MapFS {
	files := project(graph, "# none\n")
	for _, more := range recipes {
		for name, text := range more {
			if text == "-" {
				delete(files, "graph/"+name)
				continue
			}
			files["graph/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return files
}

// recipeCodes are those that this file is about.
var recipeCodes = []diag.Code{
	diag.XMissingScript, diag.XMissingUpdateRecipe, diag.XAmbiguousScript, diag.XScriptLineEnds, diag.XScriptUnknownVariable,
	diag.XMissingManifest, diag.XPuppetMissingExportParam, diag.XFileInstruction, diag.XMissingTarget, diag.XUnknownTargetHandler,
	diag.RecPuppetSyntaxError, diag.RecPuppetMissingParamImportDiff, diag.RecPuppetMissingParamRunningState,
	diag.RecPuppetMissingParamFromImport, diag.RecTargetNoID, diag.RecTargetNoName, diag.RecTargetNoHandler,
	diag.RecTargetConflictingID, diag.RecTargetInvalidFileOrContent, diag.XLegacySyntax, diag.RecScriptNoScriptsDir,
}

func only(found []diag.Problem, codes ...diag.Code) (out []diag.Problem) {
	for _, p := range found {
		if slices.Contains(codes, p.Code) {
			out = append(out, p)
		}
	}
	return out
}

// diagnostics.md 4.6.
func TestRecipes(t *testing.T) {
	const class = "class roboconf_p($runningState, $port, $key, $db, $importDiff) {\n}\n"
	for _, c := range []struct {
		name    string
		recipes map[string]string
		want    []string
	}{
		{"nothing to find", nil, nil},
		{"PL-30 no start, no stop, told once of those who share the recipe", map[string]string{"db/scripts/start.sh": "-", "db/scripts/stop.sh": "-", "db/scripts/deploy.sh": "-"}, []string{
			"g:9:1 X_MISSING_SCRIPT (start)", "g:9:1 X_MISSING_SCRIPT (stop)",
		}},
		{"PL-30 a template serves", map[string]string{"db/scripts/start.sh": "-", "db/scripts/stop.sh": "-", "db/roboconf-templates/default.template": ""}, nil},
		{"PL-30 another extension serves", map[string]string{"db/scripts/start.sh": "-", "db/scripts/start.py": "#!/usr/bin/python3\n"}, nil},
		{"no update for what is imported", map[string]string{"web/scripts/update.sh": "-"}, []string{"g:5:1 X_MISSING_UPDATE_RECIPE (web)"}},
		{"no update needed without imports", map[string]string{"db/scripts/update.sh": "-"}, nil},
		{"PL-30 several candidates", map[string]string{"web/scripts/start.sh": "-", "web/scripts/start.py": "", "web/scripts/start": "", "web/scripts/starter": ""}, []string{
			"g:5:1 X_AMBIGUOUS_SCRIPT (start; scripts/start; scripts/start.py)",
		}},
		{"PL-30 an exact name is clear", map[string]string{"web/scripts/start.py": "", "web/scripts/start-all": ""}, nil},
		{"plugins.md 8 carriage returns", map[string]string{"web/scripts/start.sh": "#!/bin/sh\r\necho\r\n", "web/scripts/lib/x": "#!/bin/sh\r\n", "web/scripts/stop.sh": "echo\r\n", "web/files/x.sh": "#!/bin/sh\r\n"}, []string{
			"graph/web/scripts/lib/x:1:1 X_SCRIPT_LINE_ENDS", "graph/web/scripts/start.sh:1:1 X_SCRIPT_LINE_ENDS",
		}},
		{"plugins.md 10 scripts of targets", map[string]string{"vm/target/agent.script.sh": "#!/bin/sh\r\n", "vm/target/other.sh": "#!/bin/sh\r\n"}, []string{
			"graph/vm/target/agent.script.sh:1:1 X_SCRIPT_LINE_ENDS",
		}},
		{"PL-35 variables that nobody gives", map[string]string{"web/scripts/start.sh": lines("#!/bin/sh", "echo $db_0_ip ${db_1_web_port} $db_size $db_0_name $db_x $Lamp_0_any $PATH", "  echo \"${db_0_host}\" $db_0_port")}, []string{
			"graph/web/scripts/start.sh:3:11 X_SCRIPT_UNKNOWN_VARIABLE (db_0_host)", "graph/web/scripts/start.sh:3:24 X_SCRIPT_UNKNOWN_VARIABLE (db_0_port)",
		}},
		{"PL-39 names put together", map[string]string{"web/scripts/start.sh": lines("#!/bin/bash", "for ((i=0; i < db_size; i++)); do", "  a=db_${i}_ip b=other_${i}_x c=db_${i}_log", "  echo ${!a} ${!b} > $c", "done")}, []string{
			"graph/web/scripts/start.sh:3:18 X_SCRIPT_UNKNOWN_VARIABLE (other_*_x)",
		}},
		{"neither comments, nor quotes, nor what a script sets", map[string]string{
			"web/scripts/start.sh": lines("#!/bin/sh", "# $db_0_a", "echo '$db_0_b' \\$db_0_c $db_0_d"), "web/scripts/lib.sh": "db_0_d=1\n",
		}, nil},
		{"a script that cannot be parsed", map[string]string{"web/scripts/start.sh": lines("#!/bin/sh", "# $db_0_a", "if $db_0_b")}, []string{
			"graph/web/scripts/start.sh:3:5 X_SCRIPT_UNKNOWN_VARIABLE (db_0_b)",
		}},
		{"other languages", map[string]string{"web/scripts/start.sh": "-", "web/scripts/start.py": "import os\nprint(os.environ['db_0_ipp'], os.environ['db_0_ip'])\n"}, []string{
			"graph/web/scripts/start.py:2:19 X_SCRIPT_UNKNOWN_VARIABLE (db_0_ipp)",
		}},
		{"PL-45 templates", map[string]string{"web/scripts/start.sh": "-", "web/roboconf-templates/start.template": "#!/bin/sh\necho $db_0_x {{#importLists}}{{#imports}}{{vars.ip}}{{/imports}}{{/importLists}}\n"}, []string{
			"graph/web/roboconf-templates/start.template:2:7 X_SCRIPT_UNKNOWN_VARIABLE (db_0_x)",
		}},
		{"plugins.md 5.2 no init.pp", map[string]string{"pup/roboconf_p/manifests/init.pp": "-", "pup/roboconf_p/manifests/start.pp": "#\n", "pup/roboconf_p/manifests/stop.pp": "#\n"}, []string{
			"g:13:1 X_MISSING_MANIFEST (deploy; undeploy)", "g:13:1 X_MISSING_UPDATE_RECIPE (pup)",
		}},
		{"plugins.md 5.2 a manifest for each", map[string]string{
			"pup/roboconf_p/manifests/init.pp": "-", "pup/roboconf_p/manifests/start.pp": "#\n", "pup/roboconf_p/manifests/stop.pp": "#\n",
			"pup/roboconf_p/manifests/deploy.pp": "#\n", "pup/roboconf_p/manifests/update.pp": "#\n", "pup/roboconf_p/manifests/undeploy.pp": "#\n",
		}, nil},
		{"PL-52 parameters of exports", map[string]string{"pup/roboconf_p/manifests/init.pp": "# the class\nclass roboconf_p ($runningState, $db, $importDiff, $Key) {\n}\n"}, []string{
			"graph/pup/roboconf_p/manifests/init.pp:2:7 X_PUPPET_MISSING_EXPORT_PARAM (init.pp; Key)",
			"graph/pup/roboconf_p/manifests/init.pp:2:7 X_PUPPET_MISSING_EXPORT_PARAM (init.pp; port)",
		}},
		{"PL-60 instructions", map[string]string{"site/instructions.properties": lines(
			"Deploy.2.Copy = a -> b", "deploy.02.move = a -> b", "  instal.1.copy = a -> b", "deploy.3.coppy = a -> b", "deploy.4.move = a", "deploy.x.delete = a", "deploy.delete = \\", "  a", "deploy.5.delete = \\u1",
		)}, []string{
			"graph/site/instructions.properties:2:1 X_FILE_INSTRUCTION (deploy.02.move; Deploy.2.Copy)",
			"graph/site/instructions.properties:3:3 X_FILE_INSTRUCTION (instal.1.copy; instal)",
			"graph/site/instructions.properties:4:10 X_FILE_INSTRUCTION (deploy.3.coppy; coppy)",
			"graph/site/instructions.properties:5:17 X_FILE_INSTRUCTION (deploy.4.move; a; source -> target)",
			"graph/site/instructions.properties:6:8 X_FILE_INSTRUCTION (deploy.x.delete; x)",
			"graph/site/instructions.properties:7:1 X_FILE_INSTRUCTION (deploy.delete; deploy.delete)",
			"graph/site/instructions.properties:9:19 X_FILE_INSTRUCTION (deploy.5.delete; \\u1)",
		}},
		{"PL-60 no instructions are fine", map[string]string{"site/instructions.properties": "-", "site/other.properties": "x\n"}, nil},
		{"MOD-56 no target", map[string]string{"vm/target.properties": "-", "vm/notes": ""}, []string{"g:1:1 X_MISSING_TARGET (vm)"}},
		{"TG-1 an unknown handler", map[string]string{"vm/target.properties": "id = a\nname = n\n handler : \\\n  dokcer\n"}, []string{
			"graph/vm/target.properties:4:3 X_UNKNOWN_TARGET_HANDLER (dokcer)",
		}},
		{"dsl.md 10 the older name of a target", map[string]string{"vm/target.properties": "-", "vm/iaas.properties": "id = a\nname = n\nhandler = in-memory\n"}, []string{
			"graph/vm/iaas.properties:1:1 X_LEGACY_SYNTAX",
		}},
		{"dsl.md 10 beside the modern one", map[string]string{"vm/iaas.properties": "id = b\nname = n\nhandler = in-memory\n"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := check.Dir(recipeProject(tiers, sound(), c.recipes), load.Options{})
			same(t, only(found, recipeCodes...), "", c.want)
		})
	}
	_, found := check.Dir(recipeProject(tiers, sound(), map[string]string{"pup/roboconf_p/manifests/init.pp": class}), load.Options{})
	same(t, only(found, recipeCodes...), "", nil)
}

// PL-45: what a template asks of any import.
func TestTemplateVariables(t *testing.T) {
	graph := lines("vm {", "\tinstaller: target;", "\tchildren: web, db;", "}", "web {", "\tinstaller: script;", "\timports: db.*;", "}", "db {", "\tinstaller: script;", "\texports: ip;", "}")
	text := "{{#importLists}}{{prefix}}{{#imports}}{{instancePath}} {{vars.ip}} {{vars.prot}}{{#vars}}{{ip}}{{/vars}}{{/imports}}{{/importLists}}\n"
	files := recipeProject(graph, map[string]string{"web/scripts/x": "", "web/roboconf-templates/default.template": text})
	_, found := check.Dir(files, load.Options{})
	same(t, only(found, diag.XScriptUnknownVariable), "", []string{"graph/web/roboconf-templates/default.template:1:75 X_SCRIPT_UNKNOWN_VARIABLE (prot)"})
}

// What a provider inherits from something unknown may well be exported.
func TestDoubtfulProvider(t *testing.T) {
	script := map[string]string{"web/scripts/start.sh": "echo $db_0_ip\n"}
	for extends, want := range map[string][]string{
		"":                      {"graph/web/scripts/start.sh:1:7 X_SCRIPT_UNKNOWN_VARIABLE (db_0_ip)"},
		"\n\textends: nothing;": nil,
	} {
		graph := lines("vm {", "\tinstaller: target;", "\tchildren: web, db;", "}", "web {", "\tinstaller: script;", "\timports: db.*;", "}", "db {", "\tinstaller: script;"+extends, "\texports: host;", "}")
		_, found := check.Dir(recipeProject(graph, script), load.Options{})
		same(t, only(found, diag.XScriptUnknownVariable), "", want)
	}
}

// Puppet is asked once for each text, where there is one (diagnostics.md 3.6).
func TestPuppetParser(t *testing.T) {
	files := recipeProject(tiers, sound())
	asked := 0
	o := check.Options{Memo: new(check.Memo), Puppet: func(text string) (string, bool) {
		asked++
		return "bad at line 1\n", !strings.HasPrefix(text, "# nothing")
	}}
	var prev *load.Result
	for range 2 {
		r := load.Dir(files, load.Options{}, prev)
		found := only(check.With(r, files, o), diag.RecPuppetSyntaxError)
		same(t, found, "", []string{"g:13:1 REC_PUPPET_SYNTAX_ERROR (pup; i.pp)"})
		if got, want := beside(found[0]), []string{"graph/pup/roboconf_p/manifests/i.pp:1:1 Puppet says: bad at line 1"}; !slices.Equal(got, want) {
			t.Errorf("beside it %q, want %q", got, want)
		}
		prev = r
	}
	if asked != 2 {
		t.Errorf("Puppet was asked %d times about 2 texts", asked)
	}
	_, found := check.Dir(files, load.Options{})
	same(t, found, "REC_PUPPET_SYNTAX", nil)
}

// changed does a whole fix.
func changed(t *testing.T, files fstest.MapFS, c source.Change) fstest.MapFS {
	t.Helper()
	out := maps.Clone(files)
	byFile := make(map[string][]source.Edit)
	for _, e := range c.Edits {
		byFile[e.Place.File] = append(byFile[e.Place.File], e)
	}
	for name, edits := range byFile {
		if out[name] == nil {
			t.Fatalf("an edit of %s, which is not there", name)
		}
		out[name] = &fstest.MapFile{Data: []byte(source.Apply(string(out[name].Data), edits))}
	}
	for _, f := range c.Files {
		if out[f.Name] != nil {
			t.Fatalf("%s is made, but it is there", f.Name)
		}
		out[f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	for _, m := range c.Moves {
		for _, name := range slices.Sorted(maps.Keys(out)) {
			if rest, below := strings.CutPrefix(name, m.From); below && (rest == "" || rest[0] == '/') {
				out[m.To+rest] = out[name]
				delete(out, name)
			}
		}
	}
	return out
}

// cure applies fixes of a code until none is left: none remains, and no new severe one came (DIA-52).
func cure(t *testing.T, files fstest.MapFS, code diag.Code) fstest.MapFS {
	t.Helper()
	_, before := check.Dir(files, load.Options{})
	found, severe := before, len(severeOf(before))
	for range len(before) + 1 {
		left := slices.DeleteFunc(only(found, code), func(p diag.Problem) bool { return len(p.Fixes) == 0 })
		if len(left) == 0 {
			break
		}
		files = changed(t, files, left[0].Fixes[0].Change())
		_, found = check.Dir(files, load.Options{})
		if now := severeOf(found); len(now) > severe {
			t.Fatalf("%s: a fix made %v", code, now)
		}
	}
	if left := only(found, code); len(left) > 0 {
		t.Errorf("%s: left after all fixes: %v", code, left)
	}
	return files
}

func severeOf(found []diag.Problem) (out []diag.Problem) {
	for _, p := range found {
		if p.Level() == diag.Severe {
			out = append(out, p)
		}
	}
	return out
}

// DIA-51, DIA-52: what has one way to be right can be made so.
func TestRecipeFixes(t *testing.T) {
	for _, c := range []struct {
		code    diag.Code
		recipes map[string]string
		holds   string // a file afterwards, with what is in it
		text    string
	}{
		{diag.XMissingScript, map[string]string{"db/scripts/start.sh": "-", "db/scripts/stop.sh": "-"}, "graph/db/scripts/start.sh", "#!/bin/sh\n"},
		{diag.XMissingUpdateRecipe, map[string]string{"web/scripts/update.sh": "-"}, "graph/web/scripts/update.sh", "$db_size"},
		{diag.XScriptLineEnds, map[string]string{"web/scripts/start.sh": "#!/bin/sh\r\necho \r \r\n"}, "graph/web/scripts/start.sh", "#!/bin/sh\necho \r \n"},
		{diag.XScriptUnknownVariable, map[string]string{"web/scripts/start.sh": "echo $db_0_web_prot\n"}, "graph/web/scripts/start.sh", "echo $db_0_web_port\n"},
		{diag.XScriptUnknownVariable, map[string]string{"web/scripts/start.sh": "echo $db_0_port\n"}, "graph/main.graph", "imports: db.port, db.ip, db.web-port,"},
		{diag.XMissingManifest, map[string]string{"pup/roboconf_p/manifests/init.pp": "-"}, "graph/pup/roboconf_p/manifests/init.pp", "class roboconf_p("},
		{diag.XPuppetMissingExportParam, map[string]string{"pup/roboconf_p/manifests/init.pp": "class roboconf_p($runningState, $db, $importDiff) {\n}\n"}, "graph/pup/roboconf_p/manifests/init.pp", "($port = undef, $key = undef, $runningState"},
		{diag.RecPuppetMissingParamImportDiff, map[string]string{"pup/roboconf_p/manifests/init.pp": "class roboconf_p() {\n}\n"}, "graph/pup/roboconf_p/manifests/init.pp", "($importDiff = undef)"},
		{diag.RecPuppetMissingParamRunningState, map[string]string{"pup/roboconf_p/manifests/init.pp": "class roboconf_p(\n  $db,\n) {\n}\n"}, "graph/pup/roboconf_p/manifests/init.pp", "(\n  $runningState = undef,\n  $db,"},
		{diag.RecPuppetMissingParamFromImport, map[string]string{"pup/roboconf_p/manifests/init.pp": "class roboconf_p($x) {\n}\n"}, "graph/pup/roboconf_p/manifests/init.pp", "($db = undef, $x)"},
		{diag.XFileInstruction, map[string]string{"site/instructions.properties": "deploi.1.coppy = a -> b\n"}, "graph/site/instructions.properties", "deploy.1.copy = a -> b\n"},
		{diag.XUnknownTargetHandler, map[string]string{"vm/target.properties": "id = a\nname = n\nhandler = dokcer\n"}, "graph/vm/target.properties", "handler = docker\n"},
		{diag.RecTargetNoID, map[string]string{"vm/target.properties": "name = n\nhandler = docker\n"}, "graph/vm/target.properties", "id = vm-target\n"},
		{diag.RecTargetNoID, map[string]string{"vm/target.properties": "id\nname = n\nhandler = docker\n"}, "graph/vm/target.properties", "id = vm-target\n"},
		{diag.RecTargetNoName, map[string]string{"vm/target.properties": "name =\nid = n\nhandler = docker\n"}, "graph/vm/target.properties", "name =vm\n"},
		{diag.XLegacySyntax, map[string]string{"vm/target.properties": "-", "vm/iaas.properties": "id = a\nname = n\nhandler = docker\n"}, "graph/vm/target.properties", "id = a\n"},
	} {
		t.Run(string(c.code), func(t *testing.T) {
			files := cure(t, recipeProject(tiers, sound(), c.recipes), c.code)
			if f := files[c.holds]; f == nil || !strings.Contains(string(f.Data), c.text) {
				t.Errorf("%s holds %v, want %q", c.holds, f, c.text)
			}
		})
	}
}

// What is remembered gives the findings that a fresh look gives, while files come, go and change, and declarations move.
func TestRecipeMemo(t *testing.T) {
	wide := strings.Replace(tiers, "imports: db.ip, db.web-port,", "imports: db.*,", 1)
	var prev *load.Result
	unknown := 0
	o := check.Options{Memo: new(check.Memo)}
	states := []fstest.MapFS{
		recipeProject(tiers, sound()),
		recipeProject("# moved\n"+tiers, sound()),
		recipeProject(tiers, sound(), map[string]string{"web/scripts/start.sh": "echo $db_0_no\n"}),
		recipeProject("# moved\n"+tiers, sound(), map[string]string{"web/scripts/start.sh": "echo $db_0_no\n"}),
		recipeProject(strings.Replace(tiers, "port = 1", "port = 2", 1), sound(), map[string]string{"web/scripts/start.sh": "echo $db_0_no\n"}),
		recipeProject(strings.Replace(tiers, "ip, port = 1", "no, port = 1", 1), sound(), map[string]string{"web/scripts/start.sh": "echo $db_0_no $db_0_ip\n"}),
		recipeProject(tiers, sound(), map[string]string{"web/scripts/stop.sh": "-"}),
		recipeProject(tiers, sound(), map[string]string{"web/scripts/stop.sh": "-", "vm/target.properties": "id = a\n"}),
		recipeProject(tiers, sound()),
		recipeProject(wide, sound(), map[string]string{"web/scripts/start.sh": "echo $db_0_ip $other_0_name2\n"}),
		recipeProject(strings.Replace(wide, "exports: ip,", "exports: host,", 1), sound(), map[string]string{"web/scripts/start.sh": "echo $db_0_ip $other_0_name2\n"}),
		recipeProject(strings.Replace(wide, "exports: name2", "exports: name3", 1), sound(), map[string]string{"web/scripts/start.sh": "echo $db_0_ip $other_0_name2\n"}),
		recipeProject(strings.Replace(wide, "facets: other", "facets: none", 1), sound(), map[string]string{"web/scripts/start.sh": "echo $db_0_ip $other_0_name2\n"}),
		recipeProject(strings.Replace(wide, "installer: script", "installer: puppet", 1), sound(), map[string]string{"web/scripts/start.sh": "echo $db_0_ip $other_0_name2\n"}),
	}
	for i, files := range states {
		fsys := newMemory(textsOf(files))
		r := load.Dir(fsys, load.Options{}, prev)
		got := check.With(r, fsys, o)
		_, want := check.Dir(fsys, load.Options{})
		if !slices.EqualFunc(got, want, func(a, b diag.Problem) bool { return a.String() == b.String() }) {
			t.Errorf("state %d: remembered\n%v\nfresh\n%v", i, got, want)
		}
		unknown += len(only(want, diag.XScriptUnknownVariable))
		prev = r
	}
	if unknown < 5 {
		t.Errorf("only %d variables were unknown: the states prove little", unknown)
	}
}

func textsOf(files fstest.MapFS) map[string]string {
	out := make(map[string]string)
	for name, f := range files {
		out[name] = string(f.Data)
	}
	return out
}

func shortAll(found []diag.Problem, prefix string) (out []string) {
	for _, p := range found {
		if strings.HasPrefix(string(p.Code), prefix) {
			out = append(out, short(p))
		}
	}
	return out
}
