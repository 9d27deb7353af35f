package refactor

import (
	"fmt"
	"strconv"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// Delete takes the instance at path away, with all that stands below it: its block, the comment lines that touch its header, one
// blank line beside it.
//
// Of the instances that a count makes only the last one can go: the count becomes less by one, and no other path changes. What
// stands below such an instance is declared once for all of them: it cannot go from one alone.
func Delete(r *load.Result, path string) ([]source.Edit, error) {
	b, err := blockOf(r, path)
	if err == nil {
		err = b.alone(path)
	}
	var edits []source.Edit
	switch {
	case err != nil:
	case b.instance.Count < 2:
		edits = []source.Edit{b.edit(b.withSurroundings(), "")}
	default:
		edits, err = b.oneLess(r, path)
	}
	if err != nil {
		return nil, fmt.Errorf("delete %s: %w", path, err)
	}
	return edits, nil
}

// alone refuses what the count of an ancestor repeats.
func (b *block) alone(path string) error {
	for _, i := range b.branch[:len(b.branch)-1] {
		if i.Count >= 2 {
			return fmt.Errorf("it is declared once for the %d copies of the instance %s, so it would go from all of them; "+
				"if that is what you want, delete its block in %s", i.Count, i.Name, b.file)
		}
	}
	return nil
}

// withSurroundings covers the block, the comment lines that touch its header, and a blank line: the one before, else the one
// after. A block that ends the file without line end takes the one before it along, so that the file ends as it did.
func (b *block) withSurroundings() source.Span {
	s := b.span()
	line, ok := lineBefore(b.text, s.Start)
	for ; ok && isComment(line.Of(b.text)); line, ok = lineBefore(b.text, s.Start) {
		s.Start = line.Start
	}
	if ok && isBlank(line.Of(b.text)) {
		s.Start = line.Start
	} else if line, ok = lineAt(b.text, s.End); ok && isBlank(line.Of(b.text)) {
		s.End = line.End
	}
	if s.End == len(b.text) && b.text[s.End-1] != '\n' && s.Start > top(b.text) {
		s.Start -= len(lineEndBefore(b.text, s.Start))
	}
	return s
}

// lineEndBefore is the line end that stands right before an offset.
func lineEndBefore(text string, at int) string {
	if at >= 2 && text[at-2:at] == "\r\n" {
		return "\r\n"
	}
	return "\n"
}

// oneLess takes the last copy of a counted instance away. The others keep their names: where the index would lose a digit, the
// name in the text takes it over (MOD-100).
func (b *block) oneLess(r *load.Result, path string) ([]source.Edit, error) {
	count, name := b.instance.Count, b.declared()
	width := len(strconv.Itoa(count))
	if last := name + strconv.Itoa(count); b.instance.Name != last {
		return nil, fmt.Errorf("it is one of the %d instances that the count of one block makes in %s, and only the last can go alone; "+
			"delete %s/%s, or write one block for each", count, b.file, above(path), last)
	}
	left := count - 1
	kept := name
	switch {
	case left == 1:
		kept += "1"
	case len(strconv.Itoa(left)) < width:
		kept += "0"
	}
	if kept != name {
		if err := b.canBeCalled(r, path, kept); err != nil {
			return nil, err
		}
	}
	return b.recount(left, kept), nil
}

// canBeCalled refuses a name that the text gives to a block beside this one.
func (b *block) canBeCalled(r *load.Result, path, name string) error {
	for other, i := range model.Walk(r.App.Instances) {
		same := i.File == b.instance.File && i.Base == b.instance.Base && i.Header == b.instance.Header
		if above(other) == above(path) && !same && declaredName(r, i) == name {
			return fmt.Errorf("the block would have to be called %s, as the one of %s is; rename that one first", name, other)
		}
	}
	return nil
}

// recount writes the name, when it changes, and the count; a count of one is left out.
func (b *block) recount(count int, name string) (edits []source.Edit) {
	if name != b.declared() {
		edits = append(edits, b.edit(b.instance.NameSpan.Shift(b.base), name))
	}
	if count > 1 {
		return append(edits, b.edit(b.instance.CountSpan.Shift(b.base), strconv.Itoa(count)))
	}
	for _, line := range b.properties(b.node, false, isCount) {
		edits = append(edits, b.edit(line, ""))
	}
	return edits
}
