package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// run is the whole program but for the exit.
func run(args []string, s streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := rootCommand(s)
	root.SetArgs(args)
	ran, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errProblems):
		return exitProblems
	case ctx.Err() != nil:
		s.say("%s: interrupted", ran.CommandPath())
		return exitUse
	}
	s.say("%s: %v", ran.CommandPath(), err)
	return exitUse
}

// rootCommand builds the tree of commands; documents are generated from it.
func rootCommand(s streams) *cobra.Command {
	s.lang = new(tongue)
	root := &cobra.Command{
		Use:   "roboconf [DIR]",
		Short: "Design, watch, run distributed applications",
		Long: "Roboconf Workbench: design a distributed application as a graph, see mistakes while typing,\n" +
			"watch the whole deployment run before anything exists.\n\n" +
			"With a folder it opens the workbench there; without one it shows the samples.",
		Args:                       cobra.MaximumNArgs(1),
		SilenceUsage:               true,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, args []string) error {
			return openWorkbench(cmd.Context(), cmd, s, args)
		},
	}
	addLanguage(root, s.lang)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w: %s --help lists what it takes", err, cmd.CommandPath())
	})
	root.AddCommand(
		checkCommand(s), fmtCommand(s), inspectCommand(s), simCommand(s), whyCommand(s),
		graphCommand(s), newCommand(s), explainCommand(s), lspCommand(s), versionCommand(s),
		upCommand(s), downCommand(s), statusCommand(s), logsCommand(s), lettersCommand(s), agentCommand(s),
	)
	return root
}
