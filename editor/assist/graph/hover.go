package graph

import (
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Hover tells what there is to know about the word at a place.
func (Language) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	p, ok := open(g, file)
	if !ok {
		return ask.Hover{}, false
	}
	l := &look{page: p, spot: p.spotAt(at)}
	if !l.known || l.inComment(p.text) {
		return ask.Hover{}, false
	}
	text, span := l.word()
	span.Start, span.End = p.clamp(span.Start), p.clamp(span.End)
	return ask.Hover{Markdown: text, Span: span}, text != ""
}

// look is a glance at a spot.
type look struct {
	*page
	spot
}

// on says whether the offset touches a span of the file that is not empty.
func (l *look) on(s source.Span) bool { return s.Len() > 0 && s.Contains(l.at) }

// word tells about the word at the offset, and where it stands; "" where there is nothing to tell.
func (l *look) word() (string, source.Span) {
	name, keyword := l.abs(l.node.Name()), l.abs(l.node.Keyword())
	switch kind := l.node.Kind(); {
	case kind == syntax.Property && l.on(name):
		return l.propertyName(name)
	case kind == syntax.Property:
		return l.value()
	case kind == syntax.Import && l.on(name):
		return l.importedFile(nameOf(l.node)), name
	case kind == syntax.Import && l.on(keyword):
		return l.say("Adds another file of the same kind. Its place is relative to the folder of the language, whichever file imports it."), keyword
	case kind == syntax.Facet && l.on(keyword):
		return l.say("A facet is a role: where it is listed, every component that has it may stand."), keyword
	case kind == syntax.Instance && l.on(keyword):
		return l.instance(append(l.around, l.node)), keyword
	case l.node.Opens() && l.on(name):
		return l.typ(nameOf(l.node), kind == syntax.Facet), name
	}
	return "", source.Span{}
}

func (l *look) propertyName(span source.Span) (string, source.Span) {
	owner, inside := l.owner()
	if !inside {
		return "", span
	}
	name := nameOf(l.node)
	if owner.Kind() == syntax.Instance && !syntax.IsInstanceProperty(name) {
		return l.override(owner, name), span
	}
	return l.explain(name, owner.Kind()), span
}

// value tells about what stands behind the colon of a property.
func (l *look) value() (string, source.Span) {
	owner, inside := l.owner()
	value := l.filledValue()
	if !inside || !l.on(value) {
		return "", value
	}
	if text, span := l.metaVariable(value); text != "" {
		return text, span
	}
	name := nameOf(l.node)
	if owner.Kind() == syntax.Instance {
		return l.instanceValue(owner, name, value)
	}
	switch name {
	case "installer":
		return l.explainInstaller(valueOf(l.node)), value
	case "children", "extends", "facets":
		here := pieceAt(pieces(l.text, value, false), l.at)
		if !l.on(here.word) {
			return "", here.word
		}
		facets := name == "facets" || name == "extends" && owner.Kind() == syntax.Facet
		return l.typ(syntax.Clean(here.word.Of(l.text)), facets), here.word
	case "exports":
		return l.export(owner, value)
	case "imports":
		return l.imported(value)
	}
	return "", value
}

// filledValue is the value of the property without the blanks at its ends.
func (l *look) filledValue() source.Span { return l.spot.value(l.text).Trim(l.text) }

// metaVariable tells about $(NAME) in a value (MOD-115).
func (l *look) metaVariable(value source.Span) (string, source.Span) {
	start := strings.LastIndex(l.text[value.Start:min(l.at+1, value.End)], "$(")
	if start < 0 {
		return "", value
	}
	start += value.Start
	end := strings.IndexByte(l.text[start:value.End], ')')
	if end < 0 || l.at > start+end+1 {
		return "", value
	}
	span := source.Span{Start: start, End: start + end + 1}
	return l.explainMeta(l.text[start+2 : start+end]), span
}

func (l *look) instanceValue(owner syntax.Node, name string, value source.Span) (string, source.Span) {
	switch {
	case name == "name":
		return l.instance(l.around), value
	case name == "count":
		return l.copies(), value
	case name == "instance-state":
		return l.explainState(valueOf(l.node)), value
	case syntax.IsInstanceProperty(name):
		return l.explainInInstance(name), value
	}
	return l.override(owner, name), value
}

// export tells about an entry of exports.
func (l *look) export(owner syntax.Node, value source.Span) (string, source.Span) {
	found, _ := syntax.ScanExports(value.Of(l.text))
	for _, e := range found {
		random, name, worth := e.Random.Shift(value.Start), e.Span.Shift(value.Start), e.ValueSpan.Shift(value.Start)
		switch {
		case l.on(random):
			return l.explainRandom(), random
		case l.on(name), e.HasValue && l.on(worth):
			span := name
			if !l.on(name) {
				span = worth
			}
			return l.variable(nameOf(owner), syntax.Clean(e.Name)), span
		}
	}
	return "", value
}

// imported tells about an entry of imports: its type, or the variable with those who answer.
func (l *look) imported(value source.Span) (string, source.Span) {
	found, _, _ := syntax.ScanImports(value.Of(l.text))
	for _, e := range found {
		name := e.Span.Shift(value.Start)
		prefix := source.Span{Start: name.Start, End: name.Start + len(e.Prefix)}
		i := model.Import{
			Prefix: syntax.Clean(e.Prefix), Name: syntax.Clean(e.Name),
			External: e.External.Len() > 0, Optional: e.Optional.Len() > 0,
		}
		switch {
		case l.on(e.Optional.Shift(value.Start)):
			return l.say("The instance starts without it, and is told when it comes."), e.Optional.Shift(value.Start)
		case l.on(e.External.Shift(value.Start)):
			return l.external(i), e.External.Shift(value.Start)
		case l.on(name) && i.External:
			return l.external(i), name
		case l.on(prefix):
			return l.typ(i.Prefix, false), prefix
		case l.on(name):
			return l.importEntry(i), name
		}
	}
	return "", value
}

// importedFile tells what an import line leads to.
func (l *look) importedFile(location string) string {
	var s reply.Sheet
	file := l.target(location)
	s.Add(code(file))
	if f := l.Result.Files[file]; f == nil {
		s.Add(l.say("There is no such file. A location is relative to %s.", code(l.root()+"/")))
	}
	s.Add(l.holds(file))
	return s.String()
}
