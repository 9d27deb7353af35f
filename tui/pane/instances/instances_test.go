package instances

import (
	"fmt"
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/tuitest"
)

func lamp(t testing.TB) *workspace.Snapshot {
	r := load.Dir(os.DirFS("../../../samples/lamp"), load.Options{}, nil)
	if r.App.Graph.Component("VM") == nil {
		t.Fatal("the sample cannot be read")
	}
	return &workspace.Snapshot{Result: r}
}

// run is a view in which every state occurs.
func run() *session.View {
	v := &session.View{Reasons: map[string]string{"/app1/tomcat/guestbook": "waits for MySQL", "/back/mysql": "on request", "/app2/tomcat": "waits for its machine"}}
	for _, s := range []struct {
		path, component string
		state           lifecycle.State
		failed          string
	}{
		{"/app1", "VM", lifecycle.DeployedStarted, ""},
		{"/app1/tomcat", "Tomcat", lifecycle.DeployedStarted, ""},
		{"/app1/tomcat/guestbook", "GuestBook", lifecycle.Unresolved, ""},
		{"/app2", "VM", lifecycle.Deploying, ""},
		{"/app2/tomcat", "Tomcat", lifecycle.WaitingForAncestor, ""},
		{"/app2/tomcat/guestbook", "GuestBook", lifecycle.NotDeployed, "the deploy recipe ended with 3"},
		{"/back", "VM", lifecycle.Problem, ""},
		{"/back/mysql", "MySQL", lifecycle.Starting, ""},
		{"/front", "VM", lifecycle.Undeploying, ""},
		{"/front/haproxy", "HAProxy", lifecycle.DeployedStopped, ""},
	} {
		status := manager.Status{Path: s.path, Component: s.component, State: s.state, Machine: s.component == "VM"}
		if s.failed != "" {
			status.Failure = &lifecycle.Failure{Message: s.failed}
		}
		v.Statuses = append(v.Statuses, status)
	}
	return v
}

func with(t testing.TB, v *session.View) *Pane {
	p := New()
	p.Update(pane.Snapshot{Now: lamp(t)})
	p.Update(pane.Running{View: v})
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
	show("empty", New(), 50, 8)
	for _, w := range []int{60, 30, 14} {
		show("design", with(t, nil), w, 11)
		show("run", with(t, run()), w, 11)
	}
	v := run()
	v.Statuses = v.Statuses[:6]
	show("the text has more than the run", with(t, v), 60, 12)
	p := with(t, run())
	keys(p, "left", "down", "left")
	show("folded", p, 60, 8)
	keys(p, "end")
	show("scrolled", p, 60, 4)
	golden.Equal(t, "screens.txt", []byte(b.String()))
}

// asked is what a key asks of the run, in words.
func asked(intents []pane.Intent) string {
	var all []string
	for _, i := range intents {
		switch i := i.(type) {
		case pane.Operate:
			all = append(all, fmt.Sprintf("%T%+v", i.Op, i.Op))
		case pane.Explain:
			all = append(all, "why "+i.Path)
		case pane.Deletes:
			all = append(all, "delete "+i.Path)
		case pane.Tell:
			all = append(all, i.Text)
		}
	}
	return strings.Join(all, ", ")
}

func TestKeysAskTheRun(t *testing.T) {
	for _, tt := range []struct{ path, key, want string }{
		{"/front/haproxy", "s", "manager.Request{Path:/front/haproxy State:DEPLOYED_STARTED}"},
		{"/app1/tomcat", "s", "Start: it is started"},
		{"/app1/tomcat", "t", "manager.Request{Path:/app1/tomcat State:DEPLOYED_STOPPED}"},
		{"/front/haproxy", "t", "Stop: it is not started"},
		{"/app1", "t", "Stop: a machine is deployed or undeployed, not stopped"},
		{"/app1", "d", "manager.DeployAndStart{Path:/app1}"},
		{"/app1", "u", "manager.UndeployAll{Path:/app1}"},
		{"/app1/tomcat", "u", "manager.Request{Path:/app1/tomcat State:NOT_DEPLOYED}"},
		{"/app2/tomcat/guestbook", "u", "Undeploy: it is not deployed"},
		{"/app1/tomcat/guestbook", "w", "why /app1/tomcat/guestbook"},
		{"/app1", "x", "delete /app1"},
		{"/app1", "y", ""},
	} {
		p := with(t, run())
		p.Update(pane.Selected{Instance: tt.path})
		if got := asked(keys(p, tt.key)); got != tt.want {
			t.Errorf("%s on %s: %q, want %q", tt.key, tt.path, got, tt.want)
		}
	}
	still := with(t, nil)
	for _, key := range []string{"s", "t", "d", "u", "w"} {
		if got := asked(keys(still, key)); !strings.Contains(got, "nothing runs; F5 starts the simulation") {
			t.Errorf("%s without a run: %q", key, got)
		}
	}
	v := run()
	v.Statuses = v.Statuses[:6]
	p := with(t, v)
	p.Update(pane.Selected{Instance: "/back/mysql"})
	if got := asked(keys(p, "s")); !strings.Contains(got, "not in the run yet") {
		t.Errorf("an instance that is only in the text: %q", got)
	}
	for _, key := range []string{"s", "a", "enter", "x", "left", "right"} {
		if got := asked(keys(New(), key)); !strings.Contains(got, "there is no instance") {
			t.Errorf("%s without instances: %q", key, got)
		}
	}
}

