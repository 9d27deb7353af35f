package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/simulator"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/simulator/scenario"
	"github.com/roboconf/workbench/simulator/trace"
)

type simOptions struct {
	seed     uint64
	scenario string
	until    time.Duration
	trace    string
	format   string
}

func simCommand(s streams) *cobra.Command {
	o := simOptions{}
	cmd := &cobra.Command{
		Use:   "sim [--seed N] [--scenario FILE] [--until D] [--trace FILE] [--format text|json] DIR",
		Short: "Watch a deployment run before anything exists",
		Long: "Runs the application in a world of virtual time: real decisions, pretended machines and recipes.\n" +
			"Without a scenario everything is deployed and started. Prints what happened, then what is not as it was asked for,\n" +
			"with the reason. Same application, scenario and seed: same trace, byte for byte.\n" +
			"Exit code: 0 everything asked for is reached and no property is broken, 1 something is not, 2 it could not run.",
		Example: "  roboconf sim samples/lamp\n  roboconf sim --seed 7 --scenario late.story --trace run.jsonl samples/lamp",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), s, args[0])
		},
	}
	cmd.Flags().Uint64Var(&o.seed, "seed", 1, "the number that chance comes from")
	cmd.Flags().StringVar(&o.scenario, "scenario", "", "a file with a story to tell instead of deploying everything")
	cmd.Flags().DurationVar(&o.until, "until", 0, "end at this moment of virtual time, such as 90s or 2h")
	cmd.Flags().StringVar(&o.trace, "trace", "", "also save the trace in this file, one JSON object per line")
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json")
	completeWords(cmd, "format", "text", "json")
	return cmd
}

func (o simOptions) run(ctx context.Context, s streams, dir string) error {
	write, known := map[string]func(streams, *simulator.Report) error{"text": reportRun, "json": reportRunJSON}[o.format]
	if !known {
		return fmt.Errorf("no format is called %q: there are text, json", o.format)
	}
	app, settings, err := runnable(dir)
	if err != nil {
		return err
	}
	settings.Seed, settings.Until = o.seed, o.until
	if o.scenario != "" {
		text, err := readText(s, o.scenario)
		if err != nil {
			return err
		}
		if settings.Scenario, err = scenario.Parse(o.scenario, text); err != nil {
			return err
		}
	}
	report, err := interruptible(ctx, func() *simulator.Report { return simulator.Run(app, settings) })
	if err != nil {
		return err
	}
	for i, f := range report.Failed {
		report.Failed[i] = o.scenario + ": " + f
	}
	if o.trace != "" {
		if err := saveTrace(o.trace, report.Trace); err != nil {
			return err
		}
	}
	if err := write(s, report); err != nil {
		return err
	}
	if !report.OK() {
		return errProblems
	}
	return nil
}

// runnable loads an application that may be deployed (DIA-1), with the profile of its pretended recipes.
func runnable(dir string) (*model.Application, simulator.Options, error) {
	if err := isFolder(dir); err != nil {
		return nil, simulator.Options{}, err
	}
	result, problems := check.Dir(os.DirFS(dir), load.Options{})
	if diag.Has(problems, diag.Severe) || !result.HasGraph {
		return nil, simulator.Options{}, fmt.Errorf("run %s: it has %s; roboconf check %s says where, mend them first", dir, count(problems, diag.English), dir)
	}
	file := filepath.Join(dir, ".roboconf", "profile")
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return result.App, simulator.Options{}, nil
	}
	if err != nil {
		return nil, simulator.Options{}, fmt.Errorf("read %s: %w", file, cause(err))
	}
	p, err := profile.Parse(file, string(text))
	return result.App, simulator.Options{Profile: p}, err
}

// interruptible waits for a run, unless the person does not want to wait any longer: the world is then left alone, it holds
// nothing that would have to be given back.
func interruptible[T any](ctx context.Context, run func() T) (result T, err error) {
	done := make(chan T, 1)
	go func() { done <- run() }()
	select {
	case result = <-done:
		return result, nil
	case <-ctx.Done():
		return result, ctx.Err()
	}
}

// reportRun prints the trace, then what is not as it was asked for, then the line that names the run.
func reportRun(s streams, r *simulator.Report) error {
	if err := r.Trace.WriteText(s.out); err != nil {
		return err
	}
	b := &bytes.Buffer{}
	if !r.Settled {
		fmt.Fprintf(b, "still going on after %s\n", r.Virtual)
	}
	for _, u := range r.Unmet {
		fmt.Fprintf(b, "%s is %s, asked for is %s: it %s\n", u.Path, trace.Word(u.State.String()), trace.Word(u.Want.String()), u.Why)
	}
	for _, p := range r.Broken {
		fmt.Fprintln(b, "broken:", p)
	}
	for _, f := range r.Failed {
		fmt.Fprintln(b, f)
	}
	fmt.Fprintln(b, r.Summary())
	_, err := b.WriteTo(s.out)
	return err
}

// The run for programs.
type (
	jsonRun struct {
		Seed    uint64        `json:"seed"`
		Events  int           `json:"events"`
		Virtual string        `json:"virtual"`
		Trace   string        `json:"trace"` // its SHA-256
		Settled bool          `json:"settled"`
		Unmet   []jsonUnmet   `json:"unmet"`
		Broken  []string      `json:"broken"`
		Failed  []string      `json:"failed"`
		Entries []trace.Entry `json:"entries"`
	}
	jsonUnmet struct {
		Path  string `json:"path"`
		Want  string `json:"want"`
		State string `json:"state"`
		Why   string `json:"why"`
	}
)

func reportRunJSON(s streams, r *simulator.Report) error {
	out := jsonRun{
		Seed: r.Seed, Events: r.Events, Virtual: r.Virtual.String(), Trace: r.Hash, Settled: r.Settled,
		Unmet: []jsonUnmet{}, Broken: []string{}, Failed: append([]string{}, r.Failed...), Entries: []trace.Entry{},
	}
	for _, u := range r.Unmet {
		out.Unmet = append(out.Unmet, jsonUnmet{u.Path, u.Want.String(), u.State.String(), u.Why})
	}
	for _, b := range r.Broken {
		out.Broken = append(out.Broken, b.String())
	}
	for e := range r.Trace.Since(0) {
		out.Entries = append(out.Entries, e)
	}
	return writeJSON(s.out, out, "")
}

func saveTrace(file string, t *trace.Trace) error {
	var b strings.Builder
	if err := t.WriteJSON(&b); err != nil {
		return err
	}
	return workspace.ReplaceFile(file, b.String())
}
