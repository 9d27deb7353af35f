package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// copyFile copies one file with its permissions. The target appears whole or not at all.
func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no plain file", from)
	}
	if old, err := os.Stat(to); err == nil && old.IsDir() {
		return fmt.Errorf("the target %s is a folder; name the file in it", to)
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	return appear(to, info.Mode().Perm(), func(w io.Writer) error {
		_, err := io.Copy(w, source)
		return err
	})
}

// appear writes a file beside its place, then puts it there: what reads the target meanwhile sees the old one or the new one.
func appear(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".roboconf-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the error says more
		}
	}()
	err = write(f)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// copyTree copies a file or a folder with all in it, links as links.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		info, err := d.Info()
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			return os.Mkdir(target, info.Mode().Perm()|0o700)
		case d.Type() == fs.ModeSymlink:
			where, err := os.Readlink(path)
			return errors.Join(err, os.Symlink(where, target))
		}
		return copyFile(path, target)
	})
}
