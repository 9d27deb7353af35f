package manager

import (
	"errors"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// graph keeps types as they are declared, without where: what follows from them is computed again.
func (c *coder) graph(g **model.Graph) {
	there := *g != nil
	c.flags(&there)
	if !there {
		*g = nil
		return
	}
	var components []*model.Component
	var facets []*model.Facet
	if !c.reading {
		components, facets = (*g).Components(), (*g).Facets()
	}
	list(c, &components, func(p **model.Component) {
		if c.reading {
			*p = &model.Component{}
		}
		c.component(*p)
	})
	list(c, &facets, func(p **model.Facet) {
		if c.reading {
			*p = &model.Facet{}
		}
		c.facet(*p)
	})
	if !c.reading {
		return
	}
	if c.err == nil && twice(components, facets) {
		c.fail(errors.New("two types have one name"))
	}
	if c.err == nil {
		*g = model.NewGraph(components, facets)
	}
}

func twice(components []*model.Component, facets []*model.Facet) bool {
	names := map[string]bool{}
	for _, t := range components {
		names[t.Name] = true
	}
	for _, t := range facets {
		names[t.Name] = true
	}
	return len(names) != len(components)+len(facets)
}

func (c *coder) component(t *model.Component) {
	c.word(&t.Name)
	c.word(&t.Installer.Name)
	c.word(&t.Extends.Name)
	c.refs(&t.Facets)
	c.refs(&t.Children)
	c.variables(&t.Exports)
	list(c, &t.Imports, func(i *model.Import) {
		c.word(&i.Prefix)
		c.word(&i.Name)
		c.flags(&i.Optional, &i.External)
	})
}

func (c *coder) facet(t *model.Facet) {
	c.word(&t.Name)
	c.word(&t.Installer.Name)
	c.refs(&t.Extends)
	c.refs(&t.Children)
	c.variables(&t.Exports)
}

func (c *coder) refs(l *[]model.Ref) {
	list(c, l, func(r *model.Ref) { c.word(&r.Name) })
}

func (c *coder) variables(l *[]model.Variable) {
	list(c, l, func(v *model.Variable) {
		c.word(&v.Name)
		c.flags(&v.Value.Set, &v.Random)
		c.text(&v.Value.Text)
		c.word(&v.Kind)
	})
}

// declaration keeps an instance without its children.
func (c *coder) declaration(i *model.Instance) {
	c.text(&i.Name)
	c.word(&i.Component)
	c.texts(&i.Channels)
	list(c, &i.Overrides, func(o *model.Override) {
		c.word(&o.Name)
		c.text(&o.Value)
	})
	table(c, &i.Data, c.text)
	c.word(&i.State)
}

// deepest is how deep instances may be nested in what is read.
const deepest = 10_000

func (c *coder) tree(i **model.Instance) { c.branch(i, 0) }

func (c *coder) branch(i **model.Instance, depth int) {
	if depth > deepest {
		c.fail(errors.New("instances are nested too deep"))
		return
	}
	optional(c, i, func(i *model.Instance) {
		c.declaration(i)
		c.branches(&i.Children, depth+1)
	})
}

func (c *coder) branches(l *[]*model.Instance, depth int) {
	list(c, l, func(i **model.Instance) {
		if c.branch(i, depth); c.reading && c.err == nil && *i == nil {
			c.fail(errors.New("an instance is missing"))
		}
	})
}

func (c *coder) descriptor(d *model.Descriptor) {
	for _, s := range []*string{
		&d.Name, &d.DisplayName, &d.Version, &d.Description, &d.DSL, &d.GraphEntry, &d.InstanceEntry, &d.ExportsPrefix,
	} {
		c.text(s)
	}
	c.texts(&d.Tags)
	list(c, &d.Exports, func(e *model.Export) {
		c.text(&e.Variable)
		c.text(&e.Alias)
	})
}

func (c *coder) application(p **model.Application) {
	optional(c, p, func(t *model.Application) {
		c.descriptor(&t.Descriptor)
		c.graph(&t.Graph)
		c.branches(&t.Instances, 0)
	})
}

// files keeps references: content that came along is not kept.
func (c *coder) files(l *[]message.File) {
	list(c, l, func(f *message.File) {
		c.text(&f.Name)
		c.text(&f.SHA256)
		number(c, &f.Size)
		c.word(&f.Mode)
	})
}

func (c *coder) state(s *lifecycle.State) { small(c, s, len(lifecycle.States())) }

func (c *coder) failure(p **lifecycle.Failure) {
	optional(c, p, func(f *lifecycle.Failure) {
		c.time(&f.Time)
		c.word(&f.Operation)
		c.text(&f.Request)
		number(c, &f.ExitCode)
		c.text(&f.Message)
	})
}

func (c *coder) target(t *Target) {
	c.text(&t.ID)
	c.text(&t.Text)
	table(c, &t.Properties, c.text)
	c.template(&t.Creator)
}

func (c *coder) template(id *TemplateID) {
	c.word(&id.Name)
	c.word(&id.Version)
}
