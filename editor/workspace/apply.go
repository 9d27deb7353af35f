package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Undo takes a change back. It refuses when something else changed since what it would have to remove.
type Undo func() (*Snapshot, error)

// Apply does a change: edits are laid over the files as unsaved text, new files and moves go to the disk at once. It is done
// whole or not at all: it refuses when a file that is to be made, or the target of a move, is there. Spans of edits are of the
// texts of the latest snapshot. Unsaved text moves along with its file.
func (w *Workspace) Apply(c source.Change) (*Snapshot, Undo, error) {
	w.io.Lock()
	defer w.io.Unlock()
	if err := w.possible(c); err != nil {
		return w.Snapshot(), nil, err
	}
	laid, before, err := w.edited(c.Edits)
	if err != nil {
		return w.Snapshot(), nil, err
	}
	back, err := w.shift(c)
	if err != nil {
		return w.Snapshot(), nil, err
	}
	next, err := w.take(laid, c.Moves)
	if err != nil {
		return next, nil, errors.Join(err, back())
	}
	return next, func() (*Snapshot, error) { return w.takeBack(c, before, laid, back) }, nil
}

// possible refuses a change that would overwrite something, or that speaks of what is not there.
func (w *Workspace) possible(c source.Change) error {
	for _, f := range c.Files {
		if err := w.free(f.Name); err != nil {
			return fmt.Errorf("make %s: %w", f.Name, err)
		}
	}
	for _, m := range c.Moves {
		if !fs.ValidPath(m.From) || m.From == "." {
			return fmt.Errorf("move %s: it is no path inside the application", m.From)
		}
		if _, err := os.Lstat(w.real(m.From)); err != nil {
			return fmt.Errorf("move %s: %w", m.From, reason(err))
		}
		if err := w.free(m.To); err != nil {
			return fmt.Errorf("move %s to %s: %w", m.From, m.To, err)
		}
	}
	return nil
}

var errTaken = errors.New("there is such a file or folder already; choose another name, or remove it first")

// free says whether something can be made under a name.
func (w *Workspace) free(name string) error {
	if !fs.ValidPath(name) || name == "." {
		return errors.New("it is no path inside the application")
	}
	w.mu.Lock()
	_, laid := w.overlays[name]
	w.mu.Unlock()
	if _, err := os.Lstat(w.real(name)); laid || err == nil {
		return errTaken
	} else if !errors.Is(err, fs.ErrNotExist) {
		return reason(err)
	}
	return nil
}

func (w *Workspace) real(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// edited gives the texts that edits lead to, with those of the files that are there, by file.
func (w *Workspace) edited(edits []source.Edit) (after, before map[string]string, err error) {
	after, before = map[string]string{}, map[string]string{}
	byFile := map[string][]source.Edit{}
	for _, e := range edits {
		byFile[e.Place.File] = append(byFile[e.Place.File], e)
	}
	fsys := w.Snapshot().FS
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		text, err := fs.ReadFile(fsys, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) || !fs.ValidPath(name) {
			return nil, nil, fmt.Errorf("change %s: %w", name, reason(err))
		}
		if err == nil {
			before[name] = string(text)
		}
		after[name] = source.Apply(string(text), byFile[name])
	}
	return after, before, nil
}

// shift makes files, then moves; back undoes what was done, in reverse.
func (w *Workspace) shift(c source.Change) (back func() error, err error) {
	var undo []func() error
	back = func() error {
		var errs []error
		for _, f := range slices.Backward(undo) {
			errs = append(errs, f())
		}
		return errors.Join(errs...)
	}
	for _, f := range c.Files {
		remove, err := w.make(f)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("make %s: %w", f.Name, reason(err)), back())
		}
		undo = append(undo, remove)
	}
	for _, m := range c.Moves {
		clean, err := w.folders(m.To)
		if err == nil {
			err = os.Rename(w.real(m.From), w.real(m.To))
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("move %s to %s: %w", m.From, m.To, reason(err)), clean(), back())
		}
		undo = append(undo, clean, func() error { return os.Rename(w.real(m.To), w.real(m.From)) })
	}
	return back, nil
}

