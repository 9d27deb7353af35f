package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/source"
)

const (
	mainGraph = "graph/main.graph"
	software  = "graph/types/software.graph"
	instances = "instances/model.instances"
)

// Lines of the shop in whose place others are put.
const (
	webImports    = "	imports: Tomcat.*, Tomcat.context;"
	tomcatExports = "	exports: ip, port = 8080, base = /srv/$(ROBOCONF_CLEAN_INSTANCE_PATH);"
)

func labels(c ask.Completion) []string {
	var out []string
	for _, i := range c.Items {
		out = append(out, i.Label)
	}
	return out
}

func item(c ask.Completion, label string) (ask.Item, bool) {
	at := slices.IndexFunc(c.Items, func(i ask.Item) bool { return i.Label == label })
	if at < 0 {
		return ask.Item{}, false
	}
	return c.Items[at], true
}

// accept puts an item into the text, its tab stops filled with what they hold.
func accept(text string, i ask.Item) string {
	with := i.Text
	if i.Snippet {
		with = plainText(with)
	}
	line := text[strings.LastIndexByte(text[:i.Replace.Start], '\n')+1 : i.Replace.Start]
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	with = strings.ReplaceAll(with, "\n", "\n"+indent)
	return source.Apply(text, []source.Edit{{Place: source.Place{Span: i.Replace}, With: with}})
}

