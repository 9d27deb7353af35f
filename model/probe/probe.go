// Package probe reads the measures that raise events.
package probe

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/model/tint"
)

// Word is a piece of text and where it stands. What a parameter gave stands on the line of the parameter.
type Word struct {
	Text string
	Span source.Span
}

// Section is one check: who makes it, which event it raises, what is looked at.
type Section struct {
	Handler, Event Word
	// Attributes follow the event: every 5s, timeout 2s (commands-rules-probes.md 4.4).
	Attributes []Word
	Content    []Word // one per line
	Header     source.Span
	// Valid says that the handler exists, and accepts the content.
	Valid bool
}

// File is a probe file that was read, right or wrong.
type File struct {
	Name     string
	Sections []Section
	// Problems are those of the file alone: whether rules wait for its events is not looked at.
	Problems []diag.Problem
	// Used are the parameters that sections mention.
	Used map[string]bool
	// Mentions are where they do so, braces included; Text is the name.
	Mentions []Word

	canvas *tint.Canvas
}

// Tokens are the coloured pieces of the file: together they are its text.
func (f *File) Tokens() []syntax.Token { return f.canvas.Tokens() }

// Text is the text of the file, byte for byte.
func (f *File) Text() string { return f.canvas.Text() }

// Place turns a span of the file into a place.
func (f *File) Place(s source.Span) source.Place { return source.Place{File: f.Name, Span: s} }

// line is a line of the file after its parameters were replaced.
type line struct {
	text string
	span source.Span // of the text; of the whole line when parameters were replaced
	// moved says that offsets in the text are not those of the file.
	moved bool
}

// word places a part of the line.
func (l line) word(start, end int) Word {
	w := Word{strings.ToValidUTF8(l.text[start:end], "?"), l.span}
	if !l.moved {
		w.Span = source.Span{Start: l.span.Start + start, End: l.span.Start + end}
	}
	return w
}

func (l line) whole() Word { return l.word(0, len(l.text)) }

// trim cuts blanks at both ends.
func (l line) trim() line {
	start, end := 0, len(l.text)
	for start < end && isBlank(l.text[start]) {
		start++
	}
	for end > start && isBlank(l.text[end-1]) {
		end--
	}
	if !l.moved {
		l.span = source.Span{Start: l.span.Start + start, End: l.span.Start + end}
	}
	l.text = l.text[start:end]
	return l
}

// from is what follows an offset.
func (l line) from(start int) line {
	if !l.moved {
		l.span.Start += start
	}
	l.text = l.text[start:]
	return l
}

// fields are the words of the line.
func (l line) fields() (words []Word) {
	for at := 0; at < len(l.text); {
		for at < len(l.text) && isBlank(l.text[at]) {
			at++
		}
		end := at
		for end < len(l.text) && !isBlank(l.text[end]) {
			end++
		}
		if end > at {
			words = append(words, l.word(at, end))
		}
		at = end
	}
	return words
}

func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// Parse reads a probe file. parameters are those of the file beside it, nil without one (PRB-15). It always gives a file, whatever
// the text is.
func Parse(name, text string, parameters map[string]string) *File {
	f := &File{Name: name, Used: make(map[string]bool), canvas: tint.New(text)}
	var current *reading
	before := false // text before the first header was reported
	for _, l := range f.lines(text, parameters) {
		switch {
		case hasPrefix(l.text, "[event"):
			current.finish(f)
			current = f.header(l)
		case current != nil:
			f.canvas.Paint(l.span, syntax.ClassValue)
			current.section.Content = append(current.section.Content, l.whole())
		case !before:
			before = true
			f.canvas.Paint(l.span, syntax.ClassBad)
			f.report(diag.XProbeTextBeforeHeader, l.whole())
		}
	}
	current.finish(f)
	f.repeated()
	for _, m := range f.Mentions {
		f.canvas.Paint(m.Span, syntax.ClassVariable)
	}
	return f
}

func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func (f *File) report(code diag.Code, at Word, details ...diag.Detail) *diag.Problem {
	f.Problems = append(f.Problems, diag.Problem{Code: code, Place: f.Place(at.Span), Details: details})
	return &f.Problems[len(f.Problems)-1]
}

// lines are the lines that count: trimmed, neither blank nor comment (PRB-10), parameters replaced.
func (f *File) lines(text string, parameters map[string]string) (out []line) {
	start := 0
	if strings.HasPrefix(text, "\uFEFF") {
		start = len("\uFEFF")
	}
	for start < len(text) {
		end := len(text)
		if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
			end = start + n
		}
		l := line{text: text[start:end], span: source.Span{Start: start, End: end}}.trim()
		if strings.HasPrefix(l.text, "#") {
			f.canvas.Paint(l.span, syntax.ClassComment)
		} else {
			for _, piece := range f.replace(l, parameters) {
				if piece = piece.trim(); piece.text != "" && !strings.HasPrefix(piece.text, "#") {
					out = append(out, piece)
				}
			}
		}
		start = end + 1
	}
	return out
}

// replace puts the values of parameters into a line; one that holds line breaks makes several lines of it.
func (f *File) replace(l line, parameters map[string]string) (out []line) {
	var b strings.Builder
	rest := 0
	for at := 0; ; {
		n := strings.Index(l.text[at:], "{{")
		if n < 0 {
			break
		}
		start := at + n
		length := strings.Index(l.text[start:], "}}")
		if length < 0 {
			break
		}
		end := start + length + 2
		name := strings.TrimSpace(l.text[start+2 : end-2])
		at = start + 2
		if name == "" || strings.ContainsAny(name, " \t\r\v\f") {
			continue
		}
		at = end
		f.Used[name] = true
		f.Mentions = append(f.Mentions, Word{strings.ToValidUTF8(name, "?"), l.word(start, end).Span})
		value, known := parameters[name]
		if !known {
			word := l.word(start, end)
			f.report(diag.XProbeUnknownParameter, word, diag.Detail{Kind: diag.KindVariable, Text: strings.ToValidUTF8(name, "?")})
			continue
		}
		b.WriteString(l.text[rest:start])
		b.WriteString(strings.TrimSpace(value))
		rest = end
	}
	if rest == 0 {
		return []line{l}
	}
	b.WriteString(l.text[rest:])
	for piece := range strings.SplitSeq(b.String(), "\n") {
		out = append(out, line{text: piece, span: l.span, moved: true})
	}
	return out
}

// repeated finds events that several sections of the file raise (PRB-14).
func (f *File) repeated() {
	first := make(map[string]Word)
	for _, s := range f.Sections {
		other, known := first[s.Event.Text]
		if !known {
			first[s.Event.Text] = s.Event
			continue
		}
		p := f.report(diag.XProbeDuplicateEvent, s.Event, diag.Detail{Kind: diag.KindValue, Text: s.Event.Text})
		p.Related = []diag.Related{{Place: f.Place(other.Span), Message: diag.Say("also raised here")}}
	}
}