func TestEnterShowsTheText(t *testing.T) {
	p := with(t, nil)
	p.Update(pane.Selected{Instance: "/back/mysql"})
	got := keys(p, "enter")
	if len(got) != 2 || got[0] != (pane.Select{Instance: "/back/mysql"}) || got[1].(pane.Open).File != "instances/main.instances" || got[1].(pane.Open).Span.Start == 0 {
		t.Errorf("%v", got)
	}
}

// A copy gets the next free number: names of the text and of the run are taken.
func TestCopyProposesAName(t *testing.T) {
	for path, want := range map[string]string{"/app1": "app3", "/front": "front-2", "/app1/tomcat": "tomcat-2"} {
		p := with(t, run())
		p.Update(pane.Selected{Instance: path})
		got := keys(p, "a")
		if len(got) != 1 || got[0].(pane.Ask).Text != want {
			t.Errorf("%s: %v, want %s", path, got, want)
			continue
		}
		if copied := got[0].(pane.Ask).Then(" other ")[0]; copied != (pane.Copies{Path: path, Name: "other"}) {
			t.Errorf("%s: %v", path, copied)
		}
	}
}

func TestMovingSelects(t *testing.T) {
	p := with(t, run())
	if got := keys(p, "home", "down"); len(got) != 2 || got[1] != (pane.Select{Instance: "/app1/tomcat"}) {
		t.Errorf("down: %v", got)
	}
	if got := keys(p, "home", "up"); len(got) != 1 {
		t.Errorf("at the top, up selects nothing new: %v", got)
	}
	screen(p, 60, 11)
	if got := p.Update(tea.MouseClickMsg{Y: 4, Button: tea.MouseLeft}); len(got) != 1 || got[0] != (pane.Select{Instance: "/app2/tomcat"}) {
		t.Errorf("a click: %v", got)
	}
	screen(p, 60, 4)
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if s := screen(p, 60, 4); strings.Contains(s, "app1") {
		t.Errorf("the wheel does not scroll\n%s", s)
	}
}

// The tree changes under the choice, which stays on its instance; what is selected elsewhere is unfolded here.
func TestChoiceStays(t *testing.T) {
	p := with(t, run())
	p.Update(pane.Selected{Instance: "/back/mysql"})
	v := run()
	v.Statuses = v.Statuses[3:]
	p.Update(pane.Running{View: v})
	if got, _ := p.Chosen(); got != "/back/mysql" {
		t.Errorf("chosen %s", got)
	}
	p.Update(pane.Running{})
	if got, _ := p.Chosen(); got != "/back/mysql" {
		t.Errorf("chosen %s after the run", got)
	}
	keys(p, "left", "left") // up to /back, which is folded
	p.Update(pane.Selected{Instance: "/back/mysql"})
	if got, _ := p.Chosen(); got != "/back/mysql" {
		t.Errorf("chosen %s: a selected instance below a folded one is not shown", got)
	}
}

func TestActionsAreWhole(t *testing.T) {
	for _, p := range []*Pane{New(), with(t, nil), with(t, run())} {
		ids, taken := map[string]bool{}, map[string]bool{}
		for _, a := range p.Actions() {
			if a.ID == "" || a.Title == "" || a.Key == "" || a.Do == nil || ids[a.ID] || taken[a.Key] {
				t.Errorf("%q %q %q", a.ID, a.Key, a.Title)
			}
			ids[a.ID], taken[a.Key] = true, true
		}
	}
}

func BenchmarkThousandInstances(b *testing.B) {
	v := &session.View{}
	for i := range 1000 {
		v.Statuses = append(v.Statuses, manager.Status{Path: fmt.Sprintf("/vm%d", i), Component: "VM", Machine: true, State: lifecycle.DeployedStarted})
	}
	p := with(b, v)
	g := cell.New(60, 40)
	for b.Loop() {
		p.Update(pane.Running{View: v})
		p.Draw(g, pane.Frame{Theme: theme.Dark()})
	}
}
