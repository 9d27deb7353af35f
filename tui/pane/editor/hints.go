package editor

import (
	"strings"

	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
)

// hints are the words shown after the lines in sight, by line, while the snapshot is of the text as it is now: what is inherited,
// who imports, what a value hides.
func (p *Pane) hints(t *tab, window source.Span) map[int][]string {
	if !p.hinting || p.snap == nil || p.snap.Result.App == nil {
		return nil
	}
	language, ground := assist.Of(t.file), p.snap.Ground(p.options.Language)
	if text, ok := ground.Text(t.file); language == nil || !ok || text != t.buf.String() {
		return nil
	}
	byLine := map[int][]string{}
	for _, h := range language.Hints(ground, t.file, window) {
		line := t.buf.Text().LineOf(h.At)
		byLine[line] = append(byLine[line], strings.TrimSpace(about(t, line, h.At)+" "+strings.Trim(h.Text, " :")))
	}
	return byLine
}

// about is the word of a list that a hint is about; "" when the line says nothing else.
func about(t *tab, line, at int) string {
	s := t.buf.Text()
	before := s.Slice(source.Span{Start: s.LineStart(line), End: at})
	_, value, ok := strings.Cut(before, ":")
	if !ok {
		return ""
	}
	entry := value[strings.LastIndexByte(value, ',')+1:]
	name, _, _ := strings.Cut(entry, "=")
	return strings.TrimSpace(name)
}

// drawHints paints the hints of a line after its end, where there is room.
func (p *Pane) drawHints(f *frame, y, line int, hints []string) {
	if len(hints) == 0 {
		return
	}
	s := f.t.buf.Text().Line(line)
	x := columnAt(s, len(s)) - f.t.left + 2
	area := f.g.Sub(p.shape.text)
	if room := p.shape.text.W - x; x >= 0 && room > 4 {
		area.Put(x, y, cell.Cut(strings.Join(hints, ", "), room, f.Theme.Glyphs().Ellipsis), f.style(theme.SynComment))
	}
}

// toggleHints shows the hints, or hides them.
func (p *Pane) toggleHints() []pane.Intent {
	p.hinting = !p.hinting
	if p.hinting {
		return []pane.Intent{pane.Tell{Text: "after the lines: what is inherited, who imports"}}
	}
	return nil
}
