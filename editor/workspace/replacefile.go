package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ReplaceFile puts a text in place of any file, or makes it, as Save does: in one go, through links, with the mode and the
// owner of the file there was. For commands that write without an open workspace.
func ReplaceFile(file, text string) error {
	path, err := follow(file)
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	old, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write %s: %w", file, reason(err))
	}
	if err == nil && !old.Mode().IsRegular() {
		return fmt.Errorf("write %s: it is no regular file: %s", file, old.Mode())
	}
	if err != nil {
		old = nil
	}
	if err := replace(path, text, old); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
