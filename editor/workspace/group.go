package workspace

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// Group is several applications that are open side by side: what one exports to the outside answers the external imports of
// the others (MOD-130 to MOD-135). It is safe for concurrent use.
type Group struct {
	// mu guards what follows. A workspace takes it while it holds its own lock, never the reverse.
	mu      sync.Mutex
	members map[string]*member // by folder
	// epoch counts the changes of what the members export to the outside.
	epoch int
}

// member is an open application as the others see it.
type member struct {
	workspace *Workspace
	result    *load.Result // the latest; nil before the first analysis
	face      string       // what it exports to the outside, as text
}

// Discover finds the application folders and the reusable recipes at or below a folder, sorted. It does not look into hidden
// folders, nor into applications.
func Discover(root string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == root:
			return fmt.Errorf("look for applications in %s: %w", root, reason(err))
		case err != nil || !d.IsDir():
			return nil // what cannot be read holds no application for us
		case path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return fs.SkipDir
		case isApplication(path):
			found = append(found, path)
			return fs.SkipDir
		}
		return nil
	})
	return found, err
}

// isApplication says whether a folder is that of an application (MOD-11) or of a reusable recipe (MOD-18).
func isApplication(dir string) bool {
	for _, sign := range []string{"descriptor/application.properties", "src/main/model/descriptor/application.properties"} {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(sign))); err == nil {
			return true
		}
	}
	graphs, err := filepath.Glob(filepath.Join(dir, "graph", "*.graph"))
	return err == nil && len(graphs) > 0
}

// OpenGroup opens applications side by side.
func OpenGroup(dirs ...string) (*Group, error) {
	g := &Group{}
	for _, dir := range dirs {
		if _, err := g.Add(dir); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Workspaces are the open applications, sorted by folder.
func (g *Group) Workspaces() []*Workspace {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []*Workspace
	for _, dir := range slices.Sorted(maps.Keys(g.members)) {
		all = append(all, g.members[dir].workspace)
	}
	return all
}

// Add opens one more application. One that is open already is given as it is.
func (g *Group) Add(dir string) (*Workspace, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	g.mu.Lock()
	m := g.members[abs]
	g.mu.Unlock()
	if m != nil {
		return m.workspace, nil
	}
	w, err := openIn(abs, loadAndCheck, g)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if other := g.members[abs]; other.workspace != w { // opened twice at the same time
		return other.workspace, nil
	}
	return w, nil
}

// Remove closes an application: what it exports answers nobody any more.
func (g *Group) Remove(dir string) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if m := g.members[abs]; m != nil {
		delete(g.members, abs)
		g.epoch++
	}
}

// Find gives the application that holds a file, given by its absolute path, and the name of the file in it.
func (g *Group) Find(path string) (w *Workspace, file string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if m := g.members[dir]; m != nil {
			rel, err := filepath.Rel(dir, path)
			return m.workspace, filepath.ToSlash(rel), err == nil
		}
		if dir == filepath.Dir(dir) {
			return nil, "", false
		}
	}
}

// Affected are the other applications whose findings may differ since w has its latest snapshot: what it exports to the
// outside changed. Their next Snapshot has the new findings.
func (g *Group) Affected(w *Workspace) []*Workspace {
	var stale []*Workspace
	for _, other := range g.Workspaces() {
		if other != w && other.stale() {
			stale = append(stale, other)
		}
	}
	return stale
}

// beside gives what the other applications are, with the epoch of that knowledge.
func (g *Group) beside(w *Workspace) (others []ask.Neighbour, epoch int) {
	if g == nil {
		return nil, 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, dir := range slices.Sorted(maps.Keys(g.members)) {
		if m := g.members[dir]; m.workspace != w && m.result != nil {
			others = append(others, ask.Neighbour{Dir: dir, Result: m.result})
		}
	}
	return others, g.epoch
}

// now is the epoch of what the members export to the outside.
func (g *Group) now() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.epoch
}

// tell notes the latest result of a workspace that was made with the knowledge of an epoch. It gives the epoch that the
// workspace is up to date with: its own changes do not make it stale.
func (g *Group) tell(w *Workspace, r *load.Result, epoch int) int {
	if g == nil {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	m := g.members[w.dir]
	switch {
	case m == nil && w.snap == nil: // it opens
		m = &member{workspace: w}
		if g.members == nil {
			g.members = map[string]*member{}
		}
		g.members[w.dir] = m
		m.face = "opens" // whoever was alone can tell now what nobody exports
	case m == nil || m.workspace != w: // it was closed
		return epoch
	}
	was, current := m.face, g.epoch
	m.result, m.face = r, face(r.App)
	g.turn(was, m.face)
	if current == epoch {
		return g.epoch
	}
	return epoch
}

// turn counts a change of what is exported to the outside. The caller holds mu.
func (g *Group) turn(was, now string) {
	if was != now {
		g.epoch++
	}
}

// face is what an application exports to the outside, as text to compare.
func face(app *model.Application) string {
	if app == nil || app.Descriptor.ExportsPrefix == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(app.Descriptor.ExportsPrefix)
	for _, e := range app.Descriptor.Exports {
		fmt.Fprintf(&b, "\n%s %s", e.Variable, e.Alias)
	}
	return b.String()
}

// Ground is what questions about the snapshot are asked on. The applications beside are as they are now.
func (s *Snapshot) Ground(lang diag.Language) ask.Ground {
	var others []ask.Neighbour
	if s.from != nil {
		others, _ = s.from.group.beside(s.from)
	}
	return ask.Ground{Result: s.Result, Problems: s.Problems, FS: s.FS, Beside: others, Language: lang}
}
