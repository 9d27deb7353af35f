package overlay

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/tuitest"
)

// keys presses keys until the layer is over.
func keys(o Overlay, names ...string) (intents []pane.Intent, done bool) {
	for _, name := range names {
		var more []pane.Intent
		more, done = o.Update(tuitest.Press(name))
		intents = append(intents, more...)
		if done {
			break
		}
	}
	return intents, done
}

func typed(o Overlay, text string) {
	for _, r := range text {
		keys(o, string(r))
	}
}

// says is an intent that shows which thing was done.
func says(what string) func() []pane.Intent {
	return func() []pane.Intent { return []pane.Intent{pane.Tell{Text: what}} }
}

func told(intents []pane.Intent) string {
	var all []string
	for _, i := range intents {
		switch i := i.(type) {
		case pane.Tell:
			all = append(all, i.Text)
		case pane.Copy:
			all = append(all, "copied "+i.Text)
		}
	}
	return strings.Join(all, ", ")
}

// screen draws a layer on a screen of a size, with its cursor as a block.
func screen(o Overlay, w, h int) string {
	g := cell.New(w, h)
	area := o.Place(w, h)
	at := pane.Point{}
	o.Draw(g.Sub(area), pane.Frame{Theme: theme.Plain(), Focused: true, Cursor: &at})
	if at.Show {
		g.Put(area.X+at.X, area.Y+at.Y, "█", cell.Style{})
	}
	return g.Plain() + "\n"
}

func sources() []Source {
	item := func(title, detail, key, off string) Item {
		return Item{Title: title, Detail: detail, Key: key, Off: off, Do: says("did " + title)}
	}
	fixed := func(items ...Item) func(string) []Item { return func(string) []Item { return items } }
	return []Source{
		{Hint: "No file is called so.", Items: fixed(item("graph/main.graph", "", "", ""), item("graph/tiers/database.graph", "not saved", "", ""), item("instances/main.instances", "", "", ""))},
		{Prefix: ">", Hint: "No command is called so.", Items: fixed(
			item("Run the simulation", "", "f5", ""), item("Stop the simulation", "", "shift+f5", "nothing runs"), item("Save", "", "ctrl+s", "everything is saved"), item("Quit", "", "ctrl+q", ""),
		)},
		{Prefix: ":", Hint: "Type the number of a line.", Fixed: true, Items: func(query string) []Item {
			if query == "" {
				return nil
			}
			return []Item{item("Line "+query, "main.graph", "", "")}
		}},
	}
}

func TestPaletteFindsByAFewLetters(t *testing.T) {
	for _, tt := range []struct {
		typed string
		keys  []string
		want  string
		done  bool
	}{
		{"", []string{"enter"}, "did graph/main.graph", true},
		{"", []string{"down", "enter"}, "did graph/tiers/database.graph", true},
		{"", []string{"down", "down", "down", "up", "enter"}, "did graph/tiers/database.graph", true},
		{"inst", []string{"enter"}, "did instances/main.instances", true},
		{"dbg", []string{"enter"}, "did graph/tiers/database.graph", true},
		{"no such thing", []string{"enter"}, "", false},
		{">run", []string{"enter"}, "did Run the simulation", true},
		{"> sim", []string{"enter"}, "did Run the simulation", true},
		{">stop", []string{"enter"}, "Stop the simulation: nothing runs", true},
		{":12", []string{"enter"}, "did Line 12", true},
		{":", []string{"enter"}, "", false},
		{"zzz", []string{"ctrl+u", ">", "q", "u", "i", "enter"}, "did Quit", true},
		{"inst", []string{"backspace", "backspace", "backspace", "backspace", "enter"}, "did graph/main.graph", true},
		{"", []string{"esc"}, "", true},
		{">", []string{"ctrl+p"}, "", true},
	} {
		p := NewPalette(sources(), "")
		typed(p, tt.typed)
		intents, done := keys(p, tt.keys...)
		if got := told(intents); got != tt.want || done != tt.done {
			t.Errorf("%q %v: %q, over %v; want %q, %v", tt.typed, tt.keys, got, done, tt.want, tt.done)
		}
	}
}

