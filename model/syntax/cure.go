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
	var title diag.Phrase
	var edits []source.Edit
	switch span := e.Span; e.Code {
	case diag.PPropertyEndsWithSemiColon, diag.PImportEndsWithSemiColon:
		title, edits = diag.Say("Add the semicolon"), insert(span.End, ";")
	case diag.POCBracketMissing:
		title, edits = t.addBracket(c, at, span)
	case diag.POCBracketExtraCharacters:
		title, edits = t.openAlone(span)
	case diag.PCCBracketExtraCharacters:
		title, edits = t.closeAlone(span)
	case diag.POneBlockPerLine:
		title, edits = t.splitLine(span)
	case diag.PCCBracketMissing:
		title, edits = diag.Say("Close the block"), insert(len(t.text), t.closings(c, len(t.text)))
	case diag.PInvalidProperty, diag.PInvalidPropertyOrInstance:
		if end := at + len(c.text); span.Start >= end {
			title, edits = diag.Say("Close the block before this one"), insert(end, t.closings(c, end))
		}
	}
	if edits == nil || !t.better(at, c, edits) {
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
func (t *Tree) addBracket(c *Chunk, at int, header source.Span) (diag.Phrase, []source.Edit) {
	edits := insert(header.End, " {")
	i := slices.IndexFunc(c.nodes, func(n node) bool {
		return int(n.start)+at <= header.Start && header.Start < int(n.limit)+at && int(n.tail)+at == header.End
	})
	if i < 0 {
		return diag.Phrase{}, nil
	}
	n := Node{c, i}
	if n.Kind() == Bad {
		return diag.Say("Add the brackets"), insert(header.End, " {"+t.lineEnd(header.End)+t.indent(header.Start)+"}")
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
	return diag.Say("Add the bracket"), edits
}

// openAlone moves what stands after an opening bracket to the next line, and a bracket that closes to the one after.
func (t *Tree) openAlone(header source.Span) (diag.Phrase, []source.Edit) {
	text, indent := header.Of(t.text), t.indent(header.Start)
	bracket := strings.IndexByte(text, '{')
	rest := Trim(text[bracket+1:])
	body, closes := strings.CutSuffix(rest, "}")
	end := t.lineEnd(header.End)
	var b strings.Builder
	if body = Trim(body); body != "" {
		b.WriteString(end + indent + "\t" + body)
	}
	if closes {
		b.WriteString(end + indent + "}")
	}
	after := source.Span{Start: header.Start + bracket + 1, End: header.End}
	return diag.Say("Move the text to the next line"), []source.Edit{replace(after, b.String())}
}

// closeAlone moves what stands after a closing bracket to the next line; a stray semicolon goes.
func (t *Tree) closeAlone(line source.Span) (diag.Phrase, []source.Edit) {
	after := source.Span{Start: line.Start + 1, End: line.End}
	if rest := Trim(after.Of(t.text)); strings.Trim(rest, ";,") != "" {
		return diag.Say("Move the text to the next line"), []source.Edit{replace(after, t.lineEnd(line.End)+t.indent(line.Start)+rest)}
	}
	return diag.Say("Remove the text"), []source.Edit{replace(after, "")}
}

// closings are the lines that close all open blocks of a chunk at an offset.
func (t *Tree) closings(c *Chunk, at int) string {
	depth := 0
	for i := range c.nodes {
		if n := (Node{c, i}); n.Opens() && c.nodes[i].flags&closed == 0 {
			depth++
		}
	}
	end := t.lineEnd(t.entries[0].start)
	var b strings.Builder
	if at > 0 && t.text[at-1] != '\n' {
		b.WriteString(end)
	}
	for depth--; depth >= 0; depth-- {
		b.WriteString(strings.Repeat("\t", depth) + "}" + end)
	}
	return b.String()
}

// indent is the run of blanks that starts the line of an offset.
func (t *Tree) indent(at int) string {
	line := t.text[strings.LastIndexByte(t.text[:at], '\n')+1 : at]
	return line[:trimLeft(line)]
}

// splitLine gives each construct of a line a line of its own; spare semicolons go.
func (t *Tree) splitLine(line source.Span) (diag.Phrase, []source.Edit) {
	text := line.Of(t.text)
	at := firstSemicolon(text)
	if at < 0 {
		return diag.Phrase{}, nil
	}
	after := source.Span{Start: line.Start + at + 1, End: line.End}
	var b strings.Builder
	for rest := after.Of(t.text); rest != ""; {
		end := firstSemicolon(rest) + 1
		if end == 0 {
			end = len(rest)
		}
		if piece := Trim(rest[:end]); piece != "" && piece != ";" {
			b.WriteString(t.lineEnd(line.End) + t.indent(line.Start) + piece)
		}
		rest = rest[end:]
	}
	if b.Len() == 0 {
		return diag.Say("Remove the text"), []source.Edit{replace(after, "")}
	}
	return diag.Say("Move the text to the next line"), []source.Edit{replace(after, b.String())}
}

// firstSemicolon is where the first construct of a line ends: quoted parts are jumped over (DSL-20).
func firstSemicolon(line string) int {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ';':
			return i
		case '"':
			if shut := strings.IndexByte(line[i+1:], '"'); shut >= 0 {
				i += shut + 1
			}
		}
	}
	return -1
}

