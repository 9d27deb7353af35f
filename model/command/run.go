package command

import (
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// Context is what a script is held against.
type Context struct {
	Graph     *model.Graph
	Instances Instances
	// Commands are the names of all commands of the application.
	Commands []string
	// Targets are the ids of the target definitions of the project.
	Targets []string
	// Now and UUID are what generators give. While a script is only checked they stand for any: the zero values will do.
	Now  time.Time
	UUID string
}

// Result is what a script comes to in its context.
type Result struct {
	File *File
	// Instructions are those that were recognised, in order, those with findings included.
	Instructions []*Instruction
	// Problems are the findings of this file, those of its text included, in no order.
	Problems []diag.Problem
}

// runner goes through a script once.
type runner struct {
	*Context
	*Result
	model     simulated
	variables map[string]*variable
	defined   []*variable // the first definition of each name
	// longestName is the length of the longest name of a variable.
	longestName int
	// still asks for findings alone: neither for what words them, such as names that are near, nor for what comes of the instruction.
	still  bool
	paths  *near.Known // the instances of the model, nil until one is not found
	line   line
	severe bool // the current instruction has a finding
}

// Run checks a script against its context: each instruction in the application that those before it leave (CMD-14, CMD-33).
func Run(f *File, c Context) *Result {
	r := newRunner(f, c)
	r.Problems = append(r.Problems, f.Problems...)
	r.follow(len(f.source))
	if len(r.Instructions) == 0 {
		end := len(f.source)
		if n := strings.IndexByte(f.source, '\n'); n >= 0 {
			end = n
		}
		r.Problems = append(r.Problems, diag.Problem{Code: diag.CmdNoInstruction, Place: f.place(source.Span{End: end})})
	}
	for _, v := range r.defined {
		if !v.used {
			r.Problems = append(r.Problems, diag.Problem{
				Code: diag.XCmdUnusedVariable, Place: v.place, Details: []diag.Detail{{Kind: diag.KindVariable, Text: v.name}},
			})
		}
	}
	return r.Result
}

func newRunner(f *File, c Context) *runner {
	if c.Now.IsZero() {
		c.Now = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	if c.UUID == "" {
		c.UUID = "00000000-0000-4000-8000-000000000000"
	}
	return &runner{
		Context: &c, Result: &Result{File: f}, model: simulated{of: c.Instances}, variables: make(map[string]*variable),
	}
}

// follow goes through the lines that end before an offset.
func (r *runner) follow(end int) {
	for _, l := range r.File.lines {
		if l.whole.End > end {
			return
		}
		if l.s != "" {
			r.line, r.severe = l, false
			r.step()
		}
	}
}

// Missing is the finding about a command without file (CMD-15). It has no place, since there is no file.
func Missing(name string) diag.Problem {
	return diag.Problem{Code: diag.CmdInexistingCommandFile, On: name}
}

// report places a finding. It stands on the first physical line of its instruction; a word further down is shown beside it.
func (r *runner) report(code diag.Code, at Part, details ...diag.Detail) *diag.Problem {
	p := diag.Problem{Code: code, Place: r.File.place(r.line.first), Details: details}
	switch first := r.line.first; {
	case at.Span.Len() == 0:
	case first.Start <= at.Span.Start && at.Span.End <= first.End:
		p.Place.Span = at.Span
	default:
		p.Related = []diag.Related{{Place: r.File.place(at.Span), Message: diag.Say("here"), Exact: true}}
	}
	r.severe = r.severe || diag.Lookup(code).Level == diag.Severe
	r.Problems = append(r.Problems, p)
	return &r.Problems[len(r.Problems)-1]
}

func detail(kind diag.DetailKind, text string) diag.Detail {
	return diag.Detail{Kind: kind, Text: text}
}

// suggest names what a misspelt word may stand for (DIA-45, DIA-47).
func (r *runner) suggest(p *diag.Problem, word Part, known []string) {
	if !r.still {
		r.propose(p, word, near.Names(word.Text, known))
	}
}

func (r *runner) propose(p *diag.Problem, word Part, names []string) {
	if len(names) == 0 {
		return
	}
	at := r.File.place(word.Span)
	p.Related = append(p.Related, diag.Related{Place: at, Message: diag.DidYouMean(names), Exact: true})
	if len(names) == 1 && word.Span.Of(r.File.source) == word.Text {
		edit := source.Edit{Place: at, With: names[0]}
		p.Fixes = append(p.Fixes, diag.Fix{Title: diag.Say("Replace %s by %s", word.Text, names[0]), Edits: []source.Edit{edit}})
	}
}

// step checks one instruction, then does what it does.
func (r *runner) step() {
	t, disabled, ok := r.substitute(r.line.text)
	if !ok {
		return
	}
	in, formed, known := read(t)
	if !known {
		r.unrecognized(t)
		return
	}
	if in.Kind != Define && strings.Contains(t.s, "$(") {
		t = r.generate(t, true)
		in, formed, _ = read(t)
	}
	in.Line, in.Text, in.Disabled = r.line.first, strings.ToValidUTF8(t.s, "?"), disabled
	r.Instructions = append(r.Instructions, in)
	if !formed {
		r.report(diag.CmdInvalidSyntax, Part{}, detail(diag.KindInstruction, in.Text))
		r.missingSlash(in.slashless)
	}
	for _, v := range outermost(t.variables()) {
		if in.Kind == Define && understood(t.s[v.Start:]) {
			continue
		}
		part := t.sub(v.Start, v.End).part()
		p := r.report(diag.CmdUnresolvedVariable, part, detail(diag.KindVariable, part.Text))
		r.suggestVariable(p, t.sub(v.Start+2, v.End-1))
	}
	if r.severe {
		return
	}
	r.manners(in)
	switch {
	case in.Kind == Define:
		r.define(in)
	case !disabled:
		r.check(in)
	}
	if !r.severe && !in.Disabled && !r.still {
		r.apply(in)
	}
}

// unrecognized reports a line that no instruction starts like (CMD-12).
func (r *runner) unrecognized(t text) {
	p := r.report(diag.CmdUnrecognizedInstruction, Part{}, detail(diag.KindInstruction, strings.ToValidUTF8(t.s, "?")))
	word := t.trim()
	if n := strings.IndexAny(word.s, " \t/"); n >= 0 {
		word = word.sub(0, n)
	}
	r.suggest(p, word.part(), []string{
		"associate", "change", "deploy", "stop", "undeploy", "delete", "email", "define", "create", "replicate", "rename", "write",
		"append", "execute",
	})
	r.missingSlash(afterVerb(t))
}

// missingSlash reports a path without its first slash.
func (r *runner) missingSlash(t text) {
	if t.s == "" || strings.HasPrefix(t.s, "$(") {
		return
	}
	p := r.report(diag.XCmdMissingSlash, t.part())
	start := r.File.place(source.Span{Start: t.span().Start, End: t.span().Start})
	p.Fixes = []diag.Fix{{Title: diag.Say("Add the slash"), Edits: []source.Edit{{Place: start, With: "/"}}}}
}

// manners are the hints on the way in which an instruction is written.
func (r *runner) manners(in *Instruction) {
	if in.ambiguous {
		r.report(diag.XCmdAmbiguousSeparator, Part{Span: in.separator})
	}
	if in.spaced {
		r.report(diag.XCmdExtension, Part{Span: in.words[0]})
	}
}
