package check

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// commandFiles checks every script against the predefined instances (CMD-51). It asks for a graph (MOD-15).
func commandFiles(s *subject) (found []diag.Problem) {
	files := s.scripts("commands", commandsExt)
	if len(files) == 0 || s.result.Holes {
		return nil
	}
	results := s.runAll(files)
	for _, r := range results {
		found = append(found, r.Problems...)
	}
	return append(found, command.Circles(results)...)
}

func (s *subject) runAll(files []*load.File) (results []*command.Result) {
	c := command.Context{
		Graph: s.graph, Instances: command.Of(s.app.Instances), Commands: s.commandNames(), Targets: s.targetIDs(),
	}
	for _, f := range files {
		results = append(results, command.Run(command.Parse(f.Name, bareName(f.Name, commandsExt), f.Text), c))
	}
	return results
}

// targetIDs are the ids of the target definitions of all machines (MOD-56).
func (s *subject) targetIDs() (ids []string) {
	if s.fsys == nil {
		return nil
	}
	r := openRecipes(s)
	for c, installer := range s.graph.Installers() {
		dir, ok := r.folderOf(c)
		if !ok || !strings.EqualFold(installer, model.MachineInstaller) {
			continue
		}
		for _, file := range r.files[dir] {
			if strings.Contains(file, "/") || !strings.EqualFold(path.Ext(file), ".properties") {
				continue
			}
			if text, err := r.read(dir, file); err == nil {
				p, _ := load.ParseProperties(text) // what stands before a fault counts all the same
				if id := p.Value("id"); id != "" && !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}

// commandTwins: a command has one file; of several with one name one would hide the others.
func commandTwins(s *subject) (found []diag.Problem) {
	first := make(map[string]*load.File)
	for _, f := range s.scripts("commands", commandsExt) {
		name := bareName(f.Name, commandsExt)
		other := first[name]
		if other == nil {
			first[name] = f
			continue
		}
		found = append(found, diag.Problem{
			Code: diag.XDuplicateCommandName, Place: s.result.FirstLine(f.Name), On: name,
			Details: []diag.Detail{detail(diag.KindName, name)},
			Related: related(s.result.FirstLine(other.Name), "the other file"),
		})
	}
	return found
}

// Command checks one command of a loaded application by its name, as it is before it runs (CMD-15, CMD-51).
func Command(r *load.Result, fsys fs.FS, name string) []diag.Problem {
	s := newSubject(r, fsys)
	files := s.scripts("commands", commandsExt)
	if !slices.Contains(s.commandNames(), name) {
		return []diag.Problem{command.Missing(name)}
	}
	results := s.runAll(files)
	found := command.Circles(results)
	for _, one := range results {
		found = append(found, one.Problems...)
	}
	return r.Locate(slices.DeleteFunc(found, func(p diag.Problem) bool { return bareName(p.Place.File, commandsExt) != name }))
}
