package tui

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/overlay"
	"github.com/roboconf/workbench/tui/pane"
)

func (m *Model) doAll(intents []pane.Intent) {
	for _, i := range intents {
		m.do(i)
	}
}

// do carries an intent of a pane out.
func (m *Model) do(intent pane.Intent) {
	switch i := intent.(type) {
	case pane.Open:
		m.openFile(i)
	case pane.Select:
		m.selects(pane.Selected(i))
	case pane.Edited:
		m.refresh(m.ws.Edit(i.File, i.Text))
	case pane.Rebased:
		m.rebase(i)
	case pane.Revert:
		m.refresh(m.ws.Revert(i.File))
	case pane.Save:
		m.save(i.File, false)
	case pane.Operate:
		m.operate(i)
	case pane.Ask:
		m.push(overlay.NewPrompt(i))
	case pane.Confirm:
		m.push(overlay.NewConfirm(i))
	case pane.Choose:
		m.push(overlay.NewChoice(i))
	case pane.Explain:
		m.explain(i.Path)
	case pane.Copy:
		m.later(tea.SetClipboard(i.Text))
		m.told = pane.Tell{Text: "copied"}
	case pane.Tell:
		m.told = i
	case pane.Focus:
		m.focus(i.Pane)
	case pane.Act:
		m.actByID(i.ID)
	case pane.Cure:
		m.change(i.Fix.Title.In(m.cfg.Language), i.Fix.Change())
	case pane.Copies:
		m.copies(i)
	case pane.Deletes:
		m.deletes(i)
	}
}

func (m *Model) actByID(id string) {
	for _, a := range m.globals() {
		if a.ID == id {
			if a.Off != "" {
				m.told = pane.Tell{Text: a.Title + ": " + a.Off}
				return
			}
			m.doAll(a.Do())
			return
		}
	}
}

// openFile shows a file. The text of a model's file is at hand; another one, or one that may be read-only, is read outside of
// the loop.
func (m *Model) openFile(o pane.Open) {
	if f := m.snap.Result.Files[o.File]; f != nil && utf8.ValidString(f.Text) {
		m.show(pane.Show{File: o.File, Text: f.Text, Span: o.Span})
		return
	}
	ws := m.ws
	m.later(func() tea.Msg {
		doc, err := ws.Read(o.File)
		return outcome(func(m *Model) {
			if err != nil {
				m.told = pane.Tell{Text: err.Error(), Problem: true}
				return
			}
			m.show(pane.Show{File: o.File, Text: doc.Text, Span: o.Span, ReadOnly: doc.ReadOnly})
		})
	})
}

func (m *Model) show(s pane.Show) {
	m.notify(s)
	m.focus("editor")
}

// selects makes an object the common selection.
func (m *Model) selects(s pane.Selected) {
	if s == m.sel {
		return
	}
	m.sel = s
	m.notify(s)
}

// rebase notes what the unsaved text of a file takes into account. The disk may have changed again since the person looked:
// then saving still asks.
func (m *Model) rebase(r pane.Rebased) {
	m.refresh(m.ws.Rebase(r.File, r.Base, r.Gone))
}

// save writes one file, or all that are not saved, outside of the loop.
func (m *Model) save(file string, force bool) {
	files := []string{file}
	if file == "" {
		files = files[:0]
		for f := range m.snap.Dirty {
			files = append(files, f)
		}
		sort.Strings(files)
	}
	for _, f := range files {
		m.later(m.saveOne(f, force, nil))
	}
}

// saveOne is the command that writes a file; then is done once it is written.
func (m *Model) saveOne(file string, force bool, then func(*Model)) tea.Cmd {
	ws := m.ws
	return func() tea.Msg {
		doc, err := ws.Read(file)
		if err == nil {
			_, err = ws.Save(file, force)
		}
		return outcome(func(m *Model) { m.saved(ws, pane.Saved{File: file, Text: doc.Text}, err, then) })
	}
}

func (m *Model) saved(ws *workspace.Workspace, s pane.Saved, err error, then func(*Model)) {
	if m.ws != ws {
		return
	}
	switch {
	case errors.Is(err, workspace.ErrChanged):
		m.askOverwrite(s.File)
	case err != nil:
		m.told = pane.Tell{Text: err.Error(), Problem: true}
	default:
		m.told = pane.Tell{Text: "saved " + s.File}
		m.refresh(m.ws.Snapshot())
		m.notify(s)
		if then != nil {
			then(m)
		}
	}
}

func (m *Model) askOverwrite(file string) {
	m.push(overlay.NewChoice(pane.Choose{
		Title: "Changed on disk",
		Lines: []string{file + " was changed by something else since you began to type."},
		Options: []pane.Action{
			act("changed.look", "l", "Look at what changed first", "", func() { m.later(rescan(m.ws)) }),
			act("changed.overwrite", "o", "Overwrite it with your text", "", func() { m.save(file, true) }),
		},
	}))
}

// rescan looks at the disk again.
func rescan(ws *workspace.Workspace) tea.Cmd {
	return func() tea.Msg {
		_, changes, err := ws.Rescan()
		return outcome(func(m *Model) { m.rescanned(ws, changes, err) })
	}
}

func (m *Model) rescanned(ws *workspace.Workspace, changes []workspace.Change, err error) {
	if m.ws != ws {
		return
	}
	if err != nil {
		m.told = pane.Tell{Text: err.Error(), Problem: true}
		return
	}
	m.refresh(ws.Snapshot())
	if len(changes) > 0 {
		m.notify(pane.Disk{Changes: changes})
	}
}

// Disk is the message that something changed in a folder. Who watches sends it; rewatch waits for the next.
type Disk struct{ Workspace *workspace.Workspace }

// touched looks at what changed and goes on watching.
func (m *Model) touched(d Disk) {
	if d.Workspace != m.ws {
		return
	}
	m.later(rescan(m.ws))
	if m.cfg.Watch != nil {
		m.later(m.cfg.Watch(m.ws))
	}
}

// edit does edits in the files that they are about, as one step each that the editor can undo.
func (m *Model) edit(edits []source.Edit) error {
	byFile := map[string][]source.Edit{}
	var order []string
	for _, e := range edits {
		if byFile[e.Place.File] == nil {
			order = append(order, e.Place.File)
		}
		byFile[e.Place.File] = append(byFile[e.Place.File], e)
	}
	for _, file := range order {
		text, ok := m.text(file)
		if fresh := byFile[file][0].Place.Span == (source.Span{}) && !slices.Contains(m.snap.All, file); !ok && !fresh {
			return fmt.Errorf("%s is not part of the model", file)
		}
		if !utf8.ValidString(text) {
			return fmt.Errorf("%s is not in UTF-8: convert it first", file)
		}
		m.replace(file, text, source.Apply(text, byFile[file]))
	}
	return nil
}

// text is that of a file of the model, unsaved changes included.
func (m *Model) text(file string) (string, bool) {
	if f := m.snap.Result.Files[file]; f != nil {
		return f.Text, true
	}
	return "", false
}

// replace gives a file another text, as one step that the editor can undo. The editor holds the file open for that.
func (m *Model) replace(file, old, text string) {
	m.editor.Update(pane.Show{File: file, Text: old})
	m.doAll(m.editor.Update(pane.Replace{File: file, Text: text}))
	m.refresh(m.ws.Edit(file, text))
}
