// Package trace keeps what happened in a run, in order.
package trace

import "time"

// Entry is one thing that happened. Immutable.
type Entry struct {
	Seq     int           // from 0
	At      time.Duration // virtual time
	Kind    string        // "state", "recipe", "message", "operation", "fault", "machine", "note"
	Path    string        // instance concerned, if any
	From    string        // previous state, of kind "state"
	To      string        // new state, of kind "state"
	Text    string        // the reason, in words
	Problem bool          // something failed
}

// Trace is a growing list of entries.
type Trace struct{}

// Len is the number of entries.
func (t *Trace) Len() int { panic("to be written") }

// At is the i-th entry.
func (t *Trace) At(i int) Entry { panic("to be written") }

// Hash is the SHA-256 of the text form, in hexadecimal.
func (t *Trace) Hash() string { panic("to be written") }
