package syntax

import (
	"iter"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// node is one line, or one block: a small value in a flat list, parents first. Offsets are relative to the chunk.
type node struct {
	kind          Kind
	flags         flag
	start, limit  uint32 // the node with its line end
	next          uint32 // index of the first node after this one and what is inside it
	name, nameEnd uint32
	tail          uint32 // end of the first line, trimmed, without its comment
}

// Chunk is one top-level construct with the blanks and comments before it. Immutable; spans inside are relative to its start.
type Chunk struct {
	text  string
	nodes []node
	errs  []Error
	item  int32
	// ahead is how many bytes after the chunk had a say in how it was read; the end of the file counts for one.
	ahead int
	bom   bool // starts with the file's byte-order mark
}

// Text is the chunk's text.
func (c *Chunk) Text() string { return c.text }

// Item is the construct of the chunk; a node of kind Blank or Comment when it has none (end of file).
func (c *Chunk) Item() Node { return Node{c, int(c.item)} }

// Errors are the P_ problems found in the chunk. Two kinds stand beyond its end: a bracket that is missing before the header of
// the next chunk, and one that is missing at the end of the file.
func (c *Chunk) Errors() []Error { return c.errs }

// ByteOrderMark covers the byte-order mark that starts the file; empty in any other chunk (DSL-2).
func (c *Chunk) ByteOrderMark() source.Span {
	if c.bom {
		return source.Span{Start: 0, End: len(byteOrderMark)}
	}
	return source.Span{}
}

// Nodes are the nodes of the chunk's top level: blanks and comments, then the item.
func (c *Chunk) Nodes() iter.Seq[Node] { return c.siblings(0, len(c.nodes)) }

func (c *Chunk) siblings(from, to int) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for i := from; i < to; i = int(c.nodes[i].next) {
			if !yield(Node{c, i}) {
				return
			}
		}
	}
}

// Node is a view on one line or block of a chunk.
type Node struct {
	chunk *Chunk
	index int
}

func (n Node) node() *node { return &n.chunk.nodes[n.index] }

// Chunk is the chunk that holds the node.
func (n Node) Chunk() *Chunk { return n.chunk }

// Kind is the kind of the node.
func (n Node) Kind() Kind { return n.node().kind }

// Span covers the node with its line end (a block: up to and with the line of its closing bracket).
func (n Node) Span() source.Span {
	return source.Span{Start: int(n.node().start), End: int(n.node().limit)}
}

// Head is the node's first line, trimmed, without its comment.
func (n Node) Head() source.Span {
	d := n.node()
	end := int(d.tail)
	if d.kind == Blank || d.kind == Comment {
		return source.Span{Start: end, End: end}
	}
	start, _ := trim(n.chunk.text, int(d.start), end)
	return source.Span{Start: start, End: end}
}

// Keyword is import, facet or "instance of" as written; empty otherwise.
func (n Node) Keyword() source.Span {
	head := n.Head()
	switch n.Kind() {
	case Import, Facet, Instance:
		return source.Span{Start: head.Start, End: trimRight(n.chunk.text, head.Start, int(n.node().name))}
	}
	return source.Span{Start: head.Start, End: head.Start}
}

// Name is the name in a header, the name of a property, the location of an import; empty span where it is missing.
func (n Node) Name() source.Span {
	d := n.node()
	return source.Span{Start: int(d.name), End: int(d.nameEnd)}
}

// Bracket covers the opening brackets of a header; empty where they are missing.
func (n Node) Bracket() source.Span {
	text, head, at := n.chunk.text, n.Head(), int(n.node().nameEnd)
	if !n.Opens() {
		return source.Span{Start: head.End, End: head.End}
	}
	for at < head.End && text[at] <= ' ' {
		at++
	}
	end := at
	for end < head.End && (text[end] == '{' || text[end] == '\r') {
		end++
	}
	return source.Span{Start: at, End: trimRight(text, at, end)}
}

// Opens says whether the node is a block.
func (n Node) Opens() bool {
	k := n.Kind()
	return k == Component || k == Facet || k == Instance
}

