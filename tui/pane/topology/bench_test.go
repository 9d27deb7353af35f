package topology

import (
	"fmt"
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/theme"
)

// estate is an application of n instances, in the tiers of lamp.
func estate(b *testing.B, n int) *model.Application {
	app := *lamp(b).App
	back := app.Instances[len(app.Instances)-1]
	app.Instances = []*model.Instance{app.Instances[0], back}
	middle := lamp(b).App.Instances[1]
	for i := range (n - 4) / 3 {
		vm := *middle
		vm.Name = fmt.Sprintf("app%d", i+1)
		app.Instances = append(app.Instances, &vm)
	}
	return &app
}

func running(app *model.Application) *session.View {
	v := &session.View{App: app}
	for path, i := range model.Walk(app.Instances) {
		v.Statuses = append(v.Statuses, manager.Status{Path: path, Component: i.Component, State: lifecycle.DeployedStarted})
	}
	return v
}

// BenchmarkFrame paints 500 instances in a run: as it is, after new states, after a change of the model.
func BenchmarkFrame(b *testing.B) {
	p, g := New(), cell.New(160, 45)
	app := estate(b, 500)
	p.SetModel(app)
	p.Update(pane.Selected{Instance: "/front/haproxy"})
	f := pane.Frame{Theme: theme.Dark(), Focused: true}
	view := running(app)
	p.SetRun(view)
	p.Draw(g, f)
	b.Run("still", func(b *testing.B) {
		for b.Loop() {
			p.Draw(g, f)
		}
	})
	b.Run("states", func(b *testing.B) {
		for b.Loop() {
			p.SetRun(view)
			p.Draw(g, f)
		}
	})
	b.Run("select", func(b *testing.B) {
		for b.Loop() {
			p.turn(1)
			p.Draw(g, f)
		}
	})
	b.Run("model", func(b *testing.B) {
		for b.Loop() {
			changed := *app
			p.SetModel(&changed)
			p.Draw(g, f)
		}
	})
}
