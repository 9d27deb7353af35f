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
// Place.File "" and spans relative to the chunk; P_ problems are the chunk's own Errors.
type Decl struct {
	Import    *Import
	Component *model.Component
	Facet     *model.Facet
	Instance  *model.Instance // count not replicated yet
	Problems  []diag.Problem
}

// Of reads one chunk. Values with problems are still given as far as they can be read (DSL-95).
func Of(c *syntax.Chunk, o Options) *Decl { panic("to be written") }
