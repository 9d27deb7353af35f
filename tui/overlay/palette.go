package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// Item is something that the palette offers.
type Item struct {
	Title  string // what is searched
	Detail string
	Key    string // that does the same
	Off    string // why not now; "" when it can be done
	Do     func() []pane.Intent
}

// Source gives the items for what is typed after a prefix; fixed ones need no search.
type Source struct {
	Prefix string // ">", "@", "#", ":", or "" for the one without
	Hint   string
	Items  func(query string) []Item
	Fixed  bool
}

// Palette finds anything by a few letters.
type Palette struct {
	title, hint string
	sources     []Source
	input       widget.Input
	list        widget.List
	found       []hit
}

// hit is an item with the places of the letters that were found.
type hit struct {
	Item
	at map[int]bool
}

// NewPalette opens a palette with a text typed already: a prefix, mostly.
func NewPalette(sources []Source, text string) *Palette {
	p := &Palette{title: "Go to or do", hint: "a file   > command   @ symbol   # instance   : line", sources: sources}
	p.input.Set(text)
	p.search()
	return p
}

// NewChoiceOf opens a list to choose from, which a few letters narrow.
func NewChoiceOf(title string, items []Item) *Palette {
	p := &Palette{title: title, hint: "a few letters", sources: []Source{{
		Hint: "Nothing in the list is called so.", Items: func(string) []Item { return items },
	}}}
	p.search()
	return p
}

// source is the one that the typed prefix chooses, and what is typed after it.
func (p *Palette) source() (Source, string) {
	rest := p.input.Text
	chosen := Source{}
	for _, s := range p.sources {
		if strings.HasPrefix(rest, s.Prefix) && len(s.Prefix) >= len(chosen.Prefix) {
			chosen = s
		}
	}
	return chosen, strings.TrimSpace(rest[len(chosen.Prefix):])
}

func (p *Palette) search() {
	s, query := p.source()
	var items []Item
	if s.Items != nil {
		items = s.Items(query)
	}
	p.found = p.found[:0]
	if query == "" || s.Fixed {
		for _, it := range items {
			p.found = append(p.found, hit{Item: it})
		}
	} else {
		p.match(query, items)
	}
	p.list.Select(0)
	p.list.Resize(len(p.found))
}

func (p *Palette) match(query string, items []Item) {
	titles := make([]string, len(items))
	for i, it := range items {
		titles[i] = it.Title
	}
	for _, m := range fuzzy.Find(query, titles) {
		at := make(map[int]bool, len(m.MatchedIndexes))
		for _, i := range m.MatchedIndexes {
			at[i] = true
		}
		p.found = append(p.found, hit{items[m.Index], at})
	}
}

// Update takes keys, pastes and clicks.
func (p *Palette) Update(msg tea.Msg) ([]pane.Intent, bool) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.key(msg)
	case tea.PasteMsg:
		p.input.Update(msg)
		p.search()
	case tea.MouseWheelMsg:
		p.list.Scroll(pane.Wheel(msg))
	case tea.MouseClickMsg:
		if p.list.Click(msg.Y - 3) {
			return p.choose()
		}
	}
	return nil, false
}

func (p *Palette) key(msg tea.KeyPressMsg) ([]pane.Intent, bool) {
	switch key := msg.String(); key {
	case "esc", "ctrl+p":
		return nil, true
	case "enter":
		return p.choose()
	case "up", "down", "pgup", "pgdown":
		p.list.Key(key)
	default:
		if p.input.Update(msg) {
			p.search()
		}
	}
	return nil, false
}

func (p *Palette) choose() ([]pane.Intent, bool) {
	if p.list.At >= len(p.found) {
		return nil, false
	}
	it := p.found[p.list.At]
	if it.Off != "" {
		return []pane.Intent{pane.Tell{Text: it.Title + ": " + it.Off}}, true
	}
	return it.Do(), true
}

// Actions of the palette.
func (p *Palette) Actions() []pane.Action {
	return []pane.Action{
		{ID: "palette.choose", Key: "enter", Title: "Do it", Do: func() []pane.Intent { intents, _ := p.choose(); return intents }},
		{ID: "palette.close", Key: "esc", Title: "Close", Do: nothing},
	}
}

func nothing() []pane.Intent { return nil }

// Place is the upper middle.
func (p *Palette) Place(w, h int) cell.Rect {
	r := centred(w, h, 84, max(1, min(len(p.found), 14))+4)
	r.Y = 1
	return r
}

// Draw paints the field and what was found.
func (p *Palette) Draw(g *cell.Grid, f pane.Frame) {
	t := f.Theme
	in := widget.Box(g, t, p.title)
	w, h := in.Size()
	s, _ := p.source()
	at := p.input.Draw(in.Sub(cell.Rect{X: 1, W: w - 2, H: 1}), t, p.hint)
	if f.Cursor != nil {
		*f.Cursor = pane.Point{X: 2 + at, Y: 1, Show: true}
	}
	in.Fill(cell.Rect{Y: 1, W: w, H: 1}, t.Glyphs().H, t.Style(theme.Border))
	rows := in.Sub(cell.Rect{Y: 2, W: w, H: h - 2})
	if len(p.found) == 0 {
		rows.Put(1, 0, cell.Cut(pane.First(s.Hint, "Nothing is called so."), w-2, t.Glyphs().Ellipsis), t.Style(theme.Muted))
		return
	}
	from, to := p.list.Fit(h - 2)
	for i := from; i < to; i++ {
		drawItem(rows, i-from, p.found[i], t)
		if i == p.list.At {
			widget.Row(rows, i-from, t, true)
		}
	}
	p.list.Bar(rows, t)
}

func drawItem(g *cell.Grid, y int, it hit, t *theme.Theme) {
	w, _ := g.Size()
	w -= 2
	style, detail := t.Style(theme.Text), it.Detail
	if it.Off != "" {
		style, detail = t.Style(theme.Muted), it.Off
	}
	key := KeyName(it.Key)
	w -= cell.Width(key)
	g.Put(w, y, key, t.Style(theme.Link))
	x := 1
	for i, r := range it.Title {
		if x >= w-1 {
			break
		}
		s := style
		if it.at[i] {
			s = t.On(t.Style(theme.Strong), theme.Match)
		}
		x = g.Put(x, y, string(r), s)
	}
	g.Put(x+2, y, cell.Cut(detail, w-x-3, t.Glyphs().Ellipsis), t.Style(theme.Muted))
}

// KeyName writes a key as people read it: "ctrl+p" is "^P", "f5" is "F5", "enter" is "Enter".
func KeyName(key string) string {
	if letter, ok := strings.CutPrefix(key, "ctrl+"); ok {
		if len(letter) == 1 {
			return "^" + strings.ToUpper(letter)
		}
		return "^" + KeyName(letter)
	}
	if rest, ok := strings.CutPrefix(key, "shift+"); ok {
		return "Shift+" + KeyName(rest)
	}
	switch key {
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDown"
	}
	if len(key) > 1 && key[0] < 0x80 {
		return strings.ToUpper(key[:1]) + key[1:]
	}
	return key
}
