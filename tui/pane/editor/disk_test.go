package editor

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/tui/pane"
)

func disk(c workspace.Change) pane.Disk { return pane.Disk{Changes: []workspace.Change{c}} }

func TestChangedOnDisk(t *testing.T) {
	d := drive(t, 60, 14)
	d.open(graph, "one\ntwo\nthree\n")
	d.keys("down", "down")
	d.send(disk(workspace.Change{File: graph, Text: "zero\none\ntwo\nthree\n", Base: "one\ntwo\nthree\n"}))
	if d.text() != "zero\none\ntwo\nthree\n" || d.p.State() != "Ln 4 Col 1" {
		t.Errorf("%q, %s: the new text, the cursor in the same line", d.text(), d.p.State())
	}
	d.heard("changed on disk")
	d.keys("ctrl+z")
	if d.text() != "one\ntwo\nthree\n" {
		t.Errorf("undone: %q", d.text())
	}
}

func TestChangedOnDiskWhileTyping(t *testing.T) {
	const base, theirs = "one\ntwo\nthree\n", "one\ntwo\nTHREE\n"
	d := drive(t, 60, 14)
	d.open(graph, base)
	d.typed("my ")
	d.send(disk(workspace.Change{File: graph, Text: theirs, Base: base, Dirty: true}))
	d.want("my one\ntwo\nTHREE\n")
	d.heard("merged")
	if r := last[pane.Rebased](d); r.Base != theirs || r.Gone {
		t.Errorf("rebased %+v", r)
	}
	d.keys("ctrl+z")
	d.want("my one\ntwo\nthree\n")
}

func TestConflictOnDisk(t *testing.T) {
	const base, theirs = "one\ntwo\n", "ONE\ntwo\n"
	begin := func(t *testing.T) *driver {
		d := drive(t, 76, 8)
		d.open(graph, base)
		d.typed("my ")
		d.send(disk(workspace.Change{File: graph, Text: theirs, Base: base, Dirty: true}))
		d.want("my one\ntwo\n")
		d.typed("k") // typing goes on: no letter decides by accident
		d.want("my kone\ntwo\n")
		if r := last[pane.Rebased](d); r.Base != base {
			t.Errorf("saving would overwrite: %+v", r)
		}
		return d
	}
	t.Run("screen", func(t *testing.T) {
		d := begin(t)
		golden.Equal(t, "conflict.txt", []byte(d.screen()))
		d.keys("esc")
		golden.Equal(t, "choose.txt", []byte(d.screen()))
		d.keys("x", "esc")
		d.want("my kone\ntwo\n")
	})
	t.Run("keep", func(t *testing.T) {
		d := begin(t)
		d.keys("esc", "k")
		d.want("my kone\ntwo\n")
		if r := last[pane.Rebased](d); r.Base != theirs {
			t.Errorf("rebased %+v", r)
		}
		d.typed("!")
		d.want("my k!one\ntwo\n")
	})
	t.Run("take", func(t *testing.T) {
		d := begin(t)
		d.keys("esc", "t")
		d.want(theirs)
		d.keys("ctrl+z")
		d.want("my kone\ntwo\n")
	})
	t.Run("merge", func(t *testing.T) {
		d := begin(t)
		d.keys("esc", "m")
		d.want("<<<<<<< mine\nmy kone\n=======\nONE\n>>>>>>> on disk\ntwo\n")
	})
	t.Run("removed", func(t *testing.T) {
		d := begin(t)
		d.send(disk(workspace.Change{File: graph, Base: base, Removed: true, Dirty: true}))
		d.keys("esc")
		d.sees("Removed on disk")
		d.keys("k")
		d.want("my kone\ntwo\n")
		if r := last[pane.Rebased](d); !r.Gone {
			t.Errorf("rebased %+v", r)
		}
	})
	t.Run("removed, and that is right", func(t *testing.T) {
		d := begin(t)
		d.send(disk(workspace.Change{File: graph, Base: base, Removed: true, Dirty: true}))
		d.keys("esc", "t")
		if r := last[pane.Revert](d); r.File != graph || d.p.File() != "" {
			t.Errorf("reverted %+v, shown %q", r, d.p.File())
		}
	})
	t.Run("the other side comes back", func(t *testing.T) {
		d := begin(t)
		d.send(disk(workspace.Change{File: graph, Text: base, Base: base, Dirty: true}))
		d.want("my kone\ntwo\n")
		if p := d.p.pending(); p != nil {
			t.Errorf("still asked about %+v", p)
		}
	})
}

