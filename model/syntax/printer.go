package syntax

import (
	"sort"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// printer writes the one layout.
type printer struct {
	out []byte
	eol string
	// fresh says that the file or the block has nothing yet: no blank line starts it.
	fresh bool
	// blank says that a blank line goes before the next line.
	blank bool
	// afterBlock says that the section before was a block.
	afterBlock bool
	chunk      *Chunk
	depth      int
	owner      Node // the block that is written
}

func (p *printer) section(s section) {
	p.chunk = s.chunk
	if s.verbatim {
		p.out = append(p.out, s.chunk.text...)
		p.fresh, p.blank, p.afterBlock = false, false, false
		return
	}
	p.blank = p.blank || p.afterBlock
	p.afterBlock = false
	touching := touchingRun(s.lead)
	for _, n := range s.lead[:touching] {
		p.node(n)
	}
	p.blank = p.blank || s.isBlock()
	for _, n := range s.lead[touching:] {
		p.node(n)
	}
	if s.hasItem {
		p.node(s.item)
	}
	p.afterBlock = s.isBlock()
}

// text appends words to the current line.
func (p *printer) text(words ...string) {
	for _, w := range words {
		p.out = append(p.out, w...)
	}
}

// span appends a piece of the chunk, without CR (DSL-3).
func (p *printer) span(s source.Span) { p.text(Clean(p.chunk.text[s.Start:s.End])) }

// begin starts a line, after the blank line that is due.
func (p *printer) begin() {
	if p.blank && !p.fresh {
		p.text(p.eol)
	}
	p.blank, p.fresh = false, false
	for range p.depth {
		p.out = append(p.out, '\t')
	}
}

// end ends a line with the comment that stands after an offset of the chunk, and the blanks before it.
func (p *printer) end(at int, comment source.Span) {
	if comment.Len() > 0 {
		p.span(source.Span{Start: at, End: comment.End})
	}
	p.text(p.eol)
}

// verbatim writes the first line of a node as it is.
func (p *printer) verbatim(n Node) {
	depth := p.depth
	p.depth = 0
	p.begin()
	p.depth = depth
	line := p.chunk.text[n.node().start:n.lineEnd()]
	p.text(strings.TrimRight(line, "\r\n"), p.eol)
}

func (p *printer) node(n Node) {
	switch n.Kind() {
	case Blank:
		p.blank = true
		return
	case Comment:
		p.begin()
		p.end(n.Comment().Start, n.Comment())
		return
	}
	if n.Kind() == Bad || p.faulty(n) {
		p.verbatim(n)
		return
	}
	p.begin()
	switch n.Kind() {
	case Import:
		p.text("import ")
		p.span(n.Name())
		p.text(";")
	case Property:
		p.property(n)
	default:
		p.header(n)
	}
	p.end(n.Head().End, n.Comment())
	if n.Opens() {
		p.body(n)
	}
}

// faulty says whether the line of a node has an error. Errors of a chunk are in the order of its lines.
func (p *printer) faulty(n Node) bool {
	errs, start := p.chunk.errs, n.Head().Start
	i := sort.Search(len(errs), func(i int) bool { return errs[i].Span.Start >= start })
	return i < len(errs) && errs[i].Span.Start == start
}

func (p *printer) header(n Node) {
	name := Clean(n.Name().Of(p.chunk.text))
	words := [...]string{Facet: "facet ", Instance: "instance of "}
	if n.Kind() != Component {
		p.text(words[n.Kind()])
	}
	p.text(name)
	if name != "" && !(n.Kind() == Component && readsAsKeyword(name)) {
		p.text(" ")
	}
	p.text("{")
}

// readsAsKeyword says whether a component's name would be a keyword if a blank followed it (DSL-22).
func readsAsKeyword(name string) bool {
	_, after := keyword(name)
	return after > 0
}

// body writes what a block holds, and its closing bracket.
func (p *printer) body(n Node) {
	owner := p.owner
	p.owner, p.fresh, p.blank = n, true, false
	p.depth++
	inRun := false
	for child := range n.Children() {
		if !inRun && p.leadsToInstance(child) {
			p.blank = true
		}
		inRun = child.Kind() == Comment
		p.node(child)
	}
	p.depth--
	p.owner, p.fresh, p.blank = owner, false, false
	p.begin()
	p.text("}")
	p.end(n.Close().End, n.CloseComment())
}

// leadsToInstance says whether a node is an instance, or the first of the comments that touch one.
func (p *printer) leadsToInstance(n Node) bool {
	i := n.index
	for i < len(p.chunk.nodes) && p.chunk.nodes[i].kind == Comment {
		if end := p.chunk.nodes[i].limit; i+1 < len(p.chunk.nodes) && p.chunk.nodes[i+1].start != end {
			return false // a closing bracket stands between them
		}
		i++
	}
	return i < len(p.chunk.nodes) && p.chunk.nodes[i].kind == Instance
}
