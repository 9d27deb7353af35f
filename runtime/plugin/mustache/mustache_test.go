package mustache

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func lookup(parts map[string]string) Partial {
	return func(name string) (string, error) {
		if text, ok := parts[name]; ok {
			return text, nil
		}
		return "", os.ErrNotExist
	}
}

// PL-45: the language, case by case, after the public specification of Mustache.
func TestRender(t *testing.T) {
	data := Tree{
		"x": "a<b>&\"'", "empty": "", "yes": true, "no": false, "n": 0, "a": Tree{"b": Tree{"c": "deep"}, "name": "inner"}, "name": "outer",
		"list": []Tree{{"v": "1"}, {"v": "2", "name": "own"}}, "words": []any{"p", "q"}, "none": []Tree{}, "vars": Tree{"db.url": "u"},
	}
	parts := map[string]string{"p": "[{{name}}]", "lines": "1\n2{{x}}\n", "node": "{{v}}{{#sub}}({{>node}}){{/sub}}"}
	for _, c := range []struct{ name, text, want string }{
		{"plain", "no tags {}", "no tags {}"},
		{"nothing is escaped", "{{x}} {{{x}}} {{&x}}", data["x"].(string) + " " + data["x"].(string) + " " + data["x"].(string)},
		{"unknown is empty", "[{{unknown}}{{a.unknown}}{{x.y}}]", "[]"},
		{"blanks in tags", "{{ x }}{{{ empty }}}{{& n }}", data["x"].(string) + "0"},
		{"truth", "{{yes}} {{n}}", "true 0"},
		{"dots", "{{a.b.c}}", "deep"},
		{"whole name as key", "{{vars.db.url}}{{#vars}}{{db.url}}{{/vars}}", "uu"},
		{"dots do not climb", "{{#a}}{{b.name}}{{/a}}", ""},
		{"list", "{{#list}}{{v}}-{{name}};{{/list}}", "1-outer;2-own;"},
		{"list of texts", "{{#words}}{{.}},{{/words}}", "p,q,"},
		{"empty list", "{{#none}}x{{/none}}{{^none}}y{{/none}}", "y"},
		{"tree as section", "{{#a}}{{name}}{{/a}}", "inner"},
		{"text as section", "{{#x}}{{.}}{{/x}}{{#empty}}no{{/empty}}", data["x"].(string)},
		{"truths", "{{#yes}}y{{/yes}}{{#no}}n{{/no}}{{^no}}N{{/no}}{{^yes}}Y{{/yes}}", "yN"},
		{"zero is a value", "{{#n}}z{{/n}}{{^n}}Z{{/n}}", "z"},
		{"unknown section", "{{#unknown}}x{{/unknown}}{{^unknown}}y{{/unknown}}", "y"},
		{"comment", "a{{! any {{ thing }}b", "ab"},
		{"comment of lines", "a\n  {{!\n more }}\nb", "a\nb"},
		{"sections alone on their lines", "a\n{{#yes}}\n  b\n{{/yes}}\nc\n", "a\n  b\nc\n"},
		{"with CRLF", "a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\nc", "a\r\nb\r\nc"},
		{"not alone", "a {{#yes}}\nb {{/yes}}\n", "a \nb \n"},
		{"two on a line", "{{#yes}}{{/yes}}\nx", "\nx"},
		{"at the ends", "{{#yes}}\nx\n{{/yes}}", "x\n"},
		{"variables are never alone", "  {{empty}}\nx", "  \nx"},
		{"delimiters", "{{=<% %>=}}<% name %> {{name}} <%={{ }}=%>{{name}}", "outer {{name}} outer"},
		{"delimiters alone", "a\n{{= | | =}}\n|name|\n", "a\nouter\n"},
		{"shell text", "${x} {{name}} $(y) { {", "${x} outer $(y) { {"},
		{"partial", "<{{>p}}{{#a}}{{> p }}{{/a}}>", "<[outer][inner]>"},
		{"partial on its line", "a\n  {{>lines}}\nb", "a\n  1\n  2" + data["x"].(string) + "\nb"},
		{"values are no templates", "{{#list}}{{/list}}{{t}}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Render(c.text, data, lookup(parts))
			if err != nil || got != c.want {
				t.Errorf("%q gives %q, %v; want %q", c.text, got, err, c.want)
			}
		})
	}
	tree := Tree{"v": "1", "sub": []Tree{{"v": "2", "sub": []Tree{{"v": "3", "sub": []Tree{}}}}, {"v": "4", "sub": []Tree{}}}}
	if got, err := Render("{{>node}}", tree, lookup(parts)); err != nil || got != "1(2(3))(4)" {
		t.Errorf("a tree of partials gives %q, %v", got, err)
	}
	if got, _ := Render("{{v}}", Tree{"v": "{{name}}", "name": "no"}, nil); got != "{{name}}" {
		t.Errorf("a value was taken for a template: %q", got)
	}
}

