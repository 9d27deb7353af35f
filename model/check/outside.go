package check

import (
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
)

// unboundPrefixes: somebody who is known exports what a component imports from outside (MOD-133, MOD-134). Who knows no other
// application cannot tell.
func unboundPrefixes(s *subject, c *model.Component) (found []diag.Problem) {
	if len(s.options.Beside) == 0 || !slices.ContainsFunc(c.Imports, func(i model.Import) bool { return i.External }) {
		return nil
	}
	known := s.outsidePrefixes()
	s.again = true
	for _, i := range c.Imports {
		if !i.External || slices.Contains(known, i.Prefix) {
			continue
		}
		at := c.Place(i.Span)
		p := onWord(diag.XUnboundExternalPrefix, c.Name, at, detail(diag.KindName, i.Prefix))
		at.Span.End = at.Span.Start + len(i.Prefix)
		load.Suggest(&p, i.Prefix, near.Among(known, nil), at)
		found = append(found, p)
	}
	return found
}

// outsidePrefixes are the prefixes that the applications known here export to others, this one included, sorted.
func (s *subject) outsidePrefixes() (known []string) {
	for _, app := range append([]*model.Application{s.app}, s.options.Beside...) {
		if prefix := app.Descriptor.ExportsPrefix; prefix != "" {
			known = append(known, prefix)
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// prefixIsLocal: what others import as Prefix.x would look like a variable of a type of this graph (MOD-131).
func prefixIsLocal(s *subject) []diag.Problem {
	prefix := s.app.Descriptor.ExportsPrefix
	if prefix == "" || !s.described() {
		return nil
	}
	var o *model.Origin
	if c := s.graph.Component(prefix); c != nil {
		o = &c.Origin
	} else if f := s.graph.Facet(prefix); f != nil {
		o = &f.Origin
	} else {
		return nil
	}
	p := diag.Problem{Code: diag.XPrefixIsLocal, Place: s.onKey(load.KeyExportsPrefix)}
	p.Details = []diag.Detail{detail(diag.KindName, prefix)}
	p.Related = related(header(*o), diag.Say("a type of that name"))
	return []diag.Problem{p}
}
