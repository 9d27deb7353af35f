// Package rule reads the rules that answer events with commands.
package rule

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/model/tint"
)

// Word is a name and where it stands.
type Word struct {
	Text string
	Span source.Span
}

// Sleep says what happens to an event that arrives while the rule sleeps (RUL-20).
type Sleep string

// The answers to an event that arrives too early.
const (
	Drop  Sleep = "drop"
	Defer Sleep = "defer"
)

// Rule is what a rule file says.
type Rule struct {
	Name Word // without quotes
	// Events are those that the rule waits for: all of them, or any of them.
	Events []Word
	Any    bool
	// PerInstance keeps the instances apart (for each instance).
	PerInstance bool
	Commands    []Word

	SleepPeriod int // in seconds, 0 without one (RUL-5)
	TimeWindow  int // in seconds, -1 without one (RUL-5)
	Occurrences int // how often the trigger must be met, 0 when it is not said (RUL-21)
	OnSleep     Sleep
	Settled     bool // until settled

	window, occurrences source.Span
}

// File is a rule file that was read, right or wrong.
type File struct {
	Name string
	Rule Rule
	// Problems are those of the file alone: names of commands, of events, of other rules are not looked at.
	Problems []diag.Problem
	// Header is where a finding about the rule as a whole stands: its name, or the word rule.
	Header source.Span
	canvas *tint.Canvas
	parts  []Part
	rest   int // where a text that is no part of the rule starts, after it; -1 when there is none
}

// Loadable says whether the rule may be used: it has no finding of its own (RUL-11).
func (f *File) Loadable() bool { return !diag.Has(f.Problems, diag.Severe) }

// Tokens are the coloured pieces of the file: together they are its text.
func (f *File) Tokens() []syntax.Token { return f.canvas.Tokens() }

// Text is the text of the file, byte for byte.
func (f *File) Text() string { return f.canvas.Text() }

// Place turns a span of the file into a place.
func (f *File) Place(s source.Span) source.Place { return source.Place{File: f.Name, Span: s} }

// parser reads one file.
type parser struct {
	*File
	text string
	// bare is the text with blanks where comments stand, so that offsets are the same; a block comment hides its line breaks.
	bare     string
	comments []source.Span
	keyword  source.Span // the word rule
}

// Parse reads a rule file. It always gives a file, whatever the text is.
func Parse(name, text string) *File {
	p := &parser{File: &File{Name: name, canvas: tint.New(text), rest: -1}, text: text}
	p.Rule.TimeWindow = -1
	p.file()
	p.finish()
	for _, c := range p.comments {
		p.paint(c, syntax.ClassComment)
	}
	return p.File
}

func (p *parser) paint(s source.Span, class syntax.Class) { p.canvas.Paint(s, class) }

func (p *parser) report(code diag.Code, at source.Span, details ...diag.Detail) *diag.Problem {
	p.Problems = append(p.Problems, diag.Problem{Code: code, Place: p.Place(at), On: p.Rule.Name.Text, Details: details})
	return &p.Problems[len(p.Problems)-1]
}

// broken reports the first line that cannot be part of a rule.
func (p *parser) broken(at source.Span) {
	p.paint(at, syntax.ClassBad)
	p.report(diag.RuleInvalidSyntax, at)
}

// file reads the parts of a rule in their order.
func (p *parser) file() {
	start := 0
	if strings.HasPrefix(p.text, "\uFEFF") {
		start = len("\uFEFF")
	}
	p.bare = p.uncomment(start)
	rest, ok := p.header(start)
	if !ok {
		return
	}
	if p.Rule.Name.Text == "" {
		p.report(diag.RuleEmptyName, p.keyword)
	}
	when, ok := p.find("when", rest)
	if !ok {
		p.attributes(rest, len(p.bare), true)
		p.unfinished()
		return
	}
	p.paint(when, syntax.ClassKeyword)
	p.attributes(rest, when.Start, false)
	p.part(KeywordWhen, when, "when")
	then, ok := p.find("then", when.End)
	if !ok {
		p.unfinished()
		return
	}
	p.paint(then, syntax.ClassKeyword)
	p.part(KeywordThen, then, "then")
	p.events(when, then.Start)
	end, ok := p.end(then.End)
	if !ok {
		p.unfinished()
		return
	}
	p.paint(end, syntax.ClassKeyword)
	p.part(KeywordEnd, end, "end")
	p.commands(then, end.Start)
	p.after(end.End)
	p.timing()
}

