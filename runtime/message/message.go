// Package message is what minds tell each other, with its wire form (messaging.md Part B).
package message

import "time"

// Version is the major version of the envelope.
const Version = 1

// The limits of MS-50 and MS-51.
const (
	MaxBytes     = 1 << 20 // of an envelope, by default
	HardMaxBytes = 8 << 20 // no setting goes beyond
	MaxDepth     = 32      // of nesting
)

// From is who sent a message.
type From struct {
	Kind  string `json:"kind"` // FromManager or FromAgent
	App   string `json:"app,omitempty"`
	Scope string `json:"scope,omitempty"`
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"` // from 1, +1 per message, for each epoch and destination
}

// The senders.
const (
	FromManager = "manager"
	FromAgent   = "agent"
)

// Envelope is one message (messaging.md 12). It is immutable once published: it may be shared by everybody who gets it.
type Envelope struct {
	ID      string // a UUID
	Type    string // that of the body
	Time    time.Time
	Domain  string
	From    From
	Corr    string // the operation at the origin
	Cause   string // the message whose handling made this one
	Trace   string // W3C traceparent
	Expires time.Time
	Body    Body
}

// Expired says whether a message is too old to be handled (messaging.md 12).
func (e *Envelope) Expired(now time.Time) bool { return !e.Expires.IsZero() && now.After(e.Expires) }

// Body is the content of a message; the type of the message is given by the type of its body.
// Every body is handed over as a pointer and is immutable once published.
type Body interface{ Type() string }
