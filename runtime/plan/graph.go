package plan

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
)

// changes says how types differ, "" when they mean the same. Where they stand in files, their comments, their order do not count.
func changes(old, now *model.Graph) string {
	if old == now {
		return ""
	}
	var words []string
	for _, c := range now.Components() {
		if was := old.Component(c.Name); was == nil {
			words = append(words, c.Name+" is new")
		} else if what := componentChanges(was, c); what != "" {
			words = append(words, c.Name+": "+what)
		}
	}
	for _, c := range old.Components() {
		if now.Component(c.Name) == nil {
			words = append(words, c.Name+" is gone")
		}
	}
	for _, f := range now.Facets() {
		if was := old.Facet(f.Name); was == nil {
			words = append(words, "the facet "+f.Name+" is new")
		} else if what := facetChanges(was, f); what != "" {
			words = append(words, "the facet "+f.Name+": "+what)
		}
	}
	for _, f := range old.Facets() {
		if now.Facet(f.Name) == nil {
			words = append(words, "the facet "+f.Name+" is gone")
		}
	}
	slices.Sort(words)
	return strings.Join(words, "; ")
}

func componentChanges(a, b *model.Component) string {
	var words []string
	note := func(same bool, word string) {
		if !same {
			words = append(words, word)
		}
	}
	note(a.Installer.Name == b.Installer.Name, "installer")
	note(a.Extends.Name == b.Extends.Name, "extends")
	note(sameRefs(a.Facets, b.Facets), "facets")
	note(sameRefs(a.Children, b.Children), "children")
	note(sameVariables(a.Exports, b.Exports), "exports")
	note(slices.EqualFunc(a.Imports, b.Imports, sameImport), "imports")
	return strings.Join(words, ", ")
}

func facetChanges(a, b *model.Facet) string {
	var words []string
	note := func(same bool, word string) {
		if !same {
			words = append(words, word)
		}
	}
	note(a.Installer.Name == b.Installer.Name, "installer")
	note(sameRefs(a.Extends, b.Extends), "extends")
	note(sameRefs(a.Children, b.Children), "children")
	note(sameVariables(a.Exports, b.Exports), "exports")
	return strings.Join(words, ", ")
}

func sameRefs(a, b []model.Ref) bool {
	return slices.EqualFunc(a, b, func(x, y model.Ref) bool { return x.Name == y.Name })
}

func sameVariables(a, b []model.Variable) bool {
	return slices.EqualFunc(a, b, func(x, y model.Variable) bool {
		return x.Name == y.Name && x.Value == y.Value && x.Random == y.Random && x.Kind == y.Kind
	})
}

func sameImport(a, b model.Import) bool {
	return a.Prefix == b.Prefix && a.Name == b.Name && a.Optional == b.Optional && a.External == b.External
}
