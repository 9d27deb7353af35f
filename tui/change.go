package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/pane"
)

// change does a change: edits go through the editor, as steps that it can take back; new files and moves go to the disk,
// outside of the loop, and can be taken back by an action of their own.
func (m *Model) change(title string, c source.Change) {
	ws := m.ws
	m.later(func() tea.Msg {
		texts, err := readAll(ws, c.Edits)
		if err == nil && len(c.Files)+len(c.Moves) > 0 {
			// Edits speak of files by the names that they have before the moves.
			return outcome(func(m *Model) {
				if m.ws == ws {
					m.edited(title, c, texts)
					m.later(shift(ws, title, c))
				}
			})
		}
		return outcome(func(m *Model) {
			switch {
			case m.ws != ws:
			case err != nil:
				m.told = pane.Tell{Text: fmt.Sprintf("%s: %v", title, err), Problem: true}
			default:
				m.edited(title, c, texts)
			}
		})
	})
}

// readAll gives the texts of the files that edits are about; "" for one that the edits make.
func readAll(ws *workspace.Workspace, edits []source.Edit) (map[string]string, error) {
	texts := map[string]string{}
	snap := ws.Snapshot()
	for _, e := range edits {
		name := e.Place.File
		if _, read := texts[name]; read {
			continue
		}
		doc, err := ws.Read(name)
		fresh := err != nil && e.Place.Span == (source.Span{}) && !slices.Contains(snap.All, name)
		switch {
		case fresh:
			texts[name] = ""
		case err != nil:
			return nil, err
		case doc.ReadOnly != "":
			return nil, fmt.Errorf("%s: %s", name, doc.ReadOnly)
		default:
			texts[name] = doc.Text
		}
	}
	return texts, nil
}

// deed is a change that was done and can be taken back, in all of its files at once.
type deed struct {
	title string
	files []rewritten
	moves []source.Move
	made  []string       // new files
	disk  workspace.Undo // of what was made and moved; nil when nothing was
}

// rewritten is a file that edits changed.
type rewritten struct{ file, before, after string }

// edited lays the edited texts over the files. The person stays in the file shown when it is one of them, and is led to the
// first place else.
func (m *Model) edited(title string, c source.Change, texts map[string]string) {
	at := m.editor.Place()
	byFile := map[string][]source.Edit{}
	d := deed{title: title}
	for _, e := range c.Edits {
		if byFile[e.Place.File] == nil {
			d.files = append(d.files, rewritten{file: e.Place.File, before: texts[e.Place.File]})
		}
		byFile[e.Place.File] = append(byFile[e.Place.File], e)
	}
	for i := range d.files {
		f := &d.files[i]
		f.after = source.Apply(f.before, byFile[f.file])
		m.replace(f.file, f.before, f.after)
	}
	if len(d.files) > 0 {
		first := c.Edits[0].Place
		if edits := byFile[at.File]; edits != nil {
			first = source.Place{File: at.File, Span: source.Span{Start: after(edits, at.Span.End)}}
			if len(d.files) == 1 && len(c.Moves) == 0 {
				first = c.Edits[0].Place
			}
		}
		m.openFile(pane.Open{File: first.File, Span: source.Span{Start: first.Span.Start, End: first.Span.Start}})
	}
	m.done = &d
	m.told = pane.Tell{Text: title + "; ^Z takes it back"}
	if len(d.files) > 1 {
		m.told.Text = fmt.Sprintf("%s, in %d files; ^K u takes it back", title, len(d.files))
	}
}

// after is where an offset is once edits of its text are done.
func after(edits []source.Edit, at int) int {
	now := at
	for _, e := range edits {
		switch s := e.Place.Span; {
		case s.End <= at:
			now += len(e.With) - s.Len()
		case s.Start < at:
			now += s.Start - at
		}
	}
	return now
}

// shift makes the files and does the moves of a change.
func shift(ws *workspace.Workspace, title string, c source.Change) tea.Cmd {
	return func() tea.Msg {
		_, undo, err := ws.Apply(source.Change{Files: c.Files, Moves: c.Moves})
		return outcome(func(m *Model) {
			if m.ws != ws {
				return
			}
			m.refresh(ws.Snapshot())
			if err != nil {
				m.told = pane.Tell{Text: fmt.Sprintf("%s: %v", title, err), Problem: true}
				return
			}
			m.shifted(c, undo)
		})
	}
}

// shifted notes what was made and moved on the disk.
func (m *Model) shifted(c source.Change, undo workspace.Undo) {
	m.done.disk, m.done.moves = undo, c.Moves
	for _, f := range c.Files {
		m.done.made = append(m.done.made, f.Name)
	}
	m.notify(pane.Moved{Moves: c.Moves})
	if len(c.Files) > 0 && len(c.Edits) == 0 {
		m.openFile(pane.Open{File: c.Files[0].Name})
	}
	m.told = pane.Tell{Text: m.done.title + ": " + m.done.count() + "; ^K u takes it back"}
}

// count says how many files were changed, made and moved.
func (d *deed) count() string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{len(d.files), "changed"}, {len(d.made), "made"}, {len(d.moves), "moved"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}

func (m *Model) takeBackOff() string {
	if m.done == nil {
		return "there is none to take back"
	}
	return ""
}

// takeBack undoes the last change in all of its files, on the disk first. A file that was changed since stays as it is, and
// is named.
func (m *Model) takeBack() {
	ws, d := m.ws, m.done
	m.done = nil
	if d.disk == nil {
		m.takeTextsBack(d)
		return
	}
	m.later(func() tea.Msg {
		_, err := d.disk()
		return outcome(func(m *Model) {
			if m.ws != ws {
				return
			}
			m.refresh(ws.Snapshot())
			if err != nil {
				m.told = pane.Tell{Text: err.Error(), Problem: true}
				return
			}
			m.notify(pane.Moved{Moves: reversed(d.moves), Gone: d.made})
			m.takeTextsBack(d)
		})
	})
}

func reversed(moves []source.Move) []source.Move {
	var out []source.Move
	for _, m := range slices.Backward(moves) {
		out = append(out, source.Move{From: m.To, To: m.From})
	}
	return out
}

func (m *Model) takeTextsBack(d *deed) {
	at := m.editor.Place()
	var changed []string
	for _, f := range d.files {
		doc, err := m.ws.Read(f.file)
		switch {
		case err == nil && doc.Text == f.before: // ^Z was there already
		case err != nil || doc.Text != f.after:
			changed = append(changed, f.file)
		default:
			m.replace(f.file, f.after, f.before)
		}
	}
	if at.File != "" {
		m.openFile(pane.Open{File: at.File, Span: at.Span})
	}
	m.told = pane.Tell{Text: "taken back: " + d.title}
	if changed != nil {
		m.told = pane.Tell{Text: "changed since, so left as they are: " + strings.Join(changed, ", "), Problem: true}
	}
}
