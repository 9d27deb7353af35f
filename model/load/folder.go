package load

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The folders of a project (spec/model.md 3).
const (
	descriptorDir  = "descriptor"
	descriptorFile = "descriptor/application.properties"
	graphDir       = "graph"
	instancesDir   = "instances"
	mavenDir       = "src/main/model" // MOD-11
)

// Snapshot is a file system that already knows its files as text. The loader asks it instead of walking and reading.
type Snapshot interface {
	fs.FS
	// Paths are all regular files, sorted, hidden ones left out.
	Paths() []string
	// Text is the content of a file; false when it has to be opened the ordinary way.
	Text(name string) (string, bool)
}

// folder is the folder of a project in a file system.
type folder struct {
	fsys fs.FS
	base string // "" or "src/main/model"
}

func openFolder(fsys fs.FS) folder {
	f := folder{fsys: fsys}
	if !f.hasDir(graphDir) && f.hasDir(mavenDir) {
		f.base = mavenDir
	}
	return f
}

// path leads from the file system's root to something of the project.
func (f folder) path(elem ...string) string {
	return path.Join(f.base, path.Join(elem...))
}

func (f folder) hasDir(name string) bool {
	info, err := fs.Stat(f.fsys, f.path(name))
	return err == nil && info.IsDir()
}

// exists is true for directories as well: reading one then fails with a better word.
func (f folder) exists(name string) bool {
	_, err := fs.Stat(f.fsys, name)
	return err == nil
}

func (f folder) read(name string) (string, error) {
	if s, ok := f.fsys.(Snapshot); ok {
		if text, ok := s.Text(name); ok {
			return text, nil
		}
	}
	data, err := fs.ReadFile(f.fsys, name)
	return string(data), err
}

// files finds every file of the project, hidden ones left out, sorted by file name (MOD-12). What cannot be listed is
// left out: whoever needs it will say so.
func (f folder) files() []string {
	var found []string
	if s, ok := f.fsys.(Snapshot); ok {
		for _, name := range s.Paths() {
			if f.base == "" || strings.HasPrefix(name, f.base+"/") {
				found = append(found, name)
			}
		}
	} else {
		found = f.walk()
	}
	slices.SortFunc(found, func(a, b string) int {
		if c := strings.Compare(path.Base(a), path.Base(b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return found
}

func (f folder) walk() (found []string) {
	root := path.Clean(f.path("."))
	// The callback never gives an error, so there is none to look at.
	_ = fs.WalkDir(f.fsys, root, func(name string, d fs.DirEntry, err error) error {
		hidden := name != root && strings.HasPrefix(d.Name(), ".")
		switch {
		case d == nil || err != nil && !d.IsDir():
			return nil
		case err != nil, hidden && d.IsDir():
			return fs.SkipDir
		case !hidden && !d.IsDir():
			found = append(found, name)
		}
		return nil
	})
	return found
}

// below says whether a file stands under a folder of the project.
func (f folder) below(name, dir string) bool {
	return strings.HasPrefix(name, f.path(dir)+"/")
}

// hasExt compares extensions without letter case (MOD-12).
func hasExt(name, ext string) bool { return strings.EqualFold(path.Ext(name), ext) }
