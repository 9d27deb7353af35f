package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/site"
)

type statusOptions struct {
	format string
	wait   time.Duration
}

func statusCommand(s streams) *cobra.Command {
	o := statusOptions{}
	cmd := &cobra.Command{
		Use:   "status [DIR|NAME]",
		Short: "Show what runs on this host",
		Long: "Shows the instances of an application that roboconf up runs, or left, on this host: states, addresses, why one does not start.\n" +
			"Without an argument, in a folder of no deployment, it lists all deployments.\n" +
			"Exit code: 0 everything is started, 1 something is not, 2 there is no such deployment.",
		Example: "  roboconf status samples/lamp\n  roboconf status --format json Lamp",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), s, args)
		},
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json (one object per deployment)")
	cmd.Flags().DurationVar(&o.wait, "wait", 0, "wait so long, at most, until there is a deployment with everything started")
	completeWords(cmd, "format", "text", "json")
	return cmd
}

func (o statusOptions) run(ctx context.Context, s streams, args []string) error {
	write, known := map[string]func(io.Writer, site.Status) error{
		"text": writeStatus,
		"json": func(w io.Writer, st site.Status) error { return writeJSON(w, st, "") },
	}[o.format]
	if !known {
		return fmt.Errorf("no format is called %q: there are text, json", o.format)
	}
	all, err := o.read(ctx, args)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		s.say("nothing is deployed on this host; roboconf up DIR does that")
	}
	missing := false
	for _, st := range all {
		if err := write(s.out, st); err != nil {
			return err
		}
		missing = missing || !allStarted(st)
	}
	if missing {
		return errProblems
	}
	return nil
}

// allStarted is false of a deployment of which nothing is there so far.
func allStarted(st site.Status) bool {
	started, all := st.Started()
	return all > 0 && started == all
}

// read asks every deployment that is meant; with wait, again and again until each is as it should be.
func (o statusOptions) read(ctx context.Context, args []string) ([]site.Status, error) {
	end := time.Now().Add(o.wait)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		var all []site.Status
		folders, err := chosen(args)
		good := len(folders) > 0
		for _, f := range folders {
			st, wrong := site.ReadStatus(ctx, f)
			if err = wrong; err != nil {
				break
			}
			all = append(all, st)
			good = good && allStarted(st)
		}
		if good && err == nil || !time.Now().Before(end) {
			return all, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// chosen are the deployments that a person means: those of the argument, else of the folder, else all.
func chosen(args []string) ([]site.Folder, error) {
	root, err := site.Root(os.Getenv)
	if err != nil {
		return nil, err
	}
	f, err := site.Find(root, folderOf(args))
	switch {
	case err == nil:
		return []site.Folder{f}, nil
	case len(args) > 0 || !errors.Is(err, site.ErrNone):
		return nil, err
	}
	return site.List(root)
}

func writeStatus(w io.Writer, st site.Status) error {
	by := "no roboconf up looks after it"
	if st.Running {
		by = fmt.Sprintf("looked after by process %d", st.Pid)
	}
	started, all := st.Started()
	broker := strings.TrimSpace(st.Broker.Kind + " " + st.Broker.Address)
	fmt.Fprintf(w, "%s of %s: %d of %d started; %s\nbroker %s: %s%s; recipes: %s\n", st.Name, st.Source, started, all, by,
		broker, st.Broker.State, reasonOf(st.Broker.Reason), map[string]string{site.Pretend: "pretended", site.Run: "really run"}[st.Recipes])
	if len(st.Instances) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "INSTANCE\tCOMPONENT\tSTATE\tSINCE\tDETAILS")
	for _, i := range st.Instances {
		details := i.Address
		if i.Problem != "" {
			details = strings.TrimSpace(details + " " + i.Problem)
		}
		if i.State != lifecycle.DeployedStarted && len(i.Waits) > 0 {
			details = strings.TrimSpace(details + " " + strings.TrimSpace(i.Waits[0]))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", i.Path, i.Component, i.State.Word(), ago(i.Since), cmp.Or(details, "-"))
	}
	return table.Flush()
}

func reasonOf(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

// ago is how long something has been so, in one unit.
func ago(since time.Time) string {
	d := time.Since(since)
	switch {
	case since.IsZero():
		return "-"
	case d < time.Minute:
		return fmt.Sprintf("%ds", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
