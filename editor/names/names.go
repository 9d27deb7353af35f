// Package names finds every place where a name of an application occurs.
package names

import (
	"cmp"
	"slices"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/source"
)

// Kind is what a name designates.
type Kind uint8

// The kinds of names.
const (
	Component Kind = iota
	Facet
	Variable // Owner is the type that declares it; of several that one redeclaration joins, the first of the alphabet
	Instance // Text is the path, of the first copy where a count makes several; Owner is the command file that makes the instance
	Command
	Rule
	Event  // of probes and rules
	Target // the id of a target definition
	Script // a variable of a command file: Owner is the file
	Alias  // of an external export: Owner is the prefix
	File   // a graph or instances file that is imported: Text is its path
	Prefix // an external prefix: of this application's exports, or of another one's
)

// Name is something that has a name in an application.
type Name struct {
	Kind        Kind
	Owner, Text string
}

// Role is what an occurrence does.
type Role uint8

// The roles of occurrences.
const (
	Declaration Role = iota
	Reference
	// Recipe is a mention in a script, a template or a manifest: probably the same thing, to be looked at by a person.
	Recipe
)

// Use is one occurrence of a name.
type Use struct {
	Name Name
	// Place covers the very word: of Tomcat.ip the prefix is one use, what follows the dot another one. It is empty at the start of a
	// file that is called after the name.
	Place source.Place
	Role  Role
	// Dir is the folder of another application that is open; "" for this one.
	Dir string
}

// At gives the occurrence at an offset of a file; false when no name stands there. The end of a word belongs to it.
func At(g ask.Ground, file string, at int) (Use, bool) {
	if g.Result == nil || g.Result.App == nil {
		return Use{}, false
	}
	b := newBook(g)
	b.spot = &source.Place{File: file, Span: source.Span{Start: at, End: at}}
	b.at(file, at)
	var touched *Use
	for i := range b.out {
		u := &b.out[i]
		switch s := u.Place.Span; {
		case u.Dir != "" || u.Place.File != file || s.Len() == 0 || !s.Contains(at):
		case at < s.End:
			return *u, true
		default:
			touched = u
		}
	}
	if touched != nil {
		return *touched, true
	}
	return Use{}, false
}

// Uses gives every occurrence of a name: declarations, references, mentions in recipes; by file and place inside each role, those of
// other applications last.
func Uses(g ask.Ground, n Name) []Use {
	if g.Result == nil || g.Result.App == nil {
		return nil
	}
	b := newBook(g)
	b.look(n)
	b.everywhere()
	slices.SortFunc(b.out, compare)
	return slices.Compact(b.out)
}

// Hidden gives the places of command files that lead to an instance without writing its name: a variable stands there. They are no
// occurrences, since nothing can be put in their place.
func Hidden(g ask.Ground, n Name) []source.Place {
	if g.Result == nil || g.Result.App == nil || n.Kind != Instance {
		return nil
	}
	b := newBook(g)
	b.look(n)
	for _, file := range g.Result.All {
		if b.sort(file) == commandFile {
			b.command(file)
		}
	}
	return b.hidden
}

func compare(a, b Use) int {
	return cmp.Or(
		cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Place.File, b.Place.File),
		cmp.Compare(a.Place.Span.Start, b.Place.Span.Start), cmp.Compare(a.Place.Span.End, b.Place.Span.End),
	)
}

// Apart gives the declarations that stand in neither graph nor instances files: commands, rules, events, targets, external names. They
// come in the order of the files.
func Apart(g ask.Ground) []Use {
	if g.Result == nil || g.Result.App == nil {
		return nil
	}
	b := newBook(g)
	b.descriptor()
	for _, file := range g.Result.All {
		switch b.sort(file) {
		case commandFile, ruleFile, probeFile, targetFile:
			b.plain(file)
		}
	}
	return slices.DeleteFunc(b.out, func(u Use) bool { return u.Role != Declaration })
}