// A search without a result says so in words.
func TestPaletteSaysThatNothingIsFound(t *testing.T) {
	for text, want := range map[string]string{"zzz": "No file is called so.", ">zzz": "No command is called so.", ":": "Type the number of a line."} {
		p := NewPalette(sources(), text)
		if s := screen(p, 80, 24); !strings.Contains(s, want) {
			t.Errorf("%q: %q is missing\n%s", text, want, s)
		}
	}
}

func TestPaletteTakesPastesAndTheMouse(t *testing.T) {
	p := NewPalette(sources(), ">")
	p.Update(tea.PasteMsg{Content: "quit\n"})
	if intents, _ := keys(p, "enter"); told(intents) != "did Quit" {
		t.Errorf("pasted: %q", told(intents))
	}
	p = NewPalette(sources(), "")
	screen(p, 80, 24)
	intents, done := p.Update(tea.MouseClickMsg{X: 4, Y: 5, Button: tea.MouseLeft}) // border, field, line, then the items
	if told(intents) != "did instances/main.instances" || !done {
		t.Errorf("clicked: %q, %v", told(intents), done)
	}
	if intents, done := p.Update(tea.MouseClickMsg{X: 4, Y: 1, Button: tea.MouseLeft}); len(intents) > 0 || done {
		t.Errorf("a click on the field does %q", told(intents))
	}
}

// A long list is scrolled: what is chosen is in sight.
func TestPaletteScrolls(t *testing.T) {
	var many []Item
	for i := range 200 {
		many = append(many, Item{Title: fmt.Sprintf("item %03d", i), Do: says("x")})
	}
	p := NewPalette([]Source{{Items: func(string) []Item { return many }}}, "")
	screen(p, 80, 24)
	for range 150 {
		keys(p, "down")
	}
	if s := screen(p, 80, 24); !strings.Contains(s, "item 150") {
		t.Errorf("the choice is out of sight\n%s", s)
	}
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	keys(p, "pgup", "pgup", "pgdown")
	screen(p, 80, 24)
}

func TestConfirmIsNoByDefault(t *testing.T) {
	for _, tt := range []struct {
		keys []string
		want string
	}{
		{[]string{"enter"}, ""},
		{[]string{"esc"}, ""},
		{[]string{"n"}, ""},
		{[]string{"up", "enter"}, ""},
		{[]string{"y"}, "did it"},
		{[]string{"down", "enter"}, "did it"},
		{[]string{"down", "up", "enter"}, ""},
	} {
		c := NewConfirm(pane.Confirm{Title: "Apply?", Lines: []string{"remove /front"}, Then: says("did it")})
		intents, done := keys(c, tt.keys...)
		if told(intents) != tt.want || !done {
			t.Errorf("%v: %q, over %v; want %q", tt.keys, told(intents), done, tt.want)
		}
	}
	c := NewConfirm(pane.Confirm{Title: "Apply?", Then: says("did it")})
	if intents, done := keys(c, "x", "space", "f5", "ctrl+s"); len(intents) > 0 || done {
		t.Errorf("a key that means nothing does %q, over %v", told(intents), done)
	}
}

func TestChoiceKeepsWhatCannotBeChosen(t *testing.T) {
	c := NewChoice(pane.Choose{Title: "Quick fix", Options: []pane.Action{
		{ID: "a", Key: "1", Title: "Rename it", Do: says("renamed")},
		{ID: "b", Key: "2", Title: "Remove it", Off: "it is used", Do: says("removed")},
	}})
	if s := screen(c, 60, 12); !strings.Contains(s, "it is used") {
		t.Errorf("the reason is not shown\n%s", s)
	}
	if intents, done := keys(c, "down", "enter"); told(intents) != "Remove it: it is used" || done {
		t.Errorf("%q, over %v", told(intents), done)
	}
	if intents, done := keys(c, "1"); told(intents) != "renamed" || !done {
		t.Errorf("%q, over %v", told(intents), done)
	}
	c = NewChoice(pane.Choose{Title: "Quick fix", Lines: []string{"one", "two"}, Options: []pane.Action{{Title: "A", Do: says("a")}, {Title: "B", Do: says("b")}}})
	screen(c, 60, 12)
	if intents, done := c.Update(tea.MouseClickMsg{X: 3, Y: 5, Button: tea.MouseLeft}); told(intents) != "b" || !done { // border, two lines, a blank, A, B
		t.Errorf("clicked %q, over %v\n%s", told(intents), done, screen(c, 60, 12))
	}
	if intents, done := keys(NewChoice(pane.Choose{Title: "None"}), "enter"); len(intents) > 0 || !done {
		t.Error("a choice of nothing does not close")
	}
}

