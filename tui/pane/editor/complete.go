package editor

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/widget"
)

// completer is the list of what may be written at the cursor.
type completer struct {
	// wanted says that the list is to be made when the snapshot of the text as it is now comes.
	wanted bool
	// asked says that the person asked for it, bare that a place to fill was reached: then it opens with nothing typed, too.
	asked, bare bool
	// chosen says that Enter takes the item: the person asked for the list, moved in it, or typed letters of a name. Else
	// Enter makes a new line, as it does without a list.
	chosen bool
	made   moment
	shown  []ask.Item // that fit what is typed, the best first
	list   widget.List
	width  int       // of the rows, in cells
	box    cell.Rect // where the rows were drawn
	doc    cell.Rect // where what is known of the chosen item was drawn
}

// moment is a place in a text as it was at one time. A list is of one moment: whatever else happens to text or cursor ends it.
type moment struct {
	tab           *tab
	version, head int
}

func (p *Pane) moment() moment {
	t := p.tab()
	if t == nil {
		return moment{}
	}
	return moment{t, t.buf.Version(), t.buf.Cursor().Head}
}

func (c *completer) open() bool { return len(c.shown) > 0 }

func (c *completer) close() { *c = completer{} }

// expire ends a list that is of another moment than now.
func (p *Pane) expire() {
	c := &p.complete
	switch now := p.moment(); {
	case !c.wanted && !c.open():
	case c.made == moment{}:
		c.made = now
	case c.made != now:
		c.close()
	}
}

// suggest asks for the list: at once when the snapshot is of the text as it is now.
func (p *Pane) suggest() []pane.Intent {
	p.complete = completer{wanted: true, asked: true}
	p.offer()
	if !p.complete.open() {
		p.complete.close()
		return []pane.Intent{pane.Tell{Text: "nothing can be proposed here"}}
	}
	return nil
}

// typed wants the list after what was typed: a letter opens it, and so do the signs after which names stand; whatever cannot
// be part of a name ends it.
func (c *completer) typed(before completer, s string) {
	r, _ := utf8.DecodeLastRuneInString(s)
	opens := unicode.IsLetter(r) || strings.ContainsRune("_.$/", r)
	goesOn := before.open() && (unicode.IsDigit(r) || r == '-')
	if opens || goesOn {
		*c = completer{wanted: true, asked: before.asked}
	}
}

// erased makes an open list anew after a letter was taken away.
func (c *completer) erased(before completer) {
	if before.open() {
		*c = completer{wanted: true, asked: before.asked}
	}
}

// offer makes the list for the place of the cursor, when the snapshot is of the text as it is now.
func (p *Pane) offer() {
	t, c := p.tab(), &p.complete
	if !c.wanted {
		return
	}
	if t == nil || t.readOnly != "" || !t.buf.Cursor().Empty() || len(t.buf.Cursors()) > 1 || p.find.open || p.choose {
		c.close()
		return
	}
	language := assist.Of(t.file)
	if language == nil || p.snap == nil || p.snap.Result == nil || p.snap.Result.App == nil {
		c.close()
		return
	}
	ground := p.snap.Ground(p.options.Language)
	s := t.buf.String()
	if text, ok := ground.Text(t.file); !ok || text != s {
		return // the snapshot of this text is still to come
	}
	now := p.moment()
	before, _ := utf8.DecodeLastRuneInString(s[:now.head])
	*c = completer{asked: c.asked, bare: c.bare, made: now}
	c.shown = fitting(language.Complete(ground, t.file, now.head).Items, s, now.head, c.asked || c.bare)
	c.chosen = c.asked || !c.bare && (unicode.IsLetter(before) || unicode.IsDigit(before) || before == '_')
	c.width = widthOf(c.shown)
	c.list.Resize(len(c.shown))
}

// completeKey takes a key while the list is open; done says that it was for the list.
func (p *Pane) completeKey(key string) (intents []pane.Intent, done bool) {
	switch c := &p.complete; key {
	case "esc":
		c.close()
		return []pane.Intent{pane.Taken{}}, true
	case "enter", "kpenter":
		if c.chosen {
			return p.accept(c.shown[c.list.At]), true
		}
	case "tab":
		return p.accept(c.shown[c.list.At]), true
	case "up", "down", "pgup", "pgdown":
		c.list.Key(key)
		c.chosen = true
		return nil, true
	}
	return nil, false
}

// completeMouse takes the mouse while the list is open: a click on a row takes it, the wheel scrolls the rows. A press
// elsewhere ends the list.
func (p *Pane) completeMouse(m tea.Mouse, click, wheel bool) (intents []pane.Intent, done bool) {
	c := &p.complete
	on := c.box.Contains(m.X, m.Y)
	switch {
	case click && on && m.Button == tea.MouseLeft && c.list.Click(m.Y-c.box.Y):
		return p.accept(c.shown[c.list.At]), true
	case wheel && on && m.Button == tea.MouseWheelUp:
		c.list.Scroll(-1)
		return nil, true
	case wheel && on && m.Button == tea.MouseWheelDown:
		c.list.Scroll(1)
		return nil, true
	case on || c.doc.Contains(m.X, m.Y):
		return nil, true
	case click || wheel:
		c.close()
	}
	return nil, false
}

// accept writes an item in place of what is typed. Where a name goes on after it, or a place to fill stands, the list of what
// may follow opens.
func (p *Pane) accept(it ask.Item) []pane.Intent {
	p.complete.close()
	return p.act(func(t *tab) {
		at := t.buf.Cursor().Head
		s := snippet{text: it.Text}
		if it.Snippet {
			s = parseSnippet(it.Text)
		}
		line := t.buf.Text().Line(t.buf.Text().LineOf(it.Replace.Start))
		s = s.indented(lineEnd(t.buf.String()), indentation(line))
		start, place := it.Replace.Start, source.Span{Start: it.Replace.Start, End: max(it.Replace.End, at)}
		edits := []source.Edit{{Place: source.Place{Span: place}, With: s.text}}
		for _, e := range it.Also {
			edits = append(edits, e)
			if e.Place.Span.End <= it.Replace.Start {
				start += len(e.With) - e.Place.Span.Len()
			}
		}
		inside := p.stops.places != nil && len(s.stops) == 0 && len(it.Also) == 0
		if !t.buf.Apply(edits) {
			return
		}
		if inside {
			t.buf.SetCursors(text.At(start + len(s.text))) // a word in a place of the snippet around it, which goes on
		} else {
			p.stops = s.at(start)
			p.stops.show(t.buf)
		}
		p.complete.wanted = strings.HasSuffix(s.text, "/") || strings.HasSuffix(s.text, ".")
		p.offerAtStop(t)
	})
}

// offerAtStop wants the list where an empty place of a snippet waits.
func (p *Pane) offerAtStop(t *tab) {
	if p.stops.places != nil && t.buf.Cursor().Empty() && p.stops.places[p.stops.at].Len() == 0 {
		p.complete = completer{wanted: true, bare: true}
	}
}

// nextStop goes to the next place of a snippet.
func (p *Pane) nextStop() []pane.Intent {
	intents := p.act(func(t *tab) {
		p.stops.next(t.buf)
		p.offerAtStop(t)
	})
	p.offer()
	return intents
}

func indentation(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " \t"))] }

// lineEnd is how the lines of a text end.
func lineEnd(s string) string {
	if i := strings.IndexByte(s, '\n'); i > 0 && s[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
