package lsp

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// loadAlone reads a file that is part of no application (DSL-71). What such a file cannot know is not told: instances without a
// graph are only read.
func loadAlone(path, text string, lang diag.Language) *site {
	dir, file := filepath.Dir(path), filepath.Base(path)
	fsys := overlay{os.DirFS(dir), file, text}
	result := load.Dir(nothing{}, load.Options{}, nil)
	var problems []diag.Problem
	switch filepath.Ext(file) {
	case ".graph":
		result = load.Graph(fsys, file, load.Options{})
		problems = result.Problems
	case ".instances":
		entry, found := graphBeside(dir)
		if found {
			result = load.Graph(fsys, entry, load.Options{})
		}
		result = load.Instances(fsys, file, result.App.Graph, load.Options{})
		problems = result.Problems
		if !found {
			problems = slices.DeleteFunc(slices.Clone(problems), func(p diag.Problem) bool {
				return p.Category() != diag.Parsing && p.Category() != diag.ParsingModel
			})
		}
	}
	return &site{dir: dir, file: file, ground: ask.Ground{Result: result, Problems: problems, FS: fsys, Language: lang}}
}

// graphBeside finds the graph that instances are read against: main.graph, or the only one there is.
func graphBeside(dir string) (string, bool) {
	graphs, err := filepath.Glob(filepath.Join(dir, "*.graph"))
	if err != nil || len(graphs) == 0 {
		return "", false
	}
	main := filepath.Join(dir, "main.graph")
	if slices.Contains(graphs, main) {
		return "main.graph", true
	}
	return filepath.Base(graphs[0]), len(graphs) == 1
}

// nothing is a folder without files.
type nothing struct{}

// Open finds nothing.
func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// overlay is a folder with one text laid over a file.
type overlay struct {
	fs.FS
	name, text string
}

// ReadFile gives the text, else what is in the folder.
func (o overlay) ReadFile(name string) ([]byte, error) {
	if name == o.name {
		return []byte(o.text), nil
	}
	return fs.ReadFile(o.FS, name)
}

// Open gives the text, else what is in the folder.
func (o overlay) Open(name string) (fs.File, error) {
	if name != o.name {
		return o.FS.Open(name)
	}
	return &opened{strings.NewReader(o.text), info{name, int64(len(o.text))}}, nil
}

// Stat knows the text too.
func (o overlay) Stat(name string) (fs.FileInfo, error) {
	if name != o.name {
		return fs.Stat(o.FS, name)
	}
	return info{name, int64(len(o.text))}, nil
}
