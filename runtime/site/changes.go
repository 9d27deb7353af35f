package site

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd"
	"github.com/roboconf/workbench/runtime/managerd/template"
	"github.com/roboconf/workbench/runtime/plan"
)

// Changes is what will bring a deployment to what its files say, before it is done. It is data: Apply does it, and nothing else.
type Changes struct {
	New  bool      // there is no deployment so far: everything is created
	Plan plan.Plan // of a deployment that is there
	// Begin are the instances that should be started and are not, beyond what the plan starts.
	Begin []Beginning
	Kept  int // instances that stay as they are

	from *template.Template
}

// Beginning is an instance that should be started and is not.
type Beginning struct{ Path, Reason string }

// Empty says that everything is as the files say.
func (c Changes) Empty() bool { return !c.New && c.Plan.Empty() && len(c.Begin) == 0 }

// Lines say what will be done, with reasons, for people.
func (c Changes) Lines() []string {
	if c.New {
		var lines []string
		for path, i := range model.Walk(c.from.App.Instances) {
			what := "add instance"
			if c.from.App.Graph.IsMachine(c.from.App.Graph.Component(i.Component)) {
				what = "create machine"
			}
			lines = append(lines, fmt.Sprintf("+ %s %s (%s)  wanted, not there", what, path, i.Component))
		}
		return lines
	}
	lines := c.Plan.Lines()
	for _, b := range c.Begin {
		lines = append(lines, fmt.Sprintf("> start %s  %s", b.Path, b.Reason))
	}
	return lines
}

// Created are the instances of a deployment that is new, with their components, parents first.
func (c Changes) Created() iter.Seq2[string, string] {
	return func(yield func(path, component string) bool) {
		if !c.New {
			return
		}
		for path, i := range model.Walk(c.from.App.Instances) {
			if !yield(path, i.Component) {
				return
			}
		}
	}
}

// nameOf reads the name of the application in a folder; an application that must not be deployed is a *template.Refused.
func nameOf(source string) (string, error) {
	info, err := os.Stat(source)
	if err != nil || !info.IsDir() {
		return "", fmt.Errorf("run %s: there is no such folder", source)
	}
	result, problems := check.Dir(os.DirFS(source), load.Options{})
	if diag.Has(problems, diag.Severe) || !result.HasGraph || result.Recipe {
		return "", &template.Refused{Dir: source, Problems: problems}
	}
	return result.App.Descriptor.Name, nil
}

// Changes reads the folder of the application again and says what would bring the deployment to what it says. The files are kept; the
// deployment is untouched.
func (s *Site) Changes(ctx context.Context) (Changes, error) {
	t, err := s.manager.Load(ctx, s.Source, true)
	if err != nil {
		return Changes{}, err
	}
	app, there := s.manager.App(s.Name)
	c := Changes{New: !there, from: t}
	switch {
	case app.Damaged != "":
		return c, fmt.Errorf("up %s: the deployment is damaged (%s); roboconf down removes it", s.Source, app.Damaged)
	case !there:
		return c, nil
	}
	c.Plan = plan.Make(plan.Want{App: t.App, Recipes: managerd.RecipesOf(t), Start: true}, plan.Have{
		Descriptor: s.descriptor(app, t), Graph: app.Graph, Instances: app.Instances, Statuses: app.Statuses, Recipes: app.Recipes,
	})
	c.begin(app)
	return c, nil
}

// descriptor is that of the deployment, as far as it can differ while it runs.
func (s *Site) descriptor(app managerd.App, t *template.Template) model.Descriptor {
	d := t.App.Descriptor
	d.Name, d.Description, d.ExportsPrefix = app.Name, app.Description, app.ExportsPrefix
	return d
}

