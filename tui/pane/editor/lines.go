package editor

import (
	"unicode/utf8"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/theme"
)

// ink is how one byte of a line is drawn.
type ink struct {
	role  theme.Role
	level uint8 // of a problem: 1 severe, 2 warning, 3 hint; 0 none
	flags uint8
}

const (
	inSelection uint8 = 1 << iota
	inMatch
)

// spread calls yield for each character of a line from an offset on, before which every byte is a character of one column:
// its bytes, the column it starts at, its width. A tab reaches to the next stop.
func spread(line string, from int, yield func(offset int, grapheme string, column, width int) bool) {
	column := from
	cell.Graphemes(line[from:], func(offset int, g string, width int) bool {
		if g == "\t" {
			width = text.TabWidth - column%text.TabWidth
		}
		at := column
		column += width
		return yield(from+offset, g, at, width)
	})
}

// skip is an offset from which a line may be spread to see what stands at a column: one that is known without looking at
// every character before it.
func skip(line string, column int) int {
	from := max(0, min(column, len(line))-1)
	if simple(line[:from]) && (from == len(line) || line[from] < utf8.RuneSelf) {
		return from
	}
	return 0
}

// columnAt is the column of an offset of a line.
func columnAt(line string, offset int) int {
	if offset <= len(line) && simple(line[:offset]) {
		return offset
	}
	column := 0
	spread(line, 0, func(at int, _ string, from, width int) bool {
		if at >= offset {
			return false
		}
		column = from + width
		return true
	})
	return column
}

// offsetAt is the offset in a line of the border between characters that is nearest before a column.
func offsetAt(line string, column int) int {
	if column <= 0 {
		return 0
	}
	found := len(line)
	spread(line, skip(line, column), func(at int, _ string, from, width int) bool {
		if from+width > column {
			found = at
			return false
		}
		return true
	})
	return found
}

// simple says that every byte is a character of one column.
func simple(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= utf8.RuneSelf-1 {
			return false
		}
	}
	return true
}

// drawText paints the lines in sight.
func (p *Pane) drawText(f *frame) {
	s := f.t.buf.Text()
	r := p.shape.text
	last := min(f.t.top+r.H, s.Lines()) - 1
	if last < f.t.top {
		return
	}
	window := source.Span{Start: s.LineStart(f.t.top), End: s.FullLine(last).End}
	painter := &painter{
		f: f, area: f.g.Sub(r), left: f.t.left, width: r.W,
		tints: p.colour(f.t, window), now: s.LineOf(f.t.buf.Cursor().Head),
	}
	painter.gather(p, window)
	hints := p.hints(f.t, window)
	at := window.Start
	for n := f.t.top; n <= last; n++ {
		full := s.Slice(source.Span{Start: at, End: s.FullLine(n).End})
		painter.line(n-f.t.top, at, trimEnd(full), n == painter.now)
		p.drawHints(f, n-f.t.top, n, hints[n])
		at += len(full)
	}
}

// trimEnd takes the line end away.
func trimEnd(line string) string {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
		if n > 1 && line[n-2] == '\r' {
			line = line[:n-2]
		}
	}
	return line
}

// stain is a span with a level or flags.
type stain struct {
	span  source.Span
	level uint8
	flags uint8
}

// painter paints lines from above to below.
type painter struct {
	f      *frame
	area   *cell.Grid
	left   int
	width  int
	now    int    // line of the cursor
	tints  []tint // those not yet passed
	stains []stain
	inks   []ink
}

