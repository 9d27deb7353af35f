package model

import (
	"slices"
	"strings"
)

// qualify computes installers, exports, imports (spec/model.md 6.3 and 7).
func (g *Graph) qualify() {
	n, m := len(g.sorted), len(g.sortedF)
	g.installer, g.imports, g.exports = make([]string, n), make([][]Import, n), make([][]Variable, n)
	g.facetExports = make([][]Variable, m)
	g.requalify(make([]bool, n), make([]bool, m))
}

// requalify computes again all that is not done.
func (g *Graph) requalify(done, doneF []bool) {
	for i := range g.sortedF {
		g.exportFacet(int32(i), doneF)
	}
	for i := range g.sorted {
		if done[i] {
			continue
		}
		g.installer[i] = g.installerOf(i)
		g.imports[i] = g.importsOf(i)
	}
	for i := range g.sorted {
		if !done[i] {
			g.exportComponent(int32(i), done)
		}
	}
}

// installerOf is the first one set along supers; then, for old files, that of the facets (dsl.md 10).
func (g *Graph) installerOf(i int) string {
	for _, s := range g.supers[i] {
		if name := g.sorted[s].Installer.Name; name != "" {
			return name
		}
	}
	for _, s := range g.supers[i] {
		for _, f := range g.ownFacets[s] {
			if name := g.sortedF[f].Installer.Name; name != "" {
				return name
			}
		}
	}
	return ""
}

// importsOf shares the declared list when there is nothing to merge.
func (g *Graph) importsOf(i int) []Import {
	if own := g.sorted[i].Imports; len(g.supers[i]) == 1 && distinct(own) {
		return own
	}
	var out []Import
	at := make(map[[2]string]int)
	for _, s := range slices.Backward(g.supers[i]) {
		for _, imp := range g.sorted[s].Imports {
			key := [2]string{imp.Prefix, imp.Name}
			if k, again := at[key]; again {
				out[k] = imp
				continue
			}
			at[key] = len(out)
			out = append(out, imp)
		}
	}
	return out
}

func distinct(list []Import) bool {
	for i := range list {
		for k := range i {
			if list[k].Prefix == list[i].Prefix && list[k].Name == list[i].Name {
				return false
			}
		}
	}
	return true
}

// exportFacet computes the exports of a facet after those of the facets it extends (MOD-71). A facet in a cycle exports
// nothing (MOD-60).
func (g *Graph) exportFacet(i int32, done []bool) {
	if done[i] {
		return
	}
	done[i] = true
	if slices.Contains(g.superFacets[i], i) {
		return
	}
	f := g.sortedF[i]
	if len(g.ownFacetsF[i]) == 0 {
		g.facetExports[i] = ownExports(f.Name, f.Exports)
		return
	}
	var t table
	for _, up := range g.ownFacetsF[i] {
		g.exportFacet(up, done)
		t.addMissing(g.facetExports[up])
	}
	inherited := len(t.vars)
	for _, v := range f.Exports {
		if k := t.find(v.Name); k >= 0 && k < inherited {
			t.vars[k].assign(v)
		} else {
			t.put(FullName(f.Name, v.Name), v)
		}
	}
	g.facetExports[i] = t.sorted()
}

// exportComponent computes the exports of a component after those of its super (MOD-72).
func (g *Graph) exportComponent(i int32, done []bool) {
	// The chain is followed from its far end, without recursion: it may be long.
	for _, s := range slices.Backward(g.supers[i]) {
		if !done[s] {
			done[s] = true
			g.exports[s] = g.exportsOf(s)
		}
	}
}

func (g *Graph) exportsOf(i int32) []Variable {
	c := g.sorted[i]
	super := g.super[i]
	if g.extendsItself(i) {
		super = none // else who comes first would decide what is inherited
	}
	if super == none && len(g.ownFacets[i]) == 0 {
		return ownExports(c.Name, c.Exports)
	}
	t := table{vars: make([]Variable, 0, g.roomFor(i))}
	for _, f := range g.ownFacets[i] {
		t.addMissing(g.facetExports[f])
	}
	if super != none {
		t.replace(g.exports[super])
	}
	inherited := len(t.vars)
	overridden := make([]bool, inherited)
	for _, v := range c.Exports {
		t.declare(c.Name, v, inherited, overridden)
	}
	g.replicate(i, &t, inherited, overridden)
	return t.sorted()
}

// roomFor is how many variables a component may come to export: what it inherits, once more under its own name, and its own.
func (g *Graph) roomFor(i int32) int {
	inherited := 0
	for _, f := range g.ownFacets[i] {
		inherited += len(g.facetExports[f])
	}
	if super := g.super[i]; super != none && !g.extendsItself(i) {
		inherited += len(g.exports[super])
	}
	return 2*inherited + len(g.sorted[i].Exports)
}

