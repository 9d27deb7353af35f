package check

import (
	"path"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/rule"
	"github.com/roboconf/workbench/model/source"
)

// The extensions of the small languages.
const (
	commandsExt = ".commands"
	rulesExt    = ".drl"
)

// scripts are the files of a folder that have an extension, in this letter case (MOD-12), in the order of the folder.
func (s *subject) scripts(dir, ext string) (files []*load.File) {
	prefix := path.Join(s.result.Base, dir) + "/"
	for _, name := range s.result.Scripts {
		if !strings.HasPrefix(name, prefix) || !strings.HasSuffix(name, ext) {
			continue
		}
		if f := s.result.Files[name]; f != nil && f.Tree == nil {
			files = append(files, f)
		}
	}
	return files
}

// bareName is the name of a file without its folder and its extension (MOD-15).
func bareName(file, ext string) string {
	base := path.Base(file)
	return base[:len(base)-len(ext)]
}

// commandNames are the names of all commands.
func (s *subject) commandNames() (names []string) {
	for _, f := range s.scripts("commands", commandsExt) {
		names = append(names, bareName(f.Name, commandsExt))
	}
	return names
}

// readRules reads the rules of the application, once.
func (s *subject) readRules() []*rule.File {
	if s.rules == nil {
		s.rules = []*rule.File{}
		for _, f := range s.scripts("rules.autonomic", rulesExt) {
			s.rules = append(s.rules, rule.Parse(f.Name, f.Text))
		}
	}
	return s.rules
}

// rulesAlone gives what each rule file says wrong by itself (diagnostics.md 3.8).
func rulesAlone(s *subject) (found []diag.Problem) {
	for _, f := range s.readRules() {
		found = append(found, f.Problems...)
	}
	return found
}

// ruleCommands: the commands of a rule exist (RULE_UNKNOWN_COMMAND).
func ruleCommands(s *subject) (found []diag.Problem) {
	var known *near.Known
	commands := make(map[string]bool)
	for _, name := range s.commandNames() {
		commands[name] = true
	}
	for _, f := range s.readRules() {
		for _, c := range f.Rule.Commands {
			if commands[c.Text] {
				continue
			}
			p := onRule(diag.RuleUnknownCommand, f, c.Span, detail(diag.KindName, c.Text))
			if fix := asKnownCommands(c, f.Place(c.Span), commands); fix != nil {
				p.Fixes = fix
			} else {
				if known == nil {
					known = near.Among(s.commandNames(), nil)
				}
				load.Suggest(&p, c.Text, known, f.Place(c.Span))
			}
			found = append(found, p)
		}
	}
	return found
}

func onRule(code diag.Code, f *rule.File, at source.Span, details ...diag.Detail) diag.Problem {
	return diag.Problem{Code: code, Place: f.Place(at), On: f.Rule.Name.Text, Details: details}
}

// asKnownCommands cures what stands for commands in another writing: separated by commas (RUL-6), or with the extension of their
// files (RUL-7).
func asKnownCommands(c rule.Word, at source.Place, known map[string]bool) []diag.Fix {
	var names []string
	for piece := range strings.SplitSeq(c.Text, ",") {
		name := strings.TrimSuffix(strings.TrimSpace(piece), commandsExt)
		if !known[name] {
			return nil
		}
		names = append(names, name)
	}
	return []diag.Fix{load.Replacement(diag.Say("Write the names of commands"), at, strings.Join(names, "; "))}
}

// ruleNames: a rule is called like its file, and no two rules have one name (commands-rules-probes.md 3.2).
func ruleNames(s *subject) (found []diag.Problem) {
	first := make(map[string]*rule.File)
	for _, f := range s.readRules() {
		name := f.Rule.Name
		if name.Text == "" {
			continue
		}
		if other := first[name.Text]; other != nil {
			p := onRule(diag.XRuleDuplicateName, f, f.Header, detail(diag.KindName, name.Text))
			p.Related = related(other.Place(other.Header), diag.Say("first used here"))
			found = append(found, p)
		} else {
			first[name.Text] = f
		}
		if bare := bareName(f.Name, rulesExt); bare != name.Text {
			p := onRule(diag.XRuleNameMismatch, f, f.Header, detail(diag.KindName, name.Text), detail(diag.KindExpected, bare))
			p.Fixes = []diag.Fix{load.Replacement(diag.Say("Call the rule %s", bare), f.Place(name.Span), bare)}
			found = append(found, p)
		}
	}
	return found
}
