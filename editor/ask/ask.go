// Package ask holds what can be asked about a place in the text of an application.
package ask

import (
	"io/fs"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Ground is what a question is asked about: one application at one moment. It is a value; what it points to is immutable.
type Ground struct {
	Result   *load.Result
	Problems []diag.Problem
	// FS is the folder with the unsaved text over it.
	FS fs.FS
	// Beside are the other applications that are open: they answer external imports.
	Beside []Neighbour
	// Language is that of the sentences in the answers.
	Language diag.Language
}

// Neighbour is another application that is open.
type Neighbour struct {
	// Dir is its folder, absolute.
	Dir    string
	Result *load.Result
}

// Text gives the text of any file of the application, unsaved text included; false when it cannot be read.
func (g Ground) Text(file string) (string, bool) {
	if f := g.Result.Files[file]; f != nil {
		return f.Text, true
	}
	if g.FS == nil {
		return "", false
	}
	text, err := fs.ReadFile(g.FS, file)
	return string(text), err == nil
}

// Language answers what depends on the language of a file. Offsets are in bytes; a file that cannot be read gives empty answers.
type Language interface {
	Complete(g Ground, file string, at int) Completion
	Hover(g Ground, file string, at int) (Hover, bool)
	Outline(g Ground, file string) []Symbol
	Folds(g Ground, file string) []Fold
	// Colors are the pieces of the text, in order; plain ones may be left out.
	Colors(g Ground, file string) []Token
	// Hints are what can be shown between the words of a part of the text.
	Hints(g Ground, file string, in source.Span) []Hint
	Lenses(g Ground, file string) []Lens
	// Links lead from places of the text to other files.
	Links(g Ground, file string) []Link
	// Format lays a text out; a text that cannot be read is given back as it is.
	Format(text string) string
}

// Kind is what a name designates, for the icon beside it.
type Kind uint8

// The kinds of things that have a name.
const (
	KindText Kind = iota
	KindKeyword
	KindProperty // of the language: installer, children, name ...
	KindComponent
	KindFacet
	KindVariable
	KindInstance
	KindFile
	KindFolder
	KindCommand
	KindRule
	KindEvent
	KindValue // one of a fixed set: installers, handlers, states ...
	KindTarget
	KindApplication
	KindSection
)

// Completion is what can be written at a place.
type Completion struct {
	Items []Item
	// Incomplete says that there are more: ask again when more letters are there.
	Incomplete bool
}

// Item is one thing that can be written.
type Item struct {
	Label string
	Kind  Kind
	// Detail is short, beside the label; Doc is Markdown.
	Detail, Doc string
	// Text takes the place of Replace. With Snippet it holds tab stops: ${1:name}, $0.
	Text    string
	Snippet bool
	Replace source.Span
	// Sort orders the items; "" for the label. Filter is what typed letters are compared with; "" for the label.
	Sort, Filter string
	// Also are edits elsewhere in the file, such as an import to add.
	Also []source.Edit
}

// Hover is what there is to know about a place.
type Hover struct {
	Markdown string
	Span     source.Span
}

// Symbol is one thing of an outline.
type Symbol struct {
	Name, Detail string
	Kind         Kind
	// Whole covers the declaration, Name's place is inside.
	Whole, Place source.Span
	Children     []Symbol
}

// Fold is a part of a text that can be folded away.
type Fold struct {
	Span source.Span
	Kind FoldKind
}

// FoldKind is why a part can be folded.
type FoldKind uint8

// The kinds of folds.
const (
	FoldBlock FoldKind = iota
	FoldComment
	FoldImports
)

// Token is a piece of text with its meaning.
type Token struct {
	Span        source.Span
	Class       syntax.Class
	Declaration bool
}

// Hint is a word shown inside the text without being part of it.
type Hint struct {
	At      int
	Text    string
	Tooltip string
	// Left asks for a blank before it, Right for one after it.
	Left, Right bool
}

// Lens is a line shown above a declaration, that does something when it is chosen.
type Lens struct {
	Span  source.Span
	Title string
	// Command is "" for a lens that only tells, else one of: "roboconf.showReferences", "roboconf.simulate".
	Command string
	// At is where references are asked for; Arg is the path or the name for a simulation.
	At  int
	Arg string
}

// Link leads to another file of the application.
type Link struct {
	Span   source.Span
	Target string
	Title  string
}
