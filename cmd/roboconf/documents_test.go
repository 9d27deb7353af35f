package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/internal/golden"
)

// documents is the folder of generated documents, seen from testdata.
const documents = "../../../docs/"

// docs/commands.md is what the commands say of themselves. make generate writes it again.
func TestFreshCommands(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Commands\n\nGenerated from the program by `make generate`: do not edit.\n\n" +
		"Results go to the standard output, talk goes to the standard error; `NO_COLOR` is honoured.\n" +
		"Exit code: 0 fine, 1 it ran and found problems, 2 it could not run.\n")
	describe(&b, rootCommand(streams{}))
	golden.Equal(t, documents+"commands.md", []byte(b.String()))
}

func describe(b *strings.Builder, cmd *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n%s.\n\n```\n%s\n```\n", cmd.CommandPath(), cmd.Short, usage(cmd))
	if cmd.Long != "" {
		fmt.Fprintf(b, "\n%s\n", cmd.Long)
	}
	if cmd.Example != "" {
		fmt.Fprintf(b, "\n```\n%s\n```\n", unindent(cmd.Example))
	}
	if flags := cmd.NonInheritedFlags().FlagUsages(); flags != "" {
		fmt.Fprintf(b, "\n```\n%s```\n", unindent(flags))
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "completion" {
			describe(b, sub)
		}
	}
}

func usage(cmd *cobra.Command) string {
	if parent := cmd.Parent(); parent != nil {
		return parent.CommandPath() + " " + cmd.Use
	}
	return cmd.Use
}

func unindent(text string) string { return strings.ReplaceAll("\n"+text, "\n  ", "\n")[1:] }

// Every command says what it does, with an example where it takes something.
func TestCommandsDescribeThemselves(t *testing.T) {
	for _, cmd := range rootCommand(streams{}).Commands() {
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: its short description is %q", cmd.Name(), cmd.Short)
		}
		if cmd.Flags().HasFlags() && cmd.Example == "" {
			t.Errorf("%s has flags, but no example", cmd.Name())
		}
	}
}
