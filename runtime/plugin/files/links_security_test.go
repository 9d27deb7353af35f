//go:build unix

package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/roboconf/workbench/runtime/message"
)

// PL-22: whatever a recipe leaves in its directory, or in place of it, nothing outside is written, emptied or read, and no pipe holds
// the agent up.
func TestWhatRecipesLeaveLeadsNowhere(t *testing.T) {
	list := []message.File{file("scripts/start.sh", "0755", "new"), file("files/a/b", "0644", "new")}
	plant := map[string]func(dir, outside string) error{
		"the directory is a link": func(dir, outside string) error { return os.Symlink(outside, dir) },
		"the directory is a file": func(dir, _ string) error { return os.WriteFile(dir, nil, 0o600) },
		"a folder is a link": func(dir, outside string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Symlink(outside, filepath.Join(dir, "scripts")))
		},
		"a relative link upwards": func(dir, outside string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Symlink("../"+filepath.Base(outside), filepath.Join(dir, "files")))
		},
		"a file is a link": func(dir, outside string) error {
			return errors.Join(os.MkdirAll(filepath.Join(dir, "scripts"), 0o700), os.Symlink(filepath.Join(outside, "start.sh"), filepath.Join(dir, "scripts/start.sh")))
		},
		"a link that leads to nothing": func(dir, outside string) error {
			return errors.Join(os.MkdirAll(filepath.Join(dir, "scripts"), 0o700), os.Symlink(filepath.Join(outside, "born"), filepath.Join(dir, "scripts/start.sh")))
		},
		"the unfinished file is a link": func(dir, outside string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Symlink(filepath.Join(outside, "start.sh"), filepath.Join(dir, unfinished)))
		},
		"the unfinished file is a folder": func(dir, _ string) error { return os.MkdirAll(filepath.Join(dir, unfinished, "x"), 0o700) },
		"a pipe": func(dir, _ string) error {
			return errors.Join(os.MkdirAll(filepath.Join(dir, "scripts"), 0o700), syscall.Mkfifo(filepath.Join(dir, "scripts/start.sh"), 0o600))
		},
		"a hard link": func(dir, outside string) error {
			return errors.Join(os.MkdirAll(filepath.Join(dir, "scripts"), 0o700), os.Link(filepath.Join(outside, "start.sh"), filepath.Join(dir, "scripts/start.sh")))
		},
	}
	for what, prepare := range plant {
		for how, write := range map[string]func(string, []message.File, int64, Opener) error{"Write": Write, "Add": Add} {
			t.Run(what+", "+how, func(t *testing.T) {
				base := t.TempDir()
				dir, outside := filepath.Join(base, "instance"), filepath.Join(base, "outside")
				if err := errors.Join(os.Mkdir(outside, 0o700), os.WriteFile(filepath.Join(outside, "start.sh"), []byte("precious"), 0o600)); err != nil {
					t.Fatal(err)
				}
				if err := prepare(dir, outside); err != nil {
					t.Fatal(err)
				}
				err := write(dir, list, 0, nil)
				if how == "Write" && err != nil {
					t.Errorf("a directory that is emptied first cannot be in the way: %v", err)
				}
				untouched(t, outside)
				if err == nil {
					whole(t, dir)
				}
				if err := Remove(dir); err != nil {
					t.Error(err)
				}
				untouched(t, outside)
			})
		}
	}
}

// untouched holds that there is what was there before, no more.
func untouched(t *testing.T, outside string) {
	t.Helper()
	entries, err := os.ReadDir(outside)
	text, _ := os.ReadFile(filepath.Join(outside, "start.sh"))
	info, statErr := os.Stat(filepath.Join(outside, "start.sh"))
	if err != nil || statErr != nil || len(entries) != 1 || string(text) != "precious" || info.Mode() != 0o600 {
		t.Fatalf("outside there is %v, with %q, %v (%v)", entries, text, info, err)
	}
}

// whole holds that the directory has the new files, each a file of its own.
func whole(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"", "scripts", "files", "files/a", "scripts/start.sh", "files/a/b"} {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil || info.Mode()&(fs.ModeSymlink|fs.ModeNamedPipe) != 0 {
			t.Errorf("%q is %v, %v", name, info, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "scripts/start.sh")); string(text) != "new" {
		t.Errorf("the file holds %q, %v", text, err)
	}
}
