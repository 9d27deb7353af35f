package refactor_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

const (
	entry = "instances/main.instances"
	graph = "vm {\n\tinstaller: target;\n\tchildren: web, app;\n}\nweb {\n\tinstaller: script;\n\tchildren: app;\n\texports: port = 80;\n}\napp {\n\tinstaller: script;\n}\n"
)

// project is an application with the given text of instances; without any, the file does not exist.
func project(instances string) fstest.MapFS {
	fsys := fstest.MapFS{
		"descriptor/application.properties": {Data: []byte("name = shop\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n")},
		"graph/main.graph":                  {Data: []byte(graph)},
	}
	if instances != "" {
		fsys[entry] = &fstest.MapFile{Data: []byte(instances)}
	}
	return fsys
}

func read(instances string) *load.Result { return load.Dir(project(instances), load.Options{}, nil) }

func paths(r *load.Result) (list []string) {
	for path := range model.Walk(r.App.Instances) {
		list = append(list, path)
	}
	slices.Sort(list)
	return list
}

// edited checks that all edits are of the entry file and gives its text after them.
func edited(t *testing.T, text string, edits []source.Edit) string {
	t.Helper()
	for _, e := range edits {
		if e.Place.File != entry {
			t.Fatalf("an edit of %q", e.Place.File)
		}
	}
	return source.Apply(text, edits)
}

type change struct {
	name, before string
	do           func(*load.Result) ([]source.Edit, error)
	after        string // the text, or what the error says when it starts with "refuses "
	added, gone  string // paths
}

func run(t *testing.T, table []change) {
	t.Helper()
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			r := read(c.before)
			edits, err := c.do(r)
			if why, refuses := strings.CutPrefix(c.after, "refuses "); refuses {
				if err == nil || !strings.Contains(err.Error(), why) {
					t.Fatalf("says %v, want %q", err, why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := edited(t, c.before, edits)
			if got != c.after {
				t.Errorf("%q\nbecame\n%q\nwant\n%q", c.before, got, c.after)
			}
			want := slices.DeleteFunc(append(paths(r), strings.Fields(c.added)...), func(p string) bool {
				return slices.Contains(strings.Fields(c.gone), p)
			})
			slices.Sort(want)
			if now := paths(read(got)); !slices.Equal(now, want) {
				t.Errorf("the instances are %q, want %q", now, want)
			}
		})
	}
}

func copies(path, name string) func(*load.Result) ([]source.Edit, error) {
	return func(r *load.Result) ([]source.Edit, error) { return refactor.Copy(r, path, name) }
}

func deletes(path string) func(*load.Result) ([]source.Edit, error) {
	return func(r *load.Result) ([]source.Edit, error) { return refactor.Delete(r, path) }
}

func adds(parent, component, name string) func(*load.Result) ([]source.Edit, error) {
	return func(r *load.Result) ([]source.Edit, error) { return refactor.Add(r, parent, component, name) }
}

const (
	one     = "instance of vm {\n\tname: a;\n}\n"
	counted = "# two alike\ninstance of vm {\n\tname: app;\n\tcount: 2; # for now\n\n\tinstance of web {\n\t\tname: w;\n\t\tport: 81;\n\t}\n}\n"
)

