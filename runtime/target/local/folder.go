package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

// folder is the folder of one machine:
//
//	machine.json   whose it is, with which settings its agent is started: never changed
//	user-data      what the agent is told, mode 0600
//	run.json       the process, the starts before it
//	exit           how the last process ended, when this host could tell
//	destroying     there as soon as the machine is being destroyed
//	agent.log      what the agent prints; agent.log.1 is what it printed before
//	data, tmp      the agent's own
//
// Files are replaced by rename, so that whoever dies leaves the old or the new one. Nothing is synced to the disk: what ends
// the host's memory ends the processes too, and a folder that is not there is a machine that is not there.
type folder string

// record is machine.json.
type record struct {
	Format   int               `json:"format"`
	Labels   map[string]string `json:"labels"`
	ID       string            `json:"id"`
	Created  time.Time         `json:"created"`
	Address  string            `json:"address"`
	Agent    []string          `json:"agent"` // program, arguments
	Recipes  string            `json:"recipes"`
	Env      map[string]string `json:"env,omitempty"`
	Grace    time.Duration     `json:"grace"`
	Restarts int               `json:"restarts"`
	Settle   time.Duration     `json:"settle"`

	Key target.Key `json:"-"` // from the labels
}

const format = 1

// run is run.json.
type run struct {
	Pid    int         `json:"pid"` // 0: the start was intended
	Start  string      `json:"start"`
	Boot   string      `json:"boot"`
	Starts []time.Time `json:"starts"` // of the last ten minutes, the last one included
	// First is the start of the machine's first process since Boot, when it is known: what is older is not of the machine.
	First string `json:"first,omitempty"`
}

// exit is the file exit: how a process ended.
type exit struct {
	Pid    int    `json:"pid"`
	Start  string `json:"start"`
	Status string `json:"status"`
}

// oldest is the start before which no process is of the machine; "" when that is not known.
func (r run) oldest() string {
	if r.Boot == bootID() {
		return r.First
	}
	return ""
}

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

func (f folder) exists() bool {
	_, err := os.Lstat(string(f))
	return err == nil
}

func (f folder) destroying() bool {
	_, err := os.Lstat(f.path("destroying"))
	return err == nil
}

// record reads whose machine it is. Labels that do not fit are an error: the folder was tampered with.
func (f folder) record() (record, error) {
	var r record
	if err := load(f.path("machine.json"), &r); err != nil {
		return r, err
	}
	key, ours := target.KeyOf(r.Labels)
	if !ours || r.Format != format || r.ID == "" || len(r.Agent) == 0 {
		return r, fmt.Errorf("%s is no record of a machine of this version", f.path("machine.json"))
	}
	r.Key = key
	return r, nil
}

// run reads the process; the zero value when none was started so far.
func (f folder) run() (run, error) {
	var r run
	err := load(f.path("run.json"), &r)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return r, err
}

func load(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// save replaces a file as a whole; only its owner may read it.
func save(path string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return replace(path, append(text, '\n'))
}

func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error counts
	}
	return err
}

// errGone says that a folder was removed before it could be locked.
var errGone = errors.New("the machine is gone")

// lock keeps other processes, other goroutines away from a folder until the returned function is called. A process that dies
// loses its locks. What was removed meanwhile is errGone.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errGone
	}
	if err != nil {
		return nil, err
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 20*time.Millisecond) {
		var free bool
		if free, err = tryLock(f); free || err != nil {
			break
		}
		if err = target.Pause(ctx, wait); err != nil {
			break
		}
	}
	if err == nil {
		// Somebody may have removed it, or made another one, while we waited.
		held, heldErr := f.Stat()
		now, nowErr := os.Stat(path)
		if heldErr != nil || nowErr != nil || !os.SameFile(held, now) {
			err = errGone
		}
	}
	if err != nil {
		_ = f.Close() // the first error counts
		return nil, err
	}
	return func() { _ = f.Close() }, nil // closing gives the lock back; a folder has nothing to flush
}

// writable says why nothing can be put into a folder; the nearest one that exists counts. It writes nothing.
func writable(path string) error {
	for {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && path != filepath.Dir(path):
			path = filepath.Dir(path)
			continue
		case err != nil:
			return err
		case !info.IsDir():
			return &fs.PathError{Op: "use as a folder", Path: path, Err: errNotFolder}
		}
		return mayWrite(path)
	}
}

var errNotFolder = errors.New("it is a file")
