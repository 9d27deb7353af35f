package topology

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/samples"
	"github.com/roboconf/workbench/tui/canvas"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/theme"
)

func lamp(t testing.TB) *load.Result {
	t.Helper()
	s, err := samples.Find("lamp")
	if err != nil {
		t.Fatal(err)
	}
	return load.Dir(s.FS, load.Options{}, nil)
}

// driver presses keys and looks at screens.
type driver struct {
	t    testing.TB
	p    *Pane
	w, h int
	th   *theme.Theme
	out  []pane.Intent
}

func drive(t testing.TB, w, h int) *driver {
	d := &driver{t: t, p: New(), w: w, h: h, th: theme.Plain()}
	d.send(pane.Snapshot{Now: &workspace.Snapshot{Result: lamp(t)}})
	d.screen()
	return d
}

func (d *driver) send(msgs ...tea.Msg) {
	for _, m := range msgs {
		d.out = d.p.Update(m)
	}
}

// keys presses keys by name, with a frame after each: "tab", "+", "enter".
func (d *driver) keys(names string) {
	for _, n := range strings.Fields(names) {
		d.send(press(n))
		d.screen()
	}
}

func press(name string) tea.KeyPressMsg {
	k := tea.Key{}
	if rest, ok := strings.CutPrefix(name, "shift+"); ok {
		k.Mod, name = tea.ModShift, rest
	}
	switch name {
	case "tab":
		k.Code = tea.KeyTab
	case "enter":
		k.Code = tea.KeyEnter
	case "esc":
		k.Code = tea.KeyEscape
	case "up":
		k.Code = tea.KeyUp
	case "down":
		k.Code = tea.KeyDown
	case "left":
		k.Code = tea.KeyLeft
	case "right":
		k.Code = tea.KeyRight
	default:
		for _, r := range name {
			k.Code, k.Text = r, name
		}
	}
	return tea.KeyPressMsg(k)
}

func (d *driver) grid() *cell.Grid {
	g := cell.New(d.w, d.h)
	var at pane.Point
	d.p.Draw(g, pane.Frame{Theme: d.th, Focused: true, Cursor: &at})
	return g
}

func (d *driver) screen() string { return d.grid().Plain() }

func (d *driver) golden(name string) {
	d.t.Helper()
	g := d.grid()
	golden.Equal(d.t, name+".txt", []byte(g.Plain()+"\n\n"+g.Styles()))
}

// run is a moment of a run of lamp: the balancer waits for a Tomcat that starts.
func run(app *model.Application) *session.View {
	states := map[string]lifecycle.State{
		"/front": lifecycle.DeployedStarted, "/front/haproxy": lifecycle.Unresolved,
		"/app1": lifecycle.DeployedStarted, "/app1/tomcat": lifecycle.Starting, "/app1/tomcat/guestbook": lifecycle.WaitingForAncestor,
		"/app2": lifecycle.Deploying, "/back": lifecycle.DeployedStarted, "/back/mysql": lifecycle.DeployedStarted,
	}
	v := &session.View{App: app, Reasons: map[string]string{"/front/haproxy": "waits for Tomcat"}}
	for path, i := range model.Walk(app.Instances) {
		c := app.Graph.Component(i.Component)
		v.Statuses = append(v.Statuses, manager.Status{Path: path, Component: i.Component, Machine: app.Graph.IsMachine(c), State: states[path]})
	}
	return v
}

func TestScreens(t *testing.T) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"45x30", 45, 30}, {"80x20", 80, 20}, {"160x45", 160, 45}} {
		d := drive(t, size.w, size.h)
		d.golden("design-" + size.name)
		d.send(pane.Running{View: run(d.p.app)}, pane.Selected{Instance: "/front/haproxy"})
		d.golden("run-" + size.name)
		d.keys("+")
		d.golden("details-" + size.name)
		d.keys("- -")
		d.golden("machines-" + size.name)
		d.keys("0 c")
		d.golden("types-" + size.name)
	}
}

