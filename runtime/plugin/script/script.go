// Package script runs the scripts of recipes.
//
// It is the installer "script" (plugins.md 4): for each operation a file of scripts/, else a template that makes one.
package script

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/environ"
	"github.com/roboconf/workbench/runtime/plugin/mustache"
	"github.com/roboconf/workbench/runtime/plugin/process"
)

// The folders of a recipe.
const (
	scripts   = "scripts"
	templates = "roboconf-templates"
)

// Plugin is the installer "script". It keeps nothing between calls.
type Plugin struct{}

// New makes the plugin.
func New() Plugin { return Plugin{} }

// Installer is "script".
func (Plugin) Installer() string { return "script" }

// Preflight lacks nothing: the first line of each script says what it needs.
func (Plugin) Preflight(context.Context) error { return nil }

// Initialize makes everything under scripts/ executable (PL-31), and gives the recipe to the user that it runs as (PL-73).
func (Plugin) Initialize(_ context.Context, c *plugin.Call) error {
	root, err := os.OpenRoot(c.Dir)
	if err != nil {
		return fmt.Errorf("open the recipe of %s: %w", c.View.Path, err)
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), scripts, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		return executable(root, name)
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make the scripts of %s executable: %w", c.View.Path, err)
	}
	return process.Own(c.Dir, c.RunAs)
}

// executable lets whoever may read a file run it.
func executable(root *os.Root, name string) error {
	info, err := root.Stat(name)
	if err != nil {
		return err
	}
	mode := info.Mode().Perm()
	if want := mode | mode&0o444>>2 | 0o100; want != mode {
		return root.Chmod(name, want)
	}
	return nil
}

// Run runs what serves the operation (PL-30); nothing is a success with a warning.
func (p Plugin) Run(ctx context.Context, c *plugin.Call) plugin.Result {
	root, err := os.OpenRoot(c.Dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			c.Warning("the instance has no files, so nothing is run for " + c.Op.String())
			return plugin.Result{}
		}
		return failure(fmt.Errorf("open the recipe: %w", err))
	}
	defer root.Close()
	action := c.Op.String()
	file, rivals, err := choose(root.FS(), action)
	if err != nil {
		return failure(err)
	}
	if len(rivals) > 1 {
		c.Warning(fmt.Sprintf("several scripts could serve %s: %s; %s is run", action, strings.Join(rivals, ", "), file))
	}
	if file == "" {
		c.Warning("no script nor template for " + action)
		return plugin.Result{}
	}
	if path.Dir(file) != templates {
		return p.execute(ctx, c, root, file)
	}
	made, err := generate(c, root, file)
	if err != nil {
		return failure(fmt.Errorf("template %s: %w", file, err))
	}
	r := p.execute(ctx, c, root, made)
	if !r.Failed() {
		_ = root.Remove(made) // the next one takes its place
	}
	return r
}

func failure(err error) plugin.Result { return plugin.Result{Error: err.Error()} }

// choose finds the file that serves an action, and those that could have (PL-30).
func choose(recipe fs.FS, action string) (file string, rivals []string, err error) {
	named, err := names(recipe, scripts)
	if err != nil {
		return "", nil, err
	}
	if slices.Contains(named, action+".sh") {
		return path.Join(scripts, action+".sh"), nil, nil
	}
	var group, others []string
	for _, n := range named {
		rest, starts := strings.CutPrefix(n, action)
		switch {
		case starts && (rest == "" || rest[0] == '.'):
			group = append(group, path.Join(scripts, n))
		case starts:
			others = append(others, path.Join(scripts, n))
		}
	}
	if len(group) == 0 {
		group = others
	}
	if len(group) > 0 {
		return group[0], group, nil
	}
	named, err = names(recipe, templates)
	for _, n := range [...]string{action + ".template", "default.template"} {
		if slices.Contains(named, n) {
			return path.Join(templates, n), nil, nil
		}
	}
	return "", nil, err
}

// names are the files of a folder, sorted; a folder or a link in it is no candidate.
func names(recipe fs.FS, folder string) (list []string, err error) {
	entries, err := fs.ReadDir(recipe, folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for a script: %w", err)
	}
	for _, e := range entries { // ReadDir sorts
		if e.Type().IsRegular() {
			list = append(list, e.Name())
		}
	}
	return list, nil
}

// generate makes a script of a template, beside the scripts so that relative paths work in it (PL-33).
func generate(c *plugin.Call, root *os.Root, template string) (file string, err error) {
	text, err := root.ReadFile(template)
	if err != nil {
		return "", err
	}
	folder, err := root.OpenRoot(templates)
	if err != nil {
		return "", err
	}
	defer folder.Close()
	made, err := mustache.Render(string(text), environ.Context(c), func(name string) (string, error) { return partial(folder, name) })
	if err != nil {
		return "", err
	}
	if err := root.MkdirAll(scripts, 0o700); err != nil {
		return "", err
	}
	file = path.Join(scripts, ".generated-"+c.Op.String())
	if err := root.RemoveAll(file); err != nil { // one that failed is kept until now
		return "", err
	}
	f, err := root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(made)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	return file, process.Own(filepath.Join(c.Dir, scripts), c.RunAs)
}

// partial reads a file beside the template: as it is named, else with the ending of templates. Names cannot leave the folder.
func partial(folder *os.Root, name string) (string, error) {
	var first error
	for _, ending := range [...]string{"", ".template", ".mustache"} {
		info, err := folder.Lstat(name + ending)
		if err == nil && !info.Mode().IsRegular() {
			return "", errors.New("it is no plain file")
		}
		var text []byte
		if err == nil {
			text, err = folder.ReadFile(name + ending)
		}
		if err == nil {
			return string(text), nil
		}
		if first == nil || !errors.Is(err, fs.ErrNotExist) {
			first = err
		}
	}
	return "", first
}

// execute runs a file of the recipe in its folder (PL-31 to PL-35).
func (Plugin) execute(ctx context.Context, c *plugin.Call, root *os.Root, file string) plugin.Result {
	if err := executable(root, file); err != nil {
		return failure(fmt.Errorf("make %s executable: %w", file, err))
	}
	told, remove, err := environ.Write(c)
	if err != nil {
		return failure(err)
	}
	defer remove()
	if err := process.Own(told, c.RunAs); err != nil {
		return failure(err)
	}
	env, err := environ.Of(c, told)
	if err != nil {
		return failure(err)
	}
	for _, w := range env.Warnings {
		c.Warning(w)
	}
	cmd := process.Of(c)
	cmd.Path = filepath.Join(c.Dir, filepath.FromSlash(file))
	cmd.Dir, cmd.Env = filepath.Dir(cmd.Path), env.Vars
	return process.Run(ctx, cmd)
}
