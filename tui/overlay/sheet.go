package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// Page shows a text to read: help, an answer to "why?".
type Page struct {
	title string
	lines []Line
	list  widget.List
	width int
}

// Line is a line of a page; a heading stands out.
type Line struct {
	Text    string
	Key     string // in a column of its own, before the text
	Off     bool   // shown faint
	Heading bool
}

// NewPage opens a text.
func NewPage(title string, lines []Line) *Page { return &Page{title: title, lines: lines} }

// Help lists the actions of each context as they are now, with the reason of those that cannot be done.
func Help(contexts []Context) *Page {
	var lines []Line
	for i, c := range contexts {
		if i > 0 {
			lines = append(lines, Line{})
		}
		lines = append(lines, Line{Text: c.Title, Heading: true})
		for _, a := range c.Actions {
			if a.Key == "" {
				continue
			}
			text := a.Title
			if a.Off != "" {
				text += "  (" + a.Off + ")"
			}
			lines = append(lines, Line{Key: KeyName(a.Key), Text: text, Off: a.Off != ""})
		}
	}
	return NewPage("Help", lines)
}

// Context is a place where keys mean something.
type Context struct {
	Title   string
	Actions []pane.Action
}

// Update scrolls, copies or closes.
func (p *Page) Update(msg tea.Msg) ([]pane.Intent, bool) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch key := msg.String(); key {
		case "esc", "q", "enter", "f1":
			return nil, true
		case "c":
			return p.copy(), true
		case "up", "k":
			p.list.Scroll(-1)
		case "down", "j":
			p.list.Scroll(1)
		case "pgup":
			p.list.Scroll(-10)
		case "pgdown", "space":
			p.list.Scroll(10)
		}
	case tea.MouseWheelMsg:
		p.list.Scroll(pane.Wheel(msg))
	}
	return nil, false
}

func (p *Page) copy() []pane.Intent {
	var b strings.Builder
	for _, l := range p.lines {
		b.WriteString(strings.TrimSpace(l.Key+"\t"+l.Text) + "\n")
	}
	return []pane.Intent{pane.Copy{Text: b.String()}}
}

// Actions of a page.
func (p *Page) Actions() []pane.Action {
	return []pane.Action{
		{ID: "page.close", Key: "esc", Title: "Close", Do: nothing},
		{ID: "page.copy", Key: "c", Title: "Copy the text", Do: p.copy},
	}
}

// Place is the middle, as large as the text.
func (p *Page) Place(w, h int) cell.Rect {
	p.width = min(w-6, 84)
	rows := p.wrapped()
	widest := cell.Width(p.title)
	for _, r := range rows {
		widest = max(widest, p.indent()+cell.Width(r.Text))
	}
	return centred(w, h, widest+6, len(rows)+3)
}

// indent is the width of the column of keys.
func (p *Page) indent() int {
	n := 0
	for _, l := range p.lines {
		if l.Key != "" {
			n = max(n, cell.Width(l.Key)+3)
		}
	}
	return n
}

// wrapped breaks the lines that are too long.
func (p *Page) wrapped() []Line {
	var rows []Line
	for _, l := range p.lines {
		for i, part := range cell.Wrap(l.Text, max(p.width-p.indent(), 10)) {
			row := l
			row.Text = part
			if i > 0 {
				row.Key = ""
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// Draw paints the part of the text in sight.
func (p *Page) Draw(g *cell.Grid, f pane.Frame) {
	t := f.Theme
	in := widget.Box(g, t, p.title)
	w, h := in.Size()
	rows := p.wrapped()
	p.list.Resize(len(rows))
	body := in.Sub(cell.Rect{W: w, H: h - 1})
	from, to := p.list.Top, min(len(rows), p.list.Top+h-1)
	p.list.Fit(h - 1)
	for i := from; i < to; i++ {
		r := rows[i]
		style := t.Style(theme.Text)
		switch {
		case r.Heading:
			style = t.Style(theme.Strong)
		case r.Off:
			style = t.Style(theme.Muted)
		}
		body.Put(2, i-from, r.Key, t.Style(theme.Link))
		x := 2
		if !r.Heading {
			x += p.indent()
		}
		body.Put(x, i-from, r.Text, style)
	}
	p.list.Bar(body, t)
	in.Put(2, h-1, "Esc closes, C copies", t.Style(theme.Muted))
}

// Leader is the sheet of what may follow the leader key.
type Leader struct{ actions []pane.Action }

// NewLeader opens the sheet.
func NewLeader(actions []pane.Action) *Leader { return &Leader{actions: actions} }

// Update does the action of the next key; any other key closes the sheet.
func (l *Leader) Update(msg tea.Msg) ([]pane.Intent, bool) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		intents, _ := pane.Press(l.actions, msg.String())
		return intents, true
	case tea.MouseClickMsg:
		return nil, true
	}
	return nil, false
}

// Actions are those of the sheet.
func (l *Leader) Actions() []pane.Action { return l.actions }

// Place is the lower edge.
func (l *Leader) Place(w, h int) cell.Rect {
	columns := max(1, (w-2)/leaderColumn)
	return below(w, h, (len(l.actions)+columns-1)/columns+2)
}

const leaderColumn = 26

// Draw paints the sheet in columns.
func (l *Leader) Draw(g *cell.Grid, f pane.Frame) {
	t := f.Theme
	in := widget.Box(g, t, "then press")
	w, _ := in.Size()
	columns := max(1, w/leaderColumn)
	rows := (len(l.actions) + columns - 1) / columns
	for i, a := range l.actions {
		x, y := 1+i/rows*leaderColumn, i%rows
		style := t.Style(theme.Text)
		if a.Off != "" {
			style = t.Style(theme.Muted)
		}
		in.Put(x, y, KeyName(a.Key), t.Style(theme.Link))
		in.Put(x+6, y, cell.Cut(a.Title, leaderColumn-7, t.Glyphs().Ellipsis), style)
	}
}
