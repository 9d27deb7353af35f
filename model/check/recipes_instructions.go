package check

import (
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/recipe"
)

// instructions checks a recipe of the installer "file" (PL-60). Without the file nothing is done, which is fine.
func (r *recipes) instructions(c *model.Component, dir string) (found []diag.Problem) {
	if !slices.Contains(r.files[dir], recipe.Instructions) {
		return nil
	}
	f := r.open(dir, recipe.Instructions)
	if f.err != nil {
		return nil // a file that vanished meanwhile: the next loading knows
	}
	found = r.texts(f)
	for _, fault := range f.keys().Faults {
		p := diag.Problem{Code: diag.XFileInstruction, Place: f.place(fault.Span), On: c.Name}
		line, _ := f.keys().At(fault.Span.Start)
		p.Details = []diag.Detail{detail(diag.KindInstruction, line.Entry.Key), detail(diag.KindMalformed, fault.Span.Of(f.text))}
		found = append(found, p)
	}
	list := recipe.ReadInstructions(f.keys())
	for _, i := range list {
		if i.Flaw != recipe.Sound {
			found = append(found, r.instruction(c, f, i, list))
		}
	}
	return found
}

// instruction tells what is wrong with one, and what it may stand for.
func (r *recipes) instruction(c *model.Component, f *recipeFile, i recipe.Instruction, list []recipe.Instruction) diag.Problem {
	p := diag.Problem{Code: diag.XFileInstruction, Place: f.place(i.At), On: c.Name}
	p.Details = []diag.Detail{detail(diag.KindInstruction, i.Key)}
	word := i.At.Of(f.text)
	switch i.Flaw {
	case recipe.NoAction:
		p.Details = append(p.Details, detail(diag.KindUnrecognized, word))
		load.Suggest(&p, word, near.Among(recipe.Actions, nil), p.Place)
	case recipe.NoVerb:
		p.Details = append(p.Details, detail(diag.KindUnrecognized, word))
		load.Suggest(&p, word, near.Among(recipe.Verbs, nil), p.Place)
	case recipe.NoPosition, recipe.NotThree:
		p.Details = append(p.Details, detail(diag.KindMalformed, word))
	case recipe.BadParameter:
		p.Details = append(p.Details, detail(diag.KindMalformed, i.Value), detail(diag.KindExpected, forms[i.Verb]))
	case recipe.SamePosition:
		other := list[i.Other]
		p.Details = append(p.Details, detail(diag.KindConflicting, other.Key))
		p.Related = related(f.place(other.KeySpan), diag.Say("this one has the same position"))
	}
	return p
}

// forms are the parameters that the verbs of the installer "file" want.
var forms = map[string]string{
	"download": "an address: http://host/file, file:/path, perhaps followed by -> target",
	"move":     "source -> target",
	"copy":     "source -> target",
	"delete":   "a path",
}
