package syntax

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// byteOrderMark is skipped at the start of a file (DSL-2).
const byteOrderMark = "\uFEFF"

// Nodes and chunks are allocated together: a tree of many small slices would cost twice its size.
const (
	nodeSlab  = 4096
	chunkSlab = 512
)

// parser reads chunks of one text.
type parser struct {
	text string
	next int // start of the next line
	base int // start of the current chunk
	// reach is the farthest offset the current chunk was decided by; len(text)+1 when the end of the file counted.
	reach int
	line  int // start of the current line
	shape shape
	nodes []node // of the current chunk
	stack []int  // open blocks, indexes into nodes
	errs  []Error
	// own says that each chunk has memory of its own, and no part in that of its neighbours: it may outlive them.
	own bool

	nodeRoom  []node
	chunkRoom []Chunk
}

// chunk reads the chunk that starts at an offset: blanks and comments, then one item.
func (p *parser) chunk(at int) *Chunk {
	p.base, p.next, p.reach = at, at, at
	p.nodes, p.errs, p.stack = p.nodes[:0], nil, p.stack[:0]
	bom := at == 0 && strings.HasPrefix(p.text, byteOrderMark)
	if bom {
		p.next = len(byteOrderMark)
	}
	item := -1
	for item < 0 && p.next < len(p.text) {
		line := p.readLine()
		p.scan(line, Blank)
		if p.shape.kind == Blank || p.shape.kind == Comment {
			p.push()
			continue
		}
		item = len(p.nodes)
		p.item()
		p.block()
	}
	if item < 0 {
		p.reach = len(p.text) + 1
		if len(p.nodes) == 0 {
			p.line, p.shape = p.next, shape{}
			p.push()
		}
		item = len(p.nodes) - 1
	}
	return p.finish(item, bom)
}

// readLine takes the next line, without its line end.
func (p *parser) readLine() string {
	p.line = p.next
	line, next := p.peekLine(p.next)
	p.next = next
	return line
}

// peekLine gives the line at an offset, and where the one after it starts.
func (p *parser) peekLine(at int) (string, int) {
	n := strings.IndexByte(p.text[at:], '\n')
	if n < 0 {
		p.reach = len(p.text) + 1
		return p.text[at:], len(p.text)
	}
	p.reach = max(p.reach, at+n+1)
	return p.text[at : at+n], at + n + 1
}

// scan recognises a line, in a block of the given kind or at top level (Blank).
func (p *parser) scan(line string, owner Kind) {
	line = strings.TrimSuffix(line, "\r")
	if strings.IndexByte(line, '\r') < 0 {
		scanLine(line, owner, &p.shape)
		return
	}
	// Every CR is dropped wherever it stands (DSL-3).
	scanLine(strings.ReplaceAll(line, "\r", ""), owner, &p.shape)
	p.shape.spread(line)
}

func scanLine(line string, owner Kind, s *shape) {
	if owner == Blank {
		scanTop(line, s)
		return
	}
	scanInside(line, owner, s)
}

// spread turns offsets in a line without CR into offsets in the line as it is.
func (s *shape) spread(line string) {
	at := make([]int, 0, len(line)+1)
	for i := range len(line) {
		if line[i] != '\r' {
			at = append(at, i)
		}
	}
	at = append(at, len(line))
	end := func(start, end int) int {
		if end == start {
			return at[start]
		}
		return at[end-1] + 1
	}
	s.end = end(s.name, s.end)
	s.tail = end(s.head, s.tail)
	s.name, s.head = at[s.name], at[s.head]
}

// push adds the node of the current line; its faults become errors.
func (p *parser) push() {
	s, at := &p.shape, p.line-p.base
	p.nodes = append(p.nodes, node{
		kind: s.kind, flags: s.flags,
		start: uint32(at), limit: uint32(p.next - p.base), next: uint32(len(p.nodes) + 1),
		name: uint32(at + s.name), nameEnd: uint32(at + s.end), tail: uint32(at + s.tail),
	})
	p.faults()
}

func (p *parser) faults() {
	for _, code := range p.shape.faults {
		if code != "" {
			p.fault(code)
		}
	}
}

// fault reports the current line.
func (p *parser) fault(code diag.Code) {
	at := p.line - p.base
	p.errs = append(p.errs, Error{code, source.Span{Start: at + p.shape.head, End: at + p.shape.tail}})
}

// item adds the node of a construct, and opens its block when it has one.
func (p *parser) item() {
	s := p.shape
	i := len(p.nodes)
	p.push()
	switch {
	case s.kind != Component && s.kind != Facet && s.kind != Instance:
	case s.flags&emptied != 0:
		p.nodes[i].flags |= closed
	case s.flags&noBracket != 0 && !p.guessOpen(s.kind):
		p.nodes[i].kind = Bad
	default:
		p.stack = append(p.stack, i)
	}
}

