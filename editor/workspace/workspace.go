// Package workspace lays unsaved text over the disk.
package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"unicode/utf8"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// Snapshot is the application as it is at one moment, unsaved text included. Immutable.
type Snapshot struct {
	Version  int
	Result   *load.Result
	Problems []diag.Problem
	// Dirty are the files whose text differs from the disk.
	Dirty map[string]bool
	// All are the paths of every regular file of the folder, sorted, hidden ones left out.
	All []string
	// FS is the folder with the unsaved text over it.
	FS fs.FS

	from *Workspace
}

// Workspace is one open application folder. It is safe for concurrent use.
//
// The file on disk is the truth (product 5.4): unsaved text is kept beside it until it is saved, and what others write
// meanwhile is reported, never overwritten unasked.
type Workspace struct {
	dir     string
	analyse analysis
	group   *Group // nil for an application on its own

	// io is held while the disk is read or written; it comes before mu.
	io sync.Mutex
	// mu guards what follows; an edit needs nothing else.
	mu       sync.Mutex
	disk     *disk
	overlays map[string]overlay // never changed in place: snapshots share it
	view     view               // of the latest snapshot
	snap     *Snapshot
	memo     check.Memo
	epoch    int // of the group, when snap was made
}

// overlay is unsaved text over a file.
type overlay struct {
	text string
	base string // what was on the disk when the text was made
	had  bool   // there was such a file
}

// analysis turns a folder into a model and its problems.
type analysis func(fsys fs.FS, prev *load.Result, o check.Options) (*load.Result, []diag.Problem)

func loadAndCheck(fsys fs.FS, prev *load.Result, o check.Options) (*load.Result, []diag.Problem) {
	r := load.Dir(fsys, check.Loading(fsys, load.Options{}), prev)
	return r, check.With(r, fsys, o)
}

// Open reads a folder.
func Open(dir string) (*Workspace, error) { return open(dir, loadAndCheck) }

func open(dir string, a analysis) (*Workspace, error) { return openIn(dir, a, nil) }

func openIn(dir string, a analysis, g *Group) (*Workspace, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	info, err := os.Stat(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("open %s: there is no such folder: %w", dir, err)
	case err != nil:
		return nil, fmt.Errorf("open %s: %w", dir, err)
	case !info.IsDir():
		return nil, fmt.Errorf("open %s: it is a file; give the folder of the application", dir)
	}
	d, err := scan(abs, nil)
	if err != nil {
		return nil, err
	}
	w := &Workspace{dir: abs, analyse: a, disk: d, group: g}
	w.renew()
	return w, nil
}

// renew makes the snapshot of the state now. The caller holds mu, or is alone.
func (w *Workspace) renew() *Snapshot {
	w.view = over(w.disk, w.overlays, w.view)
	next := &Snapshot{Version: 1, Dirty: make(map[string]bool, len(w.overlays)), All: w.view.all, FS: w.view, from: w}
	var prev *load.Result
	if w.snap != nil {
		next.Version, prev = w.snap.Version+1, w.snap.Result
	}
	for name := range w.overlays {
		next.Dirty[name] = true
	}
	others, epoch := w.group.beside(w)
	o := check.Options{Memo: &w.memo}
	for _, other := range others {
		o.Beside = append(o.Beside, other.Result.App)
	}
	next.Result, next.Problems = w.analyse(next.FS, prev, o)
	w.epoch = w.group.tell(w, next.Result, epoch)
	w.snap = next
	return next
}

// stale says whether what the applications beside export to the outside changed since the latest snapshot.
func (w *Workspace) stale() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.behind()
}

// behind is stale for who holds mu.
func (w *Workspace) behind() bool {
	return w.group != nil && w.group.now() != w.epoch
}

// Dir is the folder.
func (w *Workspace) Dir() string { return w.dir }

// Snapshot is the latest. When an application beside exports something else to the outside since, it is made anew.
func (w *Workspace) Snapshot() *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.behind() {
		return w.renew()
	}
	return w.snap
}

// Edit lays a text over a file and gives the next snapshot. It writes nothing to the disk.
func (w *Workspace) Edit(file, text string) *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	o, laid := w.overlays[file]
	onDisk, had := w.disk.text(file)
	switch {
	case !fs.ValidPath(file) || file == "." || laid && o.text == text || !laid && had && onDisk == text:
		return w.snap
	case !laid:
		o.base, o.had = onDisk, had
	}
	o.text = text
	if had && onDisk == text {
		return w.uncover(file)
	}
	return w.lay(file, o)
}

// lay puts an overlay in place.
func (w *Workspace) lay(file string, o overlay) *Snapshot {
	overlays := maps.Clone(w.overlays)
	if overlays == nil {
		overlays = map[string]overlay{}
	}
	overlays[file] = o
	w.overlays = overlays
	return w.renew()
}

// uncover takes an overlay away.
func (w *Workspace) uncover(file string) *Snapshot {
	overlays := maps.Clone(w.overlays)
	delete(overlays, file)
	w.overlays = overlays
	return w.renew()
}

// Revert takes the text laid over a file away.
func (w *Workspace) Revert(file string) *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, laid := w.overlays[file]; !laid {
		return w.snap
	}
	return w.uncover(file)
}

// Rebase says what the text laid over a file was made from: base, or no file at all when gone is set. Whoever merged what is
// on the disk into the text, or chose to replace it, says so with the text that was seen there: Save refuses what is newer.
func (w *Workspace) Rebase(file, base string, gone bool) *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	o, laid := w.overlays[file]
	if !laid {
		return w.snap
	}
	overlays := maps.Clone(w.overlays)
	o.base, o.had = base, !gone
	overlays[file] = o
	w.overlays = overlays // the texts stay as they are, so does the snapshot
	return w.snap
}

