// Package golden compares what a test produced with a file that a person has read.
package golden

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files with what the tests produce")

// Updating says whether the run rewrites golden files; for tests that keep files of another form.
func Updating() bool { return *update }

// Equal compares got with testdata/<name> of the package under test. With -update it writes the file instead:
// read the difference before you commit it.
func Equal(t testing.TB, name string, got []byte) {
	t.Helper()
	if err := compare(filepath.Join("testdata", filepath.FromSlash(name)), got, *update); err != nil {
		t.Error(err)
	}
}

func compare(path string, got []byte, update bool) error {
	if update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("write golden file: %w", err)
		}
		return os.WriteFile(path, got, 0o644)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read golden file: %w (run the test with -update to make it)", err)
	}
	if bytes.Equal(want, got) {
		return nil
	}
	return fmt.Errorf("%s differs from what the test produced (-update rewrites it)\n%s", path, difference(want, got))
}

// difference shows the first line that differs, with both readings; whole files would hide it.
func difference(want, got []byte) string {
	w, g := bytes.Split(want, []byte("\n")), bytes.Split(got, []byte("\n"))
	line := 0
	for line < len(w) && line < len(g) && bytes.Equal(w[line], g[line]) {
		line++
	}
	return fmt.Sprintf("first difference in line %d (of %d, now %d):\n  want %q\n  got  %q",
		line+1, len(w), len(g), lineOf(w, line), lineOf(g, line))
}

func lineOf(lines [][]byte, i int) string {
	if i >= len(lines) {
		return "(end of file)"
	}
	return string(lines[i])
}
