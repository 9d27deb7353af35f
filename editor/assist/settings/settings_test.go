package settings_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/editor/assist/settings"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

const (
	descriptor   = "descriptor/application.properties"
	target       = "graph/Host/target.properties"
	parameters   = "probes/Server.measures.properties"
	instructions = "graph/Files/instructions.properties"
	checks       = ".roboconf/check"
)

// shop is a small application with a file of each kind.
var shop = map[string]string{
	descriptor: "name = Shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n",
	"graph/main.graph": `Host {
	installer: target;
	children: Server, Files;
}

# It answers people.
Server {
	installer: script;
	exports: ip, port = 8080;
}

Files {
	installer: file;
}
`,
	"graph/Files/page.html":    "hello\n",
	instructions:               "deploy.1.copy = page.html -> /srv/page.html\n",
	target:                     "id = shop-host\nhandler = iaas-ec2\nname = Machines\n",
	"instances/main.instances": "instance of Host {\n\tname: h;\n\n\tinstance of Server {\n\t\tname: s;\n\t}\n\n\tinstance of Files {\n\t\tname: f;\n\t}\n}\n",
	"probes/Server.measures":   "[EVENT rest busy]\nCheck http://{{ host }}/x THAT load > {{max}}\n",
	parameters:                 "max = 80\n",
	checks:                     "# Ours.\nX_UNUSED_EXPORT = off\n",
}

