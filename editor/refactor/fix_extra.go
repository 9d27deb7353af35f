package refactor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// unlessKnown looks for a cure only where the finding brings none along.
func unlessKnown(find func(*cure)) func(*cure) {
	return func(c *cure) {
		if len(c.fixes) == 0 {
			find(c)
		}
	}
}

// legacy writes the modern form of what the finding itself cannot: the installer of a facet, a channel beside channels.
func legacy(c *cure) {
	b, p, ok := c.property()
	switch {
	case !ok:
	case b.node.Kind() == syntax.Facet && b.word(p.Name()) == "installer" && c.p.Place.Span == p.Name().Shift(b.base):
		c.facetInstaller(b, p)
	case b.node.Kind() == syntax.Instance && b.word(p.Name()) == "channel":
		c.channel(b, p)
	}
}

// facetInstaller moves the installer of a facet to the components that live from it.
func (c *cure) facetInstaller(b body, p syntax.Node) {
	f := c.graph.Facet(b.word(b.node.Name()))
	if f == nil {
		return
	}
	edits := []source.Edit{b.remove(p)}
	for _, t := range c.graph.Members(f) {
		if !c.takesFrom(t, f) {
			continue
		}
		own, ok := bodyOf(c.Result, t.Origin)
		if !ok {
			return
		}
		edits = append(edits, own.add("installer", c.graph.Installer(t))...)
	}
	c.offer(diag.Say("Set the installer in the components"), edits...)
}

// takesFrom says whether a component needs an installer of its own once a facet has none: nobody above sets one, and it has the
// facet itself rather than from a component that will set it.
func (c *cure) takesFrom(t *model.Component, f *model.Facet) bool {
	for _, super := range c.graph.Supers(t) {
		if super.Installer.Name != "" || super != t && slices.Contains(c.graph.FacetsOf(super), f) {
			return false
		}
	}
	return true
}

// channel writes the modern name, and puts both lists together where there are two.
func (c *cure) channel(b body, p syntax.Node) {
	modern, there := b.property("channels")
	if !there {
		return
	}
	c.fixes = nil
	c.offer(diag.Say("Put both lists together"), b.edit(b.value(modern), b.merged(modern, p)), b.remove(p))
}

// repeatedExport takes the declaration away that does not count: all but the last (DSL-43).
func repeatedExport(c *cure) {
	b, _, ok := c.property()
	if !ok {
		return
	}
	name := c.word(c.p.Place)
	for _, prop := range b.all("exports") {
		l := b.list(prop)
		for i := range l.entries {
			own, _, _ := strings.Cut(l.text(i), "=")
			earlier := l.entries[i].Start < c.p.Place.Span.Start && !l.entries[i].Contains(c.p.Place.Span.Start)
			if earlier && bareName(own) == name {
				c.offer(diag.Say("Remove the declaration that does not count"), l.without(i)...)
				return
			}
		}
	}
}

// bareName is the name of an exported variable without random[...].
func bareName(entry string) string {
	entry = syntax.Trim(entry)
	if strings.HasPrefix(strings.ToLower(entry), "random[") {
		if _, rest, ok := strings.Cut(entry, "]"); ok {
			return syntax.Trim(rest)
		}
	}
	return entry
}

// repeatedImport takes the first of two equal references away, since the last flags count; one that a wildcard covers goes
// itself.
func repeatedImport(c *cure) {
	b, _, ok := c.property()
	if !ok {
		return
	}
	word := c.word(c.p.Place)
	for _, prop := range b.all("imports") {
		l := b.list(prop)
		for i := range l.entries {
			if l.entries[i].Contains(c.p.Place.Span.Start) {
				break
			}
			if l.entries[i].Start < c.p.Place.Span.Start && reference(l.text(i)) == word {
				c.offer(diag.Say("Remove the import that does not count"), l.without(i)...)
				return
			}
		}
	}
	if strings.HasSuffix(word, ".*") {
		return
	}
	c.dropEntry(diag.Say("Remove %s", word), c.p.Place)
}

// reference is an import without its flags.
func reference(entry string) string {
	list, _, _ := syntax.ScanImports(entry)
	if len(list) != 1 {
		return ""
	}
	return list[0].Prefix + "." + list[0].Name
}

func dropNamed(c *cure) { c.dropEntry(diag.Say("Remove %s", c.word(c.p.Place)), c.p.Place) }

