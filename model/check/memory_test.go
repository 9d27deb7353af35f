package check_test

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing/fstest"
)

// memory is an application in memory that knows its files, like the snapshot of an editor.
type memory struct {
	files map[string]string
	paths []string
	dirs  map[string][]fs.DirEntry
	root  *memory           // nil for one that was not edited
	edits map[string]string // since root
}

func newMemory(files map[string]string) *memory {
	m := &memory{files: files, paths: slices.Sorted(maps.Keys(files)), dirs: map[string][]fs.DirEntry{}}
	known := map[string]bool{}
	for _, name := range m.paths {
		for dir, base := path.Dir(name), path.Base(name); ; dir, base = path.Dir(dir), path.Base(dir) {
			isDir := path.Join(dir, base) != name
			if full := path.Join(dir, base); !known[full] {
				known[full] = true
				m.dirs[dir] = append(m.dirs[dir], entry(base, isDir))
			}
			if dir == "." {
				break
			}
		}
	}
	return m
}

func entry(name string, dir bool) fs.DirEntry {
	in := fstest.MapFS{name: {}}
	if dir {
		in = fstest.MapFS{name + "/x": {}}
	}
	entries, _ := fs.ReadDir(in, ".")
	return entries[0]
}

func (m *memory) with(name, text string) *memory {
	c := *m
	c.files = maps.Clone(m.files)
	c.files[name] = text
	c.edits = maps.Clone(m.edits)
	if c.root == nil {
		c.root, c.edits = m, map[string]string{}
	}
	c.edits[name] = text
	return &c
}

func (m *memory) origin() *memory {
	if m.root != nil {
		return m.root
	}
	return m
}

// Changed knows the difference between two edits of one application.
func (m *memory) Changed(since fs.FS) (names []string, known bool) {
	other, ok := since.(*memory)
	if !ok || m.origin() != other.origin() {
		return nil, false
	}
	for _, edits := range []map[string]string{m.edits, other.edits} {
		for _, name := range slices.Sorted(maps.Keys(edits)) {
			if m.files[name] != other.files[name] {
				names = append(names, name)
			}
		}
	}
	return slices.Compact(names), true
}

func (m *memory) Paths() []string { return m.paths }

func (m *memory) Text(name string) (string, bool) {
	text, ok := m.files[name]
	return text, ok
}

func (m *memory) Open(name string) (fs.File, error) {
	if text, ok := m.files[name]; ok {
		return fstest.MapFS{"f": {Data: []byte(text)}}.Open("f")
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (m *memory) Stat(name string) (fs.FileInfo, error) {
	if _, ok := m.files[name]; ok {
		return fs.Stat(fstest.MapFS{"f": {}}, "f")
	}
	if _, ok := m.dirs[name]; ok {
		return fs.Stat(fstest.MapFS{"d/x": {}}, "d")
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (m *memory) ReadDir(name string) ([]fs.DirEntry, error) { return m.dirs[name], nil }

// uses speaks of every variable and prefix of a generated application, but of their numbers.
const uses = "echo $ip $port $path $size $zone\nfor i in 1 2; do eval echo $importLists; done\n"

// withRecipes adds a recipe folder for each component of a generated application.
func withRecipes(files map[string]string) map[string]string {
	out := maps.Clone(files)
	for name, text := range files {
		if !strings.HasSuffix(name, ".graph") {
			continue
		}
		for line := range strings.SplitSeq(text, "\n") {
			if c, ok := strings.CutSuffix(line, " {"); ok && !strings.HasPrefix(line, "facet ") {
				if strings.HasPrefix(c, "Software") {
					for _, action := range []string{"start", "stop", "update"} {
						out["graph/"+c+"/scripts/"+action+".sh"] = "#!/bin/sh\n" + uses
					}
				} else {
					out["graph/"+c+"/target.properties"] = "id = " + c + "\nname = x\nhandler = in-memory\n# " + uses
				}
			}
		}
	}
	return out
}
