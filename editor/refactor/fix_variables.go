package refactor

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// placeholder is the value that a person has to change: one that is found again easily.
const placeholder = "change-me"

// unresolvable names what is exported, exports what is imported, declares who could, or takes the import away.
func unresolvable(c *cure) {
	full := c.detail(diag.KindVariable)
	prefix, local := model.SplitName(full)
	at := c.exact()
	switch t, f := c.graph.Component(prefix), c.graph.Facet(prefix); {
	case local == "*" || !model.IsID(local):
		if t != nil {
			c.export(t.Origin, "ip")
		} else if f != nil {
			c.export(f.Origin, "ip")
		}
	case t != nil:
		c.export(t.Origin, local)
	case f != nil:
		c.export(f.Origin, local)
	}
	if c.graph.Component(prefix) == nil && c.graph.Facet(prefix) == nil {
		c.declareExporter(prefix, local)
	}
	c.dropEntry(diag.Say("Remove the import"), at)
}

// export offers to export a variable from a type. One that the platform does not fill in gets a value to be changed, so that its
// instances stay sound.
func (c *cure) export(o model.Origin, local string) {
	b, ok := bodyOf(c.Result, o)
	if !ok {
		return
	}
	c.offer(diag.Say("Export %s from %s", local, b.word(o.Name)), b.addTo("exports", exported(local))...)
}

// exported is the entry of a new variable.
func exported(local string) string {
	if model.IsNetworkName(local) {
		return local
	}
	return local + " = " + placeholder
}

// declareExporter offers a component that exports what is imported, beside the one that asks.
func (c *cure) declareExporter(prefix, local string) {
	t := c.graph.Component(c.p.On)
	if t == nil || !declarable(prefix) || local != "*" && !model.IsID(local) {
		return
	}
	b, at, ok := c.after(t.Origin)
	if !ok {
		return
	}
	if local == "*" {
		local = "ip"
	}
	installer, edits := model.MachineInstaller, []source.Edit(nil)
	if over := c.graph.Ancestors(t); len(over) > 0 {
		if holder, ok := bodyOf(c.Result, over[0].Origin); ok {
			installer, edits = "script", holder.addTo("children", prefix)
		}
	}
	text := blockAfter(b.text, at.Start, prefix+" {", "installer: "+installer+";", "exports: "+exported(local)+";")
	c.offer(diag.Say("Declare the component %s", prefix), append(edits, b.edit(at, text))...)
}

// facetVariable gives the facet that declares a variable to a component.
func facetVariable(c *cure) {
	prefix, _ := model.SplitName(c.detail(diag.KindVariable))
	f := c.graph.Facet(prefix)
	if f == nil {
		return
	}
	for _, t := range c.candidates(f) {
		if t.Name == c.p.On {
			continue
		}
		if b, ok := bodyOf(c.Result, t.Origin); ok {
			c.offer(diag.Say("Give %s to %s", prefix, t.Name), b.addTo("facets", prefix)...)
		}
	}
	c.dropEntry(diag.Say("Remove the import"), c.exact())
}

// markOptional: the finding knows how to mark the import; it may also go.
func markOptional(c *cure) { c.dropEntry(diag.Say("Remove the import"), c.exact()) }

// randomKind writes the only kind there is, or makes the variable an ordinary one.
func randomKind(c *cure) {
	random, _, ok := c.export1()
	if !ok || random.Span.Len() == 0 {
		return
	}
	c.put(diag.Say("Write random[port]"), random, "random[port]")
}

// randomValue takes the default of a random variable away, or the chance.
func randomValue(c *cure) {
	random, value, ok := c.export1()
	if !ok {
		return
	}
	c.put(diag.Say("Remove the default"), value, "")
	text := c.text(random.File)
	for random.Span.End < len(text) && (text[random.Span.End] == ' ' || text[random.Span.End] == '\t') {
		random.Span.End++
	}
	c.put(diag.Say("Remove random[port]"), random, "")
}

