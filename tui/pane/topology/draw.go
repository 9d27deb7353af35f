package topology

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/tui/canvas"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// Draw paints the window on the picture, with a line about the selected box below it.
func (p *Pane) Draw(g *cell.Grid, f pane.Frame) {
	w, h := g.Size()
	if w < 4 || h < 3 {
		return
	}
	if reason, cure := p.nothing(); reason != "" {
		widget.Empty(g, f.Theme, reason, cure)
		return
	}
	p.layout(w, h-1)
	b := brush{p: p, g: g.Sub(cell.Rect{W: w, H: h - 1}), t: f.Theme, focused: f.Focused, sel: p.box(), set: canvas.Unicode()}
	if b.t.Glyphs().H == "-" {
		b.set = canvas.ASCII()
	}
	b.lines()
	b.boxes()
	p.below(g.Sub(cell.Rect{Y: h - 1, W: w, H: 1}), f)
}

// nothing says why there is no picture, and what to do.
func (p *Pane) nothing() (reason, cure string) {
	switch {
	case p.app == nil:
		return "No application is open.", "^O opens one"
	case len(p.graph.Nodes) > 0:
		return "", ""
	case p.subject == instances && len(p.app.Graph.Components()) > 0:
		return "No instance is declared.", "c shows the components"
	case p.subject == types && len(p.app.Instances) > 0:
		return "No component is declared.", "i shows the instances"
	}
	return "The graph is empty.", "Write a component in graph/main.graph: VM { installer: target; }"
}

// brush paints one frame.
type brush struct {
	p       *Pane
	g       *cell.Grid
	t       *theme.Theme
	set     *canvas.Charset
	focused bool
	sel     int
}

// lines paints borders and wires.
func (b *brush) lines() {
	w, h := b.g.Size()
	at := b.p.at
	b.p.pic.Cells(cell.Rect{X: at.X, Y: at.Y, W: w, H: h}, func(c canvas.Cell) {
		lit := c.Wire >= 0 && b.p.lit[canvas.Point{X: c.X + at.X, Y: c.Y + at.Y}]
		role, heavy := theme.Border, false
		switch {
		case c.Box >= 0 && c.Box == b.sel:
			role, heavy = theme.BorderFocused, true
		case lit:
			role, heavy = theme.Link, c.Box < 0
		case c.Wire >= 0 && c.Box < 0:
			role = theme.Muted
		case c.Wire >= 0 && c.Head:
			role = theme.Text
		}
		if lit && c.Head {
			role = theme.Link
		}
		b.g.Put(c.X, c.Y, b.set.Glyph(c, heavy), b.t.Style(role))
	})
}

// boxes paints names, states and details.
func (b *brush) boxes() {
	w, h := b.g.Size()
	window := cell.Rect{X: b.p.at.X, Y: b.p.at.Y, W: w, H: h}
	for i := range b.p.pic.Boxes {
		if box := &b.p.pic.Boxes[i]; !box.Intersect(window).Empty() {
			b.box(i, box)
		}
	}
}

func (b *brush) box(i int, box *canvas.Box) {
	state, running := b.p.state(box.ID)
	look := pane.LookOf(b.t, state)
	for _, t := range box.Texts {
		style := b.t.Style(theme.Muted)
		switch t.Kind {
		case canvas.Name:
			style = b.name(i, running && state == lifecycle.NotDeployed)
		case canvas.Kind:
			style = b.t.Style(theme.SynType)
		}
		b.put(t.Point, t.Text, style)
	}
	if box.HasMark && b.p.view != nil {
		glyph, role := look.Glyph, look.Role
		if !running {
			glyph, role = "+", theme.Muted // in the text, not in the run
		}
		b.put(box.Mark, glyph, b.t.Style(role))
	}
	for k := range box.DotCount {
		if s, ok := b.p.state(box.Hidden[k]); ok {
			inner := pane.LookOf(b.t, s)
			b.put(canvas.Point{X: box.Dots.X + k, Y: box.Dots.Y}, inner.Glyph, b.t.Style(inner.Role))
		}
	}
	if at, ok := box.SelfAt(); ok {
		b.put(at, b.set.Self, b.t.Style(theme.Muted))
	}
}

func (b *brush) name(i int, pale bool) cell.Style {
	style := b.t.Style(theme.Text)
	switch {
	case i == b.sel && b.focused:
		return b.t.On(b.t.Style(theme.Strong), theme.Selection)
	case i == b.sel:
		return b.t.On(b.t.Style(theme.Strong), theme.SelectionFaint)
	case pale:
		return b.t.Style(theme.Muted)
	case b.p.pic.Boxes[i].Depth == 0:
		style = b.t.Style(theme.Strong)
	}
	return style
}

func (b *brush) put(at canvas.Point, text string, s cell.Style) {
	b.g.Put(at.X-b.p.at.X, at.Y-b.p.at.Y, text, s)
}

