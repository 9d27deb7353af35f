package refactor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	recipes "github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/syntax"
)

// files are the names of the files that were read, sorted.
func (r *renamer) files() []string { return slices.Sorted(maps.Keys(r.Result.Files)) }

func severe(errs []syntax.Error) bool {
	return slices.ContainsFunc(errs, func(e syntax.Error) bool { return diag.Lookup(e.Code).Level == diag.Severe })
}

func isNetwork(local string) bool { return model.IsNetworkName(local) }

// free refuses a name that something has already, or that is mentioned although nobody declares it: what is renamed would be taken for
// it.
func (r *renamer) free(n names.Name) error {
	uses := names.Uses(r.Ground, n)
	if len(uses) == 0 {
		return nil
	}
	u := uses[0]
	if u.Role == names.Declaration {
		return fmt.Errorf("the name is taken: see %s", r.where(u.Place))
	}
	return fmt.Errorf("%s mentions that name already and would come to mean this; correct it first", r.where(u.Place))
}

// acceptableType looks at the new name of a component or a facet.
func (r *renamer) acceptableType() error {
	switch {
	case !model.IsTypeName(r.to):
		return fmt.Errorf("this is no name of a type: a letter or _ comes first, then letters, digits, _ or -")
	case !namesType(r.to):
		return fmt.Errorf("this is a word of the language: the block would be read as something else")
	case r.Result.App.Descriptor.ExportsPrefix == r.to:
		return fmt.Errorf("the descriptor exports variables under this prefix; others could not tell them apart")
	}
	for _, k := range []names.Kind{names.Component, names.Facet, names.Prefix} {
		if err := r.free(names.Name{Kind: k, Text: r.to}); err != nil {
			return err
		}
	}
	return r.noVariableUnder(r.to)
}

// namesType says whether a block with this name in its header is a type called so.
func namesType(name string) bool {
	for _, header := range []string{name + " {\n}\n", "facet " + name + " {\n}\n"} {
		tree := syntax.Parse(header)
		_, chunk := tree.ChunkAt(0)
		n := chunk.Item()
		if n.Kind() != syntax.Component && n.Kind() != syntax.Facet || n.Name().Of(chunk.Text()) != name {
			return false
		}
	}
	return true
}

// noVariableUnder refuses a prefix that stands in the name of a variable or of an override, where it is no prefix now: it would become
// one.
func (r *renamer) noVariableUnder(prefix string) error {
	starts := func(name string) bool { return strings.HasPrefix(name, prefix+".") }
	found := func(o model.Origin, list []model.Variable) error {
		for _, v := range list {
			if starts(v.Name) {
				return fmt.Errorf("%s is a variable at %s; it would become one of this type", v.Name, r.where(o.Place(v.Span)))
			}
		}
		return nil
	}
	for _, c := range r.Result.App.Graph.Components() {
		if err := found(c.Origin, c.Exports); err != nil {
			return err
		}
	}
	for _, f := range r.Result.App.Graph.Facets() {
		if err := found(f.Origin, f.Exports); err != nil {
			return err
		}
	}
	for _, i := range model.Walk(r.Result.App.Instances) {
		for _, o := range i.Overrides {
			if starts(o.Name) {
				return fmt.Errorf("%s is set at %s; it would become a variable of this type", o.Name, r.where(i.Place(o.Span)))
			}
		}
	}
	return nil
}

// graphProperties would be taken for properties of types when an instance overrides a variable of that name (DSL-60).
var graphProperties = []string{"installer", "children", "exports", "imports", "facets", "extends"}

// acceptableVariable looks at the new name of a variable.
func (r *renamer) acceptableVariable() error {
	switch {
	case !model.IsID(r.to):
		return fmt.Errorf("this is no name of a variable: a letter or _ comes first, then letters, digits, _, - or dots")
	case syntax.IsInstanceProperty(r.to) || syntax.IsData(r.to) || slices.Contains(graphProperties, r.to):
		return fmt.Errorf("this is a property of the language: no instance could give the variable a value")
	case isNetwork(r.to):
		return fmt.Errorf("the platform gives its value to a variable of that name: the address of the machine")
	}
	g := r.Result.App.Graph
	if prefix, _ := model.SplitName(r.to); prefix != "" && (g.Component(prefix) != nil || g.Facet(prefix) != nil) {
		return fmt.Errorf("what stands before the dot is a type: the name would mean a variable of it")
	}
	p := r.publishers()
	if err := r.freeIn(p); err != nil {
		return err
	}
	return r.unmentioned(p)
}