// largest is how long a text may be that an editor may change.
const largest = 4 << 20

// shown is how much is shown of a text that is longer.
const shown = 256 << 10

// Doc is a file for an editor.
type Doc struct {
	Text     string
	ReadOnly string // why it cannot be changed, a sentence; "" when it can
}

// Read gives the text of any file of the folder, unsaved text included; of one that is too long, the beginning. A text with
// bytes that are no UTF-8 is read-only (DSL-1): an editor could not write them again as they were.
func (w *Workspace) Read(file string) (Doc, error) {
	fsys := w.Snapshot().FS
	info, err := fs.Stat(fsys, file)
	if err != nil {
		return Doc{}, fmt.Errorf("read %s: %w", file, reason(err))
	}
	if info.Size() > largest && info.Mode().IsRegular() {
		return w.beginning(file, info.Size())
	}
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return Doc{}, fmt.Errorf("read %s: %w", file, reason(err))
	}
	if isBinary(data) {
		return Doc{ReadOnly: notText}, nil
	}
	if !utf8.Valid(data) {
		return Doc{Text: string(data), ReadOnly: notUTF8}, nil
	}
	return Doc{Text: string(data)}, nil
}

const (
	notText = "This file is not text, so it is not shown."
	notUTF8 = "This file is not in UTF-8, so it cannot be changed here without damage: convert it first, with iconv for example."
)

// isBinary says whether bytes are no text: they hold a zero byte near the beginning.
func isBinary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 }

// beginning reads the first lines of a file that is too long.
func (w *Workspace) beginning(file string, size int64) (Doc, error) {
	f, err := os.Open(filepath.Join(w.dir, filepath.FromSlash(file)))
	if err != nil {
		return Doc{}, fmt.Errorf("read %s: %w", file, reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, shown))
	if err != nil {
		return Doc{}, fmt.Errorf("read %s: %w", file, reason(err))
	}
	if isBinary(data) {
		return Doc{ReadOnly: notText}, nil
	}
	why := fmt.Sprintf("Only the beginning is shown, and it cannot be changed here: the file has %d MiB, the editor takes up to %d.", size>>20, largest>>20)
	return Doc{Text: string(data[:bytes.LastIndexByte(data, '\n')+1]), ReadOnly: why}, nil
}

// reason takes the path out of an error of the file system, since ours names the file already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// Change is a file that changed on the disk.
type Change struct {
	File    string
	Text    string // the new text; "" when Removed
	Base    string // the text that was there before, or that the unsaved text was made from: the third side of a merge
	Removed bool
	Dirty   bool // unsaved text lies over it: ask or merge
}

// Rescan looks at the disk again and gives what is new there, by name. When the folder itself cannot be read, nothing changes.
func (w *Workspace) Rescan() (*Snapshot, []Change, error) {
	w.io.Lock()
	defer w.io.Unlock()
	next, err := scan(w.dir, w.disk) // only the holder of io writes w.disk
	if err != nil {
		return w.Snapshot(), nil, err
	}
	names, same := next.differences(w.disk)
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.disk
	w.disk = next
	if same {
		return w.snap, nil, nil
	}
	var changes []Change
	overlays := maps.Clone(w.overlays)
	for _, name := range names {
		c := Change{File: name, Text: next.after(name), Removed: next.files[name] == nil, Base: was.before(name)}
		if o, laid := overlays[name]; laid && !c.Removed && o.text == c.Text {
			delete(overlays, name) // others wrote the same
		} else if laid {
			c.Base, c.Dirty = o.base, true
		}
		changes = append(changes, c)
	}
	w.overlays = overlays
	return w.renew(), changes, nil
}

// ErrChanged says that a file changed on the disk since the unsaved text was made from it.
var ErrChanged = errors.New("the file was changed by something else; look at what is on the disk, then merge or replace it")

// ErrReadOnly says that the mode of a file forbids writing.
var ErrReadOnly = errors.New("the file is read-only; allow writing with chmod u+w")

// Save writes the text laid over a file, atomically, and keeps the file's mode. It refuses, with ErrChanged, when the disk
// changed since the text was based on it, unless force is set. A link is followed: the file it leads to is written.
func (w *Workspace) Save(file string, force bool) (*Snapshot, error) {
	w.io.Lock()
	defer w.io.Unlock()
	w.mu.Lock()
	o, laid := w.overlays[file]
	w.mu.Unlock()
	if !laid {
		return w.Snapshot(), nil
	}
	if err := w.write(file, o, force); err != nil {
		return w.Snapshot(), fmt.Errorf("save %s: %w", file, err)
	}
	disk := w.disk.reread(file, o.text)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disk = disk
	now, laid := w.overlays[file]
	if laid && now.text != o.text { // typed on while it was written
		now.base, now.had = o.text, true
		return w.lay(file, now), nil
	}
	return w.uncover(file), nil
}

// write checks that nothing is overwritten unseen, then replaces the file.
func (w *Workspace) write(file string, o overlay, force bool) error {
	path, err := follow(filepath.Join(w.dir, filepath.FromSlash(file)))
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if o.had && !force {
			return ErrChanged
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		return replace(path, o.text, nil)
	case err != nil:
		return reason(err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("it is no regular file: %s", info.Mode())
	case info.Mode().Perm()&0o222 == 0:
		return ErrReadOnly
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return reason(err)
	}
	if !force && !bytes.Equal(now, []byte(o.text)) && (!o.had || string(now) != o.base) {
		return ErrChanged
	}
	return replace(path, o.text, info)
}
