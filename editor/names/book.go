package names

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// book collects occurrences: all of them, or those of one name.
type book struct {
	ask.Ground
	types *model.Graph
	// only says that name alone is looked for; when it is a variable, owners are the types that declare it, heirs all that publish it.
	only   bool
	name   Name
	owners []string
	heirs  map[string]bool
	// spot is the only place that counts; nil for all.
	spot *source.Place
	dir  string // of the other application that is being read
	out  []Use
	// hidden are the places that lead to the name without writing it.
	hidden []source.Place

	families map[[2]string]string
	recipes  *recipes
}

func newBook(g ask.Ground) *book {
	return &book{Ground: g, types: g.Result.App.Graph, families: make(map[[2]string]string)}
}

// look narrows the book to one name.
func (b *book) look(n Name) {
	b.only, b.name = true, n
	if n.Kind == Variable {
		b.owners, b.heirs = b.family(n.Owner, n.Text)
	}
}

// may says whether a word can be what is looked for, before anybody finds out what it means.
func (b *book) may(k Kind, text string) bool {
	return !b.only || b.name.Kind == k && b.name.Text == text
}

// mayBe is may for a variable that stands at a place, and is published by a type.
func (b *book) mayBe(local, publisher string, at source.Place) bool {
	return b.here(at) && b.may(Variable, local) && (!b.only || b.heirs[publisher])
}

// here says whether a place counts.
func (b *book) here(at source.Place) bool {
	return b.spot == nil || at.File == b.spot.File && at.Span.Contains(b.spot.Span.Start)
}

// about says whether names of one of the kinds are looked for.
func (b *book) about(kinds ...Kind) bool { return !b.only || slices.Contains(kinds, b.name.Kind) }

// note keeps an occurrence.
func (b *book) note(n Name, at source.Place, role Role) {
	if at.File != "" && (!b.only || n == b.name) && b.here(at) {
		b.out = append(b.out, Use{Name: n, Place: at, Role: role, Dir: b.dir})
	}
}

// hide keeps a place where something else stands for a name.
func (b *book) hide(n Name, at source.Place) {
	if b.only && n == b.name {
		b.hidden = append(b.hidden, at)
	}
}

// at collects the occurrences around an offset.
func (b *book) at(file string, at int) {
	if f := b.Result.Files[file]; f != nil && f.Tree != nil {
		if base, chunk := f.Tree.ChunkAt(min(max(at, 0), len(f.Text))); chunk != nil {
			b.chunk(file, base, chunk)
		}
		return
	}
	b.plain(file)
}

// plain collects the occurrences in a file of another kind.
func (b *book) plain(file string) {
	switch b.sort(file) {
	case descriptorFile:
		b.descriptor()
	case commandFile:
		b.command(file)
	case ruleFile:
		b.rule(file)
	case probeFile:
		b.probe(file)
	case targetFile:
		b.target(file)
	case recipeFile:
		b.recipe(file)
	case profileFile:
		b.profile()
	}
}

// everywhere collects the occurrences in all files.
func (b *book) everywhere() {
	if b.about(Component, Facet, Variable, Instance, Prefix, Alias) {
		b.model()
	}
	if b.about(File) {
		for _, name := range slices.Sorted(maps.Keys(b.Result.Files)) {
			b.importLines(b.Result.Files[name])
		}
		b.itself()
	}
	b.descriptor()
	for _, file := range b.Result.All {
		switch s := b.sort(file); {
		case s == commandFile && b.about(Component, Instance, Command, Target, Script),
			s == ruleFile && b.about(Command, Rule, Event),
			s == probeFile && b.about(Component, Event),
			s == targetFile && b.about(Target):
			b.plain(file)
		}
	}
	if b.about(Component, Instance) {
		b.profile()
	}
	if b.about(Component, Facet, Variable, Prefix, Alias) {
		b.inRecipes()
	}
	if b.about(Prefix, Alias) {
		b.beside()
	}
}

// model collects the occurrences in graph and instances files: those that the model is made of, then what it left out.
func (b *book) model() {
	known := make(map[string]bool)
	last := ""
	mark := func(file string) {
		if file != last {
			known[file], last = true, file
		}
	}
	for _, c := range b.types.Components() {
		mark(c.File)
		b.component(c)
	}
	for _, f := range b.types.Facets() {
		mark(f.File)
		b.facet(f)
	}
	b.instances("", b.Result.App.Instances, mark)
	b.leftOut(known)
	b.writtenTwice()
}

