// Package syntax reads and lays out the text of .graph and .instances files without losing a byte.
package syntax

import (
	"iter"

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

// Error is a P_ problem of the text, with the bytes concerned.
type Error struct {
	Code diag.Code
	Span source.Span
}

// Tree is a parsed file: immutable, lossless, complete whatever the text.
type Tree struct{}

// Parse never fails: what cannot be read becomes Bad nodes and Errors.
func Parse(text string) *Tree { panic("to be written") }

// Reparse parses a newer text of the same file and keeps, by identity, the chunks that did not change.
// The result is equal to Parse(text).
func (t *Tree) Reparse(text string) *Tree { panic("to be written") }

// Text is the text that was parsed, byte for byte.
func (t *Tree) Text() string { panic("to be written") }

// Kind is the kind of the file.
func (t *Tree) Kind() FileKind { panic("to be written") }

// Lines is the line table of the text.
func (t *Tree) Lines() *source.Lines { panic("to be written") }

// Errors are the P_ problems in the order of the text, spans absolute, file-level ones (P_INVALID_FILE_TYPE, P_EMPTY_FILE) included.
func (t *Tree) Errors() []Error { panic("to be written") }

// Chunks gives each chunk with the offset where it starts.
func (t *Tree) Chunks() iter.Seq2[int, *Chunk] { panic("to be written") }

// Chunk is one top-level construct with the blanks and comments before it. Immutable; spans inside are relative to its start.
type Chunk struct{}

// Text is the chunk's text.
func (c *Chunk) Text() string { panic("to be written") }

// Item is the construct of the chunk; a node of kind Blank or Comment when it has none (end of file).
func (c *Chunk) Item() Node { panic("to be written") }

// Errors are the P_ problems found in the chunk.
func (c *Chunk) Errors() []Error { panic("to be written") }

// Node is a view on one line or block of a chunk.
type Node struct{}

// Kind is the kind of the node.
func (n Node) Kind() Kind { panic("to be written") }

// Span covers the node with its line end (a block: up to and with the line of its closing bracket).
func (n Node) Span() source.Span { panic("to be written") }

// Head is the node's first line, trimmed, without its comment.
func (n Node) Head() source.Span { panic("to be written") }

// Keyword is import, facet or "instance of" as written; empty otherwise.
func (n Node) Keyword() source.Span { panic("to be written") }

// Name is the name in a header, the name of a property, the location of an import; empty span where it is missing.
func (n Node) Name() source.Span { panic("to be written") }

// Value is a property's value: from the first non-blank after the colon to before the last semicolon, right blanks kept (DSL-11).
func (n Node) Value() source.Span { panic("to be written") }

// Before covers words that stand before a property's name (DEV-3); empty otherwise.
func (n Node) Before() source.Span { panic("to be written") }

// Children are the nodes inside a block, in order.
func (n Node) Children() iter.Seq[Node] { panic("to be written") }

// Doc is the annotation above a header: the text of the comment lines that touch it (DSL-80).
func (n Node) Doc() string { panic("to be written") }

// Class is what a token means to an eye: it chooses the colour.
type Class uint8

// The classes of tokens.
const (
	ClassPlain Class = iota
	ClassComment
	ClassKeyword  // import, facet, instance of, external, (optional), random[...]
	ClassProperty // the name of a property
	ClassType     // a component or facet
	ClassVariable
	ClassValue  // defaults, overrides, installer names, counts
	ClassString // quoted text
	ClassName   // an instance's name
	ClassPunct
	ClassBad
)

// Token is a coloured piece of text.
type Token struct {
	Span  source.Span
	Class Class
}

// Tokens gives the tokens that touch span, in order, absolute.
func (t *Tree) Tokens(span source.Span) iter.Seq[Token] { panic("to be written") }

// Format lays a text out in the one layout (dsl.md 12.2). Lines that cannot be read keep their bytes.
func Format(text string) string { panic("to be written") }
