package names

import (
	"path"
	"strings"

	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// importLines collects the imports of a file.
func (b *book) importLines(f *load.File) {
	if f.Tree == nil {
		return
	}
	for base, chunk := range f.Tree.Chunks() {
		if n := chunk.Item(); n.Kind() == syntax.Import {
			if s := n.Name(); s.Len() > 0 {
				b.importLine(f.Name, syntax.Clean(s.Of(chunk.Text())), s.Shift(base))
			}
		}
	}
}

func (b *book) importLine(file, location string, at source.Span) {
	b.note(Name{Kind: File, Text: located(b.Ground, file, location)}, source.Place{File: file, Span: at}, Reference)
}

// itself notes the file that is looked for: it declares itself.
func (b *book) itself() {
	if !b.only || b.Result.Files[b.name.Text] == nil {
		return
	}
	b.note(b.name, source.Place{File: b.name.Text}, Declaration)
}

// entry collects an entry point of the descriptor: the path of a file, relative to the folder of its language (MOD-13).
func (b *book) entry(key, dir string) {
	e, ok := b.Result.Descriptor.Find(key)
	if !ok || e.Value == "" {
		return
	}
	if at, ok := b.literal(e); ok {
		b.note(Name{Kind: File, Text: path.Join(b.inProject(dir), e.Value)}, at, Reference)
	}
}

// The extensions of the languages of an application.
const (
	commandExt = ".commands"
	ruleExt    = ".drl"
	probeExt   = ".measures"
)

// instancesFile says whether a file holds instances, by its name.
func instancesFile(file string) bool { return strings.EqualFold(path.Ext(file), ".instances") }
