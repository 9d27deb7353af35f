package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/roboconf/workbench/samples"
)

// ownSample gives a copy of a sample that the person may change: made at the first time, found again later.
func ownSample(s samples.Sample, env func(string) string) (string, error) {
	home := env("XDG_DATA_HOME")
	if home == "" {
		own, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("open the sample %s: %w; use roboconf new NAME --from %[1]s", s.Name, err)
		}
		home = filepath.Join(own, ".local", "share")
	}
	dir := filepath.Join(home, "roboconf", "samples", s.Name)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", fmt.Errorf("open the sample %s: make %s: %w", s.Name, filepath.Dir(dir), cause(err))
	}
	if err := createFrom(dir, s, ""); err != nil {
		return "", fmt.Errorf("open the sample %s: make %s: %w", s.Name, dir, err)
	}
	return dir, nil
}
