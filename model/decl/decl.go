// Package decl reads what a chunk of text declares.
package decl

import (
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Options choose between the readings of dsl.md.
type Options struct {
	// Strict refuses the legacy syntax of dsl.md 10 (DSL-91).
	Strict bool
}

// Import is an import line. Its spans are relative to the chunk.
type Import struct {
	Location string
	Span     source.Span // the location
	Line     source.Span // the whole construct
}

// Decl is what one chunk declares: at most one of the pointers is set. Origins have File "" and Base 0:
// the loader copies the top value and fills them in. Problems are the PM_ ones (and X_ ones of the text), with
// Place.File "" and spans relative to the chunk; so are the places of their fixes. P_ problems are the chunk's own Errors.
type Decl struct {
	Import    *Import
	Component *model.Component
	Facet     *model.Facet
	Instance  *model.Instance // count not replicated yet
	Problems  []diag.Problem
}

// Of reads one chunk. Values with problems are still given as far as they can be read (DSL-95): a name that is no name is
// left out of its list, a repeated property counts once, the first time.
func Of(c *syntax.Chunk, o Options) *Decl {
	r := &reader{text: c.Text(), strict: o.Strict}
	d := &Decl{}
	if mark := c.ByteOrderMark(); mark.Len() > 0 {
		r.report(diag.XByteOrderMark, mark).fix(diag.Say("Remove the byte-order mark"), cut(mark))
	}
	switch n := c.Item(); n.Kind() {
	case syntax.Import:
		d.Import = r.importLine(n)
	case syntax.Component:
		d.Component = r.component(n, n.Name())
	case syntax.Facet:
		d.Facet = r.facet(n)
	case syntax.Instance:
		if r.strict && r.spelling(n) != modern {
			// For the reference this is a component whose name holds a blank (dsl.md 10).
			d.Component = r.component(n, source.Span{Start: n.Head().Start, End: n.Name().End})
			break
		}
		d.Instance = r.instance(n)
	}
	d.Problems = r.problems
	return d
}

// reader lowers one chunk.
type reader struct {
	text     string
	strict   bool
	problems []diag.Problem
}

// finding is a problem that was just reported, for those who have a cure.
type finding struct{ problem *diag.Problem }

func (r *reader) report(code diag.Code, span source.Span, details ...diag.Detail) finding {
	r.problems = append(r.problems, diag.Problem{Code: code, Place: source.Place{Span: span}, Details: details})
	return finding{&r.problems[len(r.problems)-1]}
}

// fix adds a cure to the finding.
func (f finding) fix(title diag.Phrase, edits ...source.Edit) {
	f.problem.Fixes = append(f.problem.Fixes, diag.Fix{Title: title, Edits: edits})
}

// cut is the edit that removes a span.
func cut(s source.Span) source.Edit { return put(s, "") }

// put is the edit that replaces a span.
func put(s source.Span, with string) source.Edit {
	return source.Edit{Place: source.Place{Span: s}, With: with}
}

func detail(kind diag.DetailKind, text string) diag.Detail {
	return diag.Detail{Kind: kind, Text: text}
}

// word is the text of a span, without CR (DSL-3).
func (r *reader) word(s source.Span) string { return syntax.Clean(s.Of(r.text)) }

func (r *reader) importLine(n syntax.Node) *Import {
	i := &Import{Location: r.word(n.Name()), Span: n.Name(), Line: n.Head()}
	if i.Location == "" {
		r.report(diag.PMEmptyImportLocation, i.Line)
	}
	return i
}
