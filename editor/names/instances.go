package names

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
)

// instances collects the occurrences below a path. Copies of one block stand in the text once: the first one speaks for all (MOD-100).
func (b *book) instances(above string, list []*model.Instance, seen func(file string)) {
	for k, i := range list {
		if k > 0 && i.Count > 1 && sameBlock(i, list[k-1]) {
			continue
		}
		seen(i.File)
		path := ""
		if b.about(Instance) {
			path = above + "/" + i.Name
		}
		b.instance(path, i)
		b.instances(path, i.Children, seen)
	}
}

func sameBlock(a, b *model.Instance) bool {
	return a.File == b.File && a.Base == b.Base && a.Header == b.Header
}

// declared collects the occurrences in a block that was read alone: its count made no copies.
func (b *book) declared(above, file string, base int, i *model.Instance) {
	one := *i
	one.File, one.Base = file, base
	if one.Count > 1 {
		one.Name += firstIndex(one.Count)
	}
	path := above + "/" + one.Name
	b.instance(path, &one)
	for _, child := range one.Children {
		b.declared(path, file, base, child)
	}
}

// firstIndex is what the first of so many copies has at the end of its name.
func firstIndex(count int) string { return fmt.Sprintf("%0*d", len(strconv.Itoa(count)), 1) }

// instance collects the occurrences in one block, those inside it left out.
func (b *book) instance(path string, i *model.Instance) {
	if i.Component != "" && b.may(Component, i.Component) {
		b.note(Name{Kind: Component, Text: i.Component}, i.Place(i.Origin.Name), Reference)
	}
	if i.Name != "" && !strings.Contains(i.Name, "/") && i.NameSpan.Len() > 0 && b.may(Instance, path) {
		b.note(Name{Kind: Instance, Text: path}, i.Place(i.NameSpan), Declaration)
	}
	if b.about(Component, Facet, Variable) {
		for _, o := range i.Overrides {
			b.override(i, o)
		}
	}
}

// override collects the occurrences in the name of an override. One that changes no export is a name of the instance alone (MOD-110).
func (b *book) override(i *model.Instance, v model.Override) {
	prefix, local := model.SplitName(v.Name)
	at := i.Place(v.Span)
	wanted := !b.only || b.name.Text == prefix || b.mayBe(local, i.Component, at) || b.mayBe(v.Name, i.Component, at)
	if !wanted || !b.here(at) {
		return
	}
	c := b.types.Component(i.Component)
	if c == nil {
		return
	}
	exports := b.types.Exports(c)
	switch m := model.Overridden(exports, v.Name); {
	case m.Full >= 0:
		b.typeName(prefix, b.before(i.Origin, v.Span, prefix), Reference)
		if at := b.after(i.Origin, v.Span); b.mayBe(local, c.Name, at) {
			b.note(b.variable(c.Name, v.Name), at, Reference)
		}
	case len(m.Local) > 0 && b.may(Variable, v.Name):
		b.note(b.overridden(c, exports, m.Local), at, Reference)
	}
}

// overridden is the name of the variable that an override by a local name changes: when it changes several, the one that counts under
// the name of the component.
func (b *book) overridden(c *model.Component, exports []model.Variable, which []int) Name {
	at := slices.IndexFunc(which, func(k int) bool {
		prefix, _ := model.SplitName(exports[k].Name)
		return prefix == c.Name
	})
	return b.variable(c.Name, exports[which[max(at, 0)]].Name)
}

// canonicalPath is the path under which an instance is known here: that of the first copies where counts make several. stem covers, in
// the last name of the path, what stands before the index of a copy. There is no instance at a path that leads nowhere.
func (b *book) canonicalPath(path string) (canonical string, stem int, ok bool) {
	branch := model.Branch(b.Result.App.Instances, path)
	for _, i := range branch {
		name := i.Name
		stem = len(name)
		if i.Count > 1 {
			stem -= len(strconv.Itoa(i.Count))
			name = name[:stem] + firstIndex(i.Count)
		}
		canonical += "/" + name
	}
	return canonical, stem, len(branch) > 0
}

// part is a place inside another one.
func part(p source.Place, start, end int) source.Place {
	return source.Place{File: p.File, Span: source.Span{Start: p.Span.Start + start, End: p.Span.Start + end}}
}
