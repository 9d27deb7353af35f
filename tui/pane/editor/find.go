package editor

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/pane"
)

// finder is the bar for finding and replacing.
type finder struct {
	open      bool
	replacing bool // the bar has a second field
	second    bool // the second field has the keys
	what      *text.Buffer
	with      *text.Buffer
	cases     bool // upper and lower case differ
	from      int  // where the search began
	// matches of the query in one version of one text
	matches []source.Span
	of      matchKey
}

type matchKey struct {
	tab     *tab
	version int
	query   text.Query
}

func (f *finder) query() text.Query {
	if f.what == nil {
		return text.Query{}
	}
	return text.Query{Text: f.what.String(), Case: f.cases}
}

// start opens the bar; what is selected in one line is looked for.
func (f *finder) start(p *Pane, replacing bool) []pane.Intent {
	t := p.tab()
	if t == nil {
		return nil
	}
	if f.what == nil {
		f.what, f.with = text.NewBuffer(""), text.NewBuffer("")
	}
	selected := t.buf.Text().Slice(t.buf.Cursor().Span())
	if selected != "" && !strings.Contains(selected, "\n") {
		f.what = text.NewBuffer(selected)
	}
	f.what.SelectAll()
	f.open, f.replacing, f.second = true, replacing, false
	f.from = t.buf.Cursor().Span().Start
	return nil
}

func (f *finder) field() *text.Buffer {
	if f.second {
		return f.with
	}
	return f.what
}

// key takes a key while the bar is open; done is false for keys that it has no use for.
func (f *finder) key(p *Pane, key, typed string) (intents []pane.Intent, done bool) {
	switch key {
	case "esc":
		f.open = false
		return []pane.Intent{pane.Taken{}}, true
	case "enter":
		if f.second {
			return f.replaceOne(p), true
		}
		return f.next(p), true
	case "shift+enter", "shift+f3":
		return f.previous(p), true
	case "f3":
		return f.next(p), true
	case "tab", "shift+tab":
		if !f.replacing && key == "shift+tab" {
			return f.previous(p), true
		}
		f.second = f.replacing && !f.second
	case "ctrl+l":
		f.cases = !f.cases
		return f.look(p), true
	case "ctrl+r":
		if f.replacing {
			return f.replaceAll(p), true
		}
		f.replacing, f.second = true, true
	default:
		return f.edit(p, key, typed)
	}
	return nil, true
}

// edit changes the field that has the keys.
func (f *finder) edit(p *Pane, key, typed string) ([]pane.Intent, bool) {
	field := f.field()
	version := field.Version()
	m, moves := motions[strings.TrimPrefix(key, "shift+")]
	do, edits := edits[key]
	switch {
	case moves && m != text.Up && m != text.Down:
		field.Move(m, strings.HasPrefix(key, "shift+"))
	case edits:
		do(field)
	case key == "ctrl+a":
		field.SelectAll()
	case key == "ctrl+z":
		field.Undo()
	case key == "ctrl+v":
		return f.paste(p, p.clip.String()), true
	case typed != "" && !strings.HasPrefix(key, "ctrl+") && !strings.HasPrefix(key, "alt+"):
		field.Type(typed)
	default:
		return nil, false
	}
	if field.Version() != version && !f.second {
		return f.look(p), true
	}
	return nil, true
}

// paste puts the first line of a text in the field.
func (f *finder) paste(p *Pane, s string) []pane.Intent {
	line, _, _ := strings.Cut(strings.ReplaceAll(s, "\r", "\n"), "\n")
	f.field().Insert(line)
	if f.second {
		return nil
	}
	return f.look(p)
}

// look goes to the first match from where the search began.
func (f *finder) look(p *Pane) []pane.Intent {
	return f.goTo(p, func(q text.Query, s string, _ source.Span) (source.Span, bool) { return q.Next(s, f.from) })
}

func (f *finder) next(p *Pane) []pane.Intent {
	return f.goTo(p, func(q text.Query, s string, now source.Span) (source.Span, bool) { return q.Next(s, now.End) })
}

func (f *finder) previous(p *Pane) []pane.Intent {
	return f.goTo(p, func(q text.Query, s string, now source.Span) (source.Span, bool) { return q.Previous(s, now.Start) })
}

func (f *finder) goTo(p *Pane, search func(text.Query, string, source.Span) (source.Span, bool)) []pane.Intent {
	t := p.tab()
	if t == nil {
		return nil
	}
	found, ok := search(f.query(), t.buf.String(), t.buf.Cursor().Span())
	if !ok {
		return nil
	}
	return p.act(func(t *tab) { t.buf.Select(found) })
}

// replaceOne replaces the match that is selected and goes to the next.
func (f *finder) replaceOne(p *Pane) []pane.Intent {
	intents := p.change(func(b *text.Buffer) { b.ReplaceSelection(f.query(), f.with.String()) })
	return append(intents, f.next(p)...)
}

func (f *finder) replaceAll(p *Pane) []pane.Intent {
	n := 0
	intents := p.change(func(b *text.Buffer) { n = b.ReplaceAll(f.query(), f.with.String()) })
	return append(intents, pane.Tell{Text: fmt.Sprintf("%d replaced; ^Z takes it back.", n)})
}

// matchLimit is how many matches are counted.
const matchLimit = 10_000

// all are the matches in a text, found once for each of its versions.
func (f *finder) all(t *tab) []source.Span {
	key := matchKey{t, t.buf.Version(), f.query()}
	if f.of != key {
		f.of, f.matches = key, key.query.All(t.buf.String(), matchLimit)
	}
	return f.matches
}

// count says how many matches there are, and which of them is selected.
func (f *finder) count(t *tab) string {
	all := f.all(t)
	switch {
	case f.query().Text == "":
		return ""
	case len(all) == 0:
		return "nothing found"
	}
	now, total := "?", fmt.Sprint(len(all))
	if len(all) == matchLimit {
		total += "+"
	}
	for i, m := range all {
		if m == t.buf.Cursor().Span() {
			now = fmt.Sprint(i + 1)
		}
	}
	if now == "?" {
		return total + " found"
	}
	return now + " of " + total
}
