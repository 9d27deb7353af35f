package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/runtime/site"
	"github.com/roboconf/workbench/runtime/site/logbook"
)

type logsOptions struct {
	site, format string
	follow       bool
}

func logsCommand(s streams) *cobra.Command {
	o := logsOptions{}
	cmd := &cobra.Command{
		Use:   "logs [PATH]",
		Short: "Show what recipes printed on this host",
		Long: "Shows the output of the recipes of an application that roboconf up runs, or left, on this host: of the instance at PATH with\n" +
			"all below it, or of all.",
		Example: "  roboconf logs --site samples/hello /vm/server\n  roboconf logs --follow",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			return o.run(cmd.Context(), s, path)
		},
	}
	cmd.Flags().StringVar(&o.site, "site", "", "folder or name of the application (default the folder, else the only one)")
	cmd.Flags().BoolVarP(&o.follow, "follow", "f", false, "go on with what is printed from now on")
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json (one object per line)")
	completeWords(cmd, "format", "text", "json")
	return cmd
}

func (o logsOptions) run(ctx context.Context, s streams, path string) error {
	if o.format != "text" && o.format != "json" {
		return fmt.Errorf("no format is called %q: there are text, json", o.format)
	}
	f, err := theSite(o.site)
	if err != nil {
		return err
	}
	printed := false
	err = site.ReadLogs(ctx, f, site.LogQuery{Path: path, Follow: o.follow}, func(l logbook.Line) error {
		printed = true
		if o.format == "json" {
			return writeJSON(s.out, l, "")
		}
		mark := "|"
		if l.Stream == "err" {
			mark = "!"
		}
		cut := ""
		if l.Cut {
			cut = " (cut)"
		}
		_, err := fmt.Fprintf(s.out, "%s %s %s %s %s%s\n", l.Time.Local().Format("15:04:05.000"), l.Path, l.Op, mark, l.Text, cut)
		return err
	})
	if o.follow && ctx.Err() != nil {
		return nil // the person has enough
	}
	if err == nil && !printed {
		why := ""
		if f.Recipes == site.Pretend {
			why = "; recipes are only pretended, roboconf up --recipes run runs them"
		}
		s.say("nothing was printed%s", why)
	}
	return err
}

// theSite is the one deployment that a person means.
func theSite(named string) (site.Folder, error) {
	var args []string
	if named != "" {
		args = []string{named}
	}
	folders, err := chosen(args)
	switch {
	case err != nil:
		return site.Folder{}, err
	case len(folders) == 0:
		return site.Folder{}, fmt.Errorf("find the deployment: %w: nothing is deployed on this host; roboconf up DIR does that", site.ErrNone)
	case len(folders) > 1:
		return site.Folder{}, fmt.Errorf("find the deployment: there are %d on this host; name one with --site", len(folders))
	}
	return folders[0], nil
}
