package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/runtime/site"
)

func downCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "down [DIR|NAME]",
		Short: "Take an application of this host down",
		Long: "Ends what roboconf up started: recipes that really ran are undone, machines, broker, state go; nothing is left. A running up is\n" +
			"asked to; where none runs, or it was killed, everything is found by its label. It works from any folder, and twice.",
		Example: "  roboconf down samples/lamp\n  roboconf down Lamp",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return takeDown(cmd.Context(), s, folderOf(args))
		},
	}
}

func takeDown(ctx context.Context, s streams, what string) error {
	root, err := site.Root(os.Getenv)
	if err != nil {
		return err
	}
	f, err := site.Down(ctx, root, what, slog.New(slog.DiscardHandler), func(text string) { s.say("%s", text) })
	if errors.Is(err, site.ErrNone) {
		s.say("nothing to take down: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s is down, nothing of it is left\n", f.Name)
	return err
}
