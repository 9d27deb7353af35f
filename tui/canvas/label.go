package canvas

import "github.com/roboconf/workbench/tui/cell"

// The widest texts, in cells.
const (
	maxName   = 28
	maxDetail = 36
	maxDots   = 6
	maxFolds  = 4 // lines of one detail
)

// label is what is written in a box. The first line is the name, with the glyph of the state and the kind behind it.
type label struct {
	lines []line
	width int
}

// line is one line of a label.
type line struct {
	text string
	mark bool   // one blank and one cell are kept behind the text
	dots int    // cells kept before the text, one more as a blank
	tail string // after the mark
	kind TextKind
}

func (l line) width() int {
	w := cell.Width(l.text)
	if l.mark {
		w += 2
	}
	if l.dots > 0 {
		w += l.dots + 1
	}
	if l.tail != "" {
		w += 1 + cell.Width(l.tail)
	}
	return w
}

// labelOf writes what a zoom tells of a node, for a window of this width.
func labelOf(n *node, z Zoom, window int) label {
	var b label
	if n.src == nil {
		return b
	}
	title := line{text: cut(n.src.Name, maxName), mark: n.src.Mark}
	if z == Details {
		title.tail = cut(n.src.Kind, maxName)
	}
	b.add(title)
	if z == Machines && len(n.hidden) > 0 {
		l := line{text: cut(n.src.Summary, maxDetail), kind: Detail}
		if n.src.Mark {
			l.dots = min(len(n.hidden), maxDots)
		}
		b.add(l)
	}
	if z == Details {
		for _, text := range n.src.Lines {
			for _, part := range fold(text, min(max(window-14, 20), maxDetail)) {
				b.add(line{text: part, kind: Detail})
			}
		}
	}
	return b
}

func (b *label) add(l line) {
	b.lines = append(b.lines, l)
	b.width = max(b.width, l.width(), 1)
}

// fold breaks a long detail into lines of at most width cells.
func fold(text string, width int) []string {
	lines := cell.Wrap(text, width-2)
	if len(lines) > maxFolds {
		lines = lines[:maxFolds]
		lines[maxFolds-1] = cut(lines[maxFolds-1]+" ...", width-2)
	}
	for i := range lines {
		if i > 0 {
			lines[i] = "  " + lines[i]
		}
		lines[i] = cut(lines[i], width)
	}
	return lines
}

// cut shortens a text with a tail that every terminal has.
func cut(text string, w int) string { return cell.Cut(text, w, "..") }

// write puts a label at a place: the title at one, the other lines below another.
func (b label) write(box *Box, title, rest Point) {
	for i, l := range b.lines {
		at := Point{rest.X, rest.Y + i - 1}
		if i == 0 {
			at = title
		}
		if l.dots > 0 {
			box.Dots, box.DotCount = at, l.dots
			at.X += l.dots + 1
		}
		box.Texts = append(box.Texts, Text{at, l.kind, l.text})
		at.X += cell.Width(l.text)
		if l.mark {
			box.Mark, box.HasMark = Point{at.X + 1, at.Y}, true
			at.X += 2
		}
		if l.tail != "" {
			box.Texts = append(box.Texts, Text{Point{at.X + 1, at.Y}, Kind, l.tail})
		}
	}
}