func TestScreenInASmallWindow(t *testing.T) {
	d := drive(t, 30, 10)
	d.send(pane.Running{View: run(d.p.app)}, pane.Selected{Instance: "/app1/tomcat/guestbook"})
	d.golden("small")
	d.keys("f /")
	d.golden("small-filter")
}

func TestScreenInASCII(t *testing.T) {
	d := drive(t, 80, 24)
	d.th = theme.ASCII()
	d.send(pane.Running{View: run(d.p.app)}, pane.Selected{Instance: "/app1/tomcat"})
	d.golden("ascii")
	for i, r := range d.screen() {
		if r >= 0x80 {
			t.Fatalf("character %q at %d is not ASCII", r, i)
		}
	}
}

func TestEmptyStatesSayWhyAndWhatToDo(t *testing.T) {
	d := &driver{t: t, p: New(), w: 40, h: 8, th: theme.Plain()}
	if got := d.screen(); !strings.Contains(got, "No application is open.") {
		t.Errorf("without application: %q", got)
	}
	vm := &model.Component{Name: "VM", Installer: model.Ref{Name: "target"}}
	for _, tt := range []struct {
		app  *model.Application
		keys string
		want string
	}{
		{&model.Application{Graph: model.NewGraph(nil, nil)}, "", "The graph is empty."},
		{&model.Application{Graph: model.NewGraph([]*model.Component{vm}, nil)}, "", "VM"},
		{&model.Application{Graph: model.NewGraph([]*model.Component{vm}, nil)}, "i", "c shows the components"},
		{&model.Application{Graph: model.NewGraph(nil, nil), Instances: []*model.Instance{{Name: "vm"}}}, "c", "i shows the instances"},
	} {
		d := &driver{t: t, p: New(), w: 40, h: 8, th: theme.Plain()}
		d.p.SetModel(tt.app)
		d.keys(tt.keys)
		if got := d.screen(); !strings.Contains(got, tt.want) {
			t.Errorf("want %q in\n%s", tt.want, got)
		}
	}
}

func (d *driver) wantSelected(id string) {
	d.t.Helper()
	if d.p.sel != id {
		d.t.Errorf("selected: %q, want %q\n%s", d.p.sel, id, d.screen())
	}
}

func TestArrowsGoToTheNearestBox(t *testing.T) {
	d := drive(t, 80, 20)
	d.keys("tab")
	d.wantSelected("/front")
	d.keys("down")
	d.wantSelected("/front/haproxy")
	if want := (pane.Select{Instance: "/front/haproxy"}); len(d.out) != 1 || d.out[0] != want {
		t.Errorf("intents: %v, want %v", d.out, want)
	}
	for _, step := range []struct{ key, want string }{
		{"right", "/app2"}, {"up", "/app1/tomcat/guestbook"}, {"right", "/back"}, {"j", "/back/mysql"}, {"k", "/back"}, {"h", "/app2"}, {"h", "/front"},
	} {
		d.keys(step.key)
		d.wantSelected(step.want)
	}
}

func TestTabVisitsEveryBoxOnce(t *testing.T) {
	d := drive(t, 45, 30)
	seen := map[string]bool{}
	for range len(d.p.pic.Boxes) {
		d.keys("tab")
		seen[d.p.sel] = true
	}
	if len(seen) != len(d.p.graph.Nodes) {
		t.Errorf("%d boxes visited, of %d", len(seen), len(d.p.graph.Nodes))
	}
	last := d.p.sel
	d.keys("tab shift+tab")
	d.wantSelected(last)
}

