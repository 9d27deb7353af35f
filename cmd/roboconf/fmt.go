package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/editor/assist/graph"
	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/syntax"
)

type fmtOptions struct {
	write bool // -w: into the files, not onto out
	check bool // only name the files that would change
}

func fmtCommand(s streams) *cobra.Command {
	var o fmtOptions
	cmd := &cobra.Command{
		Use:   "fmt [-w] [--check] PATH...",
		Short: "Lay out the files of applications in the one way",
		Long: "Lays out .graph, .instances, .commands, .drl and .measures files, and the .properties of descriptors, targets and\n" +
			"probes: a file, every such file below a folder, or - for a graph on the standard input.\n" +
			"Without a flag the result is printed. A file that cannot be read wholly is left as it is.",
		Example: "  roboconf fmt -w samples/lamp\n  roboconf fmt --check .",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), s, args)
		},
	}
	cmd.Flags().BoolVarP(&o.write, "write", "w", false, "write the result into the files")
	cmd.Flags().BoolVar(&o.check, "check", false, "print the names of the files that would change; exit 1 when there are some")
	cmd.MarkFlagsMutuallyExclusive("write", "check")
	return cmd
}

func (o fmtOptions) run(ctx context.Context, s streams, paths []string) error {
	files, err := modelFiles(paths)
	if err != nil {
		return err
	}
	bad := false
	for _, file := range files {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		ok, err := o.one(s, file)
		if err != nil {
			return err
		}
		bad = bad || !ok
	}
	if bad {
		return errProblems
	}
	return nil
}

// one lays out one file; false when there is bad news about it.
func (o fmtOptions) one(s streams, file string) (bool, error) {
	before, err := readText(s, file)
	if err != nil {
		return false, err
	}
	if isModel(file) {
		if place, broken := firstError(before, language(s)); broken {
			s.say("%s:%s (left as it is)", file, place)
			return false, nil
		}
	}
	after := formatter(file)(before)
	switch {
	case o.check:
		if after != before {
			fmt.Fprintln(s.out, file)
		}
		return after == before, nil
	case o.write && file != "-":
		if after == before {
			return true, nil
		}
		s.say("laid out %s", file)
		return true, workspace.ReplaceFile(file, after)
	}
	_, err = io.WriteString(s.out, after)
	return true, err
}

// firstError places the first severe problem of a text as LINE:COLUMN sentence: such a text is not saved over (DSL-31).
func firstError(text string, lang diag.Language) (string, bool) {
	tree := syntax.Parse(text)
	for _, e := range tree.Errors() {
		p := diag.Problem{Code: e.Code}
		if p.Level() == diag.Severe {
			at := tree.Lines().Position(e.Span.Start)
			return fmt.Sprintf("%d:%d: %s", at.Line, at.Column, p.Message(lang)), true
		}
	}
	return "", false
}

// isModel says whether a file is in the language of graph and instances: that of the standard input, and of what has no other.
func isModel(file string) bool {
	switch languageOfFile(file).(type) {
	case nil, graph.Language:
		return true
	}
	return false
}

func formatter(file string) func(string) string {
	if l := languageOfFile(file); l != nil {
		return l.Format
	}
	return syntax.Format
}

// languageOfFile finds the language of a file by the end of its path: where the application begins is not said.
func languageOfFile(file string) ask.Language {
	file = filepath.ToSlash(file)
	for {
		if l := assist.Of(file); l != nil {
			return l
		}
		_, rest, below := strings.Cut(file, "/")
		if !below {
			return nil
		}
		file = rest
	}
}

// laidOut are the extensions of the files that have a layout.
var laidOut = map[string]bool{".graph": true, ".instances": true, ".commands": true, ".drl": true, ".measures": true}

// hasLayout says whether a file below a folder is laid out: of properties files only those that the model knows.
func hasLayout(file string) bool {
	ext := strings.ToLower(filepath.Ext(file))
	return laidOut[ext] || ext == ".properties" && languageOfFile(file) != nil
}

// modelFiles replaces folders by the files below them that have a layout, hidden ones left out, sorted.
func modelFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case path == "-":
			files = append(files, path)
		case err != nil:
			return nil, fmt.Errorf("read %s: %w", path, cause(err))
		case !info.IsDir():
			files = append(files, path)
		default:
			below, err := filesBelow(path)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
		}
	}
	return files, nil
}

func filesBelow(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(d.Name(), ".") && path != dir
		switch {
		case err != nil:
			return fmt.Errorf("read %s: %w", path, cause(err))
		case d.IsDir() && hidden:
			return filepath.SkipDir
		case d.IsDir() || hidden:
			return nil
		}
		if hasLayout(path) {
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

func readText(s streams, file string) (string, error) {
	if file == "-" {
		text, err := io.ReadAll(s.in)
		return string(text), err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", file, cause(err))
	}
	return string(text), nil
}

// cause is an error of the system without the call and the path: the sentence around it has them.
func cause(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}
