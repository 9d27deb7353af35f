package refactor

import (
	"slices"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// place is a part of a file, with the block around it.
type place struct {
	ask.Ground
	notes   *notes
	graph   *model.Graph
	file    string
	in      source.Span
	body    body
	inBlock bool
}

// Actions gives the changes that are offered for a part of a file: what cures the findings there, cures of the same kind in the
// file and in the project, then what a person may want to make of the text.
func Actions(g ask.Ground, file string, in source.Span) []Action {
	if g.Result == nil {
		return nil
	}
	p := place{Ground: g, notes: newNotes(), graph: g.Result.App.Graph, file: file, in: in}
	p.body, p.inBlock = bodyAt(g.Result, file, in.Start)
	list := p.cures()
	list = append(list, p.inserts()...)
	list = append(list, p.extract()...)
	list = append(list, p.moves()...)
	list = append(list, p.skeletons()...)
	list = append(list, p.convert()...)
	for i := range list {
		list[i].Edits = ordered(list[i].Edits)
	}
	return slices.DeleteFunc(list, func(a Action) bool {
		cures := a.Kind == QuickFix || a.Kind == FixFile || a.Kind == FixAll
		return !cures && (harms(g.Result, a.Edits) || !possible(p.notes, g.Result, a.Change))
	})
}

// component is the one that the place stands in, when it is the declaration that counts.
func (p place) component() *model.Component {
	if !p.inBlock || p.body.node.Kind() != syntax.Component {
		return nil
	}
	t := p.graph.Component(p.body.word(p.body.node.Name()))
	if t == nil || t.File != p.file || t.Base != p.body.base {
		return nil
	}
	return t
}

// cures are those of the findings that touch the place.
func (p place) cures() (list []Action) {
	var codes []many
	for _, problem := range p.Problems {
		if !p.touches(problem) {
			continue
		}
		fixes := p.notes.fixes(p.Ground, problem)
		sure, one := certain(problem, fixes)
		for _, f := range fixes {
			list = append(list, Action{
				ID: "fix." + string(problem.Code), Kind: QuickFix, Code: problem.Code, Title: f.Title,
				Preferred: one && sameChange(f, sure), Change: f.Change(),
			})
		}
		if one && !slices.ContainsFunc(codes, func(m many) bool { return m.code == problem.Code }) {
			codes = append(codes, many{problem.Code, atOnce(sure)})
		}
	}
	for _, m := range codes {
		list = append(list, p.everywhere(m.code, m.most)...)
	}
	return list
}

// touches says whether a finding is shown at the place.
func (p place) touches(problem diag.Problem) bool {
	if p.meets(problem.Place) {
		return true
	}
	return slices.ContainsFunc(problem.Related, func(r diag.Related) bool { return r.Exact && p.meets(r.Place) })
}

func (p place) meets(at source.Place) bool {
	return at.File == p.file && at.Span.Start <= p.in.End && p.in.Start <= at.Span.End
}

// many is a code whose findings may be cured together, as far as they are no more than that.
type many struct {
	code diag.Code
	most int
}

// atOnce is for how many findings a cure of all is made up before anybody chooses it, so that the list is there at once; the
// command line has no such bound. Files take longer than edits.
func atOnce(f diag.Fix) int {
	if len(f.Files) > 0 {
		return 40
	}
	return 200
}

// everywhere cures all findings of a code at once: those of the file, those of the project.
func (p place) everywhere(code diag.Code, most int) (list []Action) {
	here, all := 0, 0
	for _, problem := range p.Problems {
		if problem.Code != code {
			continue
		}
		all++
		if problem.Place.File == p.file {
			here++
		}
	}
	if here > 1 && here <= most {
		list = append(list, Action{
			ID: "fix.file", Kind: FixFile, Code: code, Title: diag.Say("Cure all findings of this kind in the file"),
			Change: Cure(p.Ground, code, p.file),
		})
	}
	if all > here && all > 1 && all <= most {
		list = append(list, Action{
			ID: "fix.all", Kind: FixAll, Code: code, Title: diag.Say("Cure all findings of this kind in the project"),
			Change: Cure(p.Ground, code, ""),
		})
	}
	return slices.DeleteFunc(list, func(a Action) bool { return a.Empty() })
}

// skeletons make what the recipe of the component lacks.
func (p place) skeletons() []Action {
	t := p.component()
	if t == nil || p.graph.Installer(t) == "" || !model.IsTypeName(t.Name) {
		return nil
	}
	files := p.notes.skeleton(p.Result, t)
	if len(files) == 0 {
		return nil
	}
	title := diag.Say("Create the recipe of %s", t.Name)
	return []Action{{ID: "skeleton.recipe", Kind: Insert, Title: title, Change: source.Change{Files: files}}}
}

// convert writes the syntax of version 0.1 in today's form: in the file, in the project (dsl.md 10).
func (p place) convert() (list []Action) {
	here, elsewhere := false, false
	for _, problem := range p.Problems {
		if problem.Code == diag.XLegacySyntax {
			here = here || problem.Place.File == p.file
			elsewhere = elsewhere || problem.Place.File != p.file
		}
	}
	if !here {
		return nil
	}
	add := func(title diag.Phrase, file string) {
		if c := modernize(p.Ground, file); !c.Empty() {
			list = append(list, Action{ID: "convert.legacy", Kind: Rewrite, Title: title, Change: c})
		}
	}
	add(diag.Say("Convert the file to today's syntax"), p.file)
	if elsewhere {
		add(diag.Say("Convert the project to today's syntax"), "")
	}
	return list
}

// modernize writes all that a file, or with "" the project, has of the syntax of version 0.1 in today's form (dsl.md 10).
func modernize(g ask.Ground, file string) source.Change { return Cure(g, diag.XLegacySyntax, file) }
