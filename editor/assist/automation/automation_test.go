package automation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/automation"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// shop is a small application whose machines come and go.
var shop = map[string]string{
	"descriptor/application.properties": "name = shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n",
	"graph/main.graph": `# A machine.
Host {
	installer: target;
	children: Server, Base;
}

# It answers people.
Server {
	installer: script;
	imports: Base.ip;
	children: App;
}

App {
	installer: script;
}

Base {
	installer: script;
	exports: ip;
}
`,
	"instances/main.instances": `instance of Host {
	name: h 1;

	instance of Server {
		name: srv;

		instance of App {
			name: shop;
		}
	}
}

instance of Host {
	name: b;

	instance of Base {
		name: db;
	}
}
`,
	"graph/Host/small.properties": "id = small\nhandler = docker\nname = Small machines\n",
	"graph/Host/large.properties": "id = large\nhandler = iaas-ec2\nname = Large machines\n",
	"commands/grow.commands": `# One more machine.
define vm = h $(SMART_INDEX)
replicate /h 1 as $(vm)
deploy and start all /$(vm)
email ops@example.org with Subject: Grown\nMachine $(vm) was asked for.
`,
	"commands/shrink.commands": `define vm = h $(EXISTING_INDEX MAX > 1)
delete /$(vm)
execute tell
`,
	"commands/tell.commands": "write It changed. into %TMP%/shop\n",
	"rules.autonomic/grow.drl": `# Too many people.
rule "grow"
sleep period is 300s
when
	busy
then
	grow
	tell
end
`,
	"rules.autonomic/shrink.drl": "rule \"shrink\"\nsleep period is 30s\nwhen\n\tidle\nthen\n\tshrink\nend\n",
	"probes/Server.measures": `# How busy is it?
[EVENT rest busy]
Check http://localhost:{{ port }}/status THAT load > {{max}}

[EVENT file idle]
Delete if exists /tmp/idle
`,
	"probes/Server.measures.properties": "port = 8080\nmax = 80\nmin = 5\n",
}