func TestTheSelectedBoxIsInSight(t *testing.T) {
	for _, size := range [][2]int{{30, 10}, {45, 30}, {160, 45}} {
		d := drive(t, size[0], size[1])
		for path := range model.Walk(d.p.app.Instances) {
			for _, keys := range []string{"", "+", "-", "-", "0", "f", "f"} {
				d.send(pane.Selected{Instance: path})
				d.keys(keys)
				box := d.p.box()
				if box < 0 {
					t.Fatalf("%v: %s is not in the picture", size, path)
				}
				name := d.p.pic.Boxes[box].Texts[0]
				if !(cell.Rect{X: d.p.at.X, Y: d.p.at.Y, W: d.p.w, H: d.p.h}).Contains(name.X, name.Y) {
					t.Errorf("%v: name of %s at %v is out of sight from %v", size, path, name.Point, d.p.at)
				}
			}
		}
	}
}

func TestOpenShowsTheDeclaration(t *testing.T) {
	d := drive(t, 80, 24)
	d.send(pane.Selected{Instance: "/back/mysql"})
	d.keys("enter")
	open, ok := d.out[0].(pane.Open)
	if !ok || open.File != "instances/main.instances" {
		t.Fatalf("intents: %#v", d.out)
	}
	if text := lamp(t).Files[open.File].Text; open.Span.Of(text) != "MySQL" {
		t.Errorf("span: %q", open.Span.Of(text))
	}
	d.keys("c enter")
	if open, ok := d.out[0].(pane.Open); !ok || open.File != "graph/tiers/database.graph" {
		t.Errorf("intents for the type: %#v", d.out)
	}
	if d.p.sel != "MySQL" {
		t.Errorf("the component of the instance is not selected, but %q", d.p.sel)
	}
}

func TestRequestsInARun(t *testing.T) {
	d := drive(t, 80, 24)
	d.send(pane.Selected{Instance: "/app1/tomcat"})
	d.keys("s")
	if tell, ok := d.out[0].(pane.Tell); !ok || !strings.Contains(tell.Text, "F5") {
		t.Errorf("without a run: %#v", d.out)
	}
	d.send(pane.Running{View: run(d.p.app)})
	for key, want := range map[string]pane.Intent{
		"s": pane.Operate{Op: manager.Request{Path: "/app1/tomcat", State: lifecycle.DeployedStarted}},
		"t": pane.Operate{Op: manager.Request{Path: "/app1/tomcat", State: lifecycle.DeployedStopped}},
		"w": pane.Explain{Path: "/app1/tomcat"},
	} {
		d.keys(key)
		if len(d.out) != 1 || d.out[0] != want {
			t.Errorf("%s: %#v, want %#v", key, d.out, want)
		}
	}
	d.send(pane.Selected{Instance: "/back/mysql"})
	d.keys("s")
	if tell, ok := d.out[0].(pane.Tell); !ok || !strings.Contains(tell.Text, "it is started") {
		t.Errorf("start of a started one: %#v", d.out)
	}
}

func TestFilterAndFocus(t *testing.T) {
	d := drive(t, 80, 24)
	d.send(pane.Running{View: run(d.p.app)})
	visible := func() int { return len(d.p.pic.Boxes) }
	for _, tt := range []struct {
		filter string
		want   int
	}{
		{"tomcat", 6}, {"tomcat !app2", 3}, {"state:started", 4}, {"re:^/app[0-9]$", 2}, {"nothing-like-it", 0}, {"re:(", 10},
	} {
		d.keys("/")
		for _, r := range tt.filter {
			d.send(press(string(r)))
		}
		d.screen()
		if got := visible(); got != tt.want {
			t.Errorf("filter %q shows %d boxes, want %d\n%s", tt.filter, got, tt.want, d.screen())
		}
		d.keys("enter esc")
	}
	if visible() != 10 {
		t.Errorf("after esc %d boxes are shown", visible())
	}
	d.send(pane.Selected{Instance: "/back/mysql"})
	d.keys("f")
	if got := visible(); got != 8 {
		t.Errorf("around mysql: %d boxes, want 8 (no balancer, but its machine is gone too)\n%s", got, d.screen())
	}
	d.keys("f")
	if visible() != 10 {
		t.Errorf("f again shows %d boxes", visible())
	}
}

