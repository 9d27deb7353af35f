package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// rounds is how often fixes are looked for again: one may bring another mistake to light, those that meet wait for each other.
const rounds = 50

// mend applies the fixes that leave no choice to all folders (DIA-52), then says what it did. Each file is replaced at once, each
// round leaves a folder that can be read.
func (g *gatherer) mend(ctx context.Context, s streams) error {
	if _, err := g.look(ctx); err != nil { // what the folders export to each other
		return err
	}
	for _, f := range g.folders {
		w, err := workspace.Open(f.dir)
		if err != nil {
			return err
		}
		m := newMending(g, f, w)
		if err := m.run(ctx); err != nil {
			return fmt.Errorf("fix %s: %w", f.dir, err)
		}
		if err := m.report(s); err != nil {
			return err
		}
	}
	return nil
}

// mending is what --fix does to one folder.
type mending struct {
	*gatherer
	folder *folder
	w      *workspace.Workspace
	last   *load.Result

	fixed  map[mended]int
	made   []string
	moved  []source.Move
	spared map[string]error // files to leave alone, with the reason
	told   map[string]bool  // those of them that there was something to do in
}

func newMending(g *gatherer, f *folder, w *workspace.Workspace) *mending {
	m := &mending{gatherer: g, folder: f, w: w, fixed: map[mended]int{}, spared: map[string]error{}, told: map[string]bool{}}
	m.protect()
	return m
}

// mended is what was cured: findings of one code in one file.
type mended struct {
	file string
	code diag.Code
}

// errAgain says that something else changed files meanwhile: what to do has to be looked for again.
var errAgain = errors.New("files changed meanwhile")

// protect leaves files alone that forbid writing.
func (m *mending) protect() {
	for _, name := range m.w.Snapshot().All {
		info, err := os.Stat(filepath.Join(m.w.Dir(), filepath.FromSlash(name)))
		if err == nil && info.Mode().Perm()&0o222 == 0 {
			m.spared[name] = workspace.ErrReadOnly
		}
	}
}

func (m *mending) run(ctx context.Context) error {
	now := m.check()
	for range rounds {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		change := m.change(now)
		if change.Empty() {
			return nil
		}
		err := m.do(change)
		if err != nil && !errors.Is(err, errAgain) {
			return err
		}
		after := m.check()
		if err == nil {
			m.credit(now.problems, after.problems)
		}
		now = after
	}
	return nil
}

// check looks at the folder as the workspace has it.
func (m *mending) check() checked {
	fsys := m.w.Snapshot().FS
	m.last = load.Dir(fsys, check.Loading(fsys, m.load()), m.last)
	c := checked{dir: m.folder.dir, result: m.last, fsys: fsys, beside: m.beside(m.folder)}
	c.problems = check.With(m.last, fsys, m.rules(c.beside, &m.folder.memo))
	return c
}

// change is what can be done at once: of the codes that were asked for, one after the other.
func (m *mending) change(c checked) source.Change {
	g := c.ground(m.open(c), diag.English)
	if len(m.only) == 0 {
		return m.new(refactor.Cure(g, "", ""))
	}
	for _, code := range m.only {
		if change := m.new(refactor.Cure(g, code, "")); !change.Empty() {
			return change
		}
	}
	return source.Change{}
}

// open are the findings whose cure touches no file that has to be left alone.
func (m *mending) open(c checked) []diag.Problem {
	if len(m.spared) == 0 {
		return c.problems
	}
	return slices.DeleteFunc(slices.Clone(c.problems), func(p diag.Problem) bool {
		if len(m.only) > 0 && !slices.Contains(m.only, p.Code) {
			return true
		}
		code := diag.Code("")
		if len(m.only) > 0 {
			code = p.Code
		}
		name, touched := m.touches(refactor.Cure(c.ground([]diag.Problem{p}, diag.English), code, ""))
		if touched {
			m.told[name] = true
		}
		return touched
	})
}

// touches says which of the files to leave alone a change would touch.
func (m *mending) touches(c source.Change) (string, bool) {
	for _, e := range c.Edits {
		if m.spared[e.Place.File] != nil {
			return e.Place.File, true
		}
	}
	for _, move := range c.Moves {
		for name := range m.spared {
			if name == move.From || strings.HasPrefix(name, move.From+"/") {
				return name, true
			}
		}
	}
	return "", false
}

// new leaves out what a rehearsal did already: it moves nothing, so it would come to the same moves again.
func (m *mending) new(c source.Change) source.Change {
	if m.dryRun {
		c.Moves = slices.DeleteFunc(c.Moves, func(move source.Move) bool { return slices.Contains(m.moved, move) })
	}
	return c
}

