// Package puppet applies the Puppet modules of recipes.
//
// It is the installer "puppet" (plugins.md 5). The program puppet must be on the machine.
package puppet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/process"
	"github.com/roboconf/workbench/runtime/plugin/settings"
)

// modulePrefix begins the folder of the module to apply, in any case (PL-50).
const modulePrefix = "roboconf_"

// Options of the plugin.
type Options struct {
	// Program is the path of puppet; "" to look for it in the PATH of this process, then where Puppet's own packages put it.
	Program string
	// Strict makes exit code 6 (changes were made, some resources failed) a failure instead of a warning (PL-54).
	Strict bool
}

// Plugin is the installer "puppet". It keeps nothing between calls.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) Plugin { return Plugin{o} }

// Installer is "puppet".
func (Plugin) Installer() string { return "puppet" }

// usual is where the packages of Puppet's makers put the program.
const usual = "/opt/puppetlabs/bin/puppet"

// program finds puppet.
func (p Plugin) program() (string, error) {
	for _, name := range [...]string{p.o.Program, "puppet", usual} {
		if name == "" {
			continue
		}
		path, err := exec.LookPath(name)
		if err == nil {
			return filepath.Abs(path)
		}
		if name == p.o.Program {
			return "", fmt.Errorf("puppet not found: %w", err)
		}
	}
	return "", fmt.Errorf("puppet not found: it is neither in PATH nor %s; install it on this machine (Debian: puppet-agent)", usual)
}

// Preflight says when puppet is not on the machine, before anything is deployed (PL-55).
func (p Plugin) Preflight(context.Context) error {
	_, err := p.program()
	return err
}

// Initialize installs the modules that modules.properties names, in their order, into the instance's directory; what is there already in the
// version that is wanted is left alone (PL-50).
func (p Plugin) Initialize(ctx context.Context, c *plugin.Call) error {
	if _, _, err := module(c.Dir); err != nil {
		return err
	}
	if err := process.Own(c.Dir, c.RunAs); err != nil {
		return err
	}
	wanted, _, err := settings.Read(filepath.Join(c.Dir, "modules.properties"))
	if err != nil {
		return err
	}
	for _, m := range wanted {
		if installed(c.Dir, m.Key, m.Value) {
			continue
		}
		args := []string{"module", "install"}
		if m.Value != "" {
			args = append(args, "--version", m.Value)
		}
		if strings.HasPrefix(m.Key, "-") {
			return fmt.Errorf("install the Puppet module of modules.properties, line %d: %q is no name", m.Line, m.Key)
		}
		if r := p.run(ctx, c, append(args, m.Key, "--target-dir", c.Dir)); r.Failed() {
			return fmt.Errorf("install the Puppet module %s %s: %s", m.Key, m.Value, r.Error)
		}
	}
	return nil
}

// installed says whether a module AUTHOR-NAME is in a folder, in a version; "" for any.
func installed(dir, name, version string) bool {
	short := name[strings.LastIndexAny(name, "-/")+1:]
	if short == "" || short == "." || short == ".." {
		return false
	}
	text, err := os.ReadFile(filepath.Join(dir, short, "metadata.json"))
	if err != nil {
		return false
	}
	var about struct{ Name, Version string }
	if json.Unmarshal(text, &about) != nil {
		return false
	}
	same := strings.ReplaceAll(about.Name, "/", "-") == strings.ReplaceAll(name, "/", "-")
	return same && (version == "" || about.Version == version)
}

// module finds the module to apply among the folders of a recipe, and all that could be (PL-50).
func module(dir string) (name string, all []string, err error) {
	entries, err := os.ReadDir(dir) // sorted
	if err != nil {
		return "", nil, fmt.Errorf("look for the Puppet module: %w", err)
	}
	for _, e := range entries {
		if n := e.Name(); e.IsDir() && len(n) >= len(modulePrefix) && strings.EqualFold(n[:len(modulePrefix)], modulePrefix) {
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		return "", nil, fmt.Errorf("the recipe has no Puppet module: none of its folders begins with %s", modulePrefix)
	}
	return all[0], all, nil
}

// Run applies the class of an operation (PL-51 to PL-54). No manifest for it is a success with a warning.
func (p Plugin) Run(ctx context.Context, c *plugin.Call) plugin.Result {
	if _, err := os.Stat(c.Dir); errors.Is(err, fs.ErrNotExist) {
		c.Warning("the instance has no files, so nothing is applied for " + c.Op.String())
		return plugin.Result{}
	}
	name, all, err := module(c.Dir)
	if err != nil {
		return plugin.Result{Error: err.Error()}
	}
	if len(all) > 1 {
		c.Warning(fmt.Sprintf("several modules could be applied: %s; %s is", strings.Join(all, ", "), name))
	}
	class, found := manifest(c.Dir, name, c.Op)
	if !found {
		c.Warning(fmt.Sprintf("the module %s has no manifest for %s: neither %s.pp nor init.pp", name, c.Op, c.Op))
		return plugin.Result{}
	}
	code, warnings, err := Code(class, c)
	if err != nil {
		return plugin.Result{Error: err.Error()}
	}
	for _, w := range warnings {
		c.Warning(w)
	}
	path := c.Dir
	if more := value(c.Environ, "MODULEPATH"); more != "" {
		path = more + string(os.PathListSeparator) + c.Dir
	}
	return p.judge(c, p.run(ctx, c, []string{"apply", "--verbose", "--detailed-exitcodes", "--modulepath", path, "--execute", code}))
}

// manifest gives the class of an operation: its own, else that of the module (PL-51).
func manifest(dir, module string, op lifecycle.Operation) (class string, found bool) {
	for _, m := range [...][2]string{{op.String() + ".pp", module + "::" + op.String()}, {"init.pp", module}} {
		if info, err := os.Lstat(filepath.Join(dir, module, "manifests", m[0])); err == nil && info.Mode().IsRegular() {
			return m[1], true
		}
	}
	return "", false
}

func (p Plugin) run(ctx context.Context, c *plugin.Call, args []string) plugin.Result {
	path, err := p.program()
	if err != nil {
		return plugin.Result{Error: err.Error()}
	}
	cmd := process.Of(c)
	cmd.Path, cmd.Args = path, args
	return process.Run(ctx, cmd)
}

// judge reads the exit codes of --detailed-exitcodes (PL-54).
func (p Plugin) judge(c *plugin.Call, r plugin.Result) plugin.Result {
	if !strings.HasPrefix(r.Error, "exit code ") {
		return r
	}
	switch r.ExitCode {
	case 2: // changes were made
		return plugin.Result{}
	case 6:
		if !p.o.Strict {
			c.Warning("Puppet made changes, some of its resources failed (exit code 6)")
			return plugin.Result{}
		}
		r.Error = "exit code 6: changes were made, some resources failed"
	case 4:
		r.Error = "exit code 4: some resources failed"
	case 1:
		r.Error = "exit code 1: the manifest could not be applied"
	}
	return r
}

// value looks a variable up in an environment.
func value(environ []string, name string) (found string) {
	for _, v := range environ {
		if text, ok := strings.CutPrefix(v, name+"="); ok {
			found = text
		}
	}
	return found
}
