// Package excerpt shows a finding in the text that it is about.
package excerpt

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// Options of a rendering.
type Options struct {
	// Color adds the escape sequences of colours.
	Color bool
	// Dir is put before the names of files, so that a terminal can open them.
	Dir string
	// Language is that of the sentences.
	Language diag.Language
	// Width is how many columns a terminal has: sentences are broken between words, of long lines the part around the words is
	// shown. 0 breaks nothing.
	Width int
	// File gives the text of a file with its lines; nil lines when it cannot be read: the excerpt is then left out.
	File func(name string) (text string, lines *source.Lines)
}

// Write shows one finding: the line of DIA-5, the line of the text with the words underlined, what helps, the related places.
func Write(w io.Writer, p diag.Problem, o Options) error {
	e := &excerpt{o: o}
	e.head(p)
	e.lines(p.Place, p.Range, p.Level())
	for _, f := range p.Fixes[:min(len(p.Fixes), maxFixes)] {
		e.note(labels[o.Language].fix, f.Title.In(o.Language))
	}
	if more := len(p.Fixes) - maxFixes; more > 0 {
		e.note(labels[o.Language].fix, fmt.Sprintf(labels[o.Language].more, more))
	}
	for _, r := range p.Related {
		where := place(o.Dir, r.Place, r.Range)
		if where != "" {
			where += ": "
		}
		e.note(labels[o.Language].see, where+r.Message.In(o.Language))
		e.lines(r.Place, r.Range, diag.Hint)
	}
	_, err := io.WriteString(w, e.b.String())
	return err
}

// maxFixes is how many cures are named: who has more to choose from chooses in an editor.
const maxFixes = 3

// labels stand before what cures a finding, before another place.
var labels = map[diag.Language]struct{ fix, see, more string }{
	diag.English: {"fix:", "see:", "… %d more in an editor"},
	diag.French:  {"correction :", "voir :", "… et %d autres dans un éditeur"},
}

type excerpt struct {
	b strings.Builder
	o Options
}

// tab is how wide a tab is shown.
const tab = 4

// The colours by meaning: bold red, bold yellow, bold cyan, faint.
var colors = map[diag.Level]string{diag.Severe: "1;31", diag.Warning: "1;33", diag.Hint: "1;36"}

const faint = "2"

func (e *excerpt) paint(color, text string) string {
	if !e.o.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[m"
}

func (e *excerpt) head(p diag.Problem) {
	if p.Place.File != "" {
		p.Place.File = path.Join(e.o.Dir, p.Place.File)
	}
	line := p.Text(e.o.Language)
	level := p.Level().String() + " " + string(p.Code)
	line = e.wrap(strings.Replace(line, level, strings.ReplaceAll(level, " ", glue), 1), 0, "    ")
	fmt.Fprintln(&e.b, strings.Replace(line, strings.ReplaceAll(level, " ", glue), e.paint(colors[p.Level()], level), 1))
}

// lines shows the line where something stands, with its words underlined. A construct of several lines shows its first.
func (e *excerpt) lines(p source.Place, r source.Range, level diag.Level) {
	if p.IsZero() || e.o.File == nil {
		return
	}
	whole, lines := e.o.File(p.File)
	if lines == nil || r.Start.Line < 1 {
		return
	}
	text, from, to := "", 0, 0
	if r.Start.Line <= lines.Count() {
		span := lines.Span(r.Start.Line)
		text = span.Of(whole)
		from = min(max(p.Span.Start-span.Start, 0), len(text))
		to = min(max(p.Span.End-span.Start, from), len(text))
	}
	before, start := expand(text[:from], 0)
	marked, end := expand(text[from:to], start)
	after, _ := expand(text[to:], end)
	shown := before + marked + after
	if room := e.o.Width - gutter; e.o.Width > 0 && room > 0 {
		shown, start, end = window(shown, start, end, room)
	}
	fmt.Fprintf(&e.b, "%s%s\n", e.paint(faint, fmt.Sprintf("%5d |", r.Start.Line)), strings.TrimRight(" "+shown, " "))
	fmt.Fprintf(&e.b, "%s %s%s\n", e.paint(faint, "      |"), strings.Repeat(" ", start),
		e.paint(colors[level], strings.Repeat("^", max(end-start, 1))))
}

func (e *excerpt) note(label, text string) {
	const lead = "      = "
	indent := strings.Repeat(" ", len(lead)+uniseg.StringWidth(label)+1)
	fmt.Fprintf(&e.b, "%s %s\n", e.paint(faint, lead+label), e.wrap(text, len(indent), indent))
}

// expand replaces tabs by blanks and control characters by a mark; it gives the column after the text.
func expand(text string, column int) (string, int) {
	var b strings.Builder
	for rest, state := text, -1; rest != ""; {
		var cluster string
		var width int
		cluster, rest, width, state = uniseg.FirstGraphemeClusterInString(rest, state)
		switch {
		case cluster == "\t":
			width = tab - column%tab
			cluster = strings.Repeat(" ", width)
		case cluster < " " || cluster == "\x7f":
			cluster, width = "\uFFFD", 1
		}
		b.WriteString(cluster)
		column += width
	}
	return b.String(), column
}

func place(dir string, p source.Place, r source.Range) string {
	if p.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", path.Join(dir, p.File), r.Start.Line, r.Start.Column)
}
