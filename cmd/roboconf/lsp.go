package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/editor/lsp"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/simulator"
	"github.com/roboconf/workbench/simulator/profile"
)

type lspOptions struct{ log string }

func lspCommand(s streams) *cobra.Command {
	var o lspOptions
	cmd := &cobra.Command{
		Use:   "lsp [--log FILE] [--lang en|fr]",
		Short: "Serve any editor: findings, completion, renaming and the rest over LSP",
		Long: "Talks the Language Server Protocol 3.17 on the standard input and output. An editor starts it; docs/editors says how for\n" +
			"Neovim, VS Code, Helix and Emacs. It serves every application and reusable recipe below the folders that the editor has open.\n" +
			"Exit code: 0 after shutdown and exit, 1 when it was not shut down first, 2 it could not run.",
		Example: "  roboconf lsp\n  roboconf lsp --log /tmp/roboconf-lsp.log --lang fr",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context(), s)
		},
	}
	cmd.Flags().StringVar(&o.log, "log", "", "append what a developer wants to know to this file")
	return cmd
}

func (o lspOptions) run(ctx context.Context, s streams) error {
	logger := slog.New(slog.DiscardHandler)
	if o.log != "" {
		file, err := os.OpenFile(o.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("open the log %s: %w", o.log, cause(err))
		}
		defer file.Close()
		logger = slog.New(slog.NewTextHandler(file, nil))
	}
	code, err := lsp.Serve(ctx, s.in, s.out, lsp.Options{
		Version: version, Language: language(s), Log: logger, Simulate: simulateText,
	})
	switch {
	case err != nil:
		return fmt.Errorf("talk to the editor: %w", err)
	case code != exitFine:
		return errProblems
	}
	return nil
}

// simulateText deploys and starts what an editor has open, and tells it as sim does.
func simulateText(ctx context.Context, dir string, r *load.Result, problems []diag.Problem) (string, error) {
	if diag.Has(problems, diag.Severe) || !r.HasGraph {
		return "", fmt.Errorf("simulate %s: it has %s; mend the severe ones first", filepath.Base(dir), count(problems, diag.English))
	}
	settings := simulator.Options{Seed: 1}
	file := filepath.Join(dir, ".roboconf", "profile")
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return "", fmt.Errorf("read %s: %w", file, cause(err))
	default:
		if settings.Profile, err = profile.Parse(file, string(text)); err != nil {
			return "", err
		}
	}
	report, err := interruptible(ctx, func() *simulator.Report { return simulator.Run(r.App, settings) })
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = reportRun(streams{out: &b}, report)
	return b.String(), err
}
