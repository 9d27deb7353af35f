package instances

import (
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// Draw paints one line for each instance: glyph and name, then as much as fits of its state in words and the reason.
func (p *Pane) Draw(g *cell.Grid, f pane.Frame) {
	if len(p.rows) == 0 {
		widget.Empty(g, f.Theme, "No instance is declared.", "Write one in a file below instances/: instance of NAME { name: one; }")
		return
	}
	_, h := g.Size()
	from, to := p.list.Fit(h)
	column := p.column(from, to)
	for i := from; i < to; i++ {
		p.drawRow(g, i-from, p.rows[i], column, f.Theme)
		if i == p.list.At {
			widget.Row(g, i-from, f.Theme, f.Focused)
		}
	}
	p.list.Bar(g, f.Theme)
}

// column is where states begin: after the longest name in sight.
func (p *Pane) column(from, to int) int {
	longest := 0
	for _, r := range p.rows[from:to] {
		longest = max(longest, 2*r.depth+4+cell.Width(r.name))
	}
	return longest + 2
}

// wordRoom is the column of states, "unresolved" with a gap; reasonRoom is what a reason needs to tell anything.
const (
	wordRoom   = 12
	reasonRoom = 10
)

func (p *Pane) drawRow(g *cell.Grid, y int, r row, column int, t *theme.Theme) {
	w, _ := g.Size()
	w-- // the scroll bar
	look := pane.LookOf(t, r.state)
	fold := " "
	if r.children {
		fold = t.Glyphs().Open
		if p.folded[r.path] {
			fold = t.Glyphs().Closed
		}
	}
	x := g.Put(2*r.depth, y, fold, t.Style(theme.Muted))
	x = g.Put(x, y, look.Glyph+" ", t.Style(look.Role))
	name := theme.Text
	if r.machine {
		name = theme.Strong
	}
	word := look.Word
	if r.missing {
		word = "new: F5 adds it"
	}
	x = g.Put(x, y, cell.Cut(r.name, w-x, t.Glyphs().Ellipsis), t.Style(name))
	at := max(column, x+1)
	if at+cell.Width(word) > w {
		at = max(x+1, w-cell.Width(word))
	}
	if at+4 > w || at+cell.Width(word) > w {
		return // a narrow pane tells the state by the glyph alone
	}
	if p.view != nil {
		x = g.Put(at, y, word, t.Style(look.Role))
	} else {
		x = g.Put(at, y, cell.Cut(r.component, w-at, t.Glyphs().Ellipsis), t.Style(theme.SynType))
	}
	if x = max(x+2, column+wordRoom); w-x >= reasonRoom && r.reason != "" {
		g.Put(x, y, cell.Cut(r.reason, w-x, t.Glyphs().Ellipsis), t.Style(theme.Muted))
	}
}
