// Package assist answers questions about a place in the text of an application, whatever its language.
package assist

import (
	"path"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/automation"
	"github.com/roboconf/workbench/editor/assist/graph"
	"github.com/roboconf/workbench/editor/assist/recipe"
	"github.com/roboconf/workbench/editor/assist/settings"
	"github.com/roboconf/workbench/model/source"
)

// Spot is a place in an application.
type Spot struct {
	// Dir is the folder of the application, absolute; "" for the one that was asked about.
	Dir string
	source.Place
}

// maven is where a build project keeps its application (MOD-11).
const maven = "src/main/model/"

// Of finds the language of a file by its path inside the application; nil for what is none of ours.
func Of(file string) ask.Language {
	file = strings.TrimPrefix(file, maven)
	if file == ".roboconf/check" {
		return settings.Check{}
	}
	switch strings.ToLower(path.Ext(file)) {
	case ".graph", ".instances":
		return graph.Language{}
	case ".commands":
		return automation.Commands{}
	case ".drl":
		return automation.Rules{}
	case ".measures":
		return automation.Probes{}
	case ".properties":
		return properties(file)
	}
	if words := strings.Split(file, "/"); words[0] == "graph" && len(words) > 2 {
		return script(words[2:])
	}
	return nil
}

// properties finds the language of a properties file: its keys depend on where it stands.
func properties(file string) ask.Language {
	folder, rest, _ := strings.Cut(file, "/")
	switch component, name, _ := strings.Cut(rest, "/"); {
	case folder == "descriptor" && rest == "application.properties":
		return settings.Descriptor{}
	case folder == "probes" && strings.HasSuffix(rest, ".measures.properties"):
		return settings.Parameters{}
	case folder != "graph" || component == "" || name == "" || strings.Contains(name, "/"):
		return nil
	case name == instructions:
		return settings.Instructions{}
	case name == modules:
		return nil // names of Puppet modules: nothing of ours
	}
	return settings.Target{}
}

// The properties files of recipes that define no target (plugins.md 5.1 and 6).
const (
	instructions = "instructions.properties"
	modules      = "modules.properties"
)

// script finds the language of a file in a recipe folder; path are the folders below it, then the file. Without an extension, only
// the folder of scripts says that it is one.
func script(below []string) ask.Language {
	switch strings.ToLower(path.Ext(below[len(below)-1])) {
	case ".sh", ".bash", ".ksh", ".dash", ".py", ".pl", ".pm", ".rb", ".pp", ".template", ".mustache", ".tpl":
		return recipe.Script{}
	case "":
		if below[0] == "scripts" {
			return recipe.Script{}
		}
	}
	return nil
}
