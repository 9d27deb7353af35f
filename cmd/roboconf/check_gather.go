package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// checked is a folder with what was found in it.
type checked struct {
	dir      string // as the person gave it
	result   *load.Result
	problems []diag.Problem
	shown    []diag.Problem // those that the person wants to see
	hidden   []diag.Problem // those that --level and --code leave out
	left     []diag.Problem // those that --max leaves out
	fsys     fs.FS          // nil for an example of a page
	beside   []ask.Neighbour
}

// folder is one that is checked, perhaps again and again.
type folder struct {
	dir, abs string
	fsys     fs.FS
	result   *load.Result
	memo     check.Memo
}

// gatherer looks at folders side by side.
type gatherer struct {
	checkOptions
	folders []*folder
	puppet  func(manifest string) (message string, ok bool)
	polling string // why looks come at a fixed pace
}

// gather opens folders.
func (o checkOptions) gather(ctx context.Context, dirs []string) (*gatherer, error) {
	g := &gatherer{checkOptions: o, puppet: puppetParser(ctx)}
	for _, dir := range dirs {
		if err := isFolder(dir); err != nil {
			return nil, err
		}
		abs, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		g.folders = append(g.folders, &folder{dir: dir, abs: abs, fsys: os.DirFS(dir)})
	}
	return g, nil
}

// look checks all folders; what did not change since the look before is not looked at again.
func (g *gatherer) look(ctx context.Context) ([]checked, error) {
	return interruptible(ctx, func() []checked {
		g.each(func(_ int, f *folder) { f.result = load.Dir(f.fsys, check.Loading(f.fsys, g.load()), f.result) })
		all := make([]checked, len(g.folders))
		g.each(func(i int, f *folder) { all[i] = g.judge(f) })
		return all
	})
}

// each does something with every folder, side by side.
func (g *gatherer) each(do func(i int, f *folder)) {
	var wait sync.WaitGroup
	for i, f := range g.folders {
		wait.Go(func() { do(i, f) })
	}
	wait.Wait()
}

// judge checks a folder that was read, as all others were.
func (g *gatherer) judge(f *folder) checked {
	beside := g.beside(f)
	c := checked{dir: f.dir, result: f.result, fsys: f.fsys, beside: beside}
	c.problems = check.With(f.result, f.fsys, g.rules(beside, &f.memo))
	c.shown = c.problems
	return c
}

// beside are the other folders that are checked at the same time.
func (g *gatherer) beside(f *folder) (others []ask.Neighbour) {
	for _, other := range g.folders {
		if other.abs != f.abs && other.result != nil {
			others = append(others, ask.Neighbour{Dir: other.abs, Result: other.result})
		}
	}
	return others
}

func (g *gatherer) rules(beside []ask.Neighbour, memo *check.Memo) check.Options {
	o := check.Options{Strict: g.strict, Memo: memo, Puppet: g.puppet}
	for _, other := range beside {
		if !slices.Contains(o.Beside, other.Result.App) {
			o.Beside = append(o.Beside, other.Result.App)
		}
	}
	return o
}

// file gives the text of a file that was read.
func (c checked) file(name string) (string, *source.Lines) {
	if f := c.result.Files[name]; f != nil {
		return f.Text, f.Lines
	}
	if c.fsys == nil || !fs.ValidPath(name) {
		return "", nil
	}
	text, err := fs.ReadFile(c.fsys, name) // a recipe, or the settings: the model does not hold them
	if err != nil {
		return "", nil
	}
	return string(text), source.NewLines(string(text))
}

// manageable is up to how many findings cures are looked for that take a look at the whole model. Of more, nobody reads each: the
// cures that the findings bring along are then enough.
const manageable = 300

func (c checked) manageable() bool { return c.fsys != nil && len(c.shown) <= manageable }

func (c checked) ground(problems []diag.Problem, lang diag.Language) ask.Ground {
	return ask.Ground{Result: c.result, Problems: problems, FS: c.fsys, Beside: c.beside, Language: lang}
}

// cures gives what cures a finding, as an editor offers it (DIA-51).
func (c checked) cures(p diag.Problem) []diag.Fix {
	if !c.manageable() {
		return p.Fixes
	}
	return refactor.Fixes(c.ground(c.problems, diag.English), p)
}

// curable says whether --fix would do something about a finding.
func (c checked) curable(p diag.Problem) bool {
	return !refactor.Cure(c.ground([]diag.Problem{p}, diag.English), "", "").Empty()
}
