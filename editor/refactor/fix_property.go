package refactor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// emptyValue takes a property without value away.
func emptyValue(c *cure) { c.dropProperty(diag.Say("Remove the property"), c.p.Place) }

// emptyEntry takes the spare comma of a list away; a piece that is no name goes when nothing is near it.
func emptyEntry(c *cure) {
	b, p, ok := c.property()
	if !ok {
		return
	}
	if c.word(c.p.Place) != "," {
		badName(c)
		return
	}
	c.offer(diag.Say("Remove what is empty in the list"), b.list(p).withoutEmpty()...)
}

// badName makes a name of what is none: the name of a type that resembles it, or what remains without the characters that cannot
// be.
func badName(c *cure) {
	word := c.word(c.p.Place)
	if c.detail(diag.KindName) != "" {
		c.replaceBy(c.p.Place, c.like(word, c.typeNames()))
	}
	if name := asID(word); name != word && model.IsTypeName(name) && word != "" {
		c.put(diag.Say("Write %s", name), c.p.Place, name)
	}
	if c.detail(diag.KindName) != "" {
		c.dropEntry(diag.Say("Remove it"), c.p.Place)
	}
}

func (c *cure) typeNames() (names []string) {
	for _, t := range c.graph.Components() {
		names = append(names, t.Name)
	}
	for _, f := range c.graph.Facets() {
		names = append(names, f.Name)
	}
	return names
}

// asID replaces what cannot stand in the name of a type; "" when nothing is left.
func asID(word string) string { return cleaned(word, "-_") }

// cleaned keeps letters, digits and some other characters; runs of the rest become an underscore.
func cleaned(word, others string) string {
	var b strings.Builder
	for _, r := range syntax.Trim(word) {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', b.Len() > 0 && ('0' <= r && r <= '9' || strings.ContainsRune(others, r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.TrimRight(b.String(), "_- ")
}

// quotedInstaller takes the quotes of an installer away.
func quotedInstaller(c *cure) {
	word := c.word(c.p.Place)
	if bare := syntax.Trim(strings.Trim(word, `"'`)); bare != word && model.IsFlexID(bare) {
		c.put(diag.Say("Write %s", bare), c.p.Place, bare)
		return
	}
	c.replaceBy(c.p.Place, c.like(word, installers))
}

// installers are those that the tool knows (plugins.md).
var installers = []string{"script", "puppet", "file", "logger", model.MachineInstaller}

// externalExport takes the word away that means something in imports only.
func externalExport(c *cure) {
	if fields := strings.Fields(c.word(c.p.Place)); len(fields) == 2 && model.IsID(fields[1]) {
		c.put(diag.Say("Write %s", fields[1]), c.p.Place, fields[1])
	}
}

// invalidImport mends Type*, where the dot is missing.
func invalidImport(c *cure) {
	word := c.word(c.p.Place)
	if bare, star := strings.CutSuffix(word, "*"); star && model.IsTypeName(bare) {
		c.put(diag.Say("Write %s", bare+".*"), c.p.Place, bare+".*")
	}
	c.dropEntry(diag.Say("Remove the import"), c.p.Place)
}

// incompleteImport says where a variable comes from: a type of that name with all its variables, or each exporter of a variable
// of that name.
func incompleteImport(c *cure) {
	word := strings.TrimSuffix(c.word(c.p.Place), ".")
	var exporters []string
	for _, t := range c.graph.Components() {
		if full := t.Name + "." + word; t.Name != c.p.On && has(c.graph.Exports(t), full) && c.ownerAt() != t.Name {
			exporters = append(exporters, full)
		}
	}
	if c.graph.Component(word) == nil && c.graph.Facet(word) == nil && len(exporters) > 0 {
		c.fixes = nil
	}
	slices.Sort(exporters)
	for _, full := range exporters[:min(len(exporters), atMost)] {
		c.put(diag.Say("Import %s", full), c.p.Place, full)
	}
}

// ownerAt is the name of the type that the finding stands in.
func (c *cure) ownerAt() string {
	b, ok := bodyAt(c.Result, c.p.Place.File, c.p.Place.Span.Start)
	if !ok {
		return ""
	}
	return b.word(b.node.Name())
}

// has says whether a variable is among exports, which are sorted.
func has(exports []model.Variable, full string) bool {
	_, found := slices.BinarySearchFunc(exports, full, func(v model.Variable, name string) int { return strings.Compare(v.Name, name) })
	return found
}

// unknownProperty gives a property the name that was meant, or takes it away.
func unknownProperty(c *cure) {
	b, p, ok := c.property()
	if !ok {
		return
	}
	var free []string
	for _, name := range propertyNames[b.node.Kind()] {
		if _, taken := b.property(name); !taken || mayRepeat(name) {
			free = append(free, name)
		}
	}
	c.replaceBy(c.p.Place, c.like(b.word(p.Name()), free))
	start := p.Head().Shift(b.base).Start
	c.offer(diag.Say("Make the line a comment"), b.edit(source.Span{Start: start, End: start}, "# "))
	c.offer(diag.Say("Remove the property"), b.remove(p))
}

// repeatedProperty puts two properties of one name together: lists are merged, of equal ones one goes, of different values a
// person chooses one.
func repeatedProperty(c *cure) {
	b, again, ok := c.property()
	if !ok {
		return
	}
	name := b.word(again.Name())
	first, ok := b.property(name)
	if !ok || first == again {
		return
	}
	was, now := b.value(first).Of(b.text), b.value(again).Of(b.text)
	switch {
	case was == now:
		c.offer(diag.Say("Remove the repetition"), b.remove(again))
	case isList(b.node.Kind(), name):
		c.offer(diag.Say("Put both lists together"), b.edit(b.value(first), b.merged(first, again)), b.remove(again))
	default:
		c.offer(diag.Say("Keep %s", was), b.remove(again))
		c.offer(diag.Say("Keep %s", now), b.remove(first))
	}
}

// isList says whether a property holds a list in a kind of block.
func isList(k syntax.Kind, name string) bool {
	switch name {
	case "children", "facets":
		return k != syntax.Instance
	case "extends":
		return k == syntax.Facet
	case "channels", "instance-data":
		return k == syntax.Instance
	}
	return false
}

// merged is the list of both properties, each entry once.
func (b body) merged(first, again syntax.Node) string {
	var entries []string
	for _, p := range []syntax.Node{first, again} {
		l := b.list(p)
		for i := range l.entries {
			if entry := l.text(i); !slices.Contains(entries, entry) {
				entries = append(entries, entry)
			}
		}
	}
	return strings.Join(entries, ", ")
}

// missingName calls an instance by a name that is free.
func missingName(c *cure) {
	b, ok := c.body()
	if !ok || b.node.Kind() != syntax.Instance {
		return
	}
	name := c.freeInstance(b.word(b.node.Name()))
	c.offer(diag.Say("Call it %s", name), b.set("name", name)...)
}

// invalidName makes the name of an instance one.
func invalidName(c *cure) {
	b, ok := c.body()
	if !ok {
		return
	}
	p, ok := b.property("name")
	if !ok {
		return
	}
	name := cleaned(b.word(p.Value()), "-_. ")
	if !model.IsFlexID(name) {
		name = b.word(b.node.Name())
	}
	name = c.freeInstance(name)
	c.offer(diag.Say("Call it %s", name), b.edit(b.value(p), name))
}

// freeInstance is a name, like the one wished, that no instance bears. Within one run of cures it is given once.
func (c *cure) freeInstance(wish string) string {
	wish = strings.ToLower(asID(wish))
	if wish == "" {
		wish = "instance"
	}
	if c.notes.names == nil {
		c.notes.names = map[string]bool{}
		eachInstance(c.Result.App.Instances, func(branch []*model.Instance) bool {
			i := branch[len(branch)-1]
			c.notes.names[i.Name] = true
			if i.Count > 1 {
				c.notes.names[declaredName(c.Result, i)] = true
			}
			return true
		})
	}
	name := unused(wish, func(name string) bool { return c.notes.names[name] })
	c.notes.names[name] = true
	return name
}

// eachInstance visits all instances, parents first, with those that they stand in; it stops when the visitor has enough. Unlike
// model.Walk, it makes no paths.
func eachInstance(roots []*model.Instance, visit func(branch []*model.Instance) bool) bool {
	var all func(list, above []*model.Instance) bool
	all = func(list, above []*model.Instance) bool {
		for _, i := range list {
			branch := append(above, i)
			if !visit(branch) || !all(i.Children, branch) {
				return false
			}
		}
		return true
	}
	return all(roots, nil)
}

// pathOf is the path of the last instance of a branch.
func pathOf(branch []*model.Instance) string {
	var b strings.Builder
	for _, i := range branch {
		b.WriteString("/" + i.Name)
	}
	return b.String()
}

// unused is a name, or the name with the lowest number that makes it free.
func unused(wish string, taken func(string) bool) string {
	name := wish
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s%d", wish, n)
	}
	return name
}