func TestMouse(t *testing.T) {
	d := drive(t, 30, 10)
	box, _ := d.p.pic.Find("/front/haproxy")
	at := d.p.pic.Boxes[box].Texts[0].Point
	x, y := at.X-d.p.at.X, at.Y-d.p.at.Y
	d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	d.wantSelected("/front/haproxy")
	before := d.p.at
	d.send(tea.MouseMotionMsg{X: x, Y: y - 2, Button: tea.MouseLeft}, tea.MouseReleaseMsg{X: x, Y: y - 2})
	if d.p.at.Y != before.Y+2 {
		t.Errorf("dragged by 2: %v to %v", before, d.p.at)
	}
	d.send(tea.MouseMotionMsg{X: x, Y: y - 6})
	if d.p.at.Y != before.Y+2 {
		t.Error("the picture moved without a button")
	}
	d.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if d.p.at.Y != before.Y+5 {
		t.Errorf("wheel: %v", d.p.at)
	}
}

func TestPictureStaysWhenTheModelChangesALittle(t *testing.T) {
	d := drive(t, 80, 40)
	d.send(pane.Selected{Instance: "/back/mysql"})
	d.screen()
	old := d.p.pic
	app := *d.p.app
	app.Instances = append(append([]*model.Instance(nil), app.Instances...), &model.Instance{Name: "spare", Component: "VM"})
	d.p.SetModel(&app)
	d.screen()
	if d.p.pic == old {
		t.Fatal("the new instance is not drawn")
	}
	for _, b := range old.Boxes {
		i, ok := d.p.pic.Find(b.ID)
		if !ok || d.p.pic.Boxes[i].Rect != b.Rect {
			t.Errorf("%s moved: %v", b.ID, d.p.pic.Boxes[i].Rect)
		}
	}
	d.wantSelected("/back/mysql")
}

func TestStatesDoNotLayOutAgain(t *testing.T) {
	d := drive(t, 80, 24)
	v := run(d.p.app)
	d.send(pane.Running{View: v})
	d.screen()
	old := d.p.pic
	d.send(pane.Running{View: run(d.p.app)})
	d.screen()
	if d.p.pic != old {
		t.Error("the picture was laid out again although only states changed")
	}
}

func TestEveryActionHasItsWords(t *testing.T) {
	d := drive(t, 80, 24)
	ids, keys := map[string]bool{}, map[string]bool{}
	for _, a := range d.p.Actions() {
		if a.Title == "" || !strings.HasPrefix(a.ID, "topology.") || a.Do == nil || ids[a.ID] || a.Key != "" && keys[a.Key] {
			t.Errorf("action %+v", a)
		}
		ids[a.ID], keys[a.Key] = true, true
	}
}

// Whatever is pressed and however small the window is, the pane goes on.
func FuzzKeys(f *testing.F) {
	f.Add("tab down + enter", 45, 30)
	f.Add("/ a b esc c - - f f shift+up", 5, 3)
	f.Add("i c i tab f / ! ( enter 0", 200, 1)
	f.Fuzz(func(t *testing.T, keys string, w, h int) {
		d := drive(t, min(max(w, 0), 300), min(max(h, 0), 100))
		d.send(pane.Running{View: run(d.p.app)})
		d.keys(keys)
		d.send(tea.MouseClickMsg{X: w % 99, Y: h % 77, Button: tea.MouseLeft}, tea.MouseMotionMsg{X: h, Y: w}, pane.Running{})
		if d.p.pic != nil && d.p.sel != "" && !d.p.typing && d.p.filter.text == "" && d.p.focus == "" && !d.p.knows(d.p.sel) {
			t.Errorf("%q is selected, which nobody knows", d.p.sel)
		}
		_ = canvas.Names
	})
}
