package tui

import (
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/pane"
)

// copies adds a copy of an instance to the text; a run gets it at once.
func (m *Model) copies(c pane.Copies) {
	edits, err := refactor.Copy(m.snap.Result, c.Path, c.Name)
	m.reshape("Add "+c.Name, edits, err)
}

// deletes takes an instance out of the text; a run loses it once the person agrees.
func (m *Model) deletes(d pane.Deletes) {
	edits, err := refactor.Delete(m.snap.Result, d.Path)
	m.reshape("Remove "+d.Path, edits, err)
}

// reshape changes the instances of the text, as one step that the editor can undo.
func (m *Model) reshape(title string, edits []source.Edit, err error) {
	if err != nil {
		m.told = pane.Tell{Text: err.Error(), Problem: true}
		return
	}
	focus := m.arr.focus
	m.cure(pane.Cure{Fix: diag.Fix{Title: title, Edits: edits}})
	m.focus(focus)
	if m.run != nil && m.run.View().Behind {
		m.applyDifference()
	}
}
