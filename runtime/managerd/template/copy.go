package template

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// copyTree copies an application, without folders of version control and what its .rbcignore leaves out (PL-11). Links are refused: what
// they lead to may be anything.
func copyTree(ctx context.Context, from, to string) error {
	source := os.DirFS(from)
	rules, err := readIgnore(source)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer root.Close()
	entries, left := 0, int64(MaxUnpacked)
	return fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		switch {
		case name == ".":
			return nil
		case path.Base(name) != ignoreFile && rules.skips(name, d.IsDir()):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entries++; entries > MaxEntries {
			return fmt.Errorf("it has more than %d files; leave out what the application does not need (.rbcignore)", MaxEntries)
		}
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			return fmt.Errorf("%s is a symbolic link: copy the file instead", name)
		case d.IsDir():
			return root.Mkdir(filepath.FromSlash(name), 0o755)
		case !d.Type().IsRegular():
			return fmt.Errorf("%s is no ordinary file: remove it", name)
		}
		n, err := copyFile(source, name, root, left)
		left -= n
		return err
	})
}

func copyFile(source fs.FS, name string, root *os.Root, left int64) (n int64, err error) {
	in, err := source.Open(name)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return 0, err
	}
	mode := fs.FileMode(0o644)
	if info.Mode().Perm()&0o111 != 0 {
		mode = 0o755
	}
	out, err := root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	n, err = io.Copy(out, io.LimitReader(in, left+1))
	if err == nil && n > left {
		err = fmt.Errorf("it has more than %d MiB; leave out what the application does not need (.rbcignore)", MaxUnpacked>>20)
	}
	if err == nil {
		err = out.Sync() // the mind remembers the template over a power cut
	}
	return n, err
}
