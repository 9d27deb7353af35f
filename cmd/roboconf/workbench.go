package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// openWorkbench opens the terminal on a folder, or on the welcome screen.
func openWorkbench(ctx context.Context, cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	dir := args[0]
	if _, err := os.Stat(dir); err != nil {
		return unknown(cmd, dir)
	}
	return isFolder(dir)
}

// unknown is about a first word that is neither a folder nor a command.
func unknown(cmd *cobra.Command, word string) error {
	near := cmd.SuggestionsFor(word)
	if len(near) == 0 {
		return fmt.Errorf("open %s: no such folder, no such command; roboconf help lists the commands", word)
	}
	return fmt.Errorf("open %s: no such folder, no such command; did you mean roboconf %s?", word, strings.Join(near, ", "))
}
