package recipe_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/recipe"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/samples"
)

const (
	script   = "graph/Balancer/scripts/start.sh"
	update   = "graph/Balancer/scripts/update.sh"
	python   = "graph/Balancer/scripts/stop.py"
	template = "graph/Balancer/roboconf-templates/default.template"
	manifest = "graph/Cache/roboconf_cache/manifests/init.pp"
)

// shop has a recipe in each language.
var shop = map[string]string{
	"descriptor/application.properties": "name = shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n",
	"graph/main.graph": `Host {
	installer: target;
	exports: ip, size = large;
	children: Balancer, Server, Cache;
}

Balancer {
	installer: script;
	imports: Server.ip, Server.http-port;
	exports: ip, port = 80;
}

Server {
	installer: script;
	exports: ip, http-port = 8080;
}

Cache {
	installer: puppet;
	imports: Server.ip;
	exports: ip, port = 6379;
}
`,
	"instances/main.instances": `instance of Host {
	name: h;

	instance of Balancer {
		name: lb;
		port: 8000;
	}

	instance of Cache {
		name: c;
	}
}

instance of Host {
	name: app;
	count: 2;

	instance of Server {
		name: s;
	}
}
`,
	script:                               "#!/bin/bash\n# Starts.\nset -eu\n. ./settings.sh\nbegin() {\n\techo \"on $port\"\n}\nbegin\ncp \"$ROBOCONF_FILES_DIR/page.html\" /srv\n",
	"graph/Balancer/scripts/settings.sh": "x=1\n",
	"graph/Balancer/files/page.html":     "hello\n",
	update:                               "#!/bin/bash\necho $Server_0_ip\n",
	python:                               "#!/usr/bin/python3\nimport os\n",
	template:                             "{{#importLists}}\n{{prefix}}\n{{/importLists}}\n",
	manifest:                             "class roboconf_cache($runningState = undef, $server = undef) {\n}\n",
}

func ground(over map[string]string) ask.Ground {
	fsys := fstest.MapFS{}
	for _, files := range []map[string]string{shop, over} {
		for name, text := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}
}

func marked(t *testing.T, file, text string) (ask.Ground, int) {
	t.Helper()
	at := strings.IndexByte(text, '|')
	if at < 0 {
		t.Fatalf("no cursor in %q", text)
	}
	return ground(map[string]string{file: text[:at] + text[at+1:]}), at
}

func labels(c ask.Completion) (out []string) {
	for _, i := range c.Items {
		out = append(out, i.Label)
	}
	return out
}

// PL-35, PL-45, PL-52: what a recipe is told, in the words of its language. want are offered in that order, the first one becomes the line.
func TestComplete(t *testing.T) {
	for _, c := range []struct{ name, file, text, want, not, become string }{
		{"own exports first, then imports", script, "echo $|", "ip,port,Server_0_http_port,Server_0_ip,Server_0_name,Server_size,ANCESTOR_Host_ip,ROBOCONF_FILES_DIR", "ANCESTOR_Server_ip", "echo $ip"},
		{"by their letters", script, "echo $Serv|\n", "Server_0_http_port,Server_0_ip,Server_size", "port", "echo $Server_0_http_port"},
		{"in braces", script, "echo \"${po|\"\n", "port", "", "echo \"${port}\""},
		{"before a brace", script, "echo \"${po|}\"\n", "port", "", "echo \"${port}\""},
		{"not where no variable is", script, "echo po|\n", "", "port", ""},
		{"an update hears of changes", update, "echo $ROBOCONF_|\n", "ROBOCONF_IMPORT_CHANGED_http_port,ROBOCONF_UPDATE_STATUS", "", ""},
		{"Python", python, "#!/usr/bin/python3\nos.environ[\"po|\n", "port", "", "os.environ[\"port\"]"},
		{"templates", template, "{{#importLists}}{{|", "imports,prefix", "exportedVars", "{{#importLists}}{{imports"},
		{"sections of a template", template, "{{#|", "importLists", "prefix", "{{#importLists"},
		{"what closes", template, "{{#importLists}}{{/|", "importLists", "imports", "{{#importLists}}{{/importLists"},
		{"parameters of a class", manifest, "class roboconf_cache($server = undef, |) {\n}\n", "$runningState,$importDiff,$ip,$port", "$server", "class roboconf_cache($server = undef, $runningState = undef) {"},
		{"nothing outside of the class", manifest, "class a($b) {\n|}\n", "", "$runningState", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, at := marked(t, c.file, c.text)
			got := recipe.Script{}.Complete(g, c.file, at)
			last := -1
			for _, want := range strings.FieldsFunc(c.want, func(r rune) bool { return r == ',' }) {
				n := slices.Index(labels(got), want)
				if n <= last && c.name != "parameters of a class" || n < 0 {
					t.Errorf("%s is missing, or too early, among %q", want, labels(got))
				}
				last = n
			}
			for _, not := range strings.FieldsFunc(c.not, func(r rune) bool { return r == ',' }) {
				if slices.Contains(labels(got), not) {
					t.Errorf("%s is there: %q", not, labels(got))
				}
			}
			if c.become == "" || t.Failed() {
				return
			}
			first, _, _ := strings.Cut(c.want, ",")
			i := got.Items[slices.Index(labels(got), first)]
			text, _ := g.Text(c.file)
			text = source.Apply(text, []source.Edit{{Place: source.Place{Span: i.Replace}, With: i.Text}})
			if line := reply.Line(text, i.Replace.Start).Of(text); line != c.become {
				t.Errorf("got %q", line)
			}
		})
	}
}

