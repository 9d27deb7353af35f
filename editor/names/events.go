package names

import (
	"strings"

	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/probe"
	"github.com/roboconf/workbench/model/rule"
	"github.com/roboconf/workbench/model/source"
)

// rule collects the occurrences in a rule file: its name, the events that it waits for, the commands that it runs.
func (b *book) rule(file string) {
	text, ok := b.Text(file)
	if !ok || b.only && !strings.Contains(text, b.name.Text) {
		return
	}
	f := rule.Parse(file, text)
	word := func(k Kind, name string, w rule.Word, role Role) {
		s := source.Span{Start: w.Span.Start, End: w.Span.Start + len(name)}
		if name != "" && s.Of(text) == name {
			b.note(Name{Kind: k, Text: name}, f.Place(s), role)
		}
	}
	word(Rule, f.Rule.Name.Text, f.Rule.Name, Declaration)
	for _, e := range f.Rule.Events {
		if !rule.IsPlatform(e.Text) {
			word(Event, eventName(e.Text), e, Reference)
		}
	}
	for _, c := range f.Rule.Commands {
		word(Command, c.Text, c, Reference)
	}
}

// eventName is the name of an event without what stands in parentheses after it.
func eventName(event string) string {
	if name, _, ok := strings.Cut(event, "("); ok && strings.HasSuffix(event, ")") {
		return name
	}
	return event
}

// probe collects the occurrences in a probe file: it is called after its component (PRB-1), its sections raise events.
func (b *book) probe(file string) {
	if c := bare(file, probeExt); b.may(Component, c) {
		b.note(Name{Kind: Component, Text: c}, source.Place{File: file}, Reference)
	}
	text, ok := b.Text(file)
	if !ok || !b.about(Event) {
		return
	}
	for _, row := range probe.Rows(text) {
		if e := row.Name; row.Kind == probe.Header && e.Text != "" && e.Span.Of(text) == e.Text && !strings.Contains(e.Text, "{{") {
			b.note(Name{Kind: Event, Text: e.Text}, source.Place{File: file, Span: e.Span}, Declaration)
		}
	}
}

// target collects the id of a target definition (MOD-56).
func (b *book) target(file string) {
	text, ok := b.Text(file)
	if !ok {
		return
	}
	p, _ := load.ParseProperties(text) // what stands before a fault counts all the same
	if e, ok := p.Find("id"); ok && e.Value != "" && e.ValueSpan.Of(text) == e.Value {
		b.note(Name{Kind: Target, Text: e.Value}, source.Place{File: file, Span: e.ValueSpan}, Declaration)
	}
}

// ofMachine says whether a folder of resources is that of a machine.
func (b *book) ofMachine(folder string) bool {
	c := b.types.Component(folder)
	return c != nil && b.types.IsMachine(c)
}