// gather notes what lies over the colours in a window: selections, matches, problems.
func (pt *painter) gather(p *Pane, window source.Span) {
	t := pt.f.t
	touches := func(s source.Span) bool { return s.Start <= window.End && s.End >= window.Start }
	if p.find.open {
		q := p.find.query()
		for _, m := range q.All(t.buf.Text().Slice(window), 0) {
			pt.stains = append(pt.stains, stain{span: m.Shift(window.Start), flags: inMatch})
		}
	}
	for _, c := range t.buf.Cursors() {
		if !c.Empty() && touches(c.Span()) {
			pt.stains = append(pt.stains, stain{span: c.Span(), flags: inSelection})
		}
	}
	size := t.buf.Text().Len()
	for _, d := range p.problems(t) {
		if s := covered(d, size); touches(s) {
			pt.stains = append(pt.stains, stain{span: s, level: uint8(d.Level()) + 1})
		}
	}
}

// line paints one line, which starts at an offset of the text.
func (pt *painter) line(y, at int, line string, now bool) {
	if now && pt.f.Focused {
		pt.area.Fill(cell.Rect{X: 0, Y: y, W: pt.width, H: 1}, " ", pt.f.Theme.On(pt.f.style(theme.Text), theme.CursorLine))
	}
	inks := pt.mix(at, len(line)+1)
	first := skip(line, pt.left)
	start, from, to := first, first, first // the run that is gathered: its offset, its columns
	flush := func(end int) {
		if end > start && to > pt.left {
			pt.put(y, from, line[start:end], inks[start], now)
		}
	}
	spread(line, first, func(offset int, g string, column, width int) bool {
		if offset > start && (inks[offset] != inks[start] || g == "\t" || line[start] == '\t') {
			flush(offset)
			start, from = offset, column
		}
		to = column + width
		return column < pt.left+pt.width
	})
	end := len(line)
	if to >= pt.left+pt.width {
		end = max(start, offsetAt(line, pt.left+pt.width))
	}
	flush(end)
	if last := inks[len(line)]; last.flags&inSelection != 0 || last.level != 0 { // the line end
		pt.put(y, columnAt(line, len(line)), " ", last, now)
	}
}

// put paints a run of one ink from a column on.
func (pt *painter) put(y, column int, s string, k ink, now bool) {
	style := pt.style(k, now)
	if s == "\t" {
		x := column - pt.left
		pt.area.Fill(cell.Rect{X: x, Y: y, W: text.TabWidth - column%text.TabWidth, H: 1}, " ", style)
		return
	}
	pt.area.Put(column-pt.left, y, s, style)
}

func (pt *painter) style(k ink, now bool) cell.Style {
	f := pt.f
	style := f.style(k.role)
	switch {
	case k.flags&inSelection != 0 && f.Focused:
		style = f.Theme.On(style, theme.Selection)
	case k.flags&inSelection != 0:
		style = f.Theme.On(style, theme.SelectionFaint)
	case k.flags&inMatch != 0:
		style = f.Theme.On(style, theme.Match)
	case now && f.Focused:
		style = f.Theme.On(style, theme.CursorLine)
	}
	if k.level != 0 {
		style = f.Theme.Underlined(style, levelRole(diag.Level(k.level-1)))
	}
	return style
}

// mix gives the ink of each byte of a line of n bytes, its end counted as one.
func (pt *painter) mix(at, n int) []ink {
	if cap(pt.inks) < n {
		pt.inks = make([]ink, n+n/2)
	}
	inks := pt.inks[:n]
	clear(inks)
	for len(pt.tints) > 0 && pt.tints[0].span.End <= at {
		pt.tints = pt.tints[1:]
	}
	for _, t := range pt.tints {
		if t.span.Start >= at+n {
			break
		}
		for i := max(0, t.span.Start-at); i < min(n, t.span.End-at); i++ {
			inks[i].role = t.role
		}
	}
	for _, s := range pt.stains {
		for i := max(0, s.span.Start-at); i < min(n, s.span.End-at); i++ {
			inks[i].flags |= s.flags
			if s.level != 0 && (inks[i].level == 0 || s.level < inks[i].level) && (i < n-1 || s.span.Start == at+i) {
				inks[i].level = s.level
			}
		}
	}
	return inks
}
