// Package files shows the tree of the application's folder.
package files

import (
	"fmt"
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/pane/problems"
	"github.com/roboconf/workbench/tui/theme"
	"github.com/roboconf/workbench/tui/widget"
)

// Pane is the tree. Make it with New.
type Pane struct {
	snap   *workspace.Snapshot
	rows   []row
	folded map[string]bool
	counts map[string]count
	list   widget.List
}

// row is a folder or a file in sight.
type row struct {
	path  string
	depth int
	dir   bool
}

// count is how many problems of each level a file has, or all the files of a folder.
type count [3]int

// New makes an empty tree.
func New() *Pane { return &Pane{folded: map[string]bool{}} }

// ID is "files".
func (p *Pane) ID() string { return "files" }

// Title is the folder's name.
func (p *Pane) Title() string { return "Files" }

// Update takes keys, mouse and the newest snapshot.
func (p *Pane) Update(msg tea.Msg) []pane.Intent {
	switch msg := msg.(type) {
	case pane.Snapshot:
		if p.snap == nil {
			p.foldRecipes(msg.Now)
		}
		p.snap = msg.Now
		p.counts = counts(msg.Now.Problems)
		p.refresh()
	case pane.Show:
		p.reveal(msg.File)
	case tea.KeyPressMsg:
		if intents, ok := pane.Press(p.Actions(), msg.String()); ok {
			return intents
		}
		p.list.Key(msg.String())
	case tea.MouseWheelMsg:
		p.list.Scroll(pane.Wheel(msg))
	case tea.MouseClickMsg:
		if p.list.Click(msg.Y) {
			return p.enter()
		}
	}
	return nil
}

// counts adds the problems of each file to it and to the folders above it.
func counts(found []diag.Problem) map[string]count {
	all := map[string]count{}
	for _, pr := range found {
		for at := pr.Place.File; at != "" && at != "."; at = path.Dir(at) {
			c := all[at]
			c[pr.Level()]++
			all[at] = c
		}
	}
	return all
}

// foldRecipes folds the folders of recipes at first: there are many files in them, and the model comes before.
func (p *Pane) foldRecipes(snap *workspace.Snapshot) {
	if snap.Result == nil {
		return
	}
	for name := range snap.Result.Resources {
		p.folded[path.Join(snap.Result.Base, "graph", name)] = true
	}
	for name := range snap.Result.Files {
		p.unfoldAbove(name)
	}
}

// refresh lists what is in sight and keeps the choice on the same path.
func (p *Pane) refresh() {
	chosen := p.Chosen()
	p.rows = p.rows[:0]
	if p.snap != nil {
		p.rows = unfold(p.rows, p.snap.All, "", 0, p.folded)
	}
	p.list.Resize(len(p.rows))
	p.choose(chosen)
}

// unfold adds the entries of a folder; all holds the paths below it, sorted.
func unfold(rows []row, all []string, dir string, depth int, folded map[string]bool) []row {
	for i := 0; i < len(all); {
		rest := strings.TrimPrefix(all[i], dir)
		name, _, below := strings.Cut(rest, "/")
		if !below {
			rows = append(rows, row{path: all[i], depth: depth})
			i++
			continue
		}
		sub := dir + name
		end := i
		for end < len(all) && strings.HasPrefix(all[end], sub+"/") {
			end++
		}
		rows = append(rows, row{path: sub, depth: depth, dir: true})
		if !folded[sub] {
			rows = unfold(rows, all[i:end], sub+"/", depth+1, folded)
		}
		i = end
	}
	return rows
}

// Chosen is the path that has the choice, "" when there is none.
func (p *Pane) Chosen() string {
	if p.list.At >= len(p.rows) {
		return ""
	}
	return p.rows[p.list.At].path
}

func (p *Pane) choose(at string) bool {
	for i, r := range p.rows {
		if r.path == at {
			p.list.Select(i)
			return true
		}
	}
	return false
}

