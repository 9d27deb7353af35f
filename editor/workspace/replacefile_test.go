package workspace

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReplaceFileKeepsLinksAndModes(t *testing.T) {
	dir := t.TempDir()
	script, link := filepath.Join(dir, "start.sh"), filepath.Join(dir, "link.sh")
	if err := os.WriteFile(script, []byte("old"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(script, link); err != nil {
		t.Skipf("needs links: %v", err)
	}
	if err := ReplaceFile(link, "new"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(script)
	if err != nil || string(text) != "new" {
		t.Errorf("the script holds %q, %v", text, err)
	}
	info, err := os.Stat(script)
	if err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("the script's mode is %v, %v", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link became a file")
	}
}

func TestReplaceFileMakesOneOrSaysWhyNot(t *testing.T) {
	dir := t.TempDir()
	if err := ReplaceFile(filepath.Join(dir, "new.txt"), "text"); err != nil {
		t.Error(err)
	}
	for _, file := range []string{dir, filepath.Join(dir, "none", "new.txt")} {
		if err := ReplaceFile(file, "text"); err == nil {
			t.Errorf("%s was written", file)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
