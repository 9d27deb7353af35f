package syntax

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// Fixes gives what cures one of the tree's errors (DIA-51): what is missing is added, what stands behind a bracket moves to a
// line of its own. Edits are absolute, in a place without file. There is none where a cure would be a guess that
// makes another error (DIA-52).
func (t *Tree) Fixes(e Error) []diag.Fix {
	at, c := t.chunkOf(e)
	if c == nil {
		return nil
	}
	var title string
	var edits []source.Edit
	switch span := e.Span; e.Code {
	case diag.PPropertyEndsWithSemiColon, diag.PImportEndsWithSemiColon:
		title, edits = "Add the semicolon", insert(span.End, ";")
	case diag.POCBracketMissing:
		title, edits = t.addBracket(c, at, span)
	case diag.POCBracketExtraCharacters:
		title, edits = t.openAlone(span)
	case diag.PCCBracketExtraCharacters:
		title, edits = t.closeAlone(span)
	case diag.PCCBracketMissing:
		title, edits = "Close the block", insert(len(t.text), t.closings(c, len(t.text)))
	case diag.PInvalidProperty, diag.PInvalidPropertyOrInstance:
		if end := at + len(c.text); span.Start >= end {
			title, edits = "Close the block before this one", insert(end, t.closings(c, end))
		}
	}
	if edits == nil || !t.better(edits) {
		return nil
	}
	return []diag.Fix{{Title: title, Edits: edits}}
}

// chunkOf finds the chunk that has an error, with its start: the one where it stands, or the one before.
func (t *Tree) chunkOf(e Error) (int, *Chunk) {
	at, c := t.ChunkAt(e.Span.Start)
	for range 2 {
		if c != nil && slices.Contains(c.errs, Error{e.Code, e.Span.Shift(-at)}) {
			return at, c
		}
		at, c = t.ChunkAt(at - 1)
	}
	return 0, nil
}

func insert(at int, text string) []source.Edit {
	return []source.Edit{replace(source.Span{Start: at, End: at}, text)}
}

func replace(s source.Span, text string) source.Edit {
	return source.Edit{Place: source.Place{Span: s}, With: text}
}

// addBracket gives a header its bracket. One that stands on a line of its own below is taken away there; a header that was
// skipped becomes an empty block.
func (t *Tree) addBracket(c *Chunk, at int, header source.Span) (string, []source.Edit) {
	edits := insert(header.End, " {")
	i := slices.IndexFunc(c.nodes, func(n node) bool {
		return int(n.start)+at <= header.Start && header.Start < int(n.limit)+at && int(n.tail)+at == header.End
	})
	if i < 0 {
		return "", nil
	}
	n := Node{c, i}
	if n.Kind() == Bad {
		return "Add the brackets", insert(header.End, " {\n"+t.indent(header.Start)+"}")
	}
	for child := range n.Children() {
		switch child.Kind() {
		case Blank, Comment:
			continue
		case Bad:
			if child.Head().Of(c.text) == "{" && child.Comment().Len() == 0 {
				edits = append(edits, replace(child.Span().Shift(at), ""))
			}
		}
		break
	}
	return "Add the bracket", edits
}

// openAlone moves what stands after an opening bracket to the next line, and a bracket that closes to the one after.
func (t *Tree) openAlone(header source.Span) (string, []source.Edit) {
	text, indent := header.Of(t.text), t.indent(header.Start)
	bracket := strings.IndexByte(text, '{')
	rest := Trim(text[bracket+1:])
	body, closes := strings.CutSuffix(rest, "}")
	var b strings.Builder
	if body = Trim(body); body != "" {
		b.WriteString("\n" + indent + "\t" + body)
	}
	if closes {
		b.WriteString("\n" + indent + "}")
	}
	return "Move the text to the next line", []source.Edit{replace(source.Span{Start: header.Start + bracket + 1, End: header.End}, b.String())}
}

// closeAlone moves what stands after a closing bracket to the next line; a stray semicolon goes.
func (t *Tree) closeAlone(line source.Span) (string, []source.Edit) {
	after := source.Span{Start: line.Start + 1, End: line.End}
	if rest := Trim(after.Of(t.text)); strings.Trim(rest, ";,") != "" {
		return "Move the text to the next line", []source.Edit{replace(after, "\n"+t.indent(line.Start)+rest)}
	}
	return "Remove the text", []source.Edit{replace(after, "")}
}

// closings are the lines that close all open blocks of a chunk at an offset.
func (t *Tree) closings(c *Chunk, at int) string {
	depth := 0
	for i := range c.nodes {
		if n := (Node{c, i}); n.Opens() && c.nodes[i].flags&closed == 0 {
			depth++
		}
	}
	var b strings.Builder
	if at > 0 && t.text[at-1] != '\n' {
		b.WriteByte('\n')
	}
	for depth--; depth >= 0; depth-- {
		b.WriteString(strings.Repeat("\t", depth) + "}\n")
	}
	return b.String()
}

// indent is the run of blanks that starts the line of an offset.
func (t *Tree) indent(at int) string {
	line := t.text[strings.LastIndexByte(t.text[:at], '\n')+1 : at]
	return line[:trimLeft(line)]
}

// better tries edits: there must be fewer errors after than before.
func (t *Tree) better(edits []source.Edit) bool {
	text := t.text
	for _, e := range slices.Backward(edits) {
		text = text[:e.Place.Span.Start] + e.With + text[e.Place.Span.End:]
	}
	return len(t.Reparse(text).Errors()) < len(t.Errors())
}
