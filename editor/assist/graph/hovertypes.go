package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/near"
)

// typ tells about a component or a facet. Where both have the name, the wanted one counts.
func (l *look) typ(name string, facet bool) string {
	c, f := l.types.Component(name), l.types.Facet(name)
	switch {
	case f != nil && (facet || c == nil):
		return l.facet(f)
	case c != nil:
		return l.component(c)
	case name == "":
		return ""
	}
	return l.unknownType(name)
}

// unknownType says that nothing is called so, and what may be meant (DIA-45).
func (l *look) unknownType(name string) string {
	var known []string
	for _, c := range l.types.Components() {
		known = append(known, c.Name)
	}
	known = append(known, facetNames(l.types.Facets())...)
	var s reply.Sheet
	s.Add(l.say("Nothing declares %s.", code(name)))
	s.Fact(l.say("Near it"), l.names(near.Names(name, known)))
	return s.String()
}

func (l *look) component(c *model.Component) string {
	var s reply.Sheet
	s.Add(fmt.Sprintf("**%s** %s — %s", l.say("component"), code(c.Name), code(c.File)))
	s.Add(reply.Prose(l.doc(c.Name)))
	s.Fact(l.say("Installer"), l.installerOf(c))
	if supers := l.types.Supers(c); len(supers) > 1 {
		s.Fact(l.say("Extends"), l.names(typeNames(supers[1:])))
	}
	s.Fact(l.say("Extended by"), l.names(typeNames(l.types.Subs(c))))
	s.Fact(l.say("Facets"), l.names(facetNames(l.types.FacetsOf(c))))
	s.Fact(l.say("Runs on"), l.names(typeNames(l.types.Ancestors(c))))
	s.Fact(l.say("May hold"), l.names(typeNames(l.types.Children(c))))
	l.exportLines(&s, c)
	l.importLines(&s, c)
	s.Fact(l.say("Imported by"), l.names(l.importers(c.Name, "")))
	s.Fact(l.say("Instances"), l.pathList(l.instancesOf(func(name string) bool { return name == c.Name }, reply.Most)))
	return s.String()
}

// installerOf is the effective installer and where it comes from (MOD-50).
func (l *look) installerOf(c *model.Component) string {
	name := l.types.Installer(c)
	if name == "" {
		return l.say("none: nobody runs its recipe")
	}
	if c.Installer.Name == name {
		return code(name)
	}
	for _, super := range l.types.Supers(c) {
		if super.Installer.Name != "" {
			return l.say("%s, from %s", code(name), code(super.Name))
		}
	}
	for _, f := range l.types.FacetsOf(c) {
		if f.Installer.Name == name {
			return l.say("%s, from %s", code(name), code(f.Name))
		}
	}
	return code(name)
}

// exportLines lists what a component publishes under its own name: all of it (MOD-72).
func (l *look) exportLines(s *reply.Sheet, c *model.Component) {
	list := under(l.types.Exports(c), c.Name)
	if len(list) == 0 {
		return
	}
	s.Add("**" + l.say("Exports") + "**")
	for i, v := range list {
		if i == reply.Most {
			s.Item(l.say("and %d more", len(list)-i))
			return
		}
		line := l.equation(v)
		if from := l.originOf(c, v); from != "" {
			line += ", " + l.say("from %s", code(from))
		}
		s.Item(line)
	}
}

// equation is a variable with its value.
func (p *page) equation(v model.Variable) string {
	if fixed(v) {
		return code(v.Name) + " = " + code(p.valueText(v))
	}
	return p.say("%s: %s", code(v.Name), p.valueText(v))
}

// originOf is the type that a component has a variable from; "" when it declares it itself.
func (l *look) originOf(c *model.Component, v model.Variable) string {
	_, local := model.SplitName(v.Name)
	if slices.ContainsFunc(c.Exports, func(own model.Variable) bool { return model.FullName(c.Name, own.Name) == v.Name }) {
		return ""
	}
	for _, other := range l.types.Exports(c) {
		prefix, name := model.SplitName(other.Name)
		if name == local && prefix != c.Name && other.Value == v.Value {
			return prefix
		}
	}
	return ""
}

func (l *look) importLines(s *reply.Sheet, c *model.Component) {
	list := l.types.Imports(c)
	if len(list) == 0 {
		return
	}
	s.Add("**" + l.say("Imports") + "**")
	for i, imp := range list {
		if i == reply.Most {
			s.Item(l.say("and %d more", len(list)-i))
			return
		}
		line := code(imp.Full())
		switch by := typeNames(l.exporters(imp)); {
		case imp.External:
			line += ", " + l.say("from another application")
		case len(by) == 0:
			line += ", " + l.say("which nobody exports")
		default:
			line += " ← " + l.names(by)
		}
		if imp.Optional {
			line += " " + optional
		}
		s.Item(line)
	}
}

func (l *look) facet(f *model.Facet) string {
	var s reply.Sheet
	s.Add(fmt.Sprintf("**%s** %s — %s", l.say("facet"), code(f.Name), code(f.File)))
	s.Add(reply.Prose(f.Doc))
	s.Fact(l.say("Extends"), l.names(facetNames(l.types.SuperFacets(f))))
	if members := typeNames(l.types.Members(f)); len(members) > 0 {
		s.Fact(l.say("Components"), l.names(members))
	} else {
		s.Add(l.say("No component has this facet."))
	}
	s.Fact(l.say("May hold"), l.names(refNames(f.Children)))
	if list := l.types.FacetExports(f); len(list) > 0 {
		s.Add("**" + l.say("Exports") + "**")
		for i, v := range list {
			if i == reply.Most {
				s.Item(l.say("and %d more", len(list)-i))
				break
			}
			s.Item(l.equation(v))
		}
	}
	s.Fact(l.say("Imported by"), l.names(l.importers(f.Name, "")))
	return s.String()
}

