// Package syntax knows the text of .graph or .instances files as trees that lose no byte.
//
// A file is a list of chunks: one top-level construct each, with the blanks and comments before it. Chunks are immutable and
// know nothing of their place, so that they are kept, by identity, when the text around them changes.
package syntax

import (
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// FileKind is what a file turned out to hold (dsl.md 1.1).
type FileKind uint8

// The kinds of files.
const (
	Undetermined FileKind = iota
	GraphFile
	InstancesFile
	Aggregator
	Empty
)

// String is the word for the kind in messages and in machine-readable output.
func (k FileKind) String() string {
	return [...]string{"undetermined", "graph", "instances", "aggregator", "empty"}[k]
}

// Kind is what a node is.
type Kind uint8

// The kinds of nodes: one per line, or per block.
const (
	Blank     Kind = iota // a line of white space
	Comment               // a line whose first character is #
	Import                // import location;
	Component             // name { ... }
	Facet                 // facet name { ... }
	Instance              // instance of name { ... }
	Property              // name: value;
	Bad                   // a line that is none of these
)

// String names the kind, for tests and for those who look for a mistake.
func (k Kind) String() string {
	return [...]string{"blank", "comment", "import", "component", "facet", "instance", "property", "bad"}[k]
}

// Error is a P_ problem of the text, with the bytes concerned: the line without its comment, or nothing on the line that
// would come after the text (DSL-4).
type Error struct {
	Code diag.Code
	Span source.Span
}

// stops says whether the reference stops reading at the error (DSL-30).
func stops(code diag.Code) bool {
	switch code {
	case diag.POCBracketExtraCharacters, diag.POCBracketMissing, diag.PCCBracketExtraCharacters, diag.PCCBracketMissing,
		diag.PInvalidProperty, diag.PInvalidPropertyOrInstance:
		return true
	}
	return false
}
