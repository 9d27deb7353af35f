package editor

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/pane"
)

const graph = "graph/main.graph"

func (d *driver) want(text string) {
	d.t.Helper()
	if got := d.text(); got != text {
		d.t.Fatalf("text %q\nwant %q", got, text)
	}
	if d.texts[d.p.File()] != text {
		d.t.Fatalf("the root was told %q", d.texts[d.p.File()])
	}
}

func (d *driver) selects(want string) {
	d.t.Helper()
	b := d.p.tab().buf
	if got := b.Text().Slice(b.Cursor().Span()); got != want {
		d.t.Fatalf("selected %q, want %q", got, want)
	}
}

// sees wants a text on the screen.
func (d *driver) sees(want string) {
	d.t.Helper()
	if s := d.screen(); !strings.Contains(s, want) {
		d.t.Fatalf("%q is not on the screen:\n%s", want, s)
	}
}

// heard wants something in the status bar.
func (d *driver) heard(want string) {
	d.t.Helper()
	if n := len(d.told); n == 0 || !strings.Contains(d.told[n-1], want) {
		d.t.Fatalf("told %q, want %q", d.told, want)
	}
}

// last is the last intent of a type.
func last[I pane.Intent](d *driver) I {
	d.t.Helper()
	for _, i := range slices.Backward(d.all) {
		if i, ok := i.(I); ok {
			return i
		}
	}
	var none I
	d.t.Fatalf("no %T among %v", none, d.all)
	return none
}

func TestTyping(t *testing.T) {
	d := drive(t, 60, 14)
	d.open(graph, "")
	d.typed("VM {\ninstaller: target;\n}\n")
	d.want("VM {\n\tinstaller: target;\n}\n")
	d.keys("ctrl+z", "ctrl+z", "ctrl+z")
	d.keys("ctrl+y", "ctrl+y", "ctrl+y")
	d.want("VM {\n\tinstaller: target;\n}\n")
	d.keys("up", "up", "ctrl+_") // what terminals send for ctrl+/
	d.want("VM {\n#\tinstaller: target;\n}\n")
	d.keys("ctrl+/")
	d.keys("shift+down", "tab", "shift+tab", "ctrl+a", "backspace")
	d.want("")
	if s := d.p.State(); s != "Ln 1 Col 1" {
		t.Errorf("state %q", s)
	}
}

func TestClipboard(t *testing.T) {
	d := drive(t, 60, 14)
	d.open(graph, "one two\n")
	d.keys("ctrl+shift+right", "ctrl+x")
	d.want(" two\n")
	if c := last[pane.Copy](d); c.Text != "one" {
		t.Errorf("copied %q", c.Text)
	}
	d.keys("end", "ctrl+v", "ctrl+c")
	d.want(" twoone\n")
	if c := last[pane.Copy](d); c.Text != " twoone\n" {
		t.Errorf("copied the line %q", c.Text)
	}
	d.send(tea.PasteMsg{Content: "a\rb"})
	d.want(" twoonea\nb\n")
}

func TestSaving(t *testing.T) {
	d := drive(t, 60, 14)
	d.open(graph, "one\n")
	d.keys("ctrl+s")
	d.heard("everything is saved")
	d.typed("x")
	if s := d.p.State(); !strings.Contains(s, "unsaved") {
		t.Errorf("state %q", s)
	}
	d.keys("ctrl+s")
	if s := last[pane.Save](d); s.File != graph || d.saved[graph] != "xone\n" {
		t.Errorf("saved %v", d.saved)
	}
}

func TestFind(t *testing.T) {
	d := drive(t, 70, 10)
	d.open("notes.txt", "Apache {\n}\napache\ntomcat apache\n")
	d.keys("ctrl+f")
	d.typed("apache")
	golden.Equal(t, "find.txt", []byte(d.screen()))
	d.selects("Apache")
	d.keys("enter")
	d.sees("2 of 3")
	d.keys("f3", "f3")
	d.sees("1 of 3")
	d.keys("shift+tab")
	d.sees("3 of 3")
	d.keys("ctrl+l")
	d.sees("of 2")
	d.keys("backspace", "Z")
	d.sees("nothing found")
	d.keys("esc")
	if s := d.screen(); strings.Contains(s, "Find") {
		t.Errorf("the bar stays:\n%s", s)
	}
	d.typed("!")
	if !strings.Contains(d.text(), "!") {
		t.Error("keys do not go to the text again")
	}
}

