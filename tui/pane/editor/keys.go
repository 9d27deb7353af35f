package editor

import (
	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/tui/pane"
)

// motions are the keys that move the cursor; with shift they select.
var motions = map[string]text.Motion{
	"left": text.Left, "right": text.Right, "up": text.Up, "down": text.Down,
	"ctrl+left": text.WordLeft, "ctrl+right": text.WordRight, "alt+left": text.WordLeft, "alt+right": text.WordRight,
	"home": text.LineStart, "end": text.LineEnd, "ctrl+home": text.Top, "ctrl+end": text.Bottom,
}

// edits are the keys that change the text and need no name.
var edits = map[string]func(*text.Buffer) bool{
	"enter": (*text.Buffer).Newline, "kpenter": (*text.Buffer).Newline, "shift+enter": (*text.Buffer).Newline,
	"backspace": (*text.Buffer).Backspace, "shift+backspace": (*text.Buffer).Backspace,
	"ctrl+h": (*text.Buffer).Backspace, // what some terminals send for backspace
	"delete": (*text.Buffer).Delete, "ctrl+delete": (*text.Buffer).DeleteWord,
	"ctrl+backspace": (*text.Buffer).BackspaceWord, "alt+backspace": (*text.Buffer).BackspaceWord,
}

// aliases are other names of keys: what terminals send that cannot send the key itself.
var aliases = map[string]string{"ctrl+_": "ctrl+/", "ctrl+7": "ctrl+/", "ctrl+insert": "ctrl+c", "shift+insert": "ctrl+v", "shift+delete": "ctrl+x", "ctrl+@": "ctrl+space"}

func keyOf(msg tea.KeyPressMsg) string {
	key := msg.Keystroke()
	if other, ok := aliases[key]; ok {
		return other
	}
	return key
}

func (p *Pane) key(msg tea.KeyPressMsg) []pane.Intent {
	key := keyOf(msg)
	if p.choose {
		return p.answer(key)
	}
	if p.find.open {
		if intents, done := p.find.key(p, key, msg.Text); done {
			return intents
		}
	}
	if p.complete.open() {
		if intents, done := p.completeKey(key); done {
			return intents
		}
	}
	if intents, done := p.stopKey(key, msg.Text); done {
		return intents
	}
	return p.plainKey(key, msg)
}

// stopKey takes a key while a snippet is being filled: Tab goes to the next place, and so does what is typed over the end of
// the line that the snippet has written; Enter does not tear that end off.
func (p *Pane) stopKey(key, typed string) (intents []pane.Intent, done bool) {
	if p.stops.places == nil {
		return nil, false
	}
	b := p.tab().buf
	switch {
	case key == "tab", p.stops.past(b, typed) > 0:
		p.complete.close()
		return p.nextStop(), true
	case key == "esc":
		p.stops = stops{}
		return []pane.Intent{pane.Taken{}}, true
	case key == "enter" && p.stops.past(b, ";") > 0:
		p.complete.close()
		p.nextStop()
		return p.change(func(b *text.Buffer) { b.Newline() }), true
	}
	return nil, false
}

// plainKey takes a key that no list waits for.
func (p *Pane) plainKey(key string, msg tea.KeyPressMsg) []pane.Intent {
	before := p.complete
	p.complete.close()
	if intents, ok := pane.Press(p.Actions(), key); ok {
		return intents
	}
	if edit, ok := edits[key]; ok {
		if key == "backspace" || key == "ctrl+h" {
			p.complete.erased(before)
		}
		return p.change(func(b *text.Buffer) { edit(b) })
	}
	if intents, ok := p.move(key); ok {
		return intents
	}
	if msg.Text != "" && msg.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta|tea.ModSuper) == 0 {
		p.complete.typed(before, msg.Text)
		return p.change(func(b *text.Buffer) { b.Type(msg.Text) })
	}
	return nil
}

// move takes a key that moves the cursor.
func (p *Pane) move(key string) ([]pane.Intent, bool) {
	extend := false
	plain := key
	if i := len("shift+"); len(key) > i && key[:i] == "shift+" {
		extend, plain = true, key[i:]
	} else if i := len("ctrl+shift+"); len(key) > i && key[:i] == "ctrl+shift+" {
		extend, plain = true, "ctrl+"+key[i:]
	}
	if m, ok := motions[plain]; ok {
		return p.act(func(t *tab) { t.buf.Move(m, extend) }), true
	}
	page := max(1, p.shape.rows-2)
	switch plain {
	case "pgup":
		return p.page(-page, extend), true
	case "pgdown":
		return p.page(page, extend), true
	case "ctrl+up":
		return p.scroll(-1), true
	case "ctrl+down":
		return p.scroll(1), true
	}
	return nil, false
}

// page moves the cursor and the window together.
func (p *Pane) page(n int, extend bool) []pane.Intent {
	return p.act(func(t *tab) {
		t.top = max(0, min(t.top+n, t.buf.Text().Lines()-1))
		t.buf.MoveLines(n, extend)
	})
}

// scroll moves the window; the cursor stays where it is in the text.
func (p *Pane) scroll(n int) []pane.Intent {
	if t := p.tab(); t != nil {
		t.top = max(0, min(t.top+n, t.buf.Text().Lines()-1))
	}
	return nil
}

// answer takes a key while the question about the disk is asked.
func (p *Pane) answer(key string) []pane.Intent {
	if p.pending() == nil {
		p.choose = false
		return nil
	}
	switch key {
	case "k":
		return p.keepMine()
	case "t":
		return p.takeTheirs()
	case "m":
		return p.mergeMarked()
	case "esc":
		p.choose = false
		return []pane.Intent{pane.Taken{}}
	}
	return nil
}
