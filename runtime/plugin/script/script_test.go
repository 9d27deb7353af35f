package script

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/plugintest"
)

func TestContract(t *testing.T) {
	plugintest.Run(t, New(), map[string]string{
		"scripts/start.sh": "#!/bin/sh\necho started\n", "scripts/stop": "#!/bin/sh\n", "roboconf-templates/default.template": "#!/bin/sh\necho {{instance.path}}\n",
	})
}

// plugins.md 8 and more.
func TestAdverse(t *testing.T) { plugintest.Adverse(t, New()) }

// PL-30: which file is run, with the same answer as the editor's.
func TestChoose(t *testing.T) {
	for _, c := range []struct {
		name, want, warns string
		files             []string
	}{
		{"the exact name", "scripts/start.sh", "", []string{"scripts/start.sh", "scripts/start.py", "scripts/start"}},
		{"another ending", "scripts/start.py", "", []string{"scripts/start.py", "scripts/starter.sh"}},
		{"no ending", "scripts/start", "several scripts could serve start: scripts/start, scripts/start.py", []string{"scripts/start", "scripts/start.py"}},
		{"a longer name", "scripts/start-all", "", []string{"scripts/start-all", "roboconf-templates/start.template"}},
		{"byte order", "scripts/startA", "scripts/startA, scripts/starta", []string{"scripts/starta", "scripts/startA"}},
		{"a template", "roboconf-templates/start.template", "", []string{"roboconf-templates/start.template", "roboconf-templates/default.template"}},
		{"the default template", "roboconf-templates/default.template", "", []string{"roboconf-templates/default.template", "scripts/stop.sh"}},
		{"nothing", "", "no script nor template for start", []string{"files/start.sh", "start.sh"}},
		{"a folder is no script", "", "no script nor template for start", []string{"scripts/start.d/x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{}
			for _, f := range c.files {
				files[f] = "#!/bin/sh\necho ran " + f + "\n"
			}
			call := plugintest.NewCall(t, lifecycle.Start, files)
			r := New().Run(t.Context(), &call.Call)
			want := ""
			if c.want != "" {
				want = "ran " + c.want
			}
			if r.Failed() || call.Text() != want || !strings.Contains(call.Warnings(), c.warns) || (c.warns == "") != (call.Warnings() == "") {
				t.Errorf("%+v, printed %q, warned %q", r, call.Text(), call.Warnings())
			}
			if told := recipe.Choose(c.files, "start").File; told != c.want {
				t.Errorf("the editor says %q", told)
			}
		})
	}
}

// PL-23, PL-30: an instance without directory has nothing to run.
func TestNoDirectory(t *testing.T) {
	c := plugintest.NewCall(t, lifecycle.Stop, nil)
	c.Dir = filepath.Join(c.Dir, "none")
	if r := New().Run(t.Context(), &c.Call); r.Failed() || !strings.Contains(c.Warnings(), "no files") {
		t.Errorf("%+v %q", r, c.Warnings())
	}
}