// leftOut collects the occurrences in files that nothing leads to, in second declarations of one name (MOD-36), in types without name.
func (b *book) leftOut(known map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(b.Result.Files)) {
		f := b.Result.Files[name]
		if f.Tree == nil || known[name] && f.Tree.Kind() != syntax.Undetermined {
			continue
		}
		for base, chunk := range f.Tree.Chunks() {
			if !known[name] || !b.modelled(chunk, name, base) {
				b.chunk(f.Name, base, chunk)
			}
		}
	}
	for _, p := range b.Result.Problems {
		switch p.Code {
		case diag.COAlreadyDefinedComponent, diag.COAlreadyDefinedFacet, diag.PMEmptyComponentName, diag.PMEmptyFacetName:
			if base, chunk := b.chunkAt(p.Place); chunk != nil && !b.modelled(chunk, p.Place.File, base) {
				b.chunk(p.Place.File, base, chunk)
			}
		}
	}
}

// modelled says whether the declaration of a chunk is the one that counts for its name.
func (b *book) modelled(chunk *syntax.Chunk, file string, base int) bool {
	n := chunk.Item()
	name := syntax.Clean(n.Name().Of(chunk.Text()))
	switch n.Kind() {
	case syntax.Component:
		c := b.types.Component(name)
		return c != nil && c.File == file && c.Base == base
	case syntax.Facet:
		f := b.types.Facet(name)
		return f != nil && f.File == file && f.Base == base
	case syntax.Instance:
		return slices.ContainsFunc(b.Result.App.Instances, func(i *model.Instance) bool { return i.File == file && i.Base == base })
	}
	return false
}

// chunk collects the occurrences in one top-level construct.
func (b *book) chunk(file string, base int, chunk *syntax.Chunk) {
	d := decl.Of(chunk, decl.Options{})
	switch {
	case d.Component != nil:
		c := *d.Component
		c.File, c.Base = file, base
		b.component(&c)
	case d.Facet != nil:
		t := *d.Facet
		t.File, t.Base = file, base
		b.facet(&t)
	case d.Instance != nil:
		b.declared("", file, base, d.Instance)
	case d.Import != nil && d.Import.Location != "":
		b.importLine(file, d.Import.Location, d.Import.Span.Shift(base))
	}
	if hidesSome(d.Problems) {
		b.written(file, base, chunk)
	}
}

// sortOf is what a file without a tree is for.
type sortOf uint8

const (
	otherFile sortOf = iota
	descriptorFile
	commandFile
	ruleFile
	probeFile
	targetFile
	recipeFile
	profileFile
)

// sort tells what a file is by its path (spec/model.md 3).
func (b *book) sort(file string) sortOf {
	if file == profilePath {
		return profileFile
	}
	rest := file
	if base := b.Result.Base; base != "" {
		var inside bool
		if rest, inside = strings.CutPrefix(file, base+"/"); !inside {
			return otherFile
		}
	}
	dir, rest, _ := strings.Cut(rest, "/")
	switch {
	case dir == "descriptor" && rest == "application.properties":
		return descriptorFile
	case dir == "commands" && strings.HasSuffix(rest, commandExt):
		return commandFile
	case dir == "rules.autonomic" && strings.HasSuffix(rest, ruleExt):
		return ruleFile
	case dir == "probes" && strings.HasSuffix(rest, probeExt) && !strings.Contains(rest, "/"):
		return probeFile
	case dir == "graph":
		return b.sortOfResource(rest)
	}
	return otherFile
}

// sortOfResource looks at a file below graph/.
func (b *book) sortOfResource(file string) sortOf {
	folder, rest, inside := strings.Cut(file, "/")
	if !inside {
		return otherFile
	}
	if _, known := b.Result.Resources[folder]; !known {
		return otherFile
	}
	if strings.EqualFold(path.Ext(rest), ".properties") {
		if !strings.Contains(rest, "/") && b.ofMachine(folder) {
			return targetFile
		}
		return otherFile
	}
	return recipeFile
}

// inProject is a path of the project, whatever stands around it (MOD-11).
func (b *book) inProject(elem ...string) string { return path.Join(b.Result.Base, path.Join(elem...)) }

// bare is the name of a file without folders and extension.
func bare(file, ext string) string { return strings.TrimSuffix(path.Base(file), ext) }
