package command

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Format lays a script out in the one layout: keywords in lower case, one blank between the words of the language, no blank at either
// end of a line, never two blank lines. Comments, line joints, what a person says (paths, names, texts) stay as they are; so does every
// byte of a line that has not the form of an instruction, or that a variable could turn into another one. Line ends stay as the first
// line has them; a byte-order mark goes.
func Format(src string) string {
	f := Parse("", "", src)
	p := printer{File: f, eol: source.LineEnd(src), out: make([]byte, 0, len(src)+len(src)/8)}
	if strings.HasPrefix(src, "\uFEFF\uFEFF") {
		p.out = append(p.out, "\uFEFF"...)
	}
	for i := range f.lines {
		p.line(&f.lines[i])
	}
	return string(p.out)
}

// printer writes a script.
type printer struct {
	*File
	eol   string
	out   []byte
	blank bool // a blank line is due before what comes next
	// plain are the variables of which it is known that they change no structure; hidden says that a line may define others.
	plain  map[string]bool
	hidden bool
}

func (p *printer) line(l *line) {
	if l.s == "" && l.comment.Len() == 0 {
		p.blank = len(p.out) > 0
		return
	}
	if p.blank {
		p.out = append(p.out, p.eol...)
		p.blank = false
	}
	atoms, ok := p.atoms(l)
	switch {
	case !ok:
		p.out = append(p.out, l.whole.Of(p.source)...)
		p.end(l, "\n")
	default:
		p.atomsOf(atoms)
		p.comment(l, atoms)
		p.end(l, p.eol)
	}
}

// end ends a line. A backslash at the end of the text must not meet a line end: it would join lines.
func (p *printer) end(l *line, eol string) {
	if l.whole.End == len(p.source) {
		rest := strings.TrimRight(string(p.out[max(0, len(p.out)-l.whole.Len()):]), " \t\v\f\r")
		if strings.HasSuffix(rest, "\n") || strings.HasSuffix(rest, "\\") {
			return
		}
	}
	p.out = append(p.out, eol...)
}

// atom is a piece of an instruction that keeps its words; a keyword gets them in lower case.
type atom struct {
	source.Span
	keyword bool
}

// atoms cuts an instruction into keywords and parts; false when its bytes must stay as they are.
func (p *printer) atoms(l *line) (atoms []atom, ok bool) {
	if l.s == "" {
		return nil, true
	}
	in, formed, known := read(l.text)
	if !known || !formed {
		p.hidden = p.hidden || strings.Contains(l.s, "$(")
		return nil, false
	}
	variables := outermost(l.variables())
	ok = p.harmless(l, variables)
	p.learn(in)
	if !ok {
		return nil, false
	}
	for _, w := range in.words {
		for _, v := range variables {
			if at := l.sub(v.Start, v.End).span(); w.Start < at.End && at.Start < w.End {
				return nil, false
			}
		}
		atoms = append(atoms, atom{w, true})
	}
	for _, part := range in.Parts() {
		atoms = append(atoms, atom{part.Span, false})
	}
	slices.SortFunc(atoms, func(a, b atom) int { return a.Start - b.Start })
	return atoms, true
}

// separators are what a value must not hold if a line is to be cut in the same way with the value and without it.
var separators = []string{"=", "as", "instances", "into", "of", "status", "to", "under", "with"}

// learn remembers what a definition tells about its variable.
func (p *printer) learn(in *Instruction) {
	if in.Kind != Define {
		return
	}
	if strings.Contains(in.Variable.Text, "$(") {
		p.hidden = true
		return
	}
	if p.plain == nil {
		p.plain = make(map[string]bool)
	}
	value := strings.ToLower(in.Value.Text)
	known, before := p.plain[in.Variable.Text]
	harmless := !slices.ContainsFunc(separators, func(s string) bool { return strings.Contains(value, s) })
	p.plain[in.Variable.Text] = harmless && (known || !before)
}

// harmless says whether a line means the same however it is cut: before its variables are replaced, or after.
func (p *printer) harmless(l *line, variables []source.Span) bool {
	for _, v := range variables {
		name := l.s[v.Start+2 : v.End-1]
		if p.hidden || strings.Contains(name, "$(") || !p.plain[name] && !understood(l.s[v.Start:]) {
			return false
		}
	}
	return true
}

// atomsOf writes the pieces of an instruction with what belongs between them.
func (p *printer) atomsOf(atoms []atom) {
	for i, a := range atoms {
		if i > 0 {
			p.gap(source.Span{Start: atoms[i-1].End, End: a.Start}, atoms[i-1].keyword)
		}
		p.words(a)
	}
}

// gap writes what stands between two pieces: one blank, commas, the joint of two lines.
func (p *printer) gap(s source.Span, keyword bool) {
	text := s.Of(p.source)
	if commas := strings.Count(text, ","); commas > 0 {
		if keyword {
			p.out = append(p.out, ' ')
		}
		p.out = append(p.out, strings.Repeat(",", commas)...)
	}
	p.out = append(p.out, ' ')
	if strings.Contains(text, "\\") {
		p.joint()
	}
}

func (p *printer) joint() {
	p.out = append(p.out, '\\')
	p.out = append(p.out, p.eol...)
	p.out = append(p.out, '\t')
}

// words writes one piece. Its joints lose the blanks around them that mean nothing.
func (p *printer) words(a atom) {
	for at := a.Start; at < a.End; {
		next := at
		if p.source[at] == '\\' {
			next = p.after(at)
		}
		switch c := p.source[at]; {
		case next > at:
			p.joint()
			at = next
		case a.keyword && isBlank(c):
			for at < a.End && isBlank(p.source[at]) {
				at++
			}
			p.out = append(p.out, ' ')
		case a.keyword && 'A' <= c && c <= 'Z':
			p.out = append(p.out, c+'a'-'A')
			at++
		default:
			p.out = append(p.out, c)
			at++
		}
	}
}

// comment writes the comment that ends a line, with the blanks that keep it in its column.
func (p *printer) comment(l *line, atoms []atom) {
	if l.comment.Len() == 0 {
		return
	}
	if len(atoms) > 0 {
		before := source.Span{Start: atoms[len(atoms)-1].End, End: l.comment.Start}.Of(p.source)
		switch {
		case strings.Contains(before, "\\"):
			p.out = append(p.out, ' ')
			p.joint()
		case before == "" || strings.Trim(before, " \t") != "":
			p.out = append(p.out, ' ')
		default:
			p.out = append(p.out, before...)
		}
	}
	p.out = append(p.out, strings.TrimRight(l.comment.Of(p.source), " \t\n\v\f\r")...)
}
