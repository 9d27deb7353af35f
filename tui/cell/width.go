package cell

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// ascii holds every 7-bit character at its own index, so that a cell needs no memory of its own.
var ascii = func() string {
	var b [128]byte
	for i := range b {
		b[i] = byte(i)
	}
	return string(b[:])
}()

// unreadable stands for what must never reach a terminal: control characters, bytes that are no text, marks that turn
// the direction of writing. It is an ASCII character, since every terminal has it.
const unreadable = "?"

// next cuts the first grapheme off a text: the part of the text it is, what a cell shows for it, its width in cells.
func next(text string) (part, shown string, width int) {
	if text == "" {
		return "", "", 0
	}
	r, n := utf8.DecodeRuneInString(text)
	if r == '\t' {
		return text[:n], " ", 1
	}
	if !readable(r) {
		return text[:n], unreadable, 1
	}
	cluster, width := ansi.FirstGraphemeCluster(text, ansi.WcWidth)
	for i, r := range cluster {
		if !readable(r) { // broken bytes may be taken for a part of a cluster
			cluster = cluster[:i]
			return cluster, cluster, ansi.WcWidth.StringWidth(cluster)
		}
	}
	return cluster, cluster, width
}

// readable says whether a terminal may get a character.
func readable(r rune) bool {
	return r >= ' ' && (r < 0x7f || r >= 0xa0) && r != utf8.RuneError && !turning(r)
}

// turning says whether a character changes the direction of the writing after it.
func turning(r rune) bool {
	return (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) || r == 0x200e || r == 0x200f
}

// Width is the number of columns that Put needs for a text.
func Width(text string) int {
	w := 0
	for len(text) > 0 {
		if b := text[0]; b >= ' ' && b < 0x7f && plainNext(text) {
			w++
			text = text[1:]
			continue
		}
		part, _, n := next(text)
		w += n
		text = text[len(part):]
	}
	return w
}

// Graphemes calls yield with each grapheme of a text: its offset in bytes, its text, its width in columns.
// The editor counts with it, so that its cursor stands where Put draws.
func Graphemes(text string, yield func(offset int, grapheme string, width int) bool) {
	for at := 0; at < len(text); {
		part, _, width := next(text[at:])
		if !yield(at, part, width) {
			return
		}
		at += len(part)
	}
}

// Cut gives as much of a text as fits in w columns; when something is left out, the end is replaced by tail.
func Cut(text string, w int, tail string) string {
	if Width(text) <= w {
		return text
	}
	room := w - Width(tail)
	if room < 0 {
		return Cut(tail, max(w, 0), "")
	}
	end := 0
	Graphemes(text, func(offset int, g string, width int) bool {
		room -= width
		if room < 0 {
			return false
		}
		end = offset + len(g)
		return true
	})
	return text[:end] + tail
}

// Wrap breaks a text into lines of at most w columns, between words where it can.
func Wrap(text string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		lines = append(lines, wrapLine(line, w)...)
	}
	return lines
}

// wrapLine breaks one line; blanks at its beginning are kept, and repeated on the lines that follow.
func wrapLine(text string, w int) []string {
	words := strings.Fields(text)
	indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
	if len(indent) > w/2 {
		indent = ""
	}
	lines, line := []string(nil), indent
	for i, word := range words {
		if i > 0 && Width(line)+1+Width(word) > w {
			lines, line = append(lines, line), indent
		}
		if line != indent {
			line += " "
		}
		line += word
		for Width(line) > w {
			head := Cut(line, w, "")
			if head == "" {
				break
			}
			lines, line = append(lines, head), indent+line[len(head):]
		}
	}
	return append(lines, line)
}
