package load

import (
	"path"
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// types are the declarations of all graph files, repeated ones included, in the order of reading.
type types struct {
	components []*model.Component
	facets     []*model.Facet
}

// readGraph reads the graph that the descriptor names (MOD-13).
func (l *loader) readGraph() {
	entry := l.App.Descriptor.GraphEntry
	if entry == "" {
		return
	}
	name := path.Clean(l.folder.path(graphDir, entry))
	if !l.folder.exists(name) {
		p := l.missingEntry(diag.ProjMissingGraphEp, KeyGraphEntry, name)
		l.suggestFile(&p, graphLanguage, entry, new(Guesses))
		l.report(p)
		return
	}
	l.GraphFile = name
	l.buildGraph(l.readLanguage(graphLanguage, graphDir, entry))
}

// missingEntry is located on the key, which may stand nowhere in a recipe.
func (l *loader) missingEntry(code diag.Code, key, expected string) diag.Problem {
	p := diag.Problem{Code: code, Details: []diag.Detail{{Kind: diag.KindExpected, Text: expected}}}
	if e, ok := l.Descriptor.Key(key); ok {
		p.Place = source.Place{File: l.folder.path(descriptorFile), Span: e.ValueSpan}
	}
	return p
}

// buildGraph puts the declarations of all files together and reports what collides (spec/model.md 5.1).
func (l *loader) buildGraph(r reading) {
	l.HasGraph = true
	t := &types{}
	for _, u := range r.units {
		t.components = append(t.components, u.components...)
		t.facets = append(t.facets, u.facets...)
		l.Broken = l.Broken || u.broken
		l.torn.addGraph(u.torn)
	}
	l.Holes = r.holes
	if l.prev != nil {
		l.App.Graph = l.prev.App.Graph.Update(t.components, t.facets)
	} else {
		l.App.Graph = model.NewGraph(t.components, t.facets)
	}
	l.reportCollisions(t)
	if !r.holes {
		l.reportUnknown()
	}
}

// reportCollisions finds names that are declared more than once (MOD-35, MOD-36).
func (l *loader) reportCollisions(t *types) {
	g := l.App.Graph
	if len(g.Components()) < len(t.components) {
		sameName(l, t.components, diag.COAlreadyDefinedComponent, diag.KindComponent,
			func(c *model.Component) (string, model.Origin) { return c.Name, c.Origin })
	}
	if len(g.Facets()) < len(t.facets) {
		sameName(l, t.facets, diag.COAlreadyDefinedFacet, diag.KindFacet,
			func(f *model.Facet) (string, model.Origin) { return f.Name, f.Origin })
	}
	for _, f := range g.Facets() {
		c := g.Component(f.Name)
		if c == nil || f.Name == "" {
			continue
		}
		l.report(conflictingName(f.Name, c.Origin, f.Origin))
		l.report(conflictingName(f.Name, f.Origin, c.Origin))
	}
}

func conflictingName(name string, at, other model.Origin) diag.Problem {
	return diag.Problem{
		Code:    diag.COConflictingName,
		Place:   at.Place(at.Name),
		On:      name,
		Details: []diag.Detail{{Kind: diag.KindName, Text: name}},
		Related: []diag.Related{{Place: other.Place(other.Name), Message: diag.Say("the same name stands here")}},
	}
}

// sameName reports each of several declarations of one name, with the others beside it.
func sameName[T any](l *loader, all []T, code diag.Code, kind diag.DetailKind, of func(T) (string, model.Origin)) {
	byName := make(map[string][]source.Place)
	for _, t := range all {
		if name, origin := of(t); name != "" {
			byName[name] = append(byName[name], origin.Place(origin.Name))
		}
	}
	for _, t := range all {
		name, origin := of(t)
		if len(byName[name]) < 2 {
			continue
		}
		at := origin.Place(origin.Name)
		l.report(diag.Problem{
			Code:    code,
			Place:   at,
			On:      name,
			Details: []diag.Detail{{Kind: kind, Text: name}},
			Related: others(byName[name], at, diag.Say("also declared here")),
		})
	}
}

// reportUnknown reports names that designate no type (MOD-37), on the header of the type that refers to them. Names that
// are no names at all were reported by the parser.
func (l *loader) reportUnknown() {
	unknown := l.App.Graph.Unknown()
	if len(unknown) == 0 {
		return
	}
	w := l.knownWords()
	var guesses Guesses
	for _, u := range unknown {
		if !model.IsID(u.Ref.Name) {
			continue
		}
		p := diag.Problem{
			Code:    diag.COInexistingChild,
			Place:   u.Origin.Place(u.Origin.Name),
			On:      u.Owner,
			Details: []diag.Detail{{Kind: diag.KindName, Text: u.Ref.Name}},
		}
		known := w.types
		switch u.Wanted {
		case model.WantComponent:
			p.Code, p.Details[0].Kind, known = diag.COInexistingComponent, diag.KindComponent, w.components
		case model.WantFacet:
			p.Code, p.Details[0].Kind, known = diag.COInexistingFacet, diag.KindFacet, w.facets
		}
		Suggest(&p, u.Ref.Name, guesses.Among(known), u.Origin.Place(u.Ref.Span))
		l.report(p)
	}
}

// words are the names that a misspelt one may stand for.
type words struct{ components, facets, types *near.Known }

// knownWords are the names of the graph. While they are those of the previous result, so are its answers: an editor asks about the
// same mistakes at each key.
func (l *loader) knownWords() words {
	components, facets := componentNames(l.App.Graph), facetNames(l.App.Graph)
	l.words = words{
		components: near.Among(components, l.words.components),
		facets:     near.Among(facets, l.words.facets),
		types:      near.Among(slices.Concat(components, facets), l.words.types),
	}
	return l.words
}

func componentNames(g *model.Graph) []string {
	names := make([]string, 0, len(g.Components()))
	for _, c := range g.Components() {
		names = append(names, c.Name)
	}
	return names
}

func facetNames(g *model.Graph) []string {
	names := make([]string, 0, len(g.Facets()))
	for _, f := range g.Facets() {
		names = append(names, f.Name)
	}
	return names
}
