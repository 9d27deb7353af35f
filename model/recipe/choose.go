package recipe

import (
	"path"
	"slices"
	"strings"
)

// Choice is the file that serves an action (PL-30).
type Choice struct {
	// File is relative to the folder of the recipe; "" when nothing serves the action.
	File string
	// Rivals are the files that could have been taken as well, File among them, in byte order; nil when the choice is clear.
	Rivals []string
}

// defaultTemplate serves every action that has nothing of its own.
const defaultTemplate = "default.template"

// Choose finds the script or template of an action among the files of a recipe, which are relative to its folder (PL-30).
func Choose(files []string, action string) Choice {
	var group, others []string
	served := ""
	for _, f := range files {
		dir, base := path.Split(f)
		rest, named := strings.CutPrefix(base, action)
		switch {
		case dir == Templates+"/" && (named && rest == ".template" || base == defaultTemplate && served == ""):
			served = f
		case dir != Scripts+"/" || !named:
		case rest == ".sh":
			return Choice{File: f}
		case rest == "" || rest[0] == '.':
			group = append(group, f)
		default:
			others = append(others, f)
		}
	}
	if len(group) == 0 {
		group = others
	}
	if len(group) == 0 {
		return Choice{File: served}
	}
	slices.Sort(group)
	if len(group) == 1 {
		return Choice{File: group[0]}
	}
	return Choice{File: group[0], Rivals: group}
}

// IsScript says whether a file of a recipe is run, or makes what is run.
func IsScript(file string) bool {
	return strings.HasPrefix(file, Scripts+"/") || strings.HasPrefix(file, Templates+"/")
}

// Modules are the folders of a Puppet recipe that hold a module to apply, in byte order (PL-50).
func Modules(files []string) (out []string) {
	for _, f := range files {
		top, _, ok := strings.Cut(f, "/")
		if ok && len(top) >= len(ModulePrefix) && strings.EqualFold(top[:len(ModulePrefix)], ModulePrefix) && !slices.Contains(out, top) {
			out = append(out, top)
		}
	}
	slices.Sort(out)
	return out
}

// Manifests are the manifests of a module that are looked at: those directly in its folder (PL-51).
func Manifests(files []string, module string) (out []string) {
	for _, f := range files {
		if path.Dir(f) == module+"/manifests" && strings.EqualFold(path.Ext(f), ".pp") {
			out = append(out, f)
		}
	}
	return out
}
