package tui

import (
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/pane"
)

// copies adds a copy of an instance to the text; a run gets it at once.
func (m *Model) copies(c pane.Copies) {
	edits, err := refactor.Copy(m.snap.Result, c.Path, c.Name)
	m.reshape("Added "+c.Name+" to the text", edits, err)
}

// deletes takes an instance out of the text; a run loses it once the person agrees.
func (m *Model) deletes(d pane.Deletes) {
	edits, err := refactor.Delete(m.snap.Result, d.Path)
	m.reshape("Removed "+d.Path+" from the text", edits, err)
}

// reshape changes the instances of the text; what is looked at stays.
func (m *Model) reshape(done string, edits []source.Edit, err error) {
	if err == nil {
		err = m.edit(edits)
	}
	if err != nil {
		m.told = pane.Tell{Text: err.Error(), Problem: true}
		return
	}
	m.told = pane.Tell{Text: done + ", which is not saved yet."}
	if m.run != nil && m.run.View().Behind {
		m.applyDifference()
	}
}
