// Package file does what the instructions of a recipe say about files.
//
// It is the installer "file" (plugins.md 6.1): instructions.properties at the root of the recipe.
package file

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/environ"
	"github.com/roboconf/workbench/runtime/plugin/settings"
)

// instructions is the recipe.
const instructions = "instructions.properties"

// Plugin is the installer "file". It keeps nothing between calls but what a download left in the instance's directory.
type Plugin struct{ o Options }

// Options of the plugin; see download.go for those of downloads.
type Options struct {
	Download Download
}

// New makes the plugin.
func New(o Options) Plugin { return Plugin{o} }

// Installer is "file".
func (Plugin) Installer() string { return "file" }

// Preflight lacks nothing.
func (Plugin) Preflight(context.Context) error { return nil }

// Initialize has nothing to do.
func (Plugin) Initialize(context.Context, *plugin.Call) error { return nil }

// Run does the instructions of the operation by ascending position; the first that fails ends it (PL-61). What is wrong with an
// instruction fails before any is done, for the editor would have said so. No instructions are a success with a warning (PL-60).
func (p Plugin) Run(ctx context.Context, c *plugin.Call) plugin.Result {
	entries, found, err := settings.Read(filepath.Join(c.Dir, instructions))
	if err != nil {
		return plugin.Result{Error: err.Error()}
	}
	if !found {
		c.Warning("the recipe has no " + instructions)
		return plugin.Result{}
	}
	list, err := read(entries, c.Op.String())
	if err != nil {
		return plugin.Result{Error: err.Error()}
	}
	env, err := environ.Of(c, "")
	if err != nil {
		return plugin.Result{Error: err.Error()}
	}
	began := time.Now()
	hand := hand{dir: c.Dir, env: env, download: p.o.Download}
	for _, i := range list {
		if ctx.Err() != nil {
			return plugin.Result{Error: plugin.Over(ctx, began)}
		}
		text, err := hand.do(ctx, i)
		if ctx.Err() != nil && err != nil {
			return plugin.Result{Error: plugin.Over(ctx, began)}
		}
		if err != nil {
			return plugin.Result{Error: fmt.Sprintf("%s, line %d: %s: %v", instructions, i.line, i.key, err)}
		}
		c.Print(text)
	}
	return plugin.Result{}
}

// hand does instructions.
type hand struct {
	dir      string
	env      environ.Environ
	download Download
}

// do does one instruction, and tells what it did.
func (h *hand) do(ctx context.Context, i instruction) (text string, err error) {
	from, err := h.expand(i.from)
	if err != nil {
		return "", err
	}
	to, err := h.expand(i.to)
	if err != nil {
		return "", err
	}
	switch i.verb {
	case "download":
		if to == "" {
			to = downloaded
		}
		return "download " + from + " -> " + to, h.fetch(ctx, from, h.path(to))
	case "move":
		return "move " + from + " -> " + to, move(h.path(from), h.path(to))
	case "copy":
		return "copy " + from + " -> " + to, copyFile(h.path(from), h.path(to))
	}
	return "delete " + from, h.remove(h.path(from))
}

// expand puts variables of the environment in the place of ${NAME} (PL-60). One that is not told is an error: ${dir}/x must never be /x.
func (h *hand) expand(text string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", fmt.Errorf("${%s is not closed by }", rest)
		}
		value, told := h.env.Lookup(name)
		if !told {
			return "", fmt.Errorf("${%s}: the recipe is told no such variable", name)
		}
		b.WriteString(value)
		text = after
	}
}

// The file that a download without target makes, under the two names that recipes know, in the directory of the instance: agents on one
// machine must not meet in one file.
const (
	downloaded = "roboconf_tmp_file"
	older      = "roboconf-tmp-file"
)

// path is where a file of an instruction is: below the directory of the instance unless it is absolute. The name of a download means it
// also in the folder of temporary files, where older recipes looked for it.
func (h *hand) path(name string) string {
	clean := filepath.Clean(filepath.FromSlash(name))
	for _, known := range [...]string{downloaded, older} {
		if clean == known || clean == filepath.Join(os.TempDir(), known) {
			return filepath.Join(h.dir, "."+downloaded)
		}
	}
	if filepath.IsAbs(clean) {
		return clean
	}
	return filepath.Join(h.dir, clean)
}

// remove deletes a file or a folder with all in it; nothing there is no error. It refuses what no recipe can mean.
func (h *hand) remove(path string) error {
	if rel, err := filepath.Rel(path, h.dir); err == nil && filepath.IsLocal(rel) {
		return fmt.Errorf("%s is not deleted: the directory of the instance is in it", path)
	}
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}

// move gives a file or a folder another name; to another disk it is copied, then deleted.
func move(from, to string) error {
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		return fmt.Errorf("the target %s is a folder; name the file in it", to)
	}
	err := os.Rename(from, to)
	if err == nil || !isOtherDisk(err) {
		return err
	}
	return moveFar(from, to)
}

func moveFar(from, to string) error {
	if err := copyTree(from, to); err != nil {
		return errors.Join(err, os.RemoveAll(to))
	}
	return os.RemoveAll(from)
}
