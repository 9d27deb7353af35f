package pane

import (
	"fmt"

	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// Cures remembers the fixes of the problem that a person looks at: they are computed on demand, and shown in every frame.
// The zero value remembers nothing.
type Cures struct {
	snap  *workspace.Snapshot
	code  diag.Code
	place source.Place
	on    string
	fixes []diag.Fix
}

// Of gives the fixes of a problem of a snapshot.
func (c *Cures) Of(snap *workspace.Snapshot, p diag.Problem, lang diag.Language) []diag.Fix {
	if snap == nil || snap.Result == nil || snap.Result.App == nil {
		return p.Fixes
	}
	if c.snap != snap || c.code != p.Code || c.place != p.Place || c.on != p.On {
		*c = Cures{snap, p.Code, p.Place, p.On, refactor.Fixes(snap.Ground(lang), p)}
	}
	return c.fixes
}

// Cured applies the only fix of a problem, or asks which.
func Cured(fixes []diag.Fix, lang diag.Language) []Intent {
	switch len(fixes) {
	case 0:
		return nil
	case 1:
		return []Intent{Cure{Fix: fixes[0]}}
	}
	choose := Choose{Title: "Quick fix"}
	for i, fix := range fixes[:min(len(fixes), 9)] {
		choose.Options = append(choose.Options, Action{
			ID: fmt.Sprintf("fix.%d", i+1), Key: fmt.Sprint(i + 1), Title: fix.Title.In(lang),
			Do: func() []Intent { return []Intent{Cure{Fix: fix}} },
		})
	}
	return []Intent{choose}
}