// begin finds what should be started, is not, and is not in the plan.
func (c *Changes) begin(app managerd.App) {
	planned := func(path string) bool {
		return slices.ContainsFunc(c.Plan.Steps, func(s plan.Step) bool {
			return s.Path != "" && s.Kind != plan.Files && (path == s.Path || strings.HasPrefix(path, s.Path+"/"))
		})
	}
	for _, st := range app.Statuses {
		switch {
		case planned(st.Path):
		case st.State == lifecycle.NotDeployed, st.State == lifecycle.DeployedStopped:
			reason := "it is " + st.State.Word()
			if st.Failure != nil {
				reason += " after a failure (" + st.Failure.Operation + ": " + st.Failure.Message + ")"
			}
			c.Begin = append(c.Begin, Beginning{st.Path, reason})
		default:
			c.Kept++
		}
	}
}

// Apply does what Changes said. What can go on by itself goes on when it returns: Started tells when it is over.
func (s *Site) Apply(ctx context.Context, c Changes) error {
	if c.New {
		return s.create(ctx, c.from)
	}
	if err := s.associate(ctx, c.from.App.Graph); err != nil { // types that the plan brings: no harm before they are there
		s.log.Debug("associate", "error", err)
	}
	for _, step := range c.Plan.Steps {
		if err := s.step(ctx, c, step); err != nil {
			return err
		}
	}
	var wrong error
	for _, b := range c.Begin {
		_, err := s.manager.Do(ctx, s.Name, manager.DeployAndStart{Path: b.Path})
		wrong = errors.Join(wrong, err)
	}
	return wrong
}

func (s *Site) create(ctx context.Context, t *template.Template) error {
	if err := s.manager.Create(ctx, s.Name, t.ID, ""); err != nil {
		return err
	}
	if err := s.associate(ctx, t.App.Graph); err != nil {
		return err
	}
	_, err := s.manager.Do(ctx, s.Name, manager.DeployAndStart{})
	return err
}

// step does one step of a plan, once those before it that it needs were reached.
func (s *Site) step(ctx context.Context, c Changes, step plan.Step) error {
	if step.Op == nil {
		return nil
	}
	reached := func(a managerd.App) bool {
		return !slices.ContainsFunc(step.After, func(n int) bool { return !c.Plan.Steps[n-1].Reached(a.Statuses) })
	}
	if err := s.manager.Wait(ctx, s.Name, reached); err != nil {
		return fmt.Errorf("wait before step %d, %s %s: %w", step.Number, step.Kind, step.Path, err)
	}
	if step.Kind == plan.Add || step.Kind == plan.Start {
		if err := s.associate(ctx, c.from.App.Graph); err != nil {
			return err
		}
	}
	_, err := s.manager.Do(ctx, s.Name, step.Op)
	return err
}

// associate lets every machine come from this host, whatever its own target is meant to be elsewhere.
func (s *Site) associate(ctx context.Context, g *model.Graph) error {
	var wrong error
	for c, installer := range g.Installers() {
		if strings.EqualFold(installer, model.MachineInstaller) {
			_, err := s.manager.Do(ctx, s.Name, manager.Associate{Element: "@" + c.Name, Target: Target})
			wrong = errors.Join(wrong, err)
		}
	}
	return wrong
}

// quiet is how long nothing must happen before what is not started counts as stuck.
const quiet = 3 * time.Second

// ErrStuck says that nothing happens any more, and that not everything is started.
var ErrStuck = errors.New("not everything is started")

// Started waits until every instance is started. Where nothing moves any more before that, it is ErrStuck; Status has the reasons.
func (s *Site) Started(ctx context.Context) error {
	for {
		version, app := uint64(0), managerd.App{}
		within, cancel := context.WithTimeout(ctx, quiet)
		err := s.manager.Wait(within, s.Name, func(a managerd.App) bool {
			moved := version != 0 && a.Version != version
			version, app = a.Version, a
			return moved || started(a)
		})
		cancel()
		moving := slices.ContainsFunc(app.Statuses, func(st manager.Status) bool { return st.State.Transitive() })
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case started(app):
			return nil
		case errors.Is(err, context.DeadlineExceeded):
			if !moving {
				return ErrStuck
			}
		case err != nil:
			return err
		}
	}
}

func started(a managerd.App) bool { return a.Version != 0 && a.All(lifecycle.DeployedStarted) }
