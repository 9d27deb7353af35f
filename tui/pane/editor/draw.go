package editor

import (
	"fmt"
	"path"
	"strings"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
)

// shape is where things were drawn last; the mouse is read with it.
type shape struct {
	strip  bool // the first row shows the tabs
	tabs   []stretch
	gutter cell.Rect
	text   cell.Rect
	rows   int // of text
}

// stretch is where a tab stands in the first row.
type stretch struct{ from, to, tab int }

// frame is one drawing.
type frame struct {
	pane.Frame
	g *cell.Grid
	t *tab
}

func (f *frame) style(r theme.Role) cell.Style { return f.Theme.Style(r) }

// Draw paints the text in sight, with what belongs to it: tabs, gutter, the explanation of a problem, the bar for finding.
func (p *Pane) Draw(g *cell.Grid, fr pane.Frame) {
	w, h := g.Size()
	f := &frame{fr, g, p.tab()}
	g.Fill(g.Bounds(), " ", f.style(theme.Text))
	if f.t == nil {
		p.shape = shape{}
		p.drawEmpty(f)
		return
	}
	if !fr.Focused {
		p.complete.close() // whoever looks elsewhere is not writing a name
	}
	p.shape = shape{strip: len(p.tabs) > 1, tabs: p.shape.tabs[:0]}
	top := 0
	if p.shape.strip {
		p.drawTabs(f)
		top = 1
	}
	bottom := p.drawFoot(f, top)
	gutter := len(fmt.Sprint(max(f.t.buf.Text().Lines(), 10))) + 2
	p.shape.rows = max(0, bottom-top)
	p.shape.gutter = cell.Rect{X: 0, Y: top, W: gutter, H: p.shape.rows}
	p.shape.text = cell.Rect{X: gutter, Y: top, W: max(0, w-gutter), H: p.shape.rows}
	if f.t.reveal {
		f.t.reveal = false
		p.reveal(f.t)
	}
	f.t.top = max(0, min(f.t.top, f.t.buf.Text().Lines()-1))
	p.drawText(f)
	p.drawGutter(f)
	p.drawCompletion(f)
	if h > 0 && fr.Focused && fr.Cursor != nil && !p.find.open && !p.choose {
		p.putCursor(f)
	}
}

// drawEmpty says why there is no text, with a key that gives one.
func (p *Pane) drawEmpty(f *frame) {
	w, h := f.g.Size()
	for i, line := range []string{"No file is open.", "^O opens one."} {
		line = cell.Cut(line, w, f.Theme.Glyphs().Ellipsis)
		f.g.Put((w-cell.Width(line))/2, max(0, h/2-1)+i, line, f.style(theme.Muted))
	}
}

func (p *Pane) drawTabs(f *frame) {
	w, _ := f.g.Size()
	x := 0
	for i := p.firstTab(f, w); i < len(p.tabs); i++ {
		name := p.tabName(f, i)
		style := f.style(theme.Muted)
		if i == p.at {
			style = f.Theme.On(f.style(theme.Strong), theme.CursorLine)
		}
		to := f.g.Put(x, 0, name, style)
		p.shape.tabs = append(p.shape.tabs, stretch{x, to, i})
		x = f.g.Put(to, 0, f.Theme.Glyphs().V, f.style(theme.Border))
		if x >= w {
			break
		}
	}
}

func (p *Pane) tabName(f *frame, i int) string {
	t := p.tabs[i]
	if p.dirty(t.file) {
		return " " + path.Base(t.file) + " " + f.Theme.Glyphs().Dirty + " "
	}
	return " " + path.Base(t.file) + " "
}

// firstTab is the first tab to draw, so that the one shown is in sight.
func (p *Pane) firstTab(f *frame, width int) int {
	first, total := p.at, 0
	for ; first >= 0; first-- {
		if total += cell.Width(p.tabName(f, first)) + 1; total > width {
			break
		}
	}
	return min(first+1, p.at)
}

// reveal scrolls as little as is needed to show the cursor; when it is far away, to the middle.
func (p *Pane) reveal(t *tab) {
	head := t.buf.Cursor().Head
	s := t.buf.Text()
	line, rows := s.LineOf(head), p.shape.rows
	switch {
	case line < t.top-rows || line >= t.top+2*rows:
		t.top = line - rows/2
	case line < t.top:
		t.top = line
	case line >= t.top+rows:
		t.top = line - rows + 1
	}
	const margin = 4
	before := s.Slice(source.Span{Start: s.LineStart(line), End: head})
	column, width := columnAt(before, len(before)), p.shape.text.W
	if column < t.left {
		t.left = max(0, column-margin)
	}
	if column >= t.left+width {
		t.left = column - width + 1 + min(margin, width/2)
	}
	if column < width && t.left <= margin {
		t.left = 0
	}
}

// putCursor shows the terminal's cursor where typing goes.
func (p *Pane) putCursor(f *frame) {
	s, head := f.t.buf.Text(), f.t.buf.Cursor().Head
	line := s.LineOf(head)
	x := columnAt(s.Line(line), head-s.LineStart(line)) - f.t.left + p.shape.text.X
	y := line - f.t.top + p.shape.text.Y
	*f.Cursor = pane.Point{X: x, Y: y, Show: p.shape.text.Contains(x, y)}
}