func TestCopy(t *testing.T) {
	run(t, []change{
		{"a root", one, copies("/a", "b"), one + "\ninstance of vm {\n\tname: b;\n}\n", "/b", ""},
		{
			"MOD-100 the count stays with the model", counted, copies("/app1", "app3"),
			counted + "\ninstance of vm {\n\tname: app3;\n\n\tinstance of web {\n\t\tname: w;\n\t\tport: 81;\n\t}\n}\n", "/app3 /app3/w", "",
		},
		{
			"the copy of an inner count has it", "instance of vm {\n\tname: a;\n\tinstance of web {\n\t\tname: w;\n\t\tcount: 2;\n\t}\n}\n", copies("/a", "b"),
			"instance of vm {\n\tname: a;\n\tinstance of web {\n\t\tname: w;\n\t\tcount: 2;\n\t}\n}\n" +
				"\ninstance of vm {\n\tname: b;\n\tinstance of web {\n\t\tname: w;\n\t\tcount: 2;\n\t}\n}\n", "/b /b/w1 /b/w2", "",
		},
		{
			"MOD-101 data and states are not copied",
			"instance of vm {\n\tname: a;\n\tinstance-state: starting;\n\tdata.x: 1;\n\tchannels: c;\n\tinstance of web {\n\t\tname: w;\n\t\tDATA.y: 2;\n\t\tinstance-data: a = b;\n\t\tport: 1;\n\t}\n}\n", copies("/a", "b"),
			"instance of vm {\n\tname: a;\n\tinstance-state: starting;\n\tdata.x: 1;\n\tchannels: c;\n\tinstance of web {\n\t\tname: w;\n\t\tDATA.y: 2;\n\t\tinstance-data: a = b;\n\t\tport: 1;\n\t}\n}\n" +
				"\ninstance of vm {\n\tname: b;\n\tchannels: c;\n\tinstance of web {\n\t\tname: w;\n\t\tport: 1;\n\t}\n}\n", "/b /b/w", "",
		},
		{
			"nested, with its indentation", "instance of vm {\n  name: a;\n\n  instance of web {\n    name: w; # here\n  } # done\n}\n" + one[:0], copies("/a/w", "x"),
			"instance of vm {\n  name: a;\n\n  instance of web {\n    name: w; # here\n  } # done\n\n  instance of web {\n    name: x; # here\n  } # done\n}\n", "/a/x", "",
		},
		{"line ends of its own", "instance of vm {\r\n\tname: a;\r\n}\r\n", copies("/a", "b"), "instance of vm {\r\n\tname: a;\r\n}\r\n\r\ninstance of vm {\r\n\tname: b;\r\n}\r\n", "/b", ""},
		{"no line end", "instance of vm {\n\tname: a;\n}", copies("/a", "b"), "instance of vm {\n\tname: a;\n}\n\ninstance of vm {\n\tname: b;\n}", "/b", ""},
		{"between others", one + "\n# next\ninstance of vm {\n\tname: z;\n}\n", copies("/a", "b"), one + "\ninstance of vm {\n\tname: b;\n}\n\n# next\ninstance of vm {\n\tname: z;\n}\n", "/b", ""},
		{"a byte-order mark", "\uFEFF" + one, copies("/a", "b"), "\uFEFF" + one + "\ninstance of vm {\n\tname: b;\n}\n", "/b", ""},

		{"unknown", one, copies("/x", "b"), "refuses copy /x: there is no instance /x", "", ""},
		{"taken", one, copies("/a", "a"), "refuses there is an instance /a already", "", ""},
		{"taken by a copy", counted, copies("/app1", "app2"), "refuses there is an instance /app2 already", "", ""},
		{"MOD-93 taken in the text", counted, copies("/app1", "app"), "refuses has the name app already", "", ""},
		{"DSL-12 no name", one, copies("/a", "1/b"), "refuses \"1/b\" cannot be a name", "", ""},
		{"never closed", "instance of vm {\n\tname: a;\n", copies("/a", "b"), "refuses no closing bracket (" + entry + ":1)", "", ""},
	})
}

