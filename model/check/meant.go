package check

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
)

// This file knows the mistakes that others follow from. A name that designates nothing is told where it stands; that the type which it
// was meant for is then without container, without member or unused, is no second mistake.

// meant says whether a type, or a variable, is probably what a word stands for that designates nothing, or that could not be read.
func (s *subject) meant(name string) bool { return s.result.Unread(name) || s.misspeltTypes()[name] }

// misspeltTypes are the types that are near unknown names of the graph, prefixes of imports included.
func (s *subject) misspeltTypes() map[string]bool {
	if s.shared.misspelt == nil {
		s.shared.misspelt = make(map[string]bool)
		var guesses load.Guesses
		for _, u := range s.graph.Unknown() {
			s.guess(u.Ref.Name, &guesses)
		}
		for _, a := range s.graph.Unresolved() {
			s.guess(a.Import.Prefix, &guesses)
		}
		for _, e := range s.app.Descriptor.Exports {
			prefix, _ := model.SplitName(e.Variable)
			s.guess(prefix, &guesses)
		}
		for _, f := range s.graph.Facets() {
			if s.graph.IsOrphan(f) && (s.shared.misspelt[f.Name] || s.result.Unread(f.Name)) {
				for _, c := range listedBy(s.graph, f) { // what has the facet holds them
					s.shared.misspelt[c.Name] = true
				}
			}
		}
	}
	return s.shared.misspelt
}

func (s *subject) guess(word string, guesses *load.Guesses) {
	if s.graph.Component(word) != nil || s.graph.Facet(word) != nil || s.shared.misspelt[word] || !guesses.Left() {
		return
	}
	s.shared.misspelt[word] = true // so that nobody guesses again
	for _, name := range guesses.Among(s.typeNames()).Names(word) {
		s.shared.misspelt[name] = true
	}
}

// countMeant counts the instances of unknown components for those that they were probably meant for, and the components whose names
// stand in lines of instances that could not be read.
func (s *subject) countMeant() {
	var guesses load.Guesses
	for k := range s.instances {
		if l := &s.instances[k]; l.component == nil {
			l.meant = s.meantFor(l.Instance.Component, &guesses)
			for _, c := range l.meant {
				s.counts[s.graph.Rank(c.Name)]++
			}
		}
	}
	if len(s.instances) == 0 || !s.result.LooseWords() {
		return
	}
	for _, c := range s.graph.Components() {
		if s.result.UnreadOfInstances(c.Name) {
			s.counts[s.graph.Rank(c.Name)]++
		}
	}
}

// meantFor are the components that an unknown name was probably meant for.
func (s *subject) meantFor(name string, guesses *load.Guesses) (list []*model.Component) {
	if !model.IsTypeName(name) || !guesses.Left() {
		return nil
	}
	for _, near := range guesses.Among(s.typeNames()).Names(name) {
		if c := s.graph.Component(near); c != nil {
			list = append(list, c)
		}
	}
	return list
}

// exportedOutside says whether the descriptor exports a variable, or may have been meant to: with a word that is near it, or in a
// piece that could not be read.
func (s *subject) exportedOutside(prefix, local string) bool {
	for _, e := range s.app.Descriptor.Exports {
		p, l := model.SplitName(e.Variable)
		if p != prefix {
			continue
		}
		if l == local {
			return true
		}
		if !s.graph.Exported(model.Import{Prefix: p, Name: l}) {
			s.again = true
			return true
		}
	}
	meant := slices.ContainsFunc(s.unreadExports(), func(word string) bool { return word == prefix+"."+local || word == prefix })
	s.again = s.again || meant
	return meant
}

// unreadExports are the words of the exports of the descriptor when some of its pieces have another form (MOD-130).
func (s *subject) unreadExports() []string {
	if s.result.Descriptor == nil {
		return nil
	}
	e, ok := s.result.Descriptor.Key(load.KeyExports)
	if !ok || strings.Count(e.Value, ",")+1 == len(s.app.Descriptor.Exports) {
		return nil
	}
	return strings.FieldsFunc(e.Value, func(c rune) bool { return c <= ' ' || c == ',' })
}
