package check

import (
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/near"
)

// tables are what only some applications need: each is made when it is first asked for.
type tables struct {
	set    map[string][]*model.Component
	listed map[string]bool
	texts  map[string]string // of recipe files, by name
	types  *near.Known
	family []*model.Component
	// misspelt are the types that words which designate nothing were probably meant for; see meant.
	misspelt map[string]bool
	// inside are the texts of the recipe folder that was opened last, as far as they were asked for.
	opened string
	inside []recipeText
	// recipes knows the folders of recipes, folders their names, sorted.
	recipes *recipes
	folders []string
}

// setters are the components whose instances set a variable, by its local name.
func (t *tables) setters(s *subject) map[string][]*model.Component {
	if t.set == nil {
		t.set = make(map[string][]*model.Component)
		for k := range s.instances {
			l := &s.instances[k]
			for _, o := range l.Overrides {
				name := o.Name
				prefix, local := model.SplitName(name)
				if prefix != "" && (s.graph.Component(prefix) != nil || s.graph.Facet(prefix) != nil) {
					name = local
				}
				if l.component != nil && !slices.Contains(t.set[name], l.component) {
					t.set[name] = append(t.set[name], l.component)
				}
				t.set[name] = append(t.set[name], l.meant...)
			}
		}
	}
	return t.set
}

// named are the types that stand in a list of children, or before the dot of an import.
func (t *tables) named(s *subject) map[string]bool {
	if t.listed == nil {
		t.listed = make(map[string]bool)
		for _, c := range s.graph.Components() {
			for _, r := range c.Children {
				t.listed[r.Name] = true
			}
			for _, i := range c.Imports {
				t.listed[i.Prefix] = true
			}
		}
		for _, f := range s.graph.Facets() {
			for _, r := range f.Children {
				t.listed[r.Name] = true
			}
		}
	}
	return t.listed
}
