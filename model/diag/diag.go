// Package diag describes a problem found in a person's files.
package diag

import (
	"github.com/roboconf/workbench/model/source"
)

// Level is how serious a problem is.
type Level uint8

// Only Severe makes a project unfit for deployment (DIA-1).
const (
	Severe Level = iota
	Warning
	Hint
)

// String is the word of the level in machine-readable output.
func (l Level) String() string { return [...]string{"severe", "warning", "hint"}[l] }

// Category is the family of a code, in the order of DIA-4.
type Category uint8

// The families.
const (
	Parsing Category = iota
	ParsingModel
	Conversion
	RuntimeModel
	Project
	Recipes
	Commands
	Rules
	Execution
	REST
	Extra // X_ codes: ours
)

// Code is the stable name of a problem.
type Code string

// DetailKind says what a detail is (DIA 1.1).
type DetailKind string

// The kinds of details.
const (
	KindInstance            DetailKind = "INSTANCE"
	KindVariable            DetailKind = "VARIABLE"
	KindComponent           DetailKind = "COMPONENT"
	KindFacet               DetailKind = "FACET"
	KindInstruction         DetailKind = "INSTRUCTION"
	KindFile                DetailKind = "FILE"
	KindLine                DetailKind = "LINE"
	KindCycle               DetailKind = "CYCLE"
	KindApplication         DetailKind = "APPLICATION"
	KindApplicationTemplate DetailKind = "APPLICATION_TEMPLATE"
	KindDirectory           DetailKind = "DIRECTORY"
	KindUnrecognized        DetailKind = "UNRECOGNIZED"
	KindExpected            DetailKind = "EXPECTED"
	KindUnexpected          DetailKind = "UNEXPECTED"
	KindAlreadyDefined      DetailKind = "ALREADY_DEFINED"
	KindConflicting         DetailKind = "CONFLICTING"
	KindMalformed           DetailKind = "MALFORMED"
	KindException           DetailKind = "EXCEPTION"
	KindName                DetailKind = "NAME"
	KindValue               DetailKind = "VALUE"
)

// Detail is one particular of a problem.
type Detail struct {
	Kind DetailKind
	Text string
}

// Related is another place worth showing, with a word on why.
type Related struct {
	Place   source.Place
	Range   source.Range
	Message Phrase
	// Exact says that this is the very word that the problem is about, while the problem itself stands on a header (DIA-11).
	Exact bool
}

// Fix is a change that cures a problem.
type Fix struct {
	Title Phrase
	Edits []source.Edit
	// Files are to be made, Moves to be done after the edits.
	Files []source.File
	Moves []source.Move
}

// Change is what has to be done.
func (f Fix) Change() source.Change {
	return source.Change{Edits: f.Edits, Files: f.Files, Moves: f.Moves}
}

// Problem is one finding. Its sentence comes from the catalogue: see Message.
type Problem struct {
	Code Code
	// Place is where; zero when the problem is about something that does not exist (DIA-14).
	Place source.Place
	// Range is Place in lines and columns, filled in by the loader.
	Range source.Range
	// On names the type or the instance path concerned, when there is one.
	On      string
	Details []Detail
	Related []Related
	Fixes   []Fix
	// Set is the level that the project or a profile gives to the finding; nothing for that of its code (DIA-41).
	Set Setting
}

// Setting is a level that takes the place of the catalogue's. The zero Setting changes nothing.
type Setting uint8

// SetTo is the setting of a level.
func SetTo(l Level) Setting { return Setting(l) + 1 }

// Spot is where a person has to look: the very word when the problem itself stands on the header of its declaration, else
// the place of the problem.
func (p Problem) Spot() (source.Place, source.Range) {
	for _, r := range p.Related {
		if r.Exact && r.Place.File == p.Place.File {
			return r.Place, r.Range
		}
	}
	return p.Place, p.Range
}
