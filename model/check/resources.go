package check

import (
	"io/fs"
	"path"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// resources checks the recipe folder of each component (diagnostics.md 3.6): that there is one, then what its installer
// wants in it.
func resources(s *subject) (found []diag.Problem) {
	if !s.result.HasGraph || s.fsys == nil || s.result.GraphFile == "" {
		return nil
	}
	r := openRecipes(s)
	for c, installer := range s.graph.Installers() {
		if c.Name == "" {
			continue
		}
		dir, ok := r.folderOf(c)
		if !ok {
			if !s.unsure(c) {
				found = append(found, onType(diag.ProjNoResourceDirectory, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
			}
			continue
		}
		found = append(found, r.check(c, installer, dir)...)
	}
	return found
}

// recipes knows the folders of resources without asking the disk for each.
type recipes struct {
	*subject
	root  string
	files map[string][]string // by folder, relative to it
}

func openRecipes(s *subject) *recipes {
	return &recipes{subject: s, root: path.Join(s.result.Base, "graph"), files: s.result.Resources}
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
	}
	return nil
}

func (r *recipes) path(dir, file string) string { return path.Join(r.root, dir, file) }

func (r *recipes) read(dir, file string) (string, error) {
	data, err := fs.ReadFile(r.fsys, r.path(dir, file))
	return string(data), err
}

// scripts: files without a folder of scripts would never run.
func (r *recipes) scripts(c *model.Component, dir string) []diag.Problem {
	files := r.files[dir]
	if len(files) == 0 {
		return nil
	}
	for _, f := range files {
		if strings.HasPrefix(f, "scripts/") {
			return nil
		}
	}
	if info, err := fs.Stat(r.fsys, r.path(dir, "scripts")); err == nil && info.IsDir() {
		return nil
	}
	return []diag.Problem{onType(diag.RecScriptNoScriptsDir, c.Name, c.Origin, detail(diag.KindComponent, c.Name))}
}

// targets: the properties directly in the folder of a machine say where machines come from (MOD-56).
func (r *recipes) targets(c *model.Component, dir string) (found []diag.Problem) {
	some := false
	var direct []string
	for _, f := range r.files[dir] {
		if strings.EqualFold(path.Ext(f), ".properties") {
			some = true
			if !strings.Contains(f, "/") {
				direct = append(direct, f)
			}
		}
	}
	if some && len(direct) == 0 {
		return []diag.Problem{onType(diag.RecTargetNoProperties, c.Name, c.Origin, detail(diag.KindDirectory, path.Join(r.root, dir)))}
	}
	ids := make(map[string]bool)
	for _, f := range direct {
		found = append(found, r.target(c, dir, f, ids)...)
	}
	return found
}

// target checks one definition; ids are those of the definitions before it.
func (r *recipes) target(c *model.Component, dir, file string, ids map[string]bool) (found []diag.Problem) {
	report := func(code diag.Code, d diag.Detail) {
		found = append(found, onType(code, c.Name, c.Origin, d))
	}
	text, err := r.read(dir, file)
	var p *load.Properties
	if err == nil {
		p, err = load.ParseProperties(text)
	}
	if err != nil {
		report(diag.RecTargetInvalidFileOrContent, detail(diag.KindFile, file))
		return found
	}
	switch id := p.Value("id"); {
	case id == "":
		report(diag.RecTargetNoID, detail(diag.KindFile, file))
	case ids[id]:
		report(diag.RecTargetConflictingID, detail(diag.KindName, id))
	default:
		ids[id] = true
	}
	if p.Value("handler") == "" {
		report(diag.RecTargetNoHandler, detail(diag.KindFile, file))
	}
	if p.Value("name") == "" {
		report(diag.RecTargetNoName, detail(diag.KindFile, file))
	}
	return found
}
