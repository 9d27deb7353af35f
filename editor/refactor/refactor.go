// Package refactor turns what a person wants of an application into changes of its files.
//
// Everything here is pure: a loaded application in, edits, new files, moves out. A cure is tried before it is offered (DIA-52).
// What stands below an instance with a count is declared once for all of its copies, so what is added there shows in each of
// them.
package refactor

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Copy adds a copy of the instance at path, with all that stands below it, right after its block. The copy keeps overrides and
// channels; its own count is left out, since it is one instance, and so are private data and states (MOD-101).
//
// It refuses when the path leads nowhere, when no file declares it, when the name cannot be one or is taken beside it.
func Copy(r *load.Result, path, name string) ([]source.Edit, error) {
	b, err := blockOf(r, path)
	if err == nil {
		err = free(r, above(path), name)
	}
	if err != nil {
		return nil, fmt.Errorf("copy %s: %w", path, err)
	}
	span, end := b.span(), lineEnd(b.text, b.span().Start)
	text := end + b.renamed(name)
	if !strings.HasSuffix(b.text[:span.End], "\n") {
		text = end + text
	}
	return []source.Edit{b.edit(source.Span{Start: span.End, End: span.End}, text)}, nil
}

// renamed is the text of the block for another instance.
func (b *block) renamed(name string) string {
	edits := []source.Edit{b.edit(b.instance.NameSpan.Shift(b.base), name)}
	for _, line := range b.properties(b.node, false, isCount) {
		edits = append(edits, b.edit(line, ""))
	}
	for _, line := range b.properties(b.node, true, isPrivate) {
		edits = append(edits, b.edit(line, ""))
	}
	span := b.span()
	for k := range edits {
		edits[k].Place.Span = edits[k].Place.Span.Shift(-span.Start)
	}
	return source.Apply(span.Of(b.text), edits)
}

func isCount(name string) bool { return name == "count" }

// isPrivate is true for what a copy must not share: data of one instance, and its state.
func isPrivate(name string) bool {
	return name == "instance-data" || name == "instance-state" || syntax.IsData(name)
}

// above is the path of the parent: "" for a root.
func above(path string) string { return path[:max(0, strings.LastIndexByte(path, '/'))] }

// free says why a name cannot be given to a new instance below a parent; nil when it can.
func free(r *load.Result, parent, name string) error {
	if !model.IsFlexID(name) {
		return fmt.Errorf("%q cannot be a name: it starts with a letter or _, then come letters, digits, spaces, _, - or dots", name)
	}
	siblings := r.App.Instances
	if over := model.Find(r.App.Instances, parent); over != nil {
		siblings = over.Children
	}
	for _, i := range siblings {
		switch path := parent + "/" + i.Name; {
		case i.Name == name:
			return fmt.Errorf("there is an instance %s already; give another name", path)
		case declaredName(r, i) == name:
			return fmt.Errorf("the block of %s has the name %s already, its count adds the index; give another name", path, name)
		}
	}
	return nil
}

// declaredName is the name in the text, without the index that count adds.
func declaredName(r *load.Result, i *model.Instance) string {
	f := r.Files[i.File]
	if f == nil || i.Count < 2 {
		return i.Name
	}
	return syntax.Clean(i.NameSpan.Shift(i.Base).Of(f.Text))
}
