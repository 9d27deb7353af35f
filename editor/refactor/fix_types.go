package refactor

import (
	"maps"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// inexistingChild declares the missing type, or takes the name away; the finding itself knows the names that are near.
func inexistingChild(c *cure) {
	at, name := c.exact(), c.detail(diag.KindName)
	c.declare(diag.Say("Declare the component %s", name), name, "script")
	c.declareFacet(name)
	c.dropEntry(diag.Say("Remove it from the children"), at)
}

// inexistingComponent does so for what a component extends, and for the component of an instance.
func inexistingComponent(c *cure) {
	at, name := c.exact(), c.detail(diag.KindComponent)
	if i := c.instance(); i != nil {
		c.declareFor(name)
		return
	}
	installer := model.MachineInstaller
	if owner := c.graph.Component(c.p.On); owner != nil && owner.Installer.Name != "" {
		installer = owner.Installer.Name
	}
	c.declare(diag.Say("Declare the component %s", name), name, installer)
	c.dropProperty(diag.Say("Extend nothing"), at)
}

// inexistingFacet does so for facets.
func inexistingFacet(c *cure) {
	at, name := c.exact(), c.detail(diag.KindFacet)
	c.declareFacet(name)
	c.dropEntry(diag.Say("Remove it"), at)
}

func componentNames(list []*model.Component) (out []string) {
	for _, t := range list {
		out = append(out, t.Name)
	}
	return out
}

// after is the end of the construct that declares something.
func (c *cure) after(o model.Origin) (body, source.Span, bool) {
	b, ok := bodyOf(c.Result, o)
	end := b.node
	if !ok {
		return b, source.Span{}, false
	}
	at := end.Span().Shift(b.base).End
	return b, source.Span{Start: at, End: at}, true
}

// origin is where the type that the finding is about stands.
func (c *cure) origin() model.Origin {
	if t := c.graph.Component(c.p.On); t != nil {
		return t.Origin
	}
	if f := c.graph.Facet(c.p.On); f != nil {
		return f.Origin
	}
	return model.Origin{}
}

// declarable says whether a type can be called so: words that start other lines cannot stand alone in a header (DSL-23).
func declarable(name string) bool {
	switch strings.ToLower(name) {
	case "import", "facet", "instance", "instanceof":
		return false
	}
	return model.IsTypeName(name)
}

// declare offers a new component after the type that the finding is about.
func (c *cure) declare(title diag.Phrase, name, installer string) {
	if !declarable(name) {
		return
	}
	c.insertAfter(title, c.origin(), name+" {", "installer: "+installer+";")
}

// declareFacet offers a new facet after the type that the finding is about.
func (c *cure) declareFacet(name string) {
	if declarable(name) {
		c.insertAfter(diag.Say("Declare the facet %s", name), c.origin(), "facet "+name+" {")
	}
}

// insertAfter offers a new block after a declaration.
func (c *cure) insertAfter(title diag.Phrase, o model.Origin, header string, properties ...string) {
	if b, at, ok := c.after(o); ok {
		c.offer(title, b.edit(at, blockAfter(b.text, at.Start, header, properties...)))
	}
}

// blockAfter is the text of a new top-level block behind the line that ends at an offset.
func blockAfter(text string, at int, header string, properties ...string) string {
	end := lineEnd(text, max(0, strings.LastIndexByte(text[:max(0, at-1)], '\n')))
	out := end + header + end
	if at > 0 && text[at-1] != '\n' {
		out = end + out
	}
	for _, p := range properties {
		out += step(text) + p + end
	}
	out += "}" + end
	if line, some := lineAt(text, at); some && !isBlank(line.Of(text)) {
		out += end
	}
	return out
}

// declareFor offers the component that an instance is of: a machine for a root, else something that its parent may hold.
func (c *cure) declareFor(name string) {
	if !declarable(name) {
		return
	}
	above := model.Find(c.Result.App.Instances, above(c.p.On))
	if above == nil {
		if at, ok := c.lastComponent(); ok {
			c.insertAfter(diag.Say("Declare the component %s", name), at, name+" {", "installer: "+model.MachineInstaller+";")
		}
		return
	}
	holder := c.graph.Component(above.Component)
	if holder == nil {
		return
	}
	b, at, ok := c.after(holder.Origin)
	if ok {
		text := blockAfter(b.text, at.Start, name+" {", "installer: script;")
		c.offer(diag.Say("Declare the component %s", name), append(b.addTo("children", name), b.edit(at, text))...)
	}
}

// lastComponent is where new components go: after the last one of the entry file.
func (c *cure) lastComponent() (model.Origin, bool) {
	all := c.graph.Components()
	for _, t := range slices.Backward(all) {
		if t.File == c.Result.GraphFile {
			return t.Origin, true
		}
	}
	if len(all) == 0 {
		return model.Origin{}, false
	}
	return all[len(all)-1].Origin, true
}

// instance is the one that the finding is about.
func (c *cure) instance() *model.Instance { return model.Find(c.Result.App.Instances, c.p.On) }

// noInstaller sets one: what runs on nothing is a machine, for the rest a person chooses.
func noInstaller(c *cure) {
	t := c.component()
	if t == nil {
		return
	}
	b, ok := bodyOf(c.Result, t.Origin)
	if !ok {
		return
	}
	choices := []string{"script", "puppet", "file"}
	if c.graph.IsRoot(t) {
		choices = []string{model.MachineInstaller}
	}
	for _, name := range choices {
		c.offer(diag.Say("Set the installer to %s", name), b.set("installer", name)...)
	}
}

// rootInstaller makes a machine of what runs on nothing, or puts it on one.
func rootInstaller(c *cure) {
	t := c.component()
	if t == nil {
		return
	}
	if b, ok := bodyOf(c.Result, t.Origin); ok && len(c.fixes) == 0 {
		c.offer(diag.Say("Make it a machine"), b.set("installer", model.MachineInstaller)...)
	}
	c.holders(t)
}

// holders offers to make a component a child of machines.
func (c *cure) holders(t *model.Component) {
	if !model.IsTypeName(t.Name) {
		return
	}
	below := below(c.graph, t)
	n := 0
	for m, installer := range c.graph.Installers() {
		if n == atMost || installer != model.MachineInstaller || below[m] || c.graph.MayContain(m, t) || m == t {
			continue
		}
		if b, ok := bodyOf(c.Result, m.Origin); ok {
			n++
			c.offer(diag.Say("Let it run on %s", m.Name), b.addTo("children", t.Name)...)
		}
	}
}

// below are the components that may stand inside one, at any depth, with it and what extends it.
func below(g *model.Graph, t *model.Component) map[*model.Component]bool {
	seen := map[*model.Component]bool{}
	todo := append([]*model.Component{t}, g.Subs(t)...)
	for len(todo) > 0 {
		one := todo[0]
		if todo = todo[1:]; !seen[one] {
			seen[one] = true
			todo = append(todo, g.Children(one)...)
		}
	}
	return seen
}

// orphanFacet takes a facet away that nobody has, or gives it to a component.
func orphanFacet(c *cure) {
	f := c.graph.Facet(c.p.On)
	if f == nil || !model.IsTypeName(f.Name) {
		return
	}
	c.removeFacet(f)
	n := 0
	for _, t := range c.candidates(f) {
		if b, ok := bodyOf(c.Result, t.Origin); ok && n < atMost {
			n++
			c.offer(diag.Say("Give it to %s", t.Name), b.addTo("facets", f.Name)...)
		}
	}
}

// candidates are the components that may have a facet: those of its file first; none that would stand inside itself then, none
// that would lose its place, none whose instances would lack a value.
func (c *cure) candidates(f *model.Facet) (out []*model.Component) {
	holding, over := c.heldBy(f), c.holdersOf(f)
	open := slices.ContainsFunc(c.graph.FacetExports(f), func(v model.Variable) bool {
		return !v.Value.Set && !v.Random && !model.IsNetworkName(v.Name)
	})
	for _, near := range []bool{true, false} {
		for _, t := range c.graph.Components() {
			switch {
			case len(out) == atMost:
				return out
			case (t.File == f.File) != near, holding[t], len(f.Children) > 0 && !c.graph.IsMachine(t):
			case len(over) > 0 && (c.graph.IsRoot(t) || overlap(below(c.graph, t), over)):
			case open && c.instantiated(t):
			default:
				out = append(out, t)
			}
		}
	}
	return out
}

// heldBy are the components that what a facet lists may hold, at any depth.
func (c *cure) heldBy(f *model.Facet) map[*model.Component]bool {
	all := map[*model.Component]bool{}
	for _, ref := range f.Children {
		if t := c.graph.Component(ref.Name); t != nil {
			maps.Copy(all, below(c.graph, t))
		}
	}
	return all
}

// holdersOf are the components that list a facet, or one that it extends, among their children.
func (c *cure) holdersOf(f *model.Facet) (list []*model.Component) {
	names := map[string]bool{f.Name: true}
	for _, super := range c.graph.SuperFacets(f) {
		names[super.Name] = true
	}
	lists := func(refs []model.Ref) bool {
		return slices.ContainsFunc(refs, func(r model.Ref) bool { return names[r.Name] })
	}
	for _, t := range c.graph.Components() {
		if lists(t.Children) {
			list = append(list, t)
		}
	}
	for _, other := range c.graph.Facets() {
		if lists(other.Children) {
			list = append(list, c.graph.Members(other)...)
		}
	}
	return list
}

func overlap(set map[*model.Component]bool, list []*model.Component) bool {
	return slices.ContainsFunc(list, func(t *model.Component) bool { return set[t] })
}

// instantiated says whether there is an instance of a component, or of one that extends it.
func (c *cure) instantiated(t *model.Component) bool {
	for _, i := range model.Walk(c.Result.App.Instances) {
		if of := c.graph.Component(i.Component); of != nil && c.graph.Extends(of, t) {
			return true
		}
	}
	return false
}

// removeFacet takes the block of a facet away, with the names of others that refer to it.
func (c *cure) removeFacet(f *model.Facet) {
	twice := slices.ContainsFunc(c.Problems, func(p diag.Problem) bool { return p.Code == diag.COAlreadyDefinedFacet && p.On == f.Name })
	edits := c.withoutType(f.Origin)
	if edits == nil || twice {
		return // another declaration would count then
	}
	edits = append(edits, c.unreferred(f.Name)...)
	c.offer(diag.Say("Remove the facet"), edits...)
}

// unreferred takes a name out of all lists.
func (c *cure) unreferred(name string) (edits []source.Edit) {
	for _, at := range c.references(name) {
		b, p, ok := c.propertyAt(at)
		if !ok {
			continue
		}
		if l := b.list(p); l.at(at.Span.Start) >= 0 {
			edits = append(edits, l.without(l.at(at.Span.Start))...)
		}
	}
	return edits
}

// withoutType removes the block of a type with its comments; nil when its brackets are in doubt.
func (c *cure) withoutType(o model.Origin) []source.Edit {
	b, ok := bodyOf(c.Result, o)
	if !ok {
		return nil
	}
	return []source.Edit{b.edit((&block{body: b}).withSurroundings(), "")}
}

// repeatedType takes a declaration away that does not count.
func repeatedType(c *cure) {
	b, ok := c.body()
	if !ok {
		return
	}
	first := c.origin()
	if first.File == c.p.Place.File && first.Base == b.base {
		return
	}
	c.offer(diag.Say("Remove this declaration"), b.edit((&block{body: b}).withSurroundings(), ""))
}

// cycle takes one step of a circle away: what one component extends, or one of its children.
func cycle(c *cure) {
	if t := c.graph.Component(c.p.On); t != nil && c.p.Code == diag.RMCycleInComponents {
		way := strings.Split(c.detail(diag.KindCycle), " -> ")
		for _, ref := range t.Children {
			if len(way) > 1 && ref.Name == way[1] {
				c.dropEntry(diag.Say("Remove %s from the children", ref.Name), t.Place(ref.Span))
			}
		}
		if len(c.fixes) > 0 {
			return
		}
	}
	if t := c.graph.Component(c.p.On); t != nil && t.Extends.Span.Len() > 0 {
		c.dropProperty(diag.Say("Extend nothing"), t.Place(t.Extends.Span))
	}
	if f := c.graph.Facet(c.p.On); f != nil {
		for _, ref := range f.Extends {
			if up := c.graph.Facet(ref.Name); up == f || up != nil && slices.Contains(c.graph.SuperFacets(up), f) {
				c.dropEntry(diag.Say("Extend %s no more", ref.Name), f.Place(ref.Span))
			}
		}
	}
}
