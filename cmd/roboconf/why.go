package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/runtime/explain"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator"
	"github.com/roboconf/workbench/simulator/trace"
)

type whyOptions struct {
	seed   uint64
	format string
}

func whyCommand(s streams) *cobra.Command {
	o := whyOptions{}
	cmd := &cobra.Command{
		Use:   "why [--seed N] [--format text|json] DIR PATH",
		Short: "Say what an instance waits for, who could give it, what to change",
		Long: "Says what an instance needs and who gives it; then runs the application in a simulation and says when the instance\n" +
			"starts, or why it does not, with what could be changed.\n" +
			"Exit code: 0 it starts, 1 it does not, 2 the question could not be answered.",
		Example: "  roboconf why samples/lamp /app1/tomcat/guestbook",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), s, args[0], args[1])
		},
	}
	cmd.Flags().Uint64Var(&o.seed, "seed", 1, "the number that chance comes from")
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json")
	completeWords(cmd, "format", "text", "json")
	return cmd
}

func (o whyOptions) run(ctx context.Context, s streams, dir, path string) error {
	write, known := map[string]func(io.Writer, whyView) error{"text": writeWhy, "json": writeWhyJSON}[o.format]
	if !known {
		return fmt.Errorf("no format is called %q: there are text, json", o.format)
	}
	app, settings, err := runnable(dir)
	if err != nil {
		return err
	}
	if model.Find(app.Instances, path) == nil {
		return fmt.Errorf("find %s in %s: no such instance; there are %s", path, dir, strings.Join(paths(app), ", "))
	}
	settings.Seed = o.seed
	v, err := why(ctx, app, settings, path)
	if err != nil {
		return err
	}
	if err := write(s.out, v); err != nil {
		return err
	}
	if !v.Started {
		return errProblems
	}
	return nil
}

// paths are those of all instances, the first ones only when there are many.
func paths(app *model.Application) []string {
	const most = 12
	var all []string
	for path := range model.Walk(app.Instances) {
		if len(all) == most {
			return append(all, "...")
		}
		all = append(all, path)
	}
	return all
}

// limit is how long a deployment may take, in virtual time.
const limit = 24 * time.Hour

// whyView is the answer: what the model says, then what a run shows.
type whyView struct {
	Path      string     `json:"path"`
	Component string     `json:"component"`
	Parent    string     `json:"parent,omitempty"`
	Needs     []needView `json:"needs"`
	Started   bool       `json:"started"`
	After     string     `json:"after,omitempty"` // virtual time of its start
	Reasons   []string   `json:"reasons"`
	Advice    []string   `json:"advice"`
}

// needView is a prefix that is imported, with the instances that give it.
type needView struct {
	Prefix   string   `json:"prefix"`
	Optional bool     `json:"optional"`
	From     []string `json:"from"`
}

func why(ctx context.Context, app *model.Application, o simulator.Options, path string) (whyView, error) {
	i := model.Find(app.Instances, path)
	v := whyView{
		Path: path, Component: i.Component, Parent: path[:strings.LastIndex(path, "/")],
		Needs: needs(app, i.Component, path), Reasons: []string{}, Advice: []string{},
	}
	world, err := interruptible(ctx, func() *simulator.World {
		w := simulator.New(app, o)
		w.Do(manager.DeployAndStart{})
		w.Settle(limit)
		return w
	})
	if err != nil {
		return v, err
	}
	answer := explain.Why(app.Graph, world.Statuses(), path)
	v.Started = answer.State == lifecycle.DeployedStarted
	if v.Started {
		v.After = startOf(world.Trace(), path)
		return v, nil
	}
	v.Reasons = explain.Answer{Reasons: answer.Reasons}.Lines()
	for _, a := range answer.Advice {
		v.Advice = append(v.Advice, a.String())
	}
	return v, nil
}

func needs(app *model.Application, component, path string) []needView {
	list := []needView{}
	links := bind.Links(app)
	for _, n := range bind.Needs(app.Graph, app.Graph.Component(component)) {
		need := needView{Prefix: n.Prefix, Optional: n.Optional, From: []string{}}
		for _, l := range links {
			if l.From == path && l.Prefix == n.Prefix {
				need.From = append(need.From, l.To)
			}
		}
		list = append(list, need)
	}
	return list
}

// startOf is the moment when an instance was last started, as the trace prints it.
func startOf(t *trace.Trace, path string) string {
	at := ""
	for e := range t.Since(0) {
		if e.Kind == trace.State && e.Path == path && e.To == lifecycle.DeployedStarted.String() {
			at = trace.Seconds(e.At)
		}
	}
	return at
}

func writeWhy(w io.Writer, v whyView) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n", v.Path, v.Component)
	if v.Parent != "" {
		fmt.Fprintf(&b, "  runs on %s\n", v.Parent)
	}
	for _, n := range v.Needs {
		optional := ""
		if n.Optional {
			optional = " (optional)"
		}
		fmt.Fprintf(&b, "  needs %s%s from %s\n", n.Prefix, optional, cmp.Or(strings.Join(n.From, ", "), "nobody here"))
	}
	if v.Started {
		fmt.Fprintf(&b, "In a simulation it is started after %s.\n", strings.TrimSpace(v.After))
	} else {
		fmt.Fprintf(&b, "In a simulation it does not start:\n")
	}
	for _, line := range v.Reasons {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	for _, line := range v.Advice {
		fmt.Fprintf(&b, "  → %s\n", line)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeWhyJSON(w io.Writer, v whyView) error { return writeJSON(w, v, "") }
