package template

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// The limits of an archive (MG-14).
const (
	MaxEntries  = 10_000
	MaxUnpacked = 1 << 30
)

// Unpack writes the content of a zip archive into a new folder (MG-14). Entries that would leave the folder, absolute names, links,
// too many entries, too many bytes are refused; what was written until then is left to the caller to remove.
func Unpack(archive *zip.Reader, dir string) error {
	return unpack(archive, dir, MaxEntries, MaxUnpacked)
}

func unpack(archive *zip.Reader, dir string, entries int, bytes int64) error {
	if len(archive.File) > entries {
		return fmt.Errorf("the archive has %d entries, more than %d", len(archive.File), entries)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	defer root.Close()
	seen := map[string]bool{}
	for _, f := range archive.File {
		name := strings.TrimSuffix(f.Name, "/")
		switch {
		case !validName(name) || strings.HasPrefix(f.Name, "/"):
			return fmt.Errorf("the archive has an entry %q: names must be relative, inside the archive, without backslash nor control character", f.Name)
		case f.Mode()&fs.ModeSymlink != 0:
			return fmt.Errorf("the archive has a link, %s: replace it by the file", f.Name)
		case f.Mode()&fs.ModeType&^fs.ModeDir != 0:
			return fmt.Errorf("the archive has an entry %s that is neither file nor folder", f.Name)
		case seen[strings.ToLower(name)] && !f.Mode().IsDir():
			return fmt.Errorf("the archive has two entries %s, or names that differ by letter case alone", f.Name)
		}
		seen[strings.ToLower(name)] = true
		if f.Mode().IsDir() {
			if err := mkdirAll(root, name); err != nil {
				return err
			}
			continue
		}
		n, err := extract(root, f, name, bytes)
		if err != nil {
			return err
		}
		bytes -= n
	}
	return nil
}

func mkdirAll(root *os.Root, name string) error {
	if err := root.MkdirAll(filepath.FromSlash(name), 0o755); err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	return nil
}

// extract writes one entry; it counts what comes out, whatever the header says.
func extract(root *os.Root, f *zip.File, name string, left int64) (n int64, err error) {
	if dir := path.Dir(name); dir != "." {
		if err := mkdirAll(root, dir); err != nil {
			return 0, err
		}
	}
	in, err := f.Open()
	if err != nil {
		return 0, fmt.Errorf("unpack %s: %w", f.Name, err)
	}
	defer in.Close()
	mode := fs.FileMode(0o644)
	if f.Mode()&0o111 != 0 {
		mode = 0o755
	}
	out, err := root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return 0, fmt.Errorf("unpack %s: %w", f.Name, err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	n, err = io.Copy(out, io.LimitReader(in, left+1))
	switch {
	case err != nil:
		return n, fmt.Errorf("unpack %s: %w", f.Name, err)
	case n > left:
		return n, fmt.Errorf("the archive holds more than %d MiB unpacked", MaxUnpacked>>20)
	}
	return n, nil
}