// make writes a new file. remove takes it away again, unless somebody wrote something else into it.
func (w *Workspace) make(f source.File) (remove func() error, err error) {
	clean, err := w.folders(f.Name)
	if err != nil {
		return nil, errors.Join(err, clean())
	}
	mode := fs.FileMode(0o666)
	if f.Executable {
		mode = 0o777
	}
	file, err := os.OpenFile(w.real(f.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, errors.Join(err, clean())
	}
	_, err = file.WriteString(f.Text)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(w.real(f.Name)), clean())
	}
	return func() error {
		now, err := os.ReadFile(w.real(f.Name))
		if err != nil || string(now) != f.Text {
			return fmt.Errorf("remove %s: it was changed since", f.Name)
		}
		return errors.Join(os.Remove(w.real(f.Name)), clean())
	}, nil
}

// folders makes the folders above a name that are missing; clean removes those that are empty again.
func (w *Workspace) folders(name string) (clean func() error, err error) {
	var made []string
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if _, err := os.Stat(w.real(dir)); err == nil {
			break
		}
		made = append(made, dir)
	}
	clean = func() error {
		for _, dir := range made {
			_ = os.Remove(w.real(dir)) // one that is not empty stays
		}
		return nil
	}
	return clean, os.MkdirAll(filepath.Dir(w.real(name)), 0o777)
}

// take lays texts over the files, renames unsaved texts after their files, and looks at the disk again. The caller holds io.
func (w *Workspace) take(texts map[string]string, moves []source.Move) (*Snapshot, error) {
	disk, err := scan(w.dir, w.disk)
	if err != nil {
		return w.Snapshot(), err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	overlays := maps.Clone(w.overlays)
	if overlays == nil {
		overlays = map[string]overlay{}
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		o, laid := overlays[name]
		if !laid {
			o.base, o.had = w.disk.text(name)
		}
		o.text = texts[name]
		overlays[name] = o
	}
	for _, name := range slices.Sorted(maps.Keys(overlays)) {
		o := overlays[name]
		delete(overlays, name)
		to := moved(name, moves)
		if onDisk, had := disk.text(to); !had || onDisk != o.text {
			overlays[to] = o
		}
	}
	w.disk, w.overlays = disk, overlays
	return w.renew(), nil
}

// moved is the name of a file after moves.
func moved(name string, moves []source.Move) string {
	for _, m := range moves {
		if name == m.From {
			name = m.To
		} else if rest, below := strings.CutPrefix(name, m.From+"/"); below {
			name = m.To + "/" + rest
		}
	}
	return name
}

// takeBack undoes a change, unless one of its texts was changed since.
func (w *Workspace) takeBack(c source.Change, before, after map[string]string, back func() error) (*Snapshot, error) {
	w.io.Lock()
	defer w.io.Unlock()
	fsys := w.Snapshot().FS
	for _, name := range slices.Sorted(maps.Keys(after)) {
		now, err := fs.ReadFile(fsys, moved(name, c.Moves))
		if err != nil || string(now) != after[name] {
			return w.Snapshot(), fmt.Errorf("take the change of %s back: it was changed since", name)
		}
	}
	if err := back(); err != nil {
		return w.Snapshot(), err
	}
	var reversed []source.Move
	for _, m := range slices.Backward(c.Moves) {
		reversed = append(reversed, source.Move{From: m.To, To: m.From})
	}
	w.mu.Lock()
	overlays := make(map[string]overlay, len(w.overlays))
	for name, o := range w.overlays { // each name has one new name: the order does not matter
		_, had := before[name]
		if _, ours := after[name]; had || !ours {
			overlays[moved(name, reversed)] = o
		}
	}
	w.overlays = overlays
	w.mu.Unlock()
	return w.take(before, nil)
}
