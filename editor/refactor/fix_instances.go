package refactor

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// misplaced puts an instance where it can stand: into an instance that there is, or into a new one around it.
func misplaced(c *cure) {
	i := c.instance()
	if i == nil {
		return
	}
	t := c.graph.Component(i.Component)
	b, ok := bodyOf(c.Result, i.Origin)
	if t == nil || !ok {
		return
	}
	if c.p.Code == diag.RMMissingInstanceParent {
		c.wrap(b, t)
	}
	c.moveBelow(b, t)
	if c.p.Code != diag.RMInvalidInstanceParent {
		return
	}
	if c.graph.IsRoot(t) {
		c.moveOut(b)
	}
	if over := model.Find(c.Result.App.Instances, above(c.p.On)); over != nil {
		holder := c.graph.Component(over.Component)
		if holder == nil || below(c.graph, t)[holder] || c.graph.IsRoot(t) {
			return
		}
		if h, ok := bodyOf(c.Result, holder.Origin); ok {
			c.offer(diag.Say("Let %s run on %s", t.Name, holder.Name), h.addTo("children", t.Name)...)
		}
	}
}

// wrap writes instances of what the component runs on around a block.
func (c *cure) wrap(b body, t *model.Component) {
	n := 0
	for _, over := range c.graph.Ancestors(t) {
		way := wayUp(c.graph, over)
		if way == nil || n == atMost {
			continue
		}
		n++
		end, by := lineEnd(b.text, b.span().Start), step(b.text)
		var head, tail strings.Builder
		for depth, holder := range slices.Backward(way) {
			indent := strings.Repeat(by, len(way)-1-depth)
			head.WriteString(indent + "instance of " + holder.Name + " {" + end)
			head.WriteString(indent + by + "name: " + c.freeInstance(holder.Name) + ";" + end)
			for _, v := range valueless(c.graph, holder) {
				head.WriteString(indent + by + v + ": " + placeholder + ";" + end)
			}
			head.WriteString(end)
		}
		for depth := range way {
			tail.WriteString(strings.Repeat(by, len(way)-1-depth) + "}" + end)
		}
		span := b.span()
		inner := indented(span.Of(b.text), strings.Repeat(by, len(way)))
		if !strings.HasSuffix(inner, "\n") {
			inner += end
		}
		c.offer(diag.Say("Put it on a new instance of %s", over.Name), b.edit(span, head.String()+inner+tail.String()))
	}
}

// wayUp leads from a component to a root: each one may hold the one before it. It is nil when no root may hold it.
func wayUp(g *model.Graph, from *model.Component) []*model.Component {
	before := map[*model.Component]*model.Component{from: nil}
	for todo := []*model.Component{from}; len(todo) > 0; todo = todo[1:] {
		one := todo[0]
		if g.IsRoot(one) {
			var way []*model.Component
			for ; one != nil; one = before[one] {
				way = append(way, one)
			}
			slices.Reverse(way)
			return way
		}
		for _, over := range g.Ancestors(one) {
			if _, seen := before[over]; !seen {
				before[over] = one
				todo = append(todo, over)
			}
		}
	}
	return nil
}

// valueless are the local names of the variables that each instance of a component has to set (MOD-116).
func valueless(g *model.Graph, t *model.Component) (list []string) {
	for _, v := range g.Exports(t) {
		if v.Value.Set || v.Random || model.IsNetworkName(v.Name) {
			continue
		}
		if _, local := model.SplitName(v.Name); alone(g.Exports(t), local) {
			list = append(list, local)
		} else {
			list = append(list, v.Name)
		}
	}
	return list
}

// indented puts white space in front of each line that holds something.
func indented(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !isBlank(line) {
			b.WriteString(by)
		}
		b.WriteString(line)
	}
	return b.String()
}

// unindented takes white space away from the start of lines.
func unindented(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimPrefix(line, by))
	}
	return b.String()
}

// moveBelow offers to move a block into instances that may hold it.
func (c *cure) moveBelow(b body, t *model.Component) {
	n := 0
	done := map[source.Place]bool{}
	eachInstance(c.Result.App.Instances, func(branch []*model.Instance) bool {
		i := branch[len(branch)-1]
		holder := c.graph.Component(i.Component)
		if holder == nil || !c.graph.MayContain(holder, t) || done[i.Place(i.Header)] {
			return true
		}
		done[i.Place(i.Header)] = true
		into, ok := bodyOf(c.Result, i.Origin)
		inside := into.file == b.file && into.base == b.base && within(into.node.Span(), b.node.Span())
		if !ok || inside || model.Find(i.Children, "/"+baseName(c.p.On)) != nil {
			return true
		}
		n++
		c.offer(diag.Say("Move it to %s", pathOf(branch)), into.insideText(b), b.edit((&block{body: b}).withSurroundings(), ""))
		return n < atMost
	})
}

