package workspace

import (
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/roboconf/workbench/model/source"
)

func edit(file string, start, end int, with string) source.Edit {
	return source.Edit{Place: source.Place{File: file, Span: source.Span{Start: start, End: end}}, With: with}
}

// everything is the state of a workspace as others see it: texts by name, and whether the text is unsaved.
func everything(t *testing.T, w *Workspace) map[string]string {
	t.Helper()
	all := map[string]string{}
	snap := w.Snapshot()
	for _, name := range snap.All {
		doc, err := w.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = doc.Text
		if snap.Dirty[name] {
			all[name] += " (unsaved)"
		}
	}
	return all
}

func TestApplyDoesAWholeChangeAndTakesItBack(t *testing.T) {
	w := project(t, graph, "Tomcat {\n}\n", "graph/Tomcat/scripts/start.sh", "#!/bin/sh\n", "instances/a.instances", "x")
	w.Edit("graph/Tomcat/scripts/start.sh", "#!/bin/bash\n")
	before := everything(t, w)
	change := source.Change{
		Edits: []source.Edit{edit(graph, 0, 6, "Jetty"), edit("instances/a.instances", 1, 1, "y"), edit("graph/new.graph", 0, 0, "fresh")},
		Files: []source.File{{Name: "graph/Jetty2/scripts/stop.sh", Text: "exit\n", Executable: true}},
		Moves: []source.Move{{From: "graph/Tomcat", To: "graph/Jetty"}},
	}
	snap, undo, err := w.Apply(change)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		graph: "Jetty {\n}\n (unsaved)", "instances/a.instances": "xy (unsaved)", "graph/new.graph": "fresh (unsaved)",
		"graph/Jetty2/scripts/stop.sh": "exit\n", "graph/Jetty/scripts/start.sh": "#!/bin/bash\n (unsaved)",
	}
	if got := everything(t, w); !equal(got, want) || snap != w.Snapshot() {
		t.Errorf("after: %q", got)
	}
	if info, err := os.Stat(w.path("graph/Jetty2/scripts/stop.sh")); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("the script is no program: %v %v", info, err)
	}
	if _, err := undo(); err != nil {
		t.Fatal(err)
	}
	if got := everything(t, w); !equal(got, before) {
		t.Errorf("taken back: %q, was %q", got, before)
	}
	if _, err := os.Stat(w.path("graph/Jetty2")); err == nil {
		t.Error("an empty folder is left")
	}
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

func TestApplyDoesNothingWhenAPartCannotBeDone(t *testing.T) {
	for name, change := range map[string]source.Change{
		"a file is there":          {Files: []source.File{{Name: "a/fresh", Text: "x"}, {Name: graph, Text: "x"}}},
		"an unsaved file is there": {Files: []source.File{{Name: "graph/unsaved.graph", Text: "x"}}},
		"the target is there":      {Files: []source.File{{Name: "a/fresh", Text: "x"}}, Moves: []source.Move{{From: graph, To: "instances/a.instances"}}},
		"the source is not there":  {Edits: []source.Edit{edit(graph, 0, 1, "y")}, Moves: []source.Move{{From: "graph/none", To: "graph/other"}}},
		"outside":                  {Moves: []source.Move{{From: graph, To: "../main.graph"}}},
		"outside, new":             {Files: []source.File{{Name: "/etc/x"}}},
		"edit outside":             {Edits: []source.Edit{edit("../x", 0, 0, "y")}},
		"below a file":             {Files: []source.File{{Name: "a/fresh", Text: "x"}, {Name: graph + "/below", Text: "x"}}},
		"second move fails":        {Moves: []source.Move{{From: graph, To: "graph/b.graph"}, {From: "instances/a.instances", To: "graph/b.graph/x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := project(t, graph, "Tomcat {\n}\n", "instances/a.instances", "x")
			w.Edit("graph/unsaved.graph", "soon")
			before, snap := everything(t, w), w.Snapshot()
			_, undo, err := w.Apply(change)
			if err == nil || undo != nil {
				t.Fatalf("done: %q", everything(t, w))
			}
			if got := everything(t, w); !equal(got, before) || w.Snapshot() != snap {
				t.Errorf("%v; left: %q", err, got)
			}
			if _, _, err := w.Rescan(); err != nil || !equal(everything(t, w), before) {
				t.Errorf("on the disk: %q %v", everything(t, w), err)
			}
			if _, err := os.Stat(w.path("a")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a folder is left: %v", err)
			}
		})
	}
}

func TestUndoRefusesToRemoveWhatWasChangedSince(t *testing.T) {
	w := project(t, graph, "Tomcat {\n}\n")
	_, undo, err := w.Apply(source.Change{Files: []source.File{{Name: "graph/x.sh", Text: "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	put(t, w.path("graph/x.sh"), "somebody's work")
	if _, err := undo(); err == nil {
		t.Error("somebody's work is gone")
	}
	_, undo, err = w.Apply(source.Change{Edits: []source.Edit{edit(graph, 0, 6, "Jetty")}})
	if err != nil {
		t.Fatal(err)
	}
	w.Edit(graph, "typed on")
	if _, err := undo(); err == nil || w.Snapshot().Result.Files[graph].Text != "typed on" {
		t.Errorf("typed text is gone: %v", err)
	}
}

func TestAMoveThatAnEditFollowsKeepsTheDiskUntouched(t *testing.T) {
	w := project(t, graph, "Tomcat {\n}\n")
	if _, _, err := w.Apply(source.Change{Edits: []source.Edit{edit(graph, 0, 6, "Jetty")}, Moves: []source.Move{{From: graph, To: "graph/b.graph"}}}); err != nil {
		t.Fatal(err)
	}
	if disked(t, w, "graph/b.graph") != "Tomcat {\n}\n" {
		t.Error("unsaved text was written")
	}
	if _, err := w.Save("graph/b.graph", false); err != nil || disked(t, w, "graph/b.graph") != "Jetty {\n}\n" {
		t.Errorf("not saved: %v", err)
	}
	if changes := rescan(t, w); slices.ContainsFunc(changes, func(c Change) bool { return c.Dirty }) {
		t.Errorf("changes: %v", changes)
	}
}