func TestPrompt(t *testing.T) {
	ask := pane.Ask{Title: "Add a copy of /app", Hint: "name of the new instance", Text: "app3", Then: func(a string) []pane.Intent { return says(a)() }}
	for _, tt := range []struct {
		keys []string
		want string
		done bool
	}{
		{[]string{"enter"}, "app3", true},
		{[]string{"x", "enter"}, "x", true}, // what is proposed is replaced,
		{[]string{"end", "x", "enter"}, "app3x", true},
		{[]string{"backspace", "x", "enter"}, "x", true},
		{[]string{"left", "backspace", "enter"}, "ap3", true}, // or changed
		{[]string{"ctrl+u", "w", "e", "b", "enter"}, "web", true},
		{[]string{"ctrl+u", "enter"}, "", false},
		{[]string{"esc"}, "", true},
	} {
		intents, done := keys(NewPrompt(ask), tt.keys...)
		if told(intents) != tt.want || done != tt.done {
			t.Errorf("%v: %q, over %v; want %q, %v", tt.keys, told(intents), done, tt.want, tt.done)
		}
	}
}

func contexts() []Context {
	return []Context{
		{Title: "Instances", Actions: []pane.Action{
			{Key: "s", Title: "Start"}, {Key: "t", Title: "Stop", Off: "it is not started"}, {Title: "Only in the palette"},
		}},
		{Title: "Everywhere", Actions: []pane.Action{
			{Key: "f1", Title: "Help"},
			{Key: "ctrl+p", Title: "Go to or do"},
			{Key: "shift+f5", Title: "Stop the simulation", Off: "nothing runs; F5 starts the simulation"},
			{Key: "ctrl+pgdown", Title: "Next open file"},
		}},
	}
}

// Help is made from the actions as they are: what cannot be done stays, with its reason.
func TestHelpTellsTheTruth(t *testing.T) {
	s := screen(Help(contexts()), 80, 24)
	for _, want := range []string{"Instances", "Everywhere", "^P", "Shift+F5", "Stop (it is not started)", "nothing runs", "^PgDown"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing\n%s", want, s)
		}
	}
	if strings.Contains(s, "Only in the palette") {
		t.Errorf("help is about keys\n%s", s)
	}
}

func TestPageScrollsCopiesCloses(t *testing.T) {
	var lines []Line
	for i := range 60 {
		lines = append(lines, Line{Key: "k", Text: fmt.Sprintf("line %02d", i)})
	}
	for _, key := range []string{"esc", "q", "enter", "f1"} {
		if _, done := keys(NewPage("Help", lines), key); !done {
			t.Errorf("%s does not close a page", key)
		}
	}
	p := NewPage("Help", lines)
	if s := screen(p, 80, 24); !strings.Contains(s, "line 00") || strings.Contains(s, "line 40") {
		t.Errorf("first\n%s", s)
	}
	for range 100 {
		keys(p, "down")
	}
	if s := screen(p, 80, 24); !strings.Contains(s, "line 59") || strings.Contains(s, "line 00") {
		t.Errorf("last\n%s", s)
	}
	keys(p, "pgup", "pgdown", "space", "j", "k", "pgup", "pgup", "pgup", "pgup", "pgup", "pgup", "up")
	if s := screen(p, 80, 24); !strings.Contains(s, "line 00") {
		t.Errorf("first again\n%s", s)
	}
	intents, done := keys(p, "c")
	if got := told(intents); !strings.HasPrefix(got, "copied k\tline 00\nk\tline 01\n") || !done {
		t.Errorf("%q, over %v", got, done)
	}
	p = NewPage("Help", lines)
	screen(p, 80, 24)
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if s := screen(p, 80, 24); strings.Contains(s, "line 00") || !strings.Contains(s, "line 03") {
		t.Errorf("the wheel does not scroll\n%s", s)
	}
}

func leader() *Leader {
	var actions []pane.Action
	for _, a := range []struct{ key, title, off string }{
		{"1", "Design", ""}, {"2", "Run", ""}, {"space", "Pause", "nothing runs"}, {"+", "Faster", "nothing runs"}, {"q", "Quit", ""}, {"w", "A title that is much too long for it", ""},
	} {
		actions = append(actions, pane.Action{Key: a.key, Title: a.title, Off: a.off, Do: says(a.title)})
	}
	return NewLeader(actions)
}

