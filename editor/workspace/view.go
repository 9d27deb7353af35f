package workspace

import (
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// view is a folder with unsaved text over it: what the loader reads. Immutable. It is a load.Snapshot.
type view struct {
	disk     *disk
	overlays map[string]overlay
	fresh    []string // the files that only unsaved text makes, sorted
	all      []string // see Snapshot.All
}

// over lays unsaved text over a disk. While no file comes or goes, the list of files is that of the view before.
func over(d *disk, overlays map[string]overlay, before view) view {
	v := view{disk: d, overlays: overlays}
	for name := range overlays {
		if d.files[name] == nil {
			v.fresh = append(v.fresh, name)
		}
	}
	slices.Sort(v.fresh)
	if v.all = before.all; d != before.disk || !slices.Equal(v.fresh, before.fresh) {
		v.all = d.visible(v.fresh)
	}
	return v
}

// Paths are the files of the folder, without looking at the disk.
func (v view) Paths() []string { return v.all }

// Text is the text of a file that was read already, or is read now and kept; false when it has to be opened to learn why not.
func (v view) Text(name string) (string, bool) {
	if o, laid := v.overlays[name]; laid {
		return o.text, true
	}
	return v.disk.text(name)
}

// leads says whether unsaved files lie below a folder that need not be on the disk.
func (v view) leads(dir string) bool {
	for name := range v.overlays {
		if _, ok := inside(dir, name); ok && v.disk.files[name] == nil {
			return true
		}
	}
	return false
}

// outside says that a path lies in a folder that was not looked into; the disk answers for it directly.
func (v view) outside(name string) bool {
	for ; name != "."; name = path.Dir(name) {
		if v.disk.others[name] != nil {
			return true
		}
	}
	return false
}

func (v view) real() fs.FS { return os.DirFS(v.disk.dir) }

// ReadFile gives the text of a file.
func (v view) ReadFile(name string) ([]byte, error) {
	text, err := v.text("read", name)
	return []byte(text), err
}

func (v view) text(op, name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if o, laid := v.overlays[name]; laid {
		return o.text, nil
	}
	if f := v.disk.files[name]; f != nil {
		text, err := f.content()
		if err != nil {
			return "", &fs.PathError{Op: op, Path: name, Err: reason(err)}
		}
		return text, nil
	}
	if v.outside(name) {
		data, err := fs.ReadFile(v.real(), name)
		return string(data), err
	}
	err := fs.ErrNotExist
	if v.isDir(name) {
		err = fs.ErrInvalid
	}
	return "", &fs.PathError{Op: op, Path: name, Err: err}
}

func (v view) isDir(name string) bool { return v.disk.dirs[name] != nil || v.leads(name) }

// Stat describes a file or folder.
func (v view) Stat(name string) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrInvalid}
	}
	f := v.disk.files[name]
	if o, laid := v.overlays[name]; laid {
		i := info{name: path.Base(name), size: int64(len(o.text)), mode: 0o644}
		if f != nil {
			i.mode, i.when = f.info.Mode(), f.info.ModTime()
		}
		return i, nil
	}
	switch {
	case f != nil:
		return info{path.Base(name), f.info.Size(), f.info.Mode(), f.info.ModTime()}, nil
	case v.disk.dirs[name] != nil:
		d := v.disk.dirs[name]
		return info{path.Base(name), d.Size(), d.Mode(), d.ModTime()}, nil
	case v.outside(name):
		return fs.Stat(v.real(), name)
	case v.leads(name):
		return info{name: path.Base(name), mode: fs.ModeDir | 0o755}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists a folder by name.
func (v view) ReadDir(name string) ([]fs.DirEntry, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	if !v.isDir(name) {
		if v.outside(name) {
			return fs.ReadDir(v.real(), name)
		}
		_, err := v.Stat(name)
		if err == nil {
			err = &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
		}
		return nil, err
	}
	entries := slices.Clone(v.disk.lists[name])
	for file := range v.overlays {
		first, ok := inside(name, file)
		if !ok {
			continue
		}
		i, err := v.Stat(path.Join(name, first))
		if err != nil {
			continue
		}
		at, found := slices.BinarySearchFunc(entries, first, func(e fs.DirEntry, n string) int { return strings.Compare(e.Name(), n) })
		if !found {
			entries = slices.Insert(entries, at, nil)
		}
		if !found || !i.IsDir() {
			entries[at] = fs.FileInfoToDirEntry(i)
		}
	}
	return entries, nil
}

// inside gives the name in a folder that a path leads through, or to.
func inside(dir, name string) (first string, ok bool) {
	if dir != "." {
		if name, ok = strings.CutPrefix(name, dir+"/"); !ok {
			return "", false
		}
	}
	first, _, _ = strings.Cut(name, "/")
	return first, true
}

// list describes what a folder holds.
func (v view) list(name string, names []string) []fs.DirEntry {
	entries := make([]fs.DirEntry, 0, len(names))
	for _, n := range names {
		full := path.Join(name, n)
		if d := v.disk.others[full]; d != nil {
			mode := d.Mode()
			if !hidden(n) {
				mode = fs.ModeSymlink // so that walking does not follow links to folders
			}
			entries = append(entries, fs.FileInfoToDirEntry(info{n, d.Size(), mode, d.ModTime()}))
			continue
		}
		if i, err := v.Stat(full); err == nil {
			entries = append(entries, fs.FileInfoToDirEntry(i))
		}
	}
	return entries
}

// Open opens a file or folder.
func (v view) Open(name string) (fs.File, error) {
	if fs.ValidPath(name) && v.outside(name) {
		return v.real().Open(name)
	}
	i, err := v.Stat(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: reason(err)}
	}
	if i.IsDir() {
		entries, err := v.ReadDir(name)
		return &openDir{info: i, entries: entries}, err
	}
	text, err := v.text("open", name)
	if err != nil {
		return nil, err
	}
	return &openFile{Reader: strings.NewReader(text), info: i}, nil
}

// info describes a file or folder of a view.
type info struct {
	name string
	size int64
	mode fs.FileMode
	when time.Time
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.when }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

type openFile struct {
	*strings.Reader
	info fs.FileInfo
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

type openDir struct {
	info    fs.FileInfo
	entries []fs.DirEntry
	at      int
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.info.Name(), Err: fs.ErrInvalid}
}

// ReadDir gives the next n entries, all that are left when n is not positive.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := d.entries[d.at:]
	if n > 0 && len(rest) == 0 {
		return nil, io.EOF
	}
	if n > 0 {
		rest = rest[:min(n, len(rest))]
	}
	d.at += len(rest)
	return rest, nil
}
