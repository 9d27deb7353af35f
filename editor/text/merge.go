package text

import (
	"slices"
	"strings"
)

// Merged is what came of two texts that were made from one.
type Merged struct {
	// Text is the merged text. Where both sides changed the same lines in different ways, it holds both, between marks.
	Text string
	// Conflicts is the number of such places.
	Conflicts int
}

// The marks around a conflict; the middle one parts the two sides.
const (
	markMine   = "<<<<<<< mine\n"
	markMiddle = "=======\n"
	markTheirs = ">>>>>>> on disk\n"
)

// Merge joins two texts that were made from a base, by lines. Changes that meet without an untouched line between them count
// as changes of the same lines, unless they are equal.
func Merge(base, mine, theirs string) Merged {
	switch {
	case mine == theirs || base == theirs:
		return Merged{Text: mine}
	case base == mine:
		return Merged{Text: theirs}
	}
	m := merger{base: linesOf(base), mine: linesOf(mine), theirs: linesOf(theirs)}
	m.run(diff(m.base, m.mine), diff(m.base, m.theirs))
	return Merged{Text: m.out.String(), Conflicts: m.conflicts}
}

type merger struct {
	base, mine, theirs []string
	out                strings.Builder
	conflicts          int
}

// run walks along the base. x and y are the hunks of both sides; sx and sy what they have shifted so far.
func (m *merger) run(x, y []hunk) {
	at, sx, sy := 0, 0, 0
	for len(x) > 0 || len(y) > 0 {
		lo := first(x, y)
		m.write(m.base[at:lo])
		hi, nx, ny := region(lo, x, y)
		ex, ey := sx+growth(x[:nx]), sy+growth(y[:ny])
		m.join(m.base[lo:hi], m.mine[lo+sx:hi+ex], m.theirs[lo+sy:hi+ey])
		at, sx, sy, x, y = hi, ex, ey, x[nx:], y[ny:]
	}
	m.write(m.base[at:])
}

// first is the line of the base where the next hunk starts.
func first(x, y []hunk) int {
	if len(y) == 0 || len(x) > 0 && x[0].a0 <= y[0].a0 {
		return x[0].a0
	}
	return y[0].a0
}

// region gathers the hunks that overlap or meet, from a line of the base on: its end, and how many of each side it takes.
func region(lo int, x, y []hunk) (hi, nx, ny int) {
	hi = lo
	for {
		switch {
		case nx < len(x) && x[nx].a0 <= hi:
			hi = max(hi, x[nx].a1)
			nx++
		case ny < len(y) && y[ny].a0 <= hi:
			hi = max(hi, y[ny].a1)
			ny++
		default:
			return hi, nx, ny
		}
	}
}

// growth is the number of lines that hunks add.
func growth(hunks []hunk) int {
	n := 0
	for _, h := range hunks {
		n += (h.b1 - h.b0) - (h.a1 - h.a0)
	}
	return n
}

func (m *merger) write(lines []string) {
	for _, l := range lines {
		m.out.WriteString(l)
	}
}

// join writes a region in which at least one side differs from the base.
func (m *merger) join(base, mine, theirs []string) {
	switch {
	case slices.Equal(mine, theirs) || slices.Equal(base, theirs):
		m.write(mine)
	case slices.Equal(base, mine):
		m.write(theirs)
	default:
		m.conflicts++
		m.out.WriteString(markMine)
		m.writeWhole(mine)
		m.out.WriteString(markMiddle)
		m.writeWhole(theirs)
		m.out.WriteString(markTheirs)
	}
}

// writeWhole writes lines and ends the last one, so that a mark starts a line.
func (m *merger) writeWhole(lines []string) {
	m.write(lines)
	if n := len(lines); n > 0 && !strings.HasSuffix(lines[n-1], "\n") {
		m.out.WriteByte('\n')
	}
}
