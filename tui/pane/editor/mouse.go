package editor

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/pane"
)

// doubleClick is how long a person may take between the clicks of a double click.
const doubleClick = 500 * time.Millisecond

// click is the last press of the mouse.
type click struct {
	x, y  int
	times int // 1 places the cursor, 2 selects a word, 3 a line
	when  time.Time
	down  bool
	first source.Span // what the first press selected: dragging grows from it
}

func (p *Pane) mouse(msg tea.MouseMsg) []pane.Intent {
	m := msg.Mouse()
	if p.complete.open() {
		_, click := msg.(tea.MouseClickMsg)
		_, wheel := msg.(tea.MouseWheelMsg)
		if intents, done := p.completeMouse(m, click, wheel); done {
			return intents
		}
	}
	switch msg.(type) {
	case tea.MouseWheelMsg:
		return p.wheel(m)
	case tea.MouseReleaseMsg:
		p.click.down = false
	case tea.MouseMotionMsg:
		if p.click.down {
			return p.drag(m)
		}
	case tea.MouseClickMsg:
		return p.press(m)
	}
	return nil
}

func (p *Pane) wheel(m tea.Mouse) []pane.Intent {
	t := p.tab()
	if t == nil {
		return nil
	}
	const lines, cells = 3, 4
	switch sideways := m.Mod.Contains(tea.ModShift); {
	case m.Button == tea.MouseWheelLeft || m.Button == tea.MouseWheelUp && sideways:
		t.left = max(0, t.left-cells)
	case m.Button == tea.MouseWheelRight || m.Button == tea.MouseWheelDown && sideways:
		t.left += cells
	case m.Button == tea.MouseWheelUp:
		return p.scroll(-lines)
	case m.Button == tea.MouseWheelDown:
		return p.scroll(lines)
	}
	return nil
}

func (p *Pane) press(m tea.Mouse) []pane.Intent {
	for _, s := range p.shape.tabs {
		if m.Y == 0 && p.shape.strip && m.X >= s.from && m.X < s.to {
			p.at, p.choose = s.tab, false
			if m.Button == tea.MouseMiddle {
				return p.close()
			}
			return p.selected(p.tabs[s.tab])
		}
	}
	if p.tab() == nil || m.Button != tea.MouseLeft || !p.shape.text.Contains(m.X, m.Y) && !p.shape.gutter.Contains(m.X, m.Y) {
		return nil
	}
	now := p.options.Now()
	if m.X == p.click.x && m.Y == p.click.y && p.click.times < 3 && now.Sub(p.click.when) <= doubleClick {
		p.click.times++
	} else {
		p.click.times = 1
	}
	if p.shape.gutter.Contains(m.X, m.Y) {
		p.click.times = 3
	}
	p.click.x, p.click.y, p.click.when, p.click.down = m.X, m.Y, now, true
	return p.act(func(t *tab) {
		at := p.offset(t, m.X, m.Y)
		if m.Mod.Contains(tea.ModShift) {
			c := text.Cursor{Anchor: t.buf.Cursor().Anchor, Head: at}
			p.click.first = source.Span{Start: c.Anchor, End: c.Anchor}
			t.buf.SetCursors(c)
			return
		}
		p.click.first = p.unit(t, at)
		t.buf.Select(p.click.first)
	})
}

// unit is what a press selects at an offset: nothing, a word or a line.
func (p *Pane) unit(t *tab, at int) source.Span {
	switch p.click.times {
	case 2:
		return t.buf.Text().WordAt(at)
	case 3:
		return t.buf.Text().FullLine(t.buf.Text().LineOf(at))
	}
	return source.Span{Start: at, End: at}
}

// drag grows the selection; beyond the upper or lower edge the window follows.
func (p *Pane) drag(m tea.Mouse) []pane.Intent {
	return p.act(func(t *tab) {
		at, first := p.offset(t, m.X, m.Y), p.click.first
		to := p.unit(t, at)
		if at < first.Start {
			t.buf.SetCursors(text.Cursor{Anchor: first.End, Head: to.Start})
			return
		}
		t.buf.SetCursors(text.Cursor{Anchor: first.Start, Head: max(first.End, to.End)})
	})
}

// offset is the place in the text of a cell.
func (p *Pane) offset(t *tab, x, y int) int {
	s := t.buf.Text()
	line := t.top + y - p.shape.text.Y
	switch {
	case line < 0:
		return 0
	case line >= s.Lines():
		return s.Len()
	}
	return s.LineStart(line) + offsetAt(s.Line(line), x-p.shape.text.X+t.left)
}
