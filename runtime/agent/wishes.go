package agent

import (
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// Place is an instance with the installer under which its directory stands (PL-20).
type Place struct{ Path, Installer string }

// Look is an effect: see which files are in the store of blobs already, those with inlined data put there first; then say Looked
// with the same ID (MS-65).
type Look struct {
	ID    uint64
	Files []message.File
}

// Looked is an event: the files of a Look that are not there, by digest, each once.
type Looked struct {
	ID      uint64
	Missing []string
	Error   string // why nobody could look, or what is wrong with inlined data
}

// Keep is an effect: put a piece of a file into the store, then say Kept.
type Keep struct{ Chunk *message.BlobChunk }

// Kept is an event: a piece of a file is in the store.
type Kept struct {
	SHA256   string
	Complete bool   // it was the last one, and the digest is right
	Error    string // why it could not be kept, such as a full disk or another digest
}

// WriteProbes is an effect: write probe files into the directory of an instance (plugins.md 9), then say Written with the same ID.
type WriteProbes struct {
	ID    uint64
	Place Place
	Files []message.File
}

// RunScripts is an effect: write the scripts of a target into the directory of the scoped instance, run those whose name contains
// "agent.script." one after another in byte order (LC-101.2, plugins.md 10), then say Written with the same ID.
type RunScripts struct {
	ID    uint64
	View  View
	Files []message.File
}

// Written is an event: a WriteProbes or a RunScripts is over.
type Written struct {
	ID       uint64
	ExitCode int    // of the script that failed
	Error    string // what went wrong, "" when nothing
}

// Output is an event: a recipe printed something. The shell keeps the amount small (PL-72).
type Output struct {
	ID        uint64 // of the Run
	Stream    string // "out" or "err"
	Offset    int64  // of the text in its stream, in bytes
	Text      string
	Truncated bool // something was left out before it
}

// SetLogLevel is an effect: change what the process logs.
type SetLogLevel struct{ Level, Logger string }

// GatherLogs is an effect: say LogPart for each piece of the logs.
type GatherLogs struct {
	For      *message.Envelope // the message that asked
	MaxBytes int64             // 0 for the default of the shell
	Since    time.Time
}

// LogPart is an event: a piece of a log, for who asked.
type LogPart struct {
	For  *message.Envelope
	Part message.LogsChunk
}

// SwitchBus is an effect: try another broker, say Switched, then go there at the deadline (MS-90).
type SwitchBus struct {
	For *message.Envelope // the message that asked
	To  *message.MessagingSwitch
}

// Switched is an event: another broker was tried; Error says why it cannot be used.
type Switched struct {
	For   *message.Envelope
	Error string
}

// Request is the id of the request that a recipe runs for; "" when it runs by itself.
func (r Run) Request() string {
	if r.request() == nil {
		return ""
	}
	return r.For.ID
}

// Trace is the trace that a recipe belongs to; "" for none.
func (r Run) Trace() string {
	if r.For == nil {
		return ""
	}
	return r.For.Trace
}

// Timeout is how long the request lets each recipe run (PL-70); 0 when it does not say.
func (r Run) Timeout() time.Duration {
	if b := r.request(); b != nil {
		return b.Timeout
	}
	return 0
}

// Files are what must stand in the emptied directory of the instance before it is initialized (LC-20, PL-13).
func (r Run) Files() []message.File {
	if b := r.request(); b != nil && r.Op == lifecycle.Initialize {
		return b.Files
	}
	return nil
}

func (r Run) request() *message.InstanceRequest {
	if r.For == nil {
		return nil
	}
	b, _ := r.For.Body.(*message.InstanceRequest)
	return b
}
