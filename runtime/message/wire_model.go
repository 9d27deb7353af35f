package message

import (
	"maps"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

func (b *ModelSet) write(w *writer) {
	w.num("revision", int64(b.Revision))
	w.num("gen", int64(b.Gen))
	w.graph(b.Graph)
	w.key("ancestors")
	w.open('[')
	for _, a := range b.Ancestors {
		w.open('{')
		w.field("path", a.Path)
		w.field("component", a.Component)
		w.opt("address", a.Address)
		w.vars("exports", a.Exports)
		w.close('}')
	}
	w.close(']')
	w.tree("root", b.Root)
	w.outside(b)
	w.key("bindings")
	w.open('{')
	for _, one := range b.Bindings {
		w.texts(one.Prefix, one.Apps)
	}
	w.close('}')
	w.files("scripts", b.Scripts)
}

// outside writes what other applications see.
func (w *writer) outside(b *ModelSet) {
	w.key("externalExports")
	w.open('{')
	w.opt("prefix", b.ExternalPrefix)
	w.key("variables")
	w.open('[')
	for _, e := range b.ExternalExports {
		w.open('{')
		w.field("name", e.Variable)
		w.field("alias", e.Alias)
		w.close('}')
	}
	w.close(']')
	w.close('}')
}

func (b *ModelSet) read(f fields) {
	b.Revision, b.Gen, b.Graph = f.num("revision", true), f.num("gen", true), f.graph()
	f.each("ancestors", false, func(o fields) {
		b.Ancestors = append(b.Ancestors, Ancestor{
			Path: o.path("path"), Component: o.text("component"), Address: o.opt("address"), Exports: o.vars("exports"),
		})
	})
	b.Root = f.tree("root")
	if o, ok := f.object("externalExports", false); ok {
		b.ExternalPrefix = o.opt("prefix")
		o.each("variables", true, func(v fields) {
			b.ExternalExports = append(b.ExternalExports, model.Export{Variable: v.text("name"), Alias: v.text("alias")})
		})
	}
	if o, ok := f.object("bindings", false); ok {
		for _, prefix := range slices.Sorted(slices.Values(o.v.keys)) {
			b.Bindings = append(b.Bindings, Binding{Prefix: prefix, Apps: o.texts(prefix, false)})
		}
	}
	b.Scripts = f.files("scripts")
}

func (b *InstanceAdd) write(w *writer) {
	w.field("parent", b.Parent)
	w.tree("node", b.Node)
	w.num("revision", int64(b.Revision))
}

func (b *InstanceAdd) read(f fields) {
	b.Parent, b.Revision, b.Node = f.path("parent"), f.num("revision", false), f.tree("node")
}

// storey is how many generations of instances are written inside each other: what is below stands beside the tree, as a message
// may not be nested deeper than MaxDepth (MS-51), instances may (dsl.md 6.3).
const storey = 12

// below is a tree of instances whose parent, at a path that begins with the name of the root, was written before.
type below struct {
	parent string
	nodes  []*model.Instance
}

// tree writes a tree of instances, with what is too deep for it in a list of its own, the parents first.
func (w *writer) tree(name string, root *model.Instance) {
	w.key(name)
	rest := w.node(root, "/"+root.Name, storey, nil)
	if len(rest) == 0 {
		return
	}
	w.key("below")
	w.open('[')
	for len(rest) > 0 {
		b := rest[0]
		rest = rest[1:]
		for _, i := range b.nodes {
			w.open('{')
			w.field("parent", b.parent)
			w.key("node")
			rest = w.node(i, b.parent+"/"+i.Name, storey, rest)
			w.close('}')
		}
	}
	w.close(']')
}

// tree reads a tree of instances with what stands beside it.
func (f fields) tree(name string) *model.Instance {
	o, ok := f.object(name, true)
	if !ok {
		return nil
	}
	root := o.node()
	f.each("below", false, func(o fields) {
		path := o.path("parent")
		n, ok := o.object("node", true)
		parent := model.Find([]*model.Instance{root}, path)
		if !ok || parent == nil {
			o.fail("parent", "%q is no instance of the tree", path)
			return
		}
		parent.Children = append(parent.Children, n.node())
	})
	return root
}

// node writes instances, so many generations of them; where they are declared stays behind. It adds what is left to rest.
func (w *writer) node(i *model.Instance, path string, generations int, rest []below) []below {
	w.open('{')
	w.field("name", i.Name)
	w.field("component", i.Component)
	if len(i.Channels) > 0 {
		w.texts("channels", i.Channels)
	}
	if len(i.Data) > 0 {
		w.key("data")
		w.open('{')
		for _, k := range slices.Sorted(maps.Keys(i.Data)) {
			w.field(k, i.Data[k])
		}
		w.close('}')
	}
	if len(i.Overrides) > 0 {
		w.key("overrides")
		w.open('[')
		for _, o := range i.Overrides {
			w.open('{')
			w.field("name", o.Name)
			w.field("value", o.Value)
			w.close('}')
		}
		w.close(']')
	}
	w.opt("status", i.State)
	w.key("children")
	w.open('[')
	if generations == 1 && len(i.Children) > 0 {
		rest = append(rest, below{path, i.Children})
	} else {
		for _, c := range i.Children {
			rest = w.node(c, path+"/"+c.Name, generations-1, rest)
		}
	}
	w.close(']')
	w.close('}')
	return rest
}

func (f fields) node() *model.Instance {
	i := &model.Instance{Name: f.text("name"), Component: f.text("component"), Channels: f.texts("channels", false), State: f.opt("status")}
	if strings.Contains(i.Name, "/") {
		f.fail("name", "%q contains a slash", i.Name)
	}
	if _, err := lifecycle.ParseState(i.State); i.State != "" && err != nil {
		f.fail("status", "%q is no state", i.State)
	}
	if o, ok := f.object("data", false); ok {
		i.Data = map[string]string{}
		for _, k := range o.v.keys {
			i.Data[k] = o.opt(k)
		}
	}
	f.each("overrides", false, func(o fields) {
		i.Overrides = append(i.Overrides, model.Override{Name: o.text("name"), Value: o.opt("value")})
	})
	f.each("children", false, func(o fields) { i.Children = append(i.Children, o.node()) })
	return i
}

// graph writes components and facets as they are declared; what follows from them is computed by who reads it.
func (w *writer) graph(g *model.Graph) {
	w.key("graph")
	w.open('{')
	w.key("components")
	w.open('[')
	for _, c := range g.Components() {
		w.open('{')
		w.field("name", c.Name)
		w.opt("installer", c.Installer.Name)
		w.opt("extends", c.Extends.Name)
		w.refs("facets", c.Facets)
		w.refs("children", c.Children)
		w.exports(c.Exports)
		w.imported(c.Imports)
		w.close('}')
	}
	w.close(']')
	w.key("facets")
	w.open('[')
	for _, t := range g.Facets() {
		w.open('{')
		w.field("name", t.Name)
		w.opt("installer", t.Installer.Name)
		w.refs("extends", t.Extends)
		w.refs("children", t.Children)
		w.exports(t.Exports)
		w.close('}')
	}
	w.close(']')
	w.close('}')
}

func (w *writer) refs(name string, list []model.Ref) {
	if len(list) == 0 {
		return
	}
	w.key(name)
	w.open('[')
	for _, r := range list {
		w.str(r.Name)
	}
	w.close(']')
}

func (w *writer) exports(list []model.Variable) {
	if len(list) == 0 {
		return
	}
	w.key("exports")
	w.open('[')
	for _, v := range list {
		w.open('{')
		w.field("name", v.Name)
		w.key("value")
		w.value(v.Value)
		if v.Random {
			w.field("random", v.Kind)
		}
		w.close('}')
	}
	w.close(']')
}

func (w *writer) imported(list []model.Import) {
	if len(list) == 0 {
		return
	}
	w.key("imports")
	w.open('[')
	for _, i := range list {
		w.open('{')
		w.field("prefix", i.Prefix)
		w.field("name", i.Name)
		w.flag("optional", i.Optional)
		w.flag("external", i.External)
		w.close('}')
	}
	w.close(']')
}

func (f fields) graph() *model.Graph {
	o, ok := f.object("graph", true)
	if !ok {
		return nil
	}
	var components []*model.Component
	var facets []*model.Facet
	o.each("components", true, func(c fields) {
		components = append(components, &model.Component{
			Name: c.text("name"), Installer: model.Ref{Name: c.opt("installer")}, Extends: model.Ref{Name: c.opt("extends")},
			Facets: c.refs("facets"), Children: c.refs("children"), Exports: c.exports(), Imports: c.imported(),
		})
	})
	o.each("facets", false, func(t fields) {
		facets = append(facets, &model.Facet{
			Name: t.text("name"), Installer: model.Ref{Name: t.opt("installer")}, Extends: t.refs("extends"),
			Children: t.refs("children"), Exports: t.exports(),
		})
	})
	if *f.err != nil {
		return nil
	}
	return model.NewGraph(components, facets)
}

func (f fields) refs(name string) []model.Ref {
	var list []model.Ref
	for _, s := range f.texts(name, false) {
		list = append(list, model.Ref{Name: s})
	}
	return list
}

func (f fields) exports() []model.Variable {
	var list []model.Variable
	f.each("exports", false, func(o fields) {
		v := model.Variable{Name: o.text("name")}
		if text, ok := o.want("value", isString, false); ok {
			v.Value = model.Text(text.text)
		}
		if kind, ok := o.want("random", isString, false); ok {
			v.Random, v.Kind = true, kind.text
		}
		list = append(list, v)
	})
	return list
}

func (f fields) imported() []model.Import {
	var list []model.Import
	f.each("imports", false, func(o fields) {
		list = append(list, model.Import{
			Prefix: o.text("prefix"), Name: o.text("name"), Optional: o.flag("optional"), External: o.flag("external"),
		})
	})
	return list
}
