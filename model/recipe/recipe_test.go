package recipe_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/recipe"
)

func names(uses []recipe.Use) []string {
	out := make([]string, len(uses))
	for i, u := range uses {
		out[i] = u.Name
	}
	return out
}

// PL-35: what a script is told comes by variables of its environment.
func TestShell(t *testing.T) {
	for _, c := range []struct {
		name, text string
		uses, sets []string
	}{
		{"plain", `echo $ip "${port}" ${x:-${y}} '$no' \$no # $no`, []string{"ip", "port", "x", "y"}, nil},
		{"special parameters", `echo $1 $# $? "$@" ${10} ${#list}`, []string{"list"}, nil},
		{"what it sets itself", "a=1 b=$c\nexport d=$e f\nlocal g\nfor h in $i; do read -r j; done\nprintf -v k %s\nwhile getopts ab l; do :; done", []string{"c", "e", "i"}, []string{"a", "b", "d", "h", "j", "k", "l"}},
		{"a default for itself", `Tomcat_size=${Tomcat_size:-0}`, []string{"Tomcat_size"}, nil},
		{"arithmetic", "for ((n = 0; n < Tomcat_size; n++)); do :; done\n(( MySQL_size > 1 ))\nx=$((Tomcat_size - 1))\nlet y=Tomcat_size", []string{"n", "Tomcat_size", "n", "MySQL_size", "Tomcat_size", "Tomcat_size"}, []string{"n", "x", "y"}},
		{"PL-39 names that it puts together", "a=Tomcat_${i}_ip\nb=\"Tomcat_$(($i))_port\"\nc=Tomcat_${i}_log\necho ${!a} ${!b}", []string{"Tomcat_*_ip", "i", "Tomcat_*_port", "i", "i", "a", "b"}, []string{"a", "b", "c"}},
		{"eval", `eval "x=\$Tomcat_${i}_ip; y=\${Tomcat_${i}_port}"`, []string{"Tomcat_*_ip", "i", "Tomcat_*_port", "i"}, nil},
		{"printenv", `printenv Tomcat_0_ip "Tomcat_$(i)_port" Tomcat_${i}_path; [[ -v Tomcat_1_ip ]]`, []string{"Tomcat_0_ip", "Tomcat_*_port", "Tomcat_*_path", "i", "Tomcat_1_ip"}, nil},
		{"here documents", "cat <<END\n$ip\nEND\ncat <<'END'\n$no\nEND\n", []string{"ip"}, nil},
		{"carriage returns", "echo $ip\r\necho ${port}\r\n", []string{"ip", "port"}, nil},
		{"prefixes of names", `echo ${!Tomcat_*} ${!name}`, []string{"name"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := recipe.Read(recipe.Shell, c.text)
			if s.Guessed {
				t.Error("it was not parsed")
			}
			if got := names(s.Uses); !slices.Equal(got, c.uses) {
				t.Errorf("uses %q, want %q", got, c.uses)
			}
			if !slices.Equal(s.Sets, c.sets) {
				t.Errorf("sets %q, want %q", s.Sets, c.sets)
			}
			for _, u := range s.Uses {
				if got := u.Span.Of(c.text); !strings.Contains(u.Name, "*") && got != u.Name {
					t.Errorf("%s stands at %q", u.Name, got)
				}
			}
		})
	}
}

// What no shell reads is searched.
func TestBrokenShell(t *testing.T) {
	s := recipe.Read(recipe.Shell, "if [ $a = ${b} ]; then\n # $no\n  x=Tomcat_${i}_ip \\$no \\${no}\n\"$c\n")
	if got, want := names(s.Uses), []string{"a", "b", "i", "Tomcat_*_ip", "c"}; !s.Guessed || !slices.Equal(got, want) {
		t.Errorf("guessed %v: %q, want %q", s.Guessed, got, want)
	}
}

