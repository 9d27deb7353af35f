package puppet

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin/plugintest"
)

// pretend is a puppet that notes its arguments, one file for each run, and ends as the file "code" says.
func pretend(t testing.TB) (program string, runs func() [][]string) {
	t.Helper()
	dir := t.TempDir()
	program = filepath.Join(dir, "puppet")
	text := "#!/bin/sh\nn=$(ls " + dir + " | grep -c '^run')\n{ pwd; printf '%s\\0' \"$@\"; } >" + dir + "/run$n\necho applied\nexit $(cat " + dir + "/code 2>/dev/null || echo 0)\n"
	if err := os.WriteFile(program, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return program, func() (all [][]string) {
		files, _ := filepath.Glob(filepath.Join(dir, "run*"))
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			where, args, _ := strings.Cut(string(text), "\n")
			all = append(all, append([]string{where}, strings.Split(strings.TrimSuffix(args, "\x00"), "\x00")...))
		}
		return all
	}
}

func codeOf(t testing.TB, program, code string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(program), "code"), []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
}

var tomcat = map[string]string{"roboconf_tomcat/manifests/init.pp": "", "roboconf_tomcat/manifests/start.pp": ""}

func TestContract(t *testing.T) {
	program, _ := pretend(t)
	plugintest.Run(t, New(Options{Program: program}), tomcat)
}

func vars(list ...string) (out []model.Variable) {
	for _, s := range list {
		name, value, set := strings.Cut(s, "=")
		v := model.Variable{Name: name}
		if set {
			v.Value = model.Text(value)
		}
		out = append(out, v)
	}
	return out
}

