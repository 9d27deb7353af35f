package refactor

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// fromTree asks the tree what cures an error of the text, where the loader did not.
func fromTree(c *cure) {
	if f := c.Result.Files[c.p.Place.File]; len(c.fixes) == 0 && f != nil && f.Tree != nil {
		c.fixes = f.CuresOf(syntax.Error{Code: c.p.Code, Span: c.p.Place.Span})
	}
}

// textAfter cures what stands behind a bracket or a semicolon: where it can stand on no line of its own, it becomes a comment,
// or goes.
func textAfter(c *cure) {
	fromTree(c)
	if len(c.fixes) > 0 {
		return
	}
	line := c.word(c.p.Place)
	at := strings.IndexByte(line, ';')
	switch c.p.Code {
	case diag.POCBracketExtraCharacters:
		at = strings.IndexByte(line, '{')
	case diag.PCCBracketExtraCharacters:
		at = strings.IndexByte(line, '}')
	}
	raw := c.p.Place.Span.Of(c.text(c.p.Place.File))
	if at < 0 || len(raw) != len(line) {
		return
	}
	rest := source.Place{File: c.p.Place.File, Span: c.p.Place.Span}
	rest.Span.Start += at + 1
	text := syntax.Trim(c.word(rest))
	c.put(diag.Say("Make the rest of the line a comment"), rest, " # "+text)
	c.put(diag.Say("Remove the rest of the line"), rest, "")
}

// unknownLine cures a line that is nothing: a slip of the pen is mended, else the line becomes a comment, or goes.
func unknownLine(c *cure) {
	fromTree(c)
	if len(c.fixes) > 0 || c.p.Place.IsZero() {
		return
	}
	line := syntax.Trim(c.word(c.p.Place))
	if strings.Trim(line, "}; ") == "" {
		c.dropLine(diag.Say("Remove the bracket"), c.p.Place)
		return
	}
	c.colon(line)
	start := source.Place{File: c.p.Place.File, Span: source.Span{Start: c.p.Place.Span.Start, End: c.p.Place.Span.Start}}
	c.put(diag.Say("Make the line a comment"), start, "# ")
	c.dropLine(diag.Say("Remove the line"), c.p.Place)
}

// colon mends "name = value;" or "name value;" inside a block.
func (c *cure) colon(line string) {
	if c.p.Code == diag.PUnrecognizedBlock {
		return
	}
	n := strings.IndexAny(line, " \t=")
	if n <= 0 {
		return
	}
	value := strings.TrimLeft(line[n:], " \t")
	plain := !strings.HasPrefix(value, "=")
	value = strings.TrimLeft(strings.TrimPrefix(value, "="), " \t")
	if !strings.HasSuffix(value, ";") || strings.Contains(value, "{") || plain && !knownProperty(line[:n]) {
		return
	}
	c.put(diag.Say("Write it as a property"), c.p.Place, line[:n]+": "+value)
}

// knownProperty says whether a word names a property of some block.
func knownProperty(word string) bool {
	for _, names := range propertyNames {
		for _, name := range names {
			if name == word {
				return true
			}
		}
	}
	return false
}

// propertyNames are the properties of each kind of block (dsl.md 5 and 6.1).
var propertyNames = map[syntax.Kind][]string{
	syntax.Component: {"installer", "children", "exports", "imports", "facets", "extends"},
	syntax.Facet:     {"children", "exports", "extends"},
	syntax.Instance:  {"name", "count", "channels", "instance-data", "instance-state"},
}

// mixedFile takes the instances of a file that mixes both languages away from it, into a file of their own.
func mixedFile(c *cure) {
	f := c.Result.Files[c.p.Place.File]
	if f == nil || f.Tree == nil || !strings.HasPrefix(f.Name, inProject(c.Result, "graph")+"/") {
		return
	}
	entry := c.Result.App.Descriptor.InstanceEntry
	var edits []source.Edit
	if entry == "" && c.Result.Descriptor != nil {
		entry = "model.instances"
		at := source.Place{File: c.descriptorFile()}
		edits = append(edits, source.Edit{Place: at, With: load.KeyInstanceEntry + " = " + entry + "\n"})
	}
	if entry == "" {
		return
	}
	var moved strings.Builder
	for at, chunk := range f.Tree.Chunks() {
		if chunk.Item().Kind() == syntax.Instance {
			span := source.Span{Start: at, End: at + len(chunk.Text())}
			edits = append(edits, source.Edit{Place: source.Place{File: f.Name, Span: span}})
			moved.WriteString(chunk.Text())
		}
	}
	if file, more, ok := c.appendTo(inProject(c.Result, "instances", entry), moved.String()); ok {
		title := diag.Say("Move the instances to %s", entry)
		c.fixes = append(c.fixes, diag.Fix{Title: title, Edits: append(edits, more...), Files: file})
	}
}

// appendTo writes text at the end of a file, which is made when it is missing; false when the last block there is open.
func (c *cure) appendTo(name, text string) ([]source.File, []source.Edit, bool) {
	f := c.Result.Files[name]
	if f == nil {
		return []source.File{{Name: name, Text: text}}, nil, !c.exists(name)
	}
	if f.Tree == nil {
		return nil, nil, false
	}
	if _, last := f.Tree.ChunkAt(len(f.Text)); last != nil && last.Item().Opens() && last.Item().Close().Len() == 0 {
		return nil, nil, false
	}
	end := source.Place{File: name, Span: source.Span{Start: len(f.Text), End: len(f.Text)}}
	return nil, []source.Edit{{Place: end, With: gap(f.Text) + strings.TrimLeft(text, "\r\n")}}, true
}

// gap is what separates a new block from the end of a text: the end of its last line, then a blank one.
func gap(text string) string {
	last, some := lineBefore(text, len(text))
	end, with := lineEnd(text, 0), ""
	if some && !isBlank(last.Of(text)) {
		with = end
		if !strings.HasSuffix(text, "\n") {
			with += end
		}
	}
	return with
}
