package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// follow gives the file that a path leads to through links; the path itself when there is nothing yet.
func follow(path string) (string, error) {
	target, err := filepath.EvalSymlinks(path)
	if err == nil {
		return target, nil
	}
	if _, lost := os.Lstat(path); errors.Is(err, fs.ErrNotExist) && lost != nil {
		return path, nil
	}
	return "", fmt.Errorf("the link leads nowhere: %w", reason(err))
}

// replace puts a text in place of a file so that, whatever happens, there is the old text or the new one. old describes the
// file there is, nil when there is none.
func replace(path, text string, old fs.FileInfo) (err error) {
	dir := filepath.Dir(path)
	temp, err := beside(path)
	if err != nil {
		return fmt.Errorf("write beside it, to replace it in one go: %w", reason(err))
	}
	defer func() {
		if err != nil {
			_ = temp.Close()
			_ = os.Remove(temp.Name())
		}
	}()
	if _, err := temp.WriteString(text); err != nil {
		return reason(err)
	}
	if old != nil {
		own(temp, old)
		if err := temp.Chmod(old.Mode()); err != nil {
			return reason(err)
		}
	}
	if err := temp.Sync(); err != nil {
		return reason(err)
	}
	if err := temp.Close(); err != nil {
		return reason(err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return reason(err)
	}
	syncDir(dir)
	return nil
}

// beside makes a hidden file in the folder of another, with the mode of a new file. One that a crash left there is of no use.
func beside(path string) (*os.File, error) {
	name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d.saving", filepath.Base(path), os.Getpid()))
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// syncDir makes a rename last. Some file systems refuse it; the file itself is safe already.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
