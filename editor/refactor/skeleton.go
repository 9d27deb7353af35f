package refactor

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
)

// resourceDir is the recipe folder of a component: its own, else that of the nearest component it extends (MOD-55); its own when
// there is none yet.
func resourceDir(r *load.Result, t *model.Component) (dir string, there bool) {
	for _, super := range r.App.Graph.Supers(t) {
		if _, ok := r.Resources[super.Name]; ok {
			return inProject(r, "graph", super.Name), true
		}
	}
	return inProject(r, "graph", t.Name), false
}

// skeleton is what the recipe of a component lacks: what its installer looks for, with the variables that it will be given.
func (n *notes) skeleton(r *load.Result, t *model.Component) (files []source.File) {
	dir, there := resourceDir(r, t)
	inside := r.Resources[path.Base(dir)]
	for _, f := range recipe.Skeleton(sketch(r.App.Graph, t)) {
		if there && served(inside, f.Name) {
			continue
		}
		f.Name = path.Join(dir, f.Name)
		if !n.exists(r, f.Name) {
			files = append(files, f)
		}
	}
	return files
}

// served says whether a recipe has something that does what a file of a skeleton would do.
func served(inside []string, file string) bool {
	in, name := path.Split(file)
	switch {
	case in == recipe.Scripts+"/":
		return recipe.Choose(inside, strings.TrimSuffix(name, path.Ext(name))).File != ""
	case path.Ext(name) == ".pp":
		return len(recipe.Modules(inside)) > 0 && slices.ContainsFunc(inside, func(f string) bool { return path.Ext(f) == ".pp" })
	case name == targetFile:
		return slices.ContainsFunc(inside, isTargetDefinition)
	case name == recipe.Instructions:
		return slices.Contains(inside, name)
	}
	return true // a note, beside what is there already
}

const targetFile = "target.properties"

func isTargetDefinition(file string) bool {
	return !strings.Contains(file, "/") && strings.EqualFold(path.Ext(file), ".properties")
}

// sketch says for what component a recipe is wanted.
func sketch(g *model.Graph, t *model.Component) recipe.Sketch {
	s := recipe.Sketch{Component: t.Name, Installer: g.Installer(t)}
	for _, v := range g.Exports(t) {
		_, local := model.SplitName(v.Name)
		s.Exports = append(s.Exports, local)
	}
	for _, i := range g.Imports(t) {
		if !slices.Contains(s.Imports, i.Prefix) {
			s.Imports = append(s.Imports, i.Prefix)
		}
	}
	slices.Sort(s.Exports)
	s.Exports = slices.Compact(s.Exports)
	return s
}

// exportsUnder are the local names that a type exports under its own name.
func exportsUnder(g *model.Graph, prefix string) (list []string) {
	var exports []model.Variable
	if t := g.Component(prefix); t != nil {
		exports = g.Exports(t)
	} else if f := g.Facet(prefix); f != nil {
		exports = g.FacetExports(f)
	}
	for _, v := range exports {
		if p, local := model.SplitName(v.Name); p == prefix {
			list = append(list, local)
		}
	}
	return list
}
