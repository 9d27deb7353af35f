// Package workspace lays unsaved text over the disk.
package workspace

import (
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
}

// Workspace is one open application folder. It is safe for concurrent use.
type Workspace struct{}

// Open reads a folder.
func Open(dir string) (*Workspace, error) { panic("to be written") }

// Dir is the folder.
func (w *Workspace) Dir() string { panic("to be written") }

// Snapshot is the latest.
func (w *Workspace) Snapshot() *Snapshot { panic("to be written") }

// Edit lays a text over a file (pure: no disk is touched) and gives the next snapshot.
func (w *Workspace) Edit(file, text string) *Snapshot { panic("to be written") }

// Revert takes the text laid over a file away.
func (w *Workspace) Revert(file string) *Snapshot { panic("to be written") }

// Save writes the text laid over a file, atomically, and keeps the file's mode. It refuses, with ErrChanged, when the disk
// changed since the text was based on it, unless force is set.
func (w *Workspace) Save(file string, force bool) (*Snapshot, error) { panic("to be written") }

// Rebase says that the text laid over a file has taken what is on the disk now into account: Save may replace it.
func (w *Workspace) Rebase(file string) *Snapshot { panic("to be written") }

// Doc is a file for an editor.
type Doc struct {
	Text     string
	ReadOnly string // why it cannot be changed, a sentence; "" when it can
}

// Read gives the text of any file of the folder, unsaved text included.
func (w *Workspace) Read(file string) (Doc, error) { panic("to be written") }

// Change is a file that changed on the disk.
type Change struct {
	File    string
	Text    string // the new text; "" when Removed
	Base    string // the disk's text that the unsaved text was made from: the third side of a merge
	Removed bool
	Dirty   bool // unsaved text lies over it: ask or merge
}

// Rescan looks at the disk again and gives what is new there.
func (w *Workspace) Rescan() (*Snapshot, []Change, error) { panic("to be written") }
