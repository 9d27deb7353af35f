package graph

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// The properties of components and of facets, in the order in which they are usually written (dsl.md 12.2).
var (
	componentProperties = []string{"extends", "installer", "facets", "imports", "exports", "children"}
	facetProperties     = []string{"extends", "exports", "children"}
)

// inType offers what may stand in a component or a facet.
func (w *writer) inType(owner syntax.Node) {
	if !w.known || w.node.Kind() != syntax.Property || w.at <= w.abs(w.node.Name()).End {
		w.propertyNames(owner)
		return
	}
	value := w.value(w.text)
	if w.at < value.Start || w.at > value.End {
		return
	}
	isFacet := owner.Kind() == syntax.Facet
	switch name := nameOf(w.node); {
	case name == "exports":
		w.exports(owner, value)
	case name == "children":
		w.children(owner, value)
	case name == "extends" && isFacet:
		w.facetList(owner, value, true)
	case isFacet:
	case name == "extends":
		w.superComponents(owner, value)
	case name == "facets":
		w.facetList(owner, value, false)
	case name == "imports":
		w.imports(owner, value)
	case name == "installer":
		w.installers(owner, value)
	}
}

// startsLine sets the word that starts the line as what is replaced; false where no property can begin: before or behind others.
func (w *writer) startsLine() bool {
	s := w.wordAround()
	if rest := w.rest(s.End); syntax.Trim(w.text[w.line.Start:s.Start]) != "" || rest != "" && rest[0] != ':' {
		return false
	}
	w.word(s)
	return true
}

// propertyNames offers the properties that the block does not have yet; those that may stand several times come last (dsl.md 5).
func (w *writer) propertyNames(owner syntax.Node) {
	if !w.startsLine() {
		return
	}
	names := componentProperties
	if owner.Kind() == syntax.Facet {
		names = facetProperties
	}
	for i, name := range names {
		rank := w.usual(owner, name, i)
		if n, there := property(owner, name); there && n != w.node {
			if name != "exports" && name != "imports" {
				continue
			}
			rank += 50
		}
		doc := w.explain(name, owner.Kind())
		w.snippet(rank, ask.KindProperty, name, "", doc, w.filled(name, w.example(owner, name)))
	}
}

// usual is the rank of a property: what a component cannot do without comes first.
func (w *writer) usual(owner syntax.Node, name string, place int) int {
	c := w.types.Component(nameOf(owner))
	if name == "installer" && (c == nil || w.types.Installer(c) == "") {
		return 0
	}
	return place + 1
}

// filled is a property with its value, unless a colon follows already.
func (w *writer) filled(name, value string) string {
	if strings.HasPrefix(w.rest(w.replace.End), ":") {
		return reply.Escape(name)
	}
	return reply.Escape(name) + ": " + value + ";"
}

// example is a value to begin with: the likeliest one where the model tells.
func (w *writer) example(owner syntax.Node, name string) string {
	words := map[string]string{
		"installer": "script", "extends": "Component", "facets": "role", "children": "Component",
		"exports": "variable", "imports": "Component.variable",
	}
	inner := &writer{page: w.page, spot: w.spot}
	inner.replace = source.Span{Start: w.at, End: w.at}
	here := source.Span{Start: w.at, End: w.at}
	switch {
	case name == "installer":
		inner.installers(owner, here)
	case name == "children":
		inner.children(owner, here)
	case name == "facets":
		inner.facetList(owner, here, false)
	case name == "extends" && owner.Kind() == syntax.Facet:
		inner.facetList(owner, here, true)
		words[name] = "role"
	}
	if best := choose(inner.list); len(best) > 0 {
		return stop(1, best[0].label)
	}
	return stop(1, words[name])
}

// entry sets the piece of a list at the offset as what is replaced. A piece that stands apart from the offset stays: the comma that
// is missing is written along. false where nothing can be written.
func (w *writer) entry(value source.Span, quotes bool) (rest []piece, here piece, ok bool) {
	list := pieces(w.text, value, quotes)
	here = pieceAt(list, w.at)
	switch {
	case here.word.Len() == 0 || w.at < here.word.Start:
		w.word(source.Span{Start: w.at, End: w.at})
		if here.word.Len() > 0 {
			w.tail = ", "
		}
	case w.at <= here.word.End:
		w.word(here.word)
	default:
		return list, here, false
	}
	return list, here, true
}

// alone sets a value that is one word as what is replaced, and ends the property where that is missing.
func (w *writer) alone(value source.Span) {
	word := value.Trim(w.text)
	if word.Len() == 0 || w.at < word.Start || w.at > word.End {
		word = source.Span{Start: min(w.at, max(word.Start, value.Start)), End: max(w.at, word.End)}
	}
	if word.Len() == 0 || strings.TrimSpace(word.Of(w.text)) == "" {
		word = source.Span{Start: w.at, End: w.at}
	}
	w.word(word)
	if w.known && w.node.Kind() == syntax.Property && !w.node.HasSemicolon() {
		w.tail = ";"
	}
}

