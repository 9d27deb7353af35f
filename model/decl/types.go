package decl

import (
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// component reads a component (dsl.md 5); its name is given apart, since strict reading takes more for one (DSL-91).
func (r *reader) component(n syntax.Node, name source.Span) *model.Component {
	c := &model.Component{Origin: origin(n, name), Name: r.word(name), Doc: n.Doc()}
	r.header(n, name, diag.PMEmptyComponentName)
	r.suspicious(name)
	r.noInstances(n)
	for p := range r.properties(n) {
		r.componentProperty(c, p)
	}
	return c
}

func (r *reader) componentProperty(c *model.Component, p property) {
	switch p.name {
	case "installer", "children", "exports", "imports", "facets", "extends":
		if !r.filled(p) {
			return
		}
	}
	switch p.name {
	case "installer":
		keepFirst(p, &c.Installer, r.installer(p))
	case "children":
		keepFirst(p, &c.Children, r.references(p, diag.PMInvalidChildName, diag.PMInvalidChildName))
	case "exports":
		c.Exports = r.exports(p, c.Exports)
	case "imports":
		c.Imports = r.imports(p, c.Imports)
	case "facets":
		keepFirst(p, &c.Facets, r.references(p, diag.PMEmptyReferencedName, diag.PMInvalidName))
	case "extends":
		keepFirst(p, &c.Extends, r.superComponent(p))
	case "alias":
		if r.strict {
			r.notApplicable(p)
			return
		}
		c.Label, _ = p.value.trimmed()
		r.moveToDoc(c, p)
	case "icon":
		r.icon(p)
	default:
		r.notApplicable(p)
	}
}

// facet reads a facet (dsl.md 5).
func (r *reader) facet(n syntax.Node) *model.Facet {
	f := &model.Facet{Origin: origin(n, n.Name()), Name: r.word(n.Name()), Doc: n.Doc()}
	r.header(n, n.Name(), diag.PMEmptyFacetName)
	r.noInstances(n)
	for p := range r.properties(n) {
		r.facetProperty(f, p)
	}
	return f
}

func (r *reader) facetProperty(f *model.Facet, p property) {
	switch p.name {
	case "children", "exports", "extends":
		if !r.filled(p) {
			return
		}
	}
	switch p.name {
	case "children":
		keepFirst(p, &f.Children, r.references(p, diag.PMInvalidChildName, diag.PMInvalidChildName))
	case "exports":
		f.Exports = r.exports(p, f.Exports)
	case "extends":
		keepFirst(p, &f.Extends, r.references(p, diag.PMEmptyReferencedName, diag.PMInvalidName))
	case "installer":
		if r.strict {
			r.notApplicable(p)
			return
		}
		r.legacy(p)
		if r.filled(p) {
			keepFirst(p, &f.Installer, r.installer(p))
		}
	case "icon":
		r.icon(p)
	default:
		r.notApplicable(p)
	}
}

// keepFirst sets what a property says, unless it repeats another one.
func keepFirst[T any](p property, to *T, value T) {
	if !p.repeated {
		*to = value
	}
}

func (r *reader) notApplicable(p property) {
	r.report(diag.PMPropertyNotAppliable, p.nameSpan, detail(diag.KindName, p.name))
}

func (r *reader) icon(p property) {
	if r.strict {
		r.notApplicable(p)
		return
	}
	r.legacy(p).fix(diag.Say("Remove the icon"), cut(r.wholeLine(p.line)))
}

// installer reads the name of an installer; the "iaas" of version 0.1 is the target of today.
func (r *reader) installer(p property) model.Ref {
	name, span := r.tight(p)
	if !syntax.IsFlexID(name) {
		r.report(diag.PMInvalidInstallerName, span, detail(diag.KindName, name))
		return model.Ref{}
	}
	if !r.strict && strings.EqualFold(name, "iaas") {
		r.report(diag.XLegacySyntax, span).fix(diag.Say("Write target"), put(span, "target"))
		name = "target"
	}
	return model.Ref{Name: name, Span: span}
}

// superComponent reads what a component extends: one component, never a list (dsl.md 5.3).
func (r *reader) superComponent(p property) model.Ref {
	name, span := r.tight(p)
	if strings.Contains(name, ",") {
		pieces, _ := syntax.SplitList(p.value.text)
		for _, piece := range pieces {
			r.superName(piece.Text, p.value.show(piece.Span))
		}
		r.report(diag.XSingleInheritance, span)
		return model.Ref{}
	}
	if !r.superName(name, span) {
		return model.Ref{}
	}
	return model.Ref{Name: name, Span: span}
}

func (r *reader) superName(name string, span source.Span) bool {
	switch {
	case name == "":
		r.report(diag.PMEmptyReferencedName, span)
		return false
	case !syntax.IsID(name):
		r.report(diag.PMInvalidName, span, detail(diag.KindName, name))
		return false
	}
	return true
}

// noInstances reports instances inside a component or a facet, which the reference loses without a word (DEV-39).
func (r *reader) noInstances(n syntax.Node) {
	for child := range n.Children() {
		switch {
		case child.Kind() != syntax.Instance:
		case r.strict && r.spelling(child) != modern:
			r.report(diag.PInvalidProperty, child.Head())
		default:
			r.report(diag.XInstanceInGraphType, child.Head())
		}
	}
}

// moveToDoc offers to turn a legacy label into an annotation (dsl.md 10).
func (r *reader) moveToDoc(c *model.Component, p property) {
	header := r.wholeLine(c.Header)
	above, end := source.Span{Start: header.Start, End: header.Start}, "\n"
	if strings.HasSuffix(header.Of(r.text), "\r\n") {
		end = "\r\n"
	}
	r.legacy(p).fix(diag.Say("Write the label as a comment above the block"), put(above, "# "+c.Label+end), cut(r.wholeLine(p.line)))
}

// wholeLine widens a span to its line, line end included.
func (r *reader) wholeLine(s source.Span) source.Span {
	start := strings.LastIndexByte(r.text[:s.Start], '\n') + 1
	if end := strings.IndexByte(r.text[s.End:], '\n'); end >= 0 {
		return source.Span{Start: start, End: s.End + end + 1}
	}
	return source.Span{Start: start, End: len(r.text)}
}
