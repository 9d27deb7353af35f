package editor

import (
	"path"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/tui/pane"
)

// disk takes a change on the disk into an open text: what was typed meanwhile is merged, or the person is asked. Undo brings
// back what was there before.
func (p *Pane) disk(c workspace.Change) []pane.Intent {
	t := p.named(c.File)
	if t == nil || t.readOnly != "" {
		return nil
	}
	mine, name := t.buf.String(), path.Base(c.File)
	switch {
	case c.Removed && !c.Dirty:
		return []pane.Intent{pane.Tell{Text: name + " was removed on disk. Its text is kept here: change it, then ^S writes it again.", Problem: true}}
	case c.Removed:
		t.theirs = &c
		return []pane.Intent{pane.Tell{Text: name + " was removed on disk; your unsaved text is kept.", Problem: true}}
	case mine == c.Text:
		t.theirs = nil
		return nil
	case !c.Dirty && mine == c.Base:
		t.theirs = nil
		t.buf.Become(c.Text)
		if p.index(c.File) < 0 {
			return nil
		}
		return []pane.Intent{pane.Tell{Text: name + " was changed on disk; the new text is shown."}}
	}
	merged := text.Merge(c.Base, mine, c.Text)
	if merged.Conflicts > 0 {
		t.theirs = &c
		return []pane.Intent{
			pane.Rebased{File: c.File, Base: c.Base},
			pane.Tell{Text: name + " was changed on disk in lines that you changed too; your text is kept. Esc to choose.", Problem: true},
		}
	}
	return p.settle(t, c, merged.Text, name+" was changed on disk; both changes are merged. ^Z takes it back.")
}

// settle gives a text what it became after a change on the disk was seen.
func (p *Pane) settle(t *tab, c workspace.Change, now, tell string) []pane.Intent {
	t.theirs = nil
	p.choose = false
	t.buf.Become(now)
	t.reveal = true
	return []pane.Intent{
		pane.Edited{File: t.file, Text: t.buf.String()},
		pane.Rebased{File: t.file, Base: c.Text, Gone: c.Removed},
		pane.Tell{Text: tell},
	}
}

// pending is the change on the disk that the person has to decide about.
func (p *Pane) pending() *workspace.Change {
	if t := p.tab(); t != nil {
		return t.theirs
	}
	return nil
}

func (p *Pane) keepMine() []pane.Intent {
	t := p.tab()
	if p.pending() == nil {
		return nil
	}
	return p.settle(t, *t.theirs, t.buf.String(), "Your text is kept; ^S writes it over the one on disk.")
}

func (p *Pane) takeTheirs() []pane.Intent {
	t := p.tab()
	switch {
	case p.pending() == nil:
		return nil
	case t.theirs.Removed:
		return p.drop()
	}
	return p.settle(t, *t.theirs, t.theirs.Text, "The text on disk is taken; ^Z brings yours back.")
}

// drop accepts that the file is gone. Opening a file of that name again brings the text back, as long as the program runs.
func (p *Pane) drop() []pane.Intent {
	t := p.tab()
	t.theirs = nil
	p.close()
	return []pane.Intent{pane.Revert{File: t.file}}
}

func (p *Pane) mergeMarked() []pane.Intent {
	t := p.tab()
	if c := p.pending(); c == nil || c.Removed {
		return nil
	}
	merged := text.Merge(t.theirs.Base, t.buf.String(), t.theirs.Text)
	return p.settle(t, *t.theirs, merged.Text, "Both texts stand between the marks <<<<<<< and >>>>>>>; ^Z takes it back.")
}
