package template

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/message"
)

// The limits of one set of files (MS-65).
const (
	MaxFiles      = 5_000
	MaxBytes      = 64 << 20
	maxNameLength = 512
)

// Recipe is the files of one component, sorted by name (PL-11, PL-12).
type Recipe struct {
	Component string
	Files     []message.File
	Sources   []string // where each of Files stands in the application
}

// source is a file with the place where it stands.
type source struct {
	message.File
	at string
}

// folderOf finds the folder of the recipe of a component: its own, else that of the component that it extends, and so on up the
// chain (PL-10); "" when there is none.
func folderOf(fsys fs.FS, g *model.Graph, c *model.Component) string {
	for _, s := range g.Supers(c) {
		dir := path.Join("graph", s.Name)
		if info, err := fs.Stat(fsys, dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return ""
}

// Recipes gives the files of every component that is no machine and has some, sorted by component. The error names what cannot be
// sent: a link, an odd name, too much.
func Recipes(fsys fs.FS, g *model.Graph) ([]Recipe, error) {
	rules, err := readIgnore(fsys)
	if err != nil {
		return nil, err
	}
	var list []Recipe
	known := map[string][]source{} // by folder: those who extend share it
	for _, c := range g.Components() {
		if g.IsMachine(c) {
			continue
		}
		var files []source
		if dir := folderOf(fsys, g, c); dir != "" {
			if _, read := known[dir]; !read {
				if known[dir], err = digestAll(fsys, dir, rules); err != nil {
					return nil, fmt.Errorf("read the recipe of %s: %w", c.Name, err)
				}
			}
			files = slices.Clone(known[dir])
		}
		probes, err := probesOf(fsys, c.Name)
		if err != nil {
			return nil, fmt.Errorf("read the probes of %s: %w", c.Name, err)
		}
		if files = append(files, probes...); len(files) > 0 {
			slices.SortFunc(files, func(x, y source) int { return strings.Compare(x.Name, y.Name) })
			if err := withinLimits(files); err != nil {
				return nil, fmt.Errorf("read the recipe of %s: %w", c.Name, err)
			}
			list = append(list, recipeOf(c.Name, files))
		}
	}
	slices.SortFunc(list, func(x, y Recipe) int { return strings.Compare(x.Component, y.Component) })
	return list, nil
}

func recipeOf(component string, files []source) Recipe {
	r := Recipe{Component: component}
	for _, f := range files {
		r.Files, r.Sources = append(r.Files, f.File), append(r.Sources, f.at)
	}
	return r
}

// probesOf are the probe files of a component: found by its exact name, the properties only beside the measures (PL-12).
func probesOf(fsys fs.FS, component string) ([]source, error) {
	var list []source
	for _, name := range []string{component + ".measures", component + ".measures.properties"} {
		file, err := digest(fsys, "probes/"+name, name)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return nil, err
		}
		list = append(list, file)
	}
	return list, nil
}

// digestAll is every file below a folder, with names relative to it (PL-11).
func digestAll(fsys fs.FS, dir string, rules ignore) ([]source, error) {
	var list []source
	err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != dir && rules.skips(name, d.IsDir()):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		file, err := digest(fsys, name, strings.TrimPrefix(name, dir+"/"))
		if err == nil {
			list = append(list, file)
		}
		return err
	})
	return list, err
}

// digest reads one file.
func digest(fsys fs.FS, name, as string) (source, error) {
	info, err := fs.Lstat(fsys, name)
	if err != nil {
		return source{}, err
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return source{}, fmt.Errorf("%s is a symbolic link: recipes must not hold any, copy the file instead", name)
	case !info.Mode().IsRegular():
		return source{}, fmt.Errorf("%s is no ordinary file: remove it from the recipe", name)
	case !validName(as):
		return source{}, fmt.Errorf("%q cannot be sent: names have at most %d bytes, without control character nor backslash; rename it", name, maxNameLength)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return source{}, err
	}
	defer f.Close()
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err != nil {
		return source{}, fmt.Errorf("read %s: %w", name, err)
	}
	mode := "0644"
	if info.Mode().Perm()&0o111 != 0 {
		mode = "0755"
	}
	return source{message.File{Name: as, SHA256: hex.EncodeToString(h.Sum(nil)), Size: size, Mode: mode}, name}, nil
}

// validName says whether a file may be sent under a name (MS-65).
func validName(name string) bool {
	odd := func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == '\uFFFD' }
	return fs.ValidPath(name) && name != "." && len(name) <= maxNameLength && !strings.ContainsFunc(name, odd) &&
		!(len(name) > 1 && name[1] == ':')
}

func withinLimits(files []source) error {
	var size int64
	for i, f := range files {
		size += f.Size
		if i > 0 && files[i-1].Name == f.Name {
			return fmt.Errorf("two files are called %s: one of the recipe, one of the probes; rename the first", f.Name)
		}
	}
	switch {
	case len(files) > MaxFiles:
		return fmt.Errorf("it has %d files, more than %d; leave out what it does not need (.rbcignore)", len(files), MaxFiles)
	case size > MaxBytes:
		return fmt.Errorf("it has %d MiB, more than %d; let it download what is large, or leave it out (.rbcignore)", size>>20, MaxBytes>>20)
	}
	return nil
}
