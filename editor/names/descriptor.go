package names

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/source"
)

// located is the file that an import of a file leads to (DSL-71).
func located(g ask.Ground, file, location string) string { return path.Join(Root(g, file), location) }

// Root is the folder that the locations in a graph or instances file are relative to: that of the language or, in a file that stands
// elsewhere, that of the file.
func Root(g ask.Ground, file string) string {
	dir := path.Join(g.Result.Base, "graph")
	if instancesFile(file) {
		dir = path.Join(g.Result.Base, "instances")
	}
	if strings.HasPrefix(file, dir+"/") {
		return dir
	}
	return path.Dir(file)
}

// descriptor collects the occurrences in the descriptor.
func (b *book) descriptor() {
	p := b.Result.Descriptor
	if p == nil || b.Result.Files[b.descriptorName()] == nil || !utf8.ValidString(b.Result.Files[b.descriptorName()].Text) {
		return
	}
	if b.about(File) {
		b.entry(load.KeyGraphEntry, "graph")
		b.entry(load.KeyInstanceEntry, "instances")
	}
	prefix := b.Result.App.Descriptor.ExportsPrefix
	if e, ok := p.Find(load.KeyExportsPrefix); ok && prefix != "" && b.may(Prefix, prefix) {
		if at, ok := b.literal(e); ok {
			b.note(Name{Kind: Prefix, Text: prefix}, at, Declaration)
		}
	}
	for _, x := range b.Result.App.Descriptor.Exports {
		b.externalExport(prefix, x)
	}
}

func (b *book) descriptorName() string { return b.inProject("descriptor", "application.properties") }

// externalExport collects the occurrences in "Type.variable as alias" (MOD-130).
func (b *book) externalExport(prefix string, x model.Export) {
	at := source.Place{File: b.descriptorName(), Span: x.Span}
	raw, _ := b.raw(at)
	words := strings.Fields(raw)
	if len(words) != 3 || words[0] != x.Variable || words[2] != x.Alias {
		return // with escapes, or on several lines: not the words themselves
	}
	if owner, local := model.SplitName(x.Variable); owner != "" {
		b.typeName(owner, part(at, 0, len(owner)), Reference)
		if word := part(at, len(owner)+1, len(x.Variable)); b.mayBe(local, owner, word) {
			b.note(b.variable(owner, x.Variable), word, Reference)
		}
	}
	if b.may(Alias, x.Alias) {
		b.note(Name{Kind: Alias, Owner: prefix, Text: x.Alias}, part(at, len(raw)-len(x.Alias), len(raw)), Declaration)
	}
}

// literal is the place of a value that is written as it is, without escapes; false for another one.
func (b *book) literal(e properties.Entry) (source.Place, bool) {
	at := source.Place{File: b.descriptorName(), Span: e.ValueSpan}
	raw, ok := b.raw(at)
	return at, ok && raw == e.Value
}
