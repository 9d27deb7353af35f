// Package problems lists what is wrong in the files.
package problems

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// Pane is the list. Make it with New.
type Pane struct {
	snap  *workspace.Snapshot
	list  widget.List
	lines int // drawn below the chosen problem
	// language is that of the sentences.
	language diag.Language
	cures    pane.Cures
}

// New makes an empty list, with sentences in a language.
func New(lang diag.Language) *Pane { return &Pane{language: lang} }

// ID is "problems".
func (p *Pane) ID() string { return "problems" }

// Title counts them.
func (p *Pane) Title() string {
	if p.snap == nil || len(p.snap.Problems) == 0 {
		return "Problems"
	}
	return fmt.Sprintf("Problems %d", len(p.snap.Problems))
}

// Update takes keys, mouse and the newest snapshot.
func (p *Pane) Update(msg tea.Msg) []pane.Intent {
	switch msg := msg.(type) {
	case pane.Snapshot:
		p.take(msg.Now)
	case tea.KeyPressMsg:
		if intents, ok := pane.Press(p.Actions(), msg.String()); ok {
			return intents
		}
		p.list.Key(msg.String())
	case tea.MouseWheelMsg:
		p.list.Scroll(pane.Wheel(msg))
	case tea.MouseClickMsg:
		return p.click(msg.Y)
	}
	return nil
}

// click chooses the problem of a line; the chosen one, or what stands below it, is opened.
func (p *Pane) click(y int) []pane.Intent {
	at := p.list.At
	if below := y - (at - p.list.Top); below > 0 {
		y -= min(below, p.lines)
	}
	if p.list.Click(y) && p.list.At == at {
		return p.open()
	}
	return nil
}

// take keeps the choice on the same problem where it is still there.
func (p *Pane) take(snap *workspace.Snapshot) {
	chosen, had := p.Chosen()
	p.snap = snap
	p.list.Resize(len(snap.Problems))
	if !had {
		return
	}
	for i, other := range snap.Problems {
		if other.Code == chosen.Code && other.Place.File == chosen.Place.File && other.Range.Start.Line == chosen.Range.Start.Line {
			p.list.Select(i)
			return
		}
	}
}

// Chosen is the problem that has the choice.
func (p *Pane) Chosen() (diag.Problem, bool) {
	if p.snap == nil || p.list.At >= len(p.snap.Problems) {
		return diag.Problem{}, false
	}
	return p.snap.Problems[p.list.At], true
}

// Step moves the choice by n, round the ends, and gives the problem chosen.
func (p *Pane) Step(n int) (diag.Problem, bool) {
	if total := p.list.Len; total > 0 {
		p.list.Select((p.list.At + n + total) % total)
	}
	return p.Chosen()
}

// Actions of the list.
func (p *Pane) Actions() []pane.Action {
	chosen, some := p.Chosen()
	none := ""
	if !some {
		none = "there is no problem"
	}
	place, fix := none, none
	if some && chosen.Place.IsZero() {
		place = "this problem has no place in a file"
	}
	var fixes []diag.Fix
	if some {
		fixes = p.cures.Of(p.snap, chosen, p.language)
	}
	if some && len(fixes) == 0 {
		fix = "no quick fix is known for this one"
	}
	return []pane.Action{
		{ID: "problems.open", Key: "enter", Title: "Go to it", Off: place, Do: p.open},
		{ID: "problems.fix", Key: "f7", Title: "Quick fix", Off: fix, Do: func() []pane.Intent { return pane.Cured(fixes, p.language) }},
		{ID: "problems.copy", Key: "c", Title: "Copy", Off: none, Do: func() []pane.Intent {
			return []pane.Intent{pane.Copy{Text: where(chosen) + " " + chosen.Message(p.language) + " [" + string(chosen.Code) + "]"}}
		}},
	}
}

func (p *Pane) open() []pane.Intent {
	chosen, ok := p.Chosen()
	if !ok || chosen.Place.IsZero() {
		return nil
	}
	at, _ := chosen.Spot()
	return []pane.Intent{pane.Open{File: at.File, Span: at.Span}}
}

