package overlay

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// Dialog asks which of several things to do. The first option is the default.
type Dialog struct {
	title   string
	lines   []string
	options []pane.Action
	list    widget.List
}

// NewChoice asks which; Esc does none of them.
func NewChoice(c pane.Choose) *Dialog {
	d := &Dialog{title: c.Title, lines: c.Lines, options: c.Options}
	d.list.Resize(len(c.Options))
	return d
}

// NewConfirm asks yes or no; no comes first.
func NewConfirm(c pane.Confirm) *Dialog {
	return NewChoice(pane.Choose{Title: c.Title, Lines: c.Lines, Options: []pane.Action{
		{ID: "confirm.no", Key: "n", Title: "No", Do: nothing},
		{ID: "confirm.yes", Key: "y", Title: "Yes", Do: c.Then},
	}})
}

// Update takes keys and clicks.
func (d *Dialog) Update(msg tea.Msg) ([]pane.Intent, bool) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return d.key(msg.String())
	case tea.MouseClickMsg:
		if d.list.Click(msg.Y - d.above() - 1) {
			return d.choose()
		}
	}
	return nil, false
}

func (d *Dialog) key(key string) ([]pane.Intent, bool) {
	switch key {
	case "esc":
		return nil, true
	case "enter":
		return d.choose()
	}
	if intents, ok := pane.Press(d.options, key); ok {
		return intents, true
	}
	d.list.Key(key)
	return nil, false
}

func (d *Dialog) choose() ([]pane.Intent, bool) {
	if d.list.At >= len(d.options) {
		return nil, true
	}
	o := d.options[d.list.At]
	if o.Off != "" {
		return []pane.Intent{pane.Tell{Text: o.Title + ": " + o.Off}}, false
	}
	return o.Do(), true
}

// Actions are the options.
func (d *Dialog) Actions() []pane.Action {
	return append([]pane.Action{
		{ID: "dialog.choose", Key: "enter", Title: "Choose", Do: func() []pane.Intent { intents, _ := d.choose(); return intents }},
		{ID: "dialog.close", Key: "esc", Title: "None of them", Do: nothing},
	}, d.options...)
}

// above is how many lines stand above the options.
func (d *Dialog) above() int {
	if len(d.lines) == 0 {
		return 0
	}
	return len(d.lines) + 1
}

// Place is the middle.
func (d *Dialog) Place(w, h int) cell.Rect {
	widest := cell.Width(d.title) + 6
	for _, l := range d.lines {
		widest = max(widest, cell.Width(l)+4)
	}
	for _, o := range d.options {
		widest = max(widest, cell.Width(o.Title)+8)
	}
	return centred(w, h, max(widest, 36), d.above()+len(d.options)+2)
}

// Draw paints the lines and the options.
func (d *Dialog) Draw(g *cell.Grid, f pane.Frame) {
	t := f.Theme
	in := widget.Box(g, t, d.title)
	w, h := in.Size()
	for y, l := range d.lines {
		in.Put(1, y, cell.Cut(l, w-2, t.Glyphs().Ellipsis), t.Style(theme.Text))
	}
	rows := in.Sub(cell.Rect{Y: d.above(), W: w, H: h - d.above()})
	_, rh := rows.Size()
	from, to := d.list.Fit(rh)
	for i := from; i < to; i++ {
		o := d.options[i]
		x := rows.Put(2, i-from, fmt.Sprintf("%-3s", KeyName(o.Key)), t.Style(theme.Link))
		rows.Put(x+1, i-from, o.Title, t.Style(theme.Text))
		if o.Off != "" {
			rows.Put(x+2+cell.Width(o.Title), i-from, o.Off, t.Style(theme.Muted))
		}
		if i == d.list.At {
			widget.Row(rows, i-from, t, true)
		}
	}
}

// Prompt asks for a line of text.
type Prompt struct {
	ask   pane.Ask
	input widget.Input
}

// NewPrompt opens the question.
func NewPrompt(a pane.Ask) *Prompt {
	p := &Prompt{ask: a}
	p.input.Propose(a.Text)
	return p
}

// Update takes keys and pastes.
func (p *Prompt) Update(msg tea.Msg) ([]pane.Intent, bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			return nil, true
		case "enter":
			return p.answer()
		}
	}
	p.input.Update(msg)
	return nil, false
}

func (p *Prompt) answer() ([]pane.Intent, bool) {
	if p.input.Text == "" {
		return nil, false
	}
	return p.ask.Then(p.input.Text), true
}

// Actions of the question.
func (p *Prompt) Actions() []pane.Action {
	return []pane.Action{
		{ID: "prompt.answer", Key: "enter", Title: "Answer", Do: func() []pane.Intent { intents, _ := p.answer(); return intents }},
		{ID: "prompt.close", Key: "esc", Title: "Leave it", Do: nothing},
	}
}

// Place is the middle.
func (p *Prompt) Place(w, h int) cell.Rect {
	return centred(w, h, max(cell.Width(p.ask.Title)+8, 56), 5)
}

// Draw paints the field.
func (p *Prompt) Draw(g *cell.Grid, f pane.Frame) {
	in := widget.Box(g, f.Theme, p.ask.Title)
	w, _ := in.Size()
	at := p.input.Draw(in.Sub(cell.Rect{X: 1, Y: 1, W: w - 2, H: 1}), f.Theme, p.ask.Hint)
	if f.Cursor != nil {
		*f.Cursor = pane.Point{X: 2 + at, Y: 2, Show: true}
	}
	in.Put(1, 2, "Enter answers, Esc leaves it", f.Theme.Style(theme.Muted))
}
