package lsp

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/source"
)

func prepareRename(q *query, p protocol.TextDocumentPositionParams) (*protocol.PrepareRenameResult, error) {
	span, word, err := refactor.Renamable(q.site.ground, q.file, q.text.Offset(p.Position))
	if err != nil {
		return nil, err
	}
	if span.Len() == 0 {
		return nil, nil // nothing there has a name
	}
	return &protocol.PrepareRenameResult{Range: q.text.Range(span), Placeholder: word}, nil
}

// rename gives something another name. Mentions in recipes are proposed apart: as edits to be confirmed where the client can
// ask, else by an action that is offered from then on.
func rename(q *query, p protocol.RenameParams) (*protocol.WorkspaceEdit, error) {
	r, err := refactor.Rename(q.site.ground, q.file, q.text.Offset(p.Position), p.NewName)
	if err != nil {
		return nil, err
	}
	if r.Empty() && len(r.Recipes) == 0 {
		return nil, rpc.Errorf(rpc.RequestFailed, "nothing here has a name that can be changed")
	}
	var apart []source.Edit
	var rest *leftover
	if q.client.annotates() {
		apart = r.Recipes
	} else if len(r.Recipes) > 0 {
		rest = q.leaveOver(r, p.NewName)
	}
	e, undone := q.workspaceEdit(r.Change, apart, q.words("Mentions in recipes", "Mentions dans les recettes"))
	if err := q.movable(undone, r.Edits); err != nil {
		return nil, err
	}
	dir := q.site.dir
	q.after = func(s *server) {
		if rest != nil {
			s.left = rest
			s.tellPerson(rest.notice)
		}
		s.move(dir, undone.Moves)
	}
	return &e, nil
}

// movable says whether the server may do moves that the client cannot do: nothing of what moves may be open, or be edited.
func (q *query) movable(c source.Change, edits []source.Edit) error {
	for _, m := range c.Moves {
		for _, path := range slices.Sorted(maps.Keys(q.docs)) {
			if isBelow(path, pathOf(q.site.dir, m.From)) {
				return rpc.Errorf(rpc.RequestFailed, "%s has to become %s, which this editor cannot do while a file of it is open; close %s first",
					m.From, m.To, filepath.Base(path))
			}
		}
		for _, e := range edits {
			if after(e.Place.File, []source.Move{m}) != e.Place.File {
				return rpc.Errorf(rpc.RequestFailed, "%s has to become %s, which this editor cannot do", m.From, m.To)
			}
		}
	}
	return nil
}

// move does what the client cannot do, once it has been answered what it can.
func (s *server) move(dir string, moves []source.Move) {
	for _, m := range moves {
		from, to := pathOf(dir, m.From), pathOf(dir, m.To)
		_, err := os.Lstat(to)
		if err == nil {
			err = errors.New("there is such a file or folder already")
		} else if errors.Is(err, fs.ErrNotExist) {
			err = os.Rename(from, to)
		}
		if err != nil {
			s.notify("window/showMessage", protocol.MessageParams{
				Type: protocol.MessageError, Message: fmt.Sprintf("move %s to %s: %v", m.From, m.To, err),
			})
			continue
		}
		s.tellPerson(m.From + " → " + m.To)
		s.look(to)
	}
}

// tellPerson shows a sentence.
func (s *server) tellPerson(sentence string) {
	s.notify("window/showMessage", protocol.MessageParams{Type: protocol.MessageInfo, Message: sentence})
}

// leftover are the edits of recipes that a renaming left for later.
type leftover struct {
	dir    string
	edits  []source.Edit
	texts  map[string]string // what the recipes were, by file
	notice string
	title  string
}

// leaveOver keeps the edits of recipes, under the names that the files have after the renaming.
func (q *query) leaveOver(r refactor.Renaming, to string) *leftover {
	rest := &leftover{dir: q.site.dir, texts: map[string]string{}}
	for _, e := range r.Recipes {
		text := q.textOf(q.site.dir, e.Place.File).String()
		e.Place.File = after(e.Place.File, r.Moves)
		rest.edits, rest.texts[e.Place.File] = append(rest.edits, e), text
	}
	rest.title = fmt.Sprintf(q.words("Rename inside recipes too: %d mentions of %s become %s", "Renommer aussi dans les recettes : %d mentions de %s deviennent %s"),
		len(rest.edits), r.Name.Text, to)
	rest.notice = fmt.Sprintf(q.words("%d mentions of %s in recipes were left as they are. A code action renames them too.",
		"%d mentions de %s dans les recettes restent telles quelles. Une action de code les renomme aussi."), len(rest.edits), r.Name.Text)
	return rest
}

