// Package editor is the pane in which texts are changed.
package editor

import (
	"fmt"
	"path"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/pane"
)

// Options of the pane.
type Options struct {
	// Now tells the time, for the grouping of what is undone and for double clicks. Nil: time stands still.
	Now func() time.Time
	// Language is that of the sentences about problems.
	Language diag.Language
}

// Pane edits texts. What is typed goes to the root as pane.Edited; the snapshot that comes back brings colours and problems.
type Pane struct {
	options  Options
	snap     *workspace.Snapshot
	tabs     []*tab
	at       int             // the tab shown
	closed   map[string]*tab // texts that were closed, with their history
	clip     text.Clip
	find     finder
	choose   bool // keys answer the question about a change on the disk
	click    click
	cures    pane.Cures
	complete completer
	stops    stops  // of the snippet that is being filled
	shape    shape  // where things were drawn last
	hinting  bool   // words are shown after the lines
	told     string // the object last made the common selection
}

// New makes an editor without files.
func New(o Options) *Pane {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	return &Pane{options: o, closed: map[string]*tab{}}
}

// tab is one open file.
type tab struct {
	file     string
	buf      *text.Buffer
	readOnly string // why the text cannot be changed
	top      int    // first line shown
	left     int    // first column shown
	reveal   bool   // the cursor has moved: show it
	theirs   *workspace.Change
	look     look
	flaws    flaws
}

// ID is the name of the pane.
func (p *Pane) ID() string { return "editor" }

// Title is the name of the file.
func (p *Pane) Title() string {
	t := p.tab()
	if t == nil {
		return "Editor"
	}
	return t.file
}

// State says where the cursor stands.
func (p *Pane) State() string {
	t := p.tab()
	if t == nil {
		return ""
	}
	c := t.buf.Cursor()
	at := t.buf.Text().Position(c.Head)
	s := fmt.Sprintf("Ln %d Col %d", at.Line, at.Column)
	if n := c.Span().Len(); n > 0 {
		s += fmt.Sprintf(" (%d selected)", n)
	}
	switch {
	case t.readOnly != "":
		s += "  read-only"
	case p.dirty(t.file):
		s += "  unsaved"
	}
	return s
}

// File is the file shown, "" when none is.
func (p *Pane) File() string {
	if t := p.tab(); t != nil {
		return t.file
	}
	return ""
}

// Place is where the cursor stands: its span is the selection.
func (p *Pane) Place() source.Place {
	t := p.tab()
	if t == nil {
		return source.Place{}
	}
	return source.Place{File: t.file, Span: t.buf.Cursor().Span()}
}

func (p *Pane) tab() *tab {
	if p.at >= len(p.tabs) {
		return nil
	}
	return p.tabs[p.at]
}

func (p *Pane) dirty(file string) bool { return p.snap != nil && p.snap.Dirty[file] }

// Update takes keys, mouse and notices.
func (p *Pane) Update(msg tea.Msg) []pane.Intent {
	intents := p.update(msg)
	p.expire()
	return intents
}

func (p *Pane) update(msg tea.Msg) []pane.Intent {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.key(msg)
	case tea.PasteMsg:
		return p.paste(msg.Content)
	case tea.MouseMsg:
		return p.mouse(msg)
	default:
		return p.notice(msg)
	}
}

func (p *Pane) notice(msg tea.Msg) []pane.Intent {
	switch msg := msg.(type) {
	case pane.Snapshot:
		p.snap = msg.Now
		p.offer()
		if t := p.tab(); t != nil {
			return p.selected(t)
		}
	case pane.Show:
		return p.show(msg)
	case pane.Replace:
		return p.replace(msg)
	case pane.Moved:
		p.moved(msg.Moves)
		p.gone(msg.Gone)
	case pane.Disk:
		var intents []pane.Intent
		for _, c := range msg.Changes {
			intents = append(intents, p.disk(c)...)
		}
		return intents
	}
	return nil
}

// show opens a file, or comes back to it, and goes to a place in it.
func (p *Pane) show(msg pane.Show) []pane.Intent {
	i := p.index(msg.File)
	if i < 0 {
		t := p.closed[msg.File]
		delete(p.closed, msg.File)
		if t == nil || t.readOnly != msg.ReadOnly {
			t = &tab{file: msg.File, buf: text.NewBuffer(msg.Text), readOnly: msg.ReadOnly}
		}
		t.buf.Become(msg.Text)
		p.tabs = append(p.tabs, t)
		i = len(p.tabs) - 1
	}
	p.at = i
	p.choose = false
	t := p.tabs[i]
	if msg.Span != (source.Span{}) {
		t.buf.SetCursors(text.At(msg.Span.Start))
		t.reveal = true
	}
	return p.selected(t)
}

