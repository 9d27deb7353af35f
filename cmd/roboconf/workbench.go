package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/samples"
	"github.com/roboconf/workbench/tui"
)

// openWorkbench opens the terminal on a folder, or on the welcome screen.
func openWorkbench(ctx context.Context, cmd *cobra.Command, s streams, args []string) error {
	cfg := tui.Config{Samples: offered(), Version: version, Seed: 1, Getenv: os.Getenv, Now: time.Now, Language: language(s)}
	if len(args) > 0 {
		if _, err := os.Stat(args[0]); err != nil {
			return unknown(cmd, args[0])
		}
		if err := isFolder(args[0]); err != nil {
			return err
		}
		if err := openAll(&cfg, args[0]); err != nil {
			return err
		}
	}
	if !isTerminal(s.in) || !isTerminal(s.out) {
		return errors.New("open the workbench: this is no terminal; roboconf help lists the commands that need none")
	}
	return tui.Show(ctx, cfg, s.in, s.out)
}

// openAll opens an application; of a folder that is none but holds several, all of them side by side.
func openAll(cfg *tui.Config, dir string) error {
	dirs, err := workspace.Discover(dir)
	if err != nil || len(dirs) == 0 {
		dirs = []string{dir} // a folder without anything can become an application
	}
	if cfg.Group, err = workspace.OpenGroup(dirs...); err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	cfg.Workspace = cfg.Group.Workspaces()[0]
	return nil
}

// offered are the samples for the welcome screen.
func offered() []tui.Sample {
	var list []tui.Sample
	for _, s := range samples.All() {
		list = append(list, tui.Sample{
			Name: s.Name, Title: s.Title,
			Open: func() (string, error) { return ownSample(s, os.Getenv) },
		})
	}
	return list
}

// unknown is about a first word that is neither a folder nor a command.
func unknown(cmd *cobra.Command, word string) error {
	near := cmd.SuggestionsFor(word)
	if len(near) == 0 {
		return fmt.Errorf("open %s: no such folder, no such command; roboconf help lists the commands", word)
	}
	return fmt.Errorf("open %s: no such folder, no such command; did you mean roboconf %s?", word, strings.Join(near, ", "))
}