// drawGutter paints the numbers of the lines, with the worst problem of each.
func (p *Pane) drawGutter(f *frame) {
	r := p.shape.gutter
	g := f.g.Sub(r)
	s := f.t.buf.Text()
	now := s.LineOf(f.t.buf.Cursor().Head)
	for y := 0; y < r.H && f.t.top+y < s.Lines(); y++ {
		style := f.style(theme.Gutter)
		if f.t.top+y == now {
			style = f.style(theme.Strong)
		}
		g.Put(1, y, fmt.Sprintf("%*d", r.W-2, f.t.top+y+1), style)
	}
	for y := 0; y < r.H && f.t.top+y < s.Lines(); y++ {
		worst := diag.Hint + 1
		for _, d := range p.inLine(f.t, f.t.top+y) {
			worst = min(worst, d.Level())
		}
		if worst <= diag.Hint {
			g.Put(0, y, levelSign(f.Theme.Glyphs(), worst), f.style(levelRole(worst)))
		}
	}
}

// drawFoot paints what stands below the text, and gives the row where the text ends.
func (p *Pane) drawFoot(f *frame, top int) int {
	w, h := f.g.Size()
	bottom := h
	if p.find.open && bottom-1 > top {
		bottom--
		p.find.draw(p, f, bottom)
	}
	if c := p.pending(); c != nil && bottom-1 > top {
		bottom--
		f.bar(bottom, theme.Warning, p.question())
	}
	if f.t.readOnly != "" && bottom-1 > top {
		lines := atMost(cell.Wrap(f.t.readOnly, max(10, w-2)), min(3, bottom-1-top), f.Theme.Glyphs().Ellipsis)
		bottom -= len(lines)
		for i, line := range lines {
			f.bar(bottom+i, theme.Muted, " "+line)
		}
	}
	d, ok := p.current()
	if !ok || p.pending() != nil || p.complete.open() {
		return bottom // while a name is being written, its line is not explained letter by letter
	}
	lines := atMost(cell.Wrap(d.Message(p.options.Language), max(10, w-3)), 3, f.Theme.Glyphs().Ellipsis)
	if fixes := p.fixes(); len(fixes) > 0 {
		lines = append(lines, "F7: "+fixes[0].Title.In(p.options.Language))
	}
	if bottom-len(lines) < top+3 {
		lines = lines[:max(0, min(len(lines), bottom-top-3))]
	}
	bottom -= len(lines)
	role := levelRole(d.Level())
	for i, line := range lines {
		f.bar(bottom+i, theme.Text, "  "+line)
		if i == 0 {
			f.g.Put(0, bottom, levelSign(f.Theme.Glyphs(), d.Level()), f.Theme.On(f.style(role), theme.CursorLine))
		}
	}
	return bottom
}

// atMost keeps the first lines of a sentence, with a sign that there is more.
func atMost(lines []string, n int, more string) []string {
	if len(lines) <= n {
		return lines
	}
	lines = lines[:n]
	lines[n-1] += more
	return lines
}

// question is the sentence about a change on the disk.
func (p *Pane) question() string {
	merge := "  [m]erge with marks"
	what := " Changed on disk too: "
	if p.pending().Removed {
		merge, what = "", " Removed on disk: "
	}
	if p.choose {
		return what + "[k]eep mine  [t]ake theirs" + merge + "  Esc: later"
	}
	return strings.TrimSuffix(what, ": ") + "; your text is kept here.  Esc: choose"
}

// bar paints a row of its own.
func (f *frame) bar(y int, r theme.Role, s string) {
	w, _ := f.g.Size()
	style := f.Theme.On(f.style(r), theme.CursorLine)
	f.g.Fill(cell.Rect{X: 0, Y: y, W: w, H: 1}, " ", style)
	f.g.Put(0, y, cell.Cut(s, w, f.Theme.Glyphs().Ellipsis), style)
}

// draw paints the bar for finding.
func (f *finder) draw(p *Pane, fr *frame, y int) {
	w, _ := fr.g.Size()
	style := fr.Theme.On(fr.style(theme.Text), theme.CursorLine)
	key := fr.Theme.On(fr.style(theme.StatusKey), theme.CursorLine)
	fr.bar(y, theme.Text, "")
	width := max(8, (w-34)/2)
	x := f.drawField(fr, f.what, !f.second, fr.g.Put(0, y, " Find ", key), y, width)
	if f.replacing {
		x = fr.g.Put(x, y, " with ", key)
		x = f.drawField(fr, f.with, f.second, x, y, width)
	}
	x = fr.g.Put(x+1, y, f.count(p.tab()), style)
	letters := "^L aA"
	if f.cases {
		letters = "^L Aa!"
	}
	hint := "  " + letters + "  Enter next  F3  Esc"
	if f.replacing {
		hint = "  " + letters + "  Tab field  ^R all  Esc"
	}
	if x+cell.Width(hint) <= w {
		fr.g.Put(x, y, hint, fr.Theme.On(fr.style(theme.Muted), theme.CursorLine))
	}
}

// drawField paints a field, scrolled so that its cursor is in sight, and gives the column after it.
func (f *finder) drawField(fr *frame, field *text.Buffer, focused bool, x, y, width int) int {
	s, c := field.String(), field.Cursor()
	style := fr.Theme.On(fr.style(theme.Text), theme.SelectionFaint)
	area := fr.g.Sub(cell.Rect{X: x, Y: y, W: width, H: 1})
	area.Fill(area.Bounds(), " ", style)
	left := max(0, cell.Width(s[:c.Head])-width+1)
	area.Put(-left, 0, s, style)
	if focused && !c.Empty() {
		from, to := cell.Width(s[:c.Span().Start])-left, cell.Width(s[:c.Span().End])-left
		area.Restyle(cell.Rect{X: from, Y: 0, W: to - from, H: 1}, func(o cell.Style) cell.Style { return fr.Theme.On(o, theme.Selection) })
	}
	if focused && fr.Focused && fr.Cursor != nil {
		*fr.Cursor = pane.Point{X: x + cell.Width(s[:c.Head]) - left, Y: y, Show: true}
	}
	return x + width
}
