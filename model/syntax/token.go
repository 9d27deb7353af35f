package syntax

import (
	"iter"

	"github.com/roboconf/workbench/model/source"
)

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
