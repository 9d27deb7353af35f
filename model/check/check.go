// Package check holds the rules that a model must follow.
package check

import (
	"io/fs"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// All gives the problems of a loaded application: those of the loading and those of every rule,
// sorted (DIA-3), each once (DIA-2).
func All(r *load.Result, fsys fs.FS) []diag.Problem { panic("to be written") }

// Dir loads and checks a folder.
func Dir(fsys fs.FS, o load.Options) (*load.Result, []diag.Problem) {
	r := load.Dir(fsys, o, nil)
	return r, All(r, fsys)
}
