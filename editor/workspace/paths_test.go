package workspace

import (
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/load"
)

// kept says whether two lists are one in memory.
func kept(a, b []string) bool { return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0] }

// The loader lists a folder again only when it gets another list of paths: a key must not give one, a file that comes or goes must.
func TestPathsStayWhileNoFileComesOrGoes(t *testing.T) {
	w := project(t, graph, "a", "graph/x/scripts/start.sh", "s")
	paths := func() []string { return w.Snapshot().FS.(load.Snapshot).Paths() }
	stays := func(what string, do func()) {
		t.Helper()
		before := paths()
		do()
		if !kept(before, paths()) || !kept(paths(), w.Snapshot().All) {
			t.Errorf("%s: another list", what)
		}
	}
	comes := func(what string, want []string, do func()) {
		t.Helper()
		before := paths()
		do()
		if kept(before, paths()) || !slices.Equal(paths(), want) {
			t.Errorf("%s: %q, want a new list %q", what, paths(), want)
		}
	}
	two := paths()
	three := []string{"graph/b.graph", graph, "graph/x/scripts/start.sh"}
	stays("a key", func() { w.Edit(graph, "ab") })
	stays("a revert", func() { w.Revert(graph) })
	comes("a file nobody saved", three, func() { w.Edit("graph/b.graph", "b") })
	stays("a key in it", func() { w.Edit("graph/b.graph", "bc") })
	stays("a key beside it", func() { w.Edit(graph, "abc") })
	comes("its revert", two, func() { w.Revert("graph/b.graph") })
	comes("a file of others", three, func() { put(t, w.path("graph/b.graph"), "b"); rescan(t, w) })
	stays("nothing new on the disk", func() { rescan(t, w) })
	comes("a folder without files", three, func() {
		if err := os.Mkdir(w.path("graph/empty"), 0o755); err != nil {
			t.Fatal(err)
		}
		rescan(t, w)
	})
}

// What the snapshot says of a text is what opening the file says.
func TestSnapshotText(t *testing.T) {
	w := project(t, graph, "a", "graph/b.graph", "b")
	if err := os.Symlink("nowhere", w.path("graph/lost.graph")); err != nil {
		t.Fatal(err)
	}
	rescan(t, w)
	w.Edit(graph, "unsaved")
	w.Edit("graph/c.graph", "new")
	s := w.Snapshot().FS.(load.Snapshot)
	for name, want := range map[string]string{graph: "unsaved", "graph/b.graph": "b", "graph/c.graph": "new"} {
		if text, ok := s.Text(name); !ok || text != want {
			t.Errorf("%s: %q, %v", name, text, ok)
		}
	}
	for _, name := range []string{"graph", "graph/lost.graph", "graph/none", "../graph", ""} {
		if text, ok := s.Text(name); ok {
			t.Errorf("%s has the text %q", name, text)
		}
	}
}

// An application in a workspace has the findings of its folder, whatever was done before.
func TestFindingsAreThoseOfTheFolder(t *testing.T) {
	w := lamp(t)
	steps := []func(){
		func() { w.Edit("graph/stray.graph", "vm {\n\tinstaller: target;\n}\n") },
		func() { w.Edit("graph/main.graph", "import stray.graph;\n") },
		func() { w.Revert("graph/stray.graph") },
		func() { w.Revert("graph/main.graph") },
		func() { _ = os.RemoveAll(w.path("graph/Tomcat")); rescan(t, w) },
		func() { _ = os.Mkdir(w.path("graph/Tomcat"), 0o755); rescan(t, w) },
		func() { _ = os.Remove(w.path("instances/main.instances")); rescan(t, w) },
		func() { w.Edit("instances/main.instances", "instance of VM {\n\tname: a;\n}\n") },
	}
	for n, step := range steps {
		step()
		got := w.Snapshot()
		_, want := loadAndCheck(plain{got.FS}, nil, check.Options{})
		if len(got.Problems) != len(want) {
			t.Errorf("step %d: %d findings, want %d", n, len(got.Problems), len(want))
		}
		for k := range min(len(want), len(got.Problems)) {
			if got.Problems[k].String() != want[k].String() {
				t.Errorf("step %d: %s\nwant %s", n, got.Problems[k], want[k])
			}
		}
	}
}

// plain is a file system that the loader must walk and read.
type plain struct{ fs.FS }
