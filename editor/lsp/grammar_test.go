package lsp

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/roboconf/workbench/samples"
)

// extension is the folder of what Visual Studio Code takes; its grammars serve other editors too.
const extension = "../../docs/editors/vscode"

// rule is a pattern of a TextMate grammar.
type rule struct {
	Include       string
	Name          string
	Match         string
	Begin, End    string
	Captures      map[string]rule
	BeginCaptures map[string]rule
	EndCaptures   map[string]rule
	Patterns      []rule
}

// grammar is a TextMate grammar. It keeps to what the regular expressions of Go can say, so that this test can run it.
type grammar struct {
	ScopeName  string
	Patterns   []rule
	Repository map[string]rule
	compiled   map[string]*regexp.Regexp
	t          *testing.T
}

func readGrammar(t *testing.T, name string) *grammar {
	t.Helper()
	g := &grammar{t: t, compiled: map[string]*regexp.Regexp{}}
	readJSON(t, filepath.Join(extension, "syntaxes", name+".tmLanguage.json"), g)
	for _, r := range append(slices.Clone(g.Patterns), repository(g)...) {
		g.check(r)
	}
	return g
}

func repository(g *grammar) (list []rule) {
	for _, r := range g.Repository {
		list = append(list, r)
	}
	return list
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// check compiles what a pattern says, and looks for what it includes.
func (g *grammar) check(r rule) {
	for _, expression := range []string{r.Match, r.Begin, r.End} {
		compiled, err := regexp.Compile(expression)
		if err != nil {
			g.t.Errorf("%s: %v", g.ScopeName, err)
			continue
		}
		g.compiled[expression] = compiled
	}
	if name, ok := strings.CutPrefix(r.Include, "#"); ok {
		if _, known := g.Repository[name]; !known {
			g.t.Errorf("%s: %s is included, but not there", g.ScopeName, r.Include)
		}
	}
	if name := r.Name; name != "" && !strings.HasSuffix(name, ".roboconf") {
		g.t.Errorf("%s: the scope %s does not end with .roboconf", g.ScopeName, name)
	}
	for _, inner := range r.Patterns {
		g.check(inner)
	}
}

func (g *grammar) resolve(list []rule) (flat []rule) {
	for _, r := range list {
		if name, ok := strings.CutPrefix(r.Include, "#"); ok {
			r = g.Repository[name]
		}
		flat = append(flat, r)
	}
	return flat
}

// line gives the scopes of the pieces of a line: "text=scope" each; the last part ".roboconf" is left out. Patterns with a begin
// are followed to the end of the line.
func (g *grammar) line(text string) (pieces []string) {
	inside, end := rule{Patterns: g.Patterns}, (*regexp.Regexp)(nil)
	for at := 0; at <= len(text); {
		best, where := rule{}, []int(nil)
		for _, r := range g.resolve(inside.Patterns) {
			expression := r.Match
			if r.Begin != "" {
				expression = r.Begin
			}
			if m := g.find(g.compiled[expression], text, at); m != nil && (where == nil || m[0] < where[0]) {
				best, where = r, m
			}
		}
		if end != nil {
			if m := g.find(end, text, at); m != nil && (where == nil || m[0] <= where[0]) {
				pieces = append(pieces, captured(text, m, rule{Captures: inside.EndCaptures})...)
				at, inside, end = max(m[1], at+1), rule{Patterns: g.Patterns}, nil
				continue
			}
		}
		if where == nil {
			return pieces
		}
		if best.Begin != "" {
			pieces = append(pieces, captured(text, where, rule{Name: best.Name, Captures: best.BeginCaptures})...)
			inside, end = best, g.compiled[best.End]
		} else {
			pieces = append(pieces, captured(text, where, best)...)
		}
		at = max(where[1], at+1)
	}
	return pieces
}

// find looks for an expression from a place on, with what stands before it in sight.
func (g *grammar) find(e *regexp.Regexp, text string, at int) []int {
	for _, m := range e.FindAllStringSubmatchIndex(text, -1) {
		if m[0] >= at {
			return m
		}
	}
	if at > 0 { // a match that began earlier may hide one
		for i := at; i <= len(text); i++ {
			if m := e.FindStringSubmatchIndex(text[i:]); m != nil && !strings.HasPrefix(e.String(), "^") {
				for j := range m {
					if m[j] >= 0 {
						m[j] += i
					}
				}
				return m
			}
		}
	}
	return nil
}

func captured(text string, m []int, r rule) (pieces []string) {
	scope := func(name string) string { return strings.TrimSuffix(name, ".roboconf") }
	if r.Name != "" && m[1] > m[0] {
		return []string{strings.TrimSpace(text[m[0]:m[1]]) + "=" + scope(r.Name)}
	}
	for i := 1; i < len(m)/2; i++ {
		c, ok := r.Captures[fmt.Sprint(i)]
		if ok && m[2*i] >= 0 && m[2*i+1] > m[2*i] {
			pieces = append(pieces, strings.TrimSpace(text[m[2*i]:m[2*i+1]])+"="+scope(c.Name))
		}
	}
	return pieces
}

func TestGrammars(t *testing.T) {
	for _, c := range []struct {
		grammar, line, want string
	}{
		{"roboconf", "# a; b {", "# a; b {=comment.line.number-sign"},
		{"roboconf", "Import tiers/machines.graph; # x", "Import=keyword.control.import|tiers/machines.graph=string.unquoted.path|;=punctuation.terminator|# x=comment.line.number-sign"},
		{"roboconf", "facet server {", "facet=keyword.other.facet|server=entity.name.type.facet|{=punctuation.section.block"},
		{"roboconf", "facet{", "facet=entity.name.type.component|{=punctuation.section.block"},
		{"roboconf", "\tinstance of Tomcat { # x", "instance of=keyword.other.instance|Tomcat=entity.name.type.component|{=punctuation.section.block|# x=comment.line.number-sign"},
		{"roboconf", "My-VM_1 {", "My-VM_1=entity.name.type.component|{=punctuation.section.block"},
		{"roboconf", "\tchildren: a, B;", "children=support.type.property-name|:=punctuation.separator.key-value|a=entity.name.type|,=punctuation.separator|B=entity.name.type|;=punctuation.terminator"},
		{"roboconf", "\timports: external A.*, B.ip (optional);", "imports=support.type.property-name|:=punctuation.separator.key-value|external=storage.modifier.external|A=entity.name.type|.=punctuation.accessor|*=variable.other|,=punctuation.separator|B=entity.name.type|.=punctuation.accessor|ip=variable.other|(optional)=storage.modifier.optional|;=punctuation.terminator"},
		{"roboconf", `	exports: ip, port = 80, c = "#a;b", random[port] p;`, `exports=support.type.property-name|:=punctuation.separator.key-value|ip=variable.other|,=punctuation.separator|port=variable.other|==keyword.operator.assignment|80=string.unquoted|,=punctuation.separator|c=variable.other|==keyword.operator.assignment|"#a;b"=string.quoted.double|,=punctuation.separator|random[port]=storage.modifier.random|p=variable.other|;=punctuation.terminator`},
		{"roboconf", "\tcount: 2;", "count=support.type.property-name|:=punctuation.separator.key-value|2=constant.numeric|;=punctuation.terminator"},
		{"roboconf", "\tTomcat.port: 81;", "Tomcat.port=variable.other|:=punctuation.separator.key-value|81=constant.numeric|;=punctuation.terminator"},
		{"roboconf", "}", "}=punctuation.section.block"},

		{"roboconf-commands", "create Tomcat as t1 under /app 1 # x", "create=keyword.control|as=keyword.operator.word|under=keyword.operator.word|/app=string.unquoted.path|# x=comment.line.number-sign"},
		{"roboconf-commands", "Deploy and start all instances of VM", "Deploy and start all=keyword.control|instances of=keyword.other"},
		{"roboconf-commands", "define ip = $(RANDOM_UUID)", "define=keyword.control|==keyword.operator.assignment|$(RANDOM_UUID)=variable.other"},
		{"roboconf-commands", `write a \# b into f \`, `write=keyword.control|\#=constant.character.escape|into=keyword.operator.word|\=constant.character.escape`},

		{"roboconf-rules", `rule "scale up" // why`, `rule=keyword.control.rule|"scale up"=entity.name.function.rule|// why=comment.line.double-slash`},
		{"roboconf-rules", "sleep period is 30 s", "sleep period is=support.type.property-name|30=constant.numeric|s=keyword.other.unit"},
		{"roboconf-rules", "WHEN", "WHEN=keyword.control"},
		{"roboconf-rules", "on-sleep: defer", "on-sleep:=support.type.property-name|defer=constant.language"},
		{"roboconf-rules", "a and b", "and=keyword.operator.word"},

		{"roboconf-probes", "[EVENT file my-event] /srv/x", "[=punctuation.section.brackets|EVENT=keyword.control.event|file=support.function.handler|my-event=entity.name.section.event|]=punctuation.section.brackets"},
		{"roboconf-probes", "Check http://h:80/q THAT load >= 5.5", "Check=keyword.other|http://h:80/q=string.unquoted.url|THAT=keyword.operator.word|>==keyword.operator.comparison|5.5=constant.numeric"},
		{"roboconf-probes", "{{ dir }}/x # no comment", "{{ dir }}=variable.other"},
		{"roboconf-probes", "  # a comment", "# a comment=comment.line.number-sign"},
	} {
		got := strings.Join(readGrammar(t, c.grammar).line(c.line), "|")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %q\n got %s\nwant %s", c.grammar, c.line, got, c.want)
		}
	}
}

// Every line of the samples that says something has a colour.
func TestGrammarColoursTheSamples(t *testing.T) {
	g := readGrammar(t, "roboconf")
	for _, s := range samples.All() {
		err := fs.WalkDir(s.FS, ".", func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err != nil || ext != ".graph" && ext != ".instances" {
				return err
			}
			text, err := fs.ReadFile(s.FS, path)
			for i, line := range strings.Split(string(text), "\n") {
				if strings.TrimSpace(line) != "" && len(g.line(line)) == 0 {
					t.Errorf("%s %s:%d has no colour: %s", s.Name, path, i+1, line)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// The extension contributes what is there, and starts what exists.
func TestExtensionIsWhole(t *testing.T) {
	var p struct {
		Main        string
		Contributes struct {
			Languages []struct {
				ID            string
				Extensions    []string
				Configuration string
			}
			Grammars []struct{ Language, ScopeName, Path string }
			Commands []struct{ Command string }
		}
	}
	readJSON(t, filepath.Join(extension, "package.json"), &p)
	source, err := os.ReadFile(filepath.Join(extension, p.Main))
	if err != nil {
		t.Fatal(err)
	}
	coloured := map[string]bool{}
	for _, g := range p.Contributes.Grammars {
		if got := readGrammar(t, strings.TrimSuffix(filepath.Base(g.Path), ".tmLanguage.json")).ScopeName; got != g.ScopeName {
			t.Errorf("%s has the scope %s, not %s", g.Path, got, g.ScopeName)
		}
		coloured[g.Language] = true
	}
	for _, l := range p.Contributes.Languages {
		readJSON(t, filepath.Join(extension, l.Configuration), &map[string]any{})
		if !coloured[l.ID] || !strings.Contains(string(source), `"`+l.ID+`"`) {
			t.Errorf("%s has no grammar, or nobody serves it", l.ID)
		}
	}
	for _, c := range p.Contributes.Commands {
		if !strings.Contains(string(source), `"`+c.Command+`"`) {
			t.Errorf("nothing does %s", c.Command)
		}
	}
	if node, err := exec.LookPath("node"); err == nil {
		if out, err := exec.Command(node, "--check", filepath.Join(extension, p.Main)).CombinedOutput(); err != nil {
			t.Errorf("extension.js: %v\n%s", err, out)
		}
	}
}
