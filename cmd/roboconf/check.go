package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

type checkOptions struct {
	format string
	strict bool
	recipe bool
	fix    bool
	dryRun bool
	watch  bool
	byCode bool
	all    bool
	level  string
	codes  []string
	max    int

	only []diag.Code // codes, read
}

// reporters print what was found in all folders, by the name of the format.
var reporters = map[string]func(s streams, o checkOptions, all []checked) error{
	"text":   reportText,
	"json":   reportJSON,
	"sarif":  reportSARIF,
	"github": reportGitHub,
}

// levels are those that --level takes.
var levels = map[string]diag.Level{
	diag.Severe.String(): diag.Severe, diag.Warning.String(): diag.Warning, diag.Hint.String(): diag.Hint,
}

const checkLong = `Reads application folders and tells every finding. A folder without descriptor is read as a reusable recipe. Several folders
are known side by side: what one exports to the outside answers the external imports of the others. Manifests are shown to
"puppet parser validate" where puppet is installed. What an application says of its own checks stands in .roboconf/check.

--level, --code and --max choose what is shown; the exit code, and the count at the end, are about all that was found.
--fix leaves files alone that are read-only or that something else changes meanwhile.
Of annotations GitHub shows 10 errors, 10 warnings and 10 notices per step, 50 per job: --format github gives it no more than
that, severe ones first come from all folders; the others stand in the log. Paths are relative to GITHUB_WORKSPACE.

Exit code: 0 nothing severe, 1 something severe (with --strict: or a warning), 2 the check could not run.`

func checkCommand(s streams) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [--format text|json|sarif|github] [--strict] [--fix] [--watch] DIR...",
		Short: "Find the mistakes of applications",
		Long:  checkLong,
		Example: "  roboconf check samples/lamp\n  roboconf check --format sarif . > findings.sarif\n" +
			"  roboconf check --fix --code X_TRAILING_BLANKS --dry-run . | patch -p1\n  roboconf check --watch .",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), s, args)
		},
	}
	o.flags(cmd, s)
	return cmd
}

func (o *checkOptions) flags(cmd *cobra.Command, s streams) {
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "text", "text, json (one line per folder), sarif (2.1.0) or github (annotations)")
	f.BoolVar(&o.strict, "strict", false, "refuse the syntax of version 0.1, warn of what is not portable, let warnings fail too")
	f.BoolVar(&o.recipe, "recipe", false, "read the folders as reusable recipes, even with a descriptor")
	f.BoolVar(&o.fix, "fix", false, "apply the fixes that leave no choice, then check again; with --code only theirs")
	f.BoolVar(&o.dryRun, "dry-run", false, "with --fix: print what it would change, as a patch, and change nothing")
	f.BoolVar(&o.watch, "watch", false, "check again whenever a file changes, until Ctrl-C; the exit code is that of the last check")
	f.BoolVar(&o.byCode, "by-code", false, "text: sort by code, which does not change when files move")
	f.BoolVar(&o.all, "all", false, "text: show every finding, however many are alike")
	f.StringVar(&o.level, "level", diag.Hint.String(), "the least serious level that is shown: severe, warning or hint")
	f.StringSliceVar(&o.codes, "code", nil, "show findings with these codes only")
	f.IntVar(&o.max, "max", 0, "show so many findings at most, the most serious ones (0: no limit)")
	completeWords(cmd, "format", "text", "json", "sarif", "github")
	completeWords(cmd, "level", "severe", "warning", "hint")
	err := cmd.RegisterFlagCompletionFunc("code", func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return completeCodes(nil, begun, language(s)), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag was just defined
	}
}

func (o checkOptions) run(ctx context.Context, s streams, dirs []string) error {
	report, known := reporters[o.format]
	if !known {
		return fmt.Errorf("no format is called %q: there are text, json, sarif, github", o.format)
	}
	if err := o.understand(); err != nil {
		return err
	}
	g, err := o.gather(ctx, dirs)
	if err != nil {
		return err
	}
	if o.fix {
		if err := g.mend(ctx, s); err != nil {
			return err
		}
	}
	if o.watch {
		return g.follow(ctx, s, report)
	}
	all, err := g.look(ctx)
	if err != nil {
		return err
	}
	if !o.dryRun {
		if err := report(s, o, o.choose(all)); err != nil {
			return err
		}
	}
	return o.verdict(all)
}

// understand refuses options that do not go together, and reads those that are words.
func (o *checkOptions) understand() error {
	if _, known := levels[o.level]; !known {
		return fmt.Errorf("no level is called %q: there are %s", o.level, strings.Join(slices.Sorted(maps.Keys(levels)), ", "))
	}
	for _, word := range o.codes {
		code, err := findCode(word)
		if err != nil {
			return err
		}
		o.only = append(o.only, code)
	}
	switch {
	case o.max < 0:
		return fmt.Errorf("--max %d: give a number of findings, or 0 for all", o.max)
	case o.dryRun && !o.fix:
		return errors.New("--dry-run says what --fix would do: give both")
	case o.watch && o.fix:
		return errors.New("--watch and --fix do not go together: files would change below your hands; run --fix first")
	case o.watch && o.format != "text" && o.format != "json":
		return fmt.Errorf("--watch prints again and again, which %s cannot hold: use text or json", o.format)
	case o.dryRun && o.format != "text":
		return fmt.Errorf("--dry-run prints a patch, not %s: leave --format out", o.format)
	}
	return nil
}

// verdict fails when something was found that must not be (DIA-53), shown or not.
func (o checkOptions) verdict(all []checked) error {
	for _, c := range all {
		if diag.Has(c.problems, o.failing()) {
			return errProblems
		}
	}
	return nil
}

func (o checkOptions) load() load.Options {
	return load.Options{Options: decl.Options{Strict: o.strict}, Recipe: o.recipe}
}

// failing is the mildest level that makes the command fail (DIA-53).
func (o checkOptions) failing() diag.Level {
	if o.strict {
		return diag.Warning
	}
	return diag.Severe
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
