package assist

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/probe"
	"github.com/roboconf/workbench/model/source"
)

// Definition gives where what stands at a place is declared; several places when it is declared several times.
//
// At the declaration itself it leads on: from a component to its recipes, from the section of a probe to the rules that wait for its
// event.
func Definition(g ask.Ground, file string, at int) []Spot {
	use, ok := named(g, file, at)
	if !ok {
		return parameter(g, file, at)
	}
	var declared, others []Spot
	for _, u := range names.Uses(g, use.Name) {
		spot := Spot{Dir: u.Dir, Place: u.Place}
		if u.Role == names.Declaration {
			declared = append(declared, spot)
		} else if u.Role == names.Reference {
			others = append(others, spot)
		}
	}
	switch {
	case use.Role == names.Declaration && use.Name.Kind == names.Event:
		return others
	case use.Role == names.Declaration && use.Name.Kind == names.Component:
		return append(declared, recipes(g, use.Name.Text)...)
	case use.Name.Kind == names.Variable:
		return nearest(g, use, declared)
	}
	return declared
}

// named is the name at a place or, where what stands there has none, the one that it goes with: of a wildcard the type before it, of
// what a recipe is told about instances the prefix that they answer.
func named(g ask.Ground, file string, at int) (names.Use, bool) {
	if use, ok := names.At(g, file, at); ok {
		return use, true
	}
	text, ok := g.Text(file)
	if !ok || at < 0 || at > len(text) {
		return names.Use{}, false
	}
	f := g.Result.Files[file]
	if in := f != nil && f.Tree != nil; in {
		star := at
		if star > 0 && text[star-1] == '*' {
			star--
		}
		if before, ok := strings.CutSuffix(text[:star], "."); ok && strings.HasPrefix(text[star:], "*") {
			return names.At(g, file, len(before))
		}
		return names.Use{}, false
	}
	word := reply.Word(text, at, func(c byte) bool {
		return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	})
	use, ok := names.At(g, file, word.Start)
	return use, ok && use.Role == names.Recipe && word.Len() > use.Place.Span.Len()
}

// nearest puts the value that counts first: that of the type under whose name the variable is asked for, when it gives one (MOD-72).
func nearest(g ask.Ground, use names.Use, declared []Spot) []Spot {
	prefix, ok := names.At(g, use.Place.File, use.Place.Span.Start-1)
	if !ok || prefix.Place.Span.End+1 != use.Place.Span.Start {
		return declared
	}
	c := g.Result.App.Graph.Component(prefix.Name.Text)
	if c == nil {
		return declared
	}
	for _, v := range c.Exports {
		at, own := names.At(g, c.File, c.Base+v.Span.End)
		if own && at.Name == use.Name && at.Place != use.Place && v.Name == use.Name.Text {
			spot := Spot{Place: at.Place}
			return append([]Spot{spot}, slices.DeleteFunc(declared, func(s Spot) bool { return s == spot })...)
		}
	}
	return declared
}

// mostRecipes is how many files of a recipe a component leads to.
const mostRecipes = 20

// recipes are the files that make a component live: scripts, templates, manifests, target definitions.
func recipes(g ask.Ground, component string) (list []Spot) {
	c := g.Result.App.Graph.Component(component)
	if c == nil {
		return nil
	}
	for _, super := range g.Result.App.Graph.Supers(c) {
		files, there := g.Result.Resources[super.Name]
		if !there {
			continue
		}
		for _, file := range slices.Sorted(slices.Values(files)) {
			if isRecipe(file) && len(list) < mostRecipes {
				list = append(list, Spot{Place: source.Place{File: path.Join(g.Result.Base, "graph", super.Name, file)}})
			}
		}
		return list
	}
	return nil
}

func isRecipe(file string) bool {
	dir, _, inside := strings.Cut(file, "/")
	switch path.Ext(file) {
	case ".properties":
		return !inside
	case ".pp", ".template":
		return true
	}
	return inside && dir == "scripts"
}

// parameter leads from the mention of a parameter in a probe to its value (PRB-15).
func parameter(g ask.Ground, file string, at int) []Spot {
	const ext = ".measures"
	text, ok := g.Text(file)
	if !ok || !strings.HasSuffix(file, ext) {
		return nil
	}
	beside := file + ".properties"
	values, ok := g.Text(beside)
	if !ok {
		return nil
	}
	p, _ := load.ParseProperties(values) // what stands before a fault counts all the same
	for _, m := range probe.Parse(file, text, nil).Mentions {
		if e, known := p.Find(m.Text); known && m.Span.Contains(at) {
			return []Spot{{Place: source.Place{File: beside, Span: e.KeySpan}}}
		}
	}
	return nil
}

// References gives where what stands at a place occurs, mentions in recipes included, sorted by file and place.
func References(g ask.Ground, file string, at int, declarations bool) []Spot {
	use, ok := named(g, file, at)
	if !ok {
		use, ok = whole(file, at)
	}
	if !ok {
		return nil
	}
	var list []Spot
	for _, u := range names.Uses(g, use.Name) {
		if declarations || u.Role != names.Declaration {
			list = append(list, Spot{Dir: u.Dir, Place: u.Place})
		}
	}
	slices.SortFunc(list, func(a, b Spot) int {
		return cmp.Or(strings.Compare(a.Dir, b.Dir), strings.Compare(a.File, b.File), a.Span.Start-b.Span.Start)
	})
	return list
}

// whole is the command that a file is: asked for at its start, where no other name stands.
func whole(file string, at int) (names.Use, bool) {
	called, ok := strings.CutSuffix(path.Base(file), ".commands")
	if !ok || at != 0 {
		return names.Use{}, false
	}
	return names.Use{Name: names.Name{Kind: names.Command, Text: called}, Place: source.Place{File: file}}, true
}

// Highlights gives the occurrences in the same file, the one at the place included.
func Highlights(g ask.Ground, file string, at int) []names.Use {
	use, ok := names.At(g, file, at)
	if !ok {
		return nil
	}
	list := slices.DeleteFunc(names.Uses(g, use.Name), func(u names.Use) bool {
		return u.Dir != "" || u.Place.File != file || u.Place.Span.Len() == 0
	})
	slices.SortFunc(list, func(a, b names.Use) int { return a.Place.Span.Start - b.Place.Span.Start })
	return list
}

// typeOf finds a type by its name; nil pointers for what is none.
func typeOf(g ask.Ground, name string) (*model.Component, *model.Facet) {
	return g.Result.App.Graph.Component(name), g.Result.App.Graph.Facet(name)
}
