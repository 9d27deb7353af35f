// Package timeline lists what happened in a run, in order.
package timeline

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/simulator/trace"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// Pane is the list. Make it with New.
type Pane struct {
	view  *session.View
	trace *trace.Trace // that rows were read from
	read  int
	rows  []trace.Entry // those that the filter lets through
	// longest is the width of the longest path in rows: it only grows, so that columns do not jump.
	longest int
	list    widget.List
	follow  bool
	filter  string
	typing  bool
	input   widget.Input
}

// New makes an empty timeline that follows the run.
func New() *Pane { return &Pane{follow: true} }

// ID is "timeline".
func (p *Pane) ID() string { return "timeline" }

// Title tells the filter too.
func (p *Pane) Title() string {
	if p.filter != "" {
		return fmt.Sprintf("Timeline /%s %d", p.filter, len(p.rows))
	}
	return "Timeline"
}

// Update takes keys, mouse, pastes and the newest view of the run.
func (p *Pane) Update(msg tea.Msg) []pane.Intent {
	switch msg := msg.(type) {
	case pane.Running:
		p.take(msg.View)
	case tea.KeyPressMsg:
		return p.key(msg)
	case tea.PasteMsg:
		p.typed(msg)
	case tea.MouseWheelMsg:
		p.scroll(pane.Wheel(msg))
	case tea.MouseClickMsg:
		if p.list.Click(msg.Y) {
			p.follow = p.list.At == p.list.Len-1
			return p.selected()
		}
	}
	return nil
}

func (p *Pane) key(msg tea.KeyPressMsg) []pane.Intent {
	if intents, ok := pane.Press(p.Actions(), msg.String()); ok {
		return intents
	}
	if p.typed(msg) {
		return nil
	}
	if at := p.list.At; p.list.Key(msg.String()) && at != p.list.At {
		p.follow = p.list.At == p.list.Len-1
		return p.selected()
	}
	return nil
}

// typed gives a key to the filter while a person writes one.
func (p *Pane) typed(msg tea.Msg) bool {
	if !p.typing || !p.input.Update(msg) {
		return false
	}
	p.refilter(p.input.Text)
	return true
}

func (p *Pane) scroll(n int) {
	p.list.Scroll(n)
	p.follow = p.list.At == p.list.Len-1
}

// take reads the entries that are new; another run begins afresh.
func (p *Pane) take(v *session.View) {
	p.view = v
	if v == nil || v.Trace != p.trace {
		p.trace, p.read, p.rows, p.longest, p.follow = nil, 0, nil, 0, true
	}
	if v != nil {
		p.trace = v.Trace
		for ; p.read < v.Len; p.read++ {
			if e := v.Trace.At(p.read); passes(e, p.filter) {
				p.rows = append(p.rows, e)
				p.longest = max(p.longest, cell.Width(e.Path))
			}
		}
	}
	p.settle()
}

func (p *Pane) settle() {
	p.list.Resize(len(p.rows))
	if p.follow {
		p.list.Select(len(p.rows) - 1)
	}
}

func (p *Pane) refilter(text string) {
	chosen, some := p.Chosen()
	follow := p.follow
	p.filter, p.trace = text, nil
	p.take(p.view)
	if p.follow = follow; !follow && some {
		p.list.Select(p.after(chosen.Seq))
	}
}

// after is the row of an entry, or of the next one that the filter lets through.
func (p *Pane) after(seq int) int {
	for i, e := range p.rows {
		if e.Seq >= seq {
			return i
		}
	}
	return len(p.rows) - 1
}

// passes says whether an entry answers a filter: every word must stand in it; !word must not; kind: and to: ask a field.
func passes(e trace.Entry, filter string) bool {
	line := ""
	for _, word := range strings.Fields(strings.ToLower(filter)) {
		if line == "" {
			line = strings.ToLower(strings.Join([]string{e.Kind, e.Path, e.From, e.To, e.Text}, " "))
		}
		not := strings.HasPrefix(word, "!") && len(word) > 1
		word = strings.TrimPrefix(word, "!")
		if answers(e, line, word) == not {
			return false
		}
	}
	return true
}

func answers(e trace.Entry, line, word string) bool {
	if kind, ok := strings.CutPrefix(word, "kind:"); ok {
		return strings.HasPrefix(e.Kind, kind)
	}
	if state, ok := strings.CutPrefix(word, "state:"); ok {
		return strings.Contains(strings.ToLower(e.To), state)
	}
	return strings.Contains(line, word)
}

// Chosen is the entry that has the choice.
func (p *Pane) Chosen() (trace.Entry, bool) {
	if p.list.At >= len(p.rows) {
		return trace.Entry{}, false
	}
	return p.rows[p.list.At], true
}

func (p *Pane) selected() []pane.Intent {
	if e, ok := p.Chosen(); ok && e.Path != "" {
		return []pane.Intent{pane.Select{Instance: e.Path}}
	}
	return nil
}