// Draw paints one line for each problem, the chosen one with what helps to mend it.
func (p *Pane) Draw(g *cell.Grid, f pane.Frame) {
	if p.snap == nil || len(p.snap.Problems) == 0 {
		widget.Empty(g, f.Theme, "No problem in these files.", "F5 runs the simulation.")
		return
	}
	w, h := g.Size()
	help := p.help(w)
	p.lines = min(max(0, len(help)-1), h/2)
	from, to := p.list.Fit(h - p.lines)
	y := 0
	for i := from; i < to; i++ {
		pr := p.snap.Problems[i]
		text := p.sentence(pr)
		if i == p.list.At && p.lines > 0 {
			text = help[0].text
		}
		drawRow(g, y, pr, text, f.Theme)
		if i == p.list.At {
			widget.Row(g, y, f.Theme, f.Focused)
			for _, line := range help[1 : 1+p.lines] {
				y++
				g.Put(line.x, y, cell.Cut(line.text, w-line.x-1, f.Theme.Glyphs().Ellipsis), f.Theme.Style(line.role))
			}
		}
		y++
	}
	p.list.Bar(g, f.Theme)
}

// line is text at a column.
type line struct {
	x    int
	text string
	role theme.Role
}

// help is what the chosen problem says at full length: its sentence, the quick fixes, other places.
func (p *Pane) help(w int) []line {
	chosen, ok := p.Chosen()
	if !ok {
		return []line{{}}
	}
	var lines []line
	x, room := split(w, chosen)
	for _, part := range cell.Wrap(p.sentence(chosen), max(room, 10)) {
		lines = append(lines, line{x, part, theme.Text})
	}
	for _, fix := range p.cures.Of(p.snap, chosen, p.language) {
		lines = append(lines, line{x, "F7: " + fix.Title.In(p.language), theme.Link})
	}
	for _, r := range chosen.Related {
		lines = append(lines, line{x, fmt.Sprintf("see %s:%d %s", r.Place.File, r.Range.Start.Line, r.Message.In(p.language)), theme.Muted})
	}
	return lines
}

// sentence is what a problem says, in one line.
func (p *Pane) sentence(pr diag.Problem) string {
	return strings.ReplaceAll(pr.Message(p.language), "\n", " ")
}

// split gives the column of the sentence, and the columns for it; where there is room, the code stands at the end.
func split(w int, pr diag.Problem) (x, room int) {
	x = max(3+cell.Width(where(pr))+2, 24)
	room = w - x - 2
	if code := len(pr.Code); room > code+40 {
		room -= code + 2
	}
	return x, room
}

func drawRow(g *cell.Grid, y int, pr diag.Problem, text string, t *theme.Theme) {
	w, _ := g.Size()
	role, sign := Mark(t, pr.Level())
	g.Put(1, y, sign, t.Style(role))
	g.Put(3, y, where(pr), t.Style(theme.Muted))
	x, room := split(w, pr)
	if code := string(pr.Code); room < w-x-2 {
		g.Put(w-len(code)-2, y, code, t.Style(theme.Muted))
	}
	g.Put(x, y, cell.Cut(text, room, t.Glyphs().Ellipsis), t.Style(theme.Text))
}

// Mark is the look and the letter of a level.
func Mark(t *theme.Theme, l diag.Level) (theme.Role, string) {
	switch l {
	case diag.Severe:
		return theme.Severe, t.Glyphs().Severe
	case diag.Warning:
		return theme.Warning, t.Glyphs().Warning
	}
	return theme.Hint, t.Glyphs().Hint
}

func where(p diag.Problem) string {
	if p.Place.IsZero() {
		return "the application"
	}
	name := p.Place.File
	if at := strings.LastIndexByte(name, '/'); at >= 0 {
		name = name[at+1:]
	}
	_, at := p.Spot()
	return fmt.Sprintf("%s:%d:%d", name, at.Start.Line, at.Start.Column)
}
