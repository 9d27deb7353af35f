package load

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// Import is an import of one of the two languages of models, as it is written.
type Import struct {
	Location string
	// Place is that of the location; Target the file that it leads to, which need not exist.
	Place  source.Place
	Target string
	// Root is the folder that locations of the language start from (DSL-71).
	Root string
}

// Imports are those of the files that were read because something leads to them, file by file. What names no file is left out.
func (r *Result) Imports() (list []Import) {
	for _, name := range r.Reached {
		u := r.units[name]
		if u == nil {
			continue
		}
		root := path.Join(r.Base, graphDir)
		if strings.HasPrefix(name, path.Join(r.Base, instancesDir)+"/") {
			root = path.Join(r.Base, instancesDir)
		}
		for _, i := range u.imports {
			if i.location != "" {
				list = append(list, Import{i.location, i.place, path.Join(root, i.location), root})
			}
		}
	}
	return list
}

// suggestFile names the files of a language that a wrong location may stand for (DIA-45). No file is meant to import itself.
func (l *loader) suggestFile(p *diag.Problem, lang language, location string, guesses *Guesses) {
	if p.Place.IsZero() || !guesses.Left() {
		return
	}
	root := l.folder.path(lang.dir) + "/"
	names := guesses.Among(l.filesOf(lang, root)).Names(location)
	names = slices.DeleteFunc(names, func(name string) bool { return root+name == p.Place.File })
	if len(names) > 0 {
		propose(p, location, names, p.Place)
	}
}

// filesOf are the files of a language, as locations, ready to be compared with wrong ones.
func (l *loader) filesOf(lang language, root string) *near.Known {
	if known := l.locations[lang.dir]; known != nil {
		return known
	}
	var known []string
	for _, name := range l.All {
		if rest, below := strings.CutPrefix(name, root); below && hasExt(name, lang.ext) {
			known = append(known, rest)
		}
	}
	if l.locations == nil {
		l.locations = make(map[string]*near.Known, 2)
	}
	l.locations[lang.dir] = near.Among(known, nil)
	return l.locations[lang.dir]
}