func TestOtherLanguages(t *testing.T) {
	for _, c := range []struct {
		file, text string
		want       []string
	}{
		{"start.py", "import os\nos.environ['a']\nos.environ.get( \"b\", 1)\nos.getenv('c')\nx['d']\nos.environ[e]\n", []string{"a", "b", "c"}},
		{"start", "#!/usr/bin/env -S python3.11 -u\nos.environ['a']\n$no\n", []string{"a"}},
		{"start.pl", "print $ENV{a}, $ENV{'b'}, $ENV{ \"c\" }, $d;\n", []string{"a", "b", "c"}},
		{"start.rb", "puts ENV['a'], ENV.fetch(\"b\"), ENV[c]\n", []string{"a", "b"}},
		{"start.template", "{{#importLists}}{{prefix}}{{/importLists}} $a ${b}\n", []string{"a", "b"}},
		{"start", "echo $a\n", []string{"a"}},
		{"start", "#!/bin/bash -eu\necho $a\n", []string{"a"}},
		{"start.exe", "$a", nil},
		{"start", "#!/opt/tcl\n$a", nil},
		{"init.pp", "$a", nil},
	} {
		if got := names(recipe.Read(recipe.LanguageOf(c.file, c.text), c.text).Uses); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s %q: got %q, want %q", c.file, c.text, got, c.want)
		}
	}
}