// PL-45: what is wrong in a template is an error that names the line; a partial without end is stopped.
func TestErrors(t *testing.T) {
	parts := map[string]string{"loop": "x{{>loop}}", "bad": "\n{{#a}}", "twice": "{{>twice}}{{>twice}}", "grow": "{{#l}}{{>grow}}{{/l}}" + strings.Repeat("x", 1000)}
	for text, want := range map[string]string{
		"a\n{{x":                             "line 2: the tag {{ is not closed by }}",
		"{{{x}}":                             "line 1: the tag {{ is not closed by }}}",
		"\n\n{{#a}}\n":                       "line 3: the section a is not closed",
		"{{/a}}":                             "line 1: the section a is closed but was not opened",
		"{{#a}}\n{{#b}}\n{{/a}}":             "line 3: the section a is closed inside b, which is open",
		"{{}}":                               "line 1: a tag without name",
		"{{#  }}":                            "line 1: a tag without name",
		"{{=<%=}}":                           "line 1: new delimiters are two words",
		"\n{{>none}}":                        "line 2: partial none: file does not exist",
		"{{>bad}}":                           "line 1: partial bad: line 2: the section a is not closed",
		"{{>loop}}":                          "the partial loop includes itself more than 100 times",
		"{{>twice}}":                         "includes itself more than 100 times",
		strings.Repeat("{{#a}}", maxDepth+2): "more than 100 sections within each other",
	} {
		if got, err := Render(text, Tree{"a": "1"}, lookup(parts)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q gives %.60q, %v; want %s", text, got, err, want)
		}
	}
	l := make([]Tree, 50)
	for i := range l {
		l[i] = Tree{}
	}
	if _, err := Render("{{>grow}}", Tree{"l": l}, lookup(parts)); err == nil {
		t.Error("a template grows without end")
	}
	if _, err := Render(strings.Repeat("{{#l}}", 8)+"{{a}}"+strings.Repeat("{{/l}}", 8), Tree{"l": l}, nil); err == nil || !strings.Contains(err.Error(), "steps") {
		t.Error("sections multiply without end:", err)
	}
	if _, err := Render("{{>x}}", nil, nil); !errors.Is(err, ErrNoPartial) {
		t.Error(err)
	}
}

// FuzzRender: no text makes it fail otherwise than with an error; without tags a text stays as it is.
func FuzzRender(f *testing.F) {
	for _, s := range []string{"a {{x}} {{#l}}{{v}}{{/l}}", "{{=<% %>=}}<%x%>", "{{>p}}\n {{>p}}", "{{{x}}}{{&x}}{{!c}}{{^l}}{{/l}}", "{{", "{{#a}}{{/b}}", "{{= =}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Render(text, Tree{"x": "1", "l": []Tree{{"v": "2"}}}, lookup(map[string]string{"p": "q{{x}}"}))
		if !strings.Contains(text, "{{") && (err != nil || got != text) {
			t.Errorf("%q gives %q, %v", text, got, err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	list := make([]Tree, 100)
	for i := range list {
		list[i] = Tree{"instancePath": "/vm/tomcat", "vars": Tree{"ip": "10.0.0.1", "port": "8080"}}
	}
	data := Tree{"importLists": []Tree{{"prefix": "Tomcat", "imports": list}}}
	text := "#!/bin/sh\n{{#importLists}}\n# {{prefix}}\n{{#imports}}\nserver {{vars.ip}}:{{vars.port}} # {{instancePath}}\n{{/imports}}\n{{/importLists}}\n"
	for b.Loop() {
		if _, err := Render(text, data, nil); err != nil {
			b.Fatal(err)
		}
	}
}
