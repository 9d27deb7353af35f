package graph

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// inInstance offers what may stand in the block of an instance.
func (w *writer) inInstance(owner syntax.Node) {
	if w.known && w.node.Kind() == syntax.Property && w.at > w.abs(w.node.Name()).End {
		if value := w.value(w.text); w.at >= value.Start && w.at <= value.End {
			w.instanceValue(owner, value)
		}
		return
	}
	first := strings.TrimLeft(w.text[w.line.Start:w.at], " \t")
	if after, word := afterKeyword(first); word == "instance of" {
		w.header(w.at-len(first)+after, &owner)
		return
	}
	if !w.startsLine() {
		return
	}
	w.instanceProperties(owner)
	if w.rest(w.replace.End) == "" {
		w.instanceBlocks(&owner)
	}
}

// header offers components behind "instance of": those that may stand here (MOD-95).
func (w *writer) header(from int, parent *syntax.Node) {
	end := w.line.End
	if n := strings.IndexAny(w.text[from:end], "{#"); n >= 0 {
		end = from + n
	}
	if w.at > end {
		return
	}
	w.word(source.Span{Start: from, End: max(w.at, (source.Span{Start: from, End: end}).Trim(w.text).End)})
	alone := w.rest(w.replace.End) == ""
	for rank, c := range w.placeable(parent) {
		w.offer(rank, c.Name, c, func(w *writer, k candidate) ask.Item {
			item := w.componentItem(k)
			if alone {
				item.Text, item.Snippet = w.blockOf(k.of.(*model.Component), parent), true
			}
			return item
		})
	}
}

// instanceBlocks offers whole blocks for the components that may stand here.
func (w *writer) instanceBlocks(parent *syntax.Node) {
	for rank, c := range w.placeable(parent) {
		w.offer(20+rank, "instance of "+c.Name, c, func(w *writer, k candidate) ask.Item {
			c := k.of.(*model.Component)
			return ask.Item{
				Label: k.label, Kind: ask.KindInstance, Detail: w.types.Installer(c), Doc: w.summary(c.Name),
				Text: "instance of " + w.blockOf(c, parent), Snippet: true,
			}
		})
	}
}

// blockOf is the block of a new instance, from the name of its component on.
func (w *writer) blockOf(c *model.Component, parent *syntax.Node) string {
	return w.block(reply.Escape(c.Name), "", "name: "+stop(1, w.freshName(c.Name, parent))+";$0")
}

// placeable gives the components that may stand below a block, or at the top, each with its rank: what others wait for comes first,
// then what has no instance yet.
func (w *writer) placeable(parent *syntax.Node) iter.Seq2[int, *model.Component] {
	list := w.types.Roots()
	if parent != nil {
		list = w.types.Children(w.types.Component(nameOf(*parent)))
	}
	there := make(map[string]bool, len(w.types.Components()))
	for i := range everyInstance(w.Result.App.Instances) {
		there[i.Component] = true
	}
	waited := w.waitedFor(list, there)
	return func(yield func(int, *model.Component) bool) {
		for _, c := range list {
			rank := 2
			switch {
			case w.answers(c, waited):
				rank = 0
			case !there[c.Name]:
				rank = 1
			}
			if parent == nil && !w.types.IsMachine(c) {
				rank = 3
			}
			if !yield(rank, c) {
				return
			}
		}
	}
}

// waitedFor gives those of the prefixes of some components that instances need while no instance publishes them.
func (w *writer) waitedFor(list []*model.Component, there map[string]bool) map[string]bool {
	// Of what instances need, only what one of the components could give counts.
	could, waited := map[string]bool{}, map[string]bool{}
	for _, c := range list {
		for _, prefix := range bind.Prefixes(w.types, c) {
			could[prefix] = true
		}
	}
	for _, c := range w.types.Components() {
		if !there[c.Name] {
			continue
		}
		needs := c.Imports
		if c.Extends.Name != "" {
			needs = w.types.Imports(c)
		}
		for _, i := range needs {
			if !i.External && !i.Optional && could[i.Prefix] {
				waited[i.Prefix] = true
			}
		}
	}
	for _, prefix := range sortedKeys(waited) {
		if slices.ContainsFunc(bind.Providers(w.types, prefix), func(c *model.Component) bool { return there[c.Name] }) {
			delete(waited, prefix)
		}
	}
	return waited
}

// answers says whether a component publishes one of some prefixes.
func (w *writer) answers(c *model.Component, waited map[string]bool) bool {
	return len(waited) > 0 && slices.ContainsFunc(w.types.Exports(c), func(v model.Variable) bool {
		prefix, _ := model.SplitName(v.Name)
		return waited[prefix]
	})
}

// freshName makes a name for an instance of a component that no sibling has.
func (w *writer) freshName(component string, parent *syntax.Node) string {
	taken := w.siblings(parent)
	name := strings.ToLower(component)
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s%d", strings.ToLower(component), n)
	}
	return name
}

// siblings are the names that instances below a block have, or roots. They are collected once for all items.
func (w *writer) siblings(parent *syntax.Node) map[string]bool {
	if w.taken != nil {
		return w.taken
	}
	w.taken = map[string]bool{}
	if parent == nil {
		for _, i := range w.Result.App.Instances {
			w.taken[i.Name] = true
		}
		return w.taken
	}
	for n := range parent.Children() {
		w.taken[nameProperty(n)] = true
	}
	return w.taken
}

// nameProperty is the name that the block of an instance gives it.
func nameProperty(n syntax.Node) string {
	if n.Kind() != syntax.Instance {
		return ""
	}
	p, there := property(n, "name")
	if !there {
		return ""
	}
	return of(p.Chunk(), p.Value())
}