// plainText fills the tab stops of a snippet.
func plainText(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '{':
			i += strings.IndexByte(s[i:], ':')
		case s[i] == '$' && i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9':
			i++
		case s[i] == '}' && strings.Count(b.String(), "{") == strings.Count(b.String(), "}"):
		case s[i] == '}' && i+1 < len(s) && (s[i+1] != '\n'):
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// dsl.md 13: what is offered depends on the place. want must be among the items in that order; not must not be there.
func TestComplete(t *testing.T) {
	for name, c := range map[string]struct {
		file, line, marked string
		want, not          string
	}{
		"top of a graph":                 {mainGraph, "facet server {", "|\n\nfacet server {", "import,Component {…},Machine {…},facet {…}", "instance of VM"},
		"typed name becomes a component": {mainGraph, "facet server {", "Redis|\n\nfacet server {", "Redis {…}", "import"},
		"DSL-71 files to import":         {mainGraph, "import types/software.graph;", "import |", "lonely.graph,types/software.graph", "main.graph"},
		"DSL-71 not what is imported":    {mainGraph, "# A machine", "import |;\n# A machine", "lonely.graph", "types/software.graph"},
		"properties not there yet":       {software, "	installer: script;\n", "	|\n", "installer,extends,imports,children,exports", "facets"},
		"properties by their letters":    {software, "	installer: script;\n", "	in|\n", "installer", "extends"},
		"properties of a facet":          {mainGraph, "	exports: zone = \"north, 1\";", "	|", "extends,exports,children", "installer,imports,facets"},
		"unclosed block":                 {mainGraph, "	exports: zone = \"north, 1\";\n}\n", "	|\n\nOther {\n}\n", "extends,exports,children", "import,installer"},
		"installers":                     {software, "	installer: script;", "	installer: |;", "file,puppet,logger,script,target", ""},
		"installers, no semicolon":       {software, "	installer: script;", "	installer: sc|", "script", "puppet"},
		"DSL-48 children listed once":    {mainGraph, "	children: server, Tomcat;", "	children: server, |;", "Tomcat,BigSQL,WebApp", "server,VM"},
		"MOD-61 no circle":               {software, webImports, "	children: |;", "BigSQL,MySQL", "WebApp,Tomcat,VM"},
		"extends not itself":             {software, "	extends: MySQL;", "	extends: |;", "Tomcat,VM", "BigSQL"},
		"extends without circle":         {software, "	facets: server;", "	extends: |;", "Tomcat", "MySQL,BigSQL"},
		"facets":                         {software, "	extends: MySQL;", "	facets: |;", "server", "MySQL"},
		"6.5 no facet of what it holds":  {mainGraph, "	children: server, Tomcat;", "	children: server, Tomcat;\n	facets: |;", "", "server"},
		"imports of all":                 {software, webImports, "	imports: |;", "MySQL.*,MySQL.ip,BigSQL.*,external Billing.*,external Billing.url", ""},
		"imports after a dot":            {software, webImports, "	imports: Tomcat.*, MySQL.|;", "MySQL.*,MySQL.ip,MySQL.port", "Tomcat.ip,BigSQL.ip"},
		"imports in any letter case":     {software, webImports, "	imports: mysql.p|;", "MySQL.port", "BigSQL.port"},
		"imports not listed twice":       {software, webImports, "	imports: Tomcat.*, Tom|;", "Tomcat.ip", "Tomcat.*"},
		"MOD-142 itself is optional":     {software, webImports + "\n", "	exports: id = 1;\n	imports: WebApp|;\n", "WebApp.*,WebApp.id", ""},
		"optional":                       {software, webImports, "	imports: Tomcat.ip |;", "(optional)", "Tomcat.ip"},
		"optional, begun":                {software, webImports, "	imports: Tomcat.ip (o|;", "(optional)", "Tomcat.ip"},
		"dsl.md 2.4 external, begun":     {software, webImports, "	imports: ext|;", "external", "Tomcat.ip"},
		"MOD-133 external":               {software, webImports, "	imports: external |;", "Billing.*,Billing.door,Billing.url", "Tomcat.ip"},
		"exports asked for":              {software, tomcatExports, "	exports: |;", "context,ip", ""},
		"exports, not again":             {software, tomcatExports, "	exports: ip, |;", "context,random[port]", "ip"},
		"MOD-72 inherited exports":       {software, "	exports: port = 3307;", "	exports: |;", "zone", ""},
		"MOD-115 meta-variables":         {software, tomcatExports, "	exports: base = /srv/$(|;", "$(ROBOCONF_INSTANCE_NAME)", "ip"},
		"roots at the top":               {instances, "instance of VM {\n	name: back;", "instance of |\ninstance of VM {\n	name: back;", "VM", "Tomcat,MySQL"},
		"MOD-95 below a machine":         {instances, "		name: tomcat;\n", "		name: tomcat;\n		instance of |\n", "WebApp", "MySQL,Tomcat"},
		"MOD-95 who is waited for":       {instances, "	instance of MySQL {", "	instance of |\n	instance of MySQL {", "BigSQL,MySQL,Tomcat", "WebApp"},
		"properties of an instance":      {instances, "		port: 9090;\n", "		|\n", "port,count,data.,instance of WebApp,instance-state,instance-data", "name,channels,ip,Tomcat.port"},
		"MOD-110 full when ambiguous":    {instances, "		secret: \"a;b\";", "		|", "MySQL.zone,server.zone,zone", "ip,MySQL.ip"},
		"dsl.md 6.1 states":              {instances, "	count: 2;", "	instance-state: |;", "not_deployed,deployed_started", ""},
		"count has no values":            {instances, "	count: 2;", "	count: |;", "", "2"},
		"names":                          {instances, "		name: tomcat;", "		name: |;", "tomcat", ""},
		"channels of others":             {instances, "	count: 2;", "	channels: |;", "front,web", ""},
		"in a comment":                   {mainGraph, "# A machine", "# A | machine", "", "import"},
		"behind the semicolon":           {mainGraph, "	installer: target;", "	installer: target; |", "", "script"},
		"behind a closing bracket":       {mainGraph, "}\n\nfacet", "} |\n\nfacet", "", "import"},
	} {
		t.Run(name, func(t *testing.T) {
			g, at := spliced(t, c.file, c.line, c.marked)
			got := labels(language.Complete(g, c.file, at))
			last := -1
			for want := range strings.SplitSeq(c.want, ",") {
				n := slices.Index(got, want)
				if want != "" && n <= last {
					t.Errorf("%q is at %d, after %d, in %q", want, n, last, got)
				}
				last = max(last, n)
			}
			for not := range strings.SplitSeq(c.not, ",") {
				if not != "" && slices.Contains(got, not) {
					t.Errorf("%q must not be offered: %q", not, got)
				}
			}
			if c.want == "" && len(got) > 0 {
				t.Errorf("got %q, want nothing", got)
			}
		})
	}
}

// An accepted item leaves the line as a person would have written it.
func TestAccepted(t *testing.T) {
	for _, c := range []struct{ file, line, marked, label, want string }{
		{mainGraph, "import types/software.graph;", "import ty|", "types/software.graph", "import types/software.graph;"},
		{mainGraph, "import types/software.graph;", "import ty|pes/software.graph;", "lonely.graph", ""},
		{software, "	installer: script;", "	installer: pup|pet;", "puppet", "	installer: puppet;"},
		{software, "	installer: script;", "	installer:|", "puppet", "	installer:puppet;"},
		{mainGraph, "	children: server, Tomcat;", "	children: server, To|mcat;", "MySQL", ""},
		{mainGraph, "	children: server, Tomcat;", "	children: server, |Tomcat;", "Tomcat", "	children: server, Tomcat;"},
		{mainGraph, "	children: server, Tomcat;", "	children: | server, Tomcat;", "MySQL", "	children: MySQL,  server, Tomcat;"},
		{software, webImports, "	imports: Tomcat.*, tom|cat.context (optional);", "Tomcat.ip", "	imports: Tomcat.*, Tomcat.ip (optional);"},
		{software, webImports, "	imports: Tomcat.ip (o|", "(optional)", "	imports: Tomcat.ip (optional)"},
		{software, webImports, "	imports: exter|;", "external Billing.url", "	imports: external Billing.url;"},
		{software, webImports, "	imports: external Bill|;", "Billing.url", "	imports: external Billing.url;"},
		{software, webImports, "	exports: x = 1;\n	imports: Web|;", "WebApp.x", "	exports: x = 1;\n	imports: WebApp.x (optional);"},
		{software, "	exports: port = 3307;", "	exports: po|rt = 3307;", "zone", ""},
		{software, "	exports: port = 3307;", "	exports: |", "zone", `	exports: zone = "north, 1"`},
		{software, "	exports: port = 3307;", "	exports: |", "random[port]", `	exports: random[port] port`},
		{instances, "		port: 9090;", "		po|", "port", "		port: 8080;"},
		{instances, "		port: 9090;", "		po|rt: 9090;", "port", "		port: 9090;"},
		{instances, "		port: 9090;", "		ba|", "base", "		base: /srv/$(ROBOCONF_CLEAN_INSTANCE_PATH);"},
		{instances, "		port: 9090;", "		inst|", "instance of WebApp", "		instance of WebApp {\n			name: webapp;\n		}"},
		{instances, "		port: 9090;", "		instance of W|", "WebApp", "		instance of WebApp {\n			name: webapp;\n		}"},
		{instances, "		port: 9090;", "		instance of W| {\n		name: x;\n		}", "WebApp", "		instance of WebApp {\n		name: x;\n		}"},
	} {
		g, at := spliced(t, c.file, c.line, c.marked)
		got := language.Complete(g, c.file, at)
		i, there := item(got, c.label)
		if !there {
			if c.want != "" {
				t.Errorf("%q: no %q among %q", c.marked, c.label, labels(got))
			}
			continue
		}
		text, _ := g.Text(c.file)
		want := strings.Replace(shop[c.file], c.line, c.want, 1)
		if after := accept(text, i); c.want != "" && after != want {
			t.Errorf("%q, %q: got\n%s\nwant\n%s", c.marked, c.label, after, want)
		}
	}
}