func TestHover(t *testing.T) {
	for _, c := range []struct{ name, file, text, want, french string }{
		{"an own export", script, "echo $po|rt\n", "exported by `Balancer` itself|`8000`", "exportée par"},
		{"an import", script, "echo $Server_0_ht|tp_port\n", "http-port|number 0|`Server`|Answered by `/app1/s`, `/app2/s`|`8080`", "répond à l'import"},
		{"how many", script, "echo $Server_si|ze\n", "How many instances answer the import `Server`|`/app1/s`", "Combien d'instances"},
		{"a path", script, "echo $Server_1_na|me\n", "path of the instance number 1|`/app1/s`", "Le chemin"},
		{"an ancestor", script, "echo $ANCESTOR_Host_si|ze\n", "size|`Host`|`large`", "sur lequel"},
		{"nobody exports it", script, "echo $Server_0_ur|l\n", "Nobody exports it", "Personne"},
		{"a constant", script, "echo $ROBOCONF_CLEAN_INST|ANCE_PATH\n", "as one word|`h_lb`", "en un seul mot"},
		{"an address", script, "echo $i|p\n", "`192.0.2.10`", "192.0.2.10"},
		{"a change", update, "echo $ROBOCONF_IMPORT_CHANGED_i|p\n", "came or went", "apparue ou disparue"},
		{"a tag", template, "{{#import|Lists}}{{/importLists}}", "One entry per prefix", "Une entrée par préfixe"},
		{"a parameter", manifest, "class a($ser|ver = undef) {\n}\n", "answer the import `Server`|`/app1/s`", "répondent à l'import"},
		{"a parameter of an export", manifest, "class a($po|rt = undef) {\n}\n", "`6379`", "exportée par"},
		{"the state", manifest, "class a($running|State) {\n}\n", "`running`", "doit fonctionner"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, at := marked(t, c.file, c.text)
			h, ok := recipe.Script{}.Hover(g, c.file, at)
			if !ok {
				t.Fatal("nothing")
			}
			for _, want := range strings.Split(c.want, "|") {
				if !strings.Contains(h.Markdown, want) {
					t.Errorf("%q is not in\n%s", want, h.Markdown)
				}
			}
			g.Language = diag.French
			if h, _ := (recipe.Script{}).Hover(g, c.file, at); !strings.Contains(h.Markdown, c.french) {
				t.Errorf("%q is not in\n%s", c.french, h.Markdown)
			}
		})
	}
}

