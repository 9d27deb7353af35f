package names

import (
	"cmp"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
)

// ancestry is what a type inherits from: the exports of its nearest ancestors, and who declared each (spec/model.md 7).
type ancestry struct {
	from []ancestor
	// order are prefixes: of several variables with one local name, that of the first one is published again (MOD-75).
	order []string
	// facet says that the heir is one: it changes no value by a local name (MOD-71).
	facet bool
}

// ancestor is a type that hands variables on: under their full names, sorted; roots are the types that declare one of them.
type ancestor struct {
	exports []model.Variable
	roots   func(full string) []string
}

// has says whether a full name is inherited.
func (a ancestry) has(full string) bool {
	return slices.ContainsFunc(a.from, func(s ancestor) bool { return exported(s.exports, full) })
}

func exported(sorted []model.Variable, full string) bool {
	_, found := slices.BinarySearchFunc(sorted, full, func(v model.Variable, want string) int { return strings.Compare(v.Name, want) })
	return found
}

// roots are the types that declare what is inherited under a full name; the super component counts before facets.
func (a ancestry) roots(full string) []string {
	for _, s := range a.from {
		if exported(s.exports, full) {
			return s.roots(full)
		}
	}
	return nil
}

// redeclared are the types whose variables an own one gives another value, sorted: that of the full name, or all of the local name
// (MOD-72). A variable that is new has none.
func (a ancestry) redeclared(written string) []string {
	if len(a.from) == 0 {
		return nil
	}
	if roots := a.roots(written); len(roots) > 0 || a.facet {
		return roots
	}
	var all []string
	for _, full := range a.called(written) {
		all = append(all, a.roots(full)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// called are the full names that are inherited with a local name, in the order in which they win (MOD-75).
func (a ancestry) called(local string) (found []string) {
	for _, s := range a.from {
		for _, v := range s.exports {
			if n := len(v.Name) - len(local); n > 0 && v.Name[n-1] == '.' && v.Name[n:] == local && strings.IndexByte(v.Name, '.') == n-1 {
				found = append(found, v.Name)
			}
		}
	}
	rank := func(full string) int {
		prefix, _ := model.SplitName(full)
		if i := slices.Index(a.order, prefix); i >= 0 {
			return i
		}
		return len(a.order)
	}
	slices.SortFunc(found, func(x, y string) int { return cmp.Or(cmp.Compare(rank(x), rank(y)), strings.Compare(x, y)) })
	return slices.Compact(found)
}

// inheritedBy is what a component inherits from.
func (b *book) inheritedBy(c *model.Component) ancestry {
	if c.Extends.Name == "" && len(c.Facets) == 0 {
		return ancestry{}
	}
	chain := []*model.Component{c}
	if known := b.types.Component(c.Name); known != nil && known.Base == c.Base && known.File == c.File {
		chain = b.types.Supers(known)
	} else if super := b.types.Component(c.Extends.Name); super != nil {
		chain = append(chain, b.types.Supers(super)...)
	}
	return b.inheritedIn(chain)
}

// inheritedIn looks up a chain of components that extend each other. The chain ends, whatever circles there are (MOD-60).
func (b *book) inheritedIn(chain []*model.Component) (a ancestry) {
	above := chain[1:]
	if len(above) > 0 {
		a.from = append(a.from, ancestor{b.types.Exports(above[0]), func(full string) []string { return b.rootsIn(above, full) }})
	}
	for _, c := range above {
		a.order = append(a.order, c.Name)
	}
	for _, r := range chain[0].Facets {
		if f := b.types.Facet(r.Name); f != nil {
			a.from = append(a.from, b.ancestorOf(f))
			a.order = append(a.order, f.Name)
		}
	}
	return a
}

func (b *book) ancestorOf(f *model.Facet) ancestor {
	return ancestor{b.types.FacetExports(f), func(full string) []string { return b.rootsOfFacet(f, full) }}
}

// inheritedByFacet is what a facet inherits from.
func (b *book) inheritedByFacet(f *model.Facet) ancestry {
	a := ancestry{facet: true}
	for _, r := range f.Extends {
		if up := b.types.Facet(r.Name); up != nil && up.Name != f.Name {
			a.from = append(a.from, b.ancestorOf(up))
		}
	}
	return a
}

// rootsIn are the types that declare what the first component of a chain publishes under a full name, sorted; nothing when it
// publishes no such variable.
func (b *book) rootsIn(chain []*model.Component, full string) []string {
	c, a := chain[0], b.inheritedIn(chain)
	for _, v := range c.Exports {
		if isFull(full, c.Name, v.Name) {
			if roots := a.redeclared(v.Name); len(roots) > 0 {
				return roots
			}
			return []string{c.Name}
		}
	}
	if roots := a.roots(full); len(roots) > 0 {
		return roots
	}
	if prefix, local := model.SplitName(full); prefix == c.Name {
		if same := a.called(local); len(same) > 0 {
			return a.roots(same[0])
		}
	}
	return nil
}

// isFull says whether a type publishes a variable that it writes so under a full name (MOD-70).
func isFull(full, owner, written string) bool {
	if n := len(full) - len(written); n > 0 {
		return n == len(owner)+1 && full[n-1] == '.' && full[:n-1] == owner && full[n:] == written && model.FullName(owner, written) == full
	}
	return written == full && model.FullName(owner, written) == full
}

// rootsOfFacet are the same for a facet. A facet in a circle exports nothing (MOD-60), so that the way up ends.
func (b *book) rootsOfFacet(f *model.Facet, full string) []string {
	if !exported(b.types.FacetExports(f), full) {
		return nil
	}
	if roots := b.inheritedByFacet(f).roots(full); len(roots) > 0 {
		return roots
	}
	return []string{f.Name}
}

// roots are the types that declare a variable, given by a type that publishes it and by its full name.
func (b *book) roots(owner, full string) []string {
	if c := b.types.Component(owner); c != nil {
		return b.rootsIn(b.types.Supers(c), full)
	}
	if f := b.types.Facet(owner); f != nil {
		return b.rootsOfFacet(f, full)
	}
	return nil
}

// variable is the name of what a type publishes under a full name. What nobody declares belongs to its prefix.
func (b *book) variable(owner, full string) Name {
	prefix, local := model.SplitName(full)
	if roots := b.roots(owner, full); len(roots) > 0 {
		return b.canonical(Name{Kind: Variable, Owner: roots[0], Text: local})
	}
	return Name{Kind: Variable, Owner: prefix, Text: local}
}

// canonical gives one of several variables that a redeclaration joins: when one component sets the a of two facets at once, they
// are the same name for all that follows from it.
func (b *book) canonical(n Name) Name {
	if b.only {
		if n.Text == b.name.Text && slices.Contains(b.owners, n.Owner) {
			return b.name
		}
		return n
	}
	key := [2]string{n.Owner, n.Text}
	first, known := b.families[key]
	if !known {
		owners, _ := b.family(n.Owner, n.Text)
		first = owners[0]
		b.families[key] = first
	}
	n.Owner = first
	return n
}

// family are the types whose variables of one local name are joined with that of an owner, sorted, the owner included; heirs are all that
// publish one of them.
func (b *book) family(owner, local string) (owners []string, heirs map[string]bool) {
	heirs = map[string]bool{owner: true}
	owners = []string{owner}
	for k := 0; k < len(owners); k++ {
		for _, c := range b.heirsOf(owners[k], heirs) {
			for _, v := range c.Exports {
				if v.Name != local {
					continue
				}
				for _, root := range b.inheritedBy(c).redeclared(local) {
					if !slices.Contains(owners, root) {
						owners = append(owners, root)
					}
				}
			}
		}
	}
	slices.Sort(owners)
	return owners, heirs
}

// heirsOf adds the types that publish what a type declares to a set, and gives the components among them that inherit it.
func (b *book) heirsOf(owner string, to map[string]bool) (heirs []*model.Component) {
	to[owner] = true
	if c := b.types.Component(owner); c != nil {
		heirs = b.types.Subs(c)
	} else if f := b.types.Facet(owner); f != nil {
		heirs = b.types.Members(f)
		for _, other := range b.types.Facets() {
			if len(other.Extends) > 0 && b.types.FacetExtends(other, f) {
				to[other.Name] = true
			}
		}
	}
	for _, c := range heirs {
		to[c.Name] = true
	}
	return heirs
}

// Owners are the types that declare a variable, sorted: several when one redeclaration joins theirs (MOD-72).
func Owners(g ask.Ground, n Name) []string {
	owners, _ := newBook(g).family(n.Owner, n.Text)
	return owners
}

// VariableOf is the name of what a type publishes under a full name, be it inherited. What nobody declares belongs to its prefix.
func VariableOf(g ask.Ground, owner, full string) Name { return newBook(g).variable(owner, full) }