// PL-38.
func TestMangle(t *testing.T) {
	for name, want := range map[string]string{"ip": "ip", "my-comp": "my_comp", "a-.b": "a_b", "1st": "_1st", "-x-": "_x_", "été": "_t_", "": "", "..": "_"} {
		if got := recipe.Mangle(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

// PL-35, PL-38 to PL-40.
func TestDecode(t *testing.T) {
	n := recipe.Names{
		Own:       []string{"ip", "port-http", "Tomcat_0_ip"},
		Imports:   map[string][]string{"Tomcat": {"ip", "portAJP", "web-port"}, "my-db": {"ip"}, "my": {"x"}, "Other": nil},
		Ancestors: map[string][]string{"VM": {"ip"}, "VM_big": {"disk"}},
	}
	for name, want := range map[string]recipe.Meaning{
		"ip":                                    {Role: recipe.Own, Local: "ip", Known: true},
		"port_http":                             {Role: recipe.Own, Local: "port-http", Known: true},
		"Tomcat_size":                           {Role: recipe.Size, Prefix: "Tomcat", Known: true},
		"Tomcat_0_name":                         {Role: recipe.Path, Prefix: "Tomcat", Index: "0", Known: true},
		"Tomcat_0_ip":                           {Role: recipe.Imported, Prefix: "Tomcat", Index: "0", Local: "ip", Known: true},
		"Tomcat_12_web_port":                    {Role: recipe.Imported, Prefix: "Tomcat", Index: "12", Local: "web-port", Known: true},
		"Tomcat_*_portAJP":                      {Role: recipe.Imported, Prefix: "Tomcat", Index: recipe.Any, Local: "portAJP", Known: true},
		"Tomcat_0_prot":                         {Role: recipe.Imported, Prefix: "Tomcat", Index: "0", Local: "prot"},
		"Tomcat_sizes":                          {Local: "Tomcat_sizes"},
		"Tomcat_x_ip":                           {Local: "Tomcat_x_ip"},
		"my_db_0_ip":                            {Role: recipe.Imported, Prefix: "my-db", Index: "0", Local: "ip", Known: true},
		"my_0_x":                                {Role: recipe.Imported, Prefix: "my", Index: "0", Local: "x", Known: true},
		"Other_0_x":                             {Role: recipe.Imported, Prefix: "Other", Index: "0", Local: "x"},
		"ANCESTOR_VM_ip":                        {Role: recipe.Ancestor, Prefix: "VM", Local: "ip", Known: true},
		"ANCESTOR_VM_big_disk":                  {Role: recipe.Ancestor, Prefix: "VM_big", Local: "disk", Known: true},
		"ANCESTOR_X_ip":                         {Role: recipe.Ancestor, Local: "X_ip"},
		"ROBOCONF_IMPORT_CHANGED_web_port":      {Role: recipe.Changed, Local: "web-port", Known: true},
		"ROBOCONF_IMPORT_CHANGED_INSTANCE_PATH": {Role: recipe.Constant, Local: "ROBOCONF_IMPORT_CHANGED_INSTANCE_PATH", Known: true},
		"ROBOCONF_FILES_DIR":                    {Role: recipe.Constant, Local: "ROBOCONF_FILES_DIR", Known: true},
		"PATH":                                  {Local: "PATH"},
	} {
		if got := n.Decode(name); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

// PL-45.
func TestTags(t *testing.T) {
	text := "{{#importLists}}\n{{! note }}{{#imports}}{{vars.ip}} {{{index}}} {{& first }}{{#vars}}{{port}}{{/vars}}{{/imports}}{{/importLists}}{{>part}}{{=<% %>=}}<%x%>"
	tags, ok := recipe.Tags(text)
	if !ok {
		t.Error("sections are closed")
	}
	var got []string
	for _, tag := range tags {
		got = append(got, tag.NameSpan.Of(text)+"@"+strings.Join(tag.Inside, "."))
	}
	want := []string{
		"importLists@", "note@importLists", "imports@importLists", "vars.ip@importLists.imports", "index@importLists.imports", "first@importLists.imports",
		"vars@importLists.imports", "port@importLists.imports.vars", "vars@importLists.imports", "imports@importLists", "importLists@", "part@", "<% %>=@", "x@",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := names(recipe.ImportedNames(text)); !slices.Equal(got, []string{"ip", "port"}) {
		t.Errorf("imported: %q", got)
	}
	for _, bad := range []string{"{{a", "{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{{a}}"} {
		if _, ok := recipe.Tags(bad); ok {
			t.Errorf("%s: is not closed", bad)
		}
	}
}

// diagnostics.md 3.6: the parameters of the first class that has any.
func TestReadClass(t *testing.T) {
	for _, c := range []struct {
		text, name string
		want       []string
	}{
		{"class a($runningState, $app = [1, 2], String $b = 'x, $y', $c)", "a", []string{"$runningState", "$app", "$b", "$c"}},
		{"class empty {\n}\nclass roboconf::start (\n  $x = undef, # $no, )\n  Hash[String, Integer] $y,\n) {", "roboconf::start", []string{"$x", "$y"}},
		{"# class a($b)\nclass c ()\n", "c", nil},
		{"subclass a($b)", "", nil},
		{"class a($b", "", nil},
		{"class", "", nil},
	} {
		class, ok := recipe.ReadClass(c.text)
		var got []string
		for _, p := range class.Parameters {
			got = append(got, p.Span.Of(c.text))
		}
		if ok != (c.name != "") || ok && (class.Name != c.name || !slices.Equal(got, c.want)) {
			t.Errorf("%q: %v %q %q, want %q %q", c.text, ok, class.Name, got, c.name, c.want)
		}
	}
}

func TestAddingParameters(t *testing.T) {
	for text, want := range map[string]string{
		"class a() {}":   "class a($x = undef, $y = undef) {}",
		"class a($b) {}": "class a($x = undef, $y = undef, $b) {}",
		"class a(\n  # all\n  String $b,\n  $c,\n) {}": "class a(\n  $x = undef,\n  $y = undef,\n  # all\n  String $b,\n  $c,\n) {}",
	} {
		class, _ := recipe.ReadClass(text)
		at, with := class.Adding(text, "$x", "$y")
		if got := text[:at] + with + text[at:]; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// A skeleton is what the checks ask for.
func TestSkeleton(t *testing.T) {
	s := recipe.Sketch{Component: "web-app", Installer: "Script", Exports: []string{"ip", "web-port"}, Imports: []string{"MySQL"}}
	var got []string
	for _, f := range recipe.Skeleton(s) {
		got = append(got, f.Name)
		if script := recipe.Read(recipe.Shell, f.Text); script.Guessed || !f.Executable || len(script.Uses) > 0 {
			t.Errorf("%s: %+v", f.Name, script)
		}
	}
	if want := []string{"scripts/deploy.sh", "scripts/start.sh", "scripts/update.sh", "scripts/stop.sh", "scripts/undeploy.sh"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	s.Installer = "puppet"
	f := recipe.Skeleton(s)[0]
	class, ok := recipe.ReadClass(f.Text)
	for _, p := range []string{"$runningState", "$ip", "$web_port", "$mysql", "$importDiff"} {
		if !ok || !class.Has(p) || f.Name != "roboconf_web_app/manifests/init.pp" || class.Name != "roboconf_web_app" {
			t.Errorf("%s lacks %s:\n%s", f.Name, p, f.Text)
		}
	}
}

// The samples are parsed, none is guessed.
func TestSamples(t *testing.T) {
	scripts, err := filepath.Glob("../../samples/*/graph/*/scripts/*")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, name := range scripts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if recipe.Read(recipe.LanguageOf(name, string(text)), string(text)).Guessed {
			t.Errorf("%s was not parsed", name)
		}
	}
}

// Every place holds the name that it is said to hold; what the parser finds behind a dollar, the search finds too.
func FuzzRead(f *testing.F) {
	scripts, _ := filepath.Glob("../../samples/*/graph/*/scripts/*")
	for _, name := range scripts {
		if text, err := os.ReadFile(name); err == nil {
			f.Add(string(text))
		}
	}
	for _, seed := range []string{
		"class a($b = [1], $c) {}", "{{#imports}}{{vars.x}}{{/imports}}", `eval "\$a_${i}_b"`, "os.environ['x'] $ENV{y} ENV[\"z\"]", "echo ${a\r\n$b", "x=a_${i}_b; ${!x}", "((a=b))",
		"deploy.1.copy = a -> b\nstart.x.download=http://h/#sha256=0\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, lang := range []recipe.Language{recipe.Other, recipe.Shell, recipe.Python, recipe.Perl, recipe.Ruby, recipe.Template, recipe.Manifest} {
			for _, u := range recipe.Read(lang, text).Uses {
				first, last, built := strings.Cut(u.Name, "*")
				written := u.Span.Of(text)
				if !built && written != u.Name || built && (!strings.HasPrefix(written, first) || !strings.HasSuffix(written, last)) {
					t.Fatalf("%q: %s stands at %q", text, u.Name, written)
				}
				recipe.Names{Own: []string{"a"}, Imports: map[string][]string{"a": {"b"}}}.Decode(u.Name)
			}
		}
		recipe.Tags(text)
		recipe.ImportedNames(text)
		if class, ok := recipe.ReadClass(text); ok {
			for _, p := range class.Parameters {
				if p.Span.Of(text) != p.Name {
					t.Fatalf("%q: %s stands at %q", text, p.Name, p.Span.Of(text))
				}
			}
			at, with := class.Adding(text, "$new")
			again, ok := recipe.ReadClass(text[:at] + with + text[at:])
			if !ok || !again.Has("$new") {
				t.Fatalf("%q: added at %d: %q", text, at, with)
			}
		}
		recipe.LanguageOf(text, text)
		for _, i := range recipe.ReadInstructions(properties.Parse(text)) {
			if i.At.Start < 0 || i.At.End > len(text) || i.At.Len() < 0 {
				t.Fatalf("%q: an instruction stands at %v", text, i.At)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text, err := os.ReadFile("../../samples/lamp/graph/HAProxy/scripts/settings.sh")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			recipe.Read(recipe.Shell, string(text))
		}
	})
	b.Run("scan", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for range recipe.Scan(recipe.Shell, string(text)) {
			}
		}
	})
}

// PL-30.
func TestChoose(t *testing.T) {
	for _, c := range []struct {
		action string
		files  []string
		file   string
		rivals []string
	}{
		{"start", []string{"scripts/start.py", "scripts/start.sh"}, "scripts/start.sh", nil},
		{"start", []string{"scripts/start-all.sh", "scripts/start.py", "scripts/start"}, "scripts/start", []string{"scripts/start", "scripts/start.py"}},
		{"start", []string{"scripts/start2.sh", "scripts/start1.sh"}, "scripts/start1.sh", []string{"scripts/start1.sh", "scripts/start2.sh"}},
		{"start", []string{"scripts/start-it"}, "scripts/start-it", nil},
		{"start", []string{"scripts/start/x.sh", "start.sh", "scripts/Start.sh"}, "", nil},
		{"deploy", []string{"scripts/undeploy.sh"}, "", nil},
		{"start", []string{"roboconf-templates/default.template", "roboconf-templates/start.template"}, "roboconf-templates/start.template", nil},
		{"start", []string{"roboconf-templates/start.template", "roboconf-templates/default.template"}, "roboconf-templates/start.template", nil},
		{"start", []string{"roboconf-templates/default.template", "scripts/stop.sh"}, "roboconf-templates/default.template", nil},
		{"start", []string{"roboconf-templates/start.template", "scripts/start.pl"}, "scripts/start.pl", nil},
	} {
		got := recipe.Choose(c.files, c.action)
		if got.File != c.file || !slices.Equal(got.Rivals, c.rivals) {
			t.Errorf("%s of %q: got %+v, want %q %q", c.action, c.files, got, c.file, c.rivals)
		}
	}
}

// PL-50, PL-51.
func TestModules(t *testing.T) {
	files := []string{"Roboconf_b/manifests/init.pp", "roboconf_a/x", "roboconf_a/manifests/Start.PP", "roboconf_c", "other/manifests/init.pp", "roboconf_a/manifests/deep/x.pp"}
	if got := recipe.Modules(files); !slices.Equal(got, []string{"Roboconf_b", "roboconf_a"}) {
		t.Errorf("got %q", got)
	}
	if got := recipe.Manifests(files, "roboconf_a"); !slices.Equal(got, []string{"roboconf_a/manifests/Start.PP"}) {
		t.Errorf("got %q", got)
	}
}

// PL-60, PL-61.
func TestInstructions(t *testing.T) {
	const sum = "#sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for line, want := range map[string]struct {
		flaw recipe.Flaw
		at   string
	}{
		"deploy.1.download = http://host/x":           {},
		"Deploy.12.Download: https://host/x" + sum:    {},
		"deploy.1.download = file:/x -> target":       {},
		"deploy.1.download = ${URL}/x":                {},
		"start.2.move = a -> b":                       {},
		"stop.3.copy=a->b":                            {},
		"undeploy.4.delete = /tmp/a b":                {},
		"deploy.1.download = host/x":                  {recipe.BadParameter, "host/x"},
		"deploy.1.download = ftp://host/x":            {recipe.BadParameter, "ftp://host/x"},
		"deploy.1.download = http://host/x#sha256=12": {recipe.BadParameter, "http://host/x#sha256=12"},
		"deploy.1.download = http://host/x ->":        {recipe.BadParameter, "http://host/x ->"},
		"deploy.1.move = a":                           {recipe.BadParameter, "a"},
		"deploy.1.copy = -> b":                        {recipe.BadParameter, "-> b"},
		"deploy.1.copy = a -> b -> c":                 {recipe.BadParameter, "a -> b -> c"},
		"deploy.1.delete =":                           {recipe.BadParameter, "deploy.1.delete"},
		"deploy.1.rename = a -> b":                    {recipe.NoVerb, "rename"},
		"install.1.copy = a -> b":                     {recipe.NoAction, "install"},
		"deploy.0.copy = a -> b":                      {recipe.NoPosition, "0"},
		"deploy.one.copy = a -> b":                    {recipe.NoPosition, "one"},
		"deploy.copy = a -> b":                        {recipe.NotThree, "deploy.copy"},
		"deploy.1.copy.x = a -> b":                    {recipe.NotThree, "deploy.1.copy.x"},
		`deploy\u002e1.rename = x`:                    {recipe.NoVerb, `deploy\u002e1.rename`},
	} {
		i := recipe.ReadInstructions(properties.Parse(line))[0]
		if i.Flaw != want.flaw || i.Flaw != recipe.Sound && i.At.Of(line) != want.at {
			t.Errorf("%s: got %d at %q, want %d at %q", line, i.Flaw, i.At.Of(line), want.flaw, want.at)
		}
	}
	list := recipe.ReadInstructions(properties.Parse("deploy.1.delete = a\nstart.1.delete = a\ndeploy.01.delete = b\n"))
	if list[1].Flaw != recipe.Sound || list[2].Flaw != recipe.SamePosition || list[2].Other != 0 {
		t.Errorf("positions: %+v", list)
	}
}
