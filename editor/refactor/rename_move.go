package refactor

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// The extensions of files that are called after what they are about.
const (
	commandExt    = ".commands"
	ruleExt       = ".drl"
	measuresExt   = ".measures"
	parametersExt = ".measures.properties"
)

// move gives files and folders the new name that bear the old one.
func (r *renamer) move() error {
	switch r.name.Kind {
	case names.Component:
		return r.moveComponent()
	case names.Command:
		return r.moveFiles("commands", commandExt)
	case names.Rule:
		return r.moveFiles("rules.autonomic", ruleExt)
	case names.File:
		return r.moveTo(r.name.Text, r.target())
	}
	return nil
}

// moveComponent moves the recipe folder of a component and its probe files (MOD-55, PRB-1).
func (r *renamer) moveComponent() error {
	for _, ext := range []string{measuresExt, parametersExt} {
		if from := inProject(r.Result, "probes", r.name.Text+ext); r.exists(from) {
			if err := r.moveTo(from, inProject(r.Result, "probes", r.to+ext)); err != nil {
				return err
			}
		}
	}
	from, to := inProject(r.Result, "graph", r.name.Text), inProject(r.Result, "graph", r.to)
	if r.exists(to) {
		return fmt.Errorf("there is a folder %s already: it would become the recipe of this", to)
	}
	if !r.exists(from) {
		return nil
	}
	r.follow(from, to)
	return r.moveTo(from, to)
}

// follow corrects the locations of graph files that stand in a folder which moves.
func (r *renamer) follow(from, to string) {
	for _, file := range r.files() {
		if r.Result.Files[file].Tree == nil || !strings.HasPrefix(file, from+"/") {
			continue
		}
		for _, u := range names.Uses(r.Ground, names.Name{Kind: names.File, Text: file}) {
			if u.Place.Span.Len() > 0 {
				r.out.Edits = append(r.out.Edits, r.relocate(u.Place, file, to+file[len(from):]))
			}
		}
	}
}

// moveFiles moves the files of a folder that are called after a command or a rule.
func (r *renamer) moveFiles(folder, ext string) error {
	below := inProject(r.Result, folder) + "/"
	for _, file := range r.Result.All {
		if strings.HasPrefix(file, below) && path.Base(file) == r.name.Text+ext {
			if err := r.moveTo(file, path.Join(path.Dir(file), r.to+ext)); err != nil {
				return err
			}
		}
	}
	return nil
}

// bears says whether the file of the rule is called after it.
func (r *renamer) bears(name string) bool {
	for _, file := range r.Result.All {
		if path.Base(file) == name+ruleExt {
			return true
		}
	}
	return false
}

func (r *renamer) moveTo(from, to string) error {
	if r.exists(to) {
		return fmt.Errorf("there is a file %s already", to)
	}
	r.out.Moves = append(r.out.Moves, source.Move{From: from, To: to})
	return nil
}

func (r *renamer) exists(name string) bool {
	if r.FS != nil {
		_, err := fs.Stat(r.FS, name)
		return err == nil
	}
	for _, f := range r.Result.All {
		if f == name || strings.HasPrefix(f, name+"/") {
			return true
		}
	}
	return false
}

// scripts refuses a new name after which a command file would no longer run: what it puts together from variables and indexes cannot be
// renamed word by word.
func (r *renamer) scripts() error {
	if r.name.Kind != names.Instance && r.name.Kind != names.Script {
		return nil
	}
	byFile := make(map[string][]source.Edit)
	for _, e := range r.out.Edits {
		byFile[e.Place.File] = append(byFile[e.Place.File], e)
	}
	before := command.Context{Graph: r.Result.App.Graph, Instances: command.Of(r.Result.App.Instances), Commands: r.commands()}
	after := before
	after.Instances = r.renamedInstances()
	for _, file := range r.Result.All {
		if !strings.HasSuffix(file, commandExt) || r.name.Owner != "" && file != r.name.Owner {
			continue
		}
		text, _ := r.Text(file)
		called := strings.TrimSuffix(path.Base(file), commandExt)
		was := severeIn(command.Run(command.Parse(file, called, text), before).Problems)
		now := severeIn(command.Run(command.Parse(file, called, source.Apply(text, byFile[file])), after).Problems)
		if len(now) > len(was) {
			return fmt.Errorf("%s would no longer run: %s", r.where(now[0].Place), now[0].Message(r.Language))
		}
	}
	return nil
}

func (r *renamer) commands() (list []string) {
	for _, file := range r.Result.All {
		if strings.HasSuffix(file, commandExt) {
			list = append(list, strings.TrimSuffix(path.Base(file), commandExt))
		}
	}
	return list
}

func severeIn(found []diag.Problem) (list []diag.Problem) {
	for _, p := range found {
		if p.Level() == diag.Severe {
			list = append(list, p)
		}
	}
	return list
}

// renamedInstances are the instances as they are after the renaming.
func (r *renamer) renamedInstances() command.Instances {
	if r.name.Owner != "" || r.name.Kind != names.Instance {
		return command.Of(r.Result.App.Instances)
	}
	first := model.Find(r.Result.App.Instances, r.name.Text)
	all := make(command.Instances)
	var list func(above string, instances []*model.Instance)
	list = func(above string, instances []*model.Instance) {
		for _, i := range instances {
			name := i.Name
			if first != nil && i.File == first.File && i.Base == first.Base && i.Header == first.Header {
				name = r.to + indexOf(i)
			}
			all[above+"/"+name] = i.Component
			list(above+"/"+name, i.Children)
		}
	}
	list("", r.Result.App.Instances)
	return all
}