// Actions of the timeline.
func (p *Pane) Actions() []pane.Action {
	if p.typing {
		return []pane.Action{
			{ID: "timeline.keep-filter", Key: "enter", Title: "Keep the filter", Do: func() []pane.Intent { p.typing = false; return nil }},
			{ID: "timeline.drop-filter", Key: "esc", Title: "Drop the filter", Do: p.drop},
		}
	}
	e, some := p.Chosen()
	none, path, filtered := "", "", ""
	if p.view == nil {
		none = "nothing has run yet; F5 starts the simulation"
	}
	if !some || e.Path == "" {
		path = pane.First(none, "this entry is not about an instance")
	}
	actions := []pane.Action{
		{ID: "timeline.select", Key: "enter", Title: "Select the instance", Off: path, Do: p.selected},
		{ID: "timeline.why", Key: "w", Title: "Why is it so?", Off: path, Do: func() []pane.Intent { return []pane.Intent{pane.Explain{Path: e.Path}} }},
		{ID: "timeline.filter", Key: "/", Title: "Filter", Off: none, Do: func() []pane.Intent { p.typing = true; p.input.Set(p.filter); return nil }},
		{ID: "timeline.follow", Key: "f", Title: "Follow the run", Off: none, Do: func() []pane.Intent { p.follow = true; p.settle(); return nil }},
	}
	if p.filter != "" {
		actions = append(actions, pane.Action{ID: "timeline.drop-filter", Key: "esc", Title: "Drop the filter", Off: filtered, Do: p.drop})
	}
	return actions
}

func (p *Pane) drop() []pane.Intent {
	p.typing = false
	p.refilter("")
	return nil
}

// Draw paints one line for each entry.
func (p *Pane) Draw(g *cell.Grid, f pane.Frame) {
	w, h := g.Size()
	body := g
	if p.typing {
		x := g.Put(1, h-1, "/", f.Theme.Style(theme.StatusKey))
		field := g.Sub(cell.Rect{X: x, Y: h - 1, W: w - x - 1, H: 1})
		at := p.input.Draw(field, f.Theme, "mysql !heartbeat kind:state state:started")
		if f.Cursor != nil {
			*f.Cursor = pane.Point{X: x + at, Y: h - 1, Show: true}
		}
		body = g.Sub(cell.Rect{W: w, H: h - 1})
	}
	switch {
	case p.view == nil:
		widget.Empty(body, f.Theme, "Nothing has run yet.", "F5 runs the simulation.")
	case len(p.rows) == 0 && p.filter != "":
		widget.Empty(body, f.Theme, "No entry answers the filter.", "Esc drops it.")
	default:
		p.drawRows(body, f)
	}
}

func (p *Pane) drawRows(g *cell.Grid, f pane.Frame) {
	w, h := g.Size()
	from, to := p.list.Fit(h)
	at := p.column(w - 1)
	for i := from; i < to; i++ {
		drawRow(g, i-from, p.rows[i], at, f.Theme)
		if i == p.list.At && (f.Focused || !p.follow) {
			widget.Row(g, i-from, f.Theme, f.Focused)
		}
	}
	p.list.Bar(g, f.Theme)
}

// column is where what happened begins: after the longest path so far, as far as there is room for it.
func (p *Pane) column(w int) int { return 11 + min(p.longest, pathRoom(w)) + 2 }

// pathRoom is how many columns a path may take.
func pathRoom(w int) int { return max(w/3, 12) }

func drawRow(g *cell.Grid, y int, e trace.Entry, column int, t *theme.Theme) {
	w, _ := g.Size()
	w--
	g = g.Sub(cell.Rect{W: w, H: y + 1})
	g.Put(max(0, 9-len(Clock(e.At))), y, Clock(e.At), t.Style(theme.Muted))
	g.Put(11, y, cell.Cut(e.Path, pathRoom(w), t.Glyphs().Ellipsis), t.Style(theme.SynName))
	x := column
	if e.Path == "" {
		x = 11
	}
	sign, word, role := happened(t, e)
	g.Put(x, y, sign, t.Style(role))
	x = g.Put(x+2, y, cell.Cut(word, w-x-2, t.Glyphs().Ellipsis), t.Style(role)) + 2
	style := t.Style(theme.Text)
	if e.Problem {
		style = t.Style(theme.Severe)
	}
	g.Put(x, y, cell.Cut(e.Text, w-x, t.Glyphs().Ellipsis), style)
}

// happened is an entry in a word, with its sign: that of the state, or of a failure.
func happened(t *theme.Theme, e trace.Entry) (sign, word string, role theme.Role) {
	switch {
	case e.Kind == trace.State:
		look := pane.LookNamed(t, e.To)
		return look.Glyph, look.Word, look.Role
	case e.Problem:
		sign, role = t.Glyphs().Problem, theme.Severe
	default:
		role = theme.Muted
	}
	if e.Kind == trace.Recipe {
		return sign, e.From + " recipe " + e.To, role
	}
	return sign, e.Kind, role
}

// Clock writes virtual time as people read it: 7.5s, 2m07.5s, 1h02m03s.
func Clock(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm%04.1fs", int(d.Minutes()), (d % time.Minute).Seconds())
	}
	return fmt.Sprintf("%dh%02dm%02ds", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
}
