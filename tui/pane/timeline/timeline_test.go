package timeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/simulator/trace"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/tuitest"
)

// told is a trace with an entry of every kind.
func told() *trace.Trace {
	t := &trace.Trace{}
	at := func(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
	t.Add(trace.Entry{Kind: trace.Operation, Text: "deploy all"})
	t.Add(trace.Entry{At: at(0.2), Kind: trace.State, Path: "/app1", From: "NOT_DEPLOYED", To: "DEPLOYING", Text: "on request"})
	t.Add(trace.Entry{At: at(4.25), Kind: trace.Machine, Path: "/app1", Text: "an agent came"})
	t.Add(trace.Entry{At: at(5), Kind: trace.Recipe, Path: "/app1/tomcat", From: "deploy", To: trace.Began})
	t.Add(trace.Entry{At: at(7.5), Kind: trace.Recipe, Path: "/app1/tomcat", From: "deploy", To: trace.Failed, Text: "exit 3 after 2.5s", Problem: true})
	t.Add(trace.Entry{At: at(65), Kind: trace.State, Path: "/app1/tomcat/guestbook", From: "DEPLOYED_STOPPED", To: "UNRESOLVED", Text: "waits for MySQL"})
	t.Add(trace.Entry{At: at(70), Kind: trace.Fault, Path: "/back", Text: "crashes"})
	t.Add(trace.Entry{At: at(3700), Kind: trace.State, Path: "/back/mysql", From: "STARTING", To: "DEPLOYED_STARTED", Text: "start ended well"})
	t.Add(trace.Entry{At: at(3701), Kind: trace.State, Path: "/app2", From: "NOT_DEPLOYED", Text: "removed"})
	t.Add(trace.Entry{At: at(3702), Kind: trace.Message, Path: "/app1", Text: "sends instance-changed to the manager"})
	return t
}

func view(t *trace.Trace) *session.View { return &session.View{Trace: t, Len: t.Len()} }

func with(t *trace.Trace) *Pane {
	p := New()
	p.Update(pane.Running{View: view(t)})
	return p
}

func keys(p *Pane, names ...string) []pane.Intent { return tuitest.PressAll(p.Update, names...) }

func filter(p *Pane, text string) {
	keys(p, "/", "ctrl+u")
	for _, r := range text {
		if r == ' ' {
			keys(p, "space")
			continue
		}
		keys(p, string(r))
	}
}

func screen(p *Pane, w, h int) string {
	g := cell.New(w, h)
	at := pane.Point{}
	p.Draw(g, pane.Frame{Theme: theme.Plain(), Focused: true, Cursor: &at})
	if at.Show {
		g.Put(at.X, at.Y, "█", cell.Style{})
	}
	return g.Plain() + "\n"
}

func TestScreens(t *testing.T) {
	var b strings.Builder
	show := func(name string, p *Pane, w, h int) {
		fmt.Fprintf(&b, "== %s, %dx%d: %s\n%s", name, w, h, p.Title(), screen(p, w, h))
	}
	show("empty", New(), 60, 6)
	for _, w := range []int{120, 80, 50} {
		show("every kind", with(told()), w, 11)
	}
	show("the end is in sight", with(told()), 80, 4)
	p := with(told())
	filter(p, "tomcat kind:recipe")
	show("filtering", p, 80, 6)
	keys(p, "enter")
	show("filtered", p, 80, 6)
	filter(p, "zzz")
	show("nothing answers", p, 80, 6)
	golden.Equal(t, "screens.txt", []byte(b.String()))
}

func TestFilter(t *testing.T) {
	for _, tt := range []struct {
		filter string
		want   int
	}{
		{"", 10},
		{"tomcat", 3},
		{"TOMCAT", 3},
		{"tomcat !recipe", 1},
		{"kind:state", 4},
		{"kind:s", 4},
		{"state:started", 1},
		{"state:deploy", 2},
		{"!kind:state", 6},
		{"mysql", 2},
		{"waits mysql", 1},
		{"zzz", 0},
		{"!", 10},
		{"removed", 1},
		{"deploy began", 1},
	} {
		p := with(told())
		filter(p, tt.filter)
		if got := p.list.Len; got != tt.want {
			t.Errorf("%q lets %d entries through, want %d\n%s", tt.filter, got, tt.want, screen(p, 100, 12))
		}
	}
	p := with(told())
	filter(p, "tomcat ")
	p.Update(tea.PasteMsg{Content: "failed"})
	if p.list.Len != 1 {
		t.Errorf("pasted: %d entries", p.list.Len)
	}
	keys(p, "esc")
	if p.list.Len != 10 || p.Title() != "Timeline" {
		t.Errorf("dropped: %d entries, %s", p.list.Len, p.Title())
	}
	filter(p, "tomcat")
	keys(p, "enter", "esc")
	if p.list.Len != 10 {
		t.Errorf("a kept filter is dropped with esc: %d entries", p.list.Len)
	}
}

// The list follows the run until the person looks back; at its end it follows again. A filter sees what comes later.
func TestFollow(t *testing.T) {
	tr := told()
	p := with(tr)
	grow := func(n int) {
		for range n {
			tr.Add(trace.Entry{Kind: trace.Note, Path: "/app1", Text: "later"})
		}
		p.Update(pane.Running{View: view(tr)})
		screen(p, 80, 5)
	}
	grow(10)
	if p.list.At != 19 {
		t.Errorf("row %d of %d", p.list.At, p.list.Len)
	}
	keys(p, "up")
	grow(10)
	if p.list.At != 18 || p.list.Len != 30 {
		t.Errorf("looked back: row %d of %d", p.list.At, p.list.Len)
	}
	keys(p, "end")
	grow(10)
	if p.list.At != 39 {
		t.Errorf("at the end again: row %d of %d", p.list.At, p.list.Len)
	}
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	grow(1)
	if p.list.At == 40 {
		t.Error("the wheel does not stop following")
	}
	keys(p, "f")
	grow(1)
	if p.list.At != 41 {
		t.Errorf("F follows: row %d of %d", p.list.At, p.list.Len)
	}
	filter(p, "later")
	before := p.list.Len
	grow(5)
	if p.list.Len != before+5 {
		t.Errorf("filtered: %d entries, then %d", before, p.list.Len)
	}
}

// Looking back, a filter keeps the choice on its entry, or on the next one that it lets through.
func TestFilterKeepsTheChoice(t *testing.T) {
	p := with(told())
	keys(p, "home", "down", "down", "down", "down") // deploy recipe failed
	filter(p, "tomcat")
	if e, _ := p.Chosen(); e.Seq != 4 || p.follow {
		t.Errorf("chosen entry %d, following %v", e.Seq, p.follow)
	}
	filter(p, "state:started")
	if e, _ := p.Chosen(); e.Seq != 7 {
		t.Errorf("chosen entry %d", e.Seq)
	}
	keys(p, "esc")
	if e, _ := p.Chosen(); e.Seq != 7 || p.list.Len != 10 {
		t.Errorf("chosen entry %d of %d", e.Seq, p.list.Len)
	}
}

// A view shows what had happened when it was made, though the trace has grown since; another run begins afresh.
func TestViewsAndRuns(t *testing.T) {
	tr := told()
	p := New()
	p.Update(pane.Running{View: &session.View{Trace: tr, Len: 4}})
	if p.list.Len != 4 {
		t.Errorf("%d entries", p.list.Len)
	}
	p.Update(pane.Running{View: view(tr)})
	if p.list.Len != 10 {
		t.Errorf("%d entries", p.list.Len)
	}
	other := &trace.Trace{}
	other.Add(trace.Entry{Kind: trace.Note, Text: "another run"})
	p.Update(pane.Running{View: view(other)})
	if p.list.Len != 1 || !strings.Contains(screen(p, 60, 4), "another run") {
		t.Errorf("%d entries of another run", p.list.Len)
	}
	p.Update(pane.Running{})
	if p.list.Len != 0 {
		t.Errorf("%d entries of no run", p.list.Len)
	}
}

func TestKeysAndMouse(t *testing.T) {
	p := with(told())
	screen(p, 80, 12)
	if got := keys(p, "home", "down"); len(got) != 1 || got[0] != (pane.Select{Instance: "/app1"}) {
		t.Errorf("down: %v", got)
	}
	if got := keys(p, "w"); len(got) != 1 || got[0] != (pane.Explain{Path: "/app1"}) {
		t.Errorf("w: %v", got)
	}
	if got := keys(p, "enter"); len(got) != 1 || got[0] != (pane.Select{Instance: "/app1"}) {
		t.Errorf("enter: %v", got)
	}
	if got := keys(p, "home", "enter"); len(got) != 1 || !strings.Contains(got[0].(pane.Tell).Text, "not about an instance") {
		t.Errorf("enter on an operation: %v", got)
	}
	if got := p.Update(tea.MouseClickMsg{Y: 5, Button: tea.MouseLeft}); len(got) != 1 || got[0] != (pane.Select{Instance: "/app1/tomcat/guestbook"}) {
		t.Errorf("a click: %v", got)
	}
	for _, key := range []string{"enter", "w", "/", "f"} {
		if got := keys(New(), key); len(got) != 1 || !strings.Contains(got[0].(pane.Tell).Text, "nothing has run yet") {
			t.Errorf("%s before a run: %v", key, got)
		}
	}
}

func TestClock(t *testing.T) {
	for at, want := range map[time.Duration]string{
		0: "0.0s", 7500 * time.Millisecond: "7.5s", 59949 * time.Millisecond: "59.9s", 60 * time.Second: "1m00.0s", 127500 * time.Millisecond: "2m07.5s",
		time.Hour: "1h00m00s", 26*time.Hour + 3*time.Minute + 9*time.Second: "26h03m09s",
	} {
		if got := Clock(at); got != want {
			t.Errorf("%v is %s, want %s", at, got, want)
		}
	}
}

func TestActionsAreWhole(t *testing.T) {
	filtered := with(told())
	filter(filtered, "tomcat")
	kept := with(told())
	filter(kept, "tomcat")
	keys(kept, "enter")
	for _, p := range []*Pane{New(), with(told()), filtered, kept} {
		ids, taken := map[string]bool{}, map[string]bool{}
		for _, a := range p.Actions() {
			if a.ID == "" || a.Title == "" || a.Key == "" || a.Do == nil || ids[a.ID] || taken[a.Key] {
				t.Errorf("%q %q %q", a.ID, a.Key, a.Title)
			}
			ids[a.ID], taken[a.Key] = true, true
		}
	}
}

// Engineering 2.3: 50,000 lines cost no more to draw than those in sight.
func BenchmarkLongTrace(b *testing.B) {
	tr := &trace.Trace{}
	for range 50_000 {
		tr.Add(trace.Entry{Kind: trace.Note, Path: "/app1", Text: "something happened"})
	}
	p := with(tr)
	g := cell.New(120, 30)
	for b.Loop() {
		p.Update(pane.Running{View: view(tr)})
		p.Draw(g, pane.Frame{Theme: theme.Dark()})
	}
}