// TestTypedBeforeTheRootHeard: the file changed on disk while it had no unsaved text, but a key came in before the news.
func TestTypedBeforeTheRootHeard(t *testing.T) {
	const base = "one\ntwo\nthree\n"
	d := drive(t, 60, 8)
	d.open(graph, base)
	d.typed("x")
	d.send(disk(workspace.Change{File: graph, Text: "one\ntwo\n3\n", Base: base}))
	d.want("xone\ntwo\n3\n")
}

func TestRemovedOnDisk(t *testing.T) {
	d := drive(t, 60, 8)
	d.open(graph, "one\n")
	d.send(disk(workspace.Change{File: graph, Base: "one\n", Removed: true}))
	d.heard("removed on disk")
	if d.text() != "one\n" {
		t.Errorf("text %q", d.text())
	}
}

// together is the pane with a real workspace: what the root does with intents, without a screen.
type together struct {
	*testing.T
	p    *Pane
	ws   *workspace.Workspace
	fail error // of the last saving
}

func (r *together) send(msg tea.Msg) {
	for _, i := range r.p.Update(msg) {
		switch i := i.(type) {
		case pane.Edited:
			r.p.Update(pane.Snapshot{Now: r.ws.Edit(i.File, i.Text)})
		case pane.Rebased:
			r.ws.Rebase(i.File, i.Base, i.Gone)
		case pane.Revert:
			r.p.Update(pane.Snapshot{Now: r.ws.Revert(i.File)})
		case pane.Save:
			var s *workspace.Snapshot
			s, r.fail = r.ws.Save(i.File, false)
			r.p.Update(pane.Snapshot{Now: s})
		}
	}
}

// others write the file, and the watch tells.
func (r *together) others(text string) {
	r.Helper()
	if err := os.WriteFile(r.disk(), []byte(text), 0o644); err != nil {
		r.Fatal(err)
	}
}

func (r *together) rescan() {
	r.Helper()
	s, changes, err := r.ws.Rescan()
	if err != nil {
		r.Fatal(err)
	}
	r.send(pane.Snapshot{Now: s})
	r.send(pane.Disk{Changes: changes})
}

func (r *together) disk() string { return filepath.Join(r.ws.Dir(), "graph", "main.graph") }

func (r *together) holds(want string) {
	r.Helper()
	if data, err := os.ReadFile(r.disk()); err != nil || string(data) != want {
		r.Fatalf("the disk holds %q (%v), want %q", data, err, want)
	}
}

// TestNothingIsLostBetweenTwoEditors: product 5.4 with real files. Whatever the order, no text of either side disappears.
func TestNothingIsLostBetweenTwoEditors(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../../samples/hello")); err != nil {
		t.Fatal(err)
	}
	const base = "VM {\n\tinstaller: target;\n}\n\n# end\n"
	if err := os.WriteFile(filepath.Join(dir, "graph", "main.graph"), []byte(base), 0o644); err != nil {
		t.Fatal(err)
	}
	ws, err := workspace.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := &together{T: t, p: New(Options{}), ws: ws}
	r.send(pane.Snapshot{Now: ws.Snapshot()})
	r.send(pane.Show{File: graph, Text: base})

	r.send(press("#"))
	r.others(base + "# theirs\n")
	r.send(press("ctrl+s")) // before the watch has told
	if !errors.Is(r.fail, workspace.ErrChanged) {
		t.Fatalf("saved over what nobody has seen: %v", r.fail)
	}
	r.holds(base + "# theirs\n")
	r.rescan()
	r.send(press("ctrl+s"))
	if r.fail != nil {
		t.Fatal(r.fail)
	}
	r.holds("#" + base + "# theirs\n")

	r.others("first line, theirs\n" + base)
	r.rescan()
	r.send(press("ctrl+home"))
	r.send(press("x"))
	r.others("first line, again\n" + base)
	r.rescan()
	r.send(press("ctrl+s"))
	if !errors.Is(r.fail, workspace.ErrChanged) {
		t.Fatalf("saved over a conflict: %v", r.fail)
	}
	r.send(press("esc"))
	r.send(press("m"))
	r.send(press("ctrl+s"))
	if r.fail != nil {
		t.Fatal(r.fail)
	}
	r.holds("<<<<<<< mine\nxfirst line, theirs\n=======\nfirst line, again\n>>>>>>> on disk\n" + base)
}