func TestReplace(t *testing.T) {
	d := drive(t, 90, 10)
	d.open("notes.txt", "a b a b a\n")
	d.keys("ctrl+r", "a", "tab", "X")
	golden.Equal(t, "replace.txt", []byte(d.screen()))
	d.keys("enter")
	d.want("X b a b a\n")
	d.selects("a")
	d.keys("ctrl+r")
	d.want("X b X b X\n")
	d.heard("2 replaced")
	d.keys("esc", "ctrl+z")
	d.want("X b a b a\n")
}

func TestGoToLine(t *testing.T) {
	d := drive(t, 60, 8)
	d.open(graph, strings.Repeat("line\n", 500))
	d.keys("ctrl+g")
	ask := last[pane.Ask](d)
	d.take(ask.Then("250:3"))
	d.draw()
	if s := d.p.State(); s != "Ln 250 Col 3" {
		t.Errorf("state %q", s)
	}
	d.sees("250 li█e")
	d.take(ask.Then("many"))
	d.heard("is no line")
}

func TestScrolling(t *testing.T) {
	d := drive(t, 40, 10)
	d.open("notes.txt", strings.Repeat("line\n", 100)+strings.Repeat("wide ", 40)+"end\n")
	d.keys("pgdown", "pgdown")
	if s := d.p.State(); s != "Ln 17 Col 1" {
		t.Errorf("state %q", s)
	}
	d.keys("pgup", "pgup")
	d.sees("1 █ine")
	d.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if s := d.screen(); strings.Contains(s, " 3 line") || !strings.Contains(s, " 4 line") || strings.Contains(s, "█") {
		t.Errorf("three lines down, the cursor out of sight:\n%s", s)
	}
	d.typed("x")
	d.sees("1 x█ine")
	d.keys("ctrl+end", "up", "end")
	golden.Equal(t, "sideways.txt", []byte(d.screen()))
	d.keys("home")
	d.sees("101 █ide wide")
}

func TestTabsAndWideCharacters(t *testing.T) {
	d := drive(t, 40, 6)
	d.open("notes.txt", "a\tb\t日本\tx\n\x1b[31m\xff\u202e\n")
	golden.Equal(t, "wide.txt", []byte(d.screen()))
	d.keys("end")
	d.sees("a   b   日本    x█")
	for range 3 {
		d.keys("left")
	}
	if _, at := d.draw(); at.X != 4+10 {
		t.Errorf("the cursor stands at %v", at)
	}
}

func TestMouse(t *testing.T) {
	d := drive(t, 40, 8)
	d.open("notes.txt", "one two\n\tthree four\nfive\n")
	click := func(x, y int, mod tea.KeyMod) {
		d.now = d.now.Add(time.Second)
		d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft, Mod: mod})
	}
	again := func(x, y int) {
		d.now = d.now.Add(50 * time.Millisecond)
		d.send(tea.MouseReleaseMsg{X: x, Y: y}, tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	}
	click(4+5, 0, 0)
	again(4+5, 0)
	d.selects("two")
	again(4+5, 0)
	d.selects("one two\n")
	click(4+4, 1, 0) // behind the tab
	d.send(tea.MouseMotionMsg{X: 4 + 9, Y: 1, Button: tea.MouseLeft}, tea.MouseReleaseMsg{X: 4 + 9, Y: 1})
	d.selects("three")
	d.send(tea.MouseMotionMsg{X: 4, Y: 0})
	d.selects("three") // the button is up
	click(4+9, 1, 0)
	again(4+9, 1)
	d.send(tea.MouseMotionMsg{X: 4, Y: 0, Button: tea.MouseLeft})
	d.selects("one two\n\tthree")
	click(4, 0, 0)
	click(4+3, 2, tea.ModShift)
	d.selects("one two\n\tthree four\nfiv")
	click(1, 1, 0) // the gutter
	d.selects("\tthree four\n")
	click(30, 7, 0)
	if s := d.p.State(); s != "Ln 4 Col 1" {
		t.Errorf("below the text: %q", s)
	}
}

