package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/diag"
)

// places of the shop where there is something to know: file, line, the line with a marker in the word.
var places = []struct{ title, file, line, marked string }{
	{"MOD-50 a component with an inherited installer", software, "BigSQL {", "Big|SQL {"},
	{"a component with a documentation, facets, a random port", software, "MySQL {", "|MySQL {"},
	{"a component that imports", software, "Tomcat {", "Tom|cat {"},
	{"a facet", mainGraph, "facet server {", "facet ser|ver {"},
	{"a facet in a list", mainGraph, "	children: server, Tomcat;", "	children: se|rver, Tomcat;"},
	{"a name that nothing declares", mainGraph, "	children: server, Tomcat;", "	children: server, Tom|cot;"},
	{"MOD-73 a variable that a sub-component changes", software, "	exports: port = 3307;", "	exports: po|rt = 3307;"},
	{"a variable with its value", software, "	exports: ip, port = 3306,", "	exports: ip, port = 33|06,"},
	{"MOD-78 a random variable", software, "	exports: ip, port = 3306, random[port] admin", "	exports: ip, port = 3306, random[port] ad|min"},
	{"random", software, "	exports: ip, port = 3306, random[port] admin", "	exports: ip, port = 3306, ran|dom[port] admin"},
	{"MOD-77 the network variable", software, "	exports: ip, port = 8080,", "	exports: i|p, port = 8080,"},
	{"MOD-131 a variable for other applications", software, "	exports: ip, port = 8080,", "	exports: ip, po|rt = 8080,"},
	{"MOD-79 a variable without value", software, "admin, secret;", "admin, sec|ret;"},
	{"the variable of a facet", mainGraph, "	exports: zone =", "	exports: zo|ne ="},
	{"MOD-115 a meta-variable", software, "$(ROBOCONF_CLEAN_INSTANCE_PATH)", "$(ROBOCONF_CLEAN|_INSTANCE_PATH)"},
	{"MOD-140 an import", software, "	imports: MySQL.ip,", "	imports: MySQL.i|p,"},
	{"the type of an import", software, "	imports: MySQL.ip,", "	imports: My|SQL.ip,"},
	{"an optional import", software, "MySQL.port (optional)", "MySQL.po|rt (optional)"},
	{"the flag", software, "MySQL.port (optional)", "MySQL.port (opti|onal)"},
	{"MOD-133 an external import", software, "external Billing.url", "external Bil|ling.url"},
	{"an external import that nobody answers", software, "external Billing.url", "external Bank|.url"},
	{"an import of all", software, "	imports: Tomcat.*,", "	imports: Tomcat.|*,"},
	{"an import that nobody exports", software, "Tomcat.context;", "Tomcat.con|text;"},
	{"an installer", software, "	installer: puppet;", "	installer: pup|pet;"},
	{"a property", software, "	installer: puppet;", "	instal|ler: puppet;"},
	{"a property of a facet", mainGraph, "	exports: zone =", "	exp|orts: zone ="},
	{"an imported file", mainGraph, "import types/software.graph;", "import types/soft|ware.graph;"},
	{"an imported file that is missing", mainGraph, "import types/software.graph;", "import types/soft|wear.graph;"},
	{"MOD-90 an instance", instances, "		name: tomcat;", "		name: tom|cat;"},
	{"an instance by its keyword", instances, "	instance of MySQL {", "	inst|ance of MySQL {"},
	{"the component of an instance", instances, "	instance of MySQL {", "	instance of My|SQL {"},
	{"MOD-100 copies", instances, "	count: 2;", "	count: |2;"},
	{"MOD-110 an override", instances, "		port: 9090;", "		po|rt: 9090;"},
	{"MOD-110 an ambiguous override", instances, "		port: 9090;\n		channels: web, front;\n	}\n}\n\ninstance of VM {\n	name: back;\n\n	instance of MySQL {\n", "		port: 9090;\n	}\n}\n\ninstance of VM {\n	name: back;\n\n	instance of MySQL {\n		zo|ne: south;\n"},
	{"MOD-110 a variable of its own", instances, "		port: 9090;", "		magi|c: 9090;"},
	{"a state", instances, "	count: 2;", "	instance-state: DEPLOYED_|started;"},
	{"private data", instances, "	count: 2;", "	da|ta.owner: me;"},
	{"nothing in a comment", mainGraph, "# A machine", "# A mac|hine"},
	{"nothing on a bracket", mainGraph, "}\n\nfacet", "}|\n\nfacet"},
}

func hovers(t *testing.T, lang diag.Language) string {
	t.Helper()
	var b strings.Builder
	for _, p := range places {
		g, at := spliced(t, p.file, p.line, p.marked)
		g.Language = lang
		text, _ := g.Text(p.file)
		h, ok := language.Hover(g, p.file, at)
		fmt.Fprintf(&b, "=== %s\n", p.title)
		if !ok {
			b.WriteString("nothing\n\n")
			continue
		}
		if h.Span.Start > at || h.Span.End < at {
			t.Errorf("%s: %v is not around %d", p.title, h.Span, at)
		}
		fmt.Fprintf(&b, ">>> %s\n%s\n\n", h.Span.Of(text), h.Markdown)
	}
	return b.String()
}

// issue 3.4: hover tells the resolved value, who exports, who imports, the effective installer.
func TestHover(t *testing.T) { golden.Equal(t, "hover.txt", []byte(hovers(t, diag.English))) }

// product.md 5.11: the same in French.
func TestHoverInFrench(t *testing.T) { golden.Equal(t, "survol.txt", []byte(hovers(t, diag.French))) }
