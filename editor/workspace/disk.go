package workspace

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// disk is what a folder held when it was looked at. Immutable, but for texts that are read when first asked for.
type disk struct {
	dir   string
	files map[string]*file       // by path: everything but folders
	dirs  map[string]fs.FileInfo // by path: the folders that were looked into
	names map[string][]string    // what each of these folders holds, sorted
	lists map[string][]fs.DirEntry
	// others are folders that were not looked into: hidden ones, and links to folders.
	others map[string]fs.FileInfo
}

// file is one file of the disk.
type file struct {
	path string
	info fs.FileInfo // of the file a link leads to

	mu   sync.Mutex
	read bool
	text string
	err  error
	when time.Time // when it was read
}

// racy is how much older than its reading a file must be, so that an equal stat proves an equal text: clocks of file systems
// tick in up to two seconds.
const racy = 2 * time.Second

// content is the text of the file, read once.
func (f *file) content() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.read {
		f.read, f.when = true, time.Now()
		if !f.info.Mode().IsRegular() {
			f.err = fmt.Errorf("it is no regular file: %s", f.info.Mode())
			return "", f.err
		}
		data, err := os.ReadFile(f.path)
		f.text, f.err = string(data), err
	}
	return f.text, f.err
}

// known gives the text when it was read already; sure says that a file with an equal stat holds it still.
func (f *file) known() (text string, read, sure bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text, f.read && f.err == nil, !f.read || f.err == nil && f.when.Sub(f.info.ModTime()) > racy
}

func sameStat(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.Mode() == b.Mode() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// hidden says whether a name is left out: it starts with a dot. The settings of a project are not.
func hidden(name string) bool { return strings.HasPrefix(name, ".") && name != ".roboconf" }

// scan looks at a folder. What did not change since prev is taken from it.
func scan(dir string, prev *disk) (*disk, error) {
	d := &disk{
		dir: dir, files: map[string]*file{}, dirs: map[string]fs.FileInfo{},
		names: map[string][]string{}, lists: map[string][]fs.DirEntry{}, others: map[string]fs.FileInfo{},
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", dir, reason(err))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", dir, reason(err))
	}
	d.folder(".", info, entries, prev)
	return d, nil
}

// folder notes what a folder holds. A folder that cannot be read counts as empty; an entry that went away meanwhile is left out.
func (d *disk) folder(name string, info fs.FileInfo, entries []fs.DirEntry, prev *disk) {
	d.dirs[name] = info
	for _, e := range entries {
		full := path.Join(name, e.Name())
		real := filepath.Join(d.dir, filepath.FromSlash(full))
		info, err := e.Info()
		if err != nil {
			continue
		}
		link := info.Mode()&fs.ModeSymlink != 0
		if link {
			if target, err := os.Stat(real); err == nil {
				info = target
			}
		}
		d.names[name] = append(d.names[name], e.Name())
		switch {
		case info.IsDir() && (link || hidden(e.Name())):
			d.others[full] = info
		case info.IsDir():
			inside, _ := os.ReadDir(real)
			d.folder(full, info, inside, prev)
		default:
			d.files[full] = d.entry(full, real, info, prev)
		}
	}
	d.lists[name] = view{disk: d}.list(name, d.names[name])
}

// entry is a file: the one of prev when it is the same.
func (d *disk) entry(name, real string, info fs.FileInfo, prev *disk) *file {
	f := &file{path: real, info: info}
	if prev == nil || prev.files[name] == nil {
		return f
	}
	old := prev.files[name]
	text, read, sure := old.known()
	if sure && sameStat(old.info, info) {
		return old
	}
	if !read {
		return f
	}
	if now, err := f.content(); err == nil && now == text {
		f.text = text // keep one copy
	}
	return f
}

// differences are the visible files whose text is not that of an older disk. same says that nothing else differs either.
func (d *disk) differences(old *disk) (names []string, same bool) {
	same = maps.EqualFunc(d.names, old.names, slices.Equal)
	for name, f := range d.files {
		was := old.files[name]
		if f == was {
			continue
		}
		if was != nil && f.equal(was) {
			continue
		}
		same = false
		if !hiddenPath(name) {
			names = append(names, name)
		}
	}
	for name := range old.files {
		if d.files[name] == nil && !hiddenPath(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, same
}

// equal says whether two states of a file hold the same text, as far as the older one was read.
func (f *file) equal(was *file) bool {
	text, read, _ := was.known()
	if !read {
		return sameStat(f.info, was.info)
	}
	now, err := f.content()
	return err == nil && now == text && f.info.Mode() == was.info.Mode()
}

func hiddenPath(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if hidden(part) {
			return true
		}
	}
	return false
}

// text is the text of a file; has is false when there is none that can be read.
func (d *disk) text(name string) (text string, has bool) {
	f := d.files[name]
	if f == nil {
		return "", false
	}
	text, err := f.content()
	return text, err == nil
}

// before is the text of a file, if it was ever read.
func (d *disk) before(name string) string {
	if f := d.files[name]; f != nil {
		text, _, _ := f.known()
		return text
	}
	return ""
}

// after is the text of a file that changed. One that is too long for an editor is read only if somebody did before.
func (d *disk) after(name string) string {
	f := d.files[name]
	if f == nil {
		return ""
	}
	if _, read, _ := f.known(); !read && f.info.Size() > largest {
		return ""
	}
	text, _ := f.content()
	return text
}

// visible are the regular files that are not hidden, those that only unsaved text makes included, sorted.
func (d *disk) visible(fresh []string) []string {
	all := make([]string, 0, len(d.files))
	show := func(name string) {
		if !hiddenPath(name) && !strings.HasPrefix(name, ".roboconf/") {
			all = append(all, name)
		}
	}
	for name, f := range d.files {
		if f.info.Mode().IsRegular() {
			show(name)
		}
	}
	for _, name := range fresh {
		show(name)
	}
	slices.Sort(all)
	return all
}

// reread is the disk after a file was written with a text.
func (d *disk) reread(name, text string) *disk {
	real := filepath.Join(d.dir, filepath.FromSlash(name))
	info, err := os.Stat(real)
	if err != nil {
		return d // gone again: the next scan tells
	}
	next := &disk{dir: d.dir, files: maps.Clone(d.files), dirs: maps.Clone(d.dirs), names: maps.Clone(d.names), lists: maps.Clone(d.lists), others: d.others}
	next.files[name] = &file{path: real, info: info, read: true, text: text, when: time.Now()}
	for at := name; at != "."; at = path.Dir(at) {
		parent, base := path.Dir(at), path.Base(at)
		if at, found := slices.BinarySearch(next.names[parent], base); !found {
			next.names[parent] = slices.Insert(slices.Clone(next.names[parent]), at, base)
		}
		if info, err := os.Stat(filepath.Join(d.dir, filepath.FromSlash(parent))); err == nil && next.dirs[parent] == nil {
			next.dirs[parent] = info
		}
	}
	for ; name != "."; name = path.Dir(name) {
		next.lists[path.Dir(name)] = view{disk: next}.list(path.Dir(name), next.names[path.Dir(name)])
	}
	return next
}