func TestFilesInTabs(t *testing.T) {
	d := drive(t, 60, 8)
	d.open("a.graph", "A {\n}\n")
	d.open("b.graph", "B {\n}\n")
	d.typed("x")
	if d.p.Title() != "b.graph" {
		t.Errorf("title %q", d.p.Title())
	}
	d.keys("ctrl+pgup")
	d.send(press("ctrl+pgup"))
	d.send(tea.KeyPressMsg{Code: tea.KeyPgUp, Mod: tea.ModCtrl})
	d.send(tea.MouseClickMsg{X: 2, Y: 0, Button: tea.MouseLeft})
	if d.p.File() != "a.graph" {
		t.Errorf("shown: %s", d.p.File())
	}
	d.send(tea.MouseClickMsg{X: 14, Y: 0, Button: tea.MouseLeft})
	d.keys("ctrl+w")
	d.heard("unsaved text, which is kept")
	if d.p.File() != "a.graph" {
		t.Errorf("shown: %s", d.p.File())
	}
	d.send(pane.Show{File: "b.graph", Text: d.texts["b.graph"]})
	d.keys("ctrl+z")
	d.want("B {\n}\n") // the history has survived the closing
}

func TestReadOnly(t *testing.T) {
	d := drive(t, 60, 8)
	d.send(pane.Show{File: "logo.png", ReadOnly: "This file is not text, so it is not shown."})
	d.typed("x")
	d.heard("not text")
	d.send(tea.PasteMsg{Content: "x"})
	d.keys("ctrl+x", "ctrl+z", "ctrl+/", "enter")
	if d.text() != "" {
		t.Errorf("changed to %q", d.text())
	}
	d.sees("This file is not text")
}

func TestShowGoesToAPlace(t *testing.T) {
	d := drive(t, 60, 8)
	text := strings.Repeat("line\n", 200)
	d.open(graph, text)
	d.send(pane.Show{File: graph, Text: "ignored: the editor keeps its own", Span: source.Span{Start: 501, End: 503}})
	if s := d.p.State(); s != "Ln 101 Col 2" || d.text() != text {
		t.Errorf("state %q", s)
	}
	d.sees("101 l█ne")
	if place := d.p.Place(); place.File != graph || place.Span.Start != 501 {
		t.Errorf("place %v", place)
	}
}

func TestSelectionFollowsTheCursor(t *testing.T) {
	d := drive(t, 60, 14)
	d.open(graph, lamp)
	d.keys("down")
	if s := last[pane.Select](d); s.Type != "VM" {
		t.Errorf("selected %+v", s)
	}
	n := len(d.all)
	d.keys("down")
	if len(d.all) != n {
		t.Errorf("said again: %v", d.all[n:])
	}
	d.keys("ctrl+end", "up", "up")
	if s := last[pane.Select](d); s.Type != "Apache" {
		t.Errorf("selected %+v", s)
	}
}

func TestQuickFix(t *testing.T) {
	d := drive(t, 60, 14)
	d.open(graph, "VM {\n\tinstaller: target\n}\n")
	d.keys("f7")
	d.heard("no quick fix")
	place := source.Place{File: graph, Span: source.Span{Start: 5, End: 23}}
	d.p.snap.Problems = []diag.Problem{{
		Code: diag.PPropertyEndsWithSemiColon, Place: place,
		Fixes: []diag.Fix{{Title: diag.Say("add a semicolon"), Edits: []source.Edit{{Place: source.Place{File: graph, Span: source.Span{Start: 23, End: 23}}, With: ";"}}}},
	}}
	d.p.tab().flaws = flaws{}
	d.keys("down")
	d.sees("F7: add a semicolon")
	d.keys("f7")
	d.want("VM {\n\tinstaller: target;\n}\n")
	d.keys("ctrl+z")
	d.want("VM {\n\tinstaller: target\n}\n")
}

func TestReplaceOfAFileThatIsNotOpen(t *testing.T) {
	d := drive(t, 60, 8)
	d.texts["other.graph"] = "O {\n}\n"
	d.saved["other.graph"] = "O {\n}\n"
	d.open(graph, "one\n")
	d.send(pane.Replace{File: "other.graph", Text: "P {\n}\n"})
	if d.p.File() != graph || d.texts["other.graph"] != "P {\n}\n" {
		t.Errorf("shown %s, other %q", d.p.File(), d.texts["other.graph"])
	}
	d.send(pane.Show{File: "other.graph", Text: d.texts["other.graph"]})
	d.keys("ctrl+z")
	d.want("O {\n}\n")
}

