package model_test

import (
	"testing"

	"github.com/roboconf/workbench/model"
)

func TestAlike(t *testing.T) {
	facet := &model.Facet{Name: "f", Exports: []model.Variable{{Name: "x"}}}
	machine := &model.Component{Name: "vm", Installer: model.Ref{Name: "target"}, Exports: []model.Variable{{Name: "ip"}}}
	g := model.NewGraph([]*model.Component{machine}, []*model.Facet{facet})
	changed := func(change func(*model.Component, *model.Facet)) *model.Graph {
		c, f := *machine, *facet
		change(&c, &f)
		return g.Update([]*model.Component{&c}, []*model.Facet{&f})
	}
	for name, next := range map[string]*model.Graph{
		"a place": changed(func(c *model.Component, _ *model.Facet) { c.Base = 7 }),
		"a value": changed(func(c *model.Component, _ *model.Facet) {
			c.Exports = []model.Variable{{Name: "ip", Value: model.Text("1")}}
		}),
	} {
		if !next.Alike(g) {
			t.Errorf("%s is no difference", name)
		}
	}
	for name, next := range map[string]*model.Graph{
		"an export":            changed(func(c *model.Component, _ *model.Facet) { c.Exports = []model.Variable{{Name: "host"}} }),
		"an export of a facet": changed(func(_ *model.Component, f *model.Facet) { f.Exports = nil }),
		"an import":            changed(func(c *model.Component, _ *model.Facet) { c.Imports = []model.Import{{Prefix: "vm", Name: "ip"}} }),
		"an installer":         changed(func(c *model.Component, _ *model.Facet) { c.Installer.Name = "script" }),
		"a facet's installer":  changed(func(_ *model.Component, f *model.Facet) { f.Installer.Name = "script" }),
		"a reference":          changed(func(c *model.Component, _ *model.Facet) { c.Facets = []model.Ref{{Name: "f"}} }),
		"another graph":        model.NewGraph([]*model.Component{machine}, []*model.Facet{facet}),
		"nothing":              nil,
	} {
		if g.Alike(next) || next != nil && next.Alike(g) {
			t.Errorf("%s is a difference", name)
		}
	}
}