// CutShort says whether the header has text after its bracket: it was not read (DSL-31.2).
func (n Node) CutShort() bool { return n.node().flags&cutShort != 0 }

// Close covers the closing bracket of a block; empty, at the end of the block, where it is missing.
func (n Node) Close() source.Span {
	text, end := n.chunk.text, int(n.node().limit)
	if n.node().flags&(closed|emptied) != closed {
		return source.Span{Start: end, End: end}
	}
	start := strings.LastIndexByte(strings.TrimSuffix(text[:end], "\n"), '\n') + 1
	for text[start] != '}' {
		start++
	}
	return source.Span{Start: start, End: start + 1}
}

// Value is a property's value: from the first non-blank after the colon to before the last semicolon, right blanks kept (DSL-11).
func (n Node) Value() source.Span {
	text, d := n.chunk.text, n.node()
	end := int(d.tail)
	if d.kind != Property {
		return source.Span{Start: end, End: end}
	}
	if d.flags&semicolon != 0 {
		end--
	}
	start := int(d.nameEnd)
	for text[start] != ':' {
		start++
	}
	for start++; start < end && text[start] <= ' '; start++ {
	}
	return source.Span{Start: start, End: end}
}

// HasSemicolon says whether a property or an import has the semicolon that it needs.
func (n Node) HasSemicolon() bool { return n.node().flags&semicolon != 0 }

// Before covers words that stand before a property's name (DEV-3); empty otherwise.
func (n Node) Before() source.Span {
	head := n.Head()
	if n.Kind() != Property {
		return source.Span{Start: head.Start, End: head.Start}
	}
	return source.Span{Start: head.Start, End: trimRight(n.chunk.text, head.Start, int(n.node().name))}
}

// Comment covers the comment of the node's first line, from its # to the last character that is no blank; empty without comment.
func (n Node) Comment() source.Span {
	text, d := n.chunk.text, n.node()
	return commentAfter(text, int(d.tail), n.lineEnd())
}

// CloseComment covers the comment after a block's closing bracket; empty without one.
func (n Node) CloseComment() source.Span {
	text, at, end := n.chunk.text, n.Close(), int(n.node().limit)
	if at.Len() == 0 {
		return at
	}
	return commentAfter(text, at.End, end)
}

func commentAfter(text string, at, end int) source.Span {
	hash := strings.IndexByte(text[at:end], '#')
	if hash < 0 {
		return source.Span{Start: at, End: at}
	}
	return source.Span{Start: at + hash, End: trimRight(text, at+hash, end)}
}

// lineEnd is where the node's first line ends, its line end included.
func (n Node) lineEnd() int {
	d := n.node()
	if nl := strings.IndexByte(n.chunk.text[d.tail:d.limit], '\n'); nl >= 0 {
		return int(d.tail) + nl + 1
	}
	return int(d.limit)
}

// Children are the nodes inside a block, in order.
func (n Node) Children() iter.Seq[Node] {
	return n.chunk.siblings(n.index+1, int(n.node().next))
}

// Doc is the annotation above a header: the text of the comment lines that touch it (DSL-80).
func (n Node) Doc() string {
	if n.index != int(n.chunk.item) {
		return ""
	}
	from := n.index
	for from > 0 && n.chunk.nodes[from-1].kind == Comment {
		from--
	}
	var lines []string
	for i := from; i < n.index; i++ {
		lines = append(lines, uncommented(Node{n.chunk, i}.Span().Of(n.chunk.text)))
	}
	return Trim(strings.Join(lines, "\n"))
}

// uncommented is the text of a comment line without any # and the blanks after it.
func uncommented(line string) string {
	parts := strings.Split(Trim(Clean(line)), "#")
	for i := range parts[1:] {
		parts[i+1] = parts[i+1][trimLeft(parts[i+1]):]
	}
	return strings.Join(parts, "")
}

// Clean drops the CR that stand in a text: they are no part of what it says (DSL-3).
func Clean(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\r", "")
}