// lineEnd is how the line of an offset ends, LF for the last one.
func (t *Tree) lineEnd(at int) string {
	if n := strings.IndexByte(t.text[at:], '\n'); n > 0 && t.text[at+n-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// better tries edits on the chunk of an error, that starts at an offset, and on those after it: there must be fewer errors than
// before, and none of a new kind on a line that was sound.
func (t *Tree) better(at int, c *Chunk, edits []source.Edit) bool {
	end := t.Settled(at + len(c.text))
	before, after := Parse(t.text[at:end]), Parse(withEdits(t.text[at:end], at, edits))
	was, now := before.faults(), after.faults()
	// The order cannot show: one that is worse is enough.
	for code, lines := range now {
		if len(lines) > len(was[code]) && !stood(was, lines) {
			return false
		}
	}
	return total(now) < total(was) && !t.mixes(after, edits)
}

// Settled is where a change before an offset can change how the text is read no more: after the next block whose brackets are
// where they belong. The offset is the end of a chunk.
func (t *Tree) Settled(at int) int {
	for i := t.entryAt(at); i < len(t.entries); i++ {
		if c := t.entries[i].chunk; at <= t.entries[i].start {
			at = t.entries[i].start + len(c.text)
			if c.Item().Opens() && !slices.ContainsFunc(c.errs, func(e Error) bool { return stops(e.Code) }) {
				break
			}
		}
	}
	return at
}

// withEdits makes edits, which are sorted, in a part of the text that starts at an offset.
func withEdits(text string, at int, edits []source.Edit) string {
	for _, e := range slices.Backward(edits) {
		text = text[:e.Place.Span.Start-at] + e.With + text[e.Place.Span.End-at:]
	}
	return text
}

// mixes says whether edits, which make a part of the text say something else, turn the file into a mixture of both languages:
// what stood behind an error did not count before (DEV-7).
func (t *Tree) mixes(part *Tree, edits []source.Edit) bool {
	has, more := kindsOf(t.entries), kindsOf(part.entries)
	graph := has[Component] || has[Facet] || more[Component] || more[Facet]
	if !graph || !has[Instance] && !more[Instance] {
		return false
	}
	return mixture(t.Reparse(withEdits(t.text, 0, edits))) && !mixture(t)
}

func mixture(t *Tree) bool {
	return slices.ContainsFunc(t.fileErrors(), func(e Error) bool { return e.Code == diag.PInvalidFileType })
}

// faults are the lines with errors, by code; what concerns a file as a whole is left out.
func (t *Tree) faults() map[diag.Code][]string {
	found := make(map[diag.Code][]string)
	for _, e := range t.entries {
		for _, err := range e.chunk.errs {
			found[err.Code] = append(found[err.Code], Trim(err.Span.Shift(e.start).Of(t.text)))
		}
	}
	return found
}

// stood says whether each line had some error before: another one on it is the same mistake, seen in another light.
func stood(before map[diag.Code][]string, lines []string) bool {
	return !slices.ContainsFunc(lines, func(line string) bool {
		// The order cannot show: one that has the line is enough.
		for _, had := range before {
			if slices.Contains(had, line) {
				return false
			}
		}
		return true
	})
}

func total(faults map[diag.Code][]string) (n int) {
	// The order cannot show: it is a sum.
	for _, lines := range faults {
		n += len(lines)
	}
	return n
}
