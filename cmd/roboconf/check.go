package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/internal/excerpt"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

type checkOptions struct {
	format string
	strict bool
	fix    bool
}

// checked is a folder with what was found in it.
type checked struct {
	dir      string // as the person gave it
	result   *load.Result
	problems []diag.Problem
}

// reporters print what was found in all folders, by the name of the format.
var reporters = map[string]func(s streams, all []checked) error{
	"text":   reportText,
	"json":   reportJSON,
	"sarif":  reportSARIF,
	"github": reportGitHub,
}

func checkCommand(s streams) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [--format text|json|sarif|github] [--strict] [--fix] DIR...",
		Short: "Find the mistakes of applications",
		Long: "Reads application folders and tells every finding. A folder without descriptor is read as a reusable recipe.\n" +
			"Exit code: 0 nothing severe, 1 something severe, 2 the check could not run.",
		Example: "  roboconf check samples/lamp\n  roboconf check --format sarif . > findings.sarif",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), s, args)
		},
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "text, json (one line per folder), sarif (2.1.0) or github (annotations)")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "refuse the syntax of version 0.1, and let warnings fail too")
	cmd.Flags().BoolVar(&o.fix, "fix", false, "apply the fixes that leave no choice, then check again")
	completeWords(cmd, "format", "text", "json", "sarif", "github")
	return cmd
}

func (o checkOptions) run(ctx context.Context, s streams, dirs []string) error {
	report, known := reporters[o.format]
	if !known {
		return fmt.Errorf("no format is called %q: there are text, json, sarif, github", o.format)
	}
	var all []checked
	for _, dir := range dirs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c, err := o.one(s, dir)
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	if err := report(s, all); err != nil {
		return err
	}
	for _, c := range all {
		if diag.Has(c.problems, o.failing()) {
			return errProblems
		}
	}
	return nil
}

func (o checkOptions) one(s streams, dir string) (checked, error) {
	if err := isFolder(dir); err != nil {
		return checked{}, err
	}
	if o.fix {
		if err := fixAll(s, dir, o.load()); err != nil {
			return checked{}, err
		}
	}
	result, problems := check.Dir(os.DirFS(dir), o.load())
	return checked{dir, result, problems}, nil
}

func (o checkOptions) load() load.Options {
	return load.Options{Options: decl.Options{Strict: o.strict}}
}

// failing is the mildest level that makes the command fail (DIA-53).
func (o checkOptions) failing() diag.Level {
	if o.strict {
		return diag.Warning
	}
	return diag.Severe
}

func reportText(s streams, all []checked) error {
	for _, c := range all {
		o := excerpt.Options{Color: s.color, Dir: c.dir, File: c.file}
		for _, p := range c.problems {
			if err := excerpt.Write(s.out, p, o); err != nil {
				return err
			}
		}
		s.say("%s: %s", c.dir, count(c.problems))
	}
	return nil
}

// file gives the text of a file that was read.
func (c checked) file(name string) (string, *source.Lines) {
	if f := c.result.Files[name]; f != nil {
		return f.Text, f.Lines
	}
	return "", nil
}

// count says how many findings there are of each level.
func count(problems []diag.Problem) string {
	var n [3]int
	for _, p := range problems {
		n[p.Level()]++
	}
	var parts []string
	for level, words := range [][2]string{{"severe problem", "severe problems"}, {"warning", "warnings"}, {"hint", "hints"}} {
		switch n[level] {
		case 0:
		case 1:
			parts = append(parts, "1 "+words[0])
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n[level], words[1]))
		}
	}
	if parts == nil {
		return "nothing to mend"
	}
	return strings.Join(parts, ", ")
}

// isFolder refuses what cannot be an application's folder.
func isFolder(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, cause(err))
	}
	if !info.IsDir() {
		return fmt.Errorf("open %s: it is a file; name the folder that holds descriptor/ and graph/", dir)
	}
	return nil
}

// completeWords lets the shell complete the values of a flag.
func completeWords(cmd *cobra.Command, flag string, words ...string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag was just defined
	}
}