func ground(over map[string]string) ask.Ground {
	fsys := fstest.MapFS{}
	for _, files := range []map[string]string{shop, over} {
		for name, text := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	r := load.Dir(fsys, load.Options{}, nil)
	return ask.Ground{Result: r, Problems: check.All(r, fsys), FS: fsys}
}

func languageOf(file string) ask.Language {
	switch file {
	case descriptor:
		return settings.Descriptor{}
	case target:
		return settings.Target{}
	case parameters:
		return settings.Parameters{}
	case instructions:
		return settings.Instructions{}
	}
	return settings.Check{}
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

func accept(text string, i ask.Item) string {
	with := i.Text
	if i.Snippet {
		with = reply.Plain(with)
	}
	return source.Apply(text, []source.Edit{{Place: source.Place{Span: i.Replace}, With: with}})
}

func TestComplete(t *testing.T) {
	for _, c := range []struct{ name, file, text, want, not, become string }{
		{"keys not there yet", descriptor, "name = x\n|", "version,graph-entry-point,dsl-id,exports", "name", "version = 1.0"},
		{"by their letters", descriptor, "name = x\ngr|\n", "graph-entry-point", "version", "graph-entry-point = main.graph"},
		{"where a key stands nothing takes its place", descriptor, "na|me = x\n", "", "version", ""},
		{"entry points are files that exist", descriptor, "graph-entry-point = |\n", "main.graph", "main.instances", "graph-entry-point = main.graph"},
		{"MOD-20 every separator", descriptor, "instance-entry-point: m|\n", "main.instances", "", "instance-entry-point: main.instances"},
		{"DSL id", descriptor, "dsl-id = x|\n", "", "", ""},
		{"before a value nothing takes its place", descriptor, "dsl-id =| roboconf-1.0\n", "", "roboconf-1.0", ""},
		{"exports", descriptor, "graph-entry-point = main.graph\nexports = Server.ip as ip, |\n", "Server.port as port", "Server.ip as ip", "exports = Server.ip as ip, Server.port as port"},
		{"exports bring their prefix", descriptor, "graph-entry-point = main.graph\nexports|", "exports", "", "exports = Server.ip as ip"},
		{"nothing in comments", descriptor, "# na|", "", "name", ""},

		{"handlers", target, "handler = |", "docker,iaas-ec2,kubernetes", "jclouds", "handler = docker"},
		{"keys of the handler, required ones first", target, "id = a\nhandler = iaas-ec2\nname = b\n|", "ec2.endpoint,ec2.ami,ec2.secret.key,description", "docker.image,id", "ec2.endpoint = ec2.eu-west-1.amazonaws.com"},
		{"TG-22 keys of volumes", target, "handler = iaas-ec2\nec2.use-block-storage = data, logs\nec2.ebs-size|", "ec2.ebs-size.data,ec2.ebs-size.logs", "ec2.ebs-size.", "ec2.ebs-size.data = 2"},
		{"values", target, "handler = embedded\nscp.disable.host.validation = |", "true,false", "", ""},
		{"TG-160 secrets are references", target, "handler = iaas-vmware\nvmware.password = |", "${secret:name},${env:NAME},${file:PATH}", "", "vmware.password = ${secret:name}"},
		{"ids", target, "id = |", "shop-host", "", "id = shop-host"},

		{"PRB-15 what the probe mentions", parameters, "max = 80\n|", "host", "max", "host = value"},

		{"PL-60 the next position", instructions, "deploy.1.copy = page.html -> /a\nde|", "deploy.2.download,deploy.2.copy,deploy.2.delete", "deploy.1.copy", "deploy.2.copy = source -> target"},
		{"files of the recipe", instructions, "deploy.1.copy = |\n", "page.html,roboconf_tmp_file", "", "deploy.1.copy = page.html -> target"},
		{"the source alone", instructions, "deploy.1.copy = p| -> /srv\n", "page.html", "", "deploy.1.copy = page.html -> /srv"},
		{"addresses", instructions, "deploy.1.download = |", "https://", "page.html", ""},

		{"DIA-41 codes", checks, "X_UNUSED_E|", "X_UNUSED_EXPORT", "RM_ORPHAN_FACET", "X_UNUSED_EXPORT = off"},
		{"only once", checks, "X_UNUSED_EXPORT = off\nX_UNUSED|", "X_UNUSED_FACET", "X_UNUSED_EXPORT", ""},
		{"levels", checks, "X_UNUSED_EXPORT = |", "off,hint,warning,severe", "strict", "X_UNUSED_EXPORT = off"},
		{"DIA-42", checks, "|", "profile,instances.max,installers", "", "profile = strict"},
		{"its value", checks, "profile = |", "strict", "off", "profile = strict"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, at := marked(t, c.file, c.text)
			got := languageOf(c.file).Complete(g, c.file, at)
			for _, want := range strings.FieldsFunc(c.want, func(r rune) bool { return r == ',' }) {
				if !slices.Contains(labels(got), want) {
					t.Errorf("%s is missing among %q", want, labels(got))
				}
			}
			for _, not := range strings.FieldsFunc(c.not, func(r rune) bool { return r == ',' }) {
				if slices.Contains(labels(got), not) {
					t.Errorf("%s is there: %q", not, labels(got))
				}
			}
			if c.become == "" || t.Failed() {
				return
			}
			if c.name == "PL-60 the next position" {
				c.want = "deploy.2.copy"
			}
			first, _, _ := strings.Cut(c.want, ",")
			i := got.Items[slices.Index(labels(got), first)]
			text, _ := g.Text(c.file)
			text = accept(text, i)
			if line := reply.Line(text, i.Replace.Start).Of(text); line != c.become {
				t.Errorf("got %q", line)
			}
		})
	}
}

// Every item, accepted anywhere in a sound file or where its line stops, leaves the file without a severe finding that it had not.
func TestAcceptedItemsAreSound(t *testing.T) {
	offered := 0
	for _, file := range []string{descriptor, target, parameters, instructions, checks} {
		whole := shop[file]
		for at := range len(whole) + 1 {
			rest := reply.Line(whole, at).End
			for _, text := range []string{whole, whole[:at] + whole[rest:]} {
				g := ground(map[string]string{file: text})
				before := severe(g, file)
				for n, i := range languageOf(file).Complete(g, file, at).Items {
					if n > 12 && file == checks {
						break // a code is like the other
					}
					offered++
					changed := accept(text, i)
					for code, n := range severe(ground(map[string]string{file: changed}), file) {
						if n > before[code] {
							t.Errorf("%s:%d: %s gives %s\n%s", file, at, i.Label, code, changed)
						}
					}
				}
			}
		}
	}
	if offered < 500 {
		t.Errorf("only %d items were tried", offered)
	}
}

func severe(g ask.Ground, file string) map[diag.Code]int {
	out := map[diag.Code]int{}
	for _, p := range g.Problems {
		if p.Place.File == file && p.Level() == diag.Severe {
			out[p.Code]++
		}
	}
	return out
}

func TestHover(t *testing.T) {
	for _, c := range []struct{ name, file, text, on, want, french string }{
		{"a key", descriptor, "na|me = x\n", "name", "identity|required", "obligatoire"},
		{"a legacy key", descriptor, "application-na|me = x\n", "application-name", "older name of `name`", "ancien nom"},
		{"an export", descriptor, "name = x\ngraph-entry-point = main.graph\nexports-prefix = P\nexports = Server.po|rt as port\n", "Server.port as port", "imported by other applications as `P.port`|`8080`|answers people", "sous le nom `P.port`"},
		{"a handler", target, "id = x\nhandler = iaas-|ec2\nec2.ami = y\n", "iaas-ec2", "Amazon EC2|Still missing: `ec2.endpoint`", "Il manque encore"},
		{"a key of it", target, "handler = iaas-ec2\nec2.ebs-si|ze.data = 3\n", "ec2.ebs-size.data", "size of the volume|`2`", "taille du volume"},
		{"a key of another one", target, "handler = docker\nec2.a|mi = 3\n", "ec2.ami", "`docker` does not look at it", "n'en tient pas compte"},
		{"a secret", target, "handler = iaas-ec2\nec2.secret.k|ey = 3\n", "ec2.secret.key", "never the value itself", "jamais la valeur"},
		{"a value", descriptor, "name = My s|hop\n", "My shop", "identity", "obligatoire"},
		{"between a key and its value", descriptor, "name |= x\n", "name = x", "identity", "obligatoire"},
		{"a parameter", parameters, "ma|x = 80\n", "max", "THAT load > {{max}}", "Utilisé dans"},
		{"one that nobody uses", parameters, "mi|n = 80\n", "min", "No section", "Aucune section"},
		{"an instruction", instructions, "deploy.1.co|py = page.html -> /x\n", "deploy.1.copy", "Copies a file|Instruction 1 of `deploy`", "Copie un fichier"},
		{"a code", checks, "X_UNUSED_EX|PORT = off\n", "X_UNUSED_EXPORT", "Without a setting: `hint`|finding", "Sans réglage"},
		{"one of the language", checks, "RM_ORPHAN_FA|CET = off\n", "RM_ORPHAN_FACET", "keep their level", "gardent leur niveau"},
		{"a level", checks, "X_UNUSED_EXPORT = o|ff\n", "off", "not told", "pas signalé"},
		{"a profile", checks, "pro|file = strict\n", "profile", "become warnings", "deviennent des avertissements"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, at := marked(t, c.file, c.text)
			h, ok := languageOf(c.file).Hover(g, c.file, at)
			text, _ := g.Text(c.file)
			if !ok || h.Span.Of(text) != c.on {
				t.Fatalf("%v, over %q", ok, h.Span.Of(text))
			}
			for _, want := range strings.Split(c.want, "|") {
				if !strings.Contains(h.Markdown, want) {
					t.Errorf("%q is not in\n%s", want, h.Markdown)
				}
			}
			g.Language = diag.French
			if h, _ := languageOf(c.file).Hover(g, c.file, at); !strings.Contains(h.Markdown, c.french) {
				t.Errorf("%q is not in\n%s", c.french, h.Markdown)
			}
		})
	}
}

