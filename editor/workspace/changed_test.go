package workspace

import (
	"os"
	"slices"
	"testing"

	"github.com/roboconf/workbench/model/load"
)

func TestChangedNamesTheFilesWhoseTextIsAnother(t *testing.T) {
	w := project(t, graph, "a", "graph/x/scripts/start.sh", "s", "graph/x/scripts/stop.sh", "s")
	last := w.Snapshot()
	since := func(what string, want ...string) {
		t.Helper()
		now := w.Snapshot()
		names, known := now.FS.(load.Successor).Changed(last.FS)
		if !known || !slices.Equal(names, want) {
			t.Errorf("%s: %q %v, want %q", what, names, known, want)
		}
		last = now
	}
	since("nothing")
	w.Edit(graph, "ab")
	since("typed", graph)
	w.Edit(graph, "abc")
	since("typed on", graph)
	w.Edit("graph/new.graph", "n")
	since("made", "graph/new.graph")
	w.Revert(graph)
	since("taken back", graph)
	put(t, w.path("graph/x/scripts/start.sh"), "other")
	rescan(t, w)
	since("written by others", "graph/x/scripts/start.sh")
	if err := os.Remove(w.path("graph/x/scripts/stop.sh")); err != nil {
		t.Fatal(err)
	}
	rescan(t, w)
	since("removed", "graph/x/scripts/stop.sh")
	other := project(t, graph, "a")
	if _, known := other.Snapshot().FS.(load.Successor).Changed(last.FS); known {
		t.Error("another folder")
	}
}
