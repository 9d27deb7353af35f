package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/tui"
	"github.com/roboconf/workbench/tui/tuitest"
)

// Engineering 2.3: a frame takes 3 ms at most, a key 8 ms from its press to the bytes.

// large is a terminal of 200 by 60 with the sample in a run that is under way.
func large(b *testing.B) *person {
	p := sit(b, "lamp", 200, 60)
	p.Keys("f5")
	p.Advance(2 * time.Second)
	return p
}

// A frame drawn whole: the run goes on, every pane has something new.
func BenchmarkFrame(b *testing.B) {
	p := large(b)
	for b.Loop() {
		p.m.Update(tea.FocusMsg{})
		p.m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
		p.m.View()
	}
}

// Nothing changed: the frame is the one before.
func BenchmarkFrameAgain(b *testing.B) {
	p := large(b)
	for b.Loop() {
		p.m.View()
	}
}

// From a key in a list to the frame that shows what came of it.
func BenchmarkKeyInList(b *testing.B) {
	p := large(b)
	keys := []tea.KeyPressMsg{tuitest.Press("down"), tuitest.Press("up")}
	for i := 0; b.Loop(); i++ {
		p.m.Update(keys[i%2])
		p.m.View()
	}
}

// From a letter typed to the frame with the findings of the text that it makes.
func BenchmarkKeyInText(b *testing.B) {
	p := sit(b, "lamp", 200, 60)
	p.goTo(mainGraph, "# The way in.")
	keys := []tea.KeyPressMsg{tuitest.Press("x"), tuitest.Press("backspace")}
	for i := 0; b.Loop(); i++ {
		p.m.Update(keys[i%2])
		p.m.View()
	}
}

// A beat of a run with its frame.
func BenchmarkBeat(b *testing.B) {
	p := large(b)
	for b.Loop() {
		if p.Waiting() == 0 { // at rest: another run
			b.StopTimer()
			p.Keys("shift+f5", "f5")
			b.StartTimer()
		}
		p.Advance(33 * time.Millisecond)
	}
}

// From an opened folder to the first frame (30 ms at most).
func BenchmarkFirstFrame(b *testing.B) {
	dir := sit(b, "lamp", 80, 24).dir
	for b.Loop() {
		ws, err := workspace.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		m := tui.New(tui.Config{Workspace: ws, Getenv: getenv()})
		m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
		m.View()
	}
}

// From a letter typed in a file of 10,000 lines with the list open, inside a large application, to the frame that shows the
// list for it.
func BenchmarkKeyInList10000Lines(b *testing.B) { benchmarkList(b, 10_000) }

// The same in a file of 100,000 lines.
func BenchmarkKeyInList100000Lines(b *testing.B) { benchmarkList(b, 100_000) }

func benchmarkList(b *testing.B, lines int) {
	components := 100
	for strings.Count(gen.Graph(components), "\n") < lines {
		components += components / 2
	}
	dir := b.TempDir()
	files := gen.WithRecipes(gen.Application(components, components))
	for name := range files {
		if strings.HasPrefix(name, "graph/part") {
			delete(files, name)
		}
	}
	files[mainGraph] = gen.Graph(components)
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	p := sitAt(b, dir, 160, 50)
	p.Keys("ctrl+end", "enter")
	p.Paste("Mine {\n\tinstaller: script;\n\timports: \n}\n")
	p.Keys("up", "up", "end")
	p.Type("Soft")
	if !strings.Contains(p.Screen(), "import all") {
		b.Fatalf("the list is not open\n%s", p.Screen())
	}
	keys := []tea.KeyPressMsg{tuitest.Press("w"), tuitest.Press("backspace")}
	for i := 0; b.Loop(); i++ {
		p.m.Update(keys[i%2])
		p.m.View()
	}
}
