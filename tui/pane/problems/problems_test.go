package problems

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/tuitest"
)

func at(code diag.Code, file string, line int) diag.Problem {
	p := diag.Problem{Code: code, Place: source.Place{File: file, Span: source.Span{Start: 10 * line, End: 10*line + 3}}}
	p.Range.Start = source.Position{Line: line, Column: 4}
	return p
}

// found are problems of every kind: with fixes, without, with other places, without a place.
func found() []diag.Problem {
	unknown := at(diag.RMUnresolvableVariable, "graph/main.graph", 12)
	unknown.On = "HAProxy"
	unknown.Details = []diag.Detail{{Kind: diag.KindVariable, Text: "Tomcat.por"}, {Kind: diag.KindComponent, Text: "HAProxy"}}
	unknown.Fixes = []diag.Fix{{Title: diag.Say("Import Tomcat.port")}}
	unknown.Related = []diag.Related{{Place: source.Place{File: "graph/tiers/tomcat.graph"}, Message: diag.Say("Tomcat is declared here")}}
	unknown.Related[0].Range.Start.Line = 3
	two := at(diag.PInvalidProperty, "graph/main.graph", 40)
	two.Fixes = []diag.Fix{{Title: diag.Say("Remove the line")}, {Title: diag.Say("Make it a comment")}}
	return []diag.Problem{unknown, two, at(diag.PEmptyFile, "instances/more.instances", 1), {Code: diag.PInvalidProperty}}
}

func with(list []diag.Problem) *Pane {
	p := New(diag.English)
	p.Update(pane.Snapshot{Now: &workspace.Snapshot{Problems: list}})
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
	show := func(name string, p *Pane, w, h int) {
		fmt.Fprintf(&b, "== %s, %dx%d: %s\n%s", name, w, h, p.Title(), screen(p, w, h))
	}
	show("empty", New(diag.English), 50, 6)
	show("sound", with(nil), 50, 6)
	for _, size := range [][2]int{{120, 9}, {80, 9}, {50, 9}, {80, 3}} {
		show("the first chosen", with(found()), size[0], size[1])
	}
	p := with(found())
	keys(p, "end")
	show("the last chosen", p, 80, 9)
	keys(p, "up", "up")
	show("two fixes", p, 80, 9)
	golden.Equal(t, "screens.txt", []byte(b.String()))
}

func TestKeys(t *testing.T) {
	p := with(found())
	if got := keys(p, "enter"); len(got) != 1 || got[0] != (pane.Open{File: "graph/main.graph", Span: source.Span{Start: 120, End: 123}}) {
		t.Errorf("enter: %v", got)
	}
	if got := keys(p, "c"); len(got) != 1 || !strings.HasPrefix(got[0].(pane.Copy).Text, "main.graph:12:4 ") || !strings.HasSuffix(got[0].(pane.Copy).Text, " [RM_UNRESOLVABLE_VARIABLE]") {
		t.Errorf("c: %v", got)
	}
	if got := keys(p, "f7"); len(got) != 1 || got[0].(pane.Cure).Fix.Title.String() != "Import Tomcat.port" {
		t.Errorf("one fix is done at once: %v", got)
	}
	got := keys(p, "down", "f7")
	if len(got) != 1 || len(got[0].(pane.Choose).Options) != 2 {
		t.Fatalf("two fixes are asked about: %v", got)
	}
	second := got[0].(pane.Choose).Options[1]
	if cure := second.Do()[0].(pane.Cure); second.Key != "2" || cure.Fix.Title.String() != "Make it a comment" {
		t.Errorf("the second fix: %+v", cure)
	}
	if got := keys(p, "down", "f7"); len(got) != 1 || !strings.Contains(got[0].(pane.Tell).Text, "no quick fix") {
		t.Errorf("no fix: %v", got)
	}
	if got := keys(p, "end", "enter"); len(got) != 1 || !strings.Contains(got[0].(pane.Tell).Text, "no place") {
		t.Errorf("no place: %v", got)
	}
	for _, key := range []string{"enter", "f7", "c"} {
		if got := keys(with(nil), key); len(got) != 1 || !strings.Contains(got[0].(pane.Tell).Text, "there is no problem") {
			t.Errorf("%s without problems: %v", key, got)
		}
	}
}

// A new snapshot keeps the choice on the same problem, although others were found before it.
func TestSnapshotsKeepTheChoice(t *testing.T) {
	p := with(found())
	keys(p, "down")
	p.Update(pane.Snapshot{Now: &workspace.Snapshot{Problems: append([]diag.Problem{at(diag.PEmptyFile, "a", 1)}, found()...)}})
	if got, _ := p.Chosen(); len(got.Fixes) != 2 {
		t.Errorf("chosen %v", got)
	}
	p.Update(pane.Snapshot{Now: &workspace.Snapshot{Problems: found()[:1]}})
	if got, ok := p.Chosen(); !ok || got.Code != diag.RMUnresolvableVariable {
		t.Errorf("chosen %v, %v", got, ok)
	}
	p.Update(pane.Snapshot{Now: &workspace.Snapshot{}})
	if _, ok := p.Chosen(); ok {
		t.Error("a problem is chosen where there is none")
	}
}

// F8 goes round.
func TestStep(t *testing.T) {
	p := with(found())
	var lines []int
	for range 5 {
		next, ok := p.Step(1)
		if !ok {
			t.Fatal("no next problem")
		}
		lines = append(lines, next.Range.Start.Line)
	}
	if fmt.Sprint(lines) != "[40 1 0 12 40]" {
		t.Errorf("lines %v", lines)
	}
	if back, _ := p.Step(-1); back.Range.Start.Line != 12 {
		t.Errorf("back to line %d", back.Range.Start.Line)
	}
	if _, ok := New(diag.English).Step(1); ok {
		t.Error("a next problem of none")
	}
}

func TestMouse(t *testing.T) {
	p := with(found())
	screen(p, 80, 9)
	help := strings.Count(screen(p, 80, 9), "F7: Import")
	if help != 1 {
		t.Fatalf("the fix is not shown\n%s", screen(p, 80, 9))
	}
	if got := p.Update(tea.MouseClickMsg{Y: 0, Button: tea.MouseLeft}); len(got) != 1 {
		t.Errorf("a click on the chosen problem: %v", got)
	}
	rows := strings.Split(screen(p, 80, 9), "\n")
	for y, row := range rows {
		if strings.Contains(row, "main.graph:40") {
			if got := p.Update(tea.MouseClickMsg{Y: y, Button: tea.MouseLeft}); got != nil {
				t.Errorf("a click on another problem: %v", got)
			}
		}
	}
	if chosen, _ := p.Chosen(); chosen.Range.Start.Line != 40 {
		t.Errorf("clicked line 40, chosen line %d: what helps stands between\n%s", chosen.Range.Start.Line, screen(p, 80, 9))
	}
	screen(p, 80, 3)
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
}