// more tells in which directions the picture goes on beyond the window.
func (p *Pane) more(g *theme.Glyphs) string {
	text := ""
	for _, d := range []struct {
		on    bool
		glyph string
	}{{p.at.X > 0, g.ArrowL}, {p.at.Y > 0, g.ArrowU}, {p.at.Y+p.h < p.pic.H, g.ArrowD}, {p.at.X+p.w < p.pic.W, g.ArrowR}} {
		if d.on {
			text += d.glyph
		}
	}
	return text
}

// below writes the line under the picture: the filter while it is typed, else what is known of the selected box.
func (p *Pane) below(g *cell.Grid, f pane.Frame) {
	w, _ := g.Size()
	if p.typing {
		x := g.Put(0, 0, "/", f.Theme.Style(theme.Strong))
		at := p.input.Draw(g.Sub(cell.Rect{X: x, W: w - x, H: 1}), f.Theme, "words, !not, state:started, re:^/app")
		if f.Cursor != nil {
			*f.Cursor = pane.Point{X: x + at, Y: p.h, Show: true}
		}
		return
	}
	if len(p.pic.Boxes) == 0 {
		g.Put(0, 0, cell.Cut("Nothing fits the filter. Esc shows everything.", w, f.Theme.Glyphs().Ellipsis), f.Theme.Style(theme.Warning))
		return
	}
	if more := p.more(f.Theme.Glyphs()); more != "" {
		w -= cell.Width(more) + 1
		g.Put(w+1, 0, more, f.Theme.Style(theme.Link))
	}
	x := 0
	for _, part := range p.facts(f.Theme) {
		if x > 0 {
			x += 2
		}
		if x >= w {
			return
		}
		x = g.Put(x, 0, cell.Cut(part.text, w-x, f.Theme.Glyphs().Ellipsis), f.Theme.Style(part.role))
	}
}

// fact is a piece of the line below the picture.
type fact struct {
	text string
	role theme.Role
}

// facts are what is known of the selected box; without one, how to begin.
func (p *Pane) facts(t *theme.Theme) []fact {
	if p.sel == "" {
		return []fact{{p.tally(), theme.Muted}, {"arrows select  + - zoom  / filter", theme.Muted}}
	}
	out := []fact{{p.sel, theme.Strong}}
	if s, ok := p.statuses[p.sel]; ok && p.subject == instances {
		look := pane.LookOf(t, s.State)
		out = append(out, fact{look.Glyph + " " + look.Word, look.Role})
		if reason := p.reason(s.State); reason != "" {
			out = append(out, fact{reason, theme.Muted})
		}
	}
	if needs := p.neighbours(func(e canvas.Edge) (string, string) { return e.From, e.To }); needs != "" {
		out = append(out, fact{"needs " + needs, theme.Text})
	}
	if users := p.neighbours(func(e canvas.Edge) (string, string) { return e.To, e.From }); users != "" {
		out = append(out, fact{"needed by " + users, theme.Muted})
	}
	return out
}

// tally counts what the picture shows.
func (p *Pane) tally() string {
	word := map[subject]string{instances: "instance", types: "component"}[p.subject]
	n := len(p.graph.Nodes)
	if n != 1 {
		word += "s"
	}
	if shown := len(p.show().Nodes); shown != n {
		return fmt.Sprintf("%d of %d %s", shown, n, word)
	}
	return fmt.Sprintf("%d %s", n, word)
}

// reason says why the selected instance is not started.
func (p *Pane) reason(s lifecycle.State) string {
	if f := p.statuses[p.sel].Failure; f != nil && s != lifecycle.DeployedStarted {
		return f.Message
	}
	if p.view == nil || s == lifecycle.DeployedStarted || s == lifecycle.NotDeployed {
		return ""
	}
	return p.view.Reasons[p.sel]
}

// neighbours lists, each once, the boxes at the other end of the selected box's edges.
func (p *Pane) neighbours(ends func(canvas.Edge) (here, there string)) string {
	const most = 3
	var out []string
	seen := map[string]bool{}
	for _, e := range p.graph.Edges {
		here, there := ends(e)
		if here == p.sel && there != p.sel && !seen[there] {
			seen[there] = true
			out = append(out, there)
		}
	}
	if more := len(out) - most; more > 0 {
		out = append(out[:most], fmt.Sprintf("%d more", more))
	}
	return strings.Join(out, ", ")
}

// state is the state of an instance in the run; ok is false when it is not there.
func (p *Pane) state(id string) (lifecycle.State, bool) {
	if p.subject == types {
		return lifecycle.NotDeployed, false
	}
	s, ok := p.statuses[id]
	return s.State, ok
}

// word is the word for a state, "" when nothing runs.
func (p *Pane) word(id string) string {
	s, ok := p.state(id)
	if !ok {
		return ""
	}
	return pane.LookOf(theme.Plain(), s).Word
}
