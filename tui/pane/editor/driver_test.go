package editor

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
)

// driver plays the root: it takes intents, and gives back what the root gives back.
type driver struct {
	t       testing.TB
	p       *Pane
	now     time.Time
	texts   map[string]string // what the root knows of each file
	saved   map[string]string
	version int
	told    []string
	all     []pane.Intent
	w, h    int
}

func drive(t testing.TB, w, h int) *driver {
	d := &driver{t: t, texts: map[string]string{}, saved: map[string]string{}, w: w, h: h}
	d.p = New(Options{Now: func() time.Time { return d.now }})
	return d
}

func (d *driver) open(file, text string) {
	d.texts[file], d.saved[file] = text, text
	d.snapshot()
	d.send(pane.Show{File: file, Text: text})
}

// snapshot gives the pane what the files mean: here, what the parser alone finds.
func (d *driver) snapshot() {
	d.version++
	s := &workspace.Snapshot{Version: d.version, Dirty: map[string]bool{}, Result: &load.Result{Files: map[string]*load.File{}}}
	for name, text := range d.texts {
		if text != d.saved[name] {
			s.Dirty[name] = true
		}
		if languageOf(name, text) != graphs {
			continue
		}
		tree := syntax.Parse(text)
		s.Result.Files[name] = &load.File{Name: name, Text: text, Lines: tree.Lines(), Tree: tree}
		for _, e := range tree.Errors() {
			s.Problems = append(s.Problems, diag.Problem{
				Code: e.Code, Place: source.Place{File: name, Span: e.Span}, Range: tree.Lines().Range(e.Span),
			})
		}
	}
	d.p.Update(pane.Snapshot{Now: s})
}

func (d *driver) send(msgs ...tea.Msg) {
	d.t.Helper()
	for _, m := range msgs {
		d.take(d.p.Update(m))
		d.draw()
	}
}

func (d *driver) take(intents []pane.Intent) {
	d.all = append(d.all, intents...)
	for _, i := range intents {
		switch i := i.(type) {
		case pane.Edited:
			d.texts[i.File] = i.Text
			d.snapshot()
		case pane.Save:
			d.saved[i.File] = d.texts[i.File]
			d.snapshot()
		case pane.Tell:
			d.told = append(d.told, i.Text)
		case pane.Cure:
			for _, e := range i.Fix.Edits {
				text := d.texts[e.Place.File]
				d.take(d.p.Update(pane.Replace{File: e.Place.File, Text: text[:e.Place.Span.Start] + e.With + text[e.Place.Span.End:]}))
			}
		}
	}
}

// draw gives the screen and the cursor.
func (d *driver) draw() (*cell.Grid, pane.Point) {
	return d.drawWith(theme.Plain(), true)
}

func (d *driver) drawWith(th *theme.Theme, focused bool) (*cell.Grid, pane.Point) {
	g := cell.New(d.w, d.h)
	var at pane.Point
	d.p.Draw(g, pane.Frame{Theme: th, Focused: focused, Cursor: &at})
	return g, at
}

// screen is the text plane with the cursor shown as a block.
func (d *driver) screen() string {
	g, at := d.draw()
	if at.Show {
		g.Put(at.X, at.Y, "█", cell.Style{})
	}
	return g.Plain() + "\n"
}

// text is the text of the file shown.
func (d *driver) text() string { return d.p.tab().buf.String() }

// type_ types a text, line ends as the key that makes them.
func (d *driver) typed(s string) {
	d.t.Helper()
	for _, r := range s {
		if r == '\n' {
			d.keys("enter")
			continue
		}
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// keys presses keys by their names.
func (d *driver) keys(names ...string) {
	d.t.Helper()
	for _, name := range names {
		d.send(press(name))
	}
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	"left": tea.KeyLeft, "right": tea.KeyRight, "up": tea.KeyUp, "down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "f3": tea.KeyF3, "f7": tea.KeyF7, "space": tea.KeySpace,
}

var modifiers = map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "shift": tea.ModShift, "alt": tea.ModAlt}

func press(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	parts := strings.Split(name, "+")
	for _, m := range parts[:len(parts)-1] {
		k.Mod |= modifiers[m]
	}
	last := parts[len(parts)-1]
	if code, ok := named[last]; ok {
		k.Code = code
	} else {
		k.Code, _ = utf8.DecodeRuneInString(last)
		if k.Mod == 0 {
			k.Text = last
		}
	}
	return k
}