func TestOutlineLensesLinks(t *testing.T) {
	g := ground(nil)
	for _, c := range []struct{ file, outline, lenses, links string }{
		{descriptor, "name; version; dsl-id; graph-entry-point; instance-entry-point", "", "main.graph > graph/main.graph; main.instances > instances/main.instances"},
		{target, "id; handler; name", "makes 1 machine of the application (Host)", ""},
		{parameters, "max", "used 1 time", "max > probes/Server.measures"},
		{instructions, "deploy.1.copy", "", "page.html > graph/Files/page.html"},
		{checks, "X_UNUSED_EXPORT", "", ""},
	} {
		lang := languageOf(c.file)
		text, _ := g.Text(c.file)
		var outline, lenses, links []string
		for _, s := range lang.Outline(g, c.file) {
			outline = append(outline, s.Name)
		}
		for _, l := range lang.Lenses(g, c.file) {
			lenses = append(lenses, l.Title)
		}
		for _, l := range lang.Links(g, c.file) {
			links = append(links, l.Span.Of(text)+" > "+l.Target)
		}
		for _, x := range [][2]string{{strings.Join(outline, "; "), c.outline}, {strings.Join(lenses, "; "), c.lenses}, {strings.Join(links, "; "), c.links}} {
			if x[0] != x[1] {
				t.Errorf("%s: got %q, want %q", c.file, x[0], x[1])
			}
		}
		if lang.Format(text) != text || len(lang.Colors(g, c.file)) < 2 {
			t.Errorf("%s: layout or colours", c.file)
		}
	}
}

