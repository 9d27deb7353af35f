package rabbit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// running are the processes that have a folder in their environment: all that a server starts, whatever their parent is.
func running(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, file := range all {
		env, err := os.ReadFile(file)
		if err == nil && bytes.Contains(env, []byte(dir)) {
			args, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
			left = append(left, string(bytes.ReplaceAll(args, []byte{0}, []byte{' '})))
		}
	}
	return left
}

// nothingRuns waits a little: the helpers of Erlang end when they see that it is gone.
func nothingRuns(t *testing.T, dir string) {
	t.Helper()
	ctx := within(t)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		left := running(t, dir)
		if len(left) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Errorf("still running: %q", left)
			return
		}
	}
}
