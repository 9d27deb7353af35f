package check_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// marked takes the mark ^ out of a text: what follows it is where the finding stands.
func marked(text string) (clean, at string) {
	before, after, found := strings.Cut(text, "^")
	if !found {
		return text, ""
	}
	line := strings.Count(before, "\n") + 1
	column := len(before) - strings.LastIndex(before, "\n")
	return before + after, ":" + itoa(line) + ":" + itoa(column)
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// finding is a text with a mark where a code is found, or without one where it is not.
type finding struct {
	name             string
	graph, instances string
	files            map[string]string
	details          string // "(a; b)"
	level            diag.Level
	beside           string // the first place beside: "file:line:column words"
	fixed            string // the line of the mark after the first fix; "-" when it is gone
}

// code checks examples of one code.
func code(t *testing.T, c diag.Code, examples []finding) {
	t.Helper()
	for _, e := range examples {
		t.Run(string(c)+" "+e.name, func(t *testing.T) { one(t, c, e) })
	}
}

func one(t *testing.T, c diag.Code, e finding) {
	t.Helper()
	files, want := fstest.MapFS{}, ""
	given := map[string]string{"descriptor/application.properties": descriptor, "graph/main.graph": e.graph, "instances/model.instances": e.instances}
	for name, text := range e.files {
		given[name] = text
	}
	for name, text := range given {
		if name == "instances/model.instances" && text == "" {
			text = "# none\n"
		}
		clean, at := marked(text)
		if at != "" {
			want = name + at
		}
		files[name] = &fstest.MapFile{Data: []byte(clean)}
	}
	_, found := check.Dir(files, load.Options{})
	var got []diag.Problem
	for _, p := range found {
		if p.Code == c {
			got = append(got, p)
		}
	}
	if want == "" {
		if len(got) > 0 {
			t.Fatalf("not expected: %s", got[0])
		}
		return
	}
	if len(got) != 1 {
		t.Fatalf("%d findings: %v", len(got), got)
	}
	compareOne(t, files, got[0], want, e)
}

func compareOne(t *testing.T, files fstest.MapFS, p diag.Problem, want string, e finding) {
	t.Helper()
	var details []string
	for _, d := range p.Details {
		details = append(details, d.Text)
	}
	if at := p.Place.File + ":" + itoa(p.Range.Start.Line) + ":" + itoa(p.Range.Start.Column); at != want {
		t.Errorf("found at %s, want %s", at, want)
	}
	if got := "(" + strings.Join(details, "; ") + ")"; e.details != "" && got != e.details {
		t.Errorf("details %s, want %s", got, e.details)
	}
	if e.level != 0 && p.Level() != e.level {
		t.Errorf("level %s, want %s", p.Level(), e.level)
	}
	if e.beside != "" && (len(p.Related) == 0 || beside(p)[0] != e.beside) {
		t.Errorf("beside it %q, want %q", beside(p), e.beside)
	}
	if e.fixed == "" {
		return
	}
	after := fixed(t, files, []diag.Problem{p}, p.Code)
	_, left := check.Dir(after, load.Options{})
	for _, q := range left {
		if q.Code == p.Code || q.Level() == diag.Severe {
			t.Errorf("after the fix: %s", q)
		}
	}
	line := ""
	if all := strings.Split(string(after[p.Place.File].Data), "\n"); p.Range.Start.Line <= len(all) {
		line = strings.TrimSpace(all[p.Range.Start.Line-1])
	}
	if (e.fixed == "-") == (line == "" || strings.Contains(textAt(files, p.Place), line)) && line != e.fixed && e.fixed != "-" {
		t.Errorf("the fix leaves %q, want %q", line, e.fixed)
	}
}

// vm is a machine that may hold what is named, with the lines of a type after it.
func vm(children string, l ...string) string {
	return lines("vm {", "\tinstaller: target;", "\tchildren: "+children+";", "}") + lines(l...)
}

// on is one machine with the lines of instances inside it.
func on(l ...string) string {
	return lines("instance of vm {", "\tname: vm;") + lines(l...) + "}\n"
}

// DSL-23, MOD-115: what nothing replaces.
func TestMetaVariables(t *testing.T) {
	code(t, diag.XUnknownMetaVariable, []finding{
		{
			name: "in a default", graph: lines("vm {", "\tinstaller: target;", "\texports: a = /x/^$(ROBOCONF_INSTANCE_NAM)/y;", "}"),
			details: "($(ROBOCONF_INSTANCE_NAM))", beside: "graph/main.graph:3:18 did you mean $(ROBOCONF_INSTANCE_NAME) or $(ROBOCONF_INSTANCE_PATH)?",
		},
		{name: "in a facet", graph: lines("facet f {", "\texports: a = \"^$(UUID)\";", "}", "vm {", "\tinstaller: target;", "\tfacets: f;", "}"), details: "($(UUID))"},
		{name: "in an override", graph: lines("vm {", "\tinstaller: target;", "\texports: a = 1;", "}"), instances: on("\ta: ^$(roboconf_instance_name);")},
		{name: "the five", graph: lines("vm {", "\tinstaller: target;", "\texports: a = $(ROBOCONF_INSTANCE_NAME)$(ROBOCONF_INSTANCE_PATH), b = $(ROBOCONF_COMPONENT_NAME),"+
			" c = $(ROBOCONF_CLEAN_INSTANCE_PATH)$(ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH), d = $(open;", "}")},
	})
}

// MOD-113, MOD-122.
func TestPorts(t *testing.T) {
	graph := vm("app", "app {", "\tinstaller: script;", "\texports: random[port] web;", "}")
	code(t, diag.XInvalidPort, []finding{
		{name: "a word", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tweb: ^http;", "\t}"), details: "(http)", level: diag.Severe},
		{name: "too large", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tapp.web: ^65536;", "\t}")},
		{name: "nothing", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\t^web: ;", "\t}")},
		{name: "in a component that inherits it", graph: graph + lines("sub {", "\textends: app;", "\texports: web = ^none;", "}")},
		{name: "a port", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tweb: 65535 ;", "\t}")},
	})
	two := func(first, second string) string {
		return on("\tinstance of app {", "\t\tname: a;", "\t\tweb: "+first+";", "\t}", "\tinstance of app {", "\t\tname: b;", "\t\tweb: "+second+";", "\t}")
	}
	code(t, diag.XPortConflict, []finding{
		{name: "on one machine", graph: graph, instances: two("9000", "^9000"), details: "(9000)", beside: "instances/model.instances:5:8 given here first"},
		{name: "other ports", graph: graph, instances: two("9000", "9001")},
		{name: "on two machines", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tweb: 1;", "\t}") +
			strings.Replace(on("\tinstance of app {", "\t\tname: a;", "\t\tweb: 1;", "\t}"), "name: vm", "name: vm2", 1)},
		{name: "copies of an instance", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tcount: 2;", "\t\tweb: ^9000;", "\t}"), beside: "instances/model.instances:5:10 given here first"},
		{name: "copies of a machine", graph: graph, instances: strings.Replace(on("\tinstance of app {", "\t\tname: a;", "\t\tweb: 9000;", "\t}"), "\tname: vm;", "\tname: vm;\n\tcount: 2;", 1)},
	})
}

