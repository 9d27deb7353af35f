package check

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
)

// resources checks the recipe folder of a component (diagnostics.md 3.6, 4.6): that there is one, then what its installer wants
// in it.
func resources(s *subject, c *model.Component) []diag.Problem {
	if s.fsys == nil || s.result.GraphFile == "" || c.Name == "" {
		return nil
	}
	r := openRecipes(s)
	return r.locate(r.component(c, s.graph.Installer(c)))
}

// recipes knows the folders of resources without asking the disk for each.
type recipes struct {
	*subject
	root  string
	files map[string][]string // by folder, relative to it
	memo  *recipeMemo
	// folded are the folders of no component by their names in lower case, the first of each; nil until somebody asks.
	folded map[string]string
}

func openRecipes(s *subject) *recipes {
	if s.shared.recipes != nil {
		return s.shared.recipes
	}
	r := &recipes{subject: s, root: path.Join(s.result.Base, "graph"), files: s.result.Resources, memo: new(recipeMemo)}
	if s.options.Memo != nil {
		r.memo = &s.options.Memo.recipes
	}
	if r.memo.files == nil {
		r.memo.files, r.memo.puppet = make(map[string]*recipeFile, len(s.result.All)), make(map[string]verdict)
	}
	s.shared.recipes = r
	return r
}

// component checks one component. Without a folder there is nothing else to say.
func (r *recipes) component(c *model.Component, installer string) []diag.Problem {
	dir, ok := r.folderOf(c)
	if ok {
		return r.check(c, installer, dir)
	}
	if r.adrift(c) {
		return nil
	}
	p := onType(diag.ProjNoResourceDirectory, c.Name, c.Origin, detail(diag.KindComponent, c.Name))
	other := r.folderLike(c)
	if other == "" {
		return []diag.Problem{p} // what to put into a new folder is worked out when somebody asks
	}
	return []diag.Problem{p, r.wrongCase(c, other)}
}

// folderLike finds a folder whose name differs from that of a super component by letter case alone.
func (r *recipes) folderLike(c *model.Component) string {
	if r.folded == nil {
		r.folded = make(map[string]string)
		for _, name := range r.folders() {
			if key := strings.ToLower(name); r.folded[key] == "" && r.graph.Component(name) == nil {
				r.folded[key] = name
			}
		}
	}
	for _, super := range r.graph.Supers(c) {
		if name := r.folded[strings.ToLower(super.Name)]; name != "" {
			return name
		}
	}
	return ""
}

// folders are those directly below graph/, sorted.
func (r *recipes) folders() []string {
	if r.shared.folders == nil {
		r.shared.folders = make([]string, 0, len(r.files))
		for name := range r.files {
			r.shared.folders = append(r.shared.folders, name)
		}
		slices.Sort(r.shared.folders)
	}
	return r.shared.folders
}

// wrongCase: a folder that only some systems take for that of the component.
func (r *recipes) wrongCase(c *model.Component, folder string) diag.Problem {
	p := onType(diag.XPathCase, c.Name, c.Origin, detail(diag.KindDirectory, path.Join(r.root, folder)))
	owner := c.Name
	for _, super := range r.graph.Supers(c) {
		if strings.EqualFold(super.Name, folder) {
			owner = super.Name
		}
	}
	move := source.Move{From: path.Join(r.root, folder), To: path.Join(r.root, owner)}
	p.Fixes = []diag.Fix{{Title: diag.Say("Rename the folder to %s", owner), Moves: []source.Move{move}}}
	return p
}

// create is the fix that makes files in a recipe folder.
func (r *recipes) create(title diag.Phrase, dir string, files []source.File) []diag.Fix {
	made := make([]source.File, len(files))
	for i, f := range files {
		made[i] = f
		made[i].Name = r.path(dir, f.Name)
	}
	return []diag.Fix{{Title: title, Files: made}}
}

// sketch says what a recipe of a component is about.
func (r *recipes) sketch(c *model.Component, installer string) recipe.Sketch {
	s := recipe.Sketch{Component: c.Name, Installer: installer, Exports: r.localExports(c)}
	for _, i := range r.graph.Imports(c) {
		if !slices.Contains(s.Imports, i.Prefix) {
			s.Imports = append(s.Imports, i.Prefix)
		}
	}
	return s
}

// localExports are the local names under which a component exports, sorted.
func (r *recipes) localExports(c *model.Component) (names []string) {
	for _, v := range r.graph.Exports(c) {
		_, local := model.SplitName(v.Name)
		names = append(names, local)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// folderOf is the folder of the first of the super components that has one (MOD-55).
func (r *recipes) folderOf(c *model.Component) (string, bool) {
	if len(r.files) == 0 {
		return "", false
	}
	if _, ok := r.files[c.Name]; ok {
		return c.Name, true
	}
	for _, super := range r.graph.Supers(c) {
		if _, ok := r.files[super.Name]; ok {
			return super.Name, true
		}
	}
	return "", false
}

func (r *recipes) check(c *model.Component, installer, dir string) []diag.Problem {
	switch {
	case strings.EqualFold(installer, model.MachineInstaller):
		return r.targets(c, dir)
	case strings.EqualFold(installer, "script"):
		return r.scripts(c, dir)
	case strings.EqualFold(installer, "puppet"):
		return r.puppet(c, dir)
	case strings.EqualFold(installer, "file"):
		return r.instructions(c, dir)
	}
	return nil
}

func (r *recipes) path(dir, file string) string { return r.root + "/" + dir + "/" + file }

// open reads a file of a recipe folder.
func (r *recipes) open(dir, file string) *recipeFile { return r.memo.file(r.fsys, r.path(dir, file)) }
