// Package recipe answers questions about the scripts, templates, manifests of recipes.
package recipe

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/recipe"
)

// page is a file of a recipe with the component that it serves.
type page struct {
	ask.Ground
	file, text string
	lang       recipe.Language
	graph      *model.Graph
	component  *model.Component // nil for a folder that serves none
	names      recipe.Names
	// action is what the file does, "" when its name does not tell.
	action string
	// own are the instances that run the recipe, answering those that publish under a prefix; nil until somebody asks.
	own       []string
	answering map[string][]string
}

func open(g ask.Ground, file string) (*page, bool) {
	text, ok := g.Text(file)
	if !ok {
		return nil, false
	}
	p := &page{Ground: g, file: file, text: text, lang: recipe.LanguageOf(path.Base(file), text), graph: g.Result.App.Graph}
	rest, below := strings.CutPrefix(file, path.Join(g.Result.Base, "graph")+"/")
	folder, _, deeper := strings.Cut(rest, "/")
	if below && deeper {
		p.component = p.servedBy(folder)
	}
	if p.component != nil {
		p.names = p.told()
	}
	for _, action := range recipe.Actions {
		if strings.HasPrefix(path.Base(file), action) {
			p.action = action
		}
	}
	return p, true
}

// servedBy is the component whose recipes stand in a folder: the one of that name, else the first that inherits them (MOD-55).
func (p *page) servedBy(folder string) *model.Component {
	if c := p.graph.Component(folder); c != nil {
		return c
	}
	for _, c := range p.graph.Components() {
		for _, super := range p.graph.Supers(c) {
			if super.Name == folder {
				return c
			}
		}
	}
	return nil
}

// told are the names that the recipe is told (PL-35).
func (p *page) told() recipe.Names {
	n := recipe.Names{Own: locals(p.graph.Exports(p.component)), Imports: map[string][]string{}, Ancestors: map[string][]string{}}
	for _, i := range p.graph.Imports(p.component) {
		n.Imports[i.Prefix] = append(n.Imports[i.Prefix], p.brought(i)...)
	}
	for todo := p.graph.Ancestors(p.component); len(todo) > 0; todo = todo[1:] {
		if _, known := n.Ancestors[todo[0].Name]; !known {
			n.Ancestors[todo[0].Name] = locals(p.graph.Exports(todo[0]))
			todo = append(todo, p.graph.Ancestors(todo[0])...)
		}
	}
	return n
}

// brought are the local names that one import brings, sorted.
func (p *page) brought(i model.Import) []string {
	switch {
	case i.Name != "*":
		return []string{i.Name}
	case i.External:
		return p.aliases(i.Prefix)
	case p.graph.Component(i.Prefix) != nil:
		return under(p.graph.Exports(p.graph.Component(i.Prefix)), i.Prefix)
	case p.graph.Facet(i.Prefix) != nil:
		return under(p.graph.FacetExports(p.graph.Facet(i.Prefix)), i.Prefix)
	}
	return nil
}

