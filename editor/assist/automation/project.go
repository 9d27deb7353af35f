// Package automation answers questions about commands, rules, probes.
package automation

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/probe"
	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/rule"
)

// The folders and extensions of the small languages (spec/model.md 3).
const (
	commandsDir   = "commands"
	rulesDir      = "rules.autonomic"
	probesDir     = "probes"
	commandsExt   = ".commands"
	rulesExt      = ".drl"
	measuresExt   = ".measures"
	parametersExt = ".measures.properties"
)

// project is an application with what automates it, each part read when it is first asked for.
type project struct {
	ask.Ground

	readCommands, readRules, readProbes bool
	scripts                             []script
	ruleFiles                           []*rule.File
	probeFiles                          []measures
	known                               *command.Context
}

// script is a command with its text.
type script struct {
	name, file string
	*command.File
}

// measures is a probe file with its parameters.
type measures struct {
	component string
	*probe.File
	parameters *properties.File // nil without a file
	beside     string           // the name of that file, which may not exist
}

// named are the files of a folder that have an extension, with their names without it.
func (p *project) named(dir, ext string) (files, names []string) {
	prefix := path.Join(p.Result.Base, dir) + "/"
	for _, f := range p.Result.All {
		if strings.HasPrefix(f, prefix) && strings.HasSuffix(strings.ToLower(f), ext) {
			base := path.Base(f)
			files, names = append(files, f), append(names, base[:len(base)-len(ext)])
		}
	}
	return files, names
}

func (p *project) commands() []script {
	if !p.readCommands {
		p.readCommands = true
		files, names := p.named(commandsDir, commandsExt)
		for i, f := range files {
			if text, ok := p.Text(f); ok {
				p.scripts = append(p.scripts, script{names[i], f, command.Parse(f, names[i], text)})
			}
		}
	}
	return p.scripts
}

// command finds a command by its name; false when no file makes it.
func (p *project) command(name string) (script, bool) {
	for _, s := range p.commands() {
		if s.name == name {
			return s, true
		}
	}
	return script{}, false
}

func (p *project) rules() []*rule.File {
	if !p.readRules {
		p.readRules = true
		files, _ := p.named(rulesDir, rulesExt)
		for _, f := range files {
			if text, ok := p.Text(f); ok {
				p.ruleFiles = append(p.ruleFiles, rule.Parse(f, text))
			}
		}
	}
	return p.ruleFiles
}

func (p *project) probes() []measures {
	if !p.readProbes {
		p.readProbes = true
		files, _ := p.named(probesDir, measuresExt)
		for _, f := range files {
			if text, ok := p.Text(f); ok {
				p.probeFiles = append(p.probeFiles, p.measures(f, text))
			}
		}
	}
	return p.probeFiles
}

// measures reads a probe file with the parameters beside it (PRB-15).
func (p *project) measures(file, text string) measures {
	bare := file[:len(file)-len(measuresExt)]
	m := measures{component: path.Base(bare), beside: bare + parametersExt}
	values := map[string]string{}
	if beside, ok := p.Text(m.beside); ok {
		m.parameters = properties.Parse(beside)
		for _, e := range m.parameters.Entries {
			values[e.Key] = e.Value
		}
	}
	m.File = probe.Parse(file, text, values)
	return m
}

// context is what scripts are held against (CMD-51).
func (p *project) context() command.Context {
	if p.known == nil {
		_, names := p.named(commandsDir, commandsExt)
		p.known = &command.Context{
			Graph: p.Result.App.Graph, Instances: command.Of(p.Result.App.Instances), Commands: names, Targets: reply.Sorted(p.targets()),
		}
	}
	return *p.known
}

// targets are the ids of target definitions (MOD-56).
func (p *project) targets() map[string]bool {
	ids := map[string]bool{}
	for _, d := range p.definitions() {
		ids[d.id] = true
	}
	return ids
}

// definition is a target definition of the project.
type definition struct{ id, file, component, handler, name string }

