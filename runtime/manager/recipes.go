package manager

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// setRecipes keeps the files of components. Lists are shared by every request: nobody changes them.
func (a *app) setRecipes(list []Recipe) error {
	recipes := make(map[string][]message.File, len(list))
	for _, r := range list {
		switch {
		case a.graph.Component(r.Component) == nil:
			return fmt.Errorf("recipe of %s: the graph has no such component", r.Component)
		case recipes[r.Component] != nil:
			return fmt.Errorf("recipe of %s: it is given twice", r.Component)
		}
		files := slices.Clone(r.Files)
		slices.SortFunc(files, func(x, y message.File) int { return strings.Compare(x.Name, y.Name) })
		recipes[r.Component] = files
	}
	a.recipes = recipes
	return nil
}

// files are those of the recipe of a component: its own, else those of the component that it extends, and so on (PL-10).
func (a *app) files(component string) []message.File {
	for _, c := range a.graph.Supers(a.graph.Component(component)) {
		if files := a.recipes[c.Name]; files != nil {
			return files
		}
	}
	return nil
}

// probes are the probe files of a component, by its exact name (PL-12): the measures, and what belongs to them.
func (a *app) probes(component string) []message.File {
	measures, settings := component+".measures", component+".measures.properties"
	var list []message.File
	for _, f := range a.recipes[component] {
		if f.Name == measures || f.Name == settings {
			list = append(list, f)
		}
	}
	if len(list) == 0 || list[0].Name != measures {
		return nil
	}
	return list
}

// setRecipes replaces the files of an application. Requests refer to them from now on; probe files that changed are sent (MG-62).
func (m *Manager) setRecipes(a *app, list []Recipe) error {
	before := a.recipes
	if err := a.setRecipes(list); err != nil {
		return fmt.Errorf("change the recipes of %s: %w", a.name, err)
	}
	m.touch(a)
	m.do(AppChanged{App: a.name, Turn: Edited, ID: m.corr})
	old := app{recipes: before}
	for k := range a.hosts {
		if a.hosts[k].node < 0 || a.hosts[k].model == "" {
			continue
		}
		for _, i := range a.scope(int32(k)) {
			component := a.nodes[i].decl.Component
			if now := a.probes(component); !sameFiles(now, old.probes(component)) {
				m.send(a, int32(k), &message.ProbesSet{Path: a.nodes[i].path, Files: now}, m.corr)
			}
		}
	}
	return nil
}

func sameFiles(x, y []message.File) bool {
	return slices.EqualFunc(x, y, func(f, g message.File) bool { return f.Name == g.Name && f.SHA256 == g.SHA256 && f.Mode == g.Mode })
}

// sendProbes gives an agent the probe files of its instances: after the model, before requests (MG-61).
func (m *Manager) sendProbes(a *app, k int32) {
	if len(a.recipes) == 0 {
		return
	}
	for _, i := range a.scope(k) {
		if files := a.probes(a.nodes[i].decl.Component); files != nil {
			m.publish(a.agent(k), &message.ProbesSet{Path: a.nodes[i].path, Files: files}, m.corr)
		}
	}
}

// chunk sends a piece of a file to the agent that wants it (MS-65).
func (m *Manager) chunk(ev Chunk) {
	a := m.apps[ev.App]
	if a == nil || ev.Data == nil {
		return
	}
	if i, ok := a.paths[ev.Path]; ok && a.nodes[i].machine && a.nodes[i].state != lifecycle.NotDeployed {
		m.publish(a.agent(a.nodes[i].host), ev.Data, "")
	}
}

// Recipes are the files of an application, sorted by component. Nobody may change the lists.
func (m *Manager) Recipes(name string) []Recipe {
	a := m.apps[name]
	if a == nil {
		return nil
	}
	list := make([]Recipe, 0, len(a.recipes))
	for _, c := range sortedKeys(a.recipes) {
		list = append(list, Recipe{c, a.recipes[c]})
	}
	return list
}

// Wanted says whether a file is part of a recipe: what is not can be forgotten.
func (m *Manager) Wanted() map[string]bool {
	wanted := map[string]bool{}
	for _, name := range m.names() {
		for _, r := range m.Recipes(name) {
			for _, f := range r.Files {
				wanted[f.SHA256] = true
			}
		}
	}
	return wanted
}