// MOD-114, DSL-60, DEV-14, MOD-79.
func TestValues(t *testing.T) {
	graph := vm("app", "app {", "\tinstaller: script;", "\texports: port = 80, path;", "}")
	code(t, diag.XUselessOverride, []finding{
		{
			name: "by the local name", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tpath: x;", "\t\t^port: 80;", "\t}"), details: "(port)",
			beside: "graph/main.graph:7:11 it has this value here", fixed: "}",
		},
		{name: "by the full name", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tpath: x;", "\t\t^app.port: \"80\";", "\t}")},
		{name: "another value", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tpath: x;", "\t\tport: 81;", "\t}")},
		{name: "the full name wins over another override", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tpath: x;", "\t\tport: 81;", "\t\tapp.port: 80;", "\t}")},
	})
	code(t, diag.XGraphPropertyInInstance, []finding{
		{name: "in any case", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tpath: x;", "\t\t^Installer: script;", "\t}"), details: "(Installer)", level: diag.Warning},
		{name: "a variable of that name", graph: vm("app", "app {", "\tinstaller: script;", "\texports: imports = 1;", "}"), instances: on("\tinstance of app {", "\t\tname: a;", "\t\timports: x;", "\t}")},
	})
	code(t, diag.XEmptyDefault, []finding{
		{name: "quoted", graph: lines("vm {", "\tinstaller: target;", "\texports: ^a = \"\";", "}"), details: "(a)", level: diag.Hint},
		{name: "no value", graph: lines("vm {", "\tinstaller: target;", "\texports: a = , b = \" \";", "}")},
	})
	code(t, diag.XValuelessExport, []finding{
		{name: "nobody sets it", graph: vm("app", "app {", "\tinstaller: script;", "\texports: ip, random[port] p, ^path;", "}"), details: "(app.path)"},
		{name: "an instance sets it", graph: graph, instances: on("\tinstance of app {", "\t\tname: a;", "\t\tpath: x;", "\t}")},
		{name: "an instance of a component that extends it sets it", graph: graph + lines("sub {", "\textends: app;", "}"), instances: on("\tinstance of sub {", "\t\tname: a;", "\t\tapp.path: x;", "\t}")},
		{
			name: "an instance of something else has that name", graph: vm("app, db", "app {", "\tinstaller: script;", "\texports: ^path;", "}", "db {", "\tinstaller: script;", "\texports: path = 1;", "}"),
			instances: on("\tinstance of db {", "\t\tname: a;", "\t\tpath: x;", "\t}"),
		},
		{name: "in a facet", graph: lines("facet f {", "\texports: ^size;", "}", "vm {", "\tinstaller: target;", "\tfacets: f;", "}"), details: "(f.size)"},
		{name: "members of a facet give it", graph: lines("facet f {", "\texports: size;", "}", "vm {", "\tinstaller: target;", "\tfacets: f;", "\texports: size = 3;", "}")},
	})
}