func TestDelete(t *testing.T) {
	const two = one + "\n# the second,\n# of two\ninstance of vm {\n\tname: b;\n}\n"
	ten := "instance of vm {\n\tname: a;\n\tcount: 10;\n}\n"
	run(t, []change{
		{"the last, with its comment", two, deletes("/b"), one, "", "/b"},
		{"the first, with the blank line after it", two, deletes("/a"), two[len(one)+1:], "", "/a"},
		{"one between", two + "\ninstance of vm {\n\tname: c;\n}\n", deletes("/b"), one + "\ninstance of vm {\n\tname: c;\n}\n", "", "/b"},
		{"a comment that does not touch stays", "# all\n\n" + one, deletes("/a"), "# all\n", "", "/a"},
		{"with what is below", "instance of vm {\n\tname: a;\n\n\tinstance of web {\n\t\tname: w;\n\t}\n}\n\n" + strings.ReplaceAll(one, "a;", "b;"), deletes("/a"), strings.ReplaceAll(one, "a;", "b;"), "", "/a /a/w"},
		{"nested", "instance of vm {\n\tname: a;\n\n\t# web\n\tinstance of web {\n\t\tname: w;\n\t}\n\n\tinstance of app {\n\t\tname: x;\n\t}\n}\n", deletes("/a/w"), "instance of vm {\n\tname: a;\n\n\tinstance of app {\n\t\tname: x;\n\t}\n}\n", "", "/a/w"},
		{"line ends of its own", "instance of vm {\r\n\tname: a;\r\n}\r\n\r\n# c\r\ninstance of vm {\r\n\tname: b;\r\n}\r\n", deletes("/b"), "instance of vm {\r\n\tname: a;\r\n}\r\n", "", "/b"},
		{"no line end", "instance of vm {\r\n\tname: a;\r\n}\r\n\r\ninstance of vm {\r\n\tname: b;\r\n}", deletes("/b"), "instance of vm {\r\n\tname: a;\r\n}", "", "/b"},
		{"the only one", one, deletes("/a"), "", "", "/a"},
		{"MOD-100 the last copy", strings.ReplaceAll(counted, "2;", "3;"), deletes("/app3"), counted, "", "/app3 /app3/w"},
		{"MOD-100 one is left: it keeps its name", counted, deletes("/app2"), strings.Replace(strings.Replace(counted, "\tcount: 2; # for now\n", "", 1), "app;", "app1;", 1), "", "/app2 /app2/w"},
		{"MOD-100 an index keeps its zero", ten, deletes("/a10"), strings.NewReplacer("a;", "a0;", "10", "9").Replace(ten), "", "/a10"},

		{"unknown", one, deletes("/x"), "refuses delete /x: there is no instance /x", "", ""},
		{"MOD-100 not the last copy", counted, deletes("/app1"), "refuses delete /app2", "", ""},
		{"below copies", counted, deletes("/app2/w"), "refuses declared once for the 2 copies", "", ""},
		{"MOD-93 the name that would stay is another's", counted + "instance of vm {\n\tname: app1;\n\tcount: 3;\n}\n", deletes("/app2"), "refuses would have to be called app1", "", ""},
	})
}

func TestAdd(t *testing.T) {
	const b = "instance of vm {\n\tname: b;\n}\n"
	run(t, []change{
		{"a file that is not there", "", adds("", "vm", "b"), b, "/b", ""},
		{"a root", one, adds("/", "vm", "b"), one + "\n" + b, "/b", ""},
		{"after a comment", "# all\n", adds("", "vm", "b"), "# all\n\n" + b, "/b", ""},
		{"after a blank line", one + "\n", adds("", "vm", "b"), one + "\n" + b, "/b", ""},
		{"after a text without line end", "instance of vm {\r\n  name: a;\r\n}", adds("", "vm", "b"), "instance of vm {\r\n  name: a;\r\n}\r\n\r\ninstance of vm {\r\n  name: b;\r\n}\r\n", "/b", ""},
		{"below one", one, adds("/a", "web", "w"), "instance of vm {\n\tname: a;\n\n\tinstance of web {\n\t\tname: w;\n\t}\n}\n", "/a/w", ""},
		{"below one of the second level", "instance of vm {\n  name: a;\n  instance of web {\n    name: w;\n\n  }\n}\n", adds("/a/w", "app", "x"), "instance of vm {\n  name: a;\n  instance of web {\n    name: w;\n\n    instance of app {\n      name: x;\n    }\n  }\n}\n", "/a/w/x", ""},
		{"below copies", counted, adds("/app2", "app", "x"), counted[:len(counted)-2] + "\n\tinstance of app {\n\t\tname: x;\n\t}\n}\n", "/app1/x /app2/x", ""},

		{"unknown parent", one, adds("/x", "web", "w"), "refuses there is no instance /x", "", ""},
		{"unknown component", one, adds("/a", "Web", "w"), `refuses there is no component "Web"; did you mean web?`, "", ""},
		{"taken", one, adds("", "vm", "a"), "refuses add /a: there is an instance /a already", "", ""},
		{"never closed", "instance of vm {\n\tname: a;\n", adds("", "vm", "b"), "refuses no closing bracket", "", ""},
		{"another language", graph, adds("", "vm", "b"), "refuses is a file of the graph", "", ""},
	})
	r := load.Dir(fstest.MapFS{"graph/main.graph": {Data: []byte(graph)}}, load.Options{}, nil)
	if _, err := refactor.Add(r, "", "vm", "a"); err == nil || !strings.Contains(err.Error(), "instance-entry-point") {
		t.Errorf("without entry: %v", err)
	}
}

// What no file declares cannot be changed in one.
func TestNoFile(t *testing.T) {
	r := read(one)
	app := *r.App
	app.Instances = []*model.Instance{{Name: "made", Component: "vm"}}
	bare := &load.Result{App: &app, Files: r.Files}
	for _, do := range []func(*load.Result) ([]source.Edit, error){copies("/made", "b"), deletes("/made"), adds("/made", "web", "w")} {
		if _, err := do(bare); err == nil || !strings.Contains(err.Error(), "no file declares it") {
			t.Errorf("says %v", err)
		}
	}
}