func TestActionsAreData(t *testing.T) {
	d := drive(t, 60, 8)
	for _, a := range d.p.Actions() {
		if a.Off == "" {
			t.Errorf("%s can be done without a file", a.ID)
		}
		a.Do() // a palette may be older than what it lists
	}
	setups := []func(d *driver){
		func(d *driver) { d.open(graph, lamp) },
		func(d *driver) { d.open(graph, lamp); d.open("b.graph", "B {\n"); d.typed("x") },
		func(d *driver) {
			d.open(graph, lamp)
			d.typed("x")
			d.send(disk(workspace.Change{File: graph, Text: "y" + lamp, Base: lamp, Dirty: true}))
		},
	}
	for _, setup := range setups {
		d := drive(t, 60, 8)
		setup(d)
		ids, keys := map[string]bool{}, map[string]bool{}
		for i, a := range d.p.Actions() {
			if a.ID == "" || a.Title == "" || a.Do == nil || ids[a.ID] || a.Key != "" && keys[a.Key] {
				t.Errorf("action %+v", a)
			}
			if strings.Contains(a.Key, "alt") || a.Key == "f10" || a.Key == "f11" {
				t.Errorf("%s has a key that not every terminal sends: %s", a.ID, a.Key)
			}
			ids[a.ID], keys[a.Key] = true, true
			other := drive(t, 60, 8)
			setup(other)
			if a := other.p.Actions()[i]; a.Off == "" {
				other.take(a.Do())
				other.draw()
			}
		}
	}
}

// TestEverySize draws in areas too small for anything: nothing is drawn outside, nothing panics.
func TestEverySize(t *testing.T) {
	for w := range 30 {
		for h := range 8 {
			d := drive(t, w, h)
			d.draw()
			d.open(graph, "VM {\n\tinstaller: target\n日本\tx\n")
			d.keys("down", "end", "ctrl+r", "v")
			d.open("b.graph", "")
			d.send(disk(workspace.Change{File: graph, Text: "a", Base: "b", Dirty: true}))
		}
	}
}

func FuzzKeys(f *testing.F) {
	names := []string{
		"enter", "tab", "esc", "backspace", "delete", "left", "right", "up", "down", "home", "end", "pgup", "pgdown", "f3", "f7",
		"ctrl+z", "ctrl+y", "ctrl+x", "ctrl+c", "ctrl+v", "ctrl+f", "ctrl+r", "ctrl+a", "ctrl+/", "ctrl+w", "shift+down", "shift+end",
		"shift+tab", "ctrl+shift+left", "ctrl+left", "ctrl+l", "{", "}", "k", "t", "m", ";", "é",
	}
	f.Add([]byte("hello"), "VM {\n}\n")
	f.Add([]byte{20, 31, 32, 0, 1, 2, 21, 3, 0, 21}, lamp)
	f.Fuzz(func(t *testing.T, keys []byte, start string) {
		if len(keys) > 200 || len(start) > 5000 {
			t.Skip()
		}
		d := drive(t, 40, 10)
		d.open(graph, start)
		for _, k := range keys {
			switch {
			case int(k) < len(names):
				d.keys(names[k])
			case k < 100:
				d.send(tea.MouseClickMsg{X: int(k) % 40, Y: int(k) % 10, Button: tea.MouseLeft})
			case k < 130:
				d.send(tea.MouseMotionMsg{X: int(k*7) % 40, Y: int(k) % 10, Button: tea.MouseLeft})
			case k == 200:
				d.send(disk(workspace.Change{File: graph, Text: "A {\n}\n", Base: start, Dirty: true}))
			case k == 201:
				d.open("b.graph", "B {\n")
			default:
				d.send(tea.PasteMsg{Content: start[:min(len(start), int(k))]})
			}
			if t := d.p.tab(); t != nil && d.texts[t.file] != t.buf.String() && d.texts[t.file] != "" {
				d.t.Fatalf("the root was told %q, the text is %q", d.texts[t.file], t.buf.String())
			}
		}
	})
}