// FuzzEverything asks about any place of any text.
func FuzzEverything(f *testing.F) {
	for _, file := range []string{descriptor, target, parameters, instructions, checks} {
		f.Add(shop[file], len(shop[file])/2)
	}
	for _, text := range []string{"a\\\n = b \\\r\n  c", "exports = , Server.ip as\\\n x,,", "deploy.\\u0031.copy : a->b->", "! x\n\n# y\n#z", "k", " \f=", "\uFEFFid = \\uZZ", "a = b\r"} {
		f.Add(text, len(text))
	}
	g := ground(nil)
	f.Fuzz(func(t *testing.T, text string, at int) {
		for _, file := range []string{descriptor, target, parameters, instructions, checks} {
			fsys := fstest.MapFS{}
			for name, content := range g.FS.(fstest.MapFS) {
				fsys[name] = content
			}
			fsys[file] = &fstest.MapFile{Data: []byte(text)}
			everything(t, ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}, file, at)
		}
	})
}

func everything(t *testing.T, g ask.Ground, file string, at int) {
	t.Helper()
	lang := languageOf(file)
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
	for _, x := range lang.Colors(g, file) {
		in("a colour", x.Span)
	}
	for _, x := range lang.Hints(g, file, source.Span{End: len(text)}) {
		in("a hint", source.Span{Start: x.At, End: x.At})
	}
	for _, x := range lang.Lenses(g, file) {
		in("a lens", x.Span)
		in("what a lens is about", source.Span{Start: x.At, End: x.At})
	}
	for _, x := range lang.Links(g, file) {
		in("a link", x.Span)
	}
}

// BenchmarkLarge asks about long files of an application of 1,000 components.
func BenchmarkLarge(b *testing.B) {
	files := gen.Application(1000, 1000)
	files[descriptor] += "exports-prefix = P\nexports = Software1.ip as a0" + strings.Repeat(", \\\n  Software1.port as b", 1000) + ", "
	files[checks] = strings.Repeat("# A comment.\n", 1000) + "X_"
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	g := ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}
	for _, file := range []string{descriptor, checks} {
		text := files[file]
		b.Run(file+"/complete", func(b *testing.B) {
			for b.Loop() {
				languageOf(file).Complete(g, file, len(text))
			}
		})
		b.Run(file+"/hover", func(b *testing.B) {
			for b.Loop() {
				languageOf(file).Hover(g, file, len(text)-4)
			}
		})
	}
}
