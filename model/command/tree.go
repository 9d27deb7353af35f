package command

import (
	"slices"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// Line is a logical line as it is written: its variables are not replaced (CMD-2, CMD-3).
type Line struct {
	// Whole covers all physical lines, without the last line end; Text the instruction, empty when there is none; Comment what
	// follows it, from its # on.
	Whole, Text, Comment source.Span
	// Instruction is what the words make; nil when nothing is recognised. Formed says whether it has the form of its kind.
	Instruction *Instruction
	Formed      bool
	// Variables are the mentions $(name), those inside of others left out.
	Variables []source.Span
}

// Keywords are the words of the language in an instruction, the equals sign included, in the order of the text.
func (in *Instruction) Keywords() []source.Span {
	words := slices.Clone(in.words)
	slices.SortFunc(words, func(a, b source.Span) int { return a.Start - b.Start })
	return words
}

// Parts are the pieces of an instruction that are no keywords and not empty, in the order of the text.
func (in *Instruction) Parts() (parts []Part) {
	all := []Part{
		in.Path, in.Under, in.Target, in.Status, in.Component, in.Name, in.Variable, in.Value, in.Content, in.File, in.Message, in.Command,
	}
	for _, p := range slices.Concat(all, in.To) {
		if p.Span.Len() > 0 {
			parts = append(parts, p)
		}
	}
	slices.SortStableFunc(parts, func(a, b Part) int { return a.Span.Start - b.Span.Start })
	return parts
}

// Lines are the logical lines of the script, blank ones and comments included: together with the line ends between them they are its
// text, but for a byte-order mark.
func (f *File) Lines() []Line {
	out := make([]Line, len(f.lines))
	for i, l := range f.lines {
		out[i] = l.tree()
	}
	return out
}

// LineAt is the logical line that holds an offset; false before the first one and after the last.
func (f *File) LineAt(offset int) (Line, bool) {
	i, _ := slices.BinarySearchFunc(f.lines, offset, func(l line, at int) int { return l.whole.End - at })
	if i == len(f.lines) || f.lines[i].whole.Start > offset {
		return Line{}, false
	}
	return f.lines[i].tree(), true
}

func (l line) tree() Line {
	out := Line{Whole: l.whole, Text: l.span(), Comment: l.comment}
	if l.s == "" {
		return out
	}
	for _, v := range outermost(l.variables()) {
		out.Variables = append(out.Variables, l.sub(v.Start, v.End).span())
	}
	if in, formed, known := read(l.text); known {
		in.Line, in.Text = l.first, l.part().Text
		out.Instruction, out.Formed = in, formed
	}
	return out
}

// Variable is what a name stands for at one place of a script.
type Variable struct {
	Name, Value string
	// Disabled says that no instance gives it a value (CMD-43).
	Disabled bool
	// Place is the first definition.
	Place source.Place
}

// State is what an instruction meets: the application that those before it leave, the variables that they define.
type State struct {
	Instances Instances
	// Paths are those of the instances, sorted.
	Paths []string
	// Variables are in the order of their first definitions.
	Variables []Variable
}

// Before runs a script as far as the line that holds an offset, that one left out.
func Before(f *File, c Context, offset int) State {
	r := newRunner(f, c)
	end := offset
	if i, found := slices.BinarySearchFunc(f.lines, offset, func(l line, at int) int { return l.whole.End - at }); i < len(f.lines) || found {
		end = f.lines[i].whole.Start - 1
	}
	r.follow(end)
	s := State{Instances: r.model.of, Paths: slices.Clone(r.model.sorted())}
	for _, v := range r.defined {
		s.Variables = append(s.Variables, Variable{v.name, v.value, v.disabled, v.place})
	}
	return s
}

// Allows says which severe findings an instruction would have in this state, were it written here: nothing when it is sound.
func (s State) Allows(file *File, c Context, instruction string) []diag.Code {
	r := newRunner(file, c)
	r.model = simulated{of: s.Instances, start: s.Paths}
	for _, v := range s.Variables {
		r.variables[v.Name] = &variable{name: v.Name, value: v.Value, disabled: v.Disabled, place: v.Place}
		r.longestName = max(r.longestName, len(v.Name))
	}
	r.still = true
	line := Parse(file.Name, file.Command, instruction)
	r.Result = &Result{File: line}
	var codes []diag.Code
	for _, l := range line.lines {
		if l.s == "" {
			continue
		}
		r.line, r.severe = l, false
		r.step()
	}
	for _, p := range r.Problems {
		if p.Level() == diag.Severe {
			codes = append(codes, p.Code)
		}
	}
	return codes
}
