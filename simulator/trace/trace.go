// Package trace keeps what happened in a run, in order.
package trace

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"iter"
	"time"
)

// The kinds of entries.
const (
	State     = "state"     // an instance moved: From, To
	Recipe    = "recipe"    // a recipe began or ended: From is the operation, To is Began, Ended or Failed
	Message   = "message"   // a message left or arrived; kept on request only
	Operation = "operation" // somebody asked for something, or was refused
	Fault     = "fault"     // something was broken, or mended
	Machine   = "machine"   // a machine was made, an agent came or went
	Note      = "note"      // anything else worth a line
)

// What an entry of kind Recipe has in To.
const (
	Began  = "began"
	Ended  = "ended"
	Failed = "failed"
)

// Entry is one thing that happened. Immutable.
type Entry struct {
	Seq     int           // from 0
	At      time.Duration // virtual time, in whole milliseconds
	Kind    string        // one of the constants above
	Path    string        // instance concerned, if any
	From    string        // previous state, of kind State: as in lifecycle.md 2
	To      string        // new state, of kind State; "" when the instance is gone
	Text    string        // the reason, in words
	Problem bool          // something failed
}

// chunk is how many entries are kept together: a long trace grows without copying what it has.
const chunk = 1024

// Trace is a growing list of entries. The zero value is empty; one goroutine owns it.
type Trace struct {
	chunks [][]Entry
	n      int
	sum    hash.Hash // of the first hashed entries
	hashed int
}

// Add appends an entry, which gets the next number.
func (t *Trace) Add(e Entry) {
	e.Seq = t.n
	if t.n%chunk == 0 {
		t.chunks = append(t.chunks, make([]Entry, 0, chunk))
	}
	last := len(t.chunks) - 1
	t.chunks[last] = append(t.chunks[last], e)
	t.n++
}

// Len is the number of entries.
func (t *Trace) Len() int { return t.n }

// At is the i-th entry.
func (t *Trace) At(i int) Entry { return t.chunks[i/chunk][i%chunk] }

// Since gives the entries from the i-th on.
func (t *Trace) Since(i int) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for ; i < t.n; i++ {
			if !yield(t.At(i)) {
				return
			}
		}
	}
}

// Hash is the SHA-256 of the text form, in hexadecimal. What was hashed before is not hashed again.
func (t *Trace) Hash() string {
	if t.sum == nil {
		t.sum = sha256.New()
	}
	for ; t.hashed < t.n; t.hashed++ {
		t.sum.Write([]byte(t.At(t.hashed).String()))
		t.sum.Write([]byte{'\n'})
	}
	return hex.EncodeToString(t.sum.Sum(nil))
}