// below are the paths of an instance and of all under it, with another name for it.
func below(list []string, path, name string) (out []string) {
	for _, p := range list {
		if rest, ok := strings.CutPrefix(p, path); ok && (rest == "" || rest[0] == '/') {
			out = append(out, path[:strings.LastIndexByte(path, '/')+1]+name+rest)
		}
	}
	return out
}

// copyThenDelete checks, for each instance of a text: the copy brings its paths and no finding of the text, and deleting it gives
// the text back. Copies below a count show in each of its instances and cannot be deleted alone: they are left out.
func copyThenDelete(t *testing.T, load func(text string) *load.Result, text string) {
	t.Helper()
	before := load(text)
	was := paths(before)
	if len(slices.Compact(slices.Clone(was))) < len(was) {
		return // a path that means two instances
	}
	for _, path := range was {
		branch := model.Branch(before.App.Instances, path)
		if slices.ContainsFunc(branch[:len(branch)-1], func(i *model.Instance) bool { return i.Count >= 2 }) {
			continue
		}
		edits, err := refactor.Copy(before, path, "the_copy")
		if err != nil {
			continue // refusals have a test of their own
		}
		copied := source.Apply(text, edits)
		after := load(copied)
		want := append(below(was, path, "the_copy"), was...)
		slices.Sort(want)
		if got := paths(after); !slices.Equal(got, want) {
			t.Fatalf("copy of %s in %q\ngives %q\nwant  %q", path, text, got, want)
		}
		if a, b := codes(before), codes(after); !maps.Equal(a, b) {
			t.Fatalf("copy of %s in %q has the findings %v, before %v", path, text, b, a)
		}
		edits, err = refactor.Delete(after, path[:strings.LastIndexByte(path, '/')+1]+"the_copy")
		if err != nil {
			t.Fatal(err)
		}
		if got := source.Apply(copied, edits); got != text {
			t.Fatalf("after copy of %s and deletion\n%q\nis\n%q", path, text, got)
		}
	}
}

// codes are the findings of the text that there are.
func codes(r *load.Result) map[string]bool {
	out := map[string]bool{}
	for _, p := range r.Problems {
		if strings.HasPrefix(string(p.Code), "P_") || strings.HasPrefix(string(p.Code), "PM_") {
			out[string(p.Code)] = true
		}
	}
	return out
}

func TestCopyThenDelete(t *testing.T) {
	for _, text := range []string{one, counted, one + "\n" + counted + "\n\n# end\n", strings.ReplaceAll(one+counted, "\n", "\r\n"), counted[:len(counted)-1], gen.Instances(12, 30)} {
		copyThenDelete(t, read, text)
	}
}

// The sample of the README: its second machine is copied while everything runs.
func TestLamp(t *testing.T) {
	lamp := os.DirFS("../../samples/lamp")
	text, err := os.ReadFile("../../samples/lamp/instances/main.instances")
	if err != nil {
		t.Fatal(err)
	}
	copyThenDelete(t, func(text string) *load.Result {
		all := fstest.MapFS{entry: {Data: []byte(text)}}
		for name := range load.Dir(lamp, load.Options{}, nil).Files {
			if name != entry {
				data, err := lamp.(interface{ ReadFile(string) ([]byte, error) }).ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				all[name] = &fstest.MapFile{Data: data}
			}
		}
		return load.Dir(all, load.Options{}, nil)
	}, string(text))
}

// manyDigits may be a count that makes so many instances that there is no time for others.
var manyDigits = regexp.MustCompile(`[0-9]{3}`)

func FuzzCopyThenDelete(f *testing.F) {
	for _, text := range []string{one, counted, strings.ReplaceAll(counted, "\n", "\r\n"), "\uFEFF" + one + one, gen.Instances(6, 9), "instance of vm\n{\nname: a;\n}\n", gen.Mess(4, 20)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4_000 || strings.Contains(text, "import") || manyDigits.MatchString(text) {
			t.Skip("too long, too many instances, or several files")
		}
		if r := read(text); len(codes(r)) == 0 && len(paths(r)) < 100 {
			copyThenDelete(t, read, text)
		}
	})
}
