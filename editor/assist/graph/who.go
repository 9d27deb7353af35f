package graph

import (
	"iter"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
)

// asks says whether an import asks for a variable of a prefix; with the local name "" for any of them.
func asks(i model.Import, prefix, local string) bool {
	return !i.External && i.Prefix == prefix && (local == "" || i.Name == local || i.Name == "*")
}

// importers are the components that write an import of a variable, sorted by name; with the local name "" of any variable of
// the prefix.
func (p *page) importers(prefix, local string) []string {
	var out []string
	for _, c := range p.types.Components() {
		if slices.ContainsFunc(c.Imports, func(i model.Import) bool { return asks(i, prefix, local) }) {
			out = append(out, c.Name)
		}
	}
	slices.Sort(out)
	return out
}

// demand counts, for each prefix, how many components import it.
func (p *page) demand() map[string]int {
	out := make(map[string]int, len(p.types.Components()))
	for _, c := range p.types.Components() {
		for k, i := range c.Imports {
			again := slices.ContainsFunc(c.Imports[:k], func(o model.Import) bool { return o.Prefix == i.Prefix })
			if !i.External && !again {
				out[i.Prefix]++
			}
		}
	}
	return out
}

// exporters are the components that answer an import, sorted by name (MOD-140).
func (p *page) exporters(i model.Import) []*model.Component {
	return slices.DeleteFunc(bind.Providers(p.types, i.Prefix), func(c *model.Component) bool {
		return !model.Answered(p.types.Exports(c), i)
	})
}

func typeNames(list []*model.Component) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Name
	}
	return out
}

func facetNames(list []*model.Facet) []string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = f.Name
	}
	return out
}

func refNames(list []model.Ref) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.Name
	}
	return out
}

// instancesOf gives the paths of the instances of some components, in the order of the files: the first ones, then how many
// there are in all.
func (p *page) instancesOf(wanted func(component string) bool, limit int) (paths []string, all int) {
	var names []string
	var walk func(list []*model.Instance)
	walk = func(list []*model.Instance) {
		for _, i := range list {
			names = append(names, i.Name)
			if wanted(i.Component) {
				if all++; len(paths) < limit {
					paths = append(paths, "/"+strings.Join(names, "/"))
				}
			}
			walk(i.Children)
			names = names[:len(names)-1]
		}
	}
	walk(p.Result.App.Instances)
	return paths, all
}

// among says whether a name is that of one of the components.
func among(list []*model.Component) func(string) bool {
	set := make(map[string]bool, len(list))
	for _, c := range list {
		set[c.Name] = true
	}
	return func(name string) bool { return set[name] }
}

// pathList writes the paths of instances, and how many more there are.
func (p *page) pathList(paths []string, all int) string {
	text := p.names(paths)
	if all > len(paths) {
		text += " " + p.say("and %d more", all-len(paths))
	}
	return text
}

// variables of a type under its own name: what others can import of it.
func (p *page) variables(name string) []model.Variable {
	if f := p.types.Facet(name); f != nil {
		return under(p.types.FacetExports(f), name)
	}
	return under(p.types.Exports(p.types.Component(name)), name)
}

// under gives the part of sorted exports that has a prefix.
func under(exports []model.Variable, prefix string) []model.Variable {
	n := len(exports)
	if n == 0 || bears(exports[0].Name, prefix) && bears(exports[n-1].Name, prefix) {
		return exports
	}
	start, _ := slices.BinarySearchFunc(exports, prefix+".", func(v model.Variable, want string) int {
		return strings.Compare(v.Name, want)
	})
	end := start
	for end < n && bears(exports[end].Name, prefix) {
		end++
	}
	return exports[start:end]
}

// bears says whether the full name of a variable has a prefix.
func bears(full, prefix string) bool {
	return len(full) > len(prefix) && full[len(prefix)] == '.' && full[:len(prefix)] == prefix
}

// doc is the annotation of a type (DSL-80).
func (p *page) doc(name string) string {
	if c := p.types.Component(name); c != nil {
		if c.Doc == "" {
			return c.Label
		}
		return c.Doc
	}
	if f := p.types.Facet(name); f != nil {
		return f.Doc
	}
	return ""
}

// valueText says what a variable is worth, in a few words.
func (p *page) valueText(v model.Variable) string {
	switch {
	case v.Random && !v.Value.Set:
		return p.say("a port that is drawn")
	case model.IsNetworkName(v.Name):
		return p.say("set by the platform")
	case v.Value.Set && v.Value.Text == "":
		return `""`
	case v.Value.Set:
		return v.Value.Text
	}
	return p.say("no value yet")
}

// fixed says whether the graph gives the variable a value that stays (MOD-77).
func fixed(v model.Variable) bool { return v.Value.Set && !model.IsNetworkName(v.Name) }

// everyInstance gives the instances below roots, parents first, without their paths.
func everyInstance(roots []*model.Instance) iter.Seq[*model.Instance] {
	return func(yield func(*model.Instance) bool) { descend(roots, yield) }
}

func descend(list []*model.Instance, yield func(*model.Instance) bool) bool {
	for _, i := range list {
		if !yield(i) || !descend(i.Children, yield) {
			return false
		}
	}
	return true
}