// MOD-100, MOD-101, MOD-160.
func TestCopies(t *testing.T) {
	graph := vm("app", "app {", "\tinstaller: script;", "}")
	code(t, diag.XDataNotReplicated, []finding{
		{
			name: "in the block that is copied", graph: graph, instances: lines("instance of vm {", "\tname: vm;", "\tcount: 2;", "\t^data.k: v;", "}"), details: "(data.k)",
			beside: "instances/model.instances:3:9 copied by this count", level: diag.Warning,
		},
		{name: "below it", graph: graph, instances: lines("instance of vm {", "\tname: vm;", "\tcount: 2;", "\tinstance of app {", "\t\tname: a;", "\t\t^instance-state: problem;", "\t}", "}")},
		{name: "a single one", graph: graph, instances: lines("instance of vm {", "\tname: vm;", "\tcount: 1;", "\tdata.k: v;", "}")},
		{name: "a count without data", graph: graph, instances: lines("instance of vm {", "\tname: vm;", "\tcount: 3;", "}")},
	})
	code(t, diag.XStateInTemplate, []finding{
		{name: "a state", graph: graph, instances: on("\t^instance-state: deployed_started;"), details: "(instance-state)", level: diag.Hint, fixed: "}"},
		{name: "data of a run, in a block below", graph: graph, instances: on("", "\tinstance of app {", "\t\tname: a;", "\t\t^instance-data: a = b;", "\t}"), details: "(instance-data)"},
		{name: "private data", graph: graph, instances: on("\tdata.k: v;")},
	})
	many := func(vms, apps string) string {
		return lines("instance of vm {", "\tname: one;", "}", "instance of vm {", "\tname: vm;", "\tcount: "+vms+";", "\tinstance of app {", "\t\tname: a;", "\t\tcount: "+apps+";", "\t}", "}")
	}
	code(t, diag.XCountExplosion, []finding{
		{name: "the outer count", graph: graph, instances: many("^10000", "2"), details: "(10001; 10000)"},
		{name: "the inner count", graph: graph, instances: many("100", "^100"), details: "(10101; 10000)"},
		{name: "more than memory holds", graph: graph, instances: strings.Replace(many("2147483647", "2147483647"), "2147483647", "^2147483647", 1)},
		{name: "just not", graph: graph, instances: many("99", "100")},
		{name: "another limit", graph: graph, instances: many("4", "^2"), files: map[string]string{".roboconf/check": "instances.max = 12\n"}, details: "(13; 12)"},
	})
}

