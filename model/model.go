// Package model holds what the files of an application say, as plain values.
//
// Everything here is immutable once built: a value may be shared between goroutines and snapshots, nobody changes it in place.
package model

import "github.com/roboconf/workbench/model/source"

// Origin is where a declaration stands. Its spans, and those of every Ref, Variable, Import or Override below the
// declaration, are relative to Base: a declaration can be kept when the text before it changes.
type Origin struct {
	File string // relative to the application's folder, with slashes; "" for what no file declares
	Base int    // offset of the chunk of text that declares it
	// Header is the header line without its line end; Name is the name in it.
	Header, Name source.Span
}

// Place turns a span relative to the declaration into a place in the file.
func (o Origin) Place(s source.Span) source.Place {
	if o.File == "" {
		return source.Place{}
	}
	return source.Place{File: o.File, Span: s.Shift(o.Base)}
}

// Ref is a name that stands in a list, and where.
type Ref struct {
	Name string
	Span source.Span // relative to the declaration's Origin
}

// Value is the value of a variable; the zero value is "no value" (null, MOD-80).
type Value struct {
	Set  bool
	Text string
}

// Text makes a value that is set.
func Text(s string) Value { return Value{Set: true, Text: s} }

// Variable is an exported variable as its type declares it, or with its full name in computed sets.
type Variable struct {
	Name   string
	Value  Value
	Random bool   // declared with random[...]
	Kind   string // the kind of a random variable, as written
	Span   source.Span
	// ValueSpan covers the default without quotes; empty when there is none.
	ValueSpan source.Span
}

// Import is one entry of imports.
type Import struct {
	Prefix   string // component, facet or external application prefix: before the first dot
	Name     string // local name, or "*"
	Optional bool
	External bool
	Span     source.Span
}

// Full is prefix, dot, name.
func (i Import) Full() string { return i.Prefix + "." + i.Name }

// Component is a concrete type, as declared. What it inherits is computed by Graph.
type Component struct {
	Origin
	Name      string
	Installer Ref
	Extends   Ref
	Facets    []Ref
	Children  []Ref
	Exports   []Variable
	Imports   []Import
	Label     string // legacy alias (DSL-90)
	Doc       string // annotation (DSL-80)
}

// Facet is an abstract type, as declared.
type Facet struct {
	Origin
	Name      string
	Installer Ref // legacy (dsl.md 10)
	Extends   []Ref
	Children  []Ref
	Exports   []Variable
	Doc       string
}

// Override is a value that an instance gives to a variable.
type Override struct {
	Name      string // local or full, as written
	Value     string
	Span      source.Span // the name
	ValueSpan source.Span
}

// Instance is a declared instance, count already replicated. Children are in declaration order.
type Instance struct {
	Origin
	Name      string
	Component string
	Count     int // as declared: 0 when absent; copies keep the value of their model
	Channels  []string
	Overrides []Override
	Data      map[string]string
	State     string // instance-state as written; "" when absent
	Children  []*Instance
	// NameSpan and CountSpan cover the values of name and count; zero when absent.
	NameSpan, CountSpan source.Span
}

// Export is an external export of the descriptor: a variable of the graph under another name (MOD-130).
type Export struct {
	Variable, Alias string
	Span            source.Span // in the descriptor, absolute
}

// Descriptor is descriptor/application.properties.
type Descriptor struct {
	Name, DisplayName, Version, Description, DSL string
	Tags                                         []string
	GraphEntry, InstanceEntry                    string
	ExportsPrefix                                string
	Exports                                      []Export
}

// Application is everything the files of one folder say.
type Application struct {
	Descriptor Descriptor
	Graph      *Graph
	Instances  []*Instance // roots
}
