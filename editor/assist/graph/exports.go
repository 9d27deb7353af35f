package graph

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// exports offers variables to export, or what their values may hold.
func (w *writer) exports(owner syntax.Node, value source.Span) {
	list, here, ok := w.entry(value, true)
	if !ok && !strings.Contains(here.word.Of(w.text), "=") {
		return
	}
	equals := strings.IndexByte(here.whole.Of(w.text), '=')
	if equals >= 0 && w.at > here.whole.Start+equals {
		w.tail = ""
		w.metaVariables(source.Span{Start: here.whole.Start + equals + 1, End: here.whole.End})
		return
	}
	if equals >= 0 {
		// A value stands there: only the name is replaced.
		name := (source.Span{Start: here.whole.Start, End: here.whole.Start + equals}).Trim(w.text)
		if w.at < name.Start || w.at > name.End {
			return
		}
		w.word(name)
	}
	w.exportNames(owner, w.exported(owner, list, here), equals >= 0)
}

// exported are the variables that the block exports elsewhere.
func (w *writer) exported(owner syntax.Node, list []piece, here piece) map[string]bool {
	out := map[string]bool{}
	for n := range owner.Children() {
		if n.Kind() == syntax.Property && nameOf(n) == "exports" && n != w.node {
			found, _ := syntax.ScanExports(of(n.Chunk(), n.Value()))
			for _, e := range found {
				out[e.Name] = true
			}
		}
	}
	for _, other := range others(w.text, list, here) {
		name, _, _ := strings.Cut(other, "=")
		if n := strings.IndexByte(name, ']'); n >= 0 && strings.HasPrefix(strings.ToLower(name), "random[") {
			name = name[n+1:]
		}
		out[syntax.Trim(name)] = true
	}
	return out
}

// exportNames offers, first of all, what others ask for in vain; then what is inherited and may get another value.
func (w *writer) exportNames(owner syntax.Node, taken map[string]bool, valued bool) {
	name := nameOf(owner)
	add := func(rank int, local, detail, doc, text string) {
		if taken[local] || taken[name+"."+local] {
			return
		}
		if valued {
			w.plainItem(rank, ask.KindVariable, local, detail, doc)
			return
		}
		w.snippet(rank, ask.KindVariable, local, detail, doc, text)
	}
	drawn := unused(taken, "port")
	asked := w.asked(name)
	for _, local := range sortedKeys(asked) {
		text := reply.Escape(local) + " = ${1:value}"
		if model.IsNetworkName(local) {
			text = reply.Escape(local)
		}
		add(0, local, w.say("asked for, not exported"), w.say("Imported by %s.", w.names(asked[local])), text)
		taken[local] = true
	}
	for _, v := range w.inherited(owner) {
		_, local := model.SplitName(v.Name)
		if model.IsNetworkName(v.Name) || taken[local] {
			continue
		}
		text := reply.Escape(local) + " = " + stop(1, quoted(v.Value.Text))
		if !v.Value.Set {
			text = reply.Escape(local) + " = ${1:8080}"
		}
		add(3, local, w.say("inherited: %s", w.valueText(v)), w.say("From %s.", code(v.Name)), text)
		taken[local] = true
	}
	add(1, "ip", w.say("set by the platform"), w.explainNetwork(), "ip")
	add(2, "port", "", "", "port = ${1:8080}")
	if !valued {
		w.snippet(2, ask.KindKeyword, "random[port]", w.say("a port that is drawn"), w.explainRandom(), "random[port] "+stop(1, drawn))
	}
}

// unused makes a name that is not taken.
func unused(taken map[string]bool, name string) string {
	if taken[name] {
		return "other_" + name
	}
	return name
}

// asked gives the variables of a type that are imported while nobody exports them (MOD-140), with those who import them.
func (w *writer) asked(name string) map[string][]string {
	out := map[string][]string{}
	for _, a := range w.types.Unresolved() {
		if a.Import.Prefix == name && a.Import.Name != "*" && model.IsID(a.Import.Name) {
			out[a.Import.Name] = append(out[a.Import.Name], a.Component.Name)
		}
	}
	return out
}

// inherited are the variables that a type has from others.
func (w *writer) inherited(owner syntax.Node) []model.Variable {
	if owner.Kind() == syntax.Facet {
		// In a facet, a local name says nothing about what is inherited (MOD-71).
		return nil
	}
	var out []model.Variable
	c := w.types.Component(nameOf(owner))
	for i, s := range w.types.Supers(c) {
		if i > 0 {
			out = append(out, under(w.types.Exports(s), s.Name)...)
		}
	}
	for _, f := range w.types.FacetsOf(c) {
		out = append(out, under(w.types.FacetExports(f), f.Name)...)
	}
	return slices.DeleteFunc(out, func(v model.Variable) bool { return !v.Value.Set && !v.Random })
}

// quoted writes a value so that it is read back: between quotes where it has to be (dsl.md 12.2). A value with a double quote
// cannot be written at all (DSL-102).
func quoted(s string) string {
	switch {
	case strings.ContainsAny(s, "\"\r\n"):
		return "value"
	case s == "" || s != syntax.Trim(s) || strings.ContainsAny(s, ",;#"):
		return `"` + s + `"`
	}
	return s
}

// metaNames are what stands for facts about the instance (MOD-115).
var metaNames = []string{
	"ROBOCONF_INSTANCE_NAME", "ROBOCONF_INSTANCE_PATH", "ROBOCONF_COMPONENT_NAME",
	"ROBOCONF_CLEAN_INSTANCE_PATH", "ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH",
}

// metaVariables offers them in a value: where one is begun, or where the value is empty.
func (w *writer) metaVariables(value source.Span) {
	before := w.text[value.Start:w.at]
	start := strings.LastIndexByte(before, '$')
	switch {
	case start >= 0 && !strings.ContainsAny(before[start:], ") "):
		end := w.at
		for end < value.End && (w.text[end] == '(' || w.text[end] == ')' || nameByte(w.text[end])) {
			if end++; w.text[end-1] == ')' {
				break
			}
		}
		w.word(source.Span{Start: value.Start + start, End: end})
	case syntax.Trim(value.Of(w.text)) == "":
		w.word(source.Span{Start: w.at, End: w.at})
	default:
		return
	}
	for i, name := range metaNames {
		w.plainItem(i, ask.KindValue, "$("+name+")", "", w.explainMeta(name))
	}
}