// oneSuper keeps one of the components that a component wants to extend.
func oneSuper(c *cure) {
	b, p, ok := c.property()
	if !ok {
		return
	}
	l := b.list(p)
	for i := range l.entries {
		if model.IsID(l.text(i)) {
			c.offer(diag.Say("Extend %s alone", l.text(i)), b.edit(b.value(p), l.text(i)))
		}
	}
}

// instanceInType moves an instance out of a type, to where instances are declared.
func instanceInType(c *cure) {
	b, ok := c.body()
	entry := c.Result.App.Descriptor.InstanceEntry
	if !ok || b.node.Kind() != syntax.Instance {
		return
	}
	cut := b.edit((&block{body: b}).withSurroundings(), "")
	if entry != "" {
		text := unindented(b.span().Of(b.text), indentOf(b.text, b.span().Start))
		if files, edits, ok := c.appendTo(inProject(c.Result, "instances", entry), text); ok {
			c.fixes = append(c.fixes, diag.Fix{Title: diag.Say("Move it to %s", entry), Edits: append(edits, cut), Files: files})
		}
	}
	c.offer(diag.Say("Remove the instance"), cut)
}

// states are those that an instance may be saved with (dsl.md 3).
var states = []string{
	"not_deployed", "deploying", "deployed_stopped", "unresolved", "waiting_for_ancestor", "starting", "deployed_started", "stopping",
	"undeploying", "problem",
}

// unknownState writes the state that was meant, or none.
func unknownState(c *cure) {
	c.replaceBy(c.p.Place, c.like(c.word(c.p.Place), states))
	c.dropProperty(diag.Say("Remove the property"), c.p.Place)
}

// metaNames are the names that are replaced in values (MOD-115).
var metaNames = []string{
	"ROBOCONF_INSTANCE_NAME", "ROBOCONF_INSTANCE_PATH", "ROBOCONF_COMPONENT_NAME", "ROBOCONF_CLEAN_INSTANCE_PATH",
	"ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH",
}

// unknownMeta writes the name that is replaced: one that ends like it, or the ones that are near.
func unknownMeta(c *cure) {
	word := c.word(c.p.Place)
	name := strings.ToUpper(strings.TrimSuffix(strings.TrimPrefix(word, "$("), ")"))
	var near []string
	for _, known := range metaNames {
		if name != "" && strings.HasSuffix(known, "_"+name) {
			near = append(near, "$("+known+")")
		}
	}
	if len(near) == 0 {
		for _, known := range c.like("ROBOCONF_"+strings.TrimPrefix(name, "ROBOCONF_"), metaNames) {
			near = append(near, "$("+known+")")
		}
	}
	if strings.HasPrefix(word, "$(") {
		c.replaceBy(c.p.Place, near)
	}
}

// freePort gives the second of two ports another number.
func freePort(c *cure) {
	at := c.exact()
	used := map[int]bool{}
	for _, i := range model.Walk(c.Result.App.Instances) {
		for _, o := range i.Overrides {
			if n, err := strconv.Atoi(syntax.Trim(o.Value)); err == nil {
				used[n] = true
			}
		}
	}
	for _, n := range model.ForbiddenPorts {
		used[n] = true
	}
	b, p, ok := c.propertyAt(at)
	if !ok {
		return
	}
	if port, ok := model.FreePort(used); ok {
		c.offer(diag.Say("Use port %s", strconv.Itoa(port)), b.edit(b.value(p), strconv.Itoa(port)))
	}
	c.offer(diag.Say("Let the port be drawn"), b.remove(p))
}

// deadlock marks one of the imports of a circle optional.
func deadlock(c *cure) {
	for _, r := range c.p.Related {
		b, p, ok := c.propertyAt(r.Place)
		if !ok || b.word(p.Name()) != "imports" {
			continue
		}
		l := b.list(p)
		if n := l.at(r.Place.Span.Start); n >= 0 && !strings.HasSuffix(strings.ToLower(l.text(n)), "(optional)") {
			edit := optionalEdit(source.Place{File: b.file, Span: l.entries[n]})
			c.offer(diag.Say("Mark the import of %s optional", reference(l.text(n))), edit)
		}
	}
}

// unusedFacet takes a facet away that says nothing, with the names that refer to it.
func unusedFacet(c *cure) {
	if f := c.graph.Facet(c.p.On); f != nil {
		c.removeFacet(f)
	}
}

// unheld makes a component that no root can hold a child of machines.
func unheld(c *cure) {
	if t := c.component(); t != nil {
		c.holders(t)
	}
}

// shadowedVariable takes a variable away that is exported already with the same value.
func shadowedVariable(c *cure) { c.dropExport(diag.Say("Remove the variable")) }