// ground loads the shop with other texts over some of its files.
func ground(over map[string]string) ask.Ground {
	fsys := fstest.MapFS{}
	for name, text := range shop {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range over {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	r := load.Dir(fsys, load.Options{}, nil)
	return ask.Ground{Result: r, Problems: check.All(r, fsys), FS: fsys}
}

// languageOf is the language of a file.
func languageOf(file string) ask.Language {
	switch {
	case strings.HasSuffix(file, ".commands"):
		return automation.Commands{}
	case strings.HasSuffix(file, ".drl"):
		return automation.Rules{}
	}
	return automation.Probes{}
}

// marked is an application in which a file has a text with a cursor in it.
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

// accept puts an item into a text.
func accept(text string, i ask.Item) string {
	with := i.Text
	if i.Snippet {
		with = reply.Plain(with)
	}
	return source.Apply(text, []source.Edit{{Place: source.Place{Span: i.Replace}, With: with}})
}

const (
	script = "commands/new.commands"
	drl    = "rules.autonomic/new.drl"
	probes = "probes/App.measures"
)

func TestTheShopHasNoFinding(t *testing.T) {
	for _, p := range ground(nil).Problems {
		if p.Code != diag.ProjNoResourceDirectory && p.Code != diag.XProbeUnusedParameter {
			t.Error(p)
		}
	}
}

// What is offered depends on the place. want are among the items, not are not; become is what the first of want makes of the line.
func TestComplete(t *testing.T) {
	for _, c := range []struct{ name, file, text, want, not, become string }{
		{"instructions", script, "|", "create,replicate,deploy and start all,stop all,delete,email,define,execute,associate,rename,change status of,write,append,undeploy all", "", "create Host as host1"},
		{"by their letters", script, "stop all /b\nre|\n", "replicate,rename", "", "replicate /b as b1"},
		{"words of a verb", script, "deploy and s|", "deploy and start all", "", "deploy and start all /b"},
		{"paths", script, "stop all |", "/b,/b/db,/h 1,/h 1/srv,/h 1/srv/shop,instances of", "", "stop all /b"},
		{"paths that begin so", script, "stop all /h 1/|\n", "/h 1/srv,/h 1/srv/shop", "/b", "stop all /h 1/srv"},
		{"paths of the model at that line", script, "create Host as new\ndelete /b\nstop all |", "/new,/h 1", "/b,/b/db", "stop all /new"},
		{"a word in the middle", script, "stop all /h 1/s|rv\n", "/h 1/srv", "", "stop all /h 1/srv"},
		{"CMD-16 the word after a path", script, "rename /h 1 |", "as", "with,to", "rename /h 1 as h 2"},
		{"its first letter", script, "change status of /b t|", "to", "", "change status of /b to deployed and started"},
		{"CMD-20 states", script, "change status of /b to |", "deployed and started,deployed and stopped,not deployed", "", "change status of /b to deployed and started"},
		{"states by their letters", script, "change status of /b to not|\n", "not deployed", "deployed and started", "change status of /b to not deployed"},
		{"CMD-22 machines only", script, "associate |", "/b,/h 1", "/b/db,/h 1/srv", "associate /b"},
		{"targets", script, "associate /b with |", "large,small", "", "associate /b with large"},
		{"roots only", script, "replicate |", "/b,/h 1", "/h 1/srv", "replicate /b"},
		{"components that can be created", script, "create |", "Host,App,Base,Server", "", "create Host as host1"},
		{"with their parent", script, "create S|", "Server", "", "create Server as server1 under /b"},
		{"CMD-21 components under a path", script, "create | as x under /h 1/srv\n", "App", "Host,Base,Server", "create App as x under /h 1/srv"},
		{"CMD-21 parents", script, "create App as x under |", "/h 1/srv", "/h 1,/b,/b/db", "create App as x under /h 1/srv"},
		{"the parent that is needed", script, "create App as x |", "under", "", "create App as x under /h 1/srv"},
		{"the first letters of the word before it", script, "create App as x un|", "under", "", "create App as x under /h 1/srv"},
		{"names that are free", script, "rename /h 1 as |", "h 2", "", "rename /h 1 as h 2"},
		{"bulk on components", script, "stop all instances of |", "App,Base,Host,Server", "", "stop all instances of App"},
		{"CMD-25 commands that do not lead back", "commands/tell.commands", "execute |\n", "grow", "tell,shrink", "execute grow"},
		{"CMD-30 variables above", script, "define a = b\ndefine c = $(|", "$(a),$(SMART_INDEX),$(UUID),$(FORMATTED_TIME yyyy-MM-dd)", "$(c)", "define c = $(a)"},
		{"not those below", script, "stop all /$(|\ndefine a = b\n", "$(UUID)", "$(a),$(SMART_INDEX)", ""},
		{"in the middle of a mention", script, "define vm = h 1\nstop all /$(v|m)/srv\n", "$(vm)", "", "stop all /$(vm)/srv"},
		{"2.6 no date beside another text", script, "define c = a $(|", "$(SMART_INDEX)", "$(FORMATTED_TIME yyyy-MM-dd)", ""},
		{"CMD-23 addresses", script, "email |", "ops@example.org,with", "", "email ops@example.org"},
		{"after a joint", script, "stop \\\n\tall |", "/b", "", "\tall /b"},
		{"nothing in comments", script, "# stop |", "", "/b", ""},

		{"a whole rule", drl, "|", "rule", "", ""},
		{"attributes", drl, "rule \"new\"\n|\nwhen\n\tbusy\nthen\n\tgrow\nend\n", "sleep period is,time window is,until settled", "when", "sleep period is 300s"},
		{"RUL-5 only once", drl, "rule \"new\"\nsleep period is 8s\n|\nwhen\n\tbusy\nthen\n\tgrow\nend\n", "time window is", "sleep period is", ""},
		{"the next word", drl, "rule \"new\"\nw|", "when", "", "when"},
		{"events", drl, "rule \"new\"\nwhen\n\t|\nthen\n\tgrow\nend\n", "busy,idle,@problem,@unresolved-for,for each instance", "", "\tbusy"},
		{"RUL-20 more events", drl, "rule \"new\"\ntime window is 9s\nwhen\n\tbusy |\nthen\n\tgrow\nend\n", "and,or", "busy", "\tbusy and idle"},
		{"RUL-20 no mixture", drl, "rule \"new\"\ntime window is 9s\nwhen\n\tbusy and idle |\nthen\n\tgrow\nend\n", "and", "or", "\tbusy and idle and @problem"},
		{"commands", drl, "rule \"new\"\nwhen\n\tbusy\nthen\n\tgrow;|\nend\n", "shrink,tell", "end", "\tgrow;shrink"},
		{"3.2 the name of the file", drl, "rule \"o|ld\"\nwhen\n\tbusy\nthen\n\tgrow\nend\n", "new", "", "rule \"new\""},
		{"the name that is being written", drl, "rule \"ne|\nwhen\n\tbusy\nthen\n\tgrow\nend\n", "\"new\"", "rule", "rule \"new\""},
		{"without its quotes", drl, "rule n|", "\"new\"", "rule", "rule \"new\""},
		{"beside the quotes", drl, "rule \"new\"|\nwhen\n\tbusy\nthen\n\tgrow\nend\n", "", "new", ""},
		{"the word before commands that are there", drl, "rule \"new\"\nwhen\n\tbusy\nth|\n\tgrow\nend\n", "then", "", "then"},
		{"nothing behind the rule", drl, "rule \"new\"\nwhen\n\tbusy\nthen\n\tgrow\nend\n|", "", "rule,grow", ""},

		{"sections", probes, "|", "[EVENT file …],[EVENT rest …],[EVENT docker …],[EVENT nagios …],[EVENT tcp …]", "", "[EVENT file app-event]"},
		{"handlers", probes, "[EVENT |", "docker,file,nagios,rest,tcp", "", ""},
		{"handlers that accept the content", probes, "[EVENT re| busy]\nCheck http://h THAT a = 1\n", "rest", "file", "[EVENT rest busy]"},
		{"events that rules wait for", probes, "[EVENT docker |]\n", "busy,idle", "", "[EVENT docker busy]"},
		{"4.4 attributes of a header", probes, "[EVENT docker busy |]\n", "every,timeout", "", "[EVENT docker busy every 5s]"},
		{"content", probes, "[EVENT file busy]\n|", "Delete if exists,Notify if not exists", "Check", "Delete if exists /tmp/flag"},
		{"content of a web check", probes, "[EVENT rest busy]\nCh|", "Check", "", "Check http://localhost:8080/status THAT load > 80"},
		{"a condition", probes, "[EVENT rest busy]\nCheck http://h TH|", "THAT", "", "Check http://h THAT load > 80"},
		{"the condition is there", probes, "[EVENT rest busy]\nCheck http://h THAT a |", "", "THAT", ""},
		{"a header above its content", probes, "[EV|\n/a\n", "[EVENT file …]", "", "[EVENT file app-event]"},
		{"PRB-23 names", probes, "[EVENT docker busy]\nROBO|", "ROBOCONF_INSTANCE_NAME", "", ""},
		{"PRB-15 parameters", "probes/Server.measures", "[EVENT file busy]\n/tmp/{{ m|", "{{ max }},{{ min }}", "{{ port }}", "/tmp/{{ max }}"},
		{"no section inside another one", probes, "[EVENT file busy]\n|\n/a\n", "", "[EVENT docker …]", ""},
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
			first, _, _ := strings.Cut(c.want, ",")
			item := got.Items[slices.Index(labels(got), first)]
			text, _ := g.Text(c.file)
			text = accept(text, item)
			if line := reply.Line(text, min(item.Replace.Start, len(text))).Of(text); line != c.become {
				t.Errorf("got %q", line)
			}
		})
	}
}

