package refactor

import (
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// Action is a change that a person may choose at a place.
type Action struct {
	// ID is stable: "fix.P_…", "fix.all", "extract.facet", "move.component", "add.child", "add.import", "add.instance",
	// "convert.legacy", "skeleton.recipe".
	ID    string
	Title diag.Phrase
	Kind  Kind
	// Code is that of the finding that a fix cures.
	Code diag.Code
	// Preferred says that it is what most people would choose.
	Preferred bool
	source.Change
}

// Kind sorts actions.
type Kind uint8

// The kinds of actions.
const (
	QuickFix Kind = iota
	FixFile       // every finding of one code in one file
	FixAll        // every finding of one code in the project
	Extract
	MoveTo
	Insert
	Rewrite
)
