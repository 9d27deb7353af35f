package page

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/diag"
)

const sample = `Why so.

More.

-- fr --
Parce que.
-- wrong/graph/main.graph --
Host {
-- wrong/instances/ --
-- wrong/graph/b.graph (quoted) --
"\uFEFFa\r\n"
"b"
-- right/commands/a.commands --
stop all /web
-- expect --
graph/main.graph:1:2
-
also X_TRAILING_COMMA
setting X_CMD_NEVER_USED = hint
strict
`

func TestRead(t *testing.T) {
	p, err := Read(diag.PEmptyFile, sample)
	if err != nil {
		t.Fatal(err)
	}
	if p.Why != "Why so.\n\nMore." || p.In(diag.French) != "Parce que." || p.In(diag.English) != p.Why {
		t.Errorf("explained: %q, %q", p.Why, p.French)
	}
	if got := p.Wrong["graph/b.graph"]; got != "\uFEFFa\r\nb" {
		t.Errorf("quoted: %q", got)
	}
	if !slices.Equal(p.Places, []string{"graph/main.graph:1:2", ""}) || !p.Strict || p.Recipe {
		t.Errorf("expected: %+v", p)
	}
	if !slices.Equal(p.Others, []diag.Code{diag.XTrailingComma}) {
		t.Errorf("others: %v", p.Others)
	}
	if !slices.Equal(p.ShownWrong, []string{"graph/b.graph", "graph/main.graph", "instances/"}) {
		t.Errorf("shown: %v", p.ShownWrong)
	}
	// Where the example has a graph, only the descriptor is supplied; else the whole shop is.
	if _, ok := p.Wrong["graph/Host/target.properties"]; ok || strings.Contains(p.Wrong[descriptor], "instance-entry-point") {
		t.Errorf("supplied to a graph: %v", p.Wrong)
	}
	if p.Right["instances/model.instances"] == "" || !strings.Contains(p.Right[descriptor], "instance-entry-point") {
		t.Errorf("supplied to a script: %v", p.Right)
	}
	if p.Right[settings] != "X_CMD_NEVER_USED = hint\n" {
		t.Errorf("settings: %q", p.Right[settings])
	}
}

func TestReadRefuses(t *testing.T) {
	for _, text := range []string{
		"-- elsewhere/x --\n", "-- wrong/../x --\n", "-- wrong/ --\n", "-- expect --\nperhaps\n", "-- wrong/x (quoted) --\nplain\n",
	} {
		if _, err := Read(diag.PEmptyFile, text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestAll(t *testing.T) {
	n := 0
	var last diag.Code
	for p := range All() {
		if last != "" && diag.CompareCodes(last, p.Code) >= 0 {
			t.Errorf("%s comes after %s", p.Code, last)
		}
		last, n = p.Code, n+1
	}
	files, err := pages.ReadDir("pages")
	if err != nil || n != len(files) {
		t.Errorf("%d pages of %d files: the others bear no name of a code, or cannot be read (%v)", n, len(files), err)
	}
	if _, ok := Of("X_NOBODY_KNOWS"); ok {
		t.Error("a page of a code that does not exist")
	}
}

// Every page is there in both languages (decision 11 of the product).
func TestFrenchPages(t *testing.T) {
	for p := range All() {
		if p.French == "" {
			t.Errorf("%s: not in French", p.Code)
		}
		if strings.Count(p.French, "\n\n") != strings.Count(p.Why, "\n\n") {
			t.Errorf("%s: not as many paragraphs in French", p.Code)
		}
	}
}

func TestFolder(t *testing.T) {
	files := Folder{"a": "x", "graph/main.graph": "Host", "graph/Host/t.properties": "", "instances/": "", ".roboconf/check": "y"}
	if err := fstest.TestFS(files, "a", "graph/main.graph", "graph/Host/t.properties", "instances", ".roboconf/check"); err != nil {
		t.Error(err)
	}
}

func TestMarkdown(t *testing.T) {
	p, err := Read(diag.XTrailingComma, "Why.\n-- wrong/graph/a.graph --\nA {\n-- wrong/instances/ --\n-- right/graph/a.graph (quoted) --\n\"\\uFEFFB\\r\\x01\"\n-- expect --\ngraph/a.graph:1:2\n-\nrecipe\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "### X_TRAILING_COMMA\n\n**hint** · This comma separates nothing. Remove it.\n\nWhy.\n\n" +
		"Wrong (read as a reusable recipe):\n\n`graph/a.graph`\n\n```\nA {\n```\n\n`instances/` (an empty folder)\n\nFound at `graph/a.graph:1:2`.\n\n" +
		"Right:\n\n`graph/a.graph`\n\n```\n‹U+FEFF›B␍\uFFFD\n```\n"
	if got := p.Markdown(diag.English, 3); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	for p := range All() {
		text, err := pages.ReadFile("pages/" + string(p.Code) + ".txt")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Read(diag.PEmptyFile, text)
		if err != nil {
			return
		}
		p.Markdown(diag.French, 1)
		for _, example := range []map[string]string{p.Wrong, p.Right} {
			for name := range example {
				if file, err := Folder(example).Open(strings.TrimSuffix(name, "/")); err == nil {
					file.Close()
				}
			}
		}
	})
}
