package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// texts stands for the loader: it reads every visible file, and the result holds what it read.
func texts(fsys fs.FS, _ *load.Result, _ check.Options) (*load.Result, []diag.Problem) {
	r := &load.Result{Files: map[string]*load.File{}}
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if data, err := fs.ReadFile(fsys, name); err == nil {
				r.Files[name] = &load.File{Name: name, Text: string(data)}
			}
		}
		return nil
	})
	return r, nil
}

const graph = "graph/main.graph"

// project opens a folder with the files given: name, text, name, text.
func project(t *testing.T, files ...string) *Workspace {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		put(t, filepath.Join(dir, files[i]), files[i+1])
	}
	w, err := open(dir, texts)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func put(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w *Workspace) path(file string) string { return filepath.Join(w.dir, file) }

func disked(t *testing.T, w *Workspace, file string) string {
	t.Helper()
	data, err := os.ReadFile(w.path(file))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func rescan(t *testing.T, w *Workspace) []Change {
	t.Helper()
	_, changes, err := w.Rescan()
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestEditLaysTextOverTheDisk(t *testing.T) {
	w := project(t, graph, "A {\n}\n", ".git/HEAD", "x", "recipe/.keep", "")
	first := w.Snapshot()
	second := w.Edit(graph, "B {\n}\n")
	if got := second.Result.Files[graph].Text; got != "B {\n}\n" {
		t.Errorf("the loader read %q", got)
	}
	if !second.Dirty[graph] || len(first.Dirty) != 0 || first.Result.Files[graph].Text != "A {\n}\n" {
		t.Errorf("first %v, second %v: a snapshot never changes", first.Dirty, second.Dirty)
	}
	if disked(t, w, graph) != "A {\n}\n" {
		t.Error("an edit wrote to the disk")
	}
	if second.Version <= first.Version {
		t.Errorf("versions %d, %d", first.Version, second.Version)
	}
	if s := w.Edit(graph, "A {\n}\n"); s.Dirty[graph] {
		t.Error("the text of the disk is not unsaved")
	}
	w.Edit("graph/new/other.graph", "C {\n}\n")
	if s := w.Snapshot(); !slices.Equal(s.All, []string{graph, "graph/new/other.graph"}) {
		t.Errorf("files %q", s.All)
	}
	if s := w.Revert("graph/new/other.graph"); len(s.Dirty) != 0 || len(s.All) != 1 {
		t.Errorf("after reverting: %v %q", s.Dirty, s.All)
	}
	if s := w.Edit("../outside", "x"); len(s.Dirty) != 0 {
		t.Error("a path out of the folder was taken")
	}
}

func TestViewIsAFileSystem(t *testing.T) {
	w := project(t, graph, "A {\n}\n", "readme", "hello")
	w.Edit(graph, "longer than before\n")
	s := w.Edit("recipes/deep/run.sh", "#!/bin/sh\n")
	if err := fstest.TestFS(s.FS, graph, "readme", "recipes/deep/run.sh"); err != nil {
		t.Error(err)
	}
}

func TestSave(t *testing.T) {
	w := project(t, graph, "old\n")
	if err := os.Chmod(w.path(graph), 0o750); err != nil {
		t.Fatal(err)
	}
	w.Edit(graph, "new\n")
	s, err := w.Save(graph, false)
	if err != nil || s.Dirty[graph] || disked(t, w, graph) != "new\n" {
		t.Fatalf("%v, dirty %v, disk %q", err, s.Dirty, disked(t, w, graph))
	}
	if info, _ := os.Stat(w.path(graph)); info.Mode().Perm() != 0o750 {
		t.Errorf("mode is now %v", info.Mode())
	}
	if left, _ := os.ReadDir(w.path("graph")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if changes := rescan(t, w); len(changes) != 0 {
		t.Errorf("our own saving came back as %v", changes)
	}
	w.Edit("instances/a/b.instances", "made\n")
	if s, err := w.Save("instances/a/b.instances", false); err != nil || len(s.All) != 2 {
		t.Errorf("%v, files %v", err, s.All)
	}
	if changes := rescan(t, w); len(changes) != 0 {
		t.Errorf("our own saving came back as %v", changes)
	}
}

func TestSaveFollowsLinks(t *testing.T) {
	w := project(t, "shared/real.graph", "old\n", "graph/x", "")
	link := w.path("graph/link.graph")
	if err := os.Symlink("../shared/real.graph", link); err != nil {
		t.Skip("no links here:", err)
	}
	rescan(t, w)
	w.Edit("graph/link.graph", "new\n")
	if _, err := w.Save("graph/link.graph", false); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Lstat(link); info.Mode()&fs.ModeSymlink == 0 || disked(t, w, "shared/real.graph") != "new\n" {
		t.Errorf("the link is %v, its file %q", info.Mode(), disked(t, w, "shared/real.graph"))
	}
	if err := os.Remove(w.path("shared/real.graph")); err != nil {
		t.Fatal(err)
	}
	w.Edit("graph/link.graph", "again\n")
	if _, err := w.Save("graph/link.graph", true); err == nil || !strings.Contains(err.Error(), "leads nowhere") {
		t.Errorf("saving through a broken link: %v", err)
	}
}

func TestSaveRefusesWhatItHasNotSeen(t *testing.T) {
	w := project(t, graph, "base\n")
	w.Edit(graph, "mine\n")
	put(t, w.path(graph), "theirs\n")
	if _, err := w.Save(graph, false); !errors.Is(err, ErrChanged) || disked(t, w, graph) != "theirs\n" {
		t.Fatalf("%v, disk %q", err, disked(t, w, graph))
	}
	changes := rescan(t, w)
	want := Change{File: graph, Text: "theirs\n", Base: "base\n", Dirty: true}
	if !slices.Equal(changes, []Change{want}) {
		t.Fatalf("changes %+v", changes)
	}
	w.Edit(graph, "mine still\n")
	if _, err := w.Save(graph, false); !errors.Is(err, ErrChanged) {
		t.Fatalf("knowing is not merging: %v", err)
	}
	w.Rebase(graph, "older\n", false)
	if _, err := w.Save(graph, false); !errors.Is(err, ErrChanged) {
		t.Fatalf("merged with something older: %v", err)
	}
	w.Rebase(graph, "theirs\n", false)
	if _, err := w.Save(graph, false); err != nil || disked(t, w, graph) != "mine still\n" {
		t.Errorf("%v, disk %q", err, disked(t, w, graph))
	}
}

func TestSaveByForce(t *testing.T) {
	w := project(t, graph, "base\n")
	w.Edit(graph, "mine\n")
	put(t, w.path(graph), "theirs\n")
	if _, err := w.Save(graph, true); err != nil || disked(t, w, graph) != "mine\n" {
		t.Errorf("%v, disk %q", err, disked(t, w, graph))
	}
}

func TestSaveOfARemovedFile(t *testing.T) {
	w := project(t, graph, "base\n")
	w.Edit(graph, "mine\n")
	if err := os.Remove(w.path(graph)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Save(graph, false); !errors.Is(err, ErrChanged) {
		t.Errorf("saved over a removal: %v", err)
	}
	if changes := rescan(t, w); len(changes) != 1 || !changes[0].Removed || !changes[0].Dirty || changes[0].Base != "base\n" {
		t.Errorf("changes %+v", changes)
	}
	if s := w.Rebase(graph, "", true); s.Result.Files[graph].Text != "mine\n" {
		t.Error("unsaved text is gone with the file")
	}
	if _, err := w.Save(graph, false); err != nil || disked(t, w, graph) != "mine\n" {
		t.Error(err)
	}
}

func TestSaveRefusesReadOnlyFiles(t *testing.T) {
	w := project(t, graph, "base\n")
	if err := os.Chmod(w.path(graph), 0o444); err != nil {
		t.Fatal(err)
	}
	w.Edit(graph, "mine\n")
	s, err := w.Save(graph, true)
	if !errors.Is(err, ErrReadOnly) || !s.Dirty[graph] {
		t.Fatalf("%v, dirty %v", err, s.Dirty)
	}
	if got := err.Error(); got != "save graph/main.graph: the file is read-only; allow writing with chmod u+w" {
		t.Errorf("sentence %q", got)
	}
}

func TestRescan(t *testing.T) {
	w := project(t, graph, "one\n", "b.txt", "b", "c.txt", "c")
	if changes := rescan(t, w); len(changes) != 0 {
		t.Fatalf("nothing happened, but %v", changes)
	}
	before := w.Snapshot()
	temp := w.path("graph/.main.graph.swp")
	put(t, temp, "two\n")
	if err := os.Rename(temp, w.path(graph)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(w.path("b.txt")); err != nil {
		t.Fatal(err)
	}
	put(t, w.path("x/y/new.graph"), "new\n")
	changes := rescan(t, w)
	want := []Change{{File: "b.txt", Base: "b", Removed: true}, {File: graph, Text: "two\n", Base: "one\n"}, {File: "x/y/new.graph", Text: "new\n"}}
	if !slices.Equal(changes, want) {
		t.Errorf("changes %+v", changes)
	}
	s := w.Snapshot()
	if s.Version <= before.Version || s.Result.Files[graph].Text != "two\n" || !slices.Equal(s.All, []string{"c.txt", graph, "x/y/new.graph"}) {
		t.Errorf("snapshot %d: %q", s.Version, s.All)
	}
}

func TestRescanSeesAChangeThatTheStatHides(t *testing.T) {
	w := project(t, graph, "one\n")
	info, err := os.Stat(w.path(graph))
	if err != nil {
		t.Fatal(err)
	}
	put(t, w.path(graph), "two\n") // same size, same file; then the same time
	if err := os.Chtimes(w.path(graph), time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if changes := rescan(t, w); len(changes) != 1 || changes[0].Text != "two\n" {
		t.Errorf("changes %+v", changes)
	}
}

func TestRescanIgnoresATouch(t *testing.T) {
	w := project(t, graph, "one\n")
	before := w.Snapshot()
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(w.path(graph), later, later); err != nil {
		t.Fatal(err)
	}
	if changes := rescan(t, w); len(changes) != 0 || w.Snapshot() != before {
		t.Errorf("changes %+v", changes)
	}
}

func TestOthersWroteTheSame(t *testing.T) {
	w := project(t, graph, "one\n")
	w.Edit(graph, "two\n")
	put(t, w.path(graph), "two\n")
	if changes := rescan(t, w); len(changes) != 1 || changes[0].Dirty || len(w.Snapshot().Dirty) != 0 {
		t.Errorf("changes %+v, dirty %v", changes, w.Snapshot().Dirty)
	}
}

func TestAFolderThatGoesAwayTakesNothingAlong(t *testing.T) {
	w := project(t, graph, "one\n")
	w.Edit(graph, "mine\n")
	away := w.dir + ".away"
	if err := os.Rename(w.dir, away); err != nil {
		t.Fatal(err)
	}
	s, changes, err := w.Rescan()
	if err == nil || len(changes) != 0 || s.Result.Files[graph].Text != "mine\n" {
		t.Errorf("%v, changes %v", err, changes)
	}
	if err := os.Rename(away, w.dir); err != nil {
		t.Fatal(err)
	}
	if changes := rescan(t, w); len(changes) != 0 {
		t.Errorf("changes %v", changes)
	}
}

func TestRead(t *testing.T) {
	w := project(t, graph, "one\n", "logo.png", "\x89PNG\x00\x01", "old.properties", "# \xe9t\xe9\n", "big.log", strings.Repeat("0123456789abcde\n", largest/16+1))
	w.Edit(graph, "two\n")
	for _, c := range []struct{ file, text, readOnly string }{
		{graph, "two\n", ""},
		{"logo.png", "", "not text"},
		{"old.properties", "# \xe9t\xe9\n", "not in UTF-8"}, // DSL-1: saved again, it would be another text
		{"big.log", strings.Repeat("0123456789abcde\n", shown/16), "4 MiB"},
	} {
		doc, err := w.Read(c.file)
		if err != nil || doc.Text != c.text || !strings.Contains(doc.ReadOnly, c.readOnly) || (doc.ReadOnly == "") != (c.readOnly == "") {
			t.Errorf("%s: %v, %d bytes, %q", c.file, err, len(doc.Text), doc.ReadOnly)
		}
	}
	if _, err := w.Read("none"); err == nil || err.Error() != "read none: file does not exist" {
		t.Errorf("error %v", err)
	}
}

func TestOpenRefusesWithAReason(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "")
	for path, want := range map[string]string{"none": "there is no such folder", "file": "give the folder"} {
		if _, err := Open(filepath.Join(dir, path)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestLinksInCircles(t *testing.T) {
	w := project(t, graph, "one\n")
	if err := os.Symlink(".", w.path("circle")); err != nil {
		t.Skip("no links here:", err)
	}
	rescan(t, w)
	if s := w.Snapshot(); !slices.Equal(s.All, []string{graph}) || len(s.Result.Files) != 1 {
		t.Errorf("files %q, read %d", s.All, len(s.Result.Files))
	}
	if data, err := fs.ReadFile(w.Snapshot().FS, "circle/"+graph); err != nil || string(data) != "one\n" {
		t.Errorf("through the link: %q, %v", data, err)
	}
}

// TestManyAtOnce is for the race detector: edits, savings, looks and readings go on together, and nothing is lost.
func TestManyAtOnce(t *testing.T) {
	w := project(t, graph, "0\n")
	var all sync.WaitGroup
	for i := range 4 {
		file := fmt.Sprintf("f%d.graph", i)
		all.Go(func() {
			for n := range 25 {
				w.Edit(file, fmt.Sprintln(n))
				if _, err := w.Save(file, false); err != nil {
					t.Error(err)
				}
				if _, err := w.Read(graph); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range 10 {
				if _, _, err := w.Rescan(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for i := range 4 {
		if got := disked(t, w, fmt.Sprintf("f%d.graph", i)); got != "24\n" {
			t.Errorf("file %d holds %q", i, got)
		}
	}
	if s := w.Snapshot(); len(s.Dirty) != 0 {
		t.Errorf("unsaved: %v", s.Dirty)
	}
}
