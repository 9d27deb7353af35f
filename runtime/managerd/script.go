package managerd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/target"
)

const (
	scriptWord  = "dm.configure.script." // in the name of a script, in any letter case (plugins.md 10)
	scriptLimit = 10 * time.Minute
	scriptGrace = 2 * time.Second // from terminate to kill
	keptOutput  = 4 << 10         // of what it prints: the end
)

// configure runs the script of the target for a machine that is ready (LC-81 step 8, plugins.md 10): the first one found, in the order of
// names, in its own folder. Undeploying cancels it.
func (y *yard) configure(ctx context.Context, m manager.Machine, spec target.Spec, made target.Machine) error {
	dir := y.scripts(m)
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look for the script of the target %s: %w", m.Target, err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.Contains(strings.ToLower(e.Name()), scriptWord) {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, scriptLimit)
		defer cancel()
		out, err := runScript(ctx, filepath.Join(dir, e.Name()), []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LANG=" + os.Getenv("LANG"),
			"IP_ADDRESS=" + made.Address, "APPLICATION_NAME=" + m.App, "SCOPED_INSTANCE_PATH=" + m.Path, "DOMAIN=" + y.domain,
			"USER_DATA=" + spec.UserData,
		})
		y.log.Info("script of a target", "app", m.App, "instance", m.Path, "script", e.Name(), "output", out, "error", err)
		if err != nil {
			return fmt.Errorf("run %s of the target %s: %w%s", e.Name(), m.Target, err, lastLine(out))
		}
		return nil
	}
	return nil
}

// runScript runs a program until it ends, or ctx does: then its whole process group goes. It gives the end of what was printed.
func runScript(ctx context.Context, path string, env []string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o100 == 0 {
		if err := os.Chmod(path, info.Mode().Perm()|0o700); err != nil {
			return "", fmt.Errorf("make it executable: %w", err)
		}
	}
	var out tail
	cmd := exec.CommandContext(ctx, path)
	cmd.Dir, cmd.Env = filepath.Dir(path), env
	cmd.Stdout, cmd.Stderr = &out, &out
	ownGroup(cmd)
	cmd.WaitDelay = scriptGrace
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		killGroup(cmd) // what ignored the terminate signal
		err = fmt.Errorf("it was stopped: %w", context.Cause(ctx))
	case errors.Is(err, exec.ErrWaitDelay): // it left something behind that holds its output
		err = nil
	}
	return out.String(), err
}

// tail keeps the end of what is written. One goroutine writes: cmd gives both streams to one copier when they are the same writer.
type tail struct{ kept bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	t.kept.Write(p) // never fails
	if over := t.kept.Len() - keptOutput; over > 0 {
		t.kept.Next(over)
	}
	return len(p), nil
}

func (t *tail) String() string { return strings.ToValidUTF8(t.kept.String(), "?") }

func lastLine(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return ": " + last
	}
	return ""
}