// moved gives open and closed files the names that they have now.
func (p *Pane) moved(moves []source.Move) {
	for _, t := range p.tabs {
		t.file = renamed(t.file, moves)
	}
	closed := make(map[string]*tab, len(p.closed))
	for _, t := range p.closed { // each has a name of its own: the order does not matter
		t.file = renamed(t.file, moves)
		closed[t.file] = t
	}
	p.closed = closed
}

// gone takes files away that are no more.
func (p *Pane) gone(files []string) {
	for _, file := range files {
		delete(p.closed, file)
		if i := p.index(file); i >= 0 {
			p.tabs = append(p.tabs[:i:i], p.tabs[i+1:]...)
			if p.at > i {
				p.at--
			}
		}
	}
	p.at = max(0, min(p.at, len(p.tabs)-1))
}

func renamed(name string, moves []source.Move) string {
	for _, m := range moves {
		if rest, below := strings.CutPrefix(name+"/", m.From+"/"); below {
			name = strings.TrimSuffix(m.To+"/"+rest, "/")
		}
	}
	return name
}

func (p *Pane) index(file string) int {
	for i, t := range p.tabs {
		if t.file == file {
			return i
		}
	}
	return -1
}

// named is the text of a file that is or was open.
func (p *Pane) named(file string) *tab {
	if i := p.index(file); i >= 0 {
		return p.tabs[i]
	}
	return p.closed[file]
}

// replace makes another text of a file, as one act. A file that is not open is opened behind the others, so that the act can
// be undone.
func (p *Pane) replace(msg pane.Replace) []pane.Intent {
	t := p.named(msg.File)
	if t == nil {
		old, ok := p.known(msg.File)
		if !ok {
			return []pane.Intent{pane.Edited(msg)}
		}
		t = &tab{file: msg.File, buf: text.NewBuffer(old)}
		p.tabs = append(p.tabs, t)
	}
	if !t.buf.Become(msg.Text) {
		return nil
	}
	return []pane.Intent{pane.Edited{File: t.file, Text: t.buf.String()}}
}

// known is the text of a file of the model.
func (p *Pane) known(file string) (string, bool) {
	if p.snap == nil || p.snap.Result == nil {
		return "", false
	}
	f := p.snap.Result.Files[file]
	if f == nil {
		return "", false
	}
	return f.Text, true
}

// act changes the text or moves the cursor of the tab shown, and says what came of it.
func (p *Pane) act(do func(*tab)) []pane.Intent {
	t := p.tab()
	if t == nil {
		return nil
	}
	version := t.buf.Version()
	t.buf.Tick(p.options.Now())
	do(t)
	p.stops.follow(t.buf)
	t.reveal = true
	if t.buf.Version() != version {
		return []pane.Intent{pane.Edited{File: t.file, Text: t.buf.String()}} // the snapshot of it tells what is selected
	}
	return p.selected(t)
}

// change is act for what changes the text; a text that is read-only says why it stays.
func (p *Pane) change(do func(*text.Buffer)) []pane.Intent {
	if t := p.tab(); t != nil && t.readOnly != "" {
		return []pane.Intent{pane.Tell{Text: t.readOnly, Problem: true}}
	}
	return p.act(func(t *tab) { do(t.buf) })
}

func (p *Pane) paste(s string) []pane.Intent {
	if p.find.open {
		return p.find.paste(p, s)
	}
	return p.change(func(b *text.Buffer) { b.Insert(s) })
}

// turn shows another tab.
func (p *Pane) turn(by int) []pane.Intent {
	if n := len(p.tabs); n > 0 {
		p.at = (p.at + by + n) % n
		p.choose = false
		return p.selected(p.tabs[p.at])
	}
	return nil
}

// close takes the tab away. Its text and its history stay: opening the file again brings them back.
func (p *Pane) close() []pane.Intent {
	t := p.tab()
	if t == nil {
		return nil
	}
	p.closed[t.file] = t
	p.tabs = append(p.tabs[:p.at:p.at], p.tabs[p.at+1:]...)
	p.at = max(0, min(p.at, len(p.tabs)-1))
	p.choose = false
	if p.dirty(t.file) {
		return []pane.Intent{pane.Tell{Text: path.Base(t.file) + " has unsaved text, which is kept: ^S with the file open saves it."}}
	}
	return nil
}