// PL-31: everything under scripts/ becomes executable, nothing else; links are left alone.
func TestBits(t *testing.T) {
	c := plugintest.NewCall(t, lifecycle.Deploy, map[string]string{"scripts/a": "", "scripts/deep/b": "", "files/c": ""})
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(c.Dir, "scripts", "link")); err != nil {
		t.Fatal(err)
	}
	if err := New().Initialize(t.Context(), &c.Call); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"scripts/a": 0o700, "scripts/deep/b": 0o700, "files/c": 0o600} {
		if info, err := os.Stat(filepath.Join(c.Dir, name)); err != nil || info.Mode() != want {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	if info, _ := os.Stat(outside); info.Mode() != 0o600 {
		t.Error("the bit was set through a link")
	}
}

// PL-33, PL-35, PL-41: the working directory, the environment, the file with the same.
func TestWhatARecipeSees(t *testing.T) {
	c := plugintest.NewCall(t, lifecycle.Update, map[string]string{"files/x": "content", "scripts/update.sh": `#!/bin/bash
set -eu
[ $# -eq 0 ]
echo "$PWD"
cat "$ROBOCONF_FILES_DIR/x"; echo
echo "$port $ANCESTOR_VM_ip $DB_size $DB_0_name $DB_0_ip $ROBOCONF_IMPORT_CHANGED_ip $ROBOCONF_UPDATE_STATUS $ROBOCONF_ACTION"
stat -c %a "$ROBOCONF_CONTEXT_FILE"
grep -c '"instancePath": "/db"' "$ROBOCONF_CONTEXT_FILE"
echo "${HOME-no home}"
`})
	db := agent.Import{Prefix: "DB", Path: "/db", Vars: []model.Variable{{Name: "DB.ip", Value: model.Text("1.2.3.4")}}}
	c.View.Exports = []model.Variable{{Name: "X.port", Value: model.Text("80")}}
	c.View.Ancestors[0].Exports = []model.Variable{{Name: "VM.ip", Value: model.Text("5.6.7.8")}}
	c.View.Imports = []agent.Imports{{Prefix: "DB", From: []agent.Import{db}}}
	c.Change = &agent.Change{Prefix: "DB", Import: db, Status: lifecycle.DeployedStarted}
	r := New().Run(t.Context(), &c.Call)
	want := c.Dir + "/scripts\ncontent\n80 5.6.7.8 1 /db 1.2.3.4 1.2.3.4 DEPLOYED_STARTED update\n600\n2\nno home"
	if r.Failed() || c.Text() != want {
		t.Errorf("%+v\ngot  %s\nwant %s", r, c.Text(), want)
	}
}

// PL-33, PL-45: a template makes a script beside the others, with the same environment; it goes unless it failed.
func TestTemplates(t *testing.T) {
	text := "#!/bin/sh\n{{#importLists}}\n# {{prefix}}\n{{#imports}}\n{{#exportedVars}}\necho '{{name}}={{value}}'\n{{/exportedVars}}\n{{/imports}}\n{{/importLists}}\n{{>lib}}\n. ./helper\n"
	files := map[string]string{
		"roboconf-templates/start.template": text, "roboconf-templates/lib.template": "echo \"from a partial: $ROBOCONF_INSTANCE_NAME {{unknown}}\"\n", "scripts/helper": "echo helped\nexit $code\n",
	}
	for code, kept := range map[string]bool{"0": false, "4": true} {
		c := plugintest.NewCall(t, lifecycle.Start, files)
		c.View.Exports = []model.Variable{{Name: "X.code", Value: model.Text(code)}}
		c.View.Imports = []agent.Imports{
			{Prefix: "Z", From: []agent.Import{{Path: "/z", Vars: []model.Variable{{Name: "Z.q", Value: model.Text("a&<b>")}}}}},
			{Prefix: "None"},
			{Prefix: "A", From: []agent.Import{{Path: "/a", Vars: []model.Variable{{Name: "A.p", Value: model.Text("1")}}}}},
		}
		r := New().Run(t.Context(), &c.Call)
		if r.Failed() != kept || c.Text() != "A.p=1\nZ.q=a&<b>\nfrom a partial: x \nhelped" {
			t.Errorf("%+v\n%s", r, c.Text())
		}
		if _, err := os.Stat(filepath.Join(c.Dir, "scripts/.generated-start")); (err == nil) != kept {
			t.Errorf("code %s: kept %v", code, err == nil)
		}
	}
}

// PL-45: a template that is wrong, or reaches out of its folder, is a failure of the recipe.
func TestBadTemplates(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"{{#a}}": "template roboconf-templates/start.template: line 1: the section a is not closed", "{{>none}}": "partial none", "{{>../files/x}}": "partial ../files/x",
		"{{>" + outside + "/secret}}": "partial", "{{>link}}": "partial link", "{{>folder}}": "it is no plain file",
	} {
		c := plugintest.NewCall(t, lifecycle.Start, map[string]string{"roboconf-templates/start.template": text, "files/x": "secret", "roboconf-templates/folder/x": ""})
		if err := os.WriteFile(filepath.Join(c.Dir, "roboconf-templates/start.template"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(c.Dir, "roboconf-templates/link")); err != nil {
			t.Fatal(err)
		}
		if r := New().Run(t.Context(), &c.Call); !strings.Contains(r.Error, want) || c.Text() != "" {
			t.Errorf("%s: %+v %s", text, r, c.Text())
		}
	}
}

// LC-132: a recipe that is cancelled is a failure, with the reason, and all of it ends.
func TestCancelWhileItRuns(t *testing.T) {
	c := plugintest.NewCall(t, lifecycle.Start, map[string]string{"scripts/start.sh": "#!/bin/sh\necho up\nsleep 600\n"})
	ctx, cancel := context.WithCancel(t.Context())
	c.Output = func(plugin.Line) { cancel() }
	began := time.Now()
	if r := New().Run(ctx, &c.Call); r.Error != "cancelled" {
		t.Errorf("%+v", r)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// PL-73: recipes run as the user that is asked for, who owns what they need; nobody but root can ask.
func TestRunAs(t *testing.T) {
	files := map[string]string{"scripts/start.sh": "#!/bin/sh\nid -un\ntest -r \"$ROBOCONF_CONTEXT_FILE\" && echo reads\necho x >../state && echo writes\n"}
	c := plugintest.NewCall(t, lifecycle.Start, files)
	c.RunAs = "nobody"
	err := New().Initialize(t.Context(), &c.Call)
	if os.Getuid() != 0 {
		if r := New().Run(t.Context(), &c.Call); err == nil || !strings.Contains(r.Error, "only root may") {
			t.Errorf("%v, %+v", err, r)
		}
		return
	}
	if err != nil || os.Chmod(filepath.Dir(filepath.Dir(c.Dir)), 0o711) != nil { // that of the test's own folder
		t.Fatal(err)
	}
	if r := New().Run(t.Context(), &c.Call); r.Failed() || c.Text() != "nobody\nreads\nwrites" {
		t.Errorf("%+v\n%s", r, c.Text())
	}
	c.RunAs = "no-such-user"
	if r := New().Run(t.Context(), &c.Call); !strings.Contains(r.Error, "no-such-user") {
		t.Errorf("%+v", r)
	}
}

// Engineering notes 5.4: a bash recipe through the agent takes 1 to 4 ms.
func BenchmarkNothing(b *testing.B) {
	c := plugintest.NewCall(b, lifecycle.Start, map[string]string{"scripts/start.sh": "#!/bin/bash\nexit 0\n"})
	c.View.Imports = []agent.Imports{{Prefix: "DB", From: []agent.Import{{Path: "/db", Vars: []model.Variable{{Name: "DB.ip", Value: model.Text("1.2.3.4")}}}}}}
	for b.Loop() {
		if r := New().Run(b.Context(), &c.Call); r.Failed() {
			b.Fatal(r)
		}
	}
}
