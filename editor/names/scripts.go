package names

import (
	"maps"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/source"
)

// script is a command file that is being read: what it makes of the application on its way (commands-rules-probes.md 2.7).
type script struct {
	*book
	file, text string
	// made are the instances that instructions made, renamed, copied, by the path they have there.
	made map[string]made
	// defined are the variables that the file defines.
	defined map[string]bool
	// meant are the instructions with their variables replaced, by where they start; nil for a file without variables.
	meant map[int]*command.Instruction
}

// made is an instance under a path that an instruction gave it.
type made struct {
	name Name
	// base is the path in the application that what is below it comes from.
	base string
}

// command collects the occurrences in a command file. The file is called after the command (MOD-15).
func (b *book) command(file string) {
	text, ok := b.Text(file)
	if !ok {
		return
	}
	called := bare(file, commandExt)
	if b.may(Command, called) {
		b.note(Name{Kind: Command, Text: called}, source.Place{File: file}, Declaration)
	}
	if b.cannotHold(text) {
		return
	}
	f := command.Parse(file, called, text)
	s := &script{book: b, file: file, text: text, made: make(map[string]made), defined: make(map[string]bool)}
	s.resolve(f)
	for _, l := range f.Lines() {
		s.line(l)
	}
}

// cannotHold says that a text does not have the word that is looked for. What is written on joined lines does not count: it cannot be
// replaced word by word.
func (b *book) cannotHold(text string) bool {
	if !b.only {
		return false
	}
	word := b.name.Text
	if b.name.Kind == Instance {
		word = word[strings.LastIndexByte(word, '/')+1:]
		word = strings.TrimRight(word, "0123456789") // the index of a copy
		return !strings.Contains(text, word) && !strings.Contains(text, "$(")
	}
	return !strings.Contains(text, word)
}

// resolve finds out what the variables of the file stand for.
func (s *script) resolve(f *command.File) {
	if !strings.Contains(s.text, "$(") || !s.about(Instance, Script) {
		return
	}
	c := command.Context{Graph: s.types, Instances: command.Of(s.Result.App.Instances)}
	s.meant = make(map[int]*command.Instruction)
	for _, in := range command.Run(f, c).Instructions {
		s.meant[in.Line.Start] = in
		if in.Kind == command.Define {
			s.defined[in.Variable.Text] = true
		}
	}
}

// line collects the occurrences in an instruction, then follows what it does.
func (s *script) line(l command.Line) {
	for _, v := range l.Variables {
		raw := v.Of(s.text)
		if name := strings.TrimSuffix(strings.TrimPrefix(raw, "$("), ")"); len(name) == len(raw)-3 && s.defined[name] {
			at := source.Span{Start: v.Start + 2, End: v.End - 1}
			s.note(Name{Kind: Script, Owner: s.file, Text: name}, source.Place{File: s.file, Span: at}, Reference)
		}
	}
	in := l.Instruction
	if in == nil {
		return
	}
	s.word(Name{Kind: Script, Owner: s.file}, in.Variable, Declaration)
	s.word(Name{Kind: Component}, in.Component, Reference)
	s.word(Name{Kind: Target}, in.Target, Reference)
	s.word(Name{Kind: Command}, in.Command, Reference)
	if !s.about(Instance) {
		return
	}
	meant := s.meant[in.Line.Start]
	if meant == nil {
		meant = in
	}
	s.path(in.Path, meant.Path.Text)
	s.path(in.Under, meant.Under.Text)
	s.follow(in, meant)
}

// word notes a part that is a name, when the name itself is written there.
func (s *script) word(n Name, p command.Part, role Role) {
	if n.Text = p.Text; p.Text == "" || strings.Contains(p.Text, "$(") {
		return
	}
	at := source.Span{Start: p.Span.Start, End: p.Span.Start + len(p.Text)} // the extension of a command stands behind its name
	if at.Of(s.text) == p.Text {
		s.note(n, source.Place{File: s.file, Span: at}, role)
	}
}

// path notes the names in a path; meant is the path with its variables replaced.
func (s *script) path(p command.Part, meant string) {
	if p.Text == "" || p.Span.Of(s.text) != p.Text {
		return
	}
	written, means := strings.Split(p.Text, "/"), strings.Split(meant, "/")
	at, base, start := "", "", p.Span.Start
	for k := 1; k < len(written) && k < len(means); k++ {
		start += len(written[k-1]) + 1
		name, stem, below := s.step(at, base, means[k])
		at, base = at+"/"+means[k], below
		place := source.Place{File: s.file, Span: source.Span{Start: start, End: start + stem}}
		switch {
		case written[k] == means[k]:
			s.note(name, place, Reference)
		case len(written) != len(means):
			return // a variable holds several names
		default:
			place.Span.End = start + len(written[k])
			s.hide(name, place)
		}
	}
}

// step follows a path by one name: what is called so, how much of the name stands before the index of a copy, and where it comes from
// in the application.
func (s *script) step(at, base, name string) (n Name, stem int, below string) {
	if m, ok := s.made[at+"/"+name]; ok {
		return m.name, len(name), m.base
	}
	below = base + "/" + name
	if canonical, stem, ok := s.canonicalPath(below); ok {
		return Name{Kind: Instance, Text: canonical}, stem, below
	}
	return Name{Kind: Instance, Text: below}, len(name), below
}

// origin is where an instance at a path comes from in the application.
func (s *script) origin(path string) string {
	at, base := "", ""
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		_, _, base = s.step(at, base, name)
		at += "/" + name
	}
	return base
}

// follow notes the name that an instruction gives, and remembers what it changes.
func (s *script) follow(in, meant *command.Instruction) {
	name, path := meant.Name.Text, meant.Path.Text
	if name == "" || strings.Contains(name, "/") {
		return
	}
	var now string
	m := made{}
	switch in.Kind {
	case command.Create:
		now = meant.Under.Text + "/" + name
		m.base = now
	case command.Replicate:
		now, m.base = "/"+name, s.origin(path)
		s.below(path, now, false)
	case command.Rename:
		now, m.base = path[:max(0, strings.LastIndexByte(path, '/'))]+"/"+name, s.origin(path)
		s.below(path, now, true)
	default:
		return
	}
	m.name = Name{Kind: Instance, Owner: s.file, Text: now}
	s.made[now] = m
	if p := in.Name; p.Text == name && p.Span.Of(s.text) == name {
		s.note(m.name, source.Place{File: s.file, Span: p.Span}, Declaration)
	}
}

// below takes what instructions made below a path to another one; with moved it is no longer at the old one.
func (s *script) below(from, to string, moved bool) {
	for _, path := range slices.Sorted(maps.Keys(s.made)) {
		if strings.HasPrefix(path, from+"/") || path == from {
			m := s.made[path]
			if moved {
				delete(s.made, path)
			}
			s.made[to+path[len(from):]] = m
		}
	}
}
