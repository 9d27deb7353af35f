// Package logfile keeps what recipes print on the disk of their machine.
//
// Each call has a file of its own (PL-72): logs/PATH/TIME-OPERATION.log. Of an instance a few are kept, the oldest go first.
package logfile

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/files"
)

// Folder is where the logs of an agent are. Its zero numbers mean their defaults.
type Folder struct {
	Path  string // such as DATA/logs
	Count int    // files kept of an instance; 20 when zero
	Bytes int64  // of all files of an instance together; 16 MiB when zero
}

// File is the log of one call. Its methods may be called from several goroutines.
type File struct {
	mu   sync.Mutex
	f    *os.File
	w    *bufio.Writer
	err  error // the first; what comes later is lost
	done func() error
}

// Create makes the log of a call that begins now. The name sorts by time.
func (d Folder) Create(instance string, op lifecycle.Operation, now time.Time) (*File, error) {
	dir := filepath.Join(d.Path, files.EncodePath(instance))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the logs of %s: %w", instance, err)
	}
	for n := range 1000 {
		// Two calls within a millisecond: the later takes the next that is free, so that names sort by time.
		stamp := now.Add(time.Duration(n) * time.Millisecond).UTC().Format("20060102T150405.000")
		f, err := os.OpenFile(filepath.Join(dir, stamp+"-"+op.String()+".log"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("make the log of %s %s: %w", op, instance, err)
		}
		return &File{f: f, w: bufio.NewWriterSize(f, 4<<10), done: func() error { return d.rotate(dir) }}, nil
	}
	return nil, fmt.Errorf("make the log of %s %s: %w", op, instance, os.ErrExist)
}

// Path is the file.
func (l *File) Path() string { return l.f.Name() }

// Line writes a line: it is what plugin.Call.Log takes. Error output is marked, as people know it (PL-72).
func (l *File) Line(line plugin.Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	if line.Stream == "err" {
		_, l.err = l.w.WriteString("-- ERROR -- ")
	}
	if _, err := l.w.WriteString(line.Text); l.err == nil {
		l.err = err
	}
	if err := l.w.WriteByte('\n'); l.err == nil {
		l.err = err
	}
}

// Close writes how the call ended, closes the file, removes the oldest ones of the instance that are too many. The error is the first that
// was met: a full disk never fails a recipe.
func (l *File) Close(r plugin.Result) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	end := "success"
	if r.Failed() {
		end = r.Error
	}
	_, err := fmt.Fprintf(l.w, "-- %s --\n", end)
	if err := errors.Join(l.err, err, l.w.Flush(), l.f.Close(), l.done()); err != nil {
		return fmt.Errorf("keep %s: %w", l.f.Name(), err)
	}
	return nil
}

// rotate removes the oldest logs of a folder; the newest always stays.
func (d Folder) rotate(dir string) error {
	entries, err := os.ReadDir(dir) // sorted, so by time
	if err != nil {
		return err
	}
	count, limit := d.Count, d.Bytes
	if count <= 0 {
		count = 20
	}
	if limit <= 0 {
		limit = 16 << 20
	}
	kept, size := 0, int64(0)
	for i, e := range slices.Backward(entries) {
		info, bad := e.Info()
		if bad != nil || !strings.HasSuffix(e.Name(), ".log") {
			continue
		}
		kept++
		size += info.Size()
		if (kept > count || size > limit) && i < len(entries)-1 {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// Remove deletes the logs of an instance; none is no error.
func (d Folder) Remove(instance string) error {
	if err := os.RemoveAll(filepath.Join(d.Path, files.EncodePath(instance))); err != nil {
		return fmt.Errorf("delete the logs of %s: %w", instance, err)
	}
	return nil
}
