package probe

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Format lays a probe file out in the one layout: headers written [EVENT handler event], their content on the lines below, one blank
// line before each section with the comments that touch it, the words of handlers written as in their manual with one blank between
// them. Comments and what a person says stay; so does every byte of lines that belong to no section. Line ends stay as the first line
// has them; a byte-order mark goes.
func Format(text string) string {
	if strings.HasPrefix(text, "\uFEFF\uFEFF") {
		return text
	}
	if !strings.HasPrefix(text, "\uFEFF") && strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "\uFEFF") {
		return text // at the very beginning the same sign would be a byte-order mark
	}
	p := printer{source: text, eol: source.LineEnd(text), rows: Rows(text), out: make([]byte, 0, len(text)+len(text)/8)}
	for i := range p.rows {
		p.row(i)
	}
	return string(p.out)
}

// printer writes a probe file.
type printer struct {
	source  string
	eol     string
	rows    []Row
	out     []byte
	blank   bool   // a blank line is due before what comes next
	fresh   bool   // nothing but the header of the section was written
	handler string // of the section
}

func (p *printer) row(i int) {
	r := p.rows[i]
	if r.Kind == Blank {
		p.blank = true
		return
	}
	if opens := p.opens(i); len(p.out) > 0 && (p.blank && !p.fresh || opens) {
		p.out = append(p.out, p.eol...)
	}
	p.blank, p.fresh = false, false
	switch r.Kind {
	case Comment:
		p.write(r.Text.Of(p.source))
	case Header:
		p.header(r)
	case Content:
		p.write(p.content(i, r.Text.Of(p.source)))
	default:
		p.handler = ""
		p.out = append(p.out, r.Whole.Of(p.source)...)
		p.out = append(p.out, '\n')
	}
}

func (p *printer) write(line string) {
	p.out = append(p.out, line...)
	p.out = append(p.out, p.eol...)
}

// opens says whether a section starts with a line: with its header, or with the first of the comments that touch it from above.
func (p *printer) opens(i int) bool {
	if i > 0 && p.rows[i-1].Kind == Comment && p.rows[i].Kind != Blank && p.touches(i-1) {
		return false
	}
	return p.rows[i].Kind == Header || p.rows[i].Kind == Comment && p.touches(i)
}

// touches says whether a comment is followed by a header, other comments between them.
func (p *printer) touches(i int) bool {
	for ; i < len(p.rows); i++ {
		if p.rows[i].Kind != Comment {
			return p.rows[i].Kind == Header
		}
	}
	return false
}

// header writes the line that opens a section. What follows its bracket goes below it, unless it would be something else there.
func (p *printer) header(r Row) {
	text, rest := r.Text.Of(p.source), r.Rest.Of(p.source)
	p.handler = strings.ToLower(r.Handler.Text)
	if strings.Contains(text, "{{") {
		p.handler = ""
		p.write(text)
		return
	}
	words := []string{"[EVENT", p.handler, r.Name.Text}
	for _, a := range r.Attributes {
		words = append(words, a.Text)
	}
	header := strings.Join(words, " ") + "]"
	switch {
	case rest == "":
		p.fresh = true
		p.write(header)
	case rest[0] == '#' || hasPrefix(rest, "[event"):
		p.write(header + " " + rest)
	default:
		p.write(header)
		p.write(p.form(rest))
	}
}

// content writes a line of a section. Of a query only the first line and the last may be ours.
func (p *printer) content(i int, text string) string {
	if p.handler == "nagios" && !hasPrefix(text, "nagios") && !hasPrefix(text, "notify") {
		return text
	}
	return p.form(text)
}

// form writes a line of content in the words of the manual of its handler.
func (p *printer) form(text string) string {
	for _, f := range forms[p.handler] {
		if line, ok := f.write(text); ok {
			return line
		}
	}
	if slices.Contains(ourHandlers, p.handler) {
		return check(text)
	}
	return text
}

// form is a line of content: words of the language, then what a person says.
type form struct {
	words string
	// then are the words of the line that are separated by one blank; what follows them stays as it is.
	then int
	// keyword stands among them, at this position.
	keyword string
	at      int
}

// forms are those of each handler, as its manual writes them (commands-rules-probes.md 4.3, 4.4).
var forms = map[string][]form{
	"file":   {{words: "Delete if exists"}, {words: "Notify if not exists"}},
	"rest":   {{words: "Check", then: 4, keyword: "THAT", at: 1}},
	"nagios": {{words: "Nagios configuration at", then: 1}, {words: "Notify if", then: 2}},
}

// write gives a line in this form; false when it has not the form.
func (f form) write(text string) (string, bool) {
	rest, ok := after(text, f.words)
	if !ok || rest == "" {
		return "", false
	}
	out := []string{f.words}
	for i := range f.then {
		word, more := cut(rest)
		if word == "" {
			break
		}
		if f.keyword != "" && i == f.at {
			if !strings.EqualFold(word, f.keyword) {
				return "", false
			}
			word = f.keyword
		}
		out, rest = append(out, word), more
	}
	if rest != "" {
		out = append(out, rest)
	}
	return strings.Join(out, " "), true
}

// cut takes the first word; the mention of a parameter counts as one character.
func cut(s string) (word, rest string) {
	end := 0
	for end < len(s) && !isBlank(s[end]) {
		if strings.HasPrefix(s[end:], "{{") {
			if n := strings.Index(s[end:], "}}"); n >= 0 {
				end += n + 2
				continue
			}
		}
		end++
	}
	return s[:end], strings.TrimLeft(s[end:], " \t\n\v\f\r")
}

// check writes the common form of our handlers: Check SOURCE THAT EXPRESSION.
func check(text string) string {
	rest, ok := after(text, "check")
	if !ok || rest == "" {
		return text
	}
	l := line{text: rest, span: source.Span{End: len(rest)}}
	for i, w := range l.fields() {
		if i > 0 && strings.EqualFold(w.Text, "that") {
			return "Check " + strings.TrimRight(rest[:w.Span.Start], " \t\v\f\r") + " THAT " + strings.TrimLeft(rest[w.Span.End:], " \t\v\f\r")
		}
	}
	return "Check " + rest
}