// Every item, accepted anywhere in a sound text or where its line stops, leaves the instruction, the rule, the probe without a severe
// finding that it had not.
func TestAcceptedItemsAreSound(t *testing.T) {
	offered := 0
	for _, file := range []string{"commands/grow.commands", "commands/shrink.commands", "rules.autonomic/grow.drl", "probes/Server.measures"} {
		whole := shop[file]
		for at := range len(whole) + 1 {
			if at == 0 || at == len(whole) || reply.IsBlank(whole[at-1]) || reply.IsBlank(whole[at]) {
				offered += sound(t, file, whole, at)
			}
			if rest := reply.Line(whole, at).End; rest > at {
				offered += sound(t, file, whole[:at]+whole[rest:], at)
			}
		}
	}
	if offered < 500 {
		t.Errorf("only %d items were tried", offered)
	}
}

// sound accepts each item at one place of a text; it gives their number.
func sound(t *testing.T, file, text string, at int) int {
	t.Helper()
	g := ground(map[string]string{file: text})
	before := severe(g, file, at)
	items := languageOf(file).Complete(g, file, at).Items
	for _, i := range items {
		changed := accept(text, i)
		for code, n := range severe(ground(map[string]string{file: changed}), file, i.Replace.Start) {
			if n > before[code] {
				t.Errorf("%s:%d: %s gives %s\n%s", file, at, i.Label, code, changed)
			}
		}
	}
	return len(items)
}

// severe counts severe findings of a file; of a script, those of one line, since later lines depend on it.
func severe(g ask.Ground, file string, at int) map[diag.Code]int {
	out := map[diag.Code]int{}
	text, _ := g.Text(file)
	line := reply.Line(text, at)
	for _, p := range g.Problems {
		if p.Place.File != file || p.Level() != diag.Severe {
			continue
		}
		if s := p.Place.Span; strings.HasSuffix(file, ".commands") && (s.Start < line.Start || s.Start > line.End) {
			continue
		}
		out[p.Code]++
	}
	return out
}