// PL-51, PL-52: the command, one argument for the code, in the instance's directory.
func TestCommand(t *testing.T) {
	program, runs := pretend(t)
	c := plugintest.NewCall(t, lifecycle.Start, tomcat)
	c.Environ = append(c.Environ, "MODULEPATH=/etc/modules")
	c.View.Exports = vars("X.Port=80", "X.none", "X.empty=")
	c.View.Imports = []agent.Imports{
		{Prefix: "Cache"}, {Prefix: "MySQL", From: []agent.Import{{Path: "/vm/db", Vars: vars("MySQL.ip=1.2.3.4", "MySQL.Port=3306", "MySQL.x")}, {Path: "/vm/db2"}}},
	}
	if r := New(Options{Program: program}).Run(t.Context(), &c.Call); r.Failed() || c.Text() != "applied" {
		t.Fatalf("%+v %s", r, c.Text())
	}
	want := []string{
		c.Dir, "apply", "--verbose", "--detailed-exitcodes", "--modulepath", "/etc/modules:" + c.Dir, "--execute",
		"class{'roboconf_tomcat::start': runningState => running, port => '80', none => undef, empty => undef, cache => undef, " +
			"mysql => { '/vm/db' => { ip => '1.2.3.4', port => '3306', x => undef }, '/vm/db2' => { } }}",
	}
	if got := runs(); len(got) != 1 || !slices.Equal(got[0], want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// PL-51: the manifest of the operation, else that of the module, else a warning; several modules, or none (PL-50).
func TestManifests(t *testing.T) {
	for _, c := range []struct {
		name, class, warns, fails string
		files                     map[string]string
	}{
		{"its own", "'roboconf_tomcat::start'", "", "", tomcat},
		{"init", "'roboconf_tomcat'", "", "", map[string]string{"roboconf_tomcat/manifests/init.pp": ""}},
		{"any case", "'Roboconf_X'", "", "", map[string]string{"Roboconf_X/manifests/init.pp": ""}},
		{"none", "", "has no manifest for start", "", map[string]string{"roboconf_x/manifests/stop.pp": ""}},
		{"several", "'roboconf_a'", "several modules could be applied: roboconf_a, roboconf_b", "", map[string]string{"roboconf_b/manifests/init.pp": "", "roboconf_a/manifests/init.pp": ""}},
		{"no module", "", "", "no Puppet module", map[string]string{"tomcat/manifests/init.pp": "", "roboconf_file": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			program, runs := pretend(t)
			call := plugintest.NewCall(t, lifecycle.Start, c.files)
			r := New(Options{Program: program}).Run(t.Context(), &call.Call)
			if !strings.Contains(r.Error, c.fails) || (c.fails == "") == r.Failed() || !strings.Contains(call.Warnings(), c.warns) {
				t.Errorf("%+v, warned %q", r, call.Warnings())
			}
			got := runs()
			if (c.class == "") != (len(got) == 0) || len(got) > 0 && !strings.HasPrefix(got[0][7], "class{"+c.class+": ") {
				t.Errorf("ran %q", got)
			}
		})
	}
	program, runs := pretend(t)
	c := plugintest.NewCall(t, lifecycle.Stop, nil)
	c.Dir = filepath.Join(c.Dir, "none")
	if r := New(Options{Program: program}).Run(t.Context(), &c.Call); r.Failed() || len(runs()) > 0 {
		t.Errorf("without directory: %+v, %q", r, runs())
	}
}

// PL-52: what runs in each operation, and the change of an update in both forms.
func TestParameters(t *testing.T) {
	for op, want := range map[lifecycle.Operation]string{
		lifecycle.Deploy: "stopped", lifecycle.Start: "running", lifecycle.Stop: "stopped", lifecycle.Undeploy: "undef", lifecycle.Update: "undef",
	} {
		c := plugintest.NewCall(t, op, nil)
		if got, _, _ := Code("m", &c.Call); got != "class{'m': runningState => "+want+"}" {
			t.Errorf("%s: %s", op, got)
		}
	}
	c := plugintest.NewCall(t, lifecycle.Update, nil)
	c.Change = &agent.Change{Prefix: "DB", Import: agent.Import{Path: "/db", Vars: vars("DB.ip=1")}, Status: lifecycle.DeployedStarted}
	if got, _, _ := Code("m", &c.Call); got != "class{'m': runningState => undef, importDiff => { added => { '/db' => { ip => '1' } }, removed => undef, 'component' => 'DB' }}" {
		t.Error(got)
	}
	c.Change.Status = lifecycle.DeployedStopped
	if got, _, _ := Code("m", &c.Call); got != "class{'m': runningState => undef, importDiff => { added => undef, removed => { '/db' => { ip => '1' } }, 'component' => 'DB' }}" {
		t.Error(got)
	}
}

// PL-36, PL-53: one parameter for each local name; odd names become legal; parameters that meet are told.
func TestNames(t *testing.T) {
	c := plugintest.NewCall(t, lifecycle.Start, nil)
	c.View.Exports = vars("Other.port=2", "X.port=1", "X.my-name=3", "X.9=4", "X.runningState=no", "X.db=5")
	c.View.Imports = []agent.Imports{{Prefix: "DB"}, {Prefix: "my-db", From: []agent.Import{{Path: "/d", Vars: vars("my-db.class=a", "my-db._x=b", "my-db.a b=c")}}}}
	got, warnings, err := Code("m", &c.Call)
	want := "class{'m': runningState => running, port => '1', my_name => '3', _9 => '4', db => '5', my_db => { '/d' => { 'class' => 'a', '_x' => 'b', a_b => 'c' } }}"
	if err != nil || got != want {
		t.Errorf("got  %s\nwant %s\n%v", got, want, err)
	}
	if len(warnings) != 2 || !strings.Contains(warnings[0], "X.runningState") || !strings.Contains(warnings[1], "X.db and the imports of DB") {
		t.Errorf("%q", warnings)
	}
	c.View.Exports = vars("X.a=\x00")
	if _, _, err := Code("m", &c.Call); err == nil || !strings.Contains(err.Error(), "zero byte") {
		t.Error(err)
	}
}

// unquote reads a text in single quotes as Puppet does.
func unquote(t testing.TB, code string) (text, rest string) {
	t.Helper()
	if code == "" || code[0] != '\'' {
		t.Fatalf("no quote: %q", code)
	}
	var b strings.Builder
	for i := 1; i < len(code); i++ {
		switch {
		case code[i] == '\'':
			return b.String(), code[i+1:]
		case code[i] == '\\' && i+1 < len(code) && (code[i+1] == '\\' || code[i+1] == '\''):
			i++
		}
		b.WriteByte(code[i])
	}
	t.Fatalf("no end: %q", code)
	return "", ""
}

// FuzzQuote: any value is read back as it is, and nothing of it becomes code (PL-53).
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a", "'", `\`, `\'`, `a\\'b`, "$x ${y}", "\n", "', evil => '", `\', evil => '`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, rest := unquote(t, Quote(text)+", next"); got != text || rest != ", next" {
			t.Errorf("%q becomes %q, then %q", text, got, rest)
		}
		c := plugintest.NewCall(t, lifecycle.Start, nil)
		c.View.Exports = []model.Variable{{Name: "X.v", Value: model.Text(text)}}
		code, _, err := Code("m", &c.Call)
		if err != nil || text == "" {
			return
		}
		got, rest := unquote(t, strings.TrimPrefix(code, "class{'m': runningState => running, v => "))
		if got != text || rest != "}" {
			t.Errorf("%q gives %s", text, code)
		}
	})
}

// PL-54: exit codes.
func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		code, fails, warns string
		strict             bool
	}{
		{"0", "", "", false},
		{"2", "", "", false},
		{"6", "", "exit code 6", false},
		{"6", "exit code 6: changes were made", "", true},
		{"4", "exit code 4: some resources failed", "", false},
		{"1", "exit code 1: the manifest could not be applied", "", false},
		{"99", "exit code 99", "", false},
	} {
		program, _ := pretend(t)
		codeOf(t, program, c.code)
		call := plugintest.NewCall(t, lifecycle.Start, tomcat)
		r := New(Options{Program: program, Strict: c.strict}).Run(t.Context(), &call.Call)
		if !strings.Contains(r.Error, c.fails) || r.Failed() != (c.fails != "") || !strings.Contains(call.Warnings(), c.warns) {
			t.Errorf("%+v: %+v, warned %q", c, r, call.Warnings())
		}
	}
}

// PL-50: modules are installed in the order of the file, those that are there are not, a failure is one of the deploy.
func TestModules(t *testing.T) {
	program, runs := pretend(t)
	files := map[string]string{
		"roboconf_x/manifests/init.pp": "", "modules.properties": "puppetlabs-stdlib = 4.1.0\n# no version\nauthor-other =\nauthor-here=1.0\nauthor-old: 2.0\nauthor-any=\n",
		"here/metadata.json": `{"name":"author/here","version":"1.0"}`, "old/metadata.json": `{"name":"author-old","version":"1.0"}`, "any/metadata.json": `{"name":"author-any","version":"7"}`,
	}
	c := plugintest.NewCall(t, lifecycle.Deploy, files)
	if err := New(Options{Program: program}).Initialize(t.Context(), &c.Call); err != nil {
		t.Fatal(err)
	}
	got := runs()
	want := [][]string{
		{c.Dir, "module", "install", "--version", "4.1.0", "puppetlabs-stdlib", "--target-dir", c.Dir},
		{c.Dir, "module", "install", "author-other", "--target-dir", c.Dir},
		{c.Dir, "module", "install", "--version", "2.0", "author-old", "--target-dir", c.Dir},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	codeOf(t, program, "1")
	if err := New(Options{Program: program}).Initialize(t.Context(), &c.Call); err == nil || !strings.Contains(err.Error(), "install the Puppet module puppetlabs-stdlib 4.1.0: exit code 1") {
		t.Error(err)
	}
	c = plugintest.NewCall(t, lifecycle.Deploy, map[string]string{"roboconf_x/manifests/init.pp": "", "modules.properties": "--force = 1\n"})
	if err := New(Options{Program: program}).Initialize(t.Context(), &c.Call); err == nil || !strings.Contains(err.Error(), "is no name") {
		t.Error(err)
	}
}

// PL-55: a machine without puppet is told before anything is deployed.
func TestPreflight(t *testing.T) {
	if err := New(Options{Program: filepath.Join(t.TempDir(), "puppet")}).Preflight(t.Context()); err == nil || !strings.Contains(err.Error(), "puppet not found") {
		t.Error(err)
	}
	program, _ := pretend(t)
	if err := New(Options{Program: program}).Preflight(t.Context()); err != nil {
		t.Error(err)
	}
}

// PL-51 to PL-54 with the program itself: what it is told arrives as it was, evil values too, its exit codes mean what we think.
func TestRealPuppet(t *testing.T) {
	program := require.Puppet(t)
	out := filepath.Join(t.TempDir(), "out")
	manifest := `class roboconf_x($runningState = undef, $v = undef, $db = undef, $importDiff = undef) {
  file { '` + out + `': content => "${runningState}|${v}|${db['/db']['ip']}|${importDiff['component']}" }
}`
	c := plugintest.NewCall(t, lifecycle.Update, map[string]string{"roboconf_x/manifests/init.pp": manifest})
	evil := `a'b\c\' $(touch x) ${v} "d"` + "\nlast"
	db := agent.Import{Path: "/db", Vars: vars("DB.ip=1.2.3.4")}
	c.View.Exports = []model.Variable{{Name: "X.v", Value: model.Text(evil)}}
	c.View.Imports = []agent.Imports{{Prefix: "DB", From: []agent.Import{db}}}
	c.Change = &agent.Change{Prefix: "DB", Import: db, Status: lifecycle.DeployedStarted}
	for range 2 { // exit code 2, then 0
		if r := New(Options{Program: program}).Run(t.Context(), &c.Call); r.Failed() {
			t.Fatalf("%+v\n%s", r, c.Text())
		}
	}
	if text, err := os.ReadFile(out); err != nil || string(text) != "|"+evil+"|1.2.3.4|DB" {
		t.Errorf("%q, %v\n%s", text, err, c.Text())
	}
}
