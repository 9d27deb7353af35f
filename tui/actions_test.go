package tui

import (
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/tuitest"
)

// desk is a terminal of which a test sees the inside.
type desk struct {
	*tuitest.Driver
	m *Model
}

func opened(t testing.TB) *desk {
	t.Helper()
	ws, err := workspace.Open(filepath.Join("..", "samples", "lamp"))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{}
	d.Driver = tuitest.New(t, 120, 40, func(driver *tuitest.Driver) tuitest.Terminal {
		d.m = New(Config{Workspace: ws, Now: driver.Now, After: driver.After})
		return d.m
	})
	return d
}

// start runs the simulation as fast as it can, until everything is started.
func (d *desk) start() {
	d.Keys("f5")
	for range session.Speeds {
		d.Keys("ctrl+k", "+")
	}
	d.WaitRest()
}

// situations are those in which other things can be done.
var situations = map[string]func(d *desk){
	"open":    func(*desk) {},
	"changed": func(d *desk) { d.Type("x") },
	"started": func(d *desk) { d.start() },
	"paused":  func(d *desk) { d.Keys("f5", "ctrl+k", "space") },
	"behind": func(d *desk) {
		d.start()
		d.Keys("ctrl+p")
		d.Type("graph/main.graph")
		d.Keys("enter")
		d.Type("Another {\n\tinstaller: script;\n}\n")
	},
}

// each gives every situation with the focus on every pane.
func each(t *testing.T, do func(name string, d *desk)) {
	for name, happens := range situations {
		for _, id := range paneOrder {
			d := opened(t)
			happens(d)
			d.m.focus(id)
			d.Send(nil)
			do(name+", "+id, d)
		}
	}
}

// all are the actions that can be reached: those of the root, of every pane, of the sheet.
func (d *desk) all() []pane.Action {
	actions := d.m.globals()
	for _, id := range paneOrder {
		actions = append(actions, d.m.panes[id].Actions()...)
	}
	return actions
}

// Every action has a name of its own, a title, something to do; a reason is a clause that can follow a colon.
func TestActionsAreWhole(t *testing.T) {
	each(t, func(name string, d *desk) {
		seen := map[string]bool{}
		for _, a := range d.all() {
			switch {
			case a.ID == "" || a.Title == "" || a.Do == nil:
				t.Errorf("%s: %+v is not whole", name, a)
			case seen[a.ID]:
				t.Errorf("%s: two actions are called %s", name, a.ID)
			case strings.HasSuffix(a.Title, ".") || strings.ToUpper(a.Title[:1]) != a.Title[:1]:
				t.Errorf("%s: the title of %s is %q", name, a.ID, a.Title)
			case a.Off != "" && strings.HasSuffix(a.Off, "."):
				t.Errorf("%s: the reason of %s is %q", name, a.ID, a.Off)
			}
			seen[a.ID] = true
		}
	})
}

// A key means one thing in a place. None needs what terminals or desktops keep for themselves (engineering 2.5).
func TestKeysAreUnique(t *testing.T) {
	contexts := func(d *desk) map[string][]pane.Action {
		return map[string][]pane.Action{"the pane": d.m.panes[d.m.arr.focus].Actions(), "everywhere": d.m.globals(), "after the leader": d.m.sheet()}
	}
	each(t, func(name string, d *desk) {
		for where, actions := range contexts(d) {
			taken := map[string]string{}
			for _, a := range actions {
				if a.Key == "" {
					continue
				}
				if other := taken[a.Key]; other != "" {
					t.Errorf("%s, %s: %s is the key of %s, of %s", name, where, a.Key, other, a.ID)
				}
				taken[a.Key] = a.ID
				if strings.Contains(a.Key, "alt+") || strings.Contains(a.Key, "ctrl+shift+") || a.Key == "f10" || a.Key == "f11" {
					t.Errorf("%s: %s needs %s", name, a.ID, a.Key)
				}
				if got := tuitest.Press(a.Key).String(); got != a.Key {
					t.Errorf("%s: the key of %s is %q, which a terminal calls %q", name, a.ID, a.Key, got)
				}
			}
		}
	})
}

// In a pane of text letters are typed: no action of the editor, none of the root, may be a letter.
func TestLettersAreFreeInTheEditor(t *testing.T) {
	d := opened(t)
	for _, a := range append(d.m.globals(), d.m.panes["editor"].Actions()...) {
		if len(a.Key) == 1 {
			t.Errorf("%s is the key of %s", a.Key, a.ID)
		}
	}
}

// The sheet after the leader key knows every action it speaks of.
func TestSheetNamesActions(t *testing.T) {
	d := opened(t)
	for i, a := range d.m.sheet() {
		if a.ID != leaders[i].id || a.Do == nil || a.Title == "" {
			t.Errorf("%s after the leader key does %q", leaders[i].key, a.ID)
		}
	}
}

// Everything that can be done, can be done in every situation, one after the other, without an end of the program.
func TestEveryActionWorks(t *testing.T) {
	for name, happens := range situations {
		fresh := func() *desk {
			d := opened(t)
			happens(d)
			return d
		}
		d := fresh()
		running := d.m.run != nil
		for _, planned := range d.all() {
			for _, a := range d.all() {
				if a.ID != planned.ID || a.Off != "" || strings.HasSuffix(a.ID, ".save") { // saving would write into the sample
					continue
				}
				d.m.doAll(a.Do())
				d.Send(tea.FocusMsg{})
				d.Keys("down", "esc", "esc", "esc")
			}
			if d.Ended && planned.ID != "app.quit" {
				t.Errorf("%s: %s ends the program", name, planned.ID)
			}
			if d.Ended || d.m.welcome != nil || running != (d.m.run != nil) {
				d = fresh()
			}
		}
	}
}

// A disabled action tells its reason when its key is pressed.
func TestDisabledActionsTellWhy(t *testing.T) {
	each(t, func(name string, d *desk) {
		for _, a := range d.m.panes[d.m.arr.focus].Actions() {
			if a.Off == "" || a.Key == "" || a.Key == "esc" {
				continue
			}
			d.Keys(a.Key)
			if !strings.Contains(d.m.told.Text, a.Off) {
				t.Errorf("%s: %s tells %q, the reason is %q", name, a.ID, d.m.told.Text, a.Off)
			}
		}
	})
}