// aliases are what other applications export under a prefix.
func (p *page) aliases(prefix string) (list []string) {
	for _, other := range p.Beside {
		if other.Result == nil || other.Result.App.Descriptor.ExportsPrefix != prefix {
			continue
		}
		for _, x := range other.Result.App.Descriptor.Exports {
			list = append(list, x.Alias)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// locals are the local names of variables, sorted, each once.
func locals(exports []model.Variable) (list []string) {
	for _, v := range exports {
		_, local := model.SplitName(v.Name)
		list = append(list, local)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// under are the local names of the variables with a prefix.
func under(exports []model.Variable, prefix string) (list []string) {
	for _, v := range exports {
		if p, local := model.SplitName(v.Name); p == prefix {
			list = append(list, local)
		}
	}
	return list
}

// prefixes are those of the imports, sorted.
func (p *page) prefixes() (list []string) {
	for prefix := range p.names.Imports {
		list = append(list, prefix)
	}
	slices.Sort(list)
	return list
}

// above are the components that instances may run on, sorted.
func (p *page) above() (list []string) {
	for name := range p.names.Ancestors {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// answers are the instances that publish under a prefix, those of the component itself left out when it is alone.
func (p *page) answers(prefix string) (paths []string) {
	if paths, known := p.answering[prefix]; known {
		return paths
	}
	publishes := map[string]bool{}
	for at, i := range model.Walk(p.Result.App.Instances) {
		yes, known := publishes[i.Component]
		if c := p.graph.Component(i.Component); !known && c != nil {
			yes = bind.Publishes(p.graph, c, prefix)
			publishes[i.Component] = yes
		}
		if yes {
			paths = append(paths, at)
		}
	}
	if p.answering == nil {
		p.answering = map[string][]string{}
	}
	p.answering[prefix] = paths
	return paths
}

// instances are the paths of the instances whose recipe it is.
func (p *page) instances() []string {
	if p.component == nil || p.own != nil {
		return p.own
	}
	p.own = []string{}
	for at, i := range model.Walk(p.Result.App.Instances) {
		if i.Component == p.component.Name {
			p.own = append(p.own, at)
		}
	}
	return p.own
}

// worth is the value that an instance publishes for a variable; false when it has none before it runs. prefix may be "".
func (p *page) worth(at, prefix, local string) (string, bool) {
	i := model.Find(p.Result.App.Instances, at)
	if i == nil {
		return "", false
	}
	found := ""
	for _, v := range model.EffectiveExports(p.graph, at, i, "") {
		owner, name := model.SplitName(v.Name)
		if name != local || !v.Value.Set {
			continue
		}
		if owner == prefix || prefix == "" && owner == i.Component {
			return v.Value.Text, true
		}
		if found == "" {
			found = v.Value.Text
		}
	}
	return found, found != ""
}

// sample is a value that a name may have.
func (p *page) sample(m recipe.Meaning) string {
	switch m.Role {
	case recipe.Own:
		for _, at := range p.instances() {
			return p.of(at, "", m.Local)
		}
	case recipe.Ancestor:
		for _, at := range p.instances() {
			for up := at; up != ""; up = up[:strings.LastIndexByte(up, '/')] {
				if i := model.Find(p.Result.App.Instances, up); i != nil && i.Component == m.Prefix {
					return p.of(up, "", m.Local)
				}
			}
		}
	case recipe.Imported:
		for _, at := range p.answers(m.Prefix) {
			return p.of(at, m.Prefix, m.Local)
		}
	case recipe.Path:
		for _, at := range p.answers(m.Prefix) {
			return at
		}
	case recipe.Constant:
		return p.constant(m.Local)
	}
	return ""
}

// address stands for what only a machine knows.
const address = "192.0.2.10"

// of is the value of a variable of an instance; an address is an example.
func (p *page) of(at, prefix, local string) string {
	if value, ok := p.worth(at, prefix, local); ok {
		return value
	}
	if model.IsNetworkName(local) {
		return address
	}
	return ""
}

// constant is what the agent tells of an instance under a name that every recipe knows.
func (p *page) constant(name string) string {
	switch name {
	case "ROBOCONF_ACTION":
		return p.action
	case "ROBOCONF_APPLICATION_NAME":
		return p.Result.App.Descriptor.Name
	case "ROBOCONF_UPDATE_STATUS":
		return "DEPLOYED_STARTED"
	}
	for _, at := range p.instances() {
		segments := strings.Split(strings.TrimPrefix(at, "/"), "/")
		switch name {
		case "ROBOCONF_INSTANCE_NAME":
			return segments[len(segments)-1]
		case "ROBOCONF_INSTANCE_PATH":
			return at
		case "ROBOCONF_COMPONENT_NAME":
			return p.component.Name
		case "ROBOCONF_CLEAN_INSTANCE_PATH":
			return clean(segments)
		case "ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH":
			slices.Reverse(segments)
			return clean(segments)
		case "ROBOCONF_SCOPED_INSTANCE_PATH":
			return model.Scoped(p.graph, p.Result.App.Instances, at)
		}
	}
	return ""
}

// clean is a path for file names (PL-37).
func clean(segments []string) string {
	return strings.Map(func(c rune) rune {
		if c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			return c
		}
		return '_'
	}, strings.Join(segments, "_"))
}
