// Package check holds the rules that a model must follow.
package check

import (
	"io/fs"
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/rule"
	"github.com/roboconf/workbench/model/source"
)

// All gives the problems of a loaded application: those of the loading and those of every rule,
// sorted (DIA-3), each once (DIA-2).
func All(r *load.Result, fsys fs.FS) []diag.Problem {
	s := newSubject(r, fsys)
	found := slices.Clone(r.Problems)
	for _, rule := range projectRules {
		found = append(found, rule(s)...)
	}
	if r.HasGraph {
		for _, rule := range modelRules {
			found = append(found, rule(s)...)
		}
	}
	if r.Recipe {
		found = slices.DeleteFunc(found, droppedForRecipes)
	}
	return r.Locate(found)
}

// Dir loads and checks a folder.
func Dir(fsys fs.FS, o load.Options) (*load.Result, []diag.Problem) {
	r := load.Dir(fsys, o, nil)
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
var projectRules = slices.Concat(descriptorRules, []question{resources, rulesAlone, ruleCommands, ruleNames, commandTwins, probesAlone, probeExtensions, events})

// modelRules look at the graph and the instances.
var modelRules = []question{
	noRoot, componentNames, facetNames, variableNames,
	noInstaller, invalidInstaller, rootInstaller,
	randomKinds, randomValues,
	importsOwnExports, unresolvableImports,
	containmentCycles, componentCycles, facetCycles,
	orphanFacets, unreachableComponents,
	instanceNames, instanceParents, overrides, missingValues,
	commandFiles, probeComponents,
}

// droppedForRecipes leaves out what only a whole application can get right (MOD-18, DIA-32).
func droppedForRecipes(p diag.Problem) bool {
	switch p.Code {
	case diag.RMRootInstallerMustBeTarget, diag.RMUnresolvableFacetVariable, diag.RMUnreachableComponent,
		diag.RMOrphanFacet, diag.RMOrphanFacetWithChildren:
		return true
	}
	return false
}

// subject is what the rules look at.
type subject struct {
	result *load.Result
	app    *model.Application
	graph  *model.Graph
	fsys   fs.FS // nil for what no folder holds
	// program says that a program built the application: there are no files at all.
	program bool
	// doubtful are the types that refer to something unknown: what they inherit is unknown as well, so that one mistake
	// gives one finding.
	doubtful map[string]bool
	// instances are all instances with their paths, parents first.
	instances []located
	// wildcards and references are what misspelt imports may stand for; nil until one is found.
	wildcards, references *near.Known
	// rules and probes are those of the application; nil until they are read.
	rules  []*rule.File
	probes []measured
}

// located is an instance with its path.
type located struct {
	path string
	*model.Instance
}

func newSubject(r *load.Result, fsys fs.FS) *subject {
	s := &subject{result: r, app: r.App, graph: r.App.Graph, fsys: fsys, doubtful: make(map[string]bool)}
	for path, i := range model.Walk(s.app.Instances) {
		s.instances = append(s.instances, located{path, i})
	}
	for _, u := range s.graph.Unknown() {
		if u.Wanted != model.WantType {
			s.doubtful[u.Owner] = true
		}
	}
	return s
}

// unsure says whether what a component inherits is not wholly known.
func (s *subject) unsure(c *model.Component) bool {
	if s.result.Holes {
		return true
	}
	if len(s.doubtful) == 0 {
		return false
	}
	for _, super := range s.graph.Supers(c) {
		if s.doubtful[super.Name] {
			return true
		}
	}
	return slices.ContainsFunc(s.graph.FacetsOf(c), func(f *model.Facet) bool { return s.doubtful[f.Name] })
}

// onType is a finding about a type, on the header of its declaration (DIA-11).
func onType(code diag.Code, name string, o model.Origin, details ...diag.Detail) diag.Problem {
	return diag.Problem{Code: code, Place: header(o), On: name, Details: details}
}

// header is the name in a header, or the header when there is none.
func header(o model.Origin) source.Place {
	if o.Name.Len() > 0 {
		return o.Place(o.Name)
	}
	return o.Place(o.Header)
}

func detail(kind diag.DetailKind, text string) diag.Detail {
	return diag.Detail{Kind: kind, Text: text}
}

// related is a place beside a problem; nothing for what no file declares.
func related(place source.Place, message string) []diag.Related {
	if place.IsZero() {
		return nil
	}
	return []diag.Related{{Place: place, Message: message}}
}

// exact is the very word that a problem on a header is about.
func exact(place source.Place, message string) []diag.Related {
	if place.IsZero() {
		return nil
	}
	return []diag.Related{{Place: place, Message: message, Exact: true}}
}
