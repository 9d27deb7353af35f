package check

import (
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// noRoot: something must be deployed first (MOD-44).
func noRoot(s *subject) []diag.Problem {
	none := len(s.graph.Components()) == 0
	if len(s.graph.Roots()) > 0 || none && (s.result.Holes || s.result.Broken) {
		return nil
	}
	p := diag.Problem{Code: diag.RMNoRootComponent}
	if s.result.GraphFile != "" {
		p.Place = s.result.FirstLine(s.result.GraphFile)
	}
	return []diag.Problem{p}
}

// programBuilt says that no file declares a type or an instance: its text was never checked.
func programBuilt(o model.Origin) bool { return o.File == "" }

// componentName checks the name of a component that a program built.
func componentName(_ *subject, c *model.Component) []diag.Problem {
	if !programBuilt(c.Origin) {
		return nil
	}
	return typeName(c.Name, c.Origin, diag.KindComponent, diag.RMEmptyComponentName, diag.RMInvalidComponentName)
}

// facetName checks the name of a facet that a program built.
func facetName(_ *subject, f *model.Facet) []diag.Problem {
	if !programBuilt(f.Origin) {
		return nil
	}
	return typeName(f.Name, f.Origin, diag.KindFacet, diag.RMEmptyFacetName, diag.RMInvalidFacetName)
}

func typeName(name string, o model.Origin, kind diag.DetailKind, empty, invalid diag.Code) []diag.Problem {
	switch {
	case name == "":
		return []diag.Problem{onType(empty, name, o)}
	case !model.IsFlexID(name):
		return []diag.Problem{onType(invalid, name, o, detail(kind, name))}
	case !model.IsTypeName(name) && model.IsID(name):
		return []diag.Problem{onType(diag.RMDotIsNotAllowed, name, o, detail(kind, name))}
	}
	return nil
}

// variableNames checks the variables of a component that a program built (MOD-81).
func variableNames(_ *subject, c *model.Component) (found []diag.Problem) {
	if !programBuilt(c.Origin) {
		return nil
	}
	found = exportNames(c.Name, c.Origin, c.Exports)
	for _, i := range c.Imports {
		switch {
		case i.Prefix == "" && i.Name == "":
			found = append(found, onType(diag.RMEmptyVariableName, c.Name, c.Origin, detail(diag.KindVariable, "")))
		case !model.IsImportRef(i.Full()):
			found = append(found, onType(diag.RMInvalidVariableName, c.Name, c.Origin, detail(diag.KindVariable, i.Full())))
		}
	}
	return found
}

// facetVariableNames checks the variables of a facet that a program built.
func facetVariableNames(_ *subject, f *model.Facet) []diag.Problem {
	if !programBuilt(f.Origin) {
		return nil
	}
	return exportNames(f.Name, f.Origin, f.Exports)
}

func exportNames(owner string, o model.Origin, list []model.Variable) (found []diag.Problem) {
	for _, v := range list {
		switch {
		case v.Name == "":
			found = append(found, onType(diag.RMEmptyVariableName, owner, o, detail(diag.KindVariable, "")))
		case !model.IsID(v.Name):
			found = append(found, onType(diag.RMInvalidVariableName, owner, o, detail(diag.KindVariable, v.Name)))
		}
	}
	return found
}

// installer: somebody must know how to install a component (MOD-50); the name of an installer that a program set was not checked
// before; and what runs on nothing is a machine (MOD-51).
func installer(s *subject, c *model.Component) []diag.Problem {
	switch name := s.graph.Installer(c); {
	case name == model.MachineInstaller:
		return nil
	case name == "":
		if s.unsure(c) {
			s.again = true
			return nil
		}
		return []diag.Problem{onType(diag.RMEmptyComponentInstaller, c.Name, c.Origin, detail(diag.KindComponent, c.Name))}
	case !model.IsFlexID(name):
		return append(rootInstaller(s, c),
			onType(diag.RMInvalidComponentInstaller, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
	}
	return rootInstaller(s, c)
}

func rootInstaller(s *subject, c *model.Component) []diag.Problem {
	if !s.graph.IsRoot(c) {
		return nil
	}
	if s.unsure(c) || s.meant(c.Name) {
		s.again = true
		return nil
	}
	p := onType(diag.RMRootInstallerMustBeTarget, c.Name, c.Origin, detail(diag.KindComponent, c.Name))
	if c.Installer.Name != "" {
		p.Related = exact(c.Place(c.Installer.Span), diag.Say("its installer"))
		p.Fixes = replace(diag.Say("Make it a machine"), c.Place(c.Installer.Span), model.MachineInstaller)
	}
	return []diag.Problem{p}
}

// replace is the fix that puts a text in a place, when there is a place.
func replace(title diag.Phrase, at source.Place, text string) []diag.Fix {
	if at.IsZero() {
		return nil
	}
	return []diag.Fix{load.Replacement(title, at, text)}
}

// randomKind: the only thing that can be drawn is a port (MOD-78).
func randomKind(_ *subject, v *model.Variable, owner string, o *model.Origin) []diag.Problem {
	if !v.Random || isPort(v.Kind) {
		return nil
	}
	p := onType(diag.RMInvalidRandomKind, owner, *o, detail(diag.KindUnrecognized, v.Kind))
	p.Related = exact(o.Place(v.Span), diag.Say("declared here"))
	return []diag.Problem{p}
}

// isPort compares without letter case (dsl.md 2.4).
func isPort(kind string) bool { return strings.EqualFold(kind, "port") }

// randomValue: what is drawn has no default (MOD-78).
func randomValue(_ *subject, v *model.Variable, owner string, o *model.Origin) []diag.Problem {
	if !v.Random || !v.Value.Set {
		return nil
	}
	p := onType(diag.RMNoValueForRandom, owner, *o, detail(diag.KindVariable, v.Name))
	p.Related = exact(o.Place(v.Span), diag.Say("declared here"))
	return []diag.Problem{p}
}

// componentVariables asks about each variable that a component declares.
func componentVariables(s *subject, c *model.Component) []diag.Problem {
	return append(s.variableRules(c.Name, &c.Origin, c.Exports), similarVariables(s, c.Name, &c.Origin, c.Exports)...)
}

// facetVariables asks about each variable that a facet declares (DEV-17).
func facetVariables(s *subject, f *model.Facet) []diag.Problem {
	return append(s.variableRules(f.Name, &f.Origin, f.Exports), similarVariables(s, f.Name, &f.Origin, f.Exports)...)
}

func (s *subject) variableRules(owner string, o *model.Origin, list []model.Variable) (found []diag.Problem) {
	for k := range list {
		for _, rule := range variableRules {
			found = append(found, rule(s, &list[k], owner, o)...)
		}
	}
	return found
}