// after is the name of a file after moves.
func after(file string, moves []source.Move) string {
	for _, m := range moves {
		if file == m.From {
			file = m.To
		} else if rest, below := strings.CutPrefix(file, m.From+"/"); below {
			file = m.To + "/" + rest
		}
	}
	return file
}

// change is what is left to do in an application, as long as its recipes are what they were.
func (l *leftover) change(q *query) (source.Change, bool) {
	if l == nil || l.dir != q.site.dir {
		return source.Change{}, false
	}
	for file, text := range l.texts {
		if q.textOf(l.dir, file).String() != text {
			return source.Change{}, false
		}
	}
	return source.Change{Edits: l.edits}, true
}

// renameFilters choose the files whose names mean something: files of the languages, folders of recipes.
func renameFilters() *protocol.FileOperationFilters {
	filter := func(glob, matches string) protocol.FileOperationFilter {
		return protocol.FileOperationFilter{Scheme: "file", Pattern: protocol.FileOperationPattern{Glob: glob, Matches: matches}}
	}
	return &protocol.FileOperationFilters{Filters: []protocol.FileOperationFilter{
		filter("**/*.{graph,instances,commands}", "file"), filter("**/graph/*", "folder"),
	}}
}

// willRename gives the edits that go with a renaming of files or folders that the client is about to do.
func willRename(q *query, p protocol.RenameFilesParams) (*protocol.WorkspaceEdit, error) {
	for _, f := range p.Files {
		from, err := f.OldURI.Path()
		if err != nil {
			continue
		}
		to, err := f.NewURI.Path()
		if err != nil {
			continue
		}
		for _, at := range q.sites {
			if !isBelow(from, at.dir) || !isBelow(to, at.dir) {
				continue
			}
			q.site = at
			if e := q.follow(from, to); e != nil {
				return e, nil // several at once are rare; each one speaks of the texts before the others
			}
		}
	}
	return nil, nil
}

// follow renames what a file or a folder stands for; the client moves it, so the moves are left out.
func (q *query) follow(from, to string) *protocol.WorkspaceEdit {
	file, name, ok := q.meant(from, to)
	if !ok {
		return nil
	}
	r, err := refactor.RenameName(q.site.ground, file, name)
	if err != nil || len(r.Edits) == 0 {
		return nil
	}
	r.Moves = nil
	e, _ := q.workspaceEdit(r.Change, nil, "")
	return &e
}

// meant is what a file or a folder of an application stands for, and the name that it gets.
func (q *query) meant(from, to string) (names.Name, string, bool) {
	relative := func(p string) string {
		rel, err := filepath.Rel(q.site.dir, p)
		if err != nil {
			return ""
		}
		return strings.TrimPrefix(filepath.ToSlash(rel), q.prefix())
	}
	old, next := relative(from), relative(to)
	ext := path.Ext(old)
	switch {
	case path.Dir(old) == "graph" && path.Dir(next) == "graph" && ext == "":
		known := q.site.ground.Result.App.Graph.Component(path.Base(old)) != nil
		return names.Name{Kind: names.Component, Text: path.Base(old)}, path.Base(next), known
	case ext != path.Ext(next):
		return names.Name{}, "", false
	case ext == ".commands":
		return names.Name{Kind: names.Command, Text: strings.TrimSuffix(path.Base(old), ext)}, strings.TrimSuffix(path.Base(next), ext), true
	case ext == ".graph" || ext == ".instances":
		return names.Name{Kind: names.File, Text: q.prefix() + old}, path.Base(next), path.Dir(old) == path.Dir(next)
	}
	return names.Name{}, "", false
}

// prefix is what names of files of the project begin with.
func (q *query) prefix() string {
	if base := q.site.ground.Result.Base; base != "" {
		return base + "/"
	}
	return ""
}