// instanceProperties offers the properties that are not there yet, then the variables that can be overridden (MOD-110).
func (w *writer) instanceProperties(owner syntax.Node) {
	there := w.writtenNames(owner)
	own := func(rank int, name, value string) {
		if !there[name] {
			w.snippet(rank, ask.KindProperty, name, "", w.explainInInstance(name), w.filled(name, value))
		}
	}
	own(0, "name", stop(1, w.freshName(nameOf(owner), w.above())))
	w.taken = nil // the siblings of what goes into this block are others
	own(4, "count", "${1:2}")
	own(5, "channels", "${1:label}")
	w.snippet(6, ask.KindProperty, "data.", "", w.explainInInstance("data."), w.dataText(there))
	own(40, "instance-state", "${1:not_deployed}")
	own(41, "instance-data", "${1:key} = ${2:value}")
	w.overrides(owner, there)
}

// dataText is a property with private data, under a key that is not there yet.
func (w *writer) dataText(there map[string]bool) string {
	key := "key"
	for n := 2; there["data."+key]; n++ {
		key = fmt.Sprintf("key%d", n)
	}
	if strings.HasPrefix(w.rest(w.replace.End), ":") {
		return "data." + stop(1, key)
	}
	return "data." + stop(1, key) + ": ${2:value};"
}

// above is the block that the innermost one stands in; nil at the top.
func (w *writer) above() *syntax.Node {
	if len(w.around) < 2 {
		return nil
	}
	return &w.around[len(w.around)-2]
}

// writtenNames are the properties of the block on other lines.
func (w *writer) writtenNames(owner syntax.Node) map[string]bool {
	out := map[string]bool{}
	for n := range owner.Children() {
		if n.Kind() == syntax.Property && n != w.node {
			out[nameOf(n)] = true
		}
	}
	return out
}

// overrides offers the variables of the component: by their local names, or by their full ones where several share a local name
// (MOD-110, MOD-111). What the platform sets is not offered.
func (w *writer) overrides(owner syntax.Node, there map[string]bool) {
	exports := w.types.Exports(w.types.Component(nameOf(owner)))
	same := map[string]int{}
	for _, v := range exports {
		_, local := model.SplitName(v.Name)
		same[local]++
	}
	told := map[string]bool{}
	for _, v := range exports {
		prefix, local := model.SplitName(v.Name)
		if model.IsNetworkName(v.Name) || there[v.Name] {
			continue
		}
		if same[local] > 1 {
			rank := 3
			if prefix == nameOf(owner) {
				rank = 2
			}
			w.override(rank, v.Name, v, w.valueText(v))
		}
		if told[local] || there[local] || syntax.IsInstanceProperty(local) {
			continue
		}
		told[local] = true
		if same[local] > 1 {
			w.override(9, local, v, w.count(same[local], "changes %d variable", "changes %d variables"))
			continue
		}
		rank := 2
		if !v.Value.Set && !v.Random {
			rank = 1
		}
		w.override(rank, local, v, w.valueText(v))
	}
}

func (w *writer) override(rank int, name string, v model.Variable, detail string) {
	w.offer(rank, name, v, func(w *writer, c candidate) ask.Item {
		v := c.of.(model.Variable)
		value := stop(1, overrideText(v))
		item := ask.Item{Label: c.label, Kind: ask.KindVariable, Detail: detail, Snippet: true, Text: w.filled(c.label, value)}
		item.Doc = w.overrideDoc(v)
		return item
	})
}

// overrideText is a value to begin with.
func overrideText(v model.Variable) string {
	switch {
	case v.Random && !v.Value.Set:
		return fmt.Sprint(model.FirstPort)
	case !v.Value.Set || strings.ContainsAny(v.Value.Text, "\"\r\n"):
		return "value"
	case v.Value.Text != syntax.Trim(v.Value.Text) || strings.ContainsAny(v.Value.Text, ";#"):
		return `"` + v.Value.Text + `"`
	}
	return v.Value.Text
}

func (w *writer) overrideDoc(v model.Variable) string {
	var s reply.Sheet
	s.Add(w.equation(v))
	if v.Random {
		s.Add(w.explainRandom())
	} else if !v.Value.Set {
		s.Add(w.say("It has no value in the graph: each instance must give it one."))
	}
	prefix, local := model.SplitName(v.Name)
	s.Fact(w.say("Imported by"), w.names(w.importers(prefix, local)))
	return s.String()
}

// instanceValue offers values of a property.
func (w *writer) instanceValue(owner syntax.Node, value source.Span) {
	switch name := nameOf(w.node); {
	case name == "instance-state":
		w.alone(value)
		for i, state := range states {
			w.plainItem(i, ask.KindValue, state, "", w.explainState(state))
		}
	case name == "name":
		w.alone(value)
		w.plainItem(0, ask.KindInstance, w.freshName(nameOf(owner), w.above()), "", "")
	case name == "channels":
		w.channels(value)
	case !syntax.IsInstanceProperty(name):
		w.metaVariables(value)
	}
}

// channels offers the labels that other instances have.
func (w *writer) channels(value source.Span) {
	list, here, ok := w.entry(value, false)
	if !ok {
		return
	}
	uses := map[string]int{}
	for i := range everyInstance(w.Result.App.Instances) {
		for _, label := range i.Channels {
			uses[label]++
		}
	}
	delete(uses, syntax.Clean(here.word.Of(w.text)))
	taken := others(w.text, list, here)
	for _, label := range sortedKeys(uses) {
		if label != "" && !slices.Contains(taken, label) && !strings.ContainsAny(label, ";#") {
			w.plainItem(0, ask.KindValue, label, w.count(uses[label], "%d instance", "%d instances"), "")
		}
	}
}
