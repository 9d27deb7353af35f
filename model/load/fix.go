package load

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// Suggest names what a misspelt name may stand for: beside the place where it stands when there are several, as a fix when
// there is exactly one (DIA-45, DIA-47).
func Suggest(p *diag.Problem, word string, known *near.Known, at source.Place) {
	names := known.Names(word)
	if len(names) == 0 {
		p.Related = append(p.Related, diag.Related{Place: at, Message: "named here", Exact: true})
		return
	}
	p.Related = append(p.Related, diag.Related{Place: at, Message: "did you mean " + strings.Join(names, " or ") + "?", Exact: true})
	if len(names) == 1 && !at.IsZero() {
		p.Fixes = append(p.Fixes, Replacement("Replace "+word+" by "+names[0], at, names[0]))
	}
}

// Replacement is a fix that puts a text in a place.
func Replacement(title string, at source.Place, text string) diag.Fix {
	return diag.Fix{Title: title, Edits: []source.Edit{{Place: at, With: text}}}
}