// variable tells about what a type exports: its value under each name that publishes it, and who asks for it.
func (l *look) variable(owner, written string) string {
	full := model.FullName(owner, written)
	_, local := model.SplitName(full)
	exporters := bind.Providers(l.types, owner)
	var s reply.Sheet
	s.Add(fmt.Sprintf("**%s** %s", l.say("variable"), code(full)))
	l.nature(&s, owner, full)
	l.published(&s, exporters, owner, local)
	if len(exporters) == 0 {
		s.Add(l.say("No component publishes it."))
	}
	d := l.Result.App.Descriptor
	for _, e := range d.Exports {
		if e.Variable == full {
			s.Fact(l.say("Other applications import it as"), code(d.ExportsPrefix+"."+e.Alias))
		}
	}
	by := l.importers(owner, local)
	if s.Fact(l.say("Imported by"), l.names(by)); len(by) == 0 {
		s.Add(l.say("No component imports it as %s.", code(full)))
	}
	return s.String()
}

// nature explains values that are not written.
func (l *look) nature(s *reply.Sheet, owner, full string) {
	for _, v := range l.variables(owner) {
		switch {
		case v.Name != full:
		case model.IsNetworkName(full):
			s.Add(l.explainNetwork())
		case v.Random:
			s.Add(l.explainRandom())
		case !v.Value.Set:
			s.Add(l.say("It has no value in the graph: each instance must give it one."))
		}
	}
}

// published lists the values of a variable under all the names that it is published under, its own name first, with those who
// publish it where that is not plain from the name.
func (l *look) published(s *reply.Sheet, exporters []*model.Component, owner, local string) {
	var lines []string
	by := map[string][]string{}
	for _, c := range exporters {
		for _, v := range l.types.Exports(c) {
			prefix, name := model.SplitName(v.Name)
			if name != local || model.IsNetworkName(v.Name) && prefix != owner {
				continue
			}
			line := l.equation(v)
			if _, again := by[line]; !again {
				lines = append(lines, line)
			}
			by[line] = append(by[line], c.Name)
		}
	}
	own := func(line string) bool { return strings.HasPrefix(line, code(owner+"."+local)) }
	slices.SortStableFunc(lines, func(a, b string) int {
		if own(a) != own(b) && own(a) {
			return -1
		} else if own(a) != own(b) {
			return 1
		}
		return strings.Compare(a, b)
	})
	for i, line := range lines {
		if i == reply.Most {
			s.Item("…")
			return
		}
		if who := by[line]; len(who) > 1 || !strings.HasPrefix(line, code(who[0]+"."+local)) {
			line += ", " + l.say("published by %s", l.names(who))
		}
		s.Item(line)
	}
}

// importEntry tells who answers an import, types and instances (MOD-140, MOD-147).
func (l *look) importEntry(i model.Import) string {
	var s reply.Sheet
	s.Add(fmt.Sprintf("**%s** %s", l.say("import"), code(i.Full())))
	by := l.exporters(i)
	if len(by) == 0 {
		s.Add(l.say("No component exports it: whoever needs it can never start."))
		var known []string
		for _, v := range l.variables(i.Prefix) {
			known = append(known, v.Name)
		}
		s.Fact(l.say("Near it"), l.names(near.Names(i.Full(), known)))
		s.Fact(l.say("%s exports", code(i.Prefix)), l.names(known))
		return s.String()
	}
	if i.Optional {
		s.Add(l.say("The instance starts without it, and is told when it comes."))
	} else {
		s.Add(l.say("The instance starts only when somebody has published %s.", code(i.Prefix)))
	}
	l.answers(&s, i, by)
	paths, all := l.instancesOf(among(by), reply.Most)
	if s.Fact(l.say("Instances that answer"), l.pathList(paths, all)); all == 0 {
		s.Add(l.say("No instance answers yet."))
	}
	return s.String()
}

// answers lists the values that are received.
func (l *look) answers(s *reply.Sheet, i model.Import, by []*model.Component) {
	told := map[string]bool{}
	s.Fact(l.say("Exported by"), l.names(typeNames(by)))
	for _, c := range by {
		for _, v := range under(l.types.Exports(c), i.Prefix) {
			line := l.equation(v)
			if i.Name != "*" && v.Name != i.Full() || told[line] {
				continue
			}
			if len(told) == reply.Most {
				s.Item("…")
				return
			}
			told[line] = true
			s.Item(line)
		}
	}
}

// external tells which open application answers a prefix (MOD-133).
func (l *look) external(i model.Import) string {
	var s reply.Sheet
	s.Add(fmt.Sprintf("**%s** %s", l.say("external import"), code(i.Full())))
	s.Add(l.say("Another application answers it: the prefix %s must be bound to it when both run.", code(i.Prefix)))
	found := false
	for _, n := range l.Beside {
		if n.Result == nil || n.Result.App == nil || n.Result.App.Descriptor.ExportsPrefix != i.Prefix {
			continue
		}
		d := n.Result.App.Descriptor
		found = true
		s.Fact(l.say("Application"), reply.Prose(d.DisplayName))
		for _, e := range d.Exports {
			if i.Name == "*" || e.Alias == i.Name {
				s.Item(code(i.Prefix+"."+e.Alias) + " ← " + code(e.Variable))
			}
		}
	}
	if !found {
		s.Add(l.say("None of the open applications exports under this prefix."))
	}
	return strings.TrimSpace(s.String())
}