func TestOutlineColorsLinks(t *testing.T) {
	g := ground(nil)
	text := shop[script]
	var colors, links []string
	for _, c := range (recipe.Script{}).Colors(g, script) {
		colors = append(colors, map[syntax.Class]string{syntax.ClassComment: "#", syntax.ClassString: "s", syntax.ClassVariable: "v", syntax.ClassName: "n"}[c.Class]+"["+c.Span.Of(text)+"]")
	}
	want := `#[#!/bin/bash] #[# Starts.] n[begin] s["on $] v[port] s["] s["$] v[ROBOCONF_FILES_DIR] s[/page.html"]`
	if got := strings.Join(colors, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, l := range (recipe.Script{}).Links(g, script) {
		links = append(links, l.Span.Of(text)+" > "+l.Target)
	}
	if got := strings.Join(links, "; "); got != "./settings.sh > graph/Balancer/scripts/settings.sh; page.html > graph/Balancer/files/page.html" {
		t.Errorf("got %s", got)
	}
	if o := (recipe.Script{}).Outline(g, script); len(o) != 1 || o[0].Name != "begin" {
		t.Errorf("got %v", o)
	}
	if l := (recipe.Script{}).Lenses(g, script); len(l) != 1 || l[0].Title != "recipe of Balancer: 1 instance" {
		t.Errorf("got %v", l)
	}
	if f := (recipe.Script{}).Folds(g, script); len(f) != 2 {
		t.Errorf("got %v", f)
	}
}

// Of every variable in the recipes of a sample there is something to tell.
func TestSamplesAreExplained(t *testing.T) {
	for _, s := range samples.All() {
		g := ask.Ground{Result: load.Dir(s.FS, load.Options{}, nil), FS: s.FS}
		told := 0
		for _, file := range g.Result.All {
			if !strings.HasSuffix(file, ".sh") {
				continue
			}
			for _, c := range (recipe.Script{}).Colors(g, file) {
				if c.Class != syntax.ClassVariable {
					continue
				}
				if _, ok := (recipe.Script{}).Hover(g, file, c.Span.Start+1); !ok {
					t.Errorf("%s: nothing at %d", file, c.Span.Start)
				}
				told++
			}
		}
		if told == 0 {
			t.Errorf("%s: no variable was found", s.Name)
		}
	}
}

// FuzzEverything asks about any place of any text.
func FuzzEverything(f *testing.F) {
	for _, file := range []string{script, update, python, template, manifest} {
		f.Add(shop[file], len(shop[file])/2)
	}
	for _, text := range []string{"echo ${", "{{#a}}{{^b}}{{/a}}{{", "class x($a", "if true; then\n# x\n# y\n$port\nfi", "\xff$Server_*_ip", ". ./x\nsource y", "os.environ['", "\"${ROBOCONF_FILES_DIR}\"/x"} {
		f.Add(text, len(text))
	}
	g := ground(nil)
	f.Fuzz(func(t *testing.T, text string, at int) {
		for _, file := range []string{script, python, template, manifest, "graph/Nobody/x.sh", "graph/Host/y"} {
			fsys := fstest.MapFS{}
			for name, content := range g.FS.(fstest.MapFS) {
				fsys[name] = content
			}
			fsys[file] = &fstest.MapFile{Data: []byte(text)}
			everything(t, ask.Ground{Result: g.Result, FS: fsys}, file, at)
		}
	})
}

func everything(t *testing.T, g ask.Ground, file string, at int) {
	t.Helper()
	lang := recipe.Script{}
	text, _ := g.Text(file)
	in := func(what string, s source.Span) {
		if s.Start < 0 || s.End < s.Start || s.End > len(text) {
			t.Fatalf("%s of %s stands at %v of %d bytes", what, file, s, len(text))
		}
	}
	for _, i := range lang.Complete(g, file, at).Items {
		in("the item "+i.Label, i.Replace)
	}
	if h, ok := lang.Hover(g, file, at); ok {
		in("a hover", h.Span)
	}
	for _, s := range lang.Outline(g, file) {
		in("the symbol "+s.Name, s.Whole)
		in("the place of "+s.Name, s.Place)
	}
	for _, x := range lang.Folds(g, file) {
		in("a fold", x.Span)
	}
	end := 0
	for _, x := range lang.Colors(g, file) {
		in("a colour", x.Span)
		if x.Span.Start < end {
			t.Fatalf("colours of %s overlap at %d", file, x.Span.Start)
		}
		end = x.Span.End
	}
	for _, x := range lang.Lenses(g, file) {
		in("a lens", x.Span)
	}
	for _, x := range lang.Links(g, file) {
		in("a link", x.Span)
	}
}

// BenchmarkLarge asks about a script of 1,000 lines in an application of 1,000 components.
func BenchmarkLarge(b *testing.B) {
	files := gen.Application(1000, 1000)
	const file = "graph/Software3/scripts/start.sh"
	files[file] = "#!/bin/bash\n" + strings.Repeat("if true; then\n\techo \"$port\" \"$Software2_0_port\" # twice\nfi\n", 333)
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	g := ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}
	at := strings.LastIndex(files[file], "_0_port") + 2
	b.Run("complete", func(b *testing.B) {
		for b.Loop() {
			recipe.Script{}.Complete(g, file, at)
		}
	})
	b.Run("hover", func(b *testing.B) {
		for b.Loop() {
			recipe.Script{}.Hover(g, file, at)
		}
	})
	b.Run("colors", func(b *testing.B) {
		for b.Loop() {
			recipe.Script{}.Colors(g, file)
		}
	})
}
