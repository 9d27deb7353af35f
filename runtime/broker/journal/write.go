package journal

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// write is the goroutine that owns the file.
func (l *Log) write() {
	defer close(l.done)
	for l.rest() {
		l.flush()
	}
	l.flush()
}

// rest waits for something to do; it gives false when the journal closes.
func (l *Log) rest() bool {
	select {
	case <-l.stop:
		return false
	case <-l.wake:
		return true
	case <-l.soon:
	}
	timer := time.NewTimer(l.opts.Lazy)
	defer timer.Stop()
	select {
	case <-l.stop:
		return false
	case <-l.wake:
	case <-timer.C:
	}
	return true
}

// flush writes what is pending. It does not give up before the journal closes.
func (l *Log) flush() {
	l.mu.Lock()
	chunks, urgent, batch, bytes := l.pending, l.urgent, l.batch, l.waiting
	l.pending, l.urgent = nil, false
	l.batch++
	l.mu.Unlock()
	if len(chunks) == 0 && !urgent {
		return
	}
	safe := l.insist(chunks, urgent)
	l.mu.Lock()
	l.waiting -= bytes
	if len(chunks) == 1 && l.spare == nil && cap(chunks[0].data) <= 4<<20 {
		l.spare = chunks[0].data
	}
	close(l.flushed)
	l.flushed = make(chan struct{})
	if safe {
		l.synced.Store(batch)
	}
	l.mu.Unlock()
	if safe && l.opts.Synced != nil {
		l.opts.Synced(batch)
	}
}

// insist tries until everything is written, and tells of trouble. It says whether everything is safe on disk.
func (l *Log) insist(chunks []chunk, urgent bool) bool {
	w := &writing{left: chunks, base: l.size}
	for told := false; ; told = true {
		err := l.put(w)
		if err == nil && (urgent || l.isClosing()) {
			err = l.sync(w)
		}
		l.failed = err
		if err == nil {
			if told && l.opts.Trouble != nil {
				l.opts.Trouble(nil)
			}
			return urgent
		}
		if !told {
			l.opts.Log.Error("the journal cannot be written; it is tried again every second", "dir", l.dir, "err", err)
			if l.opts.Trouble != nil {
				l.opts.Trouble(err)
			}
		}
		if !l.pause() {
			return false
		}
	}
}

func (l *Log) isClosing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closing
}

// pause waits before the next attempt; it gives false when the journal closes.
func (l *Log) pause() bool {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-l.stop:
		return false
	case <-timer.C:
		return true
	}
}

// writing is how far a batch is.
type writing struct {
	left, done []chunk // done are those in the file that is open
	base       int64   // where done begins
}

// put writes what is left.
func (l *Log) put(w *writing) error {
	for len(w.left) > 0 {
		c := w.left[0]
		if c.fresh {
			if err := l.next(w, c.segment); err != nil {
				return err
			}
			w.left[0].fresh = false
		}
		if _, err := l.file.WriteAt(c.data, l.size); err != nil {
			// Half a record would hide what is written after it.
			return errors.Join(fmt.Errorf("write the journal: %w", err), l.file.Truncate(l.size))
		}
		l.size += int64(len(c.data))
		w.left, w.done = w.left[1:], append(w.done, c)
	}
	return nil
}

// sync makes the file safe. After a failure nobody knows what of it is on disk, and asking again may hide that: it is written again.
func (l *Log) sync(w *writing) error {
	err := l.file.Sync()
	if err == nil {
		return nil
	}
	for i := range w.done {
		w.done[i].fresh = false
	}
	w.left, w.done, l.size = append(w.done, w.left...), nil, w.base
	return fmt.Errorf("make the journal safe: %w", err)
}

// next ends the segment, and begins another one.
func (l *Log) next(w *writing, number uint64) error {
	if err := l.sync(w); err != nil {
		return err
	}
	file, err := create(l.dir, number)
	if err != nil {
		return err
	}
	old := l.file
	l.file, l.size = file, int64(len(magic))
	w.done, w.base = nil, l.size
	if err := old.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		l.opts.Log.Warn("a segment of the journal is not closed well; it is safe already", "err", err)
	}
	return nil
}
