package decl

import (
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// origin is where a block is declared.
func origin(n syntax.Node, name source.Span) model.Origin {
	return model.Origin{Header: n.Head(), Name: name}
}

// header checks a block's first line. The name is checked for being empty, no ID, dotted: the first that applies counts (DIA-22).
func (r *reader) header(n syntax.Node, name source.Span, empty diag.Code) {
	r.brackets(n)
	text := r.word(name)
	switch {
	case text == "":
		r.report(empty, n.Head())
	case !syntax.IsID(text):
		r.report(diag.PMInvalidName, name)
	case strings.Contains(text, "."):
		r.report(diag.PMDotIsNotAllowed, name).fix(diag.Say("Replace the dots by underscores"), put(name, strings.ReplaceAll(text, ".", "_")))
	}
}

// brackets hints at brackets that the reference takes for one (dsl.md 9, 4).
func (r *reader) brackets(n syntax.Node) {
	all := n.Bracket()
	if len(r.word(all)) < 2 || n.CutShort() {
		return
	}
	extra := source.Span{Start: all.Start + 1, End: all.End}
	r.report(diag.XExtraBracket, extra).fix(diag.Say("Remove the extra bracket"), cut(extra))
}

// suspicious hints at components whose name reads like a keyword (DSL-22).
func (r *reader) suspicious(name source.Span) {
	switch strings.ToLower(r.word(name)) {
	case "facet", "import", "instance", "instanceof":
		r.report(diag.XSuspiciousName, name)
	}
}

// spelling is how the words "instance of" are written.
type spelling uint8

const (
	modern spelling = iota
	loose           // other blanks than one space (DSL-21)
	legacy          // instanceof (dsl.md 10)
)

func (r *reader) spelling(n syntax.Node) spelling {
	switch strings.ToLower(r.word(n.Keyword())) {
	case "instance of":
		return modern
	case "instanceof":
		return legacy
	}
	return loose
}

// instanceOf hints at spellings that only the tool accepts.
func (r *reader) instanceOf(n syntax.Node) {
	words := n.Keyword()
	switch r.spelling(n) {
	case loose:
		r.report(diag.XInstanceOfSpacing, words).fix(diag.Say("Write one space"), put(words, "instance of"))
	case legacy:
		r.report(diag.XLegacySyntax, words).fix(diag.Say("Write instance of"), put(words, "instance of"))
	}
}
