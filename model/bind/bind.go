// Package bind says which export answers which import.
package bind

import (
	"cmp"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
)

// Providers are the components that export a variable with this prefix, sorted by name (MOD-74, MOD-140).
func Providers(g *model.Graph, prefix string) []*model.Component {
	return slices.DeleteFunc(bearers(g, prefix), func(c *model.Component) bool { return !Publishes(g, c, prefix) })
}

// bearers are the components that are, or extend, the component called prefix, or that have the facet of that name.
func bearers(g *model.Graph, prefix string) []*model.Component {
	var out []*model.Component
	if c := g.Component(prefix); c != nil {
		out = append(g.Subs(c), c)
	}
	if f := g.Facet(prefix); f != nil {
		out = append(out, g.Members(f)...)
	}
	slices.SortFunc(out, func(a, b *model.Component) int { return strings.Compare(a.Name, b.Name) })
	return slices.Compact(out)
}

// Publishes says whether an instance of c publishes a group of variables under the prefix (MOD-145).
func Publishes(g *model.Graph, c *model.Component, prefix string) bool {
	exports := g.Exports(c)
	at, _ := slices.BinarySearchFunc(exports, prefix+".", func(v model.Variable, name string) int {
		return strings.Compare(v.Name, name)
	})
	return at < len(exports) && strings.HasPrefix(exports[at].Name, prefix+".")
}

// Prefixes are the prefixes that an instance of c publishes, sorted.
func Prefixes(g *model.Graph, c *model.Component) []string {
	var out []string
	for _, v := range g.Exports(c) {
		if prefix, _ := model.SplitName(v.Name); len(out) == 0 || out[len(out)-1] != prefix {
			out = append(out, prefix)
		}
	}
	slices.Sort(out) // a name may hold characters that come before the dot
	return slices.Compact(out)
}

// Need is a prefix that a component imports from its own application (MOD-147).
type Need struct {
	Prefix   string
	Optional bool // all the imports with this prefix are optional
}

// Needs are the prefixes of the imports of c, external ones left out, sorted.
func Needs(g *model.Graph, c *model.Component) []Need {
	var out []Need
	for _, i := range g.Imports(c) {
		if i.External {
			continue
		}
		at := slices.IndexFunc(out, func(n Need) bool { return n.Prefix == i.Prefix })
		if at < 0 {
			out = append(out, Need{i.Prefix, i.Optional})
			continue
		}
		out[at].Optional = out[at].Optional && i.Optional
	}
	slices.SortFunc(out, func(a, b Need) int { return strings.Compare(a.Prefix, b.Prefix) })
	return out
}

// Dependency is one component needing another (MOD-150).
type Dependency struct {
	From, To *model.Component
	Prefix   string
	Optional bool
}

// Dependencies are all of them, sorted by From, To, Prefix.
func Dependencies(g *model.Graph) []Dependency {
	var out []Dependency
	for _, c := range g.Components() {
		for _, need := range Needs(g, c) {
			for _, to := range bearers(g, need.Prefix) {
				out = append(out, Dependency{From: c, To: to, Prefix: need.Prefix, Optional: need.Optional})
			}
		}
	}
	slices.SortFunc(out, func(a, b Dependency) int {
		return cmp.Or(strings.Compare(a.From.Name, b.From.Name), strings.Compare(a.To.Name, b.To.Name), strings.Compare(a.Prefix, b.Prefix))
	})
	return out
}

// Link is one instance that may import from another.
type Link struct {
	From, To string // paths: From imports what To exports
	Prefix   string
	Optional bool
}

// Links are the import links between predefined instances, sorted by From, To, Prefix. An instance never imports from
// itself (MOD-145).
func Links(app *model.Application) []Link {
	places := occurrences(app)
	publishers := make(map[string][]string)
	for _, o := range places {
		for _, prefix := range o.prefixes {
			publishers[prefix] = append(publishers[prefix], o.path)
		}
	}
	var out []Link
	for _, o := range places {
		for _, need := range o.needs {
			for _, to := range publishers[need.Prefix] {
				if to != o.path {
					out = append(out, Link{From: o.path, To: to, Prefix: need.Prefix, Optional: need.Optional})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Link) int {
		return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.To, b.To), strings.Compare(a.Prefix, b.Prefix))
	})
	return out
}

// occurrence is an instance with what its component needs and publishes.
type occurrence struct {
	path, parent string
	known        bool // its component exists
	needs        []Need
	prefixes     []string
}

// occurrences lists the instances of an application, parents first; of two with one path the first counts.
func occurrences(app *model.Application) []occurrence {
	type facts struct {
		needs    []Need
		prefixes []string
	}
	of := make(map[string]facts)
	seen := make(map[string]bool)
	var out []occurrence
	for path, i := range model.Walk(app.Instances) {
		if seen[path] {
			continue
		}
		seen[path] = true
		c := app.Graph.Component(i.Component)
		f, done := of[i.Component]
		if !done && c != nil {
			f = facts{Needs(app.Graph, c), Prefixes(app.Graph, c)}
			of[i.Component] = f
		}
		parent := path[:len(path)-len(i.Name)-1]
		out = append(out, occurrence{path: path, parent: parent, known: c != nil, needs: f.needs, prefixes: f.prefixes})
	}
	return out
}
