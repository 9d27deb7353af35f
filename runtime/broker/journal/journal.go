// Package journal keeps records on disk, in order.
//
// Records are bytes. They stand in segments, files that only grow; many records are written at once, with one wait for the disk
// for all that asked for it. What a process wrote before it was killed is read again; what was torn at the end is left out.
// Old segments are dropped by whoever knows that nothing in them counts any more, the oldest first.
package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how a journal works.
type Options struct {
	// SegmentSize is how large a segment becomes before Full says so; 8 MiB when zero.
	SegmentSize int64
	// Lazy is how long a record that nobody waits for may stay in memory; 10 ms when zero.
	Lazy time.Duration
	// Synced is called when a batch is safe on disk, Trouble when writing failed (it is tried again every second) and, with nil,
	// when it works again. Both are called by the journal's goroutine, one after another.
	Synced  func(batch uint64)
	Trouble func(error)
	Log     *slog.Logger
}

// Segment is a file of the journal.
type Segment struct {
	Number uint64
	Bytes  int64
}

// Place says where a record went.
type Place struct {
	Segment uint64
	Batch   uint64 // what Synced will say when the record is safe
}

// Log is an open journal. Its methods may be called from any goroutine; the order of records is the order of the calls of Append.
type Log struct {
	dir  string
	opts Options
	lock *os.File

	mu       sync.Mutex
	pending  []chunk
	spare    []byte
	waiting  int  // bytes in pending
	urgent   bool // somebody waits for what is pending
	batch    uint64
	segments []Segment
	flushed  chan struct{} // closed after each write, then another one
	closing  bool

	synced     atomic.Uint64
	wake, soon chan struct{}
	stop, done chan struct{}
	file       file  // of the goroutine that writes
	size       int64 // of the file, as far as it is whole
	failed     error // of the last write, for Close
}

// file is what the journal asks of a file; tests have one that fails.
type file interface {
	WriteAt(b []byte, at int64) (int, error)
	Truncate(size int64) error
	Sync() error
	Close() error
}

// chunk is what goes to one segment.
type chunk struct {
	segment uint64
	fresh   bool // the segment begins with it
	data    []byte
}

// Open reads the journal of a folder, which is made when it is not there, and calls replay with each record. The bytes of a record
// may be kept. An error of replay ends Open.
func Open(dir string, opts Options, replay func(segment uint64, record []byte) error) (*Log, error) {
	l := &Log{
		dir: dir, opts: opts, batch: 1, flushed: make(chan struct{}),
		wake: make(chan struct{}, 1), soon: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	if l.opts.SegmentSize == 0 {
		l.opts.SegmentSize = 8 << 20
	}
	if l.opts.Lazy == 0 {
		l.opts.Lazy = 10 * time.Millisecond
	}
	if l.opts.Log == nil {
		l.opts.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the journal: %w", err)
	}
	var err error
	if l.lock, err = lockFile(filepath.Join(dir, "lock")); err != nil {
		return nil, err
	}
	if err := l.recover(replay); err != nil {
		return nil, errors.Join(err, l.lock.Close())
	}
	go l.write()
	return l, nil
}

// recover reads what is there, and opens the last segment to go on with it.
func (l *Log) recover(replay func(uint64, []byte) error) error {
	numbers, err := segmentsOf(l.dir)
	if err != nil {
		return err
	}
	for i, n := range numbers {
		size, err := l.read(n, i == len(numbers)-1, replay)
		if err != nil {
			return err
		}
		l.segments = append(l.segments, Segment{n, size})
	}
	if len(numbers) == 0 {
		l.segments = []Segment{{1, int64(len(magic))}}
		l.size = int64(len(magic))
		return l.own(create(l.dir, 1))
	}
	last := &l.segments[len(l.segments)-1]
	opened, size, err := reopen(l.dir, *last)
	l.size, last.Bytes = size, size
	return l.own(opened, err)
}

// own takes a file that was opened.
func (l *Log) own(opened *os.File, err error) error {
	if err != nil {
		return err
	}
	l.file = opened
	return nil
}

// Append adds a record. With wait, Synced tells when it is safe; without, it is written soon.
func (l *Log) Append(record []byte, wait bool) Place {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) == 0 {
		l.push(false)
	}
	c := &l.pending[len(l.pending)-1]
	before := len(c.data)
	c.data = appendRecord(c.data, record)
	added := len(c.data) - before
	l.waiting += added
	last := &l.segments[len(l.segments)-1]
	last.Bytes += int64(added)
	l.ring(wait)
	return Place{last.Number, l.batch}
}

func (l *Log) push(fresh bool) {
	data := l.spare[:0]
	l.spare = nil
	l.pending = append(l.pending, chunk{l.segments[len(l.segments)-1].Number, fresh, data})
}

// ring wakes the writer: at once when somebody waits or much is there, soon otherwise.
func (l *Log) ring(wait bool) {
	to := l.soon
	if wait && !l.urgent || l.waiting > 1<<20 {
		to = l.wake
	}
	l.urgent = l.urgent || wait
	select {
	case to <- struct{}{}:
	default:
	}
}

// Full says that it is time to Rotate.
func (l *Log) Full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.segments[len(l.segments)-1].Bytes >= l.opts.SegmentSize
}

// Rotate begins another segment, with records that say again what older segments said of lasting things, so that those can be
// dropped one day.
func (l *Log) Rotate(snapshot [][]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := Segment{l.segments[len(l.segments)-1].Number + 1, int64(len(magic))}
	l.segments = append(l.segments, next)
	l.push(true)
	c := &l.pending[len(l.pending)-1]
	for _, record := range snapshot {
		c.data = appendRecord(c.data, record)
	}
	l.segments[len(l.segments)-1].Bytes += int64(len(c.data))
	l.waiting += len(c.data)
	l.ring(true)
}

// Segments are those that there are, the oldest first.
func (l *Log) Segments() []Segment {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.segments)
}

// Batch is what Synced will say for everything appended so far, if somebody waits for it.
func (l *Log) Batch() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.batch
}

// Sync asks for everything appended so far to be made safe.
func (l *Log) Sync() Place {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring(true)
	return Place{l.segments[len(l.segments)-1].Number, l.batch}
}

// Safe says whether a batch is on disk.
func (l *Log) Safe(batch uint64) bool { return l.synced.Load() >= batch }

// Pending is how many bytes wait for the writer; Flushed is closed when fewer do.
func (l *Log) Pending() (bytes int, flushed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting, l.flushed
}

// Drop removes the oldest segment, if it has that number and is not the last one. What it says must stand in younger ones, which
// are safe.
func (l *Log) Drop(number uint64) error {
	l.mu.Lock()
	ok := len(l.segments) > 1 && l.segments[0].Number == number
	if ok {
		l.segments = slices.Delete(l.segments, 0, 1)
	}
	l.mu.Unlock()
	if !ok {
		return nil
	}
	if err := os.Remove(path(l.dir, number)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("drop a segment of the journal: %w", err)
	}
	return nil
}

// Close writes what is pending, makes it safe, and lets go of the folder. Nothing may be appended any more.
func (l *Log) Close() error {
	l.mu.Lock()
	first := !l.closing
	l.closing = true
	l.mu.Unlock()
	if first {
		close(l.stop)
	}
	<-l.done
	if !first {
		return nil
	}
	return errors.Join(l.failed, l.file.Close(), l.lock.Close())
}
