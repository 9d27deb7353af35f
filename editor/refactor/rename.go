package refactor

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	recipes "github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
)

// Renaming is what giving another name to something implies.
type Renaming struct {
	Name names.Name
	source.Change
	// Recipes are edits of scripts, templates and manifests: they are proposed apart, since what a program means by a word
	// cannot be known for sure.
	Recipes []source.Edit
	// Beside are the edits of other applications that are open, sorted by folder: an external prefix and its aliases are theirs as well.
	Beside []Beside
}

// Beside are edits of another application that is open.
type Beside struct {
	// Dir is its folder, absolute; the files of the edits are relative to it.
	Dir   string
	Edits []source.Edit
}

// Renamable gives the word at a place, when it is a name that can be changed; the error says why not. Where no name stands, the span
// is empty.
func Renamable(g ask.Ground, file string, at int) (source.Span, string, error) {
	use, ok := names.At(g, file, at)
	if !ok {
		return source.Span{}, "", nil
	}
	r := &renamer{Ground: g, name: use.Name, uses: names.Uses(g, use.Name)}
	if err := r.known(); err != nil {
		return source.Span{}, "", fmt.Errorf("rename %s: %w", r.old(), err)
	}
	text, _ := g.Text(use.Place.File)
	return use.Place.Span, use.Place.Span.Of(text), nil
}

// Rename gives the thing at a place another name, everywhere: graph, instances, descriptor, commands, rules, probes, recipe
// folders, file names. The error says why the new name cannot be taken (not a name, taken, hides another one).
//
// A file keeps its folder when the new name has none; with one it goes there, seen from the folder of its language.
func Rename(g ask.Ground, file string, at int, to string) (Renaming, error) {
	use, ok := names.At(g, file, at)
	if !ok {
		return Renaming{}, nil
	}
	return RenameName(g, use.Name, to)
}

// RenameName is Rename for who knows the name already, and no place where it stands.
func RenameName(g ask.Ground, n names.Name, to string) (Renaming, error) {
	r := &renamer{Ground: g, name: n, to: to, uses: names.Uses(g, n)}
	r.out.Name = n
	if err := r.rename(); err != nil {
		return Renaming{}, fmt.Errorf("rename %s to %s: %w", r.old(), to, err)
	}
	return r.out, nil
}

// renamer finds out what a new name implies.
type renamer struct {
	ask.Ground
	name names.Name
	to   string
	uses []names.Use
	out  Renaming
}

// old is the name as people write it.
func (r *renamer) old() string {
	switch r.name.Kind {
	case names.Instance:
		for _, u := range r.uses {
			if text, ok := r.Text(u.Place.File); ok && u.Role == names.Declaration {
				return u.Place.Span.Of(text) // without the index that a count adds
			}
		}
		return path.Base(r.name.Text)
	case names.File:
		return path.Base(r.name.Text)
	}
	return r.name.Text
}

func (r *renamer) rename() error {
	if r.name.Kind != names.Instance { // there, the index of a copy follows the blank
		r.to = strings.TrimSpace(r.to)
	}
	if err := r.known(); err != nil {
		return err
	}
	if err := r.readable(); err != nil {
		return err
	}
	if r.old() == r.to {
		return nil
	}
	if err := r.acceptable(); err != nil {
		return err
	}
	for _, u := range r.uses {
		r.put(u)
	}
	if err := r.move(); err != nil {
		return err
	}
	if err := r.scripts(); err != nil {
		return err
	}
	sortEdits(r.out.Edits)
	sortEdits(r.out.Recipes)
	return nil
}

// acceptable says why the new name cannot be taken.
func (r *renamer) acceptable() error {
	switch r.name.Kind {
	case names.Component, names.Facet:
		return r.acceptableType()
	case names.Variable:
		return r.acceptableVariable()
	case names.Instance:
		return r.acceptableInstance()
	case names.File:
		return r.acceptableFile()
	case names.Prefix:
		return r.acceptablePrefix()
	case names.Alias:
		return r.acceptableAlias()
	}
	return r.acceptableWord()
}

// put writes the new name at an occurrence.
func (r *renamer) put(u names.Use) {
	if u.Place.Span.Len() == 0 {
		return // the file itself is called so
	}
	e := source.Edit{Place: u.Place, With: r.to}
	switch {
	case u.Role == names.Recipe:
		e.With = recipes.Mangle(r.to)
		if recipes.LanguageOf(path.Base(u.Place.File), "") == recipes.Manifest {
			e.With = strings.ToLower(e.With)
		}
		r.out.Recipes = append(r.out.Recipes, e)
		return
	case u.Dir != "":
		r.putBeside(u.Dir, e)
		return
	case r.name.Kind == names.File:
		e = r.relocate(u.Place, r.name.Text, r.target())
	}
	r.out.Edits = append(r.out.Edits, e)
}

// putBeside writes the new name in another application. Occurrences come sorted by folder.
func (r *renamer) putBeside(dir string, e source.Edit) {
	if n := len(r.out.Beside); n == 0 || r.out.Beside[n-1].Dir != dir {
		r.out.Beside = append(r.out.Beside, Beside{Dir: dir})
	}
	last := &r.out.Beside[len(r.out.Beside)-1]
	last.Edits = append(last.Edits, e)
}

func sortEdits(edits []source.Edit) {
	slices.SortFunc(edits, func(a, b source.Edit) int {
		return cmp.Or(strings.Compare(a.Place.File, b.Place.File), a.Place.Span.Start-b.Place.Span.Start)
	})
}

// known refuses what nobody declares: to give it a name is to correct each mention.
func (r *renamer) known() error {
	if len(r.uses) == 0 {
		return fmt.Errorf("it occurs nowhere")
	}
	if !slices.ContainsFunc(r.uses, func(u names.Use) bool { return u.Role == names.Declaration }) {
		switch r.name.Kind {
		case names.Prefix, names.Alias:
			return fmt.Errorf("no application that is open exports it; open the one that does")
		}
		return fmt.Errorf("it is declared nowhere; correct it where it stands, at %s", r.where(r.uses[0].Place))
	}
	if r.name.Kind == names.Variable && isNetwork(r.name.Text) {
		return fmt.Errorf("the platform gives its value to a variable of this very name; with another one it would have none")
	}
	return nil
}

// readable refuses to change what cannot be read whole: an occurrence there would be left as it is.
func (r *renamer) readable() error {
	word := r.old()
	for _, name := range r.files() {
		f := r.Result.Files[name]
		if f.Tree == nil || !strings.Contains(f.Text, word) {
			continue
		}
		for base, chunk := range f.Tree.Chunks() {
			if errs := chunk.Errors(); len(errs) > 0 && strings.Contains(chunk.Text(), word) && severe(errs) {
				at := source.Place{File: name, Span: errs[0].Span.Shift(base)}
				return fmt.Errorf("%s cannot be read, and it may mention the name; correct it first", r.where(at))
			}
		}
	}
	return nil
}

// where is a place for people.
func (r *renamer) where(at source.Place) string {
	text, ok := r.Text(at.File)
	if !ok || at.Span.Len() == 0 {
		return at.File
	}
	return fmt.Sprintf("%s:%d", at.File, strings.Count(text[:min(at.Span.Start, len(text))], "\n")+1)
}
