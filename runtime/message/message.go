// Package message is what managers and agents tell each other, with its wire form (messaging.md Part B).
package message

import "time"

// TargetKind is a sort of recipient.
type TargetKind uint8

// The sorts of recipients (messaging.md 2).
const (
	ToManager   TargetKind = iota // the manager, about an application
	ToAgent                       // one agent: the scoped instance at Path
	ToImporters                   // those that import Prefix
	ToExporters                   // those that export Prefix
)

// Target is where a message goes, or what a client listens to. It is comparable.
type Target struct {
	Kind     TargetKind
	App      string // "" for external (inter-application) prefixes
	Path     string // ToAgent
	Prefix   string // ToImporters, ToExporters
	External bool
}

// From is who sent a message.
type From struct {
	Kind  string `json:"kind"` // "manager" or "agent"
	App   string `json:"app,omitempty"`
	Scope string `json:"scope,omitempty"`
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}

// Envelope is one message (messaging.md 12). It is immutable once published.
type Envelope struct {
	ID      string
	Type    string
	Time    time.Time
	Domain  string
	From    From
	Corr    string
	Cause   string
	Trace   string
	Expires time.Time
	Body    Body
}

// Body is the content of a message; the type of the message is given by the type of its body.
type Body interface{ Type() string }
