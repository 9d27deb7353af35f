package excerpt

import (
	"strings"

	"github.com/rivo/uniseg"
)

// gutter is how many columns stand before a line of the text: its number, a bar, a blank.
const gutter = 8

// glue holds words together that are coloured as one: no sentence has this character.
const glue = "\x00"

// wrap breaks a text between words so that it fits the width; it begins at a column, the lines that follow are indented.
func (e *excerpt) wrap(text string, at int, indent string) string {
	if e.o.Width <= len(indent)+minimum {
		return text
	}
	var b strings.Builder
	for i, word := range strings.Split(text, " ") {
		width := uniseg.StringWidth(word)
		switch {
		case i == 0:
		case at+1+width > e.o.Width:
			b.WriteString("\n" + indent)
			at = len(indent)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += width
	}
	return b.String()
}

// minimum is how many columns a text needs beside its indentation: in less it is not broken.
const minimum = 20

// window shows the part of a line around the columns [start, end) that fits the room, and where they stand in it. Dots stand for
// what is left out.
func window(line string, start, end, room int) (shown string, from, to int) {
	width := uniseg.StringWidth(line)
	if width <= room || room < minimum {
		return line, start, end
	}
	left := 0
	if end > room-1 {
		left = min(max(0, start-room/3), width-room)
	}
	right := left + room
	if left > 0 {
		left++
	}
	if right < width {
		right--
	}
	var b strings.Builder
	shift := 0
	if left > 0 {
		b.WriteString("…")
		shift = left - 1
	}
	column := 0
	for rest, state := line, -1; rest != ""; {
		var cluster string
		var cells int
		cluster, rest, cells, state = uniseg.FirstGraphemeClusterInString(rest, state)
		switch {
		case column >= left && column+cells <= right:
			b.WriteString(cluster)
		case column < left && column+cells > left, column < right && column+cells > right: // a wide character that is cut
			b.WriteByte(' ')
		}
		column += cells
	}
	if right < width {
		b.WriteString("…")
	}
	return b.String(), max(start, left) - shift, max(min(end, right), max(start, left)) - shift
}