// ownExports qualifies the variables of a type that inherits nothing; the last of equal names counts (DSL-43).
func ownExports(owner string, list []Variable) []Variable {
	if len(list) == 0 {
		return nil
	}
	out := make([]Variable, 0, len(list))
	for _, v := range list {
		v.Name = FullName(owner, v.Name)
		if k := slices.IndexFunc(out, func(o Variable) bool { return o.Name == v.Name }); k >= 0 {
			out[k] = v
			continue
		}
		out = append(out, v)
	}
	sortVariables(out)
	return out
}

func sortVariables(list []Variable) {
	slices.SortFunc(list, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
}

// assign takes the value of a redeclaration. A variable that was random stays so: the value is then a fixed port.
func (v *Variable) assign(from Variable) {
	v.Value = from.Value
	if from.Random {
		v.Random, v.Kind = true, from.Kind
	}
}

// table collects variables by full name.
type table struct {
	vars []Variable
	at   map[string]int // nil while there are few
}

const fewVariables = 12

func (t *table) find(full string) int {
	if t.at != nil {
		if i, ok := t.at[full]; ok {
			return i
		}
		return -1
	}
	for i := range t.vars {
		if t.vars[i].Name == full {
			return i
		}
	}
	return -1
}

// put adds a variable under a full name, or replaces the one that has it.
func (t *table) put(full string, v Variable) {
	v.Name = full
	if i := t.find(full); i >= 0 {
		t.vars[i] = v
		return
	}
	t.vars = append(t.vars, v)
	switch {
	case t.at != nil:
		t.at[full] = len(t.vars) - 1
	case len(t.vars) > fewVariables:
		t.at = make(map[string]int, 2*len(t.vars))
		for i := range t.vars {
			t.at[t.vars[i].Name] = i
		}
	}
}

// addMissing adds what has no value yet: of several facets, the first in the order of the property counts.
func (t *table) addMissing(list []Variable) {
	for _, v := range list {
		if t.find(v.Name) < 0 {
			t.put(v.Name, v)
		}
	}
}

func (t *table) replace(list []Variable) {
	for _, v := range list {
		t.put(v.Name, v)
	}
}

// declare applies step 3 of MOD-72 to one own variable. Comparisons use what was inherited only.
func (t *table) declare(owner string, v Variable, inherited int, overridden []bool) {
	if k := t.find(v.Name); k >= 0 && k < inherited {
		t.vars[k].assign(v)
		overridden[k] = true
	} else {
		t.put(FullName(owner, v.Name), v)
	}
	for k := range inherited {
		if _, local := SplitName(t.vars[k].Name); local == v.Name {
			t.vars[k].assign(v)
			overridden[k] = true
		}
	}
}

func (t *table) sorted() []Variable {
	sortVariables(t.vars)
	return t.vars
}

// replicate applies step 4 of MOD-72: what is inherited is also published under the component's own name.
func (g *Graph) replicate(i int32, t *table, inherited int, overridden []bool) {
	name := g.sorted[i].Name
	order := make([]int, inherited)
	for k := range order {
		order[k] = k
	}
	rank := g.replicaRank(i, t, overridden)
	slices.SortFunc(order, func(a, b int) int {
		if ra, rb := rank(a), rank(b); ra != rb {
			return ra - rb
		}
		return strings.Compare(t.vars[a].Name, t.vars[b].Name)
	})
	for _, k := range order {
		prefix, local := SplitName(t.vars[k].Name)
		if prefix == name {
			continue
		}
		if full := name + "." + local; t.find(full) < 0 {
			t.put(full, t.vars[k])
		}
	}
}

// replicaRank orders the variables that compete for one local name (MOD-75): overridden ones first, then those of the
// nearest super component, then those of the first facet; the alphabet decides between equals.
func (g *Graph) replicaRank(i int32, t *table, overridden []bool) func(int) int {
	prefixes := make([]string, 0, len(g.supers[i])+len(g.ownFacets[i]))
	for _, s := range g.supers[i][1:] {
		prefixes = append(prefixes, g.sorted[s].Name)
	}
	for _, f := range g.ownFacets[i] {
		prefixes = append(prefixes, g.sortedF[f].Name)
	}
	return func(k int) int {
		prefix, _ := SplitName(t.vars[k].Name)
		at := slices.Index(prefixes, prefix)
		if at < 0 {
			at = len(prefixes)
		}
		if overridden[k] {
			return at
		}
		return at + len(prefixes) + 1
	}
}