// unusedExport takes a variable away that nobody imports.
func unusedExport(c *cure) { c.dropExport(diag.Say("Stop exporting it")) }

// dropExport takes a variable away, with all its declarations in the block.
func (c *cure) dropExport(title diag.Phrase) {
	b, _, ok := c.property()
	if !ok {
		return
	}
	name := c.word(c.p.Place)
	var edits []source.Edit
	for _, p := range b.all("exports") {
		l := b.list(p)
		var drop []int
		for i := range l.entries {
			if own, _, _ := strings.Cut(l.text(i), "="); bareName(own) == name {
				drop = append(drop, i)
			}
		}
		if len(drop) > 0 {
			edits = append(edits, l.without(drop...)...)
		}
	}
	c.offer(title, edits...)
}

// ownValue settles which of several inherited values counts: the component gives the variable one itself.
func ownValue(c *cure) {
	t := c.component()
	_, local := model.SplitName(c.detail(diag.KindVariable))
	if t == nil || local == "" {
		return
	}
	b, ok := bodyOf(c.Result, t.Origin)
	if !ok {
		return
	}
	var values []string
	for _, v := range c.graph.Exports(t) {
		prefix, name := model.SplitName(v.Name)
		if name == local && prefix != t.Name && v.Value.Set && !slices.Contains(values, v.Value.Text) && len(values) < atMost {
			values = append(values, v.Value.Text)
		}
	}
	for _, value := range values {
		c.offer(diag.Say("Set %s to %s here", local, value), b.addTo("exports", local+" = "+quoted(value))...)
	}
}

// quoted is a value as a default of exports: in quotes where it needs them (dsl.md 12.2).
func quoted(value string) string {
	if value == "" || value != syntax.Trim(value) || strings.ContainsAny(value, ",;#") {
		return `"` + value + `"`
	}
	return value
}

// ownRandom declares an inherited random port again.
func ownRandom(c *cure) {
	t := c.component()
	_, local := model.SplitName("." + c.detail(diag.KindVariable))
	if t == nil || !model.IsID(local) {
		return
	}
	if b, ok := bodyOf(c.Result, t.Origin); ok {
		c.offer(diag.Say("Declare it here as well"), b.addTo("exports", "random[port] "+local)...)
	}
}

// valuelessExport gives a variable a default.
func valuelessExport(c *cure) {
	if _, value, ok := c.exportAt(c.p.Place); ok && value.Len() == 0 {
		end := source.Place{File: c.p.Place.File, Span: source.Span{Start: value.Start, End: value.Start}}
		c.put(diag.Say("Give it a default"), end, " = "+placeholder)
	}
}

// emptyDefault leaves the value to the instances, or gives one that others accept too.
func emptyDefault(c *cure) {
	entry, value, ok := c.exportAt(c.p.Place)
	if !ok || value.Len() == 0 {
		return
	}
	c.put(diag.Say("Remove the default"), source.Place{File: c.p.Place.File, Span: value}, "")
	whole := source.Place{File: c.p.Place.File, Span: source.Span{Start: value.Start, End: entry.End}}
	c.put(diag.Say("Write %s", placeholder), whole, " = "+placeholder)
}

// wrongPort takes the value of a random port away.
func wrongPort(c *cure) {
	at := c.exact()
	b, p, ok := c.propertyAt(at)
	if !ok {
		return
	}
	if b.node.Kind() == syntax.Instance {
		c.offer(diag.Say("Let the port be drawn"), b.remove(p))
		return
	}
	c.dropEntry(diag.Say("Let the port be drawn"), at)
}

// unboundPrefix names a prefix that an open application exports, or takes the import away.
func unboundPrefix(c *cure) {
	var known []string
	for _, n := range c.Beside {
		if n.Result == nil {
			continue
		}
		if prefix := n.Result.App.Descriptor.ExportsPrefix; prefix != "" {
			known = append(known, prefix)
		}
	}
	word := c.word(c.p.Place)
	prefix, local := model.SplitName(word)
	for _, name := range c.like(prefix, known) {
		c.replaceBy(c.p.Place, []string{name + "." + local})
	}
}

// localPrefix gives the exports a prefix of their own.
func localPrefix(c *cure) {
	prefix := unused(exportsPrefix(c), func(name string) bool {
		return c.graph.Component(name) != nil || c.graph.Facet(name) != nil
	})
	c.put(diag.Say("Write %s", prefix), c.p.Place, prefix)
}

// unusedLine takes the line away that the finding stands on.
func unusedLine(c *cure) { c.dropLine(diag.Say("Remove the line"), c.p.Place) }
