package refactor

import (
	"slices"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// open codes have a cure that the finding brings along, beside others that are as good.
var open = map[diag.Code]bool{diag.RMRootInstallerMustBeTarget: true}

// certain gives the cure that leaves no choice: the only one, or the one that the finding itself names.
func certain(p diag.Problem, fixes []diag.Fix) (diag.Fix, bool) {
	if len(fixes) == 1 {
		return fixes[0], true
	}
	if len(p.Fixes) == 1 && !open[p.Code] {
		for _, f := range fixes {
			if sameChange(f, p.Fixes[0]) {
				return f, true
			}
		}
	}
	return diag.Fix{}, false
}

// Cure applies all fixes of a code (all codes when it is "") that leave no choice, to one file or, with "", to the project;
// fixes that overlap wait for the next round. Without a code, what may be meant as it is stays: nothing is removed or created
// that a person did not name. No round makes a new severe finding of the families P_ and PM_ (DIA-52).
func Cure(g ask.Ground, code diag.Code, file string) source.Change {
	n := newNotes()
	m := &medley{edits: map[string][]source.Edit{}, files: map[string]bool{}, moved: map[string]bool{}}
	for _, p := range g.Problems {
		if code != "" && p.Code != code || file != "" && p.Place.File != file || cures[p.Code] == nil && len(p.Fixes) == 0 {
			continue
		}
		fix, ok := certain(p, n.fixes(g, p))
		if !ok || code == "" && !harmlessUnasked(p, fix) {
			continue
		}
		if readable(g, fix) {
			m.take(fix)
		}
	}
	c := m.settle(g)
	c.Edits = ordered(c.Edits)
	return c
}

// harmlessUnasked says whether a fix may be done that nobody named: it makes and moves no file, and it removes nothing that may
// be meant. A name that resembles one there is was misspelt (DIA-47).
func harmlessUnasked(p diag.Problem, f diag.Fix) bool {
	if len(f.Files)+len(f.Moves) > 0 {
		return false
	}
	return !drastic[p.Code] || misspelt[p.Code] && slices.ContainsFunc(p.Fixes, func(own diag.Fix) bool { return sameChange(own, f) })
}

// readable says whether all texts that a fix changes are there.
func readable(g ask.Ground, f diag.Fix) bool {
	return !slices.ContainsFunc(f.Edits, func(e source.Edit) bool {
		text, ok := g.Text(e.Place.File)
		return !ok || e.Place.Span.End > len(text)
	})
}

// medley is a set of fixes that do not meet.
type medley struct {
	taken []diag.Fix
	edits map[string][]source.Edit // by file, sorted
	files map[string]bool
	moved map[string]bool
}

// take adds a fix when it meets none of those before.
func (m *medley) take(f diag.Fix) {
	for _, e := range f.Edits {
		if m.moved[e.Place.File] || m.meets(e) {
			return
		}
	}
	for _, file := range f.Files {
		if m.files[file.Name] {
			return
		}
	}
	for _, move := range f.Moves {
		if m.files[move.To] || m.moved[move.From] || len(m.edits[move.From]) > 0 {
			return
		}
	}
	for _, e := range f.Edits {
		list := m.edits[e.Place.File]
		at, _ := slices.BinarySearchFunc(list, e, byStart)
		m.edits[e.Place.File] = slices.Insert(list, at, e)
	}
	for _, file := range f.Files {
		m.files[file.Name] = true
	}
	for _, move := range f.Moves {
		m.files[move.To], m.moved[move.From] = true, true
	}
	m.taken = append(m.taken, f)
}

func byStart(a, b source.Edit) int { return a.Place.Span.Start - b.Place.Span.Start }

// meets says whether an edit touches one that was taken.
func (m *medley) meets(e source.Edit) bool {
	list := m.edits[e.Place.File]
	at, _ := slices.BinarySearchFunc(list, e, byStart)
	return at < len(list) && list[at].Place.Span.Start <= e.Place.Span.End ||
		at > 0 && list[at-1].Place.Span.End >= e.Place.Span.Start
}

// settle puts the fixes together. Where they make a text worse together, as two of them may in one block, only those are done
// that do not, in order.
func (m *medley) settle(g ask.Ground) (c source.Change) {
	bad := map[string]bool{}
	for file, edits := range m.edits {
		bad[file] = harms(g.Result, edits)
	}
	good := map[string][]source.Edit{}
	for _, f := range m.taken {
		if !m.fits(g, f, bad, good) {
			continue
		}
		for _, e := range f.Edits {
			good[e.Place.File] = append(good[e.Place.File], e)
		}
		c.Edits = append(c.Edits, f.Edits...)
		c.Files = append(c.Files, f.Files...)
		c.Moves = append(c.Moves, f.Moves...)
	}
	return c
}

// fits tries a fix beside those that were found good, in the files where all together are not.
func (m *medley) fits(g ask.Ground, f diag.Fix, bad map[string]bool, good map[string][]source.Edit) bool {
	for _, e := range f.Edits {
		if bad[e.Place.File] && harms(g.Result, slices.Concat(good[e.Place.File], f.Edits)) {
			return false
		}
	}
	return true
}
