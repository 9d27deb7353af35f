// Package load turns the folder of an application into a model.
package load

import (
	"io/fs"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Options of a loading.
type Options struct {
	decl.Options
	// Recipe reads the folder as a reusable recipe (MOD-18) even if it has a descriptor.
	Recipe bool
	// MaxInstances is how many instances copies may bring the application to; 0 for DefaultMaxInstances.
	MaxInstances int
}

// File is one file that was read.
type File struct {
	Name  string // relative to the application's folder
	Text  string
	Lines *source.Lines
	Tree  *syntax.Tree // nil for what is neither graph nor instances
}

// Result is an application as far as it could be read, and the problems met on the way.
type Result struct {
	// App is never nil (MOD-34); App.Graph is never nil either.
	App *model.Application
	// HasGraph says whether a graph could be built at all (MOD-31).
	HasGraph bool
	// Recipe says that the folder was read as a reusable recipe (MOD-18).
	Recipe bool
	// Files are those reached from the entry points, by name. Orphan graph and instances files are in it as well.
	Files map[string]*File
	// Problems are sorted (DIA-3), each once (DIA-2), with Range filled in.
	Problems []diag.Problem

	// Base is where the project stands in the folder: "", or "src/main/model" (MOD-11). Names of files include it.
	Base string
	// All are the names of all files of the project, sorted by file name, hidden ones left out (MOD-12).
	All []string
	// Scripts are the files of All that stand in the folders of commands, rules and probes.
	Scripts []string
	// Reached are the graph and instances files that the entry points lead to, sorted (MOD-14).
	Reached []string
	// Holes says that a file of the graph is missing: names that nobody declares may well be declared there.
	Holes bool
	// Loose says that a file of the instances is missing: what nobody makes an instance of may well have one there.
	Loose bool
	// Broken says that the text of a file of the graph could not be read whole.
	Broken bool
	// GraphFile is the entry of the graph; "" when there is none.
	GraphFile string
	// Descriptor are the keys of the descriptor and their places; nil when it could not be read.
	Descriptor *Properties

	// Resources are the folders directly below graph/ with their files, relative to them, in the order of All.
	Resources map[string][]string

	options Options
	units   map[string]*unit
	listing *listing
	words   words // those of the latest loading that needed any
	torn    torn
}

// Dir loads an application. fsys is its folder, or the build project around it (MOD-11). prev, when not nil, is an
// earlier result of the same folder: what did not change is taken from it.
func Dir(fsys fs.FS, o Options, prev *Result) *Result {
	l := newLoader(openFolder(fsys), o, prev)
	l.look()
	l.Recipe = o.Recipe || l.looksLikeRecipe()
	if l.Recipe {
		l.describeRecipe()
	} else {
		l.describe()
	}
	l.readGraph()
	l.readInstances()
	l.reportStrays()
	l.readScripts()
	return l.finish()
}

// Graph loads one graph file that stands outside any project; its folder is the root for imports (DSL-71).
func Graph(fsys fs.FS, entry string, o Options) *Result {
	l := newLoader(folder{fsys: fsys}, o, nil)
	l.GraphFile = entry
	l.buildGraph(l.readLanguage(graphLanguage, ".", entry))
	return l.finish()
}

// Instances loads one instances file that stands outside any project, to be read against a graph; its folder is the root
// for imports (DSL-71).
func Instances(fsys fs.FS, entry string, g *model.Graph, o Options) *Result {
	l := newLoader(folder{fsys: fsys}, o, nil)
	l.App.Graph, l.HasGraph = g, true
	l.buildInstances(l.readLanguage(instancesLanguage, ".", entry))
	return l.finish()
}

// loader is a result in the making.
type loader struct {
	*Result
	folder folder
	prev   *Result
	// locations are the files of each language that wrong locations may stand for, by folder; made when somebody asks.
	locations map[string]*near.Known
}

func newLoader(f folder, o Options, prev *Result) *loader {
	if prev != nil && prev.options != o {
		prev = nil
	}
	l := &loader{
		Result: &Result{
			App:     &model.Application{Graph: model.NewGraph(nil, nil)},
			Files:   make(map[string]*File),
			Base:    f.base,
			options: o,
			units:   make(map[string]*unit),
		},
		folder: f,
		prev:   prev,
	}
	if prev != nil {
		l.words = prev.words
	}
	return l
}

// look lists the folder.
func (l *loader) look() {
	var old *listing
	if l.prev != nil {
		old = l.prev.listing
	}
	l.listing = l.folder.list(old)
	l.All, l.Resources, l.Scripts = l.listing.all, l.listing.inside, l.listing.scripts
}

func (l *loader) report(p diag.Problem) { l.Problems = append(l.Problems, p) }

// finish orders the problems and says where they are in lines and columns.
func (l *loader) finish() *Result {
	l.Problems = l.Locate(l.Problems)
	return l.Result
}

// Locate fills in the ranges of problems that have none, from the line tables of the files, sorts them (DIA-3) and drops
// repetitions (DIA-2).
func (r *Result) Locate(list []diag.Problem) []diag.Problem {
	for i := range list {
		p := &list[i]
		if p.Range != (source.Range{}) {
			continue
		}
		p.Range = r.rangeOf(p.Place)
		for k := range p.Related {
			p.Related[k].Range = r.rangeOf(p.Related[k].Place)
		}
	}
	diag.Sort(list)
	return diag.Dedup(list)
}

// rangeOf is the first line for a file without text: a directory, something unreadable (DIA-13).
func (r *Result) rangeOf(p source.Place) source.Range {
	if p.IsZero() {
		return source.Range{}
	}
	if f := r.Files[p.File]; f != nil {
		return f.Lines.Range(p.Span)
	}
	first := source.Position{Line: 1, Column: 1}
	return source.Range{Start: first, End: first}
}

// FirstLine is the place of a finding about a whole file (DIA-13).
func (r *Result) FirstLine(file string) source.Place {
	p := source.Place{File: file}
	if f := r.Files[file]; f != nil {
		p.Span = f.Lines.Span(1)
	}
	return p
}
