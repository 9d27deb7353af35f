package load

import (
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// unit is a graph or instances file with what it declares. Immutable once lowered, so that results may share it.
type unit struct {
	file       *File
	pieces     []piece
	components []*model.Component
	facets     []*model.Facet
	instances  []*model.Instance
	imports    []importLine
	problems   []diag.Problem // P_, PM_ and the X_ of the text
	broken     bool           // a severe P_ problem explains what else is wrong (DEV-7)
	torn       torn
}

// piece is one chunk, where it starts, what it declares, and the declaration that knows its place.
type piece struct {
	chunk     *syntax.Chunk
	base      int
	decl      *decl.Decl
	component *model.Component
	facet     *model.Facet
	instance  *model.Instance
}

// importLine is an import with its place in the file.
type importLine struct {
	location string
	place    source.Place // the location, or the line when it is empty
}

// unitOf reads and lowers a file, or takes it from the previous result.
func (l *loader) unitOf(name string) (*unit, error) {
	if u := l.units[name]; u != nil {
		return u, nil
	}
	text, err := l.folder.read(name)
	if err != nil {
		return nil, err
	}
	var old *unit
	if l.prev != nil {
		old = l.prev.units[name]
	}
	u := old
	if old == nil || old.file.Text != text {
		u = lower(name, text, old, l.options)
	}
	l.units[name] = u
	l.Files[name] = u.file
	return u, nil
}

// lower turns a text into declarations. Chunks that did not change keep theirs.
func lower(name, text string, old *unit, o Options) *unit {
	u := &unit{}
	var tree *syntax.Tree
	if old != nil {
		tree = old.file.Tree.Reparse(text)
	} else {
		tree = syntax.Parse(text)
	}
	u.file = &File{Name: name, Text: text, Lines: tree.Lines(), Tree: tree}
	u.cut(tree, old, o)
	u.place()
	for i, e := range tree.Errors() {
		u.problems = append(u.problems, problemOf(u.file, e, i))
		u.broken = u.broken || diag.Lookup(e.Code).Level == diag.Severe
	}
	u.tear()
	return u
}

// cut lists the chunks with their declarations; equal chunks at both ends are taken from the old list.
func (u *unit) cut(tree *syntax.Tree, old *unit, o Options) {
	var was []piece
	if old != nil {
		was = old.pieces
	}
	u.pieces = make([]piece, 0, len(was)+16)
	for base, chunk := range tree.Chunks() {
		u.pieces = append(u.pieces, piece{chunk: chunk, base: base})
	}
	n := len(u.pieces)
	head := 0
	for head < n && head < len(was) && u.pieces[head].chunk == was[head].chunk {
		u.pieces[head].take(&was[head])
		head++
	}
	tail := 0
	for tail < n-head && tail < len(was)-head && u.pieces[n-1-tail].chunk == was[len(was)-1-tail].chunk {
		u.pieces[n-1-tail].take(&was[len(was)-1-tail])
		tail++
	}
	for i := head; i < n-tail; i++ {
		u.pieces[i].decl = decl.Of(u.pieces[i].chunk, o.Options)
	}
}

// take keeps the declaration of the same chunk, and its placed form when the chunk did not move.
func (p *piece) take(old *piece) {
	p.decl = old.decl
	if p.base == old.base {
		p.component, p.facet, p.instance = old.component, old.facet, old.instance
	}
}

// place tells each declaration where it stands, in a copy. Copies of components come from one block of memory.
func (u *unit) place() {
	name := u.file.Name
	moved := 0
	for i := range u.pieces {
		if p := &u.pieces[i]; p.decl.Component != nil && p.component == nil {
			moved++
		}
	}
	copies := make([]model.Component, moved)
	u.components = make([]*model.Component, 0, len(u.pieces))
	for i := range u.pieces {
		p := &u.pieces[i]
		switch d := p.decl; {
		case d.Component != nil:
			if p.component == nil {
				p.component, copies = &copies[0], copies[1:]
				*p.component = *d.Component
				p.component.File, p.component.Base = name, p.base
			}
			u.components = append(u.components, p.component)
		case d.Facet != nil:
			if p.facet == nil {
				f := *d.Facet
				f.File, f.Base = name, p.base
				p.facet = &f
			}
			u.facets = append(u.facets, p.facet)
		case d.Instance != nil:
			if p.instance == nil {
				p.instance = placeInstance(d.Instance, name, p.base)
			}
			u.instances = append(u.instances, p.instance)
		case d.Import != nil:
			u.imports = append(u.imports, placeImport(d.Import, name, p.base))
		}
		for _, problem := range p.decl.Problems {
			u.problems = append(u.problems, placeProblem(problem, name, p.base))
		}
	}
}

// placeInstance copies a tree of instances.
func placeInstance(i *model.Instance, name string, base int) *model.Instance {
	c := *i
	c.File, c.Base = name, base
	if len(i.Children) > 0 {
		c.Children = make([]*model.Instance, len(i.Children))
		for k, child := range i.Children {
			c.Children[k] = placeInstance(child, name, base)
		}
	}
	return &c
}

func placeImport(i *decl.Import, name string, base int) importLine {
	span := i.Span
	if i.Location == "" {
		span = i.Line
	}
	return importLine{location: i.Location, place: source.Place{File: name, Span: span.Shift(base)}}
}

// placeProblem makes the places of a chunk's problem absolute, in the problem, beside it and in its fixes.
func placeProblem(p diag.Problem, name string, base int) diag.Problem {
	move := func(at source.Place) source.Place {
		return source.Place{File: name, Span: at.Span.Shift(base)}
	}
	p.Place = move(p.Place)
	if len(p.Related) > 0 {
		related := make([]diag.Related, len(p.Related))
		for i, r := range p.Related {
			r.Place = move(r.Place)
			related[i] = r
		}
		p.Related = related
	}
	if len(p.Fixes) > 0 {
		fixes := make([]diag.Fix, len(p.Fixes))
		for i, f := range p.Fixes {
			edits := make([]source.Edit, len(f.Edits))
			for k, e := range f.Edits {
				edits[k] = source.Edit{Place: move(e.Place), With: e.With}
			}
			fixes[i] = diag.Fix{Title: f.Title, Edits: edits}
		}
		p.Fixes = fixes
	}
	return p
}

// triedFixes is for how many errors of a file the tree is asked at once what cures them: a text that is torn all over must not
// make each key slow. Whoever wants the others asks the tree.
const triedFixes = 64

// problemOf gives the P_ problem with a number its place, and its cures (DIA-51).
func problemOf(f *File, e syntax.Error, number int) diag.Problem {
	p := diag.Problem{Code: e.Code, Place: source.Place{File: f.Name, Span: e.Span}}
	if number < triedFixes {
		p.Fixes = f.CuresOf(e)
	}
	return p
}

// CuresOf gives the cures of an error of the file's tree (DIA-51, DIA-52).
func (f *File) CuresOf(e syntax.Error) []diag.Fix {
	fixes := f.Tree.Fixes(e)
	for _, fix := range fixes {
		for i := range fix.Edits {
			fix.Edits[i].Place.File = f.Name
		}
	}
	return fixes
}

func insertion(title diag.Phrase, file string, at int, text string) diag.Fix {
	place := source.Place{File: file, Span: source.Span{Start: at, End: at}}
	return diag.Fix{Title: title, Edits: []source.Edit{{Place: place, With: text}}}
}