func within(inner, outer source.Span) bool {
	return outer.Start <= inner.Start && inner.End <= outer.End
}

// baseName is the last name of a path.
func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// insideText copies another block before the closing bracket of this one.
func (b body) insideText(other body) source.Edit {
	own := indentOf(other.text, other.span().Start)
	indent := b.indentInside(indentOf(b.text, b.base+b.node.Head().Start))
	end := lineEnd(b.text, b.span().Start)
	text := unindented(other.span().Of(other.text), own)
	if !strings.HasSuffix(text, "\n") {
		text += end
	}
	shut := b.node.Close().Start + b.base
	start := strings.LastIndexByte(b.text[:shut], '\n') + 1
	return b.edit(source.Span{Start: start, End: start}, end+indented(text, indent))
}

// moveOut offers to make a root of a block.
func (c *cure) moveOut(b body) {
	text := unindented(b.span().Of(b.text), indentOf(b.text, b.span().Start))
	f := c.Result.Files[b.file]
	start, chunk := f.Tree.ChunkAt(b.base)
	end := start + len(chunk.Text())
	nl := lineEnd(b.text, start)
	if !strings.HasSuffix(b.text[:end], "\n") {
		text = nl + text
	}
	cut := b.edit((&block{body: b}).withSurroundings(), "")
	c.offer(diag.Say("Make it a root"), b.edit(source.Span{Start: end, End: end}, nl+text), cut)
}

// repeatedInstance gives one of several instances of one path another name, or takes it away.
func repeatedInstance(c *cure) {
	b, ok := c.body()
	if !ok || b.node.Kind() != syntax.Instance {
		return
	}
	p, ok := b.property("name")
	if !ok {
		return
	}
	first := c.instance()
	if first != nil && first.Place(first.Header).Span.Start == b.base+b.node.Head().Start && first.File == b.file {
		return // the one that counts
	}
	name := c.freeInstance(b.word(p.Value()))
	c.offer(diag.Say("Call it %s", name), b.edit(b.value(p), name))
	c.offer(diag.Say("Remove this instance"), b.edit((&block{body: b}).withSurroundings(), ""))
}

// uselessProperty takes a property of an instance away.
func uselessProperty(c *cure) { c.dropProperty(diag.Say("Remove the property"), c.exact()) }

// neverInstantiated adds an instance where it can stand.
func neverInstantiated(c *cure) {
	if t := c.component(); t != nil {
		c.addInstances(t)
	}
}

// addInstances offers an instance of a component: a root, or below each of some instances.
func (c *cure) addInstances(t *model.Component) {
	for _, a := range additions(c.Ground, c.notes, t) {
		c.fixes = append(c.fixes, diag.Fix{Title: a.Title, Edits: a.Edits, Files: a.Files})
	}
}

// unsatisfied adds an instance of what exports the prefix, or marks the import optional.
func unsatisfied(c *cure) {
	full := c.detail(diag.KindVariable)
	prefix, _ := model.SplitName(full + ".")
	if t := c.graph.Component(prefix); t != nil {
		c.addInstances(t)
	} else if f := c.graph.Facet(prefix); f != nil {
		for _, t := range firstOf(c.graph.Members(f), 2) {
			c.addInstances(t)
		}
	}
	i := c.instance()
	if i == nil {
		return
	}
	var edits []source.Edit
	for _, super := range c.graph.Supers(c.graph.Component(i.Component)) {
		for _, im := range super.Imports {
			if im.Prefix == prefix && !im.Optional && !im.External && super.File != "" {
				edits = append(edits, optionalEdit(super.Place(im.Span)))
			}
		}
	}
	c.offer(diag.Say("Mark the import optional"), edits...)
}

// optionalEdit marks an import that stands at a place.
func optionalEdit(at source.Place) source.Edit {
	return source.Edit{Place: source.Place{File: at.File, Span: source.Span{Start: at.Span.End, End: at.Span.End}}, With: " (optional)"}
}

func firstOf[T any](list []T, n int) []T { return list[:min(n, len(list))] }
