package automation_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// everything asks all there is to ask about a place, and holds the places of the answers.
func everything(t *testing.T, g ask.Ground, file string, at int) {
	t.Helper()
	lang := languageOf(file)
	text, _ := g.Text(file)
	in := func(what string, s source.Span) {
		if s.Start < 0 || s.End < s.Start || s.End > len(text) {
			t.Fatalf("%s stands at %v of %d bytes", what, s, len(text))
		}
	}
	for _, i := range lang.Complete(g, file, at).Items {
		in("the item "+i.Label, i.Replace)
	}
	if h, ok := lang.Hover(g, file, at); ok {
		in("a hover", h.Span)
		if h.Markdown == "" {
			t.Fatal("an empty hover")
		}
	}
	var outline func(list []ask.Symbol)
	outline = func(list []ask.Symbol) {
		for _, s := range list {
			in("the symbol "+s.Name, s.Whole)
			in("the place of "+s.Name, s.Place)
			if s.Place.Start < s.Whole.Start || s.Place.End > s.Whole.End {
				t.Fatalf("%s: %v is not inside %v", s.Name, s.Place, s.Whole)
			}
			outline(s.Children)
		}
	}
	outline(lang.Outline(g, file))
	for _, f := range lang.Folds(g, file) {
		in("a fold", f.Span)
	}
	end := 0
	for _, c := range lang.Colors(g, file) {
		in("a colour", c.Span)
		if c.Span.Start < end {
			t.Fatalf("colours overlap at %d", c.Span.Start)
		}
		end = c.Span.End
	}
	for _, h := range lang.Hints(g, file, source.Span{End: len(text)}) {
		in("a hint", source.Span{Start: h.At, End: h.At})
	}
	for _, l := range lang.Lenses(g, file) {
		in("a lens", l.Span)
		in("what a lens is about", source.Span{Start: l.At, End: l.At})
	}
	for _, l := range lang.Links(g, file) {
		in("a link", l.Span)
	}
}

// FuzzEverything asks about any place of any text.
func FuzzEverything(f *testing.F) {
	for name, text := range shop {
		if !strings.HasPrefix(name, "graph") && !strings.HasPrefix(name, "desc") && !strings.HasPrefix(name, "inst") {
			f.Add(text, len(text)/2)
		}
	}
	for _, text := range []string{
		"create Server as \\\n x under /h 1 \\\n # c", "define a = $(", "email a@b,, with\nexecute \xff", "stop all /$(a $(b)", "rule \"", "rule \"a\" when and then end",
		"rule \"x\"\nwhen a /* b\n*/ or\nthen ;; end rule", "[EVENT rest {{", "[EVENT docker e every 5s] {{ port }}\nROBO", "\uFEFF[event\n{{ x }}", "# a\n# b\n\n",
	} {
		f.Add(text, len(text))
		f.Add(text, 3)
	}
	g := ground(nil)
	f.Fuzz(func(t *testing.T, text string, at int) {
		if len(text) > 2000 {
			return
		}
		for _, file := range []string{script, drl, "probes/Server.measures"} {
			fsys := fstest.MapFS{}
			for name, content := range g.FS.(fstest.MapFS) {
				fsys[name] = content
			}
			fsys[file] = &fstest.MapFile{Data: []byte(text)}
			other := *g.Result
			other.Files = map[string]*load.File{}
			for name, content := range g.Result.Files {
				if name != file {
					other.Files[name] = content
				}
			}
			everything(t, ask.Ground{Result: &other, FS: fsys}, file, at)
		}
	})
}

// large is an application of 1,000 components with long files of each language.
func large() (ask.Ground, map[string]string) {
	files := gen.Application(1000, 1000)
	files["commands/long.commands"] = strings.Repeat("define n = machine $(SMART_INDEX)\nreplicate /machine 0 as $(n)\nstop all /$(n)\ndelete /$(n)\n", 249) + "define n = x\nstop all /machine 1/\n"
	files["rules.autonomic/long.drl"] = "rule \"long\"\nsleep period is 8s\nwhen\n\tbusy\nthen\n" + strings.Repeat("\tlong\n", 994) + "end\n"
	files["probes/Software1.measures"] = strings.Repeat("# Is it busy?\n[EVENT rest busy]\nCheck http://localhost/x THAT load > 5\n\n", 250)
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}, files
}

func BenchmarkLarge(b *testing.B) {
	g, files := large()
	for _, c := range []struct{ name, file, before string }{
		{"commands", "commands/long.commands", "stop all /machine 1/"},
		{"rules", "rules.autonomic/long.drl", "end\n"},
		{"probes", "probes/Software1.measures", "busy]"},
	} {
		at := strings.LastIndex(files[c.file], c.before) + len(c.before)
		if c.name == "rules" {
			at -= len(c.before)
		}
		b.Run(c.name+"/complete", func(b *testing.B) {
			for b.Loop() {
				languageOf(c.file).Complete(g, c.file, at)
			}
		})
		b.Run(c.name+"/hover", func(b *testing.B) {
			for b.Loop() {
				languageOf(c.file).Hover(g, c.file, at-2)
			}
		})
		b.Run(c.name+"/hints", func(b *testing.B) {
			for b.Loop() {
				languageOf(c.file).Hints(g, c.file, source.Span{End: len(files[c.file])})
			}
		})
	}
}
