package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCompareNamesTheFirstLineThatDiffers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "screen.txt")
	if err := compare(path, []byte("one\ntwo\n"), true); err != nil {
		t.Fatalf("writing: %v", err)
	}
	if err := compare(path, []byte("one\ntwo\n"), false); err != nil {
		t.Errorf("equal bytes: %v", err)
	}
	err := compare(path, []byte("one\nTWO\n"), false)
	if err == nil || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), `"TWO"`) {
		t.Errorf("got %v, want the second line with what was produced", err)
	}
	if err := compare(path, []byte("one"), false); err == nil || !strings.Contains(err.Error(), "(end of file)") {
		t.Errorf("got %v, want a word about the missing line", err)
	}
}

func TestMissingFileSaysHowToMakeIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.txt")
	err := compare(path, []byte("x"), false)
	if err == nil || !strings.Contains(err.Error(), "-update") {
		t.Errorf("got %v, want the way to make the file", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("comparing made the file")
	}
}