func TestHover(t *testing.T) {
	for _, c := range []struct{ name, file, text, on, want, french string }{
		{"an instruction", script, "repl|icate /b as c", "replicate", "copies a root instance", "copie une instance racine"},
		{"a bulk verb", script, "stop a|ll /b", "stop all", "children first", "les enfants d'abord"},
		{"a connective", script, "rename /b a|s c", "as", "name of the new instance", "nom de la nouvelle instance"},
		{"an instance", script, "stop all /h 1/s|rv", "/h 1/srv", "`Server`|runs on `/h 1`|1 instance below|answers people", "fonctionne sur `/h 1`"},
		{"an instance made above", script, "replicate /h 1 as x\nstop all /x/|srv\n", "/x/srv", "An instruction above makes it", "au-dessus"},
		{"no such instance", script, "stop all /|x", "/x", "no instance `/x`", "pas ici d'instance"},
		{"a machine", script, "stop all /|b", "/b", "It is a machine", "C'est une machine"},
		{"a component", script, "create Serv|er as x under /b", "Server", "installed by `script`|1 instance", "installé par `script`"},
		{"a new name", script, "create Server as |x under /b", "x", "`/b/x`", "`/b/x`"},
		{"a target", script, "associate /b with sma|ll", "small", "docker|`Host`|Small machines", "cible"},
		{"a state", script, "change status of /b to deployed and st|arted", "deployed and started", "`DEPLOYED_STARTED`", "fonctionne"},
		{"a command", script, "execute sh|rink", "shrink", "commands/shrink.commands|delete|Run by rules: `shrink`", "Exécutée par les règles"},
		{"a variable", script, "define n = h $(SMART_INDEX)\nstop all /$(|n)\n", "$(n)", "`h 2`", "valeur ici : `h 2`"},
		{"at its definition", script, "define |n = h $(SMART_INDEX)", "n", "`h 2`", "`h 2`"},
		{"without value", script, "define n = z$(EXISTING_INDEX MAX)\ndelete /$(|n)\n", "$(n)", "skipped", "sauté"},
		{"a path of a variable without value", script, "define n = z$(EXISTING_INDEX MAX)\ndelete |/$(n)\n", "/$(n)", "skipped", "sauté"},
		{"known later", script, "define n = a$(UUID)\nwrite $(|n) into x\n", "$(n)", "when the command runs: `a$(UUID)`", "à l'exécution"},
		{"a generator", script, "define n = h $(SMART_|INDEX)", "$(SMART_INDEX)", "`$(SMART_INDEX)`: The smallest number|`h 2`", "`$(SMART_INDEX)` : Le plus petit nombre"},
		{"a message", script, `email a@b with Subject: Hi\nYou| there`, `Subject: Hi\nYou there`, "Subject: `Hi`|You there", "Objet : `Hi`"},
		{"a file", script, "write x into %TM|P%/y", "%TMP%/y", "temporary files", "temporaires"},

		{"RUL-5", drl, "rule \"new\"\nsleep |period is 8s\nwhen\n\tbusy\nthen\n\tgrow\nend\n", "sleep period is 8s", "sleeps so many seconds", "dort ce nombre"},
		{"an event", drl, "rule \"new\"\nwhen\n\tbu|sy\nthen\n\tgrow\nend\n", "busy", "probes of `Server`|`grow`, `new`", "Levé par les sondes"},
		{"an event of the platform", drl, "rule \"new\"\nwhen\n\t@unresolved-for(6|0s)\nthen\n\tgrow\nend\n", "@unresolved-for(60s)", "The platform raises it|waited for what it imports", "La plateforme le lève"},
		{"the command that a rule runs", drl, "rule \"new\"\nwhen\n\tbusy\nthen\n\tgr|ow\nend\n", "grow", "replicate /h 1 as", "Exécutée par les règles"},
		{"a keyword", drl, "rule \"new\"\nwh|en\n\tbusy\nthen\n\tgrow\nend\n", "when", "waits for", "attend"},
		{"a name", drl, "rule \"n|ew\"\nwhen\n\tbusy\nthen\n\tgrow\nend\n", "\"new\"", "Waits for `busy`|Runs `grow`", "Attend `busy`"},

		{"a handler", probes, "[EVENT fi|le busy]\n/a\n", "file", "Raises the event when a file exists", "quand un fichier existe"},
		{"one of ours", probes, "[EVENT tc|p busy]\nCheck h THAT refuses\n", "tcp", "Other tools do not know it", "D'autres outils"},
		{"which rules wait", probes, "[EVENT file bu|sy]\n/a\n", "busy", "Rules wait for it: `grow`", "Des règles l'attendent"},
		{"a section", probes, "[EV|ENT file busy]\n/a\n", "EVENT", "each started instance of `App`", "chaque instance démarrée"},
		{"PRB-15", "probes/Server.measures", "[EVENT file busy]\n/a{{ m|ax }}\n", "{{ max }}", "`max` = `80`", "paramètre"},
		{"no value", probes, "[EVENT file busy]\n/a{{ m|ax }}\n", "{{ max }}", "no value", "pas de valeur"},
		{"PRB-23", probes, "[EVENT docker busy]\nROBOCONF_INST|ANCE_NAME\n", "ROBOCONF_INSTANCE_NAME", "name of the instance", "nom de l'instance"},
		{"content", probes, "[EVENT rest busy]\nCheck http://h th|at a = 1\n", "that", "condition", "condition"},
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

// outlineText writes symbols below each other.
func outlineText(list []ask.Symbol) string {
	var out []string
	for _, s := range list {
		one := s.Name
		if s.Detail != "" {
			one += ": " + s.Detail
		}
		if len(s.Children) > 0 {
			one += " (" + outlineText(s.Children) + ")"
		}
		out = append(out, one)
	}
	return strings.Join(out, "; ")
}

func TestOutlineFoldsHintsLensesLinks(t *testing.T) {
	g := ground(map[string]string{"rules.autonomic/again.drl": "rule \"again\"\nsleep period is 3661s\nwhen\n\tbusy\nthen\n\tgrow\nend\n"})
	for _, c := range []struct{ file, outline, folds, hints, lenses, links string }{
		{
			"commands/grow.commands", "vm: h $(SMART_INDEX); replicate /h 1 as $(vm); deploy and start all /$(vm); email ops@example.org with Subject: Grown\\nMachine $(vm) was…",
			"", "→ h 2; → h 2; → /h 2", "used by 2 rules", "",
		},
		{
			"commands/shrink.commands", "vm: h $(EXISTING_INDEX MAX > 1); delete /$(vm); tell", "", "→ no such instance: skipped; → no such instance: skipped", "used by 1 rule",
			"tell > commands/tell.commands",
		},
		{
			"rules.autonomic/grow.drl", "grow (sleep period is 300s; busy; grow; tell)", "2-9; 6-9", "= 5 min", "runs 2 commands; event raised by 1 probe",
			"grow > commands/grow.commands; tell > commands/tell.commands",
		},
		{
			"rules.autonomic/again.drl", "again (sleep period is 3661s; busy; grow)", "1-7; 5-7", "= 1 h 1 min 1 s", "runs 1 command; event raised by 1 probe",
			"grow > commands/grow.commands",
		},
		{
			"probes/Server.measures", "busy: rest; idle: file", "2-3; 5-6", "= 8080; = 80", "checked on 1 instance of Server; 2 rules wait for it; 1 rule waits for it",
			"{{ port }} > probes/Server.measures.properties; {{max}} > probes/Server.measures.properties",
		},
	} {
		t.Run(c.file, func(t *testing.T) {
			lang := languageOf(c.file)
			text, _ := g.Text(c.file)
			lines := source.NewLines(text)
			if got := outlineText(lang.Outline(g, c.file)); got != c.outline {
				t.Errorf("outline: %s", got)
			}
			var folds, hints, lenses, links []string
			for _, f := range lang.Folds(g, c.file) {
				folds = append(folds, fmt.Sprintf("%d-%d", lines.Line(f.Span.Start), lines.Line(f.Span.End)))
			}
			for _, h := range lang.Hints(g, c.file, source.Span{End: len(text)}) {
				hints = append(hints, h.Text)
			}
			for _, l := range lang.Lenses(g, c.file) {
				lenses = append(lenses, l.Title)
			}
			for _, l := range lang.Links(g, c.file) {
				links = append(links, l.Span.Of(text)+" > "+l.Target)
			}
			for _, x := range [][2]string{
				{strings.Join(folds, "; "), c.folds}, {strings.Join(hints, "; "), c.hints}, {strings.Join(lenses, "; "), c.lenses}, {strings.Join(links, "; "), c.links},
			} {
				if x[0] != x[1] {
					t.Errorf("got %q, want %q", x[0], x[1])
				}
			}
			if laid := lang.Format(text); laid != text {
				t.Errorf("it is laid out as\n%s", laid)
			}
			if len(lang.Colors(g, c.file)) < 4 {
				t.Error("hardly any colour")
			}
		})
	}
}
