package editor

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/pane"
)

// Actions are what a person can do in the editor.
func (p *Pane) Actions() []pane.Action {
	all := append(p.fileActions(), p.textActions()...)
	return append(all, p.searchActions()...)
}

// noFile is why most actions cannot be done without a file.
const noFile = "no file is open: ^O opens one"

func (p *Pane) fileActions() []pane.Action {
	t := p.tab()
	none := when(t == nil, noFile)
	single := when(len(p.tabs) < 2, "only one file is open")
	asked := when(p.pending() == nil, "nothing changed on disk under this text")
	clean := none
	if t != nil && !p.dirty(t.file) {
		clean = "everything is saved"
	}
	choose := asked
	if p.choose {
		choose = "the question is asked already"
	}
	gone := asked
	if c := p.pending(); c != nil && c.Removed {
		gone = "the file was removed: there is nothing to merge with"
	}
	acts := []pane.Action{
		{ID: "editor.save", Key: "ctrl+s", Title: "Save the file", Off: clean, Do: func() []pane.Intent { return []pane.Intent{pane.Save{File: p.File()}} }},
		{ID: "editor.close", Key: "ctrl+w", Title: "Close the file", Off: none, Do: p.close},
		{ID: "editor.next-file", Key: "ctrl+pgdown", Title: "Next open file", Off: single, Do: func() []pane.Intent { return p.turn(1) }},
		{ID: "editor.previous-file", Key: "ctrl+pgup", Title: "Previous open file", Off: single, Do: func() []pane.Intent { return p.turn(-1) }},
		{ID: "editor.keep-mine", Title: "Changed on disk: keep my text", Off: asked, Do: p.keepMine},
		{ID: "editor.take-theirs", Title: "Changed on disk: take the text on disk", Off: asked, Do: p.takeTheirs},
		{ID: "editor.merge", Title: "Changed on disk: merge with marks", Off: gone, Do: p.mergeMarked},
	}
	if p.pending() != nil {
		acts = append(acts, pane.Action{ID: "editor.choose", Key: "esc", Title: "Choose between my text and the one on disk", Off: choose, Do: func() []pane.Intent {
			p.choose = true
			return nil
		}})
	}
	return acts
}

func when(cond bool, reason string) string {
	if cond {
		return reason
	}
	return ""
}

// writing gives the reason why the text cannot be changed.
func (p *Pane) writing() string {
	t := p.tab()
	if t == nil {
		return noFile
	}
	return t.readOnly
}

func (p *Pane) textActions() []pane.Action {
	off, none := p.writing(), when(p.tab() == nil, noFile)
	fix := off
	if fix == "" && p.fixes() == nil {
		fix = "no quick fix is known for this line"
	}
	edit := func(id, key, title string, do func(*text.Buffer) bool) pane.Action {
		return pane.Action{ID: "editor." + id, Key: key, Title: title, Off: off, Do: func() []pane.Intent {
			return p.change(func(b *text.Buffer) { do(b) })
		}}
	}
	return []pane.Action{
		edit("undo", "ctrl+z", "Undo", (*text.Buffer).Undo),
		edit("redo", "ctrl+y", "Redo", (*text.Buffer).Redo),
		{ID: "editor.cut", Key: "ctrl+x", Title: "Cut the selection, or the line", Off: off, Do: p.cut},
		{ID: "editor.copy", Key: "ctrl+c", Title: "Copy the selection, or the line", Off: none, Do: p.copy},
		edit("paste", "ctrl+v", "Paste", func(b *text.Buffer) bool { return b.Paste(p.clip) }),
		{ID: "editor.select-all", Key: "ctrl+a", Title: "Select everything", Off: none, Do: func() []pane.Intent {
			return p.act(func(t *tab) { t.buf.SelectAll() })
		}},
		edit("comment", "ctrl+/", "Comment or uncomment lines", (*text.Buffer).ToggleComment),
		edit("indent", "tab", "Indent lines", (*text.Buffer).Indent),
		edit("dedent", "shift+tab", "Dedent lines", (*text.Buffer).Dedent),
		edit("delete-lines", "", "Delete lines", (*text.Buffer).DeleteLines),
		edit("duplicate-lines", "", "Duplicate lines", (*text.Buffer).DuplicateLines),
		edit("lines-up", "", "Move lines up", (*text.Buffer).MoveLinesUp),
		edit("lines-down", "", "Move lines down", (*text.Buffer).MoveLinesDown),
		{ID: "editor.complete", Key: "ctrl+space", Title: "What can be written here", Off: off, Do: p.suggest},
		{ID: "editor.hints", Title: "Show or hide what is inherited, who imports", Off: none, Do: p.toggleHints},
		{ID: "editor.fix", Key: "f7", Title: "Quick fix", Off: fix, Do: p.fix},
	}
}

func (p *Pane) searchActions() []pane.Action {
	none := when(p.tab() == nil, noFile)
	idle := none
	if idle == "" && p.find.query().Text == "" {
		idle = "nothing was looked for yet: ^F"
	}
	return []pane.Action{
		{ID: "editor.find", Key: "ctrl+f", Title: "Find", Off: none, Do: func() []pane.Intent { return p.find.start(p, false) }},
		{ID: "editor.replace", Key: "ctrl+r", Title: "Replace", Off: p.writing(), Do: func() []pane.Intent { return p.find.start(p, true) }},
		{ID: "editor.find-next", Key: "f3", Title: "Find next", Off: idle, Do: func() []pane.Intent { return p.find.next(p) }},
		{ID: "editor.find-previous", Key: "shift+f3", Title: "Find previous", Off: idle, Do: func() []pane.Intent { return p.find.previous(p) }},
		{ID: "editor.go-to-line", Key: "ctrl+g", Title: "Go to line", Off: none, Do: p.askLine},
	}
}

func (p *Pane) copy() []pane.Intent {
	t := p.tab()
	if t == nil {
		return nil
	}
	p.clip = t.buf.Copy()
	return []pane.Intent{pane.Copy{Text: p.clip.String()}}
}

func (p *Pane) cut() []pane.Intent {
	var copied []pane.Intent
	intents := p.change(func(b *text.Buffer) {
		p.clip = b.Cut()
		copied = []pane.Intent{pane.Copy{Text: p.clip.String()}}
	})
	return append(intents, copied...)
}

func (p *Pane) askLine() []pane.Intent {
	t := p.tab()
	if t == nil {
		return nil
	}
	lines := t.buf.Text().Lines()
	return []pane.Intent{pane.Ask{
		Title: "Go to line", Hint: fmt.Sprintf("a line of %s, 1 to %d, or line:column", path.Base(t.file), lines),
		Then: func(answer string) []pane.Intent {
			at, ok := parsePosition(answer)
			if !ok {
				return []pane.Intent{pane.Tell{Text: fmt.Sprintf("%q is no line: give a number from 1 to %d.", answer, lines), Problem: true}}
			}
			return p.act(func(t *tab) { t.buf.SetCursors(text.At(t.buf.Text().Offset(at))) })
		},
	}}
}

// parsePosition reads "12" or "12:4".
func parsePosition(s string) (source.Position, bool) {
	line, column, _ := strings.Cut(strings.TrimSpace(s), ":")
	l, err := strconv.Atoi(line)
	if err != nil || l < 1 {
		return source.Position{}, false
	}
	c, err := strconv.Atoi(column)
	if err != nil {
		c = 1
	}
	return source.Position{Line: l, Column: c}, true
}