// do does a change, or rehearses it.
func (m *mending) do(c source.Change) error {
	act := m.write
	if m.dryRun {
		act = m.rehearse
	}
	if err := act(c); err != nil {
		return err
	}
	for _, f := range c.Files {
		m.made = append(m.made, f.Name)
	}
	m.moved = append(m.moved, c.Moves...)
	return nil
}

// rehearse lays a change over the folder and writes nothing. Moves are noted only.
func (m *mending) rehearse(c source.Change) error {
	edits := map[string][]source.Edit{}
	for _, e := range c.Edits {
		edits[e.Place.File] = append(edits[e.Place.File], e)
	}
	for _, name := range slices.Sorted(maps.Keys(edits)) {
		doc, err := m.w.Read(name)
		if err != nil {
			return err
		}
		m.w.Edit(name, source.Apply(doc.Text, edits[name]))
	}
	for _, f := range c.Files {
		m.w.Edit(f.Name, f.Text)
	}
	return nil
}

// write does a change and saves it, unless something else changed the folder since it was looked at.
func (m *mending) write(c source.Change) error {
	if _, changes, err := m.w.Rescan(); err != nil {
		return err
	} else if len(changes) > 0 {
		return errAgain
	}
	now, _, err := m.w.Apply(c)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(now.Dirty)) {
		_, err := m.w.Save(name, false)
		switch {
		case err == nil:
		case errors.Is(err, workspace.ErrChanged), errors.Is(err, workspace.ErrReadOnly):
			m.w.Revert(name)
			m.spared[name], m.told[name] = err, true
		default:
			return err
		}
	}
	return nil
}

// credit notes which findings a round cured.
func (m *mending) credit(before, after []diag.Problem) {
	n := map[mended]int{}
	for _, p := range before {
		n[mended{p.Place.File, p.Code}]++
	}
	for _, p := range after {
		n[mended{p.Place.File, p.Code}]--
	}
	for what, gone := range n {
		if gone > 0 {
			m.fixed[what] += gone
		}
	}
}

// report says what became of the files; of a rehearsal it prints the patch.
func (m *mending) report(s streams) error {
	words := fixTexts[language(s)]
	did, made, moved := words.fixed, words.made, words.moved
	if m.dryRun {
		if err := m.patch(s); err != nil {
			return err
		}
		did, made, moved = words.wouldFix, words.wouldMake, words.wouldMove
	}
	for file, what := range m.byFile() {
		s.say("%s: "+did, m.folder.dir, cmp.Or(file, "."), what)
	}
	for _, name := range m.made {
		s.say("%s: "+made, m.folder.dir, name)
	}
	for _, move := range m.moved {
		s.say("%s: "+moved, m.folder.dir, move.From, move.To)
	}
	for _, name := range slices.Sorted(maps.Keys(m.told)) {
		s.say("%s: "+words.spared, m.folder.dir, name, words.reason(m.spared[name]))
	}
	return nil
}

// byFile gives what was cured in each file, such as "2 X_TRAILING_BLANKS, 1 X_TRAILING_COMMA".
func (m *mending) byFile() func(yield func(file, what string) bool) {
	order := slices.SortedFunc(maps.Keys(m.fixed), func(a, b mended) int {
		return cmp.Or(cmp.Compare(a.file, b.file), diag.CompareCodes(a.code, b.code))
	})
	return func(yield func(file, what string) bool) {
		for len(order) > 0 {
			file, parts := order[0].file, []string(nil)
			for len(order) > 0 && order[0].file == file {
				parts = append(parts, fmt.Sprintf("%d %s", m.fixed[order[0]], order[0].code))
				order = order[1:]
			}
			if !yield(file, strings.Join(parts, ", ")) {
				return
			}
		}
	}
}

// fixWords are said of what --fix does.
type fixWords struct {
	fixed, made, moved             string
	wouldFix, wouldMake, wouldMove string
	spared, readOnly, changed      string
}

var fixTexts = map[diag.Language]fixWords{
	diag.English: {
		fixed: "mended %s: %s", made: "made %s", moved: "moved %s to %s",
		wouldFix: "would mend %s: %s", wouldMake: "would make %s", wouldMove: "would move %s to %s",
		spared: "left %s alone: %s", readOnly: "it is read-only", changed: "something else changed it meanwhile; run it again",
	},
	diag.French: {
		fixed: "corrigé dans %s : %s", made: "créé %s", moved: "déplacé %s vers %s",
		wouldFix: "à corriger dans %s : %s", wouldMake: "à créer : %s", wouldMove: "à déplacer : %s vers %s",
		spared: "%s laissé tel quel : %s", readOnly: "il est en lecture seule", changed: "il a changé entre-temps ; relancez la commande",
	},
}

func (w fixWords) reason(err error) string {
	if errors.Is(err, workspace.ErrReadOnly) {
		return w.readOnly
	}
	return w.changed
}
