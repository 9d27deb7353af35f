package lsp

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/watch"
	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/diag"
)

// sites are what is open beside the group of applications.
type sites struct {
	touched map[string]bool               // folders whose findings may have changed
	opening map[string][]func()           // folders that are being opened, with what waits for them
	alone   map[string]*site              // files that stand alone, by path; nil when it has to be looked at again
	looking map[string]bool               // folders that are being read again; true when they should be once more
	watched map[string]context.CancelFunc // folders that we watch ourselves
}

func newSites() sites {
	return sites{map[string]bool{}, map[string][]func(){}, map[string]*site{}, map[string]bool{}, map[string]context.CancelFunc{}}
}

// siteOf gives what holds a file: an application, or the file itself when it is open.
func (s *server) siteOf(path string) (*site, string, bool) {
	if w, file, ok := s.group.Find(path); ok {
		return s.application(w), file, true
	}
	d, open := s.docs[path]
	if !open {
		return nil, "", false
	}
	if s.sites.alone[path] == nil {
		s.sites.alone[path] = loadAlone(path, d.text.String(), s.client.language)
	}
	return s.sites.alone[path], filepath.Base(path), true
}

// application is the application of a workspace, now.
func (s *server) application(w *workspace.Workspace) *site {
	snap := w.Snapshot()
	return &site{dir: w.Dir(), ground: snap.Ground(s.client.language), version: snap.Version}
}

// allSites are the applications that are open, by folder.
func (s *server) allSites() []*site {
	var all []*site
	for _, w := range s.group.Workspaces() {
		all = append(all, s.application(w))
	}
	return all
}

// openAround opens the application that a file is part of.
func (s *server) openAround(path string) {
	if _, _, ok := s.group.Find(path); ok {
		return
	}
	if dir, ok := applicationOf(path); ok {
		s.open("", []string{dir})
	}
}

// applicationOf finds the folder of the application around a file (MOD-11), or that of the reusable recipe (MOD-18).
func applicationOf(path string) (string, bool) {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		for _, sign := range []string{"descriptor", "src/main/model/descriptor"} {
			if isFile(pathOf(dir, sign+"/application.properties")) {
				return dir, true
			}
		}
		if name := filepath.Base(dir); name == "graph" || name == "instances" {
			if graphs, err := filepath.Glob(pathOf(filepath.Dir(dir), "graph/*.graph")); err == nil && len(graphs) > 0 {
				return filepath.Dir(dir), true
			}
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// discover looks for applications in folders, then opens them.
func (s *server) discover(roots []string) {
	if len(roots) == 0 {
		return
	}
	s.begin(func(ctx context.Context) {
		found := make(chan []string, 1)
		// A huge folder is not worth waiting for when the server ends: the walk is left alone, it holds nothing.
		go func() {
			var dirs []string
			for _, root := range roots {
				below, err := workspace.Discover(root)
				if err != nil {
					s.Log.Warn("discover", "root", root, "why", err)
				}
				dirs = append(dirs, below...)
			}
			found <- dirs
		}()
		select {
		case dirs := <-found:
			s.post(func() { s.open("Opening applications", dirs) })
		case <-ctx.Done():
		}
	})
}

// open opens applications, one after the other, on a goroutine of its own. With a title the person sees how far it is.
func (s *server) open(title string, dirs []string) {
	dirs = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(dirs))), func(dir string) bool {
		_, already := s.sites.opening[dir]
		w, _, open := s.group.Find(pathOf(dir, "descriptor"))
		return already || open && w.Dir() == dir
	})
	if len(dirs) == 0 {
		return
	}
	for _, dir := range dirs {
		s.sites.opening[dir] = nil
	}
	bar := s.progress(title)
	s.begin(func(ctx context.Context) {
		for i, dir := range dirs {
			if ctx.Err() != nil {
				return
			}
			s.post(func() { bar.report(filepath.Base(dir), i*100/len(dirs)) })
			w, err := s.group.Add(dir)
			s.post(func() { s.opened(dir, w, err) })
		}
		s.post(bar.end)
	})
}

// opened takes an application in; what waited for it goes on.
func (s *server) opened(dir string, w *workspace.Workspace, err error) {
	waiting := s.sites.opening[dir]
	delete(s.sites.opening, dir)
	if err != nil {
		s.Log.Warn("open", "app", dir, "why", err)
		s.notify("window/showMessage", protocol.MessageParams{Type: protocol.MessageError, Message: err.Error()})
	} else {
		s.takeIn(w)
	}
	for _, do := range waiting {
		do()
	}
}

func (s *server) takeIn(w *workspace.Workspace) {
	for path := range s.docs { // the order shows nowhere: lay sorts
		if holder, _, ok := s.group.Find(path); ok && holder == w {
			s.dirty[path] = true
			delete(s.sites.alone, path)
		}
	}
	s.touched(w)
	s.watch(w.Dir())
}

// touched notes that findings of a workspace may differ, with those of the applications that import from it.
func (s *server) touched(w *workspace.Workspace) {
	s.sites.touched[w.Dir()] = true
	for _, other := range s.group.Affected(w) {
		s.sites.touched[other.Dir()] = true
	}
}

// whenOpen does something as soon as the application around a path is open; at once when nothing has to be waited for.
func (s *server) whenOpen(path string, do func()) {
	if dir, ok := s.openingAround(path); ok {
		s.sites.opening[dir] = append(s.sites.opening[dir], func() { s.guard("waiting", do) })
		return
	}
	do()
}