// export1 finds the export that the finding points at: where random[...] stands, and where its default does, with the equals
// sign.
func (c *cure) export1() (random, value source.Place, ok bool) {
	at := c.exact()
	b, p, found := c.propertyAt(at)
	if !found {
		return random, value, false
	}
	base := p.Value().Shift(b.base).Start
	raw := p.Value().Shift(b.base).Of(b.text)
	list, _ := syntax.ScanExports(raw)
	for _, e := range list {
		if e.Span.Shift(base) != at.Span {
			continue
		}
		end := e.ValueSpan.End
		if e.Quoted {
			end++
		}
		return source.Place{File: at.File, Span: e.Random.Shift(base)},
			source.Place{File: at.File, Span: source.Span{Start: base + e.Span.End, End: base + max(end, e.Span.End)}}, true
	}
	return random, value, false
}

// missingValue sets the variable on the instance, or gives it a default.
func missingValue(c *cure) {
	full := c.detail(diag.KindVariable)
	_, local := model.SplitName(full)
	i := c.instance()
	if i == nil {
		return
	}
	if b, ok := bodyOf(c.Result, i.Origin); ok {
		name := local
		if t := c.graph.Component(i.Component); t != nil && !alone(c.graph.Exports(t), local) {
			name = full
		}
		for _, value := range c.valuesElsewhere(i.Component, name, local) {
			c.offer(diag.Say("Set %s to %s on this instance", name, value), b.add(name, written(value))...)
		}
		c.offer(diag.Say("Set %s on this instance", name), b.add(name, placeholder)...)
	}
	c.giveDefault(c.exact())
}

// alone says whether a local name means one variable only.
func alone(exports []model.Variable, local string) bool {
	return len(model.Overridden(exports, local).Local) == 1
}

// valuesElsewhere are the values that other instances of the component give to a variable, up to two.
func (c *cure) valuesElsewhere(component, name, local string) (values []string) {
	for _, i := range model.Walk(c.Result.App.Instances) {
		if i.Component != component || len(values) == 2 {
			continue
		}
		for _, o := range i.Overrides {
			if o.Name != name && o.Name != local || o.Value == "" || strings.ContainsAny(o.Value, "\"\n#") {
				continue
			}
			if !slices.Contains(values, o.Value) {
				values = append(values, o.Value)
			}
		}
	}
	return values
}

// written is a value as an override: in quotes where it would not be read back (DSL-64).
func written(value string) string {
	if strings.ContainsAny(value, ";#") || value != syntax.Trim(value) {
		return `"` + value + `"`
	}
	return value
}

// giveDefault offers a default where the variable is declared.
func (c *cure) giveDefault(at source.Place) {
	if at == c.p.Place || at.IsZero() {
		return
	}
	if _, value, ok := c.exportAt(at); ok && value.Len() == 0 {
		end := source.Place{File: at.File, Span: source.Span{Start: value.Start, End: value.Start}}
		c.put(diag.Say("Give it a default"), end, " = "+placeholder)
	}
}

// exportAt is the export whose name stands at a place: the whole entry, and what stands behind its name.
func (c *cure) exportAt(at source.Place) (entry, value source.Span, ok bool) {
	b, p, found := c.propertyAt(at)
	if !found {
		return entry, value, false
	}
	l := b.list(p)
	n := l.at(at.Span.Start)
	if n < 0 {
		return entry, value, false
	}
	entry = l.entries[n]
	return entry, source.Span{Start: at.Span.End, End: max(entry.End, at.Span.End)}, true
}

// magicVariable gives an override the name of a variable, exports it, or takes it away.
func magicVariable(c *cure) {
	at, name := c.exact(), c.detail(diag.KindVariable)
	i := c.instance()
	if i == nil {
		return
	}
	t := c.graph.Component(i.Component)
	if t == nil {
		return
	}
	known := slices.Clone(propertyNames[syntax.Instance])
	for _, v := range c.graph.Exports(t) {
		_, local := model.SplitName(v.Name)
		known = append(known, local)
	}
	slices.Sort(known)
	c.replaceBy(at, c.like(name, slices.Compact(known)))
	if model.IsID(name) && !strings.Contains(name, ".") {
		c.export(t.Origin, name)
	}
	c.dropProperty(diag.Say("Remove the property"), at)
}
