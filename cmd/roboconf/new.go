package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/samples"
)

type newOptions struct{ from, compose string }

// folders are those that every new project has (model.md 3.1).
var folders = []string{"descriptor", "graph", "instances", "commands", "rules.autonomic", "probes"}

func newCommand(s streams) *cobra.Command {
	var o newOptions
	cmd := &cobra.Command{
		Use:   "new NAME [--from SAMPLE | --from-compose FILE]",
		Short: "Make an application that passes check at once",
		Long: "Makes the folder NAME with a whole application in it: one server on one machine, a copy of a sample, or what a\n" +
			"Compose file says: a component on a machine of its own for each service, imports from depends_on and the environment.\n" +
			"What could not be carried over is told, and written into its README. The application gets the name of the folder.",
		Example: "  roboconf new shop\n  roboconf new shop --from lamp\n  roboconf new shop --from-compose compose.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.compose != "" {
				return o.fromCompose(cmd.Context(), s, args[0])
			}
			return o.run(s, args[0])
		},
	}
	cmd.Flags().StringVar(&o.from, "from", "hello", "the sample to copy")
	cmd.Flags().StringVar(&o.compose, "from-compose", "", "the Compose file to make the application of")
	cmd.MarkFlagsMutuallyExclusive("from", "from-compose")
	var names []string
	for _, sample := range samples.All() {
		names = append(names, sample.Name+"\t"+sample.Title)
	}
	completeWords(cmd, "from", names...)
	return cmd
}

func (o newOptions) run(s streams, dir string) error {
	sample, err := samples.Find(o.from)
	if err != nil {
		return err
	}
	if err := createFrom(dir, sample, filepath.Base(dir)); err != nil {
		return fmt.Errorf("make %s: %w", dir, translate(s, err))
	}
	s.say("made %s: open it with roboconf %s", dir, dir)
	return nil
}

// createFrom makes a copy of a sample. The application is called name; "" keeps the name of the sample.
func createFrom(dir string, sample samples.Sample, name string) error {
	return create(dir, name, func(tmp string) error { return copyFiles(tmp, sample.FS) })
}

// create makes everything beside the place where it goes, looks at it, then moves it there: nothing is half made.
func create(dir, name string, fill func(dir string) error) error {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return errors.New("something is there already; choose another name")
	}
	tmp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".roboconf-new-*")
	if err != nil {
		return cause(err)
	}
	defer os.RemoveAll(tmp) // what was moved away is not there any more
	if err := makeFolders(tmp); err != nil {
		return err
	}
	if err := fill(tmp); err != nil {
		return err
	}
	if name != "" {
		if err := rename(tmp, name); err != nil {
			return err
		}
	}
	return os.Rename(tmp, dir)
}

func makeFolders(dir string) error {
	for _, name := range folders {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o755)
}

func copyFiles(dir string, from fs.FS) error {
	return fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		text, err := fs.ReadFile(from, path)
		if err != nil {
			return err
		}
		// The files inside the program have lost their modes.
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(string(text), "#!") {
			mode = 0o755
		}
		return os.WriteFile(to, text, mode)
	})
}

var nameLine = regexp.MustCompile(`(?m)^name = .*$`)

// rename gives the application its name, or says why it cannot bear it.
func rename(dir, name string) error {
	file := filepath.Join(dir, "descriptor", "application.properties")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text = nameLine.ReplaceAllLiteral(text, []byte("name = "+name))
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return err
	}
	_, problems := check.Dir(os.DirFS(dir), load.Options{})
	for _, p := range problems {
		if p.Level() == diag.Severe {
			return refusal{p}
		}
	}
	return nil
}
