package load

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
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

// Successor is a Snapshot that can be compared with an earlier one of the same folder.
type Successor interface {
	Snapshot
	// Changed are the files whose text is not that of the earlier snapshot, those that came or went included; false when it
	// takes reading them to know.
	Changed(since fs.FS) (names []string, known bool)
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

// listing is what a folder holds.
type listing struct {
	given  []string // what a Snapshot gave: the same list again means that nothing came or went
	all    []string // sorted by file name (MOD-12)
	inside map[string][]string
	// models are the graph and instances files of all, scripts the files of the small languages.
	models, scripts []string
	// folded are the first files of each name in lower case.
	folded func() map[string]string
}

// list finds every file of the project, hidden ones left out. What cannot be listed is left out: whoever needs it will say
// so. old is an earlier listing, or nil.
func (f folder) list(old *listing) *listing {
	n := &listing{}
	if s, ok := f.fsys.(Snapshot); ok {
		n.given = s.Paths()
		if old != nil && same(n.given, old.given) {
			return old
		}
		for _, name := range n.given {
			if f.base == "" || strings.HasPrefix(name, f.base+"/") {
				n.all = append(n.all, name)
			}
		}
	} else {
		n.all = f.walk()
	}
	sortByFileName(n.all)
	n.inside = f.resources(n.all)
	n.folded = sync.OnceValue(n.fold)
	commands, rules, probes := f.path(commandsDir)+"/", f.path(rulesDir)+"/", f.path(probesDir)+"/"
	for _, name := range n.all {
		if strings.HasPrefix(name, commands) || strings.HasPrefix(name, rules) || strings.HasPrefix(name, probes) {
			n.scripts = append(n.scripts, name)
		}
		if hasExt(name, graphLanguage.ext) || hasExt(name, instancesLanguage.ext) {
			n.models = append(n.models, name)
		}
	}
	return n
}

func (n *listing) fold() map[string]string {
	first := make(map[string]string, len(n.all))
	for _, name := range n.all {
		if key := strings.ToLower(name); first[key] == "" {
			first[key] = name
		}
	}
	return first
}

// sortByFileName orders by the last element of paths, then by path (MOD-12).
func sortByFileName(list []string) {
	type named struct{ base, path string }
	order := make([]named, len(list))
	for i, name := range list {
		order[i] = named{path.Base(name), name}
	}
	slices.SortFunc(order, func(a, b named) int {
		if c := strings.Compare(a.base, b.base); c != 0 {
			return c // nearly always; the rest costs more
		}
		return strings.Compare(a.path, b.path)
	})
	for i := range order {
		list[i] = order[i].path
	}
}

// SameFiles says whether no file came or went since an earlier result, as far as both know: folders that no Snapshot listed are
// never the same.
func (r *Result) SameFiles(earlier *Result) bool {
	return r.listing != nil && r.listing == earlier.listing
}

// Has says whether the project has a file of exactly that name, hidden ones left out.
func (r *Result) Has(name string) bool {
	_, found := slices.BinarySearchFunc(r.All, name, func(have, want string) int {
		return cmp.Or(strings.Compare(path.Base(have), path.Base(want)), strings.Compare(have, want))
	})
	return found
}

// InAnotherCase finds the file that differs from a name by letter case alone; "" when the project has the name itself, or nothing
// like it. Of several the first counts.
func (r *Result) InAnotherCase(name string) string {
	if r.listing == nil || r.Has(name) {
		return ""
	}
	return r.listing.folded()[strings.ToLower(name)]
}

func same(a, b []string) bool { return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] }

// resources groups the files below each folder of graph/, by names relative to that folder. Folders without files are in it.
func (f folder) resources(all []string) map[string][]string {
	out := make(map[string][]string)
	root := f.path(graphDir)
	for _, name := range all {
		if inside, ok := strings.CutPrefix(name, root+"/"); ok {
			if dir, file, ok := strings.Cut(inside, "/"); ok {
				out[dir] = append(out[dir], file)
			}
		}
	}
	entries, _ := fs.ReadDir(f.fsys, root) // a folder that cannot be listed was reported as missing
	for _, e := range entries {
		if _, known := out[e.Name()]; e.IsDir() && !known {
			out[e.Name()] = nil
		}
	}
	return out
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
