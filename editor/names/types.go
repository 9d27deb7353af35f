package names

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
)

// component collects the occurrences in a component.
func (b *book) component(c *model.Component) {
	b.declaredType(Component, c.Name, c.Origin)
	b.ref(Component, c.Origin, c.Extends)
	for _, f := range c.Facets {
		b.ref(Facet, c.Origin, f)
	}
	b.children(c.Origin, c.Children)
	b.exports(c.Name, c.Origin, c.Exports, func() ancestry { return b.inheritedBy(c) })
	for _, i := range c.Imports {
		b.importEntry(c.Origin, i)
	}
}

// facet collects the occurrences in a facet.
func (b *book) facet(f *model.Facet) {
	b.declaredType(Facet, f.Name, f.Origin)
	for _, up := range f.Extends {
		b.ref(Facet, f.Origin, up)
	}
	b.children(f.Origin, f.Children)
	b.exports(f.Name, f.Origin, f.Exports, func() ancestry { return b.inheritedByFacet(f) })
}

func (b *book) declaredType(k Kind, name string, o model.Origin) {
	if name != "" && b.may(k, name) {
		b.note(Name{Kind: k, Text: name}, o.Place(o.Name), Declaration)
	}
}

func (b *book) ref(k Kind, o model.Origin, r model.Ref) {
	if r.Name != "" && b.may(k, r.Name) {
		b.note(Name{Kind: k, Text: r.Name}, o.Place(r.Span), Reference)
	}
}

func (b *book) children(o model.Origin, list []model.Ref) {
	for _, r := range list {
		b.ref(b.kindOf(r.Name), o, r)
	}
}

// kindOf is what a name designates where both kinds of types may stand (MOD-37).
func (b *book) kindOf(name string) Kind {
	if b.types.Component(name) == nil && b.types.Facet(name) != nil {
		return Facet
	}
	return Component
}

// typeName notes a word that is the name of a type, whichever kind it is of.
func (b *book) typeName(name string, at source.Place, role Role) {
	if !b.only || b.name.Text == name {
		b.note(Name{Kind: b.kindOf(name), Text: name}, at, role)
	}
}

// exports collects the occurrences in the variables of a type. A name may be written with the prefix of the type itself, or with that
// of the type that declares it (MOD-70 to MOD-72).
func (b *book) exports(owner string, o model.Origin, list []model.Variable, inherited func() ancestry) {
	if owner == "" || !slices.ContainsFunc(list, func(v model.Variable) bool {
		return strings.IndexByte(v.Name, '.') >= 0 || b.mayBe(v.Name, owner, o.Place(v.Span))
	}) {
		return
	}
	from := inherited()
	for _, v := range list {
		prefix, local := "", v.Name
		if p, l := model.SplitName(v.Name); p != "" && (p == owner || from.has(v.Name)) {
			prefix, local = p, l
			b.typeName(prefix, b.before(o, v.Span, prefix), Reference)
		}
		at := o.Place(v.Span)
		if prefix != "" {
			at = b.after(o, v.Span)
		}
		if b.mayBe(local, owner, at) {
			b.export(owner, v.Name, local, at, from)
		}
	}
}

// export notes one exported variable: a new one, or one that is inherited and gets another value.
func (b *book) export(owner, written, local string, at source.Place, from ancestry) {
	n, role := Name{Kind: Variable, Owner: owner, Text: local}, Declaration
	if roots := from.redeclared(written); len(roots) > 0 {
		n.Owner, role = roots[0], Reference
	}
	b.note(b.canonical(n), at, role)
}

// importEntry collects the occurrences in one import: its prefix and, unless it asks for everything, its variable.
func (b *book) importEntry(o model.Origin, i model.Import) {
	if i.External {
		if b.may(Prefix, i.Prefix) {
			b.note(Name{Kind: Prefix, Text: i.Prefix}, b.before(o, i.Span, i.Prefix), Reference)
		}
		if i.Name != "*" && b.may(Alias, i.Name) {
			b.note(Name{Kind: Alias, Owner: i.Prefix, Text: i.Name}, b.after(o, i.Span), Reference)
		}
		return
	}
	if !b.only || b.name.Text == i.Prefix {
		b.typeName(i.Prefix, b.before(o, i.Span, i.Prefix), Reference)
	}
	if i.Name != "*" && b.mayBe(i.Name, i.Prefix, o.Place(i.Span)) {
		if at := b.after(o, i.Span); b.here(at) {
			b.note(b.variable(i.Prefix, i.Full()), at, Reference)
		}
	}
}

// before covers what stands before the first dot of a written name, after what stands behind it. A carriage return may stand anywhere
// in it (DSL-3), so that the text counts, not the length of the name.
func (b *book) before(o model.Origin, s source.Span, prefix string) source.Place {
	p := o.Place(s)
	if raw, ok := b.raw(p); ok {
		if n := strings.IndexByte(raw, '.'); n >= 0 {
			p.Span.End = p.Span.Start + n
			return p
		}
	}
	p.Span.End = p.Span.Start + len(prefix)
	return p
}

func (b *book) after(o model.Origin, s source.Span) source.Place {
	p := o.Place(s)
	if raw, ok := b.raw(p); ok {
		p.Span.Start += strings.IndexByte(raw, '.') + 1
	}
	return p
}

// raw is the text at a place of a graph or instances file.
func (b *book) raw(p source.Place) (string, bool) {
	f := b.Result.Files[p.File]
	if f == nil {
		return "", false
	}
	return p.Span.Of(f.Text), true
}
