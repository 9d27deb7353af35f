// Package store is the manager's memory on disk (manager.md 5).
//
// It holds a snapshot of the mind's journal with the events that changed it since: what is loaded is the snapshot, replayed. Beside them: the
// history for people, the content of recipe files, a readable export. Secrets never come here: targets hold references (MG-55).
package store

import (
	"log/slog"
	"time"

	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/mind"
)

// Options of a store.
type Options struct {
	// History bounds the records that are kept: the oldest go first; 100,000 when zero.
	History int
	// CompactAfter is how many bytes of events may follow a snapshot before Due says that it is time for another; 16 MiB when zero.
	CompactAfter int64
	Log          *slog.Logger // nil for silence
}

// Step is one event that the mind took, and that changed its journal, with what is told of it.
type Step struct {
	At      time.Time
	Event   mind.Event // see manager.Recorded
	History []Record
}

// Loaded is what a store held when it was opened.
type Loaded struct {
	Journal *manager.Journal // nil when there is none yet
	Steps   []Step           // since that journal, in order; without history
	Damaged []string         // what could not be read, in words (MG-53); its bytes are untouched
}
