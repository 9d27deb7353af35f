package editor

import (
	"slices"
	"sort"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
)

// flaws are the problems of one file in one snapshot, by place.
type flaws struct {
	snap *workspace.Snapshot
	list []diag.Problem
}

// problems are those of the tab's file, in the order of the text.
func (p *Pane) problems(t *tab) []diag.Problem {
	if p.snap == nil {
		return nil
	}
	if t.flaws.snap != p.snap {
		t.flaws = flaws{snap: p.snap}
		for _, d := range p.snap.Problems {
			if d.Place, d.Range = d.Spot(); d.Place.File == t.file {
				t.flaws.list = append(t.flaws.list, d)
			}
		}
		slices.SortStableFunc(t.flaws.list, func(a, b diag.Problem) int { return a.Place.Span.Start - b.Place.Span.Start })
	}
	return t.flaws.list
}

// inLine are the problems that start in a line. Those past the end of the text are shown in the last one.
func (p *Pane) inLine(t *tab, line int) []diag.Problem {
	all, s := p.problems(t), t.buf.Text()
	from := func(offset int) int {
		return sort.Search(len(all), func(i int) bool { return all[i].Place.Span.Start >= offset })
	}
	if line == s.Lines()-1 {
		return all[from(s.LineStart(line)):]
	}
	full := s.FullLine(line)
	return all[from(full.Start):from(full.End)]
}

// current is the problem to explain: of those in the line of the cursor the one at the cursor, else the worst.
func (p *Pane) current() (diag.Problem, bool) {
	t := p.tab()
	if t == nil {
		return diag.Problem{}, false
	}
	at := t.buf.Cursor().Head
	best, rank := diag.Problem{}, -1
	for _, d := range p.inLine(t, t.buf.Text().LineOf(at)) {
		r := int(diag.Hint - d.Level())
		if d.Place.Span.Contains(at) {
			r += 10
		}
		if r > rank {
			best, rank = d, r
		}
	}
	return best, rank >= 0
}

// fixes are those of the problem to explain.
func (p *Pane) fixes() []diag.Fix {
	d, ok := p.current()
	if !ok {
		return nil
	}
	return p.cures.Of(p.snap, d, p.options.Language)
}

// fix applies the only fix, or asks which.
func (p *Pane) fix() []pane.Intent { return pane.Cured(p.fixes(), p.options.Language) }

// levelRole is the look of a level.
func levelRole(l diag.Level) theme.Role {
	return [...]theme.Role{theme.Severe, theme.Warning, theme.Hint}[l]
}

// levelSign is the character of a level in the gutter.
func levelSign(g *theme.Glyphs, l diag.Level) string {
	return [...]string{g.Severe, g.Warning, g.Hint}[l]
}

// selected makes the declaration under the cursor the common selection, when it is another than before.
func (p *Pane) selected(t *tab) []pane.Intent {
	sel := p.declaration(t)
	id := sel.Instance + "\n" + sel.Type
	if sel == (pane.Select{}) || id == p.told {
		return nil
	}
	p.told = id
	return []pane.Intent{sel}
}

// declaration is the type or the instance in whose text the cursor stands.
func (p *Pane) declaration(t *tab) pane.Select {
	tree := p.tree(t)
	if tree == nil || t.buf.Text().Len() == 0 {
		return pane.Select{}
	}
	at := t.buf.Cursor().Head
	base, chunk := tree.ChunkAt(at)
	if chunk == nil {
		return pane.Select{}
	}
	item := chunk.Item()
	switch item.Kind() {
	case syntax.Component, syntax.Facet:
		return pane.Select{Type: item.Name().Of(chunk.Text())}
	case syntax.Instance:
		return pane.Select{Instance: p.path(t.file, base+innermost(item, at-base).Head().Start)}
	}
	return pane.Select{}
}

// innermost is the block nested deepest in an instance that holds an offset.
func innermost(n syntax.Node, at int) syntax.Node {
	for child := range n.Children() {
		if s := child.Span(); child.Kind() == syntax.Instance && s.Start <= at && at < s.End {
			return innermost(child, at)
		}
	}
	return n
}

// path finds the instance whose header starts at an offset of a file.
func (p *Pane) path(file string, header int) string {
	if p.snap == nil || p.snap.Result == nil || p.snap.Result.App == nil {
		return ""
	}
	for path, i := range model.Walk(p.snap.Result.App.Instances) {
		if i.File == file && i.Base+i.Header.Start == header {
			return path
		}
	}
	return ""
}

// covered is the part of a problem's span that is underlined: at least one character.
func covered(d diag.Problem, size int) source.Span {
	s := d.Place.Span
	s.Start = max(0, min(s.Start, size))
	s.End = max(s.Start, min(s.End, size))
	if s.Start == s.End {
		s.End++
	}
	return s
}
