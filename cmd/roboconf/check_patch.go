package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/roboconf/workbench/editor/text"
	"github.com/roboconf/workbench/model/source"
)

// patch prints what a rehearsal changed, as git and patch -p1 read it. Paths are those that the person gave.
func (m *mending) patch(s streams) error {
	now := m.w.Snapshot()
	moves := map[string]string{}
	for _, move := range m.moved {
		moves[move.From] = move.To
	}
	for _, name := range slices.Sorted(maps.Keys(now.Dirty)) {
		doc, err := m.w.Read(name)
		if err != nil {
			return err
		}
		before, err := os.ReadFile(filepath.Join(m.w.Dir(), filepath.FromSlash(name)))
		p := patched{from: m.named(name), to: m.named(name), before: string(before), after: doc.Text, isNew: os.IsNotExist(err)}
		if to, moved := moves[name]; moved {
			p.to = m.named(to)
			delete(moves, name)
		}
		if err := p.write(s.out); err != nil {
			return err
		}
	}
	return m.patchMoves(s, moves)
}

// patchMoves prints the moves of files whose text stays. A folder moves file by file.
func (m *mending) patchMoves(s streams, moves map[string]string) error {
	for _, from := range slices.Sorted(maps.Keys(moves)) {
		for _, name := range m.w.Snapshot().All {
			rest, inside := strings.CutPrefix(name, from)
			if !inside || rest != "" && rest[0] != '/' {
				continue
			}
			if err := (patched{from: m.named(name), to: m.named(moves[from] + rest)}).write(s.out); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *mending) named(file string) string { return path.Join(filepath.ToSlash(m.folder.dir), file) }

// patched is one file of a patch.
type patched struct {
	from, to      string
	before, after string
	isNew         bool
}

func (p patched) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "diff --git a/%s b/%s\n", p.from, p.to)
	old := "a/" + p.from
	switch {
	case p.isNew:
		b.WriteString("new file mode 100644\n")
		old = "/dev/null"
	case p.from != p.to:
		fmt.Fprintf(&b, "rename from %s\nrename to %s\n", p.from, p.to)
	}
	if p.before != p.after {
		fmt.Fprintf(&b, "--- %s\n+++ b/%s\n%s", old, p.to, unified(p.before, p.after))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// around is how many lines a patch shows around those that differ.
const around = 3

// block says that lines [a0, a1) of one text became lines [b0, b1) of another.
type block struct{ a0, a1, b0, b1 int }

// unified gives the hunks of a unified difference.
func unified(before, after string) string {
	a, b := linesOf(before), linesOf(after)
	blocks := blocksOf(before, after, a)
	var out strings.Builder
	for len(blocks) > 0 {
		n := 1
		for n < len(blocks) && blocks[n].a0-blocks[n-1].a1 <= 2*around {
			n++
		}
		writeHunk(&out, a, b, blocks[:n])
		blocks = blocks[n:]
	}
	return out.String()
}

func writeHunk(out *strings.Builder, a, b []string, blocks []block) {
	first, last := blocks[0], blocks[len(blocks)-1]
	lead, tail := min(around, first.a0), min(around, len(a)-last.a1)
	fmt.Fprintf(out, "@@ -%s +%s @@\n", lineRange(first.a0-lead, last.a1+tail), lineRange(first.b0-lead, last.b1+tail))
	at := first.a0 - lead
	for _, k := range blocks {
		writeLines(out, " ", a[at:k.a0])
		writeLines(out, "-", a[k.a0:k.a1])
		writeLines(out, "+", b[k.b0:k.b1])
		at = k.a1
	}
	writeLines(out, " ", a[at:at+tail])
}

// lineRange is where lines [from, to) stand, as a hunk says it: none stand after the line before.
func lineRange(from, to int) string {
	switch to - from {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprint(from + 1)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

func writeLines(out *strings.Builder, mark string, lines []string) {
	for _, line := range lines {
		out.WriteString(mark + line)
		if !strings.HasSuffix(line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func linesOf(text string) []string { return slices.Collect(strings.Lines(text)) }

// blocksOf gives the lines that differ. The editor's comparison says where; what it trimmed becomes whole lines again.
func blocksOf(before, after string, a []string) (blocks []block) {
	starts := make([]int, len(a)+1)
	for i, line := range a {
		starts[i+1] = starts[i] + len(line)
	}
	// lineAt is the line of an offset; the end of the text is a line of its own when the last one is ended.
	lineAt := func(at int) int {
		return min(sort.Search(len(a), func(i int) bool { return starts[i+1] > at }), max(len(a)-1, 0))
	}
	edits := text.Difference(before, after)
	shift := 0
	for len(edits) > 0 {
		first, last, n := lineAt(edits[0].At), lineAt(edits[0].At+len(edits[0].Old)), 1
		for n < len(edits) && lineAt(edits[n].At) <= last {
			last = max(last, lineAt(edits[n].At+len(edits[n].Old)))
			n++
		}
		end := min(last+1, len(a))
		k := compareLines(a[first:end], rewritten(before, starts[first], starts[end], edits[:n]))
		blocks = append(blocks, block{first + k.a0, first + k.a1, first + shift + k.b0, first + shift + k.b1})
		shift += (k.b1 - k.b0) - (k.a1 - k.a0)
		edits = edits[n:]
	}
	return blocks
}

// rewritten gives the lines that a part of a text becomes.
func rewritten(before string, start, end int, edits []text.Edit) []string {
	list := make([]source.Edit, len(edits))
	for i, e := range edits {
		at := e.At - start
		list[i] = source.Edit{Place: source.Place{Span: source.Span{Start: at, End: at + len(e.Old)}}, With: e.New}
	}
	return linesOf(source.Apply(before[start:end], list))
}

// compareLines leaves equal lines at both ends out.
func compareLines(a, b []string) block {
	k := block{0, len(a), 0, len(b)}
	for k.a0 < k.a1 && k.b0 < k.b1 && a[k.a0] == b[k.b0] {
		k.a0, k.b0 = k.a0+1, k.b0+1
	}
	for k.a0 < k.a1 && k.b0 < k.b1 && a[k.a1-1] == b[k.b1-1] {
		k.a1, k.b1 = k.a1-1, k.b1-1
	}
	return k
}