// definitions are the target definitions of all machines that have an id, by file.
func (p *project) definitions() (out []definition) {
	graph := p.Result.App.Graph
	for _, c := range graph.Components() {
		if !graph.IsMachine(c) {
			continue
		}
		for _, f := range p.Result.Resources[c.Name] {
			if strings.Contains(f, "/") || !strings.EqualFold(path.Ext(f), ".properties") {
				continue
			}
			file := path.Join(p.Result.Base, "graph", c.Name, f)
			if text, ok := p.Text(file); ok {
				if keys := properties.Parse(text); keys.Value("id") != "" {
					out = append(out, definition{keys.Value("id"), file, c.Name, keys.Value("handler"), keys.Value("name")})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b definition) int { return strings.Compare(a.file, b.file) })
	return out
}

// raised are the events that probes raise, with the files that do so.
func (p *project) raised() map[string][]measures {
	out := map[string][]measures{}
	for _, m := range p.probes() {
		for _, s := range m.Sections {
			if list := out[s.Event.Text]; len(list) == 0 || list[len(list)-1].Name != m.Name {
				out[s.Event.Text] = append(list, m)
			}
		}
	}
	return out
}

// awaited are the events that rules wait for, with these rules.
func (p *project) awaited() map[string][]*rule.File {
	out := map[string][]*rule.File{}
	for _, r := range p.rules() {
		for _, e := range r.Rule.Events {
			name := bareEvent(e.Text)
			if list := out[name]; len(list) == 0 || list[len(list)-1] != r {
				out[name] = append(list, r)
			}
		}
	}
	return out
}

// bareEvent is the name of an event without what stands in parentheses after it.
func bareEvent(event string) string {
	if name, _, ok := strings.Cut(event, "("); ok && strings.HasSuffix(event, ")") {
		return name
	}
	return event
}

// runners are the rules and the commands that run a command, by name.
func (p *project) runners(name string) (rules, commands []string) {
	for _, r := range p.rules() {
		if slices.ContainsFunc(r.Rule.Commands, func(w rule.Word) bool { return w.Text == name }) {
			rules = append(rules, ruleName(r))
		}
	}
	for _, s := range p.commands() {
		if s.name != name && slices.Contains(executed(s.File), name) {
			commands = append(commands, s.name)
		}
	}
	return rules, commands
}

// ruleName is what people call a rule.
func ruleName(f *rule.File) string {
	if f.Rule.Name.Text != "" {
		return f.Rule.Name.Text
	}
	return strings.TrimSuffix(path.Base(f.Name), rulesExt)
}

// executed are the commands that a script executes, as far as no variable names them.
func executed(f *command.File) (names []string) {
	for _, l := range f.Lines() {
		if l.Instruction != nil && l.Instruction.Kind == command.Execute && l.Instruction.Command.Text != "" {
			names = append(names, l.Instruction.Command.Text)
		}
	}
	return names
}

// leadsTo says whether a command executes another one, directly or not, or is that one.
func (p *project) leadsTo(from, to string) bool {
	seen := map[string]bool{}
	for todo := []string{from}; len(todo) > 0; todo = todo[1:] {
		if todo[0] == to {
			return true
		}
		if s, ok := p.command(todo[0]); ok && !seen[todo[0]] {
			seen[todo[0]] = true
			todo = append(todo, executed(s.File)...)
		}
	}
	return false
}

// bareName is the name of a file without its folder and its extension.
func bareName(file, ext string) string {
	return strings.TrimSuffix(path.Base(file), ext)
}

// countOf is how many instances a component has.
func (p *project) countOf(component string) (n int) {
	for range p.instancesOf(component) {
		n++
	}
	return n
}

// instancesOf are the paths of the instances of exactly one component, in the order of the application.
func (p *project) instancesOf(component string) (paths []string) {
	for at, i := range model.Walk(p.Result.App.Instances) {
		if i.Component == component {
			paths = append(paths, at)
		}
	}
	return paths
}
