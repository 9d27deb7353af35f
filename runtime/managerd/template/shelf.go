// Package template keeps the templates of applications in a folder.
//
// A template is a whole application that was found right when it was loaded. Applications are made from it; the recipes that
// they run are its files.
package template

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// ID identifies a template (MG-10).
type ID struct{ Name, Version string }

// String is the name of its folder (manager.md 5.1).
func (id ID) String() string {
	if id.Version == "" {
		return id.Name
	}
	return id.Name + " - " + id.Version
}

// Template is an application to make applications from. It is immutable.
type Template struct {
	ID
	Dir     string // where it is kept
	App     *model.Application
	Recipes []Recipe // sorted by component
	// Targets stand in the folders of its machines. They stay in the copy too, so that they are found again after a crash.
	Targets []Target
	// Findings are those that are not severe, as of its loading.
	Findings []diag.Problem
	// Damaged is why it cannot be used (MG-53); nil for a good one, App is nil otherwise.
	Damaged error
}

// Refused is why an application was not loaded: its severe findings (MG-11).
type Refused struct {
	Dir      string
	Problems []diag.Problem // all of them, sorted
}

func (r *Refused) Error() string {
	n, first := 0, ""
	for _, p := range r.Problems {
		if p.Level() == diag.Severe {
			if n++; n == 1 {
				first = p.Text(diag.English)
			}
		}
	}
	return fmt.Sprintf("load %s: %d severe problems, the first: %s; roboconf check %[1]s shows them all, mend them first", r.Dir, n, first)
}

// ErrKnown says that a template of that name with that version is there already (MG-10).
var ErrKnown = errors.New("a template of that name and version is there already")

// Shelf is the folder. Its methods may be called from any goroutine.
type Shelf struct {
	dir string

	installing sync.Mutex // one at a time (MG-11)
	mu         sync.Mutex
	all        map[ID]*Template
}

const unfinished = ".new-"

// Open reads the templates of a folder, which is made when it is missing. A broken one is skipped, its files untouched, and listed
// as damaged (MG-53); of two with one identity the first counts.
func Open(dir string) (*Shelf, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of templates: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder of templates: %w", err)
	}
	s := &Shelf{dir: dir, all: map[ID]*Template{}}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), unfinished): // a crash while it was loaded: nobody ever saw it
			if err := os.RemoveAll(path); err != nil {
				return nil, fmt.Errorf("clear %s: %w", path, err)
			}
		case e.IsDir():
			t := restore(path)
			if s.all[t.ID] == nil {
				s.all[t.ID] = t
			}
		}
	}
	return s, nil
}

// restore reads a template that is kept.
func restore(dir string) *Template {
	t, err := read(dir)
	if err != nil {
		name, version, _ := strings.Cut(filepath.Base(dir), " - ")
		return &Template{ID: ID{name, version}, Dir: dir, Damaged: err}
	}
	return t
}

// read takes an application for what it is; whatever it lacks to be deployed is an error.
func read(dir string) (*Template, error) {
	fsys := os.DirFS(dir)
	result, problems := check.Dir(fsys, load.Options{})
	if diag.Has(problems, diag.Severe) || !result.HasGraph || result.Recipe {
		return nil, &Refused{Dir: dir, Problems: problems}
	}
	return readFrom(dir, fsys, result, problems)
}

func readFrom(dir string, fsys fs.FS, result *load.Result, problems []diag.Problem) (*Template, error) {
	d := result.App.Descriptor
	t := &Template{ID: ID{d.Name, d.Version}, Dir: dir, App: result.App, Findings: problems}
	if !model.IsAppName(d.Name) || strings.ContainsAny(d.Version, "/\\\x00") || strings.HasPrefix(d.Name, ".") {
		return nil, fmt.Errorf("load %s: %q cannot be a template's name with version %q", dir, d.Name, d.Version)
	}
	var err error
	if t.Targets, err = Targets(fsys, t.App.Graph); err != nil {
		return nil, fmt.Errorf("load %s: %w", dir, err)
	}
	if t.Recipes, err = Recipes(fsys, t.App.Graph); err != nil {
		return nil, fmt.Errorf("load %s: %w", dir, err)
	}
	return t, nil
}

// All are the templates, damaged ones included, sorted by identity.
func (s *Shelf) All() []*Template {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*Template, 0, len(s.all))
	for _, t := range s.all {
		list = append(list, t)
	}
	slices.SortFunc(list, func(x, y *Template) int {
		if c := strings.Compare(x.Name, y.Name); c != 0 {
			return c
		}
		return strings.Compare(x.Version, y.Version)
	})
	return list
}

// Find gives a template; false when there is none, or only a damaged one.
func (s *Shelf) Find(id ID) (*Template, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.all[id]
	return t, t != nil && t.Damaged == nil
}

