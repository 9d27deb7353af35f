package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/roboconf/workbench/editor/compose"
)

// fromCompose makes an application of a Compose file, and tells what could not be carried over.
func (o newOptions) fromCompose(ctx context.Context, s streams, dir string) error {
	app, err := compose.Read(ctx, o.compose, filepath.Base(dir))
	if err != nil {
		return err
	}
	if err := create(dir, app.Name, func(tmp string) error { return writeAll(tmp, app) }); err != nil {
		return fmt.Errorf("make %s: %w", dir, translate(s, err))
	}
	counts := map[compose.Fate]int{}
	for _, n := range app.Notes {
		counts[n.Fate]++
		if n.Fate == compose.Kept {
			continue
		}
		where := n.Key
		if n.Service != "" {
			where = n.Service + ", " + n.Key
		}
		s.say("%-9s %s: %s", n.Fate, where, n.Text)
	}
	s.say("made %s: %d kept, %d changed, %d to write, %d left out (%s tells all); open it with roboconf %s", dir,
		counts[compose.Kept], counts[compose.Changed], counts[compose.ToDo], counts[compose.Left], filepath.Join(dir, "README.md"), dir)
	return nil
}

func writeAll(dir string, app *compose.Application) error {
	for _, f := range app.Files {
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if f.Executable {
			mode = 0o755
		}
		if err := os.WriteFile(to, []byte(f.Text), mode); err != nil {
			return err
		}
	}
	return nil
}
