package refactor

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// moves offer to move the component or the facet around the place to another file of the graph: to one that there is, or to a
// new one, with the import that it needs.
func (p place) moves() (list []Action) {
	if !p.inBlock || !p.body.sound() || p.body.node.Kind() == syntax.Instance {
		return nil
	}
	name := p.body.word(p.body.node.Name())
	if !model.IsTypeName(name) || len(severeOf(syntax.Parse(p.body.span().Of(p.body.text)))) > 0 {
		return nil // what is wrong in it would be wrong elsewhere
	}
	if o := p.originOf(name); o.File != p.file || o.Base != p.body.base {
		return nil
	}
	b := &block{body: p.body}
	whole := source.Span{Start: b.comments(), End: b.span().End}
	cut, text := b.edit(b.withSurroundings(), ""), whole.Of(b.text)
	if !strings.HasSuffix(text, "\n") {
		text += lineEnd(b.text, whole.Start)
	}
	c := &cure{Ground: p.Ground, notes: p.notes, graph: p.graph}
	root := inProject(p.Result, "graph")
	if !p.onlyConstruct() {
		for _, file := range p.Result.Reached {
			if file == p.file || !strings.HasPrefix(file, root+"/") || len(list) == atMost {
				continue
			}
			if f := p.Result.Files[file]; f == nil || f.Tree == nil || f.Tree.Kind() == syntax.InstancesFile {
				continue
			}
			if _, edits, ok := c.appendTo(file, text); ok {
				list = append(list, Action{
					ID: "move.component", Kind: MoveTo, Title: diag.Say("Move %s to %s", name, strings.TrimPrefix(file, root+"/")),
					Change: source.Change{Edits: append(edits, cut)},
				})
			}
		}
	}
	return append(list, p.moveToNew(root, name, text, cut)...)
}

func (p place) originOf(name string) model.Origin {
	if t := p.graph.Component(name); t != nil {
		return t.Origin
	}
	if f := p.graph.Facet(name); f != nil {
		return f.Origin
	}
	return model.Origin{}
}

// moveToNew makes a file for the type and imports it where it stood.
func (p place) moveToNew(root, name, text string, cut source.Edit) []Action {
	location := strings.ToLower(name) + ".graph"
	file := path.Join(root, location)
	if p.notes.exists(p.Result, file) || !strings.HasPrefix(p.file, root+"/") || !slices.Contains(p.Result.Reached, p.file) {
		return nil
	}
	edits := p.importing(location, cut)
	return []Action{{
		ID: "move.component", Kind: MoveTo, Title: diag.Say("Move %s to the new file %s", name, location),
		Change: source.Change{Edits: edits, Files: []source.File{{Name: file, Text: text}}},
	}}
}

// importing cuts a block out of the file and imports the file that it goes to.
func (p place) importing(location string, cut source.Edit) []source.Edit {
	text, end := p.body.text, lineEnd(p.body.text, 0)
	at, below := p.importSpot()
	line, s := "import "+location+";"+end, cut.Place.Span
	if at > top(text) && text[at-1] != '\n' {
		line = end + strings.TrimSuffix(line, end)
	}
	switch {
	case at >= s.Start && at < s.End: // the blank line above the block stays, or the one below it does
		if line = text[s.Start:at] + line; s.Start == at && !strings.HasPrefix(strings.TrimLeft(text[at:], " \t\r"), "\n") {
			line += end
		}
		cut.With = line
		return []source.Edit{cut}
	case !below:
		line += end
	}
	return []source.Edit{p.body.edit(source.Span{Start: at, End: at}, line), cut}
}

// importSpot is where a line that imports a file fits: below the imports there are, else above the first block with its comment.
func (p place) importSpot() (at int, below bool) {
	block := block{body: p.body}
	at, found := top(p.body.text), false
	for base, chunk := range p.Result.Files[p.file].Tree.Chunks() {
		switch item := chunk.Item(); {
		case item.Kind() == syntax.Import:
			at, below = base+len(chunk.Text()), true
		case !found && !below && item.Opens():
			block.base, block.node = base, item
			at, found = block.comments(), true
		}
	}
	return at, below
}

// onlyConstruct says whether the file declares nothing but the type around the place: without it, the file would be empty.
func (p place) onlyConstruct() bool {
	for at, chunk := range p.Result.Files[p.file].Tree.Chunks() {
		if k := chunk.Item().Kind(); at != p.body.base && k != syntax.Blank && k != syntax.Comment {
			return false
		}
	}
	return true
}
