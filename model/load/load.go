// Package load turns the folder of an application into a model.
package load

import (
	"io/fs"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Options of a loading.
type Options struct {
	decl.Options
	// Recipe reads the folder as a reusable recipe (MOD-18) even if it has a descriptor.
	Recipe bool
}

// File is one file that was read.
type File struct {
	Name  string // relative to the application's folder
	Text  string
	Lines *source.Lines
	Tree  *syntax.Tree // nil for a descriptor
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
}

// Dir loads an application. fsys is its folder, or the build project around it (MOD-11). prev, when not nil, is an
// earlier result of the same folder: what did not change is taken from it.
func Dir(fsys fs.FS, o Options, prev *Result) *Result { panic("to be written") }
