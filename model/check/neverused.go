package check

import (
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/diag"
)

// neverUsed: a rule or another command runs a command, unless people do by hand. The rule is off until a project switches it on
// (DIA-41).
func neverUsed(s *subject) (found []diag.Problem) {
	files := s.scripts("commands", commandsExt)
	used := make(map[string]bool)
	for _, r := range s.runScripts() {
		for _, in := range r.Instructions {
			if in.Kind == command.Execute && in.Command.Text != r.File.Command {
				used[in.Command.Text] = true
			}
		}
	}
	for _, f := range s.readRules() {
		for _, c := range f.Rule.Commands {
			used[c.Text] = true
		}
	}
	for _, f := range files {
		if name := bareName(f.Name, commandsExt); !used[name] {
			found = append(found, diag.Problem{
				Code: diag.XCmdNeverUsed, Place: s.result.FirstLine(f.Name), On: name, Details: []diag.Detail{detail(diag.KindName, name)},
			})
		}
	}
	return found
}