// guessOpen looks whether the block of a header without bracket starts all the same (DSL-31.3): one of the next two lines
// starts with the bracket, or the next line that says something is a property or closes the block. The lines up to a
// bracket are taken.
func (p *parser) guessOpen(kind Kind) bool {
	at := p.next
	for n := 0; at < len(p.text); n++ {
		line, next := p.peekLine(at)
		p.scan(line, kind)
		switch p.shape.kind {
		case Blank, Comment:
			at = next
			continue
		}
		if n < 2 && line[p.shape.head] == '{' {
			p.takeUntil(next, kind)
			return true
		}
		return p.shape.kind == Property || p.shape.kind == closing
	}
	p.reach = len(p.text) + 1
	return false
}

// takeUntil adds the lines up to an offset: blanks and comments, then the one with the bracket, which is nobody's fault any more.
func (p *parser) takeUntil(end int, kind Kind) {
	for p.next < end {
		p.scan(p.readLine(), kind)
		if p.shape.kind != Blank && p.shape.kind != Comment {
			p.shape.kind = Bad
		}
		p.shape.faults = [2]diag.Code{}
		p.push()
	}
}

// block reads lines until every open block is closed.
func (p *parser) block() {
	for len(p.stack) > 0 {
		if p.next >= len(p.text) {
			p.endOfFile()
			return
		}
		top := p.stack[len(p.stack)-1]
		line := p.readLine()
		p.scan(line, p.nodes[top].kind)
		switch p.shape.kind {
		case closing:
			p.faults()
			p.shut(top, p.next)
			p.nodes[top].flags |= closed
			p.stack = p.stack[:len(p.stack)-1]
		case Instance:
			p.item()
		case Bad:
			if looksLikeHeader(line) {
				p.faults()
				p.giveBack()
				return
			}
			p.push()
		default:
			p.push()
		}
	}
}

// shut ends a block at an offset of the text.
func (p *parser) shut(i, at int) {
	p.nodes[i].limit, p.nodes[i].next = uint32(at-p.base), uint32(len(p.nodes))
}

// shutAll ends every open block at an offset.
func (p *parser) shutAll(at int) {
	for _, i := range p.stack {
		p.shut(i, at)
	}
	p.stack = p.stack[:0]
}

// endOfFile reports the innermost open block, once, on the line that would come next (DSL-4).
func (p *parser) endOfFile() {
	p.reach = len(p.text) + 1
	after := p.reach - p.base
	p.errs = append(p.errs, Error{diag.PCCBracketMissing, source.Span{Start: after, End: after}})
	p.shutAll(len(p.text))
}

// looksLikeHeader says whether a line that has no place in a block is a header at column 0: then a closing bracket is
// missing before it (DSL-31.1).
func looksLikeHeader(line string) bool {
	if line == "" || line[0] <= ' ' {
		return false
	}
	var s shape
	line = strings.ReplaceAll(line, "\r", "")
	scanTop(line, &s)
	if s.kind != Component && s.kind != Facet && s.kind != Instance {
		return false
	}
	return s.flags&(noBracket|cutShort) == 0 && IsID(line[s.name:s.end])
}

// giveBack closes all blocks before the current line, which is read again at top level with the blanks and comments above it.
func (p *parser) giveBack() {
	at := p.line
	for last := len(p.nodes) - 1; last > p.stack[len(p.stack)-1]; last-- {
		n := p.nodes[last]
		if n.kind != Blank && n.kind != Comment || p.base+int(n.limit) != at {
			break
		}
		at = p.base + int(n.start)
		p.nodes = p.nodes[:last]
	}
	p.next = at
	p.shutAll(at)
}

// finish makes the chunk. In a whole parse it takes its memory from the slabs.
func (p *parser) finish(item int, bom bool) *Chunk {
	c := Chunk{text: p.text[p.base:p.next], errs: p.errs, item: int32(item), ahead: max(0, p.reach-p.next), bom: bom}
	if p.own {
		c.text, c.nodes = strings.Clone(c.text), slices.Clone(p.nodes)
		own := new(Chunk)
		*own = c
		return own
	}
	if len(p.nodeRoom) < len(p.nodes) {
		p.nodeRoom = make([]node, max(nodeSlab, len(p.nodes)))
	}
	n := len(p.nodes)
	c.nodes, p.nodeRoom = p.nodeRoom[:n:n], p.nodeRoom[n:]
	copy(c.nodes, p.nodes)
	if len(p.chunkRoom) == 0 {
		p.chunkRoom = make([]Chunk, chunkSlab)
	}
	kept := &p.chunkRoom[0]
	p.chunkRoom = p.chunkRoom[1:]
	*kept = c
	return kept
}
