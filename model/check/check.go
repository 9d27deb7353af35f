// Package check holds the rules that a model must follow.
package check

import (
	"io/fs"
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// Options say how an application is checked, beside what its own settings say (.roboconf/check).
type Options struct {
	// Strict is the profile of those whose model the reference reads too: hints about portability become warnings (DIA-42).
	Strict bool
	// Beside are the other applications that are known: they answer external imports.
	Beside []*model.Application
	// Memo carries what was found from one check of a folder to the next; nil to start anew.
	Memo *Memo
	// Puppet says whether Puppet's own parser accepts the text of a manifest, and what it has against it. It is asked once for each
	// text while a Memo is kept. nil where Puppet is not installed: nothing is said then (diagnostics.md 3.6).
	Puppet func(manifest string) (message string, ok bool)
}

// All gives the problems of a loaded application: those of the loading and those of every rule,
// sorted (DIA-3), each once (DIA-2).
func All(r *load.Result, fsys fs.FS) []diag.Problem { return With(r, fsys, Options{}) }

// With is All with options.
func With(r *load.Result, fsys fs.FS, o Options) []diag.Problem {
	settings, mistakes := ReadSettings(fsys)
	s := newSubject(r, fsys)
	s.options, s.settings = o, settings
	s.countMeant()
	s.remember()
	found := append(slices.Clone(r.Problems), mistakes...)
	for _, rule := range projectRules {
		found = append(found, rule(s)...)
	}
	if r.HasGraph {
		for _, rule := range modelRules {
			found = append(found, rule(s)...)
		}
		found = append(found, s.names()...)
		found = append(found, s.declarations()...)
		if settings.wants(diag.XCmdNeverUsed) {
			found = append(found, neverUsed(s)...)
		}
	}
	s.keep()
	if r.Recipe {
		found = slices.DeleteFunc(found, droppedForRecipes)
	}
	return r.Locate(settings.apply(found, o.Strict || settings.Strict))
}

// Dir loads and checks a folder.
func Dir(fsys fs.FS, o load.Options) (*load.Result, []diag.Problem) {
	r := load.Dir(fsys, Loading(fsys, o), nil)
	return r, All(r, fsys)
}

// Model checks an application that no folder holds: one that a program built, or a step of the loading of MOD-31 gave.
func Model(app *model.Application) []diag.Problem {
	r := &load.Result{App: app, HasGraph: app.Graph != nil}
	if !r.HasGraph {
		return []diag.Problem{{Code: diag.RMMissingApplicationGraphs}}
	}
	s := newSubject(r, nil)
	s.program = true
	var found []diag.Problem
	for _, rule := range slices.Concat(descriptorRules, modelRules) {
		found = append(found, rule(s)...)
	}
	found = append(found, s.names()...)
	found = append(found, s.declarations()...)
	return r.Locate(found)
}

// question is what one rule of the language asks an application.
type question func(*subject) []diag.Problem

// descriptorRules look at the descriptor alone.
var descriptorRules = []question{
	applicationName, applicationVersion, applicationDSL, applicationGraph,
	exportsPrefix, externalNames, externalAliases, externalVariables,
}

// projectRules look at the folder, whether there is a graph or not.
var projectRules = slices.Concat(descriptorRules, []question{
	descriptorKeys, unknownDSL, entryFiles, importedFiles, recipeFolder, texts,
	rulesAlone, ruleCommands, ruleNames, commandTwins, probesAlone, probeExtensions, events,
})

// nameRules look at the names of types and of files alone. While those stay, only the rules that found something are asked again.
var nameRules = []question{unusedFolders, similarTypes}

// modelRules look at the graph and the instances as a whole.
var modelRules = []question{
	noRoot, importsOwnExports, unresolvableImports,
	containmentCycles, componentCycles, facetCycles, deadlocks,
	orphanFacets, unreachableComponents, unreachable, unusedFacets, neverInstantiated,
	similarSiblings, prefixIsLocal,
	instanceNames, instanceParents, instanceValues, unsatisfied, keptData, explosion,
	commandFiles, probeComponents,
}

// componentRules look at one component: what it says and inherits, what stands around it in the graph, its recipes. What else they
// look at makes them set subject.again.
var componentRules = []func(*subject, *model.Component) []diag.Problem{
	componentName, variableNames, componentVariables, installer, installerSpelling,
	fixedPorts, valueless, shadowed, ambiguousValues, randomInherited,
	redundantFacets, redundantChildren, redundantImports, importsBesideAll, unboundPrefixes,
	unusedExports, unusedImports, resources,
}

// facetRules look at one facet in the same way.
var facetRules = []func(*subject, *model.Facet) []diag.Problem{
	facetName, facetVariableNames, facetVariables, facetInstallerSpelling,
	facetValueless, facetShadowed, redundantSuperFacets, redundantFacetChildren, facetUnusedExports,
}

// droppedForRecipes leaves out what only a whole application can get right (MOD-18, DIA-32).
func droppedForRecipes(p diag.Problem) bool {
	switch p.Code {
	case diag.RMRootInstallerMustBeTarget, diag.RMUnresolvableFacetVariable, diag.RMUnreachableComponent,
		diag.RMOrphanFacet, diag.RMOrphanFacetWithChildren, diag.XUnreachableComponent:
		return true
	}
	return false
}
