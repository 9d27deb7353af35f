package syntax

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
)

// Format lays a text out in the one layout (dsl.md 12.2). Only blanks, quotes that are not needed, the case of keywords and
// the place of imports change; comments stay with what they explain. Lines that cannot be read keep their bytes, and so do
// constructs whose brackets are in doubt. Line ends stay as the first line has them; a byte-order mark goes.
func Format(text string) string {
	t := Parse(text)
	p := &printer{eol: "\n", fresh: true, out: make([]byte, 0, len(text)+len(text)/8)}
	if n := strings.IndexByte(text, '\n'); n > 0 && text[n-1] == '\r' {
		p.eol = "\r\n"
	}
	for _, s := range importsFirst(sections(t)) {
		p.section(s)
	}
	return string(p.out)
}

// section is what stands at top level: one construct with its comments, or comments alone.
type section struct {
	chunk    *Chunk
	lead     []Node // blanks and comments
	item     Node
	hasItem  bool
	verbatim bool
}

func (s section) isBlock() bool { return s.hasItem && s.item.Opens() }

func (s section) isImport() bool { return s.hasItem && s.item.Kind() == Import }

// sections gives the constructs of a tree. One whose brackets are in doubt is kept verbatim, with what follows as far as that
// had a say in how it was read.
func sections(t *Tree) []section {
	found := make([]section, 0, len(t.entries))
	doubt := 0
	for _, e := range t.entries {
		s := section{chunk: e.chunk, verbatim: e.start < doubt || inDoubt(e.chunk)}
		if s.verbatim {
			doubt = max(doubt, e.end()+e.chunk.ahead)
		}
		s.split()
		found = append(found, s)
	}
	return found
}

func (s *section) split() {
	for n := range s.chunk.Nodes() {
		if n.Kind() != Blank && n.Kind() != Comment {
			s.item, s.hasItem = n, true
			return
		}
		s.lead = append(s.lead, n)
	}
}

// inDoubt says whether a chunk has an error that concerns more than one line.
func inDoubt(c *Chunk) bool {
	for _, err := range c.errs {
		switch err.Code {
		case diag.POneBlockPerLine, diag.PPropertyEndsWithSemiColon, diag.PImportEndsWithSemiColon:
		case diag.PInvalidProperty, diag.PInvalidPropertyOrInstance:
			if err.Span.Start >= len(c.text) {
				return true // the block was closed by the header of the next chunk
			}
		default:
			return true
		}
	}
	return false
}

// importsFirst moves imports that stand after a block before the first one, below the comments that open the file.
// A file with an error in it is left in its order.
func importsFirst(all []section) []section {
	first := slices.IndexFunc(all, section.isBlock)
	if first < 0 || slices.ContainsFunc(all, func(s section) bool { return len(s.chunk.errs) > 0 }) ||
		!slices.ContainsFunc(all[first:], section.isImport) {
		return all
	}
	sorted := slices.Clone(all[:first])
	rest := slices.Clone(all[first:])
	if first == 0 {
		touching := touchingRun(rest[0].lead)
		if opening := rest[0].lead[:touching]; len(opening) > 0 {
			sorted = append(sorted, section{chunk: rest[0].chunk, lead: opening})
			rest[0].lead = rest[0].lead[touching:]
		}
	}
	for _, s := range rest {
		if s.isImport() {
			sorted = append(sorted, s)
		}
	}
	return append(sorted, slices.DeleteFunc(rest, section.isImport)...)
}

// touchingRun is the index of the first of the comments that touch what follows them.
func touchingRun(lead []Node) int {
	at := len(lead)
	for at > 0 && lead[at-1].Kind() == Comment {
		at--
	}
	return at
}

// WithoutComments removes comment lines and the comments that end lines, with the blanks before them (DSL-104).
func WithoutComments(text string) string {
	t := Parse(text)
	var b strings.Builder
	for _, e := range t.entries {
		at := 0
		for i := range e.chunk.nodes {
			n := Node{e.chunk, i}
			at = dropComment(&b, n, at)
		}
		dropClosingComments(&b, e.chunk.text[at:])
	}
	return b.String()
}

// dropComment copies what stands before a node, which closes blocks, then the node's first line.
func dropComment(b *strings.Builder, n Node, at int) int {
	text, end := n.chunk.text, n.lineEnd()
	dropClosingComments(b, text[at:n.node().start])
	switch n.Kind() {
	case Comment:
		return end
	case Blank:
		b.WriteString(text[n.node().start:end])
		return end
	}
	comment := n.Comment()
	if comment.Len() == 0 {
		b.WriteString(text[n.node().start:end])
		return end
	}
	b.WriteString(text[n.node().start:n.Head().End])
	b.WriteString(text[comment.End:end])
	return end
}

// dropClosingComments copies lines that close blocks, without their comments.
func dropClosingComments(b *strings.Builder, lines string) {
	for line := range strings.Lines(lines) {
		comment := commentAfter(line, 0, len(line))
		if comment.Len() == 0 {
			b.WriteString(line)
			continue
		}
		b.WriteString(line[:trimRight(line, 0, comment.Start)])
		b.WriteString(line[comment.End:])
	}
}