// installers are those that the platform brings along (plugins.md).
var installers = []string{"script", "puppet", "file", "logger", model.MachineInstaller}

// installers offers the known ones, those that others use first.
func (w *writer) installers(owner syntax.Node, value source.Span) {
	w.alone(value)
	uses := map[string]int{}
	for _, c := range w.types.Components() {
		uses[c.Installer.Name]++
	}
	names := slices.Clone(installers)
	for _, name := range sortedKeys(uses) {
		if name != "" && name != valueOrNone(owner) && !slices.Contains(names, name) && model.IsFlexID(name) && name == syntax.Trim(name) {
			names = append(names, name)
		}
	}
	c := w.types.Component(nameOf(owner))
	machine := c != nil && w.types.IsRoot(c) && len(w.types.Children(c)) > 0
	for _, name := range names {
		rank := 2
		switch {
		case name == model.MachineInstaller && machine:
			rank = 0
		case name == model.MachineInstaller:
			rank = 3
		case uses[name] > 0:
			rank = 1
		}
		w.plainItem(rank, ask.KindValue, name, w.usedBy(uses[name]), w.explainInstaller(name))
	}
}

// valueOrNone is the installer that the block has: a name that only it uses is probably being typed.
func valueOrNone(owner syntax.Node) string {
	if n, there := property(owner, "installer"); there {
		return valueOf(n)
	}
	return ""
}

func (w *writer) usedBy(n int) string {
	if n == 0 {
		return ""
	}
	return w.count(n, "%d component", "%d components")
}

// superComponents offers what a component may extend without coming back to itself (spec/model.md 6.5).
func (w *writer) superComponents(owner syntax.Node, value source.Span) {
	w.alone(value)
	self := nameOf(owner)
	bad := map[string]bool{self: true}
	for _, c := range w.types.Subs(w.types.Component(self)) {
		bad[c.Name] = true
	}
	for _, c := range w.types.Components() {
		if bad[c.Name] {
			continue
		}
		rank := 1
		if len(w.types.Subs(c)) > 0 {
			rank = 0
		}
		w.offer(rank, c.Name, c, (*writer).componentItem)
	}
}

// facetList offers facets for a list: those that nobody has come first, since they wait for a component (MOD-65).
func (w *writer) facetList(owner syntax.Node, value source.Span, super bool) {
	list, here, ok := w.entry(value, false)
	if !ok {
		return
	}
	taken := others(w.text, list, here)
	self := w.types.Facet(nameOf(owner))
	inherited := map[string]bool{}
	for _, f := range w.inheritedFacets(owner) {
		inherited[f] = true
	}
	mayHave := w.facetsWithoutCircle(owner)
	for _, f := range w.types.Facets() {
		circle := super && (f.Name == nameOf(owner) || slices.Contains(w.types.SuperFacets(f), self))
		if circle || slices.Contains(taken, f.Name) || !mayHave(f) {
			continue
		}
		rank := 1
		switch {
		case inherited[f.Name]:
			rank = 2
		case w.types.IsOrphan(f):
			rank = 0
		}
		w.offer(rank, f.Name, f, (*writer).facetItem)
	}
}

// inheritedFacets are those that a component has through the one it extends.
func (w *writer) inheritedFacets(owner syntax.Node) []string {
	supers := w.types.Supers(w.types.Component(nameOf(owner)))
	if owner.Kind() != syntax.Component || len(supers) < 2 {
		return nil
	}
	return facetNames(w.types.FacetsOf(supers[1]))
}

func (w *writer) componentItem(c candidate) ask.Item {
	t := c.of.(*model.Component)
	return ask.Item{Label: c.label, Kind: ask.KindComponent, Text: c.label, Detail: w.types.Installer(t), Doc: w.summary(t.Name)}
}

func (w *writer) facetItem(c candidate) ask.Item {
	f := c.of.(*model.Facet)
	members := typeNames(w.types.Members(f))
	detail := w.count(len(members), "facet of %d component", "facet of %d components")
	return ask.Item{Label: c.label, Kind: ask.KindFacet, Text: c.label, Detail: detail, Doc: w.summary(f.Name)}
}

// summary says in a few lines what a type is.
func (p *page) summary(name string) string {
	var s reply.Sheet
	s.Add(reply.Prose(p.doc(name)))
	if f := p.types.Facet(name); f != nil {
		s.Fact(p.say("Components"), p.names(typeNames(p.types.Members(f))))
	}
	var exports []string
	for _, v := range p.variables(name) {
		exports = append(exports, v.Name)
	}
	s.Fact(p.say("Exports"), p.names(exports))
	if c := p.types.Component(name); c != nil {
		s.Fact(p.say("Runs on"), p.names(typeNames(p.types.Ancestors(c))))
	}
	return s.String()
}