// reveal puts the choice on a file, and opens the folders above it.
func (p *Pane) reveal(file string) {
	p.unfoldAbove(file)
	p.refresh()
	p.choose(file)
}

func (p *Pane) unfoldAbove(file string) {
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		delete(p.folded, dir)
	}
}

// Actions of the tree.
func (p *Pane) Actions() []pane.Action {
	none, folder := "", ""
	if p.Chosen() == "" {
		none = "the folder is empty"
		folder = none
	} else if !p.rows[p.list.At].dir {
		folder = "a file cannot be unfolded"
	}
	return []pane.Action{
		{ID: "files.open", Key: "enter", Title: "Open", Off: none, Do: p.enter},
		{ID: "files.unfold", Key: "right", Title: "Unfold", Off: folder, Do: func() []pane.Intent { return p.fold(false) }},
		{ID: "files.fold", Key: "left", Title: "Fold", Off: none, Do: func() []pane.Intent { return p.fold(true) }},
	}
}

// enter opens a file, folds or unfolds a folder.
func (p *Pane) enter() []pane.Intent {
	if p.list.At >= len(p.rows) {
		return nil
	}
	r := p.rows[p.list.At]
	if r.dir {
		return p.fold(!p.folded[r.path])
	}
	return []pane.Intent{pane.Open{File: r.path}}
}

// fold folds a folder; from a file, or a folder that is folded already, it goes up.
func (p *Pane) fold(closed bool) []pane.Intent {
	r := p.rows[p.list.At]
	if closed && (!r.dir || p.folded[r.path]) {
		p.choose(path.Dir(r.path))
		return nil
	}
	if closed {
		p.folded[r.path] = true
	} else {
		delete(p.folded, r.path)
	}
	p.refresh()
	return nil
}

// Draw paints one line for each file and folder.
func (p *Pane) Draw(g *cell.Grid, f pane.Frame) {
	if len(p.rows) == 0 {
		widget.Empty(g, f.Theme, "No file here.", "Ctrl+O opens another folder.")
		return
	}
	_, h := g.Size()
	from, to := p.list.Fit(h)
	for i := from; i < to; i++ {
		p.drawRow(g, i-from, p.rows[i], f.Theme)
		if i == p.list.At {
			widget.Row(g, i-from, f.Theme, f.Focused)
		}
	}
	p.list.Bar(g, f.Theme)
}

func (p *Pane) drawRow(g *cell.Grid, y int, r row, t *theme.Theme) {
	w, _ := g.Size()
	marks, role := p.marks(r, t)
	room := w - 1 - cell.Width(marks) - 1
	style, sign := t.Style(theme.Text), " "
	if r.dir {
		style, sign = t.Style(theme.Strong), t.Glyphs().Open
		if p.folded[r.path] {
			sign = t.Glyphs().Closed
		}
	}
	x := g.Put(2*r.depth, y, sign+" ", t.Style(theme.Muted))
	g.Put(x, y, cell.Cut(path.Base(r.path), room-x, t.Glyphs().Ellipsis), style)
	g.Put(w-1-cell.Width(marks), y, marks, t.Style(role))
}

// marks say that a file is not saved, and how many problems it has; a folder speaks for its files only while it is folded.
func (p *Pane) marks(r row, t *theme.Theme) (string, theme.Role) {
	if r.dir && !p.folded[r.path] {
		return "", theme.Muted
	}
	text, role := "", theme.Muted
	for level, n := range p.counts[r.path] {
		if n > 0 {
			role, text = problemMark(t, diag.Level(level), n)
			break
		}
	}
	if p.snap.Dirty[r.path] {
		text = strings.TrimLeft(t.Glyphs().Dirty+" "+text, " ")
	}
	return strings.TrimRight(text, " "), role
}

func problemMark(t *theme.Theme, l diag.Level, n int) (theme.Role, string) {
	role, sign := problems.Mark(t, l)
	return role, fmt.Sprintf("%s%d", sign, n)
}
