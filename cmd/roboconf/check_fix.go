package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// rounds is how often fixes are looked for again: one may bring another mistake to light.
const rounds = 10

// fixAll applies the fixes that leave no choice until none is left. Each file is replaced at once, each round leaves a folder
// that can be read.
func fixAll(s streams, dir string, o load.Options) error {
	for range rounds {
		result, problems := check.Dir(os.DirFS(dir), o)
		edits := clearEdits(problems, result.Files)
		if len(edits) == 0 {
			return nil
		}
		for _, file := range slices.Sorted(maps.Keys(edits)) {
			text := source.Apply(result.Files[file].Text, edits[file])
			if err := workspace.ReplaceFile(filepath.Join(dir, filepath.FromSlash(file)), text); err != nil {
				return err
			}
			s.say("%s: mended %s", dir, file)
		}
	}
	return nil
}

// clearEdits are the edits of the problems that have exactly one fix, by file. Where two fixes touch the same text
// the first wins: the other is looked at again in the next round.
func clearEdits(problems []diag.Problem, files map[string]*load.File) map[string][]source.Edit {
	taken := map[string][]source.Edit{}
	for _, p := range problems {
		if len(p.Fixes) != 1 || !fits(p.Fixes[0].Edits, taken, files) {
			continue
		}
		for _, e := range p.Fixes[0].Edits {
			taken[e.Place.File] = append(taken[e.Place.File], e)
		}
	}
	return taken
}

// fits says whether all edits of a fix change files that were read, in places that no other fix touches.
func fits(edits []source.Edit, taken map[string][]source.Edit, files map[string]*load.File) bool {
	for _, e := range edits {
		if files[e.Place.File] == nil {
			return false
		}
		for _, other := range taken[e.Place.File] {
			if e.Place.Span.Start <= other.Place.Span.End && other.Place.Span.Start <= e.Place.Span.End {
				return false
			}
		}
	}
	return true
}