// diagnostics.md 4.1.
func TestSimilarNames(t *testing.T) {
	code(t, diag.XSimilarNames, []finding{
		{name: "types", graph: lines("Web {", "\tinstaller: target;", "}", "facet ^web {", "}"), details: "(web; Web)", beside: "graph/main.graph:1:1 Web is declared here"},
		{name: "variables", graph: lines("vm {", "\tinstaller: target;", "\texports: Port = 1, ^port = 2;", "}"), details: "(port; Port)"},
		{name: "siblings", graph: lines("vm {", "\tinstaller: target;", "}"), instances: lines("instance of vm {", "\tname: A;", "}", "instance of vm {", "\tname: ^a;", "}"), details: "(a; A)"},
		{name: "cousins", graph: vm("app", "app {", "\tinstaller: script;", "}"), instances: lines("instance of vm {", "\tname: A;", "\tinstance of app {", "\t\tname: x;", "\t}", "}") +
			lines("instance of vm {", "\tname: B;", "\tinstance of app {", "\t\tname: X;", "\t}", "}")},
		{name: "one name twice is told otherwise", graph: lines("vm {", "\tinstaller: target;", "}", "vm {", "}")},
	})
	var variables, instances []string
	for n := range 40 {
		variables = append(variables, "v"+itoa(n)+" = 1")
		instances = append(instances, "instance of vm {", "\tname: i"+itoa(n)+";", "}")
	}
	code(t, diag.XSimilarNames, []finding{
		{name: "many variables", graph: lines("vm {", "\tinstaller: target;", "\texports: "+strings.Join(variables, ", ")+", ^V7;", "}"), details: "(V7; v7)"},
		{name: "many siblings", graph: lines("vm {", "\tinstaller: target;", "}"), instances: lines(instances...) + lines("instance of vm {", "\tname: ^I9;", "}"), details: "(I9; i9)"},
	})
}

// DSL-43: one variable of a prefix beside all of them.
func TestImportsBesideAll(t *testing.T) {
	graph := func(imports string) string {
		return vm("db, app", "db {", "\tinstaller: script;", "\texports: ip, port = 1;", "}", "app {", "\tinstaller: script;", "\timports: "+imports+";", "}")
	}
	code(t, diag.XDuplicateImport, []finding{
		{name: "after it", graph: graph("db.*, ^db.ip"), details: "(db.ip)", level: diag.Hint, beside: "graph/main.graph:11:11 imported here too", fixed: "imports: db.*;"},
		{name: "before it", graph: graph("db.ip, ^db.*"), fixed: "imports: db.*;"},
		{name: "with other flags", graph: graph("db.* (optional), db.ip")},
		{name: "twice is a warning", graph: graph("db.ip, ^db.ip"), level: diag.Warning},
	})
}

