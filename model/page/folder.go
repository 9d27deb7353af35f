package page

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Folder is an example as a file system, which can be loaded and checked.
type Folder map[string]string

// Open opens a file or a folder.
func (f Folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if text, ok := f[name]; ok {
		return &file{entry{path.Base(name), int64(len(text)), false}, strings.NewReader(text)}, nil
	}
	_, empty := f[name+"/"]
	list := f.list(name)
	if len(list) == 0 && !empty && name != "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &directory{entry: entry{path.Base(name), 0, true}, path: name, rest: list}, nil
}

// list are the entries directly in a folder, sorted.
func (f Folder) list(name string) []fs.DirEntry {
	seen := make(map[string]bool)
	var out []fs.DirEntry
	for full, text := range f {
		inside := full
		if name != "." {
			rest, ok := strings.CutPrefix(full, name+"/")
			if !ok || rest == "" {
				continue
			}
			inside = rest
		}
		first, _, deeper := strings.Cut(inside, "/")
		if !seen[first] {
			seen[first] = true
			e := entry{first, int64(len(text)), deeper}
			if deeper {
				e.size = 0
			}
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out
}

// entry describes a file or a folder in all the ways that package fs asks for.
type entry struct {
	name string
	size int64
	dir  bool
}

func (e entry) Name() string               { return e.name }
func (e entry) Size() int64                { return e.size }
func (e entry) IsDir() bool                { return e.dir }
func (e entry) ModTime() time.Time         { return time.Time{} }
func (e entry) Sys() any                   { return nil }
func (e entry) Type() fs.FileMode          { return e.Mode().Type() }
func (e entry) Info() (fs.FileInfo, error) { return e, nil }

func (e entry) Mode() fs.FileMode {
	if e.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

type file struct {
	entry
	*strings.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.entry, nil }
func (f *file) Close() error               { return nil }

// Size is that of the text, for fs.FileInfo and strings.Reader alike.
func (f *file) Size() int64 { return f.entry.size }

type directory struct {
	entry
	path string
	rest []fs.DirEntry
}

func (d *directory) Stat() (fs.FileInfo, error) { return d.entry, nil }
func (d *directory) Close() error               { return nil }

func (d *directory) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.path, Err: errors.New("is a directory")}
}

func (d *directory) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(d.rest) {
		if n > 0 && len(d.rest) == 0 {
			return nil, io.EOF
		}
		n = len(d.rest)
	}
	out := d.rest[:n]
	d.rest = d.rest[n:]
	return out, nil
}