func TestLeader(t *testing.T) {
	for _, tt := range []struct{ key, want string }{
		{"1", "Design"}, {"q", "Quit"}, {"space", "Pause: nothing runs"}, {"+", "Faster: nothing runs"}, {"x", ""}, {"esc", ""},
	} {
		intents, done := keys(leader(), tt.key)
		if told(intents) != tt.want || !done {
			t.Errorf("%s: %q, over %v; want %q", tt.key, told(intents), done, tt.want)
		}
	}
	if _, done := leader().Update(tea.MouseClickMsg{}); !done {
		t.Error("a click does not close the sheet")
	}
}

func TestScreens(t *testing.T) {
	var b strings.Builder
	layers := func() map[string]Overlay {
		palette := NewPalette(sources(), ">")
		typed(palette, "sim")
		return map[string]Overlay{
			"palette": palette,
			"nothing": NewPalette(sources(), "zzz"),
			"confirm": NewConfirm(pane.Confirm{Title: "Apply the difference to the run?", Lines: []string{"1  undeploy and remove /front/haproxy", "2  add /app3"}, Then: says("")}),
			"prompt":  NewPrompt(pane.Ask{Title: "Add a copy of /app", Hint: "name", Text: "app3"}),
			"empty":   NewPrompt(pane.Ask{Title: "Open a folder", Hint: "its path"}),
			"help":    Help(contexts()),
			"leader":  leader(),
			"why": NewPage("Why is /app/guestbook so?", []Line{
				{Text: "/app/guestbook is unresolved."}, {Text: "It waits for MySQL, which /back/mysql could give once it is started, and for nothing else at all, as far as anybody can see."}, {Text: "→ start /back/mysql", Heading: true},
			}),
		}
	}
	for _, name := range []string{"palette", "nothing", "confirm", "prompt", "empty", "help", "leader", "why"} {
		for _, size := range [][2]int{{80, 24}, {60, 15}} {
			fmt.Fprintf(&b, "== %s at %dx%d\n%s", name, size[0], size[1], screen(layers()[name], size[0], size[1]))
		}
	}
	golden.Equal(t, "screens.txt", []byte(b.String()))
}

// Whatever the size of the screen, a layer draws inside of its place, its place lies on the screen, no key ends it badly.
func TestLayersFitEverywhere(t *testing.T) {
	for w := 0; w < 100; w += 7 {
		for h := 0; h < 40; h += 3 {
			for _, o := range []Overlay{
				NewPalette(sources(), ">"), NewConfirm(pane.Confirm{Title: "Sure?", Lines: []string{"a", "b"}, Then: says("")}), NewPrompt(pane.Ask{Title: "Name"}), Help(contexts()), leader(),
			} {
				for _, key := range []string{"", "down", "pgdown", "j", "up"} {
					if key != "" {
						o.Update(tuitest.Press(key))
					}
					screen(o, w, h)
				}
			}
		}
	}
}

func TestActionsOfLayersHaveNames(t *testing.T) {
	for _, o := range []Overlay{
		NewPalette(sources(), ""), NewConfirm(pane.Confirm{Title: "Sure?", Then: says("yes")}), NewPrompt(pane.Ask{Title: "Name", Then: func(string) []pane.Intent { return nil }}), Help(contexts()),
	} {
		seen := map[string]bool{}
		for _, a := range o.Actions() {
			if a.ID == "" || a.Title == "" || a.Key == "" || a.Do == nil || seen[a.ID] || seen[a.Key] {
				t.Errorf("%T: %q %q %q", o, a.ID, a.Key, a.Title)
			}
			seen[a.ID], seen[a.Key] = true, true
			a.Do()
		}
	}
}

func TestKeyName(t *testing.T) {
	for key, want := range map[string]string{
		"ctrl+p": "^P", "f5": "F5", "shift+f5": "Shift+F5", "enter": "Enter", "a": "a", "/": "/", "ctrl+space": "^Space", "ctrl+pgdown": "^PgDown", "pgup": "PgUp", "shift+tab": "Shift+Tab", "é": "é", "": "",
	} {
		if got := KeyName(key); got != want {
			t.Errorf("%s is called %q, want %q", key, got, want)
		}
	}
}
