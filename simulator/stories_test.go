package simulator

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/simulator/scenario"
)

// TestStories tells the stories of testdata/stories: an application, a profile, a story whose blocks hold the whole trace
// since the block before. -update rewrites the blocks: read the difference before you commit it.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { tellFile(t, file) })
	}
}

func tellFile(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(data)
	app, prof, story := readArchive(t, archive)
	w := New(app, Options{Seed: 1, Profile: prof, Wire: true, Strict: true})
	told := w.teller(story)
	from := 0
	for i := range story.Acts {
		told.act(story.Acts[i])
		if a := &story.Acts[i]; a.HasGolden {
			a.Golden = linesSince(w, from)
			from = w.Trace().Len()
		}
	}
	r := told.report()
	for _, words := range r.Failed {
		t.Error(words)
	}
	for _, b := range r.Broken {
		t.Error(b)
	}
	if !r.Settled {
		t.Error("it does not settle")
	}
	for i := range archive.Files {
		if archive.Files[i].Name == "story" {
			archive.Files[i].Data = rewrite(archive.Files[i].Data, story)
		}
	}
	compare(t, file, data, txtar.Format(archive))
}

func compare(t *testing.T, file string, want, got []byte) {
	t.Helper()
	switch {
	case bytes.Equal(want, got):
	case golden.Updating():
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Error(err)
		}
	default:
		for i, line := range strings.Split(string(got), "\n") {
			old := strings.Split(string(want), "\n")
			if i >= len(old) || old[i] != line {
				t.Fatalf("%s:%d: the trace is another (-update rewrites it), from\n%s", file, i+1, line)
			}
		}
		t.Errorf("%s is longer than what the test produced", file)
	}
}

func linesSince(w *World, from int) string {
	var b strings.Builder
	for e := range w.Trace().Since(from) {
		fmt.Fprintln(&b, e)
	}
	return b.String()
}

// rewrite puts the blocks of a story back below the lines that they belong to; comments stay.
func rewrite(text []byte, story *scenario.Story) []byte {
	lines := strings.SplitAfter(string(text), "\n")
	var b strings.Builder
	next := 0
	for i := 0; i < len(lines); i++ {
		b.WriteString(lines[i])
		if next >= len(story.Acts) || story.Acts[next].Line != i+1 {
			continue
		}
		a := story.Acts[next]
		next++
		if !a.HasGolden {
			continue
		}
		for i++; strings.TrimSpace(lines[i]) != "----"; i++ {
			b.WriteString(lines[i])
		}
		b.WriteString("----\n" + a.Golden)
		for i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" {
			i++
		}
	}
	return []byte(b.String())
}

// readArchive reads an application with its story.
func readArchive(t testing.TB, archive *txtar.Archive) (*model.Application, *profile.Profile, *scenario.Story) {
	t.Helper()
	files := fstest.MapFS{"descriptor/application.properties": {Data: []byte(
		"application-name = test\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n")}}
	prof, story := &profile.Profile{}, (*scenario.Story)(nil)
	var err error
	for _, f := range archive.Files {
		switch f.Name {
		case "story":
			if story, err = scenario.Parse("story", string(f.Data)); err != nil {
				t.Fatal(err)
			}
		case "profile":
			if prof, err = profile.Parse("profile", string(f.Data)); err != nil {
				t.Fatal(err)
			}
		default:
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return loadFS(t, files), prof, story
}

func loadFS(t testing.TB, files fs.FS) *model.Application {
	t.Helper()
	r := load.Dir(files, load.Options{}, nil)
	if !r.HasGraph || len(r.App.Instances) == 0 {
		t.Fatalf("no application: %v", r.Problems)
	}
	return r.App
}