func (s *server) isOpening(path string) bool {
	_, ok := s.openingAround(path)
	return ok
}

func (s *server) openingAround(path string) (string, bool) {
	if len(s.sites.opening) == 0 {
		return "", false
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if _, opening := s.sites.opening[dir]; opening {
			return dir, true
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

// close forgets applications.
func (s *server) close(dir string) {
	s.group.Remove(dir)
	if stop := s.sites.watched[dir]; stop != nil {
		stop()
		delete(s.sites.watched, dir)
	}
	delete(s.sites.touched, dir)
	for _, path := range slices.Sorted(maps.Keys(s.board)) {
		if s.board[path].dir == dir {
			s.retract(path)
		}
	}
	for _, w := range s.group.Workspaces() {
		s.sites.touched[w.Dir()] = true
	}
}

func isBelow(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// look reads the folder of the application around a path again, on a goroutine of its own.
func (s *server) look(path string) {
	w, _, ok := s.group.Find(path)
	if !ok {
		s.openAround(path)
		return
	}
	dir := w.Dir()
	if _, busy := s.sites.looking[dir]; busy {
		s.sites.looking[dir] = true
		return
	}
	s.sites.looking[dir] = false
	s.begin(func(context.Context) {
		_, changes, err := w.Rescan()
		s.post(func() { s.looked(w, len(changes) > 0, err) })
	})
}

func (s *server) looked(w *workspace.Workspace, changed bool, err error) {
	dir := w.Dir()
	again := s.sites.looking[dir]
	delete(s.sites.looking, dir)
	if _, gone := os.Stat(dir); errors.Is(gone, fs.ErrNotExist) {
		s.close(dir)
		return
	}
	if err != nil {
		s.Log.Warn("look", "app", dir, "why", err)
	}
	s.touched(w)
	if changed {
		s.askAgain()
	}
	if again {
		s.look(pathOf(dir, "descriptor"))
	}
}

// watch sees to it that changes on the disk are told: by the client where it can, else by ourselves.
func (s *server) watch(dir string) {
	files := s.client.Workspace.DidChangeWatchedFiles
	inRoots := slices.ContainsFunc(s.roots, func(root string) bool { return isBelow(dir, root) })
	switch {
	case files.DynamicRegistration && files.RelativePatternSupport:
		s.register("watch:"+dir, "workspace/didChangeWatchedFiles", protocol.WatchersOptions{Watchers: []protocol.Watcher{
			{GlobPattern: protocol.RelativePattern{BaseURI: protocol.FileURI(dir), Pattern: "**/*"}},
		}})
	case files.DynamicRegistration && inRoots:
		// All files of the roots were asked for at the beginning.
	case s.sites.watched[dir] == nil:
		ctx, stop := context.WithCancel(s.ctx)
		s.sites.watched[dir] = stop
		s.begin(func(context.Context) {
			err := watch.Dir(ctx, dir, func(watch.Look) { s.post(func() { s.look(pathOf(dir, "descriptor")) }) })
			if err != nil && ctx.Err() == nil {
				s.Log.Warn("watch", "app", dir, "why", err)
			}
		})
	}
}

// didChangeWatchedFiles looks where something changed.
func (s *server) didChangeWatchedFiles(p protocol.WatchedFilesParams) {
	for _, c := range p.Changes {
		if path, err := c.URI.Path(); err == nil {
			s.look(path)
		}
	}
}

// didChangeWorkspaceFolders opens and closes folders.
func (s *server) didChangeWorkspaceFolders(p protocol.WorkspaceFoldersChangeParams) {
	for _, f := range p.Event.Removed {
		root, err := f.URI.Path()
		if err != nil {
			continue
		}
		s.roots = slices.DeleteFunc(s.roots, func(r string) bool { return r == root })
		for _, w := range s.group.Workspaces() {
			kept := slices.ContainsFunc(s.roots, func(r string) bool { return isBelow(w.Dir(), r) })
			if !kept && isBelow(w.Dir(), root) {
				s.close(w.Dir())
			}
		}
	}
	var added []string
	for _, f := range p.Event.Added {
		if root, err := f.URI.Path(); err == nil && !slices.Contains(s.roots, root) {
			added = append(added, root)
		}
	}
	s.roots = append(s.roots, added...)
	s.discover(added)
}

// askAgain lets the client ask again for what it shows of all documents.
func (s *server) askAgain() {
	w := s.client.Workspace
	for _, r := range []struct {
		method string
		can    bool
	}{
		{"workspace/codeLens/refresh", w.CodeLens.RefreshSupport},
		{"workspace/inlayHint/refresh", w.InlayHint.RefreshSupport},
		{"workspace/semanticTokens/refresh", w.SemanticTokens.RefreshSupport},
	} {
		if r.can {
			s.call(r.method, nil, nil)
		}
	}
	s.refresh = true
}

// setLanguage changes the language of all sentences.
func (s *server) setLanguage(before diag.Language) {
	if s.client.language == before {
		return
	}
	clear(s.board)
	for _, w := range s.group.Workspaces() {
		s.sites.touched[w.Dir()] = true
	}
	for path := range s.sites.alone { // the order shows nowhere: settle sorts
		s.sites.alone[path] = nil
	}
	s.askAgain()
}
