package main

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/watch"
	"github.com/roboconf/workbench/editor/workspace"
)

const (
	soundGraph  = "VM {\n\tinstaller: target;\n}\n"
	brokenGraph = "VM {\n\tinstaller: target\n\tchildren: Apache;\n}\n"
)

// watched is a folder that a program watches, as a person sees it.
type watched struct {
	t    *testing.T
	dir  string
	said *bufio.Reader
	done chan error
	quit context.CancelFunc
}

// startWatching runs check --watch on a folder. A nil channel stands for the real disk.
func startWatching(t *testing.T, graph string, looks <-chan watch.Look) *watched {
	t.Helper()
	w := &watched{t: t, done: make(chan error, 1)}
	w.dir = writeFolder(t, map[string]string{
		"descriptor/application.properties": "name = shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n",
		"graph/main.graph":                  graph,
		"graph/VM/target.properties":        "id = shop\nname = shop\nhandler = docker\n",
	})
	r, out, err := os.Pipe() // it holds what nobody has read yet
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	w.said = bufio.NewReader(r)
	ctx, quit := context.WithCancel(context.Background())
	w.quit = quit
	t.Cleanup(quit)
	s := streams{out: out, err: out}
	o := checkOptions{format: "text", level: "hint", watch: true}
	g, err := o.gather(ctx, []string{w.dir})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if looks == nil {
			w.done <- g.follow(ctx, s, reportText)
		} else {
			w.done <- g.followed(ctx, s, reportText, looks)
		}
		out.Close()
	}()
	return w
}

// until reads what is printed up to a line with a text, and gives all of it.
func (w *watched) until(text string) string {
	w.t.Helper()
	var all strings.Builder
	for {
		line, err := w.said.ReadString('\n')
		all.WriteString(line)
		if strings.Contains(line, text) {
			return all.String()
		}
		if err != nil {
			w.t.Fatalf("%v before %q; it printed:\n%s", err, text, all.String())
		}
	}
}

// write replaces the graph at once: a look that is under way sees the old text or the new one, no half of it.
func (w *watched) write(graph string) {
	w.t.Helper()
	if err := workspace.ReplaceFile(filepath.Join(w.dir, "graph", "main.graph"), graph); err != nil {
		w.t.Fatal(err)
	}
}

// Each change is checked; the difference is said; nothing is printed when nothing differs. At the end the verdict is the last one.
func TestWatching(t *testing.T) {
	looks := make(chan watch.Look)
	w := startWatching(t, soundGraph, looks)
	w.until("watching; Ctrl-C ends")

	w.write(brokenGraph)
	looks <- watch.Look{}
	if said := w.until("fixed 0, new "); !strings.Contains(said, "P_PROPERTY_ENDS_WITH_SEMI_COLON") {
		t.Errorf("it printed:\n%s", said)
	}
	looks <- watch.Look{Polling: "looks come every two seconds"} // nothing differs
	w.until("looks come every two seconds")
	w.write("# A machine.\n" + brokenGraph)
	looks <- watch.Look{Polling: "looks come every two seconds"}
	if said := w.until("the same findings at other places"); strings.Contains(said, "looks come") {
		t.Errorf("it said twice why changes are seen late:\n%s", said)
	}
	w.write(soundGraph)
	looks <- watch.Look{}
	w.until(", new 0")
	w.write(brokenGraph)
	looks <- watch.Look{}
	w.until("fixed 0, new ")
	w.quit()
	if err := <-w.done; err != errProblems {
		t.Errorf("it ended with %v, want the bad news of the last check", err)
	}
}

// The same on the real disk; Ctrl-C while all is well is no failure.
func TestWatchingTheDisk(t *testing.T) {
	w := startWatching(t, brokenGraph, nil)
	if said := w.until("watching; Ctrl-C ends"); !strings.Contains(said, "severe") {
		t.Errorf("it printed:\n%s", said)
	}
	w.write(soundGraph)
	w.until(", new 0")
	w.quit()
	if err := <-w.done; err != nil {
		t.Errorf("it ended with %v, want nothing: the last check was fine", err)
	}
}
