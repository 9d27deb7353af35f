package lsp

import (
	"cmp"
	"maps"
	"slices"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/model/source"
)

// asked for a person's word before they are made: edits of recipes.
const inRecipes = "recipes"

// workspaceEdit is a change as the client wants it. What it cannot do comes back: files to make, moves.
//
// Edits come first, since they name files as they are before the moves.
func (d *desk) workspaceEdit(c source.Change, apart []source.Edit, label string) (e protocol.WorkspaceEdit, left source.Change) {
	main := d.edits(c.Edits, "")
	if !d.client.structured() {
		return d.simpleEdit(c, main)
	}
	e.DocumentChanges = []any{}
	for _, one := range main {
		e.DocumentChanges = append(e.DocumentChanges, one)
	}
	if len(apart) > 0 {
		for _, one := range d.edits(apart, inRecipes) {
			e.DocumentChanges = append(e.DocumentChanges, one)
		}
		e.ChangeAnnotations = map[string]protocol.ChangeAnnotation{inRecipes: {Label: label, NeedsConfirmation: true}}
	}
	for _, f := range c.Files {
		if !d.client.can("create") {
			left.Files = append(left.Files, f)
			continue
		}
		uri := protocol.FileURI(pathOf(d.site.dir, f.Name))
		e.DocumentChanges = append(e.DocumentChanges, protocol.CreateFile{
			Kind: "create", URI: uri, Options: &protocol.FileEditOptions{IgnoreIfExists: true},
		})
		if f.Text != "" {
			e.DocumentChanges = append(e.DocumentChanges, protocol.TextDocumentEdit{
				TextDocument: protocol.OptionalVersionedTextDocumentIdentifier{URI: uri},
				Edits:        []protocol.TextEdit{{NewText: f.Text}},
			})
		}
	}
	for _, m := range c.Moves {
		if !d.client.can("rename") || !d.client.movesFolders() && d.site.isFolder(m.From) {
			left.Moves = append(left.Moves, m)
			continue
		}
		e.DocumentChanges = append(e.DocumentChanges, protocol.RenameFile{
			Kind: "rename", OldURI: d.uri(pathOf(d.site.dir, m.From)), NewURI: protocol.FileURI(pathOf(d.site.dir, m.To)),
		})
	}
	return e, left
}

// simpleEdit is for clients that know texts only.
func (d *desk) simpleEdit(c source.Change, main []protocol.TextDocumentEdit) (e protocol.WorkspaceEdit, left source.Change) {
	e.Changes = map[protocol.URI][]protocol.TextEdit{}
	for _, one := range main {
		e.Changes[one.TextDocument.URI] = one.Edits
	}
	return e, source.Change{Files: c.Files, Moves: c.Moves}
}

// edits sorts edits by file. Those that overlap an earlier one are left out, as source.Apply does: clients refuse them.
func (d *desk) edits(list []source.Edit, annotation string) []protocol.TextDocumentEdit {
	byFile := map[string][]source.Edit{}
	for _, e := range list {
		byFile[e.Place.File] = append(byFile[e.Place.File], e)
	}
	var out []protocol.TextDocumentEdit
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		path, text := pathOf(d.site.dir, file), d.textOf(d.site.dir, file)
		one := protocol.TextDocumentEdit{
			TextDocument: protocol.OptionalVersionedTextDocumentIdentifier{URI: d.uri(path), Version: d.version(path)},
		}
		inOrder := byFile[file]
		slices.SortStableFunc(inOrder, func(a, b source.Edit) int { return cmp.Compare(a.Place.Span.Start, b.Place.Span.Start) })
		end := 0
		for _, e := range inOrder {
			if e.Place.Span.Start < end || e.Place.Span.End < e.Place.Span.Start {
				continue
			}
			end = e.Place.Span.End
			t := edit(text, e.Place.Span, e.With)
			t.AnnotationID = annotation
			one.Edits = append(one.Edits, t)
		}
		out = append(out, one)
	}
	return out
}

// programs are the files of a change that have to be executable, which no edit of the protocol can say.
func programs(dir string, c source.Change) []string {
	var paths []string
	for _, f := range c.Files {
		if f.Executable {
			paths = append(paths, pathOf(dir, f.Name))
		}
	}
	return paths
}
