package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// variableRules ask about each variable that a component or a facet declares (DEV-17).
var variableRules = []func(s *subject, v *model.Variable, owner string, o *model.Origin) []diag.Problem{
	randomKind, randomValue, emptyDefault, defaultMetaVariables,
}

// emptyDefault: a quoted empty value is a value for us, none for the reference (DEV-14).
func emptyDefault(_ *subject, v *model.Variable, owner string, o *model.Origin) []diag.Problem {
	if !v.Value.Set || v.Value.Text != "" || v.Random {
		return nil
	}
	return []diag.Problem{onWord(diag.XEmptyDefault, owner, o.Place(v.Span), detail(diag.KindVariable, v.Name))}
}

func defaultMetaVariables(_ *subject, v *model.Variable, owner string, o *model.Origin) []diag.Problem {
	return metaVariables(v.Value.Text, owner, o.Place(v.ValueSpan))
}

// metaNames are the names that are replaced in values (MOD-115).
var metaNames = []string{
	"$(ROBOCONF_INSTANCE_NAME)", "$(ROBOCONF_INSTANCE_PATH)", "$(ROBOCONF_COMPONENT_NAME)",
	"$(ROBOCONF_CLEAN_INSTANCE_PATH)", "$(ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH)",
}

var knownMeta = near.Among(metaNames, nil)

// metaVariables finds each $(...) of a value that nothing replaces: it stays as it is written.
func metaVariables(value, owner string, at source.Place) (found []diag.Problem) {
	for from := 0; ; {
		start := strings.Index(value[from:], "$(")
		if start < 0 {
			return found
		}
		start += from
		end := strings.IndexByte(value[start:], ')')
		if end < 0 {
			return found
		}
		end += start + 1
		from = end
		if word := value[start:end]; !isMeta(word) {
			spot := at
			if at.Span.Len() == len(value) { // otherwise characters that count for nothing stand between
				spot.Span = source.Span{Start: at.Span.Start + start, End: at.Span.Start + end}
			}
			p := onWord(diag.XUnknownMetaVariable, owner, spot, detail(diag.KindVariable, word))
			if names := knownMeta.Names(word); len(names) > 0 && !spot.IsZero() {
				load.Suggest(&p, word, knownMeta, spot)
			}
			found = append(found, p)
		}
	}
}

func isMeta(word string) bool {
	for _, name := range metaNames {
		if name == word {
			return true
		}
	}
	return false
}

// isPortNumber says whether a value is an integer from 1 to 65535 (MOD-113).
func isPortNumber(value string) bool {
	n, err := strconv.Atoi(strings.TrimSpace(value))
	return err == nil && n >= 1 && n <= 65535
}

// fixedPorts: a component that gives a value to a random port that it inherits gives it a port (MOD-113).
func fixedPorts(s *subject, c *model.Component) (found []diag.Problem) {
	if c.Extends.Name == "" && len(c.Facets) == 0 {
		return nil
	}
	exports := s.graph.Exports(c)
	if !slices.ContainsFunc(exports, func(v model.Variable) bool { return v.Random }) {
		return nil
	}
	for _, v := range c.Exports {
		if v.Random || !v.Value.Set || isPortNumber(v.Value.Text) {
			continue
		}
		m := model.Overridden(exports, v.Name)
		random := m.Full >= 0 && exports[m.Full].Random
		for _, k := range m.Local {
			random = random || exports[k].Random
		}
		if random {
			at := valuePlace(&c.Origin, v.Span, v.ValueSpan)
			found = append(found, onWord(diag.XInvalidPort, c.Name, at, detail(diag.KindValue, v.Value.Text)))
		}
	}
	return found
}

// valuePlace is that of a value, or of the name where the value is empty.
func valuePlace(o *model.Origin, name, value source.Span) source.Place {
	if value.Len() > 0 {
		return o.Place(value)
	}
	return o.Place(name)
}

// valueless: a variable that neither the graph nor any predefined instance gives a value (MOD-79).
func valueless(s *subject, c *model.Component) []diag.Problem {
	return s.unset(c.Name, &c.Origin, c.Exports, nil)
}

func facetValueless(s *subject, f *model.Facet) []diag.Problem {
	return s.unset(f.Name, &f.Origin, f.Exports, f)
}

// unset looks at the variables that a type declares without value; f is the facet when it is one.
func (s *subject) unset(owner string, o *model.Origin, list []model.Variable, f *model.Facet) (found []diag.Problem) {
	if s.result.Loose {
		return nil
	}
	for k := range list {
		v := &list[k]
		if v.Value.Set || v.Random || model.IsNetworkName(v.Name) {
			continue
		}
		s.again = true // an instance may set it, or cease to
		full, local := model.FullName(owner, v.Name), localName(owner, v.Name)
		if s.setSomewhere(owner, local) || f != nil && !s.openInMembers(f, full) || s.toldMissing(owner, full, f) {
			continue
		}
		found = append(found, onWord(diag.XValuelessExport, owner, o.Place(v.Span), detail(diag.KindVariable, full)))
	}
	return found
}

// openInMembers says whether some component of the facet leaves the variable without value.
func (s *subject) openInMembers(f *model.Facet, full string) bool {
	for _, c := range s.graph.Members(f) {
		if m := model.Overridden(s.graph.Exports(c), full); m.Full >= 0 && !s.graph.Exports(c)[m.Full].Value.Set {
			return true
		}
	}
	return false
}

// toldMissing says whether an instance lacks the variable: it was told there.
func (s *subject) toldMissing(owner, full string, f *model.Facet) bool {
	if len(s.instances) == 0 {
		return false
	}
	for _, c := range s.family(owner, f) {
		if s.counts[s.graph.Rank(c.Name)] == 0 {
			continue
		}
		if m := model.Overridden(s.graph.Exports(c), full); m.Full >= 0 && !s.graph.Exports(c)[m.Full].Value.Set {
			return true
		}
	}
	return false
}

// setSomewhere says whether an instance of the type called owner, or of one that inherits from it, sets a variable.
func (s *subject) setSomewhere(owner, local string) bool {
	for _, c := range s.shared.setters(s)[local] {
		if c.Name == owner || s.inherits(c, owner) {
			return true
		}
	}
	return false
}

// inherits says whether a component extends the component of that name, or has the facet of that name.
func (s *subject) inherits(c *model.Component, name string) bool {
	if super := s.graph.Component(name); super != nil && s.graph.Extends(c, super) {
		return true
	}
	f := s.graph.Facet(name)
	return f != nil && s.graph.HasFacet(c, f)
}