// Loading says how to load.
type Loading struct {
	// Replace lets the template take the place of the one with its identity: the way of somebody who changes an application while
	// it runs. Otherwise that is refused (MG-10).
	Replace bool
	// Keep is called with the template once it is right, before anybody sees it: whoever stores a part of it does so there, reading
	// from Dir. An error undoes the loading; nothing of the template is left then.
	Keep func(*Template) error
}

// Load takes an application over: it is checked, copied, read again from the copy (MG-11). Findings that are not severe come with the
// template; a severe one is a *Refused.
func (s *Shelf) Load(ctx context.Context, source string, o Loading) (*Template, error) {
	s.installing.Lock()
	defer s.installing.Unlock()
	source, err := filepath.Abs(source)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", source, err)
	}
	result, problems := check.Dir(os.DirFS(source), load.Options{})
	if diag.Has(problems, diag.Severe) || !result.HasGraph || result.Recipe {
		return nil, &Refused{Dir: source, Problems: problems}
	}
	id := ID{result.App.Descriptor.Name, result.App.Descriptor.Version}
	if err := s.welcome(source, id, result.App, o.Replace); err != nil {
		return nil, err
	}
	copied, err := os.MkdirTemp(s.dir, unfinished)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", source, err)
	}
	defer os.RemoveAll(copied)
	if err := copyTree(ctx, filepath.Join(source, filepath.FromSlash(result.Base)), copied); err != nil {
		return nil, fmt.Errorf("load %s: %w", source, err)
	}
	t, err := read(copied) // from the copy: whatever changed meanwhile, it is one with what is kept
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", source, err)
	}
	return s.put(t, copied, o)
}

// welcome says why an application cannot become a template.
func (s *Shelf) welcome(source string, id ID, app *model.Application, replace bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.all[id]; known && !replace {
		return fmt.Errorf("load %s: %s: %w; give it another version, or delete that one", source, id, ErrKnown)
	}
	if rel, err := filepath.Rel(s.dir, source); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return fmt.Errorf("load %s: it stands in the manager's own folder; load the application from where it is written", source)
	}
	prefix := app.Descriptor.ExportsPrefix
	for other, t := range s.all {
		if prefix != "" && t.Damaged == nil && other.Name != id.Name && t.App.Descriptor.ExportsPrefix == prefix {
			return fmt.Errorf("load %s: the template %s exports the prefix %q already; choose another exports-prefix", source, other, prefix)
		}
	}
	return nil
}

// put makes a copy the template that everybody sees.
func (s *Shelf) put(t *Template, copied string, o Loading) (*Template, error) {
	if o.Keep != nil {
		if err := o.Keep(t); err != nil {
			return nil, fmt.Errorf("load %s: %w", t.ID, err)
		}
	}
	dir := filepath.Join(s.dir, t.String())
	s.mu.Lock()
	defer s.mu.Unlock()
	old := ""
	if _, err := os.Lstat(dir); err == nil {
		old = copied + ".old"
		if err := os.Rename(dir, old); err != nil {
			return nil, fmt.Errorf("keep %s: %w", t.ID, err)
		}
		defer os.RemoveAll(old)
	}
	if err := os.Rename(copied, dir); err != nil {
		if old != "" {
			err = errors.Join(err, os.Rename(old, dir))
		}
		return nil, fmt.Errorf("keep %s: %w", t.ID, err)
	}
	kept := *t
	kept.Dir = dir
	s.all[t.ID] = &kept
	return &kept, nil
}

// LoadArchive takes over an application that is packed as a zip archive (MG-14). The application may stand in a folder of its own
// within the archive.
func (s *Shelf) LoadArchive(ctx context.Context, file string, o Loading) (*Template, error) {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("open the archive %s: %w", file, err)
	}
	defer archive.Close()
	dir, err := os.MkdirTemp("", "roboconf-template-")
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", file, err)
	}
	defer os.RemoveAll(dir)
	if err := Unpack(&archive.Reader, dir); err != nil {
		return nil, fmt.Errorf("unpack %s: %w", file, err)
	}
	return s.Load(ctx, topOf(dir), o)
}

// topOf goes down as long as a folder holds nothing but another one.
func topOf(dir string) string {
	for {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 || !entries[0].IsDir() {
			return dir
		}
		dir = filepath.Join(dir, entries[0].Name())
	}
}

// Delete removes a template; the caller knows that no application uses it (MG-13). One that is not there is a success.
func (s *Shelf) Delete(id ID) error {
	s.installing.Lock()
	defer s.installing.Unlock()
	s.mu.Lock()
	t := s.all[id]
	delete(s.all, id)
	s.mu.Unlock()
	if t == nil {
		return nil
	}
	gone := filepath.Join(s.dir, unfinished+"gone")
	if err := os.Rename(t.Dir, gone); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete the template %s: %w", id, err)
	}
	if err := os.RemoveAll(gone); err != nil {
		return fmt.Errorf("delete the template %s: %w", id, err)
	}
	return nil
}