// dottedName replaces the dots of a type's name, also where others refer to it.
func dottedName(c *cure) {
	old := c.word(c.p.Place)
	name := strings.ReplaceAll(old, ".", "_")
	if b, ok := bodyAt(c.Result, c.p.Place.File, c.p.Place.Span.Start); !ok || b.node.Kind() == syntax.Instance {
		return
	}
	edits := []source.Edit{{Place: c.p.Place, With: name}}
	for _, at := range c.references(old) {
		edits = append(edits, source.Edit{Place: at, With: name})
	}
	c.fixes = nil
	c.offer(diag.Say("Replace the dots by underscores"), edits...)
}

// references are the places where types and instances name a type, its declaration left out.
func (c *cure) references(name string) (found []source.Place) {
	add := func(o model.Origin, refs ...model.Ref) {
		for _, ref := range refs {
			if ref.Name == name && o.File != "" {
				found = append(found, o.Place(ref.Span))
			}
		}
	}
	for _, t := range c.graph.Components() {
		add(t.Origin, t.Extends)
		add(t.Origin, t.Facets...)
		add(t.Origin, t.Children...)
	}
	for _, f := range c.graph.Facets() {
		add(f.Origin, f.Extends...)
		add(f.Origin, f.Children...)
	}
	seen := map[source.Place]bool{}
	for _, i := range model.Walk(c.Result.App.Instances) {
		if at := i.Place(i.Origin.Name); i.Component == name && !at.IsZero() && !seen[at] {
			seen[at] = true
			found = append(found, at)
		}
	}
	return found
}
