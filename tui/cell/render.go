package cell

import (
	"fmt"
	"image/color"
	"sort"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// Render gives the grid as text with escape sequences, one line per row. Blanks without style at the end of a row are left out.
func (g *Grid) Render() string {
	var b strings.Builder
	b.Grow(g.at.W * g.at.H * 2)
	for y := range g.at.H {
		if y > 0 {
			b.WriteByte('\n')
		}
		renderRow(&b, g.row(y))
	}
	return b.String()
}

// row is the part of a row that the grid shows; nil when it lies outside.
func (g *Grid) row(y int) uv.Line {
	at := y + g.at.Y
	if at < g.clip.Y || at >= g.clip.Y+g.clip.H {
		return nil
	}
	return g.lines[at][g.clip.X : g.clip.X+g.clip.W]
}

func renderRow(b *strings.Builder, row uv.Line) {
	var pen Style
	for i := range row[:filled(row)] {
		c := &row[i]
		if c.Width == 0 {
			continue // the second half of a wide character
		}
		if c.Style != pen {
			b.WriteString(c.Style.Diff(&pen))
			pen = c.Style
		}
		b.WriteString(c.Content)
	}
	if !pen.IsZero() {
		b.WriteString("\x1b[m")
	}
}

// filled is the length of a row without the blanks at its end.
func filled(row uv.Line) int {
	n := len(row)
	for n > 0 && row[n-1].Content == " " && row[n-1].Style == (Style{}) {
		n--
	}
	return n
}

// Plain gives the text plane: what an eye reads, right blanks removed.
func (g *Grid) Plain() string {
	var b strings.Builder
	for y := range g.at.H {
		if y > 0 {
			b.WriteByte('\n')
		}
		var row strings.Builder
		for _, c := range g.row(y) {
			row.WriteString(c.Content)
		}
		b.WriteString(strings.TrimRight(row.String(), " "))
	}
	return b.String()
}

// Styles gives the style plane: one letter for each cell, blank for no style, and below it what each letter means.
// Letters are given by the order of their description, so that a small change of the screen is a small change of the plane.
func (g *Grid) Styles() string {
	names := map[string]bool{}
	for y := range g.at.H {
		for _, c := range g.row(y) {
			names[Describe(c.Style)] = true
		}
	}
	delete(names, "")
	sorted := make([]string, 0, len(names))
	for n := range names {
		sorted = append(sorted, n)
	}
	sort.Strings(sorted)
	letter := map[string]byte{"": ' '}
	for i, n := range sorted {
		letter[n] = letters[min(i, len(letters)-1)]
	}
	var b strings.Builder
	for y := range g.at.H {
		row := make([]byte, 0, g.at.W)
		for _, c := range g.row(y) {
			row = append(row, letter[Describe(c.Style)])
		}
		b.WriteString(strings.TrimRight(string(row), " ") + "\n")
	}
	for _, n := range sorted {
		fmt.Fprintf(&b, "%c = %s\n", letter[n], n)
	}
	return b.String()
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%&()*+,-./:;<=>?@[]^_{|}~#"

// Describe gives a style in words, "" for no style: "fg=#d0d0d0 bold".
func Describe(s Style) string {
	var parts []string
	add := func(name string, c color.Color) {
		if c != nil {
			parts = append(parts, name+"="+hex(c))
		}
	}
	add("fg", s.Fg)
	add("bg", s.Bg)
	for _, a := range attributes {
		if s.Attrs&a.bit != 0 {
			parts = append(parts, a.name)
		}
	}
	if s.Underline != uv.UnderlineNone {
		parts = append(parts, underlines[s.Underline])
		add("ul", s.UnderlineColor)
	}
	return strings.Join(parts, " ")
}

var attributes = []struct {
	bit  uint8
	name string
}{
	{uv.AttrBold, "bold"},
	{uv.AttrFaint, "faint"},
	{uv.AttrItalic, "italic"},
	{uv.AttrBlink, "blink"},
	{uv.AttrReverse, "reverse"},
	{uv.AttrStrikethrough, "strike"},
}

var underlines = map[uv.Underline]string{
	uv.UnderlineSingle: "underline", uv.UnderlineDouble: "double", uv.UnderlineCurly: "curly",
	uv.UnderlineDotted: "dotted", uv.UnderlineDashed: "dashed",
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
