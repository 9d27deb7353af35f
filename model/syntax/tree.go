package syntax

import (
	"iter"
	"sort"
	"strings"
	"sync"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// Tree is a parsed file: immutable, lossless, complete whatever the text.
type Tree struct {
	text    string
	entries []entry
	lines   func() *source.Lines
}

// entry is a chunk at its place.
type entry struct {
	start int
	chunk *Chunk
}

func (e entry) end() int { return e.start + len(e.chunk.text) }

// Parse never fails: what cannot be read becomes Bad nodes and Errors.
func Parse(text string) *Tree {
	p := &parser{text: text}
	p.nodeRoom = make([]node, strings.Count(text, "\n")+1)
	var entries []entry
	for at := 0; at < len(text); at = p.next {
		entries = append(entries, entry{at, p.chunk(at)})
	}
	return newTree(text, entries)
}

func newTree(text string, entries []entry) *Tree {
	return &Tree{
		text: text, entries: entries,
		lines: sync.OnceValue(func() *source.Lines { return source.NewLines(text) }),
	}
}

// Reparse parses a newer text of the same file and keeps, by identity, the chunks that did not change.
// The result is equal to Parse(text).
func (t *Tree) Reparse(text string) *Tree {
	if text == t.text {
		return t
	}
	same := commonPrefix(t.text, text)
	kept := 0
	for kept < len(t.entries) && t.entries[kept].end()+t.entries[kept].chunk.ahead <= same {
		kept++
	}
	suffix := commonSuffix(t.text[same:], text[same:])
	entries := make([]entry, kept, len(t.entries)+8)
	copy(entries, t.entries)
	at := 0
	if kept > 0 {
		at = entries[kept-1].end()
	}
	lines := t.Lines().Edited(text, same, suffix)
	return &Tree{
		text: text, entries: t.resume(text, entries, at, len(text)-suffix),
		lines: func() *source.Lines { return lines },
	}
}

// resume parses the text from an offset until a chunk of the old tree starts where nothing differs any more.
func (t *Tree) resume(text string, entries []entry, at, settled int) []entry {
	p := &parser{text: text, own: true}
	delta := len(text) - len(t.text)
	for old := len(entries); at < len(text); at = p.next {
		if at >= settled {
			for old < len(t.entries) && t.entries[old].start+delta < at {
				old++
			}
			if old < len(t.entries) && t.entries[old].start+delta == at && t.entries[old].chunk.fits(text, at) {
				return shifted(entries, t.entries[old:], delta)
			}
		}
		entries = append(entries, entry{at, p.chunk(at)})
	}
	return entries
}

// shifted appends entries moved by some bytes.
func shifted(to, from []entry, delta int) []entry {
	for _, e := range from {
		to = append(to, entry{e.start + delta, e.chunk})
	}
	return to
}

// fits says whether a chunk with the right text may stand at an offset: a byte-order mark counts only in front.
func (c *Chunk) fits(text string, at int) bool {
	return c.bom == (at == 0 && strings.HasPrefix(text, byteOrderMark))
}

// stride is how many bytes are compared at once when two texts are lined up.
const stride = 1 << 12

func commonPrefix(a, b string) int {
	n, limit := 0, min(len(a), len(b))
	for n+stride <= limit && a[n:n+stride] == b[n:n+stride] {
		n += stride
	}
	for n < limit && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b string) int {
	n, limit := 0, min(len(a), len(b))
	for n+stride <= limit && a[len(a)-n-stride:len(a)-n] == b[len(b)-n-stride:len(b)-n] {
		n += stride
	}
	for n < limit && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// Text is the text that was parsed, byte for byte.
func (t *Tree) Text() string { return t.text }

// Lines is the line table of the text.
func (t *Tree) Lines() *source.Lines { return t.lines() }

// Chunks gives each chunk with the offset where it starts.
func (t *Tree) Chunks() iter.Seq2[int, *Chunk] {
	return func(yield func(int, *Chunk) bool) {
		for _, e := range t.entries {
			if !yield(e.start, e.chunk) {
				return
			}
		}
	}
}

// ChunkAt gives the chunk that holds an offset, with its start; nil for an empty text. The end of the text belongs to the last chunk.
func (t *Tree) ChunkAt(offset int) (int, *Chunk) {
	i := t.entryAt(offset)
	if i >= len(t.entries) {
		return 0, nil
	}
	return t.entries[i].start, t.entries[i].chunk
}

// entryAt is the number of the chunk that holds an offset.
func (t *Tree) entryAt(offset int) int {
	return max(0, sort.Search(len(t.entries), func(i int) bool { return t.entries[i].start > offset })-1)
}

// Kind is the kind of the file.
func (t *Tree) Kind() FileKind {
	has := kindsOf(t.entries)
	graph := has[Component] || has[Facet]
	switch {
	case has[Instance] && graph:
		return Undetermined
	case has[Instance]:
		return InstancesFile
	case graph:
		return GraphFile
	case has[Import]:
		return Aggregator
	case has[Bad]:
		return Undetermined
	}
	return Empty
}

// kindsOf says which kinds of constructs stand at top level.
func kindsOf(entries []entry) (has [Bad + 1]bool) {
	for _, e := range entries {
		has[e.chunk.nodes[e.chunk.item].kind] = true
	}
	return has
}

// Errors are the P_ problems in the order of the text, spans absolute, file-level ones (P_INVALID_FILE_TYPE, P_EMPTY_FILE) included.
func (t *Tree) Errors() []Error {
	errs := t.fileErrors()
	for _, e := range t.entries {
		for _, err := range e.chunk.errs {
			errs = append(errs, Error{err.Code, err.Span.Shift(e.start)})
		}
	}
	return errs
}

// fileErrors are the problems of the file as a whole, on its first line (DIA-13).
func (t *Tree) fileErrors() []Error {
	first := t.firstLine()
	if t.Kind() == Empty {
		return []Error{{diag.PEmptyFile, first}}
	}
	// What was read after the first error at which the reference stops is a guess: it cannot make the file a mixture (DEV-7).
	has := kindsOf(t.entries[:t.readable()])
	if has[Instance] && (has[Component] || has[Facet]) {
		return []Error{{diag.PInvalidFileType, first}}
	}
	return nil
}

// readable is the number of chunks before the first one at which the reference stops (DSL-30).
func (t *Tree) readable() int {
	for i, e := range t.entries {
		for _, err := range e.chunk.errs {
			if stops(err.Code) {
				return i
			}
		}
	}
	return len(t.entries)
}

func (t *Tree) firstLine() source.Span {
	start := 0
	if strings.HasPrefix(t.text, byteOrderMark) {
		start = len(byteOrderMark)
	}
	end := len(t.text)
	if n := strings.IndexByte(t.text, '\n'); n >= 0 {
		end = n
	}
	return source.Span{Start: start, End: trimRight(t.text, start, end)}
}
