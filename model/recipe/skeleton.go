package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Actions are what a recipe may do, in the order of a life (plugins.md 4.1).
var Actions = []string{"deploy", "start", "update", "stop", "undeploy"}

// Sketch says for which component a recipe is wanted.
type Sketch struct {
	Component, Installer string
	// Exports are local names, Imports prefixes.
	Exports, Imports []string
}

// Skeleton gives the files of a recipe that does nothing yet, for whoever fills it; their names are relative to its folder.
// An installer that is not known gets a note.
func Skeleton(s Sketch) (files []source.File) {
	switch strings.ToLower(s.Installer) {
	case "script":
		for _, action := range Actions {
			if action != "update" || len(s.Imports) > 0 {
				files = append(files, ScriptFor(s, action))
			}
		}
	case "puppet":
		module := ModulePrefix + strings.ToLower(Mangle(s.Component))
		files = []source.File{{Name: module + "/manifests/init.pp", Text: manifestOf(s, module)}}
	case "file":
		text := "# What is done, in the order of the numbers: action.number.verb = parameter.\n" +
			"# deploy.1.copy = files/site.conf -> /etc/site.conf\n# undeploy.1.delete = /etc/site.conf\n"
		files = []source.File{{Name: Instructions, Text: text}}
	case "target":
		id := strings.ToLower(s.Component)
		text := fmt.Sprintf("# Where machines come from.\nid = %s\nname = %s\nhandler = docker\n", id, s.Component)
		files = []source.File{{Name: "target.properties", Text: text}}
	default:
		files = []source.File{{Name: "README.md", Text: "# " + s.Component + "\n"}}
	}
	return files
}

// The names that installers look for.
const (
	ModulePrefix = "roboconf_"               // of the module that Puppet applies, in any letter case (PL-50)
	Instructions = "instructions.properties" // of the installer "file" (PL-60)
	Scripts      = "scripts"
	Templates    = "roboconf-templates"
)

// ScriptFor is a script of one action that does nothing yet.
func ScriptFor(s Sketch, action string) source.File {
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/sh\n# %s\nset -eu\n", sentences[action](s.Component))
	if len(s.Exports) > 0 && action != "update" {
		fmt.Fprintf(&b, "# Given: %s\n", strings.Join(withDollars(s.Exports), ", "))
	}
	if action == "start" || action == "update" {
		for _, prefix := range s.Imports {
			p := Mangle(prefix)
			fmt.Fprintf(&b, "# Given: $%s_size, then $%s_0_name and what %s exports, $%s_1_name ...\n", p, p, prefix, p)
		}
	}
	return source.File{Name: Scripts + "/" + action + ".sh", Text: b.String(), Executable: true}
}

var sentences = map[string]func(component string) string{
	"deploy":   func(c string) string { return "Installs " + c + ". Running it again changes nothing." },
	"start":    func(c string) string { return "Starts " + c + ": what it needs is there." },
	"update":   func(c string) string { return "Tells " + c + " that what it imports changed." },
	"stop":     func(c string) string { return "Stops " + c + "." },
	"undeploy": func(c string) string { return "Removes what was installed for " + c + "." },
}

func withDollars(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "$" + Mangle(n)
	}
	return out
}

// manifestOf is a class with all the parameters that the installer gives (PL-52).
func manifestOf(s Sketch, module string) string {
	parameters := []string{"$runningState"}
	for _, name := range append(slices.Clone(s.Exports), s.Imports...) {
		if p := "$" + strings.ToLower(Mangle(name)); !slices.Contains(parameters, p) {
			parameters = append(parameters, p)
		}
	}
	parameters = append(parameters, "$importDiff")
	var b strings.Builder
	fmt.Fprintf(&b, "# What %s needs on its machine.\nclass %s(\n", s.Component, module)
	for _, p := range parameters {
		fmt.Fprintf(&b, "  %s = undef,\n", p)
	}
	b.WriteString(") {\n}\n")
	return b.String()
}
