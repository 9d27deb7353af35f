package files

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/tuitest"
)

// shop is a folder with recipes, problems, unsaved text.
func shop(files ...string) *workspace.Snapshot {
	severe := func(file string) diag.Problem {
		return diag.Problem{Code: diag.PInvalidProperty, Place: source.Place{File: file}}
	}
	return &workspace.Snapshot{
		All: append([]string{
			"README.md", "descriptor/application.properties", "graph/Tomcat/scripts/start.sh", "graph/Tomcat/scripts/stop.sh",
			"graph/main.graph", "graph/tiers/database.graph", "instances/main.instances",
		}, files...),
		Dirty:    map[string]bool{"graph/main.graph": true, "graph/tiers/database.graph": true},
		Problems: []diag.Problem{severe("graph/main.graph"), severe("graph/main.graph"), severe("graph/Tomcat/scripts/start.sh"), {Code: diag.PEmptyFile, Place: source.Place{File: "instances/main.instances"}}, {Code: diag.PInvalidProperty}},
		Result:   &load.Result{Resources: map[string][]string{"Tomcat": {"scripts/start.sh", "scripts/stop.sh"}, "tiers": {"database.graph"}}, Files: map[string]*load.File{"graph/tiers/database.graph": nil}},
	}
}

func with(snap *workspace.Snapshot) *Pane {
	p := New()
	p.Update(pane.Snapshot{Now: snap})
	return p
}

func keys(p *Pane, names ...string) []pane.Intent { return tuitest.PressAll(p.Update, names...) }

func screen(p *Pane, w, h int) string {
	g := cell.New(w, h)
	p.Draw(g, pane.Frame{Theme: theme.Plain(), Focused: true})
	return g.Plain() + "\n"
}

func TestScreens(t *testing.T) {
	var b strings.Builder
	show := func(name string, p *Pane, w, h int) { fmt.Fprintf(&b, "== %s, %dx%d\n%s", name, w, h, screen(p, w, h)) }
	show("empty", New(), 30, 6)
	show("at first", with(shop()), 30, 12)
	show("narrow", with(shop()), 14, 12)
	p := with(shop())
	keys(p, "end")
	show("scrolled", p, 30, 5)
	p.Update(pane.Show{File: "graph/Tomcat/scripts/stop.sh"})
	show("revealed", p, 30, 14)
	golden.Equal(t, "screens.txt", []byte(b.String()))
}

func TestKeys(t *testing.T) {
	for _, tt := range []struct {
		name   string
		keys   []string
		chosen string
		opened string
	}{
		{"opens a file", []string{"enter"}, "README.md", "README.md"},
		{"opens another", []string{"end", "enter"}, "instances/main.instances", "instances/main.instances"},
		{"goes down", []string{"down", "j", "down"}, "graph", ""},
		{"folds, then unfolds with enter", []string{"down", "enter", "enter", "down"}, "descriptor/application.properties", ""},
		{"folded folders are passed", []string{"down", "left", "down"}, "graph", ""},
		{"unfolds a recipe", []string{"down", "down", "down", "down", "right", "down", "down", "enter"}, "graph/Tomcat/scripts/start.sh", "graph/Tomcat/scripts/start.sh"},
		{"goes up from a file", []string{"end", "left"}, "instances", ""},
		{"goes up from a folded folder", []string{"down", "down", "down", "down", "left"}, "graph", ""},
		{"a letter does nothing", []string{"x", "s", "f5"}, "README.md", ""},
	} {
		p := with(shop())
		opened := ""
		for _, i := range keys(p, tt.keys...) {
			if o, ok := i.(pane.Open); ok {
				opened = o.File
			}
		}
		if p.Chosen() != tt.chosen || opened != tt.opened {
			t.Errorf("%s: chosen %q, opened %q; want %q, %q\n%s", tt.name, p.Chosen(), opened, tt.chosen, tt.opened, screen(p, 40, 14))
		}
	}
	if got := keys(New(), "enter", "left", "right", "down"); len(got) != 3 {
		t.Errorf("an empty tree answers %v: each key tells why not", got)
	}
}

// The choice stays on its file while others come and go; a folder that was unfolded stays so.
func TestSnapshotsKeepTheChoice(t *testing.T) {
	p := with(shop())
	keys(p, "end")
	p.Update(pane.Snapshot{Now: shop("instances/zzz.instances")})
	if p.Chosen() != "instances/main.instances" {
		t.Errorf("chosen %q", p.Chosen())
	}
	p.Update(pane.Show{File: "graph/Tomcat/scripts/stop.sh"})
	p.Update(pane.Snapshot{Now: shop()})
	if p.Chosen() != "graph/Tomcat/scripts/stop.sh" {
		t.Errorf("chosen %q: what was unfolded is folded again", p.Chosen())
	}
	p.Update(pane.Snapshot{Now: &workspace.Snapshot{All: []string{"a"}}})
	if p.Chosen() != "a" {
		t.Errorf("chosen %q", p.Chosen())
	}
	p.Update(pane.Snapshot{Now: &workspace.Snapshot{}})
	if p.Chosen() != "" {
		t.Errorf("chosen %q of nothing", p.Chosen())
	}
}

func TestMouse(t *testing.T) {
	p := with(shop())
	screen(p, 30, 6)
	got := p.Update(tea.MouseClickMsg{X: 3, Y: 0, Button: tea.MouseLeft})
	if len(got) != 1 || got[0] != (pane.Open{File: "README.md"}) {
		t.Errorf("a click on a file: %v", got)
	}
	p.Update(tea.MouseClickMsg{X: 1, Y: 1, Button: tea.MouseLeft})
	if s := screen(p, 30, 12); strings.Contains(s, "application.properties") {
		t.Errorf("a click does not fold\n%s", s)
	}
	if got := p.Update(tea.MouseClickMsg{X: 3, Y: 5000, Button: tea.MouseLeft}); got != nil {
		t.Errorf("a click on nothing: %v", got)
	}
	screen(p, 30, 4)
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if s := screen(p, 30, 4); strings.Contains(s, "README") {
		t.Errorf("the wheel does not scroll\n%s", s)
	}
}

func TestActionsSayWhyNot(t *testing.T) {
	for _, p := range []*Pane{New(), with(shop())} {
		for _, a := range p.Actions() {
			if a.ID == "" || a.Title == "" || a.Key == "" || a.Do == nil {
				t.Errorf("%+v is not whole", a)
			}
		}
	}
	for _, a := range New().Actions() {
		if a.Off == "" {
			t.Errorf("%s can be done in an empty tree", a.ID)
		}
	}
}
