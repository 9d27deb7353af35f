package assist

import (
	"path"
	"strings"

	"github.com/sahilm/fuzzy"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
)

// Found is a declaration that a search found.
type Found struct {
	Name      string
	Kind      ask.Kind
	Container string // the file, or the type that holds it
	Place     source.Place
}

// Search finds declarations of the whole application by a few letters of their names, the best first, at most limit. Without letters
// it gives the first ones: types, then instances, then the rest. A variable is also found by the name of its type: tom.po finds the
// port of Tomcat.
func Search(g ask.Ground, query string, limit int) []Found {
	if g.Result == nil || limit <= 0 {
		return nil
	}
	all := declarations(g)
	if query = strings.TrimSpace(query); query == "" {
		return all.found[:min(limit, len(all.found))]
	}
	var out []Found
	for _, m := range fuzzy.FindFrom(query, all) {
		if len(out) == limit {
			break
		}
		out = append(out, all.found[m.Index])
	}
	return out
}

// index is what a search looks through: declarations, and the words by which they are found.
type index struct {
	found []Found
	words []string
}

// String and Len make it a source of fuzzy.
func (x *index) String(i int) string { return x.words[i] }

// Len is the number of declarations.
func (x *index) Len() int { return len(x.words) }

func (x *index) add(word string, f Found) {
	if f.Name != "" {
		x.found, x.words = append(x.found, f), append(x.words, word)
	}
}

// declarations are those of the whole application.
func declarations(g ask.Ground) *index {
	types := g.Result.App.Graph
	n := len(types.Components()) * 5 // a guess, for few moves in memory
	x := &index{found: make([]Found, 0, n), words: make([]string, 0, n)}
	for _, c := range types.Components() {
		x.add(c.Name, Found{c.Name, ask.KindComponent, c.File, c.Place(c.Origin.Name)})
	}
	for _, f := range types.Facets() {
		x.add(f.Name, Found{f.Name, ask.KindFacet, f.File, f.Place(f.Origin.Name)})
	}
	var last *model.Instance
	for at, i := range model.Walk(g.Result.App.Instances) {
		if last != nil && i.Count > 1 && last.File == i.File && last.Base == i.Base && last.Header == i.Header {
			continue // the copies of a block stand in the text once
		}
		last = i
		x.add(at, Found{at, ask.KindInstance, i.File, i.Place(i.NameSpan)})
	}
	for _, u := range names.Apart(g) {
		x.add(u.Name.Text, Found{u.Name.Text, kinds[u.Name.Kind], u.Place.File, u.Place})
	}
	for _, c := range types.Components() {
		x.variables(c.Name, c.Origin, c.Exports)
	}
	for _, f := range types.Facets() {
		x.variables(f.Name, f.Origin, f.Exports)
	}
	for _, file := range g.Result.All {
		if f := g.Result.Files[file]; f != nil && f.Tree != nil {
			x.add(path.Base(file), Found{path.Base(file), ask.KindFile, file, source.Place{File: file}})
		}
	}
	return x
}

func (x *index) variables(owner string, o model.Origin, list []model.Variable) {
	for _, v := range list {
		full := model.FullName(owner, v.Name)
		x.add(full, Found{strings.TrimPrefix(full, owner+"."), ask.KindVariable, owner, o.Place(v.Span)})
	}
}

// kinds are the icons of names.
var kinds = map[names.Kind]ask.Kind{
	names.Component: ask.KindComponent, names.Facet: ask.KindFacet, names.Variable: ask.KindVariable, names.Instance: ask.KindInstance,
	names.Command: ask.KindCommand, names.Rule: ask.KindRule, names.Event: ask.KindEvent, names.Target: ask.KindTarget,
	names.Script: ask.KindVariable, names.Alias: ask.KindVariable, names.File: ask.KindFile, names.Prefix: ask.KindApplication,
}
