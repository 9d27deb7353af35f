package mindtest

import (
	"strings"

	"github.com/roboconf/workbench/model"
)

// Component makes a component from short words: "Tomcat < VM exports ip port=8009 imports MySQL.ip MySQL.port? ext:Lb.ip".
// A question mark makes an import optional; without parents the component is a machine.
func Component(text string) *model.Component {
	words := strings.Fields(text)
	c := &model.Component{Name: words[0], Installer: model.Ref{Name: "script"}}
	mode := ""
	for _, w := range words[1:] {
		switch {
		case w == "<" || w == "exports" || w == "imports" || w == "target" || w == "facets":
			mode = w
			if w == "target" {
				c.Installer.Name = "target"
			}
		case mode == "exports":
			name, value, set := strings.Cut(w, "=")
			c.Exports = append(c.Exports, model.Variable{Name: name, Value: model.Value{Set: set, Text: value}, Random: value == "random", Kind: "port"})
			if value == "random" {
				c.Exports[len(c.Exports)-1].Value = model.Value{}
			}
		case mode == "imports":
			c.Imports = append(c.Imports, parseImport(w))
		case mode == "facets":
			c.Facets = append(c.Facets, model.Ref{Name: w})
		}
	}
	return c
}

func parseImport(w string) model.Import {
	name, optional := strings.CutSuffix(w, "?")
	name, external := strings.CutPrefix(name, "ext:")
	prefix, local, _ := strings.Cut(name, ".")
	return model.Import{Prefix: prefix, Name: local, Optional: optional, External: external}
}

// Graph makes a graph from such texts: what stands after "<" are the parents of a component.
func Graph(texts ...string) *model.Graph {
	var components []*model.Component
	byName := map[string]*model.Component{}
	for _, t := range texts {
		c := Component(t)
		components = append(components, c)
		byName[c.Name] = c
	}
	for _, t := range texts {
		words := strings.Fields(t)
		for i := 2; i < len(words) && words[1] == "<" && byName[words[i]] != nil; i++ {
			parent := byName[words[i]]
			parent.Children = append(parent.Children, model.Ref{Name: words[0]})
		}
	}
	return model.NewGraph(components, nil)
}

// Tree makes instances from lines "/path Component", parents before children.
func Tree(lines ...string) []*model.Instance {
	var roots []*model.Instance
	for _, line := range lines {
		path, component, _ := strings.Cut(line, " ")
		at := strings.LastIndex(path, "/")
		i := &model.Instance{Name: path[at+1:], Component: component}
		if at == 0 {
			roots = append(roots, i)
			continue
		}
		parent := model.Find(roots, path[:at])
		parent.Children = append(parent.Children, i)
	}
	return roots
}

// Lamp is the worked example of lifecycle.md 15.
func Lamp() *model.Application {
	return &model.Application{
		Graph: Graph(
			"VM target",
			"MySQL < VM exports ip port=3306",
			"Tomcat < VM exports ip portAJP=8009 imports MySQL.ip MySQL.port",
			"Apache < VM imports Tomcat.ip Tomcat.portAJP",
		),
		Instances: Tree("/db-vm VM", "/db-vm/mysql MySQL", "/tc-vm-1 VM", "/tc-vm-1/tomcat Tomcat", "/lb-vm VM", "/lb-vm/apache Apache"),
	}
}
