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

// componentNames checks the names of components that a program built.
func componentNames(s *subject) (found []diag.Problem) {
	for _, c := range s.graph.Components() {
		if programBuilt(c.Origin) {
			found = append(found, typeName(c.Name, c.Origin, diag.KindComponent, diag.RMEmptyComponentName, diag.RMInvalidComponentName)...)
		}
	}
	return found
}

// facetNames checks the names of facets that a program built.
func facetNames(s *subject) (found []diag.Problem) {
	for _, f := range s.graph.Facets() {
		if programBuilt(f.Origin) {
			found = append(found, typeName(f.Name, f.Origin, diag.KindFacet, diag.RMEmptyFacetName, diag.RMInvalidFacetName)...)
		}
	}
	return found
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

// variableNames checks the variables of types that a program built (MOD-81).
func variableNames(s *subject) (found []diag.Problem) {
	for _, c := range s.graph.Components() {
		if !programBuilt(c.Origin) {
			continue
		}
		found = append(found, exportNames(c.Name, c.Origin, c.Exports)...)
		for _, i := range c.Imports {
			switch {
			case i.Prefix == "" && i.Name == "":
				found = append(found, onType(diag.RMEmptyVariableName, c.Name, c.Origin, detail(diag.KindVariable, "")))
			case !model.IsImportRef(i.Full()):
				found = append(found, onType(diag.RMInvalidVariableName, c.Name, c.Origin, detail(diag.KindVariable, i.Full())))
			}
		}
	}
	for _, f := range s.graph.Facets() {
		if programBuilt(f.Origin) {
			found = append(found, exportNames(f.Name, f.Origin, f.Exports)...)
		}
	}
	return found
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

// noInstaller: somebody must know how to install a component (MOD-50).
func noInstaller(s *subject) (found []diag.Problem) {
	for c, installer := range s.graph.Installers() {
		if installer == "" && !s.unsure(c) {
			found = append(found, onType(diag.RMEmptyComponentInstaller, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
		}
	}
	return found
}

// invalidInstaller checks installers that a program set; the text was checked before.
func invalidInstaller(s *subject) (found []diag.Problem) {
	for c, installer := range s.graph.Installers() {
		if installer != "" && !model.IsFlexID(installer) {
			found = append(found, onType(diag.RMInvalidComponentInstaller, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
		}
	}
	return found
}

// rootInstaller: what runs on nothing is a machine (MOD-51).
func rootInstaller(s *subject) (found []diag.Problem) {
	for _, c := range s.graph.Roots() {
		installer := s.graph.Installer(c)
		if installer == "" || installer == model.MachineInstaller || s.unsure(c) {
			continue
		}
		p := onType(diag.RMRootInstallerMustBeTarget, c.Name, c.Origin, detail(diag.KindComponent, c.Name))
		if c.Installer.Name != "" {
			p.Related = exact(c.Place(c.Installer.Span), "its installer")
			p.Fixes = replace("Make it a machine", c.Place(c.Installer.Span), model.MachineInstaller)
		}
		found = append(found, p)
	}
	return found
}

// replace is the fix that puts a text in a place, when there is a place.
func replace(title string, at source.Place, text string) []diag.Fix {
	if at.IsZero() {
		return nil
	}
	return []diag.Fix{load.Replacement(title, at, text)}
}

// randomKinds: the only thing that can be drawn is a port (MOD-78).
func randomKinds(s *subject) []diag.Problem {
	return s.ownVariables(func(v model.Variable, owner string, o model.Origin) []diag.Problem {
		if !v.Random || isPort(v.Kind) {
			return nil
		}
		p := onType(diag.RMInvalidRandomKind, owner, o, detail(diag.KindUnrecognized, v.Kind))
		p.Related = exact(o.Place(v.Span), "declared here")
		return []diag.Problem{p}
	})
}

// isPort compares without letter case (dsl.md 2.4).
func isPort(kind string) bool { return strings.EqualFold(kind, "port") }

// randomValues: what is drawn has no default (MOD-78).
func randomValues(s *subject) []diag.Problem {
	return s.ownVariables(func(v model.Variable, owner string, o model.Origin) []diag.Problem {
		if !v.Random || !v.Value.Set {
			return nil
		}
		p := onType(diag.RMNoValueForRandom, owner, o, detail(diag.KindVariable, v.Name))
		p.Related = exact(o.Place(v.Span), "declared here")
		return []diag.Problem{p}
	})
}

// ownVariables asks about each variable that a component or a facet declares (DEV-17).
func (s *subject) ownVariables(ask func(v model.Variable, owner string, o model.Origin) []diag.Problem) (found []diag.Problem) {
	for _, c := range s.graph.Components() {
		for _, v := range c.Exports {
			found = append(found, ask(v, c.Name, c.Origin)...)
		}
	}
	for _, f := range s.graph.Facets() {
		for _, v := range f.Exports {
			found = append(found, ask(v, f.Name, f.Origin)...)
		}
	}
	return found
}