// MOD-40, MOD-76: what is there already.
func TestRedundantReferences(t *testing.T) {
	code(t, diag.XRedundantReference, []finding{
		{
			name: "a facet that a super component has", graph: lines("facet f {", "\texports: a = 1;", "}", "vm {", "\tinstaller: target;", "\tfacets: f;", "}", "big {", "\textends: vm;", "\tfacets: ^f;", "}"),
			details: "(f)", beside: "graph/main.graph:4:1 has it already",
		},
		{name: "a facet that another one extends", graph: lines("facet f {", "}", "facet g {", "\textends: f;", "}", "vm {", "\tinstaller: target;", "\tfacets: g, ^f;", "}"), fixed: "facets: g;"},
		{name: "of a facet", graph: lines("facet f {", "}", "facet g {", "\textends: f;", "}", "facet h {", "\textends: ^f, g;", "}", "vm {", "\tinstaller: target;", "\tfacets: h;", "}"), fixed: "extends: g;"},
		{name: "a child that a super component holds", graph: vm("app", "app {", "\tinstaller: script;", "}", "big {", "\textends: vm;", "\tchildren: ^app;", "}"), beside: "graph/main.graph:3:12 allows it already"},
		{name: "a child that a facet of the list brings", graph: vm("web, ^app", "facet web {", "}", "app {", "\tinstaller: script;", "\tfacets: web;", "}"), fixed: "children: web;"},
		{name: "a child that extends another one", graph: vm("^sub, app", "app {", "\tinstaller: script;", "}", "sub {", "\textends: app;", "}"), fixed: "children: app;"},
		{name: "a child that the facet of a machine lists", graph: lines("facet host {", "\tchildren: app;", "}", "vm {", "\tinstaller: target;", "\tfacets: host;", "\tchildren: ^app;", "}", "app {", "\tinstaller: script;", "}")},
		{name: "a child of a facet", graph: lines("facet host {", "\tchildren: app;", "}", "facet big {", "\textends: host;", "\tchildren: ^app;", "}", "vm {", "\tinstaller: target;", "\tfacets: big;", "}", "app {", "\tinstaller: script;", "}")},
		{name: "an import", graph: vm("db, app", "db {", "\tinstaller: script;", "\texports: ip;", "}", "app {", "\tinstaller: script;", "\timports: db.ip;", "}", "sub {", "\textends: app;", "\timports: ^db.ip;", "}"), beside: "graph/main.graph:11:11 imported already"},
		{name: "an import with other flags", graph: vm("db, app", "db {", "\tinstaller: script;", "\texports: ip;", "}", "app {", "\tinstaller: script;", "\timports: db.ip;", "}", "sub {", "\textends: app;", "\timports: db.ip (optional);", "}")},
		{name: "what is new", graph: lines("facet f {", "\tchildren: app;", "}", "facet g {", "}", "vm {", "\tinstaller: target;", "\tfacets: f, g;", "\tchildren: db;", "}", "app {", "\tinstaller: script;", "}", "db {", "\tinstaller: script;", "}")},
		{name: "a circle is told otherwise", graph: lines("facet f {", "\textends: g;", "}", "facet g {", "\textends: f;", "}", "vm {", "\tinstaller: target;", "\tfacets: f, g;", "}")},
	})
}

// MOD-71, MOD-75, DEV-13.
func TestInheritedVariables(t *testing.T) {
	code(t, diag.XShadowedVariable, []finding{
		{
			name: "the same value", graph: lines("vm {", "\tinstaller: target;", "\texports: size = 3;", "}", "big {", "\textends: vm;", "\texports: ^size = 3;", "}"), details: "(size)", level: diag.Hint,
			beside: "graph/main.graph:3:11 vm.size is exported already",
		},
		{name: "another value overrides", graph: lines("vm {", "\tinstaller: target;", "\texports: size = 3;", "}", "big {", "\textends: vm;", "\texports: size = 4;", "}")},
		{name: "an address is filled in anyway", graph: lines("vm {", "\tinstaller: target;", "\texports: ip;", "}", "big {", "\textends: vm;", "\texports: ip;", "}")},
		{name: "a facet with another value", graph: lines("facet f {", "\texports: a = 1;", "}", "facet g {", "\textends: f;", "\texports: ^a = 2;", "}", "vm {", "\tinstaller: target;", "\tfacets: g;", "}"), level: diag.Warning},
		{name: "a facet with the same value", graph: lines("facet f {", "\texports: a = 1;", "}", "facet g {", "\textends: f;", "\texports: ^a = 1;", "}", "vm {", "\tinstaller: target;", "\tfacets: g;", "}"), level: diag.Hint},
		{name: "a facet that replaces by the full name", graph: lines("facet f {", "\texports: a = 1;", "}", "facet g {", "\textends: f;", "\texports: f.a = 2;", "}", "vm {", "\tinstaller: target;", "\tfacets: g;", "}")},
	})
	code(t, diag.XAmbiguousInheritedValue, []finding{
		{
			name: "two facets", graph: lines("facet f {", "\texports: a = 1;", "}", "facet g {", "\texports: a = 5;", "}", "^vm {", "\tinstaller: target;", "\tfacets: f, g;", "}"), details: "(vm.a)",
			beside: "graph/main.graph:2:11 f.a is 1", level: diag.Warning,
		},
		{name: "told once for those that extend it", graph: lines("facet f {", "\texports: a = 1;", "}", "facet g {", "\texports: a = 5;", "}", "^vm {", "\tinstaller: target;", "\tfacets: f, g;", "}", "big {", "\textends: vm;", "}")},
		{name: "the component decides", graph: lines("facet f {", "\texports: a = 1;", "}", "facet g {", "\texports: a = 5;", "}", "vm {", "\tinstaller: target;", "\tfacets: f, g;", "\texports: a = 2;", "}")},
		{name: "one value", graph: lines("facet f {", "\texports: a = 1;", "}", "facet g {", "\texports: a = 1;", "}", "vm {", "\tinstaller: target;", "\tfacets: f, g;", "}")},
	})
	code(t, diag.XRandomInherited, []finding{
		{name: "from a super component", graph: lines("vm {", "\tinstaller: target;", "\texports: random[port] p;", "}", "^big {", "\textends: vm;", "}"), details: "(p)", beside: "graph/main.graph:3:24 declared here"},
		{name: "from a facet", graph: lines("facet f {", "\texports: random[port] p;", "}", "^vm {", "\tinstaller: target;", "\tfacets: f;", "}")},
		{name: "declared again", graph: lines("vm {", "\tinstaller: target;", "\texports: random[port] p;", "}", "big {", "\textends: vm;", "\texports: random[port] p;", "}")},
	})
}