// unfinished reports a text that stops before the end of the rule: on its last word, or on a word end that comes too early.
func (p *parser) unfinished() {
	if diag.Has(p.Problems, diag.Severe) && p.Problems[len(p.Problems)-1].Code == diag.RuleInvalidSyntax {
		return
	}
	last := p.lastWord()
	p.broken(last)
}

// header reads the word rule with the name (RUL-4: nothing but comments before it).
func (p *parser) header(start int) (rest int, ok bool) {
	first := p.word(start)
	if first.Len() == 0 {
		p.broken(source.Span{})
		return 0, false
	}
	if !strings.EqualFold(first.Of(p.bare), "rule") {
		p.broken(p.restOfLine(first.Start))
		return 0, false
	}
	p.keyword, p.Header = first, first
	p.paint(first, syntax.ClassKeyword)
	p.part(KeywordRule, first, "rule")
	open := p.skip(first.End)
	if open >= len(p.bare) {
		p.broken(first)
		return 0, false
	}
	length := strings.IndexByte(p.text[open+1:], '"')
	if p.bare[open] != '"' || length < 0 {
		p.broken(p.restOfLine(open))
		return 0, false
	}
	quoted := source.Span{Start: open, End: open + length + 2}
	p.paint(quoted, syntax.ClassName)
	p.part(Name, quoted, "")
	inner := p.trim(open+1, quoted.End-1)
	p.Rule.Name = Word{valid(inner.Of(p.text)), inner}
	if !strings.Contains(p.text[first.Start:quoted.End], "\n") {
		p.Header = quoted
	}
	if quoted.End < len(p.bare) && !isBlank(p.bare[quoted.End]) {
		p.broken(p.restOfLine(quoted.End))
		return 0, false
	}
	return quoted.End, true
}

// end finds the word that closes the rule: the first one after which nothing, or another rule, follows.
func (p *parser) end(from int) (source.Span, bool) {
	first, found := p.find("end", from)
	for s, ok := first, found; ok; s, ok = p.find("end", s.End) {
		if next := p.word(s.End); next.Len() == 0 || strings.EqualFold(next.Of(p.bare), "rule") {
			return s, true
		}
	}
	return first, found
}

// commands cuts what stands between then and end (RUL-6: a comma separates nothing).
func (p *parser) commands(then source.Span, end int) {
	for start := then.End; start < end; {
		stop := end
		if n := strings.IndexAny(p.bare[start:end], ";\n"); n >= 0 {
			stop = start + n
		}
		if s := p.trim(start, stop); s.Len() > 0 {
			p.paint(s, syntax.ClassType)
			p.part(Command, s, "")
			p.Rule.Commands = append(p.Rule.Commands, Word{p.plain(s), s})
		}
		start = stop + 1
	}
	if len(p.Rule.Commands) == 0 {
		p.report(diag.RuleEmptyThen, then)
	}
}

// after looks at what follows the rule: nothing may, and a second rule is told apart (RUL-3, RUL-4).
func (p *parser) after(from int) {
	next := p.word(from)
	if next.Len() > 0 {
		p.rest = next.Start
	}
	switch {
	case next.Len() == 0:
	case strings.EqualFold(next.Of(p.bare), "rule"):
		p.paint(source.Span{Start: next.Start, End: len(p.text)}, syntax.ClassBad)
		found := p.report(diag.XRuleSeveralRules, next)
		found.Related = []diag.Related{{Place: p.Place(p.keyword), Message: diag.Say("the first rule stands here")}}
	default:
		p.broken(p.restOfLine(next.Start))
	}
}
