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
	results := s.runScripts()
	for _, r := range results {
		found = append(found, r.Problems...)
	}
	found = slices.DeleteFunc(found, s.followsFromModel)
	return append(found, command.Circles(results)...)
}

// followsFromModel says whether a finding of a script comes from a mistake of the model, which was told there: nobody knows where a
// component may run, or which instances there are.
func (s *subject) followsFromModel(p diag.Problem) bool {
	switch p.Code {
	case diag.CmdCannotHaveAnyParent, diag.CmdNotAnAcceptableParent:
		return len(p.Details) > 0 && s.meant(p.Details[0].Text)
	case diag.CmdNoMatchingInstance:
		return s.result.Loose || len(p.Details) > 0 && s.result.UnreadOfInstances(path.Base(p.Details[0].Text))
	}
	return false
}

// runScripts runs every command against the predefined instances, once.
func (s *subject) runScripts() []*command.Result {
	if s.scripted == nil {
		if files := s.scripts("commands", commandsExt); len(files) > 0 {
			s.scripted = s.runAll(files)
		}
	}
	return s.scripted
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
			if f := r.open(dir, file); f.err == nil {
				if id := f.keys().Value("id"); id != "" && !slices.Contains(ids, id) {
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
			Related: related(s.result.FirstLine(other.Name), diag.Say("the other file")),
		})
	}
	return found
}

// Command checks one command of a loaded application by its name, as it is before it runs (CMD-15, CMD-51).
func Command(r *load.Result, fsys fs.FS, name string) []diag.Problem {
	s := newSubject(r, fsys)
	if !slices.Contains(s.commandNames(), name) {
		return []diag.Problem{command.Missing(name)}
	}
	results := s.runScripts()
	found := command.Circles(results)
	for _, one := range results {
		found = append(found, one.Problems...)
	}
	return r.Locate(slices.DeleteFunc(found, func(p diag.Problem) bool { return bareName(p.Place.File, commandsExt) != name }))
}
