package graph

import (
	"cmp"
	"slices"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Folds are blocks, runs of comments, runs of imports, in the order of the text; each goes over two lines at least.
func (Language) Folds(g ask.Ground, file string) []ask.Fold {
	p, ok := open(g, file)
	if !ok {
		return nil
	}
	f := folder{text: p.text}
	for start, c := range p.tree.Chunks() {
		f.start = start
		for n := range c.Nodes() {
			f.node(n)
		}
	}
	f.endComments()
	f.endImports()
	slices.SortStableFunc(f.out, func(a, b ask.Fold) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Span.End, a.Span.End))
	})
	return f.out
}

// folder finds the folds of a text, node by node.
type folder struct {
	text              string
	start             int
	out               []ask.Fold
	comments, imports source.Span // the runs that go on
	lines, files      int         // how long they are
}

func (f *folder) node(n syntax.Node) {
	kind := n.Kind()
	if kind != syntax.Comment {
		f.endComments()
	}
	if kind != syntax.Import && kind != syntax.Blank && kind != syntax.Comment {
		f.endImports()
	}
	line := n.Span().Shift(f.start).Trim(f.text)
	switch {
	case kind == syntax.Comment:
		f.lines++
		f.comments = join(f.comments, line, f.lines == 1)
	case kind == syntax.Import:
		f.files++
		f.imports = join(f.imports, line, f.files == 1)
	case n.Opens():
		if n.Span().Len() > n.Head().Len()+1 {
			f.add(line, ask.FoldBlock)
		}
		for child := range n.Children() {
			f.node(child)
		}
		f.endComments()
	}
}

func join(run, line source.Span, first bool) source.Span {
	if first {
		return line
	}
	return source.Span{Start: run.Start, End: line.End}
}

func (f *folder) endComments() {
	if f.lines > 1 {
		f.add(f.comments, ask.FoldComment)
	}
	f.lines = 0
}

func (f *folder) endImports() {
	if f.files > 1 {
		f.add(f.imports, ask.FoldImports)
	}
	f.files = 0
}

// add takes a fold that goes over several lines.
func (f *folder) add(s source.Span, kind ask.FoldKind) {
	for _, b := range []byte(s.Of(f.text)) {
		if b == '\n' {
			f.out = append(f.out, ask.Fold{Span: s, Kind: kind})
			return
		}
	}
}
