package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// patience is how long Puppet may take over one manifest; it needs two seconds to start.
const patience = 15 * time.Second

// puppetParser asks the puppet that is installed about the text of a manifest (diagnostics.md 3.6); nil when none is. Where it
// gives no answer in time, nothing is said against the manifest.
func puppetParser(ctx context.Context) func(manifest string) (message string, ok bool) {
	program, err := exec.LookPath("puppet")
	if err != nil {
		return nil
	}
	return func(manifest string) (string, bool) {
		dir, err := os.MkdirTemp("", "roboconf-puppet-")
		if err != nil {
			return "", true
		}
		defer os.RemoveAll(dir)
		file := filepath.Join(dir, "manifest.pp")
		if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
			return "", true
		}
		ctx, enough := context.WithTimeout(ctx, patience)
		defer enough()
		cmd := exec.CommandContext(ctx, program, "parser", "validate", "--color=false", file)
		cmd.WaitDelay = time.Second // what it started may hold the pipe
		said, err := cmd.CombinedOutput()
		if exit := (*exec.ExitError)(nil); ctx.Err() != nil || !errors.As(err, &exit) {
			return "", true
		}
		return puppetSays(string(said), file), false
	}
}

// puppetSays is the first error in what Puppet says, without its tag, without the name of a file that nobody has.
func puppetSays(said, file string) string {
	for line := range strings.Lines(said) {
		if _, message, found := strings.Cut(line, "Error: "); found {
			said = message
			break
		}
	}
	said = strings.TrimPrefix(said, "Could not parse for environment production: ")
	said = strings.ReplaceAll(said, "file: "+file+", ", "")
	return strings.TrimSpace(strings.ReplaceAll(said, file, "manifest"))
}