// publishers are the types that publish the variable.
type publishers struct {
	components []*model.Component
	facets     []*model.Facet
	named      map[string]bool
}

// publishers collects the owners of the variable and their heirs: a type whose block declares it, or that is below one.
func (r *renamer) publishers() *publishers {
	p := &publishers{named: make(map[string]bool)}
	g := r.Result.App.Graph
	for _, owner := range names.Owners(r.Ground, r.name) {
		if c := g.Component(owner); c != nil {
			p.add(append([]*model.Component{c}, g.Subs(c)...), nil)
			continue
		}
		f := g.Facet(owner)
		if f == nil {
			continue
		}
		p.add(g.Members(f), []*model.Facet{f})
		for _, other := range g.Facets() {
			if other != f && g.FacetExtends(other, f) {
				p.add(nil, []*model.Facet{other})
			}
		}
	}
	return p
}

func (p *publishers) add(components []*model.Component, facets []*model.Facet) {
	for _, c := range components {
		if !p.named[c.Name] {
			p.named[c.Name] = true
			p.components = append(p.components, c)
		}
	}
	for _, f := range facets {
		if !p.named[f.Name] {
			p.named[f.Name] = true
			p.facets = append(p.facets, f)
		}
	}
}

// freeIn refuses a local name that a publisher has already, or that its recipes could not tell from another one (PL-38).
func (r *renamer) freeIn(p *publishers) error {
	taken := func(owner string, exports []model.Variable) error {
		for _, v := range exports {
			switch _, local := model.SplitName(v.Name); {
			case local == r.name.Text:
			case local == r.to:
				return fmt.Errorf("%s exports a variable of that name already", owner)
			case recipes.Mangle(local) == recipes.Mangle(r.to):
				return fmt.Errorf("%s exports %s, which is called the same in scripts", owner, local)
			}
		}
		return nil
	}
	g := r.Result.App.Graph
	for _, c := range p.components {
		if err := taken(c.Name, g.Exports(c)); err != nil {
			return err
		}
	}
	for _, f := range p.facets {
		if err := taken(f.Name, g.FacetExports(f)); err != nil {
			return err
		}
	}
	return nil
}

// unmentioned refuses a name that somebody uses for a variable of a publisher although there is none.
func (r *renamer) unmentioned(p *publishers) error {
	for _, c := range r.Result.App.Graph.Components() {
		for _, i := range c.Imports {
			if !i.External && i.Name == r.to && p.named[i.Prefix] {
				return fmt.Errorf("%s imports %s already; correct it first", r.where(c.Place(i.Span)), i.Full())
			}
		}
	}
	for _, x := range r.Result.App.Descriptor.Exports {
		if prefix, local := model.SplitName(x.Variable); local == r.to && p.named[prefix] {
			return fmt.Errorf("the descriptor exports %s already; correct it first", x.Variable)
		}
	}
	for path, i := range model.Walk(r.Result.App.Instances) {
		if !p.named[i.Component] {
			continue
		}
		for _, o := range i.Overrides {
			prefix, local := model.SplitName(o.Name)
			switch {
			case o.Name == r.to, local == r.to && p.named[prefix]:
				return fmt.Errorf("%s sets %s of its own at %s; it would override this", path, o.Name, r.where(i.Place(o.Span)))
			case o.Name == r.name.Text && r.shared(i.Component):
				return fmt.Errorf("%s sets several variables at once by %s, at %s; write the full name of each",
					path, o.Name, r.where(i.Place(o.Span)))
			}
		}
	}
	return nil
}

// shared says whether a component publishes other variables of the same local name, which stay as they are.
func (r *renamer) shared(component string) bool {
	owners := names.Owners(r.Ground, r.name)
	g := r.Result.App.Graph
	for _, v := range g.Exports(g.Component(component)) {
		if _, local := model.SplitName(v.Name); local != r.name.Text {
			continue
		}
		for _, root := range names.Owners(r.Ground, names.VariableOf(r.Ground, component, v.Name)) {
			if !slices.Contains(owners, root) {
				return true
			}
		}
	}
	return false
}