// MOD-51, PL-4, DIA-41.
func TestInstallerNames(t *testing.T) {
	code(t, diag.XTargetLetterCase, []finding{
		{name: "another case", graph: vm("box", "box {", "\tinstaller: ^Target;", "}"), details: "(Target)", fixed: "installer: target;"},
		{name: "right", graph: vm("box", "box {", "\tinstaller: target;", "}")},
	})
	code(t, diag.XUnknownInstaller, []finding{
		{name: "misspelt", graph: vm("box", "box {", "\tinstaller: ^scirpt;", "}"), details: "(scirpt)", beside: "graph/main.graph:6:13 did you mean script?", fixed: "installer: script;"},
		{name: "those of the platform, in any case", graph: vm("a, b, c, d", "a {", "\tinstaller: Script;", "}", "b {", "\tinstaller: puppet;", "}", "c {", "\tinstaller: file;", "}", "d {", "\tinstaller: logger;", "}")},
		{name: "one that the project adds", graph: vm("box", "box {", "\tinstaller: helm;", "}"), files: map[string]string{".roboconf/check": "installers = ansible, helm\n"}},
	})
}

// MOD-131.
func TestPrefixIsLocal(t *testing.T) {
	with := func(prefix string) map[string]string {
		return map[string]string{"descriptor/application.properties": descriptor + "exports-prefix = " + prefix + "\nexports = vm.ip as ip\n"}
	}
	graph := lines("vm {", "\tinstaller: target;", "\texports: ip;", "}")
	code(t, diag.XPrefixIsLocal, []finding{
		{name: "the name of a component", graph: graph, files: with("^vm"), details: "(vm)", beside: "graph/main.graph:1:1 a type of that name"},
		{name: "another name", graph: graph, files: with("Shop")},
	})
}

// MOD-133, MOD-134: only who knows other applications can tell.
func TestUnboundPrefix(t *testing.T) {
	files := project(lines("vm {", "\tinstaller: target;", "\timports: external Lmap.ip, external Other.x (optional);", "}"), "# none\n")
	r := load.Dir(files, load.Options{}, nil)
	same(t, check.All(r, files), "X_UNBOUND", nil)
	lamp := &model.Application{Descriptor: model.Descriptor{ExportsPrefix: "Lamp"}, Graph: model.NewGraph(nil, nil)}
	found := check.With(r, files, check.Options{Beside: []*model.Application{lamp}})
	same(t, found, "X_UNBOUND", []string{"g:3:20 X_UNBOUND_EXTERNAL_PREFIX (Lmap)", "g:3:38 X_UNBOUND_EXTERNAL_PREFIX (Other)"})
	files = fixed(t, files, found, diag.XUnboundExternalPrefix)
	r = load.Dir(files, load.Options{}, nil)
	same(t, check.With(r, files, check.Options{Beside: []*model.Application{lamp}}), "X_UNBOUND", []string{"g:3:38 X_UNBOUND_EXTERNAL_PREFIX (Other)"})
}
